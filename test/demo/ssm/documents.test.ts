// Documents with a content of their own are held to it; quotas are what CreateVolume refuses by.
import { expect, test } from 'vitest'
import { WORLD } from '../ec2/simulated.ts'
import { A, simulatedSsm } from './simulated.ts'

const CONTENT = JSON.stringify({
  schemaVersion: '2.2',
  parameters: {
    service: { type: 'String', allowedPattern: '^[a-z]+$' },
    mode: { type: 'String', default: 'fast', allowedValues: ['fast', 'slow'] },
  },
  mainSteps: [{ action: 'aws:runShellScript', name: 'run', inputs: { timeoutSeconds: '5', runCommand: ['true'] } }],
})

test.each([
  ['all it asks for', { service: ['logs'] }, 'answered'],
  ['a value that is allowed', { service: ['logs'], mode: ['slow'] }, 'answered'],
  ['a value that is not', { service: ['logs'], mode: ['wild'] }, 'InvalidParameters'],
  ['a service that does not fit', { service: ['Logs 1'] }, 'InvalidParameters'],
  ['nothing', {}, 'InvalidParameters'],
])('a document created with rules takes %s', (_, Parameters, then) => {
  const s = simulatedSsm()
  s.ask('CreateDocument', { Name: 'my-document', Content: CONTENT })
  const sent = { DocumentName: 'my-document', InstanceIds: [s.id('server', A)], Parameters }
  expect(s.refusal('SendCommand', sent)).toBe(then)
})

test('documents are created once, shown as they are, and described', () => {
  const s = simulatedSsm()
  const made = { Name: 'my-document', Content: CONTENT }
  expect(s.ask('CreateDocument', made).DocumentDescription).toMatchObject({ Name: 'my-document', Status: 'Active' })
  expect(s.refusal('CreateDocument', made)).toBe('DocumentAlreadyExists')
  expect(s.refusal('CreateDocument', { Name: 'yaml', Content: 'schemaVersion: "2.2"' })).toBe('InvalidDocumentContent')
  expect(s.ask('GetDocument', { Name: 'my-document' }).Content).toBe(CONTENT)
  expect(s.ask('DescribeDocument', { Name: 'my-document' }).Document).toMatchObject({
    Parameters: [{ Name: 'service' }, { Name: 'mode' }],
  })
  expect(s.refusal('GetDocument', { Name: 'nobody' })).toBe('InvalidDocument')
})

test.each<[string, Record<string, unknown>, readonly string[] | string]>([
  ['a name', { Filters: [{ Key: 'Name', Values: ['my-'] }] }, ['my-document', 'my-other']],
  ['one of two names', { Filters: [{ Key: 'Name', Values: ['my-d', 'my-o'] }] }, ['my-document', 'my-other']],
  ['a word in it', { Filters: [{ Key: 'SearchKeyword', Values: ['OTHER'] }] }, ['my-other']],
  ['the older way', { DocumentFilterList: [{ key: 'Name', value: 'my-o' }] }, ['my-other']],
  [
    'all filters together',
    {
      Filters: [
        { Key: 'Name', Values: ['my-'] },
        { Key: 'Owner', Values: ['Self'] },
        { Key: 'DocumentType', Values: ['Command', 'Session'] },
        { Key: 'PlatformTypes', Values: ['Linux'] },
      ],
    },
    ['my-document', 'my-other'],
  ],
  ['an owner that is somebody else', { Filters: [{ Key: 'Owner', Values: ['Amazon'] }] }, []],
  ['another type', { Filters: [{ Key: 'DocumentType', Values: ['Automation'] }] }, []],
  ['a platform that no host has', { Filters: [{ Key: 'PlatformTypes', Values: ['Windows'] }] }, []],
  ['a tag that none has', { Filters: [{ Key: 'tag:team', Values: ['web'] }] }, []],
  ['a type of targets', { Filters: [{ Key: 'TargetType', Values: ['/'] }] }, []],
  ['an unknown filter', { Filters: [{ Key: 'Colour', Values: ['red'] }] }, 'InvalidFilterKey'],
  ['a page of none', { MaxResults: 0 }, 'ValidationException'],
  ['a page of 51', { MaxResults: 51 }, 'ValidationException'],
  ['a token that is none', { NextToken: 'page-2' }, 'InvalidNextToken'],
])('documents are listed by %s', (_, input, then) => {
  const s = simulatedSsm()
  for (const Name of ['my-other', 'my-document']) s.ask('CreateDocument', { Name, Content: CONTENT })
  if (typeof then === 'string') return expect(s.refusal('ListDocuments', input)).toBe(then)
  const { DocumentIdentifiers } = s.ask('ListDocuments', input)
  expect(DocumentIdentifiers).toMatchObject(then.map((Name) => ({ Name })))
  expect(DocumentIdentifiers).toHaveLength(then.length)
})

test('a document handed to the world replaces the stand-in of its name', () => {
  const s = simulatedSsm({ ssm: { documents: { 'zonehop-check': CONTENT } } })
  expect(() => s.send('zonehop-check')).toThrow('InvalidParameters')
})

test.each([
  ['no such action', 'DescribeEverything', {}, 'UnknownOperationException'],
  ['no such quota', 'GetServiceQuota', { ServiceCode: 'ebs', QuotaCode: 'L-0' }, 'NoSuchResourceException'],
  ['no such service', 'ListServiceQuotas', { ServiceCode: 'moon' }, 'NoSuchResourceException'],
  ['no such command', 'CancelCommand', { CommandId: 'x' }, 'InvalidCommandId'],
])('refused: %s', (_, action, input, then) => {
  expect(simulatedSsm().refusal(action, input)).toBe(then)
})

test('a quota that the world sets is the one that CreateVolume keeps to', () => {
  const s = simulatedSsm({ world: { ...WORLD, storageTib: { gp3: 1 } } })
  const gp3 = { ServiceCode: 'ebs', QuotaCode: 'L-7A658B76' }
  expect(s.ask('GetServiceQuota', gp3).Quota).toMatchObject({ Value: 1, Unit: 'None', Adjustable: true })
  expect(s.code('CreateVolume', { AvailabilityZone: A, Size: '2000', VolumeType: 'gp3' })).toBe('VolumeLimitExceeded')
})

test('what a policy denies and what fails on purpose', () => {
  const s = simulatedSsm()
  s.store.denied = new Set(['SendCommand'])
  expect(() => s.send('zonehop-check')).toThrow('AccessDeniedException')
  s.store.denied = new Set()
  s.store.once.failing.push({ action: 'SendCommand', code: 'ThrottlingException' })
  expect(() => s.send('zonehop-check')).toThrow('ThrottlingException')
  s.store.once.lost.push('SendCommand')
  expect(() => s.send('zonehop-check')).toThrow('lost')
  expect(s.hosts.commands.size).toBe(1)
})
