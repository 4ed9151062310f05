// What the facts show of the steps on a replica's hosts: what their commands did, what both hosts reported, which
// generation each side holds, and whether the successor is out of use.
import { describe, expect, test } from 'vitest'
import { type AttachEffect, effectId, type ReplicaEffect, type ReplicaStep } from '../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import type { Facts, HostAnswer, SeenAttachment, SeenCommand } from '../../../src/core/model/facts.ts'
import { COMMAND_MAX_MS, SHOWN_AFTER_MS } from '../../../src/core/model/limits.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import type { ReplicaReading, ReplicaVolume } from '../../../src/core/model/replica-reading.ts'
import { ofCopy, ofMove, type Subject } from '../../../src/core/model/subjects.ts'
import type { Sight } from '../../../src/core/seeing/sight.ts'
import { facts } from '../../support/facts.ts'
import { move, plan, replicaMove, seen, volume } from '../../support/plans.ts'
import { attemptName } from '../journals.ts'
import { attachment, failing, frozen, ISSUED_MS, instance, type Stage, sightIn, stateIn, taken } from './stages.ts'

const COPY = volume({ id: 'vol-files-copy', instance: 'i-backup', device: '/dev/sdp' })
const FILES = replicaMove({ pairs: [{ source: volume({ id: 'vol-files', instance: 'i-files' }), copy: COPY }] })
const DRAWN = plan([FILES, move({ id: 'vol-1', name: 'logs' })])
const HOSTS = ['i-files', 'i-backup'] as const
const DONE: Sight = { resource: 'c-1', isAchieved: true }
const side = (of: 'copy' | 'source' | 'home'): Subject => ({ of: 'side', move: FILES.id, side: of })

function step(name: ReplicaStep, over: Partial<ReplicaEffect> = {}): ReplicaEffect {
  const base = { subject: ofMove(FILES.id), step: name, generation: 1, direction: 'forward' } as const
  const instances = name === 'prove' ? HOSTS : ['i-files']
  return { ...base, service: 'files', resource: 'files', instances, document: `zonehop-replica-${name}`, ...over }
}

/** What SSM shows of the effect's command, beside what else is shown. */
function ran(effect: ReplicaEffect, over: Partial<SeenCommand> = {}, beside: Partial<Facts> = {}): Facts {
  const base = { id: 'c-1', document: effect.document, instances: effect.instances, state: 'succeeded' } as const
  const command: SeenCommand = { ...base, sentAtMs: ISSUED_MS, details: 'Success', told: {}, ...over }
  return { ...facts({ beganAtMs: ISSUED_MS }), commands: new Map([[nonceOf(effect), command]]), ...beside }
}

function nonceOf(effect: ReplicaEffect): string {
  return attemptName(effectId(effect))
}

describe.each<[ReplicaStep]>([['demote'], ['prove'], ['down'], ['promote'], ['checkReplica'], ['fence'], ['reunite']])(
  'a command for %s',
  (name) => {
    const effect = step(name)
    const remedy = 'look at the host, put it right, then retry; the document is safe to run again'
    // The copy may be at its successor: no fence is seen by that.
    const beside = { volumes: facts({ volumes: [seen({ volume: { ...COPY, instance: FILES.successor } })] }).volumes }
    const lateMs = ISSUED_MS + COMMAND_MAX_MS + 1

    test.each<[string, Facts, Sight | null]>([
      ['is not seen while there is none', { ...facts(), ...beside }, null],
      ['of another document is not it', ran(effect, { document: 'zonehop-replica-x' }, beside), null],
      ['on another host is not it', ran(effect, { instances: ['i-9'] }, beside), null],
      ['has begun while it is pending', ran(effect, { state: 'pending' }, beside), { ...DONE, isAchieved: false }],
      [
        'that ended otherwise has failed',
        ran(effect, { state: 'ended', details: 'Failed: in use' }, beside),
        failing('DocumentFailed', 'Failed: in use', remedy),
      ],
      [
        'that never ends has failed',
        ran(effect, { state: 'pending' }, { ...beside, beganAtMs: lateMs }),
        failing('DocumentNeverEnds', 'command c-1 has not ended after 12 min', remedy),
      ],
    ])('%s', (_, world, then) => {
      expect(sightIn(frozen(DRAWN, ...taken(effect, 'issued')), effect, world)).toEqual(then)
    })

    test.each<[string, Subject]>([
      ['a move by snapshots', ofMove('vol-1')],
      ['a move that the plan does not hold', ofMove('replica/other')],
    ])('of %s is not seen', (_, subject) => {
      const of = { ...effect, subject }
      expect(sightIn(frozen(DRAWN, ...taken(of, 'issued')), of, ran(of))).toBeNull()
    })
  },
)

