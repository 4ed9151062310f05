// What AWS's errors mean for a call: that it comes again later, that nobody knows, or that a person has to act; and what
// that person is told. The table is compared code by code, so that no row changes unseen.
import { describe, expect, test } from 'vitest'
import { type Means, ROWS } from '../../src/aws/errors/codes.ts'
import { errorWords, isOutOfReach, sortError } from '../../src/aws/errors/sort.ts'
import { type Call, RATE_REFUSED } from '../../src/core/model/effects.ts'
import type { Answer } from '../../src/core/ports.ts'

/** An error as the SDK throws it: its name is the code; without a status no answer came. */
function thrown(name: string, httpStatusCode?: number, message = 'as EC2 says it'): Error {
  const error = Object.assign(new Error(message), { name })
  return httpStatusCode === undefined ? error : Object.assign(error, { $metadata: { httpStatusCode } })
}

/** An error of Node, within a system call or not. */
function coded(code: string, syscall?: string): Error {
  return Object.assign(new Error(`${syscall ?? 'what'} ${code}`), { code, ...(syscall ? { syscall } : {}) })
}

/** Whatever status a code comes with; the last: none at all. */
const STATUSES = [200, 400, 403, 429, 499, 500, 503, undefined]
const MINUTE = 60_000

const MEANINGS: Readonly<Record<Exclude<Means, 'gone'>, Partial<Answer>>> = {
  throttled: { outcome: 'later', retryMs: 2_000, patienceMs: Number.POSITIVE_INFINITY },
  soon: { outcome: 'later', retryMs: 2_000, patienceMs: 5 * MINUTE },
  slow: { outcome: 'later', retryMs: 15_000, patienceMs: 15 * MINUTE },
  queued: { outcome: 'later', retryMs: 15_000, patienceMs: 24 * 60 * MINUTE },
  unsent: { outcome: 'later', retryMs: 15_000, patienceMs: Number.POSITIVE_INFINITY },
  unknown: { outcome: 'unknown' },
  refused: { outcome: 'refused' },
}

