// What the facts show of what a call makes or takes away: snapshots, copies, tags and deletions. Other files of this
// folder look at attachments, at instances and commands, and at replicas.
import { describe, expect, test } from 'vitest'
import { type Effect, effectId, type SnapshotEffect, type TagEffect } from '../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import type { SeenSnapshot, SeenVolume } from '../../../src/core/model/facts.ts'
import { ANSWER_WITHIN_MS, CLOCKS_APART_MAX_MS, SHOWN_AFTER_MS } from '../../../src/core/model/limits.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import { ofCopy, ofMove, ofResource, subjectName } from '../../../src/core/model/subjects.ts'
import type { Sight } from '../../../src/core/seeing/sight.ts'
import { copyOf, facts, snapshotOf, tagged } from '../../support/facts.ts'
import { entries, move, plan, planned } from '../../support/plans.ts'
import { attemptName, fitting } from '../journals.ts'
import { failing, frozen, ISSUED_MS, type Stage, sightIn, taken } from './stages.ts'

const LOGS = move({ id: 'vol-1', name: 'logs' })
const DROPBOX = move({ id: 'vol-2', name: 'dropbox' })
const DRAWN = plan([LOGS, DROPBOX])
const COPY = 'vol-copy-vol-1'
const forward = { subject: ofMove('vol-1'), generation: 1, direction: 'forward' } as const
const FREEZE = { 'zonehop:frozen': 'mig-1-f1' }

const SEED: SnapshotEffect = { ...forward, step: 'seed', volumeId: 'vol-1', tags: { Name: 'logs (seed)' } }
const CUT: SnapshotEffect = { ...forward, step: 'snapshot', volumeId: 'vol-1', tags: { Name: 'logs', ...FREEZE } }
const FIRST: SnapshotEffect = {
  ...{ ...forward, subject: ofCopy('vol-1', COPY), step: 'firstSnapshot', volumeId: COPY },
  tags: { Name: 'logs (first)' },
}
const RESTORE: Effect = { ...forward, step: 'restore', snapshotId: 'snap-vol-1', zone: 'us-east-1c' }

type Over = Parameters<typeof snapshotOf>[1]

/** The snapshot that the first attempt of the effect made. */
function cutOf(effect: SnapshotEffect, over: Over = {}): SeenSnapshot {
  const issued = attemptName(`${subjectName(effect.subject)}.${effect.step}.1`)
  const base = { step: effect.step, issued, volumeId: effect.volumeId, id: 'snap-a', startedAtMs: ISSUED_MS }
  const move = { 'zonehop:move': subjectName(effect.subject) }
  return snapshotOf(LOGS, { ...base, ...over, tags: { ...move, ...over.tags } })
}

/** The copy that the first attempt made. */
function restored(over: Partial<SeenVolume> = {}, tags: Readonly<Record<string, string>> = {}): SeenVolume {
  const made = copyOf(LOGS, { id: 'vol-a', createdAtMs: ISSUED_MS, ...over })
  return { ...made, tags: { ...made.tags, ...tags } }
}

/**
 * Behind a freeze, intended and called three times, and answered if there is a `resource`. The attempts are called n5,
 * n6 and n7; the answer is that of the last one.
 */
function calledThrice(effect: Effect, resource: string | null = null): Migration {
  const id = effectId(effect)
  const issued: EntryBody = { kind: 'issued', effect: id }
  const answer: EntryBody = { kind: 'started', effect: id, issued: 'n7', resource }
  const said = entries(
    ...[planned('mig-1', { plan: DRAWN }), { kind: 'began' } as const],
    { kind: 'freezing', freeze: 'mig-1-f1', services: ['logs', 'dropbox'] },
    { kind: 'intended', effects: [effect] },
    ...[issued, issued, issued],
    ...(resource === null ? [] : [answer]),
  )
  return fitting(said.map((entry) => ({ ...entry, atMs: entry.atMs + ISSUED_MS - 5_000 })))
}

