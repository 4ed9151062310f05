// What was begun or achieved and is not there any more: in which phases anybody misses it, from when on, and when not.
import { describe, expect, test } from 'vitest'
import { type Effect, type EffectState, effectId, type ReplicaEffect } from '../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import type { Facts, SeenVolume } from '../../../src/core/model/facts.ts'
import { SHOWN_AFTER_MS } from '../../../src/core/model/limits.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import type { Plan } from '../../../src/core/model/plan.ts'
import { ofCopy, ofMove, ofService, type Subject } from '../../../src/core/model/subjects.ts'
import { learn } from '../../../src/core/seeing/learn.ts'
import { attachedCopyOf, copyOf, facts, snapshotOf } from '../../support/facts.ts'
import { move, plan, replicaMove, seen, service } from '../../support/plans.ts'
import { attachment, begun, ISSUED_MS, type Stage, stateIn, taken } from './stages.ts'

const LOGS = move({ id: 'vol-1', name: 'logs' })
const DROPBOX = move({ id: 'vol-2', name: 'dropbox' })
const FILES = replicaMove()
const DRAWN = plan([LOGS, DROPBOX, FILES], {
  services: [service('logs', { need: 'deferrable' }), service('dropbox'), service('files', { need: 'deferrable' })],
})
const COPY = 'vol-copy-vol-1'
const forward = { subject: ofMove('vol-1'), generation: 1, direction: 'forward' } as const
const there = { volumeId: COPY, instance: 'i-target', device: '/dev/sdf' }

const SEED: Effect = { ...forward, step: 'seed', volumeId: 'vol-1', tags: {} }
const CUT: Effect = { ...forward, step: 'snapshot', volumeId: 'vol-1', tags: {} }
const RESTORE: Effect = { ...forward, step: 'restore', snapshotId: 'snap-vol-1', zone: 'us-east-1c' }
/** A copy of another snapshot than the present one. */
const ASIDE: Effect = { ...RESTORE, subject: ofCopy('vol-1', COPY), snapshotId: 'snap-old' } as Effect
const ATTACH: Effect = { ...forward, step: 'attach', ...there }
const CHECK: Effect = { ...forward, step: 'checkCopy', ...there, deleteOnTermination: false }
const FIRST: Effect = { ...forward, subject: ofCopy('vol-1', COPY), step: 'firstSnapshot', volumeId: COPY, tags: {} }
const DETACH: Effect = { ...forward, step: 'detach', ...there }
const PROVE: ReplicaEffect = {
  ...{ ...forward, subject: ofMove(FILES.id), step: 'prove', service: 'files', resource: 'files' },
  ...{ instances: ['i-files', 'i-backup'], document: 'zonehop-replica-status' },
}
const OPEN: Effect = {
  ...{ ...forward, subject: ofService('logs'), step: 'open', service: 'logs', instances: ['i-target'] },
  work: { method: 'document', document: 'zonehop-open' },
}

const SERVICES = ['logs', 'dropbox', 'files']
const FREEZING: EntryBody = { kind: 'freezing', freeze: 'mig-1-f1', services: SERVICES }
const LIVE: EntryBody = { kind: 'wentLive', percents: {} }
const ABORTING: EntryBody = { kind: 'aborting', by: 'U-2', reason: 'x' }
const returned = (name: string): EntryBody => ({ kind: 'returned', service: name, by: 'U-2', reason: 'x' })
/** It brings the migration to where volumes move, and is never called. */
const ELSEWHERE: EntryBody = {
  kind: 'intended',
  effects: [{ ...forward, subject: ofMove('vol-2'), step: 'snapshot', volumeId: 'vol-2', tags: {} }],
}

/** What is said after the effect, by what a row says of it. The effect is of `logs`. */
const PLACES = {
  seeding: [],
  frozen: [FREEZING],
  moving: [FREEZING, ELSEWHERE],
  live: [FREEZING, LIVE],
  'its service is open': [FREEZING, LIVE, ...taken(OPEN, 'achieved', 'c-1')],
  'its service is given back': [FREEZING, LIVE, returned('logs')],
  'another service is given back': [FREEZING, LIVE, returned('dropbox')],
  aborting: [FREEZING, ELSEWHERE, ABORTING],
  done: [FREEZING, LIVE, { kind: 'done' }],
  aborted: [FREEZING, ABORTING, { kind: 'aborted' }],
} as const satisfies Readonly<Record<string, readonly EntryBody[]>>
type Place = keyof typeof PLACES
const ALL = Object.keys(PLACES) as readonly Place[]
const UNTIL_OPEN: readonly Place[] = ['moving', 'live', 'another service is given back']

