// When a snapshot ahead may begin: what keeps it, for how long, and what the outage waits for all the same.
import { describe, expect, test } from 'vitest'
import { startEvidence } from '../../../../src/core/asking/gates.ts'
import { unseededIn } from '../../../../src/core/daily/findings.ts'
import { decide } from '../../../../src/core/decide.ts'
import { type EffectState, effectId } from '../../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../../src/core/model/entries.ts'
import type { Facts, Observed, SeenSnapshot } from '../../../../src/core/model/facts.ts'
import type { Migration } from '../../../../src/core/model/migration.ts'
import type { SnapshotMove } from '../../../../src/core/model/plan.ts'
import { NO_RULES, type Rules } from '../../../../src/core/model/rules.ts'
import { REHEARSAL_TAG } from '../../../../src/core/model/tags.ts'
import { lastSeedMs } from '../../../../src/core/steps/seeds/rounds.ts'
import { isForgone, lastSeeds, seedHolds, volumesToSeed } from '../../../../src/core/steps/seeds/times.ts'
import { waitWords } from '../../../../src/core/telling/wait-words.ts'
import { facts, snapshotOf } from '../../../support/facts.ts'
import { inventory, move, plan, planned, seen, service } from '../../../support/plans.ts'
import { ALONE, at, seenAt } from '../../at.ts'
import { BEGINS_MS, migration, settle, through } from '../../people.ts'

const HOUR_MS = 3_600_000
/** When seeds begin to be taken, since entries are a second apart. */
const BEGAN_MS = BEGINS_MS + 2_000
const DB = move({ id: 'vol-1', name: 'db', sizeGib: 100 })
const FILES = move({ id: 'vol-2', name: 'files', sizeGib: 100, type: 'st1', device: '/dev/sdg' })
const QUIET = { fromMinute: 22 * 60, untilMinute: 6 * 60 }

const begun = (moves: readonly SnapshotMove[], rules: Partial<Rules> = {}): readonly EntryBody[] => [
  {
    ...planned('mig-1', { plan: plan(moves, { services: moves.map(({ service: name }) => service(name)) }) }),
    ...{ seeds: true, inventory: inventory(moves), rules: { ...NO_RULES, ...rules } },
  } as EntryBody,
  { kind: 'began' },
]
const theirs = ({ id }: SnapshotMove, over: Partial<SeenSnapshot> = {}): SeenSnapshot => ({
  ...{ id: `snap-of-${id}`, volumeId: id, state: 'pending', percent: 5, startedAtMs: BEGINS_MS, tags: {} },
  ...over,
})
const look = (over: Partial<Observed> = {}): Facts => facts({ volumes: [seen(DB), seen(FILES)], ...over })
const heldIn = (m: Migration, of: SnapshotMove, world: Facts, nowMs = BEGAN_MS) =>
  seedHolds(m, [of], { facts: world, nowMs }).get(of.id)
const due = ({ id: volumeId }: SnapshotMove, inMs: number) => ({ due: [{ volumeId, atMs: BEGAN_MS + inMs }] })
const BOTH = migration(...begun([DB, FILES]))

