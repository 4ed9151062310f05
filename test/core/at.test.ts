// The states that other tests begin at: each goes on where the one before it ended, and none is taken for another.
import { expect, test } from 'vitest'
import { type Effect, effectId } from '../../src/core/model/effects.ts'
import type { Plan } from '../../src/core/model/plan.ts'
import { plan, service } from '../support/plans.ts'
import { ALONE, at, BOTH, but, LOGS, type Stage, seenAt } from './at.ts'
import { migration } from './people.ts'

const STAGES: readonly Stage[] = [
  ...(['planned', 'startAsked', 'began', 'seeding', 'freezeAsked', 'freezing', 'frozen', 'moving', 'cutting'] as const),
  ...(['restoring', 'attaching', 'checking', 'goLiveAsked', 'live', 'opening', 'opened'] as const),
  ...(['restoringDeferred', 'attachingDeferred', 'openedDeferred', 'done'] as const),
]
const BY_DOCUMENT = plan([LOGS], {
  services: [service('logs', { method: 'document', afterAttach: true, check: true, hook: 'warm up' })],
})

test('every stage goes on where the one before it ended', () => {
  const done = at('done', BOTH)
  const lengths = STAGES.map((stage) => {
    const said = at(stage, BOTH)
    expect(done.slice(0, said.length)).toEqual(said)
    return said.length
  })
  expect(lengths).toEqual(lengths.toSorted((a, b) => a - b))
})

test.each<[string, Plan]>([
  ['one service by hand', ALONE],
  ['one by documents', BY_DOCUMENT],
  ['one that can wait', BOTH],
])('%s comes to its end', (_, drawn) => {
  expect(at('done', drawn).at(-1)).toEqual({ kind: 'done' })
})

/** What is called by a stage and has no outcome yet. */
const called = (stage: Stage, drawn: Plan): string[] =>
  migration(...at(stage, drawn))
    .effects.values()
    .filter(({ status, effect }) => status === 'issued' && effect.step !== 'tag')
    .map(({ effect }: { readonly effect: Effect }) => effectId(effect))

test.each<[Stage, Plan, readonly string[]]>([
  ['seeding', ALONE, []],
  ['frozen', BY_DOCUMENT, ['service/logs.freeze.1']],
  ['moving', BY_DOCUMENT, []],
  ['cutting', BOTH, ['vol-2.snapshot.1', 'vol-1.snapshot.1']],
  ['restoring', BOTH, ['vol-1.restore.1']],
  ['attaching', BOTH, ['vol-1.attach.1']],
  ['checking', BY_DOCUMENT, ['service/logs.afterAttach.1']],
  ['opening', BY_DOCUMENT, ['service/logs.open.1']],
  ['restoringDeferred', BOTH, ['vol-2.restore.1']],
  ['attachingDeferred', BOTH, ['vol-2.attach.1']],
  ['openedDeferred', BOTH, ['service/dropbox.hook.1']],
])('at %s these are called and not seen yet', (stage, drawn, effects) => {
  expect(called(stage, drawn).toSorted()).toEqual(effects.toSorted())
})

test('seeds are called where they were asked for', () => {
  const seeds = (said: ReturnType<typeof at>) => migration(...said).effects.get('vol-1.seed.1')?.status ?? null
  expect(seeds(at('seeding'))).toBeNull()
  expect(seeds(at('seeding', ALONE, { seeds: true }))).toBe('issued')
  expect(seeds(at('freezeAsked', ALONE, { seeds: true }))).toBe('achieved')
})

test('a plan that does not come so far is no state to begin at', () => {
  const red = plan([LOGS], { checks: [{ name: 'zones', result: 'red', cause: '', remedy: '' }] })
  expect(at('planned', red)).toHaveLength(1)
  expect(() => at('startAsked', red)).toThrow('this plan does not come to startAsked: planned')
})

test('what is changed in a look has to be there', () => {
  const look = but(seenAt('restoring'), { snapshots: { 'snap-vol-1': { percent: 43 } }, volumes: { 'vol-1': null } })
  expect(look.snapshots.get('snap-vol-1')?.percent).toBe(43)
  expect([...look.volumes.keys()]).toEqual([])
  expect(() => but(look, { volumes: { 'vol-1': null } })).toThrow('vol-1 is not there')
})
