// How long until the next look, in ms: 1 or 2 s, 15 s or up to 120 s, by what the outage waits for, and how soon that may be over.
import { describe, expect, test } from 'vitest'
import { type Effect, effectId } from '../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import type { Observed, SeenSnapshot } from '../../../src/core/model/facts.ts'
import { ofMove, ofService } from '../../../src/core/model/subjects.ts'
import { observeInMs } from '../../../src/core/seeing/spacing.ts'
import { facts, LATER_MS, snapshotOf } from '../../support/facts.ts'
import { entries, move, plan, planned, replicaMove, seen, service } from '../../support/plans.ts'
import { fitting } from '../journals.ts'

const MINUTE = 60_000
const LOGS = move({ id: 'vol-1', name: 'logs' })
const DROPBOX = move({ id: 'vol-2', name: 'dropbox' })
const FILES = replicaMove()
const DRAWN = plan([LOGS, DROPBOX, FILES], {
  services: [service('dropbox', { need: 'deferrable' }), service('files'), service('logs')],
})
const forward = { generation: 1, direction: 'forward' } as const
const cut = (id: string, step: 'seed' | 'snapshot' = 'snapshot'): Effect => ({
  ...{ ...forward, subject: ofMove(id), step, volumeId: id, tags: {} },
})
const hands: Effect = {
  ...{ ...forward, subject: ofService('logs'), step: 'freeze', service: 'logs', instances: ['i'] },
  work: { method: 'manual', todo: [] },
}
const attach: Effect = {
  ...{ ...forward, subject: ofMove('vol-1'), step: 'attach', volumeId: 'v', instance: 'i', device: 'd' },
}
const prove = (generation: number): Effect => ({
  ...{ ...forward, generation, subject: ofMove(FILES.id), step: 'prove', service: 'files', resource: 'files' },
  ...{ instances: ['i-files', 'i-backup'], document: 'zonehop-replica-status' },
})
const read = (generation: number, doubts: readonly string[]): EntryBody => ({
  ...{ kind: 'read', effect: `replica/files.prove.${generation}`, doubts, leftKib: null, sync: null },
  ...{ isStalled: false, sourceRole: 'Secondary' },
})
const freezing: EntryBody = { kind: 'freezing', freeze: 'mig-1-f1', services: ['logs', 'dropbox', 'files'] }
const intends = (...effects: readonly Effect[]): EntryBody => ({ kind: 'intended', effects })
const running = (...effects: readonly Effect[]): EntryBody[] => [
  intends(...effects),
  {
    kind: 'seen',
    started: effects.map((one) => ({ effect: effectId(one), resource: `of ${effectId(one)}`, others: [] })),
    achieved: [],
  },
]

/** A snapshot that has been pending for so many minutes, at this percent. */
const pending = (effect: Effect, minutes: number, percent: number | null): SeenSnapshot => ({
  ...snapshotOf(LOGS, { id: `of ${effectId(effect)}`, state: 'pending', startedAtMs: LATER_MS - minutes * MINUTE }),
  percent,
})

const inMs = (said: readonly EntryBody[], ...snapshots: readonly SeenSnapshot[]): number => inMsOf(said, { snapshots })
const inMsOf = (said: readonly EntryBody[], look: Partial<Observed>): number =>
  observeInMs(
    fitting(entries(planned('mig-1', { plan: DRAWN }), { kind: 'began' }, freezing, ...said)),
    facts(look),
    LATER_MS,
  )
/** A world of so many volumes, which are read page by page. */
const volumes = (count: number) => Array.from({ length: count }, (_, at) => seen(move({ id: `vol-of-others-${at}` })))

const slow = cut('vol-2')
const quick = cut('vol-1')

