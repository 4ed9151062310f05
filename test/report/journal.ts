// A journal for the tests of the report: two volumes go by snapshot and one by replica, one of them is deferred, something fails, EC2 is
// away for a while, and people write things down.
import type { Effect } from '../../src/core/model/effects.ts'
import { type Entry, type EntryBody, JOURNAL_VERSION } from '../../src/core/model/entries.ts'
import { NO_RULES } from '../../src/core/model/rules.ts'
import { ofCopy, ofMove, ofService } from '../../src/core/model/subjects.ts'
import { inventory, move, plan, replicaMove, service } from '../support/plans.ts'

export const START_MS = Date.UTC(2026, 2, 3, 5, 10)

export const LOGS = move({ id: 'vol-1', name: 'logs', sizeGib: 500 })
export const DROPBOX = move({ id: 'vol-2', name: 'dropbox', sizeGib: 4_000 })
const FILES = replicaMove()

const PLAN = plan([LOGS, DROPBOX, FILES], {
  services: [service('dropbox', { hook: 'start the sync' }), service('files'), service('logs')],
  stays: [{ volume: 'vol-8', name: 'root', sizeGib: 8, reason: 'its successor has its own' }],
})

const forward = { generation: 1, direction: 'forward' } as const
export function snapshot(volumeId: string, generation = 1): Effect {
  return { ...forward, subject: ofMove(volumeId), step: 'snapshot', generation, volumeId, tags: {} }
}
export function restore(volumeId: string): Effect {
  return { ...forward, subject: ofMove(volumeId), step: 'restore', snapshotId: `snap-${volumeId}`, zone: 'us-east-1c' }
}
export function attach(volumeId: string): Effect {
  const place = { volumeId: `copy-${volumeId}`, instance: 'i-target', device: '/dev/sdf' }
  return { ...forward, subject: ofMove(volumeId), step: 'attach', ...place }
}
export function demote(): Effect {
  const of = { service: 'files', resource: 'files', instances: ['i-files'], document: 'zonehop-replica-demote' }
  return { ...forward, subject: ofMove('replica/files'), step: 'demote', ...of }
}
function attachCopy(): Effect {
  const place = { volumeId: 'vol-files-copy', instance: 'i-files-next', device: '/dev/sdf' }
  return { ...forward, subject: ofCopy('replica/files', 'vol-files-copy'), step: 'attach', ...place }
}
export function onHosts(step: 'freeze' | 'open' | 'hook' | 'unfreeze', name: string): Effect {
  const work = { method: 'document', document: `zonehop-${step}` } as const
  const direction = step === 'unfreeze' ? 'back' : 'forward'
  return { ...forward, direction, subject: ofService(name), step, service: name, instances: ['i'], work }
}

/** Something said so many seconds after the start. */
export type Said = readonly [atS: number, said: EntryBody]

const planned = (over: Partial<Extract<EntryBody, { kind: 'planned' }>> = {}): EntryBody => ({
  ...{ kind: 'planned', version: JOURNAL_VERSION, id: 'mig-0a1b2c', plan: PLAN, explained: [], by: 'U0GILES' },
  ...{ inventory: inventory(PLAN.moves), channel: 'C0INCIDENT', seeds: false },
  rules: { ...NO_RULES, budgetMinutes: 60 },
  ...over,
})
const intends = (...effects: readonly Effect[]): EntryBody => ({ kind: 'intended', effects })
const issues = (effect: string): EntryBody => ({ kind: 'issued', effect })
const sees = (...achieved: readonly string[]): EntryBody => ({ kind: 'seen', started: [], achieved })
const asks = (gate: 'start' | 'freeze' | 'goLive'): EntryBody => ({
  ...{ kind: 'asked', gate, basis: 'b', evidence: [], again: null },
})
const approves = (gate: 'start' | 'freeze' | 'goLive', rev: number): EntryBody => ({
  ...{ kind: 'approved', gate, asked: `n${rev}`, basis: 'b', by: 'U0HARRY' },
})

