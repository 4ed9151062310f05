// Status: edit the one status message. Coalesced and paced by worker.ts; the newest sample wins, and a lost edit is made good
// by the next one.
// Twice: speak.ts.
import { statusMessage } from '../src/slack/messages/status.ts'
import type { NotifyPorts } from './notify.ts'
import { redisOf, speak } from './speak.ts'

export async function status(id: string, { journal, views, speaker }: NotifyPorts): Promise<void> {
  const migration = await journal.read(id)
  const posted = await views.posted(id)
  // Not posted yet: jobs/notify.ts posts it, with what there is to say by then.
  if (!migration || !posted.status) return
  const message = statusMessage(migration, await views.progress(id))
  const place = { id, channel: migration.channel, thread: null, isProgress: true, redis: redisOf(migration) }
  await speak({ key: 'status', message }, place, { views, speaker, posted })
}
