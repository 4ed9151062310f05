// A trial's world, drawn: services on servers that stand in both zones, their volumes, what zonehop.yaml says of them, and
// sometimes a volume that nobody thought of. Small, and quick to move: trials are many.

import type { Method } from '../../../src/core/model/plan.ts'
import { NO_RULES, type Rules, type ServiceRule } from '../../../src/core/model/rules.ts'
import type { VolumeSeed, WorldSeed } from '../../../src/demo/ec2/world/entities.ts'
import type { HostSeed, ServiceSeed } from '../../../src/demo/ssm/seeds.ts'
import { SOURCE, TARGET } from '../../support/worlds.ts'
import { drawReplicas } from '../invariants/replicas.ts'
import type { Random } from './random.ts'

export type World = { readonly seed: WorldSeed; readonly rules: Rules }

type Drawn = { readonly name: string; readonly server: string; readonly rule: ServiceRule & { freeze: Method } }

const DEVICES = [...'fghijklmnopqrstuvwxyz'].map((letter) => `/dev/sd${letter}`)
/** Beside them a server has room for what turns up later. */
const ON_A_SERVER_MAX = DEVICES.length - 3

export function drawWorld(random: Random): World {
  const services = drawServices(random)
  const volumes = drawVolumes(random, services)
  const servers = [...new Set(services.map(({ server }) => server))]
  const stopping = new Set(services.filter(({ rule }) => rule.freeze === 'stop-instances').map(({ server }) => server))
  // A host that is stopped to freeze it could not be asked.
  const askable = services.filter(({ rule, server }) => rule.freeze !== 'stop-instances' && !stopping.has(server))
  const replicas = drawReplicas(
    random.fork(),
    volumes,
    askable.map(({ name }) => name),
  )
  const instances = servers.flatMap((name) => [
    { name, zone: SOURCE },
    // A service that opens by a start of its instances finds them stopped.
    { name, zone: TARGET, ...(stopping.has(name) ? { state: 'stopped' as const } : {}) },
  ])
  const zones = [
    { name: SOURCE, id: 'use1-az1' },
    { name: TARGET, id: 'use1-az4' },
  ]
  const hosts = servers.flatMap((server) => hostsOf(server, services, volumes))
  const rules: Rules = {
    ...NO_RULES,
    services: Object.fromEntries(services.map(({ name, rule }) => [name, rule])),
    budgetMinutes: random.chance(0.3) ? random.whole(1, 20) : null,
    // What is left may go as soon as somebody asks.
    retentionDays: 0,
  }
  return {
    seed: {
      zones,
      instances: [...instances, ...replicas.instances],
      volumes: [...volumes, ...replicas.volumes],
      hosts: [...hosts, ...replicas.instances.map(({ name }) => ({ instance: name, zone: TARGET, services: [] }))],
      replicas: replicas.replicas,
    },
    rules,
  }
}

function drawServices(random: Random): Drawn[] {
  const count = random.whole(1, 5)
  const services: Drawn[] = []
  for (let index = 0; index < count; index++) {
    const freeze: Method = random.pick(['manual', 'document', 'document', 'stop-instances'])
    const beside = services.findLast(({ rule }) => rule.freeze !== 'stop-instances')
    const isBeside = beside !== undefined && freeze !== 'stop-instances' && random.chance(0.2)
    const need = index > 0 && random.chance(0.35) ? 'deferrable' : 'required'
    const before = services.filter((one) => need === 'deferrable' || one.rule.need === 'required')
    const after = before.length > 0 && random.chance(0.4) ? [random.pick(before as [Drawn])?.name ?? ''] : []
    services.push({
      name: `service-${index + 1}`,
      server: isBeside ? beside.server : `server-${index + 1}`,
      rule: {
        need,
        after,
        freeze,
        afterAttach: random.chance(0.2) && freeze !== 'stop-instances',
        check: random.chance(0.3) && freeze !== 'stop-instances',
        ...(random.chance(0.3) ? { hook: 'start what it synchronizes' } : {}),
      },
    })
  }
  return services
}

function drawCount(random: Random): number {
  const size = random.next()
  if (size < 0.8) return random.whole(10, 12)
  return size < 0.97 ? random.whole(13, 20) : random.whole(21, 60)
}

function drawVolumes(random: Random, services: readonly Drawn[]): VolumeSeed[] {
  const count = drawCount(random)
  const taken = new Map<string, number>()
  const volumes: VolumeSeed[] = []
  for (let index = 0; index < count; index++) {
    // Every service has one at least.
    const service = services[index] ?? random.pick(services as [Drawn])
    const nth = taken.get(service.server) ?? 0
    if (nth >= ON_A_SERVER_MAX) continue
    taken.set(service.server, nth + 1)
    volumes.push(drawVolume(random, { name: `data-${index + 1}`, device: DEVICES[nth] ?? '', service }))
  }
  for (const server of taken.keys()) if (random.chance(0.3)) volumes.push(rootOf(server))
  if (random.chance(0.2)) volumes.push({ ...PLAIN, name: 'forgotten', zone: SOURCE })
  return volumes
}

const PLAIN = { sizeGib: 10, usedGib: 5, type: 'gp3', snapshotMinutes: 2 }

function drawVolume(
  random: Random,
  { name, device, service }: { name: string; device: string; service: Drawn },
): VolumeSeed {
  const type = random.pick(['gp3', 'gp3', 'gp3', 'gp2', 'io1', 'st1'])
  const isSlow = service.rule.need === 'deferrable' && random.chance(0.3)
  return {
    name,
    zone: SOURCE,
    instance: service.server,
    device,
    type,
    sizeGib: type === 'st1' ? 125 : random.whole(8, 40),
    usedGib: random.whole(1, 8),
    ...(type === 'io1' ? { iops: 100 * random.whole(1, 4) } : {}),
    snapshotMinutes: isSlow ? random.whole(8, 25) : random.whole(1, 4),
    writesGibPerHour: 1,
    deleteOnTermination: random.chance(0.3),
    tags: { 'zonehop:service': service.name },
  }
}

function rootOf(instance: string): VolumeSeed {
  const place = { zone: SOURCE, instance, device: '/dev/xvda', isRoot: true, deleteOnTermination: true }
  return { ...PLAIN, name: `${instance}-root`, ...place }
}

/** Its services write in the source zone, and are installed but idle in the target zone. */
function hostsOf(server: string, services: readonly Drawn[], volumes: readonly VolumeSeed[]): HostSeed[] {
  const mine = services.filter((service) => service.server === server)
  const of = (name: string): string[] =>
    volumes.filter(({ tags }) => tags?.['zonehop:service'] === name).flatMap(({ device }) => device ?? [])
  const seeds = (state: ServiceSeed['state']): ServiceSeed[] =>
    mine.map(({ name, rule }) => {
      // What is opened by a document or by hand does not open by itself.
      const startsOnBoot = rule.freeze === 'stop-instances'
      return { name, devices: of(name), startsOnBoot, ...(state ? { state } : {}) }
    })
  return [
    { instance: server, zone: SOURCE, services: seeds('open') },
    { instance: server, zone: TARGET, services: seeds('stopped') },
  ]
}
