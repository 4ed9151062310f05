// Who may do what, and the sentence they get when they may not.

import { expect, test } from 'vitest'
import {
  mayAbort,
  mayApprove,
  mayChoose,
  mayConfirm,
  mayDefer,
  mayPause,
  mayRetry,
  maySkip,
  type Refusal,
} from '../../../src/core/asking/permits.ts'
import { fold } from '../../../src/core/journal/fold.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import { ofMove, ofService } from '../../../src/core/model/subjects.ts'
import { mention } from '../../../src/core/model/text.ts'
import { entries, move, plan, planned, service } from '../../support/plans.ts'

const LOGS = move({ id: 'vol-1', name: 'logs' })
const DROPBOX = move({ id: 'vol-2', name: 'dropbox' })
const TWO = plan([LOGS, DROPBOX], { services: [service('dropbox'), service('logs', { after: [] })] })

function at(...said: readonly EntryBody[]): Migration {
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
const asked: EntryBody = { kind: 'asked', gate: 'start', basis: 'b1', evidence: [], again: null }
const approve = (over: object = {}) => ({ gate: 'start' as const, asked: 'n2', by: 'U-2', ...over })
const forward = { generation: 1, direction: 'forward' } as const
const snapshot = { ...forward, subject: ofMove('vol-1'), step: 'snapshot', volumeId: 'vol-1', tags: {} } as const
const hands = {
  ...forward,
  subject: ofService('logs'),
  step: 'freeze',
  service: 'logs',
  instances: ['i-1'],
  work: { method: 'manual', todo: [] },
} as const
const failure: EntryBody = {
  ...{ kind: 'failed', effect: 'vol-1.snapshot.1', issued: null },
  ...{ code: 'X', problem: 'p', remedy: 'r' },
}
const freezing: EntryBody = { kind: 'freezing', freeze: 'mig-1-f1', services: ['dropbox', 'logs'] }
const live: EntryBody = { kind: 'wentLive', percents: {} }
const began: EntryBody = { kind: 'began' }
const aborting: EntryBody = { kind: 'aborting', by: 'U-2', reason: 'x' }
const confirmed: EntryBody = { kind: 'confirmed', intended: 'n3', effects: ['service/logs.freeze.1'], by: 'U-3' }
/** The third entry. */
const asksHands: EntryBody = { kind: 'intended', effects: [hands] }
const cuts: EntryBody = { kind: 'intended', effects: [snapshot] }

test.each<[string, Refusal | null, string | null]>([
  ['approve: what is asked, by another', mayApprove(at(asked), approve()), null],
  [
    'approve: by the person who asked',
    mayApprove(at(asked), approve({ by: 'U-asker' })),
    'someone else has to approve',
  ],
  [
    'approve: a gate that is not asked',
    mayApprove(at(asked, { kind: 'withdrew', gate: 'start', why: 'red' }), approve()),
    'does not ask for start now',
  ],
  ['approve: what this journal never asked', mayApprove(at(), approve()), 'never asked as far as the journal knows'],
  ['approve: an older question', mayApprove(at(asked, { ...asked, basis: 'b2' }), approve()), 'has changed since'],
  ['approve: the same asked anew', mayApprove(at(asked, asked), approve()), 'has changed since'],
  [
    'approve: while paused',
    mayApprove(at(asked, { kind: 'paused', by: 'U-2' }), approve()),
    'is paused and asks nothing',
  ],
  [
    'approve: twice',
    mayApprove(at(asked, { kind: 'approved', asked: 'n2', gate: 'start', basis: 'b1', by: 'U-3' }), approve()),
    `Already approved by ${mention('U-3')}`,
  ],
  ['confirm: work that is asked', mayConfirm(at(began, asksHands), 'n3'), null],
  ['confirm: work nobody asked', mayConfirm(at(began), 'n3'), 'not asked for any more'],
  ['confirm: work that another entry asked', mayConfirm(at(began, asksHands), 'n2'), 'not asked for any more'],
  ['confirm: what a call does', mayConfirm(at(began, cuts), 'n3'), 'not asked for any more'],
  ['confirm: twice', mayConfirm(at(began, asksHands, confirmed), 'n3'), `Already confirmed by ${mention('U-3')}`],
  ['confirm: a freeze while going back', mayConfirm(at(began, asksHands, aborting), 'n3'), 'not asked for any more'],
  ['defer: a required service, with a reason', mayDefer(at(), { service: 'dropbox', reason: 'deprecated' }), null],
  [
    'defer: an unknown one names those there are',
    mayDefer(at(), { service: 'mail', reason: 'x' }),
    'it has dropbox, logs',
  ],
  ['defer: without a reason', mayDefer(at(), { service: 'dropbox', reason: ' ' }), 'Say why'],
  [
    'defer: twice',
    mayDefer(at({ kind: 'deferred', service: 'dropbox', by: 'U-2', reason: 'x' }), {
      service: 'dropbox',
      reason: 'x',
    }),
    'deferred already',
  ],
  [
    'defer: what starts with a required one',
    mayDefer(onOneHost, { service: 'dropbox', reason: 'x' }),
    'start for both',
  ],
  [
    'defer: the last required one',
    mayDefer(at({ kind: 'deferred', service: 'dropbox', by: 'U-2', reason: 'x' }), {
      service: 'logs',
      reason: 'x',
    }),
    'last required service',
  ],
  [
    'defer: after the point of no return',
    mayDefer(at(began, freezing, live), { service: 'dropbox', reason: 'x' }),
    'too late',
  ],
  [
    'choose: a volume of the plan',
    mayChoose(at(), { volume: 'vol-1', service: 'logs', route: 'stay', need: 'required' }),
    null,
  ],
  [
    'choose: another volume',
    mayChoose(at(), { volume: 'vol-9', service: 'logs', route: 'stay', need: 'required' }),
    'no volume of this plan',
  ],
  [
    'choose: one that moves already',
    mayChoose(at(began, cuts), { volume: 'vol-1', service: 'logs', route: 'stay', need: 'required' }),
    'being moved already',
  ],
  [
    'choose: after the point of no return',
    mayChoose(at(began, freezing, live), { volume: 'vol-1', service: 'logs', route: 'stay', need: 'required' }),
    'its plan stands',
  ],
  ['retry: by id', mayRetry(at(began, cuts, failure), 'vol-1.snapshot.1'), null],
  ['retry: by name', mayRetry(at(began, cuts, failure), 'logs'), null],
  ['retry: what has not failed', mayRetry(at(began, cuts), 'logs'), 'nothing to retry'],
  ['retry: a step forward on the way back', mayRetry(at(began, cuts, failure, aborting), 'logs'), 'on its way back'],
  ['retry: while halted', mayRetry(at(began, cuts, failure, { kind: 'done' }), 'logs'), 'is halted: entry 5 (done)'],
  [
    'retry: twice',
    mayRetry(
      at(began, cuts, failure, { kind: 'retried', effect: 'vol-1.snapshot.1', failed: 'n4', by: 'U-2' }),
      'vol-1.snapshot.1',
    ),
    'tried again already',
  ],
  ['pause', mayPause(at(), true), null],
  ['pause: twice', mayPause(at({ kind: 'paused', by: 'U-2' }), true), 'paused already'],
  ['resume: what is not paused', mayPause(at(), false), 'not paused'],
  [
    'resume: halted by somebody else, also behind the end',
    mayPause(
      at({ kind: 'declined', asked: null, gate: 'start', by: 'U-2' }, { kind: 'halted', why: 'a rival' }),
      false,
    ),
    null,
  ],
  ['pause: on the way back', mayPause(at(began, aborting), true), 'nothing should hold up'],
  ['pause: when it is over', mayPause(at(began, freezing, live, { kind: 'done' }), true), 'is done'],
  ['resume: what an entry halted', mayPause(at({ kind: 'done' }), false), 'Pass that entry by its button'],
  ['resume: what somebody else drove', mayPause(at({ kind: 'halted', why: 'a rival' }), false), null],
  ['pause: what is halted', mayPause(at({ kind: 'halted', why: 'a rival' }), true), 'is halted: nothing is issued'],
  ['pass: an entry that halted it', maySkip(at({ kind: 'done' }), 'n2'), null],
  ['pass: an entry that fits', maySkip(at({ kind: 'done' }), 'n1'), 'holds nothing up'],
  ['abort: before the point of no return', mayAbort(at(began), 'running'), null],
  ['abort: twice', mayAbort(at(aborting), 'running'), 'on its way back already'],
  [
    'abort: after it, with the way back by service',
    mayAbort(at(began, freezing, live), 'running'),
    'The way back of dropbox, logs',
  ],
  ['abort: when it is over', mayAbort(at(aborting, { kind: 'aborted' }), 'running'), 'nothing to abort'],
  ['decline: before anything was touched', mayAbort(at(asked), 'planned'), null],
  ['decline: after it began', mayAbort(at(began), 'planned'), '/migrate abort brings it back'],
])('%s', (_, refusal, sentence) => {
  if (sentence === null) expect(refusal).toBeNull()
  else expect(refusal?.refusal).toContain(sentence)
})