/** A word of the remedy by which a person knows what is wrong. */
const EXPECTED: readonly (readonly [code: string, means: Means, about: RegExp])[] = [
  ...['RequestLimitExceeded', 'Throttling', 'ThrottlingException', 'TooManyRequestsException'].map(
    (code) => [code, 'throttled', /others in this account/] as const,
  ),
  ['ConcurrentTagAccess', 'soon', /tags/],
  ...['RequestExpired', 'AuthFailure', 'ExpiredToken', 'ExpiredTokenException', 'SignatureDoesNotMatch'].map(
    (code) => [code, 'slow', /credentials.*clock/] as const,
  ),
  ...['InvalidClientTokenId', 'UnrecognizedClientException', 'IncompleteSignature', 'MissingAuthenticationToken'].map(
    (code) => [code, 'slow', /credentials.*clock/] as const,
  ),
  ['SnapshotCreationPerVolumeRateExceeded', 'slow', /15 seconds between two snapshots/],
  ['ConcurrentSnapshotLimitExceeded', 'queued', /older snapshots/],
  ['PendingSnapshotLimitExceeded', 'queued', /older snapshots/],
  ['IncorrectModificationState', 'queued', /changes the size or type/],
  ...['IncorrectState', 'IncorrectInstanceState', 'InvalidState', 'ResourceLimitExceeded'].map(
    (code) => [code, 'slow', /state/] as const,
  ),
  ...['InsufficientInstanceCapacity', 'InsufficientVolumeCapacity', 'InsufficientHostCapacity'].map(
    (code) => [code, 'slow', /another type, another zone/] as const,
  ),
  ['CredentialsProviderError', 'unsent', /credentials.*nothing was sent/],
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'].map(
    (code) => [code, 'unsent', /network/] as const,
  ),
  ...['TimeoutError', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'].map((code) => [code, 'unknown', /network/] as const),
  ...['InvalidVolume.NotFound', 'InvalidSnapshot.NotFound', 'InvalidInstanceID.NotFound'].map(
    (code) => [code, 'gone', /deleted/] as const,
  ),
  ['InvalidAttachment.NotFound', 'gone', /deleted/],
  ['VolumeInUse', 'unknown', /attached already/],
  ['IdempotentParameterMismatch', 'unknown', /zonehop:move/],
  ...['InternalError', 'InternalFailure', 'InternalServerError', 'Unavailable', 'ServiceUnavailable'].map(
    (code) => [code, 'unknown', /Health Dashboard/] as const,
  ),
  ...['KMSInternalException', 'DependencyTimeoutException', 'ServiceException'].map(
    (code) => [code, 'unknown', /Health Dashboard/] as const,
  ),
  ...['UnauthorizedOperation', 'AccessDenied', 'AccessDeniedException'].map(
    (code) => [code, 'refused', /iam-policy\.json/] as const,
  ),
  ...['Blocked', 'OptInRequired', 'PendingVerification'].map((code) => [code, 'refused', /AWS account/] as const),
  ...['VolumeLimitExceeded', 'SnapshotLimitExceeded', 'MaxIOPSLimitExceeded', 'VcpuLimitExceeded'].map(
    (code) => [code, 'refused', /Service Quotas/] as const,
  ),
  ['AttachmentLimitExceeded', 'refused', /larger instance/],
  ['CardAttachmentLimitExceeded', 'refused', /larger instance/],
  ['InvalidVolume.ZoneMismatch', 'refused', /zonehop:successor/],
  ['VolumeTypeNotAvailableInZone', 'refused', /another target zone/],
  ['UnknownVolumeType', 'refused', /type of volume/],
  ['InvalidZone.NotFound', 'refused', /name of the target zone/],
  ...['CustomerKeyHasBeenRevoked', 'KMSInvalidStateException', 'DisabledException', 'KeyUnavailableException'].map(
    (code) => [code, 'refused', /KMS key/] as const,
  ),
  ['EncryptedVolumesNotSupported', 'refused', /no encrypted volumes/],
  ...['OperationNotPermitted', 'UnsupportedOperation', 'UnsupportedOperationException', 'Unsupported'].map(
    (code) => [code, 'refused', /EC2 does not do this/] as const,
  ),
  ['TagPolicyViolation', 'refused', /tag policy/],
  ['TagLimitExceeded', 'refused', /50 tags/],
  ['InvalidSnapshot.InUse', 'refused', /image/],
  ...['InvalidInstanceId', 'UnsupportedPlatformType', 'DuplicateInstanceId'].map(
    (code) => [code, 'refused', /agent/] as const,
  ),
  ...['InvalidDocument', 'InvalidDocumentVersion', 'InvalidParameters', 'MaxDocumentSizeExceeded'].map(
    (code) => [code, 'refused', /register the documents/] as const,
  ),
  ['InvalidParameterValue', 'refused', /what its sentence names/],
  ...['InsufficientCapacityOnHost', 'ReservationCapacityExceeded', 'UnfulfillableCapacity'].map(
    (code) => [code, 'slow', /another type, another zone/] as const,
  ),
  ...['InvalidHostState', 'IncorrectSpotRequestState'].map((code) => [code, 'slow', /state/] as const),
  ...['SpotMaxPriceTooLow', 'MaxSpotInstanceCountExceeded'].map((code) => [code, 'refused', /Spot/] as const),
  ...['ServiceQuotaExceededException', 'ResourceCountExceeded'].map((code) => [code, 'refused', /Quotas/] as const),
  ...['RegionDisabledException', 'ForbiddenException', 'UnauthorizedException', 'InvalidIdentityToken'].map(
    (code) => [code, 'unsent', /credentials/] as const,
  ),
  ['SlowDown', 'throttled', /others in this account/],
  ['NonEBSInstance', 'refused', /by hand/],
  ...['InvalidParameterCombination', 'MissingParameter', 'UnknownParameter', 'ValidationException'].map(
    (code) => [code, 'refused', /fault of zonehop/] as const,
  ),
]

test.each(EXPECTED)('%s is %s', (code, means, about) => {
  const rows = ROWS.filter(({ codes }) => codes.includes(code))
  expect(rows).toHaveLength(1)
  expect(rows[0]).toMatchObject({ means, remedy: expect.stringMatching(about) })
})

