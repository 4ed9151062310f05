// What the local Slack is made of: people, messages, what the transcript keeps, and what is handed out to demo and tests.
import type { Block } from './limits.ts'

export type Person = { readonly id: string; readonly name: string }

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
  /** Ephemeral: the one person who sees it. */
  readonly onlyFor: string | null
  /** What a person typed; no app can edit it. */
  readonly isCommand: boolean
}

export type Channel = { readonly id: string; readonly name: string }

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
  /** A person types `/migrate start a b`; resolves once the app acknowledged, or was seen not to. */
  command(user: string, text: string): Promise<void>
  click(user: string, ts: string, actionId: string): Promise<void>
  /** Those in the newest version of every message. */
  buttons(): readonly StandingButton[]
  hasUnansweredButton(): boolean
  counts(): { readonly posts: number; readonly updates: number; readonly rateLimited: number }
  transcript(): readonly Row[]
  close(): Promise<void>
}

export const TEAM = { id: 'T0LOCAL', domain: 'local' } as const
export const APP_ID = 'A0ZONEHOP'
export const BOT = { id: 'U0ZONEHOP', botId: 'B0ZONEHOP', name: 'zonehop' } as const
/** Slack itself, when it tells a person that an app did not answer. */
export const SLACKBOT = { id: 'USLACKBOT', name: 'Slackbot' } as const
