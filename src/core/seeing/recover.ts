// Recovers what EC2 shows and the journal does not: its last entries were lost, and the world is further than it knows.
// A thing that our call made is recognised by the nonce that only that call had; tags are the second memory. Both are
// taken into the journal before anything is created, and before anybody is asked.

import {
  freezeOf,
  hasLiveMark,
  isDeferred,
  isDone,
  isOpen,
  isReturned,
  isThawed,
  movesOf,
  partsOf,
  serviceNamed,
  startsAtHome,
} from '../journal/services.ts'
import { isAffirmed, isDenied, latest, wasEverInDoubt } from '../journal/state.ts'
import {
  type Effect,
  type EffectState,
  effectId,
  type RestoreEffect,
  type SnapshotStep,
  thingsOf,
} from '../model/effects.ts'
import type { EntryBody, Unexplained } from '../model/entries.ts'
import { type Facts, isAttachedAt, type SeenSnapshot, type SeenVolume } from '../model/facts.ts'
import { CLOCKS_APART_MAX_MS, MADE_WITHIN_MS, SHOWN_AFTER_MS } from '../model/limits.ts'
import { BEFORE_LIVE, type Memory, type Migration } from '../model/migration.ts'
import { isSnapshotMove, moveOf, replicaCopyIdsOf, sourceIdsOf, sourcesOf } from '../model/moves.ts'
import { once } from '../model/once.ts'
import type { Move, Service, SnapshotMove, Tags } from '../model/plan.ts'
import { ofCopy, ofMove, type Subject, subjectName } from '../model/subjects.ts'
import { freezeAtMs, hasTags, issuedOf, REHEARSAL_TAG } from '../model/tags.ts'
import { dayTime } from '../model/text.ts'
import { deferredLiveMarks, returnMarks } from '../steps/marks.ts'
import { look } from './look.ts'

/**
 * What tags say and no entry explains, on these volumes, and the entry for it if it is so; null where it only holds something up.
 */
export type Remembered = {
  readonly about: Memory
  readonly says: string
  readonly volumes: readonly string[]
  readonly entry: EntryBody | null
}

/** All that tags say and the journal does not know, the point of no return first. */
export function memories(m: Migration, facts: Facts): Remembered[] {
  return [
    recoverWentLive(m, facts),
    recoverFreeze(m, facts),
    recoverAbort(m, facts),
    recoverReturn(m, facts),
    rememberLeftAgain(m, facts),
    recoverLive(m, facts),
  ].flatMap((one) => one ?? [])
}

/**
 * The tag `left` is written only after `wentLive`. Where it stands the target zone may be taking writes, whatever was
 * asked since. Once an abort starts services, that is known not to be so (`leftAgain`).
 */
function recoverWentLive(m: Migration, facts: Facts): Remembered | null {
  if ((!isBeforeLive(m) && m.phase !== 'aborting') || startsAtHome(m)) return null
  const volumes = sourcesWith(m, facts, ({ 'zonehop:left': left }) => left === m.id)
  return remembered('left', `zonehop:left=${m.id}`, { volumes, entry: { kind: 'wentLive', percents: {} } })
}

/**
 * The freeze's tag is written once its approval is spent, and taken off before writes begin again. Where it stands the
 * journal must know the freeze, whatever the phase: nothing opens without its freeze, and on the way back what the
 * freeze stopped is started again.
 */