const DONE: Sight = { resource: 'snap-a', others: [], isAchieved: true }
const BEGUN: Sight = { ...DONE, isAchieved: false }
/** What ended in error is named all the same: it stands in EC2. */
const cutFailed = (volumeId: string): Sight => ({
  ...failing(
    'SnapshotError',
    `snapshot snap-a of ${volumeId} ended in error`,
    'look at the volume and its key in EC2, delete snap-a, then retry',
  ),
  ...{ resource: 'snap-a', others: [] },
})

describe.each([
  ['a seed', SEED],
  ['a final snapshot', CUT],
  ['the first snapshot of a copy', FIRST],
])('%s', (_, effect) => {
  const cut = (over: Over = {}): SeenSnapshot => cutOf(effect, over)
  const earliestMs = ISSUED_MS - CLOCKS_APART_MAX_MS
  const latestMs = ISSUED_MS + ANSWER_WITHIN_MS + CLOCKS_APART_MAX_MS
  const { 'zonehop:issued': _nonce, ...nameless } = cut().tags

  test.each<[string, Stage, readonly SeenSnapshot[], Sight | null]>([
    ['that was not called is not seen, whatever its name', 'intended', [cut()], null],
    ['is not seen while there is none', 'issued', [], null],
    ['is recognised by the nonce of its attempt', 'issued', [cut()], DONE],
    ['has begun while it is pending', 'issued', [cut({ state: 'pending' })], BEGUN],
    ['is not done in any state but completed', 'issued', [cut({ state: 'recoverable' })], BEGUN],
    ['that ended in error has failed', 'issued', [cut({ state: 'error' })], cutFailed(effect.volumeId)],
    ['with another nonce is another’s', 'issued', [cut({ issued: 'n-other' })], null],
    ['without a nonce is nobody’s', 'issued', [{ ...cut(), tags: nameless }], null],
    ['that names another move is not looked for', 'issued', [cut({ tags: { 'zonehop:move': 'vol-2' } })], null],
    ['of another volume is not it, whatever its tags', 'issued', [cut({ volumeId: 'vol-9' })], null],
    ['may be older than its call by what clocks differ', 'issued', [cut({ startedAtMs: earliestMs })], DONE],
    ['is no older than its call beyond what clocks differ', 'issued', [cut({ startedAtMs: earliestMs - 1 })], null],
    ['may be as late as its call may be, and clocks differ', 'issued', [cut({ startedAtMs: latestMs })], DONE],
    // Seed 16006496: somebody had read the nonce, and their own snapshot was taken for ours, and deleted.
    ['is no later than that', 'issued', [cut({ startedAtMs: latestMs + 1 })], null],
    ['may be renamed by people', 'issued', [cut({ tags: { Name: 'renamed' } })], DONE],
    ['whose id was returned is it, without any tag', 'started', [{ ...cut(), tags: {} }], DONE],
    ['whose id was returned is pending', 'started', [cut({ state: 'pending' })], BEGUN],
    ['whose id was returned has failed', 'started', [cut({ state: 'error' })], cutFailed(effect.volumeId)],
    ['whose id was returned is no other one', 'started', [cut({ id: 'snap-b' })], null],
  ])('%s', (_, stage, snapshots, then) => {
    expect(sightIn(frozen(DRAWN, ...taken(effect, stage, 'snap-a')), effect, facts({ snapshots }))).toEqual(then)
  })
})

test.each([
  ['under another freeze', { 'zonehop:frozen': 'mig-1-f0' }],
  ['under none', { 'zonehop:frozen': '' }],
])('a final snapshot that was cut %s is not this one', (_, tags) => {
  const world = facts({ snapshots: [cutOf(CUT, { tags })] })
  expect(sightIn(frozen(DRAWN, ...taken(CUT, 'issued')), CUT, world)).toBeNull()
})

