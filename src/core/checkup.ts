// What zonehop finds of its own ground when it starts. A migration that holds the only plan in an outage must not lose it: what
// could make it do so keeps a migration from starting, unless somebody names it in ZONEHOP_ALLOW.
import { CLOCKS_APART_MAX_MS } from './model/limits.ts'

/** As asked of Redis; null: it does not say (managed ones often do not). */
export type RedisFacts = {
  readonly version: string | null
  readonly appendonly: string | null
  readonly appendfsync: string | null
  readonly maxmemoryPolicy: string | null
  /** Replicas that are connected now. */
  readonly replicas: number | null
  readonly minReplicasToWrite: string | null
}

export type Ground = {
  readonly redis: RedisFacts
  /** How far the clock here is ahead of theirs, in ms; null: not to be told. */
  readonly aheadOfEc2Ms: number | null
  readonly aheadOfSlackMs: number | null
  /** Looks that AWS does not allow, each with its code. */
  readonly refusedReads: readonly string[]
}

export type Finding = {
  /** By which it can be allowed. */
  readonly name: string
  readonly isDangerous: boolean
  readonly text: string
}

/** HTTP's Date has whole seconds, and an answer takes a while. */
const CLOCK_TELLS_MS = 5_000
const OLDEST = [6, 2] as const

export function checkup({ redis, aheadOfEc2Ms, aheadOfSlackMs, refusedReads }: Ground): Finding[] {
  return [
    ...version(redis.version),
    ...durability(redis),
    ...eviction(redis.maxmemoryPolicy),
    ...replication(redis),
    ...clock('clock-ec2', 'EC2', aheadOfEc2Ms),
    ...clock('clock-slack', 'Slack', aheadOfSlackMs),
    ...permissionFindings(refusedReads),
  ]
}

/** What must be put right, or allowed by name, before a migration may start. */
export function dangers(findings: readonly Finding[], allowed: readonly string[]): Finding[] {
  return findings.filter(({ name, isDangerous }) => isDangerous && !allowed.includes(name))
}

function version(found: string | null): Finding[] {
  if (found === null) return [note('redis-version', 'Redis does not say its version; 6.2 or newer is needed.')]
  const [major = 0, minor = 0] = found.split('.').map(Number)
  const isOld = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])
  return isOld ? [danger('redis-version', `Redis is ${found}; 6.2 or newer is needed.`)] : []
}

function durability({ appendonly, appendfsync }: RedisFacts): Finding[] {
  const name = 'redis-durability'
  if (appendonly === null) {
    return [
      note(
        name,
        'Redis does not say whether it keeps what it is told; see that appendonly is yes and appendfsync always.',
      ),
    ]
  }
  if (appendonly !== 'yes') {
    return [
      danger(
        name,
        'Redis forgets everything when it is restarted (appendonly is no): set appendonly yes and appendfsync always.',
      ),
    ]
  }
  if (appendfsync === 'always') return []
  return [danger(name, `Redis may lose its last second (appendfsync is ${appendfsync}): set appendfsync always.`)]
}

function eviction(policy: string | null): Finding[] {
  const name = 'redis-eviction'
  if (policy === null)
    return [note(name, 'Redis does not say what it does when memory is full; see that maxmemory-policy is noeviction.')]
  if (policy === 'noeviction') return []
  return [danger(name, `Redis throws keys away when memory is full (maxmemory-policy is ${policy}): set noeviction.`)]
}

/** Where a replica may take over, an entry that it does not have yet is lost with its acknowledgement. */
function replication({ replicas, minReplicasToWrite }: RedisFacts): Finding[] {
  const name = 'redis-replicas'
  if (!replicas || (minReplicasToWrite !== null && minReplicasToWrite !== '0')) return []
  const text = `Redis has ${replicas} ${replicas === 1 ? 'replica' : 'replicas'}`
  if (minReplicasToWrite === null)
    return [note(name, `${text} and does not say min-replicas-to-write; see that it is 1 or more.`)]
  const cause = 'acknowledges what none of them has yet (min-replicas-to-write is 0), so a failover may lose entries'
  return [danger(name, `${text} and ${cause}: set min-replicas-to-write 1.`)]
}

function clock(name: string, whose: string, aheadMs: number | null): Finding[] {
  if (aheadMs === null) return [note(name, `${whose} does not say what time it is, so the clock here is not compared.`)]
  if (Math.abs(aheadMs) < CLOCK_TELLS_MS) return []
  const words = `${Math.round(Math.abs(aheadMs) / 1000)} s ${aheadMs > 0 ? 'ahead of' : 'behind'} ${whose}'s`
  const text = `The clock here is ${words}: synchronise it (chrony, systemd-timesyncd).`
  return [Math.abs(aheadMs) < CLOCKS_APART_MAX_MS ? note(name, text) : danger(name, text)]
}

function permissionFindings(refused: readonly string[]): Finding[] {
  if (refused.length === 0) return []
  return [danger('permissions', `AWS refuses ${refused.join(', ')}: give zonehop's role iam-policy.json.`)]
}

function note(name: string, text: string): Finding {
  return { name, isDangerous: false, text }
}

function danger(name: string, text: string): Finding {
  return { name, isDangerous: true, text }
}
