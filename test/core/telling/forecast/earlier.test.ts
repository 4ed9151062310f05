// What earlier migrations know of volumes is read in one pass: the same as volume by volume, of many volumes and many days.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { olderSeedsFor } from '../../../../src/core/daily/ladder.ts'
import { fold } from '../../../../src/core/journal/fold.ts'
import type { Effect } from '../../../../src/core/model/effects.ts'
import type { Entry, EntryBody } from '../../../../src/core/model/entries.ts'
import type { Migration } from '../../../../src/core/model/migration.ts'
import { isSnapshotMove } from '../../../../src/core/model/moves.ts'
import type { SnapshotMove } from '../../../../src/core/model/plan.ts'
import { ofMove, ofResource } from '../../../../src/core/model/subjects.ts'
import { beganAtMs, seedsOf } from '../../../../src/core/steps/seeds/rounds.ts'
import { roundsOf } from '../../../../src/core/telling/forecast/deltas.ts'
import { earlierSeeds } from '../../../../src/core/telling/forecast/earlier.ts'
import { entries, move, plan, planned } from '../../../support/plans.ts'

const VOLUMES = ['vol-1', 'vol-2', 'vol-3', 'vol-4']
const PLAN = plan(VOLUMES.slice(0, 3).map((id) => move({ id })))

/** A day: when it was planned, how many seeds it completed of each volume, and which of its seeds a later day deleted. */
type Day = { readonly atMs: number; readonly seeds: Readonly<Record<string, number>>; readonly isDeleting: boolean }

function snapshotOf(day: number, volume: string, generation: number): string {
  return `snap-${day}-${volume}-${generation}`
}

function migrationOf({ atMs, seeds, isDeleting }: Day, day: number): Migration {
  const said = Object.entries(seeds).flatMap(([volume, count]) =>
    Array.from({ length: count }, (_, index) => seedEntries(day, volume, index + 1)).flat(),
  )
  const removed = snapshotOf(day - 1, 'vol-1', 1)
  const remove: Effect = {
    ...{ subject: ofResource(removed), step: 'delete', generation: 1, direction: 'forward', resource: removed },
  }
  const removal: readonly EntryBody[] = [
    { kind: 'intended', effects: [remove] },
    { kind: 'issued', effect: `${removed}.delete.1` },
    { kind: 'seen', started: [], achieved: [`${removed}.delete.1`] },
  ]
  const begun = {
    ...planned(`mig-${day}`, { plan: plan(Object.keys(seeds).map((id) => move({ id }))) }),
    purpose: 'seeds',
  } as EntryBody
  const all = entries(begun, { kind: 'began' }, ...said, ...(isDeleting ? removal : []))
  const named = all.map((entry) => (entry.kind === 'issued' ? { ...entry, nonce: entry.effect } : entry))
  const m = fold(named.map((entry, index): Entry => ({ ...entry, atMs: atMs + index * 60_000 })))
  if (!m || m.halted) throw new Error(m?.halted?.why ?? 'no migration')
  return m
}

function seedEntries(day: number, volume: string, generation: number): EntryBody[] {
  const base = { subject: ofMove(volume), step: 'seed', generation, direction: 'forward' } as const
  const [effect, resource] = [`${volume}.seed.${generation}`, snapshotOf(day, volume, generation)]
  const first = snapshotOf(day, volume, generation - 1)
  return [
    { kind: 'intended', effects: [{ ...base, volumeId: volume, tags: {} }] },
    { kind: 'issued', effect },
    { kind: 'started', effect, issued: effect, resource },
    { kind: 'seen', started: [], achieved: [effect] },
    ...(generation > 1 ? [{ kind: 'measured', first, second: resource, gib: day + generation } as const] : []),
  ]
}

