// Observes EC2 for all volumes of a migration at once, or only for those that may still change. Instances and commands
// are read only while something waits for them.
import type { Filter } from '@aws-sdk/client-ec2'
import { isCleaning } from '../core/journal/state.ts'
import { callOf, type SnapshotStep } from '../core/model/effects.ts'
import {
  type DueSnapshot,
  type Facts,
  factsOf,
  type SeenSnapshot,
  type SeenVolume,
  type SeenZone,
} from '../core/model/facts.ts'
import { FILTER_VALUES_MAX } from '../core/model/limits.ts'
import type { Migration, Phase } from '../core/model/migration.ts'
import { claimsOf, replicaCopyIdsOf } from '../core/model/moves.ts'
import { movesInSight, subjectsOf, type Things, thingsInSight, volumesOfOthers } from '../core/seeing/scope.ts'
import { copyIdsOf } from '../core/steps/marks.ts'
import { DUE_WITHIN_MS, volumesToSeed } from '../core/steps/seeds/times.ts'
import type { Clients } from './clients.ts'
import { commandsOf } from './commands.ts'
import {
  filter,
  impairedIn,
  instancesIn,
  snapshotsBy,
  snapshotsNamed,
  snapshotsOf,
  volumesBy,
  volumesNamed,
  zonesOf,
} from './describe.ts'

/** Facts as of `nowMs`, the time at which observing begins (ms since 1970); throws what the SDK throws. */
export async function observe({ reading, listening }: Clients, m: Migration, nowMs: number): Promise<Facts> {
  const { sourceZone, targetZone } = m.plan
  const moves = movesInSight(m)
  const subjects = moves ? [filter('tag:zonehop:move', ...moves.flatMap(subjectsOf))] : []
  const mine = [filter('tag:zonehop:migration', m.id), ...subjects]
  const open = m.effects.values().filter(({ status }) => ['intended', 'issued', 'started'].includes(status))
  const calls = new Set(open.map(({ effect }) => callOf(effect)))
  // A stopped instance is one way to see that a fence stands, and one started since a cut that a rebuilt journal cannot vouch for it.
  const rests = open.some(({ effect }) => effect.step === 'fence') || (m.isRebuilt && m.wentLiveAtMs === null)
  const needsInstances = isCleaning(m) || calls.has('instances') || rests
  const leftovers = (m.plan.leftovers ?? []).map(({ volume }) => volume)
  const copies = moves ? [] : [...m.plan.moves.flatMap(replicaCopyIdsOf), ...leftovers]
  // A snapshot of a new copy protects it whoever took it, so all snapshots of the copies are read.
  const targets = isCleaning(m) ? m.plan.moves.flatMap((move) => copyIdsOf(m, move)) : []
  const [snapshots, others, made, sources, replicas, instances, zones, impaired, commands] = await Promise.all([
    snapshotsBy(reading, ...mine),
    snapshotsOf(reading, targets),
    volumesBy(reading, ...mine),
    volumesBy(reading, moves ? idFilter(m, claimsOf(moves)) : filter('availability-zone', sourceZone)),
    copies.length > 0 ? volumesBy(reading, idFilter(m, copies)) : [],
    needsInstances ? instancesIn(reading, [sourceZone, targetZone]) : [],
    isCleaning(m) || GATED.has(m.phase) ? healthOf(reading) : [],
    isAttaching(m) ? impairedIn(reading, targetZone).catch(() => null) : [],
    calls.has('command') ? commandsOf(listening, m) : new Map(),
  ])
  const volumes = [...sources, ...replicas, ...made]
  const [hidden, pending, due] = await Promise.all([
    hiddenFrom({ snapshots, volumes }, thingsInSight(m, moves, nowMs), reading),
    pendingOf(reading, volumesOfOthers(m, snapshots, nowMs)),
    dueOf(reading, volumesToSeed(m), nowMs),
  ])
  return factsOf({
    ...{ rev: m.rev, beganAtMs: nowMs, instances, zones, impaired, commands },
    snapshots: [...snapshots, ...others, ...hidden.snapshots],
    others: pending,
    ...due,
    volumes: [...volumes, ...hidden.volumes],
  })
}

/** Phases in which a gate is to come that rests on how the zones are; the plan itself looks at them while it waits for its start. */
const GATED: ReadonlySet<Phase> = new Set(['seeding', 'frozen', 'moving'])

/**
 * Whether copies are attached, or are seen so by this very look: how their instances read them is a line of the question that comes
 * next, go-live.
 */
function isAttaching(m: Migration): boolean {
  const isCalled = m.effects
    .values()
    .some(({ effect, status }) => effect.step === 'attach' && (status === 'started' || status === 'achieved'))
  return (m.phase === 'frozen' || m.phase === 'moving') && isCalled
}

/** Null where EC2 does not say: all else may be read, and goes on. */
async function healthOf(reading: Clients['reading']): Promise<SeenZone[] | null> {
  return await zonesOf(reading).catch(() => null)
}

