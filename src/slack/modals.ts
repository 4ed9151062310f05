// Forms, for answers that a button cannot carry. Each says above its fields what will happen, asks for as little as it can, and answers
// nothing by itself: a thumb that slips on a form that is filled in would move somebody's data.
import type { ModalView, PlainTextOption } from '@slack/types'
import { z } from 'zod'
import type { Choice } from '../core/model/plan.ts'
import { cut, isPlainName, plain, SAID_MAX, theirs } from '../core/model/text.ts'
import { carried, wordOf } from './messages/blocks.ts'

/** What a form is about; it comes back with the submission, as JSON. */
export type Place = {
  readonly id: string
  readonly volume?: string | undefined
  readonly name?: string | undefined
  readonly service?: string | undefined
  readonly asked?: string | undefined
  readonly basis?: string | undefined
  readonly effect?: string | undefined
}

/** Slack's limits on views, inputs, options and selects (Block Kit's references). */
const LIMITS = {
  text: 3_000,
  metadata: 3_000,
  title: 24,
  label: 2_000,
  hint: 2_000,
  option: 75,
  value: 150,
  options: 100,
} as const
/** Characters of a name in a question: people read it on a phone. */
const NAME_IN_LABEL_MAX = 100
/** Characters of a refusal below a field; Slack names no limit for these. */
const ERROR_MAX = 2_000

/**
 * Asks for a volume's route, need and service; `said` says which volume that is, where, and what will happen. `service` in the submission is a word that
 * isWordOf knows; the names come first to last as far as Slack has room for them.
 */
export function chooseModal(place: Place, names: readonly string[], said: readonly string[]): ModalView {
  return modal('choose', CHOOSES, place, [...spoken(said), ...choiceFields(names)])
}

/** The same before there is a migration; without `isMovable` it asks as stayModal does. */
export function chooseAheadModal(
  place: { readonly volume: string },
  names: readonly string[],
  { isMovable, said }: { readonly isMovable: boolean; readonly said: readonly string[] },
): ModalView {
  return modal('watch-choose', CHOOSES, place, [...spoken(said), ...(isMovable ? choiceFields(names) : [stayField()])])
}

const CHOOSES = 'Choose a route'

function choiceFields(names: readonly string[]) {
  const offered = names.slice(0, LIMITS.options)
  const left = names.length - offered.length
  const hint =
    left > 0
      ? `Slack has no room for ${left} more. For one of those, tag the volume with zonehop:service and plan again.`
      : ''
  return [
    select('route', 'What happens to it?', [['snapshot', 'It moves, by snapshot'], STAYS]),
    select('need', 'Can the site open without it?', [
      ['required', 'No, it is required'],
      ['deferrable', 'Yes, it can come later'],
    ]),
    {
      ...select(
        'service',
        'Which service is it?',
        offered.map((name) => [name, name]),
      ),
      ...(hint ? { hint: plainText(hint, LIMITS.hint) } : {}),
    },
  ]
}

/** Asks whether a volume stays that cannot move; `said` as chooseModal has it. */
export function stayModal(place: Place, said: readonly string[]): ModalView {
  return modal('choose', CHOOSES, place, [...spoken(said), stayField()])
}

function stayField() {
  return select('route', 'What happens to it?', [STAYS])
}

const STAYS = ['stay', 'It stays where it is'] as const

/** The services that a volume may belong to: one of its own first, then those of the plan. */
export function servicesFor(
  { volume = '', name = '' }: Pick<Place, 'volume' | 'name'>,
  services: readonly string[],
): string[] {
  return [...new Set([isPlainName(name) ? name : volume, ...services])].filter(Boolean)
}

const TITLES = {
  defer: 'Go on without it',
  return: 'Give it back',
  abort: 'Abort',
  exceed: 'Let it be longer',
  vouch: 'It is down',
} as const

/** Asks for a reason of at most 200 characters; `said` says what will happen. */
export function reasonModal(kind: keyof typeof TITLES, place: Place, said: readonly string[]): ModalView {
  const title = TITLES[kind]
  const named = cut(place.service ?? '', NAME_IN_LABEL_MAX)
  const labels = {
    defer: `Why can ${named} wait?`,
    return: `Why does ${named} go back?`,
    abort: 'Why go back?',
    exceed: 'Why may the outage be longer?',
    vouch: 'How do you know that nothing writes there any more?',
  }
  const label = labels[kind]
  const element = { type: 'plain_text_input' as const, action_id: 'reason', max_length: 200 }
  return modal(kind, title, place, [
    ...spoken(said),
    { type: 'input', block_id: 'reason', label: plainText(label, LIMITS.label), element },
  ])
}

/** Asks the person to type the migration's id: a deletion cannot be undone, and a thumb may slip on a button. */
export function typedModal(place: Place): ModalView {
  const element = { type: 'plain_text_input' as const, action_id: 'reason', max_length: 50 }
  const label = plainText(`Type ${place.id} to delete what the thread names`, LIMITS.label)
  return modal('cleanup', 'Delete for good', place, [{ type: 'input', block_id: 'reason', label, element }])
}

/** What the button of a form says, by the form's callback id, where it is more than saving. */
const SUBMITS: Readonly<Record<string, string>> = { abort: 'Abort', cleanup: 'Delete' }

function modal(callback: string, title: string, place: object, blocks: ModalView['blocks']): ModalView {
  const submit = plainText(SUBMITS[callback] ?? 'Save', LIMITS.title)
  return {
    type: 'modal',
    callback_id: callback,
    title: plainText(title, LIMITS.title),
    submit,
    close: plainText('Cancel', LIMITS.title),
    private_metadata: carried(place, LIMITS.metadata),
    blocks,
  }
}

/** A section for each sentence that there is. */
function spoken(said: readonly string[]) {
  return said.filter(Boolean).map((text) => ({ type: 'section' as const, text: plainText(text, LIMITS.text) }))
}

function select(block: string, label: string, options: readonly (readonly [value: string, text: string])[]) {
  const all: PlainTextOption[] = options.map(([value, text]) => ({
    value: wordOf(value, LIMITS.value),
    text: plainText(text, LIMITS.option),
  }))
  const element = { type: 'static_select' as const, action_id: block, options: all }
  return { type: 'input' as const, block_id: block, label: plainText(label, LIMITS.label), element }
}

/** Slack refuses an empty text. */
function plainText(text: string, max: number) {
  return { type: 'plain_text' as const, text: plain(text, max) || '-' }
}

/** A refusal as a form shows it, below one of its fields. */
export function errorText(refusal: string): string {
  return plain(refusal, ERROR_MAX)
}

const selected = z.object({ selected_option: z.object({ value: z.string() }) })
const chosen = z.object({
  route: z.object({ route: selected }),
  need: z.object({ need: selected }).optional(),
  service: z.object({ service: selected }).optional(),
})
const reasoned = z.object({ reason: z.object({ reason: z.object({ value: z.string() }) }) })

/** The choice in a submitted chooseModal or stayModal, its service as the form carried it; throws a ZodError for values of any other shape. */
export function readChoice(values: unknown, volume: string): Choice {
  const { route, need, service } = chosen.parse(values)
  return {
    volume,
    service: service?.service.selected_option.value ?? volume,
    route: route.route.selected_option.value === 'stay' ? 'stay' : 'snapshot',
    need: need?.need.selected_option.value === 'deferrable' ? 'deferrable' : 'required',
  }
}

/** The text typed into a reasonModal or typedModal, as one line; throws a ZodError for values of any other shape. */
export function readReason(values: unknown): string {
  return theirs(reasoned.parse(values).reason.reason.value, SAID_MAX)
}
