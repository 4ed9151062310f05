// Plans drawn by chance come out as they were recorded: the digest holds every move, service and check, in their order and
// words. Among these there is everything that a plan can say. A plan that says something new is recorded anew.
import { expect, test } from 'vitest'
import { draft } from '../../../src/core/planning/draft.ts'
import { drawnRequest } from '../../support/drawn-requests.ts'

test.each<[seed: number, digest: string]>([
  [3474, '9db75694ee09'],
  [9911, '8f5178c92353'],
  [5754, '8b9ef3968ba4'],
  [18064, '6c5cc100bd74'],
  [1638, 'f3f05b0416f4'],
  [7130, '25dae4f676c9'],
  [202, '7f8274048dd6'],
  [2670, '6fc83752e3f2'],
  [7444, '59ade192b38d'],
  [7604, '5c83c889fdba'],
  [604, 'c7d12ca69f78'],
  [669, 'fe8e513574ea'],
  [1208, '1db236784513'],
  [3305, '189869f129d9'],
  [3722, '2d93bae790d7'],
  [6999, 'df2406e506e3'],
  [7483, 'b478a9835e7e'],
  [11078, 'e8b1519b384e'],
  [11342, '6bdcf22dffa4'],
  [4, '56870dc7b884'],
  [18, '1c0956cf7739'],
  [19, '1012fea7ecd8'],
  [248, 'fd03d436428b'],
  [558, '81b70dd42eee'],
  [692, '7e739f7e7504'],
  [2108, '5bf19f167020'],
  [5012, '960a18ee8d8d'],
  [6722, '4b49ecb4e89c'],
  [9626, 'c51785a90daa'],
  [10522, '126bd3419c27'],
])('the request drawn from %i is planned as recorded', (seed, digest) => {
  expect(draft(drawnRequest(seed))).toMatchObject({ plan: { digest } })
})
