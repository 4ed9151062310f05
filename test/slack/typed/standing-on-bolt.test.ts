// What status, list, approve and decline answer: how far it is, until when, who must act and where, as one person reads it.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fold } from '../../../src/core/journal/fold.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import type { Line, Progress } from '../../../src/core/telling/progress.ts'
import { textMessage } from '../../../src/slack/messages/blocks.ts'
import { standingLines } from '../../../src/slack/messages/standing.ts'
import { permalinks } from '../../../src/slack/typed/status-link.ts'
import { CHANNEL } from '../../demo/slack/bolt.ts'
import { entries, move, plan, planned, service } from '../../support/plans.ts'
import { away, type Edge, GILES, HARRY, openEdge, PATIENT } from '../on-bolt.ts'

const PLAN = plan([move({ id: 'vol-1', name: 'logs' }), move({ id: 'vol-2', name: 'dropbox' })], {
  services: [service('logs'), service('dropbox', { need: 'deferrable' })],
})
const running = (id: string, ...said: readonly EntryBody[]): Migration =>
  fold(entries(planned(id, { plan: PLAN, channel: CHANNEL.id, by: GILES }), ...said)) as Migration
const ASKED: EntryBody = { kind: 'asked', gate: 'start', basis: 'b1', evidence: [], again: null }
const BEGAN: EntryBody = { kind: 'began' }
const FREEZING: EntryBody = { kind: 'freezing', freeze: 'f', services: ['logs'] }
const OVER: readonly EntryBody[] = [BEGAN, { kind: 'aborting', by: HARRY, reason: 'enough' }, { kind: 'aborted' }]

const MINUTE = 60_000
const line = (over: Partial<Line>): Line => ({
  ...{
    name: 'logs',
    service: 'logs',
    sizeGib: 100,
    percent: 8,
    words: 'final snapshot',
    isFailed: false,
    isDone: false,
    isCopying: true,
    left: null,
  },
  ...over,
})
const sample = (lines: readonly Line[], waits: Progress['waits'] = []): Progress => ({
  rev: 3,
  atMs: MINUTE,
  lines,
  waits,
})

let edge: Edge
let statusTs = ''
beforeAll(async () => {
  edge = await openEdge()
  statusTs = await edge.post(textMessage('The status message.'))
})
afterAll(() => edge.close())

/** What Giles reads of it, line by line. */
async function read(text: string, given: Parameters<Edge['given']>[0]): Promise<string[]> {
  await edge.given(given)
  await edge.type(GILES, `/migrate ${text}`)
  await expect.poll(() => edge.heard().read.length, PATIENT).toBe(1)
  return edge.heard().read[0]?.split('\n') ?? []
}
/** The status message of mig-aa is posted, whatever else is. */
const statusMessage = (id: string) => (id === 'mig-aa' ? { channel: CHANNEL.id, ts: statusTs } : null)
const link = () => `<${edge.slack.url}/archives/${CHANNEL.id}/p${statusTs.replace('.', '')}|Status message of mig-aa>`

const left = (least: number, most: number | null) => ({
  ...{ leastMs: least * MINUTE, mostMs: most === null ? null : most * MINUTE },
  ...{ basis: 'percents' as const, atRateMs: 2 * least * MINUTE },
})

test('in an outage status says percents, the range, the clock, who must act, and where the message is', async () => {
  const lines = [
    line({ left: left(75, 110) }),
    line({ name: 'dropbox', service: 'dropbox', percent: 1, left: left(960, null) }),
  ]
  const waits: Progress['waits'] = [
    { on: 'snapshot', name: 'logs', step: 'snapshot', urgency: 1, resource: 'snap-1', percent: 8 },
  ]
  const standing = () => ({ progress: sample(lines, waits), nowMs: 12 * MINUTE })
  const frozen = running('mig-aa', BEGAN, FREEZING)
  const m: Migration = { ...frozen, phase: 'moving' }
  expect(await read('status', { running: () => [m], standing, statusMessage })).toEqual([
    '*mig-aa: us-east-1a to us-east-1c, copying, services are down*',
    '4% copied, slowest logs 8%: 75 min to 1 h 50 min to go (by its percents so far) (seen at <!date^60^{time}, {date_short_pretty}|1970-01-01 00:01 UTC>).',
    'Outage since <!date^3^{time}, {date_short_pretty}|1970-01-01 00:00 UTC>: 11m 57s, as of <!date^720^{time}, {date_short_pretty}|1970-01-01 00:12 UTC>.',
    'Who must act: nobody. It waits for logs: its final snapshot, 8%.',
    link(),
  ])
})

