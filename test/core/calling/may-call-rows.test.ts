// Which effects a migration issues as it stands, when a call may be repeated, and what doubt keeps back.
import { describe, expect, test } from 'vitest'
import { isCleanup, isDoubtful, mayCall, mayIssue } from '../../../src/core/calling/may-call.ts'
import { type Effect, type EffectState, effectId } from '../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import { SHOWN_AFTER_MS } from '../../../src/core/model/limits.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import { ofCopy, ofMove, ofResource, ofService } from '../../../src/core/model/subjects.ts'
import { facts } from '../../support/facts.ts'
import { move, plan, replicaMove, service } from '../../support/plans.ts'
import { folded } from '../journals.ts'
import { stateIn, taken } from '../seeing/stages.ts'

const DRAWN = plan([move({ id: 'vol-1', name: 'logs' }), move({ id: 'vol-2', name: 'dropbox' }), replicaMove()], {
  services: [service('dropbox', { need: 'deferrable' }), service('files'), service('logs')],
})
const at = (...said: readonly EntryBody[]): Migration => folded(DRAWN, ...said)

const began: EntryBody = { kind: 'began' }
const freezing: EntryBody = { kind: 'freezing', freeze: 'mig-1-f1', services: ['dropbox', 'files', 'logs'] }
const wentLive: EntryBody = { kind: 'wentLive', percents: {} }
const done: EntryBody = { kind: 'done' }
const aborting: EntryBody = { kind: 'aborting', by: 'U-2', reason: 'a test' }
const aborted: EntryBody = { kind: 'aborted' }
const paused: EntryBody = { kind: 'paused', by: 'U-2' }
const halted: EntryBody = { kind: 'halted', why: 'a rival' }
const doubted: EntryBody = { kind: 'doubted', why: 'a test' }
const looked: EntryBody = { kind: 'looked' }
const cleaning: EntryBody = { kind: 'cleaning', by: 'U-2' }
const returned: EntryBody = { kind: 'returned', service: 'dropbox', by: 'U-2', reason: 'a test' }
const intends = (...effects: readonly Effect[]): EntryBody => ({ kind: 'intended', effects })

const forward = { generation: 1, direction: 'forward' } as const
const CUT: Effect = { ...forward, subject: ofMove('vol-1'), step: 'snapshot', volumeId: 'vol-1', tags: {} }
const CUT_DROPBOX: Effect = { ...CUT, subject: ofMove('vol-2'), volumeId: 'vol-2' }
const MARK: Effect = {
  ...{ ...forward, subject: { of: 'mark', mark: 'left', part: 1 }, step: 'tag' },
  ...{ resources: ['vol-1', 'vol-2'], tags: {}, removed: [] },
}
const MARK_BACK: Effect = {
  ...MARK,
  subject: { of: 'mark', mark: 'returned-left-dropbox', part: 1 },
  direction: 'back',
}
const hosts = (step: 'freeze' | 'unfreeze' | 'open', name: string): Effect => ({
  ...{ generation: 1, direction: step === 'unfreeze' ? 'back' : 'forward', subject: ofService(name), step },
  ...{ service: name, instances: ['i'], work: { method: 'start-instances' } },
})
const DELETE: Effect = { ...forward, subject: ofResource('vol-1'), step: 'delete', resource: 'vol-1' }
const DETACH_SOURCE: Effect = {
  ...{ ...forward, subject: ofResource('vol-1'), step: 'detachSource' },
  ...{ volumeId: 'vol-1', instance: 'i', device: 'd' },
}
const FIRST: Effect = { ...CUT, subject: ofCopy('vol-1', 'vol-copy'), step: 'firstSnapshot', volumeId: 'vol-copy' }

