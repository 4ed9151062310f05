// Which replies a person has not seen: those that came while the thread was closed. Kept for this window only.
import { useEffect, useRef } from 'react'
import type { Message } from '../../slack/entities.ts'

/** Counts a thread's replies that the person has not seen; `thread` is the one that is open, null where none is. */
export function useSeen(
  user: string,
  messages: readonly Message[],
  thread: string | null,
): { unreadOf: (thread: string) => number } {
  /** By person and thread, the ts of the last reply that was seen. */
  const seen = useRef(new Map<string, string>())
  const replies = (of: string) => messages.filter((message) => message.thread === of)
  useEffect(() => {
    const last = thread && messages.findLast((message) => message.thread === thread)
    if (last) seen.current.set(`${user} ${thread}`, last.ts)
  }, [user, messages, thread])
  return {
    unreadOf: (of) =>
      of === thread ? 0 : replies(of).filter(({ ts }) => ts > (seen.current.get(`${user} ${of}`) ?? '')).length,
  }
}
