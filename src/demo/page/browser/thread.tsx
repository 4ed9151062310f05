// The thread that is open: the focus goes into a thread that opens, and back to where it was when it closes.
import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react'
import type { Message } from '../../slack/entities.ts'
import type { Start } from '../entities.ts'
import { Pane } from './pane.tsx'

/** Which thread is open, by the ts of the message it hangs on; null while none is. */
export function useThread() {
  const [thread, setThread] = useState<string | null>(null)
  const door = useRef<Element | null>(null)
  return {
    thread,
    open: useCallback((ts: string) => {
      door.current = document.activeElement
      setThread(ts)
    }, []),
    /** Closes it, and leaves the focus where it is. */
    leave: () => setThread(null),
    close() {
      setThread(null)
      // On a phone the button that opened the thread is hidden until the thread is gone.
      requestAnimationFrame(() => door.current instanceof HTMLElement && door.current.focus())
    },
  }
}

type ThreadProps = Pick<Parameters<typeof Pane>[0], 'botId' | 'user' | 'perform' | 'read'> & {
  readonly start: Start
  /** The message that the thread hangs on, and the replies. */
  readonly messages: readonly [parent: Message, ...replies: Message[]]
  readonly onSend: (thread: string) => (text: string) => Promise<void>
  readonly onClose: () => void
}

/** Draws a thread beside the channel, on a phone over it. Only what mentions the bot is heard there, so only that is completed. */
export function ThreadPane({ start, messages, onSend, onClose, ...shared }: ThreadProps): ReactNode {
  const [{ ts }] = messages
  return (
    <Pane
      {...shared}
      key={ts}
      place={ts}
      label="Thread"
      className="thread"
      head={<ThreadHead onClose={onClose} />}
      messages={messages}
      repliesOf={() => null}
      empty={null}
      composer={{
        label: 'Reply in the thread',
        placeholder: 'Reply, or @zonehop and a command',
        completions: start.completions.filter(({ text }) => text.startsWith('@')),
        onSend: onSend(ts),
      }}
      onEscape={onClose}
    />
  )
}

/** The heading takes the focus when the thread opens. */
function ThreadHead({ onClose }: { onClose: () => void }): ReactNode {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  return (
    <header className="panel-head">
      <h2 ref={heading} tabIndex={-1}>
        Thread
      </h2>
      <button type="button" className="button close" onClick={onClose} aria-label="Close the thread">
        Close
      </button>
    </header>
  )
}
