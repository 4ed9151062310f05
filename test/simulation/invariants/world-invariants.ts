// What must hold in the world, read from the simulated EC2 and its hosts alone, whatever the journal says.

import { isMove } from '../../../src/core/journal/state.ts'
import type { Entry } from '../../../src/core/model/entries.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import { isSnapshotMove } from '../../../src/core/model/moves.ts'
import type { SnapshotMove } from '../../../src/core/model/plan.ts'
import type { Snapshot, Volume } from '../../../src/demo/ec2/world/entities.ts'
import { attachmentsOf, isGone, isShown, writtenGib } from '../../../src/demo/ec2/world/states.ts'
import type { Store } from '../../../src/demo/ec2/world/store.ts'
import type { Host, Hosts, Service } from '../../../src/demo/ssm/entities.ts'
import { SOURCE, TARGET } from '../../support/worlds.ts'
import { agreedTo } from './cleared.ts'
import { lostOfReplica } from './replicas.ts'

/** No second usable snapshot or volume for one step and generation, but for what is `uncounted`. */
export function oneOfEach(store: Store, uncounted: ReadonlySet<string>): string[] {
  const isCounted = (one: Snapshot | Volume): boolean => isUsable(store, one) && !uncounted.has(one.id)
  const snapshots = [...store.snapshots.values()].filter(isCounted)
  const volumes = [...store.volumes.values()].filter(isCounted)
  const bySnapshot = ({ tags }: Snapshot): string => [identityOf(tags), tags['zonehop:frozen']].join(' ')
  const byVolume = ({ tags, snapshotId }: Volume): string => [identityOf(tags), snapshotId].join(' ')
  return [...doubles(snapshots, bySnapshot), ...doubles(volumes, byVolume)]
}

function isUsable({ now }: Store, one: Snapshot | Volume): boolean {
  return one.tags['zonehop:migration'] !== undefined && !one.isFailing && !isGone(one, now())
}

function identityOf(tags: Snapshot['tags']): string {
  return ['migration', 'move', 'step', 'generation'].map((key) => tags[`zonehop:${key}`]).join(' ')
}

function doubles<T extends Snapshot | Volume>(all: readonly T[], keyOf: (one: T) => string): string[] {
  const first = new Map<string, string>()
  return all.flatMap((one) => {
    const key = keyOf(one)
    const other = first.get(key)
    if (!other) first.set(key, one.id)
    return other ? [`${other} and ${one.id} are both ${key}`] : []
  })
}

/** A copy is attached to its successor, at its source's device, and nowhere else; no move has two copies attached. */
export function attachedRight(store: Store, migrations: readonly Migration[]): string[] {
  const moves = new Map(
    migrations
      .filter(isMove)
      .flatMap((m) =>
        m.plan.moves.filter(isSnapshotMove).map((move): [string, SnapshotMove] => [`${m.id} ${move.id}`, move]),
      ),
  )
  const attached = new Map<string, string>()
  return [...store.volumes.values()].flatMap((volume) => {
    const key = `${volume.tags['zonehop:migration']} ${volume.tags['zonehop:move']}`
    const move = volume.tags['zonehop:step'] === 'restore' ? moves.get(key) : undefined
    if (!move) return []
    return attachmentsOf(volume, store.now()).flatMap(({ instance, device }) => {
      const other = attached.get(key)
      attached.set(key, volume.id)
      if (other) return [`${other} and ${volume.id} are both attached for ${move.volume.name}`]
      const isRight = instance === move.successor && device === move.volume.device
      return isRight ? [] : [`${volume.id}, the copy of ${move.volume.name}, is at ${device} of ${instance}`]
    })
  })
}

type Sided = { readonly name: string; readonly host: Host; readonly service: Service }

export function servicesIn(store: Store, hosts: Hosts, zone: string): Sided[] {
  return [...hosts.hosts.values()].flatMap((host) =>
    store.instances.get(host.instance)?.zone === zone
      ? [...host.services.values()].map((service) => ({ name: service.name, host, service }))
      : [],
  )
}

/** Never the source open while the target is: what is written to one of them would be lost. */
export function oneZoneWritable(store: Store, hosts: Hosts): string[] {
  // Asked after every step, so it looks for nothing while nothing is open there.
  const open = openIn(store, hosts, TARGET)
  if (open.length === 0) return []
  const sources = openIn(store, hosts, SOURCE)
  return open.flatMap(({ name, by }) => {
    const source = sources.find((one) => one.name === name)
    return source ? [`${name} is open in both zones (${source.by}; ${by})`] : []
  })
}

function openIn(store: Store, hosts: Hosts, zone: string): Service[] {
  const open: Service[] = []
  for (const host of hosts.hosts.values()) {
    if (store.instances.get(host.instance)?.zone !== zone) continue
    for (const service of host.services.values()) if (service.state === 'open') open.push(service)
  }
  return open
}

/** What is open in the target zone knows everything that was written in the source zone. */
export function nothingWrittenLost(store: Store, hosts: Hosts, taken: ReadonlyMap<string, unknown>): string[] {
  const open = servicesIn(store, hosts, TARGET).filter(({ service }) => service.state === 'open')
  if (open.length === 0) return []
  const isOpen = (volume: Volume): boolean =>
    attachmentsOf(volume, store.now()).some(({ instance, device }) =>
      open.some(({ host, service }) => host.instance === instance && service.devices.includes(device)),
    )
  return [...store.volumes.values()].filter(isOpen).flatMap((volume) => {
    const lost = lostOfReplica(hosts, volume.id)
    if (lost) return lost
    const snapshot = store.snapshots.get(volume.snapshotId ?? '')
    const source = snapshot && store.volumes.get(snapshot.volume)
    if (!snapshot || !source) return [`${volume.id} is open and comes from no snapshot`]
    // An old server that people started again writes to what was left to it.
    if (taken.has(source.id)) return []
    const lostGib = writtenGib(source, store.now()) - snapshot.writtenGib
    return lostGib > 1e-9 ? [`${volume.id} is open without ${lostGib} GiB that ${source.id} holds`] : []
  })
}

/** What is called gone is not there: nobody made what stands for nothing, or makes it anew beside itself. */
export function isGoneIndeed(store: Store, before: Migration | null, entry: Entry): string[] {
  if (entry.kind !== 'failed' || entry.code !== 'Gone') return []
  const { effect, resource } = before?.effects.get(entry.effect) ?? {}
  const isPlaced = effect?.step === 'attach' || effect?.step === 'checkCopy'
  const id = isPlaced && 'volumeId' in effect ? effect.volumeId : resource
  const one = store.snapshots.get(id ?? '') ?? store.volumes.get(id ?? '')
  if (!one || isGone(one, store.now()) || !isShown(one, store.now())) return []
  const isLoose = isPlaced && !isAttached(store, one.id)
  return isLoose ? [] : [`${entry.effect} is called gone, and ${one.id} is there`]
}

function isAttached(store: Store, id: string): boolean {
  const volume = store.volumes.get(id)
  return volume !== undefined && attachmentsOf(volume, store.now()).length > 0
}

/** No source volume is deleted but by a cleanup in which somebody agreed to it. */
export function sourcesStand(store: Store, everWritten: () => readonly Entry[]): string[] {
  const gone = [...store.volumes.values()].filter(({ zone, deletedAtMs }) => zone === SOURCE && deletedAtMs !== null)
  if (gone.length === 0) return []
  const agreed = agreedTo(everWritten())
  return gone.filter(({ id }) => !agreed.has(id)).map(({ id, tags }) => `${tags.Name} (${id}) was deleted`)
}
