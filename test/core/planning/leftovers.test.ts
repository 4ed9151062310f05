// Which volumes in the way are an aborted migration's own copies: as its journal says, never as tags say.
import { describe, expect, test } from 'vitest'
import { fold } from '../../../src/core/journal/fold.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import type { SeenVolume } from '../../../src/core/model/facts.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import type { Plan } from '../../../src/core/model/plan.ts'
import { NO_RULES } from '../../../src/core/model/rules.ts'
import { ofMove } from '../../../src/core/model/subjects.ts'
import { draft, redraw } from '../../../src/core/planning/draft.ts'
import { explanationsOf, migrationsNamed } from '../../../src/core/planning/memory-tags.ts'
import { copyOf } from '../../support/facts.ts'
import { entries, inventory, move, plan, planned, seen } from '../../support/plans.ts'
import { instance } from '../seeing/stages.ts'

const LOGS = move({ id: 'vol-1', name: 'logs', tags: { Name: 'logs', 'zonehop:service': 'logs' } })
const PLACE = { instance: 'i-target', device: '/dev/xvdf', state: 'attached', deleteOnTermination: false }
const SERVERS = [
  { ...instance('i-source', 'running'), name: 'server' },
  { ...instance('i-target', 'running'), name: 'server', zone: 'us-east-1c' },
]
const TAGS = { ...copyOf(LOGS).tags, 'zonehop:migration': 'mig-00000a', 'zonehop:aborted': 'mig-00000a' }
const OLD = copyOf(LOGS, { id: 'vol-old', state: 'in-use', attachments: [PLACE], tags: TAGS })

function before(...said: readonly EntryBody[]): Migration {
  const m = fold(
    entries(
      planned('mig-00000a', { plan: plan([LOGS]) }),
      { kind: 'began' },
      {
        kind: 'intended',
        effects: [
          {
            ...{ subject: ofMove('vol-1'), step: 'restore', generation: 1, direction: 'forward' },
            ...{ snapshotId: 'snap-1', zone: 'us-east-1c' },
          },
        ],
      },
      { kind: 'seen', started: [{ effect: 'vol-1.restore.1', resource: 'vol-old', others: [] }], achieved: [] },
      { kind: 'aborting', by: 'U-2', reason: 'second thoughts' },
      ...said,
    ),
  )
  if (!m) throw new Error('no migration')
  return m
}

const ABORTED = before({ kind: 'aborted' })

function drawn(old: SeenVolume, explained: readonly string[]): Plan {
  const zones = { sourceZone: 'us-east-1a', targetZone: 'us-east-1c' }
  const found = { ...inventory([LOGS]), instances: SERVERS, volumes: [seen(LOGS), old] }
  const request = { ...zones, inventory: found, rules: NO_RULES, choices: [], found: [], explained: new Set(explained) }
  const result = draft(request)
  if ('problems' in result) throw new Error(result.problems.join(' '))
  return result.plan
}

const device = ({ checks }: Plan): string | null => checks.find(({ name }) => name === 'device of logs')?.cause ?? null

describe('a copy where the new one goes', () => {
  test('of an aborted migration, as its journal says: the plan takes it away', () => {
    const made = drawn(OLD, explanationsOf([ABORTED]))
    expect(made.leftovers).toEqual([
      {
        ...{ what: 'copy', volume: 'vol-old', move: 'vol-1', name: 'logs', sizeGib: 100 },
        ...{ migration: 'mig-00000a', instance: 'i-target', device: '/dev/xvdf' },
      },
    ])
    expect(device(made)).toBeNull()
  })

  test.each<[string, SeenVolume, readonly string[]]>([
    ['as its tags alone say', OLD, []],
    ['of one whose abort is not over', OLD, explanationsOf([before()])],
    ['that says it is live', { ...OLD, tags: { ...TAGS, 'zonehop:live': 'x' } }, explanationsOf([ABORTED])],
    [
      'that is at two instances',
      { ...OLD, attachments: [PLACE, { ...PLACE, instance: 'i-x' }] },
      explanationsOf([ABORTED]),
    ],
    ['under the tags of ours', { ...OLD, id: 'vol-other' }, explanationsOf([ABORTED])],
  ])('%s: the plan is red, and nothing is taken away', (_, old, explained) => {
    const made = drawn(old, explained)
    expect(made.leftovers).toBeUndefined()
    expect(device(made)).toBe(`/dev/sdf of i-target is taken by ${old.id}`)
  })
})

test.each<[string, string, string, boolean]>([
  [
    'that an earlier one left, as its journal says: the plan detaches it',
    'done',
    'vol-old zonehop:left=mig-00000a zonehop:phase=done',
    true,
  ],
  ['of one that is not done', 'live', 'vol-old zonehop:left=mig-00000a', false],
  ['of one that is not done, whatever its tags say', 'done', 'vol-old zonehop:left=mig-00000a', false],
  ['as its tags alone say', 'done', '', false],
])('a source %s', (_, phase, explained, isTaken) => {
  const old = { ...OLD, tags: { Name: 'logs', 'zonehop:left': 'mig-00000a', 'zonehop:phase': phase } }
  const made = drawn(old, [explained])
  expect(made.leftovers?.map(({ what, migration }) => [what, migration])).toEqual(
    isTaken ? [['source', 'mig-00000a']] : undefined,
  )
  expect(device(made) === null).toBe(isTaken)
})

test('behind the start no other is taken away than it has named', () => {
  const made = drawn(OLD, explanationsOf([ABORTED]))
  const base = { inventory: { ...inventory([LOGS]), instances: SERVERS, volumes: [seen(LOGS), OLD] } }
  const of = (own: Plan, ...said: readonly EntryBody[]): Migration =>
    fold(entries(planned('mig-1', { ...base, plan: own, explained: explanationsOf([ABORTED]) }), ...said)) as Migration
  const none = { choices: [], found: [] }
  const { leftovers: _, ...unnamed } = made
  expect(redraw(of(made, { kind: 'began' }), none).leftovers).toEqual(made.leftovers)
  expect(redraw(of(unnamed), none).leftovers).toEqual(made.leftovers)
  expect(redraw(of(unnamed, { kind: 'began' }), none).leftovers).toBeUndefined()
})

test('the tags of both zones name the migrations whose journals are read', () => {
  const found = { ...inventory([LOGS]), volumes: [seen(LOGS), OLD] }
  expect(migrationsNamed(found, ['us-east-1a'])).toEqual([])
  expect(migrationsNamed(found, ['us-east-1a', 'us-east-1c'])).toEqual(['mig-00000a'])
})
