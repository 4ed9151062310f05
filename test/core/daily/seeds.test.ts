// The seeds of a day, look after look: what is taken, which older ones go and when, and what is never said.
import { describe, expect, test } from 'vitest'
import { recheck, volumesToRecheck } from '../../../src/core/calling/recheck.ts'
import { unseededIn } from '../../../src/core/daily/findings.ts'
import { olderInSight, olderSeedsFor } from '../../../src/core/daily/ladder.ts'
import { decide } from '../../../src/core/decide.ts'
import { tookMs } from '../../../src/core/journal/state.ts'
import { misfit } from '../../../src/core/journal/transitions.ts'
import { type Effect, type EffectState, effectId } from '../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import type { SeenSnapshot } from '../../../src/core/model/facts.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import type { SnapshotMove } from '../../../src/core/model/plan.ts'
import { facts, LATER_MS, snapshotOf } from '../../support/facts.ts'
import { inventory, move, plan, planned, seen, service } from '../../support/plans.ts'
import { attemptName } from '../journals.ts'
import { BEGINS_MS, migration, settle, through } from '../people.ts'

const LOGS = move({ id: 'vol-1', name: 'logs' })
const DB = move({ id: 'vol-2', name: 'db', device: '/dev/sdg' })
const DRAWN = plan([LOGS, DB], { services: [service('db'), service('logs')] })
const SOURCES = [seen(LOGS), seen(DB)]
const OLDER = { 'vol-1': [{ snapshot: 'snap-old', migration: 'mig-0' }] }
const EARLIER = { 'vol-1': { rounds: [], last: { snapshot: 'snap-old', atMs: 1_000 } } }

const begun = (over: Partial<Extract<EntryBody, { kind: 'planned' }>> = {}): readonly EntryBody[] => [
  { ...planned('mig-1', { plan: DRAWN, inventory: inventory([LOGS, DB]) }), purpose: 'seeds', ...over } as EntryBody,
]
const seedOf = (of: SnapshotMove, over: Parameters<typeof snapshotOf>[1] = {}): SeenSnapshot =>
  snapshotOf(of, { id: `snap-${of.id}`, step: 'seed', startedAtMs: BEGINS_MS, ...over })
const old = (over: Partial<SeenSnapshot> = {}): SeenSnapshot => ({
  ...seedOf(LOGS, { tags: { 'zonehop:migration': 'mig-0' } }),
  ...{ id: 'snap-old', startedAtMs: 1_000 },
  ...over,
})
const BARE = facts({ volumes: SOURCES, snapshots: [old()] })
const seeded = (...more: readonly SeenSnapshot[]) =>
  facts({ volumes: SOURCES, snapshots: [seedOf(LOGS), seedOf(DB), ...more] })

/** Both seeds are called for and the calls answered: what only tags call ours is left to people. */
function answered(start: readonly EntryBody[]): readonly EntryBody[] {
  const said = through(start, BARE)
  const answers = said.flatMap((one): EntryBody[] => {
    if (one.kind !== 'issued') return []
    const { effect } = one
    return [{ kind: 'started', effect, issued: attemptName(effect), resource: `snap-${effect.split('.')[0]}` }]
  })
  return [...said, ...answers]
}

function intendedIn(said: readonly EntryBody[]): Effect[] {
  return said.flatMap((one) => (one.kind === 'intended' ? one.effects : []))
}
const idsIn = (said: readonly EntryBody[]): string[] => intendedIn(said).map(effectId)
const measured = (second: string): EntryBody => ({ kind: 'measured', first: 'snap-old', second, gib: 1 })

test('they begin without being asked, take a snapshot of each volume, and are done', () => {
  const said = settle(through(begun(), facts({ volumes: SOURCES }), seeded()), seeded())
  expect(idsIn(said)).toEqual(['vol-1.seed.1', 'vol-2.seed.1'])
  expect(said.at(-1)).toEqual({ kind: 'done' })
  expect(said.filter(({ kind }) => kind === 'asked')).toEqual([])
})

