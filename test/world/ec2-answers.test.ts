// What EC2 and SSM answered to somebody, and what it means for the very call that it answers: whether that is done, when it is made
// again, and the words by which a person knows what to do.
import { describe, expect, test } from 'vitest'
import type { Clients } from '../../src/aws/clients.ts'
import { ec2 } from '../../src/aws/ec2.ts'
import { isOutOfReach, sortError } from '../../src/aws/errors/sort.ts'
import { decide } from '../../src/core/decide.ts'
import type { Call, RestoreEffect } from '../../src/core/model/effects.ts'
import type { EntryBody } from '../../src/core/model/entries.ts'
import type { Answer } from '../../src/core/ports.ts'
import { alert } from '../../src/core/telling/alerts.ts'
import { waitWords } from '../../src/core/telling/wait-words.ts'
import { at, seenAt } from '../core/at.ts'
import { migration } from '../core/people.ts'
import { volume } from '../support/plans.ts'

const MINUTE = 60_000

function thrown(name: string, httpStatusCode?: number, message = 'as EC2 says it'): Error {
  const error = Object.assign(new Error(message), { name })
  return httpStatusCode === undefined ? error : Object.assign(error, { $metadata: { httpStatusCode } })
}

const NO_CAPACITY =
  'We currently do not have sufficient m5.large capacity in the Availability Zone you requested (us-east-1c). You can currently get m5.large capacity by not specifying an Availability Zone in your request or choosing us-east-1b, us-east-1d.'
const TAKEN_BACK =
  'The client token you have provided is associated with a resource that is already deleted. Please use a different client token for the new resource.'
const slow = { outcome: 'later', retryMs: 15_000, patienceMs: 15 * MINUTE } as const
const aboutCredentials = expect.stringMatching(/^look at the credentials of .* clock/)

type Row = readonly [met: string, error: Error, call: Call, right: object]
test.each<Row>([
  [
    'InsufficientInstanceCapacity with status 500: the code outranks the status',
    ...[thrown('InsufficientInstanceCapacity', 500, NO_CAPACITY), 'instances'],
    {
      ...{ ...slow, code: 'InsufficientInstanceCapacity' },
      remedy: expect.stringMatching(/another type, another zone.*reservation; EC2 offers us-east-1b, us-east-1d$/),
    },
  ],
  [
    'a token whose volume EC2 took back: refused, the key named',
    ...[thrown('IdempotentParameterMismatch', 400, TAKEN_BACK), 'restore'],
    { outcome: 'refused', remedy: expect.stringContaining('KMS key') },
  ],
  [
    'credentials that were never found: certainly not called',
    ...[thrown('CredentialsProviderError', undefined, 'Could not load credentials from any providers'), 'snapshot'],
    { outcome: 'later', retryMs: 15_000, remedy: expect.stringMatching(/credentials.*nothing was sent/) },
  ],
  ...['RequestExpired', 'AuthFailure', 'ExpiredToken', 'SignatureDoesNotMatch', 'InvalidClientTokenId'].flatMap(
    (code): Row[] =>
      [400, 403, 500].map((status) => [
        `${code} with status ${status}: slowly, not for ever, credentials and clock`,
        ...([thrown(code, status), 'snapshot', { ...slow, code, remedy: aboutCredentials }] as const),
      ]),
  ),
  [
    'SSM has no such document',
    ...[thrown('InvalidDocument', 400), 'command'],
    { outcome: 'refused', remedy: expect.stringContaining('register the documents of ssm/') },
  ],
  [
    'SSM does not know the instance',
    ...[thrown('InvalidInstanceId', 400), 'command'],
    { outcome: 'refused', remedy: expect.stringMatching(/its agent is online/) },
  ],
] as Row[])('%s', (_, error, call, right) => {
  const answer = sortError(error, { call })
  expect(answer).toMatchObject(right)
  expect(JSON.stringify(answer)).not.toMatch(/look at the volume/)
})

