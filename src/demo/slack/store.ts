// The channel's messages, newest version of each, and the transcript of how they came to be.
import { controlsOf } from './blocks.ts'
import {
  BOT,
  type Change,
  type Channel,
  type Clock,
  type Message,
  type Person,
  type Row,
  SLACKBOT,
  type StandingButton,
  type UserGroup,
} from './entities.ts'
import { notifiedBy } from './people/notices.ts'
import { reachOf, reading } from './people/reading.ts'

const MINUTE_MS = 60_000

type Options = {
  readonly clock: Clock
  readonly people: readonly Person[]
  readonly groups: readonly UserGroup[]
  readonly channel: Channel
  readonly onPost: (row: Row) => void
  readonly onChange: (change: Change) => void
  readonly isFolded: boolean
}
type Draft = Partial<Message> & Pick<Message, 'user' | 'text'>
type Edit = Pick<Message, 'text' | 'blocks'> & Partial<Pick<Message, 'isBroadcast' | 'metadata'>>

/** The channel's messages by ts, and its transcript. */
export type Store = {
  post(draft: Draft): Message
  /** Null where there is no such message. */
  edit(ts: string, edit: Edit): Message | null
  remove(ts: string): void
  /** Pins it to the channel; nothing happens where there is no such message. */
  pin(ts: string): void
  find(ts: string): Message | null
  messages(): readonly Message[]
  /** The buttons in the newest version of every message. */
  buttons(): readonly StandingButton[]
  transcript(): readonly Row[]
}

/**
 * Begins with an empty channel. `onPost` hears of each row of the transcript, `onChange` of each change, edits
 * included.
 */
export function openStore({ clock, people, groups, channel, onPost, onChange, isFolded }: Options): Store {
  const named = [...people, ...groups, channel]
  const messages = new Map<string, Message>()
  const rows: { readonly ts: string; readonly row: Row }[] = []
  let lastMicroseconds = 0
  /** The buttons, kept until a message changes: the clock asks every few ms. */
  let standing: readonly StandingButton[] | null = null

  /**
   * The next ts: unique and rising, as Slack's are, though the simulated clock may stand still between two messages.
   */
  function nextTs(): string {
    lastMicroseconds = Math.max(lastMicroseconds + 100, clock.now() * 1000)
    return `${Math.floor(lastMicroseconds / 1_000_000)}.${String(lastMicroseconds % 1_000_000).padStart(6, '0')}`
  }

  function record(message: Message, edited: boolean): void {
    const nowMs = clock.now()
    const { ts, user, thread, onlyFor } = message
    const whom = onlyFor === null ? '' : `(only ${nameOf(onlyFor, people)} sees this) `
    const row = {
      at: new Date(nowMs).toISOString(),
      user: nameOf(user, people),
      text: whom + reading(message, named),
      thread,
      edited,
      ...reachOf(message, named),
    }
    const folded = rows.findLastIndex((each) => each.ts === ts)
    const last = rows[folded]?.row
    if (isFolded && edited && last?.edited && minute(Date.parse(last.at)) === minute(nowMs)) rows.splice(folded, 1)
    rows.push({ ts, row })
    messages.set(ts, message)
    standing = null
    onPost(row)
    onChange({ kind: 'message', message })
  }

  return {
    post(draft) {
      const drafted = { ...EMPTY, ...draft, ts: nextTs() }
      const message = { ...drafted, notifies: notifiedBy(drafted, [...messages.values()], { people, groups }) }
      record(message, false)
      return message
    },
    edit(ts, edit) {
      const before = messages.get(ts)
      if (!before) return null
      const message = { ...before, ...edit, isEdited: edit.blocks.length === 0 }
      record(message, true)
      return message
    },
    remove(ts) {
      if (!messages.delete(ts)) return
      standing = null
      onChange({ kind: 'removed', ts })
    },
    pin(ts) {
      const before = messages.get(ts)
      if (!before) return
      const message = { ...before, isPinned: true }
      messages.set(ts, message)
      onChange({ kind: 'message', message })
    },
    find: (ts) => messages.get(ts) ?? null,
    messages: () => [...messages.values()],
    buttons() {
      standing ??= [...messages.values()].flatMap(buttonsOf)
      return standing
    },
    transcript: () => rows.map(({ row }) => row),
  }
}

const EMPTY = {
  blocks: [],
  thread: null,
  isBroadcast: false,
  onlyFor: null,
  isDirect: false,
  notifies: [],
  isCommand: false,
  isEdited: false,
  isPinned: false,
  metadata: null,
  files: [],
}

function buttonsOf({ ts, blocks }: Message): readonly StandingButton[] {
  return controlsOf(blocks).flatMap(({ control }) =>
    control.type === 'button'
      ? [{ ts, actionId: control.action_id ?? '', label: control.text.text, value: control.value ?? '' }]
      : [],
  )
}

function nameOf(id: string, people: readonly Person[]): string {
  return [...people, BOT, SLACKBOT].find((person) => person.id === id)?.name ?? id
}

function minute(ms: number): number {
  return Math.floor(ms / MINUTE_MS)
}
