// Marks: the tags that a migration writes on volumes before what they announce happens. Volumes that get the same tags
// share a call.

import { freezeOf, isInQuestion, isReturned, liveMarkOf, movesOf, serviceNamed } from '../journal/services.ts'
import { issuedAtMs, latest } from '../journal/state.ts'
import type { TagEffect } from '../model/effects.ts'
import type { Facts, SeenVolume } from '../model/facts.ts'
import { SHOWN_AFTER_MS, TAGGED_MAX } from '../model/limits.ts'
import type { Freeze, Migration } from '../model/migration.ts'
import { claimsOf, isGone, isReplicaMove, replicaCopyIdsOf, sourceIdsOf } from '../model/moves.ts'
import { once } from '../model/once.ts'
import type { Move, ReplicaMove, Service, Tags } from '../model/plan.ts'
import { ofMove } from '../model/subjects.ts'
import { endedTag, frozenTag, planTag, provenTag } from '../model/tags.ts'
import { currentGeneration } from './generations.ts'

type Place = { readonly instance: string; readonly device: string }
type Mark = { readonly resource: string; readonly tags: Tags; readonly removed?: readonly string[] }

/**
 * The plan, on sources and copies of replicas: memory for a person, or a later migration, that reads the volume alone.
 */
export const startMarks = once((m: Migration): TagEffect[] => {
  const marks = movesHere(m).flatMap((move) => {
    const { service, route, successor } = move
    const need = serviceNamed(m, service)?.need ?? 'required'
    const said = { migration: m.id, need, route, successor, service }
    const marked = (resource: string, home?: Place): Mark => ({
      resource,
      tags: planTag({ ...said, ...(home ? { home } : {}) }),
    })
    const copies = isReplicaMove(move) ? move.pairs.map(({ copy }) => marked(copy.id, copy)) : []
    return [...sourceIdsOf([move]).map((id) => marked(id)), ...copies]
  })
  return batches(m, 'start', marks)
})

/** The freeze's id, on its sources, before anything stops writing. */
export function freezeMarks(m: Migration, freeze: Freeze): TagEffect[] {
  return marksOfFreeze(m)(freeze)
}

/** Computed once for each freeze, since each of its services needs the same marks. */
const marksOfFreeze = once((m: Migration) =>
  once((freeze: Freeze) => {
    // A service that froze anew since carries the later freeze's id, and one that was given back none.
    const isOfIt = (name: string): boolean => (freezeOf(m, name) ?? freeze).id === freeze.id && isLeaving(m, name)
    const services = new Set(freeze.services.filter(isOfIt))
    const mine = movesHere(m).filter(({ service }) => services.has(service))
    const tags = { ...frozenTag(freeze.id), 'zonehop:phase': 'frozen' }
    return batches(
      m,
      freeze.id,
      sourceIdsOf(mine).map((resource) => ({ resource, tags })),
    )
  }),
)

/** The proof, on the copies of a replica before it is taken down, for whoever finds a copy alone. */
export function provenMarks(m: Migration, move: ReplicaMove, freeze: Freeze): TagEffect[] {
  const tags = provenTag(freeze.id)
  return batches(
    m,
    `proven-${move.resource}`,
    replicaCopyIdsOf(move).map((resource) => ({ resource, tags })),
  )
}

/**
 * `left`, after `wentLive` and before anything opens: on every source, those of deferrable services too, but for what
 * was given back. Where that is in question the missing mark is all that remembers it, so none is written.
 */
export function leftMarks(m: Migration): TagEffect[] {
  const tags = { 'zonehop:left': m.id, 'zonehop:phase': 'live' }
  const left = movesHere(m).filter(({ service }) => isLeaving(m, service))
  return batches(
    m,
    'left',
    sourceIdsOf(left).map((resource) => ({ resource, tags })),
  )
}

/** Whether the service keeps its marks: it was not given back, and that is not in question. */
export function isLeaving(m: Migration, service: string): boolean {
  return !isReturned(m, service) && !isInQuestion(m, service)
}

/** `live`, on the copies of all required services, which are live from here on. */
export function liveMarks(m: Migration, required: readonly Service[]): TagEffect[] {
  return liveBatches(
    m,
    'live',
    required.map(({ name }) => name),
  )
}

/** `live`, on the copies of a deferred service: its own point of no return. */
export function deferredLiveMarks(m: Migration, { name }: Service): TagEffect[] {
  return liveBatches(m, liveMarkOf(name), [name])
}

function liveBatches(m: Migration, mark: string, services: readonly string[]): TagEffect[] {
  const tags = { 'zonehop:live': m.id, 'zonehop:phase': 'live' }
  const copies = services.flatMap((name) => movesOf(m, name)).flatMap((move) => copyIdsOf(m, move))
  return batches(
    m,
    mark,
    copies.map((resource) => ({ resource, tags })),
  )
}

/**
 * The stages by which a service that is given back loses its marks: `left` goes first, then its freeze, before its
 * writes begin again.
 */
export function returnMarks(m: Migration, { name }: Service): TagEffect[][] {
  const sources = sourceIdsOf(movesOf(m, name).filter((move) => !isGone(m, move)))
  return (['zonehop:left', 'zonehop:frozen'] as const).map((key) =>
    batches(
      m,
      `returned-${key.replace('zonehop:', '')}-${name}`,
      sources.map((resource) => ({ resource, tags: {}, removed: [key] })),
      'back',
    ),
  )
}

/** The name of the marks that come last where it is done. */
export const DONE_MARK = 'done'

