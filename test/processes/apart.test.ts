// One migration by two bots and three workers, each a process of its own, one of each killed on the way, another told to go.
// The world, its people and its checks are those of `npm run demo -- --without-bot`.

import { existsSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import type { Migration } from '../../src/core/model/migration.ts'
import { redisJournal } from '../../src/store/journal.ts'
import { keysIn } from '../../src/store/keys.ts'
import { connect } from '../../src/store/redis.ts'
import { environmentOf, type Started, saying, startRole } from '../support/processes.ts'

/** Half a minute where nothing else runs; six processes have to start. */
const ON_A_BUSY_MACHINE_MS = 180_000

const started: Started[] = []
afterEach(() => {
  for (const { child } of started.splice(0)) child.kill('SIGKILL')
})

function start(role: string, environment: Record<string, string>, ...args: string[]): Started {
  const process = startRole(role, environment, args)
  started.push(process)
  return process
}

test(
  'two bots and three workers move everything once, though one of each is killed and one goes by itself',
  async () => {
    const demo = start(
      'demo',
      {},
      '--without-bot',
      '--json',
      '--scenario',
      'late-volume',
      '--volumes',
      '6',
      '--speed',
      '20000',
    )
    const environment = await environmentOf(demo)
    const workers = [1, 2, 3].map(() => start('worker', environment))
    const bots = [1, 2].map(() => start('bot', environment))
    await Promise.all([...workers, ...bots].map((each) => saying(each, /zonehop is up/)))

    const redis = connect(environment.REDIS_URL ?? '')
    const journal = redisJournal(redis, keysIn('zonehop'), null)
    const migrationThat = async (is: (m: Migration) => boolean): Promise<void> => {
      for (;;) {
        const [id] = await journal.all()
        const m = id ? await journal.read(id) : null
        if (m && is(m)) return
        expect(demo.child.exitCode, demo.said()).toBe(null)
        await delay(10)
      }
    }
    await migrationThat(({ asking }) => asking?.gate === 'start')
    bots[0]?.child.kill('SIGKILL')
    await migrationThat(({ effects }) =>
      [...effects.values()].some(({ effect, status }) => effect.step === 'snapshot' && status === 'issued'),
    )
    workers[0]?.child.kill('SIGKILL')
    // One that is told to go ends its step and goes, whatever it was at.
    workers[1]?.child.kill('SIGTERM')
    expect(await workers[1]?.ended(), workers[1]?.said()).toBe(0)

    expect(await demo.ended(), demo.said()).toBe(0)
    redis.disconnect()
    const { ok, migration, wrong, world } = JSON.parse(demo.stdout().trim().split('\n').at(-1) ?? '')
    expect({ ok, wrong, phase: migration.phase }).toEqual({ ok: true, wrong: [], phase: 'done' })
    // A copy and a final cut a volume, told from EC2 alone: six small ones, logs, and invoices, which came late.
    const made = (step: string, all: readonly { tags: Record<string, string> }[]) =>
      all.filter(({ tags }) => tags['zonehop:step'] === step).map(({ tags }) => tags['zonehop:move'])
    for (const moves of [made('snapshot', world.after.snapshots), made('restore', world.after.volumes)]) {
      expect(moves).toHaveLength(8)
      expect(new Set(moves).size).toBe(8)
    }
    expect(existsSync(environment.ZONEHOP_CONFIG ?? '')).toBe(false)
    expect(existsSync(environment.REDIS_URL ?? '')).toBe(false)
  },
  ON_A_BUSY_MACHINE_MS,
)