function recoverFreeze(m: Migration, facts: Facts): Remembered | null {
  if (m.endedAtMs !== null) return null
  const known = new Set(m.freezes.map(({ id }) => id))
  const freezeOn = (move: Move): string =>
    sourcesOf(move).flatMap(({ id }) => facts.volumes.get(id)?.tags['zonehop:frozen'] ?? [])[0] ?? ''
  const isOurs = (id: string): boolean => id.startsWith(`${m.id}-`)
  // What a later freeze covers is stopped and cut anew under that one: an earlier one, of which a tag still speaks, has nothing to add.
  const isPast = (move: Move): boolean => {
    const atMs = freezeAtMs(freezeOn(move))
    const standing = freezeOf(m, move.service)
    const isLater = standing !== null && atMs !== null && atMs < standing.atMs
    return isLater && isBeforeLive(m) && !known.has(freezeOn(move))
  }
  const here = m.plan.moves.filter((move) => isOurs(freezeOn(move)) && !isPast(move))
  const freeze = mostFrequent(here.map(freezeOn).filter((id) => !known.has(id)))
  if (freeze === null) return null
  // Tagging may have stopped halfway, so the freeze is taken to cover every service that no other freeze covers: one that the journal
  // knows, or one alone. A tag that somebody else wrote on one source must not hide the freeze of its service.
  const covered = new Set(here.filter((move) => freezeOn(move) === freeze).map(({ service }) => service))
  const others = here.filter((move) => freezeOn(move) !== freeze)
  const isOthers = (move: Move): boolean => known.has(freezeOn(move)) || !covered.has(move.service)
  const names = new Set(others.filter(isOthers).map(({ service }) => service))
  const services = m.plan.services.map(({ name }) => name).filter((name) => !names.has(name))
  if (services.length === 0) return null
  const volumes = sourcesWith(m, facts, (tags) => tags['zonehop:frozen'] === freeze)
  return remembered('frozen', `zonehop:frozen=${freeze}`, { volumes, entry: { kind: 'freezing', freeze, services } })
}

/** The first of those that are there most often; null where there is none. */
function mostFrequent(all: readonly string[]): string | null {
  const counts = new Map<string, number>()
  for (const one of all) counts.set(one, (counts.get(one) ?? 0) + 1)
  const [first] = [...counts].toSorted(([, a], [, b]) => b - a)
  return first?.[0] ?? null
}

/** The way back of an abort begins with its tag. */
function recoverAbort(m: Migration, facts: Facts): Remembered | null {
  if (!isBeforeLive(m)) return null
  const volumes = sourcesWith(m, facts, (tags) => tags['zonehop:aborted'] === m.id)
  const entry = { kind: 'aborting', by: null, reason: 'the volumes say so; the entry was lost' } as const
  return remembered('aborted', `zonehop:aborted=${m.id}`, { volumes, entry })
}

/**
 * A return takes `left` off the sources, then the freeze, before writes begin again at home. Where that is seen and no
 * copy is marked live, the entry of the return was lost: the copy must never open, and the sources must not be marked
 * anew.
 */
function recoverReturn(m: Migration, facts: Facts): Remembered | null {
  const [lost, ...more] = undecided(m)
    .map(({ name }) => name)
    .filter((name) => looksReturned(m, name, facts))
  if (lost === undefined) return null
  const names = [lost, ...more]
  const entry = {
    kind: 'returned',
    service: lost,
    by: null,
    reason: 'its volumes say so; the entry was lost',
  } as const
  const volumes = sourceIdsOf(names.flatMap((name) => movesOf(m, name)))
  return remembered('returned', `no zonehop:left, of ${names.join(', ')}`, { volumes, entry })
}

/**
 * Whether the point of no return was found again by its tag. Then the entries that deferred a service, or froze it, may be lost,
 * too.
 */
function isLeftFound({ suspicions }: Migration): boolean {
  return suspicions.get('left')?.isSo === true
}

/**
 * `left` stands again on a service that is on its way home: somebody wrote it, or another zonehop that may have opened the copy.
 * Nothing follows for the journal; the service goes home when that is known not to be so.
 */
function rememberLeftAgain(m: Migration, facts: Facts): Remembered | null {
  const services = leftAgain(m, facts)
  const volumes = sourceIdsOf(services.flatMap(({ name }) => movesOf(m, name)))
  const says = `zonehop:left again, of ${services.map(({ name }) => name).join(', ')}`
  return remembered('leftAgain', says, { volumes, entry: null })
}

/**
 * Services on their way home whose sources carry `left` again: in an abort since it began to start services, in a return since the tag was
 * taken off, which EC2 need not show for a while. What an approver called not so before is not asked again.
 */