/** Long after every entry. */
const LATE_MS = 3 * ISSUED_MS
const late = (volumes: readonly SeenVolume[] = []): Facts => facts({ beganAtMs: LATE_MS, volumes })
/** The effect whose failure is learnt; null if none is. */
const missed = (m: Migration, world: Facts = late()): string | null => {
  const said = learn(m, world)
  return said?.kind === 'failed' ? said.effect : null
}

describe.each<[string, Effect, Stage, readonly Place[]]>([
  ['a seed that was begun', SEED, 'started', ['seeding']],
  ['a seed', SEED, 'achieved', []],
  ['a final snapshot that was begun', CUT, 'started', UNTIL_OPEN],
  ['a final snapshot', CUT, 'achieved', UNTIL_OPEN],
  ['a copy that was begun', RESTORE, 'started', UNTIL_OPEN],
  ['a copy', RESTORE, 'achieved', UNTIL_OPEN],
  ['a copy of another snapshot', ASIDE, 'achieved', []],
  ['an attachment that was begun', ATTACH, 'started', UNTIL_OPEN],
  ['an attachment', ATTACH, 'achieved', UNTIL_OPEN],
  ['a comparison that was begun', CHECK, 'started', []],
  ['a comparison', CHECK, 'achieved', UNTIL_OPEN],
  ['a first snapshot that was begun', FIRST, 'started', ALL.filter((place) => place !== 'aborting')],
  ['a first snapshot', FIRST, 'achieved', []],
  ['what both hosts said', PROVE, 'achieved', []],
  ['a question to both hosts', PROVE, 'started', []],
  ['a detachment', DETACH, 'achieved', []],
  ['a final snapshot that was called', CUT, 'issued', []],
  ['a copy that was called', RESTORE, 'issued', []],
  ['an attachment that was called', ATTACH, 'issued', []],
  ['an attachment that was intended', ATTACH, 'intended', []],
])('%s', (_, effect, stage, places) => {
  test.each(ALL.map((place) => [places.includes(place) ? 'is missed' : 'is not missed', place] as const))(
    '%s while %s',
    (_, place) => {
      const m = begun(DRAWN, ...taken(effect, stage, 'some-id'), ...PLACES[place])
      // What was detached is attached again: nobody misses that it was not.
      const world = effect === DETACH ? late([attachedCopyOf(LOGS)]) : late()
      expect(missed(m, world)).toBe(places.includes(place) ? effectId(effect) : null)
    },
  )
})

test('of what is gone it is said what it was, by its id if it has one', () => {
  const said = (effect: Effect, stage: Stage, resource: string | null) =>
    learn(begun(DRAWN, ...taken(effect, stage, resource), ...PLACES.moving), late())
  const gone = { kind: 'failed', issued: null, code: 'Gone', remedy: 'find out who removed it, then retry' }
  expect(said(CUT, 'started', 'snap-vol-1')).toEqual({
    ...gone,
    effect: 'vol-1.snapshot.1',
    problem: 'what snapshot had begun is not there any more (snap-vol-1)',
  })
  expect(said(RESTORE, 'achieved', COPY)).toEqual({
    ...gone,
    effect: 'vol-1.restore.1',
    problem: `what restore had achieved is not there any more (${COPY})`,
  })
  expect(said(ATTACH, 'achieved', null)).toEqual({
    ...gone,
    effect: 'vol-1.attach.1',
    problem: 'what attach had achieved is not there any more (vol-1.attach.1)',
  })
})

describe('it is missed only when EC2 must show it', () => {
  const moving = (...said: readonly EntryBody[]): Migration => begun(DRAWN, ...said, ...PLACES.moving)
  const intends: EntryBody = { kind: 'intended', effects: [CUT] }
  const seenBegun: EntryBody = {
    ...{ kind: 'seen', started: [{ effect: 'vol-1.snapshot.1', resource: 'snap-vol-1', others: [] }], achieved: [] },
  }
  const again: EntryBody = { kind: 'issued', effect: 'vol-1.snapshot.1' }
  const adopted: EntryBody = { kind: 'adopted', things: [{ effect: CUT, issued: 'n-lost', resource: 'snap-a' }] }

  test.each<[string, Migration, Effect, (state: EffectState) => number | null | undefined]>([
    ['after the call', moving(...taken(CUT, 'started', 'a')), CUT, ({ attempts }) => attempts[0]?.atMs],
    [
      'after the last call',
      moving(...taken(CUT, 'issued'), again, seenBegun),
      CUT,
      ({ attempts }) => attempts[1]?.atMs,
    ],
    ['after the intent, where nobody called', moving(intends, seenBegun), CUT, ({ intendedAtMs }) => intendedAtMs],
    ['after it was achieved', moving(...taken(CUT, 'achieved', 'a')), CUT, ({ achievedAtMs }) => achievedAtMs],
    ['after it was found', moving(adopted, { kind: 'looked' }), CUT, ({ attempts }) => attempts[0]?.atMs],
    [
      'after its own call, whatever was called before',
      moving(...taken(PROVE, 'issued'), ...taken(ATTACH, 'started')),
      ATTACH,
      ({ attempts }) => attempts[0]?.atMs,
    ],
  ])('a window %s', (_, m, effect, sinceMs) => {
    const fromMs = sinceMs(stateIn(m, effect)) ?? Number.NaN
    expect(missed(m, facts({ beganAtMs: fromMs + SHOWN_AFTER_MS - 1 }))).toBeNull()
    expect(missed(m, facts({ beganAtMs: fromMs + SHOWN_AFTER_MS }))).toBe(effectId(effect))
  })
})

