// Renders an alert, with the buttons that answer it while an answer is still possible; one that is past says why.

import { mentionsOf, peopleFor } from '../../core/asking/people.ts'
import { serviceNamed } from '../../core/journal/services.ts'
import { isKeptBackBy } from '../../core/journal/state.ts'
import type { EntryOf } from '../../core/model/entries.ts'
import type { Migration } from '../../core/model/migration.ts'
import { bold } from '../../core/model/text.ts'
import { alertEnd } from '../../core/telling/alert-ends.ts'
import { remindedOf } from '../../core/telling/reminders.ts'
import { buttons, closed, type Message, message, note, sections, toAll } from './blocks.ts'
import { abortButton, deferButton, exceedButton, mayAbortNow, mayDeferNow } from './decisions.ts'
import { gateButtons } from './gates.ts'

/** What asks for a decision is for the whole channel, with whoever may take it; what only tells stays in the thread. */
export function alertMessage(
  m: Migration,
  warned: EntryOf<'warned'>,
  { approvers }: { readonly approvers: readonly string[] },
): Message {
  const { text, service } = warned
  const shown = sections([bold(text)])
  const end = alertEnd(m, warned)
  if (end) return closed(text, shown, end)
  if (remindedOf(warned.about)) return reminderMessage(m, warned, approvers)
  if (!mayAbortNow(m)) return message(text, shown)
  const named = service === null ? null : serviceNamed(m, service)
  const isForecast = isKeptBackBy(m, warned.about)
  const defer = named !== null && mayDeferNow(m, named) ? [deferButton(m, named)] : []
  const ways = buttons(...defer, ...(isForecast ? [exceedButton(m)] : []), abortButton(m))
  if (defer.length === 0 && !isForecast) return message(text, [...shown, ways])
  const people = note(`${mentionsOf(approvers) || 'Approvers'}: it is for you to decide.`)
  return toAll(message(text, [...shown, ...people, ways]))
}

/** Nobody comes by a silent reply: the whole channel sees it, with whoever may answer, and with the buttons to do so. */
function reminderMessage(m: Migration, { text }: EntryOf<'warned'>, approvers: readonly string[]): Message {
  const { asking } = m
  const title = asking ? `${peopleFor(m, asking.gate, approvers)} ${text}` : text
  return toAll(message(title, [...sections([bold(title)]), ...(asking ? [buttons(...gateButtons(m, asking))] : [])]))
}
