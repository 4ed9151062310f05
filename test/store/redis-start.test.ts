// What who starts zonehop is told of a Redis that does not serve it: one sentence with the one thing to do.
import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterEach, expect, test } from 'vitest'
import { serverOnPath } from '../../src/demo/redis/server.ts'
import { requireRedis } from '../../src/store/redis.ts'
import { freePort } from '../support/processes.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** The address of a server that does no more than this with who connects. */
async function serving(hear: (socket: Socket) => unknown): Promise<string> {
  const sockets: Socket[] = []
  const server: Server = createServer((socket) => {
    sockets.push(socket.on('error', () => undefined).resume())
    hear(socket)
  })
  await new Promise<void>((listens) => server.listen(0, '127.0.0.1', listens))
  closers.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return `redis://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function said(url: string): Promise<string> {
  return await requireRedis(url).catch((error: Error) => error.message)
}

test('one that takes the connection and says nothing is not waited for', async () => {
  expect(await said(await serving(() => undefined))).toMatch(
    /^Redis at 127\.0\.0\.1:\d+ does not serve us \(it has said nothing for 8 s\): start it, or correct REDIS_URL, which begins with rediss:\/\/ where Redis takes TLS\.$/,
  )
}, 60_000)

test.each([
  [
    'DENIED Redis is running in protected mode',
    'it is in protected mode, and serves its own host alone (DENIED). What to do: give it a user with a password, or a bind address.',
  ],
  [
    'ERR max number of clients reached',
    'it has as many clients as it takes (max number of clients). What to do: raise its maxclients, or end clients that nobody needs.',
  ],
])('one that greets with %s', async (greeting, sentence) => {
  expect(await said(await serving((socket) => socket.end(`-${greeting}\r\n`)))).toContain(
    `does not serve us: ${sentence}`,
  )
})

/** The address of a server of its own, which may not serve yet. */
async function started(config: readonly string[], args: readonly string[] = []): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'zonehop-start-'))
  closers.push(() => rm(folder, { recursive: true, force: true }))
  const port = await freePort()
  const file = join(folder, 'redis.conf')
  await writeFile(file, [`port ${port}`, 'bind 127.0.0.1', `dir ${folder}`, ...config, ''].join('\n'))
  const child = spawn(serverOnPath(), [file, ...args], { stdio: 'ignore' })
  closers.push(() => child.kill('SIGKILL'))
  return `127.0.0.1:${port}`
}

test.each<[kind: string, config: readonly string[], args: readonly string[], sentence: string]>([
  [
    'a Sentinel',
    ['sentinel monitor main 127.0.0.1 1 1'],
    ['--sentinel'],
    'it is a Sentinel, and keeps no entries (SENTINEL). What to do: point REDIS_URL at the master that it watches.',
  ],
  [
    'a cluster without slots',
    ['cluster-enabled yes', 'save ""'],
    [],
    'its cluster is down (CLUSTERDOWN). What to do: see which of its nodes are missing.',
  ],
  [
    'one that wants a password',
    ['requirepass secret', 'save ""'],
    [],
    'it does not know us (NOAUTH). What to do: see the user and the password in REDIS_URL.',
  ],
])(
  '%s',
  async (_, config, args, sentence) => {
    const address = await started(config, args)
    await expect
      .poll(() => said(`redis://${address}`), { timeout: 20_000 })
      .toBe(`Redis at ${address} does not serve us: ${sentence}`)
  },
  60_000,
)

test('a cluster that is up in a moment is waited for', async () => {
  const url = `redis://${await started(['cluster-enabled yes', 'save ""'])}`
  const admin = new Redis(url).on('error', () => undefined)
  closers.push(() => admin.disconnect())
  await admin.ping()
  const mode = requireRedis(url)
  // It has been told that the cluster is down.
  await expect.poll(() => admin.info('commandstats'), { timeout: 20_000 }).toContain('cluster|info')
  await admin.call('CLUSTER', 'ADDSLOTSRANGE', 0, 16_383)
  expect(await mode).toBe('cluster')
}, 60_000)