test('each code stands in the table once, and is told with what to do, whatever status it comes with', () => {
  const codes = ROWS.flatMap((row) => row.codes)
  expect(new Set(codes).size).toBe(codes.length)
  for (const { means, codes, remedy } of ROWS) {
    if (means === 'gone') continue
    for (const code of codes) {
      if (code === 'UnreadableAnswer') continue
      for (const status of STATUSES) {
        const answer = sortError(thrown(code, status), { call: 'attach' })
        expect(answer).toMatchObject({ ...MEANINGS[means], code, remedy })
      }
    }
  }
})

test.each([
  [
    'InsufficientInstanceCapacity',
    'We currently do not have sufficient c5.large capacity in the Availability Zone you requested (us-east-1a). You can currently get c5.large capacity by not specifying an Availability Zone in your request or choosing us-east-1b, us-east-1c.',
    'us-east-1b, us-east-1c',
  ],
  [
    'Unsupported',
    'Your requested instance type is not supported in your requested zone (us-gov-west-1a). Please retry by choosing us-gov-west-1b, us-west-2-lax-1a, us-gov-west-1b.',
    'us-gov-west-1b, us-west-2-lax-1a',
  ],
])('%s is told with the zones that EC2 offers instead', (code, message, zones) => {
  const answer = sortError(Object.assign(thrown(code), { message }), { call: 'instances' })
  expect(answer).toMatchObject({ code, remedy: expect.stringMatching(new RegExp(`; EC2 offers ${zones}$`)) })
})

test('a zone that EC2 only speaks of is none that it offers', () => {
  const error = Object.assign(thrown('InsufficientInstanceCapacity'), { message: 'No capacity in us-east-1a.' })
  expect(sortError(error, { call: 'instances' })).not.toMatchObject({ remedy: expect.stringMatching(/offers/) })
})

describe('nobody knows whether a call took effect', () => {
  test.each([400, 403, 429, 500, 502, 503, 504, 599, undefined])('after a code that is not known (%s)', (status) => {
    expect(sortError(thrown('SomethingNew', status), { call: 'restore' })).toEqual({
      outcome: 'unknown',
      code: 'SomethingNew',
      problem: 'as EC2 says it',
      remedy: 'zonehop does not know this code: look in EC2 whether it was done',
    })
  })

  const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' })
  const html = Object.assign(new SyntaxError("Unexpected token '<' Deserialization error: to see the raw response"), {
    $response: { statusCode: 500 },
  })
  test.each<[string, unknown, string, string]>([
    ['a timeout behind the request', Object.assign(thrown('TimeoutError'), { code: 'ETIMEDOUT' }), 'TimeoutError', ''],
    ['a call that was broken off', thrown('AbortError'), 'AbortError', ''],
    ['a connection that broke', reset, 'ECONNRESET', ''],
    ['an answer that broke off', coded('ERR_STREAM_PREMATURE_CLOSE'), 'ERR_STREAM_PREMATURE_CLOSE', ''],
    ['an answer that is no HTTP', coded('HPE_INVALID_CONSTANT'), 'UnreadableAnswer', 'a proxy, perhaps'],
    ['a message that is no text', Object.assign(new Error('x'), { message: 7 }), 'Error', ''],
    [
      'a network that was gone while a connection stood',
      Object.assign(new Error('read EHOSTUNREACH'), { code: 'EHOSTUNREACH', syscall: 'read' }),
      'ECONNRESET',
      '',
    ],
    [
      'an answer that was not understood',
      new SyntaxError('Unexpected token <'),
      'UnreadableAnswer',
      'a proxy, perhaps',
    ],
    ['a page in place of an answer', html, 'UnreadableAnswer', 'with HTTP status 500: a proxy, perhaps'],
    ['a bug of our own', new TypeError('x is not a function'), 'TypeError', ''],
    ['metadata without a status', Object.assign(thrown('SomethingNew'), { $metadata: {} }), 'SomethingNew', ''],
    ['something without a name', {}, 'NoAnswer', ''],
    ['a text that was thrown', 'broken', 'NoAnswer', ''],
    ['nothing at all', undefined, 'NoAnswer', ''],
  ])('after %s', (_, error, code, problem) => {
    const answer = sortError(error, { call: 'restore' })
    expect(answer).toMatchObject({ outcome: 'unknown', code, problem: expect.stringContaining(problem) })
  })

  test('and the words of a parser reach nobody', () => {
    expect(errorWords(html)).toBe(
      'AWS answered UnreadableAnswer (something other than AWS answered, with HTTP status 500: a proxy, perhaps)',
    )
  })
})

