// The ports of AWS on the simulated EC2 and SSM, in process: what src/aws does over HTTP, without it. Each call takes its time
// on the way there and back, and whatever can befall a call befalls it.
import { createHash } from 'node:crypto'
import { dataGenerationOf, readingsOf } from '../../../src/aws/drbd.ts'
import { sortError } from '../../../src/aws/errors.ts'
import { isCleaning } from '../../../src/core/journal/state.ts'
import {
  callOf,
  documentOf,
  type Effect,
  effectId,
  isReplicaEffect,
  type RestoreEffect,
} from '../../../src/core/model/effects.ts'
import {
  type Facts,
  factsOf,
  type HostAnswer,
  type Inventory,
  type SeenCommand,
  type SeenVolume,
} from '../../../src/core/model/facts.ts'
import { FILTER_VALUES_MAX } from '../../../src/core/model/limits.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import { claimsOf, replicaCopyIdsOf } from '../../../src/core/model/moves.ts'
import type { SourceVolume, Tags } from '../../../src/core/model/plan.ts'
import { subjectName } from '../../../src/core/model/subjects.ts'
import { commandComment, identity, issuedOfComment } from '../../../src/core/model/tags.ts'
import type { Answer, CommandOrder, Ec2, Hosts } from '../../../src/core/ports.ts'
import { movesInSight, subjectsOf } from '../../../src/core/seeing/scope.ts'
import { copyIdsOf } from '../../../src/core/steps/marks.ts'
import { perform } from '../../../src/demo/ec2/perform.ts'
import type { Store } from '../../../src/demo/ec2/world/store.ts'
import type { Body, Params } from '../../../src/demo/ec2/world/wire.ts'
import type { Hosts as SimulatedHosts } from '../../../src/demo/ssm/entities.ts'
import { performSsm } from '../../../src/demo/ssm/perform.ts'
import { NO_SURVEY } from '../../support/plans.ts'
import { rowsOf, seenInstance, seenSnapshot, seenVolume } from '../invariants/seen.ts'

/** AWS said no, or nothing: what the SDK would throw. */
export class CallFailed extends Error {
  readonly $metadata: { readonly httpStatusCode?: number }
  constructor(code: string, message: string, status: number | null) {
    super(message)
    this.name = code
    this.$metadata = status === null ? {} : { httpStatusCode: status }
  }
}

/** What lies between a process and AWS. */
export type Line = {
  /** Before a call arrives, and before its answer is heard; `isReading`: it changes nothing. */
  there(action: string, isReading: boolean): Promise<void>
  back(action: string, isReading: boolean): Promise<void>
  /** Hears of every call that would change something, just before it arrives. */
  called(action: string, effect: Effect, migration: string): void
}

type Called = Awaited<ReturnType<typeof perform>> | ReturnType<typeof performSsm>

const READS_MAX = 4

