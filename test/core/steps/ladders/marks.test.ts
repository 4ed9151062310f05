// Marks, one row each: which volumes get which tags, under which name, in which order; and what has none.
import { describe, expect, test } from 'vitest'
import { type Effect, effectId, type TagEffect } from '../../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../../src/core/model/entries.ts'
import type { Facts, SeenVolume } from '../../../../src/core/model/facts.ts'
import type { Freeze, Migration } from '../../../../src/core/model/migration.ts'
import type { Service } from '../../../../src/core/model/plan.ts'
import { ofMove } from '../../../../src/core/model/subjects.ts'
import {
  abortedCopyMarks,
  abortMarks,
  copyIdsOf,
  deferredLiveMarks,
  doneMarks,
  freezeMarks,
  homeMarks,
  leftMarks,
  liveMarks,
  provenMarks,
  returnMarks,
  startMarks,
  strayMarks,
} from '../../../../src/core/steps/marks.ts'
import { facts, LATER_MS } from '../../../support/facts.ts'
import { move, plan, planned, replicaMove, seen, service, volume } from '../../../support/plans.ts'
import { DROPBOX, LOGS } from '../../at.ts'
import { migration } from '../../people.ts'

const FILES = replicaMove()
const SERVICES = {
  dropbox: service('dropbox', { need: 'deferrable' }),
  files: service('files'),
  logs: service('logs'),
} as const satisfies Readonly<Record<string, Service>>
const DRAWN = plan([LOGS, DROPBOX, FILES], { services: Object.values(SERVICES) })
const FREEZE = { kind: 'freezing', freeze: 'mig-1-f1', services: ['dropbox', 'files', 'logs'] } as const

const restored = (id: string): Effect => ({
  ...{ subject: ofMove(id), step: 'restore', generation: 1, direction: 'forward' },
  ...{ snapshotId: `snap-${id}`, zone: 'us-east-1c' },
})
const COPIES: readonly EntryBody[] = [
  { kind: 'intended', effects: [restored('vol-1'), restored('vol-2')] },
  {
    ...{ kind: 'seen', achieved: [] },
    started: ['vol-1', 'vol-2'].map((id) => ({ effect: `${id}.restore.1`, resource: `copy-${id}`, others: [] })),
  },
]
const gone = (...volumes: readonly string[]): EntryBody => ({ kind: 'gone', volumes })
const frozen = (...said: readonly EntryBody[]): Migration =>
  migration(planned('mig-1', { plan: DRAWN }), { kind: 'began' }, FREEZE, ...said)
const returned: EntryBody = { kind: 'returned', service: 'dropbox', by: 'U-2', reason: 'a test' }
const live = (...said: readonly EntryBody[]): Migration =>
  frozen(...COPIES, { kind: 'wentLive', percents: {} }, ...said)

type Row = readonly [id: string, resources: readonly string[], tags: object, removed?: readonly string[]]

function rowsOf(marks: readonly TagEffect[]): Row[] {
  return marks.map((effect) => {
    const row = [effectId(effect), effect.resources, effect.tags] as const
    return effect.removed.length > 0 ? [...row, effect.removed] : row
  })
}

const words = (name: string, need: string, route: string, successor: string): object => ({
  'zonehop:plan': `migration=mig-1 need=${need} route=${route} successor=${successor} service=${name}`,
})
const FROZEN = { 'zonehop:frozen': 'mig-1-f1', 'zonehop:phase': 'frozen' }
const LEFT = { 'zonehop:left': 'mig-1', 'zonehop:phase': 'live' }
const LIVE = { 'zonehop:live': 'mig-1', 'zonehop:phase': 'live' }
const DONE = { 'zonehop:phase': 'done', 'zonehop:ended': 'mig-1' }
const ABORTED = { 'zonehop:aborted': 'mig-1', 'zonehop:phase': 'aborted' }

const AGREED: Freeze = {
  ...{ id: FREEZE.freeze, atMs: 0, rev: 3, services: FREEZE.services },
  sources: ['vol-1', 'vol-2', 'vol-files'],
}

