// A snapshot whose percent stands: from when on it stalls, what explains that it waits, who hears of it, and when that is past.
import { describe, expect, test } from 'vitest'
import { type Effect, effectId } from '../../../src/core/model/effects.ts'
import type { EntryBody, EntryOf } from '../../../src/core/model/entries.ts'
import type { Facts, SeenSnapshot } from '../../../src/core/model/facts.ts'
import { SEEN_WITHIN_MS } from '../../../src/core/model/limits.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import { ofMove } from '../../../src/core/model/subjects.ts'
import { volumesOfOthers } from '../../../src/core/seeing/scope.ts'
import { alertEnd } from '../../../src/core/telling/alert-ends.ts'
import { alert } from '../../../src/core/telling/alerts.ts'
import type { Course, Tick } from '../../../src/core/telling/estimate.ts'
import { type Line, type Progress, sample } from '../../../src/core/telling/progress.ts'
import { stalledAfterMs } from '../../../src/core/telling/stalls/stall.ts'
import { saysMoving, stalled } from '../../../src/core/telling/stalls/told.ts'
import { facts, snapshotOf } from '../../support/facts.ts'
import { entries, move, plan, planned, service } from '../../support/plans.ts'
import { fitting } from '../journals.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const BEGINS = 190 * SECOND

describe('from when on a snapshot stalls', () => {
  /** Ticks that are so many seconds apart, from this percent on. */
  const every = (seconds: number, percents: readonly number[], fromSeconds = 0): Tick[] =>
    percents.map((percent, index) => [(fromSeconds + index * seconds) * SECOND, percent])
  /** Still at its last percent so long after it was seen there. */
  const stoodFor = (standsMs: number, ticks: readonly Tick[], expectedMs = 0): Course => {
    const [atMs, percent] = ticks.at(-1) ?? [0, 0]
    return { percent, elapsedMs: atMs + standsMs, ticks, expectedMs }
  }
  const countedFrom = (first: number, count: number): number[] => Array.from({ length: count }, (_, at) => first + at)
  const QUICK = every(10, [40, 41, 42, 43, 44])
  const SLOW = every(4 * 60, [3, 4, 5, 6])
  const COARSE = every(10 * 60, [0, 10, 20, 30])
  /** A large volume, of which a percent is expected to take 40 min. */
  const LARGE = 100 * 40 * MINUTE

  test.each<[string, Course, boolean]>([
    ['a quick one, just in time', stoodFor(5 * MINUTE, QUICK), false],
    ['a quick one, past it', stoodFor(5 * MINUTE + 1, QUICK), true],
    ['one that takes four minutes a percent, just in time', stoodFor(12 * MINUTE, SLOW), false],
    ['one that takes four minutes a percent, past it', stoodFor(12 * MINUTE + 1, SLOW), true],
    ['one that jumps by ten every ten minutes, just in time', stoodFor(30 * MINUTE, COARSE), false],
    ['one that jumps by ten every ten minutes, past it', stoodFor(30 * MINUTE + 1, COARSE), true],
    [
      'one pause among many gaps does not make pauses usual',
      stoodFor(6 * MINUTE, [...every(10, [1, 2, 3, 4]), ...every(10, [5, 6, 7], 630)]),
      true,
    ],
    [
      'what was usual at first does not count',
      stoodFor(6 * MINUTE, [...every(240, countedFrom(1, 20)), ...every(10, countedFrom(21, 16), 5_000)]),
      true,
    ],
    ['at 0% it may stand before it begins', stoodFor(BEGINS + 5 * MINUTE, every(0, [0])), false],
    ['at 0% for longer', stoodFor(BEGINS + 5 * MINUTE + 1, every(0, [0])), true],
    [
      'at 0% of a large volume: as long as percents of it take',
      stoodFor(BEGINS + 120 * MINUTE, every(0, [0]), LARGE),
      false,
    ],
    ['at 0% of a large volume for longer', stoodFor(BEGINS + 120 * MINUTE + 1, every(0, [0]), LARGE), true],
    [
      'its first percent took eight minutes, so that is usual',
      stoodFor(24 * MINUTE, [
        [0, 0],
        [8 * MINUTE, 1],
      ]),
      false,
    ],
    [
      'and it stands for more than three times that',
      stoodFor(24 * MINUTE + 1, [
        [0, 0],
        [8 * MINUTE, 1],
      ]),
      true,
    ],
    ['one tick alone: a percent took as long as they all did', stoodFor(6 * MINUTE, [[40 * MINUTE, 20]]), false],
    ['and it stands for more than three times that', stoodFor(6 * MINUTE + 1, [[40 * MINUTE, 20]]), true],
    [
      'two quick ticks are chance: the pace so far counts',
      stoodFor(5.5 * MINUTE, [
        [40 * MINUTE, 20],
        [40 * MINUTE + 10 * SECOND, 21],
      ]),
      false,
    ],
    ['nothing is remembered', stoodFor(60 * MINUTE, []), false],
    ['it has moved since the last tick', { ...stoodFor(60 * MINUTE, QUICK), percent: 45 }, false],
    ['at 99% it stalls as anywhere', stoodFor(5 * MINUTE + 1, every(10, [96, 97, 98, 99])), true],
  ])('%s', (_, course, is) => {
    expect(stalledAfterMs(course, 0) !== null).toBe(is)
  })
})

