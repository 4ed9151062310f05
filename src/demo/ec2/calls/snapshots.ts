// Snapshots as they are described, and their deletion.

import type { Snapshot } from '../world/entities.ts'
import { shownTags, snapshotPercent, snapshotState } from '../world/states.ts'
import { KINDS, OWNER, type Store, snapshotOf } from '../world/store.ts'
import { type Body, given, iso, list, type Params } from '../world/wire.ts'
import { asked, describe, tagsShown } from './describe.ts'
import { tagSet } from './tags.ts'

/** Answers DescribeSnapshots; owners other than the account itself have none here. */
export function describeSnapshots(store: Store, params: Params): Body {
  const nowMs = store.now()
  const owners = list(params, 'Owner')
  const isOurs = owners.length === 0 || owners.includes('self') || owners.includes(OWNER)
  return describe(params, {
    set: 'snapshotSet',
    rows: isOurs ? asked(store, store.snapshots, { params, parameter: 'SnapshotId', kind: KINDS.snapshot }) : [],
    order: ({ order }) => order,
    tags: tagsShown(store),
    filters: {
      'snapshot-id': ({ id }) => [id],
      'volume-id': ({ volume }) => [volume],
      'volume-size': ({ sizeGib }) => [sizeGib],
      status: (snapshot) => [snapshotState(snapshot, nowMs)],
      progress: (snapshot) => [`${snapshotPercent(snapshot, nowMs)}%`],
      'owner-id': () => [OWNER],
      'owner-alias': () => [],
      encrypted: ({ encrypted }) => [encrypted],
      description: ({ description }) => [description],
      'start-time': ({ startedAtMs }) => [iso(startedAtMs)],
      'storage-tier': () => ['standard'],
      // Only a copy of a snapshot has one.
      'transfer-type': () => [],
    },
    view: (snapshot) => snapshotView(store, snapshot),
  })
}

/** Answers DeleteSnapshot: a snapshot is gone at once, pending or not. */
export function deleteSnapshot(store: Store, params: Params): () => Body {
  const snapshot = snapshotOf(store, given(params, 'SnapshotId'))
  return () => {
    snapshot.deletedAtMs = store.now()
    return { return: true }
  }
}

/** A snapshot as EC2 writes it: its full size and its completion time only once it is completed. */
export function snapshotView(store: Store, snapshot: Snapshot): Body {
  const nowMs = store.now()
  const state = snapshotState(snapshot, nowMs)
  return {
    snapshotId: snapshot.id,
    volumeId: snapshot.volume,
    status: state,
    statusMessage: state === 'error' ? 'The snapshot could not be completed.' : undefined,
    startTime: iso(snapshot.startedAtMs),
    completionTime: state === 'completed' ? iso(snapshot.endsAtMs) : undefined,
    progress: `${snapshotPercent(snapshot, nowMs)}%`,
    ownerId: OWNER,
    volumeSize: snapshot.sizeGib,
    fullSnapshotSizeInBytes: state === 'completed' ? Math.round(snapshot.usedGib * 2 ** 30) : undefined,
    encrypted: snapshot.encrypted,
    kmsKeyId: snapshot.kmsKeyId ?? undefined,
    description: snapshot.description,
    storageTier: 'standard',
    tagSet: tagSet(shownTags(snapshot, nowMs)),
  }
}
