// The whole page: who you are at the top, the channel, its thread, the simulated world, and the open view before all of it.
import { type ReactNode, useCallback, useEffect, useMemo, useState } from 'react'
import { SLACKBOT } from '../../slack/entities.ts'
import type { Deed, Start } from '../entities.ts'
import { People } from './blocks/mrkdwn.tsx'
import { ViewDialog } from './blocks/view.tsx'
import { type Conversation, Conversations } from './conversations.tsx'
import { perform, useLive } from './live.ts'
import { Notice } from './notice.tsx'
import { Panes } from './panes.tsx'
import { useSeen } from './seen.ts'
import { useThread } from './thread.tsx'
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
  const seen = useSeen(live)
  const threads = useThread()
  const [conversation, setConversation] = useState<Conversation>('channel')
  const named = useMemo(() => [...start.people, ...start.groups, start.bot, SLACKBOT, start.channel], [start])
  const act = useCallback(async (deed: Deed) => setProblem(await perform(user, deed)), [user])
  function become(next: string): void {
    setUser(next)
    setProblem(null)
    history.replaceState(null, '', `?as=${start.people.find(({ id }) => id === next)?.name ?? ''}`)
  }
  function turnTo(next: Conversation): void {
    setConversation(next)
    threads.leave()
    // There the world stands over what was turned to.
    if (window.innerWidth < WORLD_SHOWN_FROM_PX) setWorldShown(false)
  }
  useTitle(start, seen.forMe)
  return (
    <People.Provider value={named}>
      <Top
        conversations={<Conversations start={start} shown={conversation} seen={seen} onChoose={turnTo} />}
        start={start}
        user={user}
        onChoose={become}
        isWorldShown={isWorldShown}
        onWorld={() => setWorldShown(!isWorldShown)}
      />
      <Notice live={live} problem={problem} />
      <Panes
        start={start}
        live={live}
        seen={seen}
        conversation={conversation}
        threads={threads}
        act={act}
        world={isWorldShown && <World onClose={() => setWorldShown(false)} />}
      />
      {live.modal && <ViewDialog key={`${live.modal.id}${live.modal.hash}`} modal={live.modal} perform={act} />}
    </People.Provider>
  )
}

/** The window's title says how much waits for its person, as Slack's does. */
function useTitle({ channel }: Start, forMe: number): void {
  useEffect(() => {
    document.title = `${forMe > 0 ? `(${forMe}) ` : ''}#${channel.name}`
  }, [channel, forMe])
}

/** The id of the person that `?as=harry` names, so that two windows can be two people; else the first one's. */
function personOfAddress({ people }: Start): string {
  const name = new URLSearchParams(location.search).get('as')
  return (people.find((person) => person.name === name) ?? people[0])?.id ?? ''
}
