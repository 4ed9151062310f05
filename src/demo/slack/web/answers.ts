// What a method of the Web API is asked with, and what it answers.
import type { Channel, Person } from '../entities.ts'
import type { Modals, Triggers } from '../people/modals.ts'
import type { Store } from '../store.ts'
import type { Refusal } from './limits.ts'

export type Params = Readonly<Record<string, string>>

export type Answer = { readonly ok: true; readonly [key: string]: unknown } | Refusal

export type World = {
  readonly store: Store
  readonly modals: Modals
  readonly triggers: Triggers
  readonly people: readonly Person[]
  readonly channel: Channel
  /** A fresh address at which one Socket Mode connection may be opened. */
  readonly socketUrl: () => string
}
