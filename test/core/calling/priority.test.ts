// Whose call goes first: first within the outage, the longest of it foremost; then what was deferred; seeds last.
import { expect, test } from 'vitest'
import { priorityOf, urgencyOf } from '../../../src/core/calling/priority.ts'
import type { Effect } from '../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import { ofMove, ofService, type Subject } from '../../../src/core/model/subjects.ts'
import { entries, move, plan, planned, service } from '../../support/plans.ts'
import { fitting } from '../journals.ts'

const LOGS = move({ id: 'vol-1', name: 'logs', sizeGib: 100 })
const DB = move({ id: 'vol-2', name: 'db', sizeGib: 4_000 })
const DROPBOX = move({ id: 'vol-3', name: 'dropbox', sizeGib: 16_000 })
const DRAWN = plan([LOGS, DB, DROPBOX], {
  services: [service('db'), service('dropbox', { need: 'deferrable' }), service('logs')],
})
const forward = { generation: 1, direction: 'forward' } as const
const snapshot = (id: string, step: 'seed' | 'snapshot' | 'firstSnapshot' = 'snapshot'): Effect => ({
  ...{ ...forward, subject: ofMove(id), step, volumeId: id, tags: {} },
})
const attach = (id: string): Effect => ({
  ...{ ...forward, subject: ofMove(id), step: 'attach', volumeId: 'v', instance: 'i', device: 'd' },
})
const stop = (name: string): Effect => ({
  ...{ ...forward, subject: ofService(name), step: 'freeze', service: name, instances: ['i'] },
  work: { method: 'stop-instances' },
})
const MARKS: Effect = {
  ...{ ...forward, subject: { of: 'mark', mark: 'left', part: 1 }, step: 'tag' },
  ...{ resources: ['vol-1'], tags: {}, removed: [] },
}

const at = (...said: readonly EntryBody[]) =>
  fitting(entries(planned('mig-1', { plan: DRAWN }), { kind: 'began' }, ...said))
const m = at()
const deferred = at({ kind: 'deferred', service: 'db', by: 'U-2', reason: 'later' })

test.each<[string, number, 1 | 2 | 3]>([
  ['a final snapshot of what is required', urgencyOf(m, snapshot('vol-1')), 1],
  ['its attachment', urgencyOf(m, attach('vol-1')), 1],
  ['what its hosts do', urgencyOf(m, stop('logs')), 1],
  ['marks, which are nobody’s alone', urgencyOf(m, MARKS), 1],
  ['of what can wait', urgencyOf(m, snapshot('vol-3')), 2],
  ['and what its hosts do', urgencyOf(m, stop('dropbox')), 2],
  ['of what was deferred', urgencyOf(deferred, snapshot('vol-2')), 2],
  ['a seed, of whatever', urgencyOf(m, snapshot('vol-1', 'seed')), 3],
  ['a seed of what can wait', urgencyOf(m, snapshot('vol-3', 'seed')), 3],
])('%s: %i', (_, urgency, then) => expect(urgency).toBe(then))

/** These, as a queue takes them: the lowest number first. */
const nameOf = (subject: Subject): string => {
  if ('move' in subject) return subject.move
  return 'service' in subject ? subject.service : ''
}
const order = (of: typeof m, ...effects: readonly Effect[]): string[] =>
  effects
    .toSorted((a, b) => priorityOf(of, a) - priorityOf(of, b))
    .map(({ subject, step }) => `${nameOf(subject)} ${step}`)

test('the largest goes first within the outage, what can wait behind all of it, seeds last', () => {
  const all = [
    snapshot('vol-3', 'seed'),
    snapshot('vol-1'),
    snapshot('vol-3'),
    snapshot('vol-1', 'seed'),
    snapshot('vol-2'),
  ]
  expect(order(m, ...all)).toEqual([
    ...['vol-2 snapshot', 'vol-1 snapshot', 'vol-3 snapshot', 'vol-3 seed', 'vol-1 seed'],
  ])
  expect(order(deferred, ...all).slice(0, 3)).toEqual(['vol-1 snapshot', 'vol-3 snapshot', 'vol-2 snapshot'])
})

test('what is short comes behind what is long, and before what can wait', () => {
  expect(order(m, stop('dropbox'), attach('vol-1'), snapshot('vol-3'), snapshot('vol-2'))).toEqual([
    ...['vol-2 snapshot', 'vol-1 attach', 'vol-3 snapshot', 'dropbox freeze'],
  ])
})

test('a seed tells how long it takes, and outranks the size', () => {
  const seeds: EntryBody[] = [
    { kind: 'intended', effects: [snapshot('vol-1', 'seed'), snapshot('vol-2', 'seed')] },
    { kind: 'issued', effect: 'vol-1.seed.1' },
    { kind: 'issued', effect: 'vol-2.seed.1' },
    { kind: 'seen', started: [], achieved: ['vol-2.seed.1'] },
    { kind: 'seen', started: [], achieved: ['vol-1.seed.1'] },
  ]
  // vol-1 took two hours, vol-2 a minute: at a usual rate they take 34 min and 23 h.
  const timed = entries(planned('mig-1', { plan: DRAWN }), { kind: 'began' }, ...seeds).map((entry) => ({
    ...entry,
    atMs: { 6: 60_000, 7: 7_200_000 }[entry.rev] ?? 0,
  }))
  expect(order(fitting(timed), snapshot('vol-2'), snapshot('vol-1'))).toEqual(['vol-1 snapshot', 'vol-2 snapshot'])
})

test('every number is one that a queue takes, and no size leaps over an urgency', () => {
  const vast = plan([move({ id: 'vol-1', name: 'logs', sizeGib: 10 ** 9 })])
  const of = fitting(entries(planned('mig-1', { plan: vast })))
  expect([priorityOf(of, snapshot('vol-1')), priorityOf(of, attach('vol-1'))]).toEqual([1, 500_000])
  expect([priorityOf(of, snapshot('vol-1', 'seed')), priorityOf(of, snapshot('vol-9', 'seed'))]).toEqual([
    1_000_001, 1_500_000,
  ])
  expect(priorityOf(m, snapshot('vol-3'))).toBe(1_000_000 - Math.round((16_000 * 1_024) / 50 / 60))
})
