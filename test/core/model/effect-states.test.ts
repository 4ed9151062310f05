// The states of the effects as a value: whoever reads whichever version, in whatever order, reads what a copied Map would say.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type EffectStates, noEffects } from '../../../src/core/model/effect-states.ts'
import { type Effect, type EffectState, effectId, type Step } from '../../../src/core/model/effects.ts'
import { ofMove } from '../../../src/core/model/subjects.ts'
import { SEED } from '../journals.ts'

const VOLUMES = ['vol-1', 'vol-2', 'vol-3'] as const
const STEPS = ['seed', 'snapshot'] as const
const GENERATIONS = [1, 2, 3, 4] as const

function effectOf(volume: string, step: (typeof STEPS)[number], generation: number): Effect {
  return { subject: ofMove(volume), step, generation, direction: 'forward', volumeId: volume, tags: {} }
}

/** `mark` tells one write from another. */
function stateOf(effect: Effect, mark: number): EffectState {
  return {
    ...{ effect, status: 'intended', attempts: [], intended: `n${mark}`, intendedRev: mark, intendedAtMs: mark },
    ...{
      hindrance: null,
      notBeforeMs: 0,
      resource: null,
      others: [],
      achievedAtMs: null,
      confirmedBy: null,
      failure: null,
      reading: null,
      isFound: false,
    },
  }
}

/** All that can be read of a version. */
function read(states: EffectStates): object {
  const ids = VOLUMES.flatMap((volume) =>
    STEPS.flatMap((step) => GENERATIONS.map((generation) => effectId(effectOf(volume, step, generation)))),
  )
  return {
    values: states.values(),
    size: states.size,
    got: ids.map((id) => [id, states.has(id), states.get(id)]),
    generations: VOLUMES.flatMap((volume) => STEPS.map((step) => [...states.generations(ofMove(volume), step)])),
    latest: VOLUMES.flatMap((volume) => STEPS.map((step) => states.latest(ofMove(volume), step))),
  }
}

/** The same of a Map that is copied for every write. */
function readMap(map: ReadonlyMap<string, EffectState>): object {
  const generations = (volume: string, step: Step): (EffectState | undefined)[] => {
    const mine = [...map.values()].filter(
      ({ effect }) => effect.step === step && 'move' in effect.subject && effect.subject.move === volume,
    )
    const last = Math.max(-1, ...mine.map(({ effect }) => effect.generation))
    return Array.from({ length: last + 1 }, (_, at) => mine.find(({ effect }) => effect.generation === at))
  }
  const ids = VOLUMES.flatMap((volume) =>
    STEPS.flatMap((step) => GENERATIONS.map((generation) => effectId(effectOf(volume, step, generation)))),
  )
  return {
    values: [...map.values()],
    size: map.size,
    got: ids.map((id) => [id, map.has(id), map.get(id)]),
    generations: VOLUMES.flatMap((volume) => STEPS.map((step) => generations(volume, step))),
    latest: VOLUMES.flatMap((volume) => STEPS.map((step) => generations(volume, step).at(-1) ?? null)),
  }
}

const written = fc.array(
  fc.tuple(fc.constantFrom(...VOLUMES), fc.constantFrom(...STEPS), fc.constantFrom(...GENERATIONS)),
  { maxLength: 4 },
)
/** A write onto any version that there is by then, or a look at it. */
const act = fc.oneof(
  fc.record({ kind: fc.constant('write' as const), version: fc.nat(), effects: written }),
  fc.record({ kind: fc.constant('read' as const), version: fc.nat(), part: fc.constantFrom('all', 'size', 'values') }),
)

test('any order of reading and writing older and newer versions equals a Map that is copied', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
      const versions: [EffectStates, ReadonlyMap<string, EffectState>][] = [[noEffects(), new Map()]]
      acts.forEach((one, index) => {
        const [states, map] = versions[one.version % versions.length] as (typeof versions)[number]
        if (one.kind === 'read') {
          if (one.part === 'size') expect(states.size).toBe(map.size)
          else if (one.part === 'values') expect(states.values()).toEqual([...map.values()])
          else expect(read(states)).toEqual(readMap(map))
          return
        }
        const fresh = one.effects.map((of, at) => stateOf(effectOf(...of), index * 10 + at))
        const next = new Map(map)
        for (const state of fresh) next.set(effectId(state.effect), state)
        versions.push([states.with(fresh), next])
      })
      for (const [states, map] of versions) expect(read(states)).toEqual(readMap(map))
      for (const [states, map] of versions.toReversed()) expect(read(states)).toEqual(readMap(map))
    }),
    { seed: SEED, numRuns: 400 },
  )
})

describe('a version', () => {
  const [one, two] = [effectOf('vol-1', 'seed', 1), effectOf('vol-2', 'seed', 1)]

  test('stays as it is when another one is made of it', () => {
    const none = noEffects()
    const first = none.with([stateOf(one, 1)])
    const second = first.with([stateOf(two, 2), { ...stateOf(one, 1), status: 'issued' }])
    expect([none.size, first.size, second.size]).toEqual([0, 1, 2])
    expect(first.get('vol-1.seed.1')?.status).toBe('intended')
    expect(second.get('vol-1.seed.1')?.status).toBe('issued')
    expect(none.has('vol-1.seed.1')).toBe(false)
  })

  test('two may be made of one, and neither knows the other', () => {
    const none = noEffects()
    const [left, right] = [none.with([stateOf(one, 1)]), none.with([stateOf(two, 2)])]
    expect(left.values().map(({ effect }) => effect)).toEqual([one])
    expect(right.values().map(({ effect }) => effect)).toEqual([two])
    expect(left.values().map(({ effect }) => effect)).toEqual([one])
  })

  test('keeps the order in which effects were intended, whatever is written of them since', () => {
    const all = noEffects().with([stateOf(two, 1), stateOf(one, 2)])
    const later = all.with([{ ...stateOf(one, 2), status: 'issued' }]).with([{ ...stateOf(two, 1), status: 'issued' }])
    expect(later.values().map(({ effect }) => effectId(effect))).toEqual(['vol-2.seed.1', 'vol-1.seed.1'])
    expect(all.values().map(({ effect }) => effectId(effect))).toEqual(['vol-2.seed.1', 'vol-1.seed.1'])
  })

  test('of two states of one effect at once takes the last', () => {
    const states = noEffects().with([stateOf(one, 1), stateOf(two, 2), { ...stateOf(one, 3), status: 'failed' }])
    expect(states.values().map(({ intended, status }) => [intended, status])).toEqual([
      ['n3', 'failed'],
      ['n2', 'intended'],
    ])
  })

  test('has holes where older generations are not known', () => {
    const third = stateOf(effectOf('vol-1', 'seed', 3), 1)
    const states = noEffects().with([third])
    expect([...states.generations(ofMove('vol-1'), 'seed')]).toEqual([undefined, undefined, undefined, third])
    expect(states.generations(ofMove('vol-1'), 'snapshot')).toEqual([])
    expect(states.generations(ofMove('vol-9'), 'seed')).toEqual([])
  })
})
