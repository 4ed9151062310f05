// What is looked at again a moment before a call that cannot be undone, and the words for what has changed.
import { describe, expect, test } from 'vitest'
import { recheck, volumesToRecheck } from '../../../src/core/calling/recheck.ts'
import { type Effect, effectId, type ReplicaStep, type ServiceStep } from '../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import type { Facts, SeenInstance, SeenSnapshot } from '../../../src/core/model/facts.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import { ofCopy, ofMove, ofResource, ofService, type Subject } from '../../../src/core/model/subjects.ts'
import { attachedCopyOf, copyOf, facts, snapshotOf } from '../../support/facts.ts'
import { move, plan, replicaMove, seen, service, volume } from '../../support/plans.ts'
import { folded } from '../journals.ts'
import { attachment, instance } from '../seeing/stages.ts'

const LOGS = move({ id: 'vol-1', name: 'logs' }, 'logs')
const MORE_LOGS = move({ id: 'vol-2', name: 'more logs', device: '/dev/sdg' }, 'logs')
const DROPBOX = move({ id: 'vol-3', name: 'dropbox', device: '/dev/sdh' }, 'dropbox')
const SOURCE = volume({ id: 'vol-files', name: 'files', instance: 'i-files' })
const COPY = volume({ id: 'vol-files-copy', name: 'files-copy', instance: 'i-backup', device: '/dev/sdp' })
const FILES = replicaMove({ pairs: [{ source: SOURCE, copy: COPY }] })
const DRAWN = plan([LOGS, MORE_LOGS, DROPBOX, FILES], {
  services: [service('dropbox', { need: 'deferrable' }), service('files', { need: 'deferrable' }), service('logs')],
})

const began: EntryBody = { kind: 'began' }
const freezing: EntryBody = { kind: 'freezing', freeze: 'mig-1-f1', services: ['dropbox', 'files', 'logs'] }
const wentLive: EntryBody = { kind: 'wentLive', percents: {} }
const done: EntryBody = { kind: 'done' }
const aborting: EntryBody = { kind: 'aborting', by: 'U-2', reason: 'a test' }
const aborted: EntryBody = { kind: 'aborted' }
const cleaning: EntryBody = { kind: 'cleaning', by: 'U-2' }
const gives = (name: string): EntryBody => ({ kind: 'returned', service: name, by: 'U-2', reason: 'a test' })
const clears = (...resources: readonly string[]): EntryBody => ({ kind: 'clearing', resources })
const FROZEN = [began, freezing]
const LIVE = [...FROZEN, wentLive]
const ABORT = [...FROZEN, aborting]
const at = (...said: readonly EntryBody[]): Migration => folded(DRAWN, ...said)

const forward = { generation: 1, direction: 'forward' } as const
const CUT: Effect = { ...forward, subject: ofMove('vol-1'), step: 'snapshot', volumeId: 'vol-1', tags: {} }
const DETACH: Effect = {
  ...{ ...forward, subject: { of: 'copy', move: FILES.id, volume: COPY.id }, step: 'detach' },
  ...{ volumeId: COPY.id, instance: 'i-backup', device: '/dev/sdp' },
}
const RESTORE: Effect = {
  ...{ ...forward, subject: ofMove('vol-1'), step: 'restore' },
  ...{ snapshotId: 'snap-vol-1', zone: 'us-east-1c' },
}
const DELETE: Effect = { ...forward, subject: ofResource('vol-1'), step: 'delete', resource: 'vol-1' }
const DETACH_SOURCE: Effect = {
  ...{ ...forward, subject: ofResource('vol-1'), step: 'detachSource' },
  ...{ volumeId: 'vol-1', instance: 'i-source', device: '/dev/sdf' },
}

function onReplica(step: ReplicaStep, direction: Effect['direction'], subject: Subject = ofMove(FILES.id)): Effect {
  const hosts = { service: 'files', resource: 'files', instances: ['i-files-next'] }
  return { subject, step, generation: 1, direction, ...hosts, document: `zonehop-replica-${step}` }
}

function onHosts(step: ServiceStep, name = 'logs'): Effect {
  const direction = step === 'unfreeze' ? 'back' : 'forward'
  const hosts = { service: name, instances: ['i-source'] }
  return { subject: ofService(name), step, generation: 1, direction, ...hosts, work: { method: 'start-instances' } }
}