export function edge(store: Store, simulated: SimulatedHosts, line: Line): { ec2: Ec2; hosts: Hosts } {
  async function read<T>(action: string, ask: () => Called): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      await line.there(action, true)
      const answer = ask()
      await line.back(action, true)
      if (answer.kind === 'answered') return answer.body as T
      if (attempt === READS_MAX) throw failed(answer)
    }
  }

  const describe = (action: string, params: Params): Promise<Body> => read(action, () => perform(store, action, params))
  const list = <T>(action: string, input: Record<string, unknown>): Promise<T> =>
    read(action, () => performSsm(simulated, action, input))

  async function change(
    effect: Effect,
    { action, migration, call }: { action: string; migration: string; call: () => Called },
  ): Promise<Answer & { body?: unknown }> {
    await line.there(action, false)
    line.called(action, effect, migration)
    const answer = call()
    await line.back(action, false)
    if (answer.kind === 'answered') return { outcome: 'taken', resource: null, body: answer.body }
    return sortError(failed(answer))
  }

  async function made(
    effect: Effect,
    { action, migration = '', params, id }: { action: string; migration?: string; params: Params; id?: string },
  ): Promise<Answer> {
    const { body, ...answer } = await change(effect, {
      action,
      migration,
      call: () => perform(store, action, params),
    })
    return answer.outcome === 'taken' ? { ...answer, resource: id ? String((body as Body)[id]) : null } : answer
  }

  async function observe(m: Migration, nowMs: number, only?: readonly string[]): Promise<Facts> {
    const base = { rev: m.rev, beganAtMs: nowMs }
    if (only) {
      const [volumes, instances] = await Promise.all([
        only.length > 0 ? volumesBy(sourceFilter(m, only)) : [],
        isCleaning(m) ? describe('DescribeInstances', { Filter: [zonesOf(m)] }) : {},
      ])
      return factsOf({ ...base, snapshots: [], volumes, instances: instancesOf(instances), commands: new Map() })
    }
    const moves = movesInSight(m)
    const subjects = moves ? [filter('tag:zonehop:move', ...moves.flatMap(subjectsOf))] : []
    const mine = [filter('tag:zonehop:migration', m.id), ...subjects]
    const open = m.effects.values().filter(({ status }) => ['intended', 'issued', 'started'].includes(status))
    const calls = new Set(open.map(({ effect }) => callOf(effect)))
    const needsInstances = isCleaning(m) || calls.has('instances') || open.some(({ effect }) => effect.step === 'fence')
    const copies = moves ? [] : m.plan.moves.flatMap(replicaCopyIdsOf)
    const targets = isCleaning(m) ? m.plan.moves.flatMap((move) => copyIdsOf(m, move)) : []
    const [snapshots, others, made, sources, replicas, instances, commands] = await Promise.all([
      describe('DescribeSnapshots', { Owner: ['self'], Filter: mine }),
      targets.length > 0 ? describe('DescribeSnapshots', { Filter: [filter('volume-id', ...targets)] }) : {},
      volumesBy(...mine),
      volumesBy(moves ? sourceFilter(m, claimsOf(moves)) : filter('availability-zone', m.plan.sourceZone)),
      copies.length > 0 ? volumesBy(filter('volume-id', ...copies)) : [],
      needsInstances ? describe('DescribeInstances', { Filter: [zonesOf(m)] }) : {},
      calls.has('command') ? commandsOf(m) : new Map<string, SeenCommand>(),
    ])
    return factsOf({
      ...base,
      snapshots: [snapshots, others].flatMap((body) => rowsOf(body, 'snapshotSet').map(seenSnapshot)),
      volumes: [...sources, ...replicas, ...made],
      instances: instancesOf(instances),
      commands,
    })
  }

  async function volumesBy(...Filter: Params[]): Promise<SeenVolume[]> {
    const body = await describe('DescribeVolumes', { Filter, IncludeManagedResources: 'true' })
    return rowsOf(body, 'volumeSet').map(seenVolume)
  }

  async function inventory({ sourceZone, targetZone }: { sourceZone: string; targetZone: string }): Promise<Inventory> {
    const both = filter('availability-zone', sourceZone, targetZone)
    const zones = await describe('DescribeAvailabilityZones', {})
    const volumes = await volumesBy(both)
    const instances = await describe('DescribeInstances', { Filter: [both] })
    return {
      zones: rowsOf(zones, 'availabilityZoneInfo').map(({ zoneName, zoneId }) => ({
        name: String(zoneName),
        id: String(zoneId),
      })),
      volumes,
      instances: instancesOf(instances),
      survey: NO_SURVEY,
    }
  }

  /** The command of each open attempt, as src/aws/commands.ts finds it. */
  async function commandsOf(m: Migration): Promise<Map<string, SeenCommand>> {
    const open = new Map(
      m.effects
        .values()
        .filter(({ status }) => status === 'issued' || status === 'started')
        .flatMap(({ effect, attempts }) => attempts.map(({ nonce }): [string, Effect] => [nonce, effect])),
    )
    const found = new Map<string, CommandRow>()
    const since = new Date(m.plannedAtMs).toISOString()
    for (let token: string | undefined; ; ) {
      const input = {
        Filters: [{ key: 'InvokedAfter', value: since }],
        MaxResults: 50,
        ...(token ? { NextToken: token } : {}),
      }
      const page = await list<{ Commands: CommandRow[]; NextToken?: string }>('ListCommands', input)
      for (const row of page.Commands) {
        const issued = issuedOfComment(m.id, row.Comment)
        const known = issued === null ? undefined : found.get(issued)
        const isNewer = !known || known.RequestedDateTime < row.RequestedDateTime
        if (issued !== null && open.has(issued) && isNewer) found.set(issued, row)
      }
      token = page.NextToken
      if (!token) break
    }
    const seen = new Map<string, SeenCommand>()
    for (const [issued, row] of found) {
      seen.set(issued, { ...seenCommand(row), told: await toldBy(row, open.get(issued)) })
    }
    return seen
  }

  async function toldBy({ CommandId, Status }: CommandRow, effect: Effect | undefined): Promise<SeenCommand['told']> {
    if (Status !== 'Success' || (effect?.step !== 'prove' && effect?.step !== 'down')) return {}
    const told: Record<string, HostAnswer> = {}
    for (const InstanceId of effect.instances) {
      const body = await list<{ StandardOutputContent: string }>('GetCommandInvocation', { CommandId, InstanceId })
      const text = body.StandardOutputContent
      told[InstanceId] = { readings: readingsOf(text), generation: dataGenerationOf(text) }
    }
    return told
  }

  const ec2: Ec2 = {
    inventory,
    observe,
    createSnapshot: (effect, { migration, issued }) =>
      made(effect, {
        action: 'CreateSnapshot',
        migration,
        id: 'snapshotId',
        params: {
          VolumeId: effect.volumeId,
          ...tagged('snapshot', { ...effect.tags, ...identity(migration, effect, issued) }),
        },
      }),
    createVolume: (effect, { migration, issued, like, tags }) =>
      made(effect, {
        action: 'CreateVolume',
        migration,
        id: 'volumeId',
        params: {
          ClientToken: tokenOf(migration, effect),
          SnapshotId: effect.snapshotId,
          AvailabilityZone: effect.zone,
          ...parametersOf(like),
          ...tagged('volume', { ...tags, ...identity(migration, effect, issued) }),
        },
      }),
    attachVolume: (effect) => {
      const { volumeId, instance, device } = effect
      const params = { VolumeId: volumeId, InstanceId: instance, Device: device }
      return made(effect, { action: 'AttachVolume', params, id: 'volumeId' })
    },
    detachVolume: (effect) => {
      const params = { VolumeId: effect.volumeId, InstanceId: effect.instance }
      return made(effect, { action: 'DetachVolume', params, id: 'volumeId' })
    },
    deleteResource: (effect) => {
      const isSnapshot = effect.resource.startsWith('snap-')
      const params = isSnapshot ? { SnapshotId: effect.resource } : { VolumeId: effect.resource }
      return made(effect, { action: isSnapshot ? 'DeleteSnapshot' : 'DeleteVolume', params })
    },
    setDeleteOnTermination: (effect) => {
      const Ebs = { DeleteOnTermination: String(effect.deleteOnTermination) }
      const params = { InstanceId: effect.instance, BlockDeviceMapping: [{ DeviceName: effect.device, Ebs }] }
      return made(effect, { action: 'ModifyInstanceAttribute', params })
    },
    createTags: (effect) =>
      made(effect, { action: 'CreateTags', params: { ResourceId: [...effect.resources], Tag: pairs(effect.tags) } }),
    deleteTags: (effect) => {
      const Tag = effect.removed.map((Key) => ({ Key }))
      return made(effect, { action: 'DeleteTags', params: { ResourceId: [...effect.resources], Tag } })
    },
    setInstances: (effect) => {
      const action = effect.work.method === 'stop-instances' ? 'StopInstances' : 'StartInstances'
      return made(effect, { action, params: { InstanceId: [...effect.instances] } })
    },
  }

  const hosts: Hosts = {
    async run(effect, { migration, issued, rev, notAfterMs }: CommandOrder) {
      const input = {
        DocumentName: documentOf(effect),
        InstanceIds: [...effect.instances],
        Comment: commandComment(migration, issued, effectId(effect)),
        TimeoutSeconds: 30,
        Parameters: {
          service: [effect.service],
          ...(isReplicaEffect(effect) ? { resource: [effect.resource] } : {}),
          migration: [migration],
          rev: [String(rev)],
          notAfter: [new Date(notAfterMs).toISOString()],
        },
      }
      const call = () => performSsm(simulated, 'SendCommand', input)
      const { body, ...answer } = await change(effect, { action: 'SendCommand', migration, call })
      const sent = body as { Command: { CommandId: string } } | undefined
      return answer.outcome === 'taken' ? { ...answer, resource: sent?.Command.CommandId ?? null } : answer
    },
  }
  return { ec2, hosts }
}

