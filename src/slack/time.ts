// Compares the local clock with Slack's, by the Date header of an answer: Slack refuses signatures five minutes off.
import { aheadOfDateMs } from '../core/checkup.ts'
import { CALL_TIMEOUT_MS, type SlackConfig } from './config.ts'

/** How far the local clock is ahead of Slack's, in ms, negative when behind; null without an answer or a Date. */
export async function aheadOfSlackMs({ apiUrl }: SlackConfig, now: () => number): Promise<number | null> {
  try {
    const url = new URL('api.test', apiUrl ?? 'https://slack.com/api/')
    const { headers } = await fetch(url, { method: 'POST', signal: AbortSignal.timeout(CALL_TIMEOUT_MS) })
    return aheadOfDateMs(now(), headers.get('date'))
  } catch {
    return null
  }
}
