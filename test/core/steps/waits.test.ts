// What is waited for: the words of every reason, which reason an effect has, and in which order people read them.

import { expect, test } from 'vitest'
import { type Effect, type EffectState, effectId } from '../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import { ofMove, ofService } from '../../../src/core/model/subjects.ts'
import { mention } from '../../../src/core/model/text.ts'
import {
  approvalWait,
  redWaits,
  replicaWaits,
  sortWaits,
  type Wait,
  waitOn,
  waitsOn,
} from '../../../src/core/steps/waits.ts'
import { waitWords } from '../../../src/core/telling/wait-words.ts'
import { facts, snapshotOf } from '../../support/facts.ts'
import { entries, move, plan, planned, replicaMove, service } from '../../support/plans.ts'
import { fitting } from '../journals.ts'

const of = { name: 'logs', urgency: 1_000 }

test.each<[Wait, string]>([
  [{ on: 'halt', why: 'entry 4 (done) does not fit' }, 'people to decide: entry 4 (done) does not fit'],
  [{ on: 'route', names: ['cache', 'spool'] }, 'a route for cache, spool'],
  [{ on: 'check', name: 'zones', remedy: 'name another one' }, 'zones: name another one'],
  [
    { on: 'doubt', untilMs: Date.UTC(2026, 6, 10, 6, 48, 59) },
    'EC2 to show what the journal may have lost: until 06:48 UTC it is only looked',
  ],
  [{ on: 'resume' }, 'someone to resume it: /migrate resume'],
  [{ on: 'approval', gate: 'goLive', asker: 'U-1' }, `approval of going live by someone other than ${mention('U-1')}`],
  [{ on: 'look', what: 'what goLive rests on' }, 'the next look at EC2: what goLive rests on'],
  [
    { on: 'freezeGone', service: 'logs' },
    'the freeze of logs: its tag does not stand on every volume. Once that is sure, it is written again, or before the point of no return its freeze is asked for again',
  ],
  [{ on: 'service', service: 'logs', before: 'the freeze of db' }, 'logs: the freeze of db comes first'],
  [{ on: 'gone', name: 'logs' }, 'logs, which was deleted in EC2 since the plan: restore it, or defer its service'],
  [{ on: 'replica', name: 'files', reading: '10 KiB left' }, 'files: 10 KiB left'],
  [
    { on: 'olderSnapshot', name: 'logs', resource: 'snap-1' },
    'logs: its older snapshot snap-1 first, since this type of volume takes one at a time',
  ],
  [{ on: 'hands', ...of, step: 'freeze' }, 'someone to say that freeze of logs is done'],
  [
    { on: 'retry', ...of, step: 'attach', code: 'VolumeInUse', remedy: 'detach it there, then retry' },
    'logs: attach failed (VolumeInUse); detach it there, then retry',
  ],
  [{ on: 'answer', ...of, step: 'snapshot' }, 'logs: snapshot, which EC2 has not confirmed yet; it is looked for'],
  [
    { on: 'hindrance', ...of, step: 'restore', code: 'Busy', remedy: 'wait', sinceMs: 3_723_000, isKnown: true },
    'logs: restore, to which AWS answers Busy since 1970-01-01 01:02 UTC (wait)',
  ],
  [
    { on: 'hindrance', ...of, step: 'restore', code: 'Busy', remedy: 'wait', sinceMs: 3_723_000, isKnown: false },
    'logs: restore, to which AWS answers Busy since 1970-01-01 01:02 UTC (wait); whether it was done all the same is looked for',
  ],
  [{ on: 'snapshot', ...of, step: 'snapshot', resource: 'snap-1', percent: 43 }, 'logs: its final snapshot, 43%'],
  [{ on: 'call', ...of, step: 'attach' }, 'logs: attach'],
])('%j reads: %s', (wait, words) => expect(waitWords(wait)).toBe(words))

