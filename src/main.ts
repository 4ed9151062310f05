// The way in. `all` runs bot and workers on the environment's Slack, Redis and AWS; `bot` and `worker` run them apart; `demo` is
// a world in a box around the same processes.
import { type Roles, startProcess, type Timing } from './bot.ts'
import { drillClock, systemClock } from './clock.ts'
import { parseConfig } from './config.ts'

const ROLES: Readonly<Record<string, Roles>> = {
  all: { bot: true, worker: true },
  bot: { bot: true, worker: false },
  worker: { bot: false, worker: true },
}

const [role = '', ...args] = process.argv.slice(2)
const roles = ROLES[role]
if (role === 'demo') {
  const { runDemo } = await import('./demo/run.ts')
  process.exitCode = await runDemo(args)
} else if (roles) {
  process.exitCode = await run(roles)
} else {
  process.stderr.write(`zonehop runs as "all", "bot", "worker" or "demo", not as "${role}".\n`)
  process.exitCode = 2
}

async function run(roles: Roles): Promise<number> {
  const config = parseConfig(process.env)
  if ('problems' in config) {
    process.stderr.write(`zonehop cannot start:\n${config.problems.map((problem) => `  ${problem}\n`).join('')}`)
    return 1
  }
  const timing = await timingOf(config.clockUrl)
  const running = await startProcess(config, roles, timing)
  process.stderr.write('zonehop is up; Ctrl-C stops it.\n')
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
  await running.close()
  timing.close()
  return 0
}

async function timingOf(clockUrl: string | undefined): Promise<Timing & { close(): void }> {
  if (!clockUrl) return { clock: systemClock, isDrill: false, close: () => undefined }
  const clock = await drillClock(clockUrl)
  return { clock, isDrill: true, close: () => clock.close() }
}
