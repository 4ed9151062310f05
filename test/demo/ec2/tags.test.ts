// Tags: what EC2 takes as one, and how they are written, removed and listed.
import { expect, test } from 'vitest'
import type { Params } from '../../../src/demo/ec2/world/wire.ts'
import { DATA, filter, rows, type Simulated, simulated, WORLD } from './simulated.ts'

const tag = (Key: string, Value?: string): Params => (Value === undefined ? { Key } : { Key, Value })
const many = (count: number) => Array.from({ length: count }, (_, index) => tag(`key-${index}`, 'x'))

test.each<[string, Params[], string]>([
  ['a plain one', [tag('team', 'web')], 'answered'],
  ['without a value', [tag('team')], 'answered'],
  ['in any script', [tag('équipe', '検索 & <b>')], 'answered'],
  ['none', [], 'MissingParameter'],
  ['an empty key', [tag('', 'x')], 'InvalidParameterValue'],
  ['a reserved key', [tag('aws:team', 'x')], 'InvalidParameterValue'],
  ['a reserved key in capitals', [tag('AWS:team', 'x')], 'InvalidParameterValue'],
  ['a key of 128', [tag('k'.repeat(128), 'x')], 'answered'],
  ['a key of 129', [tag('k'.repeat(129), 'x')], 'InvalidParameterValue'],
  ['a value of 256', [tag('k', 'v'.repeat(256))], 'answered'],
  ['a value of 257', [tag('k', 'v'.repeat(257))], 'InvalidParameterValue'],
  ['a key twice', [tag('k', '1'), tag('k', '2')], 'InvalidParameterValue'],
  ['a control character', [tag('k', 'a\u0001b')], 'InvalidParameterValue'],
  ['49 beside its Name', many(49), 'answered'],
  ['50 beside its Name', many(50), 'TagLimitExceeded'],
])('CreateTags with %s', (_, tags, then) => {
  const s = simulated()
  expect(s.code('CreateTags', { ResourceId: [s.id('data')], Tag: tags })).toBe(then)
})

test('aws: tags do not count, and stay', () => {
  const world = { ...WORLD, volumes: [{ ...DATA, tags: { 'aws:backup': 'plan' } }] }
  const s = simulated({ world })
  expect(s.code('CreateTags', { ResourceId: [s.id('data')], Tag: many(49) })).toBe('answered')
  s.body('DeleteTags', { ResourceId: [s.id('data')] })
  expect(listed(s)).toEqual(['aws:backup=plan'])
})

function listed(s: Simulated): string[] {
  const [volume] = [...s.store.volumes.values()].filter(({ sizeGib }) => sizeGib === DATA.sizeGib)
  const found = rows(s.body('DescribeTags', filter('resource-id', volume?.id ?? '')), 'tagSet')
  return found.map(({ key, value }) => `${key}=${value}`)
}

test.each<[string, Params[], string[]]>([
  ['by key', [tag('team')], ['Name=data']],
  ['by key and value', [tag('team', 'web')], ['Name=data']],
  ['by another value: nothing', [tag('team', 'ops')], ['Name=data', 'team=web']],
  ['by a key it has not: nothing', [tag('colour')], ['Name=data', 'team=web']],
])('DeleteTags %s', (_, tags, then) => {
  const s = simulated({ world: { ...WORLD, volumes: [{ ...DATA, tags: { team: 'web' } }] } })
  s.body('DeleteTags', { ResourceId: [s.id('data')], Tag: tags })
  expect(listed(s)).toEqual(then)
})

test.each<[string, Params, string]>([
  ['an unknown volume', { ResourceId: ['vol-0123456789abcdef0'] }, 'InvalidVolume.NotFound'],
  ['something that cannot be tagged', { ResourceId: ['ami-1234'] }, 'InvalidID'],
  ['nothing', {}, 'MissingParameter'],
])('CreateTags on %s', (_, params, then) => {
  expect(simulated().code('CreateTags', { ...params, Tag: [tag('a', 'b')] })).toBe(then)
})

test.each<[string, string, string]>([
  ['CreateSnapshot', 'snapshot', 'answered'],
  ['CreateSnapshot', 'volume', 'InvalidParameterValue'],
])('%s with tags for a %s', (action, type, then) => {
  const s = simulated()
  const specification = [{ ResourceType: type, Tag: [tag('a', 'b')] }]
  expect(s.code(action, { VolumeId: s.id('data'), TagSpecification: specification })).toBe(then)
})

test('one resource that would have too many changes none', () => {
  const s = simulated({
    world: {
      ...WORLD,
      volumes: [
        DATA,
        { ...DATA, name: 'full', sizeGib: 7, tags: Object.fromEntries(many(49).map(({ Key }) => [String(Key), 'x'])) },
      ],
    },
  })
  expect(s.code('CreateTags', { ResourceId: [s.id('data'), s.id('full')], Tag: [tag('one', 'more')] })).toBe(
    'TagLimitExceeded',
  )
  expect(listed(s)).toEqual(['Name=data'])
})
