// Whose a thing is: the id that a call returned outranks every tag; else the nonce that only the call knew, and EC2's own facts.
import { describe, expect, test } from 'vitest'
import { type Effect, type EffectState, effectId } from '../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import type { Facts, SeenCommand, SeenSnapshot, SeenVolume } from '../../../src/core/model/facts.ts'
import { CLOCKS_APART_MAX_MS } from '../../../src/core/model/limits.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import { ofCopy, ofMove, ofService } from '../../../src/core/model/subjects.ts'
import { learn } from '../../../src/core/seeing/learn.ts'
import { look } from '../../../src/core/seeing/look.ts'
import type { Sight } from '../../../src/core/seeing/sight.ts'
import { copyOf, facts, LATER_MS, snapshotOf } from '../../support/facts.ts'
import { entries, move, plan, planned, service } from '../../support/plans.ts'
import { fitting } from '../journals.ts'

const LOGS = move({ id: 'vol-1', name: 'logs' })
const DRAWN = plan([LOGS], { services: [service('logs', { method: 'document' })] })
const FROZEN = { 'zonehop:frozen': 'mig-1-f1' }
const forward = { subject: ofMove('vol-1'), generation: 1, direction: 'forward' } as const
const CUT: Effect = { ...forward, step: 'snapshot', volumeId: 'vol-1', tags: { Name: 'logs (final)', ...FROZEN } }
const RESTORE: Effect = { ...forward, step: 'restore', snapshotId: 'snap-vol-1', zone: 'us-east-1c' }
const STOP: Effect = {
  ...{ ...forward, subject: ofService('logs'), step: 'freeze', service: 'logs', instances: ['i-source', 'i-other'] },
  work: { method: 'document', document: 'zonehop-freeze' },
}
/** The first attempt's entry is the fifth: at 100 s. */
const ISSUED_MS = 100_000

/** Intended, and issued as often as said; what follows comes after that. */
function at(effect: Effect, attempts: number, ...more: readonly EntryBody[]): Migration {
  const said: EntryBody[] = [
    ...[planned('mig-1', { plan: DRAWN }), { kind: 'began' } as const],
    { kind: 'freezing', freeze: 'mig-1-f1', services: ['logs'] },
    { kind: 'intended', effects: [effect] },
    ...Array.from({ length: attempts }, (): EntryBody => ({ kind: 'issued', effect: effectId(effect) })),
    ...more,
  ]
  return fitting(
    entries(...said).map((entry) => ({ ...entry, atMs: entry.rev < 5 ? 0 : ISSUED_MS + (entry.rev - 5) * 1_000 })),
  )
}

function sight(m: Migration, effect: Effect, seen: Facts): Sight | null {
  return look(m, m.effects.get(effectId(effect)) as EffectState, seen)
}

