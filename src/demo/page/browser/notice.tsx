// What is shown above messages when there is something to know, and in place of them when there are none.
import type { ReactNode } from 'react'
import type { Start } from '../entities.ts'
import type { Live } from './live.ts'

/**
 * Draws the gravest of three: the server is lost, no bot is connected, or the last deed had a problem; else nothing.
 */
export function Notice({ live, problem }: { live: Live; problem: string | null }): ReactNode {
  if (live.isLost)
    return (
      <p className="notice" role="alert">
        The demo does not answer; it may have been stopped. What you see is the last that was heard of it.
      </p>
    )
  if (live.isKnown && live.connections === 0)
    return (
      <p className="notice" role="alert">
        No bot is connected: commands and buttons will fail until one is.
      </p>
    )
  return problem ? (
    <p className="notice" role="alert">
      {problem}
    </p>
  ) : null
}

/** Draws what a conversation with the app shows before anything was said. */
export function EmptyDirect({ name }: { name: string }): ReactNode {
  return (
    <div className="empty">
      <h2>This is {name}</h2>
      <p>
        What is said here, you and {name} alone read. <code>help</code>
      </p>
    </div>
  )
}

/** Draws what an empty channel shows: how to begin, with the first completion as an example. */
export function Empty({ start }: { start: Start }): ReactNode {
  const [first] = start.completions
  return (
    <div className="empty">
      <h2>This is #{start.channel.name}</h2>
      <p>
        Nothing has been said yet. Choose who you are at the top, then type a command.
        {first && <code>{first.text}</code>}
      </p>
    </div>
  )
}
