// Tags are the second memory: what zonehop made or holds can be told from EC2 alone. The comments of SSM commands serve
// the same end, so both are written and read here.
import type { Effect } from './effects.ts'
import type { Tags } from './plan.ts'
import { subjectName } from './subjects.ts'

/** The tag that names the attempt which made a thing, by the nonce of its `issued`: only that call knew it. */
const ISSUED = 'zonehop:issued'

/** The tags that identify what an effect makes. By the nonce in them the thing is found again after any crash. */
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

/** The nonce of the attempt that made a thing, from its tags; null if they name none. */
export function issuedOf(tags: Tags): string | null {
  return tags[ISSUED] ?? null
}

/**
 * What the tag `zonehop:plan` says of a source or a copy, for a person or a later migration that reads the volume
 * alone.
 */
export type PlanWords = {
  readonly migration: string
  readonly need: string
  readonly route: string
  readonly successor: string
  readonly service: string
  /** Of the copy of a replica: the backup server and the device where it was, and where it goes back to. */
  readonly home?: { readonly instance: string; readonly device: string }
}

const PLAN = 'zonehop:plan'

/** What snapshots of a rehearsal carry: iam-policy.json lets copies be made of them, and of no other snapshot taken ahead. */
export const REHEARSAL_TAG: Tags = { 'zonehop:purpose': 'rehearsal' }
/** Characters in the value of a tag (EC2). */
const VALUE_MAX = 256

/** The tag `zonehop:plan`. The service's name comes last, since it may hold anything, and may be cut. */
export function planTag({ migration, need, route, successor, home, service }: PlanWords): Tags {
  const place = home ? ` home=${home.instance}:${home.device}` : ''
  const words = `migration=${migration} need=${need} route=${route} successor=${successor}${place} service=${service}`
  return { [PLAN]: words.slice(0, VALUE_MAX) }
}

/** The migration whose plan holds the volume, and the service if the tag names one; null if there is no such tag. */
export function readPlanTag(tags: Tags): {
  readonly migration: string
  readonly service: string | null
  readonly route: string
  readonly need: string
  readonly successor: string
  readonly home: PlanWords['home'] | null
} | null {
  const words = tags[PLAN] ?? ''
  const migration = /^migration=(\S+)/.exec(words)?.[1]
  // The service comes last and may hold anything, so what stands in its name is no home.
  const [, instance, device] = / successor=\S+ home=([^\s:]+):(\S+) /.exec(words) ?? []
  const home = instance && device ? { instance, device } : null
  const [route = '', need = '', successor = ''] = ['route', 'need', 'successor'].map(
    (word) => new RegExp(` ${word}=(\\S+)`).exec(words)?.[1] ?? '',
  )
  return migration
    ? { migration, service: / service=(.+)$/.exec(words)?.[1] ?? null, route, need, successor, home }
    : null
}

/** The comment of an SSM command: its migration, its attempt, and for people its effect. SSM takes 100 characters. */
export function commandComment(migrationId: string, issued: string, effect: string): string {
  return `zonehop ${migrationId} ${issued} ${effect}`.slice(0, COMMENT_MAX)
}

const COMMENT_MAX = 100

/** The nonce of the attempt that sent a command; null if it is not a command of this migration. */
export function issuedOfComment(migrationId: string, comment: string): string | null {
  const [program, migration, issued] = comment.split(' ')
  return program === 'zonehop' && migration === migrationId ? (issued ?? null) : null
}

/** zonehop's own tags, which identify a thing. All others are people's, who may change them. */
export function zonehopTags(tags: Tags): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => key.startsWith('zonehop:')))
}

/** Whether every wanted tag is there with its value; others may be there beside it. */
export function hasTags(tags: Tags, wanted: Tags): boolean {
  return Object.entries(wanted).every(([key, value]) => tags[key] === value)
}

const PHASES = ['frozen', 'aborted', 'live', 'done']

/**
 * Whether the wanted tags are there, and `zonehop:phase` is at least as far as wanted: after a lost tail the world may
 * be further.
 */
export function isMarked(tags: Tags, { 'zonehop:phase': phase, ...wanted }: Tags): boolean {
  return hasTags(tags, wanted) && (!phase || PHASES.indexOf(tags['zonehop:phase'] ?? '') >= PHASES.indexOf(phase))
}

/** The tag by which a source or a copy says that the migration of its plan is over; of an earlier one it says nothing of this. */
export function endedTag(migration: string): Tags {
  return { 'zonehop:ended': migration }
}

/** Whether zonehop can have given this id to a migration: anybody may write tags. */
export function isMigrationId(id: string): boolean {
  return /^mig-[0-9a-f]{6}$/.test(id)
}

/** Whether a volume says that the migration is over. */
export function isEndedIn(tags: Tags, migration: string): boolean {
  return hasTags(tags, endedTag(migration))
}

/** The tag on the copy of a replica: both hosts were asked under this freeze, and left no doubt. */
export function provenTag(freeze: string): Tags {
  return { 'zonehop:proven': freeze }
}

/** When a freeze began, in ms since 1970, from its id; null for what is none. */
export function freezeAtMs(id: string): number | null {
  const ms = /-f(\d{1,15})$/.exec(id)?.[1]
  return ms === undefined ? null : Number(ms)
}

/** The tag on a frozen source and on its final snapshot, by the id of the freeze. */
export function frozenTag(freeze: string): Tags {
  return { 'zonehop:frozen': freeze }
}

/**
 * The tags that a copy takes over from its source: all but AWS's own and zonehop's memory. Of what people say to zonehop that holds
 * which is true of a copy too: its service, what that needs, and that it moves by snapshot. Its successor is another one by then.
 */
export function copiedTags(tags: Tags): Tags {
  return Object.fromEntries(
    Object.entries(tags).filter(
      ([key, value]) =>
        !/^(aws|zonehop):/.test(key) ||
        key === 'zonehop:service' ||
        key === 'zonehop:need' ||
        (key === 'zonehop:route' && value === 'snapshot'),
    ),
  )
}

/** What a person wrote into a tag, without spaces around it; undefined where there is none, or an empty one, which says nothing. */
export function tagWord(tags: Tags, key: `zonehop:${string}`): string | undefined {
  return tags[key]?.trim() || undefined
}
