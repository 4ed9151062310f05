// What a cleanup may delete, row by row: why a source is kept, what an abort leaves, and what protects a new copy.
import { describe, expect, test } from 'vitest'
import { effectId, type RestoreEffect, type SnapshotEffect } from '../../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../../src/core/model/entries.ts'
import type { Facts, SeenAttachment, SeenInstance, SeenSnapshot, SeenVolume } from '../../../../src/core/model/facts.ts'
import { CLOCKS_APART_MAX_MS } from '../../../../src/core/model/limits.ts'
import { ofCopy, ofMove, ofResource } from '../../../../src/core/model/subjects.ts'
import { type Candidate, candidatesOf, protectionOf, protectorOf } from '../../../../src/core/steps/candidates.ts'
import { firstSnapshot } from '../../../../src/core/steps/snapshot-ladder.ts'
import { attachedCopyOf, copyOf, facts, LATER_MS, snapshotOf, tagged } from '../../../support/facts.ts'
import { plan, planned, replicaMove, service, volume } from '../../../support/plans.ts'
import { at, LOGS } from '../../at.ts'
import { migration } from '../../people.ts'

const COPY = 'vol-copy-vol-1'
const DONE = at('done')
const ASKED: EntryBody = { kind: 'cleaning', by: 'U-asker' }
const attached = (instance: string): SeenAttachment => ({
  ...{ instance, device: '/dev/sdf', state: 'attached', deleteOnTermination: false },
})
const instance = (id: string, state: string): SeenInstance => ({
  ...{ id, name: id, zone: 'us-east-1a', state, type: 'm5.large', rootDevice: null, tags: {} },
})

describe('what was left behind', () => {
  const LEFT = tagged(LOGS, { 'zonehop:left': 'mig-1' })
  const detached: EntryBody = {
    kind: 'intended',
    effects: [
      {
        ...{ subject: ofResource('vol-1'), step: 'detachSource', generation: 1, direction: 'forward' },
        ...{ volumeId: 'vol-1', instance: 'i-source', device: '/dev/sdf' },
      },
    ],
  }
  const clearing: EntryBody = { kind: 'clearing', resources: ['vol-1'] }
  const keeps: EntryBody = { kind: 'kept', resources: [{ id: 'vol-1', name: 'logs', why: 'it was in use' }] }
  const one = (over: Partial<SeenVolume>, state: string, said: readonly EntryBody[]): Candidate | undefined =>
    candidatesOf(
      migration(...DONE, ASKED, ...said),
      facts({ volumes: [{ ...LEFT, ...over }], instances: [instance('i-source', state)] }),
    )[0]

  test.each<[string, Partial<SeenVolume>, string, readonly EntryBody[], string | null]>([
    ['as it was, at its stopped instance: it may go', {}, 'stopped', [], null],
    ['at none: it may go, whatever its instance does', { attachments: [] }, 'running', [], null],
    ['its instance starts', {}, 'pending', [], 'it is in use: attached to i-source, which is not stopped'],
    ['its instance stops', {}, 'stopping', [], 'it is in use: attached to i-source, which is not stopped'],
    [
      'at two instances',
      { attachments: [attached('i-source'), attached('i-9')] },
      'stopped',
      [],
      'it is attached to 2 instances',
    ],
    ['at another one', { attachments: [attached('i-9')] }, 'stopped', [], 'it is attached to i-9 now'],
    ['of another type', { type: 'io2' }, 'stopped', [], 'its type was changed since the plan'],
    ['of another size', { sizeGib: 101 }, 'stopped', [], 'its size was changed since the plan'],
    [
      'with one tag more',
      { tags: { ...LEFT.tags, owner: 'me' } },
      'stopped',
      [],
      'its tags were changed since the plan',
    ],
    [
      'with another order of its tags: as it was',
      { tags: { 'zonehop:left': 'mig-1', Name: 'logs' } },
      'stopped',
      [],
      null,
    ],
    [
      "with AWS's own tag: as it was",
      { tags: { ...LEFT.tags, 'aws:backup': 'x', 'zonehop:phase': 'done' } },
      'stopped',
      [],
      null,
    ],
    [
      'left by another migration',
      { tags: { ...LEFT.tags, 'zonehop:left': 'mig-0' } },
      'stopped',
      [],
      'it does not say zonehop:left=mig-1 any more',
    ],
    ['changed and in use: the change is said', { sizeGib: 1 }, 'running', [], 'its size was changed since the plan'],
    ['taken off by the cleanup: it may go', { attachments: [] }, 'stopped', [clearing, detached], null],
    [
      'taken off by the cleanup, and its instance starts',
      { attachments: [] },
      'pending',
      [clearing, detached],
      'it was detached from i-source, which was started again',
    ],
    ['kept once, and free by now: it stays kept', {}, 'stopped', [clearing, keeps], 'it was in use'],
  ])('%s', (_, over, state, said, kept) => expect(one(over, state, said)?.kept).toBe(kept))

  test('is told with its size, its type, its age, and from what it is detached', () => {
    expect(one({ createdAtMs: 7 }, 'stopped', [])).toEqual({
      ...{ resource: 'vol-1', name: 'logs', sizeGib: 100, type: 'gp3', createdAtMs: 7, kept: null, protection: null },
      detach: { instance: 'i-source', device: '/dev/sdf' },
    })
    expect(one({ attachments: [] }, 'stopped', [])?.detach).toBeNull()
  })
})

