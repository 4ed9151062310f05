// Snapshots taken ahead in rounds: what the outage copies is what changed since the last of them.
import { expect, test } from 'vitest'
import { seeded } from '../../src/demo/scenarios/ahead/seeded.ts'
import { playFast } from '../support/play.ts'
import { expectTranscript } from '../support/transcript.ts'
import { expectAllowed } from './permissions.ts'

test('seeded: seeds follow one another until one is quick, and the outage copies a fraction', {
  timeout: 300_000,
}, async () => {
  const json = await playFast(seeded)
  expect(json.wrong).toEqual([])
  expect(json.migration?.phase).toBe('done')
  const rounds = (name: string) =>
    json.world.after.snapshots.filter(({ tags }) => tags.Name === `${name} (seed)`).length
  expect(rounds('logs')).toBeGreaterThanOrEqual(2)
  expect(rounds('db')).toBe(2)
  expectAllowed(json)
  expectTranscript('ahead/seeded', json.transcript)
})