test('an outage of which a rebuilt journal knows may have begun earlier, and what it says is the least', () => {
  const m: Migration = { ...running('mig-aa', BEGAN, FREEZING), phase: 'moving', isRebuilt: true }
  const lines = standingLines(m, { progress: null, link: null, nowMs: 12 * MINUTE })
  expect(lines[1]).toMatch(/^Outage since .+ or earlier: at least 11m 57s, as of /)
})

test('what nobody can bound has no upper bound, and what is done counts whole', () => {
  const lines = [line({ isDone: true, percent: null }), line({ percent: 50, left: left(1, null) })]
  const known = { progress: sample(lines), link: null, nowMs: MINUTE }
  const [, copied] = standingLines({ ...running('mig-aa', BEGAN), phase: 'live' }, known)
  expect(copied).toMatch(/^75% copied, slowest logs 50%: at least 60 s to go/)
})

test.each<[string, Migration, Progress['waits'], string]>([
  [
    'an operator resumes',
    running('mig-aa', BEGAN, { kind: 'paused', by: HARRY }),
    [],
    'an operator: `/migrate resume`.',
  ],
  [
    'an operator decides',
    running('mig-aa', BEGAN, { kind: 'halted', why: 'a rival' }),
    [],
    'an operator decides, since a rival: retry, resume or abort.',
  ],
  [
    'an approver answers, and not who asked',
    running('mig-aa', ASKED),
    [],
    `an approver other than <@${GILES}> answers the start, asked at <!date^2^{time}, {date_short_pretty}|1970-01-01 00:00 UTC>.`,
  ],
  [
    'people work by hand',
    running('mig-aa', BEGAN),
    [{ on: 'hands', name: 'logs', step: 'freeze', urgency: 1 }],
    'people. It waits for someone to say that freeze of logs is done.',
  ],
])('who must act: %s', async (_, m, waits, who) => {
  const standing = () => ({ progress: sample([], waits), nowMs: MINUTE })
  expect((await read('status', { running: () => [m], standing })).at(-1)).toBe(`Who must act: ${who}`)
})

test('a link that Slack does not give is left out, and all else is said', async () => {
  const gone = () => ({ channel: CHANNEL.id, ts: '1.000000' })
  expect(await read('eta', { running: () => [running('mig-aa')], statusMessage: gone })).toEqual([
    '*mig-aa: us-east-1a to us-east-1c, not started*',
    'No outage: nothing was stopped.',
    'Who must act: nobody.',
  ])
  expect(edge.heard().logged).toEqual([expect.stringContaining('message_not_found')])
})

test('of one that is over status says how it ended, and list what is left of it', async () => {
  const ended = () => [running('mig-e1', ...OVER)]
  const over =
    'mig-e1: us-east-1a to us-east-1c, gone back on 1970-01-01; `/migrate cleanup mig-e1` offers what it left.'
  expect(await read('status mig-e1', { ended })).toEqual([over])
  expect(await read('list', { running: () => [running('mig-aa')], ended })).toEqual([
    '*mig-aa: us-east-1a to us-east-1c, not started*',
    'No outage: nothing was stopped.',
    'Who must act: nobody.',
    over,
  ])
  expect((await read('list', { ended })).slice(-1)).toEqual([over])
})

test.each(['approve', 'go', 'go live', 'ok', 'yes', 'approve start mig-aa'])(
  '%s approves nothing: it says what is asked, by whom, and where the button is',
  async (text) => {
    const said = await read(text, { running: () => [running('mig-aa', ASKED)], statusMessage })
    expect(said).toEqual([
      `mig-aa asks for the start since <!date^2^{time}, {date_short_pretty}|1970-01-01 00:00 UTC>, and <@${GILES}>, who asked for it, cannot approve it. An approval covers what the question shows, so press the button in the thread of its status message.`,
      link(),
    ])
    expect(edge.heard().calls).toEqual([])
  },
)

test('where nothing is asked, approve says who must act', async () => {
  const said = await read('approve', { running: () => [running('mig-aa', BEGAN)] })
  expect(said).toEqual(['mig-aa asks for no approval now. Who must act: nobody.'])
})

