// Each pair of zones is looked at once a day, by however many workers there are and whatever becomes of them, and its news is said once.
// The queues and the store are the real ones, on a real Redis; EC2 shows what the test says.
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { beginSeeds } from '../../jobs/watching/seeds.ts'
import { keepWatch, type WatchPorts, watch } from '../../jobs/watching/watch.ts'
import { openQueues, openWorker } from '../../jobs/worker.ts'
import { type Effect, effectId } from '../../src/core/model/effects.ts'
import type { EntryBody } from '../../src/core/model/entries.ts'
import type { Inventory, SeenInstance } from '../../src/core/model/facts.ts'
import { NO_RULES, type Watch } from '../../src/core/model/rules.ts'
import { ofMove } from '../../src/core/model/subjects.ts'
import { redraw } from '../../src/core/planning/draft.ts'
import { likenessOf } from '../../src/core/planning/watch/chosen.ts'
import { Unreadable } from '../../src/core/ports.ts'
import { type OwnRedis, startRedis } from '../../src/demo/redis/server.ts'
import { redisInventories } from '../../src/store/inventories.ts'
import { keysIn } from '../../src/store/keys.ts'
import { connect, connectBlocking } from '../../src/store/redis.ts'
import { redisViews } from '../../src/store/views.ts'
import { redisWatches } from '../../src/store/watch/watches.ts'
import { instance } from '../core/seeing/stages.ts'
import { memoryWatches } from '../support/memory-inventories.ts'
import { memoryJournal } from '../support/memory-journal.ts'
import { entries, inventory, move, plan, planned, seen } from '../support/plans.ts'

const KEYS = keysIn('watched')
const PAIR = { sourceZone: 'us-east-1a', targetZone: 'us-east-1c', channel: 'C0WATCH' }
const DAY_MS = 86_400_000
const BEGAN_MS = Date.UTC(2026, 2, 3, 5)
/** Longer than whatever may still come would take. */
const QUIET_MS = 400
const SOON = { timeout: 10_000, interval: 10 }

const LOGS = seen(move({ id: 'vol-1', name: 'logs' }))
const STRAY = seen(move({ id: 'vol-2', name: 'invoices', device: '/dev/sdg' }))
const HOSTS: readonly SeenInstance[] = [
  { ...instance('i-source', 'running'), name: 'logs-server', zone: 'us-east-1a' },
  { ...instance('i-new', 'running'), name: 'logs-server', zone: 'us-east-1c' },
]
const QUIET: Inventory = { ...inventory([]), volumes: [LOGS], instances: HOSTS }
const WITH_STRAY: Inventory = { ...QUIET, volumes: [LOGS, STRAY] }
const RULES = { ...NO_RULES, services: { logs: { freeze: 'manual' as const, volumes: ['logs'] } } }

let server: OwnRedis
let redis: ReturnType<typeof connect>
beforeAll(async () => {
  server = await startRedis()
  redis = connect(server.socket)
})
afterAll(async () => {
  redis.disconnect()
  await server.close()
})

let nowMs: number
let shown: () => Inventory
let looks: number[]
let posts: string[]
let edits: string[]
let refusals: number
let closers: (() => Promise<void>)[]
const sleepers = new Set<() => void>()

beforeEach(async () => {
  await redis.flushall()
  ;[nowMs, shown, looks, posts, edits, refusals, closers] = [BEGAN_MS, () => QUIET, [], [], [], 0, []]
})
afterEach(async () => {
  for (const close of closers) await close()
})

/** Everybody who sleeps looks at the clock again. */
function passTo(ms: number): void {
  nowMs = ms
  for (const wake of [...sleepers]) wake()
}

const clock = {
  now: () => nowMs,
  sleep: (_ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const wake = (): void => {
        sleepers.delete(wake)
        resolve()
      }
      sleepers.add(wake)
      if (signal?.aborted) wake()
      signal?.addEventListener('abort', wake, { once: true })
    }),
}

