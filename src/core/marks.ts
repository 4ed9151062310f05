// Marks: the tags a migration leaves on volumes before what they speak of happens. Volumes that get the same tags share a call.
import { anew, areAchieved } from './anew.ts'
import type { TagEffect } from './effects.ts'
import type { Facts, SeenVolume } from './facts.ts'
import { TAGGED_MAX } from './limits.ts'
import type { Freeze, Migration, Move, ReplicaMove, Service, Tags } from './migration.ts'
import { claimsOf, copiesOf, isGone, sourceIdsOf } from './moves.ts'
import { once } from './once.ts'
import { latest } from './state.ts'
import { frozenTag, provenTag } from './tags.ts'

type Mark = { readonly resource: string; readonly tags: Tags; readonly removed?: readonly string[] }

/** Memory for a person, or a later migration, reading the volume alone. */
export const startMarks = once((m: Migration): TagEffect[] => {
  const marks = movesHere(m).flatMap((move) => {
    const tags = { 'zonehop:plan': planTag(m, move) }
    return claimsOf([move]).map((resource) => ({ resource, tags }))
  })
  return batches(m, 'start', marks)
})

/** The freeze's id, before anything stops writing. */
export function freezeMarks(m: Migration, freeze: Freeze): TagEffect[] {
  return marksOfFreeze(m)(freeze)
}

/** Every service of a freeze asks for the same. */
const marksOfFreeze = once((m: Migration) =>
  once((freeze: Freeze) => {
    const services = new Set(freeze.services)
    const mine = movesHere(m).filter(({ service }) => services.has(service))
    const tags = { ...frozenTag(freeze.id), 'zonehop:phase': 'frozen' }
    return batches(
      m,
      freeze.id,
      sourceIdsOf(mine).map((resource) => ({ resource, tags })),
    )
  }),
)

/** Before a replica is taken down: that it was proven, for whoever finds its copy alone. */
export function provenMarks(m: Migration, move: ReplicaMove, freeze: Freeze): TagEffect[] {
  const tags = provenTag(freeze.id)
  return batches(
    m,
    `proven-${move.resource}`,
    copiesOf(move).map((resource) => ({ resource, tags })),
  )
}

/** After `wentLive`, before anything opens: every source, deferrable ones too, is left behind. */
export function leftMarks(m: Migration): TagEffect[] {
  const tags = { 'zonehop:left': m.id, 'zonehop:phase': 'live' }
  return batches(
    m,
    'left',
    sourceIdsOf(movesHere(m)).map((resource) => ({ resource, tags })),
  )
}

/** The copies of these services live from here on. */
export function liveMarks(m: Migration, services: readonly Service[]): TagEffect[] {
  const names = services.map(({ name }) => name)
  const tags = { 'zonehop:live': m.id, 'zonehop:phase': 'live' }
  const copies = m.plan.moves.filter(({ service }) => names.includes(service)).flatMap((move) => targetsOf(m, move))
  return batches(
    m,
    `live-${names[0] ?? ''}`,
    copies.map((resource) => ({ resource, tags })),
  )
}

export function doneMarks(m: Migration): TagEffect[] {
  const all = movesHere(m).flatMap((move) => [...sourceIdsOf([move]), ...targetsOf(m, move)])
  return batches(
    m,
    'done',
    all.map((resource) => ({ resource, tags: { 'zonehop:phase': 'done' } })),
  )
}

/**
 * On the way back: the sources tell of it first, since a journal that lost the abort could not tell why no freeze stands. Then the
 * freeze's id goes before writes begin again, so that no cut under it can ever go live.
 */
export function abortMarks(m: Migration, facts: Facts): TagEffect[] {
  const sources = sourceIdsOf(movesHere(m))
  const told = batches(
    m,
    'aborted',
    sources.map((resource) => ({ resource, tags: abortedTags(m) })),
  )
  if (!areAchieved(m, told)) return told
  const frozen = m.freezes.length > 0 ? sources : []
  return [
    ...told,
    ...batches(
      m,
      'aborted-freeze',
      frozen.map((resource) => ({ resource, tags: {}, removed: ['zonehop:frozen'] })),
    ),
    ...batches(
      m,
      'aborted-strays',
      frozenStrays(m, facts).map((resource) => ({ resource, tags: {}, removed: ['zonehop:frozen'] })),
    ),
  ]
}

/** Nothing waits for these but the end: a copy that EC2 does not show yet holds no service up. */
export function abortedCopyMarks(m: Migration): TagEffect[] {
  const copies = movesHere(m).flatMap((move) => targetsOf(m, move))
  return batches(
    m,
    'aborted-copies',
    copies.map((resource) => ({ resource, tags: abortedTags(m) })),
  )
}

/** With the id: the phase alone may be an earlier migration's. */
function abortedTags(m: Migration): Tags {
  return { 'zonehop:phase': 'aborted', 'zonehop:aborted': m.id }
}

/** Volumes of a plan that was drawn anew and is lost: the freeze's id stands on them, and the plan does not know them. */
function frozenStrays(m: Migration, { volumes }: Facts): string[] {
  const known = new Set(sourceIdsOf(m.plan.moves))
  const isStray = ({ id, zone, tags }: SeenVolume): boolean =>
    zone === m.plan.sourceZone && !known.has(id) && (tags['zonehop:frozen'] ?? '').startsWith(`${m.id}-`)
  return [...volumes.values()].filter(isStray).map(({ id }) => id)
}

/** CreateTags is refused whole for one resource that is not there. */
function movesHere(m: Migration): readonly Move[] {
  return m.plan.moves.filter((move) => !isGone(m, move))
}

/** Its volumes in the target zone, as far as there are any by now. */
export function targetsOf(m: Migration, move: Move): string[] {
  const target = latest(m, move.id, 'restore')?.resource
  return [...copiesOf(move), ...(target ? [target] : [])]
}

function batches(m: Migration, what: string, marks: readonly Mark[]): TagEffect[] {
  const groups = new Map<string, { tags: Tags; removed: readonly string[]; resources: string[] }>()
  for (const { resource, tags, removed = [] } of marks) {
    const key = keyOf(tags)
    const group = groups.get(key) ?? { tags, removed, resources: [] }
    group.resources.push(resource)
    groups.set(key, group)
  }
  const parts = [...groups.values()].flatMap(({ resources, ...rest }) =>
    Array.from({ length: Math.ceil(resources.length / TAGGED_MAX) }, (_, part) => ({
      ...rest,
      resources: resources.slice(part * TAGGED_MAX, (part + 1) * TAGGED_MAX),
    })),
  )
  return parts.map((part, index) => anew(m, { subject: `${what}-${index + 1}`, step: 'tag', generation: 1, ...part }))
}

/** Many marks share their tags. */
const keyOf = once((tags: Tags): string => JSON.stringify(tags))

/** EC2 takes 256 characters a value. */
function planTag(m: Migration, move: Move): string {
  const need = m.plan.services.find(({ name }) => name === move.service)?.need ?? 'required'
  const words = `migration=${m.id} need=${need} route=${move.route} successor=${move.successor} service=${move.service}`
  return words.slice(0, 256)
}
