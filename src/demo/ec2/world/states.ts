// What state things are in at a time. All of it is pure: states follow from when a thing began and ends.
import type { Attachment, Instance, Resource, Snapshot, Tags, Volume } from './entities.ts'

/** Whether describes show a resource: its lateness has passed, and it is not gone. */
export function isShown({ visibleAtMs, deletedAtMs }: Resource, nowMs: number): boolean {
  return nowMs >= visibleAtMs && (deletedAtMs === null || nowMs < deletedAtMs)
}

/** Whether a resource was deleted, and the time at which it goes has come. */
export function isGone({ deletedAtMs }: Resource, nowMs: number): boolean {
  return deletedAtMs !== null && nowMs >= deletedAtMs
}

/** The tags that describes show, which may still be those from before a change. */
export function shownTags({ tags, tagsBefore }: Resource, nowMs: number): Tags {
  return tagsBefore && nowMs < tagsBefore.untilMs ? tagsBefore.tags : tags
}

/** A volume's state in EC2's words. One that is to be deleted stays `in-use` until it is detached. */
export function volumeState(volume: Volume, nowMs: number): 'creating' | 'available' | 'in-use' | 'deleting' | 'error' {
  if (volume.deletedAtMs !== null && attachmentsOf(volume, nowMs).length === 0) return 'deleting'
  if (nowMs < volume.availableAtMs) return 'creating'
  if (volume.isFailing) return 'error'
  return attachmentsOf(volume, nowMs).length > 0 ? 'in-use' : 'available'
}

/** MiB/s at which a restored volume is filled where no rate was paid for; AWS gives none, it "fluctuates". */
const DEFAULT_MIBPS = 80

/** When the blocks of a restored volume are all loaded; of an empty one at once. */
export function initializedAtMs({ usedGib, initializationRate, availableAtMs }: Volume): number {
  return availableAtMs + (usedGib * 1024 * 1000) / (initializationRate ?? DEFAULT_MIBPS)
}

/** The attachments of a volume that have not ended, in whatever state they are. */
export function attachmentsOf({ attachments }: Volume, nowMs: number): Attachment[] {
  return attachments.length === 0 ? attachments : attachments.filter(({ detachedAtMs }) => nowMs < detachedAtMs)
}

/** An attachment's state in EC2's words; `busy` is a detach that waits for what is mounted. */
export function attachmentState(
  attachment: Attachment,
  nowMs: number,
): 'attaching' | 'attached' | 'detaching' | 'busy' {
  if (attachment.detachAskedAtMs !== null)
    return attachment.detachedAtMs === Number.POSITIVE_INFINITY ? 'busy' : 'detaching'
  return nowMs < attachment.attachedAtMs ? 'attaching' : 'attached'
}

/** A snapshot's progress in whole percents; it stays at 99 while it waits for an older one or for its set. */
export function snapshotPercent(snapshot: Snapshot, nowMs: number): number {
  const { startedAtMs, overheadMs, workMs, endsAtMs, isFailing } = snapshot
  if (nowMs >= endsAtMs && !isFailing) return 100
  const atMs = Math.min(nowMs, endsAtMs)
  const copiedMs = atMs - startedAtMs - overheadMs - stoodMs(snapshot, atMs)
  return Math.min(99, Math.max(0, Math.floor((100 * copiedMs) / Math.max(1, workMs - overheadMs))))
}

/** For how long a snapshot has stood up to now, in ms. */
function stoodMs({ stands }: Snapshot, nowMs: number): number {
  return stands ? Math.max(0, Math.min(nowMs, stands.untilMs) - stands.fromMs) : 0
}

/** A snapshot's state in EC2's words: it is `pending` until `endsAtMs`. */
export function snapshotState({ endsAtMs, isFailing }: Snapshot, nowMs: number): 'pending' | 'completed' | 'error' {
  if (nowMs < endsAtMs) return 'pending'
  return isFailing ? 'error' : 'completed'
}

/** The states an instance can have. */
export type InstanceState = 'pending' | 'running' | 'stopping' | 'stopped' | 'shutting-down' | 'terminated'

/** An instance's state: on its way until `settlesAtMs`, then what it was told to be, unless it is terminated. */
export function instanceState(instance: Instance, nowMs: number): InstanceState {
  if (isTerminated(instance, nowMs)) return 'terminated'
  if (instance.shutsDownFromMs !== null) return 'shutting-down'
  if (nowMs >= instance.settlesAtMs) return instance.goal
  return instance.goal === 'running' ? 'pending' : 'stopping'
}

/** How long a terminated instance is still described: an hour. Its `deletedAtMs` is that much after its termination. */
export const TERMINATED_SHOWN_MS = 3_600_000

function isTerminated({ deletedAtMs }: Instance, nowMs: number): boolean {
  return deletedAtMs !== null && nowMs >= deletedAtMs - TERMINATED_SHOWN_MS
}

/** EC2's number for each state of an instance (`instance-state-code`). */
export const INSTANCE_CODES: Readonly<Record<InstanceState, number>> = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
}

const HOUR_MS = 3_600_000
const HOURS_A_DAY = 24

/** GiB that a volume has written in all; it writes while it is attached to a running instance and not frozen. */
export function writtenGib({ writes: { gib, sinceMs, gibPerHour } }: Volume, nowMs: number): number {
  const untilMs = Math.max(sinceMs, nowMs)
  if (typeof gibPerHour === 'number') return gib + (gibPerHour * (untilMs - sinceMs)) / HOUR_MS
  return gib + writtenByHour(gibPerHour, sinceMs, untilMs)
}

/** Whole days first, so that a volume that nobody looked at for a year costs no more than one of yesterday. */
function writtenByHour(byHour: readonly number[], fromMs: number, untilMs: number): number {
  const dayMs = HOURS_A_DAY * HOUR_MS
  const days = Math.floor((untilMs - fromMs) / dayMs)
  let gib = days * byHour.reduce((sum, each) => sum + each, 0)
  for (let atMs = fromMs + days * dayMs; atMs < untilMs; ) {
    const endsMs = Math.min(untilMs, hourOf(atMs) + HOUR_MS)
    gib += (rateAt(byHour, atMs) * (endsMs - atMs)) / HOUR_MS
    atMs = endsMs
  }
  return gib
}

/** When the volume was last written to: now, while it is being written. One that never was is as of when it came to be. */
export function lastWriteMs({ writes: { sinceMs, gibPerHour } }: Volume, nowMs: number): number {
  if (typeof gibPerHour === 'number') return gibPerHour > 0 ? nowMs : sinceMs
  let untilMs = nowMs
  for (let hours = 0; hours < HOURS_A_DAY && untilMs > sinceMs; hours++) {
    // The hour that ends at a full hour is the one before it.
    if (rateAt(gibPerHour, untilMs - 1) > 0) return untilMs
    untilMs = hourOf(untilMs - 1)
  }
  return sinceMs
}

function hourOf(atMs: number): number {
  return Math.floor(atMs / HOUR_MS) * HOUR_MS
}

function rateAt(byHour: readonly number[], atMs: number): number {
  return byHour[new Date(atMs).getUTCHours()] ?? 0
}