describe('a snapshot', () => {
  const cut = (over: Parameters<typeof snapshotOf>[1] = {}): SeenSnapshot =>
    snapshotOf(LOGS, { issued: 'n5', startedAtMs: ISSUED_MS, ...over })
  const shows = (...snapshots: readonly SeenSnapshot[]): Facts => facts({ snapshots })
  const m = at(CUT, 1)
  const own: Sight = { resource: 'snap-vol-1', others: [], isAchieved: true }

  test.each<[string, SeenSnapshot, Sight | null]>([
    ['by the nonce of its attempt', cut(), own],
    ['pending: begun', cut({ state: 'pending' }), { ...own, isAchieved: false }],
    ['whatever people call it', cut({ tags: { Name: 'renamed', ...FROZEN } }), own],
    ['another attempt made it', cut({ issued: 'n9' }), null],
    ['nobody says who made it', { ...cut(), tags: { ...cut().tags, 'zonehop:issued': '' } }, null],
    ['it is of another volume, whatever its tags', cut({ volumeId: 'vol-7' }), null],
    ['it was cut under another freeze', cut({ tags: { 'zonehop:frozen': 'mig-1-f0' } }), null],
    ['a minute before its attempt: clocks differ', cut({ startedAtMs: ISSUED_MS - CLOCKS_APART_MAX_MS }), own],
    ['earlier than that', cut({ startedAtMs: ISSUED_MS - CLOCKS_APART_MAX_MS - 1 }), null],
  ])('%s', (_, seen, then) => expect(sight(m, CUT, shows(seen))).toEqual(then))

  test('tags alone, without an attempt, are nobody’s', () => {
    expect(sight(at(CUT, 0), CUT, shows(cut()))).toBeNull()
  })

  test('of several the latest begun, in whatever order they are shown; the others are named', () => {
    const three = [
      cut({ id: 'snap-a', startedAtMs: ISSUED_MS + 1, issued: 'n5' }),
      cut({ id: 'snap-c', startedAtMs: ISSUED_MS + 3, issued: 'n7' }),
      cut({ id: 'snap-b', startedAtMs: ISSUED_MS + 2, issued: 'n6' }),
    ]
    const thrice = at(CUT, 3)
    const then = { resource: 'snap-c', others: ['snap-b', 'snap-a'], isAchieved: true }
    expect(sight(thrice, CUT, shows(...three))).toEqual(then)
    expect(sight(thrice, CUT, shows(...three.toReversed()))).toEqual(then)
    expect(learn(thrice, shows(...three))).toEqual({
      kind: 'seen',
      started: [{ effect: 'vol-1.snapshot.1', resource: 'snap-c', others: ['snap-b', 'snap-a'] }],
      achieved: ['vol-1.snapshot.1'],
    })
  })

  test('one that ended in error is not used while another stands', () => {
    const bad = cut({ id: 'snap-b', startedAtMs: ISSUED_MS + 2, issued: 'n6', state: 'error' })
    expect(sight(at(CUT, 2), CUT, shows(bad, cut()))).toEqual({ ...own, others: ['snap-b'] })
    expect(sight(at(CUT, 2), CUT, shows(bad))?.failure?.code).toBe('SnapshotError')
  })

  test('of several with one nonce the latest begun, and no other is named: its call made one', () => {
    const twin = cut({ id: 'snap-b', startedAtMs: ISSUED_MS + 2 })
    expect(sight(m, CUT, shows(cut(), twin))).toEqual({ ...own, resource: 'snap-b' })
    expect(sight(m, CUT, shows(cut(), { ...twin, state: 'error' }))).toEqual(own)
  })

  test('of several with the nonce of another attempt none is named', () => {
    const older = cut({ id: 'snap-a', startedAtMs: ISSUED_MS - 1 })
    const twin = cut({ id: 'snap-b', startedAtMs: ISSUED_MS - 2 })
    const latest = cut({ issued: 'n6' })
    expect(sight(at(CUT, 2), CUT, shows(latest, older, twin))).toEqual(own)
    expect(sight(at(CUT, 2), CUT, shows(latest, older))).toEqual({ ...own, others: ['snap-a'] })
  })

  describe('whose id the call returned', () => {
    const answered = at(CUT, 1, { kind: 'started', effect: 'vol-1.snapshot.1', issued: 'n5', resource: 'snap-a' })

    test('is it, though a later one carries the same nonce, which is not named', () => {
      const both = shows(cut({ id: 'snap-b', startedAtMs: ISSUED_MS + 9 }), cut({ id: 'snap-a' }))
      expect(sight(answered, CUT, both)).toEqual({ resource: 'snap-a', others: [], isAchieved: true })
    })

    test('is it, though an earlier attempt made a later one, which is named', () => {
      const second = at(CUT, 2, { kind: 'started', effect: 'vol-1.snapshot.1', issued: 'n6', resource: 'snap-a' })
      const both = shows(cut({ id: 'snap-b', startedAtMs: ISSUED_MS + 9 }), cut({ id: 'snap-a', issued: 'n6' }))
      expect(sight(second, CUT, both)).toEqual({ resource: 'snap-a', others: ['snap-b'], isAchieved: true })
    })

    const returned: Sight = { resource: 'snap-a', others: [], isAchieved: true }
    const thrice = at(CUT, 3, { kind: 'started', effect: 'vol-1.snapshot.1', issued: 'n7', resource: 'snap-a' })
    const of = (issued: string, id = 'snap-a') => cut({ id, issued, startedAtMs: ISSUED_MS + 9 })

    test('is it, whatever its tags say by now', () => {
      const retagged = { ...cut({ id: 'snap-a' }), tags: {} }
      expect(sight(answered, CUT, shows(retagged))).toEqual(returned)
    })

    test.each<[string, readonly SeenSnapshot[], readonly string[]]>([
      ['things of other attempts are named', [of('n7'), of('n5', 'snap-b'), of('n6', 'snap-c')], ['snap-b', 'snap-c']],
      ['none is once its own tags are lost', [{ ...of('n7'), tags: {} }, of('n5', 'snap-b')], []],
      ['none is once it says an attempt that is not the effect’s', [of('n9'), of('n5', 'snap-b')], []],
      [
        'none is once it says that it is of another freeze',
        [{ ...of('n7'), tags: { ...of('n7').tags, 'zonehop:frozen': 'mig-1-f0' } }, of('n5', 'snap-b')],
        [],
      ],
      ['one that says no attempt is not named', [of('n7'), of('', 'snap-b'), of('n6', 'snap-c')], ['snap-c']],
      [
        'two of one other attempt are not named',
        [of('n7'), of('n5', 'snap-b'), of('n5', 'snap-c'), of('n6', 'snap-d')],
        ['snap-d'],
      ],
    ])('is it; %s', (_, seen, others) => {
      expect(sight(thrice, CUT, shows(...seen))).toEqual({ ...returned, others })
    })

    test('is no other one while it is not shown', () => {
      expect(sight(answered, CUT, shows(cut({ id: 'snap-b' })))).toBeNull()
    })
  })

  test('what was adopted was made before it was found', () => {
    const adopted: EntryBody = { kind: 'adopted', things: [{ effect: CUT, issued: 'n-lost', resource: 'snap-a' }] }
    const found = fitting(
      entries(
        ...[planned('mig-1', { plan: DRAWN }), { kind: 'began' } as const],
        ...[{ kind: 'freezing', freeze: 'mig-1-f1', services: ['logs'] } as const, adopted],
      ).map((entry) => ({ ...entry, atMs: LATER_MS })),
    )
    const early = cut({ id: 'snap-a', issued: 'n-lost', startedAtMs: 1 })
    expect(sight(found, CUT, shows(early))).toEqual({ resource: 'snap-a', others: [], isAchieved: true })
    // Its call made no other one: what carries the same nonce is not named.
    const both = shows(early, { ...early, id: 'snap-b' })
    expect(sight(found, CUT, both)).toEqual({ resource: 'snap-a', others: [], isAchieved: true })
  })
})

