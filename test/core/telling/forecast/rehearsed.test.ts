// What rehearsals have measured of the volumes of a plan, and how the forecast is bounded by it.
import { describe, expect, test } from 'vitest'
import { fold } from '../../../../src/core/journal/fold.ts'
import { type Effect, effectId, REHEARSAL_DOCUMENT } from '../../../../src/core/model/effects.ts'
import type { Entry, EntryBody } from '../../../../src/core/model/entries.ts'
import type { Migration } from '../../../../src/core/model/migration.ts'
import { ofMove, ofService } from '../../../../src/core/model/subjects.ts'
import { forecastAhead, forecastAheadText, forecastText } from '../../../../src/core/telling/forecast/forecast.ts'
import { rehearsedBefore } from '../../../../src/core/telling/forecast/rehearsed.ts'
import { entries, move, plan, planned, replicaMove, service } from '../../../support/plans.ts'

const LOGS = move({ id: 'vol-1', name: 'logs' })
const PLAN = plan([LOGS], { services: [service('logs', { method: 'document' })] })

type Lasted = { readonly restore?: number; readonly attach?: number; readonly looks?: readonly number[] }

/** A rehearsal of logs, whose steps took so many seconds; those that are left out did not end. */
function rehearsal(
  { restore, attach, looks = [] }: Lasted,
  over: { readonly plannedAtMs?: number; readonly ends?: boolean } = {},
): Migration {
  const base = { subject: ofMove('vol-1'), generation: 1, direction: 'forward' } as const
  const effects: readonly (readonly [Effect, number | undefined])[] = [
    [{ ...base, step: 'restore', snapshotId: 'snap-1', zone: 'us-east-1c' }, restore],
    [{ ...base, step: 'attach', volumeId: 'vol-copy', instance: 'i-target', device: '/dev/sdh' }, attach],
    ...looks.map((seconds, index): readonly [Effect, number] => [
      {
        ...{ ...base, subject: ofService('logs', index + 1), step: 'rehearse', service: 'logs' },
        ...{ instances: [`i-${index}`], document: REHEARSAL_DOCUMENT, volumes: ['vol-copy'] },
      },
      seconds,
    ]),
  ]
  let atMs = over.plannedAtMs ?? 0
  const said: (readonly [number, EntryBody])[] = [
    [atMs, { ...planned('mig-0', { plan: PLAN }), purpose: 'rehearsal' } as EntryBody],
    [atMs, { kind: 'began' }],
  ]
  for (const [effect, seconds] of effects) {
    const id = effectId(effect)
    said.push([atMs, { kind: 'intended', effects: [effect] }], [atMs, { kind: 'issued', effect: id }])
    if (seconds === undefined) continue
    atMs += seconds * 1_000
    said.push([atMs, { kind: 'seen', started: [], achieved: [id] }])
  }
  if (over.ends !== false) said.push([atMs, { kind: 'done' }])
  const m = fold(
    entries(...said.map(([, body]) => body)).map((entry, index): Entry => ({ ...entry, atMs: said[index]?.[0] ?? 0 })),
  )
  if (!m || m.halted) throw new Error(m?.halted?.why ?? 'no migration')
  return m
}

const WHOLE = { restore: 5, attach: 3, looks: [2, 20] }

test.each<[fact: string, all: readonly Migration[], known: object]>([
  ['no rehearsal: nothing', [], {}],
  ['one: its copy, its attachment and the slowest of its looks', [rehearsal(WHOLE)], { 'vol-1': 28_000 }],
  [
    'two, in any order: the newer one',
    [rehearsal({ ...WHOLE, restore: 9 }, { plannedAtMs: 1e9 }), rehearsal(WHOLE)],
    { 'vol-1': 32_000 },
  ],
  ['one that still runs: nothing', [rehearsal(WHOLE, { ends: false })], {}],
  ['without a look into the copy: nothing', [rehearsal({ restore: 5, attach: 3 })], {}],
  ['with an attachment that did not end: nothing', [rehearsal({ restore: 5, looks: [2] })], {}],
  [
    'a newer one that did not come so far leaves the older one',
    [rehearsal(WHOLE), rehearsal({ restore: 5 }, { plannedAtMs: 1e9 })],
    { 'vol-1': 28_000 },
  ],
  ['to another zone: nothing', [{ ...rehearsal(WHOLE), plan: { ...PLAN, targetZone: 'us-east-1d' } }], {}],
  ['a move: nothing', [{ ...rehearsal(WHOLE), purpose: 'move' }], {}],
])('%s', (_, all, known) => {
  expect(rehearsedBefore(PLAN, all)).toEqual(known)
})

test('of volumes that the plan does not move nothing is kept', () => {
  expect(rehearsedBefore(plan([move({ id: 'vol-9' })]), [rehearsal(WHOLE)])).toEqual({})
})

describe('a forecast', () => {
  const rounds = Array.from({ length: 3 }, () => ({ gib: 1, seconds: 90, apartMs: 3_600_000 }))
  const of = (rehearsed: Migration['rehearsed'], drawn = PLAN): Migration => {
    const earlier = { 'vol-1': { rounds, last: { snapshot: 's', atMs: 0 } } }
    const m = fold(entries({ ...planned('mig-1', { plan: drawn }), earlier, rehearsed } as EntryBody))
    if (!m) throw new Error('no migration')
    return m
  }
  const [bare, quick, slow] = [{}, { 'vol-1': 10_000 }, { 'vol-1': 300_000 }].map((one) => forecastAhead(of(one)))

  test('ends sooner where the copy was quick, later where it was slow, and begins where it did', () => {
    expect((quick?.mostMs ?? 0) - (bare?.mostMs ?? 0)).toBe(20_000 + 120_000 - 210_000)
    expect((slow?.mostMs ?? 0) - (bare?.mostMs ?? 0)).toBe(600_000 + 120_000 - 210_000)
    expect(quick?.leastMs).toBe(bare?.leastMs)
    expect([bare, quick, slow].map((one) => one?.isRehearsed)).toEqual([undefined, true, true])
  })

  test('with a replica is no shorter than what that may take', () => {
    const both = plan([LOGS, replicaMove()], { services: [service('logs'), service('files')] })
    const finals = (forecastAhead(of(bare ? {} : {}, both))?.mostMs ?? 0) - 210_000
    expect(forecastAhead(of({ 'vol-1': 0 }, both))?.mostMs).toBe(Math.max(210_000, finals + 120_000))
  })

  test('says what it rests on', () => {
    const said = { leastMs: 120_000, mostMs: 240_000, gib: 1, isRehearsed: true } as const
    expect(forecastText(said, 0)).toContain('forecast from the snapshots taken ahead and what a rehearsal took:')
    expect(forecastAheadText(said, 0)).toContain('forecast from what earlier ones and a rehearsal measured')
  })
})
