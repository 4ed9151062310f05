// One process of the crew: runs the trials it is sent, one after another.
import type { Task } from './crew.ts'
import { runTrial } from './trial.ts'

process.on('message', async ({ seed, plant, isTold }: Task) => {
  const trial = await runTrial(seed, plant)
  process.send?.(isTold || trial.violations.length > 0 ? trial : { ...trial, transcript: [] })
})
