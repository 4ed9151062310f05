// When a call may be made, and when a migration does not want it any more.
import { expect, test } from 'vitest'
import { isDoubtful, mayCall, mayIssue } from '../../src/core/attempt.ts'
import type { Effect } from '../../src/core/effects.ts'
import type { Said } from '../../src/core/entries.ts'
import { fold } from '../../src/core/fold.ts'
import { SHOWN_AFTER_MS } from '../../src/core/limits.ts'
import type { EffectState, Migration } from '../../src/core/migration.ts'
import { recheck } from '../../src/core/recheck.ts'
import { facts, tagged } from '../support/facts.ts'
import { entries, move, plan, planned, volume } from '../support/plans.ts'

const MINUTE = 60_000
const snapshot: Effect = { subject: 'vol-1', step: 'snapshot', generation: 1, volumeId: 'vol-1', tags: {} }
const restore: Effect = {
  subject: 'vol-1',
  step: 'restore',
  generation: 1,
  snapshotId: 's',
  zone: 'z',
  like: volume(),
  tags: {},
}
const attach: Effect = { subject: 'vol-1', step: 'attach', generation: 1, volumeId: 'v', instance: 'i', device: 'd' }
const tag: Effect = { subject: 'start-1', step: 'tag', generation: 1, resources: [], tags: {}, removed: [] }
const undo: Effect = { ...tag, subject: 'aborted-1' }
const on = { subject: 'service/logs', generation: 1, service: 'logs', instances: ['i'] } as const
const hands: Effect = { ...on, step: 'freeze', work: { method: 'manual', todo: [] } }
const document: Effect = { ...on, step: 'freeze', work: { method: 'document', document: 'zonehop-freeze' } }
const unfreeze: Effect = { ...on, step: 'unfreeze', work: { method: 'start-instances' } }

function state(effect: Effect, over: Partial<EffectState> = {}): EffectState {
  const never = {
    issuedAtMs: null,
    resource: null,
    achievedAtMs: null,
    confirmedBy: null,
    failure: null,
    reading: null,
  }
  return { effect, status: 'intended', attempts: 0, intendedRev: 1, intendedAtMs: 0, notBeforeMs: 0, ...never, ...over }
}

test.each<[string, EffectState, number, number, boolean]>([
  ['intended: at once', state(snapshot), 0, 0, true],
  ['intended, EC2 asked for patience', state(snapshot, { notBeforeMs: 10 }), 0, 9, false],
  ['intended, patience had', state(snapshot, { notBeforeMs: 10 }), 0, 10, true],
  [
    'a snapshot without an answer: not before the visibility window',
    state(snapshot, { status: 'issued', issuedAtMs: 0 }),
    SHOWN_AFTER_MS - 1,
    9 * MINUTE,
    false,
  ],
  [
    'a snapshot without an answer: on facts that began after it',
    state(snapshot, { status: 'issued', issuedAtMs: 0 }),
    SHOWN_AFTER_MS,
    SHOWN_AFTER_MS,
    true,
  ],
  [
    'an attachment without an answer: likewise',
    state(attach, { status: 'issued', issuedAtMs: 0 }),
    MINUTE,
    9 * MINUTE,
    false,
  ],
  [
    'a document without an answer: likewise',
    state(document, { status: 'issued', issuedAtMs: 0 }),
    MINUTE,
    9 * MINUTE,
    false,
  ],
  [
    'a volume without an answer: its token makes it safe',
    state(restore, { status: 'issued', issuedAtMs: 0 }),
    0,
    15_000,
    true,
  ],
  [
    'but not while the first caller may be at it',
    state(restore, { status: 'issued', issuedAtMs: 0 }),
    0,
    14_999,
    false,
  ],
  ['started: EC2 has it', state(snapshot, { status: 'started', issuedAtMs: 0 }), 9 * MINUTE, 9 * MINUTE, false],
  ['failed: a person must retry', state(snapshot, { status: 'failed' }), 0, 0, false],
  ['work for hands is no call', state(hands), 0, 0, false],
])('%s', (_, given, beganAtMs, nowMs, may) => {
  expect(mayCall(given, facts({ beganAtMs }), nowMs)).toBe(may)
})

