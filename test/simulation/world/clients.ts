// The SDK's clients on the simulated EC2 and SSM, in process. The product's own code (src/aws) makes every call and reads every
// answer; only HTTP and XML are left out, since a trial has thousands of calls.
import { EBSClient, type ListChangedBlocksRequest } from '@aws-sdk/client-ebs'
import { EC2Client } from '@aws-sdk/client-ec2'
import { SSMClient } from '@aws-sdk/client-ssm'
import type { Clients } from '../../../src/aws/clients.ts'
import type { Effect } from '../../../src/core/model/effects.ts'
import type { Away } from '../../../src/core/model/migration.ts'
import { performEbs } from '../../../src/demo/ebs/perform.ts'
import { perform } from '../../../src/demo/ec2/perform.ts'
import type { Store } from '../../../src/demo/ec2/world/store.ts'
import type { Body, Params } from '../../../src/demo/ec2/world/wire.ts'
import type { Hosts } from '../../../src/demo/ssm/entities.ts'
import type { Input } from '../../../src/demo/ssm/json.ts'
import { performSsm } from '../../../src/demo/ssm/perform.ts'

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
  /** Whether a call would arrive. */
  reaches(service: Away['service']): boolean
  /** Hears of every call that would change something, just before it arrives. */
  called(action: string, effect: Effect, migration: string): void
}

/** What a call that changes something is for; the migration is empty where the port is not told it. */
export type Errand = { readonly effect: Effect; readonly migration: string }

type Command = { readonly input: object }
type Answer = ReturnType<typeof perform> | ReturnType<typeof performSsm>
type Act = (action: string, input: object) => Answer

/** How often the SDK tries a call that reads. */
const READS_MAX = 4

export type SimulatedClients = {
  readonly reading: Clients
  /** Makes one attempt a call, for this. */
  calling(errand: Errand): Clients
}

export function simulatedClients(store: Store, hosts: Hosts, line: Line): SimulatedClients {
  const ec2: Act = (action, input) => {
    if (!line.reaches('EC2')) throw unreached()
    return perform(store, action, paramsOf(input))
  }
  const ssm: Act = (action, input) => {
    if (!line.reaches('SSM')) throw unreached()
    return performSsm(hosts, action, input as Input)
  }

  const ebs: Act = (_action, input) => {
    if (!line.reaches('EC2')) throw unreached()
    const answer = performEbs(hosts, 'GET', addressOf(input as ListChangedBlocksRequest))
    if (answer.kind !== 'refused') return answer
    const { code, message, status } = answer.error
    return { kind: 'refused', code, message, status }
  }

  async function read(act: Act, action: string, input: object): Promise<object> {
    for (let attempt = 1; ; attempt++) {
      await line.there(action, true)
      const answer = act(action, input)
      await line.back(action, true)
      if (answer.kind === 'answered') return outputOf(answer.body as Body)
      if (attempt === READS_MAX) throw failed(answer)
    }
  }

  async function call(act: Act, errand: Errand, { action, input }: { action: string; input: object }): Promise<object> {
    await line.there(action, false)
    line.called(action, errand.effect, errand.migration)
    const answer = act(action, input)
    await line.back(action, false)
    if (answer.kind !== 'answered') throw failed(answer)
    return outputOf(answer.body as Body)
  }

  const reading = (act: Act) => (command: Command) => read(act, actionOf(command), command.input)
  const listening = {
    reading: sendingBy(EC2Client, reading(ec2)),
    listening: sendingBy(SSMClient, reading(ssm)),
    blocks: sendingBy(EBSClient, reading(ebs)),
  } as Clients
  return {
    reading: listening,
    calling(errand) {
      const calling = (act: Act) => ({
        send: (command: Command) => call(act, errand, { action: actionOf(command), input: command.input }),
      })
      return { ...listening, mutating: calling(ec2), sending: calling(ssm) } as unknown as Clients
    },
  }
}

/** As the SDK writes the call: the REST of the EBS direct APIs. */
function addressOf(input: ListChangedBlocksRequest): string {
  const { FirstSnapshotId = '', SecondSnapshotId, MaxResults = '', NextToken = '' } = input
  const query = new URLSearchParams({ firstSnapshotId: FirstSnapshotId, maxResults: `${MaxResults}` })
  if (NextToken) query.set('pageToken', NextToken)
  return `/snapshots/${SecondSnapshotId}/changedblocks?${query}`
}

/** What Node says of an address at which nobody listens. */
function unreached(): CallFailed {
  return new CallFailed('ECONNREFUSED', 'connect ECONNREFUSED', null)
}

/** Passes for a client where the SDK's paginators ask for one, and sends nothing. */
function sendingBy<C extends object>(of: { readonly prototype: C }, send: (command: Command) => Promise<object>): C {
  return Object.assign(Object.create(of.prototype), { send })
}

function actionOf(command: Command): string {
  return command.constructor.name.replace(/Command$/, '')
}

function failed(answer: Exclude<Answer, { kind: 'answered' }>): CallFailed {
  if (answer.kind === 'lost') return new CallFailed('TimeoutError', 'no answer', null)
  return new CallFailed(answer.code, answer.message, answer.status)
}

/** Names of EC2's query protocol that differ from the SDK's. */
const PARAMETERS: Readonly<Record<string, string>> = {
  BlockDeviceMappings: 'BlockDeviceMapping',
  Filters: 'Filter',
  InstanceIds: 'InstanceId',
  OwnerIds: 'Owner',
  Resources: 'ResourceId',
  Tags: 'Tag',
  TagSpecifications: 'TagSpecification',
  Values: 'Value',
}

function paramsOf(input: object): Params {
  const params: Record<string, Params[string]> = {}
  for (const [name, value] of Object.entries(input)) {
    if (value !== undefined) params[PARAMETERS[name] ?? name] = paramOf(value)
  }
  return params
}

function paramOf(value: unknown): Params[string] {
  if (Array.isArray(value)) return value.map((one) => paramOf(one) as string | Params)
  return typeof value === 'object' && value !== null ? paramsOf(value) : String(value)
}

/** Elements of EC2's answers that the SDK names otherwise; of all others the first letter is large. */
const MEMBERS: Readonly<Record<string, string>> = {
  attachmentSet: 'Attachments',
  availabilityZoneInfo: 'AvailabilityZones',
  instanceState: 'State',
  instancesSet: 'Instances',
  reservationSet: 'Reservations',
  snapshotSet: 'Snapshots',
  status: 'State',
  tagSet: 'Tags',
  volumeSet: 'Volumes',
}
/** Times, as EC2 writes them (ISO 8601) or SSM (seconds since 1970). */
const TIMES = new Set(['createTime', 'launchTime', 'startTime', 'completionTime', 'RequestedDateTime'])

/** An answer in the shape that the SDK gives it. */
export function outputOf(body: Body): Record<string, unknown> {
  const output: Record<string, unknown> = {}
  for (const name in body) {
    const value = body[name]
    const member = MEMBERS[name] ?? name.charAt(0).toUpperCase() + name.slice(1)
    output[member] = TIMES.has(name) ? dateOf(value) : memberOf(value)
  }
  return output
}

function memberOf(value: Body[string]): unknown {
  if (Array.isArray(value)) return value.map((one) => memberOf(one))
  return typeof value === 'object' ? outputOf(value as Body) : value
}

function dateOf(value: Body[string]): Date {
  return new Date(typeof value === 'number' ? value * 1000 : String(value))
}