describe('backups of others', () => {
  test.each<[fact: string, of: SnapshotMove, world: Facts, atMs: number, hold: object | undefined]>([
    ['none: it begins', DB, look(), BEGAN_MS, undefined],
    ['of another volume: it begins', DB, look({ others: [theirs(FILES)], ...due(FILES, 60_000) }), BEGAN_MS, undefined],
    [
      'one is pending',
      DB,
      look({ others: [theirs(DB)] }),
      BEGAN_MS,
      { why: 'theirs', snapshot: 'snap-of-vol-1', sinceMs: BEGINS_MS },
    ],
    [
      'one is due in a quarter of an hour',
      DB,
      look(due(DB, 899_000)),
      BEGAN_MS,
      { why: 'due', atMs: BEGAN_MS + 899_000 },
    ],
    ['one is due later: it begins', DB, look(due(DB, 900_000)), BEGAN_MS, undefined],
    ['one was due before: it begins', DB, look(due(DB, -1)), BEGAN_MS, undefined],
    ['one is pending, for two hours', DB, look({ others: [theirs(DB)] }), BEGINS_MS + 2 * HOUR_MS, undefined],
    [
      'another one behind it: anew',
      DB,
      look({ others: [theirs(DB, { startedAtMs: BEGINS_MS + 2 * HOUR_MS })] }),
      BEGINS_MS + 2 * HOUR_MS,
      { why: 'theirs', snapshot: 'snap-of-vol-1', sinceMs: BEGINS_MS + 2 * HOUR_MS },
    ],
    [
      'but for all of them six hours',
      DB,
      look({ others: [theirs(DB, { startedAtMs: BEGAN_MS + 6 * HOUR_MS })] }),
      BEGAN_MS + 6 * HOUR_MS,
      undefined,
    ],
    // 100 GiB at 25 MiB/s take 4,096 s.
    [
      'of a hard disk: due before it were complete',
      FILES,
      look(due(FILES, 4_095_000)),
      BEGAN_MS,
      { why: 'due', atMs: BEGAN_MS + 4_095_000 },
    ],
    ['of a hard disk: due behind that', FILES, look(due(FILES, 4_096_000)), BEGAN_MS, undefined],
    [
      'of a hard disk: one that is pending is waited for to its end',
      FILES,
      look({ others: [theirs(FILES)] }),
      BEGAN_MS + 5 * HOUR_MS,
      { why: 'theirs', snapshot: 'snap-of-vol-2', sinceMs: BEGINS_MS },
    ],
  ])('%s', (_, of, world, atMs, hold) => {
    expect(heldIn(BOTH, of, world, atMs)).toEqual(hold)
  })

  test('of a hard disk whose last seed took minutes, a backup in an hour keeps nothing', () => {
    const earlier = {
      'vol-2': { rounds: [{ gib: 1, seconds: 600, apartMs: HOUR_MS }], last: { snapshot: 's', atMs: 1 } },
    }
    const m = { ...BOTH, earlier }
    expect(heldIn(m, FILES, look(due(FILES, 600_000)))).toBeUndefined()
    expect(heldIn(m, FILES, look(due(FILES, 599_000)))?.why).toBe('due')
  })

  test('nothing begins before they are looked at', () => {
    const { due: _, ...unseen } = look({ volumes: [seen(DB)] })
    expect(heldIn(BOTH, DB, unseen)).toEqual({ why: 'look' })
    const { next, waits } = decide(migration(...settle(begun([DB]), unseen)), unseen, BEGAN_MS)
    expect(next).toBeNull()
    expect(waits.map(waitWords)).toContain('the next look at EC2: the snapshots that others take')
  })
})

describe('quiet hours', () => {
  const m = migration(...begun([DB, FILES], { quietHours: QUIET }))
  const at = (hour: number, minute = 0) => Date.UTC(2026, 2, 3, hour, minute)

  test.each<[hour: string, atMs: number, isHeld: boolean]>([
    ['before them', at(21, 59), true],
    ['from their first minute on', at(22), false],
    ['over midnight', at(1), false],
    ['to their last minute', at(5, 59), false],
    ['behind them', at(6), true],
  ])('%s', (_, atMs, isHeld) => {
    expect(heldIn(m, FILES, look(), atMs)?.why).toBe(isHeld ? 'quietHours' : undefined)
    expect(heldIn(m, DB, look(), atMs)).toBeUndefined()
  })

  test('the outage is asked for without a seed that has to wait for them, and waits for the others', () => {
    const world = (...snapshots: SeenSnapshot[]) => look({ snapshots })
    const noon = at(12)
    const first = decide(m, world(), noon).next
    expect(first).toMatchObject({ kind: 'intended' })
    const said = settle(
      [...begun([DB, FILES], { quietHours: { fromMinute: 0, untilMinute: 1 } })],
      world(snapshotOf(DB, { step: 'seed' })),
    )
    const ids = said.flatMap((one) => (one.kind === 'intended' ? one.effects.map(effectId) : []))
    expect(ids).toContain('vol-1.seed.1')
    expect(ids).not.toContain('vol-2.seed.1')
    expect(isForgone(m, FILES, { why: 'quietHours', untilMs: 1 }, noon)).toBe(true)
    expect(isForgone(m, DB, { why: 'due', atMs: 1 }, noon)).toBe(false)
    expect(isForgone(m, FILES, { why: 'due', atMs: 1 }, noon)).toBe(true)
    expect(isForgone(m, FILES, { why: 'theirs', snapshot: 's', sinceMs: 1 }, noon)).toBe(false)
  })

  test('a start says so of the disks that are meant, where seeds are taken at all', () => {
    const lines = (of: Migration) => startEvidence(of).filter((line) => line.includes('quietHours'))
    expect(lines(m)).toEqual([
      'Seeds of hard disks (files) begin between 22:00 and 06:00 UTC alone (quietHours); in other hours the outage is asked for without them.',
    ])
    expect(lines({ ...m, seeds: false })).toEqual([])
    expect(lines(BOTH)).toEqual([])
    expect(lines(migration(...begun([DB], { quietHours: QUIET })))).toEqual([])
  })

  test('a seed that was intended in them is not called behind them', () => {
    const inside = at(23)
    const said = settle(begun([DB, FILES], { quietHours: { fromMinute: 0, untilMinute: 120 } }), look())
    const m = migration(...said)
    const ids = (nowMs: number) => decide(m, look(), nowMs).effects.map(({ effect }) => effectId(effect))
    expect(ids(HOUR_MS)).toContain('vol-2.seed.1')
    expect(ids(inside)).not.toContain('vol-2.seed.1')
    expect(ids(inside)).toContain('vol-1.seed.1')
    expect(heldIn(m, FILES, look(), inside)?.why).toBe('quietHours')
  })

  test('while the outage may begin at any moment no hard disk is read any more', () => {
    const asking = { ...m, freezeAskedMs: 1 } as Migration
    expect(heldIn(asking, FILES, look(), at(23))).toEqual({ why: 'asked' })
    expect(heldIn(asking, DB, look(), at(23))).toBeUndefined()
  })
})