function failed(answer: Exclude<Called, { kind: 'answered' }>): CallFailed {
  if (answer.kind === 'lost') return new CallFailed('TimeoutError', 'no answer', null)
  return new CallFailed(answer.code, answer.message, answer.status)
}

type CommandRow = {
  readonly CommandId: string
  readonly Comment: string
  readonly DocumentName: string
  readonly InstanceIds: readonly string[]
  readonly RequestedDateTime: number
  readonly Status: string
  readonly StatusDetails: string
}

function seenCommand(row: CommandRow): SeenCommand {
  const { CommandId: id, DocumentName: document, InstanceIds: instances } = row
  const { RequestedDateTime, Status, StatusDetails } = row
  const base = { id, document, instances, sentAtMs: RequestedDateTime * 1000, told: {} }
  if (['Pending', 'InProgress', 'Cancelling'].includes(Status)) return { ...base, state: 'pending', details: Status }
  if (Status === 'Success') return { ...base, state: 'succeeded', details: Status }
  return { ...base, state: 'ended', details: StatusDetails }
}

function instancesOf(body: Body) {
  return rowsOf(body, 'reservationSet').flatMap((row) => rowsOf(row, 'instancesSet').map(seenInstance))
}

function filter(Name: string, ...Value: string[]): Params {
  return { Name, Value }
}

