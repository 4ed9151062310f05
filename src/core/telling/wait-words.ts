// The words for what a migration waits for. They are made here and nowhere else, from the type of the wait
// (steps/waits.ts).

import type { Step } from '../model/effects.ts'
import type { Gate } from '../model/migration.ts'
import { dayTime, mention, timeOfDay } from '../model/text.ts'
import type { SeedHold, Wait } from '../steps/waits.ts'

/** The words that follow "Waiting for", without a full stop. */
export function waitWords(wait: Wait): string {
  switch (wait.on) {
    case 'halt':
      return `people to decide: ${wait.why}`
    case 'route':
      return `a route for ${wait.names.join(', ')}`
    case 'check':
      return `${wait.name}: ${wait.remedy}`
    case 'doubt':
      return `EC2 to show what the journal may have lost: until ${timeOfDay(wait.untilMs)} UTC it is only looked`
    case 'belief':
      return `an approver to say whether it is so that volumes carry ${wait.says}, which the journal does not explain`
    case 'leftAgain':
      return `${wait.service}, which tags say left again: stop its copy, if that serves, and take zonehop:left off its sources`
    case 'resume':
      return 'someone to resume it: /migrate resume'
    case 'approval':
      return `approval of ${GATES[wait.gate]} by someone other than ${[wait.asker, ...(wait.given ?? [])].map(mention).join(' and ')}`
    case 'budget':
      return `an approver to let the outage be longer than its budget of ${wait.minutes} min (/migrate exceed because <reason>), or /migrate abort`
    case 'look':
      return `the next look at EC2: ${wait.what}`
    case 'freezeGone':
      return `the freeze of ${wait.service}: its tag does not stand on every volume. Once that is sure, it is written again, or before the point of no return its freeze is asked for again`
    case 'service':
      return `${wait.service}: ${wait.before} comes first`
    case 'gone':
      return `${wait.name}, which was deleted in EC2 since the plan: restore it, or defer its service`
    case 'replica':
      return `${wait.name}: ${wait.reading}`
    case 'leftover':
      return `${wait.place}, where ${wait.volume} of an earlier migration stands for the copy of ${wait.name}; it is not taken away, since ${wait.why}: detach it`
    case 'window':
      return `${dayTime(wait.atMs)}, before which stopping writes is not asked for (--at); who cannot wait aborts, and starts without it`
    case 'seed':
      return `${wait.name}: its snapshot ahead, ${holdWords(wait.hold)}`
    case 'olderSnapshot':
      return `${wait.name}: its older snapshot ${wait.resource} first, since this type of volume takes one at a time`
    case 'retry':
      return `${wait.name}: ${wait.step} failed (${wait.code}); ${wait.remedy}`
    case 'hands':
      return `someone to say that ${wait.step} of ${wait.name} is done`
    case 'answer':
      return `${wait.name}: ${wait.step}, which EC2 has not confirmed yet; it is looked for`
    case 'hindrance': {
      const doubt = wait.isKnown ? '' : '; whether it was done all the same is looked for'
      return `${wait.name}: ${wait.step}, to which AWS answers ${wait.code} since ${dayTime(wait.sinceMs)} (${wait.remedy})${doubt}`
    }
    case 'snapshot':
      return `${wait.name}: ${SNAPSHOTS[wait.step] ?? wait.step}, ${wait.percent}%`
    case 'call':
      return `${wait.name}: ${wait.step}`
  }
}

function holdWords(hold: SeedHold): string {
  switch (hold.why) {
    case 'quietHours':
      return `which begins in quietHours alone for a hard disk, from ${dayTime(hold.untilMs)} on`
    case 'theirs':
      return `behind ${hold.snapshot}, which others began to take at ${dayTime(hold.sinceMs)}`
    case 'due':
      return `behind a backup that others are expected to begin at ${dayTime(hold.atMs)}, as they did before`
    case 'instance':
      return 'once fewer are taken of the same instance'
    case 'asked':
    case 'window':
    case 'look':
      return 'behind the next look at EC2'
  }
}

const GATES: Readonly<Record<Gate, string>> = {
  start: 'the start',
  freeze: 'stopping writes',
  goLive: 'going live',
  cleanup: 'what is deleted',
}
const SNAPSHOTS: Readonly<Partial<Record<Step, string>>> = {
  seed: 'its snapshot ahead',
  snapshot: 'its final snapshot',
  firstSnapshot: 'the first snapshot of its copy',
}
