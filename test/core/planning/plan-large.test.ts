// A plan of ten thousand volumes, and services in long and wide orders: drawn without a search. What that costs, `npm run bench:tick` says.
import { expect, test } from 'vitest'
import type { Service } from '../../../src/core/model/plan.ts'
import { draft } from '../../../src/core/planning/draft.ts'
import { circlesOf } from '../../../src/core/planning/service-order.ts'
import { requestOf } from '../../bench/inventories.ts'
import { service } from '../../support/plans.ts'

test('ten thousand volumes are planned', () => {
  const request = requestOf(10_000)
  const drafted = draft(request)
  const plan = 'plan' in drafted ? drafted.plan : null
  expect(plan?.moves).toHaveLength(10_000)
  expect(plan?.stays).toHaveLength(1_250)
  expect(plan?.checks.filter(({ result }) => result === 'red')).toEqual([])
})

const inOrder = (...after: readonly (readonly [name: string, after: readonly string[]])[]) =>
  new Map<string, Service>(after.map(([name, before]) => [name, service(name, { after: before })]))

test.each<[string, ReturnType<typeof inOrder>, [service: string, before: string, isCircle: boolean][]]>([
  ['one after another', inOrder(['a', []], ['b', ['a']]), [['b', 'a', false]]],
  ['after itself', inOrder(['a', ['a']]), [['a', 'a', true]]],
  [
    'after each other',
    inOrder(['a', ['b']], ['b', ['a']]),
    [
      ['a', 'b', true],
      ['b', 'a', true],
    ],
  ],
  [
    'a long way round, and one that comes after it',
    inOrder(['a', ['c']], ['b', ['a']], ['c', ['b']], ['d', ['a', 'e']], ['e', []]),
    [
      ['a', 'c', true],
      ['b', 'a', true],
      ['d', 'a', false],
      ['d', 'e', false],
    ],
  ],
  ['after what is not there', inOrder(['a', ['z']]), [['a', 'z', false]]],
  [
    'two circles, one after the other',
    inOrder(['a', ['a', 'b']], ['b', ['b']]),
    [
      ['a', 'b', false],
      ['b', 'b', true],
    ],
  ],
])('%s', (_, services, expected) => {
  const isCircle = circlesOf(services)
  expect(expected.map(([name, before]) => [name, before, isCircle(name, before)])).toEqual(expected)
})

test.each<[string, (index: number) => number[]]>([
  ['in a row', (index) => (index === 0 ? [] : [index - 1])],
  [
    'each after the fifty before it',
    (index) => Array.from({ length: Math.min(index, 50) }, (_, back) => index - back - 1),
  ],
])('ten thousand services %s are in order', (_, before) => {
  const services = inOrder(
    ...Array.from({ length: 10_000 }, (_, index): [string, string[]] => [
      `s${index}`,
      before(index).map((at) => `s${at}`),
    ]),
  )
  const isCircle = circlesOf(services)
  const circles = [...services.values()].flatMap(({ name, after }) => after.filter((each) => isCircle(name, each)))
  expect(circles).toEqual([])
})
