// Notify: make the Slack thread say what the journal says. Coalesced: the newest state wins, edits keep Slack's pace.
// Twice: what was posted is remembered by key; only a crash between posting and remembering posts one message again.

import { digest } from '../src/core/plan.ts'
import { gateMessages, type Message, milestones, statusMessage } from '../src/slack/messages.ts'
import type { Journal } from '../src/store/journal.ts'
import type { Views } from '../src/store/views.ts'

export type Speaker = {
  /** Posts and returns the message's timestamp. `isProgress`: may be late, never holds up a gate. */
  post(channel: string, thread: string | null, message: Message): Promise<string>
  update(channel: string, ts: string, message: Message, isProgress: boolean): Promise<void>
}

export type NotifyPorts = { readonly journal: Journal; readonly views: Views; readonly speaker: Speaker }

export async function notify(id: string, ports: NotifyPorts): Promise<void> {
  const migration = await ports.journal.read(id)
  if (!migration) return
  const entries = await ports.journal.entries(id)
  const posted = await ports.views.posted(id)
  const { channel } = migration
  const status = statusMessage(migration, await ports.views.progress(id))
  const thread = await say('status', status, { channel, thread: null, isProgress: true })
  for (const { key, message } of [...milestones(entries), ...gateMessages(migration, entries)]) {
    await say(key, message, { channel, thread, isProgress: false })
  }

  async function say(
    key: string,
    message: Message,
    at: { channel: string; thread: string | null; isProgress: boolean },
  ): Promise<string> {
    const content = digest(message)
    const [ts, said] = (posted[key] ?? '').split(' ')
    if (ts && said === content) return ts
    if (ts) await ports.speaker.update(at.channel, ts, message, at.isProgress)
    const now = ts || (await ports.speaker.post(at.channel, at.thread, message))
    await ports.views.remember(id, key, `${now} ${content}`)
    return now
  }
}
