// Which resources the dry runs are tried on, and how it is found out that hosts have to opt in.
import { expect, test } from 'vitest'
import type { Clients } from '../../../src/aws/clients.ts'
import { dryRunsOf, needsOptIn } from '../../../src/aws/survey/dry-runs.ts'
import type { SeenInstance } from '../../../src/core/model/facts.ts'
import { instance } from '../../core/seeing/stages.ts'
import { move, seen } from '../../support/plans.ts'

type Input = { readonly InstanceId?: string; readonly InstanceIds?: readonly string[]; readonly DryRun?: boolean }

/** An EC2 that refuses these hosts, and hears what it is asked. */
function refusing(...hosts: readonly string[]) {
  const asked: string[] = []
  const send = async (command: { readonly input: Input }): Promise<never> => {
    const { InstanceId, InstanceIds = [], DryRun } = command.input
    expect(DryRun).toBe(true)
    const used = [...InstanceIds, ...(InstanceId ? [InstanceId] : [])]
    asked.push(...used)
    const name = used.some((id) => hosts.includes(id)) ? 'UnauthorizedOperation' : 'DryRunOperation'
    throw Object.assign(new Error(name), { name })
  }
  return { asked, clients: { mutating: { send } } as unknown as Clients }
}

const host = (id: string, zone: string, isIn: boolean): SeenInstance => ({
  ...instance(id, 'running'),
  zone,
  tags: isIn ? { 'zonehop:host': 'yes' } : {},
})
const attachedTo = (id: string) =>
  seen(move({ id: `vol-${id}` }), {
    attachments: [{ instance: id, device: '/dev/sdf', state: 'attached', deleteOnTermination: false }],
  })
const found = (...instances: readonly SeenInstance[]) => ({
  ...{ sourceZone: 'us-east-1a', targetZone: 'us-east-1c', zones: [], instances },
  volumes: instances.filter(({ zone }) => zone === 'us-east-1a').map(({ id }) => attachedTo(id)),
})

const OUT = host('i-out', 'us-east-1a', false)
const IN = host('i-in', 'us-east-1a', true)
const NEXT_OUT = host('i-next-out', 'us-east-1c', false)
const NEXT_IN = host('i-next-in', 'us-east-1c', true)

test('the dry runs are tried on hosts that opted in, if there are any', async () => {
  const ec2 = refusing('i-out', 'i-next-out')
  const answers = await dryRunsOf(ec2.clients, found(OUT, IN, NEXT_OUT, NEXT_IN))
  expect(new Set(ec2.asked)).toEqual(new Set(['i-in', 'i-next-in']))
  expect(Object.values(answers)).toEqual(Array.from({ length: 8 }, () => null))
})

test('and on others where there are none', async () => {
  const ec2 = refusing('i-out')
  const answers = await dryRunsOf(ec2.clients, found(OUT, NEXT_OUT))
  expect(answers).toMatchObject({
    AttachVolume: 'UnauthorizedOperation',
    ModifyInstanceAttribute: null,
    StopInstances: 'UnauthorizedOperation',
  })
})

test('nothing to try them on', async () => {
  expect(await dryRunsOf(refusing().clients, found(IN))).toEqual({})
  expect(await dryRunsOf(refusing().clients, found(NEXT_IN))).toEqual({})
})

test.each<[string, readonly string[], readonly SeenInstance[], boolean]>([
  ['those that did not opt in are refused', ['i-out', 'i-next-out'], [IN, OUT, NEXT_OUT], true],
  ['nobody is refused', [], [IN, OUT], false],
  ['everybody is refused, which is another fault', ['i-in', 'i-out'], [IN, OUT], false],
  ['nobody opted in', ['i-out'], [OUT, NEXT_OUT], false],
  ['everybody did', [], [IN, NEXT_IN], false],
  ['who did not is terminated', ['i-out'], [IN, { ...OUT, state: 'terminated' }], false],
  ['there is no volume to try it with', ['i-next-out'], [NEXT_IN, NEXT_OUT], false],
])('whether hosts have to opt in: %s', async (_, refused, instances, needed) => {
  expect(await needsOptIn(refusing(...refused).clients, found(...instances))).toBe(needed)
})

test.each([
  ['DryRunOperation', null],
  ['UnauthorizedOperation', 'UnauthorizedOperation'],
  ['AuthFailure', 'AuthFailure'],
  ['ExpiredToken', 'ExpiredToken'],
  ['OptInRequired', 'OptInRequired'],
  ['AccessDenied', 'AccessDenied'],
  ['TimeoutError', 'TimeoutError'],
])('what EC2 answers to a dry run is told as it is: %s', async (name, said) => {
  const send = async (): Promise<never> => {
    throw Object.assign(new Error(name), { name })
  }
  const answers = await dryRunsOf({ mutating: { send } } as unknown as Clients, found(IN, NEXT_IN))
  expect(new Set(Object.values(answers))).toEqual(new Set([said]))
})