type Tags = Readonly<Record<string, string>>
const F1 = { 'zonehop:frozen': 'mig-1-f1' }
const LEFT = { 'zonehop:left': 'mig-1' }

/** Every source with these tags but for the one that has its own, and the copy of the replica at this instance. */
function world(tags: Tags, over: Readonly<Record<string, Tags>> = {}, copyAt = 'i-backup', copyTags: Tags = {}): Facts {
  const sources = [LOGS, MORE_LOGS, DROPBOX, { volume: SOURCE }].map((one) =>
    seen(one, { tags: over[one.volume.id] ?? tags }),
  )
  const attachments = [attachment(copyAt, '/dev/sdp')]
  return facts({ volumes: [...sources, seen({ volume: COPY }, { zone: 'us-east-1c', attachments, tags: copyTags })] })
}

const AT_SUCCESSOR = (tags: Tags = {}): Facts => world(tags, {}, 'i-files-next')
const PROVEN = { 'zonehop:proven': 'mig-1-f1' }

function reported(sourceRole: string): EntryBody[] {
  const effect = onReplica('prove', 'back', { of: 'side', move: FILES.id, side: 'home' })
  const reading = { doubts: [], leftKib: null, sync: null, isStalled: false, sourceRole }
  return [
    { kind: 'intended', effects: [effect] },
    { kind: 'read', effect: effectId(effect), ...reading },
  ]
}

/** The fact, what the journal says, the effect, the world, and what has changed; null: it may be called. */
type Row = readonly [string, readonly EntryBody[], Effect, Facts, string | null]

function changed(rows: readonly Row[]): void {
  test.each(rows)('%s', (_, said, effect, look, then) => {
    expect(recheck(at(...said), effect, look)).toBe(then)
  })
}

describe('a final snapshot', () => {
  const unknown: Effect = { ...CUT, subject: ofMove('vol-9'), volumeId: 'vol-9' }
  changed([
    ['of a source that carries the freeze', FROZEN, CUT, world({}, { 'vol-1': F1 }), null],
    ['of a source that does not', FROZEN, CUT, world(F1, { 'vol-1': {} }), 'the freeze of vol-1 does not stand'],
    ['of another freeze', FROZEN, CUT, world({ 'zonehop:frozen': 'mig-1-f0' }), 'the freeze of vol-1 does not stand'],
    ['of a volume of no move', FROZEN, unknown, world(F1), 'the freeze of vol-9 does not stand'],
    ['before any freeze', [began], CUT, world(F1), 'the freeze of vol-1 does not stand'],
  ])
})

describe('a step forward on a replica', () => {
  const UNFROZEN = 'the freeze of files does not stand'
  const proven = world(F1, {}, 'i-backup', PROVEN)
  const steps = (['down', 'promote'] as const).map((step) => onReplica(step, 'forward'))
  changed([
    [
      'is done for a replica',
      FROZEN,
      onReplica('demote', 'forward', ofMove('vol-1')),
      proven,
      'it belongs to no replica',
    ],
    ['is done for a move', FROZEN, onReplica('demote', 'forward', ofMove('vol-9')), proven, 'it belongs to no replica'],
    [
      'demotes a source that carries the freeze, proven or not',
      FROZEN,
      onReplica('demote', 'forward'),
      world(F1),
      null,
    ],
    ['demotes no other source', FROZEN, onReplica('demote', 'forward'), world(F1, { 'vol-files': {} }), UNFROZEN],
    ...[...steps, DETACH].flatMap((effect): Row[] => [
      [`${effect.step} needs the proof`, FROZEN, effect, world(F1), 'files is not proven'],
      [`${effect.step} goes on with it`, [...FROZEN, { kind: 'doubted', why: 'a test' }], effect, proven, null],
      [`${effect.step} takes no tag for it outside doubt`, FROZEN, effect, proven, 'files is not proven'],
      [`${effect.step} needs the freeze`, FROZEN, effect, world({}, {}, 'i-backup', PROVEN), UNFROZEN],
    ]),
  ])
})

