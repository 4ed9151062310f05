// Forms, for answers that a button cannot carry. Each asks for as little as it can and has the likeliest answer filled
// in, since people fill it in with a thumb.
import type { ModalView, PlainTextOption } from '@slack/types'
import { z } from 'zod'
import type { Choice } from '../core/model/plan.ts'

/** What a form is about; it comes back with the submission, as JSON of at most 3,000 characters (Slack). */
export type Place = {
  readonly id: string
  readonly volume?: string
  readonly name?: string
  readonly service?: string
  readonly asked?: string
  readonly basis?: string
  readonly effect?: string
}

/** Asks for a volume's route, need and service; it offers at most 100 names of services, the volume's own name first. */
export function chooseModal(place: Place, services: readonly string[]): ModalView {
  const names = [...new Set([place.name ?? '', ...services])].filter(Boolean)
  return modal('choose', 'Choose a route', place, [
    select('route', 'What happens to it?', [
      ['snapshot', 'It moves, by snapshot'],
      ['stay', 'It stays where it is'],
    ]),
    select('need', 'Can the site open without it?', [
      ['required', 'No, it is required'],
      ['deferrable', 'Yes, it can come later'],
    ]),
    select(
      'service',
      'Which service is it?',
      names.slice(0, 100).map((name) => [name, name]),
    ),
  ])
}

const TITLES = { defer: 'Go on without it', return: 'Give it back', abort: 'Abort', vouch: 'It is down' } as const

/** Asks for a reason of at most 200 characters. */
export function reasonModal(kind: keyof typeof TITLES, place: Place): ModalView {
  const title = TITLES[kind]
  const labels = {
    defer: `Why can ${place.service} wait?`,
    return: `Why does ${place.service} go back?`,
    abort: 'Why go back?',
    vouch: 'How do you know that nothing writes there any more?',
  }
  const label = labels[kind]
  const element = { type: 'plain_text_input' as const, action_id: 'reason', max_length: 200 }
  return modal(kind, title, place, [{ type: 'input', block_id: 'reason', label: plain(label), element }])
}

/** Asks the person to type the migration's id: a deletion cannot be undone, and a thumb may slip on a button. */
export function typedModal(place: Place): ModalView {
  const element = { type: 'plain_text_input' as const, action_id: 'reason', max_length: 50 }
  const label = plain(`Type ${place.id} to delete what the thread names`)
  return modal('cleanup', 'Delete for good', place, [{ type: 'input', block_id: 'reason', label, element }])
}

/** What the button of a form says, by the form's callback id, where it is more than saving. */
const SUBMITS: Readonly<Record<string, string>> = { abort: 'Abort', cleanup: 'Delete' }

function modal(callback: string, title: string, place: Place, blocks: ModalView['blocks']): ModalView {
  const submit = plain(SUBMITS[callback] ?? 'Save')
  const private_metadata = JSON.stringify(place)
  return {
    type: 'modal',
    callback_id: callback,
    title: plain(title),
    submit,
    close: plain('Cancel'),
    private_metadata,
    blocks,
  }
}

function select(block: string, label: string, options: readonly (readonly [value: string, text: string])[]) {
  const all: PlainTextOption[] = options.map(([value, text]) => ({
    value: value.slice(0, 150),
    text: plain(text.slice(0, 75)),
  }))
  const [first] = all
  const element = {
    type: 'static_select' as const,
    action_id: block,
    options: all,
    ...(first ? { initial_option: first } : {}),
  }
  return { type: 'input' as const, block_id: block, label: plain(label), element }
}

function plain(text: string) {
  return { type: 'plain_text' as const, text }
}

const selected = z.object({ selected_option: z.object({ value: z.string() }) })
const chosen = z.object({
  route: z.object({ route: selected }),
  need: z.object({ need: selected }),
  service: z.object({ service: selected }),
})
const reasoned = z.object({ reason: z.object({ reason: z.object({ value: z.string() }) }) })

/** The choice in a submitted chooseModal; throws a ZodError for values of any other shape. */
export function readChoice(values: unknown, volume: string): Choice {
  const { route, need, service } = chosen.parse(values)
  return {
    volume,
    service: service.service.selected_option.value,
    route: route.route.selected_option.value === 'stay' ? 'stay' : 'snapshot',
    need: need.need.selected_option.value === 'deferrable' ? 'deferrable' : 'required',
  }
}

/** The text typed into a reasonModal or typedModal; throws a ZodError for values of any other shape. */
export function readReason(values: unknown): string {
  return reasoned.parse(values).reason.reason.value
}
