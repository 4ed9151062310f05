// What Slack refuses of a message or a view, in Slack's words: the schemas of blocks.ts and the limits that span blocks.
import type { z } from 'zod'
import { type Block, block, list, type View, view } from '../blocks.ts'

/** Undocumented: the sum of a message's block text (bolt-js#2509). */
const BLOCK_TEXT_CHARS_MAX = 13_200
const BLOCKS_A_MESSAGE_MAX = 50
const UPDATE_TEXT_CHARS_MAX = 4_000
const POST_TEXT_CHARS_MAX = 40_000
const VIEW_BYTES_MAX = 250_000

type Problem = Pick<z.core.$ZodIssue, 'message' | 'path'>
/** How Slack says no: an error code, and for blocks and views a sentence for each problem. */
export type Refusal = {
  readonly ok: false
  readonly error: string
  readonly errors?: readonly string[]
  readonly response_metadata?: { readonly messages: readonly string[] }
  /** The scope that is missing, and those that the token has. */
  readonly needed?: string
  readonly provided?: string
}
/** The text and blocks of a message, as they were taken. */
export type Content = { readonly ok: true; readonly text: string; readonly blocks: readonly Block[] }

/**
 * Text and blocks of a message, `blocks` being JSON text. Refuses with no_text, msg_too_long, msg_blocks_too_long or
 * invalid_blocks; the text of a post is cut instead.
 */
export function readContent(form: {
  readonly text: string | undefined
  readonly blocks: string | undefined
  readonly isUpdate: boolean
}): Content | Refusal {
  const { text: fallback = '', isUpdate } = form
  const blocks = form.blocks ? parseBlocks(form.blocks) : []
  if ('ok' in blocks) return blocks
  if (fallback === '' && blocks.length === 0) return { ok: false, error: 'no_text' }
  if (isUpdate && fallback.length > UPDATE_TEXT_CHARS_MAX) return { ok: false, error: 'msg_too_long' }
  if (blockChars(blocks) > BLOCK_TEXT_CHARS_MAX) return { ok: false, error: 'msg_blocks_too_long' }
  return { ok: true, text: fallback.slice(0, POST_TEXT_CHARS_MAX), blocks }
}

/** A view from JSON text. Refuses with view_too_large, or with invalid_arguments where messages get invalid_blocks. */
export function readView(json: string): { readonly ok: true; readonly view: View } | Refusal {
  if (Buffer.byteLength(json) > VIEW_BYTES_MAX) return { ok: false, error: 'view_too_large' }
  const parsed = view.safeParse(parseJson(json))
  if (!parsed.success) return refusal('invalid_arguments', 'view', parsed.error.issues)
  const repeated = repeatedIds(parsed.data.blocks)
  if (repeated.length > 0) return refusal('invalid_arguments', 'view', repeated)
  return { ok: true, view: { ...parsed.data, blocks: identified(parsed.data.blocks) } }
}

function parseBlocks(json: string): readonly Block[] | Refusal {
  const parsed = list(block, BLOCKS_A_MESSAGE_MAX).safeParse(parseJson(json))
  if (!parsed.success) return refusal('invalid_blocks', 'blocks', parsed.error.issues)
  const repeated = repeatedIds(parsed.data)
  return repeated.length > 0 ? refusal('invalid_blocks', 'blocks', repeated) : identified(parsed.data)
}

/** Slack gives every block and element that came without an id one of its own. */
function identified(blocks: readonly Block[]): Block[] {
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

function repeatedIds(blocks: readonly Block[]): readonly Problem[] {
  const blockIds = blocks.flatMap(({ block_id }) => block_id ?? [])
  const actionIds = blocks.flatMap((each) =>
    each.type === 'actions' ? [each.elements.flatMap(({ action_id }) => action_id ?? [])] : [],
  )
  const messages = [
    ...repeats(blockIds).map((name) => `\`block_id\` "${name}" already exists`),
    ...actionIds.flatMap(repeats).map((name) => `\`action_id\` "${name}" already exists for another element`),
  ]
  return messages.map((message) => ({ message, path: [] }))
}

function repeats(ids: readonly string[]): string[] {
  return [...new Set(ids.filter((name, index) => ids.indexOf(name) !== index))]
}

function refusal(error: string, root: string, problems: readonly Problem[]): Refusal {
  const errors = problems.map(({ message, path }) => `${message} [json-pointer:/${[root, ...path].join('/')}]`)
  return { ok: false, error, errors, response_metadata: { messages: errors.map((message) => `[ERROR] ${message}`) } }
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
