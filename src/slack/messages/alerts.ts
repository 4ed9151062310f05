// Renders an alert, with the buttons that answer it while an answer is still possible.

import { readingOf } from '../../core/journal/readings.ts'
import { movesOf } from '../../core/journal/services.ts'
import type { EntryOf } from '../../core/model/entries.ts'
import type { Migration } from '../../core/model/migration.ts'
import { isReplicaMove } from '../../core/model/moves.ts'
import { ofMove } from '../../core/model/subjects.ts'
import { bold } from '../../core/model/text.ts'
import { buttons, closed, type Message, message, sections } from './blocks.ts'
import { abortButton, deferButton, mayAbortNow, mayDeferNow } from './decisions.ts'

/** The buttons go once an abort is no longer possible, the service is deferred, or its replica is in sync. */
export function alertMessage(m: Migration, { text, service, about }: EntryOf<'warned'>): Message {
  const shown = sections([bold(text)])
  // For a replica that is back at home people have nothing to decide, only something to look at.
  if (about.startsWith('doubt at home') && m.phase === 'aborting') return message(text, shown)
  if (!mayAbortNow(m)) return closed(text, shown, 'Answered: it is past.')
  const named = m.plan.services.find(({ name }) => name === service)
  if (named && !mayDeferNow(m, named)) return closed(text, shown, `${named.name} is deferred.`)
  if (named && about.startsWith('doubt ') && isSound(m, named.name)) return closed(text, shown, 'It is in sync now.')
  return message(text, [...shown, buttons(...(named ? [deferButton(m, named)] : []), abortButton(m))])
}

function isSound(m: Migration, service: string): boolean {
  const replicas = movesOf(m, service).filter(isReplicaMove)
  return replicas.length > 0 && replicas.every(({ id }) => readingOf(m, ofMove(id))?.doubts.length === 0)
}
