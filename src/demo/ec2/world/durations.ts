// How long what the simulated world did took by itself, whoever asked for it and however late somebody saw it: what the floor of an outage
// is made of. Times are in ms since 1970.

/** What has been done in a world by now. What has failed, or has not ended, is not in it. */
export type Durations = {
  /** By volume, its snapshots in the order they began. */
  readonly snapshots: ReadonlyMap<string, readonly TimedSnapshot[]>
  readonly volumes: ReadonlyMap<string, TimedVolume>
  readonly runs: readonly TimedRun[]
  readonly turns: readonly TimedTurn[]
  readonly syncs: readonly TimedSync[]
}

/**
 * A snapshot: `ownMs` are its fixed part, what it copied, and for how long it stood; `endsAtMs` may be later, since an older one of its
 * volume ends first. `copies` are the ids of the volumes made from it.
 */
export type TimedSnapshot = {
  readonly startedAtMs: number
  readonly ownMs: number
  readonly endsAtMs: number
  readonly copies: readonly string[]
}

/** A volume: from `usableAtMs` on it can be attached. `snapshotsAtOnce` is how many pending snapshots EC2 allows of its type. */
export type TimedVolume = {
  readonly createdAtMs: number
  readonly usableAtMs: number
  readonly snapshotsAtOnce: number
  readonly attachments: readonly TimedAttachment[]
}

/** An attachment; a time that never came is Infinity, and `detachAskedAtMs` is null where nobody asked. */
export type TimedAttachment = {
  readonly instance: string
  readonly beganAtMs: number
  readonly attachedAtMs: number
  readonly detachAskedAtMs: number | null
  readonly detachedAtMs: number
}

/** A document that did its work on one instance; `about` is the service it acted for, or the DRBD resource. */
export type TimedRun = {
  readonly document: string
  readonly about: string
  readonly instance: string
  readonly sentAtMs: number
  readonly endedAtMs: number
}

/** The last time that an instance was told to start or to stop, and when it had. */
export type TimedTurn = {
  readonly instance: string
  readonly goal: 'running' | 'stopped'
  readonly turnedAtMs: number
  readonly settlesAtMs: number
}

/** The end of a sync of a DRBD resource. */
export type TimedSync = { readonly resource: string; readonly endedAtMs: number }