describe('what is not found', () => {
  test.each<[string, Call, Answer['outcome']]>([
    ['InvalidVolume.NotFound', 'delete', 'taken'],
    ['InvalidSnapshot.NotFound', 'delete', 'taken'],
    ['InvalidSnapshot.NotFound', 'restore', 'later'],
    ['InvalidVolume.NotFound', 'attach', 'later'],
    ['InvalidVolume.NotFound', 'tag', 'later'],
    ['InvalidAttachment.NotFound', 'detach', 'unknown'],
    ['InvalidVolume.NotFound', 'snapshot', 'refused'],
    ['InvalidInstanceID.NotFound', 'instances', 'refused'],
  ])('%s at %s is %s', (code, call, outcome) => {
    expect(sortError(thrown(code, 400), { call }).outcome).toBe(outcome)
  })
})

test('two snapshots within 15 s: again after that, and looked for only behind an attempt without an answer', () => {
  const error = thrown('SnapshotCreationPerVolumeRateExceeded', 400)
  expect(sortError(error, { call: 'snapshot' })).toMatchObject(slow)
  expect(sortError(error, { call: 'snapshot', isRepeated: false })).toMatchObject({ outcome: 'later' })
  expect(sortError(error, { call: 'snapshot', isRepeated: true })).toMatchObject({ outcome: 'unknown' })
})

describe('a token whose volume EC2 took back', () => {
  const failed: EntryBody = {
    ...{ kind: 'failed', effect: 'vol-1.restore.1', issued: 'vol-1-restore' },
    ...{ code: 'IdempotentParameterMismatch', problem: TAKEN_BACK, remedy: 'look at the key' },
  }
  const stuck = migration(...at('restoring'), failed)
  const nonce = stuck.effects.get('vol-1.restore.1')?.failure?.nonce ?? ''
  const retried: EntryBody = { kind: 'retried', effect: 'vol-1.restore.1', failed: nonce, by: 'U-2' }

  test('is another one for the generation that a retry begins', async () => {
    const again = migration(...at('restoring'), failed, retried)
    const effects = ['vol-1.restore.1', 'vol-1.restore.2'].map((id) => again.effects.get(id)?.effect as RestoreEffect)
    const tokens: unknown[] = []
    const send = async ({ input }: { input: { ClientToken?: string } }) => {
      tokens.push(input.ClientToken)
      return { VolumeId: 'vol-copy' }
    }
    const { createVolume } = ec2({ mutating: { send } } as unknown as Clients)
    const calling = { migration: 'mig-1', issued: 'n1', isRepeated: false, like: volume(), tags: {} }
    for (const effect of effects) await createVolume(effect, calling)
    expect(new Set(tokens).size).toBe(2)
  })
})

describe('is told', () => {
  const hindered = (code: string, error: Error, call: Call) => {
    const answer = sortError(error, { call })
    if (answer.outcome !== 'later') throw new Error(`${code} is ${answer.outcome}`)
    const { problem, remedy, retryMs } = answer
    const said: EntryBody = {
      ...{ kind: 'notCalled', effect: 'vol-1.restore.1', issued: 'vol-1-restore', why: code, retryMs },
      answer: { code, problem, remedy },
    }
    return migration(...at('restoring'), said)
  }

  test.each<[string, Error, RegExp]>([
    [
      'InsufficientInstanceCapacity',
      thrown('InsufficientInstanceCapacity', 500, NO_CAPACITY),
      /another type, another zone.*EC2 offers us-east-1b/,
    ],
    ['RequestExpired', thrown('RequestExpired', 400), /credentials.*clock/],
    ['CredentialsProviderError', thrown('CredentialsProviderError'), /credentials.*nothing was sent/],
  ])('%s: in the status at once, in the thread within a minute', (code, error, remedy) => {
    const m = hindered(code, error, 'instances')
    const { sinceMs = 0 } = m.effects.get('vol-1.restore.1')?.hindrance ?? {}
    const [wait] = decide(m, seenAt('restoring'), sinceMs + 1_000).waits
    const words = wait ? waitWords(wait) : ''
    expect(words).toContain(code)
    expect(words).toMatch(remedy)
    expect(words).not.toContain('looked for')
    const told = alert(m, seenAt('restoring'), sinceMs + MINUTE)
    expect(told).toMatchObject({ kind: 'warned', text: expect.stringContaining(code) })
    expect(JSON.stringify(told)).toMatch(remedy)
  })

  test('no call is made while credentials are missing: each would take an entry', () => {
    expect(isOutOfReach(thrown('CredentialsProviderError'))).toBe(true)
  })
})
