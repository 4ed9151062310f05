// Notify: make the thread say what the journal says. Gates and milestones only, at once: nothing here waits for progress.
// Twice: speak.ts.
import { statusMessage } from '../src/slack/messages/status.ts'
import { threadMessages } from '../src/slack/messages/thread.ts'
import type { Journal } from '../src/store/journal.ts'
import type { Views } from '../src/store/views.ts'
import { redisOf, type Speaker, speak } from './speak.ts'

export type NotifyPorts = { readonly journal: Journal; readonly views: Views; readonly speaker: Speaker }

/** Where it is remembered which entry the whole thread was last made for. */
const SAID = 'thread'

export async function notify(id: string, { journal, views, speaker }: NotifyPorts): Promise<void> {
  const migration = await journal.read(id)
  if (!migration) return
  // Entries that came after the fold are the next job's: half of a newer state is no state.
  const entries = (await journal.entries(id)).filter(({ rev }) => rev <= migration.rev)
  const ports = { views, speaker, posted: await views.posted(id) }
  const { channel } = migration
  const place = { id, channel, isProgress: false, redis: redisOf(migration) }
  // What the thread says follows from the journal alone, so that it is made once for each newest entry.
  const state = `${entries.at(-1)?.nonce} ${place.redis}`
  if (ports.posted[SAID] === state) return
  // The thread hangs from the status message, so that one comes first; from then on jobs/status.ts keeps it.
  const status = { key: 'status', message: statusMessage(migration, await views.progress(id)) }
  const thread = ports.posted.status?.split(' ')[0] ?? (await speak(status, { ...place, thread: null }, ports))
  for (const keyed of threadMessages(migration, entries)) await speak(keyed, { ...place, thread }, ports)
  await views.remember(id, SAID, state)
}
