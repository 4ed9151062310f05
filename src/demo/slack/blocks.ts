// Block Kit as Slack takes it: every block, element and view this Slack knows, with the published limits.
// Objects are strict, as Slack's are: a property it does not know is refused.
import { z } from 'zod'

const chars = (max: number) =>
  z
    .string()
    .min(1, 'must be more than 0 characters')
    .max(max, `must be less than ${max + 1} characters`)
/** The schema of a list of one to `max` items; its problems are told in Slack's words. */
export const list = <T extends z.ZodType>(of: T, max: number) =>
  z.array(of).min(1, 'must have at least 1 item').max(max, `no more than ${max} items allowed`)
const plain = (max: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: chars(max), emoji: z.boolean().optional() })
const mrkdwn = (max: number) =>
  z.strictObject({ type: z.literal('mrkdwn'), text: chars(max), verbatim: z.boolean().optional() })
const text = (max: number) => z.discriminatedUnion('type', [plain(max), mrkdwn(max)])
const id = chars(255).optional()

const confirm = z.strictObject({
  title: plain(100),
  text: text(300),
  confirm: plain(30),
  deny: plain(30),
  style: z.enum(['primary', 'danger']).optional(),
})
const option = z.strictObject({ text: text(75), value: chars(150), description: text(75).optional() })
const options = (max: number) => list(option, max)

const button = z.strictObject({
  type: z.literal('button'),
  action_id: id,
  text: plain(75),
  value: z.string().max(2000, 'must be less than 2001 characters').optional(),
  url: chars(3000).optional(),
  style: z.enum(['primary', 'danger']).optional(),
  confirm: confirm.optional(),
  accessibility_label: chars(75).optional(),
})
const staticSelect = z.strictObject({
  type: z.literal('static_select'),
  action_id: id,
  placeholder: plain(150).optional(),
  options: options(100),
  initial_option: option.optional(),
  confirm: confirm.optional(),
  focus_on_load: z.boolean().optional(),
})
const overflow = z.strictObject({
  type: z.literal('overflow'),
  action_id: id,
  options: options(5),
  confirm: confirm.optional(),
})
const radioButtons = z.strictObject({
  type: z.literal('radio_buttons'),
  action_id: id,
  options: options(10),
  initial_option: option.optional(),
  confirm: confirm.optional(),
  focus_on_load: z.boolean().optional(),
})
const checkboxes = z.strictObject({
  type: z.literal('checkboxes'),
  action_id: id,
  options: options(10),
  initial_options: options(10).optional(),
  confirm: confirm.optional(),
  focus_on_load: z.boolean().optional(),
})
const plainTextInput = z.strictObject({
  type: z.literal('plain_text_input'),
  action_id: id,
  placeholder: plain(150).optional(),
  initial_value: z.string().optional(),
  multiline: z.boolean().optional(),
  min_length: z.int().min(0).max(3000).optional(),
  max_length: z.int().min(1).max(3000).optional(),
  focus_on_load: z.boolean().optional(),
})
const picture = z.strictObject({ type: z.literal('image'), image_url: chars(3000), alt_text: chars(2000) })

/** The schema of a block in a message or a view, with Slack's published limit on each of its parts. */
export const block = z.discriminatedUnion('type', [
  z
    .strictObject({
      type: z.literal('section'),
      block_id: id,
      text: text(3000).optional(),
      fields: list(text(2000), 10).optional(),
      expand: z.boolean().optional(),
      accessory: z
        .discriminatedUnion('type', [button, staticSelect, overflow, radioButtons, checkboxes, picture])
        .optional(),
    })
    .refine(
      (section) => section.text !== undefined || section.fields !== undefined,
      'missing required field: text or fields',
    ),
  z.strictObject({ type: z.literal('header'), block_id: id, text: plain(150) }),
  z.strictObject({
    type: z.literal('context'),
    block_id: id,
    elements: list(z.discriminatedUnion('type', [plain(3000), mrkdwn(3000), picture]), 10),
  }),
  z.strictObject({
    type: z.literal('actions'),
    block_id: id,
    elements: list(z.discriminatedUnion('type', [button, staticSelect, overflow, radioButtons, checkboxes]), 25),
  }),
  z.strictObject({ type: z.literal('divider'), block_id: id }),
  z.strictObject({ type: z.literal('markdown'), block_id: id, text: chars(12_000) }),
  z.strictObject({
    type: z.literal('input'),
    block_id: id,
    label: plain(2000),
    hint: plain(2000).optional(),
    optional: z.boolean().optional(),
    dispatch_action: z.boolean().optional(),
    element: z.discriminatedUnion('type', [plainTextInput, staticSelect, radioButtons, checkboxes]),
  }),
])

/** The schema of a modal: a title of at most 24 characters, 1 to 100 blocks, and `submit` where a block is an input. */
export const view = z
  .strictObject({
    type: z.literal('modal'),
    title: plain(24),
    blocks: list(block, 100),
    submit: plain(24).optional(),
    close: plain(24).optional(),
    callback_id: z.string().max(255, 'must be less than 256 characters').optional(),
    external_id: z.string().max(255, 'must be less than 256 characters').optional(),
    private_metadata: z.string().max(3000, 'must be less than 3001 characters').optional(),
    clear_on_close: z.boolean().optional(),
    notify_on_close: z.boolean().optional(),
    submit_disabled: z.boolean().optional(),
  })
  .refine(
    ({ submit, blocks }) => submit !== undefined || blocks.every(({ type }) => type !== 'input'),
    'missing required field: submit',
  )

/** A block as it was taken, of a message or a view. */
export type Block = z.infer<typeof block>
/** A view as it was taken; every one here is a modal. */
export type View = z.infer<typeof view>
/** An element that a person can press, choose from or type into. */
export type Control =
  | z.infer<typeof button>
  | z.infer<typeof staticSelect>
  | z.infer<typeof overflow>
  | z.infer<typeof radioButtons>
  | z.infer<typeof checkboxes>
  | z.infer<typeof plainTextInput>

/** Every control of some blocks, in reading order, with the block it stands in. */
export function controlsOf(
  blocks: readonly Block[],
): readonly { readonly blockId: string; readonly control: Control }[] {
  return blocks.flatMap((each) => controlsIn(each).map((control) => ({ blockId: each.block_id ?? '', control })))
}

function controlsIn(each: Block): readonly Control[] {
  if (each.type === 'actions') return each.elements
  if (each.type === 'input') return [each.element]
  return each.type === 'section' && each.accessory && each.accessory.type !== 'image' ? [each.accessory] : []
}