describe('what is there is not missed', () => {
  const moving = (effect: Effect, stage: Stage): Migration =>
    begun(DRAWN, ...taken(effect, stage, effect === RESTORE ? COPY : 'snap-vol-1'), ...PLACES.moving)
  const [whole, slow, broken] = ['completed', 'pending', 'error'].map((state) => snapshotOf(LOGS, { state }))
  const shows = (snapshot = whole, volumes: readonly SeenVolume[] = []): Facts =>
    facts({ beganAtMs: LATE_MS, snapshots: snapshot ? [snapshot] : [], volumes })
  const held = (where: string, state = 'attached'): SeenVolume =>
    attachedCopyOf(LOGS, { attachments: [attachment(where, '/dev/sdf', state)] })

  test.each<[string, Migration, Facts, string | null]>([
    ['a snapshot that is pending is begun', moving(CUT, 'started'), shows(slow), null],
    ['a snapshot that is complete stays achieved', moving(CUT, 'achieved'), shows(), null],
    ['a snapshot that is not complete any more is gone', moving(CUT, 'achieved'), shows(slow), 'Gone'],
    ['a snapshot that ended in error failed', moving(CUT, 'achieved'), shows(broken), 'SnapshotError'],
    ['a copy that is created is begun', moving(RESTORE, 'started'), late([copyOf(LOGS, { state: 'creating' })]), null],
    ['a copy in use stays achieved', moving(RESTORE, 'achieved'), late([held('i-target')]), null],
    [
      'a copy that is deleted is gone',
      moving(RESTORE, 'achieved'),
      late([copyOf(LOGS, { state: 'deleting' })]),
      'Gone',
    ],
    ['a copy in error failed', moving(RESTORE, 'achieved'), late([copyOf(LOGS, { state: 'error' })]), 'VolumeError'],
    ['an attachment stays achieved', moving(ATTACH, 'achieved'), late([held('i-target')]), null],
    ['a copy that is nowhere any more is not attached', moving(ATTACH, 'achieved'), late([copyOf(LOGS)]), 'Gone'],
    ['a copy that is somewhere else is in use', moving(ATTACH, 'achieved'), late([held('i-9')]), 'VolumeInUse'],
    ['a comparison stays as it was', moving(CHECK, 'achieved'), late([held('i-target')]), null],
    [
      'a comparison fails by what was changed since',
      moving(CHECK, 'achieved'),
      late([{ ...held('i-target'), sizeGib: 1 }]),
      'ParityMismatch',
    ],
  ])('%s', (_, m, world, code) => {
    const said = learn(m, world)
    expect(said?.kind === 'failed' ? said.code : null).toBe(code)
  })

  test('a copy that is leaving its successor is missed there', () => {
    expect(missed(moving(ATTACH, 'achieved'), late([held('i-target', 'detaching')]))).toBe('vol-1.attach.1')
  })

  test('a snapshot is not missed once its copy is made, before that it is', () => {
    const both = (stage: Stage): Migration =>
      begun(DRAWN, ...taken(CUT, 'achieved', 'snap-vol-1'), ...taken(RESTORE, stage, COPY), ...PLACES.moving)
    const world = late([copyOf(LOGS, { state: 'creating' })])
    expect(missed(both('started'), world)).toBe('vol-1.snapshot.1')
    expect(missed(both('achieved'), late([copyOf(LOGS)]))).toBeNull()
  })
})

