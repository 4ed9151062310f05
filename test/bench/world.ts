// A world that does what it is told, as far as it is to get: no server, no rates, no mishaps. Half of the volumes get as far as
// their final snapshot; of those some are restored, some attached, some checked.
import { type Effect, isServiceEffect, isSnapshotEffect, type ServiceEffect } from '../../src/core/model/effects.ts'
import type {
  Inventory,
  Observed,
  SeenCommand,
  SeenInstance,
  SeenSnapshot,
  SeenVolume,
} from '../../src/core/model/facts.ts'
import type { Migration } from '../../src/core/model/migration.ts'
import { isSnapshotMove, moveOf } from '../../src/core/model/moves.ts'
import { subjectName } from '../../src/core/model/subjects.ts'
import { copiedTags, identity } from '../../src/core/model/tags.ts'

/** The parts of all volumes that get so far. */
const REACHED = { snapshot: 1 / 2, restore: 3 / 8, attach: 1 / 4, check: 1 / 8 } as const

export type World = {
  readonly snapshots: Map<string, SeenSnapshot>
  readonly volumes: Map<string, SeenVolume>
  readonly instances: Map<string, SeenInstance>
  readonly commands: Map<string, SeenCommand>
  /** Moves that get so far. */
  readonly reached: Readonly<Record<keyof typeof REACHED, ReadonlySet<string>>>
}

export function worldOf({ instances, volumes }: Inventory, moves: readonly { readonly id: string }[]): World {
  const first = (part: number) => new Set(moves.slice(0, Math.ceil(moves.length * part)).map(({ id }) => id))
  return {
    snapshots: new Map(),
    volumes: new Map(volumes.map((volume) => [volume.id, volume])),
    instances: new Map(instances.map((instance) => [instance.id, instance])),
    commands: new Map(),
    reached: {
      snapshot: first(REACHED.snapshot),
      restore: first(REACHED.restore),
      attach: first(REACHED.attach),
      check: first(REACHED.check),
    },
  }
}

/** As observing shows it; rows of their own each time. */
export function observedIn(world: World, { rev, nowMs }: { readonly rev: number; readonly nowMs: number }): Observed {
  const { snapshots, volumes, instances, commands } = world
  return {
    rev,
    beganAtMs: nowMs,
    snapshots: [...snapshots.values()],
    due: [],
    volumes: [...volumes.values()],
    instances: [...instances.values()],
    commands: new Map(commands),
  }
}

export type Told = {
  readonly migration: Migration
  readonly effect: Effect
  readonly issued: string
  readonly nowMs: number
}

/** Does what the effect says; the resource that EC2 would answer with. */
export function perform(world: World, told: Told): string | null {
  const { effect } = told
  switch (effect.step) {
    case 'seed':
    case 'snapshot':
      return snapshot(world, told)
    case 'restore':
      return restore(world, told)
    case 'attach': {
      const { volumeId, instance, device } = effect
      const state = world.reached.attach.has(subjectName(effect.subject)) ? 'attached' : 'attaching'
      const attachments = [{ instance, device, state, deleteOnTermination: false }]
      return change(world, volumeId, { state: 'in-use', attachments })
    }
    case 'tag':
      for (const id of effect.resources) change(world, id, { tags: { ...world.volumes.get(id)?.tags, ...effect.tags } })
      return null
    case 'checkCopy':
      if (world.reached.check.has(subjectName(effect.subject))) terminate(world, effect.volumeId)
      return null
    default:
      return isServiceEffect(effect) ? onHosts(world, effect, told) : null
  }
}

function snapshot(world: World, { migration, effect, issued, nowMs }: Told): string | null {
  if (!isSnapshotEffect(effect)) return null
  const id = `snap-${world.snapshots.size.toString(16).padStart(17, '0')}`
  const isComplete = effect.step === 'seed' || world.reached.snapshot.has(subjectName(effect.subject))
  const [state, percent] = isComplete ? ['completed', 100] : ['pending', 40]
  const tags = { ...effect.tags, ...identity(migration.id, effect, issued) }
  world.snapshots.set(id, { id, volumeId: effect.volumeId, state, percent, startedAtMs: nowMs, tags })
  return id
}

function restore(world: World, { migration, effect, issued, nowMs }: Told): string | null {
  const move = moveOf(migration, effect.subject)
  if (effect.step !== 'restore' || !move || !isSnapshotMove(move)) return null
  const { zone, snapshotId } = effect
  const like = move.volume
  const { sizeGib, type, iops, throughputMibps, encrypted, kmsKeyId } = like
  const id = `vol-c${like.id.slice(-16)}`
  const state = world.reached.restore.has(subjectName(effect.subject)) ? 'available' : 'creating'
  const tags = { ...copiedTags(like.tags), ...identity(migration.id, effect, issued) }
  const kept = { sizeGib, type, iops, throughputMibps, encrypted, kmsKeyId }
  const made = { id, zone, state, ...kept, snapshotId, createdAtMs: nowMs, managedBy: null, attachments: [], tags }
  world.volumes.set(id, made)
  return id
}

/** The attribute as the source has it. */
function terminate(world: World, id: string): void {
  const attachments = world.volumes.get(id)?.attachments ?? []
  change(world, id, { attachments: attachments.map((each) => ({ ...each, deleteOnTermination: true })) })
}

function onHosts(world: World, { work, instances }: ServiceEffect, { issued, nowMs }: Told): string | null {
  if (work.method === 'document') {
    const id = `command-${world.commands.size}`
    const { document } = work
    world.commands.set(issued, { id, document, instances, state: 'succeeded', sentAtMs: nowMs, details: '', told: {} })
    return id
  }
  for (const id of instances) {
    const instance = world.instances.get(id)
    if (instance)
      world.instances.set(id, { ...instance, state: work.method === 'stop-instances' ? 'stopped' : 'running' })
  }
  return null
}

function change(world: World, id: string, changed: Partial<SeenVolume>): null {
  const volume = world.volumes.get(id)
  if (volume) world.volumes.set(id, { ...volume, ...changed })
  return null
}