function portsOver(over: Partial<WatchPorts> = {}): WatchPorts {
  return {
    watches: redisWatches(redis, KEYS),
    inventories: redisInventories(redis, KEYS),
    views: redisViews(redis, KEYS),
    journal: memoryJournal(() => nowMs),
    queue: { nudge: async () => undefined },
    ec2: {
      inventory: async () => {
        looks.push(nowMs)
        return shown()
      },
    },
    clock,
    rules: RULES,
    approvers: ['U0HARRY'],
    speaker: {
      async post(channel, _thread, { text }) {
        if (refusals-- > 0) throw new Error('Slack is away')
        posts.push(`${channel} ${text}`)
        return `${posts.length}.0`
      },
      update: async (_channel, _ts, { text }) => void edits.push(text),
    },
    turns: { take: async () => true, wait: async () => undefined, refused: async () => undefined },
    onError: () => undefined,
    ...over,
  }
}

/** A worker as a process of its own has it; `stop` ends it as a restart does. */
function startWorker(): { stop(): Promise<void> } {
  const [own, blocking] = [connect(server.socket), connectBlocking(server.socket)]
  const queue = openQueues(own, KEYS, () => undefined)
  const stopped = new AbortController()
  const body = async (): Promise<null> => {
    await watch(PAIR, portsOver()).catch(() => undefined)
    return null
  }
  const worker = openWorker('watch', body, { redis: blocking, keys: KEYS, queue, onError: () => undefined })
  const ports = {
    watches: redisWatches(own, KEYS),
    clock,
    nudge: () => queue.nudgeWatch(PAIR),
    onError: () => undefined,
  }
  const kept = keepWatch([PAIR], ports, stopped.signal)
  let isStopped = false
  const stop = async (): Promise<void> => {
    if (isStopped) return
    isStopped = true
    stopped.abort()
    await kept
    await worker.close(true)
    await queue.close()
    for (const connection of [own, blocking]) connection.disconnect()
  }
  closers.push(stop)
  return { stop }
}

async function quiet(): Promise<void> {
  await delay(QUIET_MS)
}

const dayOf = (ms: number): number => new Date(ms).getUTCDate()

test('three workers look once a day, and say once what is new', async () => {
  for (let index = 0; index < 3; index++) startWorker()
  await expect.poll(() => looks.length, SOON).toBe(1)
  shown = () => WITH_STRAY
  for (let day = 4; day < 7; day++) {
    passTo(Date.UTC(2026, 2, day, 3))
    await expect.poll(() => looks.length, SOON).toBe(day - 2)
    await quiet()
  }
  expect(looks.map(dayOf)).toEqual([3, 4, 5, 6])
  expect(posts).toEqual([
    'C0WATCH <@U0HARRY> Watched us-east-1a to us-east-1c, as of 2026-03-04 03:00 UTC: say what happens to invoices.',
  ])
  expect(edits).toEqual([])
})

test('days on which no worker was there are made up for once, when two come', async () => {
  const first = startWorker()
  await expect.poll(() => looks.length, SOON).toBe(1)
  await first.stop()
  passTo(BEGAN_MS + 5 * DAY_MS)
  expect(looks).toHaveLength(1)
  startWorker()
  startWorker()
  await expect.poll(() => looks.length, SOON).toBe(2)
  await quiet()
  expect(looks.map(dayOf)).toEqual([3, 8])
})

test('a restart within the day looks at nothing, and forgets nothing', async () => {
  shown = () => WITH_STRAY
  await startWorker().stop()
  const second = startWorker()
  await expect.poll(() => posts.length, SOON).toBe(1)
  await second.stop()
  startWorker()
  await quiet()
  expect([looks.length, posts.length]).toEqual([1, 1])
})

test('what Slack does not take is said by whoever asks next, without another look', async () => {
  shown = () => WITH_STRAY
  refusals = 1
  startWorker()
  await expect.poll(() => looks.length, SOON).toBe(1)
  await quiet()
  expect(posts).toEqual([])
  passTo(nowMs + 3_600_000)
  await expect.poll(() => posts.length, SOON).toBe(1)
  expect(looks).toHaveLength(1)
})