test('what can wait takes no place of what cannot', () => {
  const moves = Array.from({ length: 6 }, (_, index) => move({ id: `vol-${index}`, name: `data-${index}` }))
  const services = moves.map(({ service: name }, index) =>
    service(name, { need: index < 5 ? 'deferrable' : 'required' }),
  )
  const [first, ...rest] = begun(moves)
  const m = migration({ ...first, plan: plan(moves, { services }) } as EntryBody, ...rest)
  expect([...seedHolds(m, moves, { facts: look(), nowMs: BEGAN_MS }).keys()]).toEqual(['vol-4'])
})

test('of one instance four are taken at once', () => {
  const moves = Array.from({ length: 6 }, (_, index) => move({ id: `vol-${index}`, name: `data-${index}` }))
  const m = migration(...begun(moves))
  const holds = seedHolds(m, moves, { facts: look(), nowMs: BEGAN_MS })
  expect([...holds]).toEqual([
    ['vol-4', { why: 'instance' }],
    ['vol-5', { why: 'instance' }],
  ])
  const [first] = moves
  const other = {
    ...first,
    id: 'vol-9',
    volume: { ...first?.volume, id: 'vol-9', instance: 'i-other' },
  } as SnapshotMove
  expect(seedHolds(m, [...moves, other], { facts: look(), nowMs: BEGAN_MS }).has('vol-9')).toBe(false)
})

test('what they wait for, in words', () => {
  const words = (hold: Parameters<typeof waitWords>[0] & { on: 'seed' }) => waitWords(hold)
  const of = { on: 'seed', name: 'db', urgency: 1 } as const
  const atMs = Date.UTC(2026, 2, 3, 22)
  expect(words({ ...of, hold: { why: 'quietHours', untilMs: atMs } })).toMatchInlineSnapshot(
    `"db: its snapshot ahead, which begins in quietHours alone for a hard disk, from 2026-03-03 22:00 UTC on"`,
  )
  expect(words({ ...of, hold: { why: 'theirs', snapshot: 'snap-1', sinceMs: atMs } })).toMatchInlineSnapshot(
    `"db: its snapshot ahead, behind snap-1, which others began to take at 2026-03-03 22:00 UTC"`,
  )
  expect(words({ ...of, hold: { why: 'due', atMs } })).toMatchInlineSnapshot(
    `"db: its snapshot ahead, behind a backup that others are expected to begin at 2026-03-03 22:00 UTC, as they did before"`,
  )
  expect(words({ ...of, hold: { why: 'instance' } })).toMatchInlineSnapshot(
    `"db: its snapshot ahead, once fewer are taken of the same instance"`,
  )
})