describe('what an aborted migration made', () => {
  const said: readonly EntryBody[] = [
    ...at('attaching'),
    { kind: 'aborting', by: 'U-2', reason: 'a test' },
    { kind: 'aborted' },
    ASKED,
  ]
  const world = (over: Partial<SeenVolume>, state = 'stopped'): Facts =>
    facts({ volumes: [copyOf(LOGS, over)], instances: [instance('i-target', state)] })
  const live = { ...copyOf(LOGS).tags, 'zonehop:live': 'mig-1' }
  const SECOND: Omit<RestoreEffect, 'subject'> = {
    ...{ step: 'restore', generation: 1, direction: 'forward', snapshotId: 'snap-vol-1', zone: 'us-east-1c' },
  }

  test.each<[string, Facts, string | null]>([
    ['a copy at no instance: it may go', world({}), null],
    ['at its stopped successor: it may go', world({ attachments: [attached('i-target')] }), null],
    [
      'at its running successor',
      world({ attachments: [attached('i-target')] }, 'running'),
      'it is in use: attached to i-target, which is not stopped',
    ],
    ['at another instance', world({ attachments: [attached('i-9')] }), 'it is attached to i-9 now'],
    ['that says it is live', world({ tags: live }), 'it says zonehop:live'],
    ['a complete snapshot: it may go', facts({ snapshots: [snapshotOf(LOGS)] }), null],
    ['one in error: it may go', facts({ snapshots: [snapshotOf(LOGS, { state: 'error' })] }), null],
    ['a pending one', facts({ snapshots: [snapshotOf(LOGS, { state: 'pending' })] }), 'EC2 is still making it'],
  ])('%s', (_, look, kept) => {
    expect(candidatesOf(migration(...said), look)).toMatchObject([{ kept, protection: 'its source serves' }])
  })

  test.each<[string, Facts]>([
    ['the source', facts({ volumes: [tagged(LOGS, {})] })],
    ["people's volume", world({ tags: { Name: 'logs' } })],
    ['a copy that it made, and off which somebody took its tags', world({ tags: {} })],
    [
      'a snapshot that it made, and off which somebody took them',
      facts({ snapshots: [{ ...snapshotOf(LOGS), tags: {} }] }),
    ],
    ['a volume that carries its tags and that no entry knows', world({ id: 'vol-payroll' })],
    ['a snapshot that carries them', facts({ snapshots: [snapshotOf(LOGS, { id: 'snap-payroll' })] })],
    ["another migration's copy", world({ tags: { ...copyOf(LOGS).tags, 'zonehop:migration': 'mig-0' } })],
    [
      "another migration's snapshot",
      facts({ snapshots: [snapshotOf(LOGS, { tags: { 'zonehop:migration': 'mig-0' } })] }),
    ],
  ])('%s is none of it', (_, look) => expect(candidatesOf(migration(...said), look)).toEqual([]))

  test('also what else its attempts made, and a copy that it knows by itself', () => {
    const adopted: EntryBody = {
      kind: 'adopted',
      things: [
        { effect: { ...SECOND, subject: ofMove('vol-1') }, issued: 'n-lost', resource: 'vol-other' },
        { effect: { ...SECOND, subject: ofCopy('vol-1', 'vol-aside') }, issued: 'n-aside', resource: 'vol-aside' },
      ],
    }
    const m = migration(...at('attaching'), adopted, ...said.slice(at('attaching').length))
    const shown = ['vol-other', 'vol-aside', 'vol-payroll'].map((id) => copyOf(LOGS, { id }))
    // In one order, whatever EC2 shows first.
    for (const volumes of [shown, shown.toReversed()]) {
      const found = candidatesOf(m, facts({ volumes })).map(({ resource }) => resource)
      expect(found).toEqual(['vol-aside', 'vol-other'])
    }
  })

  test.each<[string, Facts, string]>([
    ['a copy', world({}), 'logs (copy)'],
    ['a copy without a name', world({ tags: { 'zonehop:migration': 'mig-1' } }), `${COPY} (copy)`],
    ['a snapshot without a name', facts({ snapshots: [snapshotOf(LOGS)] }), 'snap-vol-1'],
    ['a snapshot', facts({ snapshots: [snapshotOf(LOGS, { tags: { Name: 'logs (final)' } })] }), 'logs (final)'],
  ])('%s is named', (_, look, name) => {
    expect(candidatesOf(migration(...said), look).map((one) => one.name)).toEqual([name])
  })
})

