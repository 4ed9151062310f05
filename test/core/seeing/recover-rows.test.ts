// What a journal that lost its last entries takes up again from tags and things, entry by entry, and what it leaves alone.
import { describe, expect, test } from 'vitest'
import { type Effect, effectId } from '../../../src/core/model/effects.ts'
import type { EntryBody, Unexplained } from '../../../src/core/model/entries.ts'
import type { Facts, SeenSnapshot, SeenVolume } from '../../../src/core/model/facts.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import type { Plan } from '../../../src/core/model/plan.ts'
import { ofCopy, ofMove, ofService } from '../../../src/core/model/subjects.ts'
import { adopt, memories } from '../../../src/core/seeing/recover.ts'
import { attachedCopyOf, copyOf, facts, snapshotOf, tagged } from '../../support/facts.ts'
import { move, plan, planned, replicaMove, seen, service, volume } from '../../support/plans.ts'
import { fitting, named } from '../journals.ts'

const LOGS = move({ id: 'vol-1', name: 'logs' })
const DROPBOX = move({ id: 'vol-2', name: 'dropbox', device: '/dev/sdg' })
const TWO = plan([DROPBOX, LOGS], { services: [service('dropbox', { need: 'deferrable' }), service('logs')] })
const SOURCE = volume({ id: 'vol-files', name: 'files', instance: 'i-files' })
const COPY = volume({ id: 'vol-files-copy', name: 'files-copy', instance: 'i-backup', device: '/dev/sdp' })
const FILES = replicaMove({ pairs: [{ source: SOURCE, copy: COPY }] })
const WITH_FILES = plan([FILES, LOGS], { services: [service('files', { need: 'deferrable' }), service('logs')] })

/** The first entry is at this time, and each one a second after the one before it. */
const PLANNED_MS = 1_000_000
function of(drawn: Plan, ...said: readonly EntryBody[]): Migration {
  return fitting(named([planned('mig-1', { plan: drawn }), ...said], PLANNED_MS - 1_000))
}
const at = (...said: readonly EntryBody[]): Migration => of(TWO, ...said)

const began: EntryBody = { kind: 'began' }
const freezes = (freeze: string, ...services: readonly string[]): EntryBody => ({ kind: 'freezing', freeze, services })
const freezing = freezes('mig-1-f1', 'dropbox', 'logs')
const wentLive: EntryBody = { kind: 'wentLive', percents: {} }
const done: EntryBody = { kind: 'done' }
const aborting: EntryBody = { kind: 'aborting', by: 'U-2', reason: 'a test' }
const aborted: EntryBody = { kind: 'aborted' }
const doubted: EntryBody = { kind: 'doubted', why: 'a test' }
const looked: EntryBody = { kind: 'looked' }
const FROZEN = [began, freezing]
const LIVE = [...FROZEN, wentLive]
const forward = { generation: 1, direction: 'forward' } as const
const CUT: Effect = { ...forward, subject: ofMove('vol-1'), step: 'snapshot', volumeId: 'vol-1', tags: {} }
const intends = (...effects: readonly Effect[]): EntryBody => ({ kind: 'intended', effects })
const sees = (...effects: readonly Effect[]): EntryBody => ({
  ...{ kind: 'seen', started: [], achieved: effects.map(effectId) },
})

type Tags = Readonly<Record<string, string>>
/** The sources of `dropbox` and `logs` with these tags. */
const tags = (dropbox: Tags, logs: Tags, ...more: readonly SeenVolume[]): Facts =>
  facts({ volumes: [tagged(DROPBOX, dropbox), tagged(LOGS, logs), ...more] })
const F1 = { 'zonehop:frozen': 'mig-1-f1' }
const F2 = { 'zonehop:frozen': 'mig-1-f2' }
const LEFT = { 'zonehop:left': 'mig-1' }

type Row = readonly [fact: string, drawn: Plan, said: readonly EntryBody[], world: Facts, entry: EntryBody | null]
/** What is said first, if it is so what the tags say. */
const recover = (m: Migration, world: Facts): EntryBody | null => memories(m, world)[0]?.entry ?? adopt(m, world)

