// The local Slack: one channel, some people, and one app, on a port of this machine. What people do goes out over Socket
// Mode or signed HTTP; what the app says comes in over the Web API and `response_url`.
import { randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { Change, Channel, Clock, LocalSlack, Person, Row, UserGroup } from './entities.ts'
import { openFiles } from './files.ts'
import { interactions } from './people/interactions.ts'
import { openModals, openTriggers } from './people/modals.ts'
import { speech } from './people/speech.ts'
import { openDelivery } from './socket/delivery.ts'
import type { SocketMode } from './socket/socket.ts'
import { openStore } from './store.ts'
import type { Answer, Scope } from './web/answers.ts'
import { openRates } from './web/rates.ts'
import { openResponder } from './web/respond.ts'
import { routes } from './web/routes.ts'
import { ALL_SCOPES } from './web/scopes.ts'

/** What a local Slack is started with. */
export type Options = {
  readonly clock: Clock
  readonly people: readonly Person[]
  readonly channel: Channel
  /** There are none where it is not said. */
  readonly groups?: readonly UserGroup[]
  readonly onPost: (row: Row) => void
  /** Whether this is a button that a person has to answer before time may fly. */
  readonly isAsking: (actionId: string) => boolean
  /** Gets every call of the Web API, with what it is answered. */
  readonly onAnswer?: (method: string, answer: Answer) => void
  /** Real time in ms, for the half hour of a `response_url`, for triggers and for rate limits. */
  readonly steadyMs?: () => number
  /** Whether calls beyond Slack's rates get 429; they do where it is not said. */
  readonly isPaced?: boolean
  /** Whether a payload that was acknowledged too late goes out once more; it does not where it is not said. */
  readonly redeliversLate?: boolean
  /** Whether edits of one message within a simulated minute are one row of the transcript; they are where it is not said. */
  readonly isFolded?: boolean
  /** What the bot's token may do; all that there is where it is not said. */
  readonly scopes?: readonly Scope[]
  /** Where to deliver instead of over Socket Mode; `deliverTo` changes it. */
  readonly requestUrl?: string
}

/** Starts a Slack on a free port of 127.0.0.1, with tokens of its own and an empty channel. */
export async function startLocalSlack(options: Options): Promise<LocalSlack> {
  const { clock, people, groups = [], isAsking, steadyMs = () => performance.now() } = options
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const url = `http://${host}`
  const tokens = { bot: `xoxb-local-${randomUUID()}`, app: `xapp-local-${randomUUID()}` }
  const { onChange, listen } = changes()
  const { counts, onAnswer } = counting(options.onAnswer)
  const touch = () => clock.touch()
  const store = openStore({ ...options, groups, onChange, isFolded: options.isFolded ?? true })
  const modals = openModals(onChange)
  const triggers = openTriggers(steadyMs)
  const responder = openResponder(store, steadyMs)
  const { requestUrl = null, redeliversLate = false, isPaced = true, scopes = ALL_SCOPES } = options
  const delivery = openDelivery({ server, requestUrl, redeliversLate, onTraffic: touch, onChange })
  const { sockets, deliver, deliverTo, connections, signingSecret } = delivery
  const socketUrl = () => `ws://${host}/link?ticket=${sockets.ticket()}`
  const absence = absences(sockets)
  const refusals = new Map<string, string | null>()
  let channel = options.channel
  const world = {
    ...{ store, modals, triggers, people, groups, socketUrl, files: openFiles(), url },
    fileUrl: (id: string) => `${url}/upload/${id}`,
    get channel() {
      return channel
    },
  }
  const rates = isPaced ? openRates(steadyMs) : null
  let page: Parameters<LocalSlack['servePage']>[0] = () => new Response('There is no page here.', { status: 404 })
  const refusalOf = (method: string): string | null => refusals.get(method) ?? null
  const wire = { world, tokens, scopes, responder, rates, touch, onAnswer, refusalOf }
  const app = routes({ ...wire, isAway: absence.isNow, page: (request) => page(request) })
  server.on('request', getRequestListener(app.fetch, { overrideGlobalObjects: false }))
  return {
    url,
    apiUrl: `${url}/api/`,
    botToken: tokens.bot,
    appToken: tokens.app,
    signingSecret,
    ...speech({ store, deliver, people, groups, channel: options.channel }),
    ...interactions({ store, modals, triggers, responder, deliver, people, channel: options.channel, clock, url }),
    groups,
    buttons: () => store.buttons(),
    hasUnansweredButton: () => !absence.isNow() && store.buttons().some(({ actionId }) => isAsking(actionId)),
    messages: () => store.messages(),
    modals: () => modals.standing(),
    connections,
    onChange: listen,
    counts: () => ({ ...counts }),
    transcript: () => store.transcript(),
    deliverTo,
    refreshSockets: (reason = 'refresh_requested') => sockets.refresh(reason),
    setChannel: (standing) => {
      channel = { ...channel, ...standing }
    },
    remove: (ts) => store.remove(ts),
    setRefusal: (method, code) => void refusals.set(method, code),
    setAway: absence.set,
    dropSockets: () => sockets.drop(),
    servePage(answer) {
      page = answer
    },
    close: () => closeAll(server, sockets),
  }
}

/** Whether this Slack fails, which cuts its connections. */
function absences(sockets: SocketMode) {
  let isAway = false
  return {
    isNow: () => isAway,
    set(now: boolean): void {
      isAway = now
      if (now) sockets.drop()
    },
  }
}

function changes() {
  const listeners = new Set<(change: Change) => void>()
  return {
    onChange: (change: Change): void => listeners.forEach((listener) => void listener(change)),
    listen(listener: (change: Change) => void): () => void {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

function counting(told: Options['onAnswer']) {
  const counts = { posts: 0, updates: 0, rateLimited: 0 }
  const onAnswer = (method: string, answer: Answer): void => {
    const { ok, error } = answer
    if (ok && method === 'chat.postMessage') counts.posts++
    if (ok && method === 'chat.update') counts.updates++
    if (error === 'ratelimited') counts.rateLimited++
    told?.(method, answer)
  }
  return { counts, onAnswer }
}

function closeAll(server: Server, sockets: SocketMode): Promise<void> {
  return new Promise((resolve) => {
    sockets.close()
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
