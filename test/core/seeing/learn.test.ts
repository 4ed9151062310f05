// What is learnt from the facts, and in which order: one entry at a time, and only what the journal does not know.
import { describe, expect, test } from 'vitest'
import {
  type AttachEffect,
  type Effect,
  effectId,
  type ReplicaEffect,
  type SnapshotEffect,
} from '../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import type { Observed, SeenCommand, SeenSnapshot, SeenVolume } from '../../../src/core/model/facts.ts'
import { SHOWN_AFTER_MS } from '../../../src/core/model/limits.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import type { SnapshotMove } from '../../../src/core/model/plan.ts'
import type { ReplicaReading } from '../../../src/core/model/replica-reading.ts'
import { ofMove } from '../../../src/core/model/subjects.ts'
import { learn } from '../../../src/core/seeing/learn.ts'
import { copyOf, facts, snapshotOf } from '../../support/facts.ts'
import { entries, move, plan, planned, replicaMove } from '../../support/plans.ts'
import { attemptName, fitting } from '../journals.ts'
import { attachment, frozen, ISSUED_MS, taken } from './stages.ts'

const LOGS = move({ id: 'vol-1', name: 'logs' })
const DROPBOX = move({ id: 'vol-2', name: 'dropbox' })
const CACHE = move({ id: 'vol-3', name: 'cache' })
const FILES = replicaMove()
const DRAWN = plan([LOGS, DROPBOX, CACHE, FILES])
const forward = { generation: 1, direction: 'forward' } as const

function cut(of: SnapshotMove): SnapshotEffect {
  return { ...forward, subject: ofMove(of.id), step: 'snapshot', volumeId: of.id, tags: {} }
}

function attach(of: SnapshotMove): AttachEffect {
  const volumeId = `vol-copy-${of.id}`
  return { ...forward, subject: ofMove(of.id), step: 'attach', volumeId, instance: 'i-target', device: '/dev/sdf' }
}

const PROVE: ReplicaEffect = {
  ...{ ...forward, subject: ofMove(FILES.id), step: 'prove', service: 'files', resource: 'files' },
  ...{ instances: ['i-files', 'i-backup'], document: 'zonehop-replica-status' },
}

/** Begun behind every call of a journal, and no later than the last one may have made it. */
function cutOf(of: SnapshotMove, over: Partial<SeenSnapshot> = {}): SeenSnapshot {
  return { ...snapshotOf(of), startedAtMs: ISSUED_MS + 10_000, ...over }
}

function at(of: SnapshotMove, instance: string, state = 'attached'): SeenVolume {
  return copyOf(of, { attachments: [attachment(instance, '/dev/sdf', state)] })
}

/** Both hosts answered, and tell of no volume. */
function answerTo(effect: ReplicaEffect): SeenCommand {
  const reading: ReplicaReading = {
    ...{ isUp: true, role: 'Secondary', connection: 'Connected', peerRole: 'Secondary', protocol: 'C' },
    ...{ isSuspended: false, volumes: [] },
  }
  const told = { readings: [reading, reading], generation: null }
  return {
    ...{ id: 'c-1', document: effect.document, instances: effect.instances, state: 'succeeded' },
    ...{ sentAtMs: ISSUED_MS, details: '', told: { 'i-files': told, 'i-backup': told } },
  }
}

/** Long enough after all calls for everything to be shown. */
const world = (over: Partial<Observed> = {}) => facts({ beganAtMs: 2 * ISSUED_MS, ...over })

const READ: EntryBody = {
  ...{ kind: 'read', effect: effectId(PROVE), leftKib: null, sync: null, isStalled: false, sourceRole: 'Secondary' },
  doubts: ['the source tells of no volume', 'the replica tells of no volume'],
}

