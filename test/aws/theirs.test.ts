// Text of others as it comes from AWS: one line, without unseen characters and without our marks; tags stay as they are.
import {
  GetCommandInvocationCommand,
  ListCommandInvocationsCommand,
  ListCommandsCommand,
  SSMClient,
} from '@aws-sdk/client-ssm'
import { expect, test } from 'vitest'
import { commandsOf } from '../../src/aws/commands.ts'
import { sortError } from '../../src/aws/errors/sort.ts'
import { seenInstance, seenVolume } from '../../src/aws/wire.ts'
import { fold } from '../../src/core/journal/fold.ts'
import type { ServiceEffect } from '../../src/core/model/effects.ts'
import type { Migration } from '../../src/core/model/migration.ts'
import { ofService } from '../../src/core/model/subjects.ts'
import { commandComment } from '../../src/core/model/tags.ts'
import { mention } from '../../src/core/model/text.ts'
import { volumeNameOf } from '../../src/core/planning/route-replica.ts'
import { entries, planned } from '../support/plans.ts'

const EVIL = `<!channel>\r\n*Approved by ${mention('U0BOSS')}*\u202E`
const SEEN = '<!channel> *Approved by  U0BOSS *'

test('a Name is shown as far as it can be seen, and looked up as it is', () => {
  const tags = [{ Key: 'Name', Value: 'a\nb' }]
  const volume = seenVolume({ VolumeId: 'vol-1', Tags: tags })
  expect(volume.tags.Name).toBe('a\nb')
  expect(volumeNameOf(volume)).toBe('a b')
  expect(volumeNameOf(seenVolume({ VolumeId: 'vol-1', Tags: [{ Key: 'Name', Value: '\u200B' }] }))).toBe('vol-1')
  expect(seenInstance({ InstanceId: 'i-1', Tags: tags }).name).toBe('a b')
  expect(seenInstance({ InstanceId: 'i-1' }).name).toBe('i-1')
})

test('no tag brings our marks into a sentence', () => {
  const tags = [{ Key: 'zonehop:route', Value: mention('U0BOSS') }]
  expect(seenVolume({ VolumeId: 'vol-1', Tags: tags }).tags['zonehop:route']).toBe('\uFFFDU0BOSS\uFFFD')
})

test('an error of EC2', () => {
  const error = Object.assign(new Error(EVIL), { name: 'Blocked', $metadata: { httpStatusCode: 400 } })
  expect(sortError(error, { call: 'tag' })).toMatchObject({ outcome: 'refused', code: 'Blocked', problem: SEEN })
  const endless = Object.assign(new Error('x'.repeat(9_000)), { name: 'No', $metadata: { httpStatusCode: 400 } })
  expect(sortError(endless, { call: 'tag' })).toMatchObject({ problem: `${'x'.repeat(1_999)}…` })
})

test("the last line of a document's standard error", async () => {
  const effect: ServiceEffect = {
    subject: ofService('logs'),
    step: 'freeze',
    generation: 1,
    direction: 'forward',
    service: 'logs',
    instances: ['i-1'],
    work: { method: 'document', document: 'zonehop-freeze' },
  }
  const said = entries(
    planned('mig-1'),
    { kind: 'freezing', freeze: 'f', services: ['logs'] },
    { kind: 'intended', effects: [effect] },
    { kind: 'issued', effect: 'service/logs.freeze.1' },
  )
  const client = new SSMClient({ region: 'us-east-1' })
  client.send = async (command: unknown) => {
    if (command instanceof ListCommandsCommand) {
      const Comment = commandComment('mig-1', 'n4', 'service/logs.freeze.1')
      return {
        Commands: [
          { CommandId: 'c-1', Comment, DocumentName: 'zonehop-freeze', InstanceIds: ['i-1'], Status: 'Failed' },
        ],
      }
    }
    if (command instanceof ListCommandInvocationsCommand)
      return { CommandInvocations: [{ InstanceId: 'i-1', Status: 'Failed', StatusDetails: 'Failed' }] }
    if (command instanceof GetCommandInvocationCommand)
      return { StandardErrorContent: `first\n\u001b[31m${EVIL.replace('\n', '')}\n`, ResponseCode: 1 }
    throw new Error('not asked here')
  }
  const commands = await commandsOf(client, fold(said) as Migration)
  expect([...commands.values()].map(({ details }) => details)).toEqual([`Failed on i-1, exit 1: [31m${SEEN}`])
})