describe('of several snapshots', () => {
  const early = cutOf(CUT, { id: 'snap-early', startedAtMs: ISSUED_MS + 1, issued: 'n5' })
  const middle = cutOf(CUT, { id: 'snap-middle', startedAtMs: ISSUED_MS + 2, issued: 'n6' })
  const late = cutOf(CUT, { id: 'snap-late', startedAtMs: ISSUED_MS + 3, issued: 'n7' })
  const twinOf = (one: SeenSnapshot): SeenSnapshot => ({ ...one, id: `${one.id}-twin`, startedAtMs: ISSUED_MS })
  const bad = (one: SeenSnapshot): SeenSnapshot => ({ ...one, state: 'error' })
  const slow = (one: SeenSnapshot): SeenSnapshot => ({ ...one, state: 'pending' })

  test.each<[string, readonly SeenSnapshot[], Sight]>([
    [
      'the one that began last is used, and the others are named, latest first',
      [early, late, middle],
      { resource: 'snap-late', others: ['snap-middle', 'snap-early'], isAchieved: true },
    ],
    [
      'the last is waited for, though an earlier one is complete',
      [early, slow(late)],
      { resource: 'snap-late', others: ['snap-early'], isAchieved: false },
    ],
    [
      'those that ended in error come last, latest first',
      [bad(late), early, bad(middle)],
      { resource: 'snap-early', others: ['snap-late', 'snap-middle'], isAchieved: true },
    ],
    [
      'the last speaks if all of them ended in error',
      [bad(early), bad(late)],
      {
        ...failing(
          'SnapshotError',
          'snapshot snap-late of vol-1 ended in error',
          'look at the volume and its key in EC2, delete snap-late, then retry',
        ),
        ...{ resource: 'snap-late', others: ['snap-early'] },
      },
    ],
    [
      'a namesake of the one that is used is not named: one attempt makes one',
      [twinOf(late), early, late],
      { resource: 'snap-late', others: ['snap-early'], isAchieved: true },
    ],
    [
      'of two namesakes the one that did not end in error is used, and the other is not named',
      [bad(late), twinOf(late)],
      { resource: 'snap-late-twin', others: [], isAchieved: true },
    ],
    [
      'of two namesakes of another attempt neither is named',
      [late, middle, early, twinOf(early)],
      { resource: 'snap-late', others: ['snap-middle'], isAchieved: true },
    ],
    [
      'neither is named if one of the two ended in error',
      [late, early, bad(twinOf(early))],
      { resource: 'snap-late', others: [], isAchieved: true },
    ],
    [
      'what EC2 says is of another volume is nobody’s namesake',
      [late, early, { ...twinOf(early), volumeId: 'vol-9' }],
      { resource: 'snap-late', others: ['snap-early'], isAchieved: true },
    ],
  ])('%s', (_, snapshots, then) => {
    expect(sightIn(calledThrice(CUT), CUT, facts({ snapshots }))).toEqual(then)
  })

  describe('the one whose id was returned', () => {
    const returned = cutOf(CUT, { id: 'snap-returned', startedAtMs: ISSUED_MS, issued: 'n7' })
    const m = calledThrice(CUT, 'snap-returned')
    const then: Sight = { resource: 'snap-returned', others: [], isAchieved: true }

    test('is used, however early or bad it is', () => {
      const both = facts({ snapshots: [middle, returned] })
      expect(sightIn(m, CUT, both)).toEqual({ ...then, others: ['snap-middle'] })
      expect(sightIn(m, CUT, facts({ snapshots: [middle, bad(returned)] }))?.failure?.code).toBe('SnapshotError')
    })

    test('is used beside a namesake, which is not named', () => {
      expect(sightIn(m, CUT, facts({ snapshots: [late, returned] }))).toEqual(then)
    })

    test('is used beside two namesakes of another attempt, neither of which is named', () => {
      expect(sightIn(m, CUT, facts({ snapshots: [early, twinOf(early), returned] }))).toEqual(then)
    })
  })

  test('each is as old as its own attempt allows', () => {
    const said = [...taken(CUT, 'issued'), { kind: 'issued', effect: 'vol-1.snapshot.1' } as const]
    const start = [planned('mig-1', { plan: DRAWN }), { kind: 'began' } as const]
    const times = [0, 0, 0, ISSUED_MS, ISSUED_MS + 2 * CLOCKS_APART_MAX_MS]
    const m = fitting(entries(...start, ...said).map((entry, at) => ({ ...entry, atMs: times[at] ?? 0 })))
    const made = (issued: string): SeenSnapshot => cutOf(CUT, { issued })
    expect(sightIn(m, CUT, facts({ snapshots: [made('n4')] }))).toEqual(DONE)
    expect(sightIn(m, CUT, facts({ snapshots: [made('n5')] }))).toBeNull()
  })
})

