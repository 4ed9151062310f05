// What each gate shows, word by word: it is what people decide on.
import { describe, expect, test } from 'vitest'
import { freezeEvidence, goLiveEvidence, startEvidence, waysBack } from '../../../src/core/asking/gates.ts'
import type { Effect } from '../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import type { Plan } from '../../../src/core/model/plan.ts'
import { NO_RULES } from '../../../src/core/model/rules.ts'
import { ofCopy, ofMove } from '../../../src/core/model/subjects.ts'
import { attachedCopyOf, facts, snapshotOf, tagged } from '../../support/facts.ts'
import { entries, move, plan, planned, replicaMove, seen, service } from '../../support/plans.ts'
import { fitting } from '../journals.ts'

const LOGS = move({ id: 'vol-1', name: 'logs', sizeGib: 500 })
const DB = move({ id: 'vol-2', name: 'db-data', sizeGib: 200, device: '/dev/sdg' }, 'db')
const WAL = move({ id: 'vol-3', name: 'db-wal', sizeGib: 100, device: '/dev/sdh' }, 'db')

function at(drawn: Plan, ...said: readonly EntryBody[]): Migration {
  const began: EntryBody[] = said.length > 0 ? [{ kind: 'began' }] : []
  return fitting(entries(planned('mig-1', { plan: drawn, seeds: said.length > 9 }), ...began, ...said))
}

test('start: what moves, how, what stays and why, every caution', () => {
  const drawn = plan([LOGS, DB, WAL], {
    services: [
      service('db', { method: 'document', after: ['logs'] }),
      service('logs', { need: 'deferrable', method: 'stop-instances' }),
    ],
    stays: [{ volume: 'vol-9', name: 'root', sizeGib: 8, reason: 'root volume of server' }],
    checks: [
      { name: 'zones', result: 'green', cause: 'they differ', remedy: '' },
      { name: 'KMS keys', result: 'yellow', cause: 'not checked', remedy: 'check them by hand' },
    ],
  })
  expect(startEvidence(at(drawn))).toEqual([
    '3 volumes, 800 GiB, of 2 services move from us-east-1a to us-east-1c by snapshot.',
    'db: required, 2 volumes, 300 GiB, frozen by document, opens after logs.',
    'logs: deferrable, 1 volume, 500 GiB, frozen by stopping its instances.',
    'No seed snapshots (--no-seed): every final snapshot is full, and the outage lasts as long as the slowest.',
    LOADS,
    'Stays in us-east-1a, acknowledged with the start:',
    'root (vol-9, 8 GiB): root volume of server.',
    'Caution, KMS keys: not checked; check them by hand.',
  ])
})

const LOADS =
  'Restored volumes read slowly after go-live until EC2 has loaded them: those of required services are asked for at up to 300 MiB/s each, 5000 MiB/s together, which AWS charges for (initialization: fast).'

test('start: one volume reads as one, nothing stays, by hand, with seeds', () => {
  const m = fitting(entries(planned('mig-1', { plan: plan([LOGS]), seeds: true })))
  expect(startEvidence(m)).toEqual([
    '1 volume, 500 GiB, of 1 service moves from us-east-1a to us-east-1c by snapshot.',
    'logs: required, 1 volume, 500 GiB, frozen by hand.',
    'Seed snapshots are taken first, while services run.',
    LOADS,
  ])
})

test.each([
  [
    'default',
    'Restored volumes read slowly after go-live until EC2 has loaded them, at its own pace and without a known end (initialization: default).',
  ],
  [undefined, undefined],
] as const)('start: with initialization %s it says how copies load', (initialization, line) => {
  const { initialization: _, ...before } = NO_RULES
  const rules = initialization ? { ...before, initialization } : before
  const m = fitting(entries(planned('mig-1', { plan: plan([LOGS]), seeds: true, rules })))
  expect(startEvidence(m)[3]).toBe(line)
})

test('start: each that stays is named, however many there are', () => {
  const stays = Array.from({ length: 27 }, (_, index) => ({
    volume: `v${index}`,
    name: `n${index}`,
    sizeGib: 1,
    reason: 'r',
  }))
  const evidence = startEvidence(at(plan([LOGS], { stays })))
  expect(evidence.filter((line) => line.startsWith('n'))).toHaveLength(27)
})