describe('a seed of an earlier day', () => {
  const start = begun({ older: OLDER, earlier: EARLIER })

  test('goes once the newer one is complete and it is known by how much they differ', () => {
    const both = through(answered(start), seeded(old()))
    expect(idsIn(both)).not.toContain('snap-old.delete.1')
    const { waits } = decide(migration(...both), seeded(old()), LATER_MS)
    expect(waits).toEqual([{ on: 'look', what: 'how much of logs has changed since its last seed' }])
    const known = through([...both, measured('snap-vol-1')], seeded(old()))
    expect(idsIn(known)).toContain('snap-old.delete.1')
    expect(settle(known, seeded()).at(-1)).toEqual({ kind: 'done' })
  })

  test('stays for tomorrow where nobody says in an hour by how much they differ', () => {
    const both = through(answered(start), seeded(old()))
    const m = migration(...both)
    expect(decide(m, seeded(old()), LATER_MS + 3_700_000).next).toEqual({ kind: 'done' })
  })

  test.each<[why: string, shown: readonly SeenSnapshot[]]>([
    ['somebody took our tag off it', [seedOf(LOGS), seedOf(DB), old({ tags: {} })]],
    ['it is of another volume', [seedOf(LOGS), seedOf(DB), old({ volumeId: 'vol-9' })]],
    ['it is gone', [seedOf(LOGS), seedOf(DB)]],
    ['the newer one is not shown', [seedOf(DB), old()]],
  ])('is left where %s', (_, snapshots) => {
    const both = [...through(answered(start), seeded(old())), measured('snap-vol-1')]
    const said = settle(both, facts({ volumes: SOURCES, snapshots }))
    expect(idsIn(said)).not.toContain('snap-old.delete.1')
    expect(said.at(-1)).toEqual({ kind: 'done' })
  })

  test('is not taken for gone by a look that was begun before it was looked for', () => {
    const known = [...answered(start), measured('snap-vol-1')]
    const before = facts({ volumes: SOURCES, snapshots: [seedOf(LOGS), seedOf(DB)], beganAtMs: BEGINS_MS })
    const said = settle(known, before)
    expect(said.at(-1)?.kind).toBe('seen')
    const { waits } = decide(migration(...said), before, LATER_MS)
    expect(waits).toEqual([{ on: 'look', what: 'the older snapshots of logs' }])
  })

  test('is looked for by its id, until it is gone', () => {
    expect(olderInSight(migration(...start))).toEqual([])
    const both = through(answered(start), seeded(old()))
    expect(olderInSight(migration(...both))).toEqual(['snap-old'])
    const known = through([...both, measured('snap-vol-1')], seeded(old()))
    expect(olderInSight(migration(...settle(known, seeded())))).toEqual([])
  })

  test('is deleted only behind another look at the journal', () => {
    const known = migration(
      ...through([...through(answered(start), seeded(old())), measured('snap-vol-1')], seeded(old())),
    )
    const remove = known.effects.get('snap-old.delete.1')?.effect as Effect
    expect(volumesToRecheck(known, remove)).toEqual([])
    expect(recheck(known, remove, BARE)).toBeNull()
    expect(recheck(migration(...start), remove, BARE)).toMatch(/no seed that a newer one replaces/)
    expect(recheck(known, { ...remove, resource: 'snap-vol-1' } as Effect, BARE)).toMatch(/no seed/)
  })
})

test('what fails holds up nothing, and is told with the next look', () => {
  const wrong = { code: 'SnapshotError', problem: 'it ended in error', remedy: 'look at the key' }
  const first = answered(begun())
  const failed: EntryBody = { kind: 'failed', effect: 'vol-1.seed.1', issued: null, ...wrong }
  const said = settle([...first, failed], facts({ volumes: SOURCES, snapshots: [seedOf(DB)] }))
  expect(said.at(-1)).toEqual({ kind: 'done' })
  expect(unseededIn([migration(...said)])).toEqual([
    {
      volume: 'vol-1',
      name: 'logs',
      cause:
        'no snapshot of it was taken ahead: SnapshotError, it ended in error. Next: look at the key. It is tried again every day',
    },
  ])
})

test('an older one that cannot be deleted is told, and is among the older ones of tomorrow', () => {
  const start = begun({ older: OLDER })
  const both = through(answered(start), seeded(old()))
  const refused = { code: 'InvalidSnapshot.InUse', problem: 'an image uses it', remedy: 'look at the image' }
  const failed: EntryBody = { kind: 'failed', effect: 'snap-old.delete.1', issued: null, ...refused }
  const m = migration(...settle([...both, failed], seeded(old())))
  expect(m.phase).toBe('done')
  expect(unseededIn([m]).map(({ cause }) => cause)).toEqual([
    'snap-old, an older snapshot of it, stays: InvalidSnapshot.InUse, an image uses it. Next: look at the image. It is tried again every day',
  ])
})

