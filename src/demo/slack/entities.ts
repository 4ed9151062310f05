// What the local Slack is made of: people, messages, what the transcript keeps, and what is handed out to demo and tests.
import type { Block, View } from './blocks.ts'

/**
 * Somebody in the channel; `id` is what Slack calls a user id. Without a kind they are a full member: a guest sees some channels
 * alone, and a stranger comes from another organisation.
 */
export type Person = { readonly id: string; readonly name: string; readonly kind?: 'guest' | 'stranger' }
/**
 * The one channel; its name has no `#`. `isShared`: another organisation is in it too. `isMember`: the bot is in it, as it is where
 * it is not said.
 */
export type Channel = {
  readonly id: string
  readonly name: string
  readonly isShared?: boolean
  readonly isMember?: boolean
  readonly isArchived?: boolean
  /** Only some people may post in it, and the bot is none of them. */
  readonly isReadOnly?: boolean
  /** Ids of people of the workspace who are not in it; where it is not said, everybody is. */
  readonly absent?: readonly string[]
}

/** A user group, which a mention calls all at once; `name` has no `@`. */
export type UserGroup = { readonly id: string; readonly name: string; readonly members: readonly string[] }

/** Whom a message reaches, and how much it asks of them. */
export type Reach = {
  /** Whether it is seen without opening a thread, by everybody. */
  readonly inChannel: boolean
  /** Names of the people and of the user groups that it mentions. */
  readonly mentions: readonly string[]
  /** Words up to the first section that Slack folds; mentions and labels are none. */
  readonly words: number
  /** Its buttons, where it has any; `confirms`: pressing asks once more. */
  readonly buttons?: readonly { readonly label: string; readonly confirms: boolean }[]
}

/**
 * A line of the transcript, one for each post and each edit; edits of one message within a simulated minute fold into
 * the last.
 */
export type Row = Reach & {
  /** The simulated time, in ISO 8601. */
  readonly at: string
  readonly user: string
  readonly text: string
  readonly thread: string | null
  readonly edited: boolean
}

/** A button that stands in a message; `ts` is the message's, and `value` is empty where the app gave none. */
export type StandingButton = {
  readonly ts: string
  readonly actionId: string
  readonly label: string
  readonly value: string
}

/** The newest version of a message; `ts` is its id and its time, in seconds with six digits behind the point. */
export type Message = {
  readonly ts: string
  /** A person's id, the bot's, or Slackbot's. */
  readonly user: string
  readonly text: string
  readonly blocks: readonly Block[]
  /** The ts of the message that this one answers in a thread; null outside of threads. */
  readonly thread: string | null
  /** Whether it is a reply that shows in the channel as well. */
  readonly isBroadcast: boolean
  /** The one person who sees an ephemeral message, or whose conversation with the app a direct one is in; null for messages that all see. */
  readonly onlyFor: string | null
  /** Whether it is in the conversation of one person with the app. */
  readonly isDirect: boolean
  /** Ids of the people whom it notified when it was posted. */
  readonly notifies: readonly string[]
  /** Whether it is a command that a person typed. */
  readonly isCommand: boolean
  /** Whether it shows "(edited)": Slack says so of text, not of blocks. */
  readonly isEdited: boolean
  /** Whether somebody pinned it to the channel. */
  readonly isPinned: boolean
  readonly metadata: Metadata | null
  readonly files: readonly SharedFile[]
}

/** A file that a message shares; `bytes` is how many it has. Its content is at `/files/ID`. */
export type SharedFile = { readonly id: string; readonly name: string; readonly title: string; readonly bytes: number }

/** Data that an app attaches to a message for itself. */
export type Metadata = { readonly event_type: string; readonly event_payload: Readonly<Record<string, unknown>> }

/** A view that stands open before one person. */
export type Modal = {
  readonly id: string
  readonly user: string
  readonly view: View
  /** Changes with every version, so that an app can tell that its own is stale. */
  readonly hash: string
  /** What is wrong with what was entered, by block id. */
  readonly errors: Readonly<Record<string, string>>
  /** Why sending it off did not work; null otherwise. */
  readonly trouble: string | null
}

