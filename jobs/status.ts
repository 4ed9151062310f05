// Status: edits the one status message. worker.ts coalesces and paces these jobs; the newest sample wins, and the next
// edit makes good a lost one.
// Twice: see speak.ts.
import { tsOf } from '../src/store/views.ts'
import { type NotifyPorts, orDirectly, statusNow } from './notify.ts'
import { redisOf, speak } from './speak.ts'

/**
 * Does nothing where `read` gives null, or where the status message is not posted yet. True where somebody had deleted it: the
 * thread is to go on under the new one, which jobs/notify.ts sees to.
 */
export async function status(id: string, ports: NotifyPorts): Promise<boolean> {
  const { journal, views } = ports
  const migration = await journal.read(id)
  const posted = await views.posted(id)
  // A message that is not posted yet is left to jobs/notify.ts, which posts it with the newest sample of that time.
  if (!migration || !posted.status) return false
  const message = await statusNow(migration, ports)
  const place = { id, channel: migration.channel, thread: null, isProgress: true, redis: redisOf(migration) }
  let isMoved = false
  await orDirectly(migration, ports, async ({ speaker, onError }) => {
    const ts = await speak({ key: 'status', message }, place, { views, speaker, onError, posted })
    isMoved = ts !== tsOf(posted.status)
  })
  return isMoved
}
