// The simulated EC2 over HTTP: the real query protocol, so that the real SDK and the real command line drive it. A thin
// server around `perform`.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as bodyText } from 'node:stream/consumers'
import type { SimulatedEc2, WorldSeed } from './entities.ts'
import type { Faults } from './faults.ts'
import { type Answer, perform } from './perform.ts'
import type { Lateness, Store } from './store.ts'
import { failure, parseForm, success } from './wire.ts'
import { isInFlight, openStore, worldState } from './world.ts'

type Options = {
  readonly clock: { now(): number; touch(): void }
  readonly world: WorldSeed
  readonly random: () => number
  readonly lostResponses?: readonly string[]
  readonly faults?: Faults
  readonly denied?: readonly string[]
  readonly isThrottling?: boolean
  readonly lateness?: Partial<Lateness>
}

export async function startSimulatedEc2({ clock, lostResponses = [], ...rest }: Options): Promise<SimulatedEc2> {
  const store = openStore({ ...rest, now: () => clock.now() })
  store.once.lost.push(...lostResponses)
  let answering = 0
  let requests = 0

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    answering++
    clock.touch()
    try {
      const requestId = `00000000-0000-4000-8000-${(++requests).toString(16).padStart(12, '0')}`
      const { action, params } = parseForm(await formOf(request))
      answer(response, { action, requestId, answer: perform(store, action, params) })
    } catch (error) {
      // A bug of the simulator, or a request that broke off: loud in the log, an internal error to the caller.
      process.emitWarning(error instanceof Error ? error : new Error(String(error)))
      response.writeHead(500).end(failure('unknown', 'InternalError', 'An internal error has occurred'))
    } finally {
      answering--
      clock.touch()
    }
  }

  const server = createServer((request, response) => void serve(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    state: () => worldState(store),
    counts: () => structuredClone(store.counts),
    isEffectInFlight: () => answering > 0 || isInFlight(store),
    ...mishaps(store),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** A GET carries its form in the address, a POST in the body. */
async function formOf(request: IncomingMessage): Promise<string> {
  return request.method === 'GET' ? (request.url ?? '').replace(/^[^?]*\??/, '') : bodyText(request)
}

function answer(
  response: ServerResponse,
  { action, requestId, answer: of }: { action: string; requestId: string; answer: Answer },
): void {
  if (of.kind === 'lost') {
    response.destroy()
    return
  }
  const isRefused = of.kind === 'refused'
  const xml = isRefused ? failure(requestId, of.code, of.message) : success(action, requestId, of.body)
  response
    .writeHead(isRefused ? of.status : 200, { 'content-type': 'text/xml;charset=UTF-8', 'x-amzn-requestid': requestId })
    .end(xml)
}

function mishaps(store: Store): Pick<SimulatedEc2, 'loseNext' | 'failNext' | 'stickNext' | 'deny'> {
  return {
    loseNext: (action) => void store.once.lost.push(action),
    failNext: (action, code) => void store.once.failing.push({ action, code }),
    stickNext: (volumeId) => void store.once.sticking.push(volumeId ?? null),
    deny: (actions) => {
      store.denied = new Set(actions)
    },
  }
}
