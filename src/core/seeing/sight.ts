// What a look shows of one effect.
import type { Failure, Reading } from '../model/effects.ts'

export type Sight = {
  readonly resource?: string
  /** More that its attempts made, and that is not used. */
  readonly others?: readonly string[]
  readonly isAchieved: boolean
  readonly failure?: Failure
  /** What both hosts of a replica said, where that was asked. */
  readonly reading?: Reading
}

export function failedSight(code: string, problem: string, remedy: string): Sight {
  return { isAchieved: false, failure: { code, problem, remedy } }
}
