// Direct messages to who may answer, once a question has stood for half of its time: a channel is muted by who sleeps, a direct message
// is not.
// Twice: what was sent is remembered by the reminder and its reader; only a crash between sending and remembering sends it again.
import { idsFor, isUserId } from '../src/core/asking/people.ts'
import type { Entry, EntryOf } from '../src/core/model/entries.ts'
import type { Migration } from '../src/core/model/migration.ts'
import { channelMention } from '../src/core/model/text.ts'
import { alertEnd } from '../src/core/telling/alert-ends.ts'
import { remindedOf } from '../src/core/telling/reminders.ts'
import { textMessage } from '../src/slack/messages/blocks.ts'
import type { Views } from '../src/store/views.ts'
import type { Speaker } from './speak.ts'

type Ports = {
  readonly views: Views
  readonly speaker: Pick<Speaker, 'post' | 'membersOf'>
  /** Who may pass gates, users and user groups by id. */
  readonly approvers: readonly string[]
  readonly onError: (error: Error) => void
  /** What `views` remembers of the migration. */
  readonly posted: Readonly<Record<string, string>>
}

/** Does nothing where no question is open of which the journal reminds. Never throws for a reader whom Slack does not reach. */
export async function callDirectly(m: Migration, entries: readonly Entry[], ports: Ports): Promise<void> {
  const { asking } = m
  const warned = entries.findLast((one): one is EntryOf<'warned'> => one.kind === 'warned' && isFirst(one))
  if (!asking || !warned || alertEnd(m, warned) !== null) return
  const text = `${warned.text} ${channelMention(m.channel)} has the question, and its buttons.`
  for (const user of idsFor(m, asking.gate, await usersOf(ports.approvers, ports))) {
    const key = `direct-${warned.nonce}-${user}`
    if (ports.posted[key] !== undefined) continue
    await ports.speaker.post(user, null, textMessage(text)).catch((error: unknown) => ports.onError(error as Error))
    // One that Slack does not reach is not tried at every heartbeat: the channel has been told.
    await ports.views.remember(m.id, key, 'sent')
  }
}

/** The first reminder calls people; the further ones stand in the channel. */
function isFirst({ about }: EntryOf<'warned'>): boolean {
  return remindedOf(about)?.count === 1
}

/** Users by id, with the members of the groups, each once. */
async function usersOf(ids: readonly string[], { speaker }: Ports): Promise<string[]> {
  const all = await Promise.all(ids.map((id) => (isUserId(id) ? [id] : (speaker.membersOf?.(id) ?? []))))
  return [...new Set(all.flat())]
}
