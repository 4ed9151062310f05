// Renders a step that has failed: its code, the problem and the remedy, with the buttons that act on it.

import { mayRetry } from '../../core/asking/permits.ts'
import { serviceNamed, serviceNameOf } from '../../core/journal/services.ts'
import { isOver, sameFailures } from '../../core/journal/state.ts'
import type { Entry, EntryOf } from '../../core/model/entries.ts'
import { SAME_FAILURES_MAX } from '../../core/model/limits.ts'
import type { Migration } from '../../core/model/migration.ts'
import { moveOf, nameOf } from '../../core/model/moves.ts'
import { subjectName } from '../../core/model/subjects.ts'
import { bold, mention, code as typed } from '../../core/model/text.ts'
import { button, buttons, closed, type Message, message, note, sections, time } from './blocks.ts'
import { deferButton, giveBackButton, mayDeferNow, mayGiveBackNow } from './decisions.ts'

/** `entries` is the whole journal: a later retry, a vouch or the end of the migration replaces the buttons. */
export function failureMessage(m: Migration, failed: EntryOf<'failed'>, entries: readonly Entry[]): Message {
  const { effect, code, problem, remedy } = failed
  const { name, step, service } = failedThing(m, effect)
  const title = `${name} stopped at ${step}: ${code}.`
  const shown = sections([bold(title), `${problem.replace(/\.$/, '')}.`, `Next: ${remedy}. Everything else goes on.`])
  const retried = entries.find((entry) => entry.kind === 'retried' && entry.failed === failed.nonce)
  if (retried?.kind === 'retried')
    return closed(title, shown, `Tried again by ${mention(retried.by)} at ${time(retried.atMs)}.`)
  const vouched = entries.find((entry) => entry.kind === 'confirmed' && entry.effects.includes(effect))
  if (vouched?.kind === 'confirmed')
    return closed(
      title,
      shown,
      `${mention(vouched.by)} says that it is down: ${vouched.reason ?? ''} (${time(vouched.atMs)}).`,
    )
  if (isOver(m)) return closed(title, shown, `${m.id} is ${m.phase}.`)
  const refusal = mayRetry(m, effect)
  if (refusal && m.halted === null) return closed(title, shown, refusal.refusal)
  const defer = service && mayDeferNow(m, service) ? [deferButton(m, service)] : []
  const state = m.effects.get(effect)
  const times = state ? sameFailures(m, state) : 0
  // Another click would not help: somebody has to look first, and confirms that by typing the command.
  const isStuck = times >= SAME_FAILURES_MAX
  const stuck = isStuck
    ? note(
        `It failed ${times} times for the same reason: put that right first, then ${typed(`/migrate retry ${name}`)}.`,
      )
    : []
  const retry = isStuck ? [] : [button('retry-step', 'Retry', { id: m.id, effect })]
  // Two primaries are worse than any wait: only a person who has looked may vouch for what the host does not confirm.
  const vouch =
    step === 'fence'
      ? [button('vouch-fence', 'It is down, I have seen it', { id: m.id, effect }, { style: 'danger' })]
      : []
  const giveBack = service && mayGiveBackNow(m, service) ? [giveBackButton(m, service)] : []
  const ways = [...retry, ...defer, ...giveBack, ...vouch]
  const people = note(`${mention(m.by)}: it waits for somebody to act.`)
  const blocks = [...shown, ...stuck, ...people, ...(ways.length > 0 ? [buttons(...ways)] : [])]
  return message(`${title} Next: ${remedy}.`, blocks)
}

function failedThing(m: Migration, id: string) {
  const effect = m.effects.get(id)?.effect
  const move = effect ? moveOf(m, effect.subject) : null
  const service = effect ? serviceNameOf(m, effect) : null
  return {
    name: (move && nameOf(move)) ?? service ?? (effect ? subjectName(effect.subject) : id),
    step: effect?.step ?? 'a step',
    service: service === null ? null : serviceNamed(m, service),
  }
}
