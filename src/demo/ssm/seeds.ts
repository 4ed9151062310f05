// What a world's hosts and replicas start with, and what scenarios are told of them.

/** What runs on an instance, which is found by its Name and its zone. */
export type HostSeed = {
  readonly instance: string
  readonly zone: string
  /** Whether it has an agent, as it does where it is not said; without one SSM does not know the instance. */
  readonly hasAgent?: boolean
  readonly services: readonly ServiceSeed[]
}

/** A DRBD resource between two hosts; its volumes are given by their Names, which no other volume may have. */
export type ReplicaSeed = {
  readonly resource: string
  readonly version?: DrbdVersion
  readonly source: readonly string[]
  readonly replica: readonly string[]
  /** GiB that are not in sync yet, none where it is not said; they sync at so many MiB/s, of which 0 is a stall. */
  readonly leftGib?: number
  readonly mibps?: number
  readonly suspended?: 'user' | 'peer'
  /** KiB that differ although both sides are UpToDate. */
  readonly lyingKib?: number
  readonly isIoSuspended?: boolean
  /** A process that keeps the source's device open, if any. */
  readonly heldBy?: string
}

/** A DRBD resource as scenarios see it, source first. `instance` is null while its volumes are not all on one. */
export type ReplicaState = {
  readonly resource: string
  readonly link: string
  readonly outOfSyncKib: number
  readonly sides: readonly {
    readonly instance: string | null
    readonly volumes: readonly string[]
    readonly isUp: boolean
    readonly role: string
    readonly disk: string
    readonly generation: string
  }[]
}

/**
 * A service and the devices it lives on; it is `open` where its state is not said, `stopped` while its host is down.
 */
export type ServiceSeed = {
  readonly name: string
  readonly devices: readonly string[]
  readonly state?: ServiceState
  /** A process that keeps it from being unmounted, if any. */
  readonly heldBy?: string
  /** Whether a start of the instance opens it; it does where it is not said. */
  readonly startsOnBoot?: boolean
}

/**
 * `open`: mounted and writing; `frozen`: unmounted, or its file system frozen; `stopped`: its host is down, or it never
 * ran.
 */
export type ServiceState = 'open' | 'frozen' | 'stopped'

/** The services of a host as scenarios see them; `by` is what brought each to its state, `rev` the highest rev seen. */
export type HostState = {
  readonly instance: string
  readonly services: readonly {
    readonly name: string
    readonly state: ServiceState
    readonly by: string
    readonly atMs: number
    readonly rev: number
    readonly hooks: number
  }[]
}

/**
 * What can befall one command: it never arrives, comes late, runs twice, fails or hangs. A late one runs whatever SSM
 * says of it by then.
 */
export type SsmMishap =
  | { readonly kind: 'never' }
  | { readonly kind: 'late'; readonly minutes: number }
  | { readonly kind: 'twice'; readonly secondsLater: number }
  | { readonly kind: 'fails'; readonly exit: number; readonly stderr: string }
  | { readonly kind: 'hangs' }

/** The version of DRBD on a resource's hosts: 9 promotes by a mount, and tells its status as JSON. */
export type DrbdVersion = '8.4' | '9'