describe('on the way to the target zone', () => {
  test.each<[string, () => readonly TagEffect[], readonly Row[]]>([
    [
      'the plan: on sources and on copies of replicas, volumes of one service together',
      () => startMarks(frozen()),
      [
        ['start-1.tag.1', ['vol-1'], words('logs', 'required', 'snapshot', 'i-target')],
        ['start-2.tag.1', ['vol-2'], words('dropbox', 'deferrable', 'snapshot', 'i-target')],
        ['start-3.tag.1', ['vol-files'], words('files', 'required', 'replica', 'i-files-next')],
        [
          'start-4.tag.1',
          ['vol-files-copy'],
          words('files', 'required', 'replica', 'i-files-next home=i-backup:/dev/sdp'),
        ],
      ],
    ],
    [
      'the freeze: on the sources of its services, whether they can wait or not',
      () => freezeMarks(frozen(), AGREED),
      [['mig-1-f1-1.tag.1', ['vol-1', 'vol-2', 'vol-files'], FROZEN]],
    ],
    [
      'the freeze: on no source of a service that is not part of it',
      () => freezeMarks(frozen(), { ...AGREED, services: ['logs'] }),
      [['mig-1-f1-1.tag.1', ['vol-1'], FROZEN]],
    ],
    [
      'the proof: on the copies of that replica',
      () => provenMarks(frozen(), FILES, AGREED),
      [['proven-files-1.tag.1', ['vol-files-copy'], { 'zonehop:proven': 'mig-1-f1' }]],
    ],
    ['left: on every source', () => leftMarks(live()), [['left-1.tag.1', ['vol-1', 'vol-2', 'vol-files'], LEFT]]],
    [
      'live: on the copies of what is required',
      () => liveMarks(live(), [SERVICES.files, SERVICES.logs]),
      [['live-1.tag.1', ['vol-files-copy', 'copy-vol-1'], LIVE]],
    ],
    [
      'live: on those of what was deferred, under a name of its own',
      () => deferredLiveMarks(live(), SERVICES.dropbox),
      [['live-dropbox-1.tag.1', ['copy-vol-2'], LIVE]],
    ],
    ['live: on no copy that is not there yet', () => deferredLiveMarks(frozen(), SERVICES.dropbox), []],
    [
      'done: on sources and copies of everything',
      () => doneMarks(live(), EARLY),
      [['done-1.tag.1', ['vol-1', 'copy-vol-1', 'vol-2', 'copy-vol-2', 'vol-files', 'vol-files-copy'], DONE]],
    ],
  ])('%s', (_, marks, rows) => {
    expect(rowsOf(marks())).toEqual(rows)
    expect(marks().every(({ direction }) => direction === 'forward')).toBe(true)
  })
})

describe('an earlier freeze, once a later one has begun', () => {
  const later = (...services: readonly string[]): EntryBody => ({ kind: 'freezing', freeze: 'mig-1-f2', services })
  const marksIn = (m: Migration): Row[] => m.freezes.flatMap((freeze) => rowsOf(freezeMarks(m, freeze)))
  const LATER = { ...FROZEN, 'zonehop:frozen': 'mig-1-f2' }

  test.each<[string, Migration, readonly Row[]]>([
    [
      'leaves out what froze anew',
      frozen(later('logs')),
      [
        ['mig-1-f1-1.tag.1', ['vol-2', 'vol-files'], FROZEN],
        ['mig-1-f2-1.tag.1', ['vol-1'], LATER],
      ],
    ],
    [
      'has none where everything froze anew',
      frozen(later('dropbox', 'files', 'logs')),
      [['mig-1-f2-1.tag.1', ['vol-1', 'vol-2', 'vol-files'], LATER]],
    ],
    [
      'is the one of three under which a service froze last',
      frozen(later('dropbox', 'logs'), { kind: 'freezing', freeze: 'mig-1-f3', services: ['logs'] }),
      [
        ['mig-1-f1-1.tag.1', ['vol-files'], FROZEN],
        ['mig-1-f2-1.tag.1', ['vol-2'], LATER],
        ['mig-1-f3-1.tag.1', ['vol-1'], { ...FROZEN, 'zonehop:frozen': 'mig-1-f3' }],
      ],
    ],
  ])('%s', (_, m, rows) => expect(marksIn(m)).toEqual(rows))

  test('is written anew for those that are left, since it is on fewer volumes', () => {
    const before = freezeMarks(frozen(), AGREED)
    const m = frozen({ kind: 'intended', effects: before }, later('logs'))
    expect(marksIn(m).map(([id]) => id)).toEqual(['mig-1-f1-1.tag.2', 'mig-1-f2-1.tag.1'])
  })
})

