// What keeps a migration from starting, what is only said, and how it is allowed by name.
import { expect, test } from 'vitest'
import { checkup, dangers, type StartupFacts } from '../../src/core/checkup.ts'

const SOUND: StartupFacts = {
  redis: {
    version: '7.0.15',
    appendonly: 'yes',
    appendfsync: 'always',
    maxmemoryPolicy: 'noeviction',
    replicas: 0,
    minReplicasToWrite: '0',
  },
  aheadOfEc2Ms: 900,
  aheadOfSlackMs: -900,
  refusedReads: [],
}
const redis = (over: Partial<StartupFacts['redis']>): StartupFacts => ({ ...SOUND, redis: { ...SOUND.redis, ...over } })

test.each<[string, StartupFacts, string | null, boolean]>([
  ['sound ground', SOUND, null, false],
  ['an old Redis', redis({ version: '6.0.16' }), 'redis-version', true],
  ['the oldest that will do', redis({ version: '6.2.0' }), null, false],
  ['a Redis that does not say', redis({ version: null }), 'redis-version', false],
  ['no append-only file', redis({ appendonly: 'no' }), 'redis-durability', true],
  ['a file that is a second late', redis({ appendfsync: 'everysec' }), 'redis-durability', true],
  ['a managed Redis', redis({ appendonly: null, appendfsync: null }), 'redis-durability', false],
  ['a Redis that evicts', redis({ maxmemoryPolicy: 'allkeys-lru' }), 'redis-eviction', true],
  ['a Redis that does not say whether', redis({ maxmemoryPolicy: null }), 'redis-eviction', false],
  ['a replica that is not waited for', redis({ replicas: 1 }), 'redis-replicas', true],
  ['a replica that is', redis({ replicas: 2, minReplicasToWrite: '1' }), null, false],
  ['a replica of a Redis that does not say', redis({ replicas: 1, minReplicasToWrite: null }), 'redis-replicas', false],
  ['replicas that nobody tells of', redis({ replicas: null, minReplicasToWrite: null }), null, false],
  ['a clock that is a little off', { ...SOUND, aheadOfEc2Ms: 8_000 }, 'clock-ec2', false],
  ['a clock that is far off', { ...SOUND, aheadOfEc2Ms: -90_000 }, 'clock-ec2', true],
  ['far off for Slack', { ...SOUND, aheadOfSlackMs: 90_000 }, 'clock-slack', true],
  [
    'looks that AWS refuses',
    { ...SOUND, refusedReads: ['DescribeVolumes (UnauthorizedOperation)'] },
    'permissions',
    true,
  ],
  [
    'a read that only tells more may be missing',
    { ...SOUND, refusedReads: ['DescribeVolumeStatus (UnauthorizedOperation)'] },
    'permissions-optional',
    false,
  ],
  ['nobody to compare with', { ...SOUND, aheadOfSlackMs: null }, 'clock-slack', false],
])('%s', (_, ground, name, isDangerous) => {
  const findings = checkup(ground)
  expect(findings.map((finding) => finding.name)).toEqual(name ? [name] : [])
  expect(findings.map((finding) => finding.isDangerous)).toEqual(name ? [isDangerous] : [])
  expect(dangers(findings, [])).toHaveLength(isDangerous ? 1 : 0)
  expect(dangers(findings, [name ?? ''])).toEqual([])
})
