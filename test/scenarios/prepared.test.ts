// The morning of the report, prepared for days: what the outage is then, and that it was known before it began.
import { expect, test } from 'vitest'
import { prepared } from '../../src/demo/scenarios/ahead/prepared.ts'
import { playFast } from '../support/play.ts'
import { expectTranscript } from '../support/transcript.ts'
import { expectAllowed } from './permissions.ts'

test('prepared: nothing is forgotten on the day, the outage copies what a night has changed, and its length was told', {
  timeout: 600_000,
}, async () => {
  const json = await playFast(prepared)
  expect(json.wrong).toEqual([])
  expect(json.migration?.phase).toBe('done')
  expect(json.plan.firstUncovered).toEqual([])
  expect(json.alerts.map(({ kind, move }) => `${kind} ${move}`)).toEqual(['uncovered dropbox', 'uncovered logs'])
  expect(json.simulatedSeconds).toBeGreaterThan(4 * 86_400)
  expect(json.forecast?.lowSeconds).toBeLessThan(json.forecast?.highSeconds ?? 0)
  // Nobody hears of a day on which all went well.
  const ofSeeds = json.transcript.filter(({ text }) => text.includes('are taken ahead today'))
  expect(ofSeeds).toEqual([])
  expectAllowed(json)
  expectTranscript('ahead/prepared', json.transcript)
})