test.each<[ReplicaStep]>([['demote'], ['promote'], ['checkReplica'], ['reunite']])(
  '%s is done once its command has succeeded, whatever the host reported beside',
  (name) => {
    const effect = step(name)
    const told = { 'i-files': { readings: null, generation: null } }
    const m = frozen(DRAWN, ...taken(effect, 'issued'))
    expect(sightIn(m, effect, ran(effect, { told }))).toEqual(DONE)
  },
)

const VOLUME: ReplicaVolume = {
  ...{ volume: 0, disk: 'UpToDate', peerDisk: 'UpToDate', replication: 'Established', sizeKib: 1024, outOfSyncKib: 0 },
  ...{ resyncSuspended: 'no', inFlight: 0, hasQuorum: true, rateKibPerSecond: null },
}
const READING: ReplicaReading = {
  ...{ isUp: true, role: 'Secondary', connection: 'Connected', peerRole: 'Secondary', protocol: 'C' },
  ...{ isSuspended: false, volumes: [VOLUME] },
}
const reading = (over: Partial<ReplicaReading>, of: Partial<ReplicaVolume> = {}): ReplicaReading => ({
  ...{ ...READING, volumes: [{ ...VOLUME, ...of }] },
  ...over,
})
const PRIMARY = reading({ role: 'Primary' })
const UNDER_PRIMARY = reading({ peerRole: 'Primary' })
const syncs = (leftKib: number, over: Partial<ReplicaVolume> = {}): ReplicaReading =>
  reading({}, { disk: 'Inconsistent', replication: 'SyncTarget', outOfSyncKib: leftKib, rateKibPerSecond: 1, ...over })
const host = (...readings: readonly ReplicaReading[]): HostAnswer => ({ readings, generation: null })

