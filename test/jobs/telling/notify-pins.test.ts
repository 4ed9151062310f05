// The status message is pinned, so that who comes later finds it: once, whoever posted it, and without any harm where Slack refuses.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { notify, prove } from '../../../jobs/notify.ts'
import { status } from '../../../jobs/status.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import type { LocalSlack, Message } from '../../../src/demo/slack/entities.ts'
import type { Options } from '../../../src/demo/slack/server.ts'
import { ALL_SCOPES } from '../../../src/demo/slack/web/scopes.ts'
import { speaker } from '../../../src/slack/speaker.ts'
import { CHANNEL, startSlack } from '../../demo/slack/bolt.ts'
import { memoryJournal } from '../../support/memory-journal.ts'
import { FREE_TURNS } from '../../support/memory-tokens.ts'
import { entries, planned } from '../../support/plans.ts'

const ASKED: EntryBody = { kind: 'asked', gate: 'start', basis: 'b1', evidence: ['1 volume moves.'], again: null }
const SAID: EntryBody = { kind: 'warned', about: 'x', service: null, text: 'Look!' }

let close: () => Promise<void> | void = () => undefined
afterEach(() => close())

/** The product's jobs and speaker on a local Slack; `tell` is a job of a process that runs since the beginning. */
async function open(options: Partial<Options> = {}) {
  const slack = await startSlack(options)
  close = () => slack.close()
  const posted: Record<string, string> = {}
  const errors: string[] = []
  const journal = memoryJournal(() => 9_000)
  journal.putBack(journal.keep(), { runId: 'r1', replicationId: 'h1' })
  journal.load(entries(planned('mig-1', { channel: CHANNEL.id }), ASKED))
  const views = {
    saveProgress: async () => undefined,
    progress: async () => null,
    posted: async () => ({ ...posted }),
    remember: async (_id: string, key: string, value: string) => void Object.assign(posted, { [key]: value }),
  }
  const onError = ({ message }: Error): void => void errors.push(message)
  const ports = {
    journal,
    views,
    speaker: speaker(slack, onError),
    turns: FREE_TURNS,
    clock: { now: () => 9_000 },
    approvers: [],
    onError,
  }
  const append = async (): Promise<void> => {
    await journal.append('mig-1', await journal.read('mig-1'), SAID)
  }
  return { slack, posted, errors, ports, append }
}

const pinned = (slack: LocalSlack): readonly Message[] => slack.messages().filter(({ isPinned }) => isPinned)
const statusIn = (slack: LocalSlack): string => slack.messages().find(({ thread }) => thread === null)?.ts ?? 'none'

test('the status message is pinned, and nothing of its thread', async () => {
  const { slack, ports, append, errors } = await open()
  await notify('mig-1', ports)
  expect(pinned(slack).map(({ ts }) => ts)).toEqual([statusIn(slack)])
  await append()
  for (const job of [notify, prove, status]) await job('mig-1', ports, 0)
  expect(pinned(slack).map(({ ts }) => ts)).toEqual([statusIn(slack)])
  expect(errors).toEqual([])
})

test.each([
  ['notify', prove],
  ['status', status],
] as const)('one that %s posts anew is pinned as well', async (_, job) => {
  const { slack, ports, append, errors } = await open()
  await notify('mig-1', ports)
  const [first] = pinned(slack)
  slack.remove(first?.ts ?? '')
  await append()
  await job('mig-1', ports, 0)
  await notify('mig-1', ports)
  expect(pinned(slack).map(({ ts }) => ts)).toEqual([statusIn(slack)])
  expect(pinned(slack)).not.toContainEqual(first)
  expect(errors).toEqual([])
})

test('a process that died behind the pin leaves another to ask for it again, and nobody hears of that', async () => {
  const { slack, ports, posted, errors } = await open()
  await notify('mig-1', ports)
  delete posted.root
  await notify('mig-1', ports)
  expect(pinned(slack)).toHaveLength(1)
  expect(errors).toEqual([])
})

test('without the scope all is said as before; the log has one line, however often it is refused', async () => {
  const { slack, ports, posted, append, errors } = await open({
    scopes: ALL_SCOPES.filter((scope) => scope !== 'pins:write'),
  })
  await notify('mig-1', ports)
  expect(slack.buttons().map(({ label }) => label)).toContain('Start')
  delete posted.root
  await append()
  await notify('mig-1', ports)
  expect(pinned(slack)).toEqual([])
  expect(errors).toEqual(['Slack does not pin the status message (missing_scope); nothing else changes by that.'])
})

test('each reason is told once, and a Slack that is too busy is not waited for', async () => {
  const codes = ['too_many_pins', 'not_pinnable', 'too_many_pins', 'ratelimited', 'already_pinned']
  const server = createServer((_, response) => {
    const error = codes.shift() ?? ''
    const [code, more] = error === 'ratelimited' ? [429, { 'retry-after': '60' }] : [200, {}]
    response.writeHead(code, { 'content-type': 'application/json', ...more }).end(JSON.stringify({ ok: false, error }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  close = () => void server.close()
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`
  const errors: string[] = []
  const { pin } = speaker(
    { botToken: 'xoxb-1', appToken: 'xapp-1', apiUrl },
    ({ message }) => void errors.push(message),
  )
  while (codes.length > 0) await pin(CHANNEL.id, '1.000000')
  server.closeAllConnections()
  expect(errors.map((error) => /\((.*)\)/.exec(error)?.[1])).toEqual([
    'too_many_pins',
    'not_pinnable',
    'slack_webapi_rate_limited_error',
  ])
})
