// Keeps one Slack message saying what it should: posted once, edited when its content changes, left alone otherwise.
// Twice: what was posted is remembered by key; only a crash between posting and remembering posts a message again. A Redis that
// came up anew may remember an older content than Slack shows, and a button that people wait for would never come back: behind
// another Redis every message is edited once more.
import type { Migration } from '../src/core/model/migration.ts'
import { digest } from '../src/core/planning/draft.ts'
import type { Keyed, Message } from '../src/slack/messages/blocks.ts'
import type { Views } from '../src/store/views.ts'

export type Speaker = {
  /** Posts and returns the message's timestamp. */
  post(channel: string, thread: string | null, message: Message): Promise<string>
  /** `isProgress`: may be late, and must never hold up a gate. */
  update(channel: string, ts: string, message: Message, isProgress: boolean): Promise<void>
}

type Place = {
  readonly id: string
  readonly channel: string
  readonly thread: string | null
  readonly isProgress: boolean
  /** Which Redis keeps the journal. */
  readonly redis: string
}
type Ports = { readonly views: Views; readonly speaker: Speaker }

/** Another one where it was started anew, or came back by a failover. */
export function redisOf({ runId, replicationId }: Pick<Migration, 'runId' | 'replicationId'>): string {
  return `${runId} ${replicationId}`
}

/** The message's timestamp, once it says what it should. `posted`: what is remembered of this migration's messages. */
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
