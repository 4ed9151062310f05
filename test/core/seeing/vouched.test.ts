// What counts of the final snapshots of a migration that was rebuilt from its tags, once an approver has said that the freeze is its own.
import { expect, test } from 'vitest'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import type { Facts } from '../../../src/core/model/facts.ts'
import { adopt } from '../../../src/core/seeing/recover.ts'
import { suspicionMessage } from '../../../src/slack/messages/suspicions.ts'
import { facts, snapshotOf, tagged } from '../../support/facts.ts'
import { move, plan, planned } from '../../support/plans.ts'
import { fitting, named } from '../journals.ts'
import { instance } from './stages.ts'

const LOGS = move({ id: 'vol-1', name: 'logs' })
const FROZEN_MS = 500_000
const FREEZE = `mig-1-f${FROZEN_MS}`
const TAG = { 'zonehop:frozen': FREEZE }
const says = `zonehop:frozen=${FREEZE}`
const suspected: EntryBody = { kind: 'suspected', about: 'frozen', says, volumes: ['vol-1'] }
const settled: EntryBody = { kind: 'settled', suspected: 'n2', isSo: true, by: 'U-2' }
const freezing: EntryBody = { kind: 'freezing', freeze: FREEZE, services: ['logs'] }
const journal = named(
  [planned('mig-1', { plan: plan([LOGS]), rebuilt: { choices: [] } }), suspected, settled, freezing],
  600_000,
)
const SUSPECT = journal[1] as Parameters<typeof suspicionMessage>[1]
const REBUILT = fitting(journal)

/** A final snapshot that began a minute behind the freeze, of a server that was last started at `launchedAtMs`. */
function cut(launchedAtMs: number | undefined): Facts {
  const server = {
    ...instance(LOGS.volume.instance, 'running'),
    ...(launchedAtMs === undefined ? {} : { launchedAtMs }),
  }
  const snapshots = [snapshotOf(LOGS, { startedAtMs: FROZEN_MS + 60_000, issued: 'n-lost', tags: TAG })]
  return facts({ snapshots, volumes: [tagged(LOGS, TAG)], instances: [server] })
}

/** As what it is known. */
function stepOf(world: Facts): string | undefined {
  const entry = adopt(REBUILT, world)
  return entry?.kind === 'adopted' ? entry.things[0]?.effect.step : undefined
}

test.each([
  ['started long before its freeze: it is final', 1_000, 'snapshot'],
  [
    'started between its freeze and the snapshot: whoever vouches for it says that nothing wrote',
    FROZEN_MS + 30_000,
    'snapshot',
  ],
  [
    'started behind the snapshot, so that its volume may have been written to: it is a seed',
    FROZEN_MS + 60_001,
    'seed',
  ],
  ['of which EC2 does not say when it was started: who vouches for it is believed', undefined, 'snapshot'],
])('a final snapshot of a server that was %s', (_, launchedAtMs, step) => {
  expect(stepOf(cut(launchedAtMs))).toBe(step)
})

test('who is asked whether the freeze is its own reads what that vouches for', () => {
  const asked = fitting(journal.slice(0, 2))
  expect(JSON.stringify(suspicionMessage(asked, SUSPECT, { approvers: ['U-2'] }))).toContain(
    'say so only if no service on these volumes was started again since it stopped for that freeze, by anybody',
  )
})
