// Block Kit's controls. Buttons and menus in a message speak at once; in a view's inputs they are read when it is sent.
//
// These are our own, and small, on purpose: slack-blocks-to-jsx draws the same blocks, but gives every button its action id
// as element id (two questions, one id), keeps the answer of a confirm dialog to itself, and has no way to hear what was
// chosen.
import { type ReactNode, useContext, useState } from 'react'
import type { Control } from '../../../slack/blocks.ts'
import type { Chosen } from '../../../slack/entities.ts'
import { Boxes, initialOf } from './boxes.tsx'
import { Confirm, type Question } from './confirm.tsx'
import { Surface } from './surface.ts'

type Of<T extends Control['type']> = Extract<Control, { type: T }>

/** Draws a control that tells the app as soon as it is used; a text field, which does not, draws nothing here. */
export function ActionControl({ control }: { control: Control }): ReactNode {
  switch (control.type) {
    case 'button':
      return <ButtonControl control={control} />
    case 'static_select':
      return <SelectControl control={control} />
    case 'overflow':
      return <OverflowControl control={control} />
    case 'radio_buttons':
    case 'checkboxes':
      return <BoxesControl control={control} />
    case 'plain_text_input':
      return null
  }
}

/**
 * How a control tells the app that it was used: after its `confirm` question, where it has one. It is busy until the
 * app has acknowledged.
 */
function useAsking(question: Question | undefined) {
  const { perform } = useContext(Surface)
  const [held, setHeld] = useState<Chosen | true | null>(null)
  const [isBusy, setBusy] = useState(false)
  async function send(actionId: string, chosen: Chosen | true): Promise<void> {
    setBusy(true)
    await perform(actionId, chosen === true ? null : chosen)
    setBusy(false)
  }
  const dialog = (actionId: string) =>
    question && held !== null ? (
      <Confirm
        question={question}
        onAnswer={(isYes) => {
          setHeld(null)
          if (isYes) void send(actionId, held)
        }}
      />
    ) : null
  const use = (actionId: string, chosen: Chosen | true) => (question ? setHeld(chosen) : void send(actionId, chosen))
  return { use, dialog, isBusy }
}

function ButtonControl({ control }: { control: Of<'button'> }): ReactNode {
  const { action_id: actionId = '', text, style, url, accessibility_label: label } = control
  const { use, dialog, isBusy } = useAsking(control.confirm)
  const press = () => {
    if (isBusy) return
    if (url) window.open(url, '_blank', 'noreferrer')
    use(actionId, true)
  }
  return (
    <>
      <button
        type="button"
        className={`button ${style ?? ''}`}
        aria-label={label}
        aria-busy={isBusy}
        aria-disabled={isBusy}
        onClick={press}
      >
        {text.text}
      </button>
      {dialog(actionId)}
    </>
  )
}

function SelectControl({ control }: { control: Of<'static_select'> }): ReactNode {
  const { action_id: actionId = '', options, initial_option: initial, placeholder } = control
  const { use, dialog, isBusy } = useAsking(control.confirm)
  const name = placeholder?.text ?? 'Choose'
  return (
    <>
      <select
        className="select"
        aria-label={name}
        aria-busy={isBusy}
        disabled={isBusy}
        defaultValue={initial?.value ?? ''}
        onChange={({ target }) => use(actionId, target.value)}
      >
        <option value="" disabled>
          {name}
        </option>
        {options.map(({ value, text }) => (
          <option key={value} value={value}>
            {text.text}
          </option>
        ))}
      </select>
      {dialog(actionId)}
    </>
  )
}

/** Slack's "three dots": a menu that keeps no choice. */
function OverflowControl({ control }: { control: Of<'overflow'> }): ReactNode {
  const { action_id: actionId = '', options } = control
  const { use, dialog } = useAsking(control.confirm)
  return (
    <>
      <select
        className="select overflow"
        aria-label="More actions"
        value=""
        onChange={({ target }) => use(actionId, target.value)}
      >
        <option value="" disabled>
          More
        </option>
        {options.map(({ value, text }) => (
          <option key={value} value={value}>
            {text.text}
          </option>
        ))}
      </select>
      {dialog(actionId)}
    </>
  )
}

function BoxesControl({ control }: { control: Of<'radio_buttons'> | Of<'checkboxes'> }): ReactNode {
  const { use, dialog } = useAsking(control.confirm)
  const [chosen, setChosen] = useState<Chosen>(initialOf(control))
  return (
    <>
      <Boxes
        legend={<span className="hidden">Choose</span>}
        control={control}
        chosen={chosen}
        onChoose={(next) => {
          setChosen(next)
          use(control.action_id ?? '', next)
        }}
      />
      {dialog(control.action_id ?? '')}
    </>
  )
}
