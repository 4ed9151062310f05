// What time Slack thinks it is, by the Date of its answer: it refuses what is signed five minutes off.
import { CALL_TIMEOUT_MS, type SlackConfig } from './config.ts'

/** How far the clock here is ahead, in ms; null where Slack does not answer or does not say. */
export async function aheadOfSlackMs({ apiUrl }: SlackConfig, now: () => number): Promise<number | null> {
  try {
    const url = new URL('api.test', apiUrl ?? 'https://slack.com/api/')
    const { headers } = await fetch(url, { method: 'POST', signal: AbortSignal.timeout(CALL_TIMEOUT_MS) })
    const date = headers.get('date')
    return date === null ? null : now() - Date.parse(date)
  } catch {
    return null
  }
}