describe('a final snapshot that nobody finds', () => {
  const lost = taken(CUT, 'achieved', 'snap-vol-1')
  const doubted: EntryBody = { kind: 'doubted', why: 'a test' }
  const moving = (...said: readonly EntryBody[]): Migration => begun(DRAWN, ...lost, ...PLACES.moving, ...said)
  const failed: EntryBody = {
    ...{ kind: 'failed', effect: 'vol-1.snapshot.1', issued: null, code: 'Gone', problem: 'x', remedy: 'y' },
  }
  const second: EntryBody = { kind: 'intended', effects: [{ ...CUT, generation: 2 }] }

  test.each<[string, Migration, string | null]>([
    ['is missed', moving(), 'vol-1.snapshot.1'],
    ['is not missed while doubt is open: a later attempt may be lost', moving(doubted), null],
    ['is missed once somebody has looked behind the doubt', moving(doubted, { kind: 'looked' }), 'vol-1.snapshot.1'],
    ['is not missed where its volume is gone too', moving({ kind: 'gone', volumes: ['vol-1'] }), null],
    ['is missed where another volume is gone', moving({ kind: 'gone', volumes: ['vol-2'] }), 'vol-1.snapshot.1'],
    ['is not missed once a newer generation is intended', moving(second), null],
    ['is not missed twice', moving(failed), null],
  ])('%s', (_, m, then) => expect(missed(m)).toBe(then))
})

describe('the copy of a replica on its way home', () => {
  const [pair] = FILES.pairs
  if (!pair) throw new Error('the replica has a copy')
  const home: Subject = { of: 'side', move: FILES.id, side: 'home' }
  const away: Subject = { of: 'copyHome', move: FILES.id, volume: pair.copy.id }
  const back = { generation: 1, direction: 'back' } as const
  const at = { volumeId: pair.copy.id, instance: 'i-backup', device: '/dev/sdp' }
  const HOME: Effect = { ...back, subject: away, step: 'attach', ...at }
  const LEAVE: Effect = { ...back, subject: away, step: 'detach', ...at }
  const REUNITE: ReplicaEffect = { ...PROVE, ...back, subject: home, step: 'reunite', instances: ['i-backup'] }
  const ASK: ReplicaEffect = { ...PROVE, ...back, subject: home }
  const id = effectId(HOME)
  const goesHome = (stage: Stage, ...more: readonly EntryBody[]): Migration =>
    begun(DRAWN, FREEZING, ABORTING, ...taken(HOME, stage), ...more)
  const arrived = (where: readonly EntryBody[], effect: Effect = HOME, drawn: Plan = DRAWN): Migration =>
    begun(drawn, ...taken(effect, 'achieved'), ...where)
  const nowhere = late([seen({ volume: pair.copy }, { attachments: [] })])
  const asked = (...doubts: readonly string[]): EntryBody[] => [
    { kind: 'intended', effects: [ASK] },
    {
      ...{ kind: 'read', effect: effectId(ASK), doubts, leftKib: null, sync: null, isStalled: false },
      sourceRole: 'Primary',
    },
  ]
  const reunited = taken(REUNITE, 'achieved', 'c-1')

  test.each<[string, Migration, string | null]>([
    ['is missed in an abort', goesHome('achieved'), id],
    ['is missed in an abort as soon as its way has begun', goesHome('started'), id],
    ['is not missed before that', goesHome('issued'), null],
    ['is missed in the return of its service', arrived([FREEZING, LIVE, returned('files')]), id],
    ['is not missed in the return of another one', arrived([FREEZING, LIVE, returned('logs')]), null],
    ['is not missed while volumes move', arrived(PLACES.moving), null],
    ['is not missed once the abort is over', arrived(PLACES.aborted), null],
    ['is not missed once all is done', arrived([FREEZING, LIVE, returned('files'), { kind: 'done' }]), null],
    ['is missed until both hosts were asked', goesHome('achieved', ...reunited), id],
    ['is missed while they leave doubts', goesHome('achieved', ...reunited, ...asked('no quorum')), id],
    ['is missed where they were asked before they were reunited', goesHome('achieved', ...asked(), ...reunited), id],
    ['is people’s once they leave none', goesHome('achieved', ...reunited, ...asked()), null],
  ])('%s', (_, m, then) => expect(missed(m, nowhere)).toBe(then))

  test.each<[string, Migration, Facts]>([
    ['a detachment on the way home', arrived([FREEZING, ABORTING], LEAVE), late([seen({ volume: pair.copy })])],
    [
      'an attachment of a copy that has no backup server',
      arrived([FREEZING, ABORTING], { ...ATTACH, ...back }),
      late(),
    ],
    ['an attachment at the successor, on the way home', arrived([FREEZING, ABORTING], forwardAttach()), nowhere],
  ])('%s is not missed', (_, m, world) => expect(missed(m, world)).toBeNull())

  test('its attachment at the successor is missed while volumes move', () => {
    expect(missed(arrived(PLACES.moving, forwardAttach()), nowhere)).toBe(effectId(forwardAttach()))
  })

  function forwardAttach(): Effect {
    return { ...HOME, subject: ofCopy(FILES.id, at.volumeId), direction: 'forward', instance: 'i-files-next' } as Effect
  }
})
