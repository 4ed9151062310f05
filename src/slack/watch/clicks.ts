// Choosing a route before there is a migration: the button below what a watch found, and its form.

import type { App } from '@slack/bolt'
import { z } from 'zod'
import type { AheadVolume, UseCases } from '../../core/ports.ts'
import { tellAlone } from '../alone.ts'
import { answer, isWordOf } from '../messages/blocks.ts'
import { chooseAheadModal, errorText, readChoice, servicesFor } from '../modals.ts'
import { orTrouble, orUnopened } from '../trouble.ts'

const place = z.object({ sourceZone: z.string(), targetZone: z.string(), volume: z.string(), name: z.string() })
type AheadPlace = z.infer<typeof place>

/** `onError` gets what an operation throws; the person gets a sentence instead (trouble.ts). */
export function listenForWatchClicks(app: App, operations: UseCases, onError: (error: Error) => void): void {
  app.action(/^watch-route-/, async ({ action, ack, body, client, respond }) => {
    await ack()
    if (action.type !== 'button' || !('trigger_id' in body) || !action.value) return
    const { trigger_id } = body
    const at = placeIn(action.value)
    const unopened = await orUnopened(async () => {
      const volume = at && (await operations.ahead(at))
      if (!volume) return at ? goneText(at) : OUTDATED
      const names = servicesFor(at, volume.services)
      await client.views.open({
        trigger_id,
        view: chooseAheadModal(at, names, { ...volume, said: saidOf(volume, at) }),
      })
      return ''
    }, onError)
    const asker = { respond, client, channel: body.channel?.id ?? null, user: body.user.id, onError }
    if (unopened) await tellAlone(asker, answer(unopened))
  })

  app.view('watch-choose', async ({ ack, body, view }) => {
    const { values } = view.state
    const refusal = await orTrouble(async () => {
      const at = placeIn(view.private_metadata)
      return at ? await choose(values, { at, by: body.user.id }, operations) : OUTDATED
    }, onError)
    const [field = 'route'] = Object.keys(values)
    await (refusal ? ack({ response_action: 'errors', errors: { [field]: errorText(refusal) } }) : ack())
  })
}

const OUTDATED = 'This button is of another version of zonehop, so nothing was asked. The next look posts a new one.'

function goneText({ name, sourceZone }: AheadPlace): string {
  return `The last look at ${sourceZone} did not show ${name}, so there is nothing to choose.`
}

/** What a button or a form carries; null where it is of another version. */
function placeIn(written: string): AheadPlace | null {
  try {
    return place.safeParse(JSON.parse(written)).data ?? null
  } catch {
    return null
  }
}

function saidOf({ which, sizeGib, isMovable }: AheadVolume, { sourceZone, targetZone }: AheadPlace): string[] {
  const stays = `If it stays, nothing of it is copied, and ${targetZone} goes without it.`
  if (!isMovable) return [`${which}. It cannot move as it stands in ${sourceZone}.`, stays]
  const moves = `If it is required, the outage of a migration waits for the copy of its ${sizeGib} GiB. If it can come later, it stays down until its copy is open in ${targetZone}, after go-live.`
  return [which, `${moves} ${stays}`]
}

/** Gives what is wrong; empty where it was chosen. */
async function choose(
  values: unknown,
  { at, by }: { readonly at: AheadPlace; readonly by: string },
  operations: UseCases,
): Promise<string> {
  const { sourceZone, targetZone, volume } = at
  const choice = readChoice(values, volume)
  const known = choice.service.startsWith('#') ? servicesFor(at, (await operations.ahead(at))?.services ?? []) : []
  const service = known.find((name) => isWordOf(choice.service, name)) ?? choice.service
  if (service.startsWith('#')) return 'The plan has no such service any more; choose again.'
  const { ok, text } = await operations.chooseAhead({ sourceZone, targetZone, by, choice: { ...choice, service } })
  return ok ? '' : text
}
