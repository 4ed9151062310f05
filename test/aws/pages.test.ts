// Answers that come in pages are read to their end.
import { DescribeVolumesModificationsCommand, EC2Client } from '@aws-sdk/client-ec2'
import { expect, test } from 'vitest'
import type { Clients } from '../../src/aws/clients.ts'
import { survey } from '../../src/aws/survey/survey.ts'

test('volumes that are being changed are found on every page', async () => {
  const reading = new EC2Client({ region: 'us-east-1' })
  reading.send = async (command: unknown) => {
    if (!(command instanceof DescribeVolumesModificationsCommand)) throw new Error('not asked here')
    const isSecond = command.input.NextToken === 'second'
    return {
      VolumesModifications: [{ VolumeId: isSecond ? 'vol-2' : 'vol-1' }],
      ...(isSecond ? {} : { NextToken: 'second' }),
    }
  }
  const clients = { reading, mutating: reading, listening: reading, quotas: reading, keys: reading }
  const found = { volumes: [], instances: [], zones: [], sourceZone: 'us-east-1a', targetZone: 'us-east-1c' }
  const { modifying } = await survey(clients as unknown as Clients, found)
  expect(modifying).toEqual({ answer: ['vol-1', 'vol-2'] })
})
