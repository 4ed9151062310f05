// Names, not numbers: who speaks of an earlier entry names it, and what names another one than the one at hand says nothing.
import { describe, expect, test } from 'vitest'
import { mayCall } from '../../src/core/calling/may-call.ts'
import { approvalOf } from '../../src/core/journal/state.ts'
import type { Effect, EffectState } from '../../src/core/model/effects.ts'
import type { Entry, EntryBody } from '../../src/core/model/entries.ts'
import { ANSWER_WITHIN_MS, SHOWN_AFTER_MS } from '../../src/core/model/limits.ts'
import type { Migration } from '../../src/core/model/migration.ts'
import { ofMove, ofService } from '../../src/core/model/subjects.ts'
import { facts } from '../support/facts.ts'
import { entries, plan, planned } from '../support/plans.ts'
import { fitting, withoutRev } from './journals.ts'

const base = { generation: 1, direction: 'forward' } as const
const CUT: Effect = { ...base, subject: ofMove('vol-1'), step: 'snapshot', volumeId: 'vol-1', tags: {} }
const STOP: Effect = {
  ...{ ...base, subject: ofService('logs'), step: 'freeze', service: 'logs', instances: ['i-source'] },
  work: { method: 'manual', todo: [] },
}
const ID = 'vol-1.snapshot.1'
const why = { code: 'X', problem: 'p', remedy: 'r' }
const asked: EntryBody = { kind: 'asked', gate: 'start', basis: 'b', evidence: [], again: null }
const began: EntryBody = { kind: 'began' }
const freezing: EntryBody = { kind: 'freezing', freeze: 'mig-1-f1', services: ['logs'] }
/** `n4` intends both. */
const intended: EntryBody = { kind: 'intended', effects: [CUT, STOP] }
const issued: EntryBody = { kind: 'issued', effect: ID }
const failed: EntryBody = { kind: 'failed', effect: ID, issued: null, ...why }

const at = (...said: readonly EntryBody[]): Migration => fitting(entries(planned('mig-1', { plan: plan() }), ...said))
const open: readonly EntryBody[] = [began, freezing, intended, issued]

test.each<[string, readonly EntryBody[], EntryBody]>([
  ['approved, of another question', [asked], { kind: 'approved', asked: 'n9', gate: 'start', basis: 'b', by: 'U-2' }],
  [
    'approved, of the same asked before',
    [asked, asked],
    { kind: 'approved', asked: 'n2', gate: 'start', basis: 'b', by: 'U-2' },
  ],
  ['approved, while nothing is asked', [], { kind: 'approved', asked: 'n2', gate: 'start', basis: 'b', by: 'U-2' }],
  ['declined, of another question', [asked], { kind: 'declined', asked: 'n9', gate: 'start', by: 'U-2' }],
  ['declined, of the same asked before', [asked, asked], { kind: 'declined', asked: 'n2', gate: 'start', by: 'U-2' }],
  ['missing, of another question', [asked], { kind: 'missing', asked: 'n9', what: '' }],
  ['shown, of another question', [asked, { kind: 'missing', asked: 'n2', what: '' }], { kind: 'shown', asked: 'n9' }],
  ['notCalled, of another attempt', open, { kind: 'notCalled', effect: ID, issued: 'n9', why: '', retryMs: 5 }],
  [
    'notCalled, of the attempt before',
    [...open, issued],
    { kind: 'notCalled', effect: ID, issued: 'n5', why: '', retryMs: 5 },
  ],
  ['started, of another attempt', open, { kind: 'started', effect: ID, issued: 'n9', resource: 'snap-9' }],
  [
    'started, of the attempt before',
    [...open, issued],
    { kind: 'started', effect: ID, issued: 'n5', resource: 'snap-9' },
  ],
  ['failed, of another attempt', open, { kind: 'failed', effect: ID, issued: 'n9', ...why }],
  ['failed, of the attempt before', [...open, issued], { kind: 'failed', effect: ID, issued: 'n5', ...why }],
  [
    'confirmed, what another entry asked of hands, before the outage',
    [began, intended],
    { kind: 'confirmed', intended: 'n2', effects: ['service/logs.freeze.1'], by: 'U-2' },
  ],
  ['retried, of another failure', [...open, failed], { kind: 'retried', effect: ID, failed: 'n9', by: 'U-2' }],
  ['retried, of what has not failed', open, { kind: 'retried', effect: ID, failed: 'n9', by: 'U-2' }],
  [
    'retried, of the failure before',
    [...open, failed, { kind: 'retried', effect: ID, failed: 'n6', by: 'U-2' }],
    { kind: 'retried', effect: ID, failed: 'n6', by: 'U-2' },
  ],
])('%s: changes nothing', (_, before, said) => {
  expect(withoutRev(at(...before, said))).toEqual(withoutRev(at(...before)))
})

