// A Redis that answers and keeps nothing: a real one is brought into each state, and what it answers is told apart. Meanwhile nothing is
// lost, and nothing is done twice: what was not kept was not acknowledged.
import { rm } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type OwnRedis, startRedis } from '../../src/demo/redis/server.ts'
import { requireAbilities, tryWrite } from '../../src/store/abilities.ts'
import { redisJournal } from '../../src/store/journal.ts'
import { keysIn } from '../../src/store/keys.ts'
import { connect } from '../../src/store/redis.ts'
import { redisTrouble } from '../../src/store/redis-trouble.ts'
import { planned } from '../support/plans.ts'

const KEYS = keysIn('trouble')
let own: OwnRedis
let redis: ReturnType<typeof connect>
beforeEach(async () => {
  own = await startRedis()
  redis = connect(own.url)
  redis.on('error', () => undefined)
})
afterEach(async () => {
  redis.disconnect()
  await own.close()
})

const STATES: readonly (readonly [code: string, enter: () => Promise<unknown>, leave: () => Promise<unknown>])[] = [
  ['OOM', () => redis.config('SET', 'maxmemory', '1'), () => redis.config('SET', 'maxmemory', '0')],
  ['READONLY', () => redis.replicaof('127.0.0.1', 1), () => redis.replicaof('NO', 'ONE')],
  [
    'NOREPLICAS',
    () => redis.config('SET', 'min-replicas-to-write', '1'),
    () => redis.config('SET', 'min-replicas-to-write', '0'),
  ],
  [
    'MISCONF',
    async () => {
      await redis.config('SET', 'save', '3600 1')
      await rm(own.folder, { recursive: true })
      await redis.bgsave()
      await expect.poll(async () => await redis.info('persistence')).toContain('rdb_last_bgsave_status:err')
    },
    () => redis.config('SET', 'save', ''),
  ],
]

describe.each(STATES)('%s', (code, enter, leave) => {
  test('is told apart, and an entry that was refused was not kept', async () => {
    const journal = redisJournal(redis, KEYS, null)
    await tryWrite(redis, KEYS)
    await requireAbilities(redis, KEYS)
    await enter()
    const refused = await tryWrite(redis, KEYS).catch((error: unknown) => error)
    expect(redisTrouble(refused)?.what).toContain(`(${code})`)
    const begun = await journal.append('mig-1', null, planned('mig-1')).catch((error: unknown) => error)
    expect(redisTrouble(begun)?.what).toContain(`(${code})`)
    // Who starts then is told the same, and nothing of rights.
    await expect(requireAbilities(redis, KEYS)).rejects.toThrow(
      new RegExp(`^Redis does not serve us: .* \\(${code}\\)\\. What to do: (?!.*ACL).*\\.$`),
    )
    await leave()
    await tryWrite(redis, KEYS)
    expect(await journal.read('mig-1')).toBeNull()
  })
})

test('a Redis with as many clients as it takes says so to who comes back', async () => {
  await tryWrite(redis, KEYS)
  const other = connect(own.url)
  await other.config('SET', 'maxclients', '1')
  await other.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
  const refused = await tryWrite(redis, KEYS).catch((error: unknown) => error)
  other.disconnect()
  expect(redisTrouble(refused)).toEqual({
    what: 'it has as many clients as it takes (max number of clients)',
    remedy: 'raise its maxclients, or end clients that nobody needs',
  })
})

test.each([
  ['DENIED Redis is running in protected mode because protected mode is enabled', 'DENIED'],
  ['LOADING Redis is loading the dataset in memory', 'LOADING'],
  ['CLUSTERDOWN Hash slot not served', 'CLUSTERDOWN'],
  ['MASTERDOWN Link with MASTER is down', 'MASTERDOWN'],
  ['NOAUTH Authentication required.', 'NOAUTH'],
  ["NOPERM User zonehop has no permissions to run the 'xadd' command", 'NOPERM'],
  ["ERR Error running script: @user_script:1: -OOM command not allowed when used memory > 'maxmemory'.", 'OOM'],
])('%s is %s', (message, code) => {
  expect(redisTrouble(new Error(message))?.what).toContain(`(${code})`)
})

test.each([new Error('connect ECONNREFUSED'), new Error('BOOM'), undefined])('%s is none of these', (error) => {
  expect(redisTrouble(error)).toBeNull()
})
