// Slack's Web API, as far as a bot of ours goes: one small function a method, parameters in, answer out.
import { APP_ID, BOT, type Channel, type Message, type Person, TEAM } from './entities.ts'
import { type Refusal, readContent } from './limits.ts'
import type { Store } from './store.ts'

export type Params = Readonly<Record<string, string>>
export type Answer = { readonly ok: true; readonly [key: string]: unknown } | Refusal
export type World = {
  readonly store: Store
  readonly people: readonly Person[]
  readonly channel: Channel
  /** A fresh address at which one Socket Mode connection may be opened. */
  readonly socketUrl: () => string
}
type Method = (world: World, params: Params) => Answer

export const METHODS: Readonly<Record<string, Method>> = {
  'auth.test': () => ({
    ok: true,
    url: 'https://local.slack.com/',
    team: TEAM.domain,
    user: BOT.name,
    team_id: TEAM.id,
    user_id: BOT.id,
    bot_id: BOT.botId,
    is_enterprise_install: false,
  }),
  'apps.connections.open': ({ socketUrl }) => ({ ok: true, url: socketUrl() }),
  'chat.postMessage': postMessage,
  'chat.postEphemeral': postEphemeral,
  'chat.update': update,
  'usergroups.users.list': () => ({ ok: true, users: [] }),
  'users.info': userInfo,
}

/** Methods that take the app's token, not the bot's. */
export const APP_METHODS: readonly string[] = ['apps.connections.open']

function postMessage({ store, channel }: World, params: Params): Answer {
  const problem = wrongChannel(channel, params) ?? wrongThread(store, params)
  if (problem) return problem
  const content = readContent({ text: params.text, blocks: params.blocks, isUpdate: false })
  if (!content.ok) return content
  const message = store.post({
    user: BOT.id,
    text: content.text,
    blocks: content.blocks,
    thread: params.thread_ts ?? null,
  })
  return { ok: true, channel: channel.id, ts: message.ts, message: wireMessage(message) }
}

function postEphemeral({ store, channel, people }: World, params: Params): Answer {
  const problem = wrongChannel(channel, params) ?? wrongThread(store, params)
  if (problem) return problem
  const person = people.find(({ id }) => id === params.user)
  if (!person) return refuse('user_not_in_channel')
  const content = readContent({ text: params.text, blocks: params.blocks, isUpdate: false })
  if (!content.ok) return content
  const { ts } = store.post({
    user: BOT.id,
    text: content.text,
    blocks: content.blocks,
    thread: params.thread_ts ?? null,
    onlyFor: person.id,
  })
  return { ok: true, message_ts: ts }
}

function update({ store, channel }: World, params: Params): Answer {
  const problem = wrongChannel(channel, params)
  if (problem) return problem
  const before = store.find(params.ts ?? '')
  if (!before || before.onlyFor !== null) return refuse('message_not_found')
  if (before.user !== BOT.id) return refuse('cant_update_message')
  // An update with text and no blocks takes the blocks away.
  const content = readContent({ text: params.text, blocks: params.blocks, isUpdate: true })
  if (!content.ok) return content
  const message = store.edit(before.ts, content) ?? before
  return { ok: true, channel: channel.id, ts: message.ts, text: message.text, message: wireMessage(message) }
}

function userInfo({ people }: World, params: Params): Answer {
  const person = people.find(({ id }) => id === params.user)
  if (!person) return refuse('user_not_found')
  const { id, name } = person
  return {
    ok: true,
    user: {
      id,
      name,
      team_id: TEAM.id,
      real_name: name,
      is_bot: false,
      deleted: false,
      profile: { display_name: name, real_name: name },
    },
  }
}

export function wireMessage({ ts, user, text, blocks, thread }: Message): Readonly<Record<string, unknown>> {
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
  }
}

export function refuse(error: string): Refusal {
  return { ok: false, error }
}

function wrongChannel({ id, name }: Channel, params: Params): Refusal | null {
  return [id, name, `#${name}`].includes(params.channel ?? '') ? null : refuse('channel_not_found')
}

function wrongThread(store: Store, params: Params): Refusal | null {
  const thread = params.thread_ts
  return thread === undefined || store.find(thread) ? null : refuse('thread_not_found')
}
