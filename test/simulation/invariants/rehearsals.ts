// What must hold of a rehearsal, read from the simulated EC2: it makes copies beside what the plan wants, changes nothing else, and leaves
// none of them.
import { isMove } from '../../../src/core/journal/state.ts'
import type { Effect } from '../../../src/core/model/effects.ts'
import type { Entry } from '../../../src/core/model/entries.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import { isSnapshotMove, rowsOf } from '../../../src/core/model/moves.ts'
import type { Volume } from '../../../src/demo/ec2/world/entities.ts'
import { attachmentsOf, isGone } from '../../../src/demo/ec2/world/states.ts'
import type { Store } from '../../../src/demo/ec2/world/store.ts'
import type { Sim } from '../world/sim.ts'

export function isRehearsal([first]: readonly Entry[]): boolean {
  return first?.kind === 'planned' && first.purpose === 'rehearsal'
}

/** Asked at the call. What is detached or deleted is a copy of this very rehearsal; everything else only makes, asks or reads. */
export function mayBeRehearsed(store: Store, id: string, effect: Effect): string[] {
  switch (effect.step) {
    case 'seed':
    case 'restore':
    case 'attach':
    case 'prove':
    case 'rehearse':
      return []
    case 'detach':
      return isOwn(store, id, effect.volumeId) ? [] : [`${effect.volumeId} was detached, and is no copy of ${id}`]
    case 'delete':
      return isOwn(store, id, effect.resource) ? [] : [`${effect.resource} was deleted, and is no copy of ${id}`]
    default:
      return [`${effect.step} was called by a rehearsal`]
  }
}

/** A copy of a rehearsal is attached to its successor alone, where nothing of the plan goes. */
export function copiesBeside(store: Store, all: readonly Migration[]): string[] {
  return all
    .filter((m) => !isMove(m))
    .flatMap((m) => {
      const successors = new Map(m.plan.moves.filter(isSnapshotMove).map(({ id, successor }) => [id, successor]))
      const wanted = new Set(rowsOf(m.plan.moves).map(({ successor, volume }) => `${volume.device} of ${successor}`))
      return copiesOf(store, m.id).flatMap((copy) =>
        attachmentsOf(copy, store.now()).flatMap(({ instance, device }) => {
          const place = `${device} of ${instance}`
          const isRight = instance === successors.get(copy.tags['zonehop:move'] ?? '') && !wanted.has(place)
          return isRight ? [] : [`${copy.id}, a copy of the rehearsal ${m.id}, is at ${place}`]
        }),
      )
    })
}

/** Of each rehearsal that is over. What an intruder planted under its name is not its own, and what one wrote a tag on is left. */
export function wrongsOfRehearsals({ store, watch, planted, forged, hasRival }: Sim): string[] {
  // A copy of the stack goes on behind the end of what it was copied from.
  if (hasRival) return []
  const isForged = ({ id }: Volume): boolean => [...forged].some((one) => one.startsWith(`${id} `))
  return watch
    .all()
    .filter((m) => !isMove(m) && m.endedAtMs !== null)
    .flatMap(({ id }) => copiesOf(store, id).filter((copy) => !planted.has(copy.id) && !isForged(copy)))
    .map(({ id, tags }) => `${id}, a copy of the rehearsal ${tags['zonehop:migration']}, still stands`)
}

function isOwn(store: Store, id: string, resource: string): boolean {
  const copy = store.volumes.get(resource)
  return copy !== undefined && isCopyOf(id, copy)
}

function copiesOf(store: Store, id: string): Volume[] {
  return [...store.volumes.values()].filter((volume) => isCopyOf(id, volume) && !isGone(volume, store.now()))
}

function isCopyOf(id: string, { tags }: Volume): boolean {
  return tags['zonehop:migration'] === id && tags['zonehop:step'] === 'restore'
}
