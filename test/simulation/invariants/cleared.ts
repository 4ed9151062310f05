// What must hold of a cleanup, read from the simulated EC2: what people took up again is kept, what was agreed to is gone, and
// everything else stands.

import { latest } from '../../../src/core/journal/state.ts'
import type { Effect } from '../../../src/core/model/effects.ts'
import type { Entry, EntryOf } from '../../../src/core/model/entries.ts'
import { LOOK_WITHIN_MS } from '../../../src/core/model/limits.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import { rowsOf, sourceIdsOf } from '../../../src/core/model/moves.ts'
import type { Snapshot, Volume } from '../../../src/demo/ec2/world/entities.ts'
import { attachmentsOf, instanceState } from '../../../src/demo/ec2/world/states.ts'
import type { Store } from '../../../src/demo/ec2/world/store.ts'
import type { Sim } from '../world/sim.ts'
import { adopted, isToldDoubtful } from './planted.ts'

/** A call rests on a look that is at most so old, and is at most so long on its way. */
const SEEN_WITHIN_MS = LOOK_WITHIN_MS + 10_000

/** What people took up again for themselves: by a tag, or by a start of its server; and from when on EC2 shows it. */
export type Taken = { readonly how: 'tag' | 'start'; readonly atMs: number }

/** Asked at the call: what has been in use for a while, or says that it is to be kept, is neither detached nor deleted. */
export function isKept(
  effect: Effect,
  { taken, m, nowMs }: { taken: Taken | undefined; m: Migration | null; nowMs: number },
): string[] {
  if (!taken || (effect.step !== 'delete' && effect.step !== 'detachSource')) return []
  // Off its server when that was started, and the journal lost who took it off: for all that can be seen it is nobody's.
  const isLost = !m || latest(m, effect.subject, 'detachSource') === null
  if (taken.how === 'start' && effect.step === 'delete' && isLost) return []
  const sinceMs = nowMs - taken.atMs
  return sinceMs > SEEN_WITHIN_MS ? [`${effect.step} of ${resourceOf(effect)}, taken up ${sinceMs / 1000} s ago`] : []
}

/** What a deletion, or what comes before one, is about; empty for every other effect. */
export function resourceOf({ subject }: Effect): string {
  return subject.of === 'resource' ? subject.resource : ''
}

export function wrongsOfCleared({ store, watch, taken, rivalEntries, planted, forged }: Sim, m: Migration): string[] {
  const { cleanup } = m
  if (!cleanup || cleanup.endedAtMs === null) return [`the cleanup of ${m.id} never ended`]
  const { entries } = watch.ever(m.id)
  // A copy of the stack that was made behind an approval deletes what that approval names.
  // A later start may have cleared the copies of this one out of its way.
  const written = watch.all().map(({ id }) => watch.ever(id).entries)
  const cleared = new Set(written.flatMap(startsAgreedTo))
  const agreed = agreedTo([...entries, ...rivalEntries])
  const asked = entries.findLast(({ kind }) => kind === 'asked') ?? entries.findLast(({ kind }) => kind === 'cleaned')
  const askedAtMs = asked?.atMs ?? 0
  const known = adopted(entries)
  const isForeign = ({ id }: Volume | Snapshot): boolean =>
    planted.has(id) && !known.has(id) && !isToldDoubtful(id, entries)
  const offered = m.phase === 'done' ? leftBy(store, m) : madeBy(store, m).filter((one) => !isForeign(one))
  const ids = new Set(offered.map(({ id }) => id))
  const isForged = (id: string): boolean => [...forged].some((one) => one.startsWith(`${id} zonehop:live=`))
  const gone = [...store.volumes.values(), ...store.snapshots.values()].filter(
    ({ deletedAtMs }) => deletedAtMs !== null,
  )
  return [
    ...gone
      // What somebody wrote just before the call no look could show.
      .filter(({ id, tags }) => ('zonehop:live' in tags && !isForged(id)) || (agreed.has(id) && !ids.has(id)))
      .map(({ id }) => `${id} is gone, and was not left by ${m.id}`),
    ...offered.flatMap(({ id, deletedAtMs, tags }) => {
      const isThere = deletedAtMs === null
      if (!isThere)
        return agreed.has(id) || cleared.has(id) || isFailed(store, id)
          ? []
          : [`${tags.Name} (${id}) is gone, and nobody agreed`]
      const isKept = cleanup.kept.has(id) || taken.has(id) || isInUse(store, id) || 'zonehop:live' in tags
      if (isKept || isSlow(store, id, askedAtMs) || !isJournalled(m, id)) return []
      return [`${tags.Name} (${id}) still stands`]
    }),
  ]
}

/** What somebody ever agreed to delete. */
export function agreedTo(entries: readonly Entry[]): Set<string> {
  return new Set(entries.flatMap((entry) => (entry.kind === 'clearing' ? entry.resources : [])))
}

/** What a start that was passed had named as what it deletes first; all of the entries are of one migration. */
export function startsAgreedTo(entries: readonly Entry[]): string[] {
  if (!entries.some(({ kind }) => kind === 'began')) return []
  const asked = entries.filter((entry): entry is EntryOf<'asked'> => entry.kind === 'asked' && entry.gate === 'start')
  const lines = asked.flatMap(({ evidence }) => evidence.filter((line) => line.startsWith('Deletes first: ')))
  return lines.flatMap((line) => /\((vol-[0-9a-f]+), /.exec(line)?.[1] ?? [])
}

function leftBy({ volumes }: Store, m: Migration): Volume[] {
  return rowsOf(m.plan.moves).flatMap(({ volume }) => volumes.get(volume.id) ?? [])
}

function madeBy({ volumes, snapshots }: Store, m: Migration): (Volume | Snapshot)[] {
  return [...volumes.values(), ...snapshots.values()].filter(({ tags }) => tags['zonehop:migration'] === m.id)
}

/** What the journal has of a thing: of one whose entries are lost for good nobody knows whose it is, and it stays. */
function isJournalled(m: Migration, id: string): boolean {
  const isMade = m.effects.values().some(({ resource, others }) => resource === id || others.includes(id))
  return isMade || m.plan.moves.some((move) => sourceIdsOf([move]).includes(id))
}

/** People delete what failed, at the console. */
function isFailed({ snapshots }: Store, id: string): boolean {
  return snapshots.get(id)?.isFailing ?? false
}

/** EC2 was still making it when people were shown what would go, or just before. */
function isSlow({ snapshots }: Store, id: string, atMs: number): boolean {
  return (snapshots.get(id)?.endsAtMs ?? 0) > atMs - SEEN_WITHIN_MS
}

function isInUse(store: Store, id: string): boolean {
  const volume = store.volumes.get(id)
  return (volume ? attachmentsOf(volume, store.now()) : []).some(({ instance }) => {
    const server = store.instances.get(instance)
    return server && instanceState(server, store.now()) !== 'stopped'
  })
}
