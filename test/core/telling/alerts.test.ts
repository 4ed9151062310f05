// What is said unasked, once: a snapshot the outage waits for that will take long, an outage past its budget, and a tag of ours that
// somebody changed.
import { describe, expect, test } from 'vitest'
import type { Effect } from '../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import type { Facts } from '../../../src/core/model/facts.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import { NO_RULES } from '../../../src/core/model/rules.ts'
import { ofMove } from '../../../src/core/model/subjects.ts'
import { code } from '../../../src/core/model/text.ts'
import { alert } from '../../../src/core/telling/alerts.ts'
import { facts, LATER_MS, snapshotOf } from '../../support/facts.ts'
import { entries, move, plan, planned, service } from '../../support/plans.ts'
import { at, BOTH, but, FREEZE_ID, type Stage, seenAt } from '../at.ts'
import { fitting } from '../journals.ts'
import { migration } from '../people.ts'

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

describe('what AWS does not take', () => {
  const OTHER = move({ id: 'vol-2', name: 'db' })
  const drawn = plan([LOGS, OTHER], { services: [service('logs'), service('db')] })
  const cuts = [cut, { ...cut, subject: ofMove('vol-2'), volumeId: 'vol-2' }]
  const answer = { code: 'InsufficientVolumeCapacity', problem: 'None left.', remedy: 'wait' }
  const hindered = (...more: readonly EntryBody[]): Migration =>
    fitting(
      entries(
        planned('mig-1', { plan: drawn }),
        { kind: 'freezing', freeze: 'mig-1-f1', services: ['logs', 'db'] },
        { kind: 'intended', effects: cuts },
        { kind: 'issued', effect: 'vol-1.snapshot.1' },
        { kind: 'notCalled', effect: 'vol-1.snapshot.1', issued: 'n4', why: answer.code, retryMs: 0, answer },
        ...more,
      ),
    )
  const about = `hindrance ${answer.code} snapshot`
  const other: readonly EntryBody[] = [
    { kind: 'issued', effect: 'vol-2.snapshot.1' },
    { kind: 'unanswered', effect: 'vol-2.snapshot.1', issued: 'n6', answer },
  ]
  const told = (what: string): EntryBody => ({
    ...{ kind: 'warned', about, service: null },
    text: `AWS does not take snapshot of ${what}: it answers ${code(answer.code)} since 00:00 UTC (None left.). What to do: wait. It is asked again by itself.`,
  })

  test.each<[string, Migration, number, EntryBody | null]>([
    ['not at once: most of it passes', hindered(), 34_999, null],
    ['what lasts longer', hindered(), 35_000, told('logs')],
    ['once for all volumes', hindered(...other), 35_000, told('logs and of 1 more')],
    ['and then no more', hindered(...other, warned(about)), 90_000, null],
    ['not once it was taken', hindered({ kind: 'seen', started: [], achieved: ['vol-1.snapshot.1'] }), 90_000, null],
  ])('%s', (_, m, nowMs, said) => {
    expect(alert(m, facts({ beganAtMs: nowMs }), nowMs)).toEqual(said)
  })
})

const warned = (about: string): EntryBody => ({ kind: 'warned', about, service: null, text: '' })

