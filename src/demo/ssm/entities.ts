// What stands behind SSM: hosts with services on mounted volumes, and commands on their way to them.

import type { Counts } from '../ec2/world/entities.ts'
import type { Store } from '../ec2/world/store.ts'
import type { DrbdVersion, ServiceState, SsmMishap } from './seeds.ts'

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

export type Side = {
  readonly node: 0 | 1
  readonly volumes: readonly string[]
  isUp: boolean
  role: 'Primary' | 'Secondary'
  disk: 'UpToDate' | 'Inconsistent' | 'Outdated'
  /** The current one first, then those it grew from. */
  generations: readonly string[]
  /** Its unit brings it up when its host starts. */
  hasUnit: boolean
  /** A process that keeps the device open. */
  heldBy: string | null
  /** Promoted by a mount, so an unmount demotes it again. */
  isAutoPromoted: boolean
  /** At its next meeting it is the side that gives up its data, where that has to be asked. */
  isDiscarding: boolean
}

export type Resource = {
  readonly name: string
  readonly version: DrbdVersion
  readonly sizeKib: number
  readonly sides: readonly [Side, Side]
  link: 'Connected' | 'Connecting' | 'StandAlone'
  sync: Sync | null
  /** Blocks that differ although both sides say UpToDate. */
  lyingKib: number
  /** How fast its syncs go; 0: they stall. */
  kibPerSecond: number
  isIoSuspended: boolean
  /** How many generations began so far. */
  born: number
}

type Sync = {
  readonly target: 0 | 1
  readonly leftKib: number
  readonly sinceMs: number
  /** 0: stalled. */
  readonly kibPerSecond: number
  readonly suspended: 'no' | 'user' | 'peer'
}
