// The ladder of a snapshot move, one row a rung: from each state the next step, and what holds it up.
import { describe, expect, test } from 'vitest'
import { type Effect, effectId } from '../../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../../src/core/model/entries.ts'
import type { Facts, SeenSnapshot, SeenVolume } from '../../../../src/core/model/facts.ts'
import { ofCopy, ofMove } from '../../../../src/core/model/subjects.ts'
import { seedEffect } from '../../../../src/core/steps/seeds/rounds.ts'
import {
  copiesOf,
  finalSnapshot,
  firstSnapshot,
  isFrozen,
  moveSteps,
  olderSnapshot,
  targetVolume,
} from '../../../../src/core/steps/snapshot-ladder.ts'
import type { Wait } from '../../../../src/core/steps/waits.ts'
import { attachedCopyOf, facts, LATER_MS, tagged } from '../../../support/facts.ts'
import { move, plan, planned, replicaMove, seen, service, volume } from '../../../support/plans.ts'
import { at, BOTH, but, cutOf, DROPBOX, FREEZE_ID, LOGS, type Stage, seedOf, seenAt } from '../../at.ts'
import { migration } from '../../people.ts'

const FORWARD = { subject: { of: 'move', move: 'vol-1' }, generation: 1, direction: 'forward' } as const
const PLACE = { volumeId: 'vol-copy-vol-1', instance: 'i-target', device: '/dev/sdf' }
const STEPS = {
  snapshot: {
    ...{ ...FORWARD, step: 'snapshot', volumeId: 'vol-1' },
    tags: { Name: 'logs (final)', 'zonehop:frozen': FREEZE_ID },
  },
  restore: { ...FORWARD, step: 'restore', snapshotId: 'snap-vol-1', zone: 'us-east-1c', initializationMibps: 300 },
  attach: { ...FORWARD, step: 'attach', ...PLACE },
  checkCopy: { ...FORWARD, step: 'checkCopy', ...PLACE, deleteOnTermination: false },
} as const satisfies Readonly<Record<string, Effect>>

/** Its copy is made, and its attachment is intended. */
const cutAt = at('attaching')

describe('the next step', () => {
  test.each<[string, Stage, keyof typeof STEPS | null]>([
    ['planned: none', 'planned', null],
    ['before its freeze: none', 'freezeAsked', null],
    ['frozen: the final snapshot', 'frozen', 'snapshot'],
    ['intended: the same', 'moving', 'snapshot'],
    ['called: the same, until it is complete', 'cutting', 'snapshot'],
    ['complete: the copy, in the target zone', 'restoring', 'restore'],
    ['restored: the attachment, as its source was attached', 'attaching', 'attach'],
    ['attached: the comparison', 'checking', 'checkCopy'],
    ['compared: that was the last one', 'goLiveAsked', 'checkCopy'],
    ['live: the same', 'opened', 'checkCopy'],
  ])('%s', (_, stage, step) => {
    const { effects, waits } = moveSteps(migration(...at(stage)), LOGS, seenAt(stage))
    expect(effects).toEqual(step === null ? [] : [STEPS[step]])
    expect(waits).toEqual([])
  })
})

