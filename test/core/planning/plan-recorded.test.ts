// Plans drawn by chance come out as they were recorded: the digest holds every move, service and check, in their order and
// words. Among these there is everything that a plan can say. A plan that says something new is recorded anew.
import { expect, test } from 'vitest'
import { draft } from '../../../src/core/planning/draft.ts'
import { drawnRequest } from '../../support/drawn-requests.ts'

test.each<[seed: number, digest: string]>([
  [3474, '1ea615ef664d'],
  [9911, '4e90415571dd'],
  [5754, '2260608346d8'],
  [18064, 'b8d14341cac1'],
  [1638, '5ec97554aee0'],
  [7130, '78d2b8a99e8e'],
  [202, 'd9b64ca08c8f'],
  [2670, '48a5e0505934'],
  [7444, '44308d212933'],
  [7604, '7d0d7a0d7908'],
  [604, 'ddb119f08a56'],
  [669, '87b4be5d2106'],
  [1208, '30d0b4fb3732'],
  [3305, '026117d2a7ec'],
  [3722, '292a8944fbe4'],
  [6999, '26bd9e382575'],
  [7483, '40d592af530e'],
  [11078, '70baea9904f4'],
  [11342, 'eb3019e949b8'],
  [4, 'edbe88686333'],
  [18, '579eaa1b0fc2'],
  [19, '05c0bccb0069'],
  [248, '194a3e3f29e8'],
  [558, 'f81be7bf0893'],
  [692, '9fcccf0c69f9'],
  [2108, 'c22c2e8e4fd9'],
  [5012, '0bc6a3cc9ef0'],
  [6722, 'd78318dff036'],
  [9626, 'c1c285bfb26b'],
  [10522, 'a1ebc8287b59'],
])('the request drawn from %i is planned as recorded', (seed, digest) => {
  expect(draft(drawnRequest(seed))).toMatchObject({ plan: { digest } })
})
