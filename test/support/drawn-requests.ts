// Plan requests drawn by chance: inventories small enough that names, devices, tags, rules and choices often meet, so that
// everything a plan can say is said by some of them.
import type { Inventory, SeenAttachment, SeenInstance, SeenVolume, Survey } from '../../src/core/model/facts.ts'
import type { Choice } from '../../src/core/model/plan.ts'
import { NO_RULES, type Rules, type ServiceRule } from '../../src/core/model/rules.ts'
import { explanation } from '../../src/core/planning/memory-tags.ts'
import type { PlanRequest } from '../../src/core/planning/request.ts'
import { type Random, randomFrom } from '../simulation/world/random.ts'

const [SOURCE, TARGET, OTHER] = ['us-east-1a', 'us-east-1c', 'us-east-1d']
const NAMES = ['logs', 'web', 'db', 'mail', 'files', 'cache', 'Two Words'] as const
const DEVICES = [
  '/dev/xvda',
  '/dev/sdf',
  '/dev/sdg',
  '/dev/sdh',
  '/dev/sdi',
  '/dev/sdj',
  '/dev/sdk',
  '/dev/sdl',
] as const
const TYPES = ['m5.large', 'i3.large', 'm1.small'] as const

export function drawnRequest(seed: number): PlanRequest {
  const random = randomFrom(seed)
  const instances = Array.from({ length: random.whole(2, 9) }, (_, index) => drawnInstance(random, index))
  const volumes = Array.from({ length: random.whole(1, 18) }, (_, index) => drawnVolume(random, { index, instances }))
  const inventory: Inventory = { zones: drawnZones(random), instances, volumes, survey: drawnSurvey(random, volumes) }
  const found = random.chance(0.3) ? [drawnVolume(random, { index: random.whole(0, 20), instances })] : []
  const choices = drawnMany(random, 3, () => drawnChoice(random))
  const left = [...volumes, ...found].flatMap(({ id, tags }) => explanation(id, `zonehop:left=${tags['zonehop:left']}`))
  const rules = drawnRules(random)
  return { sourceZone: SOURCE, targetZone: TARGET, inventory, rules, choices, found, explained: new Set(left) }
}

function drawnZones(random: Random): Inventory['zones'] {
  const target = { name: TARGET, id: random.chance(0.05) ? 'use1-az1' : 'use1-az4' }
  return [{ name: SOURCE, id: 'use1-az1' }, target, { name: OTHER, id: 'use1-az6' }]
}

function drawnInstance(random: Random, index: number): SeenInstance {
  const id = `i-${index}`
  // In pairs, so that most have the one successor of equal Name.
  const isUsual = random.chance(0.85)
  const usualZone = index % 2 === 0 ? SOURCE : TARGET
  return {
    id,
    name: isUsual ? (NAMES[Math.floor(index / 2)] ?? id) : random.pick([...NAMES, id]),
    zone: isUsual ? usualZone : random.pick([SOURCE, TARGET, OTHER]),
    state: random.pick(['running', 'running', 'running', 'stopped', 'terminated']),
    type: random.pick(TYPES),
    rootDevice: random.chance(0.9) ? '/dev/xvda' : null,
    tags: {
      ...maybe(random, 0.2, 'zonehop:successor', () => drawnWord(random)),
      ...maybe(random, 0.1, 'aws:autoscaling:groupName', () => 'group'),
    },
  }
}

function drawnVolume(
  random: Random,
  { index, instances }: { readonly index: number; readonly instances: readonly SeenInstance[] },
): SeenVolume {
  const count = random.pick([0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2])
  return {
    id: `vol-${index}`,
    zone: random.pick([SOURCE, SOURCE, SOURCE, TARGET, TARGET, OTHER]),
    state: 'in-use',
    sizeGib: random.whole(1, 500),
    type: random.pick(['gp3', 'st1', 'io2']),
    iops: null,
    throughputMibps: null,
    encrypted: false,
    kmsKeyId: random.chance(0.1) ? random.pick(['key-1', 'key-2']) : null,
    snapshotId: null,
    createdAtMs: 0,
    managedBy: random.chance(0.05) ? 'eks' : null,
    attachments: Array.from({ length: count }, () => drawnAttachment(random, instances)),
    tags: drawnTags(random),
  }
}

function drawnAttachment(random: Random, instances: readonly SeenInstance[]): SeenAttachment {
  const instance = random.chance(0.05) ? 'i-unknown' : (random.pick(instances)?.id ?? '')
  return { instance, device: random.pick(DEVICES), state: 'attached', deleteOnTermination: random.chance(0.5) }
}