test.each([
  ['nothing before ten minutes', moving(), 9, 0, null],
  [
    'under 1% at minute ten: at least 11 hours',
    moving(),
    10,
    0,
    'logs takes at least 11 h 16 min more at the rate so far (as of 00:10 UTC). Go live without it?',
  ],
  ['over within the hour: nothing', moving(), 30, 50, null],
  ['once', moving('required', warned('slow logs')), 10, 0, null],
  ['what can wait anyway: nothing', moving('deferrable'), 10, 0, null],
  [
    'past the budget',
    moving(),
    121,
    90,
    'The outage has passed its budget of 120 min. Wait, go live with less, or abort?',
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

describe('a tag of ours that somebody changed', () => {
  const NEXT = {
    live: 'It is written again.',
    frozen:
      'Whether it was written to meanwhile is not known, so all that froze with it is to freeze again before anything goes live.',
  } as const
  const FIND = 'Find out who changes tags: Terraform, a backup tool, or somebody who should not.'
  const off = (key: string, where: string, next: keyof typeof NEXT): string =>
    `${code(key)} was taken off ${where}, and nobody here did that. ${NEXT[next]} ${FIND}`
  const says = (key: string, value: string, where: string, next: keyof typeof NEXT): string =>
    `${code(key)} says ${code(value)} on ${where}, and nobody here did that. ${NEXT[next]} ${FIND}`
  const FREEZE = `tag ${FREEZE_ID}-1.tag.1`

  /** What EC2 shows at a stage, with this tag of a volume another way; null for none. */
  function look(stage: Stage, volume: string, key: string, value: string | null): Facts {
    const all = seenAt(stage, BOTH)
    const { [key]: _, ...rest } = all.volumes.get(volume)?.tags ?? {}
    return but(all, { volumes: { [volume]: { tags: value === null ? rest : { ...rest, [key]: value } } } })
  }
  const alertAt = (stage: Stage, world: Facts, ...more: readonly EntryBody[]): EntryBody | null =>
    alert(migration(...at(stage, BOTH), ...more), world, LATER_MS)

  test.each<[string, Stage, readonly [string, string, string | null], string, string]>([
    [
      'live: off a source',
      'opening',
      ['vol-1', 'zonehop:left', null],
      'tag left-1.tag.1',
      off('zonehop:left', 'logs (vol-1)', 'live'),
    ],
    [
      'live: another value on a copy',
      'opening',
      ['vol-copy-vol-1', 'zonehop:live', 'mig-9'],
      'tag live-1.tag.1',
      says('zonehop:live', 'mig-9', 'the copy of logs (vol-copy-vol-1)', 'live'),
    ],
    [
      'live: off the copy of a deferred one, once it is live',
      'openedDeferred',
      ['vol-copy-vol-2', 'zonehop:live', null],
      'tag live-dropbox-1.tag.1',
      off('zonehop:live', 'the copy of dropbox (vol-copy-vol-2)', 'live'),
    ],
    [
      'live: the freeze of a source',
      'opening',
      ['vol-1', 'zonehop:frozen', 'x'],
      FREEZE,
      says('zonehop:frozen', 'x', 'logs (vol-1)', 'live'),
    ],
    [
      'frozen: off a source',
      'frozen',
      ['vol-1', 'zonehop:frozen', null],
      FREEZE,
      off('zonehop:frozen', 'logs (vol-1)', 'frozen'),
    ],
    [
      'moving: another value on a source',
      'moving',
      ['vol-2', 'zonehop:frozen', 'mig-1-f9'],
      FREEZE,
      says('zonehop:frozen', 'mig-1-f9', 'dropbox (vol-2)', 'frozen'),
    ],
    [
      'what stands there is one line of text, and nothing of ours',
      'moving',
      ['vol-1', 'zonehop:frozen', `a\nb\u202E${'c'.repeat(300)}`],
      FREEZE,
      says('zonehop:frozen', `a b ${'c'.repeat(251)}…`, 'logs (vol-1)', 'frozen'),
    ],
  ])('%s', (_, stage, [volume, key, value], about, text) => {
    const world = look(stage, volume, key, value)
    const said = alertAt(stage, world)
    expect(said).toEqual({ kind: 'warned', about, service: null, text })
    expect(alertAt(stage, world, said as EntryBody)).toBeNull()
  })

  test('two marks: each is told once, one after the other', () => {
    const both = but(look('opening', 'vol-1', 'zonehop:left', 'x'), {
      volumes: { 'vol-copy-vol-1': { tags: {} } },
    })
    const first = alertAt('opening', both) as EntryBody
    expect(first).toMatchObject({ about: 'tag left-1.tag.1' })
    const second = alertAt('opening', both, first) as EntryBody
    expect(second).toMatchObject({ about: 'tag live-1.tag.1' })
    expect(alertAt('opening', both, first, second)).toBeNull()
  })

  test('one mark on two volumes: it is told once', () => {
    const both = but(look('opening', 'vol-1', 'zonehop:left', 'x'), { volumes: { 'vol-2': { tags: {} } } })
    const told = [warned('tag left-1.tag.1'), warned(FREEZE)]
    expect(alertAt('opening', both)).toMatchObject({ text: expect.stringContaining('logs (vol-1)') })
    expect(alertAt('opening', both, ...told)).toBeNull()
  })

  test('what was written again, and is changed once more, is told once more', () => {
    const effect: Effect = {
      ...{ subject: { of: 'mark', mark: 'left', part: 1 }, step: 'tag', generation: 2, direction: 'forward' },
      ...{ resources: ['vol-1', 'vol-2'], tags: { 'zonehop:left': 'mig-1', 'zonehop:phase': 'live' }, removed: [] },
    }
    const again: readonly EntryBody[] = [
      warned('tag left-1.tag.1'),
      { kind: 'intended', effects: [effect] },
      { kind: 'seen', started: [], achieved: ['left-1.tag.2'] },
    ]
    const world = look('opening', 'vol-1', 'zonehop:left', 'x')
    expect(alertAt('opening', world, ...again)).toMatchObject({ about: 'tag left-1.tag.2' })
  })

  test.each<[string, Stage, readonly [string, string], readonly EntryBody[]]>([
    ['before the freeze', 'freezeAsked', ['vol-1', 'zonehop:plan'], []],
    ['the plan, in the outage', 'moving', ['vol-1', 'zonehop:plan'], []],
    ['the phase beside a freeze, in the outage', 'moving', ['vol-1', 'zonehop:phase'], []],
    [
      'on the way back, which takes the freeze off',
      'moving',
      ['vol-1', 'zonehop:frozen'],
      [{ kind: 'aborting', by: 'U-2', reason: 'a test' }],
    ],
    ['after the end', 'done', ['vol-1', 'zonehop:left'], []],
  ])('nothing %s', (_, stage, [volume, key], more) => {
    expect(alertAt(stage, look(stage, volume, key, null), ...more)).toBeNull()
  })
})
