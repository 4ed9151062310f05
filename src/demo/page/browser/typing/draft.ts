// What a person is about to say: the text, the commands that would complete it, and what the keys do to both.
import { type KeyboardEvent, useState } from 'react'
import type { Completion } from '../../entities.ts'

const SHOWN_MAX = 10

/** A text that is being typed; `chosen` is an index into `matching`, -1 where none is chosen. */
export type Draft = {
  readonly text: string
  readonly matching: readonly Completion[]
  readonly chosen: number
  change(next: string): void
  send(): void
  press(event: KeyboardEvent<HTMLInputElement>): void
}

/** Keeps a draft; what it hands to `onSend` has no blanks at its ends, and is never empty. */
export function useDraft(completions: readonly Completion[], onSend: (text: string) => Promise<void>): Draft {
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState(-1)
  const [isClosed, setClosed] = useState(false)
  const matching = isClosed ? [] : matchingOf(completions, text)

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
    const isOpen = matching.length > 0
    if (key === 'Escape' && isOpen) {
      event.stopPropagation()
      setClosed(true)
    } else if ((key === 'ArrowDown' || key === 'ArrowUp') && isOpen) {
      event.preventDefault()
      setChosen((before) => chosenAfter(before, key === 'ArrowDown' ? 1 : -1, matching.length))
    } else if ((key === 'Tab' && !event.shiftKey && isOpen) || (key === 'Enter' && matching[chosen])) {
      event.preventDefault()
      change((matching[chosen] ?? matching[0])?.text ?? text)
    } else if (key === 'Enter') {
      event.preventDefault()
      send()
    }
  }
  return { text, matching, chosen, change, send, press }
}

function matchingOf(completions: readonly Completion[], text: string): readonly Completion[] {
  if (!/^[/@]/.test(text)) return []
  return completions.filter((each) => each.text.startsWith(text) && each.text !== text).slice(0, SHOWN_MAX)
}

/** The list goes round: up from its first command, or from none, leads to its last. */
function chosenAfter(before: number, step: 1 | -1, count: number): number {
  return before < 0 && step < 0 ? count - 1 : (before + step + count) % count
}
