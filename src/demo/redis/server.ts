// A real Redis of our own: on a unix socket in a new folder, durable as production asks, its pid checked. It can be killed and
// started again on what it wrote, as on a bad morning.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Redis } from 'ioredis'

/** A Redis that belongs to one world; `socket` is the path of its unix socket, which is its `url`. */
export type OwnRedis = {
  readonly url: string
  readonly socket: string
  /** The folder it works in; its append-only file lies in `appendonlydir` there. */
  readonly folder: string
  /** Ends it with SIGKILL, so that it has no chance to write anything more. */
  kill(): Promise<void>
  /** Starts it again after `kill`, on what it had written. */
  start(): Promise<void>
  close(): Promise<void>
}

const START_WITHIN_MS = 10_000

/** The command that starts a server. Throws, with what to install, where there is none. */
export function serverOnPath(): string {
  const server = ['redis-server', 'valkey-server'].find((name) => spawnSync(name, ['--version']).status === 0)
  if (!server) throw new Error('no redis-server or valkey-server on PATH: install either, then run this again')
  return server
}

/** The settings that production asks for, and nothing that writes beside the append-only file. */
export const DURABLE = { appendonly: 'yes', appendfsync: 'always', 'maxmemory-policy': 'noeviction', save: '' } as const

/** Settings as arguments of the command. */
export function settingsOf(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
}

/** Starts one in a new folder. Throws, with what to install, when neither redis-server nor valkey-server is on PATH. */
export async function startRedis(): Promise<OwnRedis> {
  const server = serverOnPath()
  const folder = await mkdtemp(join(tmpdir(), 'zonehop-redis-'))
  const socket = join(folder, 'redis.sock')
  let child: ChildProcess | null = null

  async function start(): Promise<void> {
    // A process group of its own: Ctrl-C at a terminal must not take it from under a bot that is still ending its steps.
    child = spawn(server, settings(folder, socket), { stdio: 'ignore', detached: true })
    await untilServes(socket, child.pid)
  }
  async function end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const ending = child
    child = null
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return
    ending.kill(signal)
    await once(ending, 'exit')
  }
  const onExit = (): void => void child?.kill('SIGTERM')
  process.once('exit', onExit)
  const close = async (): Promise<void> => {
    await end('SIGTERM')
    process.off('exit', onExit)
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await start()
  } catch (error) {
    await close()
    throw error
  }
  return { url: socket, socket, folder, kill: () => end('SIGKILL'), start, close }
}

function settings(folder: string, socket: string): string[] {
  return settingsOf({ port: '0', unixsocket: socket, dir: folder, ...DURABLE })
}

/**
 * Waits until the server started here answers, which its pid tells: a socket can belong to another one. Throws
 * otherwise.
 */
async function untilServes(socket: string, pid: number | undefined): Promise<void> {
  const client = new Redis({ path: socket, lazyConnect: true, retryStrategy: () => 50, maxRetriesPerRequest: null })
  client.on('error', () => undefined)
  try {
    const info = await Promise.race([client.info('server'), delay(START_WITHIN_MS, '', { ref: false })])
    const answered = /process_id:(\d+)/.exec(info)?.[1]
    if (answered !== String(pid))
      throw new Error(
        `Redis did not start within ${START_WITHIN_MS / 1000} s (pid ${pid}, answered ${answered ?? 'nobody'})`,
      )
  } finally {
    client.disconnect()
  }
}
