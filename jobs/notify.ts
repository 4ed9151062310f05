// Notify: makes the thread say what the journal says. It posts gates and milestones at once, and waits for no progress.
// Twice: see speak.ts.
import type { Clock } from '../src/core/ports.ts'
import { statusMessage } from '../src/slack/messages/status.ts'
import { threadMessages } from '../src/slack/messages/thread.ts'
import type { Journal } from '../src/store/journal.ts'
import type { Views } from '../src/store/views.ts'
import { redisOf, type Speaker, speak } from './speak.ts'

/** The ports of jobs/notify.ts and of jobs/status.ts. */
export type NotifyPorts = {
  readonly journal: Journal
  readonly views: Views
  readonly speaker: Speaker
  readonly clock: Pick<Clock, 'now'>
  /** Gets what Slack refuses of a message. */
  readonly onError: (error: Error) => void
}

/** The key under which `views` remembers the newest entry for which the whole thread was rendered. */
const SAID = 'thread'

/** Does nothing where `read` gives null, or where the thread was rendered for the newest entry already. */
export async function notify(id: string, { journal, views, speaker, clock, onError }: NotifyPorts): Promise<void> {
  const migration = await journal.read(id)
  if (!migration) return
  const all = await journal.entries(id)
  const ports = { views, speaker, onError, posted: await views.posted(id) }
  const { channel } = migration
  const place = { id, channel, isProgress: false, redis: redisOf(migration) }
  // The thread follows from the journal alone, so it is rendered once for each newest entry.
  const state = `${all[migration.rev - 1]?.nonce} ${place.redis}`
  if (ports.posted[SAID] === state) return
  // Entries that came after the fold are left to the next job: a message must not mix two states.
  const entries = all.slice(0, migration.rev)
  // The thread hangs below the status message, so that one is posted first; from then on jobs/status.ts edits it.
  const status = { key: 'status', message: statusMessage(migration, await views.progress(id), clock.now()) }
  const thread = ports.posted.status?.split(' ')[0] || (await speak(status, { ...place, thread: null }, ports))
  for (const keyed of threadMessages(migration, entries)) await speak(keyed, { ...place, thread }, ports)
  await views.remember(id, SAID, state)
}