function recovers(rows: readonly Row[]): void {
  test.each(rows)('%s', (_, drawn, said, world, entry) => {
    expect(recover(of(drawn, ...said), world)).toEqual(entry)
  })
}

describe('the point of no return', () => {
  const again: EntryBody = { kind: 'wentLive', percents: {} }
  const left = tags({}, LEFT)
  recovers([
    ['before the start', TWO, [], left, again],
    ['while it seeds', TWO, [began], left, again],
    ['while it is frozen', TWO, FROZEN, tags(F1, { ...F1, ...LEFT }), again],
    ['while it moves', TWO, [...FROZEN, intends(CUT)], tags(F1, { ...F1, ...LEFT }), again],
    ['on the way back', TWO, [began, aborting], left, again],
    ['after it, nothing', TWO, LIVE, left, null],
    ['after the end, nothing', TWO, [...LIVE, done], left, null],
    ['after an abort, nothing: nobody can pass it any more', TWO, [began, aborting, aborted], left, null],
    ['of another migration, nothing', TWO, [began], tags({}, { 'zonehop:left': 'mig-10' }), null],
    ['comes before a freeze that was lost, too', TWO, [], tags(F2, { ...F2, ...LEFT }), again],
    [
      'by the source of a replica',
      WITH_FILES,
      [],
      facts({ volumes: [seen({ volume: SOURCE }, { tags: LEFT })] }),
      again,
    ],
    ['not by its copy', WITH_FILES, [], facts({ volumes: [seen({ volume: COPY }, { tags: LEFT })] }), null],
  ])
})

describe('a freeze', () => {
  const both = freezes('mig-1-f2', 'dropbox', 'logs')
  const replica = (own: Tags): Facts => facts({ volumes: [seen({ volume: SOURCE }, { tags: own }), tagged(LOGS, {})] })
  const moreLogs = move({ id: 'vol-3', name: 'more logs' }, 'logs')
  const twoVolumes = plan([LOGS, moreLogs], { services: [service('logs')] })
  const cutShort = facts({ volumes: [tagged(LOGS, F1), tagged(moreLogs, F2)] })
  recovers([
    ['of every service that is under no other one', TWO, [began], tags({}, F2), both],
    ['before the start', TWO, [], tags({}, F2), both],
    ['on the way back', TWO, [began, aborting], tags({}, F2), both],
    ['after the point of no return', TWO, LIVE, tags(F1, F2), freezes('mig-1-f2', 'logs')],
    ['that is known, nothing', TWO, FROZEN, tags(F1, F1), null],
    [
      'beside one that is known',
      TWO,
      [began, freezes('mig-1-f1', 'dropbox')],
      tags(F1, F2),
      freezes('mig-1-f2', 'logs'),
    ],
    ['the first of two that are not', TWO, [began], tags(F1, F2), freezes('mig-1-f1', 'dropbox')],
    ['that is another migration’s, nothing', TWO, [began], tags({}, { 'zonehop:frozen': 'mig-10-f1' }), null],
    ['beside another migration’s', TWO, [began], tags({ 'zonehop:frozen': 'mig-0-f1' }, F2), both],
    ['after the end, nothing', TWO, [...LIVE, done], tags({}, F2), null],
    ['after an abort, nothing', TWO, [began, aborting, aborted], tags({}, F2), null],
    ['of a replica', WITH_FILES, [began], replica(F2), freezes('mig-1-f2', 'files', 'logs')],
    [
      'of a service that another one has in part, nothing',
      twoVolumes,
      [began, freezes('mig-1-f1', 'logs')],
      cutShort,
      null,
    ],
  ])
})

describe('an abort', () => {
  const again: EntryBody = { kind: 'aborting', by: null, reason: 'the volumes say so; the entry was lost' }
  const told = tags({}, { 'zonehop:aborted': 'mig-1' })
  recovers([
    ['before the start', TWO, [], told, again],
    ['while it is frozen', TWO, FROZEN, tags(F1, { ...F1, 'zonehop:aborted': 'mig-1' }), again],
    ['that is known, nothing', TWO, [began, aborting], told, null],
    ['after the point of no return, nothing', TWO, LIVE, told, null],
    ['of another migration, nothing', TWO, [began], tags({}, { 'zonehop:aborted': 'mig-0' }), null],
    [
      'comes after a freeze, which it undoes',
      TWO,
      [],
      tags({}, { ...F2, 'zonehop:aborted': 'mig-1' }),
      freezes('mig-1-f2', 'dropbox', 'logs'),
    ],
  ])
})

