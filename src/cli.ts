// Wires the terminal: the use cases on Redis and the journal, without Slack. What it appends wakes the workers as a click does.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { openQueues } from '../jobs/worker.ts'
import { openClients } from './aws/clients.ts'
import { ec2 as ec2Edge } from './aws/ec2.ts'
import type { Timing } from './bot.ts'
import { parseTerminalConfig, type TerminalConfig } from './config.ts'
import { checkup, dangers, type Finding } from './core/checkup.ts'
import type { Acquaintances, Directory } from './core/ports.ts'
import { operations } from './operations.ts'
import { redisInventories } from './store/inventories.ts'
import { redisJournal } from './store/journal.ts'
import { type Keys, keysIn } from './store/keys.ts'
import { redisAcquaintances } from './store/people.ts'
import { connect, type RedisClient, requireRedis } from './store/redis.ts'
import { redisFacts } from './store/redis-facts.ts'
import { redisViews } from './store/views.ts'
import { redisWatches } from './store/watch/watches.ts'
import { HELP, parseTyped } from './terminal/command.ts'
import { type Desk, EXITS, perform, type Told } from './terminal/terminal.ts'
import { watchStatus } from './terminal/watch.ts'

type Out = { write(text: string): unknown }
type Doing = {
  readonly timingOf: (clockUrl: string | undefined) => Promise<Timing & { close(): void }>
  readonly onError: (error: Error) => void
  /** The name of who types, on this host. */
  readonly user: string
  readonly out: Out
  readonly err: Out
}

/** Runs one command of a terminal; the exit code is one of EXITS. What went well goes to `out`, everything else to `err`. */
export async function runTerminal(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  { timingOf, onError, user, out, err }: Doing,
): Promise<number> {
  const parsed = parseTyped(args)
  if ('wrong' in parsed) {
    err.write(`${parsed.wrong}\n`)
    return EXITS.misread
  }
  const { typed, isJson } = parsed
  if (typed.verb === 'help') {
    out.write(`${HELP}\n`)
    return EXITS.done
  }
  const config = parseTerminalConfig(environment)
  if ('problems' in config) {
    err.write(`zonehop cannot start:\n${config.problems.map((problem) => `  ${problem}\n`).join('')}`)
    return EXITS.unreachable
  }
  try {
    const show = (told: Told) => void (told.exit === EXITS.refused && !isJson ? err : out).write(printed(told, isJson))
    const act = (desk: Desk): Promise<Told> =>
      typed.verb === 'status' && typed.isWatched ? watchUntilStopped(typed.id, desk, show) : perform(typed, desk)
    const told = await asked(config, { timingOf, onError, user, isStarting: typed.verb === 'start', act })
    show(told)
    return told.exit
  } catch (error) {
    err.write(`${error instanceof Error ? error.message : String(error)}\n`)
    return EXITS.unreachable
  }
}

/** With --json the journal is a line for each entry, and everything else one line. */
function printed({ exit, text, entries, ...rest }: Told, isJson: boolean): string {
  if (!isJson) return `${text}\n`
  if (entries) return entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')
  return `${JSON.stringify({ ok: exit === EXITS.done, text, ...rest })}\n`
}

/** Ctrl-C ends it as the end of the migration does. */
async function watchUntilStopped(id: string | null, desk: Desk, show: (told: Told) => void): Promise<Told> {
  const stop = new AbortController()
  const onSignal = () => stop.abort()
  process.once('SIGINT', onSignal)
  try {
    const pause = (ms: number) => delay(ms, undefined, { signal: stop.signal }).catch(() => undefined)
    return await watchStatus(id, desk, { show, pause, isStopped: () => stop.signal.aborted })
  } finally {
    process.off('SIGINT', onSignal)
  }
}

type Asking = Pick<Doing, 'timingOf' | 'onError' | 'user'> & {
  /** Whether a migration may be started, which not every Redis is fit for. */
  readonly isStarting: boolean
  readonly act: (desk: Desk) => Promise<Told>
}

/** Opens Redis for one command, and closes it again. */
async function asked(config: TerminalConfig, { timingOf, onError, user, isStarting, act }: Asking): Promise<Told> {
  const { redisUrl, namespace, rules, people, channels, terminal, clockUrl, allowed, watch } = config
  const mode = await requireRedis(redisUrl)
  const timing = await timingOf(clockUrl)
  const redis = connect(redisUrl, mode).on('error', onError)
  const keys = keysIn(namespace)
  const queue = openQueues(redis, keys, onError)
  const clients = openClients()
  const { clock, isDrill } = timing
  const journal = redisJournal(redis, keys, isDrill ? () => clock.now() : null)
  const directory = directoryOf(redisAcquaintances(redis, keys))
  const findings = isStarting ? await findingsOf(redis, keys) : []
  const told = { directory, rules, people, channels, dangers: dangers(findings, allowed) }
  const views = redisViews(redis, keys)
  const ports = {
    journal,
    ec2: ec2Edge(clients),
    inventories: redisInventories(redis, keys),
    views,
    watching: { pairs: watch, watches: redisWatches(redis, keys), nudge: queue.nudgeWatch },
    queue,
    clock,
    ...told,
  }
  try {
    return await act({
      use: operations(ports),
      entries: (id) => journal.entries(id),
      progress: (id) => views.progress(id),
      save,
      approvers: people.approvers,
      by: terminal[user] ?? null,
      user,
    })
  } finally {
    await queue.close()
    clients.close()
    redis.disconnect()
    timing.close()
  }
}

/** What is wrong with Redis; clocks and permissions are looked at where the workers start. */
async function findingsOf(redis: RedisClient, keys: Keys): Promise<Finding[]> {
  const unseen = { aheadOfEc2Ms: null, aheadOfSlackMs: null, refusedReads: [] }
  return checkup({ redis: await redisFacts(redis, keys), ...unseen })
}

async function save(directory: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<string | null> {
  try {
    await mkdir(directory, { recursive: true })
    for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content)
    return null
  } catch (error) {
    return (error as Error).message
  }
}

/** Slack may be away, so people are what they were when it last said; who was never seen counts by their own id alone. */
function directoryOf({ recall }: Acquaintances): Directory {
  return {
    person: async (id) => (await recall(id)) ?? { id, kind: 'unknown', groups: [] },
    members: async () => null,
    channel: async () => null,
    present: async () => null,
  }
}
