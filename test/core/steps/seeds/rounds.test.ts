// When a volume is seeded once more while its services run: rows of how long its seeds took, and what comes next.
import { expect, test } from 'vitest'
import { fold } from '../../../../src/core/journal/fold.ts'
import type { Effect } from '../../../../src/core/model/effects.ts'
import type { Entry, EntryBody } from '../../../../src/core/model/entries.ts'
import type { Migration } from '../../../../src/core/model/migration.ts'
import type { SnapshotMove } from '../../../../src/core/model/plan.ts'
import { ofMove } from '../../../../src/core/model/subjects.ts'
import { isSeedSettled, seedEffect, seedsOf } from '../../../../src/core/steps/seeds/rounds.ts'
import { move, plan, planned } from '../../../support/plans.ts'

const MINUTE_MS = 60_000
const began: EntryBody = { kind: 'began' }
type Said = { readonly atMs: number; readonly body: EntryBody }

/** A journal in which each seed took so many minutes, one after another, and then what else was said. */
function after(minutes: readonly number[], of: SnapshotMove, ...more: readonly EntryBody[]): Migration {
  const seeds = minutes.flatMap((each, index): Said[] => {
    const generation = index + 1
    const atMs = 1_000_000 + minutes.slice(0, index).reduce((sum, one) => sum + one * MINUTE_MS, 0)
    const id = `${of.id}.seed.${generation}`
    return [
      { atMs, body: { kind: 'intended', effects: [seed(of, generation)] } },
      { atMs, body: { kind: 'issued', effect: id } },
      { atMs: atMs + each * MINUTE_MS, body: { kind: 'seen', started: [], achieved: [id] } },
    ]
  })
  const first: Said[] = [planned('mig-1', { plan: plan([of]), seeds: true }), began].map((body) => ({
    atMs: 1_000,
    body,
  }))
  const rest = more.map((body): Said => ({ atMs: 1e9, body }))
  const entries = [...first, ...seeds, ...rest].map(
    ({ atMs, body }, index): Entry => ({ ...body, rev: index + 1, nonce: `n${index + 1}`, atMs }) as Entry,
  )
  const m = fold(entries)
  if (!m || m.halted) throw new Error(`it does not fit: ${m?.halted?.why}`)
  return m
}

function seed({ id, volume }: SnapshotMove, generation: number): Effect {
  const base = { subject: ofMove(id), step: 'seed', generation, direction: 'forward' } as const
  return { ...base, volumeId: volume.id, tags: { Name: `${volume.name} (seed)` } }
}

const LOGS = move({ id: 'vol-1', name: 'logs' })
const typed = (type: string): SnapshotMove => ({ ...LOGS, volume: { ...LOGS.volume, type } })

test.each<[fact: string, minutes: readonly number[], of: SnapshotMove, next: number]>([
  ['nothing yet: the first, which holds everything', [], LOGS, 1],
  ['a first of an hour: another, since an hour has changed', [60], LOGS, 2],
  ['a first of three minutes: that is quick', [3], LOGS, 1],
  ['a second of twelve minutes: another', [60, 12], LOGS, 3],
  ['a second of two minutes: that is quick', [60, 2], LOGS, 2],
  ['a second that took as long: a third would, too', [60, 50], LOGS, 2],
  ['a third that took longer than the second', [60, 20, 25], LOGS, 3],
  ['five, however much quicker each was', [600, 300, 150, 75, 37], LOGS, 5],
  ['four of them: the fifth', [600, 300, 150, 75], LOGS, 5],
  ['of st1, which takes one snapshot at a time: one', [60], typed('st1'), 1],
  ['of sc1: one', [60], typed('sc1'), 1],
  ['of a magnetic volume: one', [60], typed('standard'), 1],
  ['of gp2: another', [60], typed('gp2'), 2],
])('%s', (_, minutes, of, next) => {
  const m = after(minutes, of)
  expect(seedEffect(m, of)).toEqual(seed(of, next))
  expect(isSeedSettled(m, seedEffect(m, of))).toBe(next === minutes.length)
})

test('a round that failed ends the rounds; what was complete before counts', () => {
  const failed: EntryBody[] = [
    { kind: 'intended', effects: [seed(LOGS, 2)] },
    { kind: 'issued', effect: 'vol-1.seed.2' },
    ...[
      {
        kind: 'failed',
        effect: 'vol-1.seed.2',
        issued: 'n7',
        code: 'SnapshotError',
        problem: 'a test',
        remedy: 'none',
      },
    ],
  ] as EntryBody[]
  const m = after([60], LOGS, ...failed)
  expect(isSeedSettled(m, seedEffect(m, LOGS))).toBe(true)
  expect(seedEffect(m, LOGS)).toEqual(seed(LOGS, 2))
  expect(seedsOf(m, LOGS).map(({ effect }) => effect.generation)).toEqual([1])
})

test('a round that is on its way is waited for', () => {
  const m = after(
    [60],
    LOGS,
    { kind: 'intended', effects: [seed(LOGS, 2)] },
    { kind: 'issued', effect: 'vol-1.seed.2' },
  )
  expect(isSeedSettled(m, seedEffect(m, LOGS))).toBe(false)
  expect(seedEffect(m, LOGS)).toEqual(seed(LOGS, 2))
})

test('of a volume that took the place of another, the seeds of that one do not count', () => {
  const m = after([60, 12], LOGS)
  const other = { ...LOGS, volume: { ...LOGS.volume, id: 'vol-other' } }
  expect(seedsOf(m, other)).toEqual([])
  expect(seedEffect(m, other)).toEqual({ ...seed(other, 3), subject: ofMove('vol-1') })
})
