// Plans drawn by chance come out as they were recorded: the digest holds every move, service and check, in their order and
// words. Among these there is everything that a plan can say. A plan that says something new is recorded anew.
import { expect, test } from 'vitest'
import { draft } from '../../../src/core/planning/draft.ts'
import { drawnRequest } from '../../support/drawn-requests.ts'

test.each<[seed: number, digest: string]>([
  [3474, '1ea615ef664d'],
  [9911, 'fa3444b54e6e'],
  [5754, '838b9f7ba77d'],
  [18064, '2379f0af185d'],
  [1638, 'b7cc3b3f3a62'],
  [7130, '6ed072adcd09'],
  [202, '30a81fd233a0'],
  [2670, '4480bde3f090'],
  [7444, 'd84cafc70405'],
  [7604, '96785b236cca'],
  [604, '775b5b8490ac'],
  [669, '784ec8d44c73'],
  [1208, '730d4d94d80d'],
  [3305, '5c743428f301'],
  [3722, 'b7909cffcf78'],
  [6999, 'd9052eb4b966'],
  [7483, '0918611f61ed'],
  [11078, '51d7c42ab873'],
  [11342, 'e4a95806ac4e'],
  [4, 'e732e5d9a311'],
  [18, 'd72fbf5a14ff'],
  [19, 'fb6c83fbe5e5'],
  [248, '194a3e3f29e8'],
  [558, '7ce9ea19266d'],
  [692, '76e5c133b44e'],
  [2108, 'fae21e618a79'],
  [5012, '0023cfd84fed'],
  [6722, '05cc5616e44a'],
  [9626, 'f162398cc04b'],
  [10522, '7e2e2ce0b01d'],
])('the request drawn from %i is planned as recorded', (seed, digest) => {
  expect(draft(drawnRequest(seed))).toMatchObject({ plan: { digest } })
})