describe('a copy', () => {
  const done: Sight = { resource: 'vol-a', others: [], isAchieved: true }
  const going: Sight = { ...done, isAchieved: false }
  const failed: Sight = {
    ...failing(
      'VolumeError',
      'volume vol-a from snap-vol-1 ended in error',
      'check that its KMS key is enabled and usable, then retry',
    ),
    ...{ resource: 'vol-a', others: [] },
  }

  test.each<[string, Stage, readonly SeenVolume[], Sight | null]>([
    ['that was not called is not seen', 'intended', [restored()], null],
    ['is not seen while there is none', 'issued', [], null],
    ['is recognised by the nonce of its attempt', 'issued', [restored()], done],
    ['is there once it is in use', 'issued', [restored({ state: 'in-use' })], done],
    ['has begun while it is created', 'issued', [restored({ state: 'creating' })], going],
    ['is not there while it is deleted', 'issued', [restored({ state: 'deleting' })], going],
    ['that ended in error has failed', 'issued', [restored({ state: 'error' })], failed],
    ['with another nonce is another’s', 'issued', [restored({}, { 'zonehop:issued': 'n-other' })], null],
    ['that names another move is not looked for', 'issued', [restored({}, { 'zonehop:move': 'vol-2' })], null],
    ['from another snapshot is not it', 'issued', [restored({ snapshotId: 'snap-9' })], null],
    ['from no snapshot is not it', 'issued', [restored({ snapshotId: null })], null],
    ['in another zone is not it', 'issued', [restored({ zone: 'us-east-1a' })], null],
    // EC2 makes one volume for one client token: however long ago, it is the one of this effect.
    ['may be older than its attempt', 'issued', [restored({ createdAtMs: 0 })], done],
    ['whose id was returned is it, without any tag', 'started', [{ ...restored(), tags: {} }], done],
    ['whose id was returned has failed', 'started', [restored({ state: 'error' })], failed],
    ['whose id was returned is no other one', 'started', [restored({ id: 'vol-b' })], null],
  ])('%s', (_, stage, volumes, then) => {
    expect(sightIn(frozen(DRAWN, ...taken(RESTORE, stage, 'vol-a')), RESTORE, facts({ volumes }))).toEqual(then)
  })

  describe('of several', () => {
    const by = (issued: string, over: Partial<SeenVolume>) => restored(over, { 'zonehop:issued': issued })
    const a = by('n5', { id: 'vol-a', createdAtMs: 1 })
    const b = by('n6', { id: 'vol-b', createdAtMs: 2 })
    const c = by('n7', { id: 'vol-c', createdAtMs: 3 })
    const twinOf = (one: SeenVolume, over: Partial<SeenVolume> = {}): SeenVolume => ({
      ...{ ...one, id: `${one.id}-twin`, createdAtMs: 0 },
      ...over,
    })
    const isC: Sight = { resource: 'vol-c', others: [], isAchieved: true }

    test.each<[string, readonly SeenVolume[], Sight | null]>([
      [
        'the one that was made last is used, and the others are named',
        [b, c, a],
        { ...isC, others: ['vol-b', 'vol-a'] },
      ],
      [
        'those that ended in error come last',
        [{ ...b, state: 'error' }, a],
        { resource: 'vol-a', others: ['vol-b'], isAchieved: true },
      ],
      ['with one nonce none is seen: the call will tell', [c, twinOf(c)], null],
      ['with one nonce none is seen, also if one ended in error', [c, twinOf(c, { state: 'error' })], null],
      ['with one nonce none is seen, also beside one of another attempt', [c, twinOf(c), a], null],
      ['one from another snapshot is no namesake', [c, twinOf(c, { snapshotId: 'snap-9' })], isC],
      ['one in another zone is no namesake', [c, twinOf(c, { zone: 'us-east-1a' })], isC],
      ['two namesakes of another attempt are not named', [c, b, a, twinOf(a)], { ...isC, others: ['vol-b'] }],
    ])('%s', (_, volumes, then) => {
      expect(sightIn(calledThrice(RESTORE), RESTORE, facts({ volumes }))).toEqual(then)
    })

    test.each<[string, readonly SeenVolume[], Sight | null]>([
      ['is used beside a namesake, which is not named', [c, twinOf(c, { createdAtMs: 9 })], isC],
      ['is used beside those of other attempts, which are named', [a, b, c], { ...isC, others: ['vol-b', 'vol-a'] }],
      ['is used beside two namesakes of another attempt, which are not named', [a, twinOf(a), c], isC],
      ['is not seen while only its namesake is shown', [twinOf(c)], null],
    ])('the one whose id was returned %s', (_, volumes, then) => {
      expect(sightIn(calledThrice(RESTORE, 'vol-c'), RESTORE, facts({ volumes }))).toEqual(then)
    })
  })
})

