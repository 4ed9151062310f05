// Leftovers of an aborted migration: named at the start, taken away before the outage, and let alone where somebody has plans for them.
import { describe, expect, test } from 'vitest'
import { startEvidence } from '../../../src/core/asking/gates.ts'
import { recheck } from '../../../src/core/calling/recheck.ts'
import { decide } from '../../../src/core/decide.ts'
import { approvalsNeeded } from '../../../src/core/journal/state.ts'
import { type Effect, effectId } from '../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import type { Facts, SeenVolume } from '../../../src/core/model/facts.ts'
import { SHOWN_AFTER_MS } from '../../../src/core/model/limits.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import type { Leftover } from '../../../src/core/model/plan.ts'
import { NO_RULES } from '../../../src/core/model/rules.ts'
import { ofMove, ofResource } from '../../../src/core/model/subjects.ts'
import { clearings } from '../../../src/core/steps/clearing.ts'
import { waitWords } from '../../../src/core/telling/wait-words.ts'
import { copyOf, facts, LATER_MS } from '../../support/facts.ts'
import { entries, move, plan, planned, seen } from '../../support/plans.ts'
import { fitting } from '../journals.ts'

const LOGS = move({ id: 'vol-1', name: 'logs' })
const OLD: Leftover = {
  ...{ what: 'copy', volume: 'vol-old', move: 'vol-1', name: 'logs', sizeGib: 100 },
  ...{ migration: 'mig-0', instance: 'i-target', device: '/dev/sdf' },
}
const base = { subject: ofResource('vol-old'), generation: 1, direction: 'forward' } as const
const DETACH: Effect = { ...base, step: 'detachSource', volumeId: 'vol-old', instance: 'i-target', device: '/dev/sdf' }
const DELETE: Effect = { ...base, step: 'delete', resource: 'vol-old' }
const DETACHED = done(DETACH)
const MARKED: readonly EntryBody[] = [
  {
    kind: 'intended',
    effects: [
      {
        ...{ subject: { of: 'mark', mark: 'start', part: 1 }, step: 'tag', generation: 1, direction: 'forward' },
        resources: ['vol-1'],
        tags: { 'zonehop:plan': 'migration=mig-1 need=required route=snapshot successor=i-target service=logs' },
        removed: [],
      },
    ],
  },
  { kind: 'seen', started: [], achieved: ['start-1.tag.1'] },
]

function done(effect: Effect): EntryBody[] {
  return [
    { kind: 'intended', effects: [effect] },
    { kind: 'seen', started: [], achieved: [effectId(effect)] },
  ]
}

function migration(...said: readonly EntryBody[]): Migration {
  return having(OLD, ...said)
}

const STARTED: readonly EntryBody[] = [
  { kind: 'asked', gate: 'start', basis: 'b', evidence: [], again: null },
  { kind: 'approved', asked: 'n2', gate: 'start', basis: 'b', by: 'U-2' },
  { kind: 'began' },
]

function having(leftover: Leftover, ...said: readonly EntryBody[]): Migration {
  const drawn = planned('mig-1', { plan: plan([LOGS], { leftovers: [leftover] }) })
  return fitting(entries(drawn, ...STARTED, ...MARKED, ...said))
}

const PLACE = { instance: 'i-target', device: '/dev/sdf', state: 'attached', deleteOnTermination: false }

function world(old: Partial<SeenVolume> | null = {}, beganAtMs = LATER_MS): Facts {
  const tags = { ...copyOf(LOGS).tags, 'zonehop:migration': 'mig-0', 'zonehop:aborted': 'mig-0' }
  const there = old && copyOf(LOGS, { id: 'vol-old', state: 'in-use', attachments: [PLACE], tags, ...old })
  return facts({ volumes: [seen(LOGS), ...(there ? [there] : [])], beganAtMs })
}

function next(m: Migration, world: Facts): readonly Effect[] | string {
  const { next: entry, waits } = decide(m, world, LATER_MS)
  if (entry?.kind === 'intended') return entry.effects
  return entry?.kind ?? waits.map(waitWords).join('; ')
}

test('the start names each with where it stands, and says that it is for good', () => {
  const [, line] = startEvidence(migration())
  expect(line).toMatch(/^Deletes first: logs \(vol-old, 100 GiB\), a copy that mig-0 made before its abort\./)
  expect(line).toContain('/dev/sdf of i-target')
  expect(line).toContain('EC2 does not bring it back.')
})