const LOGS = move({ id: 'vol-1', name: 'logs' })
const DB = move({ id: 'vol-2', name: 'db' })
const MAIL = move({ id: 'vol-3', name: 'mail' })
const DRAWN = plan([LOGS, DB, MAIL], {
  services: [service('db'), service('logs'), service('mail', { need: 'deferrable' })],
})
const takes = (step: 'seed' | 'snapshot', id = 'vol-1'): Effect => ({
  ...{ subject: ofMove(id), step, generation: 1, direction: 'forward', volumeId: id, tags: {} },
})
const intends = (effect: Effect): EntryBody => ({ kind: 'intended', effects: [effect] })
const begun = (effect: Effect, resource = 'snap-vol-1'): EntryBody => ({
  ...{ kind: 'seen', started: [{ effect: effectId(effect), resource, others: [] }], achieved: [] },
})
const complete = (effect: Effect): EntryBody => ({ kind: 'seen', started: [], achieved: [effectId(effect)] })
const began: EntryBody = { kind: 'began' }
const freezing: EntryBody = { kind: 'freezing', freeze: 'mig-1-f1', services: ['db', 'logs', 'mail'] }
const CUT = takes('snapshot')
const SEED = takes('seed')
const CUTTING = [began, freezing, intends(CUT), begun(CUT)]
const SEEDING = [began, intends(SEED), begun(SEED)]
const at = (said: readonly EntryBody[], drawn = DRAWN): Migration =>
  fitting(entries(planned('mig-1', { plan: drawn }), ...said))

/** Copies a percent every 10 s up to minute 7, and has stood at 42% since. */
const TICKS: readonly Tick[] = [39, 40, 41, 42].map((percent, index) => [
  7 * MINUTE + (index - 3) * 10 * SECOND,
  percent,
])
const pending = (over: Partial<SeenSnapshot> = {}): SeenSnapshot =>
  snapshotOf(LOGS, { state: 'pending', percent: 42, startedAtMs: 0, ...over })
const theirs = (id: string, over: Partial<SeenSnapshot> = {}): SeenSnapshot => ({
  ...{ id, volumeId: 'vol-1', state: 'pending', percent: 10, startedAtMs: -MINUTE, tags: {} },
  ...over,
})
type Look = { readonly minute?: number; readonly snapshot?: SeenSnapshot; readonly others?: readonly SeenSnapshot[] }
const look = ({ minute = 13, snapshot = pending(), others = [] }: Look = {}): Facts =>
  facts({ beganAtMs: minute * MINUTE, snapshots: [snapshot], others })
function seenBy(m: Migration, world: Facts, { ticks = TICKS, lookedMs = 0 } = {}): Progress {
  const before: Progress = { rev: m.rev, atMs: 0, lines: [], waits: [], ticks: { 'snap-vol-1': ticks } }
  return sample(m, world, [], { before, lookedMs })
}
const lineIn = ({ lines }: Progress): Line | undefined => lines.find(({ name }) => name === 'logs')
const told = (m: Migration, world: Facts): EntryBody | null => stalled(m, seenBy(m, world), world.beganAtMs)

