// A column of messages with a composer under it: the channel, and a thread beside (on a phone: over) it.
import { type ReactNode, useEffect, useLayoutEffect, useRef } from 'react'
import type { Message } from '../../slack/entities.ts'
import type { Completion } from '../entities.ts'
import { MessageView, type Replies } from './message.tsx'
import { Composer } from './typing/composer.tsx'

type Props = {
  readonly label: string
  readonly className: string
  readonly head: ReactNode
  readonly messages: readonly Message[]
  readonly empty: ReactNode
  readonly botId: string
  readonly repliesOf: (message: Message) => Replies | null
  readonly perform: Parameters<typeof MessageView>[0]['perform']
  readonly composer: {
    readonly label: string
    readonly placeholder: string
    readonly completions: readonly Completion[]
    readonly onSend: (text: string) => Promise<void>
  }
  readonly onEscape?: () => void
}
/** How near to the end of the log, in px, a person counts as reading along. */
const NEAR_END_PX = 120

/** Draws a column of messages; `empty` is shown where there are none. */
export function Pane({
  label,
  className,
  head,
  messages,
  empty,
  botId,
  repliesOf,
  perform,
  composer,
  onEscape,
}: Props): ReactNode {
  const log = useFollowing(messages)
  return (
    <section
      className={`pane ${className}`}
      aria-label={label}
      onKeyDown={({ key, target }) => {
        if (key === 'Escape' && !(target as Element).closest('dialog')) onEscape?.()
      }}
    >
      {head}
      <div
        ref={log}
        className="log"
        role="log"
        aria-label={`${label}: messages`}
        aria-relevant="additions"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
      >
        {messages.length === 0
          ? empty
          : messages.map((message) => (
              <MessageView
                key={message.ts}
                message={message}
                botId={botId}
                perform={perform}
                replies={repliesOf(message)}
              />
            ))}
      </div>
      <Composer {...composer} />
    </section>
  )
}

/** Keeps the log at its end while the person is there, and leaves it alone while the person reads further up. */
function useFollowing(messages: readonly Message[]) {
  const log = useRef<HTMLDivElement>(null)
  const isFollowing = useRef(true)
  useEffect(() => {
    const element = log.current
    const look = () => {
      if (element) isFollowing.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END_PX
    }
    element?.addEventListener('scroll', look, { passive: true })
    return () => element?.removeEventListener('scroll', look)
  }, [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new or edited message is what moves the end
  useLayoutEffect(() => {
    if (isFollowing.current) log.current?.scrollTo({ top: log.current.scrollHeight })
  }, [messages])
  return log
}
