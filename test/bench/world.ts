// A world that does what it is told, as far as it is to get: no server, no rates, no mishaps. Half of the volumes get as far as
// their final snapshot; of those some are restored, some attached, some checked.
import { type Effect, effectId } from '../../src/core/effects.ts'
import type { Inventory, Observed, SeenCommand, SeenInstance, SeenSnapshot, SeenVolume } from '../../src/core/facts.ts'
import { identity } from '../../src/core/tags.ts'

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
    volumes: [...volumes.values()],
    instances: [...instances.values()],
    commands: new Map(commands),
  }
}

export type Told = { readonly migration: string; readonly effect: Effect; readonly nowMs: number }

/** Does what the effect says; the resource that EC2 would answer with. */
export function perform(world: World, told: Told): string | null {
  const { effect, nowMs } = told
  switch (effect.step) {
    case 'seed':
    case 'snapshot':
      return snapshot(world, told)
    case 'restore':
      return restore(world, told)
    case 'attach': {
      const { volumeId, instance, device } = effect
      const state = world.reached.attach.has(effect.subject) ? 'attached' : 'attaching'
      const attachments = [{ instance, device, state, deleteOnTermination: false }]
      return change(world, volumeId, { state: 'in-use', attachments })
    }
    case 'tag':
      for (const id of effect.resources) change(world, id, { tags: { ...world.volumes.get(id)?.tags, ...effect.tags } })
      return null
    case 'check':
      if ('volumeId' in effect && world.reached.check.has(effect.subject)) terminate(world, effect.volumeId)
      return null
    default:
      return 'work' in effect ? onHosts(world, effect, nowMs) : null
  }
}

function snapshot(world: World, { migration, effect, nowMs }: Told): string | null {
  if (effect.step !== 'seed' && effect.step !== 'snapshot') return null
  const id = `snap-${world.snapshots.size.toString(16).padStart(17, '0')}`
  const isComplete = effect.step === 'seed' || world.reached.snapshot.has(effect.subject)
  const [state, percent] = isComplete ? ['completed', 100] : ['pending', 40]
  const tags = { ...effect.tags, ...identity(migration, effect) }
  world.snapshots.set(id, { id, volumeId: effect.volumeId, state, percent, startedAtMs: nowMs, tags })
  return id
}

function restore(world: World, { migration, effect, nowMs }: Told): string | null {
  if (effect.step !== 'restore') return null
  const { like, zone, snapshotId } = effect
  const { sizeGib, type, iops, throughputMibps, encrypted, kmsKeyId } = like
  const id = `vol-c${like.id.slice(-16)}`
  const state = world.reached.restore.has(effect.subject) ? 'available' : 'creating'
  const tags = { ...effect.tags, ...identity(migration, effect) }
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

function onHosts(world: World, effect: Extract<Effect, { readonly work: unknown }>, nowMs: number): string | null {
  const { work, instances } = effect
  if (work.method === 'document') {
    const id = `command-${world.commands.size}`
    world.commands.set(effectId(effect), { id, state: 'succeeded', sentAtMs: nowMs, details: '', told: {} })
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
