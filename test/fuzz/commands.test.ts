// Some thousand drawn inputs, typed as people type them; and that the oracle finds what it is for.
import { expect, test } from 'vitest'
import { type Call, wrongOf } from './oracle.ts'
import { fuzz } from './run.ts'

test('nothing is thrown, and nothing is done or suggested that was not typed', { timeout: 60_000 }, async () => {
  const wrongs: string[] = []
  const sums = await fuzz(3_000, 20_260_303, (wrong) => void wrongs.push(wrong))
  expect(wrongs).toEqual([])
  expect(sums).toEqual({ inputs: 3_000, threw: 0, unintended: 0 })
})

const call = (name: Call['name'], request: Call['request'] = { id: 'mig-aa' }): Call => ({ name, request })
const zones = (sourceZone: string, targetZone: string) => ({ sourceZone, targetZone, isMeant: false })

test.each<[string, string, string, Call[], string]>([
  ['a synonym that acts', 'stop because x', '', [call('abort', { id: 'mig-aa', reason: 'x' })], 'is not abort'],
  ['a prefix that acts', 'paus', '', [call('pause')], 'is not pause'],
  ['an approval', 'approve', '', [call('approve')], 'nobody reaches it by typing'],
  [
    'a zone of its own',
    'start us-east-1a',
    '',
    [call('start', zones('us-east-1a', 'us-east-1c'))],
    'nobody typed the zone',
  ],
  ['swapped zones', 'start us-east-1a us-east-1c', '', [call('start', zones('us-east-1c', 'us-east-1a'))], 'swapped'],
  [
    'swapped zones, with words',
    'start to us-east-1a from us-east-1c',
    '',
    [call('start', zones('us-east-1a', 'us-east-1c'))],
    'say otherwise',
  ],
  [
    'an id out of the reason',
    'abort because we need mig-bb',
    '',
    [call('abort', { id: 'mig-bb', reason: 'we need mig-bb' })],
    'nobody named mig-bb',
  ],
  ['another migration than is named', 'pause mig-bb', '', [call('pause')], 'mig-aa is not mig-bb'],
  ['a name of its own', 'retry logs', '', [call('retry', { id: 'mig-aa', what: 'mail' })], 'nobody typed "mail"'],
  [
    'a leave that nobody repeated',
    'start us-east-1a us-east-1c',
    '',
    [call('start', { ...zones('us-east-1a', 'us-east-1c'), isMeant: true })],
    'nobody repeated',
  ],
  ['a far suggestion', 'stop', 'There is no "stop"; the nearest is: /migrate start', [], 'is answered with start'],
])('%s is found', (_, input, answer, calls, wrong) => {
  expect(wrongOf(input, answer, calls)).toContain(wrong)
})