function at(...said: readonly Said[]): Migration {
  return fold(entries(planned('mig-1', { plan: plan([move({ id: 'vol-1', name: 'logs' })]) }), ...said)) as Migration
}
const began: Said = { kind: 'began' }
const freezing: Said = { kind: 'freezing', freeze: 'mig-1-f1', services: ['logs'] }
const doubt: Said = { kind: 'doubted' }
const paused: Said = { kind: 'paused', by: 'U-2' }
const aborting: Said = { kind: 'aborting', by: 'U-2', reason: 'x' }

test.each<[string, Migration, Effect, boolean]>([
  ['planned: nothing', at(), tag, false],
  ['seeding', at(began), tag, true],
  ['paused: nothing', at(began, { kind: 'paused', by: 'U-2' }), tag, false],
  ['aborting: no step forward', at(began, freezing, aborting), snapshot, false],
  ['aborting: no tag of a step forward', at(began, freezing, aborting), tag, false],
  ['aborting: the tags of the way back', at(began, freezing, aborting), undo, true],
  ['aborting: unfreeze', at(began, freezing, aborting), unfreeze, true],
  ['aborted: nothing', at(began, { kind: 'aborted' }), unfreeze, false],
  ['done: nothing', at(began, { kind: 'done' }), tag, false],
])('the fence, %s', (_, m, effect, may) => {
  expect(mayIssue(m, state(effect))).toBe(may)
})

/** Entries of the run `r1`, the last of them another's: at 4 s, so doubted until 5 min 15 s later. */
function doubted(...said: readonly Said[]): Migration {
  const all = entries(planned('mig-1', { plan: plan([move({ id: 'vol-1', name: 'logs' })]) }), ...said)
  return fold([...all.slice(0, -1), ...all.slice(-1).map((last) => ({ ...last, runId: 'r2' }))]) as Migration
}
const UNTIL = 4_000 + SHOWN_AFTER_MS

test.each<[string, Migration, Effect, number, boolean]>([
  [
    'a snapshot, while another run may have lost that it was taken',
    doubted(began, freezing, doubt),
    snapshot,
    UNTIL - 1,
    true,
  ],
  ['a snapshot, once EC2 shows whatever was taken', doubted(began, freezing, doubt), snapshot, UNTIL, false],
  ['an attachment', doubted(began, freezing, doubt), attach, UNTIL - 1, true],
  ['a document', doubted(began, freezing, doubt), document, UNTIL - 1, true],
  ['a volume: its token gives the same one', doubted(began, freezing, doubt), restore, UNTIL - 1, false],
  ['tags: written once more they are the same', doubted(began, freezing, doubt), tag, UNTIL - 1, false],
  ['the way back: the target may be taking writes', doubted(began, freezing, aborting), unfreeze, UNTIL - 1, true],
  ['tags of the way back', doubted(began, freezing, aborting), undo, UNTIL - 1, true],
  ['any entry of another run raises it', doubted(began, freezing, paused), snapshot, UNTIL - 1, true],
  ['the same run raises none', at(began, freezing, paused), snapshot, 0, false],
  ['unless its entry says so', at(began, freezing, doubt), snapshot, UNTIL - 1, true],
])('in doubt: %s', (_, m, effect, atMs, isWaiting) => {
  expect(isDoubtful(m, effect, atMs)).toBe(isWaiting)
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
    at(began, freezing, { kind: 'wentLive', percents: {} }),
    open,
    source({ ...FROZEN, 'zonehop:left': 'mig-1' }),
    true,
  ],
  ['open without left', at(began, freezing, { kind: 'wentLive', percents: {} }), open, source(FROZEN), false],
  [
    'open with its freeze lifted',
    at(began, freezing, { kind: 'wentLive', percents: {} }),
    open,
    source({ 'zonehop:left': 'mig-1' }),
    false,
  ],
  ['a hook behind a live system', at(began, freezing, { kind: 'wentLive', percents: {} }), hook, source({}), true],
  ['a hook before it', at(began, freezing), hook, source({}), false],
])('just before the call: %s', (_, m, effect, world, isSafe) => {
  expect(recheck(m, effect, world) === null).toBe(isSafe)
})
