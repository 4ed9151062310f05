// /migrate as people type it into Slack: which use case is asked for what, and what the person reads.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fold } from '../../src/core/journal/fold.ts'
import type { EntryBody } from '../../src/core/model/entries.ts'
import type { Migration } from '../../src/core/model/migration.ts'
import { bold, code, inLines, mention, moment } from '../../src/core/model/text.ts'
import type { Reply } from '../../src/core/ports.ts'
import { HELP } from '../../src/slack/command.ts'
import { answer } from '../../src/slack/messages/blocks.ts'
import { CHANNEL } from '../demo/slack/bolt.ts'
import { entries, move, plan, planned, service } from '../support/plans.ts'
import { away, brokeOff, type Call, type Edge, GILES, HARRY, NOTHING, openEdge, PATIENT, unread } from './on-bolt.ts'

const ZONES = { sourceZone: 'us-east-1a', targetZone: 'us-east-1c' }
const PLAN = plan([move({ id: 'vol-1', name: 'logs' }), move({ id: 'vol-2', name: 'dropbox' })])

/** A migration of the channel in which everything here is typed, or of another one. */
function running(id: string, said: readonly EntryBody[] = [], channel = CHANNEL.id): Migration {
  return fold(entries(planned(id, { plan: PLAN, channel }), ...said)) as Migration
}
const AA = running('mig-aa')
const BB = running('mig-bb')
const CC = running('mig-cc')
const ELSEWHERE = running('mig-ee', [], 'C0OTHER')
const ASIDE = 'This zonehop stands aside from mig-ff: it is written in version 2 of the journal.'

let edge: Edge
beforeAll(async () => {
  edge = await openEdge()
})
afterAll(() => edge.close())

type Given = NonNullable<Parameters<Edge['given']>[0]>

/** Types it as Giles, and expects that he alone is answered. */
async function answers(text: string, given: Given, calls: readonly Call[], read: string): Promise<void> {
  await edge.given(given)
  await edge.type(GILES, `/migrate ${text}`)
  await expect
    .poll(() => edge.heard(GILES), PATIENT)
    .toEqual({ ...NOTHING, calls, read: [answer(inLines(read.split('\n')))] })
  expect(edge.heard(HARRY).read).toEqual([])
}

test.each([
  ['help lists what can be typed', 'help'],
  ['without a word, help is given', ''],
])('%s', async (_, text) => {
  await answers(text, {}, [], HELP)
})

const GREEN = [
  'Green: 2 volumes would move from us-east-1a to us-east-1c, 1 would stay. Nothing was started.',
  'logs, required: logs (100 GiB).',
  'dropbox, deferrable: dropbox (100 GiB).',
  'scratch (5 GiB) stays: its tag says so.',
  'Caution, quota: few gp3 are left; ask for more.',
  'Caution: mig-aa left us-east-1a already.',
  'The outage lasts 2 min to 6 min.',
  'Watched: last planned 2026-03-12 03:00 UTC, 5 h ago as of 2026-03-12 08:10 UTC.',
].join('\n')
const STAYS = { volume: 'vol-3', name: 'scratch', sizeGib: 5, reason: 'its tag says so' }
const RED = [
  'Red: 0 volumes would move from us-east-1a to us-east-1c, 0 would stay. Nothing was started.',
  'Uncovered: logs (vol-9, 500 GiB, /dev/sdf of i-1). Nothing says whether it moves or stays.',
].join('\n')
const UNCOVERED = { volume: 'vol-9', name: 'logs', sizeGib: 500, instance: 'i-1', device: '/dev/sdf' }
const NO_ZONE = 'There is no availability zone "us-east-1x" in this region; it has us-east-1a, us-east-1c.'

