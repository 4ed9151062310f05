// Turns to edit, as jobs take them: they wait in line until their process is told to stop, and begin anew where Slack puts an edit
// off all the same.
import { setTimeout as delay } from 'node:timers/promises'
import { LimitedEdits } from '../src/slack/speaker.ts'
import type { EditTurns, EditUrgency } from '../src/store/edit-turns.ts'

/** Every edit of a message takes one turn first; posts take none. `who` stands in line, one at a time. */
export type Turns = {
  /** Whether there was a turn at once; `who` stands in line where there was not. */
  take(who: string, urgency: EditUrgency): Promise<boolean>
  /** Resolves with the turn taken. Rejects with Stopped once the process is told to stop. */
  wait(who: string, urgency: EditUrgency): Promise<void>
  /** Slack put an edit off for so many real ms. */
  refused(retryAfterMs: number): Promise<void>
}

/** The process is told to stop: what waited for its turn is left to the others, and to the next start. */
export class Stopped extends Error {}

/** The turns of one process; `stopped` ends every wait. */
export function turnsUntil(stopped: AbortSignal, { ask, refused }: EditTurns): Turns {
  return {
    take: async (who, urgency) => (await ask(who, urgency)) === 0,
    async wait(who, urgency) {
      while (!stopped.aborted) {
        const waitMs = await ask(who, urgency)
        if (waitMs === 0) return
        await delay(waitMs, undefined, { signal: stopped }).catch(() => undefined)
      }
      throw new Stopped('this process is told to stop')
    },
    refused,
  }
}

/** Does the work, and does it anew from what is so by then for as long as Slack puts its edits off; all others give way with it. */
export async function givingWay<T>(turns: Turns, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof LimitedEdits)) throw error
      await turns.refused(error.retryAfterMs)
    }
  }
}
