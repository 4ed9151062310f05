// What a terminal shows, and what it says in whose name: only what was shown is approved or confirmed.
import { expect, test } from 'vitest'
import type { Effect } from '../../src/core/model/effects.ts'
import type { EntryBody } from '../../src/core/model/entries.ts'
import { NO_RULES } from '../../src/core/model/rules.ts'
import type { Report } from '../../src/core/ports.ts'
import { reportOf } from '../../src/report/report.ts'
import { parseTyped } from '../../src/terminal/command.ts'
import { type Desk, EXITS, perform, type Told } from '../../src/terminal/terminal.ts'
import { memoryJournal } from '../support/memory-journal.ts'
import { entries, move, plan, planned, service } from '../support/plans.ts'
import { useCasesOf } from '../support/use-cases.ts'

const PLAN = plan([move({ id: 'vol-1', name: 'logs' })], { services: [service('logs')] })
const BEGUN = planned('mig-1', { plan: PLAN })
const ASKED: EntryBody = {
  ...{ kind: 'asked', gate: 'start', basis: 'b1', evidence: ['1 volume moves.', 'Nothing stays.'], again: null },
}
const FREEZE: Effect = {
  subject: { of: 'service', service: 'logs', part: 1 },
  step: 'freeze',
  generation: 1,
  direction: 'forward',
  ...{ service: 'logs', instances: ['i-source'], work: { method: 'manual', todo: ['on i-source: stop logs'] } },
}
const FREEZING: readonly EntryBody[] = [
  ASKED,
  { kind: 'approved', asked: 'n2', gate: 'start', basis: 'b1', by: 'U-2' },
  { kind: 'began' },
  { kind: 'freezing', freeze: 'f', services: ['logs'] },
  { kind: 'intended', effects: [FREEZE] },
]

function open(said: readonly EntryBody[], by: string | null = 'U-2', problem: string | null = null) {
  const saved: [directory: string, files: Report['files']][] = []
  const journal = memoryJournal(() => 60_000)
  if (said.length > 0) journal.load(entries(...said))
  journal.putBack(journal.keep(), { runId: 'r1', replicationId: 'h1' })
  const desk: Desk = {
    use: useCasesOf(journal),
    entries: (id) => journal.entries(id),
    progress: async () => null,
    save: async (directory, files) => {
      saved.push([directory, files])
      return problem
    },
    approvers: ['U0GILES', 'U0HARRY'],
    by,
    user: 'alice',
  }
  const type = async (...args: string[]): Promise<Told> => {
    const parsed = parseTyped(args)
    if ('wrong' in parsed || parsed.typed.verb === 'help') throw new Error(JSON.stringify(parsed))
    return await perform(parsed.typed, desk)
  }
  const since = async (): Promise<unknown[]> => (await journal.entries('mig-1')).slice(said.length).map(bare)
  return { type, since, saved, entries: () => journal.entries('mig-1') }
}

function bare({ kind, ...rest }: EntryBody): unknown {
  const { by, gate, asked, intended, effects, service, reason } = rest as Record<string, unknown>
  return JSON.parse(JSON.stringify({ kind, by, gate, asked, intended, effects, service, reason }))
}

test('status shows what is asked, with its evidence and its code', async () => {
  const { type } = open([BEGUN, ASKED])
  const told = await type('status')
  expect(told.exit).toBe(EXITS.done)
  expect(told.text.split('\n')).toEqual([
    'mig-1: us-east-1a to us-east-1c: planned, nothing has started',
    '  Who must act: @U0GILES, @U0HARRY to answer, below.',
    '  Start moving 1 service from us-east-1a to us-east-1c? mig-1',
    '    1 volume, 100 GiB, moves. Nothing stops yet: that is asked for later.',
    '    No snapshots are taken ahead: the outage lasts as long as the slowest full',
    '      one.',
    '    Until go-live `zonehop abort` brings everything back.',
    '    1 volume moves.',
    '    Nothing stays.',
    '    code: n2',
  ])
  expect(told.migrations).toMatchObject([
    { id: 'mig-1', phase: 'planned', asking: { gate: 'start', code: 'n2' }, work: [], waits: [], asOf: null },
  ])
})

