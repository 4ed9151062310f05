// What Slack sends an app when a person types a command, uses a control, or sends a view off: whole payloads, as documented.

import { randomUUID } from 'node:crypto'
import { APP_ID, BOT, type Channel, type Message, type Modal, type Person, TEAM } from '../entities.ts'
import { wireView } from '../people/modals.ts'
import { wireMessage } from '../web/chat.ts'

/** A payload for an app: an object that goes out as JSON, or as the form of a command. */
export type Payload = Readonly<Record<string, unknown>>
/** The two ways in which an app can answer what a person did. */
type Ways = { readonly responseUrl: string; readonly triggerId: string }

const VERIFICATION_TOKEN = 'local-verification-token'

/** The payload of a slash command: in `/migrate start a b` the command is `/migrate`, the text `start a b`. */
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

/** The `block_actions` payload of a control in a message. */
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

/** The `block_actions` payload of a control in an open view; it has no `response_url`. */
export function viewActionPayload(o: Acted & { modal: Modal }): Payload {
  return {
    ...interaction('block_actions', o.person),
    trigger_id: o.triggerId,
    container: { type: 'view', view_id: o.modal.id },
    view: wireView(o.modal, o.values),
    actions: [o.action],
  }
}

/** The `view_submission` payload; `values` is what each control holds, by block id and action id. */
export function submissionPayload(o: { person: Person; modal: Modal; values: Payload; triggerId: string }): Payload {
  return {
    ...interaction('view_submission', o.person),
    trigger_id: o.triggerId,
    view: wireView(o.modal, o.values),
    response_urls: [],
  }
}

/** The `view_closed` payload, for views that ask for it with `notify_on_close`. */
export function closedPayload(o: { person: Person; modal: Modal }): Payload {
  return { ...interaction('view_closed', o.person), view: wireView(o.modal), is_cleared: false }
}

/** The payload of an `app_mention` event. */
export function mentionPayload(o: { person: Person; channel: Channel; message: Message }): Payload {
  return event(o.person, o.message, { type: 'app_mention', channel: o.channel.id })
}

/** The payload of a `message` event in the conversation of one person with the app. */
export function directPayload(o: { person: Person; message: Message }): Payload {
  return event(o.person, o.message, { type: 'message', channel: `D${o.person.id}`, channel_type: 'im' })
}

function event({ id }: Person, { ts, text, thread }: Message, about: Payload): Payload {
  const said = { user: id, text, ts, event_ts: ts, team: TEAM.id, ...(thread ? { thread_ts: thread } : {}) }
  return {
    token: VERIFICATION_TOKEN,
    team_id: TEAM.id,
    api_app_id: APP_ID,
    event: { ...about, ...said },
    type: 'event_callback',
    event_id: `Ev${randomUUID().replaceAll('-', '').slice(0, 9).toUpperCase()}`,
    event_time: Math.floor(Number(ts)),
    authorizations: [
      { enterprise_id: null, team_id: TEAM.id, user_id: BOT.id, is_bot: true, is_enterprise_install: false },
    ],
    is_ext_shared_channel: false,
  }
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