describe('a copy of an older snapshot that stands where the present one goes', () => {
  const OLD = 'vol-older'
  const restore = (over: object = {}): Effect => ({ ...STEPS.restore, ...over }) as Effect
  const adopts = (effect: Effect, resource: string): EntryBody => ({
    ...{ kind: 'adopted', things: [{ effect, issued: `n-${resource}`, resource }] },
  })
  const aside = adopts(restore({ subject: ofCopy('vol-1', OLD), snapshotId: 'snap-old' }), OLD)
  const sister = adopts(restore(), OLD)
  const ofOther = adopts(restore({ subject: ofMove('vol-2') }), OLD)
  const older = (over: Partial<SeenVolume> = {}): SeenVolume =>
    attachedCopyOf(LOGS, { id: OLD, tags: { Name: 'logs' }, ...over })
  const stands = (place: string, device: string, state = 'attached'): Partial<SeenVolume> => ({
    attachments: [{ instance: place, device, state, deleteOnTermination: false }],
  })
  const leaves: Effect = {
    ...{ generation: 1, direction: 'forward', step: 'detach', subject: ofCopy('vol-1', OLD) },
    ...{ volumeId: OLD, instance: 'i-target', device: '/dev/sdf' },
  }
  const done: EntryBody = { kind: 'seen', started: [], achieved: [effectId(leaves)] }
  const intended: EntryBody = { kind: 'intended', effects: [leaves] }

  test.each<[string, EntryBody, SeenVolume | null, Effect]>([
    ['is taken off first', aside, older(), leaves],
    ['whichever attempt of the restore made it', sister, older(), leaves],
    ['also while it is being attached there', aside, older(stands('i-target', '/dev/sdf', 'attaching')), leaves],
    ['also while it is leaving', aside, older(stands('i-target', '/dev/sdf', 'detaching')), leaves],
    ['not once it has left', aside, older(stands('i-target', '/dev/sdf', 'detached')), STEPS.attach],
    ['not where it stands at another device', aside, older(stands('i-target', '/dev/sdz')), STEPS.attach],
    ['not where it stands at another instance', aside, older(stands('i-9', '/dev/sdf')), STEPS.attach],
    ['not where it is attached to nothing', aside, older({ attachments: [] }), STEPS.attach],
    ['not where it is not shown', aside, null, STEPS.attach],
    [
      'not where it says that it is live: it is people’s',
      aside,
      older({ tags: { 'zonehop:live': 'mig-1' } }),
      STEPS.attach,
    ],
    ['not the copy of another move', ofOther, older(), STEPS.attach],
    ['not one that the journal does not know', { kind: 'looked' }, older(), STEPS.attach],
  ])('%s', (_, known, copy, step) => {
    const world = but(seenAt('attaching'), { moreVolumes: copy ? [copy] : [] })
    const waits = step === leaves ? [{ on: 'look', what: 'the older copy of logs off its device' }] : []
    expect(moveSteps(migration(...cutAt, known), LOGS, world)).toEqual({ effects: [step], waits })
  })

  test('the present one is not taken for an older one, wherever it stands', () => {
    const { effects } = moveSteps(migration(...cutAt, aside), LOGS, seenAt('checking'))
    expect(effects).toEqual([STEPS.attach])
  })

  test('taken off and attached there again, it is taken off once more', () => {
    const { effects } = moveSteps(migration(...cutAt, aside, intended, done), LOGS, {
      ...but(seenAt('attaching'), { moreVolumes: [older()] }),
      beganAtMs: 2 * LATER_MS,
    })
    expect(effects).toEqual([{ ...leaves, generation: 2 }])
  })

  test('once it is off, the present one is attached', () => {
    const m = migration(...cutAt, aside, intended, done)
    const world = but(seenAt('attaching'), { moreVolumes: [older({ attachments: [] })] })
    expect(moveSteps(m, LOGS, world)).toEqual({ effects: [STEPS.attach], waits: [] })
  })

  test('all copies of a move that the journal knows are its copies, of whatever snapshot', () => {
    const all = [...cutAt, sister, adopts(restore({ subject: ofCopy('vol-1', 'vol-2nd') }), 'vol-2nd')]
    expect(copiesOf(migration(...all), 'vol-1')).toEqual(['vol-copy-vol-1', OLD, 'vol-2nd'])
    expect(copiesOf(migration(...at('restoring')), 'vol-1')).toEqual([])
    expect(copiesOf(migration(...cutAt, ofOther), 'vol-2')).toEqual([OLD])
  })
})

