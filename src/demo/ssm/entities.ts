// What stands behind SSM: hosts with services on mounted volumes, and commands on their way to them.

import type { Counts } from '../ec2/world/entities.ts'
import type { Store } from '../ec2/world/store.ts'
import type { DrbdVersion, ServiceState, SsmMishap } from './seeds.ts'

/**
 * What a host keeps in a folder for each service and DRBD resource, so that documents take turns and keep their order.
 */
export type Memory = {
  /** The highest rev this host has seen for it: a marker file, so it outlives a reboot. */
  rev: number
  /** The command whose run holds its lock; null while nobody does. */
  lock: { readonly command: string } | null
}

/** A service of a host and the devices it is mounted from. `heldBy` is a process that keeps it from being unmounted. */
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

/** What runs on an instance, `instance` being its id. */
export type Host = {
  readonly instance: string
  readonly hasAgent: boolean
  /** Whether that agent runs: SSM says ConnectionLost of one that does not. */
  isAgentUp: boolean
  isUp: boolean
  readonly services: Map<string, Service>
  /** By the name of the DRBD resource; the status, which only reads, has one of its own for each command. */
  readonly memories: Map<string, Memory>
}

/** A document, of whose content only the parameters and the first step's timeout count here. */
export type SsmDocument = {
  readonly name: string
  readonly content: string
  readonly createdAtMs: number
  readonly parameters: Readonly<Record<string, ParameterRule>>
  /** How long its script may run. */
  readonly timeoutMs: number
}

/** What a parameter may be; `pattern` and `values` are null where the document sets none. */
export type ParameterRule = {
  readonly isRequired: boolean
  readonly pattern: RegExp | null
  readonly values: readonly string[] | null
}

/** A command that was sent. SSM shows it from `visibleAtMs` on. */
export type Command = {
  readonly id: string
  readonly order: number
  readonly document: SsmDocument
  readonly comment: string
  readonly parameters: Readonly<Record<string, readonly string[]>>
  readonly sentAtMs: number
  /** When its delivery is given up, where it has not been delivered by then. */
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

/** How likely each fault is, from 0 to 1, and 0 where it is not given. The last five are the mishaps of a command. */
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

/** Something that is to happen at a time. */
export type Due = { readonly atMs: number; readonly act: (atMs: number) => void }

/** All that one simulated SSM knows: hosts by instance id, commands by id, documents by name, DRBD resources. */
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

/** One end of a DRBD resource: its volumes, wherever they are attached. Node 0 is the source of the seed. */
export type Side = {
  readonly node: 0 | 1
  readonly volumes: readonly string[]
  isUp: boolean
  role: 'Primary' | 'Secondary'
  disk: 'UpToDate' | 'Inconsistent' | 'Outdated'
  /** The current generation first, then those that it grew from. */
  generations: readonly string[]
  /** Whether a unit brings it up when its host starts. */
  hasUnit: boolean
  /** A process that keeps the device open; null where there is none. */
  heldBy: string | null
  /** Whether a mount promoted it, so that an unmount demotes it again. */
  isAutoPromoted: boolean
  /** Whether it gives up its data at the next meeting, if each side has written data of its own. */
  isDiscarding: boolean
}

/** A DRBD resource between two hosts. `sync` is null while nothing has to be sent. */
export type Resource = {
  readonly name: string
  readonly version: DrbdVersion
  readonly sizeKib: number
  readonly sides: readonly [Side, Side]
  link: 'Connected' | 'Connecting' | 'StandAlone'
  sync: Sync | null
  /** KiB that differ although both sides say UpToDate. */
  lyingKib: number
  /** How fast its syncs go; 0 means that they stall. */
  kibPerSecond: number
  isIoSuspended: boolean
  /** How many generations have begun so far. */
  born: number
  /** When each sync that has ended did. */
  readonly syncEnds: number[]
}

type Sync = {
  readonly target: 0 | 1
  readonly leftKib: number
  readonly sinceMs: number
  /** How fast it goes; 0 means that it has stalled. */
  readonly kibPerSecond: number
  readonly suspended: 'no' | 'user' | 'peer'
}
