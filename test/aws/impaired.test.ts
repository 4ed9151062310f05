// Whether attached volumes complete I/O: EC2 is asked once copies are attached, and the question of go-live shows it.
import { afterEach, expect, test } from 'vitest'
import type { EntryBody } from '../../src/core/model/entries.ts'
import type { Migration } from '../../src/core/model/migration.ts'
import { type Drill, startDrill } from '../support/drill.ts'
import { SOURCE, TARGET, worldOf } from '../support/worlds.ts'

let drill: Drill
afterEach(() => drill.close())

const asksGoLive = ({ asking }: Migration): boolean => asking?.gate === 'goLive'
const CAUTION = /^Caution: EC2 says that volumes attached to i-\w+ are impaired: they do not complete I\/O\./
const UNSAID = /^EC2 did not say at \d{2}:\d{2} UTC whether the attached volumes complete I\/O/

async function shownBy(prepare: (drill: Drill) => void): Promise<{ evidence: readonly string[]; m: Migration }> {
  drill = await startDrill(worldOf({}))
  prepare(drill)
  const m = await drill.run(await drill.start(SOURCE, TARGET), asksGoLive)
  const asked = (await drill.journal().entries(m.id)).findLast(({ kind }) => kind === 'asked')
  return { m, evidence: (asked as Extract<EntryBody, { kind: 'asked' }>).evidence }
}

test('nothing where they do', async () => {
  const { evidence } = await shownBy(() => undefined)
  expect(evidence.filter((line) => CAUTION.test(line) || UNSAID.test(line))).toEqual([])
})

test('a caution where EC2 says that they do not', async () => {
  const { evidence, m } = await shownBy(({ simulated }) => {
    const successor = simulated.state().instances.find(({ zone }) => zone === TARGET)
    simulated.impair(successor?.id ?? '')
  })
  expect(evidence.filter((line) => CAUTION.test(line))).toHaveLength(1)
  expect((await drill.run(m.id)).phase).toBe('done')
})

test('who turns impaired after the question is asked about anew', async () => {
  const { m } = await shownBy(() => undefined)
  const successor = drill.simulated.state().instances.find(({ zone }) => zone === TARGET)
  drill.simulated.impair(successor?.id ?? '')
  await drill.turn(m.id)
  const asked = (await drill.journal().entries(m.id)).filter(
    (entry) => entry.kind === 'asked' && entry.gate === 'goLive',
  )
  expect(asked.map((entry) => entry.kind === 'asked' && entry.evidence.some((line) => CAUTION.test(line)))).toEqual([
    false,
    true,
  ])
})

test('of an instance that is none of ours nothing is said', async () => {
  const { evidence } = await shownBy(({ simulated }) => {
    const source = simulated.state().instances.find(({ zone }) => zone === SOURCE)
    simulated.impair(source?.id ?? '')
  })
  expect(evidence.filter((line) => CAUTION.test(line))).toEqual([])
})

test('where EC2 does not let it look the question says so, and goes on', async () => {
  const { evidence, m } = await shownBy(({ simulated }) => simulated.deny(['DescribeInstanceStatus']))
  expect(evidence.filter((line) => UNSAID.test(line))).toHaveLength(1)
  expect((await drill.run(m.id)).phase).toBe('done')
})

test('it is asked only once copies are attached', async () => {
  const { m } = await shownBy(() => undefined)
  const asked = (): number => drill.simulated.counts().calls.DescribeInstanceStatus ?? 0
  expect(asked()).toBeGreaterThan(0)
  const before = asked()
  await drill.run(m.id, ({ phase }) => phase === 'live')
  const live = asked()
  await drill.run(m.id)
  expect([live - before < 5, asked() - live]).toEqual([true, 0])
})