const LOGS = move({ id: 'vol-1', name: 'logs' })
const DROPBOX = move({ id: 'vol-2', name: 'dropbox' })
const FILES = replicaMove()
const DRAWN = plan([LOGS, DROPBOX, FILES], {
  services: [service('dropbox', { need: 'deferrable' }), service('files'), service('logs')],
})
const forward = { generation: 1, direction: 'forward' } as const
const cut = (id: string): Effect => ({ ...forward, subject: ofMove(id), step: 'snapshot', volumeId: id, tags: {} })
const hands: Effect = {
  ...{ ...forward, subject: ofService('logs'), step: 'freeze', service: 'logs', instances: ['i'] },
  work: { method: 'manual', todo: [] },
}
const demote: Effect = {
  ...{ ...forward, subject: ofMove(FILES.id), step: 'demote', service: 'files', resource: 'files' },
  ...{ instances: ['i-files'], document: 'zonehop-replica-demote' },
}
const left: Effect = {
  ...{ ...forward, subject: { of: 'mark', mark: 'left', part: 1 }, step: 'tag' },
  ...{ resources: ['vol-1'], tags: { 'zonehop:left': 'mig-1' }, removed: [] },
}
const at = (...said: readonly EntryBody[]): Migration =>
  fitting(
    entries(
      ...[planned('mig-1', { plan: DRAWN }), { kind: 'began' } as const],
      ...[{ kind: 'freezing', freeze: 'mig-1-f1', services: ['logs', 'dropbox', 'files'] } as const, ...said],
    ),
  )
const issued: EntryBody = { kind: 'issued', effect: 'vol-1.snapshot.1' }
const started: EntryBody = { kind: 'started', effect: 'vol-1.snapshot.1', issued: 'n5', resource: 'snap-vol-1' }
const failed: EntryBody = {
  kind: 'failed',
  effect: 'vol-1.snapshot.1',
  issued: null,
  code: 'X',
  problem: 'p',
  remedy: 'r',
}
const pending = facts({ snapshots: [snapshotOf(LOGS, { state: 'pending', percent: 43 })] })
const base = { name: 'logs', step: 'snapshot' }

test.each<[string, Effect, readonly EntryBody[], Wait]>([
  ['not called yet', cut('vol-1'), [], { on: 'call', ...base, urgency: 1_100 } as Wait],
  ['called, and no answer', cut('vol-1'), [issued], { on: 'answer', ...base, urgency: 1_100 } as Wait],
  [
    'begun: with its percent, the slowest foremost',
    cut('vol-1'),
    [issued, started],
    { on: 'snapshot', ...base, resource: 'snap-vol-1', percent: 43, urgency: 1_043 } as Wait,
  ],
  [
    'failed: before all of it',
    cut('vol-1'),
    [issued, failed],
    { on: 'retry', ...base, urgency: 0, code: 'X', remedy: 'r' } as Wait,
  ],
  ['of what can wait: behind it', cut('vol-2'), [], { on: 'call', name: 'dropbox', step: 'snapshot', urgency: 2_100 }],
  ['of hands', hands, [], { on: 'hands', name: 'logs', step: 'freeze', urgency: 1_100 }],
  [
    'begun, and EC2 does not show it: no percent is known',
    cut('vol-1'),
    [issued, { ...started, resource: 'snap-9' }],
    { on: 'call', ...base, urgency: 1_100 } as Wait,
  ],
  [
    'of what an approver deferred: likewise',
    cut('vol-1'),
    [{ kind: 'deferred', service: 'logs', by: 'U-2', reason: 'it can wait' }],
    { on: 'call', ...base, urgency: 2_100 } as Wait,
  ],
  [
    'of hosts that run a document',
    { ...hands, work: { method: 'document', document: 'zonehop-freeze' } } as Effect,
    [],
    { on: 'call', name: 'logs', step: 'freeze', urgency: 1_100 },
  ],
  ['of a replica', demote, [], { on: 'call', name: 'files', step: 'demote', urgency: 1_100 }],
  [
    'of marks, which are of no service: by their own name',
    left,
    [],
    { on: 'call', name: 'left-1', step: 'tag', urgency: 1_100 },
  ],
])('%s', (_, effect, said, wait) => {
  const m = at({ kind: 'intended', effects: [effect] }, ...said)
  expect(waitOn(m, m.effects.get(effectId(effect)) as EffectState, pending)).toEqual(wait)
  expect(waitsOn(m, [effect], pending)).toEqual([wait])
})

test('what is achieved, or was never intended, is not waited for', () => {
  const seen: EntryBody = { kind: 'seen', started: [], achieved: ['vol-1.snapshot.1'] }
  expect(
    waitsOn(at({ kind: 'intended', effects: [cut('vol-1')] }, seen), [cut('vol-1'), cut('vol-2')], facts()),
  ).toEqual([])
})

