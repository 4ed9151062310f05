// What is pinned in the channel. Slack tells nobody's client more than that a message is pinned.
import type { Answer, Params, World } from './answers.ts'
import { refuse, unwritable } from './chat.ts'

/** As many as a channel of Slack takes. */
const PINS_MAX = 100

/**
 * Answers pins.add. Refuses with channel_not_found, not_in_channel, is_archived, no_item_specified, bad_timestamp,
 * message_not_found, already_pinned, or too_many_pins.
 */
export function addPin({ store, channel }: World, params: Params): Answer {
  const problem = unwritable(channel, params)
  if (problem) return problem
  const { timestamp = '' } = params
  if (timestamp === '') return refuse('no_item_specified')
  if (!/^\d+\.\d{6}$/.test(timestamp)) return refuse('bad_timestamp')
  const message = store.find(timestamp)
  if (!message || message.onlyFor !== null) return refuse('message_not_found')
  if (message.isPinned) return refuse('already_pinned')
  if (store.messages().filter(({ isPinned }) => isPinned).length >= PINS_MAX) return refuse('too_many_pins')
  store.pin(timestamp)
  return { ok: true }
}