test.each<[string, NonNullable<Given['plan']>, string]>([
  [
    'plan shows a green plan: what moves, what stays, and what to be careful of',
    () => ({
      plan: plan(PLAN.moves, {
        services: [service('logs'), service('dropbox', { need: 'deferrable' })],
        stays: [STAYS],
        checks: [{ name: 'quota', result: 'yellow', cause: 'few gp3 are left', remedy: 'ask for more' }],
      }),
      caution: 'mig-aa left us-east-1a already.',
      watched: { plannedAtMs: Date.UTC(2026, 2, 12, 3), nowMs: Date.UTC(2026, 2, 12, 8, 10) },
      forecast: 'The outage lasts 2 min to 6 min.',
    }),
    GREEN,
  ],
  [
    'plan shows a red plan with what nothing speaks for',
    () => ({ plan: plan([], { uncovered: [UNCOVERED] }), caution: null, watched: null, forecast: null }),
    RED,
  ],
  ['plan says which zone there is not', () => ({ ok: false, text: NO_ZONE }), NO_ZONE],
  ['a plan that breaks off says so', away, unread('Error: Redis is away')],
])('%s', async (_, drawn, read) => {
  await edge.given({ plan: drawn })
  await edge.type(GILES, '/migrate plan us-east-1a us-east-1c')
  const heard = () => ({ calls: edge.heard().calls, read: edge.heard().read })
  await expect
    .poll(heard, PATIENT)
    .toEqual({ calls: [{ plan: expect.objectContaining(ZONES) }], read: [answer(inLines(read.split('\n')))] })
})

test.each<[string, string, boolean]>([
  ['start seeds where nothing else is said', 'start us-east-1a us-east-1c', true],
  ['start without seeds takes no snapshots ahead', 'start us-east-1a us-east-1c --no-seed', false],
  ['start takes the dash that a phone makes of two hyphens', 'start us-east-1a us-east-1c —no-seed', false],
  ['start takes its option in any place', 'start --no-seed us-east-1a us-east-1c', false],
])('%s', async (_, text, seeds) => {
  const call = { start: expect.objectContaining({ ...ZONES, seeds, by: GILES, channel: CHANNEL.id }) }
  await answers(text, {}, [call], 'Taken.')
})

test('who starts is who typed', async () => {
  await edge.given()
  await edge.type(HARRY, '/migrate start us-east-1a us-east-1c')
  await expect.poll(() => edge.heard(HARRY).read, PATIENT).toEqual(['Taken.'])
  expect(edge.heard().calls).toEqual([{ start: expect.objectContaining({ by: HARRY }) }])
  expect(edge.heard(GILES).read).toEqual([])
})

/** What status says of a migration that was never looked at. */
function standing(id: string, phase: string, who: string): string {
  return `${bold(`${id}: us-east-1a to us-east-1c, ${phase}`)}\nNo outage: nothing was stopped.\nWho must act: ${who}`
}
const ASKED: EntryBody = { kind: 'asked', gate: 'start', basis: 'b1', evidence: [], again: null }
const IDLE = 'No migration is running. Start one with /migrate start <source zone> <target zone>.'

test.each<[string, Given, string]>([
  ['status says that none runs, and how to start one', {}, IDLE],
  ['status shows one', { running: () => [AA] }, standing('mig-aa', 'not started', 'nobody.')],
  [
    'status shows which gate asks since when, and who cannot answer',
    { running: () => [running('mig-aa', [ASKED])] },
    standing(
      'mig-aa',
      'not started',
      `an approver other than ${mention('U-asker')} answers the start, asked at ${moment(2_000)}.`,
    ),
  ],
  [
    'status shows that one is paused',
    { running: () => [running('mig-aa', [{ kind: 'began' }, { kind: 'paused', by: GILES }])] },
    standing('mig-aa', 'copying ahead, services run, paused', `an operator: ${code('/migrate resume')}.`),
  ],
  [
    'status shows several, those of other channels too',
    { running: () => [AA, ELSEWHERE] },
    `${standing('mig-aa', 'not started', 'nobody.')}\n${standing('mig-ee', 'not started', 'nobody.')}`,
  ],
  [
    'status shows nothing of one whose last entries may be lost',
    { running: () => [AA], untold: () => 'Its end is lost.' },
    'Its end is lost.',
  ],
  ['status shows one that this version stands aside from', { aside: () => [ASIDE] }, ASIDE],
  [
    'status shows what runs before what it stands aside from',
    { running: () => [AA], aside: () => [ASIDE] },
    `${standing('mig-aa', 'not started', 'nobody.')}\n${ASIDE}`,
  ],
])('%s', async (_, given, read) => {
  await answers('status', given, [], read)
})

const ON_AA = { id: 'mig-aa', by: GILES }
const WHY = { ...ON_AA, reason: 'it is late' }