describe('a copy of an older snapshot is taken off', () => {
  const adopts = (effect: Effect, resource: string): EntryBody => ({
    ...{ kind: 'adopted', things: [{ effect, issued: `n-${resource}`, resource }] },
  })
  const old: Effect = { ...RESTORE, snapshotId: 'snap-old' } as Effect
  const present = adopts(RESTORE, 'vol-present')
  const aside = adopts({ ...old, subject: ofCopy('vol-1', 'vol-older') } as Effect, 'vol-older')
  const ofOther = adopts({ ...RESTORE, subject: ofMove('vol-2') } as Effect, 'vol-older')
  const leaves = (volumeId: string, subject: Subject = ofCopy('vol-1', volumeId)): Effect => ({
    ...{ ...forward, subject, step: 'detach', volumeId, instance: 'i-target', device: '/dev/sdf' },
  })
  const shown = (tags: Tags = {}): Facts =>
    facts({ volumes: ['vol-older', 'vol-present'].map((id) => ({ ...attachedCopyOf(LOGS, { id }), tags })) })
  const generations = [adopts(old, 'vol-older'), adopts({ ...RESTORE, generation: 2 } as Effect, 'vol-present')]
  const sisters = [present, adopts(RESTORE, 'vol-older')]
  const UNKNOWN = 'vol-older is no older copy'
  changed([
    ['where the journal knows it by itself', [...FROZEN, present, aside], leaves('vol-older'), shown(), null],
    ['of an earlier generation', [...FROZEN, ...generations], leaves('vol-older'), shown(), null],
    ['that another attempt of the present restore made', [...FROZEN, ...sisters], leaves('vol-older'), shown(), null],
    ['after the point of no return', [...LIVE, present, aside], leaves('vol-older'), shown(), null],
    ['whether or not the freeze stands', [...FROZEN, present, aside], leaves('vol-older'), shown(F1), null],
    [
      'not the present one',
      [...FROZEN, present, aside],
      leaves('vol-present'),
      shown(),
      'vol-present is no older copy',
    ],
    [
      'not one that is the present one by now',
      [...FROZEN, adopts(old, 'vol-present'), adopts({ ...RESTORE, generation: 2 } as Effect, 'vol-older')],
      leaves('vol-older'),
      shown(),
      UNKNOWN,
    ],
    ['not one that the journal does not know', [...FROZEN, present], leaves('vol-older'), shown(), UNKNOWN],
    ['not the copy of another move', [...FROZEN, present, ofOther], leaves('vol-older'), shown(), UNKNOWN],
    [
      'not one that says that it is live',
      [...FROZEN, present, aside],
      leaves('vol-older'),
      shown({ 'zonehop:live': 'mig-1' }),
      'vol-older says zonehop:live',
    ],
    [
      'not one that is live by another migration',
      [...FROZEN, present, aside],
      leaves('vol-older'),
      shown({ 'zonehop:live': 'mig-0' }),
      'vol-older says zonehop:live',
    ],
    [
      'not of a move that the plan has lost',
      [...FROZEN, present, aside],
      leaves('vol-older', ofCopy('vol-9', 'vol-older')),
      shown(),
      'it belongs to no replica',
    ],
  ])
})

describe('a step back on a replica', () => {
  const NO_WAY = 'no abort or return stands in the journal'
  const TAKEN = 'a source carries zonehop:left: the target zone may be taking writes'
  const fence = onReplica('fence', 'back')
  const promote = onReplica('promote', 'back', { of: 'side', move: FILES.id, side: 'source' })
  const reunite = onReplica('reunite', 'back', { of: 'side', move: FILES.id, side: 'home' })
  const home: Effect = {
    ...DETACH,
    direction: 'back',
    subject: { of: 'copyHome', move: FILES.id, volume: COPY.id },
  }
  const NOT_PRIMARY = 'the source of files is not seen primary'
  const fenced: EntryBody[] = [
    { kind: 'intended', effects: [fence] },
    { kind: 'seen', started: [], achieved: [effectId(fence)] },
  ]
  changed([
    ['fences in an abort', ABORT, fence, AT_SUCCESSOR(), null],
    ['fences in no other phase', FROZEN, fence, AT_SUCCESSOR(), NO_WAY],
    ['fences what was given back', [...LIVE, gives('files')], fence, AT_SUCCESSOR(), null],
    ['fences nothing while another one is given back', [...LIVE, gives('dropbox')], fence, AT_SUCCESSOR(), NO_WAY],
    ['fences nothing while a source says left', ABORT, fence, AT_SUCCESSOR(LEFT), TAKEN],
    ['promotes the source once no copy is at the successor', ABORT, promote, world({}), null],
    ['promotes the source once its copy is fenced', [...ABORT, ...fenced], promote, AT_SUCCESSOR(), null],
    ['promotes no source before that', ABORT, promote, AT_SUCCESSOR(), 'files is not fenced'],
    ['promotes no source while another one says left', ABORT, promote, world({}, { 'vol-1': LEFT }), TAKEN],
    ['takes the copy home whatever its source is', ABORT, home, world({}), null],
    ['takes no copy home that is not fenced', ABORT, home, AT_SUCCESSOR(), 'files is not fenced'],
    ['reunites with a source that is seen primary', [...ABORT, ...reported('Primary')], reunite, world({}), null],
    ['reunites with no secondary', [...ABORT, ...reported('Secondary')], reunite, world({}), NOT_PRIMARY],
    ['reunites with nobody who was not asked', ABORT, reunite, world({}), NOT_PRIMARY],
  ])
})