export function leftAgain(m: Migration, { volumes, beganAtMs }: Facts): Service[] {
  if (startsAtHome(m)) {
    const isLeft = ({ name }: Service): boolean =>
      sourceIdsOf(movesOf(m, name)).some((id) => volumes.get(id)?.tags['zonehop:left'] === m.id)
    // Also one that serves at home by now: its copies may yet be told to discard what they have.
    return isDenied(m, 'left') ? [] : m.plan.services.filter(isLeft)
  }
  if (m.phase !== 'live') return []
  const isOff = (service: Service): boolean => {
    const [marks = []] = returnMarks(m, service)
    return marks.every((effect) => {
      const sinceMs = m.effects.get(effectId(effect))?.achievedAtMs ?? null
      return sinceMs !== null && beganAtMs >= sinceMs + SHOWN_AFTER_MS
    })
  }
  const saysLeft = ({ name }: Service): boolean =>
    sourceIdsOf(movesOf(m, name)).some((id) => volumes.get(id)?.tags['zonehop:left'])
  return m.plan.services.filter(
    (service) => isReturned(m, service.name) && !isThawed(m, service.name) && isOff(service) && saysLeft(service),
  )
}

/**
 * The live mark of a deferred service is its own point of no return. Where copies carry it the journal must know that,
 * before anybody gives the service back: the copies may be taking writes. Where its sources say that it was given back, that is asked
 * first, and of it alone.
 */
function recoverLive(m: Migration, facts: Facts): Remembered | null {
  const isInDispute = (name: string): boolean => looksReturned(m, name, facts) && !isDenied(m, 'returned')
  const services = undecided(m).filter(
    (service) => isDeferred(m, service) && saysLive(m, service.name, facts) && !isInDispute(service.name),
  )
  const effects = services.flatMap((service) => deferredLiveMarks(m, service))
  if (effects.length === 0) return null
  const volumes = services.flatMap(({ name }) => liveCopies(m, name, facts)).map(({ id }) => id)
  const says = `zonehop:live=${m.id}, of ${services.map(({ name }) => name).join(', ')}`
  return remembered('live', says, { volumes, entry: { kind: 'intended', effects } })
}

/** Services that may have gone live or home without the journal knowing: the deferred ones, or any whose deferral may be lost. */
function undecided(m: Migration): Service[] {
  if (m.phase !== 'live' || !wasEverInDoubt(m)) return []
  const mayWait = (service: Service): boolean => isDeferred(m, service) || (isLeftFound(m) && !isOpen(m, service.name))
  return m.plan.services.filter(
    (service) => mayWait(service) && !isReturned(m, service.name) && !hasLiveMark(m, service.name),
  )
}

/** The copies of a service that carry our live mark. */
function liveCopies(m: Migration, service: string, { volumes, volumesOf }: Facts): SeenVolume[] {
  return movesOf(m, service)
    .flatMap((move) => [
      ...(volumesOf.get(move.id) ?? []),
      ...replicaCopyIdsOf(move).flatMap((id) => volumes.get(id) ?? []),
    ])
    .filter(({ tags }) => tags['zonehop:live'] === m.id)
}

/**
 * Whether the tags show that a service was given back: of a source that was left the mark is off, or the freeze is off all of
 * them, though whatever went live had been frozen. Marks of others count as none, and none of them takes the question away. A
 * service whose copy is marked live by us is another question, unless both marks are off every source: nothing that went live loses
 * them, and whoever may tag may have written the mark on the copy.
 */
function looksReturned(m: Migration, service: string, facts: Facts): boolean {
  const moves = movesOf(m, service)
  const seen = moves
    .flatMap(sourcesOf)
    .map(({ id }) => facts.volumes.get(id)?.tags ?? null)
    .filter((tags) => tags !== null)
  if (seen.length === 0) return false
  const isThawed = seen.every((tags) => !(tags['zonehop:frozen'] ?? '').startsWith(`${m.id}-`))
  const isOff = (tags: Tags): boolean => tags['zonehop:left'] !== m.id
  const wasFrozen = isLeftFound(m) || isDone(m, service, 'freeze')
  if (saysLive(m, service, facts)) return wasFrozen && isThawed && seen.every(isOff)
  return (wasLeft(m, moves) && seen.some(isOff)) || (isThawed && wasFrozen)
}

function saysLive(m: Migration, service: string, facts: Facts): boolean {
  return liveCopies(m, service, facts).length > 0
}

