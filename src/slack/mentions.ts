// The same words where /migrate cannot be typed: behind a mention in a channel or a thread, and in a direct message. In the thread of a
// status message its migration is meant. Slack sends an event again where it believes that nobody took it; the second one does nothing.
import type { App } from '@slack/bolt'
import type { GenericMessageEvent, MessageEvent } from '@slack/types'
import type { WebClient } from '@slack/web-api'
import type { Hearing } from '../core/ports.ts'
import { tellAlone } from './alone.ts'
import { type Command, parseCommand } from './command.ts'
import { type Desk as Answering, answerTyped, READS } from './commands.ts'
import { answer } from './messages/blocks.ts'
import { orUnread } from './trouble.ts'

type Desk = Answering & { readonly hearing: Hearing }

/** What was said to zonehop; `event` is Slack's name for it, the same when it is sent again. */
type Said = {
  readonly event: string
  readonly by: string
  readonly channel: string
  readonly thread: string | null
  readonly isDirect: boolean
  readonly command: Command
  readonly client: WebClient
}

/** `onError` gets what an operation throws; the person gets a sentence instead (trouble.ts). */
export function listenForMentions(app: App, desk: Desk): void {
  app.event('app_mention', async ({ event, body, context, client }) => {
    const { user: by, channel, thread_ts: thread = null, text } = event
    // What an app posts is nobody's word, also where it carries the name of a person.
    if (!by || event.bot_id) return
    const command = commandIn(text, context.botUserId ?? '')
    if (command === null) return
    await answerSaid({ event: body.event_id, by, channel, thread, isDirect: false, command, client }, desk)
  })

  app.event('message', async ({ event, body, context, client }) => {
    if (event.channel_type !== 'im' || !isSaid(event)) return
    const { user: by, channel, thread_ts: thread = null, text = '' } = event
    const command = parseCommand(behindName(text, context.botUserId ?? '') ?? text)
    await answerSaid({ event: body.event_id, by, channel, thread, isDirect: true, command, client }, desk)
  })
}

/** Subtypes of what a person says: with a file, into the channel as well, or behind /me. What has another was edited, deleted or posted by an app. */
const SPOKEN: readonly (string | undefined)[] = [undefined, 'file_share', 'thread_broadcast', 'me_message']

/** Whether a person says it; each of these has the fields of a plain message, where it has them at all. */
function isSaid(event: MessageEvent): event is GenericMessageEvent {
  return SPOKEN.includes(event.subtype) && !('bot_id' in event && event.bot_id) && 'user' in event
}

async function answerSaid(said: Said, desk: Desk): Promise<void> {
  const { event, by, channel, thread, isDirect, command, client } = said
  const { hearing, onError } = desk
  let isFirst = true
  const unheard = await orUnread(async () => {
    isFirst = await hearing.isFirst(event)
    return ''
  }, onError)
  if (!isFirst) return
  const asker = { by, channel, thread, isDirect, client }
  const text = unheard ? answer(unheard) : await answerTyped(command, asker, desk)
  if (!isDirect) return await tellAlone({ respond: undefined, client, channel, thread, user: by, onError }, text)
  await client.chat.postMessage({ channel, text, ...(thread === null ? {} : { thread_ts: thread }) })
}

/**
 * What is asked by a text that mentions zonehop; null where it is only spoken of. Nothing is done by a text that does not begin with its
 * name: "shall we let @zonehop abort because of this?" is a question to others.
 */
function commandIn(text: string, bot: string): Command | null {
  const asked = behindName(text, bot)
  if (asked !== null) return parseCommand(asked)
  const command = parseCommand(text.split(mentionOf(bot)).slice(1).join(' '))
  if (command.verb === 'wrong' || command.verb === 'help') return null
  return READS.has(command.verb) ? command : { verb: 'wrong', sentence: SPOKEN_OF }
}

const SPOKEN_OF =
  'Nothing was done: a message that asks for a change begins with my name, so that nothing happens that was only spoken of.'

/** What follows the name at the beginning; null where the text does not begin with it. */
function behindName(text: string, bot: string): string | null {
  // Somebody made it bold.
  const trimmed = text.replace(/^[\s*_~]+/, '')
  const [name = ''] = trimmed.match(mentionOf(bot)) ?? []
  return name !== '' && trimmed.startsWith(name) ? trimmed.slice(name.length) : null
}

/** With what people write behind a name, and markup that ends there. */
function mentionOf(bot: string): RegExp {
  return new RegExp(`<@${bot}(?:\\|[^>]*)?>[*_~]*[:,;]?[*_~]*`)
}
