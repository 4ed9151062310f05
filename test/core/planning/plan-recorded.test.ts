// Plans drawn by chance come out as they were recorded: the digest holds every move, service and check, in their order and
// words. Among these there is everything that a plan can say. A plan that says something new is recorded anew.
import { expect, test } from 'vitest'
import { draft } from '../../../src/core/planning/draft.ts'
import { drawnRequest } from '../../support/drawn-requests.ts'

test.each<[seed: number, digest: string]>([
  [3474, '1ea615ef664d'],
  [9911, '4e90415571dd'],
  [5754, '2260608346d8'],
  [18064, 'cae0b0a656e6'],
  [1638, '5ec97554aee0'],
  [7130, '78d2b8a99e8e'],
  [202, 'e1033865b2b4'],
  [2670, '76a474d56c6a'],
  [7444, 'b7c0d0f1186b'],
  [7604, '492c8d10be8b'],
  [604, 'ddb119f08a56'],
  [669, '4d72f6e6e9f4'],
  [1208, '30d0b4fb3732'],
  [3305, 'e1e54e1979b3'],
  [3722, '292a8944fbe4'],
  [6999, 'ddef28f07fa0'],
  [7483, '40d592af530e'],
  [11078, '616e3484b589'],
  [11342, '4d89b1d43f52'],
  [4, '657f5a0de8e8'],
  [18, '579eaa1b0fc2'],
  [19, '03d8234b7cc8'],
  [248, '194a3e3f29e8'],
  [558, '30db5c1b37ad'],
  [692, 'dbfe2b11e6ec'],
  [2108, 'e60fd7a9719c'],
  [5012, '0bc6a3cc9ef0'],
  [6722, 'd78318dff036'],
  [9626, 'c1c285bfb26b'],
  [10522, 'a1ebc8287b59'],
])('the request drawn from %i is planned as recorded', (seed, digest) => {
  expect(draft(drawnRequest(seed))).toMatchObject({ plan: { digest } })
})
