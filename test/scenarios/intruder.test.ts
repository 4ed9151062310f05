// Somebody with keys of the account, a guest and a stranger, through a whole migration: nobody believes them, and people are told.
import { expect, test } from 'vitest'
import { intruder } from '../../src/demo/scenarios/intruder.ts'
import { playFast } from '../support/play.ts'
import { expectTranscript } from '../support/transcript.ts'
import { expectAllowed } from './permissions.ts'

test('intruder: done by approvers alone, each forged memory an alarm, what was planted unused', {
  timeout: 240_000,
}, async () => {
  const json = await playFast(intruder)
  expect(json.wrong).toEqual([])
  expect(json.migration?.phase).toBe('done')
  expect(json.approvals.map(({ gate, by }) => [gate, by])).toEqual([
    ['start', 'harry'],
    ['freeze', 'harry'],
    // Somebody wrote over the tag of the first freeze.
    ['freeze', 'harry'],
    ['goLive', 'harry'],
  ])
  const kinds = new Set(json.intruder.map(({ what }) => what.split(' ')[0]))
  expect([...kinds].sort()).toEqual(['command', 'press', 'snapshot', 'tag', 'type', 'untag', 'volume'])
  expect(json.intruder.length).toBeGreaterThanOrEqual(30)
  const said = (text: string) => json.transcript.filter((row) => !row.edited && row.text.startsWith(text)).length
  // What was denied is asked about anew once entries may have been lost since, as each cut of an unknown attempt says.
  const alarms = ['left', 'frozen', 'aborted', 'live'].map((tag) => said(`Tags say zonehop:${tag}=`))
  expect(alarms).toEqual([3, 1, 3, 1])
  // Each press and each command of theirs had its answer, and none of them did anything.
  for (const name of ['otto', 'wanda'])
    expect(said(`(only ${name} sees this) Only @giles, @harry, @mina may`)).toBeGreaterThan(20)
  expectAllowed(json)
  expectTranscript(json.scenario, json.transcript, { isMeddled: true })
})
