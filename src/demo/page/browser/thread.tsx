// The thread that is open: the focus goes into a thread that opens, and back to where it was when it closes.
import { type ReactNode, useEffect, useRef, useState } from 'react'

/** Which thread is open, by the ts of the message it hangs on; null while none is. */
export function useThread() {
  const [thread, setThread] = useState<string | null>(null)
  const door = useRef<Element | null>(null)
  return {
    thread,
    open(ts: string) {
      door.current = document.activeElement
      setThread(ts)
    },
    close() {
      setThread(null)
      // On a phone the button that opened the thread is hidden until the thread is gone.
      requestAnimationFrame(() => door.current instanceof HTMLElement && door.current.focus())
    },
  }
}

/** Draws the heading of a thread, which takes the focus when it opens, and the button that closes it. */
export function ThreadHead({ onClose }: { onClose: () => void }): ReactNode {
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
