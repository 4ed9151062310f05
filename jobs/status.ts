// Status: edits the one status message, once it is its turn. worker.ts coalesces these jobs; the newest sample wins, and the next edit
// makes good a lost one.
// Twice: see speak.ts.
import { isUnsure } from '../src/store/journal.ts'
import { tsOf } from '../src/store/views.ts'
import { type NotifyPorts, orDirectly, statusNow } from './notify.ts'
import { changeOf, redisOf, speak } from './speak.ts'
import { givingWay } from './turns.ts'

/**
 * Does nothing where `read` gives null, where the status message is not posted yet, or where it says all of it. True where somebody
 * had deleted it: the thread is to go on under the new one, which jobs/notify.ts sees to.
 */
export async function status(id: string, ports: NotifyPorts): Promise<boolean> {
  return await givingWay(ports.turns, async () => {
    if (!(await differs(id, ports))) return false
    await ports.turns.wait(`status ${id}`, 'progress')
    return await edit(id, ports)
  })
}

/** Whether Slack shows something older. A message that is not posted yet is left to jobs/notify.ts, which posts it with the newest sample. */
async function differs(id: string, ports: NotifyPorts): Promise<boolean> {
  const migration = await ports.journal.read(id)
  const posted = await ports.views.posted(id)
  if (!migration || !posted.status) return false
  const message = await statusNow(migration, ports)
  return changeOf({ key: 'status', message }, redisOf(migration), posted) === 'edit'
}

/** Everything is read again: a turn may be half a minute later. */
async function edit(id: string, ports: NotifyPorts): Promise<boolean> {
  const { journal, views } = ports
  const migration = await journal.read(id)
  const posted = await views.posted(id)
  if (!migration || !posted.status || isUnsure(migration, journal)) return false
  const message = await statusNow(migration, ports)
  const place = { id, channel: migration.channel, thread: null, redis: redisOf(migration) }
  let isMoved = false
  await orDirectly(migration, ports, async () => {
    const ts = await speak({ key: 'status', message }, place, { ...ports, posted })
    isMoved = ts !== tsOf(posted.status)
  })
  return isMoved
}
