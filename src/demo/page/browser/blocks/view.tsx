// An open view: inputs are gathered here and sent together; blocks and controls between them work as in a message.
import { type FormEvent, type ReactNode, useId, useMemo, useState } from 'react'
import type { Block } from '../../../slack/blocks.ts'
import type { Chosen, Modal } from '../../../slack/entities.ts'
import type { Deed } from '../../entities.ts'
import { Blocks } from './blocks.tsx'
import { Boxes, initialOf } from './boxes.tsx'
import { Dialog } from './confirm.tsx'
import { Surface } from './surface.ts'

type Input = Extract<Block, { type: 'input' }>
type Values = Readonly<Record<string, Chosen>>

/** Draws an open view as a dialog, with what Slack or the app found wrong with it; Escape dismisses it. */
export function ViewDialog({ modal, perform }: { modal: Modal; perform: (deed: Deed) => Promise<void> }): ReactNode {
  const { id, view, errors, trouble } = modal
  const title = useId()
  const [values, setValues] = useState(() => initialValues(view.blocks))
  const [isBusy, setBusy] = useState(false)
  const surface = useMemo(
    () => ({
      perform: (actionId: string, chosen: Chosen | null) =>
        perform(
          chosen === null
            ? { kind: 'click', surface: id, actionId }
            : { kind: 'choose', surface: id, actionId, chosen },
        ),
    }),
    [perform, id],
  )
  const close = () => void perform({ kind: 'dismiss', viewId: id })
  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    setBusy(true)
    await perform({ kind: 'submit', viewId: id, values })
    setBusy(false)
  }
  return (
    <Dialog labelledBy={title} onClose={close}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <h2 id={title}>{view.title.text}</h2>
        <div className="dialog-text">
          <Surface.Provider value={surface}>
            {view.blocks.map((block) =>
              block.type === 'input' ? (
                <InputBlock
                  key={block.block_id}
                  block={block}
                  values={values}
                  error={errors[block.block_id ?? '']}
                  onChange={(next) => setValues({ ...values, ...next })}
                />
              ) : (
                <Blocks key={block.block_id} blocks={[block]} />
              ),
            )}
          </Surface.Provider>
          {trouble && (
            <p role="alert" className="error">
              {trouble}
            </p>
          )}
        </div>
        <div className="dialog-actions">
          <button type="button" className="button" onClick={close}>
            {view.close?.text ?? 'Cancel'}
          </button>
          {view.submit && (
            <button
              type="submit"
              className="button primary"
              disabled={isBusy || view.submit_disabled}
              aria-busy={isBusy}
            >
              {view.submit.text}
            </button>
          )}
        </div>
      </form>
    </Dialog>
  )
}

type InputBlockProps = {
  readonly block: Input
  readonly values: Values
  readonly error: string | undefined
  readonly onChange: (values: Values) => void
}

function InputBlock({ block, values, error, onChange }: InputBlockProps): ReactNode {
  const id = useId()
  const actionId = block.element.action_id ?? ''
  // A group of boxes carries its own legend.
  const isGroup = block.element.type === 'radio_buttons' || block.element.type === 'checkboxes'
  const label = (
    <span className="label">
      {block.label.text}
      {block.optional && <span className="quiet"> (optional)</span>}
    </span>
  )
  return (
    <div className="input-block">
      {!isGroup && <label htmlFor={id}>{label}</label>}
      <InputControl
        id={id}
        label={label}
        block={block}
        chosen={values[actionId] ?? ''}
        error={error}
        onChoose={(chosen) => onChange({ [actionId]: chosen })}
      />
      {block.hint && <small className="quiet">{block.hint.text}</small>}
      {error && (
        <p id={`${id}-error`} role="alert" className="error">
          {error}
        </p>
      )}
    </div>
  )
}

type InputControlProps = {
  readonly id: string
  readonly label: ReactNode
  readonly block: Input
  readonly chosen: Chosen
  readonly error: string | undefined
  readonly onChoose: (chosen: Chosen) => void
}

function InputControl({ id, label, block, chosen, error, onChoose }: InputControlProps): ReactNode {
  const { element } = block
  const shared = {
    id,
    value: String(chosen),
    'aria-invalid': error !== undefined,
    'aria-describedby': error ? `${id}-error` : undefined,
  }
  switch (element.type) {
    case 'plain_text_input':
      return element.multiline ? (
        <textarea
          {...shared}
          rows={4}
          placeholder={element.placeholder?.text}
          onChange={({ target }) => onChoose(target.value)}
        />
      ) : (
        <input
          {...shared}
          type="text"
          autoComplete="off"
          placeholder={element.placeholder?.text}
          onChange={({ target }) => onChoose(target.value)}
        />
      )
    case 'static_select':
      return (
        <select {...shared} onChange={({ target }) => onChoose(target.value)}>
          <option value="">{element.placeholder?.text ?? 'Choose'}</option>
          {element.options.map(({ value, text }) => (
            <option key={value} value={value}>
              {text.text}
            </option>
          ))}
        </select>
      )
    default:
      return <Boxes legend={label} control={element} chosen={chosen} onChoose={onChoose} />
  }
}

function initialValues(blocks: readonly Block[]): Values {
  const inputs = blocks.flatMap((block) => (block.type === 'input' ? [block.element] : []))
  return Object.fromEntries(inputs.map((element) => [element.action_id ?? '', initialOf(element)]))
}
