// An alert, with the buttons that answer it while an answer is still possible.
import type { EntryOf } from '../core/entries.ts'
import type { Migration } from '../core/migration.ts'
import { buttons, closed, type Message, sections } from './blocks.ts'
import { abortButton, deferButton, mayDeferNow } from './decisions.ts'

export function alertMessage(m: Migration, { text, service }: EntryOf<'warned'>): Message {
  const shown = sections([`*${text}*`])
  if (m.phase !== 'frozen' && m.phase !== 'moving') return closed(text, shown, 'Answered: it is past.')
  const named = m.plan.services.find(({ name }) => name === service)
  if (named && !mayDeferNow(m, named)) return closed(text, shown, `${named.name} is deferred.`)
  return { text, blocks: [...shown, buttons(...(named ? [deferButton(m, named)] : []), abortButton(m))] }
}
