// Redis in cluster mode under a whole demo, a replica that takes over without the last entries in the middle of it, and a Redis that is
// lost for good.
import { expect, test } from 'vitest'
import { adopt } from '../../src/demo/scenarios/adopt.ts'
import { secondTry } from '../../src/demo/scenarios/second-try.ts'
import { playFast } from '../support/play.ts'
import { expectTranscript } from '../support/transcript.ts'

test('failover: what was lost is found again in EC2, and nothing is done twice', { timeout: 300_000 }, async () => {
  const json = await playFast(secondTry, { redis: 'failover' })
  expect(json.wrong).toEqual([])
  expect(json.ok).toBe(true)
  const said = json.transcript.filter(({ edited }) => !edited).map(({ text }) => text)
  expect(said.some((text) => text.startsWith('The last entries of the journal may be lost.'))).toBe(true)
})

test('adopt: rebuilt from tags, asked about, and nothing is done twice', { timeout: 240_000 }, async () => {
  const json = await playFast(adopt)
  expect(json.wrong).toEqual([])
  expect(json.migration?.phase).toBe('done')
  expect(json.ec2.calls).toMatchObject({ CreateSnapshot: 2, CreateVolume: 2, AttachVolume: 2 })
  expect(json.approvals.map(({ gate }) => gate)).toEqual(['goLive'])
  // The outage began with its freeze, not with what is known of it.
  const froze = json.transcript.find(({ text }) => text.startsWith('Stop writes (') && text.includes('approved by'))
  expect(json.outageSeconds).toBeGreaterThan(
    (Date.parse(json.transcript.at(-1)?.at ?? '') - Date.parse(froze?.at ?? '')) / 1_000 - 120,
  )
  expectTranscript('adopt', json.transcript)
})
