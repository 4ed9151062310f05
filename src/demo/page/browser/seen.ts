// What a person has not read: messages that came while they were not on screen. Kept for this window only.
import { useCallback, useState } from 'react'
import type { Message } from '../../slack/entities.ts'
import type { Live } from './live.ts'

/** How many messages are new, and how many of those notified the person: the others make no noise. */
export type Unread = { readonly count: number; readonly forMe: number }

/** A column of messages: the channel, the conversation with the app, or the ts of the message that a thread hangs on. */
export type Place = 'channel' | 'direct' | (string & {})

/** What the person of `Live` has seen. */
export type Seen = {
  unreadIn(place: Place): Unread
  /** How many messages are unread, wherever they are, that notified the person. */
  readonly forMe: number
  /** Everything up to the message with this ts was on screen there. */
  readonly read: (place: Place, ts: string) => void
}

/** Begins with nothing seen; what people said themselves is never new to them. */
export function useSeen({ user, messages }: Live): Seen {
  const [seen, setSeen] = useState<ReadonlyMap<string, string>>(new Map())
  const read = useCallback(
    (place: Place, ts: string) =>
      setSeen((before) => {
        const key = `${user} ${place}`
        return (before.get(key) ?? '') >= ts ? before : new Map(before).set(key, ts)
      }),
    [user],
  )
  // What stands in two places is read in either.
  const isNew = (message: Message): boolean =>
    message.user !== user && columnsOf(message).every((place) => message.ts > (seen.get(`${user} ${place}`) ?? ''))
  const fresh = messages.filter(isNew)
  const mine = fresh.filter(({ notifies }) => notifies.includes(user))
  const countIn = (all: readonly Message[], place: Place): number =>
    all.filter((message) => columnsOf(message).includes(place)).length
  return {
    read,
    unreadIn: (place) => ({ count: countIn(fresh, place), forMe: countIn(mine, place) }),
    forMe: mine.length,
  }
}

/** Where a message is news. An answer to one person alone is none: it comes to who looks at it. */
function columnsOf({ thread, isBroadcast, isDirect, onlyFor, isCommand }: Message): Place[] {
  if (isDirect) return ['direct']
  if (onlyFor !== null || isCommand) return []
  return [...(thread === null ? [] : [thread]), ...(thread === null || isBroadcast ? ['channel'] : [])]
}