test.each<[string, string, Call]>([
  ['pause holds the one of the channel', 'pause', { pause: ON_AA }],
  ['resume lets the one of the channel go on', 'resume', { resume: ON_AA }],
  ['abort brings back the one of the channel, and says why', 'abort because it is late', { abort: WHY }],
  [
    'defer names the service and says why',
    'defer the big logs because it is late',
    { defer: { ...WHY, service: 'the big logs' } },
  ],
  [
    'return gives the service back and says why',
    'return dropbox because it is late',
    { giveBack: { ...WHY, service: 'dropbox' } },
  ],
  ['retry names a volume or a service', 'retry the big logs', { retry: { ...ON_AA, what: 'the big logs' } }],
  ['retry tells the id of a migration from what to retry', 'retry mig-aa logs', { retry: { ...ON_AA, what: 'logs' } }],
])('%s', async (_, text, call) => {
  await answers(text, { running: () => [AA, ELSEWHERE] }, [call], 'Taken.')
})

const PUT_AWAY = running('mig-00', [{ kind: 'declined', asked: null, gate: 'start', by: GILES }])
test.each<[string, string, Given, readonly Call[], string]>([
  [
    'a note is about the one that runs',
    'note we told them',
    { running: () => [AA], ended: () => [PUT_AWAY] },
    [{ note: { ...ON_AA, text: 'we told them' } }],
    'Taken.',
  ],
  [
    'where none runs it is about the last that ended',
    'note we told them',
    { running: () => [ELSEWHERE], ended: () => [PUT_AWAY] },
    [{ note: { id: 'mig-00', by: GILES, text: 'we told them' } }],
    'Taken.',
  ],
  [
    'of two that run it asks which one is meant',
    'note we told them',
    { running: () => [AA, BB], ended: () => [PUT_AWAY] },
    [],
    '2 migrations run here: add the id of one, mig-aa or mig-bb.',
  ],
  ['of none it says so', 'note mig-aa told', {}, [], 'There is no migration mig-aa that ran.'],
])('%s', async (_, text, given, calls, read) => {
  await answers(text, given, calls, read)
})

const VERBS: readonly [string, string][] = [
  ['pause', 'pause'],
  ['resume', 'resume'],
  ['abort', 'abort because it is late'],
  ['exceed', 'exceed because it is late'],
  ['defer', 'defer logs because it is late'],
  ['return', 'return logs because it is late'],
  ['retry', 'retry logs'],
]

test.each(VERBS)('of two in the channel, %s asks which one is meant, and does nothing', async (_, text) => {
  const sentence = '2 migrations run here: add the id of one, mig-aa or mig-bb.'
  await answers(text, { running: () => [AA, BB, ELSEWHERE] }, [], sentence)
})

test('of three in the channel each is named', async () => {
  const sentence = '3 migrations run here: add the id of one, mig-aa or mig-bb or mig-cc.'
  await answers('pause', { running: () => [AA, BB, CC] }, [], sentence)
})

test.each<[string, string, Call]>([
  ['of two in the channel the one that is named is meant', 'pause mig-bb', { pause: { id: 'mig-bb', by: GILES } }],
  ['one of another channel is meant where it is named', 'pause mig-ee', { pause: { id: 'mig-ee', by: GILES } }],
  [
    'the reason for a longer outage is sent',
    'exceed mig-bb because nobody shops now',
    { exceed: { id: 'mig-bb', by: GILES, reason: 'nobody shops now' } },
  ],
  [
    'the id may stand in any place behind the word and before the reason',
    'defer logs mig-bb because mig-aa is late',
    { defer: { id: 'mig-bb', by: GILES, service: 'logs', reason: 'mig-aa is late' } },
  ],
])('%s', async (_, text, call) => {
  await answers(text, { running: () => [AA, BB, ELSEWHERE] }, [call], 'Taken.')
})

test.each<[string, string, Given, string]>([
  [
    'in a channel of which none runs, nothing is held',
    'pause',
    { running: () => [ELSEWHERE] },
    'No migration runs in this channel.',
  ],
  [
    'what is named and does not run is not held',
    'pause mig-dd',
    { running: () => [AA] },
    'mig-dd is not running; /migrate status lists those that are.',
  ],
  ['what it stands aside from is said where none is named', 'pause', { aside: () => [ASIDE] }, ASIDE],
  [
    'what it stands aside from is said where that is named',
    'pause mig-ff',
    { running: () => [AA], aside: () => [ASIDE] },
    ASIDE,
  ],
  [
    'what it stands aside from is not said of another',
    'pause mig-dd',
    { aside: () => [ASIDE] },
    'mig-dd is not running; /migrate status lists those that are.',
  ],
])('%s', async (_, text, given, read) => {
  await answers(text, given, [], read)
})

