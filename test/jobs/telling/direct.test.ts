// Direct messages. Once a question has stood for half of its time, whoever may answer it is called: each once, and members of groups too.
// Who started it hears when it is over, or halted.
import { afterEach, expect, test } from 'vitest'
import { notify } from '../../../jobs/notify.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import { reminder } from '../../../src/core/telling/reminders.ts'
import type { Options } from '../../../src/demo/slack/server.ts'
import { speaker } from '../../../src/slack/speaker.ts'
import { CHANNEL, PEOPLE, startSlack } from '../../demo/slack/bolt.ts'
import { memoryJournal } from '../../support/memory-journal.ts'
import { FREE_TURNS } from '../../support/memory-tokens.ts'
import { entries, planned } from '../../support/plans.ts'

const ASKED: EntryBody = { kind: 'asked', gate: 'start', basis: 'b1', evidence: ['1 volume moves.'], again: null }
const [GILES, HARRY] = PEOPLE.map(({ id }) => id) as [string, string]
const GROUP = 'S0DBA'
const HALF_MS = 12 * 3_600_000

let close: () => Promise<void> | void = () => undefined
afterEach(() => close())

/** A start that `GILES` asked for half a day ago, its thread, and the product's job and speaker on a local Slack. */
async function open(approvers: readonly string[], options: Partial<Options> = {}) {
  const slack = await startSlack(options)
  close = () => slack.close()
  const posted: Record<string, string> = {}
  const errors: string[] = []
  const journal = memoryJournal(() => 9_000)
  journal.load(entries(planned('mig-1', { channel: CHANNEL.id, by: GILES }), ASKED))
  const views = {
    saveProgress: async () => undefined,
    progress: async () => null,
    posted: async () => ({ ...posted }),
    remember: async (_id: string, key: string, value: string) => void Object.assign(posted, { [key]: value }),
  }
  const onError = ({ message }: Error): void => void errors.push(message)
  const told = { speaker: speaker(slack, onError), turns: FREE_TURNS }
  const ports = { journal, views, ...told, clock: { now: () => 9_000 }, approvers, onError }
  const tell = () => notify('mig-1', ports)
  const append = async (said: EntryBody): Promise<void> => {
    await journal.append('mig-1', await journal.read('mig-1'), said)
  }
  await tell()
  const m = await journal.read('mig-1')
  const due = m && reminder(m, (m.asking?.sinceMs ?? 0) + HALF_MS)
  if (!due) throw new Error('a reminder is due')
  const called = () => slack.messages().filter(({ onlyFor }) => onlyFor !== null)
  return { tell, append, due, called, errors }
}

const readers = (called: readonly { readonly onlyFor: string | null }[]) => called.map(({ onlyFor }) => onlyFor)

test('who may answer is called once, and not who asked', async () => {
  const { tell, append, due, called, errors } = await open([GILES, HARRY])
  expect(called()).toEqual([])
  await append(due)
  await tell()
  expect(readers(called())).toEqual([HARRY])
  expect(called()[0]?.text).toMatch(/nobody has answered .* <#C0INCIDENT> has the question, and its buttons\.$/)
  await append({ kind: 'warned', about: 'x', service: null, text: 'Look!' })
  await tell()
  expect(readers(called())).toEqual([HARRY])
  expect(errors).toEqual([])
})

test('who is in a group that may answer is called as well', async () => {
  const { tell, append, due, called } = await open([GROUP], {
    groups: [{ id: GROUP, name: 'dba', members: [GILES, HARRY] }],
  })
  await append(due)
  await tell()
  expect(readers(called())).toEqual([HARRY])
})

test('once all who may answer are called, Slack is not asked again who is in a group', async () => {
  const asked: string[] = []
  const { tell, append, due } = await open([GROUP], {
    groups: [{ id: GROUP, name: 'dba', members: [HARRY] }],
    onAnswer: (method) => void asked.push(method),
  })
  await append(due)
  for (let times = 0; times < 3; times++) await tell()
  expect(asked.filter((method) => method === 'usergroups.users.list')).toHaveLength(1)
})

test.each<[string, Partial<Options>, number]>([
  ['does not say who is in a group, and is asked again', { scopes: ['chat:write'] }, 2],
  ['knows no such group any more', {}, 1],
])('where Slack %s, the others are called, and the log says so', async (_, options, times) => {
  const { tell, append, due, called, errors } = await open([GROUP, HARRY], options)
  await append(due)
  await tell()
  await append({ kind: 'warned', about: 'x', service: null, text: 'Look!' })
  await tell()
  expect(readers(called())).toEqual([HARRY])
  const unsaid = expect.stringContaining(`Slack does not say who is in ${GROUP}`)
  expect(errors.filter((error) => !error.includes('pin'))).toEqual(Array.from({ length: times }, () => unsaid))
})

test('one whom Slack does not reach is not tried again and again, and holds up nobody', async () => {
  const { tell, append, due, called, errors } = await open(['U0GONE', HARRY])
  await append(due)
  await tell()
  await append({ kind: 'warned', about: 'x', service: null, text: 'Look!' })
  await tell()
  expect(readers(called())).toEqual([HARRY])
  expect(errors).toHaveLength(1)
})

test('nobody is called once it is answered', async () => {
  const { tell, append, due, called } = await open([HARRY])
  await append(due)
  await append({ kind: 'declined', asked: 'n2', gate: 'start', by: HARRY })
  await tell()
  expect(called()).toEqual([])
})

test.each<[string, EntryBody, RegExp | null]>([
  ['is halted', { kind: 'halted', why: 'a rival' }, /^mig-1 is halted: a rival\. <#C0INCIDENT> has the thread\.$/],
  [
    'is aborted',
    { kind: 'aborted' },
    /^mig-1 is aborted since \d{4}-\d\d-\d\d \d\d:\d\d UTC: what it had stopped serves in us-east-1a again\. /,
  ],
  ['goes on', { kind: 'warned', about: 'x', service: null, text: 'Look!' }, null],
])('who started it hears that it %s, once', async (_, said, words) => {
  const { tell, append, called } = await open([HARRY])
  await append({ kind: 'began' })
  await append({ kind: 'aborting', by: HARRY, reason: 'a test' })
  await append(said)
  for (let times = 0; times < 2; times++) await tell()
  expect(called().map(({ onlyFor, text }) => [onlyFor, words?.test(text)])).toEqual(words ? [[GILES, true]] : [])
})
