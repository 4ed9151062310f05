// What the page is told: where it starts from, what it may ask for, and the simulated world as it draws it.
import type { WorldState } from '../ec2/world/entities.ts'
import type { Channel, Chosen, Message, Modal, Person, UserGroup } from '../slack/entities.ts'

/** A text offered while a person types, and what it is for; the page knows nothing of the bot's commands but these. */
export type Completion = { readonly text: string; readonly hint: string }

/** What the page begins with; it is written into the page itself. */
export type Start = {
  readonly people: readonly Person[]
  readonly channel: Channel
  readonly groups: readonly UserGroup[]
  readonly completions: readonly Completion[]
  readonly bot: Person
}

/**
 * The channel as one person sees it; `modal` is null while no view is open, `connections` is how many ways lead to the
 * bot.
 */
export type ChannelSnapshot = {
  readonly messages: readonly Message[]
  readonly modal: Modal | null
  readonly connections: number
}

/** What time runs on for, as fast as it can: a day, or until something asks. */
export type Forward = 'day' | 'question'

/** The clock as the page shows it; `speed` is simulated ms that lately passed in a real one, `speedTop` the most. */
export type ClockState = {
  readonly nowMs: number
  readonly speed: number
  readonly speedTop: number
  readonly isPaused: boolean
  /** Null where nobody fast-forwards. */
  readonly forward: Forward | null
}
/** What a person can do to the clock; `slower` and `faster` change its top speed, and `stop` ends a fast-forward. */
export type ClockDeed = 'pause' | 'resume' | 'slower' | 'faster' | Forward | 'stop'

/** What `GET /world` answers: the true state of the simulated world, and the clock. */
export type WorldView = Omit<WorldState, 'instances'> & {
  readonly clock: ClockState
  readonly instances: readonly {
    readonly id: string
    readonly name: string
    readonly zone: string
    readonly state: string
  }[]
}

/** What a person does on the page. A `surface` is a message's ts or an open view's id. */
export type Deed =
  | { readonly kind: 'type'; readonly text: string; readonly thread: string | null }
  | { readonly kind: 'direct'; readonly text: string }
  | { readonly kind: 'click'; readonly surface: string; readonly actionId: string }
  | { readonly kind: 'choose'; readonly surface: string; readonly actionId: string; readonly chosen: Chosen }
  | { readonly kind: 'submit'; readonly viewId: string; readonly values: Readonly<Record<string, Chosen>> }
  | { readonly kind: 'dismiss'; readonly viewId: string }