const FREEZE: EntryBody = { kind: 'freezing', freeze: 'mig-1-f1', services: ['logs', 'db'] }
const FROZEN = { 'zonehop:frozen': 'mig-1-f1' }
/** Each is cut, and restored from its cut. */
const restored = (...ids: readonly string[]): readonly EntryBody[] => [
  {
    kind: 'intended',
    effects: ids.flatMap((id): Effect[] => {
      const base = { subject: ofMove(id), generation: 1, direction: 'forward' } as const
      return [
        { ...base, step: 'snapshot', volumeId: id, tags: FROZEN },
        { ...base, step: 'restore', snapshotId: `snap-${id}`, zone: 'us-east-1c' },
      ]
    }),
  },
  {
    kind: 'seen',
    started: ids.flatMap((id) => [
      { effect: `${id}.snapshot.1`, resource: `snap-${id}`, others: [] },
      { effect: `${id}.restore.1`, resource: `vol-copy-${id}`, others: [] },
    ]),
    achieved: [],
  },
]
const three = plan([LOGS, DB, WAL], { services: [service('db'), service('logs')] })
const sources = [LOGS, DB, WAL].map((each) => tagged(each, FROZEN))
const copies = [LOGS, DB, WAL].map((each) => attachedCopyOf(each))

test('goLive: every copy by name, and the way back', () => {
  const m = at(three, FREEZE, ...restored('vol-1', 'vol-2', 'vol-3'))
  expect(goLiveEvidence(m, facts({ volumes: [...sources, ...copies] }))).toEqual([
    'Attached in us-east-1c and equal to their sources: all 3 volumes of the required services.',
    'After this there is no abort: us-east-1c takes writes. The sources in us-east-1a are kept but grow old.',
    'The way back of db, logs: a snapshot of the new volume, of what changed alone, restored in us-east-1a.',
    'logs is vol-copy-vol-1, from snap-vol-1, cut under its freeze.',
    'db-data is vol-copy-vol-2, from snap-vol-2, cut under its freeze.',
    'db-wal is vol-copy-vol-3, from snap-vol-3, cut under its freeze.',
  ])
})

test('goLive: what is deferred is named, and needs no copy', () => {
  const deferred: EntryBody = { kind: 'deferred', service: 'logs', by: 'U-2', reason: 'it can wait' }
  const m = at(three, FREEZE, ...restored('vol-2', 'vol-3'), deferred)
  const evidence = goLiveEvidence(m, facts({ volumes: [...sources, ...copies.slice(1)] }))
  expect(evidence?.[0]).toBe(
    'Attached in us-east-1c and equal to their sources: all 2 volumes of the required services.',
  )
  expect(evidence?.[1]).toBe('Deferred, finished or opened after go-live: logs.')
  expect(evidence?.filter((line) => line.startsWith('logs is'))).toEqual([])
})

test.each([
  ['a copy that is not equal', [...sources, ...copies.slice(0, 2), attachedCopyOf(WAL, { iops: 1 })]],
  ['a copy that is gone', [...sources, ...copies.slice(0, 2)]],
  [
    'a copy of another snapshot than the final one',
    [...sources, ...copies.slice(0, 2), attachedCopyOf(WAL, { snapshotId: 'snap-old' })],
  ],
  ['a copy of none', [...sources, ...copies.slice(0, 2), attachedCopyOf(WAL, { snapshotId: null })]],
  ['a freeze that was lifted, of one volume', [...sources.slice(0, 2), tagged(WAL, {}), ...copies]],
  ['a freeze that is another one', [...sources.slice(0, 2), tagged(WAL, { 'zonehop:frozen': 'mig-1-f2' }), ...copies]],
])('goLive does not ask with %s', (_, volumes) => {
  const m = at(three, FREEZE, ...restored('vol-1', 'vol-2', 'vol-3'))
  expect(goLiveEvidence(m, facts({ volumes }))).toBeNull()
})

test('goLive does not ask while EC2 says that a final snapshot is of another volume', () => {
  const m = at(three, FREEZE, ...restored('vol-1', 'vol-2', 'vol-3'))
  const look = (of: string) =>
    facts({ volumes: [...sources, ...copies], snapshots: [snapshotOf(WAL, { volumeId: of })] })
  expect(goLiveEvidence(m, look('vol-3'))).not.toBeNull()
  expect(goLiveEvidence(m, look('vol-9'))).toBeNull()
})

