// What a volume is called, one row each.
import { expect, test } from 'vitest'
import type { Effect } from '../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import { ofMove } from '../../../src/core/model/subjects.ts'
import { volumeNamed } from '../../../src/core/telling/names.ts'
import { plan, planned, replicaMove, volume } from '../../support/plans.ts'
import { DROPBOX, LOGS } from '../at.ts'
import { migration } from '../people.ts'

const pairs = ['data', 'wal'].map((name) => ({
  source: volume({ id: `vol-${name}`, name }),
  copy: volume({ id: `vol-${name}-copy`, name: `${name}-copy` }),
}))
const restore: Effect = {
  ...{ subject: ofMove('vol-1'), step: 'restore', generation: 1, direction: 'forward' },
  ...{ snapshotId: 'snap-vol-1', zone: 'us-east-1c' },
}
const copied: readonly EntryBody[] = [
  { kind: 'intended', effects: [restore] },
  { kind: 'seen', started: [{ effect: 'vol-1.restore.1', resource: 'vol-c', others: [] }], achieved: [] },
]
const m = migration(
  planned('mig-1', { plan: plan([LOGS, DROPBOX, replicaMove({ resource: 'db', pairs })]) }),
  { kind: 'began' },
  ...copied,
)

test.each([
  ['a source', 'vol-1', 'logs (vol-1)'],
  ['a source of a replica', 'vol-wal', 'wal (vol-wal)'],
  ['a copy by snapshot', 'vol-c', 'the copy of logs (vol-c)'],
  ['a copy of a replica', 'vol-data-copy', 'the copy of data (vol-data-copy)'],
  ['one that the plan does not know', 'vol-9', 'vol-9'],
  ['none', '', ''],
])('%s', (_, id, said) => expect(volumeNamed(m, id)).toBe(said))

// It is called by the first source of its resource, whichever pair it is of.
test('a copy of the second pair of a replica', () => {
  expect(volumeNamed(m, 'vol-wal-copy')).toBe('the copy of wal (vol-wal-copy)')
})