describe('what holds it up', () => {
  const look = (what: string): Wait => ({ on: 'look', what })
  const untagged = { volumes: { 'vol-1': { tags: LOGS.volume.tags } } }

  test.each<[string, Stage, Facts, Wait]>([
    [
      'the freeze is off its source before the snapshot is complete',
      'cutting',
      but(seenAt('cutting'), untagged),
      { on: 'freezeGone', service: 'logs' },
    ],
    [
      'another freeze is on its source',
      'moving',
      but(seenAt('moving'), { volumes: { 'vol-1': { tags: { 'zonehop:frozen': 'mig-1-f1' } } } }),
      { on: 'freezeGone', service: 'logs' },
    ],
    [
      'its source is not shown',
      'moving',
      but(seenAt('moving'), { volumes: { 'vol-1': null } }),
      { on: 'freezeGone', service: 'logs' },
    ],
    [
      'the snapshot was complete, and is not shown',
      'restoring',
      but(seenAt('restoring'), { snapshots: { 'snap-vol-1': null } }),
      look('the final snapshot of logs'),
    ],
    [
      'the snapshot was complete, and is shown pending',
      'restoring',
      but(seenAt('restoring'), { snapshots: { 'snap-vol-1': { state: 'pending' } } }),
      look('the final snapshot of logs'),
    ],
    [
      'the copy was made, and is not shown',
      'attaching',
      but(seenAt('attaching'), { volumes: { 'vol-copy-vol-1': null } }),
      look('the copy of logs'),
    ],
  ])('%s', (_, stage, world, wait) => {
    expect(moveSteps(migration(...at(stage)), LOGS, world)).toEqual({ effects: [], waits: [wait] })
  })

  test('once the snapshot is complete the freeze is not asked for any more', () => {
    const { effects, waits } = moveSteps(migration(...at('restoring')), LOGS, but(seenAt('restoring'), untagged))
    expect([effects, waits]).toEqual([[STEPS.restore], []])
  })
})

describe('a step whose ground has changed is another one', () => {
  const ids = (said: readonly EntryBody[], world: Facts): string[] =>
    moveSteps(migration(...said), LOGS, world).effects.map(effectId)
  const refreeze: EntryBody = { kind: 'freezing', freeze: 'mig-1-f9', services: ['logs'] }
  const refrozen = { volumes: { 'vol-1': { tags: { 'zonehop:frozen': 'mig-1-f9' } } } }
  const other: EntryBody = {
    ...{ kind: 'replanned', choices: [], found: [], by: 'U-2' },
    plan: plan([{ ...LOGS, successor: 'i-other' }], { digest: 'plan-2' }),
  }

  test.each<[string, readonly EntryBody[], Facts, string]>([
    ['frozen anew: cut anew', [...at('moving'), refreeze], but(seenAt('moving'), refrozen), 'vol-1.snapshot.2'],
    [
      'cut and frozen anew: cut anew',
      [...at('restoring'), refreeze],
      but(seenAt('restoring'), refrozen),
      'vol-1.snapshot.2',
    ],
  ])('%s', (_, said, world, id) => expect(ids(said, world)).toEqual([id]))

  test('another successor: attached anew', () => {
    const [there] = other.kind === 'replanned' ? other.plan.moves : []
    if (there?.route !== 'snapshot') throw new Error('it moves by snapshot')
    const { effects } = moveSteps(migration(...at('attaching'), other), there, seenAt('attaching'))
    expect(effects).toEqual([{ ...STEPS.attach, instance: 'i-other', generation: 2 }])
  })
})

