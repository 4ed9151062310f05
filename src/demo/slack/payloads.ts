// What Slack sends an app when a person types a command or presses a button: whole payloads, as Slack documents them.
import { randomUUID } from 'node:crypto'
import { wireMessage } from './api.ts'
import { APP_ID, type Channel, type Message, type Person, TEAM } from './entities.ts'
import type { Block } from './limits.ts'

export type Payload = Readonly<Record<string, unknown>>
export type Pressed = { readonly blockId: string; readonly element: Readonly<Record<string, unknown>> }

const VERIFICATION_TOKEN = 'local-verification-token'

export function commandPayload(o: {
  person: Person
  channel: Channel
  text: string
  responseUrl: string
  triggerId: string
}): Payload {
  const [command = '', ...words] = o.text.trim().split(/\s+/)
  return {
    token: VERIFICATION_TOKEN,
    team_id: TEAM.id,
    team_domain: TEAM.domain,
    channel_id: o.channel.id,
    channel_name: o.channel.name,
    user_id: o.person.id,
    user_name: o.person.name,
    command,
    text: words.join(' '),
    api_app_id: APP_ID,
    is_enterprise_install: 'false',
    response_url: o.responseUrl,
    trigger_id: o.triggerId,
  }
}

export function actionPayload(o: {
  person: Person
  channel: Channel
  message: Message
  action: Payload
  responseUrl: string
  triggerId: string
}): Payload {
  const { ts, thread, onlyFor } = o.message
  return {
    type: 'block_actions',
    token: VERIFICATION_TOKEN,
    api_app_id: APP_ID,
    trigger_id: o.triggerId,
    response_url: o.responseUrl,
    is_enterprise_install: false,
    enterprise: null,
    user: { id: o.person.id, username: o.person.name, name: o.person.name, team_id: TEAM.id },
    team: TEAM,
    channel: o.channel,
    container: {
      type: 'message',
      message_ts: ts,
      channel_id: o.channel.id,
      is_ephemeral: onlyFor !== null,
      ...(thread ? { thread_ts: thread } : {}),
    },
    ...(onlyFor === null ? { message: wireMessage(o.message) } : {}),
    state: { values: {} },
    actions: [o.action],
  }
}

/** The action of a pressed button; null when the message has no such button. */
export function buttonAction(blocks: readonly Block[], actionId: string, nowMs: number): Payload | null {
  for (const block of blocks) {
    const elements =
      block.type === 'actions' ? block.elements : block.type === 'section' && block.accessory ? [block.accessory] : []
    for (const element of elements) {
      if (element.type !== 'button' || element.action_id !== actionId) continue
      const { text, value, style, url } = element
      return {
        type: 'button',
        action_id: actionId,
        block_id: block.block_id,
        text,
        ...(value === undefined ? {} : { value }),
        ...(style ? { style } : {}),
        ...(url ? { url } : {}),
        action_ts: (nowMs / 1000).toFixed(6),
      }
    }
  }
  return null
}

export function newTriggerId(): string {
  return `${Date.now()}.${randomUUID()}`
}
