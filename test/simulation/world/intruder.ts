// Somebody who is not trusted: they may tag, snapshot and send commands, and they type and press in the channel. They write zonehop's
// own memory tags, plant snapshots and copies under its names, and say in comments that their commands are its own. Whoever believes
// any of it does what nobody approved, or opens data of another time.
import { callOf } from '../../../src/core/model/effects.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import { sourceIdsOf } from '../../../src/core/model/moves.ts'
import type { UseCases } from '../../../src/core/ports.ts'
import { perform } from '../../../src/demo/ec2/perform.ts'
import type { Snapshot, Tags, Volume } from '../../../src/demo/ec2/world/entities.ts'
import { performSsm } from '../../../src/demo/ssm/perform.ts'
import { TRESPASSERS } from '../../support/people.ts'
import { TARGET } from '../../support/worlds.ts'
import type { Machine } from './machine.ts'
import { ask } from './people.ts'
import type { Sim } from './sim.ts'

type Forgery = {
  readonly key: string
  readonly value: (m: Migration, nowMs: number) => string
  readonly isOfCopies?: true
}

const FORGERIES: readonly [Forgery, ...Forgery[]] = [
  { key: 'zonehop:frozen', value: ({ id }, nowMs) => `${id}-f${nowMs}` },
  { key: 'zonehop:left', value: ({ id }) => id },
  { key: 'zonehop:aborted', value: ({ id }) => id },
  { key: 'zonehop:ended', value: ({ id }) => id },
  { key: 'zonehop:live', value: ({ id }) => id, isOfCopies: true },
]

/** One tag on one volume of a migration that runs, or one of ours taken off, as a tool does that knows its own tags alone. */
export function forge(sim: Sim): void {
  const { store, random, scheduler } = sim
  const m = runningIn(sim)
  if (!m) return
  const { key, value, isOfCopies } = random.pick(FORGERIES)
  const sources = new Set(sourceIdsOf(m.plan.moves))
  // Sometimes over what stands there.
  const isOver = random.chance(0.4)
  const volumes = [...store.volumes.values()].filter(
    ({ id, deletedAtMs, tags }) =>
      deletedAtMs === null && sources.has(id) !== (isOfCopies ?? false) && (isOver || !(key in tags)),
  )
  const volume = random.pick(volumes)
  if (!volume) return
  if (key in volume.tags && random.chance(0.5)) {
    sim.note('intruder', `takes ${key} off ${volume.id}`)
    perform(store, 'DeleteTags', { ResourceId: [volume.id], Tag: [{ Key: key }] })
    return
  }
  const tag = { Key: key, Value: value(m, Math.round(scheduler.now())) }
  sim.forged.add(`${volume.id} ${tag.Key}=${tag.Value}`)
  sim.note('intruder', `writes ${tag.Key}=${tag.Value} on ${volume.id}`)
  perform(store, 'CreateTags', { ResourceId: [volume.id], Tag: [tag] })
}

function runningIn({ watch, random }: Sim): Migration | undefined {
  return random.pick(watch.all().filter(({ endedAtMs }) => endedAtMs === null))
}

/** A snapshot or a copy of the intruder's own, under no name at first; later under the names of one of ours. */
export function plantThing(sim: Sim): void {
  const m = runningIn(sim)
  if (!m) return
  const deed = sim.random.pick([takeSnapshot, takeSnapshot, foretell, passOff, passOff, makeCopy])
  deed(sim, m)
}

/** Of any source, at any time: often before its freeze. Some carry from the start what ours will carry. */
function takeSnapshot(sim: Sim, m: Migration): void {
  const { store, random } = sim
  const volume = random.pick(sourceIdsOf(m.plan.moves))
  if (!volume) return
  const move = random.pick(m.plan.moves)
  const freeze = random.pick(m.freezes)?.id
  const tags = random.chance(0.4) ? identityOf(m, move?.id ?? volume, 'snapshot', freeze) : {}
  // Nobody knows the nonce of a call that is yet to come; a made-up one is all that they have.
  if (random.chance(0.2)) tags['zonehop:issued'] = `made-up-${sim.planted.size}`
  make(sim, 'CreateSnapshot', { VolumeId: volume, TagSpecification: specified('snapshot', tags) }, store.snapshots)
}

/** In the target zone, from a planted snapshot. */
function makeCopy(sim: Sim, m: Migration): void {
  const { store, random } = sim
  const from = random.pick(plantedIn(sim))
  if (!from) {
    takeSnapshot(sim, m)
    return
  }
  const ours = ourVolumes(sim)
  const tags = random.pick(ours)?.tags ?? identityOf(m, from.volume, 'restore')
  const params = { AvailabilityZone: TARGET, SnapshotId: from.id, VolumeType: 'gp3' }
  make(sim, 'CreateVolume', { ...params, TagSpecification: specified('volume', tags) }, store.volumes)
}

/** The names of a final snapshot that is yet to come, with a made-up nonce, on a snapshot from before. */
function foretell(sim: Sim, m: Migration): void {
  const { store, random } = sim
  const theirs = random.pick(plantedIn(sim))
  const freeze = m.freezes.at(-1)
  const move = m.plan.moves.find(({ id }) => id === theirs?.volume)
  if (!theirs || !freeze || !move) {
    takeSnapshot(sim, m)
    return
  }
  const tags = { ...identityOf(m, move.id, 'snapshot', freeze.id), 'zonehop:issued': `made-up-${theirs.id}` }
  sim.note('intruder', `gives ${theirs.id} the tags of a final snapshot of ${move.id}`)
  perform(store, 'CreateTags', { ResourceId: [theirs.id], Tag: listed(tags) })
}