describe('whose snapshot stalls', () => {
  const deferred: EntryBody = { kind: 'deferred', service: 'logs', by: 'U-2', reason: 'a test' }
  const hindered: readonly EntryBody[] = [
    ...[began, freezing, intends(CUT)],
    { kind: 'issued', effect: 'vol-1.snapshot.1' },
    {
      ...{ kind: 'notCalled', effect: 'vol-1.snapshot.1', issued: 'n5', why: 'RequestLimitExceeded', retryMs: 0 },
      answer: { code: 'RequestLimitExceeded', problem: '', remedy: 'wait' },
    },
  ]
  const failed: EntryBody = {
    ...{ kind: 'failed', effect: 'vol-1.snapshot.1', issued: null, code: 'Error', problem: 'it failed', remedy: 'r' },
  }
  const OLDER = look({ others: [theirs('snap-theirs')] })

  test.each<[string, readonly EntryBody[], Facts, boolean]>([
    ['a final one in the outage', CUTTING, look(), true],
    ['one ahead, before the outage', SEEDING, look(), true],
    ['not yet', CUTTING, look({ minute: 12 }), false],
    ['one that moves', CUTTING, look({ snapshot: pending({ percent: 43 }) }), false],
    ['one that is complete', CUTTING, look({ snapshot: pending({ state: 'completed', percent: 100 }) }), false],
    ['one that failed', [...CUTTING, failed], look(), false],
    ['one of a service that is deferred', [...CUTTING, deferred], look(), false],
    ['one that AWS does not take', hindered, look(), false],
    ['one on the way back', [...CUTTING, { kind: 'aborting', by: 'U-2', reason: 'a test' }], look(), false],
    ['one behind an older one of somebody else', CUTTING, OLDER, false],
    [
      'one behind an older one that is complete',
      CUTTING,
      look({ others: [theirs('s', { state: 'completed' })] }),
      true,
    ],
    ['one before a later one', CUTTING, look({ others: [theirs('s', { startedAtMs: MINUTE })] }), true],
    ['one beside one of another volume', CUTTING, look({ others: [theirs('s', { volumeId: 'vol-9' })] }), true],
  ])('%s', (_, said, world, is) => {
    const m = at(said)
    expect(lineIn(seenBy(m, world))?.stall !== undefined).toBe(is)
    expect(told(m, world) !== null).toBe(is)
  })

  test('percents of what others take are remembered too, for what is left of it', () => {
    expect(seenBy(at(CUTTING), OLDER).ticks?.['snap-theirs']).toEqual([[14 * MINUTE, 10]])
  })

  test('behind an older one of ours: its snapshot ahead', () => {
    const seed = snapshotOf(LOGS, {
      id: 'snap-seed',
      step: 'seed',
      state: 'pending',
      percent: 80,
      startedAtMs: -MINUTE,
    })
    const world = facts({ beganAtMs: 13 * MINUTE, snapshots: [pending(), seed] })
    const line = lineIn(seenBy(at(CUTTING), world))
    expect(line?.stall).toBeUndefined()
    expect(line?.words).toMatch(/^final snapshot, behind an older snapshot, snap-seed \(80%\), /)
  })

  // Seed 22350205: somebody gave a snapshot of this volume the name of another move of ours.
  test('behind an older one, whatever its tags say', () => {
    const planted = theirs('snap-planted', { tags: { 'zonehop:migration': 'mig-1', 'zonehop:move': 'vol-9' } })
    const world = facts({ beganAtMs: 13 * MINUTE, snapshots: [pending(), planted] })
    const line = lineIn(seenBy(at(CUTTING), world))
    expect(line?.stall).toBeUndefined()
    expect(line?.words).toMatch(/^final snapshot, behind an older snapshot, snap-planted \(10%\), /)
  })

  test.each<[string, number, readonly SeenSnapshot[], string]>([
    ['behind one that copies', 42, [theirs('snap-a')], 'behind an older snapshot, snap-a (10%)'],
    ['copied, and behind it', 99, [theirs('snap-a')], 'waits at 99% behind an older snapshot, snap-a (10%)'],
    [
      'behind the later of two',
      42,
      [theirs('snap-a'), theirs('snap-b', { startedAtMs: -1, percent: 5 })],
      'behind an older snapshot, snap-b (5%)',
    ],
    [
      'behind one that waits for its set',
      99,
      [theirs('snap-a', { percent: 99 }), theirs('snap-b', { volumeId: 'vol-2', percent: 30 })],
      'waits at 99% behind an older snapshot, snap-a, which waits at 99% for the rest of its set',
    ],
    [
      'behind one at 99% that was taken alone',
      99,
      [theirs('snap-a', { percent: 99 }), theirs('snap-b', { volumeId: 'vol-2', startedAtMs: -2 * MINUTE })],
      'waits at 99% behind an older snapshot, snap-a (99%)',
    ],
  ])('its line says why it waits: %s', (_, percent, others, why) => {
    const { words = '', stall } = lineIn(seenBy(at(CUTTING), look({ snapshot: pending({ percent }), others }))) ?? {}
    expect(words.startsWith(`final snapshot, ${why}, `)).toBe(true)
    expect(stall).toBeUndefined()
  })

  // EC2 shows for a look that the older one is complete, and ours is not yet: nobody is called for that.
  test('behind an older one that is complete since, it stands since then alone', () => {
    const m = at(CUTTING)
    const waits = seenBy(m, look({ minute: 20, others: [theirs('snap-older')] }))
    expect(waits.explained).toEqual({ 'snap-vol-1': 20 * MINUTE })
    const next = (minute: number): Progress =>
      sample(m, look({ minute }), [], { before: { ...waits, ticks: { 'snap-vol-1': TICKS } }, lookedMs: 0 })
    expect(lineIn(next(21))?.stall).toBeUndefined()
    expect(next(21).explained).toEqual(waits.explained)
    expect(lineIn(next(25))?.stall).toBeUndefined()
    expect(lineIn(next(26))?.stall).toMatchObject({ percent: 42, sinceMs: 21 * MINUTE })
  })

  test('what is left of one behind a set is what is left of the slowest of the set', () => {
    const copied = theirs('snap-a', { percent: 99 })
    const leftWith = (...more: readonly SeenSnapshot[]) =>
      lineIn(seenBy(at(CUTTING), look({ snapshot: pending({ percent: 99 }), others: [copied, ...more] })))?.left
    const slow = theirs('snap-b', { volumeId: 'vol-2', percent: 30 })
    expect(leftWith(slow)?.leastMs).toBeGreaterThan(5 * (leftWith()?.leastMs ?? 0) + MINUTE)
    // Of one that has just begun nothing is known.
    const fresh = theirs('snap-b', { volumeId: 'vol-2', percent: 0 })
    const young = facts({ beganAtMs: 3 * MINUTE, snapshots: [pending({ percent: 99 })], others: [copied, fresh] })
    expect(lineIn(seenBy(at(CUTTING), young, { ticks: [] }))?.left?.mostMs).toBeNull()
  })

  test('a line says since when at the latest it stands, and a look that took long says nothing of it', () => {
    const m = at(CUTTING)
    expect(lineIn(seenBy(m, look()))?.words).toMatch(/^final snapshot, stands since 00:08 UTC or earlier, /)
    expect(lineIn(seenBy(m, look(), { lookedMs: 60_000 }))).toMatchObject({ words: 'final snapshot', left: null })
  })
})

