// The entry point. `all` runs bot and workers on the environment's Slack, Redis and AWS; `bot` and `worker` run them in
// processes of their own; `doctor` looks at all that these stand on; `demo` is a world in a box around the same processes; `terminal` performs one command of `zonehop`.
import { once } from 'node:events'
import { userInfo } from 'node:os'
import { type Roles, startProcess, type Timing } from './bot.ts'
import { drillClock, systemClock } from './clock.ts'
import { type Config, parseConfig } from './config.ts'
import { tidy } from './environment.ts'
import { keepHealth } from './health.ts'
import { errorLog, redacting } from './log.ts'

const ROLES: Readonly<Record<string, Roles>> = {
  all: { bot: true, worker: true },
  bot: { bot: true, worker: false },
  worker: { bot: false, worker: true },
}
/**
 * A supervisor kills a process that has not ended ten seconds after SIGTERM; a process that ends by itself before that
 * can give the reason. Real ms.
 */
const CLOSE_WITHIN_MS = 8_000

tidy(process.env)
const redact = redacting(process.env)
const [role = '', ...args] = process.argv.slice(2)
const roles = ROLES[role]
if (role === 'terminal') {
  const { runTerminal } = await import('./cli.ts')
  const doing = {
    timingOf,
    onError: errorLog(redact),
    user: userInfo().username,
    out: process.stdout,
    err: process.stderr,
  }
  process.exitCode = await runTerminal(args, process.env, doing)
} else if (role === 'doctor') {
  const { runDoctor } = await import('./doctor/doctor.ts')
  const out = { write: (text: string) => process.stdout.write(redact(text)) }
  process.exitCode = await runDoctor(process.env, { now: systemClock.now, out })
} else if (role === 'demo') {
  const { runDemo } = await import('./demo/run.ts')
  process.exitCode = await runDemo(args)
} else if (roles) {
  // The Socket Mode client gives up for good after a reconnection that failed, and reports that only as an unhandled
  // rejection. The process ends, so that a supervisor starts a new one.
  process.on('unhandledRejection', (reason) =>
    exit(`zonehop stops, for something failed that nobody awaited: ${reason}`),
  )
  process.exitCode = await run(roles)
} else {
  process.stderr.write(`zonehop runs as "all", "bot", "worker", "doctor", "demo" or "terminal", not as "${role}".\n`)
  process.exitCode = 2
}

async function run(roles: Roles): Promise<number> {
  const config = parseConfig(process.env)
  if ('problems' in config) {
    process.stderr.write(`zonehop cannot start:\n${config.problems.map((problem) => `  ${problem}\n`).join('')}`)
    return 1
  }
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
  stop.signal.addEventListener('abort', () => {
    const late = 'zonehop did not end its steps in time; what was begun is carried on by others.'
    setTimeout(() => exit(late), CLOSE_WITHIN_MS).unref()
  })
  try {
    await serve(config, roles, stop.signal)
    return 0
  } catch (error) {
    return exit(`zonehop cannot start: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Runs the process until `stop` aborts. */
async function serve(config: Config, roles: Roles, stop: AbortSignal): Promise<void> {
  const timing = await timingOf(config.clockUrl)
  const running = await startProcess(config, roles, timing, errorLog(redact)).catch((error: unknown) => {
    timing.close()
    throw error
  })
  process.stderr.write('zonehop is up; Ctrl-C stops it.\n')
  const { healthFile } = config
  const health = healthFile ? keepHealth(healthFile, running, stop) : null
  if (!stop.aborted) await once(stop, 'abort')
  await health
  await running.close()
  timing.close()
}

async function timingOf(clockUrl: string | undefined): Promise<Timing & { close(): void }> {
  if (!clockUrl) return { clock: systemClock, isDrill: false, close: () => undefined }
  const clock = await drillClock(clockUrl).catch((error: Error) => {
    throw new Error(`no drill answers at ${clockUrl} (${error.message}): leave ZONEHOP_CLOCK_URL out, or correct it.`)
  })
  return { clock, isDrill: true, close: () => clock.close() }
}

function exit(reason: string): never {
  process.stderr.write(`${redact(reason)}\n`)
  process.exit(1)
}
