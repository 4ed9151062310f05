// Tags are the second memory: what zonehop made or holds can be told from EC2 alone.
import type { Effect } from './effects.ts'
import type { Tags } from './migration.ts'

/** Identity of what an effect makes; found again by these after any crash. */
export function identity(migrationId: string, effect: Pick<Effect, 'subject' | 'step' | 'generation'>): Tags {
  return {
    'zonehop:migration': migrationId,
    'zonehop:move': effect.subject,
    'zonehop:step': effect.step,
    'zonehop:generation': String(effect.generation),
  }
}

/** zonehop's own tags: what identifies a thing. The others are people's, who may change them. */
export function ownTags(tags: Tags): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => key.startsWith('zonehop:')))
}

/** Whether every wanted tag stands as wanted; others may stand beside it. */
export function stand(tags: Tags, wanted: Tags): boolean {
  return Object.entries(wanted).every(([key, value]) => tags[key] === value)
}

const PHASES = ['frozen', 'aborted', 'live', 'done']

/** Whether the wanted tags stand, `zonehop:phase` at least as far as wanted: after a lost tail the world may be further. */
export function isMarked(tags: Tags, { 'zonehop:phase': phase, ...wanted }: Tags): boolean {
  return stand(tags, wanted) && (!phase || PHASES.indexOf(tags['zonehop:phase'] ?? '') >= PHASES.indexOf(phase))
}

/** On the copy of a replica: asked on both hosts under this freeze, and found without a doubt. */
export function provenTag(freeze: string): Tags {
  return { 'zonehop:proven': freeze }
}

export function frozenTag(freeze: string): Tags {
  return { 'zonehop:frozen': freeze }
}
