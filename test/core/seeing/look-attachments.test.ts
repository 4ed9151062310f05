// What the facts show of attachments: where a volume is, since when it is on its way, and whether a copy is like its
// source where it was put.
import { describe, expect, test } from 'vitest'
import {
  type AttachEffect,
  type CheckCopyEffect,
  type DetachEffect,
  effectId,
} from '../../../src/core/model/effects.ts'
import type { Facts, SeenAttachment, SeenVolume } from '../../../src/core/model/facts.ts'
import { ATTACHING_MAX_MS, DETACHING_MAX_MS, SHOWN_AFTER_MS } from '../../../src/core/model/limits.ts'
import type { Move } from '../../../src/core/model/plan.ts'
import { ofCopy, ofMove, ofService } from '../../../src/core/model/subjects.ts'
import type { Sight } from '../../../src/core/seeing/sight.ts'
import { attachedCopyOf, copyOf, facts } from '../../support/facts.ts'
import { move, plan, replicaMove, seen, volume } from '../../support/plans.ts'
import { attachment, failing, frozen, ISSUED_MS, type Stage, sightIn, taken } from './stages.ts'

const TAGS = { Name: 'logs', team: 'ops', 'aws:backup': 'x', 'zonehop:service': 'logs' }
const LOGS = move({ id: 'vol-1', name: 'logs', encrypted: true, kmsKeyId: 'key-1', tags: TAGS })
const DRAWN = plan([LOGS])
const COPY = 'vol-copy-vol-1'
const forward = { subject: ofMove('vol-1'), generation: 1, direction: 'forward' } as const
const ATTACH: AttachEffect = {
  ...{ ...forward, step: 'attach', volumeId: COPY, instance: 'i-target', device: '/dev/sdf' },
}
const DONE: Sight = { isAchieved: true }
const GOING: Sight = { isAchieved: false }

function at(where: readonly SeenAttachment[], beganAtMs = ISSUED_MS): Facts {
  return facts({ beganAtMs, volumes: [copyOf(LOGS, { attachments: where })] })
}