const DAYS = fc.array(
  fc.record({
    atMs: fc.integer({ min: 0, max: 5 }).map((each) => each * 86_400_000),
    isDeleting: fc.boolean(),
    seeds: fc
      .uniqueArray(fc.constantFrom(...VOLUMES), { minLength: 1 })
      .chain((ids) =>
        fc
          .array(fc.integer({ min: 0, max: 5 }), { minLength: ids.length, maxLength: ids.length })
          .map((counts) => Object.fromEntries(ids.map((id, index) => [id, counts[index] ?? 0]))),
      ),
  }),
  { maxLength: 9 },
)

const ofVolume = ({ plan: { moves } }: Migration, id: string): SnapshotMove[] =>
  moves.filter(isSnapshotMove).filter(({ volume }) => volume.id === id)
const oldestFirst = (all: readonly Migration[]): Migration[] => all.toSorted((a, b) => a.plannedAtMs - b.plannedAtMs)

test('what earlier migrations measured is what each volume would be told alone', () => {
  fc.assert(
    fc.property(DAYS, (days) => {
      const all = days.map(migrationOf)
      const known = PLAN.moves.flatMap(({ id }) => {
        const seeds = oldestFirst(all).flatMap((m) =>
          ofVolume(m, id).flatMap((each) => {
            const last = seedsOf(m, each).at(-1)
            const atMs = last ? beganAtMs(last) : null
            const isKnown = last?.resource && atMs !== null
            return isKnown ? [{ rounds: roundsOf(m, each), last: { snapshot: last.resource, atMs } }] : []
          }),
        )
        const rounds = seeds.flatMap((each) => each.rounds).slice(-12)
        return seeds.length > 0 ? [[id, { rounds, last: seeds.at(-1)?.last }]] : []
      })
      expect(earlierSeeds(PLAN, all)).toEqual(Object.fromEntries(known))
    }),
    { numRuns: 100 },
  )
})

test('the older seeds of a plan are those of each volume alone', () => {
  fc.assert(
    fc.property(DAYS, (days) => {
      const all = days.map(migrationOf)
      const deleted = new Set(
        days.flatMap(({ isDeleting }, day) => (isDeleting ? [snapshotOf(day - 1, 'vol-1', 1)] : [])),
      )
      const known = PLAN.moves.flatMap(({ id }) => {
        const older = oldestFirst(all).flatMap((m) =>
          ofVolume(m, id)
            .flatMap((each) => seedsOf(m, each).flatMap(({ resource }) => resource ?? []))
            .filter((snapshot) => !deleted.has(snapshot))
            .map((snapshot) => ({ snapshot, migration: m.id })),
        )
        return older.length > 0 ? [[id, older]] : []
      })
      expect(olderSeedsFor(PLAN, all)).toEqual(Object.fromEntries(known))
    }),
    { numRuns: 100 },
  )
})

/** The migrations, and how often the list of moves of any of them is read. */
function counted(all: readonly Migration[]): { readonly migrations: Migration[]; readonly reads: () => number } {
  let reads = 0
  const migrations = all.map((m) => {
    const { moves } = m.plan
    const watched = Object.defineProperty({ ...m.plan }, 'moves', {
      get: () => {
        reads++
        return moves
      },
    })
    return { ...m, plan: watched }
  })
  return { migrations, reads: () => reads }
}

const month = (seeds: Readonly<Record<string, number>>): Migration[] =>
  Array.from({ length: 30 }, (_, day) => migrationOf({ atMs: day * 86_400_000, seeds, isDeleting: false }, day))

test('each migration is walked through once, however many volumes there are', () => {
  const { migrations, reads } = counted(month({ 'vol-1': 1, 'vol-2': 1, 'vol-3': 1 }))
  olderSeedsFor(PLAN, migrations)
  expect(reads()).toBe(30)
  earlierSeeds(PLAN, migrations)
  expect(reads()).toBe(60)
})

test('and none that is older than what is kept of every volume', () => {
  // Each day has four rounds of each volume, and twelve are kept.
  const { migrations, reads } = counted(month({ 'vol-1': 5, 'vol-2': 5, 'vol-3': 5 }))
  earlierSeeds(PLAN, migrations)
  expect(reads()).toBe(3)
})