describe('what protects a new copy', () => {
  const openedAtMs = migration(...DONE).effects.get('service/logs.open.1')?.achievedAtMs ?? Number.NaN
  const own = (over: Partial<SeenSnapshot> = {}): SeenSnapshot => ({
    ...{ id: 'snap-own', volumeId: COPY, state: 'completed', percent: 100, startedAtMs: LATER_MS, tags: {} },
    ...over,
  })
  const world = (...snapshots: readonly SeenSnapshot[]): Facts => facts({ volumes: [attachedCopyOf(LOGS)], snapshots })
  const ofSure = openedAtMs + CLOCKS_APART_MAX_MS

  test.each<[string, readonly SeenSnapshot[], string | null]>([
    ['nothing', [], null],
    ['a snapshot of it', [own()], 'snap-own'],
    ['not a pending one', [own({ state: 'pending' })], null],
    ['not one in error', [own({ state: 'error' })], null],
    ['not one of another volume', [own({ volumeId: 'vol-1' })], null],
    [
      'one that was begun after it took writes, by clocks that may be apart',
      [own({ startedAtMs: ofSure })],
      'snap-own',
    ],
    ['not one that may have been begun before', [own({ startedAtMs: ofSure - 1 })], null],
    [
      'of several the newest',
      [own({ id: 'snap-b', startedAtMs: LATER_MS + 2 }), own({ id: 'snap-c', startedAtMs: LATER_MS + 1 })],
      'snap-b',
    ],
  ])('%s', (_, snapshots, id) => {
    const look = world(...snapshots)
    expect(protectorOf(migration(...DONE), LOGS, { target: COPY, facts: look })?.id ?? null).toBe(id)
    const words = id && `${COPY} has ${id} of 1970-01-01`
    expect(protectionOf(migration(...DONE), LOGS, look)).toBe(words)
  })

  test('of its own first snapshot the journal knows when it was begun, whatever the clock of EC2 says', () => {
    const first: SnapshotEffect = firstSnapshot(migration(...DONE), LOGS, COPY)
    const taken: readonly EntryBody[] = [
      { kind: 'intended', effects: [first] },
      { kind: 'seen', started: [{ effect: effectId(first), resource: 'snap-own', others: [] }], achieved: [] },
    ]
    const look = world(own({ startedAtMs: 1 }))
    const target = { target: COPY, facts: look }
    expect(protectorOf(migration(...DONE, ASKED, ...taken), LOGS, target)?.id).toBe('snap-own')
    expect(protectorOf(migration(...DONE, ASKED), LOGS, target)).toBeNull()
  })

  test.each<[string, readonly string[], string | null]>([
    ['none has one', [], null],
    ['one of two has none', ['vol-a-copy'], null],
    [
      'each has one',
      ['vol-a-copy', 'vol-b-copy'],
      'vol-a-copy has s-vol-a-copy of 1970-01-01, vol-b-copy has s-vol-b-copy of 1970-01-01',
    ],
  ])('of a replica every copy needs one: %s', (_, volumes, words) => {
    const pairs = ['a', 'b'].map((id) => ({
      source: volume({ id: `vol-${id}` }),
      copy: volume({ id: `vol-${id}-copy` }),
    }))
    const FILES = replicaMove({ pairs })
    const m = migration(planned('mig-1', { plan: plan([FILES], { services: [service('files')] }) }))
    const look = facts({ snapshots: volumes.map((volumeId) => own({ id: `s-${volumeId}`, volumeId })) })
    expect(protectionOf(m, FILES, look)).toBe(words)
  })

  test('a move without a copy has nothing that is protected', () => {
    expect(protectionOf(migration(...at('cutting')), LOGS, world(own()))).toBeNull()
  })
})