test('goLive: each line names the snapshot that the journal has for it, whatever it is called', () => {
  const m = at(three, FREEZE, ...restored('vol-1', 'vol-2', 'vol-3'))
  const look = facts({
    volumes: [...sources, ...copies],
    snapshots: [LOGS, DB, WAL].map((each) => snapshotOf(each, { tags: { 'zonehop:move': 'vol-9' } })),
  })
  const lines = goLiveEvidence(m, look)?.filter((line) => line.includes(' is vol-copy-')) ?? []
  expect(lines.map((line) => /from (\S+), cut under its freeze\.$/.exec(line)?.[1])).toEqual([
    'snap-vol-1',
    'snap-vol-2',
    'snap-vol-3',
  ])
})

test('goLive does not ask once a volume is cut anew, before its copy is of that cut', () => {
  const again: Effect = {
    ...{ subject: ofMove('vol-3'), step: 'snapshot', generation: 2, direction: 'forward' },
    ...{ volumeId: 'vol-3', tags: { 'zonehop:frozen': 'mig-1-f1' } },
  }
  const cut: EntryBody = { kind: 'intended', effects: [again] }
  const known: EntryBody = {
    ...{ kind: 'seen', started: [{ effect: 'vol-3.snapshot.2', resource: 'snap-2nd', others: [] }], achieved: [] },
  }
  const m = at(three, FREEZE, ...restored('vol-1', 'vol-2', 'vol-3'), cut)
  const older = facts({ volumes: [...sources, ...copies] })
  const newer = facts({ volumes: [...sources, ...copies.slice(0, 2), attachedCopyOf(WAL, { snapshotId: 'snap-2nd' })] })
  expect(goLiveEvidence(m, older)).toBeNull()
  expect(goLiveEvidence(m, newer)).toBeNull()
  const cutAnew = at(three, FREEZE, ...restored('vol-1', 'vol-2', 'vol-3'), cut, known)
  expect(goLiveEvidence(cutAnew, older)).toBeNull()
  expect(goLiveEvidence(cutAnew, newer)).toContain('db-wal is vol-copy-vol-3, from snap-2nd, cut under its freeze.')
})

describe('goLive does not ask while the journal knows no snapshot of a volume', () => {
  const uncut = restored('vol-1', 'vol-2', 'vol-3').map(
    (one): EntryBody =>
      one.kind === 'seen'
        ? { ...one, started: one.started.filter(({ effect }) => effect !== 'vol-3.snapshot.1') }
        : one,
  )
  const asks = (snapshotId: string | null): readonly string[] | null => {
    const look = facts({ volumes: [...sources, ...copies.slice(0, 2), attachedCopyOf(WAL, { snapshotId })] })
    return goLiveEvidence(at(three, FREEZE, ...uncut), look)
  }

  test('and its copy is of one', () => expect(asks('snap-vol-3')).toBeNull())

  // None equals none: it says "from null, cut under its freeze".
  test('and its copy is of none', () => expect(asks(null)).toBeNull())
})

test('freeze: what freezes again is told apart from what freezes first', () => {
  const again = 'Somebody changed the tag of an earlier freeze, so nobody knows whether anything was written since.'
  const of = (...names: readonly string[]) =>
    freezeEvidence(at(three, { ...FREEZE, services: ['logs'] } as EntryBody), names)?.filter(
      (line) => !line.startsWith('No volume') && !line.startsWith('Until the point'),
    )
  expect(of('db')).toEqual(['The outage begins: db stop writing until they are open in us-east-1c.'])
  expect(of('logs')).toEqual([`Frozen again, and final snapshots again: logs. ${again}`])
  expect(of('db', 'logs')).toEqual([
    'The outage begins: db stop writing until they are open in us-east-1c.',
    `Frozen again, and final snapshots again: logs. ${again}`,
  ])
})

test('goLive: a deferred volume that is gone has no freeze to stand', () => {
  const deferred: EntryBody = { kind: 'deferred', service: 'logs', by: 'U-2', reason: 'it is gone' }
  const m = at(three, FREEZE, ...restored('vol-2', 'vol-3'), deferred, { kind: 'gone', volumes: ['vol-1'] })
  expect(goLiveEvidence(m, facts({ volumes: [...sources.slice(1), ...copies.slice(1)] }))).not.toBeNull()
})

