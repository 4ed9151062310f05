// The channel's messages, newest version of each, and the transcript of how they came to be.
import { BOT, type Clock, type Message, type Person, type Row, SLACKBOT, type StandingButton } from './entities.ts'
import { reading } from './reading.ts'

const MINUTE_MS = 60_000

export type Draft = Partial<Message> & Pick<Message, 'user' | 'text'>

export type Store = {
  post(draft: Draft): Message
  /** Null: there is no such message. */
  edit(ts: string, change: Pick<Message, 'text' | 'blocks'>): Message | null
  remove(ts: string): boolean
  find(ts: string): Message | null
  buttons(): readonly StandingButton[]
  transcript(): readonly Row[]
}

export function openStore({
  clock,
  people,
  onPost,
}: {
  clock: Clock
  people: readonly Person[]
  onPost: (row: Row) => void
}): Store {
  const messages = new Map<string, Message>()
  const rows: { readonly ts: string; readonly row: Row }[] = []
  let lastMicroseconds = 0

  /** Unique and rising, as Slack's are, though the simulated clock may stand still between two messages. */
  function nextTs(): string {
    lastMicroseconds = Math.max(lastMicroseconds + 100, clock.now() * 1000)
    return `${Math.floor(lastMicroseconds / 1_000_000)}.${String(lastMicroseconds % 1_000_000).padStart(6, '0')}`
  }

  function record(message: Message, edited: boolean): void {
    const nowMs = clock.now()
    const { ts, user, thread, onlyFor } = message
    const whom = onlyFor === null ? '' : `(only ${nameOf(onlyFor, people)} sees this) `
    const row: Row = {
      at: new Date(nowMs).toISOString(),
      user: nameOf(user, people),
      text: whom + reading(message, people),
      thread,
      edited,
    }
    const folded = rows.findLastIndex((each) => each.ts === ts)
    const last = rows[folded]
    if (edited && last?.row.edited && minute(Date.parse(last.row.at)) === minute(nowMs)) rows.splice(folded, 1)
    rows.push({ ts, row })
    onPost(row)
  }

  return {
    post(draft) {
      const message: Message = { ts: nextTs(), blocks: [], thread: null, onlyFor: null, isCommand: false, ...draft }
      messages.set(message.ts, message)
      record(message, false)
      return message
    },
    edit(ts, { text, blocks }) {
      const before = messages.get(ts)
      if (!before) return null
      const message = { ...before, text, blocks }
      messages.set(ts, message)
      record(message, true)
      return message
    },
    remove: (ts) => messages.delete(ts),
    find: (ts) => messages.get(ts) ?? null,
    buttons: () => [...messages.values()].flatMap(buttonsOf),
    transcript: () => rows.map(({ row }) => row),
  }
}

function buttonsOf({ ts, blocks }: Message): StandingButton[] {
  const elements = blocks.flatMap((block) =>
    block.type === 'actions' ? block.elements : block.type === 'section' && block.accessory ? [block.accessory] : [],
  )
  return elements.flatMap((element) =>
    element.type === 'button'
      ? [{ ts, actionId: element.action_id ?? '', label: element.text.text, value: element.value ?? '' }]
      : [],
  )
}

export function nameOf(id: string, people: readonly Person[]): string {
  return [...people, BOT, SLACKBOT].find((person) => person.id === id)?.name ?? id
}

function minute(ms: number): number {
  return Math.floor(ms / MINUTE_MS)
}
