// Tags are the second memory: what zonehop made or holds can be told from EC2 alone.
import type { Effect } from './effects.ts'
import type { Tags } from './plan.ts'
import { subjectName } from './subjects.ts'

/** Tag of the attempt that made a thing: the nonce of its `issued`, which only that call knew. */
const ISSUED = 'zonehop:issued'

/** Identity of what an effect makes; found again by the nonce in it after any crash. */
export function identity(
  migrationId: string,
  effect: Pick<Effect, 'subject' | 'step' | 'generation'>,
  issued: string,
): Tags {
  return {
    'zonehop:migration': migrationId,
    'zonehop:move': subjectName(effect.subject),
    'zonehop:step': effect.step,
    'zonehop:generation': String(effect.generation),
    [ISSUED]: issued,
  }
}

/** Whose call made it, as its tags have it; null where they do not say. */
export function issuedOf(tags: Tags): string | null {
  return tags[ISSUED] ?? null
}

/** What the tag `zonehop:plan` says of a source or a copy: memory for a person, or a later migration, reading the volume alone. */
export type PlanWords = {
  readonly migration: string
  readonly need: string
  readonly route: string
  readonly successor: string
  readonly service: string
}

const PLAN = 'zonehop:plan'
/** Characters a tag's value (EC2). */
const VALUE_MAX = 256

/** The service's name comes last, since it may hold anything, and be cut. */
export function planTag({ migration, need, route, successor, service }: PlanWords): Tags {
  const words = `migration=${migration} need=${need} route=${route} successor=${successor} service=${service}`
  return { [PLAN]: words.slice(0, VALUE_MAX) }
}

/** Whose plan it is in, and for which service where the tag says so; null where there is none. */
export function readPlanTag(tags: Tags): { readonly migration: string; readonly service: string | null } | null {
  const words = tags[PLAN] ?? ''
  const migration = /^migration=(\S+)/.exec(words)?.[1]
  return migration ? { migration, service: / service=(.+)$/.exec(words)?.[1] ?? null } : null
}

/** The comment of a command: whose it is, which attempt, and for people its effect. SSM takes 100 characters. */
export function commandComment(migrationId: string, issued: string, effect: string): string {
  return `zonehop ${migrationId} ${issued} ${effect}`.slice(0, COMMENT_MAX)
}

const COMMENT_MAX = 100

/** The nonce of the attempt by which a command of this migration was sent; null where it is no command of it. */
export function issuedOfComment(migrationId: string, comment: string): string | null {
  const [program, migration, issued] = comment.split(' ')
  return program === 'zonehop' && migration === migrationId ? (issued ?? null) : null
}

/** zonehop's own tags: what identifies a thing. The others are people's, who may change them. */
export function ownTags(tags: Tags): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => key.startsWith('zonehop:')))
}

/** Whether every wanted tag stands as wanted; others may stand beside it. */
export function hasTags(tags: Tags, wanted: Tags): boolean {
  return Object.entries(wanted).every(([key, value]) => tags[key] === value)
}

const PHASES = ['frozen', 'aborted', 'live', 'done']

/** Whether the wanted tags stand, `zonehop:phase` at least as far as wanted: after a lost tail the world may be further. */
export function isMarked(tags: Tags, { 'zonehop:phase': phase, ...wanted }: Tags): boolean {
  return hasTags(tags, wanted) && (!phase || PHASES.indexOf(tags['zonehop:phase'] ?? '') >= PHASES.indexOf(phase))
}

/** On the copy of a replica: asked on both hosts under this freeze, and found without a doubt. */
export function provenTag(freeze: string): Tags {
  return { 'zonehop:proven': freeze }
}

export function frozenTag(freeze: string): Tags {
  return { 'zonehop:frozen': freeze }
}

/** Tags a copy takes over: all but AWS's own and zonehop's. */
export function copiedTags(tags: Tags): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !/^(aws|zonehop):/.test(key)))
}