test('of two that look at once, each holding the other for dead, one is believed', async () => {
  shown = () => WITH_STRAY
  const late = { ...clock, now: () => nowMs + 1 }
  await Promise.all([watch(PAIR, portsOver()), watch(PAIR, portsOver({ clock: late }))])
  expect(looks).toHaveLength(2)
  const { state } = await redisWatches(redis, KEYS).read(PAIR)
  expect(state?.tellings).toHaveLength(1)
  await watch(PAIR, portsOver())
  expect(posts).toHaveLength(1)
})

test('a look that fails guesses nothing, and is made again two hours later', async () => {
  startWorker()
  const last = () => redisInventories(redis, KEYS).last(PAIR)
  await expect.poll(last, SOON).not.toBe(null)
  await quiet()
  const kept = await last()
  shown = () => {
    throw new Unreadable({ service: 'EC2', isAnswering: true }, 'AWS answered Unavailable', null)
  }
  passTo(Date.UTC(2026, 2, 4, 3))
  await expect.poll(() => looks.length, SOON).toBe(2)
  await quiet()
  shown = () => WITH_STRAY
  passTo(Date.UTC(2026, 2, 4, 4))
  await quiet()
  expect(looks).toHaveLength(2)
  expect(await last()).toEqual(kept)
  passTo(Date.UTC(2026, 2, 4, 5))
  await expect.poll(() => posts.length, SOON).toBe(1)
})

test('while a migration between the zones goes on it is not looked at, and afterwards compared with before', async () => {
  const journal = memoryJournal(() => nowMs)
  await watch(PAIR, portsOver({ journal }))
  journal.load(entries(planned('mig-1'), { kind: 'began', by: 'U0HARRY' } as never))
  shown = () => WITH_STRAY
  nowMs = Date.UTC(2026, 2, 4, 3)
  expect((await journal.read('mig-1'))?.phase).toBe('seeding')
  await watch(PAIR, portsOver({ journal }))
  expect([looks.length, posts.length]).toEqual([1, 0])
  nowMs = Date.UTC(2026, 2, 5, 3)
  await watch(PAIR, portsOver())
  expect([looks.length, posts.length]).toEqual([2, 1])
})

test('a chosen route is shown in the message, and forgotten once the volume is another one', async () => {
  const watches = redisWatches(redis, KEYS)
  shown = () => WITH_STRAY
  await watch(PAIR, portsOver())
  const choice = { volume: 'vol-2', service: 'invoices', route: 'stay', need: 'required' } as const
  await watches.choose(PAIR, { choice, by: 'U0HARRY', of: likenessOf(STRAY) })
  await watch(PAIR, portsOver())
  expect([looks.length, posts.length, edits.length]).toEqual([1, 1, 1])
  nowMs = Date.UTC(2026, 2, 4, 3)
  await watch(PAIR, portsOver())
  expect(posts).toHaveLength(1)
  shown = () => ({ ...WITH_STRAY, volumes: [LOGS, { ...STRAY, sizeGib: 900 }] })
  nowMs = Date.UTC(2026, 2, 5, 3)
  await watch(PAIR, portsOver())
  expect(await watches.chosen(PAIR)).toEqual([])
  expect(posts).toHaveLength(2)
})

