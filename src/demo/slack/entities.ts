// What the local Slack is made of: people, messages, what the transcript keeps, and what is handed out to demo and tests.
import type { Block, View } from './blocks.ts'

export type Person = { readonly id: string; readonly name: string }
export type Channel = { readonly id: string; readonly name: string }

/** One row a post and one an edit; edits of one message within a simulated minute fold into the last. */
export type Row = {
  /** Simulated ISO time. */
  readonly at: string
  readonly user: string
  readonly text: string
  readonly thread: string | null
  readonly edited: boolean
}

export type StandingButton = {
  readonly ts: string
  readonly actionId: string
  readonly label: string
  readonly value: string
}

export type Message = {
  readonly ts: string
  /** A person's id, the bot's, or Slackbot's. */
  readonly user: string
  readonly text: string
  readonly blocks: readonly Block[]
  /** The message this one answers in a thread. */
  readonly thread: string | null
  /** A reply that shows in the channel as well. */
  readonly isBroadcast: boolean
  /** Ephemeral: the one person who sees it. */
  readonly onlyFor: string | null
  /** What a person typed; no app can edit it. */
  readonly isCommand: boolean
  /** Slack says "(edited)" of text, not of blocks. */
  readonly isEdited: boolean
  readonly metadata: Metadata | null
}

export type Metadata = { readonly event_type: string; readonly event_payload: Readonly<Record<string, unknown>> }

/** A view that stands open before one person. */
export type Modal = {
  readonly id: string
  readonly user: string
  readonly view: View
  /** Changes with every version, so that an app can tell that its own is stale. */
  readonly hash: string
  /** By block id: what is wrong with what was entered. */
  readonly errors: Readonly<Record<string, string>>
  /** Why sending it off did not work. */
  readonly trouble: string | null
}

/** What a person chose: an option's value, several (checkboxes), or typed text. */
export type Chosen = string | readonly string[]

export type Change =
  | { readonly kind: 'message'; readonly message: Message }
  | { readonly kind: 'removed'; readonly ts: string }
  | { readonly kind: 'modal'; readonly user: string; readonly modal: Modal | null }
  | { readonly kind: 'connections'; readonly count: number }

export type Clock = {
  now(): number
  /** Somebody is at work. */
  touch(): void
}

export type LocalSlack = {
  readonly url: string
  readonly apiUrl: string
  readonly botToken: string
  readonly appToken: string
  /** Signs what is delivered over HTTP. */
  readonly signingSecret: string
  /** A person types `/migrate start a b`; resolves once the app acknowledged, or was seen not to. */
  command(user: string, text: string): Promise<void>
  /** A person says something to people; the app does not hear it. */
  say(user: string, text: string, thread: string | null): void
  /** `surface` is a message's ts or an open view's id, here and below. */
  click(user: string, surface: string, actionId: string): Promise<void>
  choose(user: string, surface: string, actionId: string, chosen: Chosen): Promise<void>
  /** Sends an open view off; values by action id, what is left out keeps its initial value. */
  submit(user: string, viewId: string, values: Readonly<Record<string, Chosen>>): Promise<void>
  /** Closes an open view without sending it. */
  dismiss(user: string, viewId: string): Promise<void>
  /** Those in the newest version of every message. */
  buttons(): readonly StandingButton[]
  hasUnansweredButton(): boolean
  messages(): readonly Message[]
  modals(): readonly Modal[]
  /** On how many ways the app can be reached: Socket Mode connections, or a request URL. */
  connections(): number
  onChange(listener: (change: Change) => void): () => void
  counts(): { readonly posts: number; readonly updates: number; readonly rateLimited: number }
  transcript(): readonly Row[]
  /** Where commands and clicks go: a request URL of an app, signed; null is Socket Mode. */
  deliverTo(requestUrl: string | null): void
  /** Asks every connection to be made anew, as Slack does every hour or so. */
  refreshSockets(reason?: 'refresh_requested' | 'warning'): void
  /** Cuts every connection without a word. */
  dropSockets(): void
  /** Answers whatever is asked of this server outside Slack's own addresses. */
  servePage(answer: (request: Request) => Response | Promise<Response>): void
  close(): Promise<void>
}

export const TEAM = { id: 'T0LOCAL', domain: 'local' } as const
export const APP_ID = 'A0ZONEHOP'
export const BOT = { id: 'U0ZONEHOP', botId: 'B0ZONEHOP', name: 'zonehop' } as const
/** Slack itself, when it tells a person that an app did not answer. */
export const SLACKBOT = { id: 'USLACKBOT', name: 'Slackbot' } as const
