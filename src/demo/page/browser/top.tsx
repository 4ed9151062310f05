// The top bar: the conversations and who is sitting here. No log-in: anyone may be anyone.
import type { ReactNode } from 'react'
import type { Start } from '../entities.ts'
import { Avatar } from './message.tsx'

type Props = {
  readonly conversations: ReactNode
  readonly start: Start
  readonly user: string
  readonly onChoose: (user: string) => void
  readonly isWorldShown: boolean
  readonly onWorld: () => void
}

/** Draws the top bar, where a person is chosen and the simulated world is shown or hidden. */
export function Top({ conversations, start, user, onChoose, isWorldShown, onWorld }: Props): ReactNode {
  return (
    <header className="top">
      <h1 className="hidden">The local Slack</h1>
      {conversations}
      <fieldset className="people">
        <legend>You are</legend>
        {start.people.map(({ id, name, kind }) => (
          <label key={id} className={id === user ? 'chosen' : ''}>
            <input type="radio" name="person" checked={id === user} onChange={() => onChoose(id)} />
            <Avatar name={name} isApp={false} seed={id} />
            {name}
            {kind && <span className="kind">{kind}</span>}
          </label>
        ))}
      </fieldset>
      <button type="button" className="button world-toggle" aria-pressed={isWorldShown} onClick={onWorld}>
        EC2
      </button>
    </header>
  )
}
