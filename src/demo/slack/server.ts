// The local Slack: one channel, some people, and one app, on a port of this machine. What people do goes out over Socket
// Mode; what the app says comes in over the Web API and `response_url`.
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { Answer } from './api.ts'
import { type Channel, type Clock, type LocalSlack, type Message, type Person, type Row, SLACKBOT } from './entities.ts'
import { actionPayload, buttonAction, commandPayload, newTriggerId } from './payloads.ts'
import { answer, openResponder, type Reply } from './respond.ts'
import { routes } from './routes.ts'
import { type Delivery, socketMode } from './socket.ts'
import { openStore } from './store.ts'

export type Options = {
  readonly clock: Clock
  readonly people: readonly Person[]
  readonly channel: Channel
  readonly onPost: (row: Row) => void
  /** Buttons that a person has to answer before time may fly. */
  readonly isAsking: (actionId: string) => boolean
  /** Real ms, for the half hour of a `response_url`. */
  readonly steadyMs?: () => number
}

export async function startLocalSlack({
  clock,
  people,
  channel,
  onPost,
  isAsking,
  steadyMs = () => performance.now(),
}: Options): Promise<LocalSlack> {
  const store = openStore({ clock, people, onPost })
  const responder = openResponder(store, steadyMs)
  const counts = { posts: 0, updates: 0, rateLimited: 0 }
  const tokens = { bot: `xoxb-local-${randomUUID()}`, app: `xapp-local-${randomUUID()}` }
  const server = createServer()
  const sockets = socketMode(server, () => clock.touch())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`

  function onAnswer(method: string, { ok }: Answer): void {
    if (ok && method === 'chat.postMessage') counts.posts++
    if (ok && method === 'chat.update') counts.updates++
  }
  const world = { store, people, channel, socketUrl: () => `ws://${host}/link?ticket=${sockets.ticket()}` }
  const app = routes({ world, tokens, responder, touch: () => clock.touch(), onAnswer })
  server.on('request', getRequestListener(app.fetch, { overrideGlobalObjects: false }))

  function personOf(id: string): Person {
    const person = people.find((each) => each.id === id)
    if (!person) throw new Error(`nobody here has the id ${id}`)
    return person
  }

  /** What comes of a delivery, for the one who typed or pressed. */
  function settle(delivery: Delivery, what: string, source: { user: string; message: Message | null }): void {
    if (!delivery.ok)
      store.post({
        user: SLACKBOT.id,
        text: `${what} failed with the error "${delivery.error}"`,
        onlyFor: source.user,
        thread: source.message?.thread ?? null,
      })
    else if (isReply(delivery.answer)) answer(store, source, delivery.answer)
  }

  return {
    url: `http://${host}`,
    apiUrl: `http://${host}/api/`,
    botToken: tokens.bot,
    appToken: tokens.app,
    async command(user, text) {
      const person = personOf(user)
      store.post({ user, text, isCommand: true })
      const responseUrl = `http://${host}${responder.open({ user, message: null })}`
      const delivery = await sockets.deliver(
        'slash_commands',
        commandPayload({ person, channel, text, responseUrl, triggerId: newTriggerId() }),
      )
      settle(delivery, text.split(' ')[0] ?? text, { user, message: null })
    },
    async click(user, ts, actionId) {
      const person = personOf(user)
      const message = store.find(ts)
      const action = message && buttonAction(message.blocks, actionId, clock.now())
      if (!message || !action) throw new Error(`no button ${actionId} stands in message ${ts}`)
      const responseUrl = `http://${host}${responder.open({ user, message })}`
      const delivery = await sockets.deliver(
        'interactive',
        actionPayload({ person, channel, message, action, responseUrl, triggerId: newTriggerId() }),
      )
      settle(delivery, `The button ${actionId}`, { user, message })
    },
    buttons: () => store.buttons(),
    hasUnansweredButton: () => store.buttons().some(({ actionId }) => isAsking(actionId)),
    counts: () => ({ ...counts }),
    transcript: () => store.transcript(),
    close: () =>
      new Promise((resolve) => {
        sockets.close()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** An acknowledgement may carry words; Bolt's empty one carries an empty object. */
function isReply(value: unknown): value is Reply {
  return typeof value === 'object' && value !== null && ('text' in value || 'blocks' in value)
}
