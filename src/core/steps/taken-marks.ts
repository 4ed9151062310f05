// Marks that do not stand any more: somebody, or Terraform, took a tag off or wrote another value over it. After the point of no
// return they are written again. Before it the tag of a freeze is not: whoever took it off may have let the service write.

import { freezeOf, hasLiveMark, isDeferred } from '../journal/services.ts'
import { isAchieved, isLatest, issuedAtMs, latest } from '../journal/state.ts'
import { type Effect, type EffectState, effectId, type TagEffect } from '../model/effects.ts'
import type { Facts } from '../model/facts.ts'
import { ANSWER_WITHIN_MS, SHOWN_AFTER_MS } from '../model/limits.ts'
import type { Freeze, Migration } from '../model/migration.ts'
import { once } from '../model/once.ts'
import type { Tags } from '../model/plan.ts'
import { isMarked, readPlanTag } from '../model/tags.ts'
import { nextGeneration } from './generations.ts'
import { deferredLiveMarks, freezeMarks, isLeaving, leftMarks, liveMarks } from './marks.ts'

/** A mark that one of its volumes does not carry; `says` is the value that stands there instead, null for none. */
export type Taken = {
  readonly effect: TagEffect
  readonly volume: string
  readonly key: string
  readonly says: string | null
}

/** After the point of no return: the marks of the sources and of the live copies that do not stand. */
export function takenLive(m: Migration, facts: Facts): Taken[] {
  return standingMarks(m).flatMap((effect) => takenOf(m, effect, facts, withoutPhase(effect.tags)) ?? [])
}

/** A volume that does not show such a mark, whether it was changed or EC2 shows it late; null if all do. */
export function unshownLive(m: Migration, { volumes }: Facts): string | null {
  const unshown = standingMarks(m).flatMap(({ resources, tags }) =>
    resources.filter((id) => !isMarked(volumes.get(id)?.tags ?? tags, withoutPhase(tags))),
  )
  return unshown[0] ?? null
}

function standingMarks(m: Migration): TagEffect[] {
  const kept = m.plan.services.filter(({ name }) => isLeaving(m, name))
  const required = kept.filter((service) => !isDeferred(m, service))
  const deferred = kept.filter((service) => isDeferred(m, service) && hasLiveMark(m, service.name))
  const freezes = new Set(kept.flatMap(({ name }) => freezeOf(m, name) ?? []))
  return [
    ...leftMarks(m),
    ...liveMarks(m, required),
    ...deferred.flatMap((service) => deferredLiveMarks(m, service)),
    ...[...freezes].flatMap((freeze) => freezeMarks(m, freeze)),
  ]
}

/** The phase beside a memory restrains nothing, and a later mark writes it anew. */
function withoutPhase({ 'zonehop:phase': _, ...memory }: Tags): Tags {
  return memory
}

/** Marks that EC2 took and that were changed before they were seen; what rests on them would wait for ever. */
function takenUnseen(m: Migration, facts: Facts): Taken[] {
  if (m.endedAtMs !== null) return []
  const isOfPhase = ({ direction }: Effect): boolean =>
    m.phase === 'live' || (m.phase === 'aborting') === (direction === 'back')
  const isWanted = (state: EffectState): boolean =>
    state.status === 'started' && isOfPhase(state.effect) && isLatest(m, state)
  return m.effects
    .values()
    .filter(isWanted)
    .flatMap(({ effect }) => (effect.step === 'tag' ? stillMeant(m, effect) : []))
    .flatMap((effect) => takenOf(m, effect, facts) ?? [])
}

/** The mark on those for whom it is still meant: over an earlier freeze's tag the later freeze has written its own. */
function stillMeant(m: Migration, effect: TagEffect): TagEffect[] {
  const { subject } = effect
  if (subject.of !== 'mark') return [effect]
  const freeze = m.freezes.find(({ id }) => id === subject.mark)
  if (!freeze) return [effect]
  return freezeMarks(m, freeze).filter((one) => one.subject.of === 'mark' && one.subject.part === subject.part)
}

/** The marks that are to be written once more. */
export function takenToWrite(m: Migration, facts: Facts): readonly Taken[] {
  return takenIn(m)(facts)
}

/** Looked for once a tick: people are told of them first, and then they are written. */
const takenIn = once((m: Migration) =>
  once((facts: Facts): readonly Taken[] => {
    const live = m.phase === 'live' ? takenLive(m, facts) : []
    const known = new Set(live.map(({ effect }) => effectId(effect)))
    return [...live, ...takenUnseen(m, facts).filter(({ effect }) => !known.has(effectId(effect)))]
  }),
)

/** The same marks, as their next generations; one of which a service was given back since is another generation already. */
export function writtenAgain(m: Migration, facts: Facts): TagEffect[] {
  return takenToWrite(m, facts).map(({ effect }) => (m.effects.has(effectId(effect)) ? nextGeneration(effect) : effect))
}

/** What is missing of a freeze's marks since they stood; null while they do. */
export function takenFreeze(m: Migration, freeze: Freeze, facts: Facts): Taken | null {
  return freezesIn(m)(facts)(freeze)
}

/** Whether the service has a freeze, and nobody changed the tag by which it is known. */
export function hasFreeze(m: Migration, service: string, facts: Facts): boolean {
  const freeze = freezeOf(m, service)
  return freeze !== null && takenFreeze(m, freeze, facts) === null
}

/** Each of a freeze's services asks for the same marks. */
const freezesIn = once((m: Migration) =>
  once((facts: Facts) =>
    once((freeze: Freeze): Taken | null => {
      const stood = freezeMarks(m, freeze).filter((effect) => isAchieved(m, effect))
      return stood.flatMap((effect) => takenOf(m, effect, facts, withoutPhase(effect.tags)) ?? [])[0] ?? null
    }),
  ),
)

/**
 * EC2 may show a tag late, so a missing one, or an older one of ours, counts as taken only when it must be shown. A value
 * that is not ours was written by somebody, but may be older than ours for as long as the call may take.
 */
function takenOf(
  m: Migration,
  effect: TagEffect,
  { volumes, beganAtMs }: Facts,
  wanted: Tags = effect.tags,
): Taken | null {
  // A mark of which a service was given back since stands on the others as it was written for all of them.
  const state = m.effects.get(effectId(effect)) ?? latest(m, effect.subject, effect.step)
  if (state?.status !== 'started' && state?.status !== 'achieved') return null
  const writtenAtMs = issuedAtMs(state) ?? state.intendedAtMs
  for (const volume of effect.resources) {
    const tags = volumes.get(volume)?.tags
    if (!tags || isMarked(tags, wanted)) continue
    const [key = ''] = Object.keys(wanted).filter((each) => !isMarked(tags, { [each]: wanted[each] ?? '' }))
    const says = tags[key] ?? null
    const isOlder = says === null || isOurs(m, key, says)
    const isSure = beganAtMs >= writtenAtMs + (isOlder ? SHOWN_AFTER_MS : ANSWER_WITHIN_MS)
    if (isSure) return { effect, volume, key, says }
  }
  return null
}

/** Whether this migration writes such a value itself, at one time or another. */
function isOurs(m: Migration, key: string, says: string): boolean {
  if (key === 'zonehop:phase' || says === m.id) return true
  return m.freezes.some(({ id }) => id === says) || readPlanTag({ [key]: says })?.migration === m.id
}
