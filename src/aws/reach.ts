// Whether an AWS service can be reached from this process, as its last call found. What people and the journal hear of it is
// decided elsewhere; here it only keeps calls from being made that cannot arrive.

import { isOutOfReach } from './errors/sort.ts'

/** What the last calls to one service have shown. */
export type Reach = {
  /** True from a call that did not arrive, or had no answer, until one that had. */
  isAway(): boolean
  /** Takes what a call threw; null where AWS answered what was asked. */
  heard(error: unknown): void
}

/** A service that is thought to be there until a call says otherwise. */
export function openReach(): Reach {
  let isAway = false
  return {
    isAway: () => isAway,
    heard: (error) => {
      isAway = error !== null && isOutOfReach(error)
    },
  }
}

/** A middleware of the SDK that tells `reach` what became of each call, once its repetitions are over. */
export function heardBy(reach: Reach) {
  return <Args, Output>(next: (args: Args) => Promise<Output>) =>
    async (args: Args): Promise<Output> => {
      try {
        const output = await next(args)
        reach.heard(null)
        return output
      } catch (error) {
        reach.heard(error)
        throw error
      }
    }
}

/** Where it stands: outermost, around the SDK's own repetitions. */
export const HEARS = { step: 'initialize', name: 'zonehopReach', priority: 'high' } as const
