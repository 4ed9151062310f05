// The thread of a rehearsal: whose findings and times its messages tell.
import { expect, test } from 'vitest'
import { fold } from '../../../src/core/journal/fold.ts'
import type { Effect } from '../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import { ofMove } from '../../../src/core/model/subjects.ts'
import { rehearsalMessage } from '../../../src/slack/rehearsing/thread.ts'
import { entries, move, plan, planned, service } from '../../support/plans.ts'

const DATA = plan([move({ id: 'vol-1', name: 'data' }), move({ id: 'vol-2', name: 'data' })], {
  services: [service('data')],
})
const seed = (volumeId: string): Effect => ({
  ...{ generation: 1, direction: 'forward', subject: ofMove(volumeId), step: 'seed', volumeId, tags: {} },
})
const failed: EntryBody = {
  ...{ kind: 'failed', effect: 'vol-2.seed.1', issued: null, code: 'SnapshotError', problem: 'it ended in error' },
  remedy: 'look at the key',
}

test('two volumes of one name are told apart, in what is found and in the times', () => {
  const all = entries(
    { ...planned('mig-1', { plan: DATA }), purpose: 'rehearsal' } as EntryBody,
    { kind: 'began' },
    { kind: 'intended', effects: [seed('vol-1'), seed('vol-2')] },
    { kind: 'issued', effect: 'vol-1.seed.1' },
    { kind: 'issued', effect: 'vol-2.seed.1' },
    { kind: 'seen', started: [], achieved: ['vol-1.seed.1'], took: { 'vol-1.seed.1': 90_000 } },
    failed,
    { kind: 'done' },
  )
  const m = fold(all) as Migration
  const said = all.map((entry) => JSON.stringify(rehearsalMessage(m, entry) ?? null)).join('\n')
  expect(said).toContain('Found: seed of data (vol-2) failed: SnapshotError, it ended in error.')
  expect(said).toContain('Red, data (vol-2): seed failed: SnapshotError, it ended in error.')
  expect(said).toContain('It took: data (vol-1) seed 1m 30s.')
})
