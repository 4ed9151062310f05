// What EC2's and SSM's errors mean for a call: that it comes again later, that nobody knows, or that a person has to act.
import { describe, expect, test } from 'vitest'
import { sortError } from '../../src/aws/errors.ts'
import { RETRY_SLOW_MS } from '../../src/core/model/limits.ts'
import type { Answer } from '../../src/core/ports.ts'

/** An error as the SDK throws it: its name is the code; without a status no answer came. */
function thrown(name: string, httpStatusCode?: number, message = 'as EC2 says it'): Error {
  const error = Object.assign(new Error(message), { name })
  return httpStatusCode === undefined ? error : Object.assign(error, { $metadata: { httpStatusCode } })
}

/** Whatever status a code comes with; the last: none at all. */
const STATUSES = [400, 403, 429, 499, 500, 503, undefined]

describe('a call comes again', () => {
  test.each(['RequestLimitExceeded', 'Throttling', 'ThrottlingException', 'RequestExpired', 'ConcurrentTagAccess'])(
    'two seconds after %s, whatever the status',
    (code) => {
      const later: Answer = { outcome: 'later', code, retryMs: 2_000 }
      for (const status of STATUSES) expect(sortError(thrown(code, status))).toEqual(later)
    },
  )

  test.each([
    'ConcurrentSnapshotLimitExceeded',
    'PendingSnapshotLimitExceeded',
    'ResourceLimitExceeded',
    'IncorrectState',
    'InvalidState',
    'IncorrectModificationState',
    'InsufficientVolumeCapacity',
  ])('fifteen seconds after %s, whatever the status', (code) => {
    const later: Answer = { outcome: 'later', code, retryMs: 15_000 }
    expect(RETRY_SLOW_MS).toBe(15_000)
    for (const status of STATUSES) expect(sortError(thrown(code, status))).toEqual(later)
  })
})

describe('nobody knows whether a call took effect', () => {
  test.each([
    'VolumeInUse',
    'IdempotentParameterMismatch',
    'SnapshotCreationPerVolumeRateExceeded',
    'InternalError',
    'InternalFailure',
    'ServerInternal',
    'Unavailable',
    'ServiceUnavailable',
  ])('after %s, whatever the status', (code) => {
    for (const status of STATUSES) expect(sortError(thrown(code, status))).toEqual({ outcome: 'unknown', code })
  })

  test.each([500, 502, 503, 504, 599])('after a status of %i with any other code', (status) => {
    expect(sortError(thrown('SomethingNew', status))).toEqual({ outcome: 'unknown', code: 'SomethingNew' })
    expect(sortError(thrown('UnauthorizedOperation', status))).toMatchObject({ outcome: 'unknown' })
  })

  const refusedSocket = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:443'), { code: 'ECONNREFUSED' })
  test.each<[string, unknown, string]>([
    ['a timeout of the socket', thrown('TimeoutError'), 'TimeoutError'],
    ['a call that was broken off', thrown('AbortError'), 'AbortError'],
    ['a connection that was refused', refusedSocket, 'Error'],
    ['a name that was not found', Object.assign(new Error('getaddrinfo ENOTFOUND'), { errno: -3008 }), 'Error'],
    ['an answer that was not understood', new SyntaxError('Unexpected token <'), 'SyntaxError'],
    ['a bug of our own', new TypeError('x is not a function'), 'TypeError'],
    ['a refusal that no status came with', thrown('UnauthorizedOperation'), 'UnauthorizedOperation'],
    ['metadata without a status', Object.assign(thrown('SomethingNew'), { $metadata: {} }), 'SomethingNew'],
    ['something without a name', {}, 'NoAnswer'],
    ['a text that was thrown', 'broken', 'NoAnswer'],
  ])('after %s', (_, error, code) => {
    expect(sortError(error)).toEqual({ outcome: 'unknown', code })
  })
})

describe('a call is refused', () => {
  test.each<[string, string]>([
    ['UnauthorizedOperation', "give zonehop's role this permission, then retry"],
    ['VolumeLimitExceeded', 'ask for more EBS storage in Service Quotas, then retry'],
    ['AttachmentLimitExceeded', 'detach something from the successor or choose a larger instance, then retry'],
    [
      'InvalidVolume.ZoneMismatch',
      'the successor must stand in the target zone; correct zonehop:successor and start again',
    ],
  ])('by %s, and a person is told what to do', (code, remedy) => {
    expect(sortError(thrown(code, 400))).toEqual({ outcome: 'refused', code, problem: 'as EC2 says it', remedy })
  })

  const remedy = 'look at the volume in EC2, put it right, then retry'
  test.each<[string, number]>([
    ['InvalidVolume.NotFound', 400],
    ['InvalidParameterValue', 400],
    ['SomethingNew', 400],
    ['SomethingNew', 403],
    ['SomethingNew', 429],
    ['SomethingNew', 499],
    // The code counts as it is written, in whole.
    ['throttling', 400],
    ['Client.RequestLimitExceeded', 400],
    ['Error', 200],
  ])('by %s with a status of %i, and a person is told to look', (code, status) => {
    expect(sortError(thrown(code, status))).toEqual({ outcome: 'refused', code, problem: 'as EC2 says it', remedy })
  })

  test('in the words of EC2, or none', () => {
    expect(sortError(thrown('SomethingNew', 400, 'You are not Alice.'))).toMatchObject({
      problem: 'You are not Alice.',
    })
    expect(sortError({ name: 'SomethingNew', $metadata: { httpStatusCode: 400 } })).toMatchObject({ problem: '' })
    expect(sortError({ $metadata: { httpStatusCode: 400 } })).toMatchObject({ outcome: 'refused', code: 'NoAnswer' })
  })
})
