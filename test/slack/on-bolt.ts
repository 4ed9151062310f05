// Slack's side as the product starts it, Bolt over real sockets, on the local Slack. Only the use cases are fakes: they
// record what they are asked, and answer as a test says.
import { expect } from 'vitest'
import { fold } from '../../src/core/journal/fold.ts'
import type { EntryBody } from '../../src/core/model/entries.ts'
import type { Migration } from '../../src/core/model/migration.ts'
import type { Plan } from '../../src/core/model/plan.ts'
import type { AheadVolume, LastLook, PostedMessage, Reply, UseCases } from '../../src/core/ports.ts'
import type { Modal } from '../../src/demo/slack/entities.ts'
import { startSlack as connect } from '../../src/slack/app.ts'
import type { Message } from '../../src/slack/messages/blocks.ts'
import { threadMessages } from '../../src/slack/messages/thread.ts'
import { speaker } from '../../src/slack/speaker.ts'
import { CHANNEL, PEOPLE, startSlack } from '../demo/slack/bolt.ts'
import { entries, planned } from '../support/plans.ts'

export const GILES = PEOPLE[0].id
export const HARRY = PEOPLE[1].id
/** Whose answer shows that whatever the app was told before has been dealt with. */
const WATCHER = { id: 'U0WATCHER', name: 'watcher' }
/** How long a test waits for what has to come. What has come is seen at once. */
export const PATIENT = { timeout: 10_000, interval: 5 }
/** Longer than the three seconds for which a trigger opens a form. */
const LATE_MS = 4_000

/** What the use cases answer; each may throw. */
type World = {
  readonly reply: () => Reply
  readonly plan: () => Awaited<ReturnType<UseCases['plan']>>
  readonly ahead: () => AheadVolume | null
  readonly running: () => readonly Migration[]
  readonly aside: () => readonly string[]
  readonly ended: () => readonly Migration[]
  readonly standing: (id: string) => LastLook
  readonly untold: (m: Migration) => string | null
  readonly statusMessage: (id: string) => PostedMessage | null
  readonly inThread: (thread: string) => string | null
  readonly report: () => Awaited<ReturnType<UseCases['report']>>
}
const STILL: World = {
  reply: () => ({ ok: true, text: 'Taken.' }),
  plan: () => ({ ok: false, text: 'No plan is drawn.' }),
  ahead: () => null,
  running: () => [],
  aside: () => [],
  ended: () => [],
  standing: () => ({ progress: null, nowMs: 60_000 }),
  untold: () => null,
  statusMessage: () => null,
  inThread: () => null,
  report: () => ({ ok: false, text: 'There is no report.' }),
}

/** A use case by its name, and what it was asked. */
export type Call = Partial<Record<keyof UseCases, unknown>>
/** `read`: what the person was told alone, and `logged`: the messages of the errors that went to the log. */
type Heard = { readonly calls: readonly Call[]; readonly read: readonly string[]; readonly logged: readonly string[] }
export const NOTHING: Heard = { calls: [], read: [], logged: [] }

/** What the person reads where `error` was thrown midway, such as `Error: Redis is away`. */
export function brokeOff(error: string): string {
  return `This broke off (${error}), and it is not known whether it was taken. /migrate status and the thread show it once it was; if they do not, ask again.`
}

/** The same of what only looks. */
export function unread(error: string): string {
  return `This could not be looked up (${error}); nothing was asked or begun by it. Try again in a minute.`
}

export function away(): never {
  throw new Error('Redis is away')
}

/** A migration of the local Slack's channel, and every message of its thread. */
export function told(plan: Plan, ...said: readonly EntryBody[]): { m: Migration; thread: readonly Message[] } {
  const all = entries(planned('mig-1', { plan, channel: CHANNEL.id }), ...said)
  const m = fold(all) as Migration
  return { m, thread: threadMessages(m, all, []).map(({ message }) => message) }
}

export type Edge = Awaited<ReturnType<typeof openEdge>>

