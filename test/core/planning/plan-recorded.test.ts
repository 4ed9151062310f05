// Plans drawn by chance come out as they were recorded: the digest holds every move, service and check, in their order and
// words. Among these there is everything that a plan can say. A plan that says something new is recorded anew.
import { expect, test } from 'vitest'
import { draft } from '../../../src/core/planning/draft.ts'
import { drawnRequest } from '../../support/drawn-requests.ts'

test.each<[seed: number, digest: string]>([
  [3474, 'aa3a750511d0'],
  [9911, 'd0698b2c6343'],
  [5754, '31bdcc34d5e2'],
  [18064, '0f36097a9fd9'],
  [1638, 'f3f05b0416f4'],
  [7130, '889dfcf8fddd'],
  [202, '7f8274048dd6'],
  [2670, 'a67f2841ffb1'],
  [7444, '59ade192b38d'],
  [7604, '5c83c889fdba'],
  [604, 'c7d12ca69f78'],
  [669, 'fe8e513574ea'],
  [1208, '1db236784513'],
  [3305, '189869f129d9'],
  [3722, '2d93bae790d7'],
  [6999, '94f3f3161ce9'],
  [7483, 'de48ef313c0b'],
  [11078, 'e8b1519b384e'],
  [11342, '0f6ad86a67a3'],
  [4, '56870dc7b884'],
  [18, '1c0956cf7739'],
  [19, '5c4f40b289b4'],
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
