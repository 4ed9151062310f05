// What somebody with the keys of zonehop's role would try (attempts.ts) is denied, and every condition of the policy keeps one of them out.
// Below stands what IAM cannot keep them from, so that nobody takes it for kept.
import { describe, expect, test } from 'vitest'
import {
  call,
  FINAL,
  look,
  MAPPING,
  modify,
  NEVER_CALLED,
  ON_KEYS,
  ON_OTHERS,
  restore,
  TO_ROOT,
  tag,
  tagged,
} from './attempts.ts'
import { decide, type Policy, type Statement } from './evaluate.ts'
import { POLICY, refusals, without } from './policy.ts'
import { type Call, type Look, requestsFor } from './requests.ts'

const ATTEMPTS = [...ON_OTHERS, ...TO_ROOT, ...ON_KEYS, ...NEVER_CALLED]
const refusedAs = (...calls: readonly Call[]): string[] =>
  calls.flatMap((one) => refusals(POLICY, requestsFor(one, look)))

test.each(ATTEMPTS)('%s', (_, requests) => {
  expect(refusals(POLICY, requests)).not.toEqual([])
})

describe('each condition keeps somebody out', () => {
  const conditions = POLICY.Statement.filter(({ Effect }) => Effect === 'Allow').flatMap((statement) =>
    Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
      Object.keys(keys).map((key) => [`${statement.Sid}: ${operator} ${key}`, statement, { operator, key }] as const),
    ),
  )
  test.each(conditions)('%s', (_, statement, { operator, key }) => {
    const loose = {
      ...POLICY,
      Statement: POLICY.Statement.map((one) => (one === statement ? loosened(one, operator, key) : one)),
    }
    expect(ATTEMPTS.filter(([, requests]) => refusals(loose, requests).length === 0)).not.toEqual([])
  })
})

/** The statement without one key of one operator. */
function loosened(statement: Statement, operator: string, key: string): Policy['Statement'][number] {
  const { [key]: _, ...others } = statement.Condition?.[operator] ?? {}
  return { ...statement, Condition: { ...statement.Condition, [operator]: others } }
}

test('the mapping itself is allowed, whether or not EC2 names it as the attribute', () => {
  const [instance, volume] = requestsFor(modify('i-host', MAPPING), look)
  if (!instance || !volume) throw new Error('It is about the instance and the volume')
  for (const name of ['BlockDeviceMapping', 'BlockDeviceMappings']) {
    const named = { ...instance, context: { ...instance.context, 'ec2:Attribute': name } }
    expect(refusals(POLICY, [named, volume])).toEqual([])
  }
  expect(refusals(POLICY, [instance, volume])).toEqual([])
})

test('user data is denied outright, so that no other policy of the role allows it', () => {
  const [request] = requestsFor(modify('i-host', { UserData: { Value: 'IyEvYmluL3No' } }), look)
  const more = { Effect: 'Allow', Action: '*', Resource: '*' } as const
  const generous = { ...POLICY, Statement: [...POLICY.Statement, more] }
  expect(request && decide(generous, request)).toEqual({ verdict: 'explicitDeny', by: ['NeverUserData'] })
})

const DELETIONS = ['DeleteSourcesThatItLeft', 'DeleteCopiesThatAreNotLive', 'DeleteSnapshotsThatItMade']

test('the deletions are statements of their own: without them nothing can be deleted', () => {
  const kept = without(POLICY, ...DELETIONS)
  const calls = [
    ...['vol-left', 'vol-copy'].map((VolumeId) => call('DeleteVolume', { VolumeId })),
    call('DeleteSnapshot', { SnapshotId: 'snap-final' }),
  ]
  for (const one of calls) {
    expect(refusedAs(one)).toEqual([])
    expect(refusals(kept, requestsFor(one, look))).not.toEqual([])
  }
  const actions = kept.Statement.flatMap(({ Action = [] }) => Action)
  expect(actions.filter((action) => /delete/i.test(action))).toEqual(['ec2:DeleteTags'])
})

describe('what IAM cannot keep from whoever has the role (README)', () => {
  test('a mark, and then what the mark allows: it leaves any volume, and deletes it', () => {
    const left: Look = () => ({ tags: { 'zonehop:left': 'mig-1' } })
    const deletion = call('DeleteVolume', { VolumeId: 'vol-foreign' })
    expect(refusedAs(tag('vol-foreign', 'zonehop:left'))).toEqual([])
    expect(refusals(POLICY, requestsFor(deletion, left))).toEqual([])
    expect(refusals(without(POLICY, 'DeleteSourcesThatItLeft'), requestsFor(deletion, left))).not.toEqual([])
  })

  test('which blocks of any snapshot changed, and not what is in them', () => {
    const pair = { FirstSnapshotId: 'snap-1', SecondSnapshotId: 'snap-foreign' }
    expect(refusedAs(call('ListChangedBlocks', pair))).toEqual([])
    expect(
      refusals(without(POLICY, 'CountWhatChangedBetweenSnapshots'), requestsFor(call('ListChangedBlocks', pair), look)),
    ).toHaveLength(1)
    const reading = {
      action: 'ebs:GetSnapshotBlock',
      resource: 'arn:aws:ec2:us-east-1::snapshot/snap-foreign',
      context: {},
    }
    expect(refusals(POLICY, [reading])).toHaveLength(1)
  })

  test('a copy of any volume, on a host that opted in', () => {
    const snapshot = call('CreateSnapshot', { VolumeId: 'vol-foreign', ...tagged('snapshot', FINAL) })
    const attach = call('AttachVolume', { VolumeId: 'vol-copy', InstanceId: 'i-host' })
    expect(refusedAs(snapshot, restore('snap-final'), attach)).toEqual([])
  })
})