describe('frozen anew once its copy stood in the target zone', () => {
  const anew: EntryBody = { kind: 'freezing', freeze: 'mig-1-f9', services: ['logs'] }
  const second = { ...FORWARD, generation: 2 } as const
  const place = { ...PLACE, volumeId: 'vol-2nd' }
  const snapshot: Effect = {
    ...{ ...second, step: 'snapshot', volumeId: 'vol-1' },
    tags: { Name: 'logs (final)', 'zonehop:frozen': 'mig-1-f9' },
  }
  const from = { snapshotId: 'snap-2nd', zone: 'us-east-1c', initializationMibps: 300 }
  const restore: Effect = { ...second, step: 'restore', ...from }
  const leaves: Effect = {
    ...{ generation: 1, direction: 'forward', step: 'detach', subject: ofCopy('vol-1', 'vol-copy-vol-1') },
    ...PLACE,
  }
  const attach: Effect = { ...second, step: 'attach', ...place }
  const checkCopy: Effect = { ...second, step: 'checkCopy', ...place, deleteOnTermination: false }
  const done = (effect: Effect, resource?: string): EntryBody[] => [
    { kind: 'intended', effects: [effect] },
    {
      ...{ kind: 'seen', achieved: [effectId(effect)] },
      started: resource ? [{ effect: effectId(effect), resource, others: [] }] : [],
    },
  ]
  const frozen = but(seenAt('goLiveAsked'), { volumes: { 'vol-1': { tags: { 'zonehop:frozen': 'mig-1-f9' } } } })
  const cut = but(frozen, { moreSnapshots: [cutOf(LOGS, { id: 'snap-2nd', tags: { 'zonehop:frozen': 'mig-1-f9' } })] })
  const made = but(cut, {
    moreVolumes: [attachedCopyOf(LOGS, { id: 'vol-2nd', snapshotId: 'snap-2nd', attachments: [] })],
  })
  const off = but(made, { volumes: { 'vol-copy-vol-1': { attachments: [] } } })
  const toSnapshot = [...at('goLiveAsked'), anew]
  const toRestore = [...toSnapshot, ...done(snapshot, 'snap-2nd')]
  const toDetach = [...toRestore, ...done(restore, 'vol-2nd')]
  const toAttach = [...toDetach, ...done(leaves)]
  const toCheck = [...toAttach, ...done(attach, 'vol-2nd')]
  const older: Wait = { on: 'look', what: 'the older copy of logs off its device' }

  test.each<[string, readonly EntryBody[], Facts, Effect | null, Wait | null]>([
    [
      'while its source does not say so: not cut',
      toSnapshot,
      seenAt('goLiveAsked'),
      null,
      { on: 'freezeGone', service: 'logs' },
    ],
    ['cut anew, under the later freeze', toSnapshot, frozen, snapshot, null],
    [
      'the older snapshot is not taken for it',
      toRestore,
      frozen,
      null,
      { on: 'look', what: 'the final snapshot of logs' },
    ],
    ['copied anew, from that snapshot', toRestore, cut, restore, null],
    ['the older copy is not taken for it', toDetach, cut, null, { on: 'look', what: 'the copy of logs' }],
    ['the older copy leaves its place', toDetach, made, leaves, older],
    ['the new copy takes it', toAttach, off, attach, null],
    ['and is compared', toCheck, off, checkCopy, null],
  ])('%s', (_, said, world, effect, wait) => {
    const { effects, waits } = moveSteps(migration(...said), LOGS, world)
    expect(effects).toEqual(effect ? [effect] : [])
    expect(waits).toEqual(wait ? [wait] : [])
  })
})

describe('a volume that takes one snapshot at a time', () => {
  const COLD = move({ id: 'vol-1', name: 'logs', type: 'st1' })
  const drawn = plan([COLD])
  const seed = (over: Partial<SeenSnapshot> = {}): SeenSnapshot => seedOf(COLD, { state: 'pending', ...over })
  const shows = (...moreSnapshots: readonly SeenSnapshot[]): Facts => but(seenAt('frozen', drawn), { moreSnapshots })

  test.each<[string, Facts, string | null]>([
    ['its seed is pending: that first', shows(seed()), 'seed-vol-1'],
    ['its seed is complete', shows(seed({ state: 'completed' })), null],
    ['its seed ended in error', shows(seed({ state: 'error' })), null],
    ['it has none', shows(), null],
    ['what is pending is of another volume', shows(seed({ volumeId: 'vol-2' })), null],
  ])('%s', (_, world, older) => {
    expect(olderSnapshot(COLD, world)?.id ?? null).toBe(older)
    const { effects, waits } = moveSteps(migration(...at('frozen', drawn)), COLD, world)
    expect(effects.map(effectId)).toEqual(older ? [] : ['vol-1.snapshot.1'])
    expect(waits).toEqual(older ? [{ on: 'olderSnapshot', name: 'logs', resource: older }] : [])
  })

  test.each([
    ['gp3', false],
    ['io2', false],
    ['st1', true],
    ['sc1', true],
  ])('%s is such a one: %s', (type, isHeld) => {
    expect(olderSnapshot(move({ id: 'vol-1', name: 'logs', type }), shows(seed())) !== null).toBe(isHeld)
  })

  test('what is intended already stays so', () => {
    const m = migration(...at('moving', drawn))
    expect(moveSteps(m, COLD, shows(seed())).effects.map(effectId)).toEqual(['vol-1.snapshot.1'])
  })
})