describe('an attachment', () => {
  const here = (state: string) => [attachment('i-target', '/dev/sdf', state)]
  const wrong = (instance: string, device: string): Sight =>
    failing(
      'VolumeInUse',
      `${COPY} is attached to ${instance} as ${device}, not to i-target as /dev/sdf`,
      'detach it there, then retry',
    )

  test.each<[string, readonly SeenAttachment[], Sight | null]>([
    ['is not seen while the volume is attached nowhere', [], null],
    ['is not seen while the volume has only left another instance', [attachment('i-9', '/dev/sdf', 'detached')], null],
    ['is done once the volume is attached there', here('attached'), DONE],
    [
      'is done there, though the volume is still shown to have left another instance',
      [attachment('i-9', '/dev/sdf', 'detached'), ...here('attached')],
      DONE,
    ],
    ['is under way while it is attaching', here('attaching'), GOING],
    ['is not done while it is detaching again', here('detaching'), GOING],
    ['fails at another instance', [attachment('i-9', '/dev/sdf')], wrong('i-9', '/dev/sdf')],
    ['fails as another device', [attachment('i-target', '/dev/sdg')], wrong('i-target', '/dev/sdg')],
    [
      'fails while it is on its way to another one',
      [attachment('i-9', '/dev/sdf', 'attaching')],
      wrong('i-9', '/dev/sdf'),
    ],
  ])('%s', (_, where, then) => {
    for (const stage of ['intended', 'issued', 'started'] as const) {
      expect(sightIn(frozen(DRAWN, ...taken(ATTACH, stage)), ATTACH, at(where))).toEqual(then)
    }
  })

  test('of a volume that is not shown is not seen', () => {
    expect(sightIn(frozen(DRAWN, ...taken(ATTACH, 'issued')), ATTACH, facts())).toBeNull()
  })

  const stuck = (state: string): Sight =>
    failing(
      'AttachmentStuck',
      `${COPY} has been ${state} to i-target for over 90 s`,
      `detach ${COPY} in EC2, by force if need be, then retry`,
    )
  test.each<[string, Stage, string, number, Sight]>([
    ['is waited for a moment before the limit', 'issued', 'attaching', ATTACHING_MAX_MS - 1, GOING],
    ['is waited for at the limit too', 'issued', 'attaching', ATTACHING_MAX_MS, GOING],
    ['is stuck behind the limit', 'issued', 'attaching', ATTACHING_MAX_MS + 1, stuck('attaching')],
    ['is stuck, whenever EC2 answered', 'started', 'attaching', ATTACHING_MAX_MS + 1, stuck('attaching')],
    ['is stuck in any state but attached', 'issued', 'busy', ATTACHING_MAX_MS + 1, stuck('busy')],
    ['is never stuck once it is attached', 'issued', 'attached', ATTACHING_MAX_MS + 1, DONE],
    ['is never stuck while nobody has called', 'intended', 'attaching', 10 * ATTACHING_MAX_MS, GOING],
  ])('that takes its time %s', (_, stage, state, afterMs, then) => {
    const m = frozen(DRAWN, ...taken(ATTACH, stage))
    expect(sightIn(m, ATTACH, at(here(state), ISSUED_MS + afterMs))).toEqual(then)
  })

  test('that is called again counts from the last call', () => {
    const m = frozen(DRAWN, ...taken(ATTACH, 'issued'), { kind: 'issued', effect: effectId(ATTACH) })
    expect(sightIn(m, ATTACH, at(here('attaching'), ISSUED_MS + ATTACHING_MAX_MS + 1_000))).toEqual(GOING)
    expect(sightIn(m, ATTACH, at(here('attaching'), ISSUED_MS + ATTACHING_MAX_MS + 1_001))).toEqual(stuck('attaching'))
  })
})

describe.each<['detach' | 'detachSource']>([['detach'], ['detachSource']])('a %s', (step) => {
  const effect: DetachEffect = { ...forward, step, volumeId: COPY, instance: 'i-backup', device: '/dev/sdp' }
  const there = (state: string) => [attachment('i-backup', '/dev/sdp', state)]

  test.each<[string, readonly SeenAttachment[], Sight]>([
    ['is done once the volume is attached nowhere', [], DONE],
    ['is done once EC2 calls the volume detached there', there('detached'), DONE],
    ['is done wherever else the volume is by now', [attachment('i-target', '/dev/sdf')], DONE],
    ['is not done while the volume is attached there', there('attached'), GOING],
    ['is not done while the volume is detaching there', there('detaching'), GOING],
    ['is not done there, as whatever device', [attachment('i-backup', '/dev/sdx')], GOING],
    [
      'is not done while the volume is attached there too',
      [attachment('i-target', '/dev/sdf'), ...there('attached')],
      GOING,
    ],
  ])('%s', (_, where, then) => {
    for (const stage of ['intended', 'issued', 'started'] as const) {
      expect(sightIn(frozen(DRAWN, ...taken(effect, stage)), effect, at(where))).toEqual(then)
    }
  })

  test('of a volume that is not shown is not seen', () => {
    expect(sightIn(frozen(DRAWN, ...taken(effect, 'issued')), effect, facts())).toBeNull()
  })

  const stuck = (state: string): Sight =>
    failing(
      'DetachmentStuck',
      `${COPY} is still ${state} at i-backup after 120 s`,
      'see what holds /dev/sdp on i-backup; it is never forced; then retry',
    )
  test.each<[string, Stage, string, number, Sight]>([
    ['is waited for a moment before the limit', 'issued', 'detaching', DETACHING_MAX_MS - 1, GOING],
    ['is waited for at the limit too', 'issued', 'detaching', DETACHING_MAX_MS, GOING],
    ['is stuck behind the limit', 'issued', 'detaching', DETACHING_MAX_MS + 1, stuck('detaching')],
    ['is stuck if nothing happened at all', 'started', 'attached', DETACHING_MAX_MS + 1, stuck('attached')],
    ['is never stuck once it is detached', 'issued', 'detached', DETACHING_MAX_MS + 1, DONE],
    ['is never stuck while nobody has called', 'intended', 'attached', 10 * DETACHING_MAX_MS, GOING],
  ])('that takes its time %s', (_, stage, state, afterMs, then) => {
    const m = frozen(DRAWN, ...taken(effect, stage))
    expect(sightIn(m, effect, at(there(state), ISSUED_MS + afterMs))).toEqual(then)
  })
})

