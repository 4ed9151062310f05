// A step that has stopped: code, problem and what to do, with the buttons that do it.
import { effectId } from '../core/effects.ts'
import type { Entry, EntryOf } from '../core/entries.ts'
import type { Migration } from '../core/migration.ts'
import { moveOf, nameOf } from '../core/moves.ts'
import { isOver } from '../core/state.ts'
import { button, buttons, closed, type Message, sections, time } from './blocks.ts'
import { deferButton, mayDeferNow } from './decisions.ts'

export function failureMessage(m: Migration, failed: EntryOf<'failed'>, entries: readonly Entry[]): Message {
  const { effect, code, problem, remedy } = failed
  const { name, step, service } = whatFailed(m, effect)
  const title = `${name} stopped at ${step}: ${code}.`
  const shown = sections([`*${title}*`, `${problem.replace(/\.$/, '')}.`, `Next: ${remedy}. Everything else goes on.`])
  const retried = entries.find((entry) => entry.kind === 'retried' && entry.effect === effect && entry.rev > failed.rev)
  if (retried?.kind === 'retried')
    return closed(title, shown, `Tried again by <@${retried.by}> at ${time(retried.atMs)}.`)
  const vouched = entries.find((entry) => entry.kind === 'confirmed' && entry.effects.includes(effect))
  if (vouched?.kind === 'confirmed')
    return closed(
      title,
      shown,
      `<@${vouched.by}> says that it is down: ${vouched.reason ?? ''} (${time(vouched.atMs)}).`,
    )
  if (isOver(m)) return closed(title, shown, `${m.id} is ${m.phase}.`)
  const defer = service && mayDeferNow(m, service) ? [deferButton(m, service)] : []
  const retry = button('retry-step', 'Retry', { id: m.id, effect })
  // Two primaries are worse than any wait: only a person who has looked may say what the host does not.
  const vouch =
    step === 'fence' ? [button('vouch-fence', 'It is down, I have seen it', { id: m.id, effect }, 'danger')] : []
  return { text: `${title} Next: ${remedy}.`, blocks: [...shown, buttons(retry, ...defer, ...vouch)] }
}

function whatFailed(m: Migration, id: string) {
  const effect = [...m.effects.values()].map((state) => state.effect).find((each) => effectId(each) === id)
  const move = effect ? moveOf(m, effect.subject) : null
  const serviceName = move?.service ?? (effect && 'service' in effect ? effect.service : null)
  const service = m.plan.services.find((each) => each.name === serviceName) ?? null
  return {
    name: (move && nameOf(move)) ?? serviceName ?? effect?.subject ?? id,
    step: effect?.step ?? 'a step',
    service,
  }
}
