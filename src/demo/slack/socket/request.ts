// Delivery over HTTP to an app's request URL: signed as Slack signs (v0: HMAC-SHA256 over time and raw body), three real
// seconds to be answered, the body of the answer being the acknowledgement.
import { createHmac } from 'node:crypto'
import type { Payload } from './payloads.ts'
import type { Delivery, Kind } from './socket.ts'

const ANSWER_WITHIN_MS = 3_000

type Sending = { readonly url: string; readonly secret: string; readonly kind: Kind; readonly payload: Payload }

/**
 * Delivers a payload to a request URL. Fails with operation_timeout after three seconds, http_service_error from status
 * 500 on, http_client_error for another bad status, or dispatch_failed.
 */
export async function deliverSigned({ url, secret, kind, payload }: Sending): Promise<Delivery> {
  const { type, body } = encoded(kind, payload)
  const timestamp = Math.floor(Date.now() / 1000).toString()
  const headers = {
    'content-type': type,
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`,
  }
  try {
    const response = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) })
    if (response.status >= 500) return { ok: false, error: 'http_service_error' }
    if (!response.ok) return { ok: false, error: 'http_client_error' }
    return { ok: true, answer: readAnswer(await response.text()) }
  } catch (error) {
    return {
      ok: false,
      error: error instanceof Error && error.name === 'TimeoutError' ? 'operation_timeout' : 'dispatch_failed',
    }
  }
}

/** Events go out as JSON, all else as a form. */
function encoded(kind: Kind, payload: Payload): { readonly type: string; readonly body: string } {
  if (kind === 'events_api') return { type: 'application/json', body: JSON.stringify(payload) }
  const form =
    kind === 'slash_commands'
      ? Object.fromEntries(Object.entries(payload).map(([key, value]) => [key, String(value)]))
      : { payload: JSON.stringify(payload) }
  return { type: 'application/x-www-form-urlencoded', body: new URLSearchParams(form).toString() }
}

/** What an acknowledgement says: null for an empty one; plain text, as commands may be answered, is said as it is. */
function readAnswer(body: string): unknown {
  if (body === '') return null
  try {
    return JSON.parse(body)
  } catch {
    return { text: body }
  }
}