const CHECK: CheckCopyEffect = {
  ...{ ...forward, step: 'checkCopy', volumeId: COPY, instance: 'i-target', device: '/dev/sdf' },
  deleteOnTermination: false,
}
const differing = (id: string, problem: string): Sight =>
  failing('ParityMismatch', `${id}: ${problem}`, 'set it right in EC2, then retry')

describe('a copy that is compared with its source', () => {
  const check = (copy: SeenVolume, beganAtMs?: number): Sight | null => {
    const world = facts({ volumes: [copy], ...(beganAtMs === undefined ? {} : { beganAtMs }) })
    return sightIn(frozen(DRAWN, ...taken(CHECK, 'intended')), CHECK, world)
  }
  const like = attachedCopyOf(LOGS)
  const [held] = like.attachments
  const put = (over: Partial<SeenAttachment>) => ({ attachments: [{ ...attachment('i-target', '/dev/sdf'), ...over }] })

  test.each<[string, Partial<SeenVolume>]>([
    ['in everything', {}],
    ['whatever tags it has beside', { tags: { ...like.tags, owner: 'me' } }],
    ['without the tags of AWS and of zonehop', { tags: { Name: 'logs', team: 'ops' } }],
    ['wherever it was before', { attachments: [attachment('i-9', '/dev/sdz', 'detached'), ...like.attachments] }],
  ])('is as it has to be %s', (_, over) => {
    expect(held).toEqual(attachment('i-target', '/dev/sdf'))
    expect(check({ ...like, ...over })).toEqual(DONE)
  })

  test.each<[string, Partial<SeenVolume>, string]>([
    ['size', { sizeGib: 99 }, "size is 99, the source's 100"],
    ['type', { type: 'gp2' }, "type is gp2, the source's gp3"],
    ['IOPS', { iops: null }, "IOPS is null, the source's 3000"],
    ['throughput', { throughputMibps: 250 }, "throughput is 250, the source's 125"],
    ['encryption', { encrypted: false }, "encryption is false, the source's true"],
    ['key', { kmsKeyId: 'key-2' }, "KMS key is key-2, the source's key-1"],
    ['tags', { tags: { ...TAGS, team: 'dev' } }, "tag team is dev, the source's ops"],
    ['tags, one of which is not there', { tags: { Name: 'logs' } }, "tag team is undefined, the source's ops"],
    ['instance', put({ instance: 'i-9' }), "instance is i-9, the source's i-target"],
    ['device', put({ device: '/dev/sdg' }), "device is /dev/sdg, the source's /dev/sdf"],
    [
      'end, beside something else',
      { sizeGib: 101, ...put({ deleteOnTermination: true }) },
      "size is 101, the source's 100; DeleteOnTermination is true, the source's false",
    ],
    [
      'instance and device',
      put({ instance: 'i-9', device: '/dev/sdg' }),
      "instance is i-9, the source's i-target; device is /dev/sdg, the source's /dev/sdf",
    ],
  ])('fails by its %s', (_, over, problem) => {
    expect(check({ ...like, ...over })).toEqual(differing(COPY, problem))
  })

  test('waits for its call while only DeleteOnTermination is another one', () => {
    expect(check({ ...like, ...put({ deleteOnTermination: true }) })).toEqual(GOING)
  })

  const nowhere =
    "instance is undefined, the source's i-target; device is undefined, the source's /dev/sdf; DeleteOnTermination is undefined, the source's false"
  test.each<[string, Stage | null, number, Sight]>([
    ['is waited for while EC2 may not show its attachment yet', 'achieved', SHOWN_AFTER_MS - 1, GOING],
    ['fails once EC2 must show it', 'achieved', SHOWN_AFTER_MS, differing(COPY, nowhere)],
    ['fails at once where no attachment was called', 'intended', 0, differing(COPY, nowhere)],
    ['fails at once where none was intended', null, 0, differing(COPY, nowhere)],
  ])('%s', (_, stage, afterMs, then) => {
    const attached = stage === null ? [] : taken(ATTACH, stage)
    const m = frozen(DRAWN, ...attached, ...taken(CHECK, 'intended'))
    expect(sightIn(m, CHECK, at([], ISSUED_MS + afterMs))).toEqual(then)
  })

  test('fails at once by what an attachment that is shown has wrong', () => {
    const m = frozen(DRAWN, ...taken(ATTACH, 'achieved'), ...taken(CHECK, 'intended'))
    const world = facts({ beganAtMs: ISSUED_MS, volumes: [{ ...like, sizeGib: 99 }] })
    expect(sightIn(m, CHECK, world)).toEqual(differing(COPY, "size is 99, the source's 100"))
  })

  test('is not seen while the copy is not shown', () => {
    expect(sightIn(frozen(DRAWN, ...taken(CHECK, 'issued')), CHECK, facts())).toBeNull()
  })

  test.each<[string, CheckCopyEffect]>([
    ['of a move that the plan does not hold', { ...CHECK, subject: ofMove('vol-9') }],
    ['of no move', { ...CHECK, subject: ofService('logs') }],
  ])('is not seen %s', (_, effect) => {
    expect(sightIn(frozen(DRAWN, ...taken(effect, 'issued')), effect, facts({ volumes: [like] }))).toBeNull()
  })
})