// outage.ts counts the wait for people of a confirmation whatever entry it names.
test('confirmed, what another entry asked of hands, within the outage: changes nothing', () => {
  const said: EntryBody = { kind: 'confirmed', intended: 'n3', effects: ['service/logs.freeze.1'], by: 'U-2' }
  expect(withoutRev(at(...open, said))).toEqual(withoutRev(at(...open)))
})

describe('the one at hand', () => {
  const state = (...said: readonly EntryBody[]): EffectState | undefined => at(...open, ...said).effects.get(ID)

  test('approved', () => {
    const m = at(asked, { kind: 'approved', asked: 'n2', gate: 'start', basis: 'b', by: 'U-2' })
    expect(approvalOf(m)).toEqual({ asked: 'n2', gate: 'start', basis: 'b', by: 'U-2', atMs: 3_000, rev: 3 })
  })

  test.each([
    ['by its name', 'n2'],
    ['by no name: before anything was asked, or by /migrate abort', null],
  ])('declined, %s', (_, name) => {
    const m = at(asked, { kind: 'declined', asked: name, gate: 'start', by: 'U-2' })
    expect(m).toMatchObject({ phase: 'aborted', asking: null, endedAtMs: 3_000 })
  })

  test('not called, started, failed', () => {
    const notCalled: EntryBody = { kind: 'notCalled', effect: ID, issued: 'n5', why: '', retryMs: 5 }
    expect(state(notCalled)).toMatchObject({ status: 'intended', notBeforeMs: 6_005 })
    const started: EntryBody = { kind: 'started', effect: ID, issued: 'n5', resource: 'snap-9' }
    expect(state(started)).toMatchObject({ status: 'started', resource: 'snap-9' })
    const refused: EntryBody = { kind: 'failed', effect: ID, issued: 'n5', ...why }
    expect(state(refused)).toMatchObject({ status: 'failed', failure: { ...why, nonce: 'n6' } })
  })

  test('an attempt is answered once', () => {
    const notCalled: EntryBody = { kind: 'notCalled', effect: ID, issued: 'n5', why: '', retryMs: 5 }
    const started: EntryBody = { kind: 'started', effect: ID, issued: 'n5', resource: 'snap-9' }
    expect(state(notCalled, started)).toMatchObject({ status: 'intended', resource: null })
    expect(state(started, notCalled)).toMatchObject({ status: 'started', resource: 'snap-9', notBeforeMs: 0 })
  })

  test('confirmed: of what is named only what that entry asked', () => {
    const stop = 'service/logs.freeze.1'
    const m = at(...open, { kind: 'confirmed', intended: 'n4', effects: [stop, 'service/db.freeze.1'], by: 'U-2' })
    expect(m.effects.get(stop)).toMatchObject({ status: 'achieved', confirmedBy: 'U-2' })
    expect(m.effects.size).toBe(2)
  })

  test('retried: a new generation, intended by that entry', () => {
    const m = at(...open, failed, { kind: 'retried', effect: ID, failed: 'n6', by: 'U-2' })
    expect(m.effects.get('vol-1.snapshot.2')).toMatchObject({ status: 'intended', intended: 'n7', attempts: [] })
  })
})

describe('772165: Redis came up without its last entries, and a sleeper woke', () => {
  const first = [planned('mig-1', { plan: plan() }), began, freezing, intended] as const
  /** Both are the fifth entry: the sleeper's, which was lost, and the one of who called in its place. */
  const fifth = (nonce: string): Entry[] =>
    entries(...first, issued).map((one) => (one.rev === 5 ? { ...one, nonce } : one))
  const sixth = (said: EntryBody): Entry => ({
    ...{ ...said, rev: 6, atMs: 6_000, nonce: 'n6' },
    ...{ runId: 'r1', replicationId: 'h1' },
  })
  const notCalled = (name: string): EntryBody => ({
    kind: 'notCalled',
    effect: ID,
    issued: name,
    why: 'slept',
    retryMs: 0,
  })
  const heard = (name: string): Migration => fitting([...fifth('caller'), sixth(notCalled(name))])

  test('what it says of the attempt that was lost opens the way for no second call', () => {
    const m = heard('sleeper')
    expect(withoutRev(m)).toEqual(withoutRev(fitting(fifth('caller'))))
    const state = m.effects.get(ID) as EffectState
    expect(state).toMatchObject({ status: 'issued', attempts: [{ nonce: 'caller', atMs: 5_000 }] })
    const soonMs = 5_000 + SHOWN_AFTER_MS - 1
    expect(mayCall(state, facts({ beganAtMs: soonMs }), soonMs + ANSWER_WITHIN_MS)).toBe(false)
  })

  test('what the caller says counts', () => {
    const state = heard('caller').effects.get(ID) as EffectState
    expect(state.status).toBe('intended')
    expect(mayCall(state, facts({ beganAtMs: 0 }), 6_000)).toBe(true)
  })
})
