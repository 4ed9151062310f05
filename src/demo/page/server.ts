// The page's side of the local Slack: its HTML, the channel as events, what people do, and the simulated world.
import { Hono, type MiddlewareHandler } from 'hono'
import { streamSSE } from 'hono/streaming'
import { z } from 'zod'
import type { WorldState } from '../ec2/world/entities.ts'
import { BOT, type Change, type Channel, type LocalSlack, type Message, type Person } from '../slack/entities.ts'
import { bundle } from './bundle.ts'
import type { ChannelSnapshot, ClockDeed, ClockState, Completion, Deed, Start, WorldView } from './entities.ts'
import { html } from './html.ts'

/** What the page shows and acts on; `world` is asked again at every look. */
export type PageOptions = {
  readonly slack: LocalSlack
  readonly people: readonly Person[]
  readonly channel: Channel
  readonly completions: readonly Completion[]
  readonly world: () => WorldState
  readonly clock: { state(): ClockState; perform(deed: ClockDeed): void }
}

const chosen = z.union([z.string(), z.array(z.string())])
const deed = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('type'), text: z.string().min(1), thread: z.string().nullable() }),
  z.object({ kind: z.literal('direct'), text: z.string().min(1) }),
  z.object({ kind: z.literal('click'), surface: z.string(), actionId: z.string() }),
  z.object({ kind: z.literal('choose'), surface: z.string(), actionId: z.string(), chosen }),
  z.object({ kind: z.literal('submit'), viewId: z.string(), values: z.record(z.string(), chosen) }),
  z.object({ kind: z.literal('dismiss'), viewId: z.string() }),
])
const clockDeed = z.enum(['pause', 'resume', 'slower', 'faster', 'day', 'question', 'stop'])
/** Real ms between two signs of life to the browser: a proxy in between may cut a connection that is silent. */
const ALIVE_EVERY_MS = 15_000

/** Serves the page at the local Slack's own address. */
export function servePage(options: PageOptions): void {
  const { slack, people, channel, completions, world, clock } = options
  const start: Start = { people, channel, groups: slack.groups, completions, bot: BOT }
  const app = new Hono()
  app.use(ownPageOnly(new URL(slack.url)))
  app.get('/', (context) => context.html(html(start)))
  app.get('/archives/:channel/:message', (context) => context.html(html(start)))
  app.get('/page.js', async ({ body }) => body((await bundle()).script, 200, { 'content-type': 'text/javascript' }))
  app.get('/page.css', async ({ body }) => body((await bundle()).style, 200, { 'content-type': 'text/css' }))
  app.get('/world', ({ json }) => json({ ...world(), clock: clock.state() } satisfies WorldView))
  app.post('/clock/:deed', ({ req, json }) => {
    const parsed = clockDeed.safeParse(req.param('deed'))
    if (parsed.success) clock.perform(parsed.data)
    return json(clock.state())
  })
  app.post('/people/:user', async ({ req, json }) => {
    // A form of another site cannot send this type, so no other page in the browser can act here.
    const isJson = req.header('content-type')?.startsWith('application/json') ?? false
    const parsed = deed.safeParse(isJson ? await req.json() : null)
    if (!parsed.success) return json({ problem: 'That is nothing a person can do here.' }, 400)
    const problem = await perform(slack, req.param('user'), parsed.data)
    return problem ? json({ problem }, 409) : json({})
  })
  app.get('/events', (context) => events(context, slack, context.req.query('user') ?? ''))
  slack.servePage((request) => app.fetch(request))
}

/**
 * Answers the page itself alone. Another site in the same browser may send requests here: under a name of its own that leads to
 * 127.0.0.1 (Host tells), or as what it is (Origin tells, which browsers send with every POST and every foreign read).
 */
function ownPageOnly({ port }: URL): MiddlewareHandler {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
  return async ({ req, json }, next) => {
    const [host = '', origin] = [req.header('host'), req.header('origin')]
    const isOwn = hosts.includes(host) && (origin === undefined || origin === `http://${host}`)
    return isOwn ? await next() : json({ problem: 'This answers its own page alone.' }, 403)
  }
}

/** Null, or a sentence on why it could not be done: a button that was there when the person looked may be gone. */
async function perform(slack: LocalSlack, user: string, what: Deed): Promise<string | null> {
  try {
    switch (what.kind) {
      case 'type':
        if (what.thread === null && what.text.startsWith('/')) await slack.command(user, what.text)
        else await slack.say(user, what.text, what.thread)
        return null
      case 'direct':
        await slack.direct(user, what.text)
        return null
      case 'click':
        await slack.click(user, what.surface, what.actionId)
        return null
      case 'choose':
        await slack.choose(user, what.surface, what.actionId, what.chosen)
        return null
      case 'submit':
        await slack.submit(user, what.viewId, what.values)
        return null
      case 'dismiss':
        await slack.dismiss(user, what.viewId)
        return null
    }
  } catch (error) {
    return `That is no longer there (${error instanceof Error ? error.message : String(error)}).`
  }
}

function events(context: Parameters<typeof streamSSE>[0], slack: LocalSlack, user: string): Response {
  return streamSSE(context, async (stream) => {
    const send = (event: string, data: unknown) => void stream.writeSSE({ event, data: JSON.stringify(data) })
    const snapshot: ChannelSnapshot = {
      messages: slack.messages().filter((message) => sees(user, message)),
      modal: slack.modals().find((modal) => modal.user === user) ?? null,
      connections: slack.connections(),
    }
    send('snapshot', snapshot)
    const stop = slack.onChange((change) => concerns(user, change) && send('change', change))
    const alive = setInterval(() => send('alive', null), ALIVE_EVERY_MS).unref()
    await new Promise<void>((resolve) => stream.onAbort(resolve))
    clearInterval(alive)
    stop()
  })
}

function sees(user: string, { onlyFor }: Message): boolean {
  return onlyFor === null || onlyFor === user
}

function concerns(user: string, change: Change): boolean {
  if (change.kind === 'message') return sees(user, change.message)
  if (change.kind === 'modal') return change.user === user
  return true
}
