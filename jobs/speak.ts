// Keeps one Slack message up to date: it is posted once, edited when its content changes, and left alone otherwise.
// Twice: what was posted is remembered by key; only a crash between posting and remembering posts a message again. A
// Redis that was started anew may remember older content than Slack shows, and a button that people wait for would
// never come back: so once another Redis keeps the journal, every message is edited once more.
import type { Migration } from '../src/core/model/migration.ts'
import { digest } from '../src/core/planning/draft.ts'
import { bare, buttonsOf, type Keyed, type Message } from '../src/slack/messages/blocks.ts'
import { FixedMessage, GoneMessage, RefusedContent, UntakenMessage } from '../src/slack/speaker.ts'
import type { Views } from '../src/store/views.ts'

/**
 * How messages get to Slack; `post` and `update` throw where Slack does not take the message: RefusedContent where it never will,
 * GoneMessage where the message to edit, or the thread to post in, was deleted, FixedMessage where no edit of it is taken (the speaker logs it), LostChannel
 * where nothing can be written there, RefusedAccount where nothing can be written at all, UntakenMessage where it may be taken later,
 * LimitedEdits where an edit comes too soon behind others.
 */
export type Speaker = {
  /** Posts in the thread of that timestamp (null: in the channel itself), and returns the message's timestamp. */
  post(channel: string, thread: string | null, message: Message): Promise<string>
  /** Takes a turn (jobs/turns.ts), which the caller has waited for. */
  update(channel: string, ts: string, message: Message): Promise<void>
  /** Pins it to the channel, where Slack lets us; never throws. A speaker whose channel has no pins goes without. */
  pin?(channel: string, ts: string): Promise<void>
  /** The users of a user group, by id; null where Slack does not say. Never throws. A speaker whose workspace has no groups goes without. */
  membersOf?(group: string): Promise<readonly string[] | null>
}

type Place = {
  readonly id: string
  readonly channel: string
  readonly thread: string | null
  /** Whether to edit also what says it already: by that it is found out whether the message is still there. */
  readonly isProven?: boolean
  /** Which Redis keeps the journal, as redisOf names it. */
  readonly redis: string
}
/** `onError` gets what Slack refuses of a message. */
type Ports = { readonly views: Views; readonly speaker: Speaker; readonly onError: (error: Error) => void }

/** A name for the Redis that keeps the journal; it changes when that is started anew, or comes back by a failover. */
export function redisOf({ runId, replicationId }: Pick<Migration, 'runId' | 'replicationId'>): string {
  return `${runId} ${replicationId}`
}

/** What `speak` will do to show this message. `redis` and `posted` as it gets them. */
export function changeOf(
  { key, message }: Keyed,
  redis: string,
  posted: Readonly<Record<string, string>>,
): 'none' | 'post' | 'edit' {
  const [ts, said] = (posted[key] ?? '').split(' ')
  if (said === digest([message, redis])) return 'none'
  return ts ? 'edit' : 'post'
}

/**
 * Posts or edits if needed, and returns the message's timestamp. `posted`: what `views` remembers of the migration. A
 * message that Slack refuses for what is in it is said in its bare sentence instead, and is not tried again: it must not
 * hold up those after it. Null where Slack takes not even that of a new message. A message that Slack lets nobody edit is posted anew
 * where it asks what the one that stands does not ask, and is left as it is otherwise.
 */
export async function speak(
  { key, message }: Keyed,
  { id, channel, thread, isProven = false, redis }: Place,
  { views, speaker, onError, posted }: Ports & { readonly posted: Readonly<Record<string, string>> },
): Promise<string | null> {
  const content = digest([message, redis])
  const [ts = '', , standing = ''] = (posted[key] ?? '').split(' ')
  if (changeOf({ key, message }, redis, posted) === 'none' && !isProven) return ts || null
  const buttons = buttonsOf(message)
  const asks = digest(buttons)
  const isLeft = buttons.length === 0 || asks === standing
  let shows = asks
  const show = async (one: Message): Promise<string> => {
    if (!ts) return await speaker.post(channel, thread, one)
    try {
      await speaker.update(channel, ts, one)
      return ts
    } catch (error) {
      if (error instanceof FixedMessage && isLeft) {
        shows = standing
        return ts
      }
      if (!(error instanceof GoneMessage || error instanceof FixedMessage)) throw error
      return await speaker.post(channel, thread, one)
    }
  }
  const now = await show(message).catch(async (error: unknown) => {
    if (!isAboutContent(error)) {
      // An edit without an answer may have been taken, over what another process has said since: whoever comes next says it anew.
      if (ts) await views.remember(id, key, `${ts}  ${standing}`)
      throw error
    }
    onError(error)
    return await show(bare(message, error.code)).catch((again: unknown) => {
      if (!(again instanceof RefusedContent)) throw again
      onError(again)
      return ts
    })
  })
  await views.remember(id, key, `${now} ${content} ${shows}`)
  return now || null
}

/** Whether a bare sentence may be taken where this was not. */
function isAboutContent(error: unknown): error is RefusedContent | UntakenMessage {
  return error instanceof RefusedContent || (error instanceof UntakenMessage && error.isUnknown)
}
