// The top bar: the channel's name and who is sitting here. No log-in: anyone may be anyone.
import type { ReactNode } from 'react'
import type { Start } from '../entities.ts'
import { Avatar } from './message.tsx'

type Props = {
  readonly start: Start
  readonly user: string
  readonly onChoose: (user: string) => void
  readonly isWorldShown: boolean
  readonly onWorld: () => void
}

/** Draws the top bar, where a person is chosen and the simulated world is shown or hidden. */
export function Top({ start, user, onChoose, isWorldShown, onWorld }: Props): ReactNode {
  return (
    <header className="top">
      <h1>
        <span aria-hidden="true">#</span>
        {start.channel.name}
      </h1>
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
