// What stands above and in place of messages when there is something to know, or nothing to show.
import type { ReactNode } from 'react'
import type { Start } from '../entities.ts'
import type { Live } from './live.ts'

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