const FILES = replicaMove()
const both = plan([LOGS, FILES], { services: [service('files'), service('logs')] })
const PROVE: Effect = {
  ...{ subject: ofMove(FILES.id), step: 'prove', generation: 1, direction: 'forward' },
  ...{ service: 'files', resource: 'files' },
  ...{ instances: ['i-files', 'i-backup'], document: 'zonehop-replica-status' },
}
const read = (doubts: readonly string[]): readonly EntryBody[] => [
  { kind: 'intended', effects: [PROVE] },
  {
    ...{ kind: 'read', effect: 'replica/files.prove.1', doubts, leftKib: null, sync: null },
    ...{ isStalled: false, sourceRole: 'Primary' },
  },
]
const FIRST: Effect = {
  ...{ subject: ofCopy(FILES.id, 'vol-files-copy'), step: 'firstSnapshot', generation: 1, direction: 'forward' },
  ...{ volumeId: 'vol-files-copy', tags: {} },
}

test('start: replicas are told apart from snapshots', () =>
  expect(startEvidence(at(both)).slice(0, 2)).toEqual([
    '1 volume, 500 GiB, of 1 service moves from us-east-1a to us-east-1c by snapshot.',
    `1 volume, ${FILES.pairs[0]?.source.sizeGib} GiB, of 1 service moves from us-east-1a to us-east-1c by replica (DRBD).`,
  ]))

test('freeze: a replica is said to be in sync, and keeps the question back while it is not seen so', () => {
  const names = ['files', 'logs']
  expect(freezeEvidence(at(both), names)).toBeNull()
  expect(freezeEvidence(at(both, ...read(['12 KiB out of sync'])), names)).toBeNull()
  expect(freezeEvidence(at(both, ...read([])), names)).toEqual([
    'The outage begins: files, logs stop writing until they are open in us-east-1c.',
    'The replica files is in sync: both hosts say so, twice.',
    'No volume has a seed; how long a first snapshot takes is known only once it reports percents.',
    'Until the point of no return, /migrate abort brings everything back.',
  ])
  // Of another service, deferred, or gone: nothing waits for it.
  expect(freezeEvidence(at(both), ['logs'])).toHaveLength(3)
  expect(
    freezeEvidence(at(both, { kind: 'deferred', service: 'files', by: 'U-2', reason: 'later' }), names),
  ).not.toBeNull()
  expect(freezeEvidence(at(both, { kind: 'gone', volumes: ['vol-files'] }), names)).not.toBeNull()
  const alone = plan([FILES], { services: [service('files')] })
  expect(freezeEvidence(at(alone, ...read([])), ['files'])).toHaveLength(3)
})

test('goLive: a promoted replica stands where its source stood, and its way back is a full copy at first', () => {
  const said = [{ ...FREEZE, services: ['files'] }]
  const [pair] = FILES.pairs
  const source = seen({ volume: pair?.source ?? LOGS.volume }, { tags: FROZEN })
  const place = { instance: 'i-files-next', device: '/dev/sdf', state: 'attached', deleteOnTermination: false }
  const copy = seen({ volume: pair?.copy ?? LOGS.volume }, { zone: 'us-east-1c', attachments: [place] })
  const alone = plan([FILES], { services: [service('files')] })
  expect(goLiveEvidence(at(alone, ...said), facts({ volumes: [source, copy] }))?.slice(2)).toEqual([
    'The way back of files: a full copy, until the first snapshot of the promoted replica is complete; it is begun at once after this.',
    'files is vol-files-copy, its replica, promoted and looked at.',
  ])
  const elsewhere = { ...copy, attachments: [{ ...place, instance: 'i-backup' }] }
  expect(goLiveEvidence(at(alone, ...said), facts({ volumes: [source, elsewhere] }))).toBeNull()
})

test('the way back: by delta once the first snapshot of what was promoted is complete', () => {
  const full = /^The way back of files: a full copy/
  const begun: EntryBody = { kind: 'intended', effects: [FIRST] }
  const done: EntryBody = { kind: 'seen', started: [], achieved: ['replica/files/vol-files-copy.firstSnapshot.1'] }
  expect(waysBack(at(both), both.moves)).toEqual([
    expect.stringMatching(/^The way back of logs: /),
    expect.stringMatching(full),
  ])
  expect(waysBack(at(both, begun), both.moves)).toHaveLength(2)
  expect(waysBack(at(both, begun, done), both.moves)).toEqual([expect.stringMatching(/^The way back of files, logs: /)])
  expect(waysBack(at(both), [FILES])).toEqual([expect.stringMatching(full)])
})