describe('a copy', () => {
  const copy = (over: Partial<SeenVolume> = {}, issued = 'n5'): SeenVolume => {
    const plain = copyOf(LOGS)
    return { ...plain, tags: { ...plain.tags, 'zonehop:issued': issued }, createdAtMs: ISSUED_MS, ...over }
  }
  const shows = (...volumes: readonly SeenVolume[]): Facts => facts({ volumes })
  const m = at(RESTORE, 1)
  const own: Sight = { resource: 'vol-copy-vol-1', others: [], isAchieved: true }

  test.each<[string, SeenVolume, Sight | null]>([
    ['by the nonce of its attempt', copy(), own],
    ['in use: it is there', copy({ state: 'in-use' }), own],
    ['still being made', copy({ state: 'creating' }), { ...own, isAchieved: false }],
    ['another attempt made it', copy({}, 'n9'), null],
    ['restored from another snapshot', copy({ snapshotId: 'snap-9' }), null],
    ['restored from none', copy({ snapshotId: null }), null],
    ['in another zone', copy({ zone: 'us-east-1b' }), null],
  ])('%s', (_, seen, then) => expect(sight(m, RESTORE, shows(seen))).toEqual(then))

  test('of several the latest made, the others are named', () => {
    const two = shows(
      copy({ id: 'vol-a', createdAtMs: ISSUED_MS + 1 }),
      copy({ id: 'vol-b', createdAtMs: ISSUED_MS + 2 }, 'n6'),
    )
    expect(sight(at(RESTORE, 2), RESTORE, two)).toEqual({ resource: 'vol-b', others: ['vol-a'], isAchieved: true })
  })

  test('of several with one nonce none, until a call returns its id', () => {
    const two = shows(copy(), copy({ id: 'vol-b', createdAtMs: ISSUED_MS + 2 }))
    const answer = { effect: 'vol-1.restore.1', issued: 'n5', resource: 'vol-copy-vol-1' }
    expect(sight(m, RESTORE, two)).toBeNull()
    expect(learn(m, two)).toBeNull()
    expect(sight(at(RESTORE, 1, { kind: 'started', ...answer }), RESTORE, two)).toEqual(own)
  })

  test('whose id the call returned is it, and no other one', () => {
    const answered = at(RESTORE, 1, { kind: 'started', effect: 'vol-1.restore.1', issued: 'n5', resource: 'vol-a' })
    const later = copy({ id: 'vol-b', createdAtMs: ISSUED_MS + 9 })
    const returned = { resource: 'vol-a', others: [], isAchieved: true }
    expect(sight(answered, RESTORE, shows(later, copy({ id: 'vol-a' })))).toEqual(returned)
    expect(sight(answered, RESTORE, shows(copy({ id: 'vol-a', tags: {} })))).toEqual(returned)
    expect(sight(answered, RESTORE, shows(later))).toBeNull()
  })

  test('whose id the call returned names no others once its own tags are lost', () => {
    const answered = at(RESTORE, 2, { kind: 'started', effect: 'vol-1.restore.1', issued: 'n6', resource: 'vol-a' })
    const [first, mine] = [copy({ id: 'vol-b' }), copy({ id: 'vol-a' }, 'n6')]
    expect(sight(answered, RESTORE, shows(first, mine))).toMatchObject({ resource: 'vol-a', others: ['vol-b'] })
    const retagged = shows(first, { ...mine, tags: {} })
    expect(sight(answered, RESTORE, retagged)).toEqual({ resource: 'vol-a', others: [], isAchieved: true })
  })

  test('that was adopted as one of another snapshot is seen by its id, and names no others', () => {
    const aside: Effect = { ...RESTORE, subject: ofCopy('vol-1', 'vol-a'), snapshotId: 'snap-old' } as Effect
    const adopted: EntryBody = { kind: 'adopted', things: [{ effect: aside, issued: 'n-lost', resource: 'vol-a' }] }
    const found = fitting(
      entries(
        ...[planned('mig-1', { plan: DRAWN }), { kind: 'began' } as const],
        ...[{ kind: 'freezing', freeze: 'mig-1-f1', services: ['logs'] } as const, adopted],
      ),
    )
    const [mine, other] = ['vol-a', 'vol-b'].map((id) => copy({ id, snapshotId: 'snap-old' }, 'n-lost'))
    if (!mine || !other) throw new Error('there are two')
    expect(sight(found, aside, shows(mine, other))).toEqual({ resource: 'vol-a', others: [], isAchieved: true })
    expect(sight(found, aside, shows(other))).toBeNull()
  })
})