describe('issued, as the migration stands', () => {
  const LIVE = [began, freezing, wentLive]
  const DONE = [...LIVE, done, cleaning]
  const ABORTED = [began, aborting, aborted, cleaning]
  const clears = (...resources: readonly string[]): EntryBody => ({ kind: 'clearing', resources })
  const kept: EntryBody = { kind: 'kept', resources: [{ id: 'vol-1', name: 'logs', why: 'in use' }] }
  const UNFREEZE = hosts('unfreeze', 'logs')
  const OPEN_DROPBOX = hosts('open', 'dropbox')

  /** What the journal says, where it takes the effect in: anything may be intended from `began` on. */
  test.each<[string, readonly EntryBody[], Effect, boolean]>([
    ['seeding: a step forward', [began], CUT, true],
    ['seeding: no step back', [began], UNFREEZE, false],
    ['frozen: a step forward', [began, freezing], MARK, true],
    ['frozen: no step back', [began, freezing], UNFREEZE, false],
    ['moving: a step forward', [began, freezing, intends(CUT_DROPBOX)], CUT, true],
    ['moving: no step back', [began, freezing, intends(CUT_DROPBOX)], UNFREEZE, false],
    ['live: a step forward', LIVE, CUT, true],
    ['live: no step back while nothing was given back', LIVE, UNFREEZE, false],
    ['live: no marks of the way back while nothing was given back', LIVE, MARK_BACK, false],
    ['live: no step forward of what was given back', [...LIVE, returned], CUT_DROPBOX, false],
    ['live: no opening of what was given back', [...LIVE, intends(OPEN_DROPBOX), returned], OPEN_DROPBOX, false],
    ['live: an opening beside what was given back', [...LIVE, returned], hosts('open', 'files'), true],
    ['live: a step back of what was given back', [...LIVE, returned], hosts('unfreeze', 'dropbox'), true],
    ['live: a step forward beside what was given back', [...LIVE, returned], CUT, true],
    ['live: no step back beside what was given back', [...LIVE, returned], UNFREEZE, false],
    ['live: marks forward beside what was given back', [...LIVE, returned], MARK, true],
    ['live: marks back of what was given back', [...LIVE, returned], MARK_BACK, true],
    ['aborting: a step back', [began, aborting], UNFREEZE, true],
    ['aborting: no step forward', [began, aborting], CUT, false],
    ['paused: nothing', [began, paused], CUT, false],
    ['halted: nothing', [began, intends(CUT), halted], CUT, false],
    ['a cleanup: what was agreed to', [...DONE, clears('vol-1')], DELETE, true],
    ['a cleanup: it is taken off first', [...DONE, clears('vol-1')], DETACH_SOURCE, true],
    ['a cleanup: not what was not agreed to', [...DONE, clears('vol-2')], DELETE, false],
    ['a cleanup: not what was kept after all', [...DONE, clears('vol-1'), kept], DELETE, false],
    ['a cleanup: nothing before anybody agreed', DONE, DELETE, false],
    ['a cleanup: nothing once it is over', [...DONE, clears('vol-1'), { kind: 'cleaned' }], DELETE, false],
    ['a cleanup: nothing while nobody asked for one', [...LIVE, done], DELETE, false],
    ['a cleanup: what protects a copy, before anybody agreed', DONE, FIRST, true],
    ['a cleanup: no more of that once somebody agreed', [...DONE, clears('vol-1')], FIRST, false],
    ['a cleanup after an abort: no copy needs protection', ABORTED, FIRST, false],
    ['a cleanup after an abort: what was agreed to', [...ABORTED, clears('vol-1')], DELETE, true],
    ['a cleanup: no snapshot of a move, which was never agreed to', [...DONE, clears('vol-1')], CUT, false],
  ])('%s', (_, said, effect, may) => {
    const known = said.some((one) => one.kind === 'intended' && one.effects.includes(effect))
    const m = known ? at(...said) : at(...said, intends(effect))
    expect(mayIssue(m, stateIn(m, effect))).toBe(may)
  })

  test.each<['intended' | 'issued' | 'started' | 'achieved', boolean]>([
    ['intended', true],
    ['issued', true],
    ['started', false],
    ['achieved', false],
  ])('an effect that is %s: %s', (stage, may) => {
    const said = taken(CUT, stage, 'snap-1').map((one) => (one.kind === 'started' ? { ...one, issued: 'n4' } : one))
    const m = at(began, ...said)
    expect(stateIn(m, CUT).status).toBe(stage)
    expect(mayIssue(m, stateIn(m, CUT))).toBe(may)
  })

  test('marks of an older generation would go on volumes that have others by now; older snapshots harm nobody', () => {
    const newer = { ...MARK, generation: 2 }
    const m = at(began, intends(MARK), intends(newer), intends(CUT), intends({ ...CUT, generation: 2 }))
    expect([MARK, newer, CUT].map((effect) => mayIssue(m, stateIn(m, effect)))).toEqual([false, true, true])
  })

  test('whether it is a cleanup’s: only while one lasts, and of its phase', () => {
    const agreed = at(...DONE, clears('vol-1'))
    expect([DELETE, DETACH_SOURCE, FIRST, CUT].map((effect) => isCleanup(agreed, effect))).toEqual([
      true,
      true,
      false,
      false,
    ])
    expect([DELETE, FIRST].map((effect) => isCleanup(at(...DONE), effect))).toEqual([false, true])
    expect([DELETE, FIRST].map((effect) => isCleanup(at(...LIVE, done), effect))).toEqual([false, false])
    expect(isCleanup(at(...ABORTED), FIRST)).toBe(false)
  })
})

