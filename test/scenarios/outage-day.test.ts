// The morning of the report, on a real Redis, with one response of CreateSnapshot lost on the way.
import { expect, test } from 'vitest'
import { outageDay } from '../../src/demo/scenarios/outage-day.ts'
import { playFast } from '../support/play.ts'
import { expectAllowed } from './permissions.ts'

test('goes right: nothing forgotten, live without Dropbox, finished behind it', { timeout: 240_000 }, async () => {
  const json = await playFast(outageDay, { loseResponses: ['CreateSnapshot'] })
  expect(json.wrong).toEqual([])
  expect(json.ok).toBe(true)
  expect(json.migration).toMatchObject({ phase: 'done', paused: false })
  expect(json.plan.firstUncovered.toSorted()).toEqual(['dropbox', 'logs'])

  const dropbox = json.services.find(({ name }) => name === 'dropbox')
  expect(dropbox).toMatchObject({ need: 'deferrable', state: 'done', hook: 'succeeded' })
  expect(dropbox?.percentAtGoLive).toBeLessThan(20)
  expect(json.outageSeconds).toBeGreaterThan(80 * 60)
  expect(json.outageSeconds).toBeLessThan(130 * 60)

  // Three gates, each approved by somebody who did not ask.
  expect(json.approvals.map(({ gate }) => gate)).toEqual(['start', 'freeze', 'goLive'])
  expect(json.approvals.map(({ by }) => by)).toEqual(['harry', 'harry', 'harry'])

  // One status message, edited; exactly one final snapshot a volume, however many responses were lost.
  const status = json.transcript.filter(({ thread, user }) => thread === null && user === 'zonehop')
  expect(status.filter(({ edited, text }) => !edited && text.includes('No outage'))).toHaveLength(1)
  expect(status.filter(({ edited }) => edited).length).toBeGreaterThan(3)
  expect(json.ec2.calls.CreateSnapshot).toBe(8)
  for (const { moves } of json.services) for (const { zone } of moves) expect(zone).toBe('us-east-1c')
  expectAllowed(json)
})
