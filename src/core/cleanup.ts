// Cleanup: what may be deleted after a migration, each volume by name, with what keeps it or what protects its new copy. After
// `done` the sources that were left; after an abort only what zonehop made. Whatever is in use, retagged or changed since is kept,
// and said.
import { anew, areAchieved } from './anew.ts'
import type { DeleteEffect, DetachEffect, Effect, SnapshotEffect } from './effects.ts'
import type { Facts, SeenSnapshot, SeenVolume } from './facts.ts'
import { targetsOf } from './marks.ts'
import type { Migration, Move, SourceVolume } from './migration.ts'
import { nameOf, sourcesOf } from './moves.ts'
import { copiedTags } from './plan.ts'
import { partsOf } from './services.ts'
import { latest } from './state.ts'

/** One volume or snapshot that cleanup is about. */
export type Candidate = {
  readonly resource: string
  readonly name: string
  readonly sizeGib: number
  /** Of the volume; null: a snapshot. */
  readonly type: string | null
  readonly createdAtMs: number
  /** Why it is kept; null: it may go. */
  readonly kept: string | null
  /** What protects the new copy. */
  readonly protection: string | null
  /** The stopped instance that it is to be detached from first. */
  readonly detach: { readonly instance: string; readonly device: string } | null
}

export function candidatesOf(m: Migration, facts: Facts): Candidate[] {
  return m.phase === 'aborted' ? madeByIt(m, facts) : leftBehind(m, facts)
}

function leftBehind(m: Migration, facts: Facts): Candidate[] {
  return m.plan.moves.flatMap((move) =>
    sourcesOf(move).flatMap((source) => {
      const seen = facts.volumes.get(source.id)
      if (!seen) return []
      const protection = protectionOf(m, move, facts)
      const kept = m.cleanup?.kept.get(source.id) ?? changeOf(m, source, seen) ?? useOf(seen, source.instance, facts)
      return { ...candidate(seen), name: source.name, kept, protection, detach: attachedTo(seen) }
    }),
  )
}

/** Copies and snapshots of a migration that went back; what was people's before is not among them. */
function madeByIt(m: Migration, facts: Facts): Candidate[] {
  const isOurs = ({ tags }: SeenVolume | SeenSnapshot): boolean =>
    tags['zonehop:migration'] === m.id && !('zonehop:live' in tags)
  const volumes = [...facts.volumes.values()].filter(isOurs)
  const snapshots = [...facts.snapshots.values()].filter((one) => isOurs(one) && one.state !== 'pending')
  return [
    ...volumes.map((seen) => {
      const move = m.plan.moves.find(({ id }) => id === seen.tags['zonehop:move'])
      const kept = m.cleanup?.kept.get(seen.id) ?? useOf(seen, move?.successor ?? '', facts)
      const name = `${seen.tags.Name ?? seen.id} (copy)`
      return { ...candidate(seen), name, kept, protection: 'its source serves', detach: attachedTo(seen) }
    }),
    ...snapshots.map(({ id, tags, startedAtMs }) => ({
      resource: id,
      name: tags.Name ?? id,
      sizeGib: 0,
      type: null,
      createdAtMs: startedAtMs,
      kept: m.cleanup?.kept.get(id) ?? null,
      protection: 'its source serves',
      detach: null,
    })),
  ]
}

function candidate({ id, sizeGib, type, createdAtMs }: SeenVolume) {
  return { resource: id, sizeGib, type, createdAtMs }
}

function attachedTo({ attachments }: SeenVolume): Candidate['detach'] {
  const [attachment] = attachments
  return attachment ? { instance: attachment.instance, device: attachment.device } : null
}