test('status of nothing says so', async () => {
  expect(await open([]).type('status')).toEqual({ exit: 0, text: 'No migration is running.', migrations: [] })
  expect((await open([BEGUN]).type('status', 'mig-9')).text).toBe('mig-9 is not running.')
})

test('without its code a question is shown, and nothing is said', async () => {
  const { type, since } = open([BEGUN, ASKED])
  const told = await type('approve', 'start')
  expect(told).toMatchObject({ exit: EXITS.shown, text: expect.stringContaining('  Nothing stays.') })
  expect(told.text).toContain('say it with the code:\n  zonehop approve start mig-1 --code n2')
  expect(await since()).toEqual([])
})

test('with its code it is approved, in the name that zonehop.yaml gives', async () => {
  const { type, since } = open([BEGUN, ASKED])
  expect(await type('approve', 'start', '--code', 'n2')).toEqual({ exit: 0, text: 'You approved start.' })
  expect(await since()).toEqual([{ kind: 'approved', asked: 'n2', gate: 'start', by: 'U-2' }])
})

test.each<[string, readonly EntryBody[], string | null, string[], string]>([
  ['another code', [BEGUN, ASKED], 'U-2', ['approve', 'start', '--code', 'n9'], 'n9 is not what is asked now'],
  ['another gate', [BEGUN, ASKED], 'U-2', ['approve', 'goLive', '--code', 'n2'], 'does not ask for goLive now'],
  ['nothing asked', [BEGUN], 'U-2', ['approve', 'start', '--code', 'n2'], 'mig-1 asks nothing now; it is planned'],
  ['who started', [BEGUN, ASKED], 'U-asker', ['approve', 'start', '--code', 'n2'], 'Only @U0GILES'],
  ['nobody by that name', [BEGUN, ASKED], null, ['pause'], 'does not say who "alice" is: add terminal: { alice:'],
  ['another migration', [BEGUN, ASKED], 'U-2', ['pause', 'mig-9'], 'mig-9 is not running'],
  ['no migration', [], 'U-2', ['pause'], 'No migration is running.'],
  ['no work', [BEGUN, ASKED], 'U-2', ['confirm', '--code', 'n2'], 'asks for no work by hand now'],
  ['another work', [BEGUN, ...FREEZING], 'U-2', ['confirm', '--code', 'n2'], 'n2 is no work that is asked for now'],
])('refused: %s', async (_, said, by, args, sentence) => {
  const { type, since } = open(said, by)
  expect(await type(...args)).toEqual({ exit: EXITS.refused, text: expect.stringContaining(sentence) })
  expect(await since()).toEqual([])
})

test('work by hand is shown with its commands, and confirmed by its code', async () => {
  const { type, since } = open([BEGUN, ...FREEZING])
  const shown = await type('confirm')
  expect(shown.exit).toBe(EXITS.shown)
  expect(shown.text.split('\n').slice(0, 3)).toEqual([
    'mig-1 asks people to freeze logs:',
    '  on i-source: stop logs',
    '  code: n6',
  ])
  expect(await type('confirm', '--code', 'n6')).toEqual({ exit: 0, text: 'Recorded.' })
  expect(await since()).toEqual([{ kind: 'confirmed', by: 'U-2', intended: 'n6', effects: ['service/logs.freeze.1'] }])
})

test('it is paused, resumed and aborted', async () => {
  const { type, since } = open([BEGUN, ...FREEZING])
  for (const args of [['pause'], ['resume', 'mig-1'], ['abort', '--because', 'slow']]) {
    expect((await type(...args)).exit).toBe(EXITS.done)
  }
  expect(await since()).toEqual([
    { kind: 'paused', by: 'U-2' },
    { kind: 'resumed', by: 'U-2' },
    { kind: 'aborting', by: 'U-2', reason: 'slow' },
  ])
})

