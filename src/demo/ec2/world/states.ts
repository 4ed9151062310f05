// What state things are in at a time: pure, from when they began.
import type { Attachment, Instance, Resource, Snapshot, Tags, Volume } from './entities.ts'

export function isShown({ visibleAtMs, deletedAtMs }: Resource, nowMs: number): boolean {
  return nowMs >= visibleAtMs && (deletedAtMs === null || nowMs < deletedAtMs)
}

export function isGone({ deletedAtMs }: Resource, nowMs: number): boolean {
  return deletedAtMs !== null && nowMs >= deletedAtMs
}

export function shownTags({ tags, tagsBefore }: Resource, nowMs: number): Tags {
  return tagsBefore && nowMs < tagsBefore.untilMs ? tagsBefore.tags : tags
}

export function volumeState(volume: Volume, nowMs: number): 'creating' | 'available' | 'in-use' | 'deleting' | 'error' {
  if (volume.deletedAtMs !== null && attachmentsOf(volume, nowMs).length === 0) return 'deleting'
  if (nowMs < volume.availableAtMs) return 'creating'
  if (volume.isFailing) return 'error'
  return attachmentsOf(volume, nowMs).length > 0 ? 'in-use' : 'available'
}

export function attachmentsOf({ attachments }: Volume, nowMs: number): Attachment[] {
  return attachments.length === 0 ? attachments : attachments.filter(({ detachedAtMs }) => nowMs < detachedAtMs)
}

export function attachmentState(
  attachment: Attachment,
  nowMs: number,
): 'attaching' | 'attached' | 'detaching' | 'busy' {
  if (attachment.detachAskedAtMs !== null)
    return attachment.detachedAtMs === Number.POSITIVE_INFINITY ? 'busy' : 'detaching'
  return nowMs < attachment.attachedAtMs ? 'attaching' : 'attached'
}

/** In whole percents; while it waits for an older one, or for its set, it stays at 99. */
export function snapshotPercent(snapshot: Snapshot, nowMs: number): number {
  const { startedAtMs, overheadMs, workMs, endsAtMs, isFailing } = snapshot
  if (nowMs >= endsAtMs && !isFailing) return 100
  const copiedMs = Math.min(nowMs, endsAtMs) - startedAtMs - overheadMs
  return Math.min(99, Math.max(0, Math.floor((100 * copiedMs) / Math.max(1, workMs - overheadMs))))
}

export function snapshotState({ endsAtMs, isFailing }: Snapshot, nowMs: number): 'pending' | 'completed' | 'error' {
  if (nowMs < endsAtMs) return 'pending'
  return isFailing ? 'error' : 'completed'
}

export type InstanceState = 'pending' | 'running' | 'stopping' | 'stopped' | 'terminated'

export function instanceState(instance: Instance, nowMs: number): InstanceState {
  if (isTerminated(instance, nowMs)) return 'terminated'
  if (nowMs >= instance.settlesAtMs) return instance.goal
  return instance.goal === 'running' ? 'pending' : 'stopping'
}

/** A terminated instance is still described for an hour: it is deleted that much later. */
export const TERMINATED_SHOWN_MS = 3_600_000

function isTerminated({ deletedAtMs }: Instance, nowMs: number): boolean {
  return deletedAtMs !== null && nowMs >= deletedAtMs - TERMINATED_SHOWN_MS
}

export const INSTANCE_CODES: Readonly<Record<InstanceState, number>> = {
  pending: 0,
  running: 16,
  terminated: 48,
  stopping: 64,
  stopped: 80,
}

/** What a volume has written by now: it writes while attached to a running instance and not frozen. */
export function writtenGib({ writes }: Volume, nowMs: number): number {
  return writes.gib + (writes.gibPerHour * Math.max(0, nowMs - writes.sinceMs)) / 3_600_000
}
