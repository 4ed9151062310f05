// The chat.* methods: what a bot posts, edits and deletes.

import { APP_ID, BOT, type Channel, type Message, type Metadata, TEAM } from '../entities.ts'
import type { Store } from '../store.ts'
import type { Answer, Params, World } from './answers.ts'
import { type Refusal, readContent } from './limits.ts'

/**
 * Answers chat.postMessage. Refuses with channel_not_found, thread_not_found, invalid_metadata_format, or as
 * readContent does.
 */
export function postMessage({ store, channel, people }: World, params: Params): Answer {
  const person = people.find(({ id }) => id === params.channel || `D${id}` === params.channel)
  if (person) return postDirectly(store, person.id, params)
  const problem = unwritable(channel, params) ?? wrongThread(store, params) ?? wrongMetadata(params)
  if (problem) return problem
  const content = readContent({ text: params.text, blocks: params.blocks, isUpdate: false })
  if (!content.ok) return content
  const { text, blocks } = content
  const isBroadcast = params.reply_broadcast === 'true' && params.thread_ts !== undefined
  const message = store.post({
    user: BOT.id,
    text,
    blocks,
    thread: params.thread_ts ?? null,
    isBroadcast,
    metadata: metadataOf(params),
  })
  return { ok: true, channel: channel.id, ts: message.ts, message: wireMessage(message) }
}

/** What is posted to a person's id is a direct message. */
function postDirectly(store: Store, person: string, params: Params): Answer {
  const content = readContent({ text: params.text, blocks: params.blocks, isUpdate: false })
  if (!content.ok) return content
  const { ts } = store.post({
    user: BOT.id,
    text: content.text,
    blocks: content.blocks,
    onlyFor: person,
    isDirect: true,
  })
  return { ok: true, channel: `D${person}`, ts }
}

/** Answers chat.postEphemeral. Refuses as chat.postMessage does, or with user_not_in_channel for an unknown person. */
export function postEphemeral({ store, channel, people }: World, params: Params): Answer {
  const problem = unwritable(channel, params) ?? wrongThread(store, params)
  if (problem) return problem
  const person = people.find(({ id }) => id === params.user)
  if (!person) return refuse('user_not_in_channel')
  const content = readContent({ text: params.text, blocks: params.blocks, isUpdate: false })
  if (!content.ok) return content
  const { text, blocks } = content
  const { ts } = store.post({ user: BOT.id, text, blocks, thread: params.thread_ts ?? null, onlyFor: person.id })
  return { ok: true, message_ts: ts }
}

/**
 * Answers chat.update. Refuses with message_not_found, with cant_update_message where the message is not the bot's, or
 * as chat.postMessage does.
 */
export function update({ store, channel }: World, params: Params): Answer {
  const before = ownMessage(store, channel, params, 'cant_update_message')
  if (!before.ok) return before
  const problem = wrongMetadata(params)
  if (problem) return problem
  // An update with text and no blocks takes the blocks away.
  const content = readContent({ text: params.text, blocks: params.blocks, isUpdate: true })
  if (!content.ok) return content
  const { ts, isBroadcast, metadata } = before.message
  const edit = {
    text: content.text,
    blocks: content.blocks,
    isBroadcast: isBroadcast || params.reply_broadcast === 'true',
    metadata: metadataOf(params) ?? metadata,
  }
  const message = store.edit(ts, edit) ?? before.message
  return { ok: true, channel: channel.id, ts, text: message.text, message: wireMessage(message) }
}

/**
 * Answers chat.delete. Refuses with message_not_found, or with cant_delete_message where the message is not the bot's.
 */
export function remove({ store, channel }: World, params: Params): Answer {
  const found = ownMessage(store, channel, params, 'cant_delete_message')
  if (!found.ok) return found
  store.remove(found.message.ts)
  return { ok: true, channel: channel.id, ts: found.message.ts }
}

/** Answers chat.getPermalink. Refuses with message_not_found, also for an ephemeral message, which has no link. */
export function permalink({ store, channel, url }: World, params: Params): Answer {
  const message = store.find(params.message_ts ?? '')
  if (wrongChannel(channel, params)) return refuse('channel_not_found')
  if (!message || message.onlyFor !== null) return refuse('message_not_found')
  const thread = message.thread ? `?thread_ts=${message.thread}&cid=${channel.id}` : ''
  const link = `${url}/archives/${channel.id}/p${message.ts.replace('.', '')}${thread}`
  return { ok: true, channel: channel.id, permalink: link }
}

/** A message as Slack sends it to an app. */
export function wireMessage({ ts, user, text, blocks, thread, metadata }: Message): Readonly<Record<string, unknown>> {
  const author = user === BOT.id ? { bot_id: BOT.botId, app_id: APP_ID } : {}
  return {
    type: 'message',
    user,
    ts,
    text,
    team: TEAM.id,
    ...author,
    ...(blocks.length > 0 ? { blocks } : {}),
    ...(thread ? { thread_ts: thread } : {}),
    ...(metadata ? { metadata } : {}),
  }
}

/** A refusal with one of Slack's error codes; it is a value, nothing is thrown. */
export function refuse(error: string): Refusal {
  return { ok: false, error }
}

function ownMessage(
  store: Store,
  channel: Channel,
  params: Params,
  refused: string,
): { readonly ok: true; readonly message: Message } | Refusal {
  const problem = unwritable(channel, params)
  if (problem) return problem
  const message = store.find(params.ts ?? '')
  if (!message || message.onlyFor !== null) return refuse('message_not_found')
  return message.user === BOT.id ? { ok: true, message } : refuse(refused)
}

/**
 * Null where the bot may write in the channel that a call names; else channel_not_found, not_in_channel, is_archived or
 * restricted_action_read_only_channel.
 */
export function unwritable(channel: Channel, params: Params): Refusal | null {
  const { isMember = true, isArchived = false, isReadOnly = false } = channel
  const wrong = wrongChannel(channel, params)
  if (wrong) return wrong
  if (isArchived) return refuse('is_archived')
  if (!isMember) return refuse('not_in_channel')
  return isReadOnly ? refuse('restricted_action_read_only_channel') : null
}

/** Null where a call names the one channel, by id, name or `#name`; else a refusal with channel_not_found. */
export function wrongChannel({ id, name }: Channel, params: Params): Refusal | null {
  return [id, name, `#${name}`].includes(params.channel ?? '') ? null : refuse('channel_not_found')
}

/** Null where a call names no thread, or one that is there; else a refusal with thread_not_found. */
export function wrongThread(store: Store, params: Params): Refusal | null {
  return params.thread_ts === undefined || store.find(params.thread_ts) ? null : refuse('thread_not_found')
}

function wrongMetadata(params: Params): Refusal | null {
  return params.metadata === undefined || metadataOf(params) ? null : refuse('invalid_metadata_format')
}

function metadataOf(params: Params): Metadata | null {
  try {
    const { event_type, event_payload } = JSON.parse(params.metadata ?? 'null') as Partial<Metadata>
    return event_type && event_payload ? { event_type, event_payload } : null
  } catch {
    return null
  }
}