describe('of what the facts show', () => {
  // What is learnt first was intended last.
  const m = frozen(
    DRAWN,
    ...taken(cut(CACHE), 'issued'),
    ...taken(PROVE, 'issued'),
    ...taken(cut(LOGS), 'started', 'snap-vol-1'),
    ...taken(attach(DROPBOX), 'issued'),
  )
  const wrong = { volumes: [at(DROPBOX, 'i-9')] }
  const there = cutOf(LOGS)
  const answer = { commands: new Map([[attemptName(effectId(PROVE)), answerTo(PROVE)]]) }
  const fresh = cutOf(CACHE, { state: 'pending' })

  test.each<[string, Partial<Observed>, EntryBody | null]>([
    [
      'a failure is learnt first',
      { ...wrong, ...answer, snapshots: [fresh] },
      {
        ...{ kind: 'failed', effect: 'vol-2.attach.1', issued: null, code: 'VolumeInUse' },
        problem: 'vol-copy-vol-2 is attached to i-9 as /dev/sdf, not to i-target as /dev/sdf',
        remedy: 'detach it there, then retry',
      },
    ],
    [
      'what is not there any more is learnt before what both hosts report',
      { ...answer, snapshots: [fresh] },
      {
        ...{ kind: 'failed', effect: 'vol-1.snapshot.1', issued: null, code: 'Gone' },
        problem: 'what snapshot had begun is not there any more (snap-vol-1)',
        remedy: 'find out who removed it, then retry',
      },
    ],
    ['what both hosts report is learnt before what has begun', { ...answer, snapshots: [fresh, there] }, READ],
    [
      'all that has begun or is done is learnt in one entry, in the order of intents',
      { snapshots: [there, fresh], volumes: [at(DROPBOX, 'i-target')] },
      {
        kind: 'seen',
        started: [{ effect: 'vol-3.snapshot.1', resource: 'snap-vol-3', others: [] }],
        achieved: ['vol-1.snapshot.1', 'vol-2.attach.1'],
      },
    ],
    ['nothing is learnt where all is as it was', { snapshots: [{ ...there, state: 'pending' }] }, null],
  ])('%s', (_, seen, then) => expect(learn(m, world(seen))).toEqual(then))

  test('the first of two failures is learnt, by the order of intents', () => {
    const two = frozen(DRAWN, ...taken(attach(DROPBOX), 'issued'), ...taken(attach(LOGS), 'issued'))
    const volumes = [at(LOGS, 'i-9'), at(DROPBOX, 'i-9')]
    expect(learn(two, world({ volumes }))).toMatchObject({ kind: 'failed', effect: 'vol-2.attach.1' })
  })

  test('the first of two that are gone is learnt, by the order of intents', () => {
    const two = frozen(DRAWN, ...taken(cut(DROPBOX), 'started', 'snap-b'), ...taken(cut(LOGS), 'started', 'snap-a'))
    expect(learn(two, world())).toMatchObject({ effect: 'vol-2.snapshot.1', code: 'Gone' })
  })
})

describe('a failure', () => {
  test('counts before anybody has called: nothing good can come of the call', () => {
    const m = frozen(DRAWN, ...taken(attach(LOGS), 'intended'))
    expect(learn(m, world({ volumes: [at(LOGS, 'i-9')] }))).toMatchObject({ kind: 'failed', code: 'VolumeInUse' })
  })

  test('of a snapshot is learnt behind its id, so that a cleanup finds it', () => {
    const m = frozen(DRAWN, ...taken(cut(LOGS), 'issued'))
    const broken = world({ snapshots: [cutOf(LOGS, { state: 'error' })] })
    const first = {
      kind: 'seen',
      started: [{ effect: 'vol-1.snapshot.1', resource: 'snap-vol-1', others: [] }],
    } as const
    expect(learn(m, broken)).toEqual({ ...first, achieved: [] })
    const known = frozen(DRAWN, ...taken(cut(LOGS), 'issued'), { ...first, achieved: [] })
    expect(learn(known, broken)).toMatchObject({ kind: 'failed', effect: 'vol-1.snapshot.1', code: 'SnapshotError' })
  })

  test('is told once', () => {
    const failure = { code: 'VolumeInUse', problem: 'x', remedy: 'y' }
    const failed: EntryBody = { kind: 'failed', effect: 'vol-1.attach.1', issued: null, ...failure }
    const m = frozen(DRAWN, ...taken(attach(LOGS), 'issued'), failed)
    expect(learn(m, world({ volumes: [at(LOGS, 'i-9')] }))).toBeNull()
    expect(learn(m, world({ volumes: [at(LOGS, 'i-target')] }))).toBeNull()
  })
})

