// Marks: the tags a migration leaves on volumes before what they speak of happens. Volumes that get the same tags share a call.
import { anew } from './anew.ts'
import type { TagEffect } from './effects.ts'
import type { Facts, SeenVolume } from './facts.ts'
import { TAGGED_MAX } from './limits.ts'
import type { Freeze, Migration, Move, Service, Tags } from './migration.ts'
import { once } from './once.ts'
import { latest } from './state.ts'
import { frozenTag } from './tags.ts'

type Mark = { readonly resource: string; readonly tags: Tags; readonly removed?: readonly string[] }

/** Memory for a person, or a later migration, reading the volume alone. */
export const startMarks = once((m: Migration): TagEffect[] => {
  const marks = movesHere(m).map((move) => ({ resource: move.volume.id, tags: { 'zonehop:plan': planTag(m, move) } }))
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
      mine.map(({ volume }) => ({ resource: volume.id, tags })),
    )
  }),
)

/** After `wentLive`, before anything opens: every source, deferrable ones too, is left behind. */
export function leftMarks(m: Migration): TagEffect[] {
  const tags = { 'zonehop:left': m.id, 'zonehop:phase': 'live' }
  return batches(
    m,
    'left',
    movesHere(m).map(({ volume }) => ({ resource: volume.id, tags })),
  )
}

/** The copies of these services live from here on. */
export function liveMarks(m: Migration, services: readonly Service[]): TagEffect[] {
  const names = services.map(({ name }) => name)
  const tags = { 'zonehop:live': m.id, 'zonehop:phase': 'live' }
  const copies = m.plan.moves.filter(({ service }) => names.includes(service)).flatMap(({ id }) => targetOf(m, id))
  return batches(
    m,
    `live-${names[0] ?? ''}`,
    copies.map((resource) => ({ resource, tags })),
  )
}

export function doneMarks(m: Migration): TagEffect[] {
  const all = movesHere(m).flatMap(({ id, volume }) => [volume.id, ...targetOf(m, id)])
  return batches(
    m,
    'done',
    all.map((resource) => ({ resource, tags: { 'zonehop:phase': 'done' } })),
  )
}

/** On the way back: the freeze's id goes before writes begin again, so that no cut under it can ever go live. */
export function abortMarks(m: Migration, facts: Facts): TagEffect[] {
  const sources = movesHere(m).map(({ volume }) => volume.id)
  const copies = movesHere(m).flatMap(({ id }) => targetOf(m, id))
  // With the id: the phase alone may be an earlier migration's.
  const tags = { 'zonehop:phase': 'aborted', 'zonehop:aborted': m.id }
  const frozen = m.freezes.length > 0 ? sources : []
  return [
    ...batches(
      m,
      'aborted',
      [...sources, ...copies].map((resource) => ({ resource, tags })),
    ),
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

/** Volumes of a plan that was drawn anew and is lost: the freeze's id stands on them, and the plan does not know them. */
function frozenStrays(m: Migration, { volumes }: Facts): string[] {
  const known = new Set(m.plan.moves.map(({ id }) => id))
  const isStray = ({ id, zone, tags }: SeenVolume): boolean =>
    zone === m.plan.sourceZone && !known.has(id) && (tags['zonehop:frozen'] ?? '').startsWith(`${m.id}-`)
  return [...volumes.values()].filter(isStray).map(({ id }) => id)
}

/** CreateTags is refused whole for one resource that is not there. */
function movesHere(m: Migration): readonly Move[] {
  return m.plan.moves.filter(({ id }) => !m.gone.has(id))
}

function targetOf(m: Migration, move: string): string[] {
  const target = latest(m, move, 'restore')?.resource
  return target ? [target] : []
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
