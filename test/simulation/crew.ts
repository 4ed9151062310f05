// Trials on every core: each in one of a few processes, handed out seed by seed and told in the order of their seeds, so that
// nothing depends on who was faster.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { Plant } from './plants.ts'
import { runTrial, type Trial } from './trial.ts'

export type Task = {
  readonly seed: number
  readonly plant: Plant
  readonly isTold: boolean
  readonly isLater: boolean
}

export type Span = {
  readonly from: number
  readonly count: number
  readonly plant: Plant
  /** One process is of a later version. */
  readonly isLater?: boolean
}

export type Crew = {
  /** In the order of their seeds; who has seen enough just stops. */
  trials(span: Span): AsyncGenerator<Trial>
  close(): void
}

type Worker = { readonly process: ChildProcess; readonly death: Promise<never> }

/** Tasks under way or done for each worker, so that one long trial holds nobody up. */
const AHEAD = 4
/** What a trial allocates is soon garbage: a larger nursery is emptied less often. */
const NODE_OPTIONS = ['--max-semi-space-size=32', '--import', 'tsx']

/** `isTold`: transcripts of trials without a violation are wanted too. */
export function openCrew(size: number, isTold: boolean): Crew {
  const workers = size > 1 ? Array.from({ length: size }, startWorker) : []
  const idle = [...workers]
  const waiting: ((worker: Worker) => void)[] = []

  async function run(task: Task): Promise<Trial> {
    if (workers.length === 0) return await runTrial(task.seed, task.plant, task.isLater)
    const worker = idle.pop() ?? (await new Promise<Worker>((resolve) => waiting.push(resolve)))
    worker.process.send(task)
    const [trial] = (await Promise.race([once(worker.process, 'message'), worker.death])) as [Trial]
    const next = waiting.shift()
    if (next) next(worker)
    else idle.push(worker)
    return trial
  }

  async function* trials({ from, count, plant, isLater = false }: Span): AsyncGenerator<Trial> {
    const ahead: Promise<Trial>[] = []
    const aheadMax = Math.max(1, AHEAD * workers.length)
    let seed = from
    for (;;) {
      while (seed < from + count && ahead.length < aheadMax) {
        const trial = run({ seed: seed++, plant, isTold, isLater })
        // Awaited in its turn, or by nobody.
        trial.catch(() => undefined)
        ahead.push(trial)
      }
      const first = ahead.shift()
      if (!first) return
      yield await first
    }
  }

  return {
    trials,
    close: () => {
      for (const worker of workers) worker.process.kill()
    },
  }
}

function startWorker(): Worker {
  const worker = fork(new URL('./worker.ts', import.meta.url), [], { execArgv: NODE_OPTIONS })
  const death = once(worker, 'exit').then((): never => {
    throw new Error('a worker of the simulation died')
  })
  // Killed in the end, it is missed by nobody.
  death.catch(() => undefined)
  return { process: worker, death }
}