function wasLeft(m: Migration, moves: readonly Move[]): boolean {
  const sources = new Set(sourceIdsOf(moves))
  return m.effects.values().some(({ effect, status }) => {
    const isLeft = effect.step === 'tag' && status === 'achieved' && 'zonehop:left' in effect.tags
    return isLeft && effect.resources.some((id) => sources.has(id))
  })
}

function sourcesWith(m: Migration, facts: Facts, is: (tags: Tags) => boolean): string[] {
  return sourceIdsOf(m.plan.moves).filter((id) => is(facts.volumes.get(id)?.tags ?? {}))
}

/** Null where no volume says so. */
function remembered(
  about: Memory,
  says: string,
  { volumes, entry }: Pick<Remembered, 'volumes' | 'entry'>,
): Remembered | null {
  return volumes.length > 0 ? { about, says, volumes, entry } : null
}

function isBeforeLive({ phase }: Migration): boolean {
  return BEFORE_LIVE.includes(phase)
}

/** A thing that no entry explains, when EC2 made it, and whether it did not end in error. */
type Found = Unexplained & { readonly resource: string; readonly madeAtMs: number; readonly isSound: boolean }

/**
 * Adopts things that carry this migration's id and an attempt that no entry knows. The first of them begin doubt, and
 * the journal knows them from here on. A thing that was made well after doubt began was made by somebody else, with
 * another Redis or a copy of all this: then the migration halts.
 */
export function adopt(m: Migration, facts: Facts): EntryBody | null {
  const strangers = m.plan.moves
    .flatMap((move) => unexplained(m, move, facts))
    .filter(({ effect }) => !isToBeLearned(m, effect, facts))
  if (strangers.length === 0) return null
  // What a final snapshot is depends on the freeze, and on whether the point of no return is behind us. So these are known first.
  const isAsked = (['left', 'frozen'] as const).some((about) => m.suspicions.get(about)?.isSo === null)
  if (isAsked) return m.doubt?.isOpen ? null : { kind: 'doubted', why: WHY_DOUBTED }
  const sinceMs = m.doubt?.sinceMs
  const found = ranked(m, strangers, facts)
  // A call of ours may be on its way while doubt begins.
  const rival = found.find(({ madeAtMs }) => sinceMs !== undefined && madeAtMs > sinceMs + MADE_WITHIN_MS)
  if (rival) return { kind: 'halted', why: rivalText(m, rival) }
  return { kind: 'adopted', things: claimsIn(found).map(thingOf) }
}

/**
 * If one effect has several, the latest counts, as everywhere, and one that ended in error comes after all others. Behind the point of no
 * return the one whose copy has its place comes first: that copy may be taking writes, whatever else is tagged as the final snapshot.
 */
function ranked(m: Migration, strangers: readonly Found[], facts: Facts): Found[] {
  const placed = m.wentLiveAtMs === null ? new Set<string>() : placedCuts(m, facts)
  const rank = ({ resource, isSound }: Found): number => (placed.has(resource) ? 2 : 0) + (isSound ? 1 : 0)
  return strangers.toSorted((a, b) => rank(b) - rank(a) || b.madeAtMs - a.madeAtMs)
}

/**
 * Whether EC2 shows what a call of this effect made that the journal knows, and its answer was lost. That is learned first, so that a
 * stranger is one more beside it and does not take its place.
 */
function isToBeLearned(m: Migration, effect: Effect, facts: Facts): boolean {
  const state = m.effects.get(effectId(effect))
  return state?.status === 'issued' && look(m, state, facts)?.resource !== undefined
}

/** Ids of the snapshots whose copies EC2 shows attached where the copies of their moves go. */
function placedCuts(m: Migration, { volumesOf }: Facts): ReadonlySet<string> {
  const cuts = m.plan.moves.filter(isSnapshotMove).flatMap(({ id, successor, volume: { device } }) => {
    const copies = (volumesOf.get(id) ?? []).filter((one) => isAttachedAt(one, { instance: successor, device }))
    return copies.flatMap(({ snapshotId }) => snapshotId ?? [])
  })
  return new Set(cuts)
}

type Claims = readonly [Found, ...Found[]]