describe('what is seen', () => {
  const id = 'vol-1.snapshot.1'
  const pending = cutOf(LOGS, { state: 'pending' })
  /** Things of the three attempts of `called`; the last one made `own`. */
  const by = (issued: string, over: Partial<SeenSnapshot> = {}): SeenSnapshot => {
    const one = cutOf(LOGS, { state: 'pending', ...over })
    return { ...one, tags: { ...one.tags, 'zonehop:issued': issued } }
  }
  const own = by('n7')
  const second = by('n5', { id: 'snap-second', startedAtMs: ISSUED_MS })
  const third = by('n6', { id: 'snap-third', startedAtMs: ISSUED_MS + 1 })
  const called = (...said: readonly EntryBody[]): Migration => {
    const services = DRAWN.services.map(({ name }) => name)
    const calls = [1, 2, 3].map((): EntryBody => ({ kind: 'issued', effect: id }))
    const all = entries(
      ...[planned('mig-1', { plan: DRAWN }), { kind: 'began' } as const],
      ...[{ kind: 'freezing', freeze: 'mig-1-f1', services } as const],
      ...[{ kind: 'intended', effects: [cut(LOGS)] } as const, ...calls, ...said],
    )
    return fitting(all.map((entry) => ({ ...entry, atMs: entry.atMs + ISSUED_MS - 5_000 })))
  }
  const answer: EntryBody = { kind: 'started', effect: id, issued: 'n7', resource: 'snap-vol-1' }
  const issued = (): Migration => frozen(DRAWN, ...taken(cut(LOGS), 'issued'))
  const started = (): Migration => frozen(DRAWN, ...taken(cut(LOGS), 'started', 'snap-vol-1'))
  const begun = (...others: readonly string[]): EntryBody => ({
    ...{ kind: 'seen', started: [{ effect: id, resource: 'snap-vol-1', others }], achieved: [] },
  })
  const besides = (...others: readonly string[]): Migration => called(begun(...others))

  test.each<[string, Migration, readonly SeenSnapshot[], EntryBody | null]>([
    ['is learnt once it has begun', issued(), [pending], begun()],
    ['is not learnt twice', started(), [pending], null],
    ['is learnt once more when it is done', started(), [cutOf(LOGS)], { kind: 'seen', started: [], achieved: [id] }],
    [
      'is learnt at once where it has begun and is done',
      issued(),
      [cutOf(LOGS)],
      { kind: 'seen', started: [{ effect: id, resource: 'snap-vol-1', others: [] }], achieved: [id] },
    ],
    ['is learnt with what else its attempts made', called(), [own, second], begun('snap-second')],
    ['is learnt anew when they made something else', called(answer), [own, second], begun('snap-second')],
    ['is not learnt anew where that is known', besides('snap-second'), [own, second], null],
    ['is learnt without a namesake', called(), [own, { ...own, id: 'snap-twin', startedAtMs: ISSUED_MS }], begun()],
    ['is not learnt anew when a namesake comes', called(answer), [own, { ...own, id: 'snap-twin' }], null],
    [
      'is not learnt anew when two namesakes of another attempt come',
      called(answer),
      [own, second, { ...second, id: 'snap-twin' }],
      null,
    ],
    [
      'is learnt anew when there is one more of it',
      besides('snap-second'),
      [own, second, third],
      begun('snap-third', 'snap-second'),
    ],
    [
      'is not learnt anew where some of it is not shown any more',
      besides('snap-third', 'snap-second'),
      [own, second],
      null,
    ],
    ['is not learnt anew where none of it is shown any more', besides('snap-second'), [own], null],
    ['is not looked for where nobody called', frozen(DRAWN, ...taken(cut(LOGS), 'intended')), [pending], null],
    [
      'is no news once it is achieved',
      frozen(DRAWN, ...taken(cut(LOGS), 'achieved', 'snap-vol-1')),
      [cutOf(LOGS)],
      null,
    ],
    ['is nothing where nothing was intended', frozen(DRAWN), [cutOf(LOGS)], null],
  ])('%s', (_, m, snapshots, then) => expect(learn(m, world({ snapshots }))).toEqual(then))

  test('is learnt under another id: a host that is down says which generation it holds', () => {
    const down: ReplicaEffect = { ...PROVE, step: 'down', instances: ['i-files'], document: 'zonehop-replica-down' }
    const told = { 'i-files': { readings: null, generation: 'A0' } }
    const commands = new Map([[attemptName(effectId(down)), { ...answerTo(down), told }]])
    expect(learn(frozen(DRAWN, ...taken(down, 'started', 'c-1')), world({ commands }))).toEqual({
      kind: 'seen',
      started: [{ effect: effectId(down), resource: 'A0', others: [] }],
      achieved: [effectId(down)],
    })
  })

  test('is done where nobody had to call: the world is as it has to be already', () => {
    const m = frozen(DRAWN, ...taken(attach(LOGS), 'intended'))
    const then = { kind: 'seen', started: [], achieved: ['vol-1.attach.1'] }
    expect(learn(m, world({ volumes: [at(LOGS, 'i-target')] }))).toEqual(then)
    expect(learn(m, world({ volumes: [at(LOGS, 'i-target', 'attaching')] }))).toBeNull()
  })

  test('is learnt while what is missing may not be shown yet', () => {
    const m = frozen(DRAWN, ...taken(cut(LOGS), 'started', 'snap-vol-1'), ...taken(cut(CACHE), 'issued'))
    const seen = { snapshots: [cutOf(CACHE, { startedAtMs: ISSUED_MS })] }
    const soon = { ...seen, beganAtMs: ISSUED_MS + SHOWN_AFTER_MS - 1 }
    expect(learn(m, world(soon))).toMatchObject({ kind: 'seen', achieved: ['vol-3.snapshot.1'] })
    expect(learn(m, world({ ...soon, beganAtMs: soon.beganAtMs + 1 }))).toMatchObject({ kind: 'failed', code: 'Gone' })
  })

  test('counts in every direction and phase: what an abort left under way is learnt too', () => {
    const home: Effect = { ...attach(LOGS), direction: 'back' }
    const m = frozen(
      DRAWN,
      ...taken(cut(CACHE), 'issued'),
      { kind: 'aborting', by: 'U-2', reason: 'x' },
      ...taken(home, 'issued'),
    )
    const seen = { snapshots: [cutOf(CACHE)], volumes: [at(LOGS, 'i-target')] }
    expect(learn(m, world(seen))).toMatchObject({ achieved: ['vol-3.snapshot.1', 'vol-1.attach.1'] })
  })
})
