// Weeks before the day: what a watched pair of zones is told, by whom it is answered, and what becomes of the answer.
import { expect, test } from 'vitest'
import { watch } from '../../src/demo/scenarios/ahead/watch.ts'
import { playFast } from '../support/play.ts'
import { expectTranscript } from '../support/transcript.ts'
import { expectAllowed } from './permissions.ts'

test('watch: what is forgotten is said weeks before, once, and a plan is drawn from the last good look', {
  timeout: 300_000,
}, async () => {
  const json = await playFast(watch)
  expect(json.wrong).toEqual([])
  expect(json.alerts.map(({ kind, move }) => `${kind} ${move}`)).toEqual([
    'uncovered invoices',
    'uncovered mail',
    'red freeze of db-server',
  ])
  expect(json.simulatedSeconds).toBeGreaterThan(29 * 86_400)
  const said = (text: string) => json.transcript.filter((row) => row.text.includes(text))
  // Both doors say how old the plan of the watch is, and the last one also how old the inventory is.
  expect(said('Watched: last planned ')).toHaveLength(2)
  expect(said('EC2 did not show us-east-1a at ')).toHaveLength(1)
  expect(said('harry chose for mail: it stays.').every(({ edited }) => edited)).toBe(true)
  expectAllowed(json)
  expectTranscript('ahead/watch', json.transcript)
})
