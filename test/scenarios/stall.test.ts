// Final snapshots that do not move: people hear once of the one that stands for no known cause, and read of the others why they wait.
import { expect, test } from 'vitest'
import { stall } from '../../src/demo/scenarios/ahead/stall.ts'
import { playFast } from '../support/play.ts'
import { expectTranscript } from '../support/transcript.ts'
import { expectAllowed } from './permissions.ts'

test('stall: one alert for the one without a cause, which closes when it moves, and reasons for the rest', {
  timeout: 300_000,
}, async () => {
  const json = await playFast(stall)
  expect(json.wrong).toEqual([])
  expect(json.alerts.map(({ kind, move, cause }) => ({ kind, move, cause }))).toEqual([
    { kind: 'stall', move: 'db', cause: null },
  ])
  // Told once, and closed by itself.
  const posts = json.transcript.filter(({ text, edited }) => !edited && text.includes('with no known cause'))
  expect(posts).toHaveLength(1)
  expect(posts[0]?.text).toContain('[Go on without db] [Abort]')
  const closed = json.transcript.find(({ text }) => text.includes('Past: it moves again.'))
  expect(closed?.edited).toBe(true)
  expect(closed?.text).not.toContain('[Abort]')
  // Who stops the writes has read before what the final snapshots will wait for.
  const questions = json.transcript.filter(({ text, edited }) => !edited && text.startsWith('Stop writes, what an'))
  expect(questions).toHaveLength(2)
  expect(questions[1]?.text.match(/Caution, (?:files|index|logs): the final snapshot waits for snap-/g)).toHaveLength(3)
  expectAllowed(json)
  expectTranscript('ahead/stall', json.transcript)
})
