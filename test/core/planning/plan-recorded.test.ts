// Plans drawn by chance come out as they were recorded: the digest holds every move, service and check, in their order and
// words. Among these there is everything that a plan can say. A plan that says something new is recorded anew.
import { expect, test } from 'vitest'
import { draft } from '../../../src/core/planning/draft.ts'
import { drawnRequest } from '../../support/drawn-requests.ts'

test.each<[seed: number, digest: string]>([
  [3474, '9b8738293d15'],
  [9911, '9868ed27a73b'],
  [5754, '130ebcd922a6'],
  [18064, '91b74e2dbb93'],
  [1638, '1ebd79d33d37'],
  [7130, 'bf2d59a46941'],
  [202, 'd4e2d91e1847'],
  [2670, '2a47de87543e'],
  [7444, '31d62539ba2d'],
  [7604, '7042f1316130'],
  [604, 'e746f8c7a741'],
  [669, '86597f594146'],
  [1208, '25e436498047'],
  [3305, 'a76511779473'],
  [3722, '669dc9728b96'],
  [6999, 'ce971e1e981f'],
  [7483, 'fdf1b2adc491'],
  [11078, 'be8a38694bb8'],
  [11342, '796b26040935'],
  [4, '3be8107f3431'],
  [18, '1c0956cf7739'],
  [19, 'f217cc699d18'],
  [248, 'e22a9958edbd'],
  [558, '275bb9639854'],
  [692, '6007005166a6'],
  [2108, 'eb69b00f9055'],
  [5012, 'c98407c855d9'],
  [6722, '8c81b1001140'],
  [9626, 'da40a6021f23'],
  [10522, '19b8dd9f7107'],
])('the request drawn from %i is planned as recorded', (seed, digest) => {
  expect(draft(drawnRequest(seed))).toMatchObject({ plan: { digest } })
})