describe('tags', () => {
  const effect: TagEffect = {
    ...{ ...forward, subject: { of: 'mark', mark: 'frozen', part: 1 }, step: 'tag', resources: ['vol-1', 'vol-2'] },
    ...{ tags: { 'zonehop:left': 'mig-1', 'zonehop:phase': 'live' }, removed: [] },
  }
  const ALL = effect.tags
  type Tagged = readonly [Readonly<Record<string, string>>, Readonly<Record<string, string>>]
  const shows = ([first, second]: Tagged) => facts({ volumes: [tagged(LOGS, first), tagged(DROPBOX, second)] })
  const phase = (is: string) => ({ ...ALL, 'zonehop:phase': is })

  test.each<[string, Tagged, boolean]>([
    ['are written once every volume carries them', [ALL, ALL], true],
    ['are not written while one carries none', [ALL, {}], false],
    ['are not written while one has another value', [{ ...ALL, 'zonehop:left': 'mig-0' }, ALL], false],
    ['are written where there are others beside them', [{ ...ALL, 'zonehop:frozen': 'mig-1-f1' }, ALL], true],
    ['are written where the phase is further', [phase('done'), ALL], true],
    ['are not written where the phase is less far', [ALL, phase('aborted')], false],
    ['are not written where the phase is far less', [ALL, phase('frozen')], false],
    ['are not written where the phase is a word of nobody', [phase('moved'), ALL], false],
    ['are not written where there is no phase', [{ 'zonehop:left': 'mig-1' }, ALL], false],
  ])('%s', (_, tags, isAchieved) => {
    for (const stage of ['intended', 'issued', 'started'] as const) {
      expect(sightIn(frozen(DRAWN, ...taken(effect, stage)), effect, shows(tags))).toEqual({ isAchieved })
    }
  })

  test('are not written on a volume that is not shown', () => {
    const world = facts({ volumes: [tagged(LOGS, ALL)] })
    expect(sightIn(frozen(DRAWN, ...taken(effect, 'started')), effect, world)).toEqual({ isAchieved: false })
  })

  const removed = ['zonehop:frozen']
  const removal: TagEffect = { ...effect, tags: {}, removed }
  const both: TagEffect = { ...effect, removed }
  test.each<[string, TagEffect, Stage, Tagged, boolean]>([
    ['that are not there were not taken off before anybody called', removal, 'intended', [{}, {}], false],
    ['that are not there may not be shown yet before EC2 took the call', removal, 'issued', [{}, {}], false],
    ['that are not there are taken off once EC2 took the call', removal, 'started', [{}, {}], true],
    ['are taken off once the others of the call are written', both, 'started', [ALL, ALL], true],
    ['are not taken off before the others of the call are written', both, 'started', [ALL, {}], false],
  ])('%s', (_, effect, stage, tags, isAchieved) => {
    expect(sightIn(frozen(DRAWN, ...taken(effect, stage)), effect, shows(tags))).toEqual({ isAchieved })
  })

  /** When EC2 must show what the call did; the call was issued with the first effect. */
  const shownAtMs = ISSUED_MS + SHOWN_AFTER_MS
  test.each<[string, Stage, Tagged, number, boolean]>([
    ['while one volume shows them, not', 'started', [{}, { 'zonehop:frozen': 'mig-1-f1' }], shownAtMs - 1, false],
    ['while one shows another value, not', 'started', [{ 'zonehop:frozen': 'mig-0-f1' }, {}], shownAtMs - 1, false],
    [
      'and written anew since by somebody else, yes',
      'started',
      [{}, { 'zonehop:frozen': 'mig-1-f9' }],
      shownAtMs,
      true,
    ],
    ['nor while nobody knows whether EC2 took the call', 'issued', [{}, { 'zonehop:frozen': 'x' }], shownAtMs, false],
  ])('taken off: %s', (_, stage, tags, beganAtMs, isAchieved) => {
    const look = { ...shows(tags), beganAtMs }
    expect(sightIn(frozen(DRAWN, ...taken(removal, stage)), removal, look)).toEqual({ isAchieved })
  })
})

