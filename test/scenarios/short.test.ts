// The shorter scenarios, each to its named end, and the policy held against all that they and the long one call.
import { expect, test } from 'vitest'
import { abort } from '../../src/demo/scenarios/abort.ts'
import { badMorning } from '../../src/demo/scenarios/bad-morning.ts'
import { cleanup } from '../../src/demo/scenarios/cleanup.ts'
import { givenBack } from '../../src/demo/scenarios/given-back.ts'
import { lateVolume } from '../../src/demo/scenarios/late-volume.ts'
import { lyingReplica } from '../../src/demo/scenarios/lying-replica.ts'
import { type Played, playFast } from '../support/play.ts'
import { expectTranscript } from '../support/transcript.ts'
import { allowedActions, calledActions, expectAllowed } from './permissions.ts'

const called = new Set<string>()
const remember = (json: Played): void => {
  expect(json.intruder).toEqual([])
  expectAllowed(json)
  for (const action of calledActions(json)) called.add(action)
  expectTranscript(json.scenario, json.transcript)
}

test('abort: everything as before, the source serving again, the outage counted', { timeout: 240_000 }, async () => {
  const json = await playFast(abort)
  expect(json.wrong).toEqual([])
  expect(json.migration?.phase).toBe('aborted')
  expect(json.outageSeconds).toBeGreaterThan(25 * 60)
  // Promoted on the way, at home and in sync in the end.
  expect(json.world.after.replicas?.[0]).toMatchObject({ link: 'Connected', outOfSyncKib: 0 })
  remember(json)
})

test('a plan that stays red ends the drill, with what is red', { timeout: 240_000 }, async () => {
  const small = { ...abort, world: (volumes: number) => ({ ...abort.world(volumes), storageTib: { gp3: 0.001 } }) }
  await expect(playFast(small)).rejects.toThrow(/is still red after 2 h: .*storage/)
})

test('late-volume: named before the outage begins, routed, approved anew, moved', { timeout: 240_000 }, async () => {
  const json = await playFast(lateVolume)
  expect(json.wrong).toEqual([])
  expect(json.services.map(({ name }) => name)).toContain('invoices')
  const named = json.transcript.findIndex(({ text }) => text.includes('Uncovered: invoices'))
  const frozen = json.approvals.find(({ gate }) => gate === 'freeze')
  expect(named).toBeGreaterThan(0)
  expect(Date.parse(frozen?.at ?? '')).toBeGreaterThan(Date.parse(json.transcript[named]?.at ?? ''))
  remember(json)
})

test('bad-morning: each mishap said once with what to do, the rest live', { timeout: 240_000 }, async () => {
  const json = await playFast(badMorning)
  expect(json.wrong).toEqual([])
  expect(json.services.find(({ name }) => name === 'mail')?.hook).toBe('failed')
  const said = (text: string) => json.transcript.filter((row) => !row.edited && row.text.includes(text)).length
  expect(said('db stopped at snapshot: UnauthorizedOperation. Next: give')).toBe(1)
  expect(said('search stopped at attach: AttachmentStuck. Next: detach')).toBe(1)
  expect(said('was deleted in EC2 since the plan. Next: restore it')).toBe(1)
  expect(said('mail stopped at hook: DocumentFailed. Next: look at the host')).toBe(1)
  for (const name of ['web', 'db']) expect(json.services.find((service) => service.name === name)?.state).toBe('open')
  remember(json)
})

test('lying-replica: UpToDate is no proof, the thread says by how much, nothing is promoted', {
  timeout: 240_000,
}, async () => {
  const json = await playFast(lyingReplica)
  expect(json.wrong).toEqual([])
  expect(json.migration?.phase).toBe('aborted')
  const said = (text: string) => json.transcript.filter((row) => !row.edited && row.text.includes(text)).length
  expect(said('files-2 is not proven: 12 KiB out of sync although UpToDate')).toBe(1)
  expect(said('files-1: 12 KiB out of sync although UpToDate')).toBe(1)
  // Never once, though the second lie began after the first was told.
  expect(json.transcript.some(({ text }) => text.includes('promoted and checked'))).toBe(false)
  expect(json.ec2.calls).not.toHaveProperty('DetachVolume')
  remember(json)
})

test('cleanup: only what was approved is gone, what came into use again is kept and said', {
  timeout: 240_000,
}, async () => {
  const json = await playFast(cleanup)
  expect(json.wrong).toEqual([])
  const cleared = json.approvals.find(({ gate }) => gate === 'cleanup')
  expect(cleared?.by).toBe('harry')
  const said = (text: string) => json.transcript.filter((row) => !row.edited && row.text.includes(text)).length
  expect(said('Keeps mail')).toBeGreaterThan(0)
  expect(said('is kept until')).toBe(1)
  expect(said('Cleaned up: 2 deleted')).toBe(1)
  // Each new copy was protected before anything was asked for.
  expect(json.ec2.calls.CreateSnapshot).toBe(6)
  remember(json)
})

test('given-back: Dropbox serves at home again, everything else is live', { timeout: 240_000 }, async () => {
  const json = await playFast(givenBack)
  expect(json.wrong).toEqual([])
  expect(json.migration?.phase).toBe('done')
  expect(json.services.find(({ name }) => name === 'dropbox')?.state).toBe('returned')
  const said = (text: string) => json.transcript.filter((row) => !row.edited && row.text.includes(text)).length
  expect(said('dropbox is given back by')).toBe(1)
  expect(said('Serving again in us-east-1a: dropbox.')).toBe(1)
  expect(said('Open in us-east-1c: dropbox')).toBe(0)
  remember(json)
})

/** Asked by `zonehop doctor` alone, as test/processes/doctor.test.ts holds. */
const BY_DOCTOR = ['ListChangedBlocks']

test('the policy allows what is called, and nothing else', () => {
  expect([...called, ...BY_DOCTOR].sort()).toEqual([...allowedActions()].sort())
})
