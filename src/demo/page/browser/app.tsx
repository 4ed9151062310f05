// The whole page: who you are at the top, the channel, its thread, the simulated world, and what stands before all of it.
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { Chosen, Message } from '../../slack/entities.ts'
import type { Deed, Start } from '../entities.ts'
import { perform, useLive } from './live.ts'
import { People } from './mrkdwn.tsx'
import { Pane } from './pane.tsx'
import { useSeen } from './seen.ts'
import { Top } from './top.tsx'
import { ViewDialog } from './view.tsx'
import { World } from './world.tsx'

const SLACKBOT = { id: 'USLACKBOT', name: 'Slackbot' }

export function App({ start }: { start: Start }): ReactNode {
  const [user, setUser] = useState(() => personOfAddress(start))
  const [thread, setThread] = useState<string | null>(null)
  const [isWorldShown, setWorldShown] = useState(() => window.innerWidth >= 900)
  const [problem, setProblem] = useState<string | null>(null)
  const live = useLive(user)
  const { unreadOf } = useSeen(user, live.messages, thread)
  const everybody = useMemo(() => [...start.people, start.bot, SLACKBOT], [start])
  const act = useCallback(async (deed: Deed) => setProblem(await perform(user, deed)), [user])
  const press = useCallback(
    (surface: string, actionId: string, chosen: Chosen | null) =>
      act(chosen === null ? { kind: 'click', surface, actionId } : { kind: 'choose', surface, actionId, chosen }),
    [act],
  )
  const { opener, open, close } = useThread(setThread)
  const shown = live.messages.filter((message) => message.thread === null || message.isBroadcast)
  const repliesOf = (message: Message) => {
    const replies = live.messages.filter((each) => each.thread === message.ts)
    const last = replies.at(-1)
    return last && message.thread === null
      ? { count: replies.length, unread: unreadOf(message.ts), lastTs: last.ts, open: () => open(message.ts) }
      : null
  }
  const parent = live.messages.find(({ ts }) => ts === thread)
  const shared = { botId: start.bot.id, perform: press }
  return (
    <People.Provider value={everybody}>
      <Top
        start={start}
        user={user}
        onChoose={(next) => {
          setUser(next)
          setProblem(null)
          history.replaceState(null, '', `?as=${start.people.find(({ id }) => id === next)?.name ?? ''}`)
        }}
        isWorldShown={isWorldShown}
        onWorld={() => setWorldShown(!isWorldShown)}
      />
      <Notice live={live} problem={problem} />
      <main className={`panes ${parent ? 'with-thread' : ''} ${isWorldShown ? 'with-world' : ''}`} ref={opener}>
        <Pane
          {...shared}
          label={`#${start.channel.name}`}
          className="channel"
          head={null}
          messages={shown}
          repliesOf={repliesOf}
          empty={live.isKnown ? <Empty start={start} /> : null}
          composer={{
            label: `Message #${start.channel.name}`,
            placeholder: 'Message, or a command that begins with /',
            completions: start.completions,
            onSend: (text) => act({ kind: 'type', text, thread: null }),
          }}
        />
        {parent && (
          <Pane
            {...shared}
            key={parent.ts}
            label="Thread"
            className="thread"
            onEscape={close}
            repliesOf={() => null}
            empty={null}
            head={<ThreadHead onClose={close} />}
            messages={[parent, ...live.messages.filter((message) => message.thread === parent.ts)]}
            composer={{
              label: 'Reply in the thread',
              placeholder: 'Reply',
              completions: [],
              onSend: (text) => act({ kind: 'type', text, thread: parent.ts }),
            }}
          />
        )}
        {isWorldShown && <World onClose={() => setWorldShown(false)} />}
      </main>
      {live.modal && <ViewDialog key={`${live.modal.id}${live.modal.hash}`} modal={live.modal} perform={act} />}
    </People.Provider>
  )
}

/** Focus goes into a thread that opens, and back to its door when it closes. */
function useThread(setThread: (ts: string | null) => void) {
  const opener = useRef<HTMLElement>(null)
  const door = useRef<Element | null>(null)
  return {
    opener,
    open(ts: string) {
      door.current = document.activeElement
      setThread(ts)
    },
    close() {
      setThread(null)
      if (door.current instanceof HTMLElement) door.current.focus()
    },
  }
}

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

function Notice({ live, problem }: { live: ReturnType<typeof useLive>; problem: string | null }): ReactNode {
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

function Empty({ start }: { start: Start }): ReactNode {
  const [first] = start.completions
  return (
    <div className="empty">
      <h2>This is #{start.channel.name}</h2>
      <p>
        Nothing has been said yet. Choose who you are at the top, then type{' '}
        {first ? <code>{first.text}</code> : 'a command'}.
      </p>
    </div>
  )
}

/** `?as=harry`: two windows can be two people. */
function personOfAddress({ people }: Start): string {
  const name = new URLSearchParams(location.search).get('as')
  return (people.find((person) => person.name === name) ?? people[0])?.id ?? ''
}
