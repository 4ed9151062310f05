// The simulated EC2 over HTTP: real query protocol, so that the real SDK drives it. Counts what was done, dry and refused.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as bodyText } from 'node:stream/consumers'
import { describeAvailabilityZones, describeInstances, describeSnapshots, describeVolumes } from './describe.ts'
import type { Counts, SimulatedEc2, WorldSeed } from './entities.ts'
import { attachVolume, createSnapshot, createTags, createVolume, modifyInstanceAttribute } from './mutate.ts'
import { Ec2Error, isInFlight, openStore, type Store, worldState } from './store.ts'
import { failure, type Params, parseForm, success, text } from './wire.ts'

const ACTIONS: Readonly<Record<string, (store: Store, params: Params) => object>> = {
  DescribeVolumes: describeVolumes, DescribeSnapshots: describeSnapshots, DescribeInstances: describeInstances, DescribeAvailabilityZones: describeAvailabilityZones,
  CreateSnapshot: createSnapshot, CreateVolume: createVolume, AttachVolume: attachVolume, CreateTags: createTags, ModifyInstanceAttribute: modifyInstanceAttribute,
}

type Options = { readonly clock: { now(): number; touch(): void }; readonly world: WorldSeed; readonly random: () => number; readonly lostResponses?: readonly string[] }

export async function startSimulatedEc2({ clock, world, random, lostResponses = [] }: Options): Promise<SimulatedEc2> {
  const store = openStore(world, () => clock.now(), random)
  const counts: Counts = { calls: {}, dryRuns: {}, refused: {} }
  const toLose = [...lostResponses]
  let answering = 0

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    answering++
    clock.touch()
    const { action, params } = parseForm(await bodyText(request))
    const { status, xml } = perform(store, counts, action, params)
    answering--
    clock.touch()
    const lost = toLose.indexOf(action)
    if (lost >= 0 && status === 200) {
      toLose.splice(lost, 1)
      response.destroy()
      return
    }
    response.writeHead(status, { 'content-type': 'text/xml;charset=UTF-8' }).end(xml)
  }

  const server = createServer((request, response) => void serve(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    state: () => worldState(store),
    counts: () => structuredClone(counts),
    isEffectInFlight: () => answering > 0 || isInFlight(store),
    loseNext: (action) => void toLose.push(action),
    close: () => new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    }),
  }
}

function perform(store: Store, counts: Counts, action: string, params: Params): { status: number; xml: string } {
  try {
    const run = ACTIONS[action]
    if (!run) throw new Ec2Error('InvalidAction', `The action ${action} is not valid for this web service.`)
    if (text(params, 'DryRun') === 'true') throw new Ec2Error('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412)
    const xml = success(action, run(store, params))
    count(counts.calls, action)
    return { status: 200, xml }
  } catch (error) {
    if (!(error instanceof Ec2Error)) throw error
    if (error.code === 'DryRunOperation') count(counts.dryRuns, action)
    else count(counts.refused, error.code)
    return { status: error.status, xml: failure(error.code, error.message) }
  }
}

function count(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1
}