describe('what never reached AWS did certainly not take effect', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:443'), {
    ...{ code: 'ECONNREFUSED', syscall: 'connect' },
  })
  const every = Object.assign(new AggregateError([refused], ''), { code: 'ECONNREFUSED' })
  const late = Object.assign(new Error('connect ETIMEDOUT'), { code: 'ETIMEDOUT', syscall: 'connect' })
  const unnamed = Object.assign(new Error('getaddrinfo ENOTFOUND ec2'), { code: 'ENOTFOUND', syscall: 'getaddrinfo' })
  const handshake = Object.assign(
    new Error('Client network socket disconnected before secure TLS connection was established'),
    { code: 'ECONNRESET' },
  )
  const handler = thrown('TimeoutError', undefined, 'the request socket did not establish a connection within 2000 ms.')
  test.each<[string, unknown, string]>([
    ['no credentials', thrown('CredentialsProviderError'), 'CredentialsProviderError'],
    ['a connection that was refused', refused, 'ECONNREFUSED'],
    ['every address refused', every, 'ECONNREFUSED'],
    ['no connection in time, by the system', late, 'NotConnected'],
    ['no connection in time, by the SDK', handler, 'NotConnected'],
    ['a name that was not found', unnamed, 'ENOTFOUND'],
    ...[
      'CERT_HAS_EXPIRED',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'ERR_SSL_WRONG_VERSION_NUMBER',
    ].map((code): [string, unknown, string] => [`a connection that TLS refused, ${code}`, coded(code), code]),
    ['plain HTTP where TLS was spoken', coded('EPROTO', 'write'), 'EPROTO'],
    ['a connection that was reset within the handshake', handshake, 'NotConnected'],
    ...['EPERM', 'EACCES', 'EMFILE', 'ECONNRESET'].map((code): [string, unknown, string] => [
      `no connection, ${code}`,
      coded(code, 'connect'),
      'NotConnected',
    ]),
    ['a name service that failed', coded('EAI_FAIL', 'getaddrinfo'), 'NotConnected'],
  ])('%s', (_, error, code) => {
    expect(sortError(error, { call: 'snapshot' })).toMatchObject({ ...MEANINGS.unsent, code })
    expect(isOutOfReach(error)).toBe(true)
  })

  test('whose fault a service says it is stands before the code', () => {
    expect(sortError(thrown('Client.RequestLimitExceeded'), { call: 'snapshot' })).toMatchObject(MEANINGS.throttled)
    expect(sortError(thrown('Server.InternalError'), { call: 'snapshot' })).toMatchObject(MEANINGS.unknown)
  })

  test('what TLS refuses is about certificates, and not said to be an answer', () => {
    expect(sortError(coded('CERT_HAS_EXPIRED'), { call: 'snapshot' })).toMatchObject({
      remedy: expect.stringMatching(/proxy that opens TLS.*clock/),
    })
    expect(errorWords(coded('CERT_HAS_EXPIRED'))).toMatch(/^AWS does not answer /)
  })

  test('what AWS itself answers is within reach', () => {
    expect(isOutOfReach(thrown('RequestLimitExceeded', 503))).toBe(false)
    expect(isOutOfReach(thrown('InternalError', 500))).toBe(false)
    expect(isOutOfReach(thrown('TimeoutError'))).toBe(true)
  })
})

