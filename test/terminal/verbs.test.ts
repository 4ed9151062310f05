// What buttons of the thread and commands of the channel do, from a terminal: each verb says one entry, and only what was shown is answered.
import { expect, test } from 'vitest'
import { type Effect, effectId } from '../../src/core/model/effects.ts'
import type { EntryBody } from '../../src/core/model/entries.ts'
import { NO_RULES } from '../../src/core/model/rules.ts'
import { parseTyped } from '../../src/terminal/command.ts'
import { type Desk, EXITS, perform, type Told } from '../../src/terminal/terminal.ts'
import { watchStatus } from '../../src/terminal/watch.ts'
import { memoryJournal } from '../support/memory-journal.ts'
import { entries, inventory, move, plan, planned, service } from '../support/plans.ts'
import { NO_VIEWS, showing, useCasesOf } from '../support/use-cases.ts'

const LONG = `mail-${'x'.repeat(200)}`
const MOVES = [move({ id: 'vol-1', name: 'logs' }), move({ id: 'vol-2', name: LONG }, 'mail')]
const PLAN = plan(MOVES, { services: [service('logs'), service('mail')] })
const BEGUN = planned('mig-1', { plan: PLAN, inventory: inventory(MOVES), rules: { ...NO_RULES, retentionDays: 0 } })
const ASKED: EntryBody = { kind: 'asked', gate: 'start', basis: 'b1', evidence: ['1 volume moves.'], again: null }
const RUNS: readonly EntryBody[] = [
  BEGUN,
  ASKED,
  { kind: 'approved', asked: 'n2', gate: 'start', basis: 'b1', by: 'U-2' },
  { kind: 'began' },
]
const SNAPSHOT: Effect = {
  subject: { of: 'move', move: 'vol-1' },
  step: 'seed',
  generation: 1,
  direction: 'forward',
  ...{ volumeId: 'vol-1', tags: {} },
}
const FAILED: readonly EntryBody[] = [
  ...RUNS,
  { kind: 'intended', effects: [SNAPSHOT] },
  {
    kind: 'failed',
    effect: effectId(SNAPSHOT),
    issued: null,
    code: 'UnauthorizedOperation',
    problem: 'it is not allowed',
    remedy: 'allow it',
  },
]

