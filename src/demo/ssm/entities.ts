// What stands behind SSM: hosts with services on mounted volumes, and commands on their way to them.
import type { Counts } from '../ec2/world/entities.ts'
import type { Store } from '../ec2/world/store.ts'
import type { Resource } from './drbd/drbd.ts'

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
  readonly version?: Resource['version']
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

/** What a host keeps in a folder of its own for a service or a DRBD resource, so that documents take turns and keep their order. */
export type Memory = {
  /** The highest rev this host has seen for it: a marker file, so it outlives a reboot. */
  rev: number
  /** The run of a document that holds its lock. */
  lock: { readonly command: string } | null
}

export type Service = Memory & {
  readonly name: string
  state: ServiceState
  /** What brought it there: a document with its parameters, `boot`, `stop`, `seed`, `hand`. */
  by: string
  atMs: number
  devices: readonly string[]
  readonly startsOnBoot: boolean
  heldBy: string | null
  /** How often its hook ran to its end. */
  hooks: number
}

export type Host = {
  readonly instance: string
  readonly hasAgent: boolean
  isUp: boolean
  readonly services: Map<string, Service>
  /** By the name of the DRBD resource; what only reads has one of its own for each command. */
  readonly memories: Map<string, Memory>
}

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

export type SsmDocument = {
  readonly name: string
  readonly content: string
  readonly createdAtMs: number
  readonly parameters: Readonly<Record<string, ParameterRule>>
  /** How long its script may run. */
  readonly timeoutMs: number
}

export type ParameterRule = {
  readonly isRequired: boolean
  readonly pattern: RegExp | null
  readonly values: readonly string[] | null
}

export type Command = {
  readonly id: string
  readonly order: number
  readonly document: SsmDocument
  readonly comment: string
  readonly parameters: Readonly<Record<string, readonly string[]>>
  readonly sentAtMs: number
  /** Its delivery has failed where it was not delivered by then. */
  readonly expiresAtMs: number
  readonly visibleAtMs: number
  readonly invocations: readonly Invocation[]
}

/** A command on one host. Times are null for what has not happened; nothing here lies in the future. */
export type Invocation = {
  readonly instance: string
  startedAtMs: number | null
  endedAtMs: number | null
  exit: number | null
  stdout: string
  stderr: string
  cancelAskedAtMs: number | null
  end: 'success' | 'failed' | 'cancelled' | 'deliveryTimedOut' | 'executionTimedOut' | 'undeliverable' | null
}

/** What can befall one command. `late`: it runs after so many minutes whatever SSM says of it by then. */
export type SsmMishap =
  | { readonly kind: 'never' }
  | { readonly kind: 'late'; readonly minutes: number }
  | { readonly kind: 'twice'; readonly secondsLater: number }
  | { readonly kind: 'fails'; readonly exit: number; readonly stderr: string }
  | { readonly kind: 'hangs' }

export type SsmFaults = {
  /** ThrottlingException before any effect. */
  readonly throttle?: number
  readonly serverError?: number
  /** The connection drops after the effect. */
  readonly lostResponse?: number
  readonly never?: number
  readonly late?: number
  readonly twice?: number
  readonly fails?: number
  readonly hangs?: number
}

type SsmOneShots = {
  /** Each is used up by the next command of its document. */
  readonly mishaps: { readonly document: string; readonly mishap: SsmMishap }[]
}

/** Something due at a time. */
export type Due = { readonly atMs: number; readonly act: (atMs: number) => void }

export type Hosts = {
  readonly store: Store
  readonly hosts: Map<string, Host>
  readonly commands: Map<string, Command>
  readonly documents: Map<string, SsmDocument>
  readonly resources: readonly Resource[]
  /** What is due, in order of time. */
  readonly due: Due[]
  readonly faults: SsmFaults
  readonly once: SsmOneShots
  readonly counts: Counts
}