describe('snapshots beside the ladder', () => {
  const base = { generation: 1, direction: 'forward' } as const
  const FILES = replicaMove()
  const long = move({ id: 'vol-9', name: 'n'.repeat(300) })

  test('a seed has its own name, and no freeze', () => {
    expect(seedEffect(migration(...at('planned')), LOGS)).toEqual({
      ...{ ...FORWARD, step: 'seed', volumeId: 'vol-1', tags: { Name: 'logs (seed)' } },
    })
  })

  test('a name is no longer than a tag may be', () => {
    expect(seedEffect(migration(...at('planned')), long).tags.Name).toBe('n'.repeat(256))
    expect(firstSnapshot(migration(...at('planned')), long, 'vol-c').tags.Name).toBe('n'.repeat(256))
  })

  test.each([
    ['a copy by snapshot is named as its source', LOGS, 'vol-copy-vol-1', 'logs (first)'],
    ['a copy of a replica is named as the source of its pair', FILES, 'vol-files-copy', 'files (first)'],
    ['a copy of no pair is named as the replica', FILES, 'vol-other', 'files (first)'],
  ])('the first snapshot: %s', (_, of, volumeId, Name) => {
    expect(firstSnapshot(migration(...at('planned')), of, volumeId)).toEqual({
      ...{ ...base, subject: { of: 'copy', move: of.id, volume: volumeId }, step: 'firstSnapshot' },
      ...{ volumeId, tags: { Name } },
    })
  })
})

describe('what the facts show of a move', () => {
  test.each<[string, Stage, string | null, string | null]>([
    ['nothing is called', 'moving', null, null],
    ['its snapshot is shown', 'restoring', 'snap-vol-1', null],
    ['its copy too', 'attaching', 'snap-vol-1', 'vol-copy-vol-1'],
  ])('%s', (_, stage, snapshot, copy) => {
    const m = migration(...at(stage))
    expect(finalSnapshot(m, LOGS, seenAt(stage))?.id ?? null).toBe(snapshot)
    expect(targetVolume(m, LOGS, seenAt(stage))?.id ?? null).toBe(copy)
  })

  test('of another move nothing, though both are cut', () => {
    const m = migration(...at('restoring', BOTH))
    const only = but(seenAt('restoring', BOTH), { snapshots: { 'snap-vol-1': null } })
    expect(finalSnapshot(m, LOGS, only)).toBeNull()
    expect(finalSnapshot(m, DROPBOX, only)).toEqual(cutOf(DROPBOX, { state: 'pending', percent: 7 }))
  })
})

describe('a freeze stands', () => {
  const [one, two] = ['a', 'b'].map((id) => volume({ id: `vol-${id}` }))
  const pairs = [one, two].flatMap((source) => (source ? [{ source, copy: volume({ id: `${source.id}-copy` }) }] : []))
  const FILES = replicaMove({ pairs })
  const drawn = plan([FILES], { services: [service('files')] })
  const m = migration(
    planned('mig-1', { plan: drawn }),
    { kind: 'began' },
    { kind: 'freezing', freeze: 'mig-1-f1', services: ['files'] },
  )
  const sources = (...freezes: readonly string[]): Facts =>
    facts({
      volumes: pairs.map(({ source }, index) =>
        seen({ volume: source }, { tags: { 'zonehop:frozen': freezes[index] ?? '' } }),
      ),
    })

  test.each<[string, Facts, boolean]>([
    ['on every source', sources('mig-1-f1', 'mig-1-f1'), true],
    ['not on one of two', sources('mig-1-f1'), false],
    ['not where one has another', sources('mig-1-f1', 'mig-1-f0'), false],
    ['not where none is shown', facts(), false],
  ])('%s', (_, world, stands) => expect(isFrozen(m, FILES, world)).toBe(stands))

  test('not before there is one', () => {
    const look = facts({ volumes: [tagged(LOGS, { 'zonehop:frozen': FREEZE_ID })] })
    expect(isFrozen(migration(...at('freezeAsked')), LOGS, look)).toBe(false)
    expect(isFrozen(migration(...at('freezing')), LOGS, look)).toBe(true)
  })
})