function sourceFilter(m: Migration, sources: readonly string[]): Params {
  return sources.length <= FILTER_VALUES_MAX ? filter('volume-id', ...sources) : zonesOf(m)
}

function zonesOf({ plan }: Migration): Params {
  return filter('availability-zone', plan.sourceZone, plan.targetZone)
}

function tagged(ResourceType: string, tags: Tags): Params {
  return { TagSpecification: [{ ResourceType, Tag: pairs(tags) }] }
}

function pairs(tags: Tags): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}

function parametersOf({ type, sizeGib, iops, throughputMibps, encrypted, kmsKeyId }: SourceVolume): Params {
  return {
    VolumeType: type,
    Size: String(sizeGib),
    ...(['gp3', 'io1', 'io2'].includes(type) && iops !== null ? { Iops: String(iops) } : {}),
    ...(type === 'gp3' && throughputMibps !== null ? { Throughput: String(throughputMibps) } : {}),
    ...(encrypted ? { Encrypted: 'true' } : {}),
    ...(encrypted && kmsKeyId !== null ? { KmsKeyId: kmsKeyId } : {}),
  }
}

function tokenOf(migrationId: string, { subject, zone, snapshotId, generation }: RestoreEffect): string {
  return createHash('sha256')
    .update([migrationId, subjectName(subject), zone, snapshotId, generation].join('|'))
    .digest('hex')
}