describe('what is said of it', () => {
  const STANDS =
    'logs: its final snapshot stands at 42% since 00:08 UTC or earlier (as of 00:13 UTC), with no known cause.'
  const WAIT = 'Wait (nothing is to be done for that, and this closes once it moves)'
  const ABOUT = 'stall vol-1 snap-vol-1 42'

  test('the range that stands in the status message, and what can be decided', () => {
    expect(told(at(CUTTING), look())).toEqual({
      ...{ kind: 'warned', about: ABOUT, service: 'logs' },
      text: expect.stringMatching(
        /^logs: its final snapshot stands at 42% since 00:08 UTC or earlier \(as of 00:13 UTC\), with no known cause\. Copied at \d\d:\d\d to \d\d:\d\d UTC by the percents so far \(as of 00:13 UTC\); then copies are attached and checked, and go-live is asked for\. It is later if that lasts\. Wait \(nothing is to be done for that, and this closes once it moves\), go on without logs, or abort\?$/,
      ),
    })
  })

  test.each<[string, readonly EntryBody[], string, string]>([
    ['in the outage', CUTTING, 'final snapshot', 'The end of the outage is not known while it stands.'],
    [
      'before it',
      SEEDING,
      'snapshot ahead',
      'When writes can be stopped is not known while it stands; services still run.',
    ],
  ])('without an upper bound nothing is promised: %s', (_, said, what, end) => {
    const m = at(said)
    const world = look({ snapshot: pending({ percent: 0 }) })
    expect(stalled(m, seenBy(m, world, { ticks: [[0, 0]] }), world.beganAtMs)).toMatchObject({
      text: `logs: its ${what} stands at 0% since 00:01 UTC or earlier (as of 00:13 UTC), with no known cause. ${end} ${WAIT}, go on without logs, or abort?`,
    })
  })

  test('nor where another one that the outage waits for has no upper bound', () => {
    const unbounded = (id: string) => {
      const other = takes('snapshot', id)
      const m = at([...CUTTING, intends(other), begun(other, 'snap-other')])
      const young = snapshotOf(DB, {
        id: 'snap-other',
        volumeId: id,
        state: 'pending',
        percent: 0,
        startedAtMs: 12 * MINUTE,
      })
      const world = facts({ beganAtMs: 13 * MINUTE, snapshots: [pending(), young] })
      return (told(m, world) as EntryOf<'warned'>).text.includes('The end of the outage is not known while it stands.')
    }
    expect([unbounded('vol-2'), unbounded('vol-3')]).toEqual([true, false])
  })

  test('where nothing else goes live, nobody is asked to go on without it', () => {
    const alone = plan([LOGS], { services: [service('logs')] })
    const said = [began, { ...freezing, services: ['logs'] } as EntryBody, intends(CUT), begun(CUT)]
    const { text } = told(at(said, alone), look()) as EntryOf<'warned'>
    expect(text.startsWith(STANDS)).toBe(true)
    expect(text.endsWith(` ${WAIT} or abort?`)).toBe(true)
  })

  test('once for each snapshot, wherever it stands again, and also where it was told to be slow', () => {
    const slow: EntryBody = { kind: 'warned', about: 'slow logs', service: 'logs', text: '' }
    const first = told(at([...CUTTING, slow]), look()) as EntryBody
    expect(first).toMatchObject({ about: ABOUT })
    const m = at([...CUTTING, first])
    expect(told(m, look())).toBeNull()
    const later = look({ minute: 30, snapshot: pending({ percent: 60 }) })
    const again = seenBy(m, later, { ticks: [...TICKS, [20 * MINUTE, 60]] })
    expect(lineIn(again)?.stall).toMatchObject({ percent: 60 })
    expect(stalled(m, again, later.beganAtMs)).toBeNull()
  })

  test('two of them: one after the other', () => {
    const other = takes('snapshot', 'vol-2')
    const said = [...CUTTING, intends(other), begun(other, 'snap-vol-2')]
    const second = snapshotOf(DB, { state: 'pending', percent: 42, startedAtMs: 0 })
    const world = facts({ beganAtMs: 13 * MINUTE, snapshots: [pending(), second] })
    const tell = (m: Migration) => {
      const ticks = { 'snap-vol-1': TICKS, 'snap-vol-2': TICKS }
      const before = { rev: 0, atMs: 0, lines: [], waits: [], ticks }
      return stalled(m, sample(m, world, [], { before, lookedMs: 0 }), world.beganAtMs)
    }
    const first = tell(at(said)) as EntryBody
    const next = tell(at([...said, first])) as EntryBody
    expect([first, next]).toMatchObject([{ service: 'logs' }, { service: 'db' }])
    expect(tell(at([...said, first, next]))).toBeNull()
  })

  test.each<[string, (m: Migration) => Migration, number]>([
    ['the look is old, since EC2 or the process was away', (m) => m, SEEN_WITHIN_MS + 1],
    ['somebody has appended since', (m) => ({ ...m, rev: m.rev + 1 }), 0],
    ['it is halted', (m) => ({ ...m, halted: { from: 'moving' } as Migration['halted'] }), 0],
  ])('nothing where %s', (_, now, laterMs) => {
    const m = at(CUTTING)
    const progress = seenBy(m, look())
    expect(stalled(m, progress, progress.atMs)).not.toBeNull()
    expect(stalled(now(m), progress, progress.atMs + laterMs)).toBeNull()
  })
})