describe('a freeze', () => {
  const WHY = 'a source does not carry the freeze'
  const gone: EntryBody = { kind: 'gone', volumes: ['vol-2'] }
  const freeze = onHosts('freeze')
  const withoutSecond = facts({ volumes: [seen(LOGS, { tags: F1 })] })
  changed([
    ['of sources that all carry one', FROZEN, freeze, world(F1, { 'vol-3': {} }), null],
    ['of sources of which one does not', FROZEN, freeze, world(F1, { 'vol-2': {} }), WHY],
    ['of a source that is not shown', FROZEN, freeze, withoutSecond, WHY],
    ['of a source that was deleted, which has no writes to lose', [...FROZEN, gone], freeze, withoutSecond, null],
  ])
})

describe('writes begin again at home', () => {
  const NO_WAY = 'no abort or return stands in the journal'
  const TAKEN = 'a source carries zonehop:left: the target zone may be taking writes'
  const [logs, files, dropbox] = [onHosts('unfreeze'), onHosts('unfreeze', 'files'), onHosts('unfreeze', 'dropbox')]
  const returned = [...LIVE, gives('dropbox')]
  changed([
    ['in an abort', ABORT, logs, world({}), null],
    ['in no other phase', FROZEN, logs, world({}), NO_WAY],
    ['in an abort, of sources that are not shown', ABORT, logs, facts({ volumes: [] }), null],
    ['after the point of no return, of what was given back', returned, dropbox, world(LEFT, { 'vol-3': {} }), null],
    ['not while its own source says left', returned, dropbox, world({}, { 'vol-3': LEFT }), TAKEN],
    ['not of what was not given back', returned, logs, world({}), NO_WAY],
    [
      'in an abort, though a source says left of another migration',
      ABORT,
      logs,
      world({}, { 'vol-3': { 'zonehop:left': 'mig-0' } }),
      null,
    ],
    [
      'not in a return while its own source says left of any',
      returned,
      dropbox,
      world({}, { 'vol-3': { 'zonehop:left': 'mig-0' } }),
      TAKEN,
    ],
    ['not in an abort while any source says left', ABORT, logs, world({}, { 'vol-3': LEFT }), TAKEN],
    ['of a replica that is nowhere else', ABORT, files, world({}), null],
    ['not of a replica that is not fenced', ABORT, files, AT_SUCCESSOR(), 'a replica is not fenced'],
    ['of another service whose replica is not fenced', ABORT, logs, AT_SUCCESSOR(), null],
    ['not after the end of an abort', [...ABORT, aborted], logs, world({}), NO_WAY],
  ])
})