/** The tags of one of ours, nonce and all, on one of theirs. */
function passOff(sim: Sim, m: Migration): void {
  const { store, random } = sim
  const theirs = random.pick(plantedIn(sim))
  const ours = random.pick([...store.snapshots.values()].filter((one) => isOurs(sim, one)))
  if (!theirs || !ours) {
    takeSnapshot(sim, m)
    return
  }
  sim.note('intruder', `gives ${theirs.id} the tags of ${ours.id}`)
  perform(store, 'CreateTags', { ResourceId: [theirs.id], Tag: listed(ours.tags) })
}

function plantedIn({ store, planted }: Sim): Snapshot[] {
  return [...store.snapshots.values()].filter(({ id }) => planted.has(id))
}

function ourVolumes(sim: Sim): Volume[] {
  return [...sim.store.volumes.values()].filter((one) => isOurs(sim, one))
}

function isOurs({ planted }: Sim, { id, tags }: Snapshot | Volume): boolean {
  return !planted.has(id) && tags['zonehop:step'] !== undefined
}

function identityOf(m: Migration, move: string, step: string, freeze?: string): Tags {
  return {
    'zonehop:migration': m.id,
    'zonehop:move': move,
    'zonehop:step': step,
    'zonehop:generation': '1',
    ...(freeze ? { 'zonehop:frozen': freeze } : {}),
  }
}

function listed(tags: Tags): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}

function specified(ResourceType: string, tags: Tags) {
  return Object.keys(tags).length === 0 ? [] : [{ ResourceType, Tag: listed(tags) }]
}

/** What came of it is theirs even where EC2's answer was lost. */
function make(
  sim: Sim,
  action: string,
  params: Parameters<typeof perform>[2],
  made: ReadonlyMap<string, Snapshot | Volume>,
): void {
  const before = new Set(made.keys())
  const { kind } = perform(sim.store, action, params)
  const fresh = [...made.keys()].filter((id) => !before.has(id))
  for (const id of fresh) sim.planted.add(id)
  sim.note('intruder', `${action}: ${fresh.join(' ') || kind}`)
}

const SHELL = 'AWS-RunShellScript'

/** A shell command on some host, under the comment of one of ours. */
export function sendForged(sim: Sim): void {
  const { hosts, random } = sim
  const comment = random.pick(
    [...hosts.commands.values()].filter(({ comment: said }) => said.startsWith('zonehop ')),
  )?.comment
  const host = random.pick([...hosts.hosts.keys()])
  if (!comment || !host) return
  if (!hosts.documents.has(SHELL)) performSsm(hosts, 'CreateDocument', { Name: SHELL, Content: '{"parameters":{}}' })
  sim.note('intruder', `sends ${SHELL} to ${host} as "${comment}"`)
  performSsm(hosts, 'SendCommand', { DocumentName: SHELL, InstanceIds: [host], Comment: comment })
}

type Trespass = (use: UseCases, m: Migration, by: string) => Promise<{ text?: string }>

/** Everything that can be typed or pressed. */
const TRESPASSES: readonly [Trespass, ...Trespass[]] = [
  (use, { id, asking }, by) =>
    use.approve({
      id,
      by,
      asked: asking?.nonce ?? '',
      gate: asking?.gate ?? 'start',
      basis: asking?.basis ?? '',
      typed: id,
    }),
  (use, { id, asking }, by) => use.decline({ id, by, asked: asking?.nonce ?? null }),
  (use, m, by) => use.confirm({ id: m.id, by, intended: openHands(m) }),
  (use, { id, plan }, by) => use.defer({ id, by, service: plan.services[0]?.name ?? '', reason: 'let me' }),
  (use, { id, plan }, by) => use.giveBack({ id, by, service: plan.services[0]?.name ?? '', reason: 'let me' }),
  (use, { id, suspicions }, by) =>
    use.settle({ id, by, suspected: [...suspicions.values()].at(-1)?.nonce ?? '', isSo: true }),
  (use, { id, plan }, by) =>
    use.choose({
      id,
      by,
      choice: { volume: plan.uncovered[0]?.volume ?? '', service: 'mine', route: 'stay', need: 'deferrable' },
    }),
  (use, { id, plan }, by) => use.retry({ id, by, what: plan.services[0]?.name ?? '' }),
  (use, { id }, by) => use.pause({ id, by }),
  (use, { id }, by) => use.resume({ id, by }),
  (use, { id }, by) => use.abort({ id, by, reason: 'let me' }),
  (use, { id }, by) => use.cleanup({ id, by }),
]

function openHands({ effects }: Migration): string {
  const open = effects.values().filter(({ effect, status }) => callOf(effect) === null && status === 'intended')
  return open[0]?.intended ?? ''
}

/** A guest, or somebody of another organisation, tries one of the things that people do. */
export function trespass(sim: Sim, machines: readonly Machine[]): void {
  const { random } = sim
  const m = runningIn(sim)
  if (!m) return
  const by = random.pick(TRESPASSERS)
  const deed = random.pick(TRESPASSES)
  ask({ sim, machines, random }, `${by} tries something`, (use) => deed(use, m, by))
}