describe('what both hosts report', () => {
  const DEMOTE = step('demote')
  const ask = (told: SeenCommand['told'], m: Migration, effect: ReplicaEffect): Sight | null =>
    sightIn(m, effect, ran(effect, { told }))
  /** Before anything was demoted. */
  const asked = (told: SeenCommand['told']): Sight | null =>
    ask(told, frozen(DRAWN, ...taken(step('prove'), 'issued')), step('prove'))
  /** Within the outage. */
  const askedWithin = (told: SeenCommand['told'], before: readonly EntryBody[] = taken(DEMOTE, 'achieved')) =>
    ask(told, frozen(DRAWN, ...before, ...taken(step('prove'), 'issued')), step('prove'))

  const sound = { 'i-files': host(READING, READING), 'i-backup': host(READING, READING) }
  const calm = { doubts: [], leftKib: null, sync: null, isStalled: false, sourceRole: 'Secondary' }
  const live = { 'i-files': host(PRIMARY, PRIMARY), 'i-backup': host(UNDER_PRIMARY, UNDER_PRIMARY) }

  test('that all is in sync is the reading, before the outage and in it', () => {
    expect(asked(sound)).toEqual({ ...DONE, reading: calm })
    expect(askedWithin(sound)).toEqual({ ...DONE, reading: calm })
  })

  test.each<[string, SeenCommand['told'], string]>([
    ['nothing', {}, 'i-files'],
    ['nothing of the source', { 'i-backup': host(READING, READING) }, 'i-files'],
    ['nothing of the copy', { 'i-files': host(READING, READING) }, 'i-backup'],
    [
      'something of the copy that nobody reads',
      { ...sound, 'i-backup': { readings: null, generation: 'A0' } },
      'i-backup',
    ],
  ])('as %s is not understood, and which host it is of', (_, told, silent) => {
    const then = failing(
      'NotUnderstood',
      `what ${silent} says of files was not understood`,
      `look at the resource on ${silent}; DRBD 8.4 and 9 with one peer are understood`,
    )
    expect(asked(told)).toEqual(then)
    expect(askedWithin(told)).toEqual(then)
  })

  const lagging = { ...sound, 'i-backup': host(READING, reading({}, { outOfSyncKib: 12 })) }
  const doubts = ['12 KiB out of sync although UpToDate']
  const resync = { ...sound, 'i-backup': host(syncs(20), syncs(10)) }
  const suspended = { ...sound, 'i-backup': host(syncs(20), syncs(10, { resyncSuspended: 'user' })) }

  test.each<[string, SeenCommand['told'], object]>([
    ['that roles are as they are while the source serves leaves no doubt', live, { ...calm, sourceRole: 'Primary' }],
    ['of blocks that differ is a doubt', lagging, { ...calm, doubts }],
    [
      'of a resync says how far it is',
      resync,
      { leftKib: 10, sync: '10 KiB left at 1 KiB/s, about 10 s to go', isStalled: false },
    ],
    [
      'of a resync that stands still says so',
      suspended,
      { leftKib: 10, sync: '10 KiB left, stalled: resync is suspended (user)', isStalled: true },
    ],
    [
      'with the newest role of the source',
      { ...sound, 'i-files': host(PRIMARY, READING) },
      { ...calm, sourceRole: 'Secondary' },
    ],
    [
      'without any reading of the source leaves its role unknown',
      { ...sound, 'i-files': host() },
      { sourceRole: 'Unknown' },
    ],
  ])('before the outage %s', (_, told, then) => {
    expect(asked(told)).toMatchObject({ ...DONE, reading: then })
    expect(asked(told)?.failure).toBeUndefined()
  })

  const unproven = (problem: string): Sight =>
    failing(
      'NotProven',
      `files: ${problem}`,
      'look at the resource on both hosts (drbdadm verify, drbdadm invalidate-remote), then retry; or go on without it',
    )
  const inactive = reading({}, { outOfSyncKib: 12 })
  test.each<[string, SeenCommand['told'], Sight]>([
    ['a doubt that no resync clears has failed', lagging, unproven(doubts.join('; '))],
    [
      'every doubt is named',
      { ...sound, 'i-backup': host(inactive, reading({ protocol: 'A' }, { outOfSyncKib: 12 })) },
      unproven('protocol A: what was acknowledged may not have arrived; 12 KiB out of sync although UpToDate'),
    ],
    [
      'a side that is down, though nobody here took it down, has a code of its own',
      { ...sound, 'i-backup': host(reading({ isUp: false }), reading({ isUp: false })) },
      {
        ...unproven('the replica is down'),
        failure: { ...unproven('the replica is down').failure, code: 'ReplicaDown' },
      } as Sight,
    ],
    ['a source that is primary again is a doubt', live, unproven('the source is Primary')],
    [
      'a resync that stands still has failed',
      suspended,
      unproven(
        'the disk of the replica is Inconsistent; replication is not established on the replica (SyncTarget); resync is suspended (user); 20 KiB out of sync',
      ),
    ],
  ])('within the outage %s', (_, told, then) => expect(askedWithin(told)).toEqual(then))

  test('within the outage a resync under way is waited for, whatever doubts it leaves', () => {
    const sight = askedWithin(resync)
    expect(sight).toMatchObject({ ...DONE, reading: { leftKib: 10, isStalled: false } })
    expect(sight?.reading?.doubts).toContain('20 KiB out of sync')
  })

  test.each<[string, Sight | null]>([
    ['that was asked before the source was demoted', ask(lagging, asksFirst(), step('prove'))],
    ['while nobody has seen the source demoted', askedWithin(lagging, taken(DEMOTE, 'started'))],
    [
      'on the way home',
      ask(
        lagging,
        frozen(DRAWN, ...taken(DEMOTE, 'achieved'), ...taken(step('prove', { subject: side('home') }), 'issued')),
        step('prove', { subject: side('home') }),
      ),
    ],
  ])('%s a doubt is told, and is no failure', (_, sight) => {
    expect(sight).toEqual({ ...DONE, reading: { ...calm, doubts } })
  })

  function asksFirst(): Migration {
    return frozen(DRAWN, ...taken(step('prove'), 'issued'), ...taken(DEMOTE, 'achieved'))
  }

  test('is read with the source first, as the effect names its hosts', () => {
    const turned = step('prove', { instances: ['i-backup', 'i-files'] })
    const told = { 'i-files': host(READING), 'i-backup': host(READING, READING) }
    const m = frozen(DRAWN, ...taken(turned, 'issued'))
    expect(ask(told, m, turned)?.reading?.doubts).toEqual(['only one reading of the replica'])
    expect(asked(told)?.reading?.doubts).toEqual(['only one reading of the source'])
  })
})

