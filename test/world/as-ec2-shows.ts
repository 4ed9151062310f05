// Plans drawn from what EC2 answers, in EC2's own shapes: so a row says what somebody met, and not how it is kept.
import type { Instance, Volume, VolumeAttachment } from '@aws-sdk/client-ec2'
import { seenInstance, seenVolume } from '../../src/aws/wire.ts'
import type { Inventory, SeenZone, Survey } from '../../src/core/model/facts.ts'
import type { Choice, Plan } from '../../src/core/model/plan.ts'
import { NO_RULES, type Rules } from '../../src/core/model/rules.ts'
import { draft } from '../../src/core/planning/draft.ts'
import { planLines } from '../../src/slack/messages/plan.ts'
import { NO_SURVEY } from '../support/plans.ts'

export const ZONES = { sourceZone: 'us-east-1a', targetZone: 'us-east-1c' } as const

export function attached(over: VolumeAttachment = {}): VolumeAttachment {
  return { InstanceId: 'i-source', Device: '/dev/sdf', State: 'attached', DeleteOnTermination: false, ...over }
}

/** `logs`, which moves by its tag, unless told otherwise. */
export function shown(over: Volume = {}, tags: Readonly<Record<string, string>> = {}): Volume {
  const all = { Name: 'logs', 'zonehop:service': 'logs', ...tags }
  return {
    ...{ VolumeId: 'vol-1', AvailabilityZone: ZONES.sourceZone, State: 'in-use', Size: 100, VolumeType: 'gp3' },
    ...{ Iops: 3000, Throughput: 125, Encrypted: false, Attachments: [attached()] },
    Tags: Object.entries(all).map(([Key, Value]) => ({ Key, Value })),
    ...over,
  }
}

/** A volume of the target zone, attached there. */
export function there(VolumeId: string, Device: string): Volume {
  return shown(
    { VolumeId, AvailabilityZone: ZONES.targetZone, Attachments: [attached({ InstanceId: 'i-target', Device })] },
    { Name: VolumeId },
  )
}

export function server(InstanceId: string, AvailabilityZone: string, Name = 'server', over: Instance = {}): Instance {
  return {
    ...{ InstanceId, Placement: { AvailabilityZone }, State: { Name: 'running' }, InstanceType: 'm5.large' },
    ...{ RootDeviceName: '/dev/xvda', Tags: [{ Key: 'Name', Value: Name }] },
    ...over,
  }
}

export type World = {
  readonly volumes?: readonly Volume[]
  readonly instances?: readonly Instance[]
  readonly zones?: readonly SeenZone[]
  readonly survey?: Partial<Survey>
  readonly rules?: Partial<Rules>
  readonly choices?: readonly Choice[]
  readonly explained?: readonly string[]
}

const PAIR = [server('i-source', ZONES.sourceZone), server('i-target', ZONES.targetZone)]
const AVAILABLE: readonly SeenZone[] = [
  { name: ZONES.sourceZone, id: 'use1-az1', state: 'available', messages: [] },
  { name: ZONES.targetZone, id: 'use1-az4', state: 'available', messages: [] },
]

export function inventoryOf({ volumes = [shown()], instances = PAIR, zones = AVAILABLE, survey }: World): Inventory {
  return {
    ...{ zones, volumes: volumes.map(seenVolume), instances: instances.map(seenInstance) },
    survey: { ...NO_SURVEY, ...survey },
  }
}

export function drawn(world: World): Plan {
  const { rules, choices = [], explained = [] } = world
  const made = draft({
    ...ZONES,
    ...{ inventory: inventoryOf(world), rules: { ...NO_RULES, ...rules }, choices, found: [] },
    explained: new Set(explained),
  })
  if ('problems' in made) throw new Error(made.problems.join(' '))
  return made.plan
}

/** What `/migrate plan` answers. */
export function answered(plan: Plan): string {
  return planLines(plan).join('\n')
}

/** The causes of what is red, by name. */
export function reds({ checks }: Plan): Record<string, string> {
  return Object.fromEntries(checks.flatMap(({ name, result, cause }) => (result === 'red' ? [[name, cause]] : [])))
}
