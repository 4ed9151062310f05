// How each move stands in words, by route and by step, and its percent; what people are warned of, word for word.
import { describe, expect, test } from 'vitest'
import { type Effect, effectId, type ReplicaStep } from '../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import type { Facts, SeenSnapshot } from '../../../src/core/model/facts.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import { NO_RULES } from '../../../src/core/model/rules.ts'
import { ofCopy, ofMove, ofService, type Subject } from '../../../src/core/model/subjects.ts'
import { alert } from '../../../src/core/telling/alerts.ts'
import { spell } from '../../../src/core/telling/eta.ts'
import { type Progress, percentsOf, sample } from '../../../src/core/telling/progress.ts'
import { replicaPercent, replicaWords } from '../../../src/core/telling/replica-progress.ts'
import { facts, snapshotOf } from '../../support/facts.ts'
import { entries, move, plan, planned, replicaMove, service, volume } from '../../support/plans.ts'
import { fitting } from '../journals.ts'

const MINUTE = 60_000
/** Minutes for which a snapshot may stand before it copies. */
const BEGINS = 190 / 60
const LOGS = move({ id: 'vol-1', name: 'logs' })
const DROPBOX = move({ id: 'vol-2', name: 'dropbox', device: '/dev/sdg' })
const PAIR = (name: string, device: string) => ({
  source: volume({ id: `vol-${name}`, name, instance: 'i-files', device }),
  copy: volume({ id: `vol-${name}-copy`, name: `${name}-copy`, instance: 'i-backup' }),
})
const FILES = replicaMove({ pairs: [PAIR('files', '/dev/sdp'), PAIR('index', '/dev/sdq')] })
const DRAWN = plan([LOGS, DROPBOX, FILES], {
  services: [service('dropbox', { need: 'deferrable' }), service('files'), service('logs')],
})
const at = (...said: readonly EntryBody[]): Migration => fitting(entries(planned('mig-1', { plan: DRAWN }), ...said))

const began: EntryBody = { kind: 'began' }
const freezing: EntryBody = { kind: 'freezing', freeze: 'mig-1-f1', services: ['dropbox', 'files', 'logs'] }
const wentLive: EntryBody = { kind: 'wentLive', percents: {} }
const aborting: EntryBody = { kind: 'aborting', by: 'U-2', reason: 'a test' }
const forward = { generation: 1, direction: 'forward' } as const
const intends = (...effects: readonly Effect[]): EntryBody => ({ kind: 'intended', effects })
const sees = (...effects: readonly Effect[]): EntryBody => ({
  ...{ kind: 'seen', started: [], achieved: effects.map(effectId) },
})
const begun = (effect: Effect, resource: string): EntryBody => ({
  ...{ kind: 'seen', started: [{ effect: effectId(effect), resource, others: [] }], achieved: [] },
})
const fails = (effect: Effect): EntryBody => ({
  ...{ kind: 'failed', effect: effectId(effect), issued: null, code: 'Gone', problem: 'it is not there', remedy: 'r' },
})

