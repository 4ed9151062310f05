// The policy allows every call that zonehop makes: what its own edges (src/aws) send in drawn trials and in a drill, with the tags that
// the resources carry at that moment. A new call fails here until the policy has it.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { changedBlocks } from '../../src/aws/changed-blocks.ts'
import { type Clients, openClients } from '../../src/aws/clients.ts'
import { ec2 } from '../../src/aws/ec2.ts'
import { inventory } from '../../src/aws/inventory.ts'
import { refusedReads, triedChangedBlocks } from '../../src/aws/permissions.ts'
import { aheadOfEc2Ms } from '../../src/aws/time.ts'
import { ofMove, ofResource } from '../../src/core/model/subjects.ts'
import { identity, REHEARSAL_TAG } from '../../src/core/model/tags.ts'
import { startSimulatedEc2 } from '../../src/demo/ec2/server.ts'
import type { Store } from '../../src/demo/ec2/world/store.ts'
import { A, C, DATA, ROOT, WORLD } from '../demo/ec2/simulated.ts'
import { runTrial } from '../simulation/trial.ts'
import type { Line, SimulatedClients } from '../simulation/world/clients.ts'
import { volume } from '../support/plans.ts'
import { decide } from './evaluate.ts'
import { POLICY, refusals } from './policy.ts'
import { type Call, type Look, requestsFor } from './requests.ts'

const KEY = 'arn:aws:kms:us-east-1:111122223333:key/1111aaaa-22bb-33cc-44dd-5555eeee6666'
const HOST = { 'zonehop:host': 'yes' }

const recorded = vi.hoisted(() => ({ hear: (_store: unknown, _call: unknown): void => undefined }))
vi.mock('../simulation/world/clients.ts', async (original) => {
  const real = await original<typeof import('../simulation/world/clients.ts')>()
  return {
    ...real,
    simulatedClients(store: Store, hosts: Parameters<typeof real.simulatedClients>[1], line: Line): SimulatedClients {
      const made = real.simulatedClients(store, hosts, line)
      return {
        reading: hearing(store, made.reading) as SimulatedClients['reading'],
        calling: (errand) => hearing(store, made.calling(errand)) as SimulatedClients['reading'],
      }
    },
  }
})

type Sending = { send(command: { readonly input: object }): Promise<object> }

/** The same clients, of which each command is heard before it is sent. */
function hearing(store: Store, clients: object): object {
  return Object.fromEntries(
    Object.entries(clients).map(([name, client]: [string, Sending]) => {
      const send: Sending['send'] = (command) => {
        recorded.hear(store, { action: command.constructor.name.replace(/Command$/, ''), input: command.input })
        return client.send(command)
      }
      return [name, Object.assign(Object.create(Object.getPrototypeOf(client)), { send })]
    }),
  )
}

/** Between them they come to every call: moves by snapshot and by replica, ways back, and both kinds of cleanup. */
const SEEDS = [1, 20, 21, 43, 44, 51, 87, 139, 185, 192]

const called = new Set<string>()
const used = new Set<string>()
const refused: string[] = []

function hear(call: Call, look: Look): void {
  const requests = requestsFor(call, look)
  called.add(call.action)
  for (const request of requests) for (const sid of decide(POLICY, request).by) used.add(sid)
  refused.push(...refusals(POLICY, requests).map((words) => `${words} (${JSON.stringify(call.input)})`))
}

/** Every volume stands under a key, and every host has opted in, as the README has it. */
function lookIn({ volumes, snapshots, instances }: Store): Look {
  return (id) => {
    const { tags } = volumes.get(id) ?? snapshots.get(id) ?? instances.get(id) ?? { tags: {} }
    return id.startsWith('i-') ? { tags: { ...tags, ...HOST } } : { tags, key: KEY }
  }
}

test('drawn trials, from the first look to the last deletion', { timeout: 240_000 }, async () => {
  recorded.hear = (store, call) => hear(call as Call, lookIn(store as Store))
  for (const seed of SEEDS) expect((await runTrial(seed)).violations).toEqual([])
  expect(refused).toEqual([])
})

test('a rehearsal makes copies of its own snapshots', async () => {
  const effect = { subject: ofMove('vol-1'), generation: 1, direction: 'forward' } as const
  const seed = { ...identity('mig-1', { ...effect, step: 'seed' }, 'n1'), ...REHEARSAL_TAG }
  const send = async (command: { readonly input: object }): Promise<object> => {
    hear({ action: 'CreateVolume', input: { ...command.input } }, () => ({ tags: seed, key: KEY }))
    return { VolumeId: 'vol-copy' }
  }
  const edge = ec2({ mutating: { send } } as unknown as Clients)
  const calling = {
    migration: 'mig-1',
    issued: 'n2',
    isRepeated: false,
    like: volume(),
    tags: { Name: 'logs (rehearsal)' },
  }
  await edge.createVolume({ ...effect, step: 'restore', snapshotId: 'snap-1', zone: 'us-east-1c' }, calling)
  expect(refused).toEqual([])
})

