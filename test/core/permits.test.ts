// Who may do what, and the sentence they get when they may not.
import { expect, test } from 'vitest'
import type { Said } from '../../src/core/entries.ts'
import { fold } from '../../src/core/fold.ts'
import type { Migration } from '../../src/core/migration.ts'
import {
  mayAbort,
  mayApprove,
  mayChoose,
  mayConfirm,
  mayDefer,
  mayPause,
  mayRetry,
  type Refusal,
} from '../../src/core/permits.ts'
import { entries, move, plan, planned, service } from '../support/plans.ts'

const LOGS = move({ id: 'vol-1', name: 'logs' })
const DROPBOX = move({ id: 'vol-2', name: 'dropbox' })
const TWO = plan([LOGS, DROPBOX], { services: [service('dropbox'), service('logs', { after: [] })] })

function at(...said: readonly Said[]): Migration {
  return fold(entries(planned('mig-1', { plan: TWO }), ...said)) as Migration
}
/** Both are opened by a start of the same instance. */
const onOneHost = fold(
  entries(
    planned('mig-1', {
      plan: plan([LOGS, DROPBOX], {
        services: ['dropbox', 'logs'].map((name) => service(name, { method: 'stop-instances' })),
      }),
    }),
  ),
) as Migration
const asked: Said = { kind: 'asked', gate: 'start', basis: 'b1', evidence: [] }
const approve = (over: object = {}) => ({ gate: 'start' as const, basis: 'b1', by: 'U-2', approvers: [], ...over })
const snapshot = { subject: 'vol-1', step: 'snapshot', generation: 1, volumeId: 'vol-1', tags: {} } as const
const hands = {
  subject: 'service/logs',
  step: 'freeze',
  generation: 1,
  service: 'logs',
  instances: ['i-1'],
  work: { method: 'manual', todo: [] },
} as const
const failure: Said = { kind: 'failed', effect: 'vol-1.snapshot.1', code: 'X', problem: 'p', remedy: 'r' }
const live: Said = { kind: 'wentLive', percents: {} }