describe('which generation a side holds', () => {
  const SOURCE = step('down')
  const COPIES = step('down', { subject: side('copy'), instances: ['i-backup'] })
  const down = (effect: ReplicaEffect, told: SeenCommand['told'], ...before: readonly EntryBody[]) =>
    sightIn(frozen(DRAWN, ...before, ...taken(effect, 'issued')), effect, ran(effect, { told }))
  const says = (generation: string | null): HostAnswer => ({ readings: null, generation })
  const isDown = (generation: string) => taken(SOURCE, 'achieved', generation)
  const silent = (id: string): Sight =>
    failing(
      'NotUnderstood',
      `${id} did not say which generation it holds`,
      'look at drbdadm get-gi files there, then retry',
    )

  test.each<[string, Sight | null, Sight]>([
    ['the source’s is kept', down(SOURCE, { 'i-files': says('A0') }), { resource: 'A0', isAchieved: true }],
    ['a source that does not say it has failed', down(SOURCE, { 'i-files': says(null) }), silent('i-files')],
    ['a source that says nothing has failed', down(SOURCE, {}), silent('i-files')],
    ['what another host says does not count', down(SOURCE, { 'i-backup': says('A0') }), silent('i-files')],
    [
      'a copy with the same is down',
      down(COPIES, { 'i-backup': says('A0') }, ...isDown('A0')),
      { resource: 'A0', isAchieved: true },
    ],
    [
      'a copy with another one has failed, with both',
      down(COPIES, { 'i-backup': says('B1') }, ...isDown('A0')),
      failing(
        'GenerationsDiffer',
        'the source holds generation A0, the copy B1',
        'they were written apart: abort, or find out which is right by hand',
      ),
    ],
    [
      'a copy that does not say it has failed',
      down(COPIES, { 'i-backup': says(null) }, ...isDown('A0')),
      silent('i-backup'),
    ],
  ])('%s', (_, sight, then) => expect(sight).toEqual(then))

  test('is not known while the command runs', () => {
    const m = frozen(DRAWN, ...taken(SOURCE, 'issued'))
    const world = ran(SOURCE, { state: 'pending', told: { 'i-files': says('A0') } })
    expect(sightIn(m, SOURCE, world)).toEqual({ ...DONE, isAchieved: false })
  })
})

describe('a fence', () => {
  const FENCE = step('fence', { direction: 'back', instances: ['i-files-next'] })
  const ATTACH: AttachEffect = {
    ...{ subject: ofCopy(FILES.id, COPY.id), step: 'attach', generation: 1, direction: 'forward' },
    ...{ volumeId: COPY.id, instance: 'i-files-next', device: '/dev/sdf' },
  }
  const world = (state: string, where: readonly SeenAttachment[], beganAtMs = 10 * ISSUED_MS): Facts =>
    facts({
      ...{ beganAtMs, instances: [instance('i-files-next', state)] },
      volumes: [seen({ volume: COPY }, { attachments: where })],
    })
  const successor = (state?: string) => [attachment('i-files-next', '/dev/sdf', state)]
  const out: Sight = { isAchieved: true }

  test.each<[string, Facts, Sight | null]>([
    ['is done where the successor is stopped', world('stopped', successor()), out],
    ['is not while it is stopping', world('stopping', successor()), null],
    ['is not while it runs and has the copy', world('running', successor()), null],
    ['is not while the copy is on its way from it', world('running', successor('detaching')), null],
    ['is done where the copy is detached from it', world('running', successor('detached')), out],
    ['is done where the copy is at its backup server', world('running', [attachment('i-backup', '/dev/sdp')]), out],
    ['is done where the copy is attached nowhere', world('running', []), out],
  ])('%s', (_, seenAt, then) => {
    for (const stage of ['intended', 'issued', 'started'] as const satisfies readonly Stage[]) {
      expect(sightIn(frozen(DRAWN, ...taken(FENCE, stage)), FENCE, seenAt)).toEqual(then)
    }
  })

  test('is done where the successor is stopped, though its command ended otherwise', () => {
    const m = frozen(DRAWN, ...taken(FENCE, 'issued'))
    const { instances } = world('stopped', [])
    expect(sightIn(m, FENCE, ran(FENCE, { state: 'ended' }, { instances }))).toEqual(out)
  })

  test('is done by its command where EC2 shows nothing of it', () => {
    const { volumes, instances } = world('running', successor())
    const m = frozen(DRAWN, ...taken(FENCE, 'issued'))
    expect(sightIn(m, FENCE, ran(FENCE, {}, { volumes, instances }))).toEqual(DONE)
  })

  test('is not done by an attachment that EC2 may not show yet', () => {
    const m = frozen(DRAWN, ...taken(ATTACH, 'issued'), ...taken(FENCE, 'intended'))
    const calledAtMs = stateIn(m, ATTACH).attempts[0]?.atMs ?? Number.NaN
    const at = (beganAtMs: number) => sightIn(m, FENCE, world('running', [], beganAtMs))
    expect(at(calledAtMs + SHOWN_AFTER_MS - 1)).toBeNull()
    expect(at(calledAtMs + SHOWN_AFTER_MS)).toEqual(out)
  })

  test('alone is seen by what EC2 shows: every other step only by its command', () => {
    for (const name of ['demote', 'prove', 'down', 'promote', 'checkReplica', 'reunite'] as const) {
      const effect = step(name, { instances: ['i-files-next'] })
      expect(sightIn(frozen(DRAWN, ...taken(effect, 'issued')), effect, world('stopped', []))).toBeNull()
    }
  })
})
