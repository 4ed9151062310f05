// When a call may be made, and when a migration does not want it any more.
import { expect, test } from 'vitest'
import { isDoubtful, mayCall, mayIssue } from '../../../src/core/calling/may-call.ts'
import { recheck } from '../../../src/core/calling/recheck.ts'
import { extend } from '../../../src/core/journal/fold.ts'
import type { Effect, EffectState } from '../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import { SHOWN_AFTER_MS } from '../../../src/core/model/limits.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import { ofMove, ofService } from '../../../src/core/model/subjects.ts'
import { facts, tagged } from '../../support/facts.ts'
import { entries, move, plan, planned } from '../../support/plans.ts'
import { fitting } from '../journals.ts'

const MINUTE = 60_000
const forward = { subject: ofMove('vol-1'), generation: 1, direction: 'forward' } as const
const snapshot: Effect = { ...forward, step: 'snapshot', volumeId: 'vol-1', tags: {} }
const restore: Effect = { ...forward, step: 'restore', snapshotId: 's', zone: 'z' }
const attach: Effect = { ...forward, step: 'attach', volumeId: 'v', instance: 'i', device: 'd' }
const mark = (name: string) => ({ of: 'mark', mark: name, part: 1 }) as const
const tag: Effect = { ...forward, subject: mark('start'), step: 'tag', resources: [], tags: {}, removed: [] }
const undo: Effect = { ...tag, subject: mark('aborted-logs'), direction: 'back' }
const on = { ...forward, subject: ofService('logs'), service: 'logs', instances: ['i'] } as const
const hands: Effect = { ...on, step: 'freeze', work: { method: 'manual', todo: [] } }
const document: Effect = { ...on, step: 'freeze', work: { method: 'document', document: 'zonehop-freeze' } }
const unfreeze: Effect = { ...on, step: 'unfreeze', direction: 'back', work: { method: 'start-instances' } }

function state(effect: Effect, over: Partial<EffectState> = {}): EffectState {
  const never = {
    ...{ attempts: [], resource: null, isFound: false, others: [], achievedAtMs: null },
    ...{ confirmedBy: null, failure: null, reading: null },
  }
  const intended = { intended: 'n2', intendedRev: 1, intendedAtMs: 0, hindrance: null, notBeforeMs: 0 }
  return { effect, status: 'intended', ...intended, ...never, ...over }
}

/** Called at 0. */
function called(effect: Effect, status: EffectState['status']): EffectState {
  return state(effect, { status, attempts: [{ nonce: 'n3', atMs: 0 }] })
}

test.each<[string, EffectState, number, number, boolean]>([
  ['intended: at once', state(snapshot), 0, 0, true],
  ['intended, EC2 asked for patience', state(snapshot, { notBeforeMs: 10 }), 0, 9, false],
  ['intended, patience had', state(snapshot, { notBeforeMs: 10 }), 0, 10, true],
  [
    'a snapshot without an answer: not before the visibility window',
    called(snapshot, 'issued'),
    SHOWN_AFTER_MS - 1,
    9 * MINUTE,
    false,
  ],
  [
    'a snapshot without an answer: on facts that began after it',
    called(snapshot, 'issued'),
    SHOWN_AFTER_MS,
    SHOWN_AFTER_MS,
    true,
  ],
  ['an attachment without an answer: likewise', called(attach, 'issued'), MINUTE, 9 * MINUTE, false],
  ['a document without an answer: likewise', called(document, 'issued'), MINUTE, 9 * MINUTE, false],
  ['a volume without an answer: its token makes it safe', called(restore, 'issued'), 0, 15_000, true],
  ['but not while the first caller may be at it', called(restore, 'issued'), 0, 14_999, false],
  ['started: EC2 has it', called(snapshot, 'started'), 9 * MINUTE, 9 * MINUTE, false],
  ['failed: a person must retry', state(snapshot, { status: 'failed' }), 0, 0, false],
  ['work for hands is no call', state(hands), 0, 0, false],
])('%s', (_, given, beganAtMs, nowMs, may) => {
  expect(mayCall(given, facts({ beganAtMs }), nowMs)).toBe(may)
})

function at(...said: readonly EntryBody[]): Migration {
  return fitting(entries(planned('mig-1', { plan: plan([move({ id: 'vol-1', name: 'logs' })]) }), ...said))
}
const began: EntryBody = { kind: 'began' }
const freezing: EntryBody = { kind: 'freezing', freeze: 'mig-1-f1', services: ['logs'] }
const doubt: EntryBody = { kind: 'doubted', why: 'a test' }
const paused: EntryBody = { kind: 'paused', by: 'U-2' }
const live: EntryBody = { kind: 'wentLive', percents: {} }
const aborting: EntryBody = { kind: 'aborting', by: 'U-2', reason: 'x' }

