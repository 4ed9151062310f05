// What a journal that lost its last entries takes up again from tags and things, entry by entry, and what it leaves alone.
import { describe, expect, test } from 'vitest'
import { type Effect, effectId } from '../../../src/core/model/effects.ts'
import type { EntryBody, Unexplained } from '../../../src/core/model/entries.ts'
import type { Facts, SeenSnapshot, SeenVolume } from '../../../src/core/model/facts.ts'
import { CLOCKS_APART_MAX_MS } from '../../../src/core/model/limits.ts'
import type { Memory, Migration } from '../../../src/core/model/migration.ts'
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
  const mostLogs = move({ id: 'vol-4', name: 'most logs' }, 'logs')
  const threeVolumes = plan([LOGS, moreLogs, mostLogs], { services: [service('logs')] })
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
    [
      'behind which all was begun anew, nothing',
      TWO,
      [began, freezes('mig-1-f3', 'dropbox', 'logs')],
      tags(F2, F2),
      null,
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
    [
      'of a service on one of whose sources somebody wrote another: the one on most',
      threeVolumes,
      [began],
      facts({ volumes: [tagged(LOGS, F1), tagged(moreLogs, F2), tagged(mostLogs, F2)] }),
      freezes('mig-1-f2', 'logs'),
    ],
    ['of two that are on as many, the first', twoVolumes, [began], cutShort, freezes('mig-1-f1', 'logs')],
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
    ['not while left and its freeze stand', TWO, [...DOUBT, ...wasLeft('vol-2'), ...stopped], tags(both, both), null],
    [
      'also where left stands, but its freeze is off: somebody wrote it',
      TWO,
      [...DOUBT, ...stopped],
      tags(LEFT, both),
      again,
    ],
    [
      'also where marks of others stand in their places',
      TWO,
      [...DOUBT, ...stopped],
      tags({ 'zonehop:left': 'x', 'zonehop:frozen': 'mig-0-f1' }, both),
      again,
    ],
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
    ['also where its copy says live of another migration', TWO, [...DOUBT, ...stopped], tags({}, both, live), again],
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

  describe('where the point of no return was found again', () => {
    // Its deferral and its freeze may be among the lost entries.
    const suspected: EntryBody = { kind: 'suspected', about: 'left', says: 'zonehop:left=mig-1', volumes: ['vol-2'] }
    const so: EntryBody = { kind: 'settled', suspected: 'n3', isSo: true, by: 'U-2' }
    const found = [doubted, suspected, so, wentLive, freezing]
    const logs = { ...again, service: 'logs' } as EntryBody
    const opens: Effect = { ...stop, subject: ofService('logs'), service: 'logs', step: 'open' } as Effect
    const stands = copyOf(LOGS, { tags: { 'zonehop:move': 'vol-1', 'zonehop:live': 'mig-1' } })
    recovers([
      ['of a service that carries neither mark, required or not', TWO, found, tags(both, {}), logs],
      ['not while its freeze stands: left may not be written yet', TWO, found, tags(both, F1), null],
      ['not while both stand', TWO, found, tags(both, both), null],
      ['also where left was written, and its freeze is off', TWO, found, tags(both, LEFT), logs],
      [
        'also where its copy says live: whoever may tag may have written that',
        TWO,
        found,
        tags(both, {}, stands),
        logs,
      ],
      ['not where its copy says live, and it left', TWO, found, tags(both, LEFT, stands), null],
      ['not once it is open', TWO, [...found, intends(opens), sees(opens)], tags(both, {}), null],
      ['not twice', TWO, [...found, { ...returned, service: 'logs' } as EntryBody], tags(both, {}), null],
    ])
  })

  test('of two at once is one memory, and each entry is of one', () => {
    const wide = of(
      TWO,
      ...[...FROZEN, defers, wentLive, doubted, intends(mark('vol-1')), sees(mark('vol-1')), ...stopped],
    )
    const volumes = ['vol-2', 'vol-1']
    const says = 'no zonehop:left, of dropbox, logs'
    expect(memories(wide, tags({}, {}))).toEqual([{ about: 'returned', says, volumes, entry: again }])
  })
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
    ['one of which says left again', wide, said, shown(LEFT), { kind: 'returned', ...again }],
    [
      'with two copies, one of which says live of another migration',
      wide,
      said,
      facts({ volumes: [tagged(DROPBOX, {}), tagged(MORE, {}), tagged(LOGS, both), ...copies('', 'mig-0')] }),
      { kind: 'returned', ...again },
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

  test('only the copy that carries it is named', () => {
    const world = tags(both, both, says('mig-1'), silent)
    expect(memories(at(...issued), world)).toMatchObject([{ about: 'live', volumes: ['vol-copy-vol-2'] }])
  })

  test('a copy that no entry explains is known first, and then its mark', () => {
    const cut: Effect = { ...CUT, subject: ofMove('vol-2'), volumeId: 'vol-2' }
    const begun = { effect: 'vol-2.snapshot.1', resource: 'snap-vol-2', others: [] }
    const said = [...LIVE, intends(cut), { kind: 'seen', started: [begun], achieved: [] } as const, doubted]
    const found = recover(at(...said), there)
    expect(found).toMatchObject({ kind: 'adopted', things: [{ resource: 'vol-copy-vol-2' }] })
    expect(recover(at(...said, ...(found ? [found] : [])), there)).toEqual(again)
  })
})