describe('seeds of a day', () => {
  const SEEDED = { ...PAIR, seed: 'daily' } as const

  async function lookOn(days: readonly number[], ports: WatchPorts, pair: Watch = SEEDED): Promise<void> {
    for (const day of days) {
      passTo(Date.UTC(2026, 2, day, 3))
      await watch(pair, ports)
    }
  }

  test('a good look begins them once a day, whoever looks, and quietly', async () => {
    const [journal, nudged] = [memoryJournal(() => nowMs), new Set<string>()]
    const ports = portsOver({ journal, queue: { nudge: async (id) => void nudged.add(id) } })
    await lookOn([4], ports)
    // Another worker's look, of which the first did not know.
    await lookOn([4], portsOver({ journal, watches: memoryWatches() }))
    const ids = await journal.running()
    expect(ids).toHaveLength(1)
    expect([...nudged]).toEqual(ids)
    const m = await journal.read(ids[0] ?? '')
    expect([m?.purpose, m?.phase, m?.channel, m?.by]).toEqual(['seeds', 'planned', 'C0WATCH', 'U0HARRY'])
    expect(m?.plan.moves.map(({ id }) => id)).toEqual(['vol-1'])
    expect(posts).toEqual([])
  })

  test('their plan keeps which migrations no journal knows, so that it is the same when it is drawn again', async () => {
    const journal = memoryJournal(() => nowMs)
    const tags = { 'zonehop:migration': 'mig-00000a' }
    const left = seen(move({ id: 'vol-8' }), { zone: 'us-east-1c', attachments: [], tags })
    shown = () => ({ ...QUIET, volumes: [LOGS, left] })
    await lookOn([4], portsOver({ journal }))
    const [id = ''] = await journal.running()
    const m = await journal.read(id)
    expect([...(m?.unjournalled ?? [])]).toEqual(['mig-00000a'])
    expect(m?.plan.checks.map(({ name }) => name)).toContain('copies of mig-00000a')
    expect(m && redraw(m, m).digest).toBe(m?.plan.digest)
  })

  test('of two workers that look at once one begins them', async () => {
    const journal = memoryJournal(() => nowMs)
    const [drawn, queue] = [plan([move({ id: 'vol-1', name: 'logs' })]), { nudge: async () => undefined }]
    const looked = {
      plan: drawn,
      inventory: QUIET,
      journalled: { explained: [], unjournalled: [] },
      dueMs: BEGAN_MS,
      all: [],
    }
    for (const name of ['U0HARRY', 'U0MINA']) {
      await beginSeeds(SEEDED, looked, { journal, queue, rules: RULES, approvers: [name] })
    }
    const ids = await journal.all()
    expect(await Promise.all(ids.map(async (id) => (await journal.read(id))?.by))).toEqual(['U0HARRY'])
  })

  test('none begin while those of the day before go on, without a volume to copy, or where nobody wants them', async () => {
    const journal = memoryJournal(() => nowMs)
    await lookOn([4, 5], portsOver({ journal }))
    expect(await journal.all()).toHaveLength(1)
    shown = () => ({ ...QUIET, volumes: [] })
    const bare = memoryJournal(() => nowMs)
    await lookOn([6], portsOver({ journal: bare, watches: memoryWatches() }))
    await lookOn([6], portsOver({ journal: bare, watches: memoryWatches() }), PAIR)
    expect(await bare.all()).toEqual([])
  })

  test('a move that has begun needs none of them', async () => {
    const journal = memoryJournal(() => nowMs)
    const moving = planned('mig-1', { plan: plan([move({ id: 'vol-1', name: 'logs' })]) })
    await journal.append('mig-1', null, moving, {})
    await journal.append('mig-1', await journal.read('mig-1'), { kind: 'began' }, {})
    await lookOn([4], portsOver({ journal }))
    expect(await journal.all()).toEqual(['mig-1'])
  })

  test('what went wrong with them is told with the look of the next day', async () => {
    const journal = memoryJournal(() => nowMs)
    await lookOn([4], portsOver({ journal }))
    const [id = ''] = await journal.all()
    const seed: Effect = {
      ...{ subject: ofMove('vol-1'), step: 'seed', generation: 1, direction: 'forward' },
      ...{ volumeId: 'vol-1', tags: {} },
    }
    const wrong = { code: 'VolumeInUse', problem: 'it is in use', remedy: 'look at it' }
    const said: readonly EntryBody[] = [
      { kind: 'began' },
      { kind: 'intended', effects: [seed] },
      { kind: 'failed', effect: effectId(seed), issued: null, ...wrong },
      { kind: 'done' },
    ]
    for (const body of said) await journal.append(id, await journal.read(id), body, {})
    await lookOn([5], portsOver({ journal }))
    expect(posts).toEqual([
      'C0WATCH Watched us-east-1a to us-east-1c, as of 2026-03-05 03:00 UTC: trouble with the snapshots of 1 volume.',
    ])
  })
})