describe('the same code means another thing for another call', () => {
  const GONE = { outcome: 'later', retryMs: 15_000, patienceMs: 5 * MINUTE }
  test.each<[string, Call, Partial<Answer>]>([
    ['InvalidVolume.NotFound', 'delete', { outcome: 'taken', resource: null }],
    ['InvalidSnapshot.NotFound', 'delete', { outcome: 'taken', resource: null }],
    ['InvalidAttachment.NotFound', 'detach', { outcome: 'unknown' }],
    ['InvalidVolume.NotFound', 'snapshot', { outcome: 'refused' }],
    ['InvalidInstanceID.NotFound', 'instances', { outcome: 'refused' }],
    ['InvalidInstanceID.NotFound', 'command', { outcome: 'refused' }],
    ['InvalidSnapshot.NotFound', 'restore', GONE as Partial<Answer>],
    ['InvalidVolume.NotFound', 'attach', GONE as Partial<Answer>],
    ['InvalidVolume.NotFound', 'check', GONE as Partial<Answer>],
    ['InvalidVolume.NotFound', 'tag', GONE as Partial<Answer>],
    ['VolumeInUse', 'attach', { outcome: 'unknown' }],
    ['VolumeInUse', 'delete', { outcome: 'later' }],
  ])('%s at %s', (code, call, answer) => {
    expect(sortError(thrown(code, 400), { call })).toMatchObject(answer)
  })

  test('a snapshot too soon behind one without an answer may be its second', () => {
    const error = thrown('SnapshotCreationPerVolumeRateExceeded', 400)
    expect(sortError(error, { call: 'snapshot' })).toMatchObject({ outcome: 'later', retryMs: 15_000 })
    expect(sortError(error, { call: 'snapshot', isRepeated: true })).toMatchObject({ outcome: 'unknown' })
  })

  test('a token whose volume EC2 took back is refused, and the key is named', () => {
    const sentence = 'The client token you have provided is associated with a resource that is already deleted.'
    const answer = sortError(thrown('IdempotentParameterMismatch', 400, sentence), { call: 'restore' })
    expect(answer).toMatchObject({ outcome: 'refused', remedy: expect.stringContaining('KMS key') })
  })

  test('a device that is taken is named as such', () => {
    const sentence = "Invalid value '/dev/sdf' for unixDevice. Attachment point /dev/sdf is already in use"
    const answer = sortError(thrown('InvalidParameterValue', 400, sentence), { call: 'attach' })
    expect(answer).toMatchObject({ outcome: 'refused', remedy: expect.stringContaining('device is taken') })
  })
})

describe('a copy that asks for an initialization rate', () => {
  const RATED = { call: 'restore', hasRate: true } as const

  test.each([
    'VolumeInitializationRateLimitExceeded',
    'InsufficientVolumeCapacity',
    'InvalidParameter',
    'InvalidParameterValue',
    'InvalidParameterCombination',
    'UnknownParameter',
    'UnsupportedOperation',
    'UnauthorizedOperation',
  ])('%s is told with its code, and ends that attempt at once', (code) => {
    const answer = { outcome: 'refused', code: RATE_REFUSED, problem: `${code}: as EC2 says it` }
    expect(sortError(thrown(code, 400), RATED)).toMatchObject(answer)
    expect(sortError(thrown(code, 400), { call: 'restore' })).toMatchObject({ code })
  })

  test('so is a code that nobody knows, where its own words name the rate', () => {
    const named = thrown('RateNotHere', 400, 'VolumeInitializationRate is not supported in this Region.')
    expect(sortError(named, RATED)).toMatchObject({ outcome: 'refused', code: RATE_REFUSED })
    expect(sortError(thrown('RateNotHere', 400), RATED)).toMatchObject({ outcome: 'unknown', code: 'RateNotHere' })
  })

  test.each(['RequestLimitExceeded', 'InternalError', 'VolumeLimitExceeded', 'IdempotentParameterMismatch'])(
    '%s has nothing to do with it',
    (code) => {
      const error = thrown(code, 400, 'of a volume initialization rate')
      expect(sortError(error, RATED)).toEqual(sortError(error, { call: 'restore' }))
    },
  )

  test('behind an attempt without an answer it is looked for first, as long as EC2 may hide it', () => {
    const error = thrown('VolumeInitializationRateLimitExceeded', 400)
    const answer = { outcome: 'unknown', code: RATE_REFUSED, patienceMs: 315_000 }
    expect(sortError(error, { ...RATED, isRepeated: true })).toMatchObject(answer)
  })
})