describe('a return', () => {
  const again: EntryBody = {
    ...{ kind: 'returned', service: 'dropbox', by: null, reason: 'its volumes say so; the entry was lost' },
  }
  const stop: Effect = {
    ...{ ...forward, subject: ofService('dropbox'), step: 'freeze', service: 'dropbox', instances: ['i-source'] },
    work: { method: 'document', document: 'zonehop-freeze' },
  }
  const stopped = [intends(stop), sees(stop)]
  const mark = (resource: string, own: Tags = LEFT): Effect => ({
    ...{ ...forward, subject: { of: 'mark', mark: 'left', part: 1 }, step: 'tag' },
    ...{ resources: ['vol-0', resource], tags: own, removed: [] },
  })
  const wasLeft = (...but: Parameters<typeof mark>): EntryBody[] => [intends(mark(...but)), sees(mark(...but))]
  const both = { ...F1, ...LEFT }
  const off = tags({}, both)
  const defers: EntryBody = { kind: 'deferred', service: 'logs', by: 'U-2', reason: 'a test' }
  const returned: EntryBody = { kind: 'returned', service: 'dropbox', by: 'U-2', reason: 'a test' }
  const liveMark: Effect = { ...mark('v', {}), subject: { of: 'mark', mark: 'live-dropbox', part: 1 } } as Effect
  const copy = copyOf(DROPBOX)
  const live: SeenVolume = { ...copy, tags: { 'zonehop:move': 'vol-2', 'zonehop:live': 'mig-0' } }
  const DOUBT = [...LIVE, doubted]
  recovers([
    ['of what was left, and is not any more', TWO, [...DOUBT, ...wasLeft('vol-2')], off, again],
    ['also while its freeze stands: that goes second', TWO, [...DOUBT, ...wasLeft('vol-2')], tags(F1, both), again],
    ['of what was frozen, and carries neither mark', TWO, [...DOUBT, ...stopped], off, again],
    [
      'not while its freeze stands, if nothing says that it was left',
      TWO,
      [...DOUBT, ...stopped],
      tags(F1, both),
      null,
    ],
    ['not where nothing says that it was frozen or left', TWO, DOUBT, off, null],
    ['not where its freeze was only called for', TWO, [...DOUBT, intends(stop)], off, null],
    ['not where another one was left', TWO, [...DOUBT, ...wasLeft('vol-1')], off, null],
    ['not where other tags were written on it', TWO, [...DOUBT, ...wasLeft('vol-2', F1)], off, null],
    ['not where left was only intended', TWO, [...DOUBT, intends(mark('vol-2'))], off, null],
    ['not while it says left', TWO, [...DOUBT, ...wasLeft('vol-2'), ...stopped], tags(LEFT, both), null],
    [
      'not while its sources are not shown',
      TWO,
      [...DOUBT, ...wasLeft('vol-2')],
      facts({ volumes: [tagged(LOGS, both)] }),
      null,
    ],
    ['not without any doubt', TWO, [...LIVE, ...stopped], off, null],
    ['also once somebody has looked', TWO, [...DOUBT, looked, ...stopped], off, again],
    ['not twice', TWO, [...DOUBT, ...stopped, returned], off, null],
    ['not of what is live already', TWO, [...DOUBT, ...stopped, intends(liveMark)], off, null],
    ['not of what has a copy that says live', TWO, [...DOUBT, ...stopped], tags({}, both, live), null],
    ['not before the point of no return', TWO, [...FROZEN, doubted, ...stopped], tags({}, F1), null],
    ['not of a required service', TWO, [...DOUBT, ...wasLeft('vol-1')], tags(both, {}), null],
    [
      'of one that an approver deferred',
      TWO,
      [began, freezing, defers, wentLive, doubted, ...wasLeft('vol-1')],
      tags(both, {}),
      { ...again, service: 'logs' } as EntryBody,
    ],
  ])
})

