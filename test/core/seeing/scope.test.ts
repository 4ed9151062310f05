// What a look has to show: everything, until services are finished for good behind the point of no return.
import { describe, expect, test } from 'vitest'
import { type Effect, effectId } from '../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import { SHOWN_AFTER_MS } from '../../../src/core/model/limits.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import { ofMove, ofService } from '../../../src/core/model/subjects.ts'
import { movesInSight, thingsInSight, volumesOfOthers } from '../../../src/core/seeing/scope.ts'
import { snapshotOf } from '../../support/facts.ts'
import { entries, move, plan, planned, service } from '../../support/plans.ts'
import { fitting } from '../journals.ts'

const LOGS = move({ id: 'vol-1', name: 'logs' })
const DROPBOX = move({ id: 'vol-2', name: 'dropbox' })
const HOOK = 'start the sync'
const services = [service('logs'), service('dropbox', { need: 'deferrable', hook: HOOK })]

function migration(...said: readonly EntryBody[]): Migration {
  return fitting(entries(planned('mig-1', { plan: plan([LOGS, DROPBOX], { services }) }), { kind: 'began' }, ...said))
}

const WENT_LIVE: EntryBody = { kind: 'wentLive', percents: {} }

function of(name: string, step: 'open' | 'hook'): Effect {
  const work = { method: 'document', document: `zonehop-${step}` } as const
  const base = { subject: ofService(name), step, generation: 1, direction: 'forward' } as const
  return { ...base, service: name, instances: ['i-target'], work }
}

function achieved(name: string, step: 'open' | 'hook'): EntryBody[] {
  return [
    { kind: 'intended', effects: [of(name, step)] },
    { kind: 'seen', started: [], achieved: [`service/${name}.${step}.1`] },
  ]
}

const tag = (isSeen: boolean, mark = 'left'): readonly EntryBody[] => [
  {
    kind: 'intended',
    effects: [
      {
        ...{ subject: { of: 'mark', mark, part: 1 }, step: 'tag', generation: 1, direction: 'forward' },
        ...{ resources: ['vol-1'], tags: {}, removed: [] },
      },
    ],
  },
  ...(isSeen ? [{ kind: 'seen', started: [], achieved: [`${mark}-1.tag.1`] } as const] : []),
]

describe('moves in sight', () => {
  const rows: readonly (readonly [string, Migration, readonly string[] | null])[] = [
    ['before anything moves: everything', migration(), null],
    ['live, nothing open yet: all that is not open', migration(WENT_LIVE), ['vol-1', 'vol-2']],
    ['what is open is settled', migration(WENT_LIVE, ...achieved('logs', 'open')), ['vol-2']],
    [
      'what is open and waits for its hook is not',
      migration(WENT_LIVE, ...achieved('logs', 'open'), ...achieved('dropbox', 'open')),
      ['vol-2'],
    ],
    [
      'all finished: everything again, for the marks to come',
      migration(WENT_LIVE, ...achieved('logs', 'open'), ...achieved('dropbox', 'open'), ...achieved('dropbox', 'hook')),
      null,
    ],
    ['while tags are written: everything', migration(WENT_LIVE, ...achieved('logs', 'open'), ...tag(false)), null],
    ['once they are seen: no longer', migration(WENT_LIVE, ...achieved('logs', 'open'), ...tag(true)), ['vol-2']],
    [
      'behind the last marks: everything, whatever is still open',
      migration(WENT_LIVE, ...achieved('logs', 'open'), ...tag(true, 'done')),
      null,
    ],
  ]
  test.each(rows)('%s', (_, m, then) => expect(movesInSight(m)?.map(({ id }) => id) ?? null).toEqual(then))

  test('more moves than a filter takes: everything', () => {
    const moves = Array.from({ length: 201 }, (_, index) => move({ id: `vol-${index}`, name: 'logs' }))
    const many = fitting(entries(planned('mig-1', { plan: plan(moves) }), { kind: 'began' }, WENT_LIVE))
    expect(movesInSight(many)).toBeNull()
  })
})

