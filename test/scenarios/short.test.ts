// The shorter scenarios, each to its named end, and the policy held against all that they and the long one call.
import { expect, test } from 'vitest'
import { abort } from '../../src/demo/scenarios/abort.ts'
import { badMorning } from '../../src/demo/scenarios/bad-morning.ts'
import { lateVolume } from '../../src/demo/scenarios/late-volume.ts'
import { playFast } from '../support/play.ts'
import { allowedActions, calledActions, expectAllowed } from './permissions.ts'

const called = new Set<string>()
const remember = (json: Parameters<typeof calledActions>[0]): void => {
  expectAllowed(json)
  for (const action of calledActions(json)) called.add(action)
}

test('abort: everything as before, the source serving again, the outage counted', { timeout: 240_000 }, async () => {
  const json = await playFast(abort)
  expect(json.wrong).toEqual([])
  expect(json.migration?.phase).toBe('aborted')
  expect(json.outageSeconds).toBeGreaterThan(25 * 60)
  remember(json)
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

test('the policy allows what is called, and nothing else', () => {
  expect([...called].sort()).toEqual([...allowedActions()].sort())
})
