// "Are you sure?": the confirm object of a control, as a dialog. The browser's own dialog element keeps the focus inside, and
// Escape means no.
import { type ReactNode, useEffect, useId, useRef } from 'react'
import type { Control } from '../../../slack/blocks.ts'
import { Mrkdwn } from './mrkdwn.tsx'

/** The confirm object of a control. */
export type Question = NonNullable<Extract<Control, { type: 'button' }>['confirm']>

/** Draws the question; Escape answers it with no, as the button to deny does. */
export function Confirm({ question, onAnswer }: { question: Question; onAnswer: (isYes: boolean) => void }): ReactNode {
  const { title, text, confirm, deny, style } = question
  const id = useId()
  return (
    <Dialog labelledBy={id} onClose={() => onAnswer(false)}>
      <h2 id={id}>{title.text}</h2>
      <div className="dialog-text">
        <Mrkdwn text={text.text} />
      </div>
      <div className="dialog-actions">
        <button type="button" className="button" onClick={() => onAnswer(false)}>
          {deny.text}
        </button>
        <button type="button" className={`button ${style ?? 'primary'}`} onClick={() => onAnswer(true)}>
          {confirm.text}
        </button>
      </div>
    </Dialog>
  )
}

/** Draws a dialog that stands before everything else; Escape only calls `onClose`, and the parent takes it away. */
export function Dialog({
  labelledBy,
  onClose,
  children,
}: {
  labelledBy: string
  onClose: () => void
  children: ReactNode
}): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog
      ref={dialog}
      aria-labelledby={labelledBy}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
    >
      {children}
    </dialog>
  )
}
