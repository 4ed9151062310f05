// Wires the terminal: the use cases on Redis and the journal, without Slack. What it appends wakes the workers as a click does.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openQueues } from '../jobs/worker.ts'
import { openClients } from './aws/clients.ts'
import { ec2 as ec2Edge } from './aws/ec2.ts'
import type { Timing } from './bot.ts'
import { parseTerminalConfig, type TerminalConfig } from './config.ts'
import type { Acquaintances, Directory } from './core/ports.ts'
import { operations } from './operations.ts'
import { redisInventories } from './store/inventories.ts'
import { redisJournal } from './store/journal.ts'
import { keysIn } from './store/keys.ts'
import { redisAcquaintances } from './store/people.ts'
import { connect, requireRedis } from './store/redis.ts'
import { redisViews } from './store/views.ts'
import { HELP, parseTyped } from './terminal/command.ts'
import { EXITS, perform, type Told } from './terminal/terminal.ts'

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
    const told = await asked(config, { timingOf, onError, user, act: (desk) => perform(typed, desk) })
    const { exit, text, ...rest } = told
    if (isJson) out.write(`${JSON.stringify({ ok: exit === EXITS.done, text, ...rest })}\n`)
    else (exit === EXITS.refused ? err : out).write(`${text}\n`)
    return exit
  } catch (error) {
    err.write(`${error instanceof Error ? error.message : String(error)}\n`)
    return EXITS.unreachable
  }
}

type Asking = Pick<Doing, 'timingOf' | 'onError' | 'user'> & {
  readonly act: (desk: Parameters<typeof perform>[1]) => Promise<Told>
}

/** Opens Redis for one command, and closes it again. */
async function asked(config: TerminalConfig, { timingOf, onError, user, act }: Asking): Promise<Told> {
  const { redisUrl, namespace, rules, people, channels, terminal, clockUrl } = config
  const mode = await requireRedis(redisUrl)
  const timing = await timingOf(clockUrl)
  const redis = connect(redisUrl, mode).on('error', onError)
  const keys = keysIn(namespace)
  const queue = openQueues(redis, keys, onError)
  const clients = openClients()
  const { clock, isDrill } = timing
  const journal = redisJournal(redis, keys, isDrill ? () => clock.now() : null)
  const directory = directoryOf(redisAcquaintances(redis, keys))
  const told = { directory, rules, people, channels, dangers: [] }
  const views = redisViews(redis, keys)
  const ports = {
    journal,
    ec2: ec2Edge(clients),
    inventories: redisInventories(redis, keys),
    views,
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
  }
}