test('an aborted copy is taken off its stopped host, and deleted; it has no plan', async () => {
  const tags = identity('mig-1', { subject: ofMove('vol-1'), step: 'restore', generation: 1 }, 'n1')
  const aborted = { ...tags, 'zonehop:phase': 'aborted', 'zonehop:aborted': 'mig-1', Name: 'logs' }
  const send = async (command: { readonly input: object }): Promise<object> => {
    const action = command.constructor.name.replace(/Command$/, '')
    hear({ action, input: { ...command.input } }, (id) => ({ tags: id.startsWith('i-') ? HOST : aborted, key: KEY }))
    return {}
  }
  const edge = ec2({ mutating: { send } } as unknown as Clients)
  const base = { subject: ofResource('vol-2'), generation: 1, direction: 'forward' } as const
  await edge.detachVolume({ ...base, step: 'detachSource', volumeId: 'vol-2', instance: 'i-1', device: '/dev/sdf' })
  await edge.deleteResource({ ...base, step: 'delete', resource: 'vol-2' })
  expect(refused).toEqual([])
})

let close: () => Promise<void> = async () => undefined
afterAll(() => close())

test('what is asked at start-up, when a plan is drawn, and of two snapshots', async () => {
  const world = {
    ...WORLD,
    instances: [
      { name: 'server', zone: A, tags: HOST },
      { name: 'server', zone: C, tags: HOST },
      { name: 'other', zone: C },
    ],
    volumes: [ROOT, { ...DATA, encrypted: true, kmsKeyId: KEY }],
  }
  const clock = { now: () => Date.UTC(2026, 2, 3), touch: () => undefined }
  const simulated = await startSimulatedEc2({ clock, world, random: () => 0.5 })
  for (const service of ['EC2', 'SSM', 'SERVICE_QUOTAS', 'KMS', 'EBS'])
    vi.stubEnv(`AWS_ENDPOINT_URL_${service}`, simulated.url)
  vi.stubEnv('AWS_REGION', 'us-east-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local')
  const clients = openClients()
  close = async () => {
    clients.close()
    await simulated.close()
  }
  const heard: Call[] = []
  for (const client of Object.values(clients)) {
    if (typeof client === 'object' && 'middlewareStack' in client) listenTo(client as Listened, heard)
  }
  await refusedReads(clients)
  await triedChangedBlocks(clients)
  await expect(changedBlocks(clients).changedGib({ first: 'snap-0a', second: 'snap-0b' })).resolves.toBe('incomparable')
  await aheadOfEc2Ms(clients, () => 0)
  await inventory(clients, { sourceZone: A, targetZone: C })
  const state = simulated.state()
  const others = state.instances.filter(({ name }) => name === 'other').map(({ id }) => id)
  const look: Look = (id) => {
    if (id.startsWith('i-')) return { tags: others.includes(id) ? {} : HOST }
    return state.volumes.find((one) => one.id === id) ?? { tags: {} }
  }
  // The one dry run that is meant to be refused shows that hosts have to opt in.
  const probes = heard.filter(({ input }) => others.includes(`${input.InstanceId}`))
  expect(probes.map(({ action, input }) => [action, input.DryRun])).toEqual([['AttachVolume', true]])
  for (const call of heard.filter((one) => !probes.includes(one))) hear(call, look)
  expect(refused).toEqual([])
  expect(probes.flatMap((call) => refusals(POLICY, requestsFor(call, look)))).toHaveLength(1)
})

type Listened = {
  readonly middlewareStack: {
    add(listen: (next: (args: object) => unknown, context: { commandName?: string }) => unknown, where: object): void
  }
}

function listenTo({ middlewareStack }: Listened, heard: Call[]): void {
  const listen = (next: (args: object) => unknown, { commandName = '' }: { commandName?: string }) => {
    return (args: { readonly input?: Call['input'] }) => {
      heard.push({ action: commandName.replace(/Command$/, ''), input: args.input ?? {} })
      return next(args)
    }
  }
  middlewareStack.add(listen as Parameters<typeof middlewareStack.add>[0], { step: 'initialize' })
}

test('nothing that src/aws can call was left out', () => {
  const folder = 'src/aws'
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
  const sources = files.map((name) => readFileSync(join(folder, name), 'utf8'))
  const words = sources.flatMap((text) => [...text.matchAll(/\b(?:([A-Z]\w+)Command\(|paginate([A-Z]\w+)\()/g)])
  const callable = new Set(words.map(([, command, paginated]) => command ?? paginated ?? ''))
  expect([...called].toSorted()).toEqual([...callable].toSorted())
})

test('no statement allows what nothing needs', () => {
  const allowing = POLICY.Statement.filter(({ Effect }) => Effect === 'Allow').map(({ Sid }) => Sid)
  expect(allowing.filter((sid) => !used.has(sid ?? ''))).toEqual([])
})

test('it fits into one managed policy (IAM: 6,144 characters, white space not counted)', () => {
  expect(JSON.stringify(POLICY).replace(/\s/g, '').length).toBeLessThan(6_144)
})