describe('things in sight', () => {
  const base = { subject: ofMove('vol-1'), generation: 1, direction: 'forward' } as const
  const CUT: Effect = { ...base, step: 'snapshot', volumeId: 'vol-1', tags: {} }
  const SEED: Effect = { ...base, step: 'seed', volumeId: 'vol-1', tags: {} }
  const RESTORE: Effect = { ...base, step: 'restore', snapshotId: 'snap-cut', zone: 'us-east-1c' }
  const LATER_MS = 1_000_000
  const does = (effect: Effect, resource: string, isAchieved: boolean): EntryBody[] => {
    const id = effectId(effect)
    const started = [{ effect: id, resource, others: [] }]
    return [
      { kind: 'intended', effects: [effect] },
      { kind: 'seen', started, achieved: isAchieved ? [id] : [] },
    ]
  }
  const issues = (effect: Effect): EntryBody => ({ kind: 'issued', effect: effectId(effect) })
  const cut = does(CUT, 'snap-cut', true)
  test.each<[string, readonly EntryBody[], readonly string[], readonly string[]]>([
    ['nothing is called', [{ kind: 'intended', effects: [CUT] }], [], []],
    ['a seed that is pending', does(SEED, 'snap-seed', false), ['snap-seed'], []],
    ['a seed that is there is rested on no more', does(SEED, 'snap-seed', true), [], []],
    ['the final snapshot and its copy', [...cut, ...does(RESTORE, 'vol-copy', true)], ['snap-cut'], ['vol-copy']],
    [
      'the newer of two snapshots',
      [...cut, ...does({ ...CUT, generation: 2 } as Effect, 'snap-new', false)],
      ['snap-new'],
      [],
    ],
    [
      'not what failed',
      [
        ...does(CUT, 'snap-cut', false),
        { kind: 'failed', effect: effectId(CUT), issued: null, code: 'SnapshotError', problem: 'x', remedy: 'y' },
      ],
      [],
      [],
    ],
  ])('%s', (_, said, snapshots, volumes) => {
    expect(thingsInSight(migration(...said), null, LATER_MS)).toEqual({ snapshots, volumes })
  })

  test('not what EC2 need not show yet', () => {
    const [intended, seen] = does(CUT, 'snap-cut', false)
    const m = migration(...[intended, issues(CUT), seen].flatMap((one) => one ?? []))
    const issuedMs = m.effects.get(effectId(CUT))?.attempts.at(-1)?.atMs ?? 0
    expect(thingsInSight(m, null, issuedMs + SHOWN_AFTER_MS - 1).snapshots).toEqual([])
    expect(thingsInSight(m, null, issuedMs + SHOWN_AFTER_MS).snapshots).toEqual(['snap-cut'])
  })

  test('not of a move that is out of sight', () => {
    expect(thingsInSight(migration(...cut), [DROPBOX], LATER_MS).snapshots).toEqual([])
    expect(thingsInSight(migration(...cut), migration().plan.moves, LATER_MS).snapshots).toEqual(['snap-cut'])
  })
})

describe('where the question that begins the outage is asked, or about to be', () => {
  const BOTH = ['vol-1', 'vol-2']
  const seed = (name: 'logs' | 'dropbox', isAchieved: boolean): readonly EntryBody[] => {
    const volumeId = name === 'logs' ? 'vol-1' : 'vol-2'
    const base = { subject: ofMove(volumeId), step: 'seed', generation: 1, direction: 'forward' } as const
    const effect: Effect = { ...base, volumeId, tags: { Name: `${name} (seed)` } }
    const id = effectId(effect)
    const started = [{ effect: id, resource: `snap-${name}`, others: [] }]
    return [
      { kind: 'intended', effects: [effect] },
      { kind: 'issued', effect: id },
      { kind: 'seen', started, achieved: isAchieved ? [id] : [] },
    ]
  }
  const pending = snapshotOf(LOGS, { id: 'snap-logs', state: 'pending', percent: 40 })
  const asks: EntryBody = { kind: 'asked', gate: 'freeze', basis: 'b', evidence: [], again: null }
  const freezing: EntryBody = { kind: 'freezing', freeze: 'mig-1-f1', services: ['logs', 'dropbox'] }
  const seeded = (...said: readonly EntryBody[]): Migration =>
    fitting(
      entries(planned('mig-1', { plan: plan([LOGS, DROPBOX], { services }), seeds: true }), { kind: 'began' }, ...said),
    )

  test.each<[string, Migration, readonly string[]]>([
    ['before the start: none', fitting(entries(planned('mig-1', { plan: plan([LOGS, DROPBOX], { services }) }))), []],
    ['without seeds: all', migration(), BOTH],
    ['before the seed is begun: all', seeded(), BOTH],
    ['while the seed is pending: all', seeded(...seed('logs', false)), BOTH],
    ['while it is asked: all, whatever is pending', seeded(...seed('logs', false), asks), BOTH],
    ['once it is passed: none', seeded(...seed('logs', true), freezing), []],
    ['a service that came later is not frozen: all', seeded({ ...freezing, services: ['dropbox'] }), BOTH],
    ['behind an abort: none', migration({ kind: 'aborting', by: 'U-2', reason: 'r' }), []],
  ])('%s', (_, m, volumes) => {
    expect(volumesOfOthers(m, [pending], 60_000)).toEqual(volumes)
  })
})
