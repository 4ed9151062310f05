// Turns to edit, on a real Redis with the time handed in: what Slack takes of a workspace in a minute, and who goes first.

import fc from 'fast-check'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type OwnRedis, startRedis } from '../../src/demo/redis/server.ts'
import { EDITS, type EditTurns, type EditUrgency, redisEditTurns } from '../../src/store/edit-turns.ts'
import { keysIn } from '../../src/store/keys.ts'
import { connect } from '../../src/store/redis.ts'

const KEYS = keysIn('edits')
const MINUTE_MS = 60_000
const EVERY_MS = 1000 / EDITS.perSecond

let server: OwnRedis
let redis: Redis
let nowMs: number
let turns: EditTurns
beforeAll(async () => {
  server = await startRedis()
  redis = connect(server.socket)
})
afterAll(async () => {
  redis.disconnect()
  await server.close()
})
beforeEach(async () => {
  await redis.flushall()
  nowMs = Date.UTC(2026, 2, 3, 5, 10)
  turns = redisEditTurns(redis, KEYS, () => nowMs)
})

async function takes(who: string, urgency: EditUrgency): Promise<boolean> {
  return (await turns.ask(who, urgency)) === 0
}

/** How many gates have a turn now. */
async function drain(): Promise<number> {
  for (let taken = 0; ; taken++) if (!(await takes('drain', 'gate'))) return taken
}

type Waiting = { readonly who: string; readonly urgency: EditUrgency; askAtMs: number }
type Taken = { readonly who: string; readonly atMs: number }

/** Lets them wait as jobs do, each asking when it was told to, until `untilMs`; `onTaken` says who waits next in its place. */
async function play(
  waiting: Waiting[],
  untilMs: number,
  onTaken: (taken: Waiting) => Waiting | null = () => null,
): Promise<Taken[]> {
  const taken: Taken[] = []
  for (;;) {
    const next = waiting.toSorted((a, b) => a.askAtMs - b.askAtMs)[0]
    if (!next || next.askAtMs > untilMs) return taken
    nowMs = Math.max(nowMs, next.askAtMs)
    const waitMs = await turns.ask(next.who, next.urgency)
    next.askAtMs = nowMs + waitMs
    if (waitMs > 0) continue
    taken.push({ who: next.who, atMs: nowMs })
    waiting.splice(waiting.indexOf(next), 1)
    const another = onTaken(next)
    if (another) waiting.push(another)
  }
}

const inLine = (urgency: EditUrgency, ...who: string[]): Waiting[] =>
  who.map((one, index) => ({ who: one, urgency, askAtMs: nowMs + index }))

test('a few at once, then one after another, and it says when', async () => {
  expect(await drain()).toBe(Math.floor(EDITS.burst))
  const waitMs = await turns.ask('drain', 'gate')
  expect(waitMs).toBe(Math.ceil((1 - (EDITS.burst % 1)) * EVERY_MS))
  nowMs += waitMs - 1
  expect(await takes('drain', 'gate')).toBe(false)
  nowMs += 1
  expect(await takes('drain', 'gate')).toBe(true)
})

test('gates go before progress, and both in the order in which they asked first', async () => {
  await drain()
  const waiting = [...inLine('progress', 'a', 'b', 'c'), ...inLine('gate', 'x', 'y')]
  for (const [index, one] of waiting.entries()) one.askAtMs = nowMs + 1 + index
  const taken = await play(waiting, nowMs + MINUTE_MS)
  expect(taken.map(({ who }) => who)).toEqual(['x', 'y', 'a', 'b', 'c'])
})

test('progress leaves a turn for the next gate', async () => {
  while (await takes('a', 'progress'));
  expect(await takes('x', 'gate')).toBe(true)
})

test("a proof has its turn only while nobody waits, and is in nobody else's way", async () => {
  expect(await takes('proof', 'proof')).toBe(true)
  while (await takes('a', 'progress'));
  nowMs += 10
  expect(await takes('proof', 'proof')).toBe(false)
  // However often it asks, it has no place in line.
  nowMs += 2 * EVERY_MS
  expect(await takes('proof', 'proof')).toBe(false)
  expect(await takes('a', 'progress')).toBe(true)
})

