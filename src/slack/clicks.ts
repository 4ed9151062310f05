// Buttons and forms. A click that is accepted changes the message itself; only a refusal is answered in words.

import type { App } from '@slack/bolt'
import { z } from 'zod'
import { effectId } from '../core/model/effects.ts'
import type { Migration } from '../core/model/migration.ts'
import { GATES } from '../core/model/migration.ts'
import { knownVolume } from '../core/model/moves.ts'
import { isMovable } from '../core/planning/route.ts'
import { volumeNameOf } from '../core/planning/route-replica.ts'
import type { Reply, UseCases } from '../core/ports.ts'
import { choiceConsequence, consequenceOf, stayConsequence } from '../core/telling/consequences.ts'
import { tellAlone } from './alone.ts'
import { answer, isWordOf } from './messages/blocks.ts'
import {
  chooseModal,
  errorText,
  readChoice,
  readReason,
  reasonModal,
  servicesFor,
  stayModal,
  typedModal,
} from './modals.ts'
import { orTrouble, orUnopened } from './trouble.ts'

const gate = z.object({
  id: z.string(),
  asked: z.string(),
  gate: z.enum(GATES),
  basis: z.string(),
})
const hands = z.object({ id: z.string(), intended: z.string() })
const step = z.object({ id: z.string(), effect: z.string() })
const question = z.object({ id: z.string(), asked: z.string() })
const misfit = z.object({ id: z.string(), entry: z.string() })
const suspicion = z.object({ id: z.string(), suspected: z.string(), isSo: z.boolean() })
const one = z.object({ id: z.string() })
const place = z.object({
  id: z.string(),
  volume: z.string().optional(),
  name: z.string().optional(),
  service: z.string().optional(),
  asked: z.string().optional(),
  basis: z.string().optional(),
  effect: z.string().optional(),
})

/** `onError` gets what an operation throws; the person gets a sentence instead (trouble.ts). */
export function listenForClicks(app: App, operations: UseCases, onError: (error: Error) => void): void {
  app.action(/^(approve|decline|confirm|retry|skip|settle|resume)-/, async ({ action, ack, body, client, respond }) => {
    await ack()
    if (action.type !== 'button' || !('action_id' in action) || !action.value) return
    const { action_id, value } = action
    const clicked = { by: body.user.id, operations }
    const refusal = await orTrouble(async () => {
      const call = callOf(action_id, await carriedBy(value, operations), clicked)
      return call === null ? OUTDATED : refusalOf(await call())
    }, onError)
    const asker = { respond, client, channel: body.channel?.id ?? null, user: body.user.id, onError }
    if (refusal) await tellAlone(asker, answer(refusal))
  })

  app.action(
    /^(choose-route|defer-|return-|abort-|exceed-|type-|vouch-)/,
    async ({ action, ack, body, client, respond }) => {
      await ack()
      if (action.type !== 'button' || !('action_id' in action) || !('trigger_id' in body) || !action.value) return
      const { action_id, value } = action
      const { trigger_id } = body
      const unopened = await orUnopened(async () => {
        const at = place.safeParse(await carriedBy(value, operations))
        if (!at.success) return OUTDATED
        await client.views.open({ trigger_id, view: await form(action_id, at.data, operations) })
        return ''
      }, onError)
      const asker = { respond, client, channel: body.channel?.id ?? null, user: body.user.id, onError }
      if (unopened) await tellAlone(asker, answer(unopened))
    },
  )

  app.view(/^(choose|defer|return|abort|exceed|cleanup|vouch)$/, async ({ ack, body, view }) => {
    const { values } = view.state
    const work = async () => {
      const at = place.safeParse(await carriedBy(view.private_metadata, operations))
      if (!at.success) return OUTDATED
      return refusalOf(await submit(view.callback_id, values, { on: { ...at.data, by: body.user.id }, operations }))
    }
    const refusal = await orTrouble(work, onError)
    // A refusal is shown in the form itself, under its first field, so that nothing typed is lost.
    const [field = 'reason'] = Object.keys(values)
    await (refusal ? ack({ response_action: 'errors', errors: { [field]: errorText(refusal) } }) : ack())
  })
}

function refusalOf({ ok, text }: Reply): string {
  return ok ? '' : text
}

const OUTDATED =
  'This button is of another version of zonehop, so nothing was asked. Use the newest message of the thread, or type the command: /migrate help lists them.'

/** What a button carries; undefined where it is no JSON. */
function parsedValue(value: string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    return undefined
  }
}

/**
 * What a button or a form carries, with the words that were too long for it put back; undefined where it is no JSON, or
 * its migration has no such word any more.
 */
async function carriedBy(written: string, operations: UseCases): Promise<unknown> {
  const shape = z.record(z.string(), z.string())
  const value = parsedValue(written)
  const words = shape.safeParse(value)
  if (!words.success || !Object.values(words.data).some(isShort)) return value
  const known = await wordsOf(words.data.id ?? '', operations)
  const whole = Object.entries(words.data).map(([key, word]) => [key, isShort(word) ? meant(word, known) : word])
  return whole.every(([, word]) => word !== undefined) ? Object.fromEntries(whole) : undefined
}

function isShort(word: string): boolean {
  return word.startsWith('#')
}

function meant(word: string, known: readonly string[]): string | undefined {
  return known.find((text) => isWordOf(word, text))
}

/** All that a button or a form may name of a migration that is not over. */
async function wordsOf(id: string, operations: UseCases): Promise<string[]> {
  const m = (await operations.running()).find((each) => each.id === id)
  if (!m) return []
  const { services, uncovered } = m.plan
  return [
    ...services.map(({ name }) => name),
    ...uncovered.flatMap(({ name, volume }) => [name, volume]),
    ...m.plan.checks.flatMap(({ volume }) => (volume ? [volume, nameOfVolume(m, volume)] : [])),
    ...m.effects.values().map(({ effect }) => effectId(effect)),
  ]
}

