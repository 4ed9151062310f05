// An inventory of so many volumes to move, as large accounts have them: eight on a server beside its root, a service a server,
// a successor of equal Name for each. Everything preflight asks is answered.
import type { Inventory, SeenInstance, SeenVolume } from '../../src/core/model/facts.ts'
import { NO_RULES, type Rules } from '../../src/core/model/rules.ts'
import type { PlanRequest } from '../../src/core/planning/request.ts'

export const [SOURCE, TARGET] = ['us-east-1a', 'us-east-1c'] as const
const DEVICES = [
  '/dev/sdf',
  '/dev/sdg',
  '/dev/sdh',
  '/dev/sdi',
  '/dev/sdj',
  '/dev/sdk',
  '/dev/sdl',
  '/dev/sdm',
] as const
const METHODS = ['document', 'stop-instances', 'manual'] as const

export function requestOf(volumes: number): PlanRequest {
  const servers = Array.from({ length: Math.ceil(volumes / DEVICES.length) }, (_, index) => index)
  const moving = Array.from({ length: volumes }, (_, index) => dataVolume(index))
  const inventory: Inventory = {
    zones: [
      { name: SOURCE, id: 'use1-az1' },
      { name: TARGET, id: 'use1-az4' },
    ],
    instances: servers.flatMap((index) => [server(index, SOURCE), server(index, TARGET)]),
    volumes: [...moving, ...servers.flatMap((index) => [rootVolume(index, SOURCE), rootVolume(index, TARGET)])],
    survey: survey(moving),
  }
  const rules: Rules = { ...NO_RULES, services: Object.fromEntries(servers.map(serviceRule)) }
  return { sourceZone: SOURCE, targetZone: TARGET, inventory, rules, choices: [], found: [] }
}

function serviceRule(index: number): [string, Rules['services'][string]] {
  const freeze = METHODS[index % METHODS.length] ?? 'manual'
  const need = index % 10 === 9 ? 'deferrable' : 'required'
  // Ten services wait for one, and that one for the first of all: deep enough to have an order, as people's are.
  const after = index === 0 || need === 'deferrable' ? [] : [serviceName(index % 10 === 0 ? 0 : index - (index % 10))]
  return [serviceName(index), { freeze, need, after: after.filter((name) => name !== serviceName(index)) }]
}

function serviceName(server: number): string {
  return `service-${server}`
}

function server(index: number, zone: string): SeenInstance {
  const base = { name: `server-${index}`, state: 'running', type: 'm5.2xlarge', rootDevice: '/dev/xvda', tags: {} }
  return { id: instanceId(index, zone), zone, ...base }
}

function instanceId(server: number, zone: string): string {
  return `i-${(server * 2 + (zone === SOURCE ? 0 : 1)).toString(16).padStart(17, '0')}`
}

function dataVolume(index: number): SeenVolume {
  const server = Math.floor(index / DEVICES.length)
  const device = DEVICES[index % DEVICES.length] ?? ''
  const tags = {
    Name: `data-${index}`,
    'zonehop:service': serviceName(server),
    team: `team-${server % 7}`,
    stage: 'live',
  }
  return volume({ number: index, server, zone: SOURCE, device, tags })
}

function rootVolume(server: number, zone: string): SeenVolume {
  const number = 10_000_000 + server * 2 + (zone === SOURCE ? 0 : 1)
  return volume({ number, server, zone, device: '/dev/xvda', tags: { Name: `root-${server}` } })
}

type Drawn = {
  readonly number: number
  readonly server: number
  readonly zone: string
  readonly device: string
  readonly tags: SeenVolume['tags']
}

function volume({ number, server, zone, device, tags }: Drawn): SeenVolume {
  return {
    id: `vol-${number.toString(16).padStart(17, '0')}`,
    zone,
    state: 'in-use',
    sizeGib: 100,
    type: 'gp3',
    iops: 3000,
    throughputMibps: 125,
    encrypted: false,
    kmsKeyId: null,
    snapshotId: null,
    createdAtMs: 0,
    managedBy: null,
    attachments: [{ instance: instanceId(server, zone), device, state: 'attached', deleteOnTermination: true }],
    tags,
  }
}

function survey(moving: readonly SeenVolume[]): Inventory['survey'] {
  const few = moving.filter((_, index) => index % 100 === 99).map(({ id }) => id)
  return {
    offeredTypes: { answer: ['m5.2xlarge'] },
    instanceTypes: { answer: { 'm5.2xlarge': { attachmentsMax: 28, hasInstanceStore: false } } },
    storage: { answer: { gp3: { usedGib: 1_000_000, quotaGib: 5_000_000 } } },
    dryRuns: { answer: { CreateSnapshot: null, CreateVolume: null, AttachVolume: null, StopInstances: null } },
    pendingSnapshots: { answer: [] },
    modifying: { answer: few },
  }
}
