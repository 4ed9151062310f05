// What AWS refuses at start-up is told by name; what it does not answer is not taken for a refusal.
import { afterEach, expect, test } from 'vitest'
import { openClients } from '../../src/aws/clients.ts'
import { refusedReads } from '../../src/aws/permissions.ts'
import { startDrill } from '../support/drill.ts'

const WORLD = { zones: [{ name: 'us-east-1a', id: 'use1-az1' }], instances: [], volumes: [] }
let close: () => Promise<void> | void = () => undefined

afterEach(() => close())

test('each look that is refused, with its code', async () => {
  const drill = await startDrill(WORLD)
  const clients = openClients()
  close = async () => {
    clients.close()
    await drill.close()
  }
  expect(await refusedReads(clients)).toEqual([])
  drill.simulated.deny(['DescribeVolumes', 'DescribeInstanceStatus', 'DescribeVolumeStatus', 'ListCommands'])
  expect(await refusedReads(clients)).toEqual([
    'DescribeInstanceStatus (UnauthorizedOperation)',
    'DescribeVolumes (UnauthorizedOperation)',
    'DescribeVolumeStatus (UnauthorizedOperation)',
    'ListCommands (AccessDeniedException)',
  ])
  drill.simulated.failNext('DescribeInstances', 'InvalidParameterValue')
  drill.simulated.deny([])
  expect(await refusedReads(clients)).toEqual([])
})
