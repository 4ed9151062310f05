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

const FREEZE: ServiceEffect = {
  ...{ subject: ofService('logs'), step: 'freeze', generation: 1, direction: 'forward' },
  ...{ service: 'logs', instances: ['i-1', 'i-2'], work: { method: 'document', document: 'zonehop-freeze' } },
}

type Host = { readonly InstanceId: string; readonly Status: 'Success' | 'InProgress' | 'Failed' | 'TimedOut' }

/** What is said of a command that failed: the hosts as SSM lists them, page by page, and what each wrote to standard error. */
async function saidOf(pages: readonly (readonly Host[])[], wrote: Readonly<Record<string, string>>): Promise<string[]> {
  const said = entries(
    planned('mig-1'),
    { kind: 'freezing', freeze: 'f', services: ['logs'] },
    { kind: 'intended', effects: [FREEZE] },
    { kind: 'issued', effect: 'service/logs.freeze.1' },
  )
  const client = new SSMClient({ region: 'us-east-1' })
  client.send = async (command: unknown) => {
    if (command instanceof ListCommandsCommand) {
      const Comment = commandComment('mig-1', 'n4', 'service/logs.freeze.1')
      const sent = { CommandId: 'c-1', Comment, DocumentName: 'zonehop-freeze', InstanceIds: FREEZE.instances }
      return { Commands: [{ ...sent, Status: 'Failed' }] }
    }
    if (command instanceof ListCommandInvocationsCommand) {
      const page = Number(command.input.NextToken ?? 0)
      const hosts = (pages[page] ?? []).map((host) => ({ ...host, StatusDetails: host.Status }))
      return { CommandInvocations: hosts, ...(page + 1 < pages.length ? { NextToken: String(page + 1) } : {}) }
    }
    if (command instanceof GetCommandInvocationCommand)
      return { StandardErrorContent: wrote[command.input.InstanceId ?? ''] ?? '', ResponseCode: 32 }
    throw new Error('not asked here')
  }
  const commands = await commandsOf(client, fold(said) as Migration)
  return [...commands.values()].map(({ details }) => details)
}

const FAILED: Host = { InstanceId: 'i-1', Status: 'Failed' }
const AGENT = 'failed to run commands: exit status 32'

test.each<[string, readonly (readonly Host[])[], Readonly<Record<string, string>>, string]>([
  [
    'the last line of its standard error',
    [[FAILED]],
    { 'i-1': `first\n\u001b[31m${EVIL.replace('\n', '')}\n` },
    `Failed on i-1, exit 32: [31m${SEEN}`,
  ],
  ["and not the agent's own", [[FAILED]], { 'i-1': `in use\n${AGENT}` }, 'Failed on i-1, exit 32: in use'],
  ['nor where it was cut', [[FAILED]], { 'i-1': `in use\n---Output truncated---\n` }, 'Failed on i-1, exit 32: in use'],
  [
    'lines of other systems',
    [[FAILED]],
    { 'i-1': `first\r\nin use\r\n${AGENT}\r\n` },
    'Failed on i-1, exit 32: in use',
  ],
  ['nothing, where only the agent wrote', [[FAILED]], { 'i-1': AGENT }, 'Failed on i-1, exit 32'],
  [
    'a host that has failed, not one that still runs',
    [
      [
        { InstanceId: 'i-1', Status: 'InProgress' },
        { InstanceId: 'i-2', Status: 'TimedOut' },
      ],
    ],
    {},
    'TimedOut on i-2, exit 32',
  ],
  [
    'a host of the second page',
    [[{ InstanceId: 'i-1', Status: 'Success' }], [{ InstanceId: 'i-2', Status: 'Failed' }]],
    { 'i-2': 'in use' },
    'Failed on i-2, exit 32: in use',
  ],
  ['no host, where none is shown to have failed', [[{ InstanceId: 'i-1', Status: 'InProgress' }]], {}, 'Failed'],
])('of a document that failed: %s', async (_, pages, wrote, said) => expect(await saidOf(pages, wrote)).toEqual([said]))
