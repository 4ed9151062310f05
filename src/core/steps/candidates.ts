// What a cleanup is about: each volume and snapshot by name, with what keeps it or what protects its new copy. After
// `done` these are the sources that were left, after an abort only what zonehop made. Whatever is in use, retagged or
// changed since is kept.

import { partsOf } from '../journal/services.ts'
import { generationsOf, latest, leavesNothing } from '../journal/state.ts'
import { type EffectState, isSnapshotEffect, thingsOf } from '../model/effects.ts'
import type { Facts, SeenSnapshot, SeenVolume } from '../model/facts.ts'
import { CLOCKS_APART_MAX_MS } from '../model/limits.ts'
import type { Migration } from '../model/migration.ts'
import { sourcesOf } from '../model/moves.ts'
import { once } from '../model/once.ts'
import type { Move, SourceVolume } from '../model/plan.ts'
import { ofCopy, ofResource } from '../model/subjects.ts'
import { copiedTags } from '../model/tags.ts'
import { day, theirs } from '../model/text.ts'
import { copyIdsOf } from './marks.ts'

/** One volume or snapshot that a cleanup may delete. `sizeGib` is 0 for a snapshot. */
export type Candidate = {
  readonly resource: string
  readonly name: string
  readonly sizeGib: number
  /** The type of the volume; null for a snapshot. */
  readonly type: string | null
  readonly createdAtMs: number
  /** Why it is kept; null if it may be deleted. */
  readonly kept: string | null
  /** What protects the new copy, in words; null if nothing does. */
  readonly protection: string | null
  /** No call returned the id: whoever may tag may have made the thing, so who approves is told. */
  readonly isFound?: true
  /** The stopped instance from which it is detached first; null if it is attached to none. */
  readonly detach: { readonly instance: string; readonly device: string } | null
}

/** All that the cleanup is about and the facts show, deletable or kept. */
export function candidatesOf(m: Migration, facts: Facts): Candidate[] {
  const all = leavesNothing(m) ? madeByIt(m, facts) : leftBehind(m, facts)
  // What was kept once stays kept for this cleanup.
  return all.map((one) => ({ ...one, kept: m.cleanup?.kept.get(one.resource) ?? one.kept }))
}

function leftBehind(m: Migration, facts: Facts): Candidate[] {
  return m.plan.moves.flatMap((move) =>
    sourcesOf(move).flatMap((source) => {
      const seen = facts.volumes.get(source.id)
      if (!seen) return []
      const protection = protectionOf(m, move, facts)
      const kept = changeSince(m, source, seen) ?? useOf(m, seen, { home: source.instance, facts })
      return { ...candidate(seen), name: source.name, kept, protection, detach: attachedTo(seen) }
    }),
  )
}

/**
 * Copies and snapshots that an aborted migration made, by the ids that the journal has of them: anybody may write our
 * tags. Whoever took the tags off one of them has plans for it. What was people's before is not among them.
 */
function madeByIt(m: Migration, facts: Facts): Candidate[] {
  const made = madeIn(m.effects)
  const isOurs = ({ id, tags }: SeenVolume | SeenSnapshot): boolean =>
    made.has(id) && tags['zonehop:migration'] === m.id
  const returned = returnedIn(m.effects)
  const doubtful = (id: string): { readonly isFound?: true } => (returned.has(id) ? {} : { isFound: true })
  // EC2 shows them in an order of its own, and a question must not change with it.
  const volumes = [...facts.volumes.values()].filter(isOurs).toSorted(byName)
  const snapshots = [...facts.snapshots.values()].filter(isOurs).toSorted(byName)
  return [
    ...volumes.map((seen) => {
      const move = m.plan.moves.find(({ id }) => id === seen.tags['zonehop:move'])
      // This tag comes from a point of no return that the journal lost, and that nobody passed. Still, whoever reads
      // the tag takes this copy for the one that serves.
      const live = 'zonehop:live' in seen.tags ? 'it says zonehop:live' : null
      const kept = live ?? useOf(m, seen, { home: move?.successor ?? '', facts })
      const name = `${theirs(seen.tags.Name ?? '') || seen.id} (copy)`
      const base = { ...candidate(seen), ...doubtful(seen.id), name }
      return { ...base, kept, protection: 'its source serves', detach: attachedTo(seen) }
    }),
    ...snapshots.map(({ id, tags, startedAtMs, state }) => ({
      resource: id,
      name: theirs(tags.Name ?? '') || id,
      sizeGib: 0,
      type: null,
      createdAtMs: startedAtMs,
      kept: state === 'pending' ? 'EC2 is still making it' : null,
      protection: 'its source serves',
      ...doubtful(id),
      detach: null,
    })),
  ]
}