test('a plan that is not red waits for nothing, whatever it cautions', () => {
  const cautious = plan([LOGS], { checks: [{ name: 'keys', result: 'yellow', cause: 'c', remedy: 'look' }] })
  expect(redWaits(fitting(entries(planned('mig-1', { plan: cautious }))))).toEqual([])
})

test('a red plan: what has no route, then what is red', () => {
  const red = plan([LOGS], {
    uncovered: [{ volume: 'vol-9', name: 'cache', sizeGib: 1, instance: null, device: null }],
    checks: [
      { name: 'zones', result: 'red', cause: 'c', remedy: 'name another one' },
      { name: 'keys', result: 'yellow', cause: 'c', remedy: 'look' },
    ],
  })
  expect(redWaits(fitting(entries(planned('mig-1', { plan: red }))))).toEqual([
    { on: 'route', names: ['cache'] },
    { on: 'check', name: 'zones', remedy: 'name another one' },
  ])
})

test('a replica whose last answer leaves doubts is waited for', () => {
  const prove: Effect = {
    ...{ ...forward, subject: ofMove(FILES.id), step: 'prove', service: 'files', resource: 'files' },
    ...{ instances: ['i-files', 'i-backup'], document: 'zonehop-replica-status' },
  }
  const read = (doubts: readonly string[]): EntryBody => ({
    ...{ kind: 'read', effect: effectId(prove), doubts, leftKib: null, sync: null, isStalled: false },
    sourceRole: 'Primary',
  })
  const waits = (...said: readonly EntryBody[]): Wait[] => replicaWaits(at(...said), ({ id }) => ofMove(id))
  const asked: EntryBody = { kind: 'intended', effects: [prove] }
  expect(waits(asked)).toEqual([])
  expect(waits(asked, read([]))).toEqual([])
  expect(waits(asked, read(['no quorum on the source'])).map(({ on }) => on)).toEqual(['replica'])
  expect(waits(asked, read(['no quorum on the source'])).map(waitWords)[0]).toContain('no quorum on the source')
})

test('an approval is waited for from anybody but who asked; a cleanup has its own', () => {
  expect(approvalWait(at(), 'freeze')).toEqual({ on: 'approval', gate: 'freeze', asker: 'U-asker' })
  const done: readonly EntryBody[] = [
    { kind: 'wentLive', percents: {} },
    { kind: 'done' },
    { kind: 'cleaning', by: 'U-7' },
  ]
  expect(approvalWait(at(...done), 'cleanup')).toEqual({ on: 'approval', gate: 'cleanup', asker: 'U-7' })
  expect(approvalWait(at(...done), 'freeze').on === 'approval' && approvalWait(at(...done), 'freeze')).toMatchObject({
    asker: 'U-asker',
  })
})

test('in this order, whatever the order in which they were found', () => {
  const call = (name: string, urgency: number): Wait => ({ on: 'call', name, step: 'attach', urgency })
  const sorted: readonly Wait[] = [
    { on: 'halt', why: '' },
    { on: 'route', names: [] },
    { on: 'check', name: '', remedy: '' },
    { on: 'doubt', untilMs: 0 },
    { on: 'resume' },
    { on: 'approval', gate: 'freeze', asker: '' },
    { on: 'freezeGone', service: '' },
    { on: 'gone', name: '' },
    { on: 'hands', name: '', step: 'freeze', urgency: 2_100 },
    { on: 'replica', name: '', reading: '' },
    { on: 'retry', name: '', step: 'attach', urgency: 0, code: '', remedy: '' },
    { on: 'look', what: '' },
    { on: 'snapshot', name: 'slow', step: 'snapshot', urgency: 1_001, resource: '', percent: 1 },
    { on: 'snapshot', name: 'quick', step: 'snapshot', urgency: 1_099, resource: '', percent: 99 },
    call('of the outage', 1_100),
    call('of what can wait', 2_100),
  ]
  expect(sortWaits(sorted.toReversed())).toEqual(sorted)
  expect(sortWaits([...sorted.slice(7), ...sorted.slice(0, 7)])).toEqual(sorted)
})

test('what is alike keeps the order in which it was found', () => {
  const alike: readonly Wait[] = ['b', 'a', 'c'].map((name) => ({ on: 'gone', name }))
  expect(sortWaits(alike)).toEqual(alike)
})