test.each<[string, Refusal | null, string | null]>([
  ['approve: what is asked, by another', mayApprove(at(asked), approve()), null],
  [
    'approve: by the person who asked',
    mayApprove(at(asked), approve({ by: 'U-asker' })),
    'someone else has to approve',
  ],
  ['approve: by nobody on the list', mayApprove(at(asked), approve({ approvers: ['U-9'] })), 'Only <@U-9> may do this'],
  ['approve: by somebody on the list', mayApprove(at(asked), approve({ approvers: ['U-2'] })), null],
  ['approve: a gate that is not asked', mayApprove(at(), approve()), 'does not ask for start now'],
  ['approve: an older basis', mayApprove(at(asked), approve({ basis: 'b0' })), 'has changed since'],
  [
    'approve: twice',
    mayApprove(at(asked, { kind: 'approved', gate: 'start', basis: 'b1', by: 'U-3' }), approve()),
    'Already approved by <@U-3>',
  ],
  ['confirm: work that is asked', mayConfirm(at({ kind: 'intended', effects: [hands] }), 2), null],
  ['confirm: work nobody asked', mayConfirm(at(), 2), 'not asked for any more'],
  [
    'confirm: twice',
    mayConfirm(
      at({ kind: 'intended', effects: [hands] }, { kind: 'confirmed', effects: ['service/logs.freeze.1'], by: 'U-3' }),
      2,
    ),
    'Already confirmed by <@U-3>',
  ],
  [
    'confirm: a freeze while going back',
    mayConfirm(at({ kind: 'intended', effects: [hands] }, { kind: 'aborting', by: 'U-2', reason: 'x' }), 2),
    'not asked for any more',
  ],
  [
    'defer: a required service, with a reason',
    mayDefer(at(), { service: 'dropbox', reason: 'deprecated', by: 'U-2', approvers: [] }),
    null,
  ],
  [
    'defer: an unknown one names those there are',
    mayDefer(at(), { service: 'mail', reason: 'x', by: 'U-2', approvers: [] }),
    'it has dropbox, logs',
  ],
  ['defer: without a reason', mayDefer(at(), { service: 'dropbox', reason: ' ', by: 'U-2', approvers: [] }), 'Say why'],
  [
    'defer: twice',
    mayDefer(at({ kind: 'deferred', service: 'dropbox', by: 'U-2', reason: 'x' }), {
      service: 'dropbox',
      reason: 'x',
      by: 'U-2',
      approvers: [],
    }),
    'deferred already',
  ],
  [
    'defer: what starts with a required one',
    mayDefer(onOneHost, { service: 'dropbox', reason: 'x', by: 'U-2', approvers: [] }),
    'start for both',
  ],
  [
    'defer: the last required one',
    mayDefer(at({ kind: 'deferred', service: 'dropbox', by: 'U-2', reason: 'x' }), {
      service: 'logs',
      reason: 'x',
      by: 'U-2',
      approvers: [],
    }),
    'last required service',
  ],
  [
    'defer: after the point of no return',
    mayDefer(at(live), { service: 'dropbox', reason: 'x', by: 'U-2', approvers: [] }),
    'too late',
  ],
  [
    'defer: by nobody on the list',
    mayDefer(at(), { service: 'dropbox', reason: 'x', by: 'U-2', approvers: ['U-9'] }),
    'Only <@U-9>',
  ],
  [
    'choose: a volume of the plan',
    mayChoose(at(), {
      by: 'U-2',
      approvers: [],
      choice: { volume: 'vol-1', service: 'logs', route: 'stay', need: 'required' },
    }),
    null,
  ],
  [
    'choose: another volume',
    mayChoose(at(), {
      by: 'U-2',
      approvers: [],
      choice: { volume: 'vol-9', service: 'logs', route: 'stay', need: 'required' },
    }),
    'no volume of this plan',
  ],
  [
    'choose: one that moves already',
    mayChoose(at({ kind: 'intended', effects: [snapshot] }), {
      by: 'U-2',
      approvers: [],
      choice: { volume: 'vol-1', service: 'logs', route: 'stay', need: 'required' },
    }),
    'being moved already',
  ],
  [
    'choose: after the point of no return',
    mayChoose(at(live), {
      by: 'U-2',
      approvers: [],
      choice: { volume: 'vol-1', service: 'logs', route: 'stay', need: 'required' },
    }),
    'its plan stands',
  ],
  ['retry: by id', mayRetry(at({ kind: 'intended', effects: [snapshot] }, failure), 'vol-1.snapshot.1'), null],
  ['retry: by name', mayRetry(at({ kind: 'intended', effects: [snapshot] }, failure), 'logs'), null],
  ['retry: what has not failed', mayRetry(at({ kind: 'intended', effects: [snapshot] }), 'logs'), 'nothing to retry'],
  [
    'retry: twice',
    mayRetry(
      at({ kind: 'intended', effects: [snapshot] }, failure, {
        kind: 'retried',
        effect: 'vol-1.snapshot.1',
        by: 'U-2',
      }),
      'vol-1.snapshot.1',
    ),
    'tried again already',
  ],
  ['pause', mayPause(at(), true), null],
  ['pause: twice', mayPause(at({ kind: 'paused', by: 'U-2' }), true), 'paused already'],
  ['resume: what is not paused', mayPause(at(), false), 'not paused'],
  [
    'pause: on the way back',
    mayPause(at({ kind: 'aborting', by: 'U-2', reason: 'x' }), true),
    'nothing should hold up',
  ],
  ['pause: when it is over', mayPause(at({ kind: 'done' }), true), 'is done'],
  ['abort: before the point of no return', mayAbort(at({ kind: 'began' }), 'running'), null],
  ['abort: twice', mayAbort(at({ kind: 'aborting', by: 'U-2', reason: 'x' }), 'running'), 'on its way back already'],
  ['abort: after it, with the way back by service', mayAbort(at(live), 'running'), 'The way back of dropbox, logs'],
  ['abort: when it is over', mayAbort(at({ kind: 'aborted' }), 'running'), 'nothing to abort'],
  ['decline: before anything was touched', mayAbort(at(asked), 'planned'), null],
  ['decline: after it began', mayAbort(at({ kind: 'began' }), 'planned'), '/migrate abort brings it back'],
])('%s', (_, refusal, sentence) => {
  if (sentence === null) expect(refusal).toBeNull()
  else expect(refusal?.refusal).toContain(sentence)
})