describe('a time before which the outage is not asked for', () => {
  const MINUTE_MS = 60_000
  const NOON_MS = 12 * HOUR_MS
  const [LOGS] = ALONE.moves as readonly [SnapshotMove]
  const world = seenAt('freezeAsked', ALONE, { seeds: true })
  const until = (all: readonly EntryBody[]): readonly EntryBody[] =>
    all.map((one) => (one.kind === 'planned' ? { ...one, windowMs: NOON_MS } : one))
  /** The seed is complete, and the plan on its source. */
  const seeded = migration(...settle(until(at('seeding', ALONE, { seeds: true })), world))
  /** The same, where the seed took so many minutes. */
  const took = (minutes: number): Migration => ({
    ...seeded,
    effects: seeded.effects.with(seeded.effects.values().map((state) => ({ ...state, madeInMs: minutes * MINUTE_MS }))),
  })

  test('is waited for, and said', () => {
    const { next, waits } = decide(seeded, world, NOON_MS - HOUR_MS)
    expect(next).toBeNull()
    expect(waits.map(waitWords)).toEqual([
      '1970-01-01 12:00 UTC, before which stopping writes is not asked for (--at); who cannot wait aborts, and starts without it',
    ])
    expect(startEvidence(seeded)).toContain('Stopping writes is not asked for before 1970-01-01 12:00 UTC (--at).')
  })

  test('each volume is seeded once more just before it, and then it is asked', () => {
    const m = took(2)
    // Half of the first one's two minutes, one and a half times, and five minutes more.
    const dueMs = NOON_MS - 6.5 * MINUTE_MS
    expect(decide(m, world, dueMs - 1).next).toBeNull()
    expect(decide(m, world, dueMs).next).toMatchObject({ kind: 'intended', effects: [{ step: 'seed', generation: 2 }] })
    expect(decide(m, world, NOON_MS - MINUTE_MS + 1).next).toBeNull()
    expect(decide(m, world, NOON_MS).next).toMatchObject({ kind: 'asked', gate: 'freeze' })
    const disk = { ...LOGS, volume: { ...LOGS.volume, type: 'st1' } }
    expect(lastSeeds(m, [LOGS], { facts: world, nowMs: dueMs })).toHaveLength(1)
    expect(lastSeeds(m, [disk], { facts: world, nowMs: dueMs })).toEqual([])
    const behind = { ...world, others: [theirs(LOGS, { startedAtMs: NOON_MS })] }
    expect(lastSeeds(m, [LOGS], { facts: behind, nowMs: dueMs })).toEqual([])
  })

  test('no look is later than it', () => {
    expect(decide(took(2), world, NOON_MS - 3_000).observeInMs).toBe(3_000)
    expect(decide(took(2), world, NOON_MS).observeInMs).toBeGreaterThan(3_000)
  })

  test('another round that would last beyond it is not begun; the first one is', () => {
    const slow = took(10)
    expect(heldIn(slow, LOGS, world, NOON_MS - 4 * MINUTE_MS)).toEqual({ why: 'window' })
    expect(heldIn(slow, LOGS, world, NOON_MS - 5 * MINUTE_MS)).toBeUndefined()
    expect(heldIn(slow, LOGS, world, NOON_MS + HOUR_MS)).toEqual({ why: 'window' })
    expect(decide(slow, world, NOON_MS).next).toMatchObject({ kind: 'asked', gate: 'freeze' })
    const unseeded = migration(...until(begun([DB])))
    expect(heldIn(unseeded, DB, look(), NOON_MS - 1)).toBeUndefined()
    // Of a hard disk also the first one: its final snapshot is refused meanwhile.
    const disk = migration(...until(begun([FILES])))
    expect(heldIn(disk, FILES, look(), NOON_MS - 4_095_000)).toEqual({ why: 'window' })
    expect(heldIn(disk, FILES, look(), NOON_MS - 4_096_000)).toBeUndefined()
  })

  test('they take only the places that are left', () => {
    const moves = Array.from({ length: 6 }, (_, index) => move({ id: `vol-${index}`, name: `data-${index}` }))
    const all = until(begun(moves))
    const seedOf = (each: SnapshotMove) =>
      snapshotOf(each, { id: `snap-${each.id}`, step: 'seed', startedAtMs: BEGINS_MS })
    const volumes = moves.map((each) => seen(each))
    const shown = facts({ volumes, snapshots: moves.slice(0, 4).map(seedOf) })
    // Four are complete, and the other two have begun at last.
    const m = migration(...through(all, facts({ volumes }), shown))
    const [first] = moves as [SnapshotMove]
    const tookMs = lastSeedMs(m, first) ?? 0
    const now = { facts: shown, nowMs: NOON_MS - tookMs - 5_000 }
    expect(lastSeeds(m, moves, now).map(effectId)).toEqual(['vol-0.seed.2', 'vol-1.seed.2'])
  })

  test('what failed is not tried again before somebody says so, and what is gone never', () => {
    const dueMs = NOON_MS - 6.5 * MINUTE_MS
    const now = { facts: world, nowMs: dueMs }
    const m = took(2)
    const failed = m.effects.with(
      lastSeeds(m, [LOGS], now).map(
        (effect): EffectState => ({ ...(m.effects.values()[0] as EffectState), effect, status: 'failed' }),
      ),
    )
    expect(lastSeeds({ ...m, effects: failed }, [LOGS], now)).toEqual([])
    expect(lastSeeds({ ...m, gone: new Set(['vol-1']) }, [LOGS], now)).toEqual([])
  })
})

