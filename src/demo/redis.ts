// A real Redis of our own: on a unix socket in a new folder, durable as production asks, its pid checked.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Redis } from 'ioredis'

export type OwnRedis = { readonly socket: string; close(): Promise<void> }

const START_WITHIN_MS = 10_000

/** Throws with what to install when neither redis-server nor valkey-server is on PATH. */
export async function startRedis(): Promise<OwnRedis> {
  const server = ['redis-server', 'valkey-server'].find((name) => spawnSync(name, ['--version']).status === 0)
  if (!server) throw new Error('no redis-server or valkey-server on PATH: install either, then run this again')
  const folder = await mkdtemp(join(tmpdir(), 'zonehop-redis-'))
  const socket = join(folder, 'redis.sock')
  const settings = {
    port: '0',
    unixsocket: socket,
    dir: folder,
    appendonly: 'yes',
    appendfsync: 'always',
    'maxmemory-policy': 'noeviction',
    save: '',
  }
  // A process group of its own: Ctrl-C at a terminal must not take it from under a bot that is still ending its steps.
  const child = spawn(
    server,
    Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    { stdio: 'ignore', detached: true },
  )
  const kill = (): void => void child.kill('SIGTERM')
  process.once('exit', kill)
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const close = async (): Promise<void> => {
    kill()
    await exited
    process.off('exit', kill)
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await untilServes(socket, child.pid)
  } catch (error) {
    await close()
    throw error
  }
  return { socket, close }
}

/** A socket can belong to another server: the one that answers must be the one started here. */
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
