// Where a person types. Commands complete: arrows choose, Tab or Enter takes, Escape closes the list.
import { type KeyboardEvent, type ReactNode, useId, useState } from 'react'
import type { Completion } from '../entities.ts'

type Props = {
  readonly label: string
  readonly placeholder: string
  readonly completions: readonly Completion[]
  readonly onSend: (text: string) => Promise<void>
}
const SHOWN_MAX = 10

/** Draws the text field and its button. What is sent has no blanks at its ends, and is never empty. */
export function Composer({ label, placeholder, completions, onSend }: Props): ReactNode {
  const list = useId()
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState(-1)
  const [isClosed, setClosed] = useState(false)
  const matching =
    text.startsWith('/') && !isClosed
      ? completions.filter((each) => each.text.startsWith(text) && each.text !== text).slice(0, SHOWN_MAX)
      : []

  function change(next: string): void {
    setText(next)
    setChosen(-1)
    setClosed(false)
  }
  function send(): void {
    const said = text.trim()
    if (said === '') return
    change('')
    void onSend(said)
  }
  function press(event: KeyboardEvent<HTMLInputElement>): void {
    if (event.nativeEvent.isComposing) return
    const { key } = event
    if (key === 'Escape' && matching.length > 0) {
      event.stopPropagation()
      setClosed(true)
    } else if ((key === 'ArrowDown' || key === 'ArrowUp') && matching.length > 0) {
      event.preventDefault()
      const step = key === 'ArrowDown' ? 1 : -1
      setChosen((before) =>
        before < 0 && step < 0 ? matching.length - 1 : (before + step + matching.length) % matching.length,
      )
    } else if ((key === 'Tab' && !event.shiftKey && matching.length > 0) || (key === 'Enter' && matching[chosen])) {
      event.preventDefault()
      change((matching[chosen] ?? matching[0])?.text ?? text)
    } else if (key === 'Enter') {
      event.preventDefault()
      send()
    }
  }

  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      {matching.length > 0 && (
        <div className="completions" id={list} role="listbox" aria-label="Commands">
          {matching.map((each, index) => (
            <div
              key={each.text}
              id={`${list}-${index}`}
              role="option"
              aria-selected={index === chosen}
              tabIndex={-1}
              onMouseDown={(event) => {
                // The focus stays where the person types.
                event.preventDefault()
                change(each.text)
              }}
            >
              <code>{each.text}</code>
              <span className="quiet">{each.hint}</span>
            </div>
          ))}
        </div>
      )}
      <input
        type="text"
        role="combobox"
        aria-label={label}
        aria-expanded={matching.length > 0}
        aria-controls={list}
        aria-autocomplete="list"
        autoComplete="off"
        spellCheck={false}
        autoCapitalize="off"
        aria-activedescendant={matching[chosen] ? `${list}-${chosen}` : undefined}
        placeholder={placeholder}
        value={text}
        onChange={({ target }) => change(target.value)}
        onKeyDown={press}
      />
      <button type="submit" className="button primary" disabled={text.trim() === ''}>
        Send
      </button>
    </form>
  )
}
