// Block Kit as Slack takes it: every block and element this Slack knows, with the published limits, refused as Slack does.
// Objects are strict, as Slack's are: a property it does not know is refused.
import { z } from 'zod'

/** Undocumented: the sum of a message's block text (bolt-js#2509). */
const BLOCK_TEXT_CHARS_MAX = 13_200
const BLOCKS_A_MESSAGE_MAX = 50
const UPDATE_TEXT_CHARS_MAX = 4_000
const POST_TEXT_CHARS_MAX = 40_000

const chars = (max: number) =>
  z
    .string()
    .min(1, 'must be more than 0 characters')
    .max(max, `must be less than ${max + 1} characters`)
const list = <T extends z.ZodType>(of: T, max: number) =>
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

const block = z.discriminatedUnion('type', [
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

export type Block = z.infer<typeof block>
export type Refusal = {
  readonly ok: false
  readonly error: string
  readonly errors?: readonly string[]
  readonly response_metadata?: { readonly messages: readonly string[] }
}
export type Content = { readonly ok: true; readonly text: string; readonly blocks: readonly Block[] }

/** Text and blocks of a message, as taken or as refused. `blocks` is the JSON text a form carries. */
export function readContent(form: {
  readonly text: string | undefined
  readonly blocks: string | undefined
  readonly isUpdate: boolean
}): Content | Refusal {
  const { text: fallback = '', isUpdate } = form
  const blocks = form.blocks ? parseBlocks(form.blocks, BLOCKS_A_MESSAGE_MAX) : []
  if ('ok' in blocks) return blocks
  if (fallback === '' && blocks.length === 0) return { ok: false, error: 'no_text' }
  if (isUpdate && fallback.length > UPDATE_TEXT_CHARS_MAX) return { ok: false, error: 'msg_too_long' }
  if (blockChars(blocks) > BLOCK_TEXT_CHARS_MAX) return { ok: false, error: 'msg_blocks_too_long' }
  return { ok: true, text: fallback.slice(0, POST_TEXT_CHARS_MAX), blocks }
}

export function parseBlocks(json: string, blocksMax: number): readonly Block[] | Refusal {
  const parsed = list(block, blocksMax).safeParse(parseJson(json))
  if (!parsed.success)
    return refuseBlocks(parsed.error.issues.map(({ path, message }) => ({ message, pointer: path.join('/') })))
  const repeated = repeatedIds(parsed.data)
  return repeated.length > 0
    ? refuseBlocks(repeated.map((message) => ({ message, pointer: '' })))
    : identified(parsed.data)
}

/** Slack gives every block and element that came without an id one of its own. */
function identified(blocks: readonly Block[]): readonly Block[] {
  return blocks.map((given, index) => {
    const named = { ...given, block_id: given.block_id ?? `block-${index}` }
    if (named.type === 'actions')
      return {
        ...named,
        elements: named.elements.map((element, at) => ({
          ...element,
          action_id: element.action_id ?? `action-${index}-${at}`,
        })),
      }
    if (named.type === 'section' && named.accessory && named.accessory.type !== 'image')
      return { ...named, accessory: { ...named.accessory, action_id: named.accessory.action_id ?? `action-${index}` } }
    if (named.type === 'input')
      return { ...named, element: { ...named.element, action_id: named.element.action_id ?? `action-${index}` } }
    return named
  })
}

function repeatedIds(blocks: readonly Block[]): string[] {
  const blockIds = blocks.flatMap(({ block_id }) => block_id ?? [])
  const actionIds = blocks.flatMap((each) =>
    each.type === 'actions' ? [each.elements.flatMap(({ action_id }) => action_id ?? [])] : [],
  )
  return [
    ...repeats(blockIds).map((name) => `\`block_id\` "${name}" already exists`),
    ...actionIds.flatMap(repeats).map((name) => `\`action_id\` "${name}" already exists for another element`),
  ]
}

function repeats(ids: readonly string[]): string[] {
  return [...new Set(ids.filter((name, index) => ids.indexOf(name) !== index))]
}

function refuseBlocks(problems: readonly { readonly message: string; readonly pointer: string }[]): Refusal {
  const messages = problems.map(
    ({ message, pointer }) => `${message} [json-pointer:/blocks${pointer ? `/${pointer}` : ''}]`,
  )
  return {
    ok: false,
    error: 'invalid_blocks',
    errors: messages,
    response_metadata: { messages: messages.map((message) => `[ERROR] ${message}`) },
  }
}

/** Every string under a `text` key counts, wherever it stands. */
function blockChars(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, each) => sum + blockChars(each), 0)
  if (typeof value !== 'object' || value === null) return 0
  return Object.entries(value).reduce(
    (sum, [key, each]) => sum + (key === 'text' && typeof each === 'string' ? each.length : blockChars(each)),
    0,
  )
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