describe("a replica's copy that is compared with its source", () => {
  const pair = (name: string, device: string, deleteOnTermination: boolean) => ({
    source: volume({ id: `vol-${name}`, instance: 'i-files', device, deleteOnTermination, sizeGib: 10 }),
    copy: volume({ id: `vol-${name}-copy`, instance: 'i-backup', device: '/dev/sdp', sizeGib: 20 }),
  })
  const [first, second] = [pair('a', '/dev/sdf', false), pair('b', '/dev/sdg', true)]
  const FILES: Move = replicaMove({ pairs: [first, second] })
  const check = (id: string, where: Partial<SeenAttachment>): Sight | null => {
    const effect: CheckCopyEffect = { ...CHECK, subject: ofCopy(FILES.id, id), volumeId: id }
    const attachments = [{ ...attachment('i-files-next', '/dev/sdg'), ...where }]
    const world = facts({ volumes: [seen({ volume: second.copy }, { attachments, type: 'io2', tags: {} })] })
    return sightIn(frozen(plan([FILES]), ...taken(effect, 'intended')), effect, world)
  }

  test.each<[string, Partial<SeenAttachment>, Sight]>([
    ['is as it has to be, whatever its content and tags are', { deleteOnTermination: true }, DONE],
    ['is compared with the source of its own pair', { deleteOnTermination: false }, GOING],
    [
      'fails as the device of another pair',
      { device: '/dev/sdf', deleteOnTermination: true },
      differing('vol-b-copy', "device is /dev/sdf, the source's /dev/sdg"),
    ],
    [
      'fails at its backup server',
      { instance: 'i-backup', deleteOnTermination: true },
      differing('vol-b-copy', "instance is i-backup, the source's i-files-next"),
    ],
  ])('%s', (_, where, then) => expect(check('vol-b-copy', where)).toEqual(then))
})
