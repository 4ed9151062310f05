// Reads what Redis reports of itself: version, durability, eviction, replicas. A managed Redis refuses CONFIG, and its
// settings are then not known. In a cluster it is asked of the node that has our keys.
import { Cluster } from 'ioredis'
import type { RedisFacts } from '../core/checkup.ts'
import type { Keys } from './keys.ts'
import type { RedisClient } from './redis.ts'

/** Run beside a key, so that in a cluster the node that has it answers. */
const INFO = `return { redis.call('INFO', 'server'), redis.call('INFO', 'replication') }`

const TIME = `return redis.call('TIME')`

/** Each fact is null where Redis does not report it; throws where INFO fails. */
export async function redisFacts(redis: RedisClient, keys: Keys): Promise<RedisFacts> {
  const [info, replication] = (await redis.eval(INFO, 1, keys.of('migrations'))) as [string, string]
  const said = await settings(redis, runIn(info))
  const replicas = /connected_slaves:(\d+)/.exec(replication)?.[1]
  return {
    version: /(?:redis|valkey)_version:(\S+)/.exec(info)?.[1] ?? null,
    appendonly: said.get('appendonly') ?? null,
    appendfsync: said.get('appendfsync') ?? null,
    maxmemoryPolicy: said.get('maxmemory-policy') ?? null,
    replicas: replicas === undefined ? null : Number(replicas),
    minReplicasToWrite: said.get('min-replicas-to-write') ?? null,
  }
}

/** How far the local clock is ahead of Redis's, in ms, negative when behind: Redis stamps the entries of the journal. */
export async function aheadOfRedisMs(redis: RedisClient, keys: Keys, now: () => number): Promise<number> {
  const [seconds, microseconds] = (await redis.eval(TIME, 1, keys.of('migrations'))) as [string, string]
  return now() - (Number(seconds) * 1000 + Number(microseconds) / 1000)
}

function runIn(info: string): string | null {
  return /run_id:(\w+)/.exec(info)?.[1] ?? null
}

/** CONFIG takes no key, so in a cluster the node is found by its run. */
async function settings(redis: RedisClient, run: string | null): Promise<Map<string, string>> {
  const said = new Map<string, string>()
  const nodes = redis instanceof Cluster ? redis.nodes('master') : [redis]
  for (const node of nodes) {
    if (nodes.length > 1 && runIn(await node.info('server')) !== run) continue
    for (const name of ['appendonly', 'appendfsync', 'maxmemory-policy', 'min-replicas-to-write']) {
      const answer = await node.config('GET', name).catch(() => [])
      const [, value] = answer as string[]
      if (value !== undefined) said.set(name, value)
    }
  }
  return said
}
