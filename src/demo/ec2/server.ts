// The simulated EC2 over HTTP, and behind the same address STS, SSM, Service Quotas, KMS and the EBS direct APIs: the real protocols, so that the real SDK
// and the real command line drive it. A thin server around `perform`.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as bodyText } from 'node:stream/consumers'
import { isOfEbs, performEbs } from '../ebs/perform.ts'
import { documentOf } from '../ssm/documents.ts'
import { lie, replicasState, stall } from '../ssm/drbd/replicas.ts'
import { durationsOf } from '../ssm/durations.ts'
import type { Hosts } from '../ssm/entities.ts'
import { hostsState, openHosts, type SsmOptions } from '../ssm/hosts.ts'
import { performSsm } from '../ssm/perform.ts'
import { setServiceByHand } from '../ssm/services.ts'
import { perform } from './perform.ts'
import { performSts, STS_VERSION } from './sts.ts'
import type { Faults, SimulatedEc2, WorldSeed } from './world/entities.ts'
import type { Lateness } from './world/store.ts'
import { failure, parseForm, success, text } from './world/wire.ts'
import { addVolume, openStore } from './world/world.ts'
import { isInFlight, worldState } from './world/world-state.ts'

type Options = {
  readonly clock: { now(): number; touch(): void }
  readonly world: WorldSeed
  readonly random: () => number
  readonly lostResponses?: readonly string[]
  readonly faults?: Faults
  readonly denied?: readonly string[]
  readonly isThrottling?: boolean
  readonly lateness?: Partial<Lateness>
  readonly ssm?: SsmOptions
}

/** The HTTP response; null where the connection drops instead. */
type Reply = { readonly status: number; readonly type: string; readonly body: string } | null

/**
 * Serves EC2, SSM, Service Quotas, KMS and the EBS direct APIs for one world on a free port of 127.0.0.1. For each action in `lostResponses`
 * the next answer is lost after its effect.
 */
export async function startSimulatedEc2({
  clock,
  lostResponses = [],
  ssm = {},
  ...rest
}: Options): Promise<SimulatedEc2> {
  const store = openStore({ ...rest, now: () => clock.now() })
  store.once.lost.push(...lostResponses)
  const hosts = openHosts(store, rest.world, ssm)
  let answering = 0
  let requests = 0

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    answering++
    clock.touch()
    const requestId = `00000000-0000-4000-8000-${(++requests).toString(16).padStart(12, '0')}`
    try {
      send(response, requestId, await replyTo(hosts, request, requestId))
    } catch (error) {
      // A bug of the simulator, or a request that broke off: loud in the log, an internal error to the caller.
      process.emitWarning(error instanceof Error ? error : new Error(String(error)))
      send(
        response,
        requestId,
        queryFailure(requestId, 500, { code: 'InternalError', message: 'An internal error has occurred' }),
      )
    } finally {
      answering--
      clock.touch()
    }
  }

  const server = createServer((request, response) => void serve(request, response))
  // Longer than any client keeps a connection that it does not use: none of its calls may meet one that is just being closed.
  server.keepAliveTimeout = 120_000
  const listen = (port: number): Promise<void> => new Promise((resolve) => server.listen(port, '127.0.0.1', resolve))
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  await listen(0)
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    state: () => ({ ...worldState(store), hosts: hostsState(hosts), replicas: replicasState(hosts) }),
    counts: () => structuredClone(store.counts),
    otherCounts: () => structuredClone(hosts.counts),
    durations: () => durationsOf(hosts),
    isEffectInFlight: () => answering > 0 || isInFlight(store),
    ...handOn(hosts),
    setAway: (isAway) => (isAway ? stop() : listen(port)),
    close: stop,
  }
}

/** The JSON services name their action in a header, EBS in its path, EC2 and STS in their forms, which differ in their versions. */
async function replyTo(hosts: Hosts, request: IncomingMessage, requestId: string): Promise<Reply> {
  const target = request.headers['x-amz-target']
  const body = await bodyText(request)
  if (typeof target === 'string') return jsonReply(hosts, target.slice(target.indexOf('.') + 1), body)
  const { method = '', url = '' } = request
  if (isOfEbs(url)) return restReply(hosts, method, url)
  // A GET carries its form in the address.
  const { action, params } = parseForm(method === 'GET' ? url.replace(/^[^?]*\??/, '') : body)
  if (text(params, 'Version') === STS_VERSION) return { ...performSts(action, requestId), type: XML }
  const answer = perform(hosts.store, action, params)
  if (answer.kind === 'lost') return null
  if (answer.kind === 'refused') return queryFailure(requestId, answer.status, answer)
  return { status: 200, type: XML, body: success(action, requestId, answer.body) }
}

