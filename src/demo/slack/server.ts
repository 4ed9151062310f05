// The local Slack: one channel, some people, and one app, on a port of this machine. What people do goes out over Socket
// Mode or signed HTTP; what the app says comes in over the Web API and `response_url`.
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { Answer } from './api.ts'
import type { Change, Channel, Clock, LocalSlack, Person, Row } from './entities.ts'
import { interactions } from './interactions.ts'
import { openModals, openTriggers } from './modals.ts'
import type { Payload } from './payloads.ts'
import { openRates } from './rates.ts'
import { deliverSigned } from './request.ts'
import { openResponder } from './respond.ts'
import { routes } from './routes.ts'
import { type Kind, socketMode } from './socket.ts'
import { buttonsOf, openStore } from './store.ts'

export type Options = {
  readonly clock: Clock
  readonly people: readonly Person[]
  readonly channel: Channel
  readonly onPost: (row: Row) => void
  /** Buttons that a person has to answer before time may fly. */
  readonly isAsking: (actionId: string) => boolean
  /** Real ms: the half hour of a `response_url`, triggers, rate limits. */
  readonly steadyMs?: () => number
  /** Whether calls beyond Slack's rates get 429. */
  readonly isPaced?: boolean
  /** Whether a payload that was acknowledged too late goes out once more. */
  readonly redeliversLate?: boolean
  /** Where to deliver instead of over Socket Mode; `deliverTo` changes it. */
  readonly requestUrl?: string
}

export async function startLocalSlack(options: Options): Promise<LocalSlack> {
  const {
    clock,
    people,
    channel,
    onPost,
    isAsking,
    steadyMs = () => performance.now(),
    isPaced = true,
    redeliversLate = false,
  } = options
  const listeners = new Set<(change: Change) => void>()
  const onChange = (change: Change) => listeners.forEach((listener) => void listener(change))
  const store = openStore({ clock, people, onPost, onChange })
  const modals = openModals(onChange)
  const triggers = openTriggers(steadyMs)
  const responder = openResponder(store, steadyMs)
  const server = createServer()
  const touch = () => clock.touch()
  let requestUrl = options.requestUrl ?? null
  const reachable = (): number => (requestUrl ? 1 : sockets.connections())
  const sockets = socketMode({
    server,
    onTraffic: touch,
    onConnections: () => onChange({ kind: 'connections', count: reachable() }),
    redeliversLate,
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const url = `http://${host}`
  const tokens = { bot: `xoxb-local-${randomUUID()}`, app: `xapp-local-${randomUUID()}` }
  const secret = randomUUID()
  let page: Parameters<LocalSlack['servePage']>[0] = () => new Response('There is no page here.', { status: 404 })

  const { counts, onAnswer } = counting()
  const world = {
    store,
    modals,
    triggers,
    people,
    channel,
    socketUrl: () => `ws://${host}/link?ticket=${sockets.ticket()}`,
  }
  const rates = isPaced ? openRates(steadyMs) : null
  const app = routes({ world, tokens, responder, rates, touch, onAnswer, page: (request) => page(request) })
  server.on('request', getRequestListener(app.fetch, { overrideGlobalObjects: false }))
  const deliver = (kind: Kind, payload: Payload) =>
    requestUrl ? deliverSigned({ url: requestUrl, secret, kind, payload }) : sockets.deliver(kind, payload)

  return {
    url,
    apiUrl: `${url}/api/`,
    botToken: tokens.bot,
    appToken: tokens.app,
    signingSecret: secret,
    ...interactions({ store, modals, triggers, responder, deliver, people, channel, clock, url }),
    buttons: () => store.messages().flatMap(buttonsOf),
    hasUnansweredButton: () =>
      store.messages().some((message) => buttonsOf(message).some(({ actionId }) => isAsking(actionId))),
    messages: () => store.messages(),
    modals: () => modals.standing(),
    connections: reachable,
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    counts: () => ({ ...counts }),
    transcript: () => store.transcript(),
    deliverTo(target) {
      requestUrl = target
      onChange({ kind: 'connections', count: reachable() })
    },
    refreshSockets: (reason = 'refresh_requested') => sockets.refresh(reason),
    dropSockets: () => sockets.drop(),
    servePage(answer) {
      page = answer
    },
    close: () =>
      new Promise((resolve) => {
        sockets.close()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function counting() {
  const counts = { posts: 0, updates: 0, rateLimited: 0 }
  const onAnswer = (method: string, { ok, error }: Answer): void => {
    if (ok && method === 'chat.postMessage') counts.posts++
    if (ok && method === 'chat.update') counts.updates++
    if (error === 'ratelimited') counts.rateLimited++
  }
  return { counts, onAnswer }
}
