// A real Redis in cluster mode: three masters that share the slots, and if asked for a replica of the one that has our keys, which can
// take over without the last entries.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { DURABLE, serverOnPath, settingsOf } from './server.ts'

/** A cluster of one world's own; `url` is the address of one of its nodes. */
export type OwnCluster = {
  readonly url: string
  /** Cuts the replica off: what is written from here on it will not have. */
  cutOff(): Promise<void>
  /** Kills the master with SIGKILL, and lets the replica take over with what it has. */
  failOver(): Promise<void>
  close(): Promise<void>
}

type Node = { readonly port: number; readonly child: ChildProcess; readonly client: Redis }

const MASTERS = 3
const SLOTS = 16_384
const START_WITHIN_MS = 20_000
/** Cluster nodes speak to one another on a port of their own, so far above. */
const BUS = 10_000
const HOST = '127.0.0.1'

/** Starts one in a new folder; `key` is one of those that the replica is to have. Throws where it does not come up. */
export async function startCluster({
  key,
  hasReplica,
}: {
  readonly key: string
  readonly hasReplica: boolean
}): Promise<OwnCluster> {
  const server = serverOnPath()
  const folder = await mkdtemp(join(tmpdir(), 'zonehop-cluster-'))
  const nodes: Node[] = []
  const onExit = (): void => {
    for (const { child } of nodes) child.kill('SIGTERM')
  }
  process.once('exit', onExit)
  const close = async (): Promise<void> => {
    for (const { client, child } of nodes) await end(client, child, 'SIGTERM')
    process.off('exit', onExit)
    await rm(folder, { recursive: true, force: true })
  }
  try {
    for (let count = 0; count < MASTERS + (hasReplica ? 1 : 0); count++) nodes.push(await startNode(server, folder))
    await joinAll(nodes)
    const masters = nodes.slice(0, MASTERS)
    const owner = hasReplica ? await ownerOf(masters, key) : null
    const replica = nodes[MASTERS]
    if (owner && replica) await follow(replica, owner)
    return {
      url: `redis://${HOST}:${masters.find((node) => node !== owner)?.port}`,
      async cutOff() {
        await owner?.client.call('ACL', 'SETUSER', 'default', '-psync', '-sync', '-replconf')
        await owner?.client.call('CLIENT', 'KILL', 'TYPE', 'replica')
      },
      async failOver() {
        if (!owner || !replica) return
        await end(owner.client, owner.child, 'SIGKILL')
        await replica.client.call('CLUSTER', 'FAILOVER', 'TAKEOVER')
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function startNode(server: string, folder: string): Promise<Node> {
  const port = await freePort()
  const dir = join(folder, String(port))
  await mkdir(dir)
  const cluster = { 'cluster-enabled': 'yes', 'cluster-config-file': 'nodes.conf', 'cluster-node-timeout': '2000' }
  const settings = settingsOf({ port: String(port), bind: HOST, dir, ...cluster, ...DURABLE })
  const child = spawn(server, settings, { stdio: 'ignore', detached: true })
  const client = new Redis({ host: HOST, port, retryStrategy: () => 50, maxRetriesPerRequest: null })
  client.on('error', () => undefined)
  await within(client.ping(), 'a node of the cluster did not start')
  return { port, child, client }
}

/** A port that nobody listens on, whose bus port is free too. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = await listenOn(0)
    if (port !== null && port + BUS < 65_536 && (await listenOn(port + BUS)) !== null) return port
  }
}

async function listenOn(port: number): Promise<number | null> {
  const server = createServer()
  const bound = await new Promise<number | null>((resolve) => {
    server.once('error', () => resolve(null))
    server.listen(port, HOST, () => resolve((server.address() as { port: number }).port))
  })
  if (bound !== null) await new Promise((resolve) => server.close(resolve))
  return bound
}

/** Makes the nodes one cluster, the slots in equal parts on the masters, and waits until all say so. */
async function joinAll(nodes: readonly Node[]): Promise<void> {
  const [first, ...others] = nodes
  for (const { port } of others) await first?.client.call('CLUSTER', 'MEET', HOST, port)
  for (const [index, { client }] of nodes.slice(0, MASTERS).entries()) {
    await client.call('CLUSTER', 'ADDSLOTSRANGE', firstSlotOf(index), firstSlotOf(index + 1) - 1)
  }
  const isOne = async ({ client }: Node): Promise<boolean> => {
    const info = String(await client.call('CLUSTER', 'INFO'))
    return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${nodes.length}`)
  }
  await until(async () => (await Promise.all(nodes.map(isOne))).every(Boolean), 'the nodes did not become a cluster')
}

function firstSlotOf(master: number): number {
  return Math.floor((master * SLOTS) / MASTERS)
}

async function ownerOf(masters: readonly Node[], key: string): Promise<Node> {
  const slot = Number(await masters[0]?.client.call('CLUSTER', 'KEYSLOT', key))
  const owner = masters.find((_, index) => slot < firstSlotOf(index + 1))
  if (!owner) throw new Error(`no node has slot ${slot}`)
  return owner
}

async function follow(replica: Node, owner: Node): Promise<void> {
  const id = await owner.client.call('CLUSTER', 'MYID')
  await replica.client.call('CLUSTER', 'REPLICATE', String(id))
  const isUp = async (): Promise<boolean> =>
    (await replica.client.info('replication')).includes('master_link_status:up')
  await until(isUp, 'the replica did not follow its master')
}

async function until(isSo: () => Promise<boolean>, what: string): Promise<void> {
  const endsAt = performance.now() + START_WITHIN_MS
  while (!(await isSo())) {
    if (performance.now() > endsAt) throw new Error(`Redis: ${what} within ${START_WITHIN_MS / 1000} s`)
    await delay(50)
  }
}

async function within(doing: Promise<unknown>, what: string): Promise<void> {
  const isDone = await Promise.race([doing.then(() => true), delay(START_WITHIN_MS, false, { ref: false })])
  if (!isDone) throw new Error(`Redis: ${what} within ${START_WITHIN_MS / 1000} s`)
}

async function end(client: Redis, child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  client.disconnect()
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill(signal)
  await once(child, 'exit')
}