describe('a deletion', () => {
  const of = (resource: string): Effect => ({ ...forward, subject: ofResource(resource), step: 'delete', resource })
  const snapshots = [cutOf(CUT)]
  const volumes = [restored({ state: 'deleting' })]

  test.each<[string, string, boolean]>([
    ['is not seen while the snapshot is shown', 'snap-a', false],
    ['is not seen while the volume is shown, in whatever state', 'vol-a', false],
    ['is done once nothing of this id is shown', 'vol-b', true],
  ])('%s', (_, resource, isGone) => {
    for (const stage of ['intended', 'issued', 'started'] as const) {
      const m = frozen(DRAWN, ...taken(of(resource), stage))
      expect(sightIn(m, of(resource), facts({ snapshots, volumes }))).toEqual(isGone ? { isAchieved: true } : null)
    }
  })
})

// Seed 22350062: a rebuilt journal counted the copies of a cut from one again, and asked by a token that was used for ever.
describe('a token that EC2 knows from another request', () => {
  const mismatch = { code: 'IdempotentParameterMismatch', problem: 'used before', remedy: 'look for it' }
  const hindered = (...more: readonly EntryBody[]): Migration =>
    fitting(
      entries(
        ...[planned('mig-1', { plan: DRAWN }), { kind: 'began' } as const],
        { kind: 'freezing', freeze: 'mig-1-f1', services: ['logs', 'dropbox'] },
        { kind: 'intended', effects: [RESTORE] },
        { kind: 'issued', effect: effectId(RESTORE) },
        { kind: 'unanswered', effect: effectId(RESTORE), issued: 'n5', answer: mismatch },
        ...more,
      ),
    )
  const sinceMs = hindered().effects.get(effectId(RESTORE))?.hindrance?.sinceMs ?? Number.NaN
  const doubted: EntryBody = { kind: 'doubted', why: 'a test' }

  test.each<[string, Migration, number, boolean]>([
    ['while EC2 may not show yet what it made', hindered(), sinceMs + SHOWN_AFTER_MS - 1, false],
    ['once it must show it', hindered(), sinceMs + SHOWN_AFTER_MS, true],
    ['in doubt, in which lost attempts are looked for', hindered(doubted), sinceMs + SHOWN_AFTER_MS, false],
  ])('%s', (_, m, beganAtMs, isFailed) => {
    const sight = sightIn(m, RESTORE, facts({ beganAtMs }))
    expect(sight?.failure?.code).toBe(isFailed ? mismatch.code : undefined)
  })

  test('is no failure where the copy is seen', () => {
    const copy = restored({}, { 'zonehop:issued': 'n5' })
    const sight = sightIn(hindered(), RESTORE, facts({ beganAtMs: sinceMs + SHOWN_AFTER_MS, volumes: [copy] }))
    expect(sight).toMatchObject({ resource: 'vol-a', isAchieved: true })
  })
})
