// Redis and the clocks, judged as at start-up.
import type { Config } from '../config.ts'
import { clockFindings, type Finding, type RedisFacts, redisFindings } from '../core/checkup.ts'
import { type Check, green, red, yellow } from '../core/model/checks.ts'
import { requireAbilities } from '../store/abilities.ts'
import { keysIn } from '../store/keys.ts'
import { connect, type Mode, requireRedis } from '../store/redis.ts'
import { aheadOfRedisMs, redisFacts } from '../store/redis-facts.ts'

type Looked = {
  readonly checks: Check[]
  /** How far the clock here is ahead of Redis's, in ms; null where Redis was not asked. */
  readonly aheadMs: number | null
}

/** What Redis must let zonehop do is tried on keys of its own, which are gone again. */
export async function redisChecks({ redisUrl, namespace, allowed }: Config, now: () => number): Promise<Looked> {
  const mode = await requireRedis(redisUrl).catch((error: Error) => error)
  if (mode instanceof Error) return { checks: [red('Redis', mode.message, '')], aheadMs: null }
  const redis = connect(redisUrl, mode).on('error', () => undefined)
  const keys = keysIn(namespace)
  try {
    await requireAbilities(redis, keys)
    const facts = await redisFacts(redis, keys)
    return { checks: factChecks(facts, mode, allowed), aheadMs: await aheadOfRedisMs(redis, keys, now) }
  } catch (error) {
    return { checks: [red('Redis', (error as Error).message, '')], aheadMs: null }
  } finally {
    redis.disconnect()
  }
}

function factChecks(facts: RedisFacts, mode: Mode, allowed: readonly string[]): Check[] {
  const findings = redisFindings(facts)
  const sound: Readonly<Record<string, string>> = {
    'redis-version': `it is ${facts.version}, ${mode === 'cluster' ? 'a cluster' : 'one server'}`,
    'redis-durability': 'it answers once an entry is on its disk',
    'redis-eviction': 'it throws no key away',
    'redis-replicas': facts.replicas ? `${facts.replicas} are connected and have every entry` : 'it has none',
  }
  return Object.entries(sound).map(([name, words]) => judged(findings, green(name, words), allowed))
}

/** A line for each clock; `aheadMs` by whose clock it is. */
export function clockChecks(aheadMs: Readonly<Record<string, number | null>>, allowed: readonly string[]): Check[] {
  return Object.entries(aheadMs).map(([whose, ms]) => {
    const name = `clock-${whose.toLowerCase()}`
    return judged(clockFindings(name, whose, ms), green(name, `the clock here agrees with ${whose}'s`), allowed)
  })
}

/** The finding of that name, or that all is well. */
function judged(findings: readonly Finding[], sound: Check, allowed: readonly string[]): Check {
  const found = findings.find(({ name }) => name === sound.name)
  if (!found) return sound
  const isRed = found.isDangerous && !allowed.includes(found.name)
  return (isRed ? red : yellow)(found.name, found.text, '')
}
