// What one host says of a DRBD resource, as its status was read.

export type ReplicaReading = {
  /** False: the resource is down on this host, and has no volumes to tell of. */
  readonly isUp: boolean
  /** Primary, Secondary, Unknown. */
  readonly role: string
  /** As DRBD 9 says it, Connected among others; whatever 8.4 does while it is connected is Connected. */
  readonly connection: string
  readonly peerRole: string
  /** A, B, C; empty where it was not told. */
  readonly protocol: string
  readonly isSuspended: boolean
  readonly volumes: readonly ReplicaVolume[]
}

export type ReplicaVolume = {
  readonly volume: number
  readonly disk: string
  readonly peerDisk: string
  /** Established, SyncSource, PausedSyncT, Off and others. */
  readonly replication: string
  /** Null: DRBD 8.4 does not tell it. */
  readonly sizeKib: number | null
  readonly outOfSyncKib: number
  /** `no`, or who suspended it. */
  readonly resyncSuspended: string
  /** Whatever has been asked and not been answered, at either end. */
  readonly inFlight: number
  readonly hasQuorum: boolean
  /** Of a resync under way; null where it is not told. */
  readonly rateKibPerSecond: number | null
}