/** Retagged or changed since the plan: somebody has plans for it. */
function changeOf(m: Migration, source: SourceVolume, seen: SeenVolume): string | null {
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

/** At a stopped instance, where it always was, nobody uses it. */
function useOf({ attachments }: SeenVolume, home: string, facts: Facts): string | null {
  const [attachment, second] = attachments
  if (!attachment) return null
  if (second) return `it is attached to ${attachments.length} instances`
  const { instance } = attachment
  if (instance !== home) return `it is attached to ${instance} now`
  const state = facts.instances.get(instance)?.state
  // Without the state: an instance that starts would void what was shown with every stage of it.
  return state === 'stopped' ? null : `it is in use: attached to ${instance}, which is not stopped`
}

/** A completed snapshot of every copy, begun after it took writes. */
function protectionOf(m: Migration, move: Move, facts: Facts): string | null {
  const opened = partsOf(m, move.service, 'open').map(({ achievedAtMs }) => achievedAtMs ?? Number.POSITIVE_INFINITY)
  const since = Math.max(m.wentLiveAtMs ?? 0, ...opened)
  const found = targetsOf(m, move).map((target) => {
    const own = [...facts.snapshots.values()].filter(
      ({ volumeId, state, startedAtMs }) => volumeId === target && state === 'completed' && startedAtMs > since,
    )
    return { target, newest: own.toSorted((a, b) => b.startedAtMs - a.startedAtMs)[0] }
  })
  const bare = found.find(({ newest }) => !newest)
  if (bare || found.length === 0) return null
  return found.map(({ target, newest }) => `${target} has ${newest?.id} of ${day(newest?.startedAtMs ?? 0)}`).join(', ')
}

/** A snapshot of each copy that nothing protects yet: nothing is deleted before it is complete. */
export function protections(m: Migration, facts: Facts): SnapshotEffect[] {
  if (m.phase === 'aborted') return []
  const bare = m.plan.moves.filter((move) => protectionOf(m, move, facts) === null)
  return bare.flatMap((move) =>
    targetsOf(m, move)
      .filter((target) => facts.volumes.has(target))
      .map((volumeId) => {
        const tags = { Name: `${nameOf(move)} (first)`.slice(0, 256) }
        return anew(m, { subject: `${move.id}/${volumeId}`, step: 'seed', generation: 1, volumeId, tags })
      }),
  )
}

/** Of one approved resource: off its stopped instance, then away; nothing of what is kept. */
export function deletions(m: Migration, facts: Facts): Effect[] {
  const all = candidatesOf(m, facts)
  return (m.cleanup?.approved ?? []).flatMap((resource): Effect[] => {
    const remove: DeleteEffect = anew(m, { subject: resource, step: 'delete', generation: 1, resource })
    const found = all.find((one) => one.resource === resource)
    if (!found) return latest(m, resource, 'delete') ? [remove] : []
    if (found.kept !== null) return []
    const detach = detachOf(m, found)
    return detach && !areAchieved(m, [detach]) ? [detach] : [...(detach ? [detach] : []), remove]
  })
}

function detachOf(m: Migration, { resource, detach }: Candidate): DetachEffect | null {
  const known = latest(m, resource, 'detachSource')?.effect
  if (detach) return anew(m, { subject: resource, step: 'detachSource', generation: 1, volumeId: resource, ...detach })
  return known?.step === 'detachSource' ? known : null
}

/** Approved, and not to be touched after all: it came into use, or changed, since. */
export function keptSince(m: Migration, facts: Facts): Candidate[] {
  const approved = new Set(m.cleanup?.approved ?? [])
  return candidatesOf(m, facts).filter(
    ({ resource, kept }) => kept !== null && approved.has(resource) && !m.cleanup?.kept.has(resource),
  )
}

export function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

/** Every approved one is deleted, or was kept. */
export function areCleared({ cleanup, effects }: Migration): boolean {
  const isDone = (resource: string): boolean =>
    cleanup?.kept.has(resource) ||
    [...effects.values()].some(
      ({ effect, status }) => effect.step === 'delete' && effect.subject === resource && status === 'achieved',
    )
  return (cleanup?.approved ?? []).every(isDone)
}

/** US dollars a GiB and month, by volume type; EBS's list prices in us-east-1, IOPS and throughput not counted. */
const PRICES: Readonly<Record<string, number>> = {
  gp3: 0.08,
  gp2: 0.1,
  io1: 0.125,
  io2: 0.125,
  st1: 0.045,
  sc1: 0.015,
  standard: 0.05,
}

/** What is asked for: what goes, each by name, and what is kept; null where nothing can go. */
export function cleanupEvidence(
  m: Migration,
  facts: Facts,
): { readonly lines: readonly string[]; readonly resources: readonly string[] } | null {
  const all = candidatesOf(m, facts)
  const going = all.filter(({ kept, protection }) => kept === null && protection !== null)
  const staying = all.flatMap(({ kept, ...rest }) => (kept === null ? [] : [{ ...rest, kept }]))
  if (going.length === 0) return null
  const what = m.phase === 'aborted' ? 'what the migration made' : `source volumes in ${m.plan.sourceZone}`
  const lines = [
    `Deletes ${going.length} of ${all.length}, ${what}. EC2 does not bring them back.`,
    ...going.map((one) => `Deletes ${lineOf(one, m.cleanup?.atMs ?? 0)}`),
    ...staying.map(({ name, resource, kept }) => `Keeps ${name} (${resource}): ${kept}.`),
  ]
  return { lines, resources: going.map(({ resource }) => resource) }
}

/** As of when the cleanup was asked for: an age that grows would void every approval. */
function lineOf({ name, resource, sizeGib, type, createdAtMs, protection, detach }: Candidate, atMs: number): string {
  const days = Math.max(0, Math.floor((atMs - createdAtMs) / 86_400_000))
  const price = PRICES[type ?? '']
  const cost = price === undefined ? '' : `, about $${Math.ceil(sizeGib * price)} a month`
  const size = type === null ? 'a snapshot' : `${sizeGib} GiB of ${type}`
  const first = detach ? `; it is detached from ${detach.instance} first, which is stopped` : ''
  return `${name} (${resource}): ${size}, ${days} ${days === 1 ? 'day' : 'days'} old${cost}; ${protection}${first}.`
}