/** What a person chose: an option's value, several (checkboxes), or typed text. */
export type Chosen = string | readonly string[]

/** What listeners are told of; `modal` is null once a view is closed, and `removed` is a deleted message. */
export type Change =
  | { readonly kind: 'message'; readonly message: Message }
  | { readonly kind: 'removed'; readonly ts: string }
  | { readonly kind: 'modal'; readonly user: string; readonly modal: Modal | null }
  | { readonly kind: 'connections'; readonly count: number }

/** What Slack needs of the simulated clock. */
export type Clock = {
  now(): number
  /** Tells the clock that somebody is at work, so that time does not fly. */
  touch(): void
}

/** The running Slack: how an app reaches it, what people do and see, and what may befall its connections. */
export type LocalSlack = {
  readonly url: string
  readonly apiUrl: string
  readonly botToken: string
  readonly appToken: string
  /** The secret that signs what is delivered over HTTP. */
  readonly signingSecret: string
  /** A person types `/migrate start a b`; resolves once the app acknowledged, or was seen not to. */
  command(user: string, text: string): Promise<void>
  /** A person says something to people; the app hears it where it is mentioned (`@zonehop`). Resolves as `command` does. */
  say(user: string, text: string, thread: string | null): Promise<void>
  /** A person says something to the app alone. */
  direct(user: string, text: string): Promise<void>
  /** `surface` is a message's ts or an open view's id, here and below. */
  click(user: string, surface: string, actionId: string): Promise<void>
  choose(user: string, surface: string, actionId: string, chosen: Chosen): Promise<void>
  /** Sends an open view off; values by action id, what is left out keeps its initial value. */
  submit(user: string, viewId: string, values: Readonly<Record<string, Chosen>>): Promise<void>
  /** Closes an open view without sending it. */
  dismiss(user: string, viewId: string): Promise<void>
  readonly groups: readonly UserGroup[]
  /** The buttons in the newest version of every message. */
  buttons(): readonly StandingButton[]
  /** Whether a button waits for people; while Slack is away nobody sees one. */
  hasUnansweredButton(): boolean
  messages(): readonly Message[]
  modals(): readonly Modal[]
  /** In how many ways the app can be reached: its Socket Mode connections, or one request URL. */
  connections(): number
  onChange(listener: (change: Change) => void): () => void
  counts(): { readonly posts: number; readonly updates: number; readonly rateLimited: number }
  transcript(): readonly Row[]
  /** Sends commands and clicks to a request URL of an app, signed; null means over Socket Mode. */
  deliverTo(requestUrl: string | null): void
  /** Somebody invites the bot or removes it, archives the channel or opens it again, or lets only some people post. */
  setChannel(standing: Pick<Channel, 'isMember' | 'isArchived' | 'isReadOnly'>): void
  /** Somebody deletes a message, as a channel's manager may. */
  remove(ts: string): void
  /** Slack answers a method with one of its codes wherever it is called on the channel, or else as ever (null). */
  setRefusal(method: string, code: string | null): void
  /** Slack fails: every call is answered with 503, and connections are cut; `false`: it serves again. */
  setAway(isAway: boolean): void
  /** Asks for every connection to be made anew, as Slack does every hour or so. */
  refreshSockets(reason?: 'refresh_requested' | 'warning'): void
  /** Cuts every connection without a word. */
  dropSockets(): void
  /** Answers whatever is asked of this server outside Slack's own addresses. */
  servePage(answer: (request: Request) => Response | Promise<Response>): void
  close(): Promise<void>
}

/** The workspace, as answers and payloads name it. */
export const TEAM = { id: 'T0LOCAL', domain: 'local' } as const
/** The id of the one app, as answers and payloads name it. */
export const APP_ID = 'A0ZONEHOP'
/** The app's bot: `id` is the user that it posts as, `botId` the bot. */
export const BOT = { id: 'U0ZONEHOP', botId: 'B0ZONEHOP', name: 'zonehop' } as const
/** Slack itself, when it tells a person that an app did not answer. */
export const SLACKBOT = { id: 'USLACKBOT', name: 'Slackbot' } as const