test.each<[string, Migration, Effect, boolean]>([
  ['planned: nothing', at(), tag, false],
  ['seeding', at(began), tag, true],
  ['paused: nothing', at(began, { kind: 'paused', by: 'U-2' }), tag, false],
  ['aborting: no step forward', at(began, freezing, aborting), snapshot, false],
  ['aborting: no tag of a step forward', at(began, freezing, aborting), tag, false],
  ['aborting: the tags of the way back', at(began, freezing, aborting), undo, true],
  ['aborting: unfreeze', at(began, freezing, aborting), unfreeze, true],
  ['aborted: nothing', at(began, aborting, { kind: 'aborted' }), unfreeze, false],
  ['done: nothing', at(began, freezing, live, { kind: 'done' }), tag, false],
])('the fence, %s', (_, m, effect, may) => {
  expect(mayIssue(m, state(effect))).toBe(may)
})

/** Entries of the run `r1`, the last of them another's: doubt is open until somebody looked behind it. */
function doubted(...said: readonly EntryBody[]): Migration {
  const all = entries(planned('mig-1', { plan: plan([move({ id: 'vol-1', name: 'logs' })]) }), ...said)
  return fitting([...all.slice(0, -1), ...all.slice(-1).map((last) => ({ ...last, runId: 'r2' }))])
}

/** The same, and somebody has looked. */
function lookedAt(...said: readonly EntryBody[]): Migration {
  const m = doubted(...said)
  const last = { rev: m.rev + 1, atMs: 4_000 + SHOWN_AFTER_MS, nonce: 'n-looked', runId: 'r2', replicationId: 'h1' }
  return extend(m, { kind: 'looked', ...last })
}

test.each<[string, Migration, Effect, boolean]>([
  ['a snapshot, while another run may have lost that it was taken', doubted(began, freezing, doubt), snapshot, true],
  ['a snapshot, once somebody looked at whatever was taken', lookedAt(began, freezing, doubt), snapshot, false],
  ['an attachment', doubted(began, freezing, doubt), attach, true],
  ['a document', doubted(began, freezing, doubt), document, true],
  [
    'instances that stop: an abort that is lost may have opened them again',
    doubted(began, freezing, doubt),
    { ...on, step: 'freeze', work: { method: 'stop-instances' } },
    true,
  ],
  [
    'instances that start, of what opens',
    doubted(began, freezing, doubt),
    { ...on, step: 'open', work: { method: 'start-instances' } },
    false,
  ],
  ['a volume: its token gives the same one', doubted(began, freezing, doubt), restore, false],
  ['tags: written once more they are the same', doubted(began, freezing, doubt), tag, false],
  ['the way back: the target may be taking writes', doubted(began, freezing, aborting), unfreeze, true],
  ['tags of the way back', doubted(began, freezing, aborting), undo, true],
  ['any entry of another run raises it', doubted(began, freezing, paused), snapshot, true],
  ['the same run raises none', at(began, freezing, paused), snapshot, false],
  ['unless its entry says so', at(began, freezing, doubt), snapshot, true],
])('in doubt: %s', (_, m, effect, isWaiting) => {
  expect(isDoubtful(m, effect)).toBe(isWaiting)
})

const LOGS = move({ id: 'vol-1', name: 'logs' })
const source = (tags: Readonly<Record<string, string>>) => facts({ volumes: [tagged(LOGS, tags)] })
const open: Effect = { ...on, step: 'open', work: { method: 'document', document: 'zonehop-open' } }
const hook: Effect = { ...on, step: 'hook', work: { method: 'document', document: 'zonehop-hook' } }
const FROZEN = { 'zonehop:frozen': 'mig-1-f1' }

test.each<[string, Migration, Effect, ReturnType<typeof source>, boolean]>([
  ['a final snapshot under its freeze', at(began, freezing), snapshot, source(FROZEN), true],
  ['a final snapshot whose freeze was lifted', at(began, freezing), snapshot, source({}), false],
  [
    'a final snapshot under another freeze',
    at(began, freezing),
    snapshot,
    source({ 'zonehop:frozen': 'mig-1-f0' }),
    false,
  ],
  ['a freeze whose sources are tagged', at(began, freezing), document, source(FROZEN), true],
  ['a freeze whose sources are not', at(began, freezing), document, source({}), false],
  ['unfreeze with an abort in the journal', at(began, freezing, aborting), unfreeze, source({}), true],
  ['unfreeze without one', at(began, freezing), unfreeze, source({}), false],
  [
    'unfreeze while a source says left',
    at(began, freezing, aborting),
    unfreeze,
    source({ 'zonehop:left': 'mig-1' }),
    false,
  ],
  [
    'open with left and its freeze',
    at(began, freezing, live),
    open,
    source({ ...FROZEN, 'zonehop:left': 'mig-1' }),
    true,
  ],
  ['open without left', at(began, freezing, live), open, source(FROZEN), false],
  ['open with its freeze lifted', at(began, freezing, live), open, source({ 'zonehop:left': 'mig-1' }), false],
  ['a hook behind a live system', at(began, freezing, live), hook, source({}), true],
  ['a hook before it', at(began, freezing), hook, source({}), false],
])('just before the call: %s', (_, m, effect, world, isSafe) => {
  expect(recheck(m, effect, world) === null).toBe(isSafe)
})
