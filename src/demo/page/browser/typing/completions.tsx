// The commands that would complete what a person types, as a list above the text field.
import type { ReactNode } from 'react'
import type { Completion } from '../../entities.ts'

type Props = {
  /** The id of the list, which the text field refers to; `optionId` gives those of its options. */
  readonly id: string
  readonly matching: readonly Completion[]
  readonly chosen: number
  readonly onTake: (text: string) => void
}

/** Draws the list; nothing where nothing matches. */
export function Completions({ id, matching, chosen, onTake }: Props): ReactNode {
  if (matching.length === 0) return null
  return (
    <div className="completions" id={id} role="listbox" aria-label="Commands">
      {matching.map((each, index) => (
        <div
          key={each.text}
          id={optionId(id, index)}
          role="option"
          aria-selected={index === chosen}
          tabIndex={-1}
          onMouseDown={(event) => {
            // The focus stays where the person types.
            event.preventDefault()
            onTake(each.text)
          }}
        >
          <code>{each.text}</code>
          <span className="quiet">{each.hint}</span>
        </div>
      ))}
    </div>
  )
}

/** The id of one option of the list with the id `list`. */
export function optionId(list: string, index: number): string {
  return `${list}-${index}`
}