function byName(one: SeenVolume | SeenSnapshot, other: SeenVolume | SeenSnapshot): number {
  const [a, b] = [one, other].map(({ id, tags }) => `${tags.Name ?? ''} ${id}`)
  return (a ?? '') < (b ?? '') ? -1 : 1
}

const madeIn = once(
  (effects: Migration['effects']): ReadonlySet<string> => new Set(makersIn(effects).flatMap(thingsOf)),
)

const returnedIn = once((effects: Migration['effects']): ReadonlySet<string> => {
  const answered = makersIn(effects).filter(({ isFound }) => !isFound)
  return new Set(answered.flatMap(({ resource }) => resource ?? []))
})

function makersIn(effects: Migration['effects']): EffectState[] {
  return effects.values().filter(({ effect }) => effect.step === 'restore' || isSnapshotEffect(effect))
}

function candidate({ id, sizeGib, type, createdAtMs }: SeenVolume) {
  return { resource: id, sizeGib, type, createdAtMs }
}

function attachedTo({ attachments }: SeenVolume): Candidate['detach'] {
  const [attachment] = attachments
  return attachment ? { instance: attachment.instance, device: attachment.device } : null
}

/** What was changed on the volume since the plan, or null. Whoever retagged or changed it has plans for it. */
function changeSince(m: Migration, source: SourceVolume, seen: SeenVolume): string | null {
  if (seen.tags['zonehop:left'] !== m.id) return `it does not say zonehop:left=${m.id} any more`
  const rows: [string, unknown, unknown][] = [
    ['size', source.sizeGib, seen.sizeGib],
    ['type', source.type, seen.type],
    ['tags', JSON.stringify(sorted(copiedTags(source.tags))), JSON.stringify(sorted(copiedTags(seen.tags)))],
  ]
  const changed = rows.find(([, was, is]) => was !== is)
  return changed ? `its ${changed[0]} ${changed[0] === 'tags' ? 'were' : 'was'} changed since the plan` : null
}

function sorted(tags: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1))
}

/** How the volume is used, or null. If it is attached to a stopped instance, where it always was, nobody uses it. */
function useOf(
  m: Migration,
  { id, attachments }: SeenVolume,
  { home, facts }: { readonly home: string; readonly facts: Facts },
): string | null {
  const [attachment, second] = attachments
  if (!attachment) {
    // The instance was started again just when the volume was detached: whoever starts it wants what was on it.
    const wasTaken = latest(m, ofResource(id), 'detachSource') !== null && isUp(facts, home)
    return wasTaken ? `it was detached from ${home}, which was started again` : null
  }
  if (second) return `it is attached to ${attachments.length} instances`
  const { instance } = attachment
  if (instance !== home) return `it is attached to ${instance} now`
  // The words leave the state out: while an instance starts, each state would void what was shown.
  return facts.instances.get(instance)?.state === 'stopped'
    ? null
    : `it is in use: attached to ${instance}, which is not stopped`
}

function isUp({ instances }: Facts, id: string): boolean {
  return ['pending', 'running', 'stopping'].includes(instances.get(id)?.state ?? '')
}

/** What protects every copy of a move, in words; null while one of them has no protection. */
export function protectionOf(m: Migration, move: Move, facts: Facts): string | null {
  const found = copyIdsOf(m, move).map((target) => ({ target, own: protectorOf(m, move, { target, facts }) }))
  if (found.length === 0 || found.some(({ own }) => own === null)) return null
  return found.map(({ target, own }) => `${target} has ${own?.id} of ${day(own?.startedAtMs ?? 0)}`).join(', ')
}

/**
 * The newest completed snapshot of a copy that was begun after the copy took writes; null if there is none. For the
 * migration's own snapshots the journal has that time. For anybody else's it is EC2's clock, which is not the
 * journal's.
 */
export function protectorOf(
  m: Migration,
  move: Move,
  { target, facts }: { readonly target: string; readonly facts: Facts },
): SeenSnapshot | null {
  const opened = partsOf(m, move.service, 'open').map(({ achievedAtMs }) => achievedAtMs ?? Number.POSITIVE_INFINITY)
  const sinceMs = Math.max(m.wentLiveAtMs ?? 0, ...opened)
  const own = new Map(
    generationsOf(m, ofCopy(move.id, target), 'firstSnapshot').map((state) => [state.resource, state]),
  )
  const isSince = ({ id, startedAtMs }: SeenSnapshot): boolean =>
    (own.get(id)?.intendedAtMs ?? startedAtMs - CLOCKS_APART_MAX_MS) >= sinceMs
  const protectors = [...facts.snapshots.values()].filter(
    (one) => one.volumeId === target && one.state === 'completed' && isSince(one),
  )
  return protectors.toSorted((a, b) => b.startedAtMs - a.startedAtMs)[0] ?? null
}
