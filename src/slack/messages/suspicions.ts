// Renders what tags say and no entry explains: an alarm in the thread, with two buttons for an approver.

import { mentionsOf } from '../../core/asking/people.ts'
import type { EntryOf } from '../../core/model/entries.ts'
import type { Memory, Migration } from '../../core/model/migration.ts'
import { freezeAtMs } from '../../core/model/tags.ts'
import { bold, dayTime, theirs } from '../../core/model/text.ts'
import { volumeNamed } from '../../core/telling/names.ts'
import { button, buttons, closed, type Message, message, note, sections, toAll } from './blocks.ts'

/** What each kind of memory would mean. */
const MEANINGS: Readonly<Record<Memory, string>> = {
  frozen: 'a freeze began that the journal does not know, and services may be stopped',
  left: 'it went live, and the target zone may be taking writes',
  aborted: 'an abort began, and services are going back',
  returned: 'what was deferred was given back, and serves at home',
  leftAgain: 'what is on its way home left once more, and its copies may be taking writes',
  live: 'a deferred service went live, and its copies may be taking writes',
}
/** What follows where an approver says that it is so. */
const CONSEQUENCES: Readonly<Record<Memory, string>> = {
  frozen: 'the services count as frozen, and what was stopped is started again on the way back',
  left: 'it counts as live: there is no abort any more, and services open in the target zone; so see first that none of them runs at home',
  aborted: 'it goes back from here',
  returned: 'the services named stay at home, and their copies never open; say so even if it is so of one of them',
  leftAgain: 'it starts nowhere until its copy is stopped and the tag is off; once they are, it is not so',
  live: 'the copies count as live, and are not given back',
}
/** What follows where an approver says that it is not so, but for what only somebody's tag says. */
const OTHERWISE: Partial<Readonly<Record<Memory, string>>> = {
  returned: 'the marks are written again, and it moves on',
  leftAgain: 'it goes home; take the tag off',
}
/** Volumes that are named one by one. */
const NAMED_MAX = 10
/** Characters of what tags say; it may list every service, and what the buttons do must still fit. */
const SAYS_MAX = 300

/** Of a migration that was rebuilt no journal tells whether a service was started since its freeze: whoever says so vouches for that. */
function vouchedText(m: Migration, says: string): string {
  const sinceMs = freezeAtMs(says)
  if (!m.isRebuilt || sinceMs === null) return ''
  return `, and the final snapshots made under the freeze of ${dayTime(sinceMs)} count: say so only if no service on these volumes was started again since it stopped for that freeze, by anybody; if in doubt it is not so, and they are frozen and cut anew`
}

/** Open until an approver has said whether it is so. */
export function suspicionMessage(
  m: Migration,
  { about, says, volumes, nonce }: EntryOf<'suspected'>,
  { approvers }: { readonly approvers: readonly string[] },
): Message {
  const named = volumes.slice(0, NAMED_MAX).map((id) => volumeNamed(m, id))
  const more = volumes.length > NAMED_MAX ? ` and ${volumes.length - NAMED_MAX} more` : ''
  const title = `Tags say ${theirs(says, SAYS_MAX)}, and the journal does not explain it.`
  const shown = sections([
    bold(title),
    `On ${named.join(', ')}${more}. It would mean: ${MEANINGS[about]}. It was not believed.`,
    'If the journal lost entries it may be so; else somebody else wrote these tags: find out who may.',
    `“It is so”: ${CONSEQUENCES[about]}${about === 'frozen' ? vouchedText(m, says) : ''}. “It is not so”: ${OTHERWISE[about] ?? 'nothing changes; take the tag off'}.`,
  ])
  const known = m.suspicions.get(about)
  if (known?.nonce !== nonce) return closed(title, shown, 'It is asked anew below.')
  if (known.isSo !== null)
    return closed(title, shown, known.isSo ? 'An approver said that it is so.' : 'An approver said that it is not so.')
  const answer = (isSo: boolean): object => ({ id: m.id, suspected: nonce, isSo })
  const so = button('settle-so', 'It is so', answer(true), { style: 'danger' })
  const not = button('settle-not', 'It is not so', answer(false))
  const people = note(`${mentionsOf(approvers) || 'An approver'}: is it so?`)
  return toAll(message(`${title} An approver says whether it is so.`, [...shown, ...people, buttons(so, not)]))
}
