// The whole page: who you are at the top, the channel, its thread, the simulated world, and the open view before all of it.
import { type ReactNode, useCallback, useMemo, useState } from 'react'
import { type Chosen, type Message, SLACKBOT } from '../../slack/entities.ts'
import type { Deed, Start } from '../entities.ts'
import { People } from './blocks/mrkdwn.tsx'
import { ViewDialog } from './blocks/view.tsx'
import { type Live, perform, useLive } from './live.ts'
import { Empty, Notice } from './notice.tsx'
import { Pane } from './pane.tsx'
import { GoTo, useArrival } from './place.ts'
import { useSeen } from './seen.ts'
import { ThreadPane, useThread } from './thread.tsx'
import { Top } from './top.tsx'
import { World } from './world.tsx'

/** In a narrower window the simulated world is shown only once it is asked for. */
const WORLD_SHOWN_FROM_PX = 900

/** Draws the page for one person: the one that `?as=<name>` in the address tells, else the first. */
export function App({ start }: { start: Start }): ReactNode {
  const [user, setUser] = useState(() => personOfAddress(start))
  const [isWorldShown, setWorldShown] = useState(() => window.innerWidth >= WORLD_SHOWN_FROM_PX)
  const [problem, setProblem] = useState<string | null>(null)
  const live = useLive(user)
  const everybody = useMemo(() => [...start.people, start.bot, SLACKBOT], [start])
  const act = useCallback(async (deed: Deed) => setProblem(await perform(user, deed)), [user])
  function become(next: string): void {
    setUser(next)
    setProblem(null)
    history.replaceState(null, '', `?as=${start.people.find(({ id }) => id === next)?.name ?? ''}`)
  }
  return (
    <People.Provider value={everybody}>
      <Top
        start={start}
        user={user}
        onChoose={become}
        isWorldShown={isWorldShown}
        onWorld={() => setWorldShown(!isWorldShown)}
      />
      <Notice live={live} problem={problem} />
      <Panes
        start={start}
        user={user}
        live={live}
        act={act}
        world={isWorldShown && <World onClose={() => setWorldShown(false)} />}
      />
      {live.modal && <ViewDialog key={`${live.modal.id}${live.modal.hash}`} modal={live.modal} perform={act} />}
    </People.Provider>
  )
}

type PanesProps = {
  readonly start: Start
  readonly user: string
  readonly live: Live
  readonly act: (deed: Deed) => Promise<void>
  readonly world: ReactNode
}

function Panes({ start, user, live, act, world }: PanesProps): ReactNode {
  const { thread, open, close } = useThread()
  const { unreadOf } = useSeen(user, live.messages, thread)
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
      ? { count: replies.length, unread: unreadOf(ts), lastTs: last.ts, open: () => open(ts) }
      : null
  }
  const type = (ts: string | null) => (text: string) => act({ kind: 'type', text, thread: ts })
  const parent = live.messages.find(({ ts }) => ts === thread)
  const name = `#${start.channel.name}`
  const shared = { botId: start.bot.id, perform }
  return (
    <GoTo.Provider value={goTo}>
      <main className={`panes ${parent ? 'with-thread' : ''} ${world ? 'with-world' : ''}`}>
        <Pane
          {...shared}
          label={name}
          className="channel"
          head={null}
          messages={live.messages.filter((message) => message.thread === null || message.isBroadcast)}
          repliesOf={repliesOf}
          empty={live.isKnown ? <Empty start={start} /> : null}
          composer={{
            label: `Message ${name}`,
            placeholder: 'Message, or a command that begins with /',
            completions: start.completions,
            onSend: type(null),
          }}
        />
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

/** The id of the person that `?as=harry` names, so that two windows can be two people; else the first one's. */
function personOfAddress({ people }: Start): string {
  const name = new URLSearchParams(location.search).get('as')
  return (people.find((person) => person.name === name) ?? people[0])?.id ?? ''
}