describe('given back', () => {
  test('first `left` goes, then the freeze', () => {
    const stages = returnMarks(live(returned), SERVICES.dropbox)
    expect(stages.map(rowsOf)).toEqual([
      [['returned-left-dropbox-1.tag.1', ['vol-2'], {}, ['zonehop:left']]],
      [['returned-frozen-dropbox-1.tag.1', ['vol-2'], {}, ['zonehop:frozen']]],
    ])
    expect(stages.flat().every(({ direction }) => direction === 'back')).toBe(true)
  })

  test.each<[string, () => readonly TagEffect[], readonly string[]]>([
    ['its source is not marked left', () => leftMarks(live(returned)), ['vol-1', 'vol-files']],
    [
      'it is marked done with the rest, and free for another migration',
      () => doneMarks(live(returned), EARLY),
      ['vol-1', 'copy-vol-1', 'vol-files', 'vol-files-copy', 'vol-2'],
    ],
  ])('%s', (_, marks, resources) => expect(marks().flatMap((one) => one.resources)).toEqual(resources))

  test('marks that were put on before it was given back are not taken for those after it', () => {
    const before: EntryBody = { kind: 'intended', effects: leftMarks(live()) }
    expect(leftMarks(live(before)).map(effectId)).toEqual(['left-1.tag.1'])
    expect(leftMarks(live(before, returned)).map(effectId)).toEqual(['left-1.tag.2'])
  })
})

/** So early that EC2 need not show what was made. */
const EARLY = facts({ volumes: [seen({ volume: volume({ id: 'vol-files-copy' }) })], beganAtMs: 0 })

describe('on the way back', () => {
  test.each<[string, Migration, readonly (readonly Row[])[]]>([
    [
      'the sources tell of the abort, then lose the freeze',
      frozen(),
      [
        [['aborted-logs-1.tag.1', ['vol-1'], ABORTED]],
        [['aborted-freeze-logs-1.tag.1', ['vol-1'], {}, ['zonehop:frozen']]],
      ],
    ],
    [
      'before any freeze they only tell of it',
      migration(planned('mig-1', { plan: DRAWN })),
      [[['aborted-logs-1.tag.1', ['vol-1'], ABORTED]], []],
    ],
    ['a source that is gone has none', frozen(gone('vol-1')), [[], []]],
  ])('%s', (_, m, stages) => {
    const marks = abortMarks(m, SERVICES.logs)
    expect(marks.map(rowsOf)).toEqual(stages)
    expect(marks.flat().every(({ direction }) => direction === 'back')).toBe(true)
  })

  test('and all tell at last that it is over', () => {
    const end = ['vol-1', 'vol-2', 'vol-files', 'vol-files-copy']
    const there = (...ids: readonly string[]): Facts =>
      facts({ volumes: ids.map((id) => seen({ volume: volume({ id }) })) })
    const row = (ids: readonly string[]): Row => ['aborted-end-1.tag.1', ids, { 'zonehop:ended': 'mig-1' }]
    expect(rowsOf(homeMarks(frozen(...COPIES), there(...end)))).toEqual([row(end)])
    // EC2 would refuse the call for all, for one that somebody deleted.
    expect(rowsOf(homeMarks(frozen(...COPIES), there(...end.slice(1))))).toEqual([row(end.slice(1))])
  })

  test('but for a copy that EC2 does not show any more', () => {
    const late = facts({ volumes: [seen({ volume: volume({ id: 'copy-vol-2' }) })], beganAtMs: LATER_MS })
    expect(abortedCopyMarks(frozen(...COPIES), late).flatMap(({ resources }) => resources)).toEqual(['copy-vol-2'])
  })

  test('copies tell of it too, as far as there are any', () => {
    expect(rowsOf(abortedCopyMarks(frozen(...COPIES), EARLY))).toEqual([
      ['aborted-copies-1.tag.1', ['copy-vol-1', 'copy-vol-2', 'vol-files-copy'], ABORTED],
    ])
    expect(rowsOf(abortedCopyMarks(frozen(), EARLY))).toEqual([['aborted-copies-1.tag.1', ['vol-files-copy'], ABORTED]])
  })

  const stray = (over: Parameters<typeof seen>[1]): Facts =>
    facts({
      volumes: [
        seen(LOGS),
        seen({ volume: volume({ id: 'vol-7' }) }, { tags: { 'zonehop:frozen': 'mig-1-f8' }, ...over }),
      ],
    })

  test.each<[string, Facts, readonly string[]]>([
    ['a volume that only a lost plan knew loses any freeze of this migration', stray({}), ['vol-7']],
    ['not one without a freeze', stray({ tags: {} }), []],
    ['not one under the freeze of another migration', stray({ tags: { 'zonehop:frozen': 'mig-10-f1' } }), []],
    ['not one in another zone', stray({ zone: 'us-east-1c' }), []],
    // Seed 22371105: a copy of this zonehop wrote the freeze again, once it was off.
    ['one that the plan knows, on which somebody wrote it again', stray({ id: 'vol-2' }), ['vol-2']],
  ])('%s', (_, look, resources) => {
    const row: Row = ['aborted-strays-1.tag.1', resources, {}, ['zonehop:frozen']]
    expect(rowsOf(strayMarks(frozen(), look))).toEqual(resources.length > 0 ? [row] : [])
  })

  const tagsOf = (id: string, of: string): SeenVolume =>
    seen({ volume: volume({ id }) }, { tags: { 'zonehop:frozen': of } })
  const ofPlan = (of: string): Facts => facts({ volumes: [tagsOf('vol-1', of), seen(DROPBOX)] })
  const unfrozen = (...more: readonly EntryBody[]): Migration =>
    migration(planned('mig-1', { plan: DRAWN }), { kind: 'began' }, ...more)
  test.each<[string, Migration, Facts, readonly string[]]>([
    ['the journal has lost: off a source that carries it', unfrozen(), ofPlan('mig-1-f1'), ['vol-1']],
    ['also off one that no plan knows', unfrozen(), stray({}), ['vol-7']],
    ['the journal has lost: not another migration’s', unfrozen(), ofPlan('mig-10-f1'), []],
    ['the journal knows, and that stands again once all are home', frozen(), ofPlan('mig-1-f1'), ['vol-1']],
    ['it has lost, beside one that it knows: likewise', frozen(), ofPlan('mig-1-f0'), ['vol-1']],
  ])('a freeze that %s', (_, m, look, resources) => {
    const row: Row = ['aborted-strays-1.tag.1', resources, {}, ['zonehop:frozen']]
    expect(rowsOf(strayMarks(m, look))).toEqual(resources.length > 0 ? [row] : [])
  })
})

