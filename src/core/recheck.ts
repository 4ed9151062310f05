// Asked again just before what cannot be undone, on facts observed after the intent: minutes may have passed since the
// decision, and a person, a reboot or another migration may have moved the ground.
import type { Effect } from './effects.ts'
import type { Facts } from './facts.ts'
import { isFrozen } from './ladder.ts'
import type { Migration } from './migration.ts'
import { movesOf } from './services.ts'

/** The source volumes this effect rests on, which have to be asked again; null: none, it may be undone. */
export function ground(m: Migration, effect: Effect): readonly string[] | null {
  switch (effect.step) {
    case 'snapshot':
      return [effect.volumeId]
    case 'freeze':
    case 'open':
      return movesOf(m, effect.service).map(({ id }) => id)
    case 'unfreeze':
      return m.plan.moves.map(({ id }) => id)
    case 'hook':
      return []
    default:
      return null
  }
}

/** Null when it may be done now; else what has changed. The effect stays intended, and the next tick decides anew. */
export function recheck(m: Migration, effect: Effect, facts: Facts): string | null {
  switch (effect.step) {
    case 'snapshot': {
      const move = m.plan.moves.find(({ id }) => id === effect.subject)
      return move && isFrozen(m, move, facts) ? null : `the freeze of ${effect.volumeId} does not stand`
    }
    case 'freeze':
      return areAll(m, effect.service, facts, (tags) => 'zonehop:frozen' in tags)
        ? null
        : 'a source does not carry the freeze'
    case 'unfreeze': {
      if (m.phase !== 'aborting') return 'no abort stands in the journal'
      const isLeft = m.plan.moves.some(({ id }) => facts.volumes.get(id)?.tags['zonehop:left'])
      return isLeft ? 'a source carries zonehop:left: the target zone may be taking writes' : null
    }
    case 'open':
      if (!areAll(m, effect.service, facts, (tags) => tags['zonehop:left'] === m.id))
        return 'a source does not carry left'
      return movesOf(m, effect.service).every((move) => isFrozen(m, move, facts)) ? null : 'a freeze does not stand'
    case 'hook':
      return m.phase === 'live' ? null : 'the migration is not live'
    default:
      return null
  }
}

type Tags = Readonly<Record<string, string>>

/** A source that is gone has no writes to lose. */
function areAll(m: Migration, service: string, facts: Facts, holds: (tags: Tags) => boolean): boolean {
  return movesOf(m, service).every(({ id }) => m.gone.has(id) || holds(facts.volumes.get(id)?.tags ?? {}))
}
