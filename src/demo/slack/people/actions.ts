// What a control amounts to when a person uses it: the action an app is told, and the state of what was entered so far.
import { type Block, type Control, controlsOf } from '../blocks.ts'
import type { Chosen } from '../entities.ts'

type Fields = Readonly<Record<string, unknown>>

/**
 * The action that an app is told of when a control is used; null where there is no such control, or no such option in
 * it.
 */
export function actionOf(
  blocks: readonly Block[],
  actionId: string,
  chosen: Chosen | null,
  atMs: number,
): Fields | null {
  const found = controlsOf(blocks).find(({ control }) => control.action_id === actionId)
  if (!found) return null
  const used = usage(found.control, chosen)
  return (
    used && {
      type: found.control.type,
      action_id: actionId,
      block_id: found.blockId,
      ...used,
      action_ts: (atMs / 1000).toFixed(6),
    }
  )
}

function usage(control: Control, chosen: Chosen | null): Fields | null {
  if (control.type === 'button') {
    const { text, value, style, url } = control
    return { text, ...(value === undefined ? {} : { value }), ...(style ? { style } : {}), ...(url ? { url } : {}) }
  }
  if (control.type === 'plain_text_input') return { value: chosen }
  const picked = pick(control, chosen ?? '')
  if (control.type === 'checkboxes') return { selected_options: picked }
  return picked[0] ? { selected_option: picked[0] } : null
}

/**
 * What every control that can hold something holds now, by block and action id: what was chosen, or its initial value.
 */
export function stateOf(
  blocks: readonly Block[],
  values: Readonly<Record<string, Chosen>>,
): Readonly<Record<string, Fields>> {
  const state: Record<string, Record<string, unknown>> = {}
  for (const { blockId, control } of controlsOf(blocks)) {
    const held = heldBy(control, values[control.action_id ?? ''])
    if (held) state[blockId] = { ...state[blockId], [control.action_id ?? '']: { type: control.type, ...held } }
  }
  return state
}

function heldBy(control: Control, chosen: Chosen | undefined): Fields | null {
  switch (control.type) {
    case 'button':
    case 'overflow':
      return null
    case 'plain_text_input':
      return { value: (chosen ?? control.initial_value) || null }
    case 'checkboxes':
      return { selected_options: chosen === undefined ? (control.initial_options ?? []) : pick(control, chosen) }
    default:
      return { selected_option: (chosen === undefined ? control.initial_option : pick(control, chosen)[0]) ?? null }
  }
}

function pick({ options }: Extract<Control, { options: unknown }>, chosen: Chosen) {
  return options.filter(({ value }) => (typeof chosen === 'string' ? value === chosen : chosen.includes(value)))
}

/**
 * What Slack's client complains of before it sends a view, by block id: required inputs that hold nothing, and text of
 * the wrong length.
 */
export function missing(
  blocks: readonly Block[],
  state: Readonly<Record<string, Fields>>,
): Readonly<Record<string, string>> {
  const errors = blocks.flatMap((block) => {
    if (block.type !== 'input') return []
    const held = Object.values(state[block.block_id ?? ''] ?? {})[0] as {
      value?: string | null
      selected_option?: unknown
      selected_options?: readonly unknown[]
    }
    const isEmpty = !held.value && !held.selected_option && !held.selected_options?.length
    if (isEmpty) return block.optional ? [] : [[block.block_id ?? '', 'This field is required.']]
    const { min_length: charsMin = 0, max_length: charsMax = 3000 } =
      block.element.type === 'plain_text_input' ? block.element : {}
    const chars = held.value?.length ?? charsMin
    return chars < charsMin || chars > charsMax
      ? [[block.block_id ?? '', `Enter ${charsMin} to ${charsMax} characters.`]]
      : []
  })
  return Object.fromEntries(errors)
}