describe('a thing that no entry explains', () => {
  const ALONE = plan([LOGS])
  const stop: Effect = {
    ...{ ...forward, subject: ofService('logs', 1), step: 'freeze', service: 'logs', instances: ['i-source'] },
    work: { method: 'document', document: 'zonehop-freeze' },
  }
  const freezing = [began, freezes('mig-1-f1', 'logs'), intends(stop)]
  const frozen = [...freezing, sees(stop)]
  /** The last of these is at PLANNED_MS + 4_000. What began a minute later began after it, however far apart clocks are. */
  const UNDER_MS = PLANNED_MS + 64_000
  const snapshot = (over: Parameters<typeof snapshotOf>[1] = {}): SeenSnapshot =>
    snapshotOf(LOGS, { startedAtMs: UNDER_MS, issued: 'n-lost', ...over })
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
  /** As a copy of another snapshot than the present one: under its own name, so that it outranks nothing. */
  const aside = (snapshotId: string): EntryBody =>
    adopts({
      ...restored,
      effect: { ...restore, subject: ofCopy('vol-1', 'vol-copy-vol-1'), generation: 1, snapshotId } as Effect,
    })
  const asSeed = adopts(thing({ effect: { ...seed, tags: { Name: '', ...F1 } } }))
  const begins = (of: Effect, resource: string, ...others: readonly string[]): EntryBody[] => [
    intends(of),
    { kind: 'seen', started: [{ effect: effectId(of), resource, others }], achieved: [] },
  ]
  /** The final snapshot is known, and another one of the same effect. */
  const knownCut = begins(effect, 'snap-vol-1', 'snap-2')
  const cut: readonly EntryBody[] = [...frozen, ...knownCut]
  const generation = (words: string | undefined): SeenSnapshot => {
    const one = snapshot()
    return { ...one, tags: { ...one.tags, 'zonehop:generation': words as string } }
  }

  describe('a snapshot', () => {
    const of1 = adopts(thing({ effect: seed }))
    const of2 = adopts(thing({ effect: { ...effect, generation: 2 } }))
    const named: Effect = { ...effect, tags: { Name: 'logs (final)', ...F1 } } as Effect
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
      [
        'of another freeze is a seed',
        ALONE,
        frozen,
        shows([snapshot({ tags: { 'zonehop:frozen': 'mig-1-f0' } })]),
        adopts(thing({ effect: { ...seed, tags: { Name: '', 'zonehop:frozen': 'mig-1-f0' } } })),
      ],
      [
        'of another freeze is one of the seed that the journal has',
        ALONE,
        [began, intends(seed), ...frozen.slice(1)],
        shows([snapshot({ tags: { 'zonehop:frozen': 'mig-1-f0' } })]),
        adopts(thing({ effect: seed })),
      ],
      [
        'of no freeze is a seed, too',
        ALONE,
        frozen,
        shows([snapshot({ tags: { 'zonehop:frozen': '' } })]),
        adopts(thing({ effect: seed })),
      ],
      ['of a freeze that is only called for is a seed', ALONE, freezing, shows([snapshot()]), asSeed],
      ['of a freeze without any effect is a seed', ALONE, freezing.slice(0, 2), shows([snapshot()]), asSeed],
      [
        'begun a minute after the freeze was achieved is final',
        ALONE,
        frozen,
        shows([snapshot({ startedAtMs: PLANNED_MS + 4_000 + CLOCKS_APART_MAX_MS })]),
        adopts(thing()),
      ],
      [
        'begun just before that is a seed: by another clock it may be from before the freeze',
        ALONE,
        frozen,
        shows([snapshot({ startedAtMs: PLANNED_MS + 3_999 + CLOCKS_APART_MAX_MS })]),
        asSeed,
      ],
      ['that calls itself a seed is one, whenever it began', ALONE, frozen, shows([snapshot({ step: 'seed' })]), of1],
      ['of another step is not', ALONE, frozen, shows([snapshot({ step: 'restore' })]), null],
      [
        'of a source that calls itself a first one is not',
        ALONE,
        frozen,
        shows([snapshot({ step: 'firstSnapshot' })]),
        null,
      ],
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
        [...frozen, intends(named), { kind: 'issued', effect: 'vol-1.snapshot.1' }],
        shows([snapshot()]),
        adopts(thing({ effect: named })),
      ],
      [
        'of a later generation than is known is of the last one that is',
        ALONE,
        [...frozen, intends(effect)],
        shows([generation('7')]),
        adopts(thing()),
      ],
      [
        'of a later generation is so, too, once somebody has looked behind the doubt',
        ALONE,
        [...frozen, intends(effect), doubted, looked],
        shows([generation('7')]),
        adopts(thing()),
      ],
      [
        'of a later generation is of that one in open doubt: its intent may be lost',
        ALONE,
        [...frozen, intends(effect), doubted],
        shows([generation('2')]),
        of2,
      ],
      [
        'of an earlier generation that is known is of that one',
        ALONE,
        [...frozen, intends(effect), intends({ ...effect, generation: 2 })],
        shows([generation('1')]),
        adopts(thing()),
      ],
      [
        'begun a minute before the plan by another clock is a seed',
        ALONE,
        frozen,
        shows([snapshot({ startedAtMs: PLANNED_MS - 60_000 })]),
        asSeed,
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
    const ofOther: Effect = { ...effect, subject: ofMove('vol-2'), volumeId: 'vol-2' }
    const from2: Effect = { ...restore, snapshotId: 'snap-2' }
    const of2 = copy({ snapshotId: 'snap-2' })
    const rated: Effect = { ...restore, initializationMibps: 300 }
    recovers([
      ['is taken in as the restore that made it', ALONE, cut, shows([], [copy()]), adopts(restored)],
      ['of a snapshot that nobody here knows is not', ALONE, frozen, shows([], [copy()]), null],
      ['of a snapshot that is only intended is not', ALONE, [...frozen, intends(effect)], shows([], [copy()]), null],
      [
        'of a snapshot of another move is not',
        TWO,
        [...FROZEN, ...begins(ofOther, 'snap-vol-1')],
        shows([], [copy()]),
        null,
      ],
      [
        'of a seed of the move is known by itself',
        ALONE,
        [...frozen, ...begins(seed, 'snap-vol-1')],
        shows([], [copy()]),
        aside('snap-vol-1'),
      ],
      [
        'of a seed is so, too, where the present snapshot is another one',
        ALONE,
        [...cut, ...begins(seed, 'snap-3'), intends(restore)],
        shows([], [copy({ snapshotId: 'snap-3' })]),
        aside('snap-3'),
      ],
      ['of another snapshot that the effect made is so, too', ALONE, cut, shows([], [of2]), aside('snap-2')],
      [
        'of the snapshot before a second freeze is so, too',
        ALONE,
        [...cut, intends({ ...effect, generation: 2 })],
        shows([], [copy()]),
        aside('snap-vol-1'),
      ],
      [
        'of another snapshot is so, whatever generation its tags say',
        ALONE,
        [...cut, intends(restore)],
        shows([], [copy({ snapshotId: 'snap-2' }, { 'zonehop:generation': '7' })]),
        aside('snap-2'),
      ],
      [
        'of the present snapshot has the generation of the restore of it',
        ALONE,
        [...cut, intends(from2), intends({ ...restore, generation: 2 })],
        shows([], [copy({}, { 'zonehop:generation': '9' })]),
        adopts({ ...restored, effect: { ...restore, generation: 2 } }),
      ],
      [
        'of the present snapshot is the restore of it, though a newer one is of another',
        ALONE,
        [...cut, intends(restore), intends({ ...from2, generation: 2 })],
        shows([], [copy({}, { 'zonehop:generation': '1' })]),
        adopts(restored),
      ],
      [
        'in error, of another snapshot than the present one, says nothing',
        ALONE,
        [...cut, intends(restore)],
        shows([], [{ ...of2, state: 'error' }]),
        null,
      ],
      [
        'in error, of the present snapshot, says nothing where the newest restore is of another one',
        ALONE,
        [...cut, intends(from2)],
        shows([], [copy({ state: 'error' })]),
        null,
      ],
      [
        'beside a later one of another snapshot that says the same call made it',
        ALONE,
        [...cut, intends(restore)],
        shows([], [copy(), { ...of2, id: 'vol-twin', createdAtMs: PLANNED_MS + 9_000 }]),
        adopts(restored),
      ],
      [
        'beside one of the same snapshot that says so, too: that there was a call, whatever it made',
        ALONE,
        [...cut, intends(restore)],
        shows([], [copy(), copy({ id: 'vol-twin' })]),
        adopts({ ...restored, resource: null }),
      ],
      [
        'has the initialization rate that EC2 shows of it: its token holds for no other',
        ALONE,
        cut,
        shows([], [copy({ initializationMibps: 300 })]),
        adopts({ ...restored, effect: rated }),
      ],
      [
        'of several has that of the first, whoever wrote its nonce on another one since',
        ALONE,
        cut,
        shows([], [copy({ initializationMibps: 300 }), copy({ id: 'vol-twin', createdAtMs: PLANNED_MS + 9_000 })]),
        adopts({ ...restored, effect: rated, resource: null }),
      ],
      ['in another zone is not', ALONE, cut, shows([], [copy({ zone: 'us-east-1b' })]), null],
      ['made from no snapshot is not', ALONE, cut, shows([], [copy({ snapshotId: null })]), null],
      ['of another step is not', ALONE, cut, shows([], [copy({}, { 'zonehop:step': 'attach' })]), null],
      ['of another migration is not', ALONE, cut, shows([], [copy({}, { 'zonehop:migration': 'mig-0' })]), null],
      [
        'of a later generation, where the journal knows no restore',
        ALONE,
        cut,
        shows([], [copy({}, { 'zonehop:generation': '3' })]),
        adopts({ ...restored, effect: { ...restore, generation: 3 } }),
      ],
      ['in error, of what is not known, says nothing', ALONE, cut, shows([], [copy({ state: 'error' })]), null],
      [
        'in error, of what is known',
        ALONE,
        [...cut, intends(restore)],
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
    const final = { 'zonehop:step': 'snapshot', ...F1 }
    const calls = (one: SeenSnapshot): SeenSnapshot => ({ ...one, tags: { ...one.tags, ...final } })
    const calledFinal = shows([calls(first('vol-1/vol-copy-vol-1', 'vol-copy-vol-1'))])
    const finalOfReplica = facts({ snapshots: [calls(first('replica/files/vol-files-copy', 'vol-files-copy'))] })
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
      ['that calls itself final is not one', ALONE, [...frozen, ...made], calledFinal, null],
      ['of a replica that calls itself final is not one', WITH_FILES, [began], finalOfReplica, null],
    ])
  })

  test('of several the latest comes first, and what ended in error after all', () => {
    const all = [
      snapshot({ id: 'snap-a', issued: 'n-a', startedAtMs: UNDER_MS + 1 }),
      snapshot({ id: 'snap-b', issued: 'n-b', startedAtMs: UNDER_MS + 3, state: 'error' }),
      snapshot({ id: 'snap-c', issued: 'n-c', startedAtMs: UNDER_MS + 2 }),
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
    const said = recover(of(ALONE, ...cut, intends(restore)), shows([], all))
    expect(said?.kind === 'adopted' && said.things.map(({ resource }) => resource)).toEqual(['vol-c', 'vol-b', 'vol-a'])
  })

  describe('beside what a call made whose answer was lost', () => {
    const called: EntryBody[] = [...frozen, intends(effect), { kind: 'issued', effect: effectId(effect) }]
    const own = snapshot({ issued: 'vol-1-snapshot', startedAtMs: UNDER_MS })
    const strange = snapshot({ id: 'snap-strange', issued: 'made-up', startedAtMs: UNDER_MS + 1 })
    const strangers = adopts(thing({ issued: 'made-up', resource: 'snap-strange' }))
    const begun: EntryBody = {
      ...{ kind: 'seen', achieved: [], started: [{ effect: effectId(effect), resource: 'snap-vol-1', others: [] }] },
    }
    recovers([
      ['that is learned first, since a stranger would take its place', ALONE, called, shows([own, strange]), null],
      ['then the stranger is one more', ALONE, [...called, begun], shows([own, strange]), strangers],
      ['a stranger alone may be of a later call, whose entry is lost', ALONE, called, shows([strange]), strangers],
    ])

    test('the one more does not take its place', () => {
      const m = of(ALONE, ...called, begun, strangers)
      expect(m.effects.get(effectId(effect))).toMatchObject({ resource: 'snap-vol-1', others: ['snap-strange'] })
    })
  })

  describe('of several with one nonce the first counts, since a call makes one thing, and the others are named', () => {
    const [early, late] = [snapshot({ id: 'snap-a' }), snapshot({ id: 'snap-b', startedAtMs: UNDER_MS + 1 })]
    const other = snapshot({ id: 'snap-c', issued: 'n-other' })
    const known = (id: string, ...others: readonly string[]): Unexplained =>
      thing({ resource: id, ...(others.length > 0 ? { others } : {}) })
    const intended = [...frozen, intends(effect)]
    recovers([
      ['the latest', ALONE, intended, shows([early, late]), adopts(known('snap-b', 'snap-a'))],
      ['in whatever order they are shown', ALONE, intended, shows([late, early]), adopts(known('snap-b', 'snap-a'))],
      [
        'not one in error',
        ALONE,
        intended,
        shows([early, { ...late, state: 'error' }]),
        adopts(known('snap-a', 'snap-b')),
      ],
      [
        'beside one with a nonce of its own',
        ALONE,
        intended,
        shows([early, late, other]),
        adopts(known('snap-b', 'snap-a'), thing({ resource: 'snap-c', issued: 'n-other' })),
      ],
      [
        'of another volume it is none of the others',
        TWO,
        [began, freezes('mig-1-f1', 'logs', 'dropbox')],
        shows([snapshot(), snapshotOf(DROPBOX, { startedAtMs: UNDER_MS + 1, issued: 'n-lost' })]),
        adopts(
          thing({
            effect: { ...seed, subject: ofMove('vol-2'), volumeId: 'vol-2', tags: { Name: '', ...F1 } } as Effect,
            resource: 'snap-vol-2',
          }),
        ),
      ],
      [
        'but a snapshot hides no copy',
        ALONE,
        cut,
        shows([snapshot({ id: 'snap-9', startedAtMs: UNDER_MS + 1 })], [copy()]),
        adopts(thing({ resource: 'snap-9' }), restored),
      ],
    ])

    test('a copy of any of them is one to clean up: the call may have made that one', () => {
      const shown = (snapshotId: string): Facts =>
        shows([early, late], [copy({ snapshotId }, { 'zonehop:issued': 'n-copy' })])
      const said = recover(of(ALONE, ...intended), shown('snap-a'))
      const m = of(ALONE, ...intended, ...(said ? [said] : []))
      expect(recover(m, shown('snap-a'))).toMatchObject({
        things: [{ effect: { subject: { of: 'copy' }, step: 'restore', snapshotId: 'snap-a' } }],
      })
      expect(recover(m, shown('snap-9'))).toBeNull()
    })

    test('the other one is not taken in by the next look either', () => {
      const world = shows([early, late])
      const said = recover(of(ALONE, ...intended), world)
      expect(recover(of(ALONE, ...intended, ...(said ? [said] : [])), world)).toBeNull()
    })
  })

  describe('a final snapshot counts under the freeze of its own service', () => {
    const stopOther: Effect = { ...stop, subject: ofService('dropbox', 1), service: 'dropbox' } as Effect
    const freezesEach = [began, freezes('mig-1-f0', 'dropbox'), freezes('mig-1-f1', 'logs'), intends(stopOther, stop)]
    // Here the freeze is achieved a second later.
    const cut = snapshot({ startedAtMs: UNDER_MS + 1_000 })
    const seenBoth = facts({ snapshots: [cut], volumes: [tagged(DROPBOX, {}), tagged(LOGS, F1)] })
    recovers([
      ['which stands', TWO, [...freezesEach, sees(stopOther, stop)], seenBoth, adopts(thing())],
      ['whether or not another service is frozen', TWO, [...freezesEach, sees(stop)], seenBoth, adopts(thing())],
      ['not where only another service is frozen', TWO, [...freezesEach, sees(stopOther)], seenBoth, asSeed],
    ])
  })

  describe('a final snapshot of a service that is frozen in two parts', () => {
    const second: Effect = { ...stop, subject: ofService('logs', 2) }
    const parts = [...freezing.slice(0, 2), intends(stop, second), sees(stop)]
    recovers([
      [
        'counts a minute after both stood',
        ALONE,
        [...parts, sees(second)],
        shows([snapshot({ startedAtMs: PLANNED_MS + 5_000 + CLOCKS_APART_MAX_MS })]),
        adopts(thing()),
      ],
      [
        'is a seed if it began within a minute of the second',
        ALONE,
        [...parts, sees(second)],
        shows([snapshot({ startedAtMs: PLANNED_MS + 4_999 + CLOCKS_APART_MAX_MS })]),
        asSeed,
      ],
      ['is a seed while one does not stand', ALONE, parts, shows([snapshot()]), asSeed],
    ])
  })

  describe('behind a point of no return the id of the freeze is enough', () => {
    const early = { startedAtMs: PLANNED_MS + 1 }
    const others = { 'zonehop:frozen': 'mig-1-f0' }
    const both = [began, freezes('mig-1-f1', 'dropbox', 'logs')]
    const ofDropbox: Effect = { ...effect, subject: ofMove('vol-2'), volumeId: 'vol-2' }
    const late = snapshotOf(DROPBOX, { ...early, issued: 'n-lost' })
    /** A minute and more before the freeze stood. */
    const before = { startedAtMs: PLANNED_MS - 59_000 }
    const old = facts({
      snapshots: [snapshotOf(DROPBOX, { ...before, issued: 'n-lost' })],
      volumes: [tagged(DROPBOX, F1), tagged(LOGS, F1)],
    })
    /** Nobody's copy: it carries no attempt, so it is not adopted here. */
    const inPlace: SeenVolume = { ...attachedCopyOf(LOGS), tags: { 'zonehop:move': 'vol-1' } }
    const shown = facts({ snapshots: [late], volumes: [tagged(DROPBOX, F1), tagged(LOGS, F1)] })
    const found = (of: Effect): EntryBody => adopts(thing({ effect: of, resource: 'snap-vol-2' }))
    const opens = (name: string): EntryBody =>
      intends({
        ...{ ...forward, subject: { of: 'mark', mark: `live-${name}`, part: 1 }, step: 'tag', resources: ['v'] },
        ...{ tags: { 'zonehop:live': 'mig-1' }, removed: [] },
      })
    const defers: EntryBody = { kind: 'deferred', service: 'logs', by: 'U-2', reason: 'a test' }
    const stopDropbox: Effect = { ...stop, subject: ofService('dropbox', 1), service: 'dropbox' } as Effect
    const dropboxFroze = [...both, intends(stopDropbox), sees(stopDropbox)]
    const asideCut: Effect = { ...ofDropbox, step: 'seed' } as Effect
    recovers([
      ['of a required service', ALONE, [...freezing.slice(0, 2), wentLive], shows([snapshot(early)]), adopts(thing())],
      [
        'of several the one whose copy has its place comes first, however late another is: it may be taking writes',
        ALONE,
        [...freezing.slice(0, 2), wentLive],
        shows([snapshot(early), snapshot({ id: 'snap-forged', startedAtMs: UNDER_MS, issued: 'made-up' })], [inPlace]),
        adopts(thing(), thing({ issued: 'made-up', resource: 'snap-forged' })),
      ],
      [
        'of several whose copies have no place the latest comes first, as before it',
        ALONE,
        [...freezing.slice(0, 2), wentLive],
        shows([snapshot(early), snapshot({ id: 'snap-later', startedAtMs: UNDER_MS, issued: 'n-later' })]),
        adopts(thing({ issued: 'n-later', resource: 'snap-later' }), thing()),
      ],
      [
        'no other id is',
        ALONE,
        [...freezing.slice(0, 2), wentLive],
        shows([snapshot({ ...early, tags: others })]),
        adopts(thing({ effect: { ...seed, tags: { Name: '', ...others } } })),
      ],
      [
        'also of a deferred one whose freeze the journal has lost: its live mark may be lost with it',
        TWO,
        [...both, wentLive],
        shown,
        found(ofDropbox),
      ],
      [
        'not of a deferred one whose freeze is known: then the time counts',
        TWO,
        [...dropboxFroze, wentLive],
        old,
        found(asideCut),
      ],
      [
        'not of one beside another one that is live',
        TWO,
        [...dropboxFroze, wentLive, opens('logs')],
        old,
        found(asideCut),
      ],
      [
        'of a deferred one whose freeze is known, as far apart as clocks may be',
        TWO,
        [...dropboxFroze, wentLive],
        shown,
        found(ofDropbox),
      ],
      [
        'also of a deferred one that only a look in doubt saw frozen: that says nothing of when',
        TWO,
        [...both, intends(stopDropbox), wentLive, doubted, sees(stopDropbox)],
        old,
        found(ofDropbox),
      ],
      [
        'nor where a later doubt has begun since that look',
        TWO,
        [...both, intends(stopDropbox), wentLive, doubted, sees(stopDropbox), doubted],
        old,
        found(ofDropbox),
      ],
      [
        'nor once somebody has looked, and entries are lost once more',
        TWO,
        [...both, intends(stopDropbox), wentLive, doubted, sees(stopDropbox), looked, doubted],
        old,
        found(ofDropbox),
      ],
      ['of a deferred one that is live', TWO, [...dropboxFroze, wentLive, opens('dropbox')], shown, found(ofDropbox)],
      [
        'not of a required one that an approver deferred',
        ALONE,
        [...freezing.slice(0, 2), defers, intends(stop), sees(stop), wentLive],
        shows([snapshot(before)]),
        asSeed,
      ],
    ])
  })

  describe('while nobody has said whether the target zone is live', () => {
    const WHY = 'EC2 shows things that no entry explains, and tags that say that it froze or went live'
    const suspects = (about: Memory): EntryBody => ({
      ...{ kind: 'suspected', about, says: 'zonehop:left=mig-1', volumes: ['vol-1'] },
    })
    const settles = (isSo: boolean, rev: number): EntryBody => ({
      ...{ kind: 'settled', suspected: `n${rev}`, isSo, by: 'U-2' },
    })
    const world = shows([snapshot()])
    const asked = [...frozen, suspects('left')]
    test.each<[string, readonly EntryBody[], Facts, EntryBody | null]>([
      ['it is doubted, and nothing is taken in', asked, world, { kind: 'doubted', why: WHY }],
      ['in open doubt nothing is said', [...asked, doubted], world, null],
      [
        'once somebody has looked it is doubted anew',
        [...asked, doubted, looked],
        world,
        { kind: 'doubted', why: WHY },
      ],
      ['where nothing is unexplained nothing is said', asked, shows([]), null],
      [
        'nobody is called a rival either',
        [...asked, doubted],
        shows([snapshot({ startedAtMs: PLANNED_MS + 10_000_000 })]),
        null,
      ],
      ['nor while it is asked whether it froze', [...frozen, suspects('frozen'), doubted], world, null],
      ['once it is said that it is not, it is taken in', [...asked, settles(false, 6)], world, adopts(thing())],
      ['where another tag is asked about it is taken in', [...frozen, suspects('aborted')], world, adopts(thing())],
    ])('%s', (_, said, shown, entry) => expect(adopt(of(ALONE, ...said), shown)).toEqual(entry))
  })

  /** Doubt begins with the sixth entry. Clocks may be a minute apart, and a call takes up to 15 s. */
  describe('made after doubt began', () => {
    const SINCE_MS = PLANNED_MS + 5_000
    const OURS_MS = SINCE_MS + 75_000
    const why = (resource: string): string =>
      `somebody else drives mig-1: ${resource} was made at 1970-01-01 00:18 UTC by a call that this journal never made. Look for a second Redis or a copy of zonehop, and stop it; then /migrate resume, or /migrate abort`
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
        [...frozen, doubted, ...knownCut],
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
