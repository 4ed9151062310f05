// Looking again just before what cannot be undone: who asks at the same time shares a look, and nobody gets an older one.
import { expect, test } from 'vitest'
import { recentFacts } from '../../jobs/recent-facts.ts'
import { systemClock } from '../../src/clock.ts'
import { fold } from '../../src/core/journal/fold.ts'
import type { Facts } from '../../src/core/model/facts.ts'
import type { Migration } from '../../src/core/model/migration.ts'
import { facts, LATER_MS } from '../support/facts.ts'
import { entries, planned } from '../support/plans.ts'

const M = fold(entries(planned())) as Migration

/** An EC2 that answers when told; each look's sources are noted as it begins. */
function slowEc2() {
  const looks: string[][] = []
  const answers: ((seen: Facts | Error) => void)[] = []
  const observe = (_: Migration, __: number, sources?: readonly string[]): Promise<Facts> => {
    looks.push([...(sources ?? [])])
    return new Promise((resolve, reject) => {
      answers.push((seen) => (seen instanceof Error ? reject(seen) : resolve(seen)))
    })
  }
  return { observe, looks, answer: (seen: Facts | Error) => answers.shift()?.(seen) }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('those that ask while a look is under way share the next, which begins after it', async () => {
  const ec2 = slowEc2()
  const factsOf = recentFacts(ec2, systemClock)
  const first = factsOf(M, ['vol-1'])
  await settled()
  const others = [factsOf(M, ['vol-2']), factsOf(M, ['vol-3']), factsOf(M, ['vol-2'])]
  await settled()
  expect(ec2.looks).toEqual([['vol-1']])
  const [old, fresh] = [facts(), facts({ beganAtMs: LATER_MS + 1 })]
  ec2.answer(old)
  expect(await first).toBe(old)
  await settled()
  expect(ec2.looks).toEqual([['vol-1'], ['vol-2', 'vol-3']])
  ec2.answer(fresh)
  expect(await Promise.all(others)).toEqual([fresh, fresh, fresh])
})

test('a look that fails is told to who shared it, and does not stop the next', async () => {
  const ec2 = slowEc2()
  const factsOf = recentFacts(ec2, systemClock)
  const first = factsOf(M, ['vol-1'])
  await settled()
  const second = factsOf(M, ['vol-2'])
  ec2.answer(new Error('EC2 is away'))
  await expect(first).rejects.toThrow('EC2 is away')
  await settled()
  ec2.answer(facts())
  expect((await second).rev).toBe(1_000)
})