function drawnTags(random: Random): Record<string, string> {
  return {
    ...maybe(random, 0.8, 'Name', () => random.pick([...NAMES, ...NAMES, ''])),
    ...maybe(random, 0.5, 'zonehop:service', () => random.pick(NAMES)),
    ...maybe(random, 0.2, 'zonehop:route', () => random.pick(['snapshot', 'replica', 'replica', 'stay', 'teleport'])),
    ...maybe(random, 0.3, 'zonehop:need', () =>
      random.pick(['required', 'required', 'required', 'deferrable', 'deferrable', 'nice']),
    ),
    ...maybe(random, 0.1, 'zonehop:successor', () => drawnWord(random)),
    ...maybe(random, 0.05, 'zonehop:left', () => 'mig-0'),
    ...maybe(random, 0.3, 'zonehop:replica-of', () => drawnWord(random)),
    ...maybe(random, 0.6, 'zonehop:resource', () => random.pick(['r0', 'r0', 'r1', 'r1', 'not one'])),
    ...maybe(random, 0.1, 'zonehop:plan', () => 'migration=mig-0 need=required'),
    ...maybe(random, 0.05, 'zonehop:phase', () => random.pick(['done', 'frozen'])),
    ...(random.chance(0.05) ? Object.fromEntries(Array.from({ length: 45 }, (_, at) => [`tag-${at}`, ''])) : {}),
  }
}

function drawnRules(random: Random): Rules {
  return {
    ...NO_RULES,
    services: Object.fromEntries(drawnMany(random, 5, () => [random.pick(NAMES), drawnService(random)])),
    replicas: Object.fromEntries(drawnMany(random, 2, () => [random.pick(['r0', 'r1']), drawnReplica(random)])),
    stays: Object.fromEntries(drawnMany(random, 2, () => [drawnWord(random), random.pick(['a cache', 'old'])])),
    successors: Object.fromEntries(drawnMany(random, 3, () => [drawnWord(random), drawnWord(random)])),
  }
}

function drawnService(random: Random): ServiceRule {
  return {
    freeze: random.pick(['manual', 'stop-instances', 'stop-instances', 'document']),
    after: drawnMany(random, 2, () => random.pick(NAMES)),
    volumes: drawnMany(random, 2, () => drawnWord(random)),
    ...(random.chance(0.5) ? { need: random.pick(['required', 'deferrable']) } : {}),
  }
}

function drawnReplica(random: Random): Rules['replicas'][string] {
  return { volumes: [drawnWord(random), drawnWord(random)], replicas: drawnMany(random, 3, () => drawnWord(random)) }
}

function drawnChoice(random: Random): Choice {
  return {
    volume: `vol-${random.whole(0, 17)}`,
    service: random.pick([...NAMES, '']),
    route: random.pick(['snapshot', 'stay']),
    need: random.pick(['required', 'deferrable']),
  }
}

function drawnSurvey(random: Random, volumes: readonly SeenVolume[]): Survey {
  const asked = <T>(answer: T) => (random.chance(0.8) ? { answer } : { because: 'AWS answered TimeoutError' })
  const some = volumes.filter(() => random.chance(0.2)).map(({ id }) => id)
  return {
    offeredTypes: asked(TYPES.filter(() => random.chance(0.7))),
    instanceTypes: asked({
      'm5.large': { attachmentsMax: random.whole(1, 6), hasInstanceStore: false },
      'i3.large': { attachmentsMax: null, hasInstanceStore: true },
    }),
    storage: asked({ gp3: { usedGib: 500, quotaGib: random.whole(500, 2_000) }, st1: { usedGib: 0, quotaGib: 9_999 } }),
    dryRuns: asked({ CreateSnapshot: null, StopInstances: random.pick([null, 'UnauthorizedOperation']) }),
    pendingSnapshots: asked(some.map((volumeId, index) => ({ id: `snap-${index}`, volumeId }))),
    modifying: asked(some.slice(1)),
  }
}

/** The name or the id of something, or of nothing. */
function drawnWord(random: Random): string {
  return random.pick([random.pick(NAMES), `vol-${random.whole(0, 17)}`, `i-${random.whole(0, 8)}`])
}

function drawnMany<T>(random: Random, most: number, draw: () => T): T[] {
  return Array.from({ length: random.whole(0, most) }, draw)
}

function maybe(random: Random, probability: number, tag: string, draw: () => string): Record<string, string> {
  return random.chance(probability) ? { [tag]: draw() } : {}
}
