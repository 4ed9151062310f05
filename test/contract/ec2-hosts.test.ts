// The contract of SSM, Service Quotas and KMS as zonehop uses them, held by the real SDK against the simulated ones.
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import { GetServiceQuotaCommand, ListServiceQuotasCommand, ServiceQuotasClient } from '@aws-sdk/client-service-quotas'
import {
  CancelCommandCommand,
  CreateDocumentCommand,
  DescribeDocumentCommand,
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  GetDocumentCommand,
  ListCommandInvocationsCommand,
  ListCommandsCommand,
  ListDocumentsCommand,
  SendCommandCommand,
  SSMClient,
} from '@aws-sdk/client-ssm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SSM_ACTIONS } from '../../src/demo/ssm/perform.ts'
import { WORLD } from './ec2-simulated.ts'
import { openSimulated, type Target } from './ec2-target.ts'

let target: Target
let ssm: SSMClient
let quotas: ServiceQuotasClient
let keys: KMSClient
let instance: string

beforeAll(async () => {
  target = await openSimulated(WORLD)
  const url = target.simulated?.ec2.url ?? ''
  const common = {
    region: 'us-east-1',
    endpoint: url,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  }
  ssm = new SSMClient(common)
  quotas = new ServiceQuotasClient(common)
  keys = new KMSClient(common)
  instance =
    target.simulated?.ec2.state().instances.find(({ name, zone }) => name === 'logs' && zone === 'us-east-1a')?.id ?? ''
})
afterAll(async () => {
  ssm.destroy()
  quotas.destroy()
  keys.destroy()
  await target.close()
})

function nowMs(): number {
  return target.simulated?.clock.nowMs ?? 0
}

function send(document: string, rev: number) {
  return ssm.send(
    new SendCommandCommand({
      DocumentName: document,
      InstanceIds: [instance],
      TimeoutSeconds: 30,
      Comment: `effect ${rev}`,
      MaxErrors: '100%',
      Parameters: {
        service: ['logs'],
        rev: [`${rev}`],
        notAfter: [new Date(nowMs() + 90_000).toISOString()],
        migration: ['mig-1'],
      },
    }),
  )
}

async function ended(CommandId: string) {
  return target.until('ended', async () => {
    try {
      const seen = await ssm.send(new GetCommandInvocationCommand({ CommandId, InstanceId: instance }))
      return ['Pending', 'InProgress', 'Cancelling'].includes(seen.Status ?? '') ? null : seen
    } catch (error) {
      if (error instanceof Error && error.name === 'InvocationDoesNotExist') return null
      throw error
    }
  })
}

test('a command is sent, is not known yet, runs, and tells its end', async () => {
  const { Command } = await send('zonehop-freeze', 1)
  expect(Command).toMatchObject({
    Status: 'Pending',
    Comment: 'effect 1',
    InstanceIds: [instance],
    TargetCount: 1,
    RequestedDateTime: new Date(nowMs()),
    ExpiresAfter: new Date(nowMs() + 30_000),
  })
  const CommandId = Command?.CommandId ?? ''
  const early = ssm.send(new GetCommandInvocationCommand({ CommandId, InstanceId: instance }))
  await expect(early).rejects.toMatchObject({ name: 'InvocationDoesNotExist' })
  expect(await ended(CommandId)).toMatchObject({
    Status: 'Success',
    StatusDetails: 'Success',
    ResponseCode: 0,
    StandardOutputContent: 'logs: frozen\n',
    ExecutionElapsedTime: expect.stringMatching(/^PT[\d.]+S$/),
  })
  expect(target.simulated?.ec2.state().hosts.find((host) => host.instance === instance)?.services).toContainEqual(
    expect.objectContaining({ name: 'logs', state: 'frozen', by: 'zonehop-freeze mig-1 rev 1' }),
  )
})

test('an older rev ends with exit 3 and a sentence, and is found by its comment', async () => {
  const { Command } = await send('zonehop-unfreeze', 0)
  const end = await ended(Command?.CommandId ?? '')
  expect(end).toMatchObject({
    Status: 'Failed',
    ResponseCode: 3,
    StandardErrorContent: expect.stringContaining('older than 1'),
  })
  const { Commands = [] } = await ssm.send(
    new ListCommandsCommand({ Filters: [{ key: 'InvokedAfter', value: '2026-03-03T00:00:00Z' }] }),
  )
  expect(Commands.map(({ Comment, Status }) => [Comment, Status])).toEqual([
    ['effect 0', 'Failed'],
    ['effect 1', 'Success'],
  ])
  const { CommandInvocations = [] } = await ssm.send(
    new ListCommandInvocationsCommand({ CommandId: Command?.CommandId, Details: true }),
  )
  expect(CommandInvocations).toMatchObject([{ InstanceId: instance, CommandPlugins: [{ ResponseCode: 3 }] }])
})

test('a command that hangs is cancelled', async () => {
  target.simulated?.ec2.mishapNext('zonehop-check', { kind: 'hangs' })
  const { Command } = await send('zonehop-check', 5)
  if (target.simulated) target.simulated.clock.nowMs += 4_000
  await ssm.send(new CancelCommandCommand({ CommandId: Command?.CommandId }))
  expect(await ended(Command?.CommandId ?? '')).toMatchObject({ Status: 'Cancelled', ResponseCode: -1 })
})

