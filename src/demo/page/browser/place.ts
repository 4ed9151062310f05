// Permalinks of this Slack's messages: following one on the page goes to its message instead of leaving for another window.
import { createContext, useEffect, useRef } from 'react'

/** Goes to the message with this ts. */
export const GoTo = createContext<(ts: string) => void>(() => undefined)

/** The ts of the message that an address of this page leads to; null where it leads to none. */
export function messageAt(address: string): string | null {
  const { origin, pathname } = new URL(address, location.href)
  const [, seconds, digits] = /^\/archives\/\w+\/p(\d{10})(\d{6})$/.exec(pathname) ?? []
  return origin === location.origin && seconds ? `${seconds}.${digits}` : null
}

/** Goes once to the message that the page's own address leads to, as soon as the messages are known. */
export function useArrival(isKnown: boolean, goTo: (ts: string) => void): void {
  const isThere = useRef(false)
  useEffect(() => {
    const ts = messageAt(location.href)
    if (!isKnown || isThere.current) return
    isThere.current = true
    if (ts) goTo(ts)
  }, [isKnown, goTo])
}
