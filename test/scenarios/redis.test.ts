// Redis in cluster mode under a whole demo, and a replica that takes over without the last entries in the middle of it.
import { expect, test } from 'vitest'
import { secondTry } from '../../src/demo/scenarios/second-try.ts'
import { playFast } from '../support/play.ts'

test('failover: what was lost is found again in EC2, and nothing is done twice', { timeout: 300_000 }, async () => {
  const json = await playFast(secondTry, { redis: 'failover' })
  expect(json.wrong).toEqual([])
  expect(json.ok).toBe(true)
  const said = json.transcript.filter(({ edited }) => !edited).map(({ text }) => text)
  expect(said.some((text) => text.startsWith('The last entries of the journal may be lost.'))).toBe(true)
})