/** Issued as the fourth entry, at 4 s; what is not seen may be called again at the later of these times. */
describe('called again without an answer', () => {
  const ISSUED_MS = 4_000
  const command: Effect = {
    ...{ ...forward, subject: ofMove('replica/files'), step: 'demote', service: 'files', resource: 'files' },
    ...{ instances: ['i'], document: 'zonehop-replica-demote' },
  }
  const restore: Effect = { ...forward, subject: ofMove('vol-1'), step: 'restore', snapshotId: 's', zone: 'z' }
  const place = { volumeId: 'v', instance: 'i', device: 'd' }
  const attach: Effect = { ...forward, subject: ofMove('vol-1'), step: 'attach', ...place }
  const checkCopy: Effect = { ...attach, step: 'checkCopy', deleteOnTermination: false }
  const issued = (effect: Effect): EffectState => {
    const m = at(began, intends(effect), { kind: 'issued', effect: effectId(effect) })
    return stateIn(m, effect)
  }

  test.each<[string, Effect]>([
    ['a volume, by its token', restore],
    ['tags, which are the same then', MARK],
    ['an attribute, which is the same then', checkCopy],
    ['instances, by their states', hosts('open', 'logs')],
  ])('%s: once its first caller cannot be at it any more', (_, effect) => {
    expect(mayCall(issued(effect), facts({ beganAtMs: 0 }), ISSUED_MS + 14_999)).toBe(false)
    expect(mayCall(issued(effect), facts({ beganAtMs: 0 }), ISSUED_MS + 15_000)).toBe(true)
  })

  test.each<[string, Effect]>([
    ['a snapshot', CUT],
    ['an attachment', attach],
    ['a detachment', DETACH_SOURCE],
    ['a deletion', { ...DELETE, subject: ofMove('vol-1') }],
    ['a document', command],
  ])('%s: only on a look that began when EC2 must have shown it', (_, effect) => {
    const lateMs = 9 * SHOWN_AFTER_MS
    expect(mayCall(issued(effect), facts({ beganAtMs: ISSUED_MS + SHOWN_AFTER_MS - 1 }), lateMs)).toBe(false)
    expect(mayCall(issued(effect), facts({ beganAtMs: ISSUED_MS + SHOWN_AFTER_MS }), lateMs)).toBe(true)
  })

  test.each<EffectState['status']>(['started', 'achieved', 'failed'])('not what is %s', (status) => {
    expect(mayCall({ ...issued(CUT), status }, facts(), 9 * SHOWN_AFTER_MS)).toBe(false)
  })

  test('what is issued without any attempt that the journal knows is not called', () => {
    expect(mayCall({ ...issued(MARK), attempts: [] }, facts(), 9 * SHOWN_AFTER_MS)).toBe(false)
  })

  test('the work of a person is never called', () => {
    const hands: Effect = { ...hosts('open', 'logs'), work: { method: 'manual', todo: [] } } as Effect
    expect(mayCall(issued(hands), facts(), 9 * SHOWN_AFTER_MS)).toBe(false)
  })
})

describe('kept back by doubt', () => {
  const restore: Effect = { ...forward, subject: ofMove('vol-1'), step: 'restore', snapshotId: 's', zone: 'z' }
  const OPEN = [began, freezing, doubted]
  test.each<[string, readonly EntryBody[], Effect, boolean]>([
    ['a snapshot, which has no token', OPEN, CUT, true],
    ['a volume, which has one', OPEN, restore, false],
    ['tags', OPEN, MARK, false],
    ['instances that start', OPEN, hosts('open', 'logs'), false],
    ['a freeze, which a lost abort may have undone', OPEN, hosts('freeze', 'logs'), true],
    ['a step back', OPEN, MARK_BACK, true],
    ['anything at all on the way back', [began, freezing, aborting, doubted], restore, true],
    ['a snapshot, where there never was any doubt', [began, freezing], CUT, false],
    ['a snapshot, once somebody has looked', [...OPEN, looked], CUT, false],
    ['a step back, once somebody has looked', [began, aborting, doubted, looked], MARK_BACK, false],
  ])('%s', (_, said, effect, is) => {
    expect(isDoubtful(at(...said), effect)).toBe(is)
  })
})
