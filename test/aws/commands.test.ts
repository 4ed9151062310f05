// Which command an attempt sent: the one whose id it was told, else one with its name, its document and exactly its hosts. Anybody
// who may send commands can write our comment.
import { SSMClient } from '@aws-sdk/client-ssm'
import { expect, test } from 'vitest'
import { commandsOf } from '../../src/aws/commands.ts'
import type { Effect } from '../../src/core/model/effects.ts'
import type { EntryBody } from '../../src/core/model/entries.ts'
import { commandComment } from '../../src/core/model/tags.ts'
import { folded } from '../core/journals.ts'
import { move, plan } from '../support/plans.ts'

const FREEZE: Effect = {
  subject: { of: 'service', service: 'logs', part: 1 },
  step: 'freeze',
  generation: 1,
  direction: 'forward',
  service: 'logs',
  instances: ['i-1', 'i-2'],
  work: { method: 'document', document: 'zonehop-freeze' },
}
const ID = 'service/logs.freeze.1'
/** The attempt is named by the nonce of its entry, the fifth. */
const ISSUED: readonly EntryBody[] = [
  { kind: 'began' },
  { kind: 'freezing', freeze: 'mig-1-f1', services: ['logs'] },
  { kind: 'intended', effects: [FREEZE] },
  { kind: 'issued', effect: ID },
]
const STARTED: EntryBody = { kind: 'started', effect: ID, issued: 'n5', resource: 'ours' }

type Row = { readonly CommandId: string; readonly [key: string]: unknown }
const row = (CommandId: string, over: object = {}): Row => ({
  CommandId,
  Comment: commandComment('mig-1', 'n5', ID),
  DocumentName: 'zonehop-freeze',
  InstanceIds: ['i-2', 'i-1'],
  RequestedDateTime: new Date(10_000),
  Status: 'InProgress',
  ...over,
})
const LATER = { RequestedDateTime: new Date(20_000), Status: 'Success' }

/** The SDK's paginators ask for one of its clients. */
function showing(...Commands: readonly Row[]): SSMClient {
  return Object.assign(Object.create(SSMClient.prototype), { send: async () => ({ Commands }) })
}

async function found(said: readonly EntryBody[], ...rows: readonly Row[]): Promise<string | undefined> {
  return (await commandsOf(showing(...rows), folded(plan([move()]), ...said))).get('n5')?.id
}

test.each<[string, readonly EntryBody[], readonly Row[], string | undefined]>([
  ['the one that is there', ISSUED, [row('ours')], 'ours'],
  ['of two of ours the newer', ISSUED, [row('ours'), row('again', LATER)], 'again'],
  ['no other document', ISSUED, [row('forged', { DocumentName: 'AWS-RunShellScript' })], undefined],
  ['no other host', ISSUED, [row('forged', { InstanceIds: ['i-9'] })], undefined],
  ['not one host less', ISSUED, [row('forged', { InstanceIds: ['i-1'] })], undefined],
  ['not one host more', ISSUED, [row('forged', { InstanceIds: ['i-1', 'i-2', 'i-9'] })], undefined],
  ['not one host twice', ISSUED, [row('forged', { InstanceIds: ['i-1', 'i-1'] })], undefined],
  ['no other attempt', ISSUED, [row('forged', { Comment: commandComment('mig-1', 'n9', ID) })], undefined],
  ['no other migration', ISSUED, [row('forged', { Comment: commandComment('mig-2', 'n5', ID) })], undefined],
  [
    'ours, though a later one of another document names the attempt',
    ISSUED,
    [row('ours'), row('forged', { ...LATER, DocumentName: 'AWS-RunShellScript' })],
    'ours',
  ],
  [
    'the one that the call returned, though a later one is like it',
    [...ISSUED, STARTED],
    [row('ours'), row('forged', LATER)],
    'ours',
  ],
  ['none but the one that the call returned', [...ISSUED, STARTED], [row('forged', LATER)], undefined],
])('%s', async (_, said, rows, id) => {
  expect(await found(said, ...rows)).toBe(id)
})
