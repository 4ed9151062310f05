// Names of services, volumes and steps as phones and people write them behind a command, through the operations themselves.
import { expect, test } from 'vitest'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import { memoryJournal } from '../../support/memory-journal.ts'
import { entries, move, plan, planned } from '../../support/plans.ts'
import { typing, useCases } from '../../world/doors.ts'

const SEED = { step: 'seed', generation: 1, direction: 'forward', volumeId: 'vol-1', tags: {} } as const
const FAILED: readonly EntryBody[] = [
  { kind: 'asked', gate: 'start', basis: 'b', evidence: [], again: null },
  { kind: 'approved', asked: 'n2', gate: 'start', basis: 'b', by: 'U-3' },
  { kind: 'began' },
  { kind: 'intended', effects: [{ ...SEED, subject: { of: 'move', move: 'vol-1' } }] },
  { kind: 'issued', effect: 'vol-1.seed.1' },
  { kind: 'failed', effect: 'vol-1.seed.1', issued: 'n6', code: 'X', problem: 'p', remedy: 'r' },
]

/** What is answered to who types it where a seed of `logs` has failed, and what the journal got. */
async function typed(text: string) {
  const journal = memoryJournal(() => 60_000)
  const moves = [move({ id: 'vol-1', name: 'logs' }), move({ id: 'vol-2', name: 'mail' })]
  journal.load(entries(planned('mig-aa1111', { by: 'U-2', channel: 'C-1', plan: plan(moves) }), ...FAILED))
  journal.putBack(journal.keep(), { runId: 'r1', replicationId: 'h1' })
  const answer = await typing(useCases({ journal }))(text)
  const last = (await journal.entries('mig-aa1111')).at(-1)
  return { answer, last }
}

test.each([
  'logs',
  'LOGS',
  'logs.',
  '*logs*',
  '(logs)',
  'Vol-1',
  'vol\u20131',
  'VOL-1.seed.1',
  'logs, because it was full',
])('retry %s', async (name) => {
  expect((await typed(`retry ${name}`)).last).toMatchObject({ kind: 'retried', effect: 'vol-1.seed.1' })
})

test.each(['mail', 'Mail,', '(mail)', '*mail*'])('defer %s', async (name) => {
  expect((await typed(`defer ${name} because it is late`)).last).toMatchObject({ kind: 'deferred', service: 'mail' })
})

test('what is not there is said to be not there', async () => {
  const { answer, last } = await typed('retry the logs')
  expect(answer).toContain('There is no service, volume or step "the logs" in mig-aa1111')
  expect(last?.kind).toBe('failed')
})
