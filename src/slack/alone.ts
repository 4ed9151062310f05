// Answers one person, so that nobody else reads it: by the response_url of what they did; where there is none, or it is not taken,
// as an ephemeral message in the channel; and where that is not possible either, directly.
import type { RespondFn } from '@slack/bolt'
import type { WebClient } from '@slack/web-api'

/** Whom to answer, and how they can be reached. Bolt leaves `respond` out where Slack gave no response_url. */
export type Asker = {
  readonly respond: RespondFn | undefined
  readonly client: Pick<WebClient, 'chat'>
  readonly channel: string | null
  /** The thread in which it is answered, by the ts of its first message. */
  readonly thread?: string | null
  readonly user: string
  readonly onError: (error: Error) => void
}

/** Throws what the last way throws. */
export async function tellAlone(
  { respond, client, channel, thread, user, onError }: Asker,
  text: string,
): Promise<void> {
  const place = thread ? { thread_ts: thread } : {}
  const ways = [
    ...(respond ? [() => respond({ text, response_type: 'ephemeral' as const, replace_original: false })] : []),
    ...(channel === null ? [] : [() => client.chat.postEphemeral({ channel, user, text, ...place })]),
  ]
  for (const way of ways) {
    try {
      await way()
      return
    } catch (error) {
      onError(error as Error)
    }
  }
  await client.chat.postMessage({ channel: user, text })
}