describe('a seed that no call returned the id of', () => {
  const found = [seedOf(LOGS), seedOf(DB)]

  test('replaces no older one, and is told once', () => {
    const both = [...through(begun({ older: OLDER }), BARE, seeded(old())), measured('snap-vol-1')]
    const m = migration(...settle(both, seeded(old())))
    expect(m.phase).toBe('done')
    expect(m.effects.get('snap-old.delete.1')).toBeUndefined()
    expect(unseededIn([m]).map(({ volume, cause }) => `${volume}: ${cause}`)).toEqual(
      found.map(
        ({ id, volumeId }) =>
          `${volumeId}: no call returned the id of ${id}, and tags alone call it ours, so zonehop never deletes it: delete it yourself once a newer one is complete`,
      ),
    )
  })

  test('is none of the older ones of another day', () => {
    const day = migration(...through(begun(), BARE, seeded()))
    expect(olderSeedsFor(DRAWN, [day])).toEqual({})
  })
})

describe('the older seeds of a plan', () => {
  const of = (over: Partial<Migration>, said: readonly EntryBody[]): Migration => ({ ...migration(...said), ...over })
  const day = (id: string, plannedAtMs: number) => of({ id, plannedAtMs }, through(answered(begun()), seeded()))

  test('are those of all earlier days that nobody has deleted', () => {
    expect(olderSeedsFor(DRAWN, [day('mig-b', 2), day('mig-a', 1)])).toEqual({
      'vol-1': ['mig-a', 'mig-b'].map((id) => ({ snapshot: 'snap-vol-1', migration: id })),
      'vol-2': ['mig-a', 'mig-b'].map((id) => ({ snapshot: 'snap-vol-2', migration: id })),
    })
    const start = begun({ older: OLDER })
    const both = settle(through(answered(start), seeded(old())), seeded())
    expect(olderSeedsFor(DRAWN, [of({ id: 'mig-c' }, both)])['vol-1']?.map(({ snapshot }) => snapshot)).toEqual([
      'snap-vol-1',
    ])
  })

  test('are none that a move or a rehearsal took', () => {
    expect(olderSeedsFor(DRAWN, [{ ...day('mig-a', 1), purpose: 'rehearsal' }])).toEqual({})
  })
})

test('on the way back nothing more is taken, and what a call may still make is waited for', () => {
  const first = through(begun(), facts({ volumes: SOURCES }))
  const back: readonly EntryBody[] = [...first, { kind: 'aborting', by: 'U-1', reason: 'a test' }]
  const soon = facts({ volumes: SOURCES, beganAtMs: BEGINS_MS + 1_000 })
  const { next, waits, effects } = decide(migration(...back), soon, BEGINS_MS + 1_000)
  expect([next, effects]).toEqual([null, []])
  expect(waits.map((wait) => wait.on)).toContain('look')
  expect(settle(back, seeded()).at(-1)).toEqual({ kind: 'aborted' })
})

test('they ask nothing, stop nothing, and make no copy', () => {
  const m = migration(...through(begun(), BARE))
  const restore = { ...intendedIn(through(begun(), BARE))[0], step: 'restore' } as Effect
  expect(misfit(m, { kind: 'freezing', freeze: 'f', services: [] })).toMatch(/no place in the seeds of a day/)
  expect(misfit(m, { kind: 'intended', effects: [restore] })).toMatch(/no place in the seeds of a day/)
})

test('how long a seed took is what EC2 says, and not when somebody looked', () => {
  const made = { startedAtMs: BEGINS_MS + 500, completedAtMs: BEGINS_MS + 90_500 }
  const first = through(begun(), facts({ volumes: SOURCES }))
  const said = settle(first, facts({ volumes: SOURCES, snapshots: [seedOf(LOGS, made), seedOf(DB)] }))
  const m = migration(...said)
  const took = ['vol-1.seed.1', 'vol-2.seed.1'].map((id) => tookMs(m.effects.get(id) as EffectState))
  expect(took[0]).toBe(90_000)
  // Of the other EC2 gives no end.
  expect(said).toContainEqual(expect.objectContaining({ kind: 'seen', took: { 'vol-1.seed.1': 90_000 } }))
  expect(took[1]).toBeGreaterThan(0)
})
