// The columns side by side: the conversation, a thread of the channel, and the simulated world.
import { type ReactNode, useCallback } from 'react'
import type { Chosen, Message } from '../../slack/entities.ts'
import type { Deed, Start } from '../entities.ts'
import type { Conversation } from './conversations.tsx'
import type { Live } from './live.ts'
import { Empty, EmptyDirect } from './notice.tsx'
import { Pane } from './pane.tsx'
import { GoTo, useArrival } from './place.ts'
import type { Seen } from './seen.ts'
import { ThreadPane, type useThread } from './thread.tsx'

type Props = {
  readonly start: Start
  readonly live: Live
  readonly seen: Seen
  readonly conversation: Conversation
  readonly threads: ReturnType<typeof useThread>
  readonly act: (deed: Deed) => Promise<void>
  readonly world: ReactNode
}
type Shared = Pick<Parameters<typeof Pane>[0], 'botId' | 'user' | 'perform' | 'read'>

/** Draws the columns; a thread and the world only where they are open. */
export function Panes({ start, live, seen, conversation, threads, act, world }: Props): ReactNode {
  const { thread, open, close } = threads
  const goTo = useGoing(live, open)
  const perform = useCallback(
    (surface: string, actionId: string, chosen: Chosen | null) =>
      act(chosen === null ? { kind: 'click', surface, actionId } : { kind: 'choose', surface, actionId, chosen }),
    [act],
  )
  const inThread = (ts: string) => live.messages.filter((message) => message.thread === ts)
  const repliesOf = ({ ts, thread: parent }: Message) => {
    const replies = inThread(ts)
    const last = replies.at(-1)
    return last && parent === null
      ? { count: replies.length, unread: seen.unreadIn(ts), lastTs: last.ts, open: () => open(ts) }
      : null
  }
  const type = (ts: string | null) => (text: string) => act({ kind: 'type', text, thread: ts })
  const parent = live.messages.find(({ ts }) => ts === thread)
  const shared: Shared = { botId: start.bot.id, user: live.user, perform, read: seen.read }
  return (
    <GoTo.Provider value={goTo}>
      <main className={`panes ${parent ? 'with-thread' : ''} ${world ? 'with-world' : ''}`}>
        {conversation === 'channel' ? (
          <ChannelPane {...shared} start={start} live={live} repliesOf={repliesOf} onSend={type(null)} />
        ) : (
          <DirectPane {...shared} start={start} live={live} onSend={(text) => act({ kind: 'direct', text })} />
        )}
        {parent && (
          <ThreadPane
            {...shared}
            start={start}
            messages={[parent, ...inThread(parent.ts)]}
            onSend={type}
            onClose={close}
          />
        )}
        {world}
      </main>
    </GoTo.Provider>
  )
}

type ConversationProps = Shared & {
  readonly start: Start
  readonly live: Live
  readonly onSend: (text: string) => Promise<void>
}

function ChannelPane({
  start,
  live,
  repliesOf,
  onSend,
  ...shared
}: ConversationProps & Pick<Parameters<typeof Pane>[0], 'repliesOf'>): ReactNode {
  const name = `#${start.channel.name}`
  return (
    <Pane
      {...shared}
      key="channel"
      place="channel"
      label={name}
      className="channel"
      head={null}
      messages={live.messages.filter(
        ({ thread, isBroadcast, isDirect }) => !isDirect && (thread === null || isBroadcast),
      )}
      repliesOf={repliesOf}
      empty={live.isKnown ? <Empty start={start} /> : null}
      composer={{
        label: `Message ${name}`,
        placeholder: 'Message, or a command that begins with /',
        completions: start.completions,
        onSend,
      }}
    />
  )
}

function DirectPane({ start, live, onSend, ...shared }: ConversationProps): ReactNode {
  const { name } = start.bot
  return (
    <Pane
      {...shared}
      key="direct"
      place="direct"
      label={name}
      className="channel"
      head={null}
      messages={live.messages.filter(({ isDirect }) => isDirect)}
      repliesOf={() => null}
      empty={<EmptyDirect name={name} />}
      composer={{
        label: `Message ${name}`,
        placeholder: 'Message, such as help',
        completions: start.completions.filter(({ text }) => text.startsWith('@')),
        onSend,
      }}
    />
  )
}

/** What following a permalink does: it opens the thread of its message. The page's own address may be one. */
function useGoing(live: Live, open: (thread: string) => void): (ts: string) => void {
  const goTo = useCallback(
    (ts: string) => {
      const found = live.messages.find((message) => message.ts === ts)
      if (!found) return
      open(found.thread ?? ts)
      show(ts)
    },
    [live.messages, open],
  )
  useArrival(live.isKnown, goTo)
  return goTo
}

/** Brings a message into view, once the thread that has just opened is drawn. */
function show(ts: string): void {
  requestAnimationFrame(() => {
    for (const each of document.querySelectorAll(`[data-ts="${ts}"]`)) each.scrollIntoView({ block: 'center' })
  })
}
