// The channel as one person sees it, kept up to date by the server's events; and what that person does, sent back.
import { useEffect, useState } from 'react'
import type { Change } from '../../slack/entities.ts'
import type { ChannelSnapshot, Deed } from '../entities.ts'

/** The channel as this window holds it. */
export type Live = ChannelSnapshot & {
  /** Whose view it is; for a moment that of who sat here before. */
  readonly user: string
  /** False until the first snapshot, so that nothing is said of a channel not yet seen. */
  readonly isKnown: boolean
  /** True while the server does not answer; the rest is what it said last. */
  readonly isLost: boolean
}

const NOTHING: Live = { user: '', messages: [], modal: null, connections: 0, isKnown: false, isLost: false }

/** Keeps the channel as one person sees it up to date; another person's begins with a new snapshot. */
export function useLive(user: string): Live {
  const [live, setLive] = useState(NOTHING)
  useEffect(() => {
    const source = new EventSource(`/events?user=${user}`)
    source.addEventListener('snapshot', ({ data }) =>
      setLive({ ...(JSON.parse(data) as ChannelSnapshot), user, isKnown: true, isLost: false }),
    )
    source.addEventListener('change', ({ data }) => setLive((before) => applied(before, JSON.parse(data) as Change)))
    source.addEventListener('error', () => setLive((before) => ({ ...before, isLost: true })))
    return () => source.close()
  }, [user])
  return live
}

function applied(live: Live, change: Change): Live {
  switch (change.kind) {
    case 'message': {
      const isNew = live.messages.every(({ ts }) => ts !== change.message.ts)
      if (isNew) return { ...live, messages: [...live.messages, change.message] }
      return { ...live, messages: live.messages.map((each) => (each.ts === change.message.ts ? change.message : each)) }
    }
    case 'removed':
      return { ...live, messages: live.messages.filter(({ ts }) => ts !== change.ts) }
    case 'modal':
      return { ...live, modal: change.modal }
    case 'connections':
      return { ...live, connections: change.count }
  }
}

/** Does what a person does. Null once it is done, else a sentence on why it could not be. */
export async function perform(user: string, deed: Deed): Promise<string | null> {
  try {
    const response = await fetch(`/people/${user}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(deed),
    })
    return response.ok ? null : ((await response.json()) as { problem: string }).problem
  } catch {
    return 'The demo does not answer; it may have been stopped.'
  }
}
