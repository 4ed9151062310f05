// Renders the thread of the seeds of a day, which stands only where people have to say how they go on: the watch tells of everything else.

import type { Entry } from '../../core/model/entries.ts'
import type { Migration } from '../../core/model/migration.ts'
import { isSnapshotMove } from '../../core/model/moves.ts'
import { counted, timeOfDay } from '../../core/model/text.ts'
import { type Message, textMessage } from '../messages/blocks.ts'

/** The message of this entry; undefined where it says what every migration says. */
export function dailyMessage({ id, plan }: Migration, { kind, atMs }: Entry): Message | null | undefined {
  const asOf = `as of ${timeOfDay(atMs)} UTC`
  switch (kind) {
    case 'planned': {
      const volumes = counted(plan.moves.filter(isSnapshotMove).length, 'volume')
      return textMessage(
        `Snapshots of ${volumes} in ${plan.sourceZone} are taken ahead today (${id}), since zonehop.yaml says seed: daily. No service stops, no source is changed.`,
      )
    }
    case 'began':
    // Tomorrow's look says which volume was not seeded, and why.
    case 'failed':
      return null
    case 'aborting':
    case 'aborted':
      return textMessage(`No more snapshots are taken ahead today, ${asOf}. Those that were taken are kept.`)
    case 'done':
      return textMessage(`The snapshots of today are taken, ${asOf}.`)
    default:
      return undefined
  }
}
