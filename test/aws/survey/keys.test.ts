// KMS as the plan asks it, with the real SDK over HTTP: the state of a key, no such key, and what is not answered.
import { afterEach, expect, test, vi } from 'vitest'
import { type Clients, openClients } from '../../../src/aws/clients.ts'
import { keysOf } from '../../../src/aws/survey/keys.ts'
import type { SeenVolume } from '../../../src/core/model/facts.ts'
import { DATA, ROOT, WORLD } from '../../demo/ec2/simulated.ts'
import { startDrill } from '../../support/drill.ts'
import { move, seen } from '../../support/plans.ts'

const key = (id: string): string => `arn:aws:kms:us-east-1:111122223333:key/${id}`
const [GOOD, OFF, NONE] = [key('good'), key('off'), key('none')]
const under = (kmsKeyId: string | null): SeenVolume => seen(move({ encrypted: kmsKeyId !== null, kmsKeyId }))

let close: () => Promise<void> | void = () => undefined
afterEach(async () => {
  await close()
  vi.unstubAllEnvs()
})

async function opened() {
  const volumes = [ROOT, { ...DATA, encrypted: true, kmsKeyId: GOOD }]
  const drill = await startDrill({ ...WORLD, volumes, unusableKeys: [OFF] })
  const clients: Clients = openClients()
  close = async () => {
    clients.close()
    await drill.close()
  }
  return { drill, clients }
}

test('the state of each key, asked for once', async () => {
  const { drill, clients } = await opened()
  const volumes = [GOOD, OFF, NONE, GOOD, null].map(under)
  expect(await keysOf(clients, volumes)).toEqual({
    [GOOD]: { answer: 'Enabled' },
    [OFF]: { answer: 'Disabled' },
    [NONE]: { answer: null },
  })
  const { calls, refused } = drill.simulated.otherCounts()
  expect([calls.DescribeKey, refused.NotFoundException]).toEqual([2, 1])
})

test('a key that may not be looked at says so, and so does one too many', async () => {
  const { drill, clients } = await opened()
  drill.simulated.deny(['DescribeKey'])
  const names = Array.from({ length: 51 }, (_, at) => key(`${at}`))
  const told = await keysOf(clients, names.map(under))
  expect(Object.keys(told)).toHaveLength(51)
  expect(told[key('0')]).toEqual({
    because: expect.stringMatching(/^AWS answered AccessDeniedException \(.*kms:DescribeKey\)$/),
  })
  expect(told[key('50')]).toEqual({ because: 'KMS is asked for no more than 50 keys' })
  expect(drill.simulated.otherCounts().refused.AccessDeniedException).toBe(50)
})

test('a KMS that does not answer', async () => {
  const { drill } = await opened()
  await close()
  vi.stubEnv('AWS_ENDPOINT_URL_KMS', drill.simulated.url)
  const clients = openClients()
  close = () => clients.close()
  expect(await keysOf(clients, [under(GOOD)])).toEqual({
    [GOOD]: { because: expect.stringMatching(/^AWS does not answer \(connect ECONNREFUSED/) },
  })
})