const OVER: readonly EntryBody[] = [{ kind: 'aborting', by: HARRY, reason: 'enough' }, { kind: 'aborted' }]
const ENDED = [
  running('mig-e1', OVER, 'C0OTHER'),
  running('mig-a2', OVER),
  running('mig-a1', OVER),
] satisfies readonly Migration[]

test.each<[string, string, readonly Call[], string]>([
  ['cleanup means the newest of the channel', 'cleanup', [{ cleanup: { id: 'mig-a2', by: GILES } }], 'Taken.'],
  [
    'cleanup means an older one where it is named',
    'cleanup mig-a1',
    [{ cleanup: { id: 'mig-a1', by: GILES } }],
    'Taken.',
  ],
  [
    'cleanup means one of another channel where it is named',
    'cleanup mig-e1',
    [{ cleanup: { id: 'mig-e1', by: GILES } }],
    'Taken.',
  ],
  ['cleanup of what is not over says that', 'cleanup mig-aa', [], 'There is no mig-aa that is over.'],
])('%s', async (_, text, calls, read) => {
  await answers(text, { running: () => [AA], ended: () => ENDED }, calls, read)
})

test('in a channel of which none is over, cleanup says that', async () => {
  const ended = () => ENDED.slice(0, 1)
  await answers('cleanup', { running: () => [AA], ended }, [], 'No migration of this channel is over.')
})

test.each<[string, string, string]>([
  ['a misspelt word gets the nearest', 'pasue mig-aa', 'There is no "pasue"; the nearest is: /migrate pause'],
  [
    'a word that was begun gets the whole of it',
    'clean mig-aa',
    'There is no "clean"; the nearest is: /migrate cleanup [<migration>]',
  ],
  [
    'a zone that is missing is asked for',
    'start us-east-1a',
    'start needs exactly two zones: /migrate start <source zone> <target zone> [--no-seed] [--budget 15m] [--at 05:00]',
  ],
  [
    'what cannot be a zone is named',
    'plan us-east-1a east',
    '"east" is not an availability zone; one looks like us-east-1a: /migrate plan <source zone> <target zone>',
  ],
  [
    'an option that there is not is named',
    'start us-east-1a us-east-1c --fast',
    '"--fast" is not an option of start: /migrate start <source zone> <target zone> [--no-seed] [--budget 15m] [--at 05:00]',
  ],
  ['an abort needs its reason', 'abort mig-aa', 'Say why, for the report: /migrate abort because <reason>'],
  [
    'a deferral needs its reason',
    'defer logs',
    'defer needs a service and a reason: /migrate defer <service> because <reason>',
  ],
  ['a retry needs its name', 'retry mig-aa', 'Say what to retry: /migrate retry <volume or service>'],
  ['a word too many is not passed over', 'pause now', '"pause" takes nothing but a migration\'s id: /migrate pause'],
])('%s, and nothing is done', async (_, text, read) => {
  await answers(text, { running: () => [AA], ended: () => ENDED }, [], read)
})

const NO: Reply = { ok: false, text: `Only ${mention('U09')} may do this.` }

test.each<[string, string]>([['start', 'start us-east-1a us-east-1c'], ['cleanup', 'cleanup mig-a1'], ...VERBS])(
  'a refusal of %s is read as it is said',
  async (_, text) => {
    await edge.given({ reply: () => NO, running: () => [AA], ended: () => ENDED })
    await edge.type(GILES, `/migrate ${text}`)
    await expect.poll(() => edge.heard().read, PATIENT).toEqual(['Only <@U09> may do this.'])
    expect(edge.heard().calls).toHaveLength(1)
  },
)

test.each<[string, string, Given]>([
  ['a start', 'start us-east-1a us-east-1c', { reply: away }],
  ['a pause', 'pause', { running: () => [AA], reply: away }],
  ['a cleanup', 'cleanup', { ended: () => ENDED, reply: away }],
  ['a status without what runs', 'status', { running: away }],
  ['a status without what it stands aside from', 'status', { aside: away }],
  ['a pause that cannot tell what runs', 'pause', { running: away }],
  ['a cleanup that cannot tell what is over', 'cleanup', { ended: away }],
])('%s breaks off: the person reads that, and the log has the error', async (_, text, given) => {
  await edge.given(given)
  await edge.type(GILES, `/migrate ${text}`)
  await expect
    .poll(() => edge.heard().read, PATIENT)
    .toEqual([(text === 'status' ? unread : brokeOff)('Error: Redis is away')])
  expect(edge.heard().logged).toEqual(['Redis is away'])
})
