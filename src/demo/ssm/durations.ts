// What the floor of an outage is made of, read from the stores of the simulators.
import { pendingSnapshotsMax } from '../ec2/calls/volume-types.ts'
import type { Durations, TimedSnapshot, TimedVolume } from '../ec2/world/durations.ts'
import type { Snapshot, Volume } from '../ec2/world/entities.ts'
import { snapshotState } from '../ec2/world/states.ts'
import type { Store } from '../ec2/world/store.ts'
import { REPLICA_DOCUMENTS } from './drbd/drbd-acts.ts'
import type { Command, Hosts } from './entities.ts'

/** How long everything took that has been done by now, also to what is deleted since. */
export function durationsOf({ store, commands, resources }: Hosts): Durations {
  store.hooks.settle()
  return {
    snapshots: snapshotsOf(store),
    volumes: new Map([...store.volumes.values()].map((volume) => [volume.id, timedVolume(volume)])),
    runs: [...commands.values()].flatMap(runsOf),
    turns: [...store.instances.values()].map(({ id, goal, turnedAtMs, settlesAtMs }) => ({
      instance: id,
      goal,
      turnedAtMs,
      settlesAtMs,
    })),
    syncs: resources.flatMap(({ name, syncEnds }) => syncEnds.map((endedAtMs) => ({ resource: name, endedAtMs }))),
  }
}

function snapshotsOf(store: Store): Durations['snapshots'] {
  const copies = new Map<string, string[]>()
  for (const { id, snapshotId } of store.volumes.values()) {
    if (snapshotId !== null) copies.set(snapshotId, [...(copies.get(snapshotId) ?? []), id])
  }
  const isCompleted = (one: Snapshot) => snapshotState(one, store.now()) === 'completed'
  const timed = (one: Snapshot) => timedSnapshot(one, copies.get(one.id) ?? [])
  return new Map([...store.lines].map(([volume, line]) => [volume, line.filter(isCompleted).map(timed)]))
}

function timedSnapshot(
  { startedAtMs, workMs, stands, endsAtMs }: Snapshot,
  copies: TimedSnapshot['copies'],
): TimedSnapshot {
  const stoodMs = stands ? stands.untilMs - stands.fromMs : 0
  return { startedAtMs, ownMs: workMs + stoodMs, endsAtMs, copies }
}

/** A volume that describes do not show yet cannot be attached, although it is available. */
function timedVolume({ type, createdAtMs, availableAtMs, visibleAtMs, attachments }: Volume): TimedVolume {
  const usableAtMs = Math.max(availableAtMs, visibleAtMs)
  return { createdAtMs, usableAtMs, snapshotsAtOnce: pendingSnapshotsMax(type), attachments }
}

function runsOf({ document: { name }, parameters, sentAtMs, invocations }: Command): Durations['runs'] {
  const [about = ''] = (REPLICA_DOCUMENTS.includes(name) ? parameters.resource : parameters.service) ?? []
  return invocations.flatMap(({ instance, end, endedAtMs }) =>
    end === 'success' && endedAtMs !== null ? [{ document: name, about, instance, sentAtMs, endedAtMs }] : [],
  )
}
