// The simulated KMS: what DescribeKey says of the keys of a world.
import { expect, test } from 'vitest'
import { DATA, ROOT, WORLD } from '../ec2/simulated.ts'
import { simulatedSsm } from './simulated.ts'

const KEY = 'arn:aws:kms:us-east-1:111122223333:key/1111aaaa-22bb-33cc-44dd-5555eeee6666'
const world = { ...WORLD, volumes: [ROOT, { ...DATA, encrypted: true, kmsKeyId: KEY }], unusableKeys: ['gone'] }

test('a key that something stands under is enabled, by its ARN and by its id', () => {
  const s = simulatedSsm({ world })
  const enabled = { KeyMetadata: { Arn: KEY, Enabled: true, KeyState: 'Enabled' } }
  expect(s.ask('DescribeKey', { KeyId: KEY })).toMatchObject(enabled)
  expect(s.ask('DescribeKey', { KeyId: '1111aaaa-22bb-33cc-44dd-5555eeee6666' })).toMatchObject(enabled)
})

test('one that nothing can be made with is disabled, and an unknown one is not found', () => {
  const s = simulatedSsm({ world })
  expect(s.ask('DescribeKey', { KeyId: 'gone' })).toMatchObject({
    KeyMetadata: { Enabled: false, KeyState: 'Disabled' },
  })
  expect(s.refusal('DescribeKey', { KeyId: 'nobody' })).toBe('NotFoundException')
  expect(s.refusal('DescribeKey')).toBe('ValidationException')
})
