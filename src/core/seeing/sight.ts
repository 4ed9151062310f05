// What an observation shows of one effect. look.ts finds it in the facts, and learn.ts turns it into an entry.
import type { Failure, Reading } from '../model/effects.ts'

/** What is seen of one effect; `resource` is the id of what its call made. */
export type Sight = {
  readonly resource?: string
  /** Ids of further things that its attempts made, and that are not used. */
  readonly others?: readonly string[]
  readonly isAchieved: boolean
  readonly failure?: Failure
  /** What both hosts of a replica reported, if they were asked. */
  readonly reading?: Reading
}

/** The sight of an effect that went wrong, with what a person should do. */
export function failedSight(code: string, problem: string, remedy: string): Sight {
  return { isAchieved: false, failure: { code, problem, remedy } }
}
