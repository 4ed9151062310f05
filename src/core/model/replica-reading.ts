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
  /** A counter of DRBD stands below zero: what it counts is not known just now. */
  readonly isWrapped?: true
}

/**
 * Adds up counters of `bits` bits as DRBD prints them: below zero with their sign, or without it as a number of the upper half, or as half
 * of that where it turned sectors into KiB. `isWrapped`: one stands below zero and counts as nothing in the sum.
 */
export function addedUp(
  counts: readonly number[],
  bits: 32 | 64,
): { readonly sum: number; readonly isWrapped: boolean } {
  // No count of 64 bits comes near 2^53 (8 EiB in KiB is 2^53), from where on a number is not exact either.
  const most = bits === 32 ? 2 ** 31 : 2 ** 53
  const sound = counts.filter((count) => count >= 0 && count < most)
  return { sum: sound.reduce((sum, count) => sum + count, 0), isWrapped: sound.length < counts.length }
}