/** The things by the attempt that they name, in their order. */
function claimsIn(found: readonly Found[]): Claims[] {
  const byAttempt = new Map<string, [Found, ...Found[]]>()
  for (const one of found) {
    // A snapshot that carries a copy's nonce hides no copy.
    const key = `${one.issued} ${one.effect.step === 'restore'}`
    const known = byAttempt.get(key)
    if (known) known.push(one)
    else byAttempt.set(key, [one])
  }
  return [...byAttempt.values()]
}

/**
 * What is known by several things that name one attempt. A call makes one thing, and whatever else carries its nonce is nobody's: a
 * copy of another snapshot than the present one is not it, and among copies of the present one EC2 has to tell: by the call's token,
 * with the parameters of the one that was made first. Nobody could read the nonce of an attempt before it had made its own.
 * Of snapshots the others are named: the one that the call made may be among them, and copies were made of it.
 */
function thingOf(claims: Claims): Unexplained {
  const isCopy = claims[0].effect.step === 'restore'
  const present = claims.filter(
    ({ effect: { step, subject } }) => isCopy && step === 'restore' && subject.of === 'move',
  )
  const [first = claims[0]] = present.toSorted((a, b) => a.madeAtMs - b.madeAtMs)
  const { effect, issued } = first
  if (isCopy) return { effect, issued, resource: present.length > 1 ? null : first.resource }
  const others = claims.slice(1).filter((one) => subjectName(one.effect.subject) === subjectName(effect.subject))
  return {
    effect,
    issued,
    resource: first.resource,
    ...(others.length > 0 ? { others: others.map(({ resource }) => resource) } : {}),
  }
}

const WHY_DOUBTED = 'EC2 shows things that no entry explains, and tags that say that it froze or went live'

function rivalText({ id }: Migration, { resource, madeAtMs }: Found): string {
  return `somebody else drives ${id}: ${resource} was made at ${dayTime(madeAtMs)} by a call that this journal never made. Look for a second Redis or a copy of zonehop, and stop it; then /migrate resume, or /migrate abort`
}

function unexplained(m: Migration, move: Move, facts: Facts): Found[] {
  if (!isSnapshotMove(move)) {
    return replicaCopyIdsOf(move).flatMap((id) => {
      const subject = ofCopy(move.id, id)
      return (facts.snapshotsOf.get(subjectName(subject)) ?? []).flatMap((one) =>
        unknownSnapshot(m, subject, id, one, facts),
      )
    })
  }
  const subject = ofMove(move.id)
  return [
    ...(facts.snapshotsOf.get(move.id) ?? []).flatMap((one) => unknownSnapshot(m, subject, move.volume.id, one, facts)),
    ...(facts.volumesOf.get(move.id) ?? []).flatMap((one) => unknownVolume(m, move, one)),
    ...targetsIn(m, move).flatMap((id) => {
      const copy = ofCopy(move.id, id)
      return (facts.snapshotsOf.get(subjectName(copy)) ?? []).flatMap((one) => unknownSnapshot(m, copy, id, one, facts))
    }),
  ]
}

function targetsIn(m: Migration, { id }: SnapshotMove): string[] {
  return m.effects.generations(ofMove(id), 'restore').flatMap((state) => state?.resource ?? [])
}

/**
 * A snapshot that no entry explains, as the effect that made it. EC2 must say that it is of this volume, whatever its
 * tags say. Its nonce proves nothing here, so what calls itself a final one must have begun under the freeze that
 * stands, or it counts as a seed: another cut of a frozen volume is quick, and one from before the freeze lacks writes.
 */
