// A column of messages with a composer under it: the channel, and a thread beside (on a phone: over) it.
import { type ReactNode, useCallback, useEffect, useLayoutEffect, useRef } from 'react'
import type { Message } from '../../slack/entities.ts'
import type { Completion } from '../entities.ts'
import { MessageView, type Replies } from './message.tsx'
import type { Place, Seen } from './seen.ts'
import { Composer } from './typing/composer.tsx'

type Props = {
  readonly label: string
  readonly className: string
  readonly head: ReactNode
  readonly messages: readonly Message[]
  readonly empty: ReactNode
  readonly botId: string
  /** Who reads it, and what hears how far. */
  readonly user: string
  readonly place: Place
  readonly read: Seen['read']
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
  user,
  place,
  read,
  repliesOf,
  perform,
  composer,
  onEscape,
}: Props): ReactNode {
  const log = useFollowing({ messages, place, read })
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
                isForMe={!message.isDirect && message.notifies.includes(user)}
                perform={perform}
                replies={repliesOf(message)}
              />
            ))}
      </div>
      <Composer {...composer} />
    </section>
  )
}

/**
 * Keeps the log at its end while the person is there, and leaves it alone while the person reads further up. What stands at the end of a
 * log that can be seen is read.
 */
function useFollowing({ messages, place, read }: Pick<Props, 'messages' | 'place' | 'read'>) {
  const log = useRef<HTMLDivElement>(null)
  const isFollowing = useRef(true)
  const lastTs = messages.at(-1)?.ts
  const look = useCallback(() => {
    const { current: element } = log
    // On a phone a thread or the world may stand over it.
    if (!element || element.clientHeight === 0) return
    isFollowing.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END_PX
    if (lastTs !== undefined && isFollowing.current && !document.hidden) read(place, lastTs)
  }, [lastTs, place, read])
  const settle = useCallback(() => {
    if (isFollowing.current) log.current?.scrollTo({ top: log.current.scrollHeight })
    look()
  }, [look])
  useEffect(() => {
    const element = log.current
    if (!element) return
    const sizes = new ResizeObserver(settle)
    sizes.observe(element)
    element.addEventListener('scroll', look, { passive: true })
    document.addEventListener('visibilitychange', look)
    return () => {
      sizes.disconnect()
      element.removeEventListener('scroll', look)
      document.removeEventListener('visibilitychange', look)
    }
  }, [look, settle])
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new or edited message is what moves the end
  useLayoutEffect(settle, [messages, settle])
  return log
}