/**
 * Phase `done`, on the sources and copies of everything that was not given back; and on all that is people's, that it is over. What somebody
 * deleted has none: EC2 would refuse the call for all. That is looked at once the mark was asked for, since facts before may lack what is finished.
 */
export function doneMarks(m: Migration, { volumes }: Facts): TagEffect[] {
  const isWhole = latest(m, { of: 'mark', mark: DONE_MARK, part: 1 }, 'tag') !== null
  const ended = endedTag(m.id)
  const marks = m.plan.moves.flatMap((move): Mark[] => {
    if (isReturned(m, move.service)) return claimsOf([move]).map((resource) => ({ resource, tags: ended }))
    const all = [...sourceIdsOf([move]), ...copyIdsOf(m, move)]
    return all.map((resource) => ({ resource, tags: { 'zonehop:phase': 'done', ...ended } }))
  })
  const isThere = (id: string): boolean => !m.gone.has(id) && (!isWhole || volumes.has(id))
  return batches(
    m,
    DONE_MARK,
    marks.filter(({ resource }) => isThere(resource)),
  )
}

/** That it is over, on all that is people's and still there, once everything is home: until then the tags say that somebody is at it. */
export function homeMarks(m: Migration, { volumes }: Facts): TagEffect[] {
  const there = claimsOf(m.plan.moves).filter((id) => !m.gone.has(id) && volumes.has(id))
  return backBatches(
    m,
    'aborted-end',
    there.map((resource) => ({ resource, tags: endedTag(m.id) })),
  )
}

/**
 * The stages of marks on the way back of one service. Its sources carry `aborted` first, since a journal that lost the
 * abort could not tell why no freeze stands. Then the freeze's id goes, before writes begin again, so that no cut under
 * it can ever go live. Each service has its own marks: a volume that another service lost must not hold it up.
 */
export function abortMarks(m: Migration, { name }: Service): TagEffect[][] {
  const sources = sourceIdsOf(movesOf(m, name).filter((move) => !isGone(m, move)))
  return [
    backBatches(
      m,
      `aborted-${name}`,
      sources.map((resource) => ({ resource, tags: abortedTags(m) })),
    ),
    m.freezes.length > 0 ? thawMarks(m, `aborted-freeze-${name}`, sources) : [],
  ]
}

/** Takes the freeze's id off volumes that still carry it once everything is home. */
export function strayMarks(m: Migration, facts: Facts): TagEffect[] {
  return thawMarks(m, 'aborted-strays', frozenStrays(m, facts))
}

function thawMarks(m: Migration, mark: string, sources: readonly string[]): TagEffect[] {
  return backBatches(
    m,
    mark,
    sources.map((resource) => ({ resource, tags: {}, removed: ['zonehop:frozen'] })),
  )
}

/**
 * `aborted`, on the copies. Only the end of the abort waits for these: a copy that EC2 does not show yet holds no
 * service up. One that somebody deleted has none: EC2 would refuse the call for all.
 */
export function abortedCopyMarks(m: Migration, { volumes, beganAtMs }: Facts): TagEffect[] {
  const isThere = (copy: string, move: Move): boolean => {
    if (volumes.has(copy)) return true
    const restore = latest(m, ofMove(move.id), 'restore')
    return restore?.resource === copy && beganAtMs < (issuedAtMs(restore) ?? restore.intendedAtMs) + SHOWN_AFTER_MS
  }
  const copies = movesHere(m).flatMap((move) => copyIdsOf(m, move).filter((copy) => isThere(copy, move)))
  return backBatches(
    m,
    'aborted-copies',
    copies.map((resource) => ({ resource, tags: abortedTags(m) })),
  )
}

/** The tags carry the migration's id, since the phase alone may be an earlier migration's. */
function abortedTags(m: Migration): Tags {
  return { 'zonehop:phase': 'aborted', 'zonehop:aborted': m.id }
}

/**
 * Ids of volumes that carry the id of a freeze when every service is home: the plan does not know them, since a redrawn plan was lost; the
 * journal knows no freeze at all, since that entry was; or somebody wrote it again, as a copy of this zonehop does whose journal ends
 * before the abort.
 */
function frozenStrays(m: Migration, { volumes }: Facts): string[] {
  const isStray = ({ zone, tags }: SeenVolume): boolean =>
    zone === m.plan.sourceZone && (tags['zonehop:frozen'] ?? '').startsWith(`${m.id}-`)
  return [...volumes.values()].filter(isStray).map(({ id }) => id)
}

/** The moves whose volumes are all there, since CreateTags is refused whole for one resource that is not. */
function movesHere(m: Migration): readonly Move[] {
  return m.plan.moves.filter((move) => !isGone(m, move))
}

/** Ids of the move's volumes in the target zone, as far as there are any by now. */
export function copyIdsOf(m: Migration, move: Move): string[] {
  const target = latest(m, ofMove(move.id), 'restore')?.resource
  return [...replicaCopyIdsOf(move), ...(target ? [target] : [])]
}

function backBatches(m: Migration, mark: string, marks: readonly Mark[]): TagEffect[] {
  return batches(m, mark, marks, 'back')
}

function batches(
  m: Migration,
  mark: string,
  marks: readonly Mark[],
  direction: TagEffect['direction'] = 'forward',
): TagEffect[] {
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
  const base = { step: 'tag', generation: 1, direction } as const
  return parts.map((part, index) =>
    currentGeneration(m, { ...base, subject: { of: 'mark', mark, part: index + 1 }, ...part }),
  )
}

/** Computed once for each object of tags, since many marks share one. */
const keyOf = once((tags: Tags): string => JSON.stringify(tags))