describe('a move of which a volume is gone has no marks, since EC2 refuses the call whole', () => {
  test.each<[string, (m: Migration) => readonly TagEffect[], readonly string[]]>([
    ['the plan', startMarks, ['vol-2', 'vol-files', 'vol-files-copy']],
    ['the freeze', (m) => freezeMarks(m, AGREED), ['vol-2', 'vol-files']],
    ['left', leftMarks, ['vol-2', 'vol-files']],
    [
      'done',
      (m: Migration) => doneMarks(m, EARLY),
      ['copy-vol-1', 'vol-2', 'copy-vol-2', 'vol-files', 'vol-files-copy'],
    ],
    ['aborted, on the copies', (m: Migration) => abortedCopyMarks(m, EARLY), ['copy-vol-2', 'vol-files-copy']],
  ])('%s', (_, marks, resources) => {
    expect(marks(frozen(...COPIES, gone('vol-1'))).flatMap((one) => one.resources)).toEqual(resources)
  })
})

test.each<[string, Migration, readonly string[], readonly string[]]>([
  ['by snapshot: none before it is restored', frozen(), [], ['vol-files-copy']],
  ['by snapshot: once its id is known', frozen(...COPIES), ['copy-vol-1'], ['vol-files-copy']],
  [
    'by snapshot: of a newer restore without an id, none',
    frozen(...COPIES, { kind: 'intended', effects: [{ ...restored('vol-1'), generation: 2 }] }),
    [],
    ['vol-files-copy'],
  ],
])('the copies of a move, %s', (_, m, ofLogs, ofFiles) => {
  expect(copyIdsOf(m, LOGS)).toEqual(ofLogs)
  expect(copyIdsOf(m, FILES)).toEqual(ofFiles)
})

describe('volumes that get the same tags share a call', () => {
  test.each([
    [200, [200]],
    [201, [200, 1]],
    [401, [200, 200, 1]],
  ])('%i volumes: calls of %j', (count, parts) => {
    const moves = Array.from({ length: count }, (_, index) => move({ id: `vol-${index}`, name: `v${index}` }, 'bulk'))
    const marks = startMarks(migration(planned('mig-1', { plan: plan(moves) })))
    expect(marks.map(({ resources }) => resources.length)).toEqual(parts)
    expect(marks.map(effectId)).toEqual(parts.map((_, index) => `start-${index + 1}.tag.1`))
    expect(marks.flatMap(({ resources }) => resources)).toEqual(moves.map(({ id }) => id))
  })
})
