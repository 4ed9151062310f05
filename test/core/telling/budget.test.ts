// The budget of an outage in words: what is left, until when going back fits, and the warning before that moment passes.
import { expect, test } from 'vitest'
import { type Effect, effectId, type ReplicaEffect, type ServiceEffect } from '../../../src/core/model/effects.ts'
import type { Entry, EntryBody } from '../../../src/core/model/entries.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import { NO_RULES } from '../../../src/core/model/rules.ts'
import { ofMove, ofService } from '../../../src/core/model/subjects.ts'
import {
  brokenBudget,
  budgetOf,
  budgetText,
  goingBackMs,
  lastCall,
  overBudget,
} from '../../../src/core/telling/budget.ts'
import { entries, move, plan, planned, replicaMove, service } from '../../support/plans.ts'
import { fitting } from '../journals.ts'

const MINUTE = 60_000
const LOGS = move({ id: 'vol-1', name: 'logs' })
const FILES = replicaMove()
const DRAWN = plan([LOGS, FILES], { services: [service('logs'), service(FILES.service)] })
const FREEZE: ServiceEffect = {
  ...{ subject: ofService('logs'), step: 'freeze', generation: 1, direction: 'forward' },
  ...{ service: 'logs', instances: ['i-source'], work: { method: 'document', document: 'stop-logs' } },
}
const DEMOTE: ReplicaEffect = {
  ...{ subject: ofMove(FILES.id), step: 'demote', generation: 1, direction: 'forward' },
  ...{ service: FILES.service, instances: ['i-files'], resource: FILES.resource, document: 'zonehop-demote' },
}
const freezing: EntryBody = { kind: 'freezing', freeze: 'mig-1-f1', services: ['logs', FILES.service] }
const went: EntryBody = { kind: 'wentLive', percents: {} }
/** Entries are a second apart, so the outage begins at 2 s, and is 12 min at `END_MS`. */
const END_MS = 2_000 + 12 * MINUTE

function journal(...said: readonly EntryBody[]): Entry[] {
  return entries(planned('mig-1', { plan: DRAWN, rules: { ...NO_RULES, budgetMinutes: 12 } }), freezing, ...said)
}
const at = (...said: readonly EntryBody[]): Migration => fitting(journal(...said))

/** A command of the way forward that was called, and seen done `seconds` later. */
function took(effect: Effect, seconds: number, ...before: readonly EntryBody[]): Migration {
  const id = effectId(effect)
  const all = journal(
    ...before,
    { kind: 'intended', effects: [effect] },
    { kind: 'issued', effect: id },
    { kind: 'seen', started: [], achieved: [id] },
  )
  const issuedMs = all.at(-2)?.atMs ?? 0
  return fitting(
    all.map((entry, index) => (index === all.length - 1 ? { ...entry, atMs: issuedMs + seconds * 1_000 } : entry)),
  )
}

/** The freeze and then the demotion, each seen done so many seconds after its call. */
function both(freezeSeconds: number, demoteSeconds: number): Migration {
  const [freeze, demote] = [effectId(FREEZE), effectId(DEMOTE)]
  const all = journal(
    ...[{ kind: 'intended', effects: [FREEZE] } as const, { kind: 'issued', effect: freeze } as const],
    { kind: 'seen', started: [], achieved: [freeze] },
    ...[{ kind: 'intended', effects: [DEMOTE] } as const, { kind: 'issued', effect: demote } as const],
    { kind: 'seen', started: [], achieved: [demote] },
  )
  const late = new Map([
    [4, freezeSeconds],
    [7, demoteSeconds],
  ])
  return fitting(
    all.map((entry, index) => ({
      ...entry,
      atMs: (late.has(index) ? index : index + 1) * 1_000 + (late.get(index) ?? 0) * 1_000,
    })),
  )
}

test('what its steps took is what going back is reckoned with', () => {
  expect(goingBackMs(at())).toBe(MINUTE)
  expect(goingBackMs(took(FREEZE, 90))).toBe(90_000)
  expect(goingBackMs(took(DEMOTE, 40))).toBe(3 * 40_000)
  expect(goingBackMs(both(90, 40))).toBe(3 * 90_000)
})

test('what copies data or only asks hosts, and what is not done yet, says nothing of how long going back takes', () => {
  const cut: Effect = {
    ...{ subject: ofMove('vol-1'), step: 'snapshot', generation: 1, direction: 'forward' },
    ...{ volumeId: 'vol-1', tags: {} },
  }
  expect(goingBackMs(took(cut, 3_000))).toBe(MINUTE)
  expect(goingBackMs(took({ ...DEMOTE, step: 'prove' }, 300))).toBe(MINUTE)
  const id = effectId(FREEZE)
  expect(goingBackMs(at({ kind: 'intended', effects: [FREEZE] }, { kind: 'issued', effect: id }))).toBe(MINUTE)
})

