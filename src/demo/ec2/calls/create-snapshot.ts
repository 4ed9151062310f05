// Taking snapshots: of one volume, or of an instance's volumes as a set.
import { dataOf } from '../world/data.ts'
import type { Snapshot, Tags, Volume } from '../world/entities.ts'
import { refuse } from '../world/errors.ts'
import { unfinished, type Work, workOf } from '../world/snapshot-work.ts'
import { volumeState } from '../world/states.ts'
import { instanceOf, newResource, type Store, volumeOf } from '../world/store.ts'
import { type Body, given, isTrue, list, nested, type Params, text } from '../world/wire.ts'
import { snapshotView } from './snapshots.ts'
import { tagsAtCreation } from './tags.ts'
import { pendingSnapshotsMax } from './volume-types.ts'
import { volumesOn } from './volumes.ts'

/** "Wait at least 15 seconds between concurrent volume snapshots" (EC2's error reference). */
const SPACING_MS = 15_000

const EXCLUDED_MAX = 40

/**
 * Answers CreateSnapshot. Refuses with IncorrectState, with SnapshotCreationPerVolumeRateExceeded within 15 s of the
 * last one, or with ConcurrentSnapshotLimitExceeded.
 */
export function createSnapshot(store: Store, params: Params): () => Body {
  const volume = volumeOf(store, given(params, 'VolumeId'))
  const tags = tagsAtCreation(params, 'snapshot')
  return () => {
    checkPossible(store, [volume])
    const snapshot = begin(store, volume, workOf(store, volume), {
      description: text(params, 'Description') ?? '',
      tags,
    })
    return { ...snapshotView(store, snapshot), progress: '' }
  }
}

/**
 * Answers CreateSnapshots. A set is taken at one moment and completes as one: it stays at 99% until all are copied, and
 * if one fails all do.
 */
export function createSnapshots(store: Store, params: Params): () => Body {
  const volumes = volumesOfSet(store, nested(params, 'InstanceSpecification'))
  const tags = tagsAtCreation(params, 'snapshot')
  return () => {
    checkPossible(store, volumes)
    const works = volumes.map((volume) => workOf(store, volume))
    const isFailing = works.some((work) => work.isFailing)
    const ends = works.filter((work) => work.isFailing === isFailing).map(({ endsAtMs }) => endsAtMs)
    const together = { isFailing, endsAtMs: isFailing ? Math.min(...ends) : Math.max(...ends) }
    const description = text(params, 'Description') ?? ''
    const isCopying = text(params, 'CopyTagsFromSource') === 'volume'
    const made = volumes.map((volume, index) => {
      const work: Work = { ...(works[index] ?? workOf(store, volume)), ...together }
      return begin(store, volume, work, { description, tags: { ...(isCopying ? copied(volume.tags) : {}), ...tags } })
    })
    return { snapshotSet: made.map((snapshot) => setView(store, snapshot)) }
  }
}

function volumesOfSet(store: Store, specification: Params): Volume[] {
  const instance = instanceOf(store, given(specification, 'InstanceId'))
  const excluded = list(specification, 'ExcludeDataVolumeId')
  if (excluded.length > EXCLUDED_MAX)
    refuse('InvalidParameterValue', `At most ${EXCLUDED_MAX} volumes can be excluded.`)
  const attached = volumesOn(store, instance.id)
  const isRoot = (device: string) => device === instance.rootDevice
  for (const id of excluded) {
    const one = attached.find(({ volume }) => volume.id === id)
    if (!one || isRoot(one.attachment.device)) {
      refuse('InvalidParameterValue', `'${id}' is not a data volume of '${instance.id}'.`)
    }
  }
  const left = attached
    .filter(({ attachment }) => !(isTrue(specification, 'ExcludeBootVolume') && isRoot(attachment.device)))
    .filter(({ volume }) => !excluded.includes(volume.id))
  return left.length > 0
    ? left.map(({ volume }) => volume)
    : refuse('InvalidParameterValue', 'At least one volume must be snapshotted.')
}

function checkPossible(store: Store, volumes: readonly Volume[]): void {
  const nowMs = store.now()
  for (const volume of volumes) {
    const state = volumeState(volume, nowMs)
    if (state !== 'available' && state !== 'in-use') {
      refuse('IncorrectState', `The volume '${volume.id}' is '${state}', not 'available' or 'in-use'.`)
    }
    const newest = store.lines.get(volume.id)?.at(-1)
    if (newest && nowMs - newest.startedAtMs < SPACING_MS) {
      refuse(
        'SnapshotCreationPerVolumeRateExceeded',
        'The maximum per volume CreateSnapshot request rate has been exceeded. Use an increasing or variable sleep interval between requests.',
      )
    }
    if (unfinished(store, volume) >= pendingSnapshotsMax(volume.type)) {
      refuse('ConcurrentSnapshotLimitExceeded', 'Maximum allowed in-progress snapshots for a single volume exceeded.')
    }
  }
}

/** Enters a snapshot that begins now, with the work it takes. */
export function begin(store: Store, volume: Volume, work: Work, made: { description: string; tags: Tags }): Snapshot {
  const snapshot: Snapshot = {
    ...newResource(store, 'snap', volume.key, made.tags),
    ...work,
    description: made.description,
    volume: volume.id,
    sizeGib: volume.sizeGib,
    usedGib: volume.usedGib,
    encrypted: volume.encrypted,
    kmsKeyId: volume.kmsKeyId,
    startedAtMs: store.now(),
    data: dataOf(store, volume),
  }
  store.snapshots.set(snapshot.id, snapshot)
  store.lines.set(volume.id, [...(store.lines.get(volume.id) ?? []), snapshot])
  return snapshot
}

function copied(tags: Tags): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !key.startsWith('aws:')))
}

/** CreateSnapshots answers in a shape of its own, with `state` for `status`. */
function setView(store: Store, snapshot: Snapshot): Body {
  const { status, storageTier, ...common } = snapshotView(store, snapshot)
  return { ...common, state: status, progress: '' }
}
