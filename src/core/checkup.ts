// The checkup at start-up: Redis, the clocks and the AWS permissions, on which zonehop itself stands. In an outage the
// journal holds the only plan, and must not lose it. A finding that could lose it keeps a migration from starting,
// unless somebody names it in ZONEHOP_ALLOW.
import { CLOCKS_APART_MAX_MS } from './model/limits.ts'

/** What Redis answers about itself; null where it does not say, as managed ones often do not. */
export type RedisFacts = {
  readonly version: string | null
  readonly appendonly: string | null
  readonly appendfsync: string | null
  readonly maxmemoryPolicy: string | null
  /** The number of replicas that are connected now. */
  readonly replicas: number | null
  readonly minReplicasToWrite: string | null
}

/** What the checkup judges, as it was read at start-up. */
export type StartupFacts = {
  readonly redis: RedisFacts
  /** How far the clock here is ahead of theirs, in ms; null if they do not say. */
  readonly aheadOfEc2Ms: number | null
  readonly aheadOfSlackMs: number | null
  /** Reading calls that AWS does not allow, each with its code. */
  readonly refusedReads: readonly string[]
}

/** One thing to put right or to know. A dangerous one keeps migrations from starting. */
export type Finding = {
  /** The name by which ZONEHOP_ALLOW allows it. */
  readonly name: string
  readonly isDangerous: boolean
  readonly text: string
}

/** A smaller difference between clocks means nothing: HTTP's Date has whole seconds, and an answer takes a while. */
const CLOCK_TELLS_MS = 5_000
const OLDEST = [6, 2] as const

/** All findings, dangerous or not; empty if everything is in order. */
export function checkup({ redis, aheadOfEc2Ms, aheadOfSlackMs, refusedReads }: StartupFacts): Finding[] {
  return [
    ...redisFindings(redis),
    ...clockFindings('clock-ec2', 'EC2', aheadOfEc2Ms),
    ...clockFindings('clock-slack', 'Slack', aheadOfSlackMs),
    ...permissionFindings(refusedReads),
  ]
}

/** What there is to say of Redis; at most one finding of a name. */
export function redisFindings(redis: RedisFacts): Finding[] {
  return [...version(redis.version), ...durability(redis), ...eviction(redis.maxmemoryPolicy), ...replication(redis)]
}

/** The findings that must be put right, or allowed by name, before a migration may start. */
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

/** When a replica takes over, an entry that it does not have yet is lost although it was acknowledged. */
function replication({ replicas, minReplicasToWrite }: RedisFacts): Finding[] {
  const name = 'redis-replicas'
  if (!replicas || (minReplicasToWrite !== null && minReplicasToWrite !== '0')) return []
  const text = `Redis has ${replicas} ${replicas === 1 ? 'replica' : 'replicas'}`
  if (minReplicasToWrite === null)
    return [note(name, `${text} and does not say min-replicas-to-write; see that it is 1 or more.`)]
  const cause = 'acknowledges what none of them has yet (min-replicas-to-write is 0), so a failover may lose entries'
  return [danger(name, `${text} and ${cause}: set min-replicas-to-write 1.`)]
}

/**
 * How far the clock here is ahead of whoever sent this Date header, in ms, negative when behind; null without one, and where it is no date, as
 * a proxy on the way may write it.
 */
export function aheadOfDateMs(nowMs: number, date: string | null | undefined): number | null {
  const sentAtMs = Date.parse(date ?? '')
  return Number.isNaN(sentAtMs) ? null : nowMs - sentAtMs
}

/** What there is to say of the clock here beside another, by whose that is; `aheadMs` is null where it is not told. */
export function clockFindings(name: string, whose: string, aheadMs: number | null): Finding[] {
  if (aheadMs === null) return [note(name, `${whose} does not say what time it is, so the clock here is not compared.`)]
  if (Math.abs(aheadMs) < CLOCK_TELLS_MS) return []
  const words = `${Math.round(Math.abs(aheadMs) / 1000)} s ${aheadMs > 0 ? 'ahead of' : 'behind'} ${whose}'s`
  const text = `The clock here is ${words}: synchronise it (chrony, systemd-timesyncd).`
  return [Math.abs(aheadMs) < CLOCKS_APART_MAX_MS ? note(name, text) : danger(name, text)]
}

/** Reading calls without which everything goes on, by what nobody hears of then. */
export const OPTIONAL_READS: ReadonlyMap<string, string> = new Map([
  ['DescribeInstanceStatus', 'whether attached copies complete I/O is not told before go-live'],
  ['DescribeVolumeStatus', 'how long reads are slow after go-live is not told'],
])

/** `refused` as `Action (Code)`. */
function permissionFindings(refused: readonly string[]): Finding[] {
  const optional = refused.flatMap((one) => {
    const without = OPTIONAL_READS.get(one.split(' ')[0] ?? '')
    return without ? [{ one, without }] : []
  })
  const needed = refused.filter((each) => !optional.some(({ one }) => one === each))
  return [
    ...(needed.length > 0
      ? [danger('permissions', `AWS refuses ${needed.join(', ')}: give zonehop's role iam-policy.json.`)]
      : []),
    ...optional.map(({ one, without }) =>
      note('permissions-optional', `AWS refuses ${one}: ${without}; give zonehop's role iam-policy.json.`),
    ),
  ]
}

function note(name: string, text: string): Finding {
  return { name, isDangerous: false, text }
}

function danger(name: string, text: string): Finding {
  return { name, isDangerous: true, text }
}