describe('a command', () => {
  const command = (over: Partial<SeenCommand> = {}): SeenCommand => ({
    ...{ id: 'c-1', document: 'zonehop-freeze', instances: ['i-other', 'i-source'], state: 'succeeded' },
    ...{ sentAtMs: ISSUED_MS, details: 'Success', told: {} },
    ...over,
  })
  const shows = (...sent: readonly (readonly [string, SeenCommand])[]): Facts => facts({ commands: new Map(sent) })
  const own: Sight = { resource: 'c-1', isAchieved: true }

  test.each<[string, string, SeenCommand, Sight | null]>([
    ['by the nonce of its attempt, on exactly its hosts', 'n5', command(), own],
    ['running', 'n5', command({ state: 'pending', sentAtMs: LATER_MS }), { ...own, isAchieved: false }],
    ['of another attempt', 'n9', command(), null],
    ['of another document', 'n5', command({ document: 'zonehop-unfreeze' }), null],
    ['on one of its hosts alone', 'n5', command({ instances: ['i-source'] }), null],
    ['on one more host', 'n5', command({ instances: ['i-source', 'i-other', 'i-9'] }), null],
    ['on as many others', 'n5', command({ instances: ['i-source', 'i-9'] }), null],
    ['on one of them twice', 'n5', command({ instances: ['i-source', 'i-source'] }), null],
  ])('%s', (_, nonce, sent, then) => expect(sight(at(STOP, 1), STOP, shows([nonce, sent]))).toEqual(then))

  test('of several attempts the one that was sent last', () => {
    const two = shows(
      ['n5', command({ id: 'c-1', state: 'ended', sentAtMs: ISSUED_MS + 5, details: 'Failed' })],
      ['n6', command({ id: 'c-2', sentAtMs: ISSUED_MS + 6 })],
    )
    expect(sight(at(STOP, 2), STOP, two)).toEqual({ resource: 'c-2', isAchieved: true })
  })
})
