// The contract of EC2 as zonehop uses it, held by the real SDK against the simulated EC2; with ZONEHOP_CONTRACT_EC2_URL,
// what holds on any EC2 against that one.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ACTIONS } from '../../src/demo/ec2/perform.ts'
import { PORTABLE } from './ec2-portable.ts'
import { SIMULATED, WORLD } from './ec2-simulated.ts'
import { ELSEWHERE, openElsewhere, openSimulated, type Row, type Target } from './ec2-target.ts'

const ROWS: readonly Row[] = ELSEWHERE === null ? [...PORTABLE, ...SIMULATED] : PORTABLE

let target: Target
beforeAll(async () => {
  target = ELSEWHERE === null ? await openSimulated(WORLD) : await openElsewhere(ELSEWHERE)
})
afterAll(() => target.close())

for (const { name, run } of ROWS) test(name, () => run(target))

if (ELSEWHERE === null) {
  test('every action the simulated EC2 serves has a row here, and is called by it', () => {
    const named = new Set(ROWS.flatMap(({ actions }) => actions))
    expect([...named].sort()).toEqual(ACTIONS)
    const called = target.simulated?.ec2.counts().calls ?? {}
    expect(ACTIONS.filter((action) => called[action] === undefined)).toEqual([])
  })
}
