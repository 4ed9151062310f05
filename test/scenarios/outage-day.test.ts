// The morning of the report, on a real Redis, with one response of CreateSnapshot lost on the way.
import { expect, test } from 'vitest'
import { outageDay } from '../../src/demo/scenarios/outage-day.ts'
import { playFast } from '../support/play.ts'
import { expectTranscript } from '../support/transcript.ts'
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
  const finals = json.world.after.snapshots.filter(({ tags }) => tags['zonehop:step'] === 'snapshot')
  expect(finals).toHaveLength(6)

  // The file servers by their replicas: without a snapshot inside the outage, from their backup servers to their successors.
  const files = json.services.filter(({ name }) => name.startsWith('files-'))
  expect(files.flatMap(({ moves }) => moves.map(({ route }) => route))).toEqual(['replica', 'replica'])
  const live = Date.parse(json.approvals.find(({ gate }) => gate === 'goLive')?.at ?? '')
  for (const { source, target, instance } of files.flatMap(({ moves }) => moves)) {
    const before = json.world.before.volumes.find(({ id }) => id === target)
    expect(before?.instance).not.toBeNull()
    expect(before?.instance).not.toBe(instance)
    expect(json.world.after.snapshots.filter(({ volume }) => volume === source)).toEqual([])
    expect(json.world.after.snapshots.filter(({ volume }) => volume === target)).toHaveLength(1)
  }
  const firsts = json.transcript.filter(({ text }) => text.includes('full copy, until the first snapshot'))
  expect(Date.parse(firsts[0]?.at ?? '')).toBeLessThan(live)
  // How far a replica's sync is, as it goes on.
  const percents = json.transcript.flatMap(({ text }) => /files-2 (\d+)%/.exec(text)?.[1] ?? [])
  expect(new Set(percents).size).toBeGreaterThan(1)
  for (const { moves } of json.services) for (const { zone } of moves) expect(zone).toBe('us-east-1c')
  expectAllowed(json)
  const seen = json.transcript.filter(({ user, edited, inChannel }) => user === 'zonehop' && !edited && inChannel)
  expect(seen.length).toBeLessThanOrEqual(12)
  expectTranscript('outage-day', json.transcript)
})