test('work by hand took as long as people were asked for it', () => {
  const byHand: ServiceEffect = { ...FREEZE, work: { method: 'manual', todo: ['stop it'] } }
  const all = journal(
    { kind: 'intended', effects: [byHand] },
    { kind: 'confirmed', intended: 'n3', effects: [effectId(byHand)], by: 'U-2' },
  )
  const m = fitting(all.map((entry, index) => (index === 3 ? { ...entry, atMs: 3_000 + 7 * MINUTE } : entry)))
  expect(goingBackMs(m)).toBe(7 * MINUTE)
})

test('a service that was never stopped has no way to go', () => {
  const one: EntryBody = { kind: 'freezing', freeze: 'mig-1-f1', services: ['logs'] }
  const demoted = [DEMOTE].map((effect): EntryBody => ({ kind: 'intended', effects: [effect] }))
  const base = planned('mig-1', { plan: DRAWN, rules: { ...NO_RULES, budgetMinutes: 12 } })
  expect(goingBackMs(fitting(entries(base, one, ...demoted, { kind: 'issued', effect: effectId(DEMOTE) })))).toBe(
    MINUTE,
  )
})

test('a budget stands from the freeze to the end of the outage, and nothing goes back behind go-live', () => {
  expect(
    budgetOf(fitting(entries(planned('mig-1', { plan: DRAWN, rules: { ...NO_RULES, budgetMinutes: 12 } })))),
  ).toBeNull()
  expect(budgetOf(fitting(entries(planned('mig-1', { plan: DRAWN }), freezing)))).toBeNull()
  expect(budgetOf(at())).toEqual({ minutes: 12, endsAtMs: END_MS, backByMs: END_MS - MINUTE })
  expect(budgetOf(at(went))).toEqual({ minutes: 12, endsAtMs: END_MS, backByMs: null })
  expect(budgetOf({ ...at(), isRebuilt: true })?.backByMs).toBeNull()
})

test.each<[string, Migration, number, string]>([
  [
    'time is left',
    at(),
    2_000 + 4 * MINUTE,
    '8 min of its budget of 12 min left. Go back by 00:11 UTC to be serving by 00:12 UTC: going back takes about 60 s.',
  ],
  [
    'it is too late to go back within it',
    at(),
    END_MS - 30_000,
    '30 s of its budget of 12 min left. It is too late to be serving within it by going back: going back takes about 60 s.',
  ],
  [
    'it is spent',
    at(),
    END_MS + 2 * MINUTE,
    '2 min over its budget of 12 min. It is too late to be serving within it by going back: going back takes about 60 s.',
  ],
  ['the point of no return is passed', at(went), END_MS - 2 * MINUTE, '2 min of its budget of 12 min left.'],
  ['a rebuilt journal', { ...at(), isRebuilt: true }, END_MS - 120_000, 'At most 2 min of its budget of 12 min left.'],
])('what is said while %s', (_, m, nowMs, words) =>
  expect(budgetText(m, nowMs).replaceAll('120 s', '2 min')).toBe(words),
)

test('people are called a fifth of the budget before going back does not fit any more, once', () => {
  const callMs = END_MS - MINUTE - (12 * MINUTE) / 5
  expect(lastCall(at(), callMs - 1)).toBeNull()
  const said = lastCall(at(), callMs)
  expect(said).toEqual({
    ...{ kind: 'warned', about: 'last call', service: null },
    text: "Of the outage's budget 3 min are left (as of 00:08 UTC). Go back by 00:11 UTC to be serving by 00:12 UTC: going back takes about 60 s. Wait, go live with less, or abort?",
  })
  if (said) expect(lastCall(at(said), callMs)).toBeNull()
  expect(lastCall(at(went), callMs)).toBeNull()
  expect(lastCall(at(), END_MS)).toBeNull()
})

test('that it is spent is said once, while people can still go back', () => {
  expect(overBudget(at(), END_MS - 1)).toBeNull()
  expect(overBudget(at(), END_MS)?.kind).toBe('warned')
  expect(overBudget(at({ kind: 'warned', about: 'budget', service: null, text: 'It is.' }), END_MS)).toBeNull()
  expect(overBudget(at(went), END_MS)).toBeNull()
})

test.each<[string, Partial<Migration>, number | null, number | null]>([
  ['that fits breaks none', {}, 12 * MINUTE, null],
  ['that may be longer breaks it', {}, 12 * MINUTE + 1, 12],
  ['without an end may fit', {}, null, null],
  ['that an approver lets be longer breaks none', { isExceeded: true }, 13 * MINUTE, null],
  ['in the outage breaks none: it has begun', { phase: 'moving' }, 13 * MINUTE, null],
])('a forecast %s', (_, over, mostMs, broken) => {
  expect(brokenBudget({ ...at(), phase: 'seeding', ...over }, { leastMs: 0, mostMs, gib: 0 })).toBe(broken)
})
