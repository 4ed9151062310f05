// EC2's error codes, sorted by what to do about them (EC2 error reference; EBS CSI driver). An unknown code counts as
// a refusal: that one move stops and shows the code, and a person looks into it.

import { RETRY_SLOW_MS } from '../core/model/limits.ts'
import { TOLD_MAX, theirs } from '../core/model/text.ts'
import type { Answer } from '../core/ports.ts'

const RETRY = new Set([
  'RequestLimitExceeded',
  'Throttling',
  'ThrottlingException',
  'RequestExpired',
  'ConcurrentTagAccess',
])
const RETRY_MS = 2_000
const SLOW = new Set([
  'ConcurrentSnapshotLimitExceeded',
  'PendingSnapshotLimitExceeded',
  'ResourceLimitExceeded',
  'IncorrectState',
  'InvalidState',
  'IncorrectModificationState',
  'InsufficientVolumeCapacity',
])
/** The call may have taken effect already: only observing EC2 can show that, repeating the call cannot. */
const VERIFY = new Set([
  'VolumeInUse',
  'IdempotentParameterMismatch',
  'SnapshotCreationPerVolumeRateExceeded',
  'InternalError',
  'InternalFailure',
  'ServerInternal',
  'Unavailable',
  'ServiceUnavailable',
])
const REMEDIES: Readonly<Record<string, string>> = {
  UnauthorizedOperation: "give zonehop's role this permission, then retry",
  VolumeLimitExceeded: 'ask for more EBS storage in Service Quotas, then retry',
  AttachmentLimitExceeded: 'detach something from the successor or choose a larger instance, then retry',
  'InvalidVolume.ZoneMismatch':
    'the successor must stand in the target zone; correct zonehop:successor and start again',
}

/**
 * What an error that the SDK threw means for the call. A known code outranks the HTTP status. Otherwise no status, or a
 * 5xx, is `unknown`, since the request may have arrived.
 */
export function sortError(error: unknown): Answer {
  const {
    name = 'NoAnswer',
    message = '',
    $metadata,
  } = error as Partial<Error> & { $metadata?: { httpStatusCode?: number } }
  const code = theirs(name)
  const status = $metadata?.httpStatusCode
  if (RETRY.has(code)) return { outcome: 'later', code, retryMs: RETRY_MS }
  if (SLOW.has(code)) return { outcome: 'later', code, retryMs: RETRY_SLOW_MS }
  if (VERIFY.has(code) || status === undefined || status >= 500) return { outcome: 'unknown', code }
  return {
    outcome: 'refused',
    code,
    problem: theirs(message, TOLD_MAX),
    remedy: REMEDIES[code] ?? 'look at the volume in EC2, put it right, then retry',
  }
}
