// The simulated clock: how late it is, how fast time runs, and what lets it run otherwise.
import type { ReactNode } from 'react'
import type { ClockDeed, ClockState, Forward } from '../entities.ts'

/** What the button says, and what it says while that goes on. */
const FORWARDS: readonly (readonly [forward: Forward, label: string, running: string])[] = [
  ['day', 'Let a day pass', 'A day passes: stop'],
  ['question', 'Until something asks', 'Until something asks: stop'],
]

/** Draws the clock; `onAct` is called once the clock has heard what was pressed. */
export function Clock({ clock, onAct }: { clock: ClockState; onAct: () => void }): ReactNode {
  const { nowMs, speed, isPaused, forward } = clock
  const act = (deed: ClockDeed) => void fetch(`/clock/${deed}`, { method: 'POST' }).then(onAct, () => undefined)
  const [date = '', time = ''] = new Date(nowMs).toISOString().slice(0, 19).split('T')
  return (
    <section className="clock" aria-label="Clock">
      <div>
        <span className="clock-time number">{time}</span> <span className="quiet">UTC, {date}</span>
      </div>
      <div className="quiet number">
        {!isPaused && `${count(speed)} times as fast as real, `}
        {/* Only what a person changed is worth announcing; the speed itself never rests. */}
        <span role="status">{paceText(clock)}</span>
      </div>
      <div className="block-actions">
        <ClockButton onPress={() => act(isPaused ? 'resume' : 'pause')}>{isPaused ? 'Go on' : 'Pause'}</ClockButton>
        <ClockButton onPress={() => act('slower')}>Slower</ClockButton>
        <ClockButton onPress={() => act('faster')}>Faster</ClockButton>
      </div>
      <div className="block-actions">
        {FORWARDS.map(([each, label, running]) => (
          <ClockButton key={each} isOn={forward === each} onPress={() => act(forward === each ? 'stop' : each)}>
            {forward === each ? running : label}
          </ClockButton>
        ))}
      </div>
    </section>
  )
}

function paceText({ speedTop, isPaused, forward }: ClockState): string {
  if (isPaused) return 'Paused'
  return forward ? 'as fast as it can' : `at most ${count(speedTop)}`
}

type ButtonProps = { readonly isOn?: boolean; readonly onPress: () => void; readonly children: ReactNode }

function ClockButton({ isOn = false, onPress, children }: ButtonProps): ReactNode {
  return (
    <button type="button" className={`button ${isOn ? 'primary' : ''}`} onClick={onPress}>
      {children}
    </button>
  )
}

function count(speed: number): string {
  return Math.max(1, Math.round(speed)).toLocaleString('en')
}
