// What Redis says of itself: version, durability, eviction. A managed Redis refuses CONFIG; then it is not known.
import type { Redis } from 'ioredis'
import type { RedisFacts } from '../core/checkup.ts'

export async function redisFacts(redis: Redis): Promise<RedisFacts> {
  const info = await redis.info('server')
  const said = await settings(redis)
  return {
    version: /(?:redis|valkey)_version:(\S+)/.exec(info)?.[1] ?? null,
    appendonly: said.get('appendonly') ?? null,
    appendfsync: said.get('appendfsync') ?? null,
    maxmemoryPolicy: said.get('maxmemory-policy') ?? null,
  }
}

async function settings(redis: Redis): Promise<Map<string, string>> {
  const said = new Map<string, string>()
  for (const name of ['appendonly', 'appendfsync', 'maxmemory-policy']) {
    const answer = await redis.config('GET', name).catch(() => [])
    const [, value] = answer as string[]
    if (value !== undefined) said.set(name, value)
  }
  return said
}
