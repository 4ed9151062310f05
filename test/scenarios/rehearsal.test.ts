// A rehearsal beside services that run: what is there afterwards is what was there before, but for its snapshots.
import { expect, test } from 'vitest'
import { rehearsal } from '../../src/demo/scenarios/ahead/rehearsal.ts'
import { playFast } from '../support/play.ts'
import { expectTranscript } from '../support/transcript.ts'
import { expectAllowed } from './permissions.ts'

test('rehearsal: copies are attached, looked into and taken away, and no service hears of it', {
  timeout: 300_000,
}, async () => {
  const json = await playFast(rehearsal)
  expect(json.wrong).toEqual([])
  expect(json.migration?.phase).toBe('done')
  expect(json.rehearsal?.verdict).toBe('passed')
  expect(Object.keys(json.rehearsal?.seconds.logs ?? {})).toEqual(['seed', 'restore', 'attach', 'check'])
  expect(json.outageSeconds).toBeNull()
  expect(json.approvals).toEqual([])
  expectAllowed(json)
  expectTranscript('ahead/rehearsal', json.transcript)
})
