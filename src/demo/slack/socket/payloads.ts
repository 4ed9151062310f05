// What Slack sends an app when a person types a command, uses a control, or sends a view off: whole payloads, as documented.

import { APP_ID, type Channel, type Message, type Modal, type Person, TEAM } from '../entities.ts'
import { wireView } from '../people/modals.ts'
import { wireMessage } from '../web/chat.ts'

export type Payload = Readonly<Record<string, unknown>>
/** How an app answers what a person did. */
type Ways = { readonly responseUrl: string; readonly triggerId: string }

const VERIFICATION_TOKEN = 'local-verification-token'

export function commandPayload(o: Ways & { person: Person; channel: Channel; text: string }): Payload {
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

type Acted = Ways & { readonly person: Person; readonly action: Payload; readonly values: Payload }

export function messageActionPayload(o: Acted & { channel: Channel; message: Message }): Payload {
  const { ts, thread, onlyFor } = o.message
  const isEphemeral = onlyFor !== null
  return {
    ...interaction('block_actions', o.person),
    trigger_id: o.triggerId,
    response_url: o.responseUrl,
    channel: o.channel,
    container: {
      type: 'message',
      message_ts: ts,
      channel_id: o.channel.id,
      is_ephemeral: isEphemeral,
      ...(thread ? { thread_ts: thread } : {}),
    },
    // Slack does not send an ephemeral message back.
    ...(isEphemeral ? {} : { message: wireMessage(o.message) }),
    state: { values: o.values },
    actions: [o.action],
  }
}

export function viewActionPayload(o: Acted & { modal: Modal }): Payload {
  return {
    ...interaction('block_actions', o.person),
    trigger_id: o.triggerId,
    container: { type: 'view', view_id: o.modal.id },
    view: wireView(o.modal, o.values),
    actions: [o.action],
  }
}

export function submissionPayload(o: { person: Person; modal: Modal; values: Payload; triggerId: string }): Payload {
  return {
    ...interaction('view_submission', o.person),
    trigger_id: o.triggerId,
    view: wireView(o.modal, o.values),
    response_urls: [],
  }
}

export function closedPayload(o: { person: Person; modal: Modal }): Payload {
  return { ...interaction('view_closed', o.person), view: wireView(o.modal), is_cleared: false }
}

function interaction(type: string, { id, name }: Person): Payload {
  const user = { id, username: name, name, team_id: TEAM.id }
  return {
    type,
    token: VERIFICATION_TOKEN,
    api_app_id: APP_ID,
    team: TEAM,
    user,
    enterprise: null,
    is_enterprise_install: false,
  }
}