function unknownSnapshot(
  m: Migration,
  subject: Subject,
  volume: string,
  { id, tags, volumeId, state, startedAtMs }: SeenSnapshot,
  facts: Facts,
): Found[] {
  const issued = issuedBy(m, tags)
  const said = tags['zonehop:step']
  if (!issued || volumeId !== volume) return []
  const cut = CUTS[subject.of === 'copy' ? 'copy' : 'move'].find((step) => step === said)
  if (!cut) return []
  // When a migration that was rebuilt was planned nobody knows any more.
  if (!m.isRebuilt && startedAtMs < m.plannedAtMs - CLOCKS_APART_MAX_MS) return []
  const isFinal = cut === 'snapshot' && isUnderFreeze(m, subject, { tags, startedAtMs }, facts)
  const step = cut === 'snapshot' && !isFinal ? 'seed' : cut
  const effect: Effect = {
    subject,
    step,
    generation: taggedGeneration(tags),
    direction: 'forward',
    volumeId,
    tags: effectTagsOf(tags),
  }
  return isOfUse(m, effect, state)
    ? [{ effect: knownOf(m, effect), issued, resource: id, madeAtMs: startedAtMs, isSound: state !== 'error' }]
    : []
}

/** What may be cut of a copy, and of a move's source. */
const CUTS: Readonly<Record<'copy' | 'move', readonly SnapshotStep[]>> = {
  copy: ['firstSnapshot'],
  move: ['seed', 'snapshot'],
}

/**
 * Whether a snapshot was cut under the standing freeze of its move: it carries the freeze's id, and began when its
 * service was frozen, however far apart the clocks are. Behind a point of no return every final snapshot was, whatever
 * the journal has lost of it.
 */
function isUnderFreeze(
  m: Migration,
  subject: Subject,
  { tags, startedAtMs }: Pick<SeenSnapshot, 'tags' | 'startedAtMs'>,
  facts: Facts,
): boolean {
  const move = moveOf(m, subject)
  const service = move && serviceNamed(m, move.service)
  if (!service || tags['zonehop:frozen'] !== freezeOf(m, service.name)?.id) return false
  const isLive = m.wentLiveAtMs !== null
  const frozenAtMs = frozenSinceMs(m, service.name)
  // A deferred service may have gone live by entries that are lost with those of its freeze.
  if (frozenAtMs === null) return isLive || isVouched(m, move, { startedAtMs, facts })
  if (isLive && (!isDeferred(m, service) || hasLiveMark(m, service.name))) return true
  // A deferred one may have gone live since, and another cut would then lack what its copy took.
  return startedAtMs >= frozenAtMs + (isLive ? -CLOCKS_APART_MAX_MS : CLOCKS_APART_MAX_MS)
}

/**
 * Whether an approver has said of a migration that was rebuilt that this freeze is its own, and the snapshot began behind it: no look of
 * its journal can tell any more. A server that was started since says otherwise, whoever froze its service again.
 */
function isVouched(
  m: Migration,
  move: Move,
  { startedAtMs, facts }: Pick<SeenSnapshot, 'startedAtMs'> & { readonly facts: Facts },
): boolean {
  const beganAtMs = freezeAtMs(freezeOf(m, move.service)?.id ?? '')
  const wasStarted = sourcesOf(move).some(
    ({ instance }) => (facts.instances.get(instance)?.launchedAtMs ?? 0) > startedAtMs,
  )
  return m.isRebuilt && isAffirmed(m, 'frozen') && beganAtMs !== null && startedAtMs >= beganAtMs && !wasStarted
}

/**
 * When the service was seen frozen, in ms since 1970; null where it was not, or only by a look in doubt, which says nothing of
 * when. So it is by the very entry with which doubt begins: the first that another history takes may say anew what is lost.
 */
function frozenSinceMs(m: Migration, service: string): number | null {
  if (!isDone(m, service, 'freeze')) return null
  const parts = partsOf(m, service, 'freeze')
  if (parts.some(({ isUndated }) => isUndated)) return null
  const seenMs = Math.max(...parts.map(({ achievedAtMs }) => achievedAtMs ?? 0))
  return m.doubt && seenMs >= m.doubt.sinceMs ? null : seenMs
}

/**
 * Whether the thing is worth knowing. One that ended in error shows that its token is spent, so that the same call would
 * return this failed thing again; but only if the journal has its effect. A rehearsal takes all its copies away, however they ended.
 */
function isOfUse(m: Migration, effect: Effect, state: string): boolean {
  const isTakenAway = m.purpose === 'rehearsal' && effect.step === 'restore'
  return state !== 'error' || isTakenAway || m.effects.has(effectId(effect))
}