/** Whoever takes them; where the volumes are more than a call takes beside the state, those of the whole account. No volumes, no call. */
async function pendingOf(reading: Clients['reading'], volumes: readonly string[]): Promise<SeenSnapshot[]> {
  if (volumes.length === 0) return []
  const of = volumes.length < FILTER_VALUES_MAX ? [filter('volume-id', ...volumes)] : []
  return await snapshotsBy(reading, filter('status', 'pending'), ...of)
}

/** Of so many volumes what others began is read in three calls; of the whole account it may be some pages. */
const DUE_VOLUMES_MAX = 500
/** Whoever takes a backup takes it at the same time a day or a week later. */
const AGAIN_AFTER_MS = [86_400_000, 7 * 86_400_000]
const HOUR_MS = 3_600_000

/**
 * What others may begin within DUE_WITHIN_MS, by what they began a day and a week before that. Of more than DUE_VOLUMES_MAX volumes those of the
 * whole account are read, in fewer calls. No volumes, no call.
 */
async function dueOf(
  reading: Clients['reading'],
  volumes: readonly string[],
  nowMs: number,
): Promise<Pick<Facts, 'due'>> {
  if (volumes.length === 0) return {}
  const wanted = new Set(volumes)
  const hours = Array.from({ length: DUE_WITHIN_MS / HOUR_MS + 1 }, (_, hour) => nowMs + hour * HOUR_MS)
  const begun = AGAIN_AFTER_MS.flatMap((afterMs) => hours.map((atMs) => hourFilter(atMs - afterMs)))
  const started = filter('start-time', ...begun)
  const seen =
    volumes.length <= DUE_VOLUMES_MAX
      ? await snapshotsOf(reading, volumes, started)
      : (await snapshotsBy(reading, started)).filter(({ volumeId }) => wanted.has(volumeId))
  const theirs = seen.filter((one) => !isOurs(one))
  const dueIn = ({ volumeId, startedAtMs }: SeenSnapshot): DueSnapshot[] =>
    AGAIN_AFTER_MS.map((afterMs) => startedAtMs + afterMs)
      .filter((atMs) => atMs >= nowMs && atMs < nowMs + DUE_WITHIN_MS)
      .map((atMs) => ({ volumeId, atMs }))
  return { due: theirs.flatMap(dueIn) }
}

/** Tools that copy the tags of a volume give their snapshots those that a copy of ours has, but for its step. */
function isOurs({ tags }: SeenSnapshot): boolean {
  return tags['zonehop:migration'] !== undefined && SNAPSHOT_STEPS.includes(tags['zonehop:step'] ?? '')
}

const SNAPSHOT_STEPS: readonly string[] = ['seed', 'snapshot', 'firstSnapshot'] satisfies readonly SnapshotStep[]

/** A value of EC2's filter by start time, which takes an asterisk, for all snapshots begun in the hour: 2026-03-05T04*. */
function hourFilter(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 13)}*`
}

type Seen = { readonly snapshots: readonly SeenSnapshot[]; readonly volumes: readonly SeenVolume[] }

/** What is known by its id and was not among what the tags found; no call where nothing is missing. */
async function hiddenFrom(seen: Seen, { snapshots, volumes }: Things, reading: Clients['reading']): Promise<Seen> {
  const known = new Set([...seen.snapshots, ...seen.volumes].map(({ id }) => id))
  const missing = (ids: readonly string[]): string[] => ids.filter((id) => !known.has(id))
  const [moreSnapshots, moreVolumes] = await Promise.all([
    snapshotsNamed(reading, missing(snapshots)),
    volumesNamed(reading, missing(volumes)),
  ])
  return { snapshots: moreSnapshots, volumes: moreVolumes }
}

/** Facts of the volumes with these ids alone, and during a cleanup of the instances; throws what the SDK throws. */
export async function observeSources(
  { reading }: Clients,
  m: Migration,
  { sources, nowMs }: { readonly sources: readonly string[]; readonly nowMs: number },
): Promise<Facts> {
  const { sourceZone, targetZone } = m.plan
  const [volumes, instances] = await Promise.all([
    sources.length > 0 ? volumesBy(reading, idFilter(m, sources)) : [],
    // A cleanup takes nothing from a server that was started again, so it needs the instances' states.
    isCleaning(m) ? instancesIn(reading, [sourceZone, targetZone]) : [],
  ])
  return factsOf({ rev: m.rev, beganAtMs: nowMs, snapshots: [], volumes, instances, commands: new Map() })
}

/** Matches these volumes; where they are more than a filter takes, all volumes of both zones. */
function idFilter({ plan }: Migration, ids: readonly string[]): Filter {
  return ids.length <= FILTER_VALUES_MAX
    ? filter('volume-id', ...ids)
    : filter('availability-zone', plan.sourceZone, plan.targetZone)
}