test('a note is written down, and changes nothing', async () => {
  const { type, since } = open([BEGUN, ...FREEZING])
  const told = await type('note', 'customers', 'were called')
  expect(told).toEqual({ exit: 0, text: 'Noted in the journal of mig-1; its report holds it.' })
  expect(await since()).toEqual([{ kind: 'noted', by: 'U-2' }])
})

test('a report is written where it is asked for, by whomever, and is the one of the journal', async () => {
  const { type, saved, entries, since } = open([BEGUN, ...FREEZING], null)
  const told = await type('report', '--to', 'out')
  expect(told.exit).toBe(EXITS.done)
  expect(told.text.split('\n').slice(-2)).toEqual(['out/report.md', 'out/report.png'])
  expect(saved).toEqual([['out', reportOf(await entries()).files]])
  expect(await since()).toEqual([])
})

test('a report is written of one that is over, by its id or as the last', async () => {
  const said: EntryBody[] = [BEGUN, ...FREEZING, { kind: 'aborting', by: 'U-2', reason: 'x' }, { kind: 'aborted' }]
  const { type, saved } = open(said)
  for (const args of [[], ['mig-1']]) expect((await type('report', ...args, '--to', 'out')).exit).toBe(EXITS.done)
  expect(saved).toHaveLength(2)
})

test('where it cannot be written, or there is none, that is said', async () => {
  const { type } = open([BEGUN], null, 'EACCES: permission denied')
  expect(await type('report', '--to', 'out')).toEqual({
    exit: EXITS.refused,
    text: 'The report of mig-1 cannot be written to out: EACCES: permission denied',
  })
  expect((await open([]).type('report', '--to', 'out')).text).toBe('No migration is running.')
})

test('where two have to approve, the first one is shown', async () => {
  const two = planned('mig-1', { plan: PLAN, rules: { ...NO_RULES, approvals: 2 } })
  const freeze: EntryBody = { ...ASKED, gate: 'freeze' } as EntryBody
  const approved: EntryBody = { kind: 'approved', asked: 'n5', gate: 'freeze', basis: 'b1', by: 'U0GILES' }
  const { type } = open([two, ...FREEZING.slice(0, 3), freeze, approved])
  expect((await type('status')).text).toContain('Approved by @U0GILES; someone else has to approve it too.')
})

test('nothing is told of a migration whose last entries may be lost, until that is looked into', async () => {
  const journal = memoryJournal(() => 60_000)
  journal.putBack(journal.keep(), { runId: 'r1', replicationId: 'h1' })
  await journal.append('mig-1', null, planned('mig-1', { plan: PLAN }))
  journal.putBack(journal.keep(), { runId: 'r2', replicationId: 'h2' })
  const desk = {
    ...{ use: useCasesOf(journal), entries: journal.entries, progress: async () => null, save: async () => null },
    ...{ approvers: [], by: 'U-2', user: 'alice' },
  }
  const told = await perform({ verb: 'status', id: null, isWatched: false }, desk)
  expect(told).toMatchObject({ exit: EXITS.done, migrations: [] })
  expect(told.text.replace(/\s+/g, ' ')).toBe(
    'mig-1: its last entries may be lost, so how far it is cannot be said now. zonehop looks at AWS, and its status message goes on within a minute.',
  )
})

test('several migrations are told apart by their ids', async () => {
  const journal = memoryJournal(() => 60_000)
  for (const id of ['mig-1', 'mig-2']) await journal.append(id, null, planned(id, { plan: PLAN }))
  const desk = {
    use: useCasesOf(journal),
    entries: journal.entries,
    progress: async () => null,
    save: async () => null,
    approvers: [],
    by: 'U-2',
    user: 'alice',
  }
  const told = await perform({ verb: 'pause', id: null }, desk)
  expect(told.text).toBe('Several migrations run: add the id of one, mig-1 or mig-2.')
  expect((await perform({ verb: 'pause', id: 'mig-2' }, desk)).exit).toBe(EXITS.done)
})