describe('a volume that goes by snapshots', () => {
  const subject = ofMove('vol-1')
  const SEED: Effect = { ...forward, subject, step: 'seed', volumeId: 'vol-1', tags: {} }
  const CUT: Effect = { ...SEED, step: 'snapshot' }
  const RESTORE: Effect = { ...forward, subject, step: 'restore', snapshotId: 's', zone: 'z' }
  const place = { volumeId: 'v', instance: 'i', device: '/dev/sdf' }
  const ATTACH: Effect = { ...forward, subject, step: 'attach', ...place }
  const CHECK: Effect = { ...forward, subject, step: 'checkCopy', ...place, deleteOnTermination: false }
  const OPEN: Effect = {
    ...{ ...forward, subject: ofService('logs'), step: 'open', service: 'logs', instances: ['i'] },
    work: { method: 'start-instances' },
  }
  const returned: EntryBody = { kind: 'returned', service: 'logs', by: 'U-2', reason: 'a test' }
  const shows = (state: string, percent: number | null, minutes = 10): Facts =>
    facts({ beganAtMs: minutes * MINUTE, snapshots: [snapshotOf(LOGS, { state, percent, startedAtMs: 0 })] })
  const pending = shows('pending', 50)
  const nothing = { percent: null, isFailed: false, isDone: false, isCopying: false, left: null }
  const plain = { name: 'logs', service: 'logs', sizeGib: 100, ...nothing }
  const UNDER_ONE = {
    words: 'final snapshot, at least 13 min to go (11 h 16 min at the rate so far)',
    isCopying: true,
    left: { leastMs: 2 * (10 * MINUTE - 190_000), mostMs: null, basis: 'size', atRateMs: 676.5 * MINUTE },
  }
  const checked = [began, freezing, intends(CHECK), sees(CHECK)]

  test.each<[string, readonly EntryBody[], Facts, object]>([
    ['to which nothing was done', [], facts(), { words: 'planned' }],
    ['that is frozen', [began, freezing], facts(), { words: 'waits for writes to stop' }],
    ['whose seed was asked for', [began, intends(SEED)], pending, { words: 'seed snapshot, asked of EC2' }],
    [
      'whose seed is under way',
      [began, intends(SEED), begun(SEED, 'snap-vol-1')],
      pending,
      {
        percent: 50,
        words: 'seed snapshot, 3 min to 22 min to go (by its percents so far)',
        isCopying: true,
        left: expect.objectContaining({ atRateMs: expect.closeTo((10 - BEGINS) * (100 / 51 - 1) * MINUTE) }),
      },
    ],
    [
      'whose seed is complete',
      [began, intends(SEED), begun(SEED, 'snap-vol-1'), sees(SEED)],
      pending,
      { percent: 100, words: 'seeded' },
    ],
    [
      'whose final snapshot is under way',
      [began, freezing, intends(CUT), begun(CUT, 'snap-vol-1')],
      shows('pending', 0),
      { percent: 0, ...UNDER_ONE },
    ],
    [
      'whose final snapshot reports no percent',
      [began, freezing, intends(CUT), begun(CUT, 'snap-vol-1')],
      shows('pending', null),
      UNDER_ONE,
    ],
    [
      'whose final snapshot has just begun',
      [began, freezing, intends(CUT), begun(CUT, 'snap-vol-1')],
      shows('pending', 0, 1),
      { percent: 0, words: 'final snapshot', isCopying: true },
    ],
    [
      'whose final snapshot is not shown',
      [began, freezing, intends(CUT), begun(CUT, 'snap-vol-1')],
      facts(),
      { words: 'final snapshot', isCopying: true },
    ],
    [
      'whose final snapshot is complete',
      [began, freezing, intends(SEED, CUT), sees(CUT)],
      facts(),
      { percent: 100, words: 'snapshot complete' },
    ],
    [
      'whose copy is asked for',
      [began, freezing, intends(CUT, RESTORE), sees(CUT)],
      facts(),
      { percent: 100, words: 'restoring, asked of EC2' },
    ],
    [
      'whose copy is being made',
      [began, freezing, intends(RESTORE), begun(RESTORE, 'v')],
      facts(),
      { words: 'restoring' },
    ],
    ['whose copy is made', [began, freezing, intends(RESTORE), sees(RESTORE)], facts(), { words: 'restored' }],
    [
      'whose copy is being attached',
      [began, freezing, intends(ATTACH), begun(ATTACH, 'v')],
      facts(),
      { words: 'attaching' },
    ],
    ['whose copy is attached', [began, freezing, intends(ATTACH), sees(ATTACH)], facts(), { words: 'attached' }],
    [
      'whose copy is being checked',
      [began, freezing, intends(CHECK), begun(CHECK, 'v')],
      facts(),
      { words: 'checking' },
    ],
    ['whose copy is checked', checked, facts(), { words: 'attached and checked at /dev/sdf', isDone: true }],
    [
      'whose service is open',
      [...checked, intends(OPEN), sees(OPEN)],
      facts(),
      { words: 'live at /dev/sdf', isDone: true },
    ],
    [
      'that failed',
      [began, freezing, intends(ATTACH), fails(ATTACH)],
      facts(),
      { words: 'FAILED Gone: it is not there', isFailed: true },
    ],
    [
      'that is gone',
      [began, { kind: 'gone', volumes: ['vol-1'] }],
      facts(),
      { words: 'GONE: deleted in EC2 since the plan', isFailed: true },
    ],
    [
      'that was given back',
      [began, freezing, wentLive, returned],
      facts(),
      { words: 'given back, stays in us-east-1a', isDone: true },
    ],
  ])('%s', (_, said, look, line) => {
    const { rev, atMs, lines, waits } = sample(at(...said), look, [{ on: 'resume' }], { before: null, lookedMs: 0 })
    expect(lines[0]).toEqual({ ...plain, ...line })
    expect({ rev, atMs, waits }).toEqual({ rev: said.length + 1, atMs: look.beganAtMs, waits: [{ on: 'resume' }] })
    expect(lines).toHaveLength(3)
  })

  const UNDER_WAY = at(began, freezing, intends(SEED, CUT), begun(SEED, 'snap-seed'), begun(CUT, 'snap-vol-1'))

  test('percents are remembered from sample to sample, as long as a snapshot is pending', () => {
    const first = sample(UNDER_WAY, shows('pending', 3, 10), [], { before: null, lookedMs: 0 })
    const second = sample(UNDER_WAY, shows('pending', 3, 12), [], { before: first, lookedMs: 0 })
    const third = sample(UNDER_WAY, shows('pending', 30, 20), [], { before: second, lookedMs: 0 })
    expect(third.ticks).toEqual({
      'snap-vol-1': [
        [10 * MINUTE, 3],
        [20 * MINUTE, 30],
      ],
    })
    const mostOf = ({ lines: [line] }: Progress) => line?.left?.mostMs ?? 0
    // It was slow at first, which only who remembers knows.
    // A process that was held up within its look may have percents of the end of it, and cannot tell a rate by them.
    const late = sample(UNDER_WAY, shows('pending', 3, 40), [], { before: second, lookedMs: 60_000 })
    expect([late.ticks, late.lines[0]?.left]).toEqual([second.ticks, null])
    // Seed 22430015: 67% after 7 s, seen by a look of 14 s, was told to be over in 9 s at most.
    const young = sample(UNDER_WAY, shows('pending', 67, 0.12), [], { before: null, lookedMs: 14_000 })
    expect(young).not.toHaveProperty('ticks')
    expect(young.lines[0]).toMatchObject({ percent: 67, words: 'final snapshot', left: null })
    const alone = sample(UNDER_WAY, shows('pending', 30, 20), [], { before: null, lookedMs: 0 })
    expect(mostOf(third)).toBeLessThan(mostOf(alone))
    expect(sample(UNDER_WAY, shows('completed', 100, 30), [], { before: third, lookedMs: 0 })).not.toHaveProperty(
      'ticks',
    )
  })

  test('behind an older snapshot of ours that is pending, what that one takes counts too', () => {
    const cut = snapshotOf(LOGS, { state: 'pending', percent: 50, startedAtMs: 5 * MINUTE })
    const older = (over: object) =>
      snapshotOf(LOGS, { ...{ id: 'snap-seed', step: 'seed', state: 'pending', percent: 10, startedAtMs: 0 }, ...over })
    const leftWith = (...more: readonly SeenSnapshot[]) => {
      const look = facts({ beganAtMs: 15 * MINUTE, snapshots: [cut, ...more] })
      return sample(UNDER_WAY, look, [], { before: null, lookedMs: 0 }).lines[0]?.left
    }
    const own = leftWith()
    expect(leftWith(older({}))?.leastMs).toBeGreaterThan(own?.leastMs ?? 0)
    expect(leftWith(older({}))?.mostMs).toBeGreaterThan(2 * (own?.mostMs ?? 0))
    expect(leftWith(older({ percent: 0 }))?.mostMs).toBeNull()
    expect(leftWith(older({ state: 'completed' }))).toEqual(own)
    expect(leftWith(older({ startedAtMs: 6 * MINUTE }))).toEqual(own)
    expect(leftWith(older({ volumeId: 'vol-9' }))).toEqual(own)
  })

  test('of what is deferred the slowest percent counts, and nothing of what is required', () => {
    const more = move({ id: 'vol-3', name: 'more', device: '/dev/sdh' }, 'dropbox')
    const drawn = plan([LOGS, DROPBOX, more], {
      services: [service('dropbox', { need: 'deferrable' }), service('logs')],
    })
    const cut = (id: string): Effect => ({ ...CUT, subject: ofMove(id), volumeId: id })
    const said = [began, freezing, intends(cut('vol-2'), cut('vol-3'))]
    const of = (...more: readonly EntryBody[]): Migration =>
      fitting(entries(planned('mig-1', { plan: drawn }), ...said, ...more))
    const look = facts({ snapshots: [snapshotOf(DROPBOX, { percent: 40 }), snapshotOf(more, { percent: 7 })] })
    expect(percentsOf(of(), look)).toEqual({ dropbox: 0 })
    const both = [begun(cut('vol-2'), 'snap-vol-2'), begun(cut('vol-3'), 'snap-vol-3')]
    expect(percentsOf(of(...both), look)).toEqual({ dropbox: 7 })
    expect(percentsOf(of(...both, sees(cut('vol-3'))), look)).toEqual({ dropbox: 40 })
  })
})