describe('an opening', () => {
  const both = { ...F1, ...LEFT }
  const open = onHosts('open', 'dropbox')
  const gone: EntryBody = { kind: 'gone', volumes: ['vol-3'] }
  const without = facts({ volumes: [] })
  changed([
    ['of sources that carry left and the freeze', LIVE, open, world({}, { 'vol-3': both }), null],
    ['of a source without left', LIVE, open, world(both, { 'vol-3': F1 }), 'a source does not carry left'],
    [
      'of a source that another migration left',
      LIVE,
      open,
      world(both, { 'vol-3': { ...F1, 'zonehop:left': 'mig-0' } }),
      'a source does not carry left',
    ],
    [
      'of two sources, one of which lost its freeze',
      LIVE,
      onHosts('open'),
      world(both, { 'vol-2': LEFT }),
      'a freeze does not stand',
    ],
    ['of a source without its freeze', LIVE, open, world(both, { 'vol-3': LEFT }), 'a freeze does not stand'],
    ['of what was given back', [...LIVE, gives('dropbox')], open, world(both), 'dropbox was given back'],
    ['beside what was given back', [...LIVE, gives('files')], open, world(both), null],
    ['of a source that was deleted', [...FROZEN, gone, wentLive], open, without, 'a freeze does not stand'],
  ])
})

describe('a deletion', () => {
  const OLD: SeenInstance = { ...instance('i-source', 'stopped') }
  const FIRST: SeenSnapshot = {
    ...snapshotOf(LOGS, { id: 'snap-first', volumeId: 'vol-copy-vol-1', startedAtMs: 120_000 }),
    tags: {},
  }
  const tags = { ...LOGS.volume.tags, ...LEFT }
  const shows = (over: Parameters<typeof seen>[1] | null, state = 'stopped'): Facts =>
    facts({
      volumes: [...(over === null ? [] : [seen(LOGS, { tags, ...over })]), attachedCopyOf(LOGS)],
      instances: [{ ...OLD, state }],
      snapshots: [FIRST],
    })
  const alone = { attachments: [] }
  const ASKED = [...LIVE, done, cleaning]
  const AGREED = [...ASKED, clears('vol-1', 'snap-vol-1')]
  const BOTH_AGREED = [...ASKED, clears('vol-1', 'vol-3')]
  const DROP: Effect = { ...DELETE, subject: ofResource('vol-3'), resource: 'vol-3' }
  const dropped = seen(DROPBOX, { tags: { ...DROPBOX.volume.tags, ...LEFT }, attachments: [] })
  const twoShown = facts({ volumes: [seen(LOGS, { tags }), dropped], instances: [OLD] })
  const firstKept = facts({ volumes: [seen(LOGS, { tags: {} }), dropped], instances: [OLD] })
  const NOBODY = 'nobody agreed that vol-1 goes'
  const snapshot: Effect = { ...DELETE, subject: ofResource('snap-vol-1'), resource: 'snap-vol-1' }
  const IN_USE = 'vol-1 is kept: it is in use: attached to i-source, which is not stopped'
  changed([
    ['of what was agreed to and is attached to nothing', AGREED, DELETE, shows(alone), null],
    ['of what nobody asked about', [...LIVE, done], DELETE, shows(alone), NOBODY],
    ['of what nobody agreed to', ASKED, DELETE, shows(alone), NOBODY],
    ['beside what was agreed to', [...ASKED, clears('vol-2')], DELETE, shows(alone), NOBODY],
    ['of a volume that is not shown', AGREED, DELETE, shows(null), 'vol-1 is not shown, or belongs to others by now'],
    ['of a snapshot that is not shown: it is gone', AGREED, snapshot, shows(alone), null],
    ['of one of two, the other of which is in use', BOTH_AGREED, DROP, twoShown, null],
    ['of one of two, the other of which is kept', BOTH_AGREED, DROP, firstKept, null],
    ['of what is still attached', AGREED, DELETE, shows({}), 'vol-1 is attached'],
    ['of what is in use again', AGREED, DELETE, shows({}, 'running'), IN_USE],
    ['first takes it off its stopped instance', AGREED, DETACH_SOURCE, shows({}), null],
    ['takes nothing off that nobody agreed to', ASKED, DETACH_SOURCE, shows({}), NOBODY],
    ['takes nothing off a running instance', AGREED, DETACH_SOURCE, shows({}, 'running'), IN_USE],
  ])
})