/**
 * A volume that no entry explains, as the restore that made it. It must be in the target zone and made from a snapshot
 * that the journal knows of this move; a copy of anything else is nobody's, whatever its tags say. One that is not of
 * the present cut is known for a cleanup, and stands in the way of no other.
 */
function unknownVolume(
  m: Migration,
  move: SnapshotMove,
  { id, tags, snapshotId, zone, state, createdAtMs, initializationMibps: rate }: SeenVolume,
): Found[] {
  const issued = issuedBy(m, tags)
  if (!issued || tags['zonehop:step'] !== 'restore' || zone !== m.plan.targetZone) return []
  if (!snapshotId || !cutsOf(m, move).includes(snapshotId)) return []
  // Its token holds for the same rate alone.
  const asked = rate === undefined ? {} : { initializationMibps: rate }
  const base = { step: 'restore', direction: 'forward', snapshotId, zone, ...asked } as const
  const isPresent = snapshotId === latest(m, ofMove(move.id), m.purpose === 'rehearsal' ? 'seed' : 'snapshot')?.resource
  const own: RestoreEffect = isPresent
    ? restoreOf(m, { ...base, subject: ofMove(move.id), generation: taggedGeneration(tags) })
    : { ...base, subject: ofCopy(move.id, id), generation: 1 }
  return isOfUse(m, own, state)
    ? [{ effect: own, issued, resource: id, madeAtMs: createdAtMs, isSound: state !== 'error' }]
    : []
}

/** The restore of the generation that counts, or the next one where that is of another snapshot. */
function restoreOf(m: Migration, effect: RestoreEffect): RestoreEffect {
  const counted = { ...effect, generation: generationOf(m, effect) }
  const known = m.effects.get(effectId(counted))?.effect
  if (known?.step !== 'restore' || known.snapshotId === effect.snapshotId) return counted
  const last = latest(m, effect.subject, 'restore')?.effect.generation ?? counted.generation
  return { ...effect, generation: last + 1 }
}

/** Ids of the snapshots of a move's source that the journal knows, final ones and seeds. */
function cutsOf(m: Migration, { id }: SnapshotMove): string[] {
  const states = (['snapshot', 'seed'] as const).flatMap((step) => m.effects.generations(ofMove(id), step))
  return states.flatMap((state) => (state ? thingsOf(state) : []))
}

/** The nonce of the attempt that made a thing of this migration; null if an entry knows the attempt. */
function issuedBy(m: Migration, tags: SeenSnapshot['tags']): string | null {
  if (tags['zonehop:migration'] !== m.id) return null
  const issued = issuedOf(tags)
  return issued && !attemptsIn(m.effects).has(issued) ? issued : null
}

const attemptsIn = once(
  (effects: Migration['effects']): ReadonlySet<string> =>
    new Set(effects.values().flatMap(({ attempts }: EffectState) => attempts.map(({ nonce }) => nonce))),
)

/** The effect as the journal has it, of the generation that counts; or this one, if it has none. */
function knownOf(m: Migration, effect: Effect): Effect {
  const counted = { ...effect, generation: generationOf(m, effect) }
  return m.effects.get(effectId(counted))?.effect ?? counted
}

/**
 * The generation that the tags say. Outside doubt no later one counts: what only tags tell takes the place of nothing
 * that the journal knows, unless that has failed, and a retry may have followed.
 */
function generationOf(m: Migration, { subject, step, generation }: Effect): number {
  const last = latest(m, subject, step)
  if (!last || generation <= last.effect.generation) return generation
  return m.doubt?.isOpen || last.status === 'failed' ? generation : last.effect.generation
}

function taggedGeneration(tags: Readonly<Record<string, string>>): number {
  const generation = Number(tags['zonehop:generation'])
  return Number.isInteger(generation) && generation > 0 ? generation : 1
}

/** The tags that the effect itself asked for; the call added its identity to them. */
function effectTagsOf({ Name = '', ...tags }: Readonly<Record<string, string>>): Record<string, string> {
  const frozen = tags['zonehop:frozen']
  const own = hasTags(tags, REHEARSAL_TAG) ? REHEARSAL_TAG : {}
  return { Name, ...(frozen ? { 'zonehop:frozen': frozen } : {}), ...own }
}
