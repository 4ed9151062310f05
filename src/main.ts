// The one place where things are wired: `all` runs bot and workers on the environment's Slack, Redis and EC2.
import { setTimeout as delay } from 'node:timers/promises'
import { startBot } from './bot.ts'
import { parseConfig } from './config.ts'
import type { Clock } from './core/ports.ts'

const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => delay(ms, undefined, signal ? { signal } : {}).catch(() => undefined),
}

const [role, ...args] = process.argv.slice(2)
if (role === 'demo') {
  const { runDemo } = await import('./demo/run.ts')
  process.exitCode = await runDemo(args)
} else if (role === 'all') {
  process.exitCode = await runAll()
} else {
  process.stderr.write(`zonehop runs as "all" or "demo", not as "${role ?? ''}".\n`)
  process.exitCode = 2
}

async function runAll(): Promise<number> {
  const config = parseConfig(process.env)
  if ('problems' in config) {
    process.stderr.write(`zonehop cannot start:\n${config.problems.map((problem) => `  ${problem}\n`).join('')}`)
    return 1
  }
  const bot = await startBot(config, systemClock, false)
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
  await bot.close()
  return 0
}