describe('a return of a service with two volumes', () => {
  const MORE = move({ id: 'vol-3', name: 'more', device: '/dev/sdh' }, 'dropbox')
  const wide = plan([DROPBOX, MORE, LOGS], { services: TWO.services })
  const mark: Effect = {
    ...{ ...forward, subject: { of: 'mark', mark: 'left', part: 1 }, step: 'tag' },
    ...{ resources: ['vol-2', 'vol-3'], tags: LEFT, removed: [] },
  }
  const said = [...LIVE, doubted, intends(mark), sees(mark)]
  const both = { ...F1, ...LEFT }
  const shown = (more: Tags): Facts => facts({ volumes: [tagged(DROPBOX, {}), tagged(MORE, more), tagged(LOGS, both)] })
  const again = { service: 'dropbox', by: null, reason: 'its volumes say so; the entry was lost' }
  const copies = (...lives: readonly string[]): SeenVolume[] =>
    lives.map((live, index) => ({
      ...copyOf(DROPBOX, { id: `vol-copy-${index}` }),
      tags: { 'zonehop:move': 'vol-2', ...(live === '' ? {} : { 'zonehop:live': live }) },
    }))
  recovers([
    ['neither of which says left', wide, said, shown({}), { kind: 'returned', ...again }],
    ['one of which still says left', wide, said, shown(LEFT), null],
    [
      'with two copies, one of which says live',
      wide,
      said,
      facts({ volumes: [tagged(DROPBOX, {}), tagged(MORE, {}), tagged(LOGS, both), ...copies('', 'mig-0')] }),
      null,
    ],
  ])
})

describe('a live mark', () => {
  const restore: Effect = { ...forward, subject: ofMove('vol-2'), step: 'restore', snapshotId: 's', zone: 'us-east-1c' }
  const known: EntryBody[] = [
    intends(restore),
    {
      kind: 'seen',
      started: [{ effect: 'vol-2.restore.1', resource: 'vol-copy-vol-2', others: [] }],
      achieved: ['vol-2.restore.1'],
    },
  ]
  const copy = attachedCopyOf(DROPBOX, {})
  const says = (id: string): SeenVolume => ({
    ...copy,
    tags: { ...copy.tags, 'zonehop:issued': 'vol-2-restore', 'zonehop:live': id },
  })
  const mark = (name: string, resource: string): EntryBody =>
    intends({
      ...{ ...forward, subject: { of: 'mark', mark: `live-${name}`, part: 1 }, step: 'tag', resources: [resource] },
      ...{ tags: { 'zonehop:live': 'mig-1', 'zonehop:phase': 'live' }, removed: [] },
    })
  const silent: SeenVolume = { ...copy, id: 'vol-other', tags: { 'zonehop:move': 'vol-2' } }
  const both = { ...F1, ...LEFT }
  const there = tags(both, both, says('mig-1'))
  const again = mark('dropbox', 'vol-copy-vol-2')
  const issued: EntryBody[] = [
    ...LIVE,
    doubted,
    intends(restore),
    { kind: 'issued', effect: 'vol-2.restore.1' },
    ...known.slice(1),
  ]
  const replica = (id: string): Facts =>
    facts({
      volumes: [
        seen({ volume: SOURCE }, { tags: both }),
        tagged(LOGS, both),
        seen({ volume: COPY }, { tags: { 'zonehop:live': id } }),
      ],
    })
  const filesLive = [began, freezes('mig-1-f1', 'files', 'logs'), wentLive]
  recovers([
    ['of a copy that says so', TWO, issued, there, again],
    ['not of a copy that says it of another migration', TWO, issued, tags(both, both, says('mig-0')), null],
    ['not twice', TWO, [...issued, again], there, null],
    ['not without any doubt', TWO, issued.filter((one) => one !== doubted), there, null],
    [
      'of the copy of a replica',
      WITH_FILES,
      [...filesLive, doubted],
      replica('mig-1'),
      mark('files', 'vol-files-copy'),
    ],
    [
      'not of one that is not shown',
      WITH_FILES,
      [...filesLive, doubted],
      facts({ volumes: [seen({ volume: SOURCE }, { tags: both }), tagged(LOGS, both)] }),
      null,
    ],
    ['of one of two copies that says so', TWO, issued, tags(both, both, says('mig-1'), silent), again],
    ['not of one that says it of another migration', WITH_FILES, [...filesLive, doubted], replica('mig-0'), null],
    [
      'not of one that says nothing',
      WITH_FILES,
      [...filesLive, doubted],
      facts({ volumes: [seen({ volume: SOURCE }, { tags: both }), tagged(LOGS, both), seen({ volume: COPY })] }),
      null,
    ],
  ])

  test('a copy that no entry explains is known first, and then its mark', () => {
    const found = recover(at(...LIVE, doubted), there)
    expect(found).toMatchObject({ kind: 'adopted', things: [{ resource: 'vol-copy-vol-2' }] })
  })
})

