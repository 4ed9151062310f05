// What the simulated EC2 is made of: the seed of a world, its entities, and the state handed out to scenarios.
export type Tags = Record<string, string>

export type WorldSeed = {
  readonly zones: readonly { readonly name: string; readonly id: string }[]
  readonly instances: readonly { readonly name: string; readonly zone: string; readonly state?: 'running' | 'stopped'; readonly tags?: Tags }[]
  readonly volumes: readonly VolumeSeed[]
}

export type VolumeSeed = {
  readonly name: string
  readonly zone: string
  readonly instance?: string
  readonly device?: string
  readonly sizeGib: number
  readonly usedGib: number
  readonly type: string
  readonly iops?: number
  readonly throughput?: number
  readonly encrypted?: boolean
  readonly kmsKeyId?: string
  readonly deleteOnTermination?: boolean
  readonly tags?: Tags
  /** How long its first, full snapshot takes. */
  readonly snapshotMinutes?: number
  readonly isRoot?: boolean
}

export type Attachment = { readonly instance: string; readonly device: string; readonly attachedAtMs: number; deleteOnTermination: boolean }

export type Volume = {
  readonly id: string
  readonly zone: string
  readonly sizeGib: number
  readonly type: string
  readonly iops: number | null
  readonly throughput: number | null
  readonly encrypted: boolean
  readonly kmsKeyId: string | null
  readonly snapshotId: string | null
  readonly snapshotMs: number
  readonly createdAtMs: number
  readonly availableAtMs: number
  attachment: Attachment | null
  tags: Tags
}

export type Snapshot = {
  readonly id: string
  readonly volume: string
  readonly sizeGib: number
  readonly encrypted: boolean
  readonly kmsKeyId: string | null
  readonly startedAtMs: number
  readonly completesAtMs: number
  tags: Tags
}

export type Instance = { readonly id: string; readonly name: string; readonly zone: string; readonly state: 'running' | 'stopped'; rootDevice: string; tags: Tags }

export type WorldState = {
  readonly volumes: readonly {
    readonly id: string; readonly name: string; readonly zone: string; readonly state: string; readonly instance: string | null
    readonly device: string | null; readonly sizeGib: number; readonly type: string; readonly iops: number | null
    readonly throughput: number | null; readonly encrypted: boolean; readonly deleteOnTermination: boolean | null; readonly tags: Tags
  }[]
  readonly snapshots: readonly { readonly id: string; readonly volume: string; readonly state: string; readonly progress: number; readonly tags: Tags }[]
  readonly instances: readonly { readonly id: string; readonly name: string; readonly zone: string; readonly state: string }[]
}

export type Counts = { readonly calls: Record<string, number>; readonly dryRuns: Record<string, number>; readonly refused: Record<string, number> }

export type SimulatedEc2 = {
  readonly url: string
  state(): WorldState
  counts(): Counts
  /** A request being answered, a volume being made, an attachment under way; a pending snapshot is none. */
  isEffectInFlight(): boolean
  /** The next response of this action is lost after its effect. */
  loseNext(action: string): void
  close(): Promise<void>
}
