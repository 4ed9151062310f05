// The service control policy of the README: nobody but zonehop's role writes the tags that zonehop writes, and people's words stay theirs.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ofMove } from '../../src/core/model/subjects.ts'
import { identity } from '../../src/core/model/tags.ts'
import { COPY_MARKS, REPLICA_COPY_MARKS, SOURCE_MARKS } from '../../src/core/planning/preflight/tags.ts'
import { decide, type Policy } from './evaluate.ts'
import { POLICY } from './policy.ts'
import { ACCOUNT, type Call, requestsFor } from './requests.ts'

const SECTION = readFileSync('README.md', 'utf8').split('### What its role may do')[1] ?? ''
const SCP = JSON.parse(/```json\n(.*?)```/s.exec(SECTION)?.[1] ?? '') as Policy

const role = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`
const [PEOPLE, ZONEHOP] = [role('developer'), role('zonehop')]

/** A service control policy allows nothing by itself: what it does not deny is left to other policies. */
function isDenied(principal: string, action: string, input: Call['input']): boolean {
  const requests = requestsFor({ action, input }, () => ({ tags: {} }))
  return requests.some(({ context, ...request }) => {
    const asked = { ...request, context: { ...context, 'aws:PrincipalArn': principal } }
    return decide(SCP, asked).verdict === 'explicitDeny'
  })
}
const writing = (key: string, resource = 'vol-1') => ({ Resources: [resource], Tags: [{ Key: key, Value: 'v' }] })

const MARKS = [...new Set([...SOURCE_MARKS, ...COPY_MARKS, ...REPLICA_COPY_MARKS])]
const MADE = Object.keys(identity('mig-1', { subject: ofMove('vol-1'), step: 'restore', generation: 1 }, 'n1'))

test('it names each key that zonehop writes, and no other', () => {
  const [first] = SCP.Statement
  const named = first?.Condition?.['ForAnyValue:StringEqualsIgnoreCase']?.['aws:TagKeys']
  expect(named).toEqual([...MARKS, ...MADE].toSorted())
})

test('iam-policy.json lets zonehop mark volumes with those that are marks, and no other', () => {
  const marking = POLICY.Statement.find(({ Sid }) => Sid === 'MarkVolumes')
  expect(marking?.Condition?.['ForAllValues:StringEquals']?.['aws:TagKeys']).toEqual(MARKS.toSorted())
})

test.each([...MARKS, ...MADE])('%s', (key) => {
  for (const written of [key, key.toUpperCase()]) {
    for (const action of ['CreateTags', 'DeleteTags']) {
      for (const resource of ['vol-1', 'snap-1']) {
        expect(isDenied(PEOPLE, action, writing(written, resource))).toBe(true)
        expect(isDenied(ZONEHOP, action, writing(written, resource))).toBe(false)
      }
    }
  }
})

test.each(['service', 'need', 'route', 'successor', 'replica-of', 'resource', 'host'])(
  'zonehop:%s belongs to people',
  (word) => {
    expect(isDenied(PEOPLE, 'CreateTags', writing(`zonehop:${word}`))).toBe(false)
    expect(isDenied(PEOPLE, 'DeleteTags', writing(`zonehop:${word}`))).toBe(false)
  },
)

test('a volume that is created with such a tag, and all tags of one taken away', () => {
  const made = {
    Size: 1,
    TagSpecifications: [{ ResourceType: 'volume', Tags: [{ Key: 'zonehop:migration', Value: 'mig-1' }] }],
  }
  expect(isDenied(PEOPLE, 'CreateVolume', made)).toBe(true)
  expect(isDenied(ZONEHOP, 'CreateVolume', made)).toBe(false)
  expect(isDenied(PEOPLE, 'DeleteTags', { Resources: ['vol-1'] })).toBe(true)
})

test.each([
  'service-role/AWSBackupDefaultServiceRole',
  'service-role/AWSDataLifecycleManagerDefaultRole',
  'AWSDataLifecycleManagerDefaultRole',
])('backups by %s copy the tags of a volume', (name) => {
  expect(isDenied(role(name), 'CreateTags', writing('zonehop:migration', 'snap-1'))).toBe(false)
})

test('whose name only begins as that of the role', () => {
  expect(isDenied(role('zonehop-of-mine'), 'CreateTags', writing('zonehop:plan'))).toBe(true)
  expect(isDenied(role('other/zonehop'), 'CreateTags', writing('zonehop:plan'))).toBe(true)
})
