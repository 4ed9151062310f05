// What is said unasked, once: a snapshot the outage waits for that will take long, and an outage past its budget.
import { expect, test } from 'vitest'
import type { Effect } from '../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import { NO_RULES } from '../../../src/core/model/rules.ts'
import { ofMove } from '../../../src/core/model/subjects.ts'
import { alert } from '../../../src/core/telling/alerts.ts'
import { facts, snapshotOf } from '../../support/facts.ts'
import { entries, move, plan, planned, service } from '../../support/plans.ts'
import { fitting } from '../journals.ts'

const MINUTE = 60_000
const LOGS = move({ id: 'vol-1', name: 'logs' })
const cut: Effect = {
  ...{ subject: ofMove('vol-1'), step: 'snapshot', generation: 1, direction: 'forward' },
  ...{ volumeId: 'vol-1', tags: {} },
}

function moving(need: 'required' | 'deferrable' = 'required', ...more: readonly EntryBody[]): Migration {
  const drawn = plan([LOGS], { services: [service('logs', { need })] })
  return fitting(
    entries(
      planned('mig-1', { plan: drawn, rules: { ...NO_RULES, budgetMinutes: 120 } }),
      { kind: 'freezing', freeze: 'mig-1-f1', services: ['logs'] },
      { kind: 'intended', effects: [cut] },
      { kind: 'issued', effect: 'vol-1.snapshot.1' },
      { kind: 'started', effect: 'vol-1.snapshot.1', issued: 'n4', resource: 'snap-vol-1' },
      ...more,
    ),
  )
}

const after = (minutes: number, percent: number, state = 'pending') =>
  facts({ beganAtMs: minutes * MINUTE, snapshots: [snapshotOf(LOGS, { state, percent, startedAtMs: 0 })] })

const warned = (about: string): EntryBody => ({ kind: 'warned', about, service: null, text: '' })

test.each([
  ['nothing before ten minutes', moving(), 9, 0, null],
  [
    'under 1% at minute ten: at least 16 hours',
    moving(),
    10,
    0,
    'logs takes at least 17 h more at the rate so far. Go live without it?',
  ],
  ['over within the hour: nothing', moving(), 30, 50, null],
  ['once', moving('required', warned('slow logs')), 10, 0, null],
  ['what can wait anyway: nothing', moving('deferrable'), 10, 0, null],
  [
    'past the budget',
    moving(),
    121,
    90,
    'The outage has passed its budget of 120 min (zonehop.yaml). Wait, go live with less, or abort?',
  ],
  ['past the budget, once', moving('required', warned('budget')), 121, 90, null],
])('%s', (_, m, minutes, percent, text) => {
  const said = alert(m, after(minutes, percent), minutes * MINUTE)
  if (text === null) expect(said).toBeNull()
  else expect(said).toMatchObject({ kind: 'warned', text })
})

test('nothing once it is complete', () => {
  expect(alert(moving(), after(100, 100, 'completed'), 100 * MINUTE)).toBeNull()
})
