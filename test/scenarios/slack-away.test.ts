// Slack away from the freeze until behind go-live: the thread tells all of it afterwards, once, and in the order of the journal.
import { expect, test } from 'vitest'
import { slackAway } from '../../src/demo/scenarios/slack-away.ts'
import { playFast } from '../support/play.ts'
import { expectTranscript } from '../support/transcript.ts'
import { expectAllowed } from './permissions.ts'

/** How each milestone begins or is told, in the order of the journal. */
const MILESTONES = [
  'Start moving ',
  'Started by ',
  'Stop writes now?',
  'The outage began at ',
  'Go live (',
  'Went live at ',
  'Open in us-east-1c: logs',
  'The outage is over after ',
  'Done: 3 of 3 volumes',
]

test('slack-away: decided in a terminal, and told afterwards, each once and in order', {
  timeout: 240_000,
}, async () => {
  const json = await playFast(slackAway)
  expect(json.wrong).toEqual([])
  expect(json.migration?.phase).toBe('done')
  expect(json.approvals.map(({ gate, by }) => [gate, by])).toEqual([
    ['start', 'harry'],
    ['freeze', 'harry'],
    ['goLive', 'harry'],
  ])
  const told = json.transcript.filter(({ edited, user, thread }) => !edited && user === 'zonehop' && thread !== null)
  const places = MILESTONES.map((words) => told.flatMap(({ text }, place) => (text.includes(words) ? [place] : [])))
  expect(places.map(({ length }) => length)).toEqual(MILESTONES.map(() => 1))
  expect(places.flat().toSorted((a, b) => a - b)).toEqual(places.flat())
  // Nothing was said while it was away, and no message twice after it.
  const live = Date.parse(json.approvals.at(-1)?.at ?? '')
  const silent = json.transcript.filter(({ at }) => Date.parse(at) > live && Date.parse(at) < live + 5 * 60_000)
  expect(silent).toEqual([])
  expect(new Set(told.map(({ text }) => text)).size).toBe(told.length)
  expectAllowed(json)
  expectTranscript('slack-away', json.transcript)
})