/** The morning until the logs are copied: 40 entries. */
const UNTIL_COPIED: readonly Said[] = [
  [0, planned()],
  [60, asks('start')],
  [120, approves('start', 2)],
  [120, { kind: 'began' }],
  [300, asks('freeze')],
  [360, approves('freeze', 5)],
  [361, { kind: 'freezing', freeze: 'f', services: ['dropbox', 'files', 'logs'] }],
  [361, intends(onHosts('freeze', 'dropbox'), onHosts('freeze', 'files'), onHosts('freeze', 'logs'))],
  ...['dropbox', 'files', 'logs'].map((name): Said => [362, issues(`service/${name}.freeze.1`)]),
  [370, sees('service/dropbox.freeze.1', 'service/files.freeze.1', 'service/logs.freeze.1')],
  [371, intends(snapshot('vol-1'), snapshot('vol-2'), demote(), attachCopy())],
  [372, issues('vol-1.snapshot.1')],
  [372, issues('vol-2.snapshot.1')],
  [372, issues('replica/files.demote.1')],
  [
    373,
    { kind: 'notCalled', effect: 'vol-2.snapshot.1', issued: 'n15', why: 'later', retryMs: 1, answer: throttled() },
  ],
  [374, issues('vol-2.snapshot.1')],
  [380, sees('replica/files.demote.1')],
  [381, issues('replica/files/vol-files-copy.attach.1')],
  [400, sees('replica/files/vol-files-copy.attach.1')],
  [
    900,
    { kind: 'unreachable', service: 'EC2', isAnswering: false, why: 'no route to host', sinceMs: START_MS + 880_000 },
  ],
  [960, { kind: 'reachable', service: 'EC2' }],
  [1_000, { kind: 'noted', by: 'U0HARRY', text: 'customers were told on the status page' }],
  [
    1_200,
    {
      kind: 'warned',
      about: 'slow dropbox',
      service: 'dropbox',
      text: 'dropbox takes at least 16 h more. Go live without it?',
    },
  ],
  [1_300, { kind: 'deferred', service: 'dropbox', by: 'U0HARRY', reason: 'nobody relies on it' }],
  [
    1_400,
    {
      kind: 'failed',
      effect: 'vol-1.snapshot.1',
      issued: null,
      code: 'InternalError',
      problem: 'EC2 gave it up',
      remedy: 'retry',
    },
  ],
  [1_460, { kind: 'retried', effect: 'vol-1.snapshot.1', failed: 'n27', by: 'U0GILES' }],
  [1_461, issues('vol-1.snapshot.2')],
  [5_061, sees('vol-1.snapshot.2')],
  [5_061, intends(restore('vol-1'), attach('vol-1'))],
  [5_062, issues('vol-1.restore.1')],
  [5_070, sees('vol-1.restore.1')],
  [5_071, issues('vol-1.attach.1')],
  [5_080, sees('vol-1.attach.1')],
]

function throttled() {
  return { code: 'RequestLimitExceeded', problem: 'too many calls', remedy: 'wait' }
}

/** From there on until it is done. */
const UNTIL_DONE: readonly Said[] = [
  [5_100, asks('goLive')],
  [5_200, approves('goLive', 36)],
  [5_201, { kind: 'wentLive', percents: { dropbox: 7 } }],
  [5_202, intends(onHosts('open', 'logs'), onHosts('open', 'files'))],
  [5_203, issues('service/logs.open.1')],
  [5_203, issues('service/files.open.1')],
  [5_210, sees('service/logs.open.1', 'service/files.open.1')],
  [61_000, sees('vol-2.snapshot.1')],
  [61_000, intends(onHosts('open', 'dropbox'), onHosts('hook', 'dropbox'))],
  [61_001, issues('service/dropbox.open.1')],
  [61_010, sees('service/dropbox.open.1')],
  [61_011, issues('service/dropbox.hook.1')],
  [61_020, sees('service/dropbox.hook.1')],
  [61_021, { kind: 'done' }],
  [70_000, { kind: 'noted', by: 'U0GILES', text: 'next time the plan is read a week before' }],
]

/** Entries at their times; `nN` is the name of the Nth. */
export function written(said: readonly Said[]): Entry[] {
  return said.map(([atS, one], index) => ({
    ...one,
    ...{ rev: index + 1, atMs: START_MS + atS * 1_000, nonce: `n${index + 1}`, runId: 'r1', replicationId: 'h1' },
  }))
}

export const RUNNING = written(UNTIL_COPIED)
export const DONE = written([...UNTIL_COPIED, ...UNTIL_DONE])
const HOME = ['dropbox', 'files', 'logs']
/** It is aborted once the logs are copied. */
export const ABORTED = written([
  ...UNTIL_COPIED,
  [5_100, { kind: 'aborting', by: 'U0GILES', reason: 'the check of logs failed' }],
  [5_101, intends(...HOME.map((name) => onHosts('unfreeze', name)))],
  ...HOME.map((name): Said => [5_102, issues(`service/${name}.unfreeze.1`)]),
  [5_110, sees(...HOME.map((name) => `service/${name}.unfreeze.1`))],
  [5_160, { kind: 'aborted' }],
])
/** A plan that nobody wanted. */
export const DECLINED = written([
  [0, planned()],
  [60, asks('start')],
  [90, { kind: 'declined', asked: 'n2', gate: 'start', by: 'U0HARRY' }],
])

/** Begins a journal with another plan, name or budget. */
export function begunWith(over: Parameters<typeof planned>[0]): Said {
  return [0, planned(over)]
}