describe('its end', () => {
  const warned: EntryOf<'warned'>['about'] = 'stall vol-1 snap-vol-1 42'
  const STALL: EntryBody = { kind: 'warned', about: warned, service: 'logs', text: '' }
  const standing = (...more: readonly EntryBody[]): Migration => at([...CUTTING, STALL, ...more])
  const NOW = 13 * MINUTE

  test('it moves: that is written once, and ends the warning', () => {
    const moved = look({ snapshot: pending({ percent: 43 }) })
    expect(alert(standing(), look(), NOW)).toBeNull()
    const said = alert(standing(), moved, NOW) as EntryOf<'warned'>
    expect(said).toEqual({
      ...{ kind: 'warned', about: 'moves again snap-vol-1', service: 'logs' },
      text: 'logs: its snapshot moves again, and is at 43% (as of 00:13 UTC).',
    })
    expect([saysMoving(said.about), saysMoving(warned)]).toEqual([true, false])
    expect(alert(standing(said), moved, NOW)).toBeNull()
    expect(alertEnd(standing(said), { about: warned, service: 'logs' })).toBe('Past: it moves again.')
  })

  test.each<[string, readonly EntryBody[], string | null]>([
    ['it stands', [], null],
    ['it is complete', [complete(CUT)], 'Past: it is complete.'],
    [
      'it failed',
      [{ kind: 'failed', effect: 'vol-1.snapshot.1', issued: null, code: 'E', problem: 'p', remedy: 'r' }],
      'Past: nothing waits for it any more.',
    ],
    [
      'its service is deferred',
      [{ kind: 'deferred', service: 'logs', by: 'U-2', reason: 'r' }],
      'Past: logs is deferred.',
    ],
    ['everything goes back', [{ kind: 'aborting', by: 'U-2', reason: 'r' }], 'Past: everything goes back.'],
  ])('%s', (_, more, end) => {
    expect(alertEnd(standing(...more), { about: warned, service: 'logs' })).toBe(end)
  })

  test('what nobody waits for any more moves unsaid', () => {
    const deferred = standing({ kind: 'deferred', service: 'logs', by: 'U-2', reason: 'r' })
    expect(alert(deferred, look({ snapshot: pending({ percent: 43 }) }), NOW)).toBeNull()
  })
})

describe('of which volumes snapshots of others are looked for', () => {
  const ALL = ['vol-1', 'vol-2', 'vol-3']
  test.each<[string, readonly EntryBody[], SeenSnapshot, number, readonly string[]]>([
    ['one that has begun: none', CUTTING, pending(), 5, []],
    ['one that may stand: all of the plan, since a set has several', CUTTING, pending(), 5.1, ALL],
    ['one that is copied', CUTTING, pending({ percent: 99 }), 1, ALL],
    ['one that is complete: none', CUTTING, pending({ state: 'completed', percent: 100 }), 30, []],
    ['one that nobody waits for: none', [...CUTTING, { kind: 'wentLive', percents: {} }], pending(), 30, []],
  ])('%s', (_, said, snapshot, minutes, volumes) => {
    expect(volumesOfOthers(at(said), [snapshot], minutes * MINUTE)).toEqual(volumes)
  })
})