test('what cannot be sent has its own error', async () => {
  const wrong = { DocumentName: 'nobody', InstanceIds: [instance] }
  await expect(ssm.send(new SendCommandCommand(wrong))).rejects.toMatchObject({
    name: 'InvalidDocument',
    $metadata: { httpStatusCode: 400 },
  })
  const nowhere = {
    DocumentName: 'zonehop-check',
    InstanceIds: ['i-0123456789abcdef0'],
    Parameters: { service: ['logs'], rev: ['9'], notAfter: ['1'] },
  }
  await expect(ssm.send(new SendCommandCommand(nowhere))).rejects.toMatchObject({ name: 'InvalidInstanceId' })
})

test('hosts say whether they are there', async () => {
  const filters = [{ Key: 'InstanceIds', Values: [instance] }]
  const { InstanceInformationList } = await ssm.send(new DescribeInstanceInformationCommand({ Filters: filters }))
  expect(InstanceInformationList).toMatchObject([
    { InstanceId: instance, PingStatus: 'Online', LastPingDateTime: expect.any(Date) },
  ])
})

test('documents are created and read back', async () => {
  const Content = JSON.stringify({ schemaVersion: '2.2', mainSteps: [] })
  await ssm.send(new CreateDocumentCommand({ Name: 'mine', Content, DocumentType: 'Command' }))
  expect(await ssm.send(new GetDocumentCommand({ Name: 'mine' }))).toMatchObject({
    Content,
    Status: 'Active',
    CreatedDate: expect.any(Date),
  })
  const { Document } = await ssm.send(new DescribeDocumentCommand({ Name: 'zonehop-freeze' }))
  expect(Document).toMatchObject({
    Name: 'zonehop-freeze',
    Parameters: expect.arrayContaining([{ Name: 'rev', Type: 'String' }]),
  })
})

test('documents are listed in pages, by what they are', async () => {
  const Filters = [
    { Key: 'Owner', Values: ['Self'] },
    { Key: 'Name', Values: ['zonehop-'] },
  ]
  const first = await ssm.send(new ListDocumentsCommand({ Filters, MaxResults: 2 }))
  expect(first.DocumentIdentifiers).toMatchObject([
    { Name: 'zonehop-after-attach', DocumentType: 'Command', CreatedDate: expect.any(Date) },
    { Name: 'zonehop-check' },
  ])
  const second = await ssm.send(new ListDocumentsCommand({ Filters, NextToken: first.NextToken }))
  expect(second.DocumentIdentifiers?.map(({ Name }) => Name)).toContain('zonehop-freeze')
  expect(second.NextToken).toBeUndefined()
})

test('the quotas of EBS are listed in pages, and one is got', async () => {
  const first = await quotas.send(new ListServiceQuotasCommand({ ServiceCode: 'ebs', MaxResults: 6 }))
  const second = await quotas.send(
    new ListServiceQuotasCommand({ ServiceCode: 'ebs', MaxResults: 6, NextToken: first.NextToken }),
  )
  const all = [...(first.Quotas ?? []), ...(second.Quotas ?? [])]
  expect(all.find(({ QuotaName }) => QuotaName?.includes('(io2) volumes, in TiB'))).toMatchObject({
    Value: 20,
    QuotaCode: 'L-09BD8365',
  })
  const { Quota } = await quotas.send(new GetServiceQuotaCommand({ ServiceCode: 'ebs', QuotaCode: 'L-7A658B76' }))
  expect(Quota).toMatchObject({ Value: 50, Adjustable: true, ServiceCode: 'ebs' })
  const unknown = quotas.send(new GetServiceQuotaCommand({ ServiceCode: 'ebs', QuotaCode: 'L-00000000' }))
  await expect(unknown).rejects.toMatchObject({ name: 'NoSuchResourceException' })
})

test('a key that can be used, and one that is not there', async () => {
  const KeyId = 'arn:aws:kms:us-east-1:111122223333:key/1111aaaa-22bb-33cc-44dd-5555eeee6666'
  target.simulated?.ec2.addVolume({
    ...{ name: 'keyed', zone: 'us-east-1a', sizeGib: 1, usedGib: 0, type: 'gp3' },
    ...{ encrypted: true, kmsKeyId: KeyId },
  })
  const { KeyMetadata } = await keys.send(new DescribeKeyCommand({ KeyId }))
  expect(KeyMetadata).toMatchObject({ Arn: KeyId, KeyState: 'Enabled', CreationDate: expect.any(Date) })
  const unknown = keys.send(new DescribeKeyCommand({ KeyId: '0000aaaa-22bb-33cc-44dd-5555eeee6666' }))
  await expect(unknown).rejects.toMatchObject({ name: 'NotFoundException' })
})

test('every action the simulated SSM, Service Quotas and KMS serve was called here', () => {
  const called = Object.keys(target.simulated?.ec2.otherCounts().calls ?? {}).sort()
  expect(called).toEqual(SSM_ACTIONS)
})
