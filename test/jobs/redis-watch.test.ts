// While Redis is away the threads say so, by what was known last; and once, when it is back.
import { expect, test } from 'vitest'
import { redisWatch } from '../../jobs/redis-watch.ts'
import { memoryJournal } from '../support/memory-journal.ts'
import { entries, planned } from '../support/plans.ts'

async function watched(times: readonly (readonly [second: number, isThere: boolean])[], isPosted = true) {
  let nowMs = 0
  let isThere = true
  const said: string[] = []
  const journal = memoryJournal(() => 1_000)
  journal.load(entries(planned('mig-1', { channel: 'C-1' })))
  const orAway = async <T>(answer: T): Promise<T> => {
    if (!isThere) throw new Error('connect ECONNREFUSED')
    return answer
  }
  const look = redisWatch({
    tryToWrite: () => orAway('OK'),
    journal: { running: () => orAway(['mig-1']), read: (id) => journal.read(id) },
    views: { posted: () => orAway<Record<string, string>>(isPosted ? { status: '17.5 abc' } : {}) },
    speaker: {
      post: async (channel, thread, { text }) => {
        said.push(`${nowMs / 1_000} s ${channel} ${thread}: ${text.slice(0, 55)}`)
        return 'ts'
      },
    },
    clock: { now: () => nowMs },
    onError: (error) => expect.unreachable(error.message),
  })
  for (const [second, there] of times) {
    nowMs = second * 1_000
    isThere = there
    await look()
  }
  return said
}
const AWAY = 'Redis, which keeps the journal, cannot be reached since '

test('a Redis that answers is no news, nor one that is away for a moment', async () => {
  const looks = [0, 5, 10].map((second) => [second, true] as const)
  expect(await watched(looks)).toEqual([])
  expect(await watched([...looks, [15, false], [30, false], [34, true]])).toEqual([])
})

test('one that stays away is told once, in the thread, and once when it is back', async () => {
  const said = await watched([
    [0, true],
    [5, false],
    [10, false],
    [25, false],
    [40, false],
    [65, true],
    [70, true],
  ])
  expect(said).toEqual(
    [
      `25 s C-1 17.5: ${AWAY}`.slice(0, 72),
      '65 s C-1 17.5: Redis is back after 1m: everything goes on from the jour',
    ].map((text) => expect.stringContaining(text.slice(0, 60))),
  )
})

test('in the channel where nothing was posted yet', async () => {
  expect(
    await watched(
      [
        [0, true],
        [5, false],
        [30, false],
      ],
      false,
    ),
  ).toEqual([expect.stringContaining('30 s C-1 null: Redis, which keeps the journal')])
})
