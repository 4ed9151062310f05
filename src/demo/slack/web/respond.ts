// `response_url`: an address that answers one command or click, five times within thirty minutes, then never again.
// Its half hour is real time, as all of Slack's own limits are.
import { randomUUID } from 'node:crypto'
import { BOT, type Message } from '../entities.ts'
import type { Store } from '../store.ts'
import { type Refusal, readContent } from './limits.ts'

const USES_MAX = 5
const LIFETIME_MS = 30 * 60_000

/** Who did something, and at which message; null where it was a command, or was done in a view. */
export type Source = { readonly user: string; readonly message: Message | null }
/** What an app posts to a `response_url`, or says in an acknowledgement. */
export type Reply = Readonly<Record<string, unknown>>
/** The `response_url`s that were opened. Using one that is over is answered with 404, expired_url or used_url. */
export type Responder = {
  /** A fresh path on this server for whoever typed or clicked. */
  open(source: Source): string
  use(id: string, reply: Reply): { readonly status: number; readonly refusal: Refusal | null }
}

/** Begins without any `response_url`; `steadyMs` is real time in ms. */
export function openResponder(store: Store, steadyMs: () => number): Responder {
  const opened = new Map<string, { readonly source: Source; readonly openedAtMs: number; uses: number }>()
  return {
    open(source) {
      const id = randomUUID()
      opened.set(id, { source, openedAtMs: steadyMs(), uses: 0 })
      return `/response/${id}`
    },
    use(id, reply) {
      const entry = opened.get(id)
      if (!entry || steadyMs() - entry.openedAtMs > LIFETIME_MS)
        return { status: 404, refusal: { ok: false, error: 'expired_url' } }
      if (entry.uses >= USES_MAX) return { status: 404, refusal: { ok: false, error: 'used_url' } }
      const refusal = answer(store, entry.source, reply)
      if (refusal) return { status: 400, refusal }
      entry.uses++
      return { status: 200, refusal: null }
    },
  }
}

/** Posts, edits or deletes what a reply says, in an acknowledgement too. Null, or why it was refused. */
export function answer(store: Store, { user, message }: Source, reply: Reply): Refusal | null {
  if (reply.delete_original === true && message) {
    store.remove(message.ts)
    return null
  }
  const blocks = reply.blocks === undefined ? undefined : JSON.stringify(reply.blocks)
  const text = typeof reply.text === 'string' ? reply.text : undefined
  const content = readContent({ text, blocks, isUpdate: false })
  if (!content.ok) return content
  if (reply.replace_original === true && message) {
    store.edit(message.ts, content)
    return null
  }
  const thread = typeof reply.thread_ts === 'string' ? reply.thread_ts : null
  const onlyFor = reply.response_type === 'in_channel' ? null : user
  store.post({ user: BOT.id, text: content.text, blocks: content.blocks, thread, onlyFor })
  return null
}
