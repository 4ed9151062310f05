// What start-up says of the ground, word for word, and on both sides of every bound.
import { describe, expect, test } from 'vitest'
import { aheadOfDateMs, checkup, dangers, type Finding, type StartupFacts } from '../../src/core/checkup.ts'

const SOUND: StartupFacts = {
  redis: {
    ...{ version: '7.0.15', appendonly: 'yes', appendfsync: 'always', maxmemoryPolicy: 'noeviction' },
    ...{ replicas: 0, minReplicasToWrite: '0' },
  },
  ...{ aheadOfEc2Ms: 0, aheadOfSlackMs: 0, refusedReads: [] },
}
const redis = (over: Partial<StartupFacts['redis']>): StartupFacts => ({ ...SOUND, redis: { ...SOUND.redis, ...over } })
const note = (name: string, text: string): Finding => ({ name, isDangerous: false, text })
const danger = (name: string, text: string): Finding => ({ name, isDangerous: true, text })
const clock = (words: string): string => `The clock here is ${words}: synchronise it (chrony, systemd-timesyncd).`
const isOld = (version: string): Finding => danger('redis-version', `Redis is ${version}; 6.2 or newer is needed.`)
const WRITES = 'acknowledges what none of them has yet (min-replicas-to-write is 0), so a failover may lose entries'

test.each<[string, StartupFacts, Finding | null]>([
  ['sound ground', SOUND, null],
  ['Redis 5.9', redis({ version: '5.9.0' }), isOld('5.9.0')],
  ['Redis 6.1', redis({ version: '6.1.9' }), isOld('6.1.9')],
  ['Redis 6.2', redis({ version: '6.2.0' }), null],
  ['Redis 7.0, whose second number is lower', redis({ version: '7.0.0' }), null],
  ['a version of one number', redis({ version: '6' }), isOld('6')],
  ['a version of nothing', redis({ version: '' }), isOld('')],
  [
    'no version',
    redis({ version: null }),
    note('redis-version', 'Redis does not say its version; 6.2 or newer is needed.'),
  ],
  [
    'no word of the file',
    redis({ appendonly: null }),
    note(
      'redis-durability',
      'Redis does not say whether it keeps what it is told; see that appendonly is yes and appendfsync always.',
    ),
  ],
  [
    'no file',
    redis({ appendonly: 'no' }),
    danger(
      'redis-durability',
      'Redis forgets everything when it is restarted (appendonly is no): set appendonly yes and appendfsync always.',
    ),
  ],
  [
    'a file that is a second late',
    redis({ appendfsync: 'everysec' }),
    danger('redis-durability', 'Redis may lose its last second (appendfsync is everysec): set appendfsync always.'),
  ],
  [
    'no word of full memory',
    redis({ maxmemoryPolicy: null }),
    note(
      'redis-eviction',
      'Redis does not say what it does when memory is full; see that maxmemory-policy is noeviction.',
    ),
  ],
  [
    'keys that are thrown away',
    redis({ maxmemoryPolicy: 'allkeys-lru' }),
    danger(
      'redis-eviction',
      'Redis throws keys away when memory is full (maxmemory-policy is allkeys-lru): set noeviction.',
    ),
  ],
  [
    'one replica that nobody waits for',
    redis({ replicas: 1 }),
    danger('redis-replicas', `Redis has 1 replica and ${WRITES}: set min-replicas-to-write 1.`),
  ],
  [
    'two of them',
    redis({ replicas: 2 }),
    danger('redis-replicas', `Redis has 2 replicas and ${WRITES}: set min-replicas-to-write 1.`),
  ],
  ['a replica that is waited for', redis({ replicas: 1, minReplicasToWrite: '1' }), null],
  [
    'a replica, and no word of it',
    redis({ replicas: 1, minReplicasToWrite: null }),
    note('redis-replicas', 'Redis has 1 replica and does not say min-replicas-to-write; see that it is 1 or more.'),
  ],
  ['no replica, and no word of it', redis({ replicas: 0, minReplicasToWrite: null }), null],
  ['no word of replicas', redis({ replicas: null }), null],
  ['a clock just less than five seconds off', { ...SOUND, aheadOfEc2Ms: 4_999 }, null],
  ['five seconds ahead', { ...SOUND, aheadOfEc2Ms: 5_000 }, note('clock-ec2', clock("5 s ahead of EC2's"))],
  ['five seconds behind', { ...SOUND, aheadOfEc2Ms: -5_000 }, note('clock-ec2', clock("5 s behind EC2's"))],
  ['just less than a minute off', { ...SOUND, aheadOfEc2Ms: 59_999 }, note('clock-ec2', clock("60 s ahead of EC2's"))],
  ['a minute off', { ...SOUND, aheadOfEc2Ms: 60_000 }, danger('clock-ec2', clock("60 s ahead of EC2's"))],
  ['a minute behind Slack', { ...SOUND, aheadOfSlackMs: -60_000 }, danger('clock-slack', clock("60 s behind Slack's"))],
  [
    'no word of EC2’s clock',
    { ...SOUND, aheadOfEc2Ms: null },
    note('clock-ec2', 'EC2 does not say what time it is, so the clock here is not compared.'),
  ],
  [
    'no word of Slack’s',
    { ...SOUND, aheadOfSlackMs: null },
    note('clock-slack', 'Slack does not say what time it is, so the clock here is not compared.'),
  ],
  [
    'looks that AWS refuses',
    { ...SOUND, refusedReads: ['DescribeVolumes (A)', 'DescribeSnapshots (B)'] },
    danger(
      'permissions',
      "AWS refuses DescribeVolumes (A), DescribeSnapshots (B): give zonehop's role iam-policy.json.",
    ),
  ],
])('%s', (_, ground, finding) => expect(checkup(ground)).toEqual(finding ? [finding] : []))

describe('what has to be put right', () => {
  const all = [note('a', ''), danger('b', ''), danger('c', '')]
  test('is what is dangerous and nobody allowed by name', () => {
    expect(dangers(all, [])).toEqual([danger('b', ''), danger('c', '')])
    expect(dangers(all, ['c', 'a'])).toEqual([danger('b', '')])
    expect(dangers(all, ['b', 'c'])).toEqual([])
  })
})

test.each<[what: string, date: string | null | undefined, aheadMs: number | null]>([
  ['a date', 'Tue, 03 Mar 2026 06:00:00 GMT', 1_500],
  ['none', null, null],
  ['a header that is not there', undefined, null],
  ['an empty one', '', null],
  ['one that is no date', 'yesterday', null],
])('the clock beside %s', (_, date, aheadMs) => {
  expect(aheadOfDateMs(Date.UTC(2026, 2, 3, 6, 0, 1, 500), date)).toBe(aheadMs)
})