describe('seeds of a day', () => {
  const daily = (rules: Partial<Rules> = {}) =>
    begun([FILES], rules).map((one) => (one.kind === 'planned' ? ({ ...one, purpose: 'seeds' } as EntryBody) : one))

  test('give up after most of a day, and it is told', () => {
    const world = look({ others: [theirs(FILES)] })
    const m = migration(...daily())
    const [early, late] = [BEGAN_MS + 21 * HOUR_MS, BEGAN_MS + 22 * HOUR_MS]
    expect(decide(m, world, early)).toMatchObject({ next: null, waits: [{ on: 'seed', hold: { why: 'theirs' } }] })
    expect(decide(m, world, late).next).toEqual({ kind: 'done' })
    const done = migration(...daily(), { kind: 'done' })
    expect(unseededIn([done]).map(({ cause }) => cause)).toEqual([
      'no snapshot of it was taken ahead: backups of others, quietHours or other volumes of its instance left no time. It is tried again every day',
    ])
  })
})

describe('a rehearsal', () => {
  const rehearsed = begun([FILES, DB]).map((one) =>
    one.kind === 'planned' ? ({ ...one, purpose: 'rehearsal' } as EntryBody) : one,
  )
  const world = look({ others: [theirs(FILES)] })
  const idsAt = (nowMs: number) => {
    const { next } = decide(migration(...rehearsed), world, nowMs)
    return next?.kind === 'intended' ? next.effects.map(effectId) : []
  }

  test('keeps out of the way, too, but for a day', () => {
    expect(idsAt(BEGAN_MS)).toEqual(['vol-1.seed.1'])
    expect(idsAt(BEGAN_MS + 22 * HOUR_MS)).toEqual(['vol-2.seed.1', 'vol-1.seed.1'])
  })

  test('of more volumes of one instance than are read at once comes to its end', () => {
    const moves = Array.from({ length: 6 }, (_, index) =>
      move({ id: `vol-${index}`, name: `data-${index}`, device: `/dev/sd${'fghijk'[index]}` }),
    )
    const all = begun(moves).map((one) =>
      one.kind === 'planned' ? ({ ...one, purpose: 'rehearsal' } as EntryBody) : one,
    )
    const volumes = moves.map((each) => seen(each))
    const seedOf = (each: SnapshotMove) =>
      snapshotOf(each, { step: 'seed', startedAtMs: BEGINS_MS, tags: REHEARSAL_TAG })
    const four = facts({ volumes, snapshots: moves.slice(0, 4).map(seedOf) })
    const six = facts({ volumes, snapshots: moves.map(seedOf) })
    const said = through(all, facts({ volumes }), four, six)
    const steps = said.flatMap((one) => (one.kind === 'intended' ? one.effects.map(effectId) : []))
    expect(steps.slice(0, 4)).toEqual(moves.slice(0, 4).map(({ id }) => `${id}.seed.1`))
    expect(steps.filter((id) => id.includes('.seed.'))).toEqual(moves.map(({ id }) => `${id}.seed.1`))
    expect(steps.filter((id) => id.includes('.restore.'))).toHaveLength(6)
  })

  test('waits for what is held up before anything looks into the copies of its service', () => {
    const shown = look({ others: [theirs(FILES)], snapshots: [snapshotOf(DB, { step: 'seed' })] })
    const { waits } = decide(migration(...settle(rehearsed, shown)), shown, BEGAN_MS)
    expect(waits).toContainEqual(expect.objectContaining({ on: 'seed', name: 'files' }))
  })
})

test('others are looked for while seeds are still to be taken', () => {
  expect(volumesToSeed(BOTH)).toEqual(['vol-1', 'vol-2'])
  expect(volumesToSeed({ ...BOTH, purpose: 'rehearsal' })).toEqual(['vol-1', 'vol-2'])
  expect(volumesToSeed({ ...BOTH, seeds: false })).toEqual([])
  expect(volumesToSeed(migration(...begun([DB]).slice(0, 1)))).toEqual([])
})