function open(said: readonly EntryBody[], over: Partial<Desk> = {}) {
  const journal = memoryJournal(() => 60_000)
  if (said.length > 0) journal.load(entries(...said))
  journal.putBack(journal.keep(), { runId: 'r1', replicationId: 'h1' })
  const desk: Desk = {
    use: useCasesOf(journal, NO_VIEWS, showing(inventory(MOVES))),
    entries: (id) => journal.entries(id),
    progress: async () => null,
    save: async () => null,
    approvers: ['U-2'],
    by: 'U-2',
    user: 'alice',
    ...over,
  }
  const type = async (...args: string[]): Promise<Told> => {
    const parsed = parseTyped(args)
    if ('wrong' in parsed || parsed.typed.verb === 'help') throw new Error(JSON.stringify(parsed))
    const told = await perform(parsed.typed, desk)
    // What is pasted may be longer, and nothing else.
    for (const line of told.text.split('\n').filter((each) => !/[`]|--code/.test(each))) {
      expect(line.length, line).toBeLessThanOrEqual(80)
    }
    return told
  }
  const since = async () => (await journal.entries('mig-1')).slice(said.length)
  return { type, since, journal, desk }
}

test('plan shows every volume in a table, and starts nothing', async () => {
  const { type, journal } = open([])
  const told = await type('plan', 'us-east-1a', 'US-EAST-1C')
  expect(told.exit).toBe(EXITS.done)
  expect(told.text).toMatch(/(Red|Green): \d volumes? would move from us-east-1a to us-east-1c|\d volumes would move/)
  expect(await journal.all()).toEqual([])
})

test('start plans in the channel that is named', async () => {
  const { type, journal } = open([])
  const told = await type('start', 'us-east-1a', 'us-east-1c', '--channel', 'C0TEAM', '--budget', '15m')
  expect(told).toMatchObject({ exit: EXITS.done, text: expect.stringContaining(' is planned') })
  const [id = ''] = await journal.all()
  expect((await journal.entries(id))[0]).toMatchObject({
    ...{ kind: 'planned', channel: 'C0TEAM', seeds: true, by: 'U-2' },
    rules: { budgetMinutes: 15 },
  })
})

test('exceed: an approver lets the outage be longer, once the question is kept back', async () => {
  const because = ['exceed', '--because', 'nobody is up'] as const
  const early = open(RUNS)
  expect(await early.type(...because)).toMatchObject({
    ...{ exit: EXITS.refused, text: 'mig-1 has no budget, so its outage may be as long as it is.' },
  })
  const budgeted = { ...BEGUN, rules: { ...NO_RULES, budgetMinutes: 5 } } as EntryBody
  const kept: EntryBody = { kind: 'warned', about: 'forecast over budget 1', service: null, text: 'it is long' }
  const { type, since } = open([budgeted, ...RUNS.slice(1), kept])
  expect((await type(...because)).text).toContain('Recorded: the outage may be longer than its budget.')
  expect(await since()).toMatchObject([{ kind: 'exceeded', by: 'U-2', reason: 'nobody is up' }])
})

test('defer and retry', async () => {
  const { type, since } = open(FAILED)
  expect((await type('defer', 'mail', '--because', 'slow')).text).toBe(
    'mail is deferred; it is finished after go-live.',
  )
  expect((await type('retry', 'logs', 'mig-1')).text).toBe('It is tried again.')
  expect(await since()).toMatchObject([
    { kind: 'deferred', service: 'mail', reason: 'slow', by: 'U-2' },
    { kind: 'retried', effect: effectId(SNAPSHOT), by: 'U-2' },
  ])
  expect(await type('retry', 'mail')).toMatchObject({
    exit: EXITS.refused,
    text: 'Nothing of "mail" has failed, so there is nothing to retry.',
  })
})

test('a volume is chosen by its name, whose several bearers are told apart', async () => {
  const { type, since } = open([BEGUN])
  expect((await type('choose', 'logs', 'stay')).text).toBe('The plan is drawn again.')
  expect((await type('choose', 'vol-1', 'snapshot', '--service', 'files', '--need', 'deferrable')).exit).toBe(0)
  expect(await since()).toMatchObject([
    { kind: 'replanned', choices: [{ volume: 'vol-1', route: 'stay' }], by: 'U-2' },
    {
      kind: 'replanned',
      choices: [
        { volume: 'vol-1', route: 'stay' },
        { volume: 'vol-1', route: 'snapshot', service: 'files', need: 'deferrable' },
      ],
    },
  ])
  expect((await type('choose', 'disk', 'stay')).text).toBe('disk is no volume of this plan.')
})

test('cleanup is asked for of what is over', async () => {
  const over: EntryBody[] = [...FAILED, { kind: 'aborting', by: 'U-2', reason: 'x' }, { kind: 'aborted' }]
  const { type, since } = open(over)
  expect((await open(RUNS).type('cleanup')).text).toBe('No migration is over.')
  expect((await type('cleanup')).text).toBe('The thread of mig-1 shows what would go.')
  expect(await since()).toMatchObject([{ kind: 'cleaning', by: 'U-2' }])
})

test('the journal is a table, or the entries as they are', async () => {
  const told = await open(RUNS, { by: null }).type('journal')
  expect(told.text.split('\n')).toEqual([
    'rev  time (UTC)           kind      who',
    expect.stringMatching(/^1 {4}1970-01-01 00:\d\d:\d\d {2}planned {3}@U-asker$/),
    expect.stringMatching(/^2 .* asked {5}zonehop$/),
    expect.stringMatching(/^3 .* approved {2}@U-2$/),
    expect.stringMatching(/^4 .* began {5}zonehop$/),
  ])
  expect(told.entries).toHaveLength(4)
})

test('what tags say is settled by its code alone', async () => {
  const suspected: EntryBody = { kind: 'suspected', about: 'frozen', says: 'zonehop:frozen=x', volumes: ['vol-1'] }
  const { type, since } = open([BEGUN, suspected])
  const shown = await type('settle', 'no')
  expect(shown.exit).toBe(EXITS.shown)
  expect(shown.text).toContain('  zonehop settle no mig-1 --code n2')
  expect((await type('status')).text).toContain('code: n2')
  expect((await type('settle', 'no', '--code', 'n9')).text).toContain('n9 is no thing to settle now.')
  expect((await type('settle', 'no', '--code', 'n2')).text).toBe('Recorded: it is not believed.')
  expect(await since()).toMatchObject([{ kind: 'settled', suspected: 'n2', isSo: false, by: 'U-2' }])
})

test('a fence that no host confirms is vouched for by its code, with a reason', async () => {
  const fence: Effect = {
    subject: { of: 'move', move: 'vol-1' },
    step: 'fence',
    generation: 1,
    direction: 'back',
    ...{ service: 'logs', resource: 'files', instances: ['i-target'], document: 'zonehop-replica-fence' },
  }
  const failed: EntryBody = {
    ...{ kind: 'failed', effect: effectId(fence), issued: null },
    ...{ code: 'DocumentFailed', problem: 'the host is silent', remedy: 'look' },
  }
  const aborting: EntryBody = { kind: 'aborting', by: 'U-2', reason: 'x' }
  const { type, since } = open([...RUNS, aborting, { kind: 'intended', effects: [fence] }, failed])
  const shown = await type('vouch')
  expect(shown).toMatchObject({ exit: EXITS.shown, text: expect.stringContaining('the host is silent') })
  expect(shown.text).toContain('  zonehop vouch mig-1 --code n7 --because <reason>')
  const told = await type('vouch', '--code', 'n7', '--because', 'I pulled its plug')
  expect(told.text).toBe('Recorded: the way back goes on.')
  expect(await since()).toMatchObject([{ kind: 'confirmed', effects: [effectId(fence)], reason: 'I pulled its plug' }])
})

test('an entry that does not fit is passed by its code', async () => {
  const { type, since } = open([...RUNS, { kind: 'began' }])
  const shown = await type('skip')
  expect(shown).toMatchObject({ exit: EXITS.shown, text: expect.stringContaining('Entry 5, began') })
  expect((await type('skip', '--code', 'n5')).text).toBe('mig-1 goes on without it.')
  expect(await since()).toMatchObject([{ kind: 'skipped', entry: 'n5', by: 'U-2' }])
})

test.each([
  ['vouch', 'mig-1 asks nobody to vouch now.'],
  ['skip', 'mig-1 has no entry to pass now.'],
  ['settle yes', 'mig-1 has nothing to settle now.'],
])('%s where nothing is asked', async (line, sentence) => {
  expect(await open(RUNS).type(...line.split(' '))).toEqual({ exit: EXITS.refused, text: sentence })
})

test('status names volumes of any length in 80 columns', async () => {
  const line = {
    service: 'mail',
    sizeGib: 100,
    percent: 8,
    words: 'final snapshot, at least 2 h to go at the rate so far',
  }
  const lines = ['a', LONG].map((name) => ({
    name,
    ...line,
    isFailed: false,
    isDone: false,
    isCopying: true,
    left: null,
  }))
  const { type } = open(RUNS, { progress: async () => ({ rev: 4, atMs: 60_000, lines, waits: [] }) })
  expect((await type('status')).text).toMatch(/mail-x+…x+ +100 +8%/)
})

test('status --watch shows what is new, and ends with the migration', async () => {
  const { desk, journal } = open(FAILED)
  const shown: string[] = []
  let looks = 0
  const pause = async (): Promise<void> => {
    looks++
    const says: Readonly<Record<number, EntryBody>> = {
      3: { kind: 'aborting', by: 'U-2', reason: 'x' },
      40: { kind: 'aborted' },
    }
    const said = says[looks]
    if (said) await journal.append('mig-1', await journal.read('mig-1'), said, { release: said.kind === 'aborted' })
  }
  const show = ({ text }: Told) => void shown.push(text.split('\n')[0] ?? '')
  const last = await watchStatus(null, desk, { show, pause, isStopped: () => looks > 100 })
  // At once, when it changed, and after fifteen seconds of silence, twice.
  expect(shown).toHaveLength(4)
  expect(shown[1]).toContain('going back')
  expect(last.text).toBe('mig-1: us-east-1a to us-east-1c: back where it was')
})