type Clicked = { readonly by: string; readonly operations: UseCases }

/** The use case that a button asks for; null where its value is not one that this version gives to it. */
function callOf(actionId: string, value: unknown, { by, operations }: Clicked): (() => Promise<Reply>) | null {
  const asked = <T>(shape: z.ZodType<T>, call: (carried: T) => Promise<Reply>) => {
    const carried = shape.safeParse(value)
    return carried.success ? () => call(carried.data) : null
  }
  switch (actionId.split('-')[0]) {
    case 'approve':
      return asked(gate, (carried) => operations.approve({ ...carried, by }))
    case 'confirm':
      return asked(hands, (carried) => operations.confirm({ ...carried, by }))
    case 'retry':
      return asked(step, ({ id, effect }) => operations.retry({ id, by, what: effect }))
    case 'settle':
      return asked(suspicion, (carried) => operations.settle({ ...carried, by }))
    case 'skip':
      return asked(misfit, (carried) => operations.skip({ ...carried, by }))
    case 'resume':
      return asked(one, (carried) => operations.resume({ ...carried, by }))
    default:
      return asked(question, (carried) => operations.decline({ ...carried, by }))
  }
}

type Place = z.infer<typeof place>

async function form(actionId: string, at: Place, operations: UseCases) {
  if (actionId.startsWith('type-')) return typedModal({ id: at.id, asked: at.asked ?? '', basis: at.basis ?? '' })
  const kind = REASONED.find((each) => actionId.startsWith(`${each}-`))
  if (kind) return await reasonForm(kind, at, operations)
  const about = { id: at.id, volume: at.volume ?? '', name: at.name ?? '' }
  const m = (await operations.running()).find((each) => each.id === at.id)
  const seen = m && knownVolume(m, about.volume)
  const which = placeText(m, about)
  // A volume that EC2 lets nobody move is offered the one way on that there is.
  if (seen && !isMovable(seen)) return stayModal(about, [`${which}. It cannot move as it stands.`, stayConsequence(m)])
  const known = m && placeOf(m, about.volume)
  const happens = known ? choiceConsequence(m, known.sizeGib) : ''
  return chooseModal(about, servicesFor(about, servicesIn(m)), [which, happens])
}

const REASONED = ['vouch', 'abort', 'exceed', 'defer', 'return'] as const

/** What will happen is said where it can be read; the form opens in any case, for an abort must not wait for that. */
async function reasonForm(kind: (typeof REASONED)[number], at: Place, operations: UseCases) {
  const { id, service, effect = '' } = at
  const m = (await operations.running().catch(() => [])).find((each) => each.id === id)
  const about = kind === 'vouch' ? { id, effect } : { id, ...(service ? { service } : {}) }
  return reasonModal(kind, about, [m ? consequenceOf(kind, m, about) : ''])
}

/** What is known of a volume that a form is about. */
function placeOf(m: Migration, volume: string) {
  return m.plan.uncovered.find((each) => each.volume === volume) ?? placeIn(m, volume)
}

function placeIn(m: Migration, id: string) {
  const seen = knownVolume(m, id)
  return seen && { ...seen.attachments[0], sizeGib: seen.sizeGib }
}

function nameOfVolume(m: Migration, id: string): string {
  const seen = knownVolume(m, id)
  return seen ? volumeNameOf(seen) : id
}

/** Which volume a form is about, so that nobody answers for another one of the same name. */
function placeText(
  m: Migration | undefined,
  { volume, name }: { readonly volume: string; readonly name: string },
): string {
  const known = m && placeOf(m, volume)
  if (!known) return `${name} (${volume})`
  const place = known.instance ? `${known.device} of ${known.instance}` : 'attached to nothing'
  return `${name} (${volume}, ${known.sizeGib} GiB, ${place})`
}

function servicesIn(m: Migration | undefined): string[] {
  return m?.plan.services.map(({ name }) => name) ?? []
}

async function serviceNames(id: string, operations: UseCases): Promise<string[]> {
  return servicesIn((await operations.running()).find((each) => each.id === id))
}

type Submitted = { readonly on: Place & { readonly by: string }; readonly operations: UseCases }

async function choose(values: unknown, { on, operations }: Submitted): Promise<Reply> {
  const { id, by, volume = '' } = on
  const choice = readChoice(values, volume)
  if (!isShort(choice.service)) return await operations.choose({ id, by, choice })
  const service = meant(choice.service, servicesFor(on, await serviceNames(id, operations)))
  if (service === undefined) return { ok: false, text: 'The plan has no such service any more; choose again.' }
  return await operations.choose({ id, by, choice: { ...choice, service } })
}

function submit(callback: string, values: unknown, { on, operations }: Submitted): Promise<Reply> {
  const { id, by } = on
  if (callback === 'cleanup') {
    const shown = { asked: on.asked ?? '', basis: on.basis ?? '' }
    return operations.approve({ id, by, gate: 'cleanup', ...shown, typed: readReason(values) })
  }
  if (callback === 'choose') return choose(values, { on, operations })
  const reason = readReason(values)
  if (callback === 'vouch') return operations.vouch({ id, by, effect: on.effect ?? '', reason })
  if (callback === 'abort') return operations.abort({ id, by, reason })
  if (callback === 'exceed') return operations.exceed({ id, by, reason })
  const why = { id, by, service: on.service ?? '', reason }
  return callback === 'return' ? operations.giveBack(why) : operations.defer(why)
}