test.each<[string, number, number]>([
  ['nothing is under way', inMs([]), 15_000],
  ['hands are asked: nothing to see until they say so', inMs([intends(hands)]), 15_000],
  ['something short is intended', inMs([intends(attach)]), 2_000],
  ['something short is called', inMs([intends(attach), { kind: 'issued', effect: 'vol-1.attach.1' }]), 2_000],
  ['a snapshot that EC2 has not begun is short', inMs([intends(quick)]), 2_000],
  ['something short beside a slow snapshot', inMs([...running(slow), intends(attach)], pending(slow, 600, 1)), 2_000],
  ['a final snapshot may be over within moments', inMs(running(quick), pending(quick, 1, 0)), 2_000],
  ['by a fiftieth of its time it is seen late', inMs(running(quick), pending(quick, 4, 0)), 4_800],
  ['by its percents it is not over soon', inMs(running(quick), pending(quick, 10, 40)), 15_000],
  ['nor at 0% when it has stood for long', inMs(running(quick), pending(quick, 6, 0)), 72_000],
  ['nobody waits for the end of what is deferred', inMs(running(slow), pending(slow, 1, 0)), 15_000],
  ['nor for that of a seed', inMs(running(cut('vol-1', 'seed')), pending(cut('vol-1', 'seed'), 1, 0)), 15_000],
  [
    'of several that one which may be over first',
    inMs(running(quick, cut('vol-3')), pending(quick, 10, 40), pending(cut('vol-3'), 4, 0)),
    4_800,
  ],
  [
    'where a look costs four pages it comes four times less often',
    inMsOf(running(quick), { snapshots: [pending(quick, 1, 0)], volumes: volumes(2_000) }),
    8_000,
  ],
  ['a fifth of its next percent', inMs(running(quick), pending(quick, 40, 19)), 24_000],
  ['never rarer than two minutes', inMs(running(quick), pending(quick, 600, 1)), 120_000],
  ['a percent that EC2 does not tell is none', inMs(running(quick), pending(quick, 5, null)), 60_000],
  ['never past its expected end: all percents are there', inMs(running(quick), pending(quick, 600, 100)), 15_000],
  ['at 99% it may be over at any moment', inMs(running(quick), pending(quick, 10, 99)), 12_000],
  [
    'a snapshot that is complete is waited for no more',
    inMs(running(quick), snapshotOf(LOGS, { id: 'of vol-1.snapshot.1' })),
    15_000,
  ],
  [
    'a slow deferrable does not stretch what the outage waits for',
    inMs(running(quick, slow), pending(quick, 40, 19), pending(slow, 600, 1)),
    24_000,
  ],
  ['alone it does', inMs(running(slow), pending(slow, 600, 1)), 120_000],
  [
    'a seed does not stretch a deferrable',
    inMs(running(slow, cut('vol-1', 'seed')), pending(slow, 40, 19), pending(cut('vol-1', 'seed'), 600, 1)),
    24_000,
  ],
  [
    'of two that matter alike the slower stretches it, but not past the end of the other',
    inMs(running(quick, cut('vol-3')), pending(quick, 600, 1), pending(cut('vol-3'), 30, 99)),
    18_000,
  ],
  [
    'a replica that left doubts in the outage is asked again in a moment',
    inMs([intends(prove(1)), read(1, ['x'])]),
    2_000,
  ],
  ['one that left none is not', inMs([intends(prove(1)), read(1, [])]), 15_000],
  [
    'nor one that was asked anew since',
    inMs([intends(prove(1)), read(1, ['x']), intends(prove(2)), read(2, [])]),
    15_000,
  ],
])('%s', (_, ms, then) => expect(ms).toBeCloseTo(then))

describe('what its seeds took is told by them', () => {
  const rounds = [1, 2, 3].map(() => ({ gib: 2, seconds: 240, apartMs: 60 * MINUTE }))
  const earlier = { 'vol-1': { rounds, last: { snapshot: 'snap-earlier', atMs: 0 } } }
  const seed = cut('vol-1', 'seed')
  const seeded: readonly EntryBody[] = [
    intends(seed),
    { kind: 'issued', effect: effectId(seed) },
    {
      kind: 'seen',
      started: [{ effect: effectId(seed), resource: 'snap-seed', others: [] }],
      achieved: [effectId(seed)],
    },
  ]
  const m = fitting(
    entries(planned('mig-1', { plan: DRAWN, earlier }), { kind: 'began' }, ...seeded, freezing, ...running(quick)),
  )
  test.each([
    ['not over for two minutes yet', 1, 15_000],
    ['over soon', 3, 11_000],
    ['over any moment', 4, 4_800],
  ])('%s', (_, minutes, ms) => {
    const look = facts({ snapshots: [pending(quick, minutes, 0)] })
    expect(observeInMs(m, look, LATER_MS)).toBeCloseTo(ms, -3)
  })
})

describe('something short', () => {
  const drawn: readonly EntryBody[] = [planned('mig-1', { plan: DRAWN }), { kind: 'began' }]
  const soon = (said: readonly EntryBody[], agoMs: number, count = 0): number => {
    const m = fitting(entries(...drawn, ...said))
    const asked = Math.max(...m.effects.values().map(({ intendedAtMs }) => intendedAtMs))
    return observeInMs(m, facts({ volumes: volumes(count) }), asked + agoMs)
  }
  test.each<[string, number, number]>([
    ['within the outage, when it was just asked for', soon([freezing, intends(attach)], 0), 600],
    ['when that was a while ago', soon([freezing, intends(attach)], 15_000), 1_500],
    ['when it takes its time', soon([freezing, intends(attach)], 60_000), 2_000],
    ['in a world of four pages', soon([freezing, intends(attach)], 0, 2_000), 2_400],
    ['before the outage', soon([intends(cut('vol-1', 'seed'))], 0), 2_000],
  ])('%s', (_, ms, then) => expect(ms).toBeCloseTo(then))
})

test('before the outage a replica with doubts is asked at leisure', () => {
  const said: readonly EntryBody[] = [{ kind: 'began' }, intends(prove(1)), read(1, ['x'])]
  expect(observeInMs(fitting(entries(planned('mig-1', { plan: DRAWN }), ...said)), facts(), LATER_MS)).toBe(15_000)
})