describe('a thing that no entry explains', () => {
  const ALONE = plan([LOGS])
  const frozen = [began, freezes('mig-1-f1', 'logs')]
  const snapshot = (over: Parameters<typeof snapshotOf>[1] = {}): SeenSnapshot =>
    snapshotOf(LOGS, { startedAtMs: PLANNED_MS + 5_000, issued: 'n-lost', ...over })
  const copy = (over: Partial<SeenVolume> = {}, more: Tags = {}): SeenVolume => {
    const plain = copyOf(LOGS)
    return {
      ...plain,
      createdAtMs: PLANNED_MS + 5_000,
      tags: { ...plain.tags, 'zonehop:issued': 'n-lost', ...more },
      ...over,
    }
  }
  const shows = (snapshots: readonly SeenSnapshot[], volumes: readonly SeenVolume[] = []): Facts =>
    facts({ snapshots, volumes: [tagged(LOGS, F1), ...volumes] })
  const effect: Effect = { ...CUT, tags: { Name: '', ...F1 } }
  const thing = (over: Partial<Unexplained> = {}): Unexplained => ({
    ...{ effect, issued: 'n-lost', resource: 'snap-vol-1' },
    ...over,
  })
  const adopts = (...things: readonly Unexplained[]): EntryBody => ({ kind: 'adopted', things })
  const seed: Effect = { ...CUT, step: 'seed', tags: { Name: '' } }
  const restore: Effect = {
    ...{ ...forward, subject: ofMove('vol-1'), step: 'restore', snapshotId: 'snap-vol-1', zone: 'us-east-1c' },
  }
  const restored = thing({ effect: restore, resource: 'vol-copy-vol-1' })
  const generation = (words: string | undefined): SeenSnapshot => {
    const one = snapshot()
    return { ...one, tags: { ...one.tags, 'zonehop:generation': words as string } }
  }

  describe('a snapshot', () => {
    const of2 = adopts(thing({ effect: { ...effect, generation: 2 } }))
    recovers([
      ['is taken in as what made it', ALONE, frozen, shows([snapshot()]), adopts(thing())],
      [
        'with the name and the freeze that its call asked for',
        ALONE,
        frozen,
        shows([snapshot({ tags: { Name: 'logs (final)', Team: 'x' } })]),
        adopts(thing({ effect: { ...effect, tags: { Name: 'logs (final)', ...F1 } } })),
      ],
      [
        'as a seed',
        ALONE,
        [began],
        facts({ snapshots: [snapshot({ step: 'seed' })] }),
        adopts(thing({ effect: seed })),
      ],
      [
        'of another migration is not',
        ALONE,
        frozen,
        shows([snapshot({ tags: { 'zonehop:migration': 'mig-0' } })]),
        null,
      ],
      [
        'of another volume, whatever its tags say, is not',
        ALONE,
        frozen,
        shows([snapshot({ volumeId: 'vol-9' })]),
        null,
      ],
      ['of another freeze is not', ALONE, frozen, shows([snapshot({ tags: { 'zonehop:frozen': 'mig-1-f0' } })]), null],
      ['of another step is not', ALONE, frozen, shows([snapshot({ step: 'restore' })]), null],
      [
        'of an attempt that is known is not',
        ALONE,
        [...frozen, intends(CUT), { kind: 'issued', effect: 'vol-1.snapshot.1' }],
        shows([snapshot({ issued: 'vol-1-snapshot' })]),
        null,
      ],
      [
        'of another attempt of what is known is, as the journal has it',
        ALONE,
        [...frozen, intends(CUT), { kind: 'issued', effect: 'vol-1.snapshot.1' }],
        shows([snapshot()]),
        adopts(thing({ effect: CUT })),
      ],
      [
        'begun a minute before the plan by another clock is',
        ALONE,
        frozen,
        shows([snapshot({ startedAtMs: PLANNED_MS - 60_000 })]),
        adopts(thing()),
      ],
      ['begun before that is not', ALONE, frozen, shows([snapshot({ startedAtMs: PLANNED_MS - 60_001 })]), null],
      ['in error, of what is not known, says nothing', ALONE, frozen, shows([snapshot({ state: 'error' })]), null],
      [
        'in error, of what is known, says why no call succeeds',
        ALONE,
        [...frozen, intends(effect)],
        shows([snapshot({ state: 'error' })]),
        adopts(thing()),
      ],
      ['of a later generation', ALONE, frozen, shows([generation('2')]), of2],
      ...['0', '-1', '1.5', 'two', undefined].map(
        (words): Row => [
          `whose generation is ${words} counts as the first`,
          ALONE,
          frozen,
          shows([generation(words)]),
          adopts(thing()),
        ],
      ),
    ])

    test('without a name of its attempt is people’s', () => {
      const { 'zonehop:issued': _, ...rest } = snapshot().tags
      expect(recover(of(ALONE, ...frozen), shows([{ ...snapshot(), tags: rest }]))).toBeNull()
    })
  })

  describe('a copy', () => {
    recovers([
      ['is taken in as the restore that made it', ALONE, frozen, shows([], [copy()]), adopts(restored)],
      ['in another zone is not', ALONE, frozen, shows([], [copy({ zone: 'us-east-1b' })]), null],
      ['made from no snapshot is not', ALONE, frozen, shows([], [copy({ snapshotId: null })]), null],
      ['of another step is not', ALONE, frozen, shows([], [copy({}, { 'zonehop:step': 'attach' })]), null],
      ['of another migration is not', ALONE, frozen, shows([], [copy({}, { 'zonehop:migration': 'mig-0' })]), null],
      [
        'of a later generation',
        ALONE,
        frozen,
        shows([], [copy({}, { 'zonehop:generation': '3' })]),
        adopts({ ...restored, effect: { ...restore, generation: 3 } }),
      ],
      ['in error, of what is not known, says nothing', ALONE, frozen, shows([], [copy({ state: 'error' })]), null],
      [
        'in error, of what is known',
        ALONE,
        [...frozen, intends(restore)],
        shows([], [copy({ state: 'error' })]),
        adopts(restored),
      ],
    ])
  })

  describe('the first snapshot of a copy', () => {
    const made: EntryBody[] = [
      ...[intends(restore), { kind: 'issued', effect: 'vol-1.restore.1' } as const],
      {
        kind: 'seen',
        started: [{ effect: 'vol-1.restore.1', resource: 'vol-copy-vol-1', others: [] }],
        achieved: ['vol-1.restore.1'],
      },
    ]
    const first = (subject: string, volumeId: string): SeenSnapshot =>
      snapshot({ id: 'snap-first', step: 'firstSnapshot', volumeId, tags: { 'zonehop:move': subject } })
    const firstOf = (mover: string, volumeId: string): Effect => ({
      ...{ ...forward, subject: ofCopy(mover, volumeId), step: 'firstSnapshot', volumeId, tags: { Name: '' } },
    })
    const adopted = (mover: string, volumeId: string): EntryBody =>
      adopts(thing({ effect: firstOf(mover, volumeId), resource: 'snap-first' }))
    const ofCopyOf = shows([first('vol-1/vol-copy-vol-1', 'vol-copy-vol-1')])
    const ofReplica = facts({ snapshots: [first('replica/files/vol-files-copy', 'vol-files-copy')] })
    const ofOther = facts({ snapshots: [first('replica/files/vol-files-copy', 'vol-files')] })
    recovers([
      ['of a copy that is known', ALONE, [...frozen, ...made], ofCopyOf, adopted('vol-1', 'vol-copy-vol-1')],
      ['not of one that is not', ALONE, frozen, ofCopyOf, null],
      [
        'of a replica, which was there before',
        WITH_FILES,
        [began],
        ofReplica,
        adopted('replica/files', 'vol-files-copy'),
      ],
      ['not of its source', WITH_FILES, [began], ofOther, null],
    ])
  })

  test('of several the latest comes first, and what ended in error after all', () => {
    const all = [
      snapshot({ id: 'snap-a', issued: 'n-a', startedAtMs: PLANNED_MS + 1 }),
      snapshot({ id: 'snap-b', issued: 'n-b', startedAtMs: PLANNED_MS + 3, state: 'error' }),
      snapshot({ id: 'snap-c', issued: 'n-c', startedAtMs: PLANNED_MS + 2 }),
    ]
    const said = recover(of(ALONE, ...frozen, intends(CUT)), shows(all))
    expect(said?.kind === 'adopted' && said.things.map(({ resource, issued }) => [resource, issued])).toEqual([
      ['snap-c', 'n-c'],
      ['snap-a', 'n-a'],
      ['snap-b', 'n-b'],
    ])
  })

  test('of several copies, likewise', () => {
    const all = [
      copy({ id: 'vol-a', createdAtMs: PLANNED_MS + 3, state: 'error' }, { 'zonehop:issued': 'n-a' }),
      copy({ id: 'vol-b', createdAtMs: PLANNED_MS + 1 }, { 'zonehop:issued': 'n-b' }),
      copy({ id: 'vol-c', createdAtMs: PLANNED_MS + 2 }, { 'zonehop:issued': 'n-c' }),
    ]
    const said = recover(of(ALONE, ...frozen, intends(restore)), shows([], all))
    expect(said?.kind === 'adopted' && said.things.map(({ resource }) => resource)).toEqual(['vol-c', 'vol-b', 'vol-a'])
  })

  test('a final snapshot counts under the freeze of its own service', () => {
    const freezesEach = [began, freezes('mig-1-f0', 'dropbox'), freezes('mig-1-f1', 'logs')]
    const seenBoth = facts({ snapshots: [snapshot()], volumes: [tagged(DROPBOX, {}), tagged(LOGS, F1)] })
    expect(recover(of(TWO, ...freezesEach), seenBoth)).toEqual(adopts(thing()))
  })

  /** Doubt begins with the fourth entry. Clocks may be a minute apart, and a call takes up to 15 s. */
  describe('made after doubt began', () => {
    const SINCE_MS = PLANNED_MS + 3_000
    const OURS_MS = SINCE_MS + 75_000
    const why = (resource: string): string =>
      `somebody else drives mig-1: ${resource} was made at 00:17 UTC by a call that this journal never made. Look for a second Redis or a copy of zonehop, and stop it; then /migrate resume, or /migrate abort`
    const late = snapshot({ startedAtMs: OURS_MS + 1 })
    recovers([
      [
        'by a call that was on its way: it is ours',
        ALONE,
        [...frozen, doubted],
        shows([snapshot({ startedAtMs: OURS_MS })]),
        adopts(thing()),
      ],
      [
        'later than any such call: somebody else made it',
        ALONE,
        [...frozen, doubted],
        shows([late]),
        { kind: 'halted', why: why('snap-vol-1') },
      ],
      [
        'later, a copy',
        ALONE,
        [...frozen, doubted],
        shows([], [copy({ createdAtMs: OURS_MS + 1 })]),
        { kind: 'halted', why: why('vol-copy-vol-1') },
      ],
      [
        'beside one that is ours',
        ALONE,
        [...frozen, doubted],
        shows([snapshot({ id: 'snap-ours' }), late]),
        { kind: 'halted', why: why('snap-vol-1') },
      ],
      ['later, where there is no doubt yet: it begins with it', ALONE, frozen, shows([late]), adopts(thing())],
    ])
  })
})

test('where EC2 shows what the journal knows, there is nothing to recover', () => {
  expect(recover(at(), facts())).toBeNull()
  expect(recover(at(...LIVE, doubted), tags({ ...F1, ...LEFT }, { ...F1, ...LEFT }))).toBeNull()
})
