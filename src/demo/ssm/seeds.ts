// What a world's hosts and replicas start with, and what is told of them to scenarios.

export type HostSeed = {
  readonly instance: string
  readonly zone: string
  /** Without an agent SSM does not know the instance. */
  readonly hasAgent?: boolean
  readonly services: readonly ServiceSeed[]
}

/** A DRBD resource between two hosts; its volumes are named by their Name, which nothing else may have. */
export type ReplicaSeed = {
  readonly resource: string
  readonly version?: DrbdVersion
  readonly source: readonly string[]
  readonly replica: readonly string[]
  /** Not in sync yet: so much is left, at so many MiB/s; 0 is a stall. */
  readonly leftGib?: number
  readonly mibps?: number
  readonly suspended?: 'user' | 'peer'
  /** UpToDate on both sides, and yet so much differs. */
  readonly lyingKib?: number
  readonly isIoSuspended?: boolean
  /** A process that keeps the source's device open. */
  readonly heldBy?: string
}

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

export type ServiceSeed = {
  readonly name: string
  readonly devices: readonly string[]
  readonly state?: ServiceState
  /** A process that keeps it from being unmounted. */
  readonly heldBy?: string
  /** Whether a start of the instance opens it; it does where it is not said. */
  readonly startsOnBoot?: boolean
}

/** `open`: mounted and writing; `frozen`: unmounted, or its file system frozen; `stopped`: its host is down, or it never ran. */
export type ServiceState = 'open' | 'frozen' | 'stopped'

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

/** What can befall one command. `late`: it runs after so many minutes whatever SSM says of it by then. */
export type SsmMishap =
  | { readonly kind: 'never' }
  | { readonly kind: 'late'; readonly minutes: number }
  | { readonly kind: 'twice'; readonly secondsLater: number }
  | { readonly kind: 'fails'; readonly exit: number; readonly stderr: string }
  | { readonly kind: 'hangs' }

/** Of the DRBD on its hosts. */
export type DrbdVersion = '8.4' | '9'