describe('a replica', () => {
  const side = (which: 'copy' | 'source' | 'home'): Subject => ({ of: 'side', move: FILES.id, side: which })
  const on = (step: ReplicaStep, subject: Subject = ofMove(FILES.id)): Effect => ({
    ...{ ...forward, subject, step, service: 'files', resource: 'files', instances: ['i'] },
    document: `zonehop-replica-${step}`,
  })
  const volumeStep = (step: 'detach' | 'attach', id: string): Effect => ({
    ...{ ...forward, subject: ofCopy(FILES.id, id), step, volumeId: id, instance: 'i', device: 'd' },
  })
  const reads = (effect: Effect, over: object = {}): EntryBody => ({
    ...{ kind: 'read', effect: effectId(effect), doubts: [], leftKib: null, sync: null, isStalled: false },
    ...{ sourceRole: 'Primary', ...over },
  })
  const OPEN: Effect = {
    ...{ ...forward, subject: ofService('files'), step: 'open', service: 'files', instances: ['i'] },
    work: { method: 'start-instances' },
  }
  const FROZEN = [began, freezing]
  const [ask, demote, down, downCopy, promote, check] = [
    ...[on('prove'), on('demote'), on('down'), on('down', side('copy')), on('promote'), on('checkReplica')],
  ] as [Effect, Effect, Effect, Effect, Effect, Effect]
  const attaches = [volumeStep('attach', 'vol-files-copy'), volumeStep('attach', 'vol-index-copy')] as [Effect, Effect]
  const detach = volumeStep('detach', 'vol-files-copy')
  const [askHome, reunite, primary, fence] = [
    ...[on('prove', side('home')), on('reunite', side('home')), on('promote', side('source')), on('fence')],
  ] as [Effect, Effect, Effect, Effect]
  const ABORT = [...FROZEN, aborting]
  const done = (...effects: readonly Effect[]): EntryBody[] => [intends(...effects), sees(...effects)]

  test.each<[string, readonly EntryBody[], object]>([
    ['to which nothing was done', [], { words: 'planned, by replica' }],
    ['whose source is being demoted', [...FROZEN, intends(demote)], { words: 'demoting the source' }],
    ['whose source is demoted', [...FROZEN, ...done(demote)], { words: 'source demoted' }],
    ['whose hosts are asked', [began, intends(ask)], { words: 'asking both hosts' }],
    ['that is in sync', [began, intends(ask), reads(ask)], { words: 'replica in sync' }],
    [
      'that syncs',
      [began, intends(ask), reads(ask, { doubts: ['d'], sync: '10 KiB left' })],
      { words: 'replica syncing, 10 KiB left' },
    ],
    [
      'that leaves doubts',
      [began, intends(ask), reads(ask, { doubts: ['no quorum'] })],
      { words: 'replica not proven: no quorum' },
    ],
    [
      'whose sides are being taken down',
      [...FROZEN, ...done(demote, down), intends(downCopy)],
      { words: 'taking both sides down' },
    ],
    ['whose sides are down', [...FROZEN, ...done(demote, down, downCopy)], { words: 'down on both sides' }],
    [
      'whose copy leaves its backup server',
      [...FROZEN, ...done(down), intends(detach)],
      { words: 'detaching from its backup server' },
    ],
    ['whose copy has left it', [...FROZEN, ...done(down, detach)], { words: 'detached from its backup server' }],
    ['one of whose copies is attached', [...FROZEN, intends(...attaches), sees(attaches[0])], { words: 'attaching' }],
    ['whose copies are attached', [...FROZEN, ...done(...attaches)], { words: 'attached to its successor' }],
    ['that is being promoted', [...FROZEN, ...done(...attaches), intends(promote)], { words: 'promoting' }],
    ['that is promoted', [...FROZEN, ...done(promote)], { words: 'promoted' }],
    ['that is looked at', [...FROZEN, intends(check)], { words: 'looking at it read-only' }],
    [
      'that is checked',
      [...FROZEN, ...done(check)],
      { words: 'promoted and checked at /dev/sdp, /dev/sdq, by replica', isDone: true },
    ],
    [
      'that is open',
      [...FROZEN, ...done(check, OPEN)],
      { words: 'live at /dev/sdp, /dev/sdq, by replica', isDone: true },
    ],
    [
      'that failed',
      [...FROZEN, intends(promote), fails(promote)],
      { words: 'FAILED Gone: it is not there', isFailed: true },
    ],
    ['on the way back, from where it was', [...FROZEN, ...done(demote), aborting], { words: 'source demoted' }],
    ['that is fenced', [...ABORT, intends(fence)], { words: 'being fenced' }],
    ['whose source is to be promoted again', [...ABORT, intends(fence, primary)], { words: 'being fenced' }],
    ['whose source is primary again', [...ABORT, ...done(primary)], { words: 'its source is primary again' }],
    [
      'whose hosts are asked at home',
      [...ABORT, ...done(primary), intends(askHome)],
      { words: 'back at its backup server' },
    ],
    [
      'that told, before it is reunited',
      [...ABORT, intends(askHome), reads(askHome)],
      { words: 'back at its backup server' },
    ],
    [
      'that is reunited',
      [...ABORT, intends(askHome), reads(askHome), intends(reunite)],
      { words: 'at its backup server, replica in sync' },
    ],
  ])('%s', (_, said, words) => expect(replicaWords(at(...said), FILES)).toEqual(words))

  test('after an abort it still tells where it is; while it moves, no step of the way back does', () => {
    const said = [...FROZEN, ...done(demote), aborting, ...done(primary)]
    expect(replicaWords(at(...said, { kind: 'aborted' }), FILES)).toEqual({ words: 'its source is primary again' })
    expect(replicaWords(at(...FROZEN, ...done(demote, primary)), FILES)).toEqual({ words: 'source demoted' })
  })

  test.each<[string, readonly EntryBody[], number | null]>([
    ['nobody has told', [began, intends(ask)], null],
    ['nothing is left', [began, intends(ask), reads(ask)], 100],
    ['half of both volumes is left', [began, intends(ask), reads(ask, { leftKib: 100 * 1024 * 1024 })], 50],
    ['a little is left: not all', [began, intends(ask), reads(ask, { leftKib: 1 })], 99],
    ['more than all is left', [began, intends(ask), reads(ask, { leftKib: 300 * 1024 * 1024 })], 0],
  ])('its percent: %s', (_, said, percent) => {
    expect(replicaPercent(at(...said), FILES)).toBe(percent)
    expect(sample(at(...said), facts(), [], { before: null, lookedMs: 0 }).lines[2]?.percent).toBe(percent)
  })

  const warns = (about: string, text: string): EntryBody => ({ kind: 'warned', about, service: 'files', text })
  const OF = (why: string) =>
    `The replica files is not proven: ${why}. The freeze waits for it: look at it on both hosts (drbdadm verify), or go on without it?`
  const HOME = (why: string) =>
    `The replica files is back at its backup server and not in sync: ${why}. Services run; the way back ends once it is: look at it on both hosts (drbdadm verify).`
  const doubts = (over: object = {}) => reads(ask, { doubts: ['12 KiB out of sync', 'no quorum'], ...over })
  const stalled = { sync: '7.5 GiB left, stalled: paused', isStalled: true }
  const atHome = [...ABORT, ...done(reunite), intends(askHome)]
  const first = warns('doubt of files # KiB out of sync; no quorum', OF('12 KiB out of sync; no quorum'))

  test.each<[string, readonly EntryBody[], EntryBody | null]>([
    ['nobody has told', [began, intends(ask)], null],
    ['it is in sync', [began, intends(ask), reads(ask)], null],
    ['it leaves doubts', [began, intends(ask), doubts()], first],
    [
      'once, whatever the numbers are by then',
      [began, intends(ask), doubts(), { ...first, about: 'doubt of files # KiB out of sync; no quorum' } as EntryBody],
      null,
    ],
    ['a sync makes it whole', [began, intends(ask), doubts({ sync: '10 KiB left' })], null],
    [
      'a sync that stalls does not',
      [began, intends(ask), doubts(stalled)],
      warns('doubt of files # GiB left, stalled: paused', OF('7.5 GiB left, stalled: paused')),
    ],
    [
      'one of its sides is down: it says what brings it up',
      [began, intends(ask), doubts({ doubts: ['the source is down'] })],
      warns(
        'doubt of files the source is down',
        'The replica files is not proven: the source is down. The freeze waits for it: bring it up where it is down (drbdadm up files), or go on without it?',
      ),
    ],
    ['within the outage its steps tell', [...FROZEN, intends(ask), doubts()], null],
    ['on the way home, before it is reunited', [...ABORT, intends(ask), doubts()], null],
    ['at home, in sync', [...atHome, reads(askHome)], null],
    [
      'at home, with doubts',
      [...atHome, reads(askHome, { doubts: ['no quorum'] })],
      warns('doubt at home files no quorum', HOME('no quorum')),
    ],
  ])('is warned of: %s', (_, said, entry) => expect(alert(at(...said), facts(), 0)).toEqual(entry))
})