const XML = 'text/xml;charset=UTF-8'
const JSON_TYPE = 'application/x-amz-json-1.1'
const REST_TYPE = 'application/json'

function queryFailure(requestId: string, status: number, { code, message }: { code: string; message: string }): Reply {
  return { status, type: XML, body: failure(requestId, code, message) }
}

function jsonReply(hosts: Hosts, action: string, body: string): Reply {
  const answer = performSsm(hosts, action, body)
  if (answer.kind === 'lost') return null
  if (answer.kind === 'answered') return { status: 200, type: JSON_TYPE, body: JSON.stringify(answer.body) }
  return {
    status: answer.status,
    type: JSON_TYPE,
    body: JSON.stringify({ __type: answer.code, Message: answer.message, message: answer.message }),
  }
}

/** A body of JSON like those of SSM, and the error's code as its `__type` too. */
function restReply(hosts: Hosts, method: string, url: string): Reply {
  const answer = performEbs(hosts, method, url)
  if (answer.kind === 'lost') return null
  if (answer.kind === 'answered') return { status: 200, type: REST_TYPE, body: JSON.stringify(answer.body) }
  const { code, reason, message, status } = answer.error
  const why = reason === null ? {} : { Reason: reason }
  return { status, type: REST_TYPE, body: JSON.stringify({ __type: code, Message: message, ...why }) }
}

function send(response: ServerResponse, requestId: string, reply: Reply): void {
  if (reply === null) response.destroy()
  else response.writeHead(reply.status, { 'content-type': reply.type, 'x-amzn-requestid': requestId }).end(reply.body)
}

type Hand = Pick<
  SimulatedEc2,
  | 'loseNext'
  | 'silence'
  | 'failNext'
  | 'stickNext'
  | 'standNext'
  | 'mishapNext'
  | 'addVolume'
  | 'perform'
  | 'setService'
  | 'lie'
  | 'stall'
  | 'deny'
  | 'setAgents'
  | 'setZone'
  | 'impair'
  | 'setDocument'
>

/** The part of SimulatedEc2 with which a scenario, or somebody who is not the bot, changes the world. */
function handOn(hosts: Hosts): Hand {
  const { store } = hosts
  return {
    silence: (action, resource) => void store.once.silent.push({ action, resource }),
    loseNext: (action) => void store.once.lost.push(action),
    failNext: (action, code, volume) => void store.once.failing.push({ action, code, volume }),
    stickNext: (instanceId) => void store.once.sticking.push(instanceId),
    standNext: (volume, percent, minutes) => void store.once.standing.push({ volume, percent, minutes }),
    mishapNext: (document, mishap) => void hosts.once.mishaps.push({ document, mishap }),
    addVolume: (seed) => addVolume(store, seed).id,
    // These calls have counts of their own, so that `counts` tells what the bot asked.
    perform: (action, params) => perform({ ...store, counts: { calls: {}, dryRuns: {}, refused: {} } }, action, params),
    setZone: (name, trouble) => {
      if (trouble) store.troubles.set(name, trouble)
      else store.troubles.delete(name)
    },
    impair: (instanceId) => void store.impaired.add(instanceId),
    setService: (instanceId, name, state) => setServiceByHand(hosts, instanceId, { name, state }),
    lie: (resource, kib) => lie(hosts, resource, kib),
    stall: (resource) => stall(hosts, resource),
    setAgents: (name, isUp) => {
      const named = [...store.instances.values()].filter((one) => one.tags.Name === name)
      for (const { id } of named) {
        const host = hosts.hosts.get(id)
        if (host) host.isAgentUp = isUp
      }
    },
    setDocument: (name, content) => {
      if (content === null) hosts.documents.delete(name)
      else hosts.documents.set(name, documentOf(name, content, store.now()))
    },
    deny: (actions) => {
      store.denied = new Set(actions)
    },
  }
}
