// What one host reports of a DRBD resource, as its status was read. DRBD 8.4 and 9 are read into the same shape.

/** The state of one resource, as one host reported it at one moment. */
export type ReplicaReading = {
  /** False: the resource is down on this host, and reports no volumes. */
  readonly isUp: boolean
  /** Primary, Secondary or Unknown. */
  readonly role: string
  /** The word of DRBD 9, for example Connected. Every state of 8.4 in which it is connected is read as Connected. */
  readonly connection: string
  readonly peerRole: string
  /** A, B or C; empty if it was not reported. */
  readonly protocol: string
  readonly isSuspended: boolean
  readonly volumes: readonly ReplicaVolume[]
}

/** One volume of the resource, by its DRBD number; `disk` and `peerDisk` are DRBD's words, for example UpToDate. */
export type ReplicaVolume = {
  readonly volume: number
  readonly disk: string
  readonly peerDisk: string
  /** Established, SyncSource, PausedSyncT, Off and others. */
  readonly replication: string
  /** Null: DRBD 8.4 does not report it. */
  readonly sizeKib: number | null
  readonly outOfSyncKib: number
  /** `no`, or who suspended the resync. */
  readonly resyncSuspended: string
  /** Requests that were made and not answered yet, at either end. */
  readonly inFlight: number
  readonly hasQuorum: boolean
  /** The rate of a resync under way; null if it is not reported. */
  readonly rateKibPerSecond: number | null
  /** A counter of DRBD was taken below zero and prints as a number near 2^64: what it counts is not known just now. */
  readonly isWrapped?: true
}
