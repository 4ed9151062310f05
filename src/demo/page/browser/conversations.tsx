// The conversations that a person has, and what is new in each: the channel, and the app alone.
import type { ReactNode } from 'react'
import type { Start } from '../entities.ts'
import { UnreadMark } from './message.tsx'
import type { Seen } from './seen.ts'

/** One of the two conversations. */
export type Conversation = 'channel' | 'direct'

type Props = {
  readonly start: Start
  readonly shown: Conversation
  readonly seen: Seen
  readonly onChoose: (conversation: Conversation) => void
}

/** Draws a button for each, with what is new in it. */
export function Conversations({ start, shown, seen, onChoose }: Props): ReactNode {
  const all: readonly (readonly [Conversation, string])[] = [
    ['channel', `#${start.channel.name}`],
    ['direct', start.bot.name],
  ]
  return (
    <nav className="conversations" aria-label="Conversations">
      {all.map(([each, label]) => {
        const unread = seen.unreadIn(each)
        return (
          <button
            key={each}
            type="button"
            className={unread.count > 0 ? 'has-unread' : ''}
            aria-current={each === shown ? 'page' : undefined}
            onClick={() => onChoose(each)}
          >
            {label} <UnreadMark unread={unread} />
          </button>
        )
      })}
    </nav>
  )
}
