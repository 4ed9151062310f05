// Radio buttons and checkboxes as one labelled group, and what a control holds before anybody touched it.
import { type ReactNode, useId } from 'react'
import type { Control } from '../../../slack/blocks.ts'
import type { Chosen } from '../../../slack/entities.ts'
import { Mrkdwn } from './mrkdwn.tsx'

type BoxesProps = {
  readonly legend: ReactNode
  readonly control: Extract<Control, { type: 'radio_buttons' | 'checkboxes' }>
  readonly chosen: Chosen
  readonly onChoose: (chosen: Chosen) => void
}

/** Draws radio buttons, of which one value is chosen, or checkboxes, of which several are; `legend` names the group. */
export function Boxes({ legend, control, chosen, onChoose }: BoxesProps): ReactNode {
  const group = useId()
  const isMany = control.type === 'checkboxes'
  const held = typeof chosen === 'string' ? [chosen] : chosen
  const toggled = (value: string) => (held.includes(value) ? held.filter((each) => each !== value) : [...held, value])
  return (
    <fieldset className="boxes">
      <legend>{legend}</legend>
      {control.options.map(({ value, text, description }) => (
        <label key={value}>
          <input
            type={isMany ? 'checkbox' : 'radio'}
            name={group}
            checked={held.includes(value)}
            onChange={() => onChoose(isMany ? toggled(value) : value)}
          />
          <span>
            <Mrkdwn text={text.text} />
            {description && (
              <small>
                <Mrkdwn text={description.text} />
              </small>
            )}
          </span>
        </label>
      ))}
    </fieldset>
  )
}

/** The value, text or values that a control holds at first; empty where it has no initial one. */
export function initialOf(control: Control): Chosen {
  switch (control.type) {
    case 'checkboxes':
      return control.initial_options?.map(({ value }) => value) ?? []
    case 'radio_buttons':
    case 'static_select':
      return control.initial_option?.value ?? ''
    case 'plain_text_input':
      return control.initial_value ?? ''
    default:
      return ''
  }
}
