// Keeps one Slack message up to date: it is posted once, edited when its content changes, and left alone otherwise.
// Twice: what was posted is remembered by key; only a crash between posting and remembering posts a message again. A
// Redis that was started anew may remember older content than Slack shows, and a button that people wait for would
// never come back: so once another Redis keeps the journal, every message is edited once more.
import type { Migration } from '../src/core/model/migration.ts'
import { digest } from '../src/core/planning/draft.ts'
import type { Keyed, Message } from '../src/slack/messages/blocks.ts'
import type { Views } from '../src/store/views.ts'

/** How messages get to Slack; both methods throw where Slack does not take the message. */
export type Speaker = {
  /** Posts in the thread of that timestamp (null: in the channel itself), and returns the message's timestamp. */
  post(channel: string, thread: string | null, message: Message): Promise<string>
  /** `isProgress`: this edit may be late, and must never hold up a gate. */
  update(channel: string, ts: string, message: Message, isProgress: boolean): Promise<void>
}

type Place = {
  readonly id: string
  readonly channel: string
  readonly thread: string | null
  readonly isProgress: boolean
  /** Which Redis keeps the journal, as redisOf names it. */
  readonly redis: string
}
type Ports = { readonly views: Views; readonly speaker: Speaker }

/** A name for the Redis that keeps the journal; it changes when that is started anew, or comes back by a failover. */
export function redisOf({ runId, replicationId }: Pick<Migration, 'runId' | 'replicationId'>): string {
  return `${runId} ${replicationId}`
}

/** Posts or edits if needed, and returns the message's timestamp. `posted`: what `views` remembers of the migration. */
export async function speak(
  { key, message }: Keyed,
  { id, channel, thread, isProgress, redis }: Place,
  { views, speaker, posted }: Ports & { readonly posted: Readonly<Record<string, string>> },
): Promise<string> {
  const content = digest([message, redis])
  const [ts, said] = (posted[key] ?? '').split(' ')
  if (ts && said === content) return ts
  if (ts) await speaker.update(channel, ts, message, isProgress)
  const now = ts || (await speaker.post(channel, thread, message))
  await views.remember(id, key, `${now} ${content}`)
  return now
}
