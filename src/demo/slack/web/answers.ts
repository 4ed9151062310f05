// What a method of the Web API is asked with, and what it answers.
import type { Channel, Person, UserGroup } from '../entities.ts'
import type { Files } from '../files.ts'
import type { Modals, Triggers } from '../people/modals.ts'
import type { Store } from '../store.ts'
import type { Refusal } from './limits.ts'

/** The parameters of a call, each as text; objects are JSON. */
export type Params = Readonly<Record<string, string>>

/** What a method answers: its own fields, or a refusal with Slack's error code. */
export type Answer = { readonly ok: true; readonly [key: string]: unknown } | Refusal

/** What a token may be allowed to do. */
export type Scope =
  | 'app_mentions:read'
  | 'channels:read'
  | 'chat:write'
  | 'commands'
  | 'files:write'
  | 'groups:read'
  | 'im:history'
  | 'im:read'
  | 'pins:write'
  | 'usergroups:read'
  | 'users:read'

/** What the methods of the Web API read and change. */
export type World = {
  readonly store: Store
  readonly modals: Modals
  readonly triggers: Triggers
  readonly people: readonly Person[]
  readonly channel: Channel
  readonly groups: readonly UserGroup[]
  readonly files: Files
  /** The address of this Slack, under which its messages and their permalinks are. */
  readonly url: string
  /** The address to which the bytes of a file are sent. */
  readonly fileUrl: (id: string) => string
  /** A fresh address at which one Socket Mode connection may be opened. */
  readonly socketUrl: () => string
}