describe('before the outage', () => {
  test('it is detached, then deleted, and then the freeze is asked for', () => {
    expect(next(migration(), world())).toEqual([DETACH])
    expect(next(migration(...DETACHED), world({ attachments: [] }))).toEqual([DELETE])
    expect(next(migration(...DETACHED, ...done(DELETE)), world(null))).toBe('asked')
  })

  test('one that is gone by itself counts as deleted', () => {
    expect(next(migration(), world(null))).toEqual([DELETE])
  })

  test.each<[string, Partial<SeenVolume>, string]>([
    [
      'that says it is live',
      { tags: { 'zonehop:migration': 'mig-0', 'zonehop:live': 'mig-0' } },
      'it says zonehop:live',
    ],
    ['that is of nobody now', { tags: {} }, 'it does not say zonehop:migration=mig-0 any more'],
    ['at two instances', { attachments: [PLACE, { ...PLACE, instance: 'i-x' }] }, 'it is attached to i-x'],
  ])('one %s stays, and whoever waits is told', (_, old, why) => {
    const said = next(migration(), world(old))
    expect(said).toContain(`/dev/sdf of i-target, where vol-old of an earlier migration stands`)
    expect(said).toContain(why)
    expect(recheck(migration(), DETACH, world(old))).toBe(`vol-old is kept: ${why}`)
  })

  test('one that stands elsewhere by now is in nobody’s way', () => {
    expect(next(migration(), world({ attachments: [{ ...PLACE, instance: 'i-x' }] }))).toBe('asked')
  })

  test('one that somebody attached again is let alone, once that is sure', () => {
    const m = migration(...DETACHED)
    const sure = (m.effects.get(effectId(DETACH))?.achievedAtMs ?? 0) + SHOWN_AFTER_MS
    expect(next(m, world({}, sure))).toContain('somebody attached it again')
    expect(next(m, world({}, sure - 1))).toEqual([DELETE])
    expect(recheck(m, DELETE, world({}, sure - 1))).toBe('vol-old is attached')
  })
})

describe('a source that an earlier migration left', () => {
  const left: Leftover = { ...OLD, what: 'source' }
  const said = { tags: { 'zonehop:left': 'mig-0', 'zonehop:live': 'mig-x' } }

  test('is detached and kept, and the start says so', () => {
    expect(startEvidence(having(left))[1]).toMatch(/^Detaches first: logs \(vol-old, 100 GiB\), .* It is kept\.$/)
    expect(next(having(left), world(said))).toEqual([DETACH])
    expect(next(having(left, ...DETACHED), world({ ...said, attachments: [] }))).toBe('asked')
    expect(next(having(left), world(null))).toBe('asked')
    expect(recheck(having(left), DETACH, world(said))).toBeNull()
    expect(recheck(having(left), DELETE, world({ ...said, attachments: [] }))).toContain('vol-old is kept')
  })

  test('stays where it does not say so any more', () => {
    expect(next(having(left), world({ tags: {} }))).toContain('it does not say zonehop:left=mig-0 any more')
  })
})

test('only what the start has named goes', () => {
  const other: Effect = { ...DELETE, subject: ofResource('vol-x'), resource: 'vol-x' }
  expect(recheck(migration(), other, world())).toBe('nobody agreed that vol-x goes')
  expect(recheck(migration(), DETACH, world())).toBeNull()
  expect(recheck(migration(...DETACHED), DELETE, world({ attachments: [] }))).toBeNull()
  expect(recheck(migration(), DELETE, world(null))).toBe('vol-old is not shown')
})

test('no copy is attached while one may stand there', () => {
  const ATTACH: Effect = {
    ...{ subject: ofMove('vol-1'), step: 'attach', generation: 1, direction: 'forward' },
    ...{ volumeId: 'vol-copy', instance: 'i-target', device: '/dev/sdf' },
  }
  const m = migration({ kind: 'intended', effects: [ATTACH] })
  const called = (old: Partial<SeenVolume> | null, ...said: readonly EntryBody[]): readonly string[] =>
    decide(
      said.length > 0 ? migration(...said, { kind: 'intended', effects: [ATTACH] }) : m,
      world(old),
      LATER_MS,
    ).effects.map(({ effect }) => effectId(effect))
  expect(called({})).not.toContain('vol-1.attach.1')
  expect(called({ attachments: [{ ...PLACE, device: '/dev/sdg' }] })).toContain('vol-1.attach.1')
  expect(called(null, ...DETACHED, ...done(DELETE))).toContain('vol-1.attach.1')
})

test('behind a lost tail nothing goes that no start in the journal has named', () => {
  const m = fitting(
    entries(
      planned('mig-1', { plan: plan([LOGS], { leftovers: [OLD] }) }),
      { kind: 'freezing', freeze: 'mig-1-f1', services: ['logs'] },
      ...MARKED,
    ),
  )
  const why = 'the start that names it is not in the journal'
  expect(recheck(m, DETACH, world())).toBe(`vol-old is kept: ${why}`)
  const { effects, waits } = clearings(m, world())
  expect(effects).toEqual([])
  expect(waits.map(waitWords).join()).toContain(why)
})

test('a start that deletes takes as many people as a cleanup', () => {
  const rules = { ...NO_RULES, approvals: 2 as const }
  const of = (...leftovers: readonly Leftover[]) =>
    approvalsNeeded(fitting(entries(planned('mig-1', { rules, plan: plan([LOGS], { leftovers }) }))), 'start')
  expect([of(), of({ ...OLD, what: 'source' }), of(OLD)]).toEqual([1, 1, 2])
})
