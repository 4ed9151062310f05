// The scripted people: an operator types, a second person reads for a while and presses what stands open.
import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '../core/ports.ts'
import { PEOPLE } from './scenario.ts'
import type { LocalSlack } from './slack/entities.ts'

/** A person reads a gate before pressing it. Simulated ms. */
const READS_FOR_MS = 45_000
const LOOKS_EVERY_MS = 50

export async function playPeople(o: {
  slack: LocalSlack
  clock: Clock
  command: string
  isOver: () => Promise<boolean>
  stop: AbortSignal
}): Promise<void> {
  const [operator, second] = PEOPLE
  await o.slack.command(operator.id, o.command)
  const pressed = new Set<string>()
  while (!(await o.isOver())) {
    if (o.stop.aborted) throw o.stop.reason instanceof Error ? o.stop.reason : new Error('the demo was stopped')
    const open = o.slack
      .buttons()
      .find(({ ts, actionId }) => /^(approve|confirm)/.test(actionId) && !pressed.has(ts + actionId))
    if (!open) {
      await delay(LOOKS_EVERY_MS)
      continue
    }
    pressed.add(open.ts + open.actionId)
    await o.clock.sleep(READS_FOR_MS, o.stop)
    await o.slack.click(second.id, open.ts, open.actionId)
  }
}
