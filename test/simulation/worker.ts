// One process of the crew: runs the trials it is sent, one after another.
import type { Task } from './crew.ts'
import { runTrial } from './trial.ts'

process.on('message', async ({ seed, plant, isTold, isLater }: Task) => {
  const trial = await runTrial(seed, plant, isLater)
  const told = isTold || trial.violations.length > 0 ? trial : { ...trial, transcript: [] }
  // Nobody hears it any more where who asked was stopped meanwhile.
  process.send?.(told, () => undefined)
})
