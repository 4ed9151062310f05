// Reads what Redis reports of itself: version, durability, eviction, replicas. A managed Redis refuses CONFIG, and its
// settings are then not known.
import type { Redis } from 'ioredis'
import type { RedisFacts } from '../core/checkup.ts'

/** Each fact is null where Redis does not report it; throws where INFO fails. */
export async function redisFacts(redis: Redis): Promise<RedisFacts> {
  const info = await redis.info('server')
  const replication = await redis.info('replication')
  const said = await settings(redis)
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

async function settings(redis: Redis): Promise<Map<string, string>> {
  const said = new Map<string, string>()
  for (const name of ['appendonly', 'appendfsync', 'maxmemory-policy', 'min-replicas-to-write']) {
    const answer = await redis.config('GET', name).catch(() => [])
    const [, value] = answer as string[]
    if (value !== undefined) said.set(name, value)
  }
  return said
}