describe('unasked', () => {
  const cut: Effect = { ...forward, subject: ofMove('vol-1'), step: 'snapshot', volumeId: 'vol-1', tags: {} }
  const moving = (budgetMinutes: number | null, ...more: readonly EntryBody[]): Migration =>
    fitting(
      entries(
        ...[planned('mig-1', { plan: plan([LOGS]), rules: { ...NO_RULES, budgetMinutes } }), began, freezing],
        ...[intends(cut), begun(cut, 'snap-vol-1'), ...more],
      ),
    )
  /** The outage is from 3 s on. */
  const FROM_MS = 3_000
  const shows = (minutes: number, percent: number | null, state = 'pending'): Facts =>
    facts({ beganAtMs: minutes * MINUTE, snapshots: [snapshotOf(LOGS, { state, percent, startedAtMs: 0 })] })
  const slow = (words: string, asOf = '00:10'): EntryBody => ({
    ...{ kind: 'warned', about: 'slow logs', service: 'logs' },
    text: `logs takes at least ${words} more at the rate so far (as of ${asOf} UTC). Go live without it?`,
  })
  const called: EntryBody = { kind: 'warned', about: 'last call', service: null, text: 'Soon.' }
  const past: EntryBody = {
    ...{ kind: 'warned', about: 'budget', service: null },
    text: 'The outage has passed its budget of 120 min. Wait, go live with less, or abort?',
  }

  test.each<[string, Migration, Facts, number, EntryBody | null]>([
    ['a snapshot of ten minutes', moving(null), shows(10, 0), 0, slow('11 h 16 min')],
    ['a snapshot without percents counts from none', moving(null), shows(10, null), 0, slow('11 h 16 min')],
    [
      'a moment before that: nothing',
      moving(null),
      facts({
        beganAtMs: 10 * MINUTE - 1,
        snapshots: [snapshotOf(LOGS, { state: 'pending', percent: 0, startedAtMs: 0 })],
      }),
      0,
      null,
    ],
    ['one that takes an hour more', moving(null), shows(60 + BEGINS, 49), 0, slow('60 min', '01:03')],
    ['one that takes a little less', moving(null), shows(60 + BEGINS, 50), 0, null],
    ['one that is complete', moving(null), shows(60, 3, 'completed'), 0, null],
    ['a moment before the budget is spent', moving(120, called), shows(5, 50), FROM_MS + 120 * MINUTE - 1, null],
    ['once it is', moving(120), shows(5, 50), FROM_MS + 120 * MINUTE, past],
    ['no budget', moving(null), shows(5, 50), FROM_MS + 1_000 * MINUTE, null],
    ['a slow snapshot comes before the budget', moving(120), shows(10, 0), FROM_MS + 120 * MINUTE, slow('11 h 16 min')],
    ['and the budget after it', moving(120, slow('11 h 16 min')), shows(10, 0), FROM_MS + 120 * MINUTE, past],
    ['neither twice', moving(120, slow('11 h 16 min'), past), shows(10, 0), FROM_MS + 120 * MINUTE, null],
    ['nothing on the way back', moving(120, aborting), shows(10, 0), FROM_MS + 120 * MINUTE, null],
  ])('%s', (_, m, look, nowMs, entry) => expect(alert(m, look, nowMs)).toEqual(entry))
})

test.each<[number, string]>([
  ...([
    [0, '0 s'],
    [89_499, '89 s'],
    [89_500, '1 min'],
    [5_369_999, '89 min'],
    [5_370_000, '1 h 30 min'],
  ] as [number, string][]),
  ...([
    [169_199_999, '47 h'],
    [171_000_000, '2 d'],
    [216_000_000, '2 d 12 h'],
  ] as [number, string][]),
])('%i ms are %s', (ms, words) => expect(spell(ms)).toBe(words))