test('decline answers the question that stands, and no plan that has started', async () => {
  expect(await read('decline', { running: () => [running('mig-aa', ASKED)] })).toEqual(['Taken.'])
  expect(edge.heard().calls).toEqual([{ decline: { id: 'mig-aa', by: GILES, asked: 'n2' } }])
  expect(await read('decline', { running: () => [running('mig-aa', BEGAN)] })).toEqual([
    'mig-aa has started, so there is no plan to decline: /migrate abort because &lt;reason&gt; brings it back.',
  ])
  expect(edge.heard().calls).toEqual([])
})

test.each([
  'stop',
  'cancel',
  'rollback',
  'undo',
  'continue',
  'delete mig-e1',
  'begin us-east-1a us-east-1c',
  'skip logs',
])('%s does nothing where it could', async (text) => {
  const ended = () => [running('mig-e1', ...OVER)]
  const [said] = await read(text, { running: () => [running('mig-aa', BEGAN)], ended })
  expect(said).toMatch(/^"[a-z]+" does nothing by itself: \/migrate /)
  expect(edge.heard().calls).toEqual([])
})

test.each<[string, Parameters<Edge['given']>[0]]>([
  ['pause', {}],
  ['resume', {}],
  ['abort because it is late', {}],
  ['defer logs because it is late', {}],
  ['return logs because it is late', {}],
  ['retry logs', {}],
  ['note it is late', {}],
  ['report', {}],
  ['decline', { running: () => [running('mig-aa', ASKED)] }],
  ['status mig-aa', { running: () => [], ended: () => [running('mig-aa', ...OVER)] }],
  ['list', { running: () => [], ended: () => [running('mig-aa', ...OVER)] }],
  ['cleanup', { running: () => [], ended: () => [running('mig-aa', ...OVER)] }],
  [
    'start us-east-1a us-east-1c',
    { running: () => [], reply: () => ({ ok: true, text: 'Planned.', about: 'mig-aa' }) },
  ],
  ['start us-east-1a us-east-1c', { running: () => [], reply: () => ({ ok: false, text: 'Held.', about: 'mig-aa' }) }],
  [
    'adopt us-east-1a us-east-1c',
    { running: () => [], reply: () => ({ ok: true, text: 'Rebuilt.', about: 'mig-aa' }) },
  ],
])('%s is answered with the link to the status message at its end', async (text, given) => {
  expect((await read(text, { running: () => [running('mig-aa', BEGAN)], statusMessage, ...given })).join('\n')).toMatch(
    new RegExp(`[^|]\\n? ?${link().replaceAll(/[.|?]/g, '\\$&')}$`),
  )
})

test('the answer to a start waits a little for the status message, and goes without where it does not come', async () => {
  let looks = 0
  const reply = () => ({ ok: true, text: 'Planned.', about: 'mig-aa' })
  const late = (id: string) => (++looks > 2 ? statusMessage(id) : null)
  expect(await read('start us-east-1a us-east-1c', { reply, statusMessage: late })).toEqual(['Planned.', link()])
  expect(await read('start us-east-1a us-east-1c', { reply })).toEqual(['Planned.'])
})

test('what was done is said, whatever keeps the link from it', async () => {
  const given = { running: () => [running('mig-aa', BEGAN)], statusMessage: () => away() }
  expect(await read('pause', given)).toEqual(['Taken.'])
  expect(edge.heard().logged).toEqual(['Redis is away'])
})

test('Slack is asked once for an address, and not waited for where it does not answer', async () => {
  const { apiUrl, botToken } = edge.slack
  let asked = 0
  const silent = createServer(() => void asked++)
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const { port } = silent.address() as AddressInfo
  const said: string[] = []
  const onError = ({ message }: Error): void => void said.push(message)
  const config = { botToken, appToken: '' }
  const message = { channel: CHANNEL.id, ts: statusTs }
  const unheard = permalinks({ ...config, apiUrl: `http://127.0.0.1:${port}/api/` }, onError)
  expect([await unheard(message), asked, said.length]).toEqual([null, 1, 1])
  const heard = permalinks({ ...config, apiUrl }, onError)
  const first = await heard(message)
  expect(first).toContain('/archives/')
  edge.slack.setAway(true)
  expect(await heard(message)).toBe(first)
  edge.slack.setAway(false)
  silent.closeAllConnections()
  silent.close()
})
