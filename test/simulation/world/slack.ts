// The Slack of a trial: it keeps what was posted, and does to messages what Slack and people do. Posts are lost before or behind their
// effect, wait for a rate limit, and are deleted; the product's own jobs/notify.ts speaks to it.
import type { Speaker } from '../../../jobs/speak.ts'
import type { Message } from '../../../src/slack/messages/blocks.ts'
import { GoneMessage } from '../../../src/slack/speaker.ts'
import type { Untold } from '../../../src/store/untold.ts'
import type { Views } from '../../../src/store/views.ts'
import type { Random } from './random.ts'
import type { Life, Scheduler } from './scheduler.ts'

/** Slack did not take a message, or its answer is lost: no fault of the product's. */
export class SlackTrouble extends Error {}

/** What Redis remembers: of the messages by the id of a migration, by key; and which migrations have their last word before them. */
export type Remembered = {
  readonly messages: ReadonlyMap<string, Readonly<Record<string, string>>>
  readonly untold: ReadonlySet<string>
}

/** What a Redis remembers that was just emptied. */
export const NOTHING_REMEMBERED: Remembered = { messages: new Map(), untold: new Set() }

type Shown = { readonly message: Message; readonly isDeleted: boolean }

export type SimSlack = Pick<Views, 'posted' | 'remember'> & {
  readonly untold: Untold
  /** What Slack shows under a timestamp; undefined where nothing was ever posted under it. */
  shown(ts: string): Shown | undefined
  speakerOf(life: Life): Speaker
  /** Somebody deletes a message; false where there is none. */
  deleteOne(): boolean
  keep(): Remembered
  putBack(remembered: Remembered): void
}

type Around = {
  readonly scheduler: Scheduler
  readonly random: Random
  readonly isFaulty: () => boolean
  readonly fault: (kind: string) => void
  readonly note: (who: string, what: string) => void
}

const TROUBLED = 0.15
const LIMITED = 0.05

export function openSlack({ scheduler, random, isFaulty, fault, note }: Around): SimSlack {
  const shown = new Map<string, Shown>()
  let remembered = NOTHING_REMEMBERED

  /** Does the work on the way; it may fail before it, or behind it. */
  async function call<T>(life: Life, work: () => T): Promise<T> {
    const isLimited = isFaulty() && random.chance(LIMITED)
    await scheduler.wait(life, isLimited ? random.whole(5_000, 60_000) : random.whole(50, 400))
    const how = isFaulty() && random.chance(TROUBLED) ? random.pick(['before', 'behind'] as const) : null
    if (how) fault('slack')
    if (how === 'before') throw new SlackTrouble('internal_error')
    const done = work()
    await scheduler.wait(life, random.whole(20, 100))
    if (how === 'behind') throw new SlackTrouble('the answer is lost')
    return done
  }

  function mustBeThere(ts: string): void {
    if (shown.get(ts)?.isDeleted !== false) throw new GoneMessage('message_not_found')
  }

  return {
    posted: async (id) => remembered.messages.get(id) ?? {},
    async remember(id, key, value) {
      const { messages } = remembered
      remembered = { ...remembered, messages: new Map(messages).set(id, { ...messages.get(id), [key]: value }) }
    },
    untold: {
      all: async () => [...remembered.untold],
      async add(ids) {
        remembered = { ...remembered, untold: new Set([...remembered.untold, ...ids]) }
      },
      async remove(id) {
        remembered = { ...remembered, untold: new Set([...remembered.untold].filter((one) => one !== id)) }
      },
    },
    shown: (ts) => shown.get(ts),
    speakerOf: (life) => ({
      post: (_channel, thread, message) =>
        call(life, () => {
          if (thread) mustBeThere(thread)
          const ts = `${shown.size + 1}.0`
          shown.set(ts, { message, isDeleted: false })
          return ts
        }),
      update: (_channel, ts, message) =>
        call(life, () => {
          mustBeThere(ts)
          shown.set(ts, { message, isDeleted: false })
        }),
    }),
    deleteOne() {
      const there = [...shown].filter(([, { isDeleted }]) => !isDeleted)
      // Those that people read last are those that they delete.
      const [ts, one] = random.pick(there.slice(-6)) ?? []
      if (!ts || !one) return false
      note('people', `delete the message ${ts}: ${one.message.text.slice(0, 60)}`)
      shown.set(ts, { ...one, isDeleted: true })
      return true
    },
    keep: () => remembered,
    putBack(kept) {
      remembered = kept
    },
  }
}