test('twenty who always have something new each have a round of less than 45 s', async () => {
  const who = Array.from({ length: 20 }, (_, index) => `mig-${index}`)
  const last = new Map<string, number>()
  const rounds: number[] = []
  const taken = await play(inLine('progress', ...who), nowMs + 4 * MINUTE_MS, (one) => {
    const before = last.get(one.who)
    if (before !== undefined) rounds.push(nowMs - before)
    last.set(one.who, nowMs)
    return { ...one, askAtMs: nowMs + 1 }
  })
  expect(Math.max(...rounds)).toBeLessThan(45_000)
  expect(taken.length).toBeGreaterThan(4 * 60 * EDITS.perSecond - 2)
})

test('those who died in line hold up the others for a few seconds, and are forgotten', async () => {
  await drain()
  for (let dead = 0; dead < 10; dead++) await turns.ask(`dead ${dead}`, 'progress')
  nowMs += 1
  const beganAtMs = nowMs
  const taken = await play(inLine('progress', 'a', 'b', 'c', 'd', 'e', 'f', 'g'), nowMs + MINUTE_MS)
  expect(taken).toHaveLength(7)
  expect((taken[0]?.atMs ?? 0) - beganAtMs).toBeLessThanOrEqual(6_000)
  // No token is lost meanwhile: those of the seconds of waiting are in the bucket, but for one that is left there.
  expect((taken[6]?.atMs ?? 0) - beganAtMs).toBeLessThanOrEqual(8 * EVERY_MS + 2_000)
  expect(await redis.zcard(KEYS.of('edit-turns', 'line'))).toBe(0)
})

test('a refusal empties the bucket for as long as Slack said, for everybody', async () => {
  await turns.refused(10_000)
  const another = redisEditTurns(redis, KEYS, () => nowMs)
  // In whole ms, as Redis's own time is.
  nowMs += 10_000 + Math.ceil(EVERY_MS) - 1
  expect(await another.ask('x', 'gate')).toBe(1)
  nowMs += 1
  expect(await another.ask('x', 'gate')).toBe(0)
  expect(await another.ask('y', 'gate')).toBeGreaterThan(0)
})

test('a clock that is set back costs a minute at most', async () => {
  await drain()
  nowMs -= 60 * MINUTE_MS
  await takes('x', 'gate')
  nowMs += MINUTE_MS + EVERY_MS
  expect(await takes('x', 'gate')).toBe(true)
})

test('however it is asked, at most 40 turns in any minute, in whatever order', async () => {
  const urgency = fc.constantFrom<EditUrgency>('gate', 'progress', 'proof')
  const asks = fc.array(fc.tuple(fc.integer({ min: 0, max: 8 }), urgency, fc.integer({ min: 0, max: 4_000 })), {
    minLength: 50,
    maxLength: 250,
  })
  await fc.assert(
    fc.asyncProperty(asks, async (drawn) => {
      await redis.flushall()
      const takenAtMs: number[] = []
      for (const [who, how, pauseMs] of drawn) {
        if (await takes(`${how} ${who}`, how)) takenAtMs.push(nowMs)
        nowMs += pauseMs
      }
      const most = takenAtMs.map((fromMs) => takenAtMs.filter((at) => at >= fromMs && at <= fromMs + MINUTE_MS).length)
      expect(Math.max(0, ...most)).toBeLessThanOrEqual(40)
    }),
    { numRuns: 40 },
  )
})

test('processes share the turns, on the clock of Redis', async () => {
  const connections = [connect(server.socket), connect(server.socket), connect(server.socket)]
  const all = connections.map((connection) => redisEditTurns(connection, KEYS, null))
  const asked = all.flatMap((one, process) =>
    Array.from({ length: 20 }, (_, job) => one.ask(`${process} ${job}`, 'gate')),
  )
  const waits = await Promise.all(asked)
  const taken = waits.filter((waitMs) => waitMs === 0).length
  expect(taken).toBeGreaterThanOrEqual(Math.floor(EDITS.burst))
  expect(waits.length - taken).toBeGreaterThan(50)
  for (const connection of connections) connection.disconnect()
})