export async function openEdge() {
  const calls: Call[] = []
  const errors: Error[] = []
  let world = STILL
  let isLate = false
  let steadyMs = 0
  let before = 0
  const slack = await startSlack({
    people: [...PEOPLE, WATCHER],
    steadyMs() {
      steadyMs += isLate ? LATE_MS : 0
      return steadyMs
    },
  })
  const { botToken, appToken, apiUrl } = slack
  const config = { botToken, appToken, apiUrl }
  const use = recording(calls, () => world)
  const heard = new Set<string>()
  const hearing = { isFirst: async (event: string) => !heard.has(event) && heard.add(event).has(event) }
  const app = await connect(
    config,
    { operations: use, hearing, isSlackThere: true },
    (error) => void errors.push(error),
  )
  const { post } = speaker(config, (error) => void errors.push(error))

  const readBy = (user: string): string[] =>
    slack.messages().flatMap(({ onlyFor, text }) => (onlyFor === user ? [text] : []))
  /** Who asks last is answered last: what is not there by then does not come. */
  async function settle(): Promise<void> {
    const answers = readBy(WATCHER.id).length
    await slack.command(WATCHER.id, '/migrate help')
    await expect.poll(() => readBy(WATCHER.id).length, PATIENT).toBe(answers + 1)
  }
  const formOf = (user: string): Modal | null => slack.modals().find((modal) => modal.user === user) ?? null

  return {
    slack,
    formOf,
    /** Begins anew: nothing was heard, and the use cases answer this. Where it is `late`, Slack opens no form. */
    async given(over: Partial<World> = {}, late = false): Promise<void> {
      for (const { user, id } of slack.modals()) await slack.dismiss(user, id)
      calls.length = 0
      errors.length = 0
      world = { ...STILL, ...over }
      isLate = late
      before = slack.messages().length
    },
    async type(user: string, text: string): Promise<void> {
      await slack.command(user, text)
      await settle()
    },
    /** Says it in the channel, or in the thread of that message. */
    async say(user: string, text: string, thread: string | null = null): Promise<void> {
      await slack.say(user, text, thread)
      await settle()
    },
    /** Says it to the bot alone. */
    async direct(user: string, text: string): Promise<void> {
      await slack.direct(user, text)
      await settle()
    },
    /** Posts as the product does, and tells the message's ts. */
    post: (message: Message): Promise<string> => post(CHANNEL.id, null, message),
    /** Presses the button of this label in that message. */
    async press(user: string, ts: string, label: string): Promise<void> {
      const standing = slack.buttons().filter((button) => button.ts === ts)
      const button = standing.find((each) => each.label === label)
      if (!button) throw new Error(`no "${label}" among ${standing.map((each) => each.label).join(', ')}`)
      await slack.click(user, ts, button.actionId)
      await settle()
    },
    /** Sends the form that is open before this person. */
    async send(user: string, values: Readonly<Record<string, string>>): Promise<void> {
      await slack.submit(user, formOf(user)?.id ?? 'no form', values)
      await settle()
    },
    heard(user: string = GILES): Heard {
      const since = slack.messages().slice(before)
      const read = since.flatMap(({ onlyFor, text, user: by }) => (onlyFor === user && by !== user ? [text] : []))
      return { calls: [...calls], read, logged: errors.map(({ message }) => message) }
    },
    async close(): Promise<void> {
      await app.close()
      await slack.close()
    },
  }
}

function recording(calls: Call[], world: () => World): UseCases {
  const asked = (name: keyof UseCases) => async (request: unknown) => {
    calls.push({ [name]: request })
    return world().reply()
  }
  return {
    async plan(request) {
      calls.push({ plan: request })
      return world().plan()
    },
    start: asked('start'),
    adopt: asked('adopt'),
    rehearse: asked('rehearse'),
    choose: asked('choose'),
    ahead: async () => world().ahead(),
    chooseAhead: asked('chooseAhead'),
    approve: asked('approve'),
    decline: asked('decline'),
    confirm: asked('confirm'),
    vouch: asked('vouch'),
    defer: asked('defer'),
    exceed: asked('exceed'),
    giveBack: asked('giveBack'),
    settle: asked('settle'),
    skip: asked('skip'),
    retry: asked('retry'),
    note: asked('note'),
    pause: asked('pause'),
    resume: asked('resume'),
    abort: asked('abort'),
    cleanup: asked('cleanup'),
    running: async () => world().running(),
    aside: async () => world().aside(),
    untold: (m) => world().untold(m),
    ended: async () => world().ended(),
    standing: async (id) => world().standing(id),
    statusMessage: async (id) => world().statusMessage(id),
    inThread: async ({ thread }) => world().inThread(thread),
    async report(request) {
      calls.push({ report: request })
      return world().report()
    },
  }
}