describe('what rests on the journal alone, or may be undone', () => {
  const restore: Effect = { ...forward, subject: ofMove('vol-1'), step: 'restore', snapshotId: 's', zone: 'z' }
  changed([
    ['a hook after the point of no return', LIVE, onHosts('hook'), world({}), null],
    ['a hook before it', FROZEN, onHosts('hook'), world({}), 'the migration is not live'],
    ['a hook after the end', [...LIVE, done], onHosts('hook'), world({}), 'the migration is not live'],
    ['a copy, in any phase', [], restore, world({}), null],
    ['a check, in any phase', [], onHosts('verify'), world({}), null],
    ['a question, in any phase', [], onReplica('prove', 'forward'), world({}), null],
  ])
})

describe('the volumes that are observed again', () => {
  const OWN = ['vol-files', 'vol-files-copy']
  const ALL = ['vol-1', 'vol-2', 'vol-3', ...OWN]
  const seed: Effect = { ...CUT, step: 'seed' }
  const steps = ['demote', 'down', 'promote'] as const
  const lost = onReplica('down', 'forward', ofMove('vol-9'))
  test.each<[string, Effect, readonly string[] | null]>([
    ['for a final snapshot: its source', CUT, ['vol-1']],
    ['for a freeze: the sources of its service', onHosts('freeze'), ['vol-1', 'vol-2']],
    ['for the freeze of a replica: source and copy', onHosts('freeze', 'files'), OWN],
    ['for an opening: the sources of its service', onHosts('open', 'dropbox'), ['vol-3']],
    ['before writes begin again: all', onHosts('unfreeze', 'dropbox'), ALL],
    ['for a fence: all', onReplica('fence', 'back'), ALL],
    ['for a reunion: all', onReplica('reunite', 'back'), ALL],
    ...steps.map((step): [string, Effect, readonly string[]] => [
      `for ${step} on the way forward: its own`,
      onReplica(step, 'forward'),
      OWN,
    ]),
    ...steps.map((step): [string, Effect, readonly string[]] => [
      `for ${step} on the way back: all`,
      onReplica(step, 'back'),
      ALL,
    ]),
    ['to take a copy off: its own', DETACH, OWN],
    [
      'to take a copy of an older snapshot off: that copy',
      { ...DETACH, subject: ofCopy('vol-1', 'vol-older'), volumeId: 'vol-older' },
      ['vol-older'],
    ],
    ['to take a copy home: all', { ...DETACH, direction: 'back' }, ALL],
    ['for a move that the plan has lost: none', lost, null],
    ['for a deletion: what is deleted', DELETE, ['vol-1']],
    ['to take a source off: itself', DETACH_SOURCE, ['vol-1']],
    ['for a hook: none, the journal is enough', onHosts('hook'), []],
    ['for a seed: none, it may be undone', seed, null],
    ['for a check: none, it changes nothing', onHosts('verify'), null],
    ['for a question: none, it changes nothing', onReplica('prove', 'forward'), null],
  ])('%s', (_, effect, ids) => {
    expect(volumesToRecheck(at(), effect)).toEqual(ids)
  })
})

test('a copy that an aborted migration made goes once it is agreed to, if nothing says that it is live', () => {
  const made: EntryBody[] = [
    { kind: 'intended', effects: [RESTORE] },
    { kind: 'seen', started: [{ effect: effectId(RESTORE), resource: 'vol-copy-vol-1', others: [] }], achieved: [] },
  ]
  const ended = [aborting, aborted, cleaning, clears('vol-copy-vol-1')]
  const ENDED = [...FROZEN, ...made, ...ended]
  const effect: Effect = { ...DELETE, subject: ofResource('vol-copy-vol-1'), resource: 'vol-copy-vol-1' }
  const copy = copyOf(LOGS)
  expect(recheck(at(...ENDED), effect, facts({ volumes: [copy] }))).toBeNull()
  const live = { ...copy, tags: { ...copy.tags, 'zonehop:live': 'mig-1' } }
  expect(recheck(at(...ENDED), effect, facts({ volumes: [live] }))).toBe('vol-copy-vol-1 is kept: it says zonehop:live')
  // A thing that the journal has not made, or that somebody took its tags off, is not the migration's to delete.
  const NOT_OURS = 'vol-copy-vol-1 is not shown, or belongs to others by now'
  expect(recheck(at(...FROZEN, ...ended), effect, facts({ volumes: [copy] }))).toBe(NOT_OURS)
  expect(recheck(at(...ENDED), effect, facts({ volumes: [{ ...copy, tags: {} }] }))).toBe(NOT_OURS)
})
