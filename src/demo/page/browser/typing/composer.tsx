// Where a person types. Commands complete: arrows choose, Tab or Enter takes, Escape closes the list.
import { type ReactNode, useId } from 'react'
import type { Completion } from '../../entities.ts'
import { Completions, optionId } from './completions.tsx'
import { useDraft } from './draft.ts'

type Props = {
  readonly label: string
  readonly placeholder: string
  readonly completions: readonly Completion[]
  readonly onSend: (text: string) => Promise<void>
}

/** Draws the text field and its button. What is sent has no blanks at its ends, and is never empty. */
export function Composer({ label, placeholder, completions, onSend }: Props): ReactNode {
  const list = useId()
  const { text, matching, chosen, change, send, press } = useDraft(completions, onSend)
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <Completions id={list} matching={matching} chosen={chosen} onTake={change} />
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
        aria-activedescendant={matching[chosen] ? optionId(list, chosen) : undefined}
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
