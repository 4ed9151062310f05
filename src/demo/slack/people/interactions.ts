// What people do in the channel, and what comes of it: a payload goes to the app, and its acknowledgement, or the lack of
// one, is shown to the person.

import {
  type Channel,
  type Chosen,
  type Clock,
  type LocalSlack,
  type Message,
  type Modal,
  type Person,
  SLACKBOT,
} from '../entities.ts'
import {
  closedPayload,
  commandPayload,
  messageActionPayload,
  type Payload,
  submissionPayload,
  viewActionPayload,
} from '../socket/payloads.ts'
import type { Delivery, Kind } from '../socket/socket.ts'
import type { Store } from '../store.ts'
import { readView } from '../web/limits.ts'
import { answer, type Reply, type Responder, type Source } from '../web/respond.ts'
import { actionOf, missing, stateOf } from './actions.ts'
import type { Modals, Triggers } from './modals.ts'

type Options = {
  readonly store: Store
  readonly modals: Modals
  readonly triggers: Triggers
  readonly responder: Responder
  readonly deliver: (kind: Kind, payload: Payload) => Promise<Delivery>
  readonly people: readonly Person[]
  readonly channel: Channel
  readonly clock: Clock
  readonly url: string
}
type Acts = Pick<LocalSlack, 'command' | 'click' | 'choose' | 'submit' | 'dismiss'>

/**
 * What people do, as LocalSlack offers it. Each throws for an unknown person, and for a control or view that is not
 * there or not theirs to see.
 */
export function interactions({
  store,
  modals,
  triggers,
  responder,
  deliver,
  people,
  channel,
  clock,
  url,
}: Options): Acts {
  /** What was chosen and not sent off, by person and surface. */
  const held = new Map<string, Readonly<Record<string, Chosen>>>()

  function personOf(id: string): Person {
    const person = people.find((each) => each.id === id)
    if (!person) throw new Error(`nobody here has the id ${id}`)
    return person
  }
  const ways = (user: string, message: Message | null) => ({
    responseUrl: `${url}${responder.open({ user, message })}`,
    triggerId: triggers.issue(user),
  })

  async function act(user: string, surface: string, actionId: string, chosen: Chosen | null): Promise<void> {
    const person = personOf(user)
    const modal = modals.find(surface)
    const message = store.find(surface)
    if (message && message.onlyFor !== null && message.onlyFor !== user)
      throw new Error(`${user} does not see message ${surface}`)
    const blocks = modal?.view.blocks ?? message?.blocks ?? []
    const action = actionOf(blocks, actionId, chosen, clock.now())
    if (!action) throw new Error(`${surface} has no ${actionId}${chosen === null ? '' : ` with ${chosen}`}`)
    if (chosen !== null) held.set(`${user} ${surface}`, { ...held.get(`${user} ${surface}`), [actionId]: chosen })
    const acted = {
      person,
      action,
      values: stateOf(blocks, held.get(`${user} ${surface}`) ?? {}),
      ...ways(user, message),
    }
    const payload = modal
      ? viewActionPayload({ ...acted, modal })
      : message && messageActionPayload({ ...acted, channel, message })
    if (payload) settle(store, await deliver('interactive', payload), `"${actionId}"`, { user, message })
  }

  function modalOf(user: string, viewId: string): Modal {
    const modal = modals.find(viewId)
    if (modal?.user !== user) throw new Error(`no view ${viewId} is open before ${user}`)
    return modal
  }

  return {
    async command(user, text) {
      const person = personOf(user)
      store.post({ user, text, isCommand: true })
      const payload = commandPayload({ person, channel, text, ...ways(user, null) })
      settle(store, await deliver('slash_commands', payload), text.split(' ')[0] ?? text, { user, message: null })
    },
    click: (user, surface, actionId) => act(user, surface, actionId, null),
    choose: (user, surface, actionId, chosen) => act(user, surface, actionId, chosen),
    async submit(user, viewId, values) {
      const person = personOf(user)
      const modal = modalOf(user, viewId)
      const state = stateOf(modal.view.blocks, { ...held.get(`${user} ${viewId}`), ...values })
      const errors = missing(modal.view.blocks, state)
      if (Object.keys(errors).length > 0) return void modals.complain(modal, { errors })
      const payload = submissionPayload({ person, modal, values: state, triggerId: triggers.issue(user) })
      settleView(modals, modal, await deliver('interactive', payload))
    },
    async dismiss(user, viewId) {
      const modal = modalOf(user, viewId)
      modals.close(modal)
      if (modal.view.notify_on_close) await deliver('interactive', closedPayload({ person: personOf(user), modal }))
    },
  }
}

/** Shows what came of a delivery to whoever typed or pressed: the app's reply, or that it failed. */
function settle(store: Store, delivery: Delivery, what: string, source: Source): void {
  const { user, message } = source
  if (!delivery.ok) {
    const text = `${what} failed with the error "${delivery.error}"`
    store.post({ user: SLACKBOT.id, text, onlyFor: user, thread: message?.thread ?? null })
  } else if (isReply(delivery.answer)) answer(store, source, delivery.answer)
}

function settleView(modals: Modals, modal: Modal, delivery: Delivery): void {
  if (!delivery.ok) return void modals.complain(modal, { trouble: 'We had some trouble connecting. Try again?' })
  const {
    response_action: action,
    errors,
    view,
  } = (delivery.answer ?? {}) as { response_action?: string; errors?: Record<string, string>; view?: unknown }
  if (action === 'errors' && errors) return void modals.complain(modal, { errors })
  if (action !== 'update') return void modals.close(modal)
  const read = readView(JSON.stringify(view))
  if (read.ok) modals.replace(modal, read.view)
  else
    modals.complain(modal, {
      trouble: `The app answered with a view that Slack refuses: ${read.errors?.[0] ?? read.error}`,
    })
}

/** Whether an acknowledgement carries words; Bolt's empty one carries an empty object. */
function isReply(value: unknown): value is Reply {
  return typeof value === 'object' && value !== null && ('text' in value || 'blocks' in value)
}
