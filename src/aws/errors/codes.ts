// AWS's error codes, and what each means for the very call that it answers: whether the call took effect, whether it is
// made again and for how long, and what people should do about the thing that is wrong. Sources: EC2's error code
// reference; the errors that the models of SSM, KMS and Service Quotas name for our calls; the EBS CSI driver.
//
// A code that is known outranks the HTTP status it comes with. Of a code that is not known nobody can say whether the
// call took effect: it is looked for, and the code is told.

/**
 * What a code means for the call. `throttled`, `soon` and `slow`: it did not take effect and is made again, sooner or
 * later. `queued`: the same, behind work of EC2's that may take hours. `unsent`: it never reached AWS. `gone`: what it is
 * about is not there. `unknown`: it may have taken effect. `refused`: it did not and will not.
 */
export type Means = 'throttled' | 'soon' | 'slow' | 'queued' | 'unsent' | 'gone' | 'unknown' | 'refused'

/** One row: codes of one meaning, with what to do about them. */
export type Row = { readonly means: Means; readonly remedy: string; readonly codes: readonly string[] }

const CREDENTIALS = "look at the credentials of zonehop's workers, and at their clock"
const PERMISSION = "give zonehop's role this permission (iam-policy.json), then retry"
export const KEY_REMEDY =
  'look at the KMS key of the volume: enable it, and let zonehop use it (iam-policy.json), then retry'
const ACCOUNT = 'look at the AWS account: EC2 does not serve it just now'
const QUOTA = 'ask for more in Service Quotas, or delete what is not needed, then retry'
const CAPACITY =
  'EC2 has none left of this type in the zone: wait, or choose another type, another zone or a capacity reservation'
const BUG = 'this is a fault of zonehop: report it with the code and the sentence; abort, or do this step by hand'
const THROTTLED = 'others in this account call EC2 too: stop what can wait'
const NETWORK = "look at the network and the name service of zonehop's workers"
const AWS_TROUBLE = 'AWS has trouble of its own: see the AWS Health Dashboard'

const CERTIFICATE =
  "look at what stands between zonehop's workers and AWS (a proxy that opens TLS wants NODE_EXTRA_CA_CERTS), and at their clock"

/** Codes of Node and OpenSSL for a connection that TLS refuses, before anything is sent over it (Node's X509 certificate error codes). */
const TLS_CODES: readonly string[] = [
  'CERT_CHAIN_TOO_LONG',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'EPROTO',
  'HOSTNAME_MISMATCH',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
  'UNABLE_TO_DECRYPT_CERT_SIGNATURE',
  'UNABLE_TO_GET_CRL',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'NotTrusted',
]

/** Whether a code of Node says that TLS refused the connection; OpenSSL has more reasons than a list holds. */
export function isOfTls(code: string): boolean {
  return TLS_CODES.includes(code) || /^(ERR_(SSL|TLS)|CRL|ERROR_IN_C)_/.test(code)
}

/** Names for a request that went out, and of which nothing came back. */
export const NO_ANSWERS: readonly string[] = [
  'TimeoutError',
  'AbortError',
  'RequestAbortedError',
  'ECONNABORTED',
  'ECONNRESET',
  'ENETRESET',
  'EPIPE',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ETIMEDOUT',
]

/** The table. Each code stands in it once. */
export const ROWS: readonly Row[] = [
  {
    means: 'throttled',
    remedy: THROTTLED,
    codes: [
      'RequestLimitExceeded',
      'Throttling',
      'ThrottlingException',
      'ThrottledException',
      'RequestThrottled',
      'RequestThrottledException',
      'TooManyRequestsException',
      'RateExceeded',
      'EC2ThrottledException',
      'SlowDown',
      'BandwidthLimitExceeded',
      'PriorRequestNotComplete',
      'TransactionInProgressException',
    ],
  },
  {
    means: 'soon',
    remedy: 'somebody else changes tags of the same volume just now',
    codes: ['ConcurrentTagAccess'],
  },
  {
    means: 'slow',
    remedy: `${CREDENTIALS}: AWS takes the request for too old`,
    codes: ['RequestExpired', 'RequestTimeTooSkewed', 'InvalidSignatureException'],
  },
  {
    means: 'slow',
    remedy: CREDENTIALS,
    codes: [
      'AuthFailure',
      'ExpiredToken',
      'ExpiredTokenException',
      'SignatureDoesNotMatch',
      'IncompleteSignature',
      'IncompleteSignatureException',
      'InvalidClientTokenId',
      'UnrecognizedClientException',
      'MissingAuthenticationToken',
      'MissingAuthenticationTokenException',
      'NotAuthorized',
    ],
  },
  {
    means: 'slow',
    remedy: 'EC2 wants 15 seconds between two snapshots of one volume: suspend what else takes them',
    codes: ['SnapshotCreationPerVolumeRateExceeded'],
  },
  {
    means: 'queued',
    remedy:
      'older snapshots of the volume are pending, and EC2 takes no more of it: wait for them, and suspend what takes them',
    codes: ['ConcurrentSnapshotLimitExceeded', 'PendingSnapshotLimitExceeded'],
  },
  {
    means: 'queued',
    remedy: 'EC2 changes the size or type of the volume just now: wait until it is done',
    codes: ['IncorrectModificationState', 'VolumeModificationSizeLimitExceeded', 'VolumeModificationRateExceeded'],
  },
  {
    means: 'slow',
    remedy: 'the volume or its instance is not in the state that this needs: look at both in EC2',
    codes: [
      'IncorrectState',
      'IncorrectInstanceState',
      'InvalidState',
      'InvalidInstanceState',
      'IncorrectStateException',
      'ResourceLimitExceeded',
      'OperationInProgress',
      'InvalidHostState',
      'InvalidCapacityReservationState',
      'IncorrectSpotRequestState',
    ],
  },
  {
    means: 'slow',
    remedy: CAPACITY,
    codes: [
      'InsufficientInstanceCapacity',
      'InsufficientVolumeCapacity',
      'InsufficientCapacity',
      'InsufficientHostCapacity',
      'InsufficientReservedInstanceCapacity',
      'InsufficientCapacityOnHost',
      'ReservationCapacityExceeded',
      'UnfulfillableCapacity',
    ],
  },
  {
    means: 'refused',
    remedy: 'EC2 initializes no more volumes at a set rate: it is asked for again without one',
    codes: ['VolumeInitializationRateLimitExceeded'],
  },
  {
    means: 'unsent',
    remedy: `${CREDENTIALS}: none were found, so nothing was sent`,
    codes: [
      'CredentialsProviderError',
      'TokenProviderError',
      'ProviderError',
      'CredentialsError',
      'NoCredentials',
      'ExpiredTokenProviderError',
      // Of STS, SSO and the provider of an identity, which are asked for credentials before anything is sent.
      'ForbiddenException',
      'UnauthorizedException',
      'InvalidGrantException',
      'InvalidIdentityToken',
      'InvalidIdentityTokenException',
      'IDPCommunicationError',
      'IDPRejectedClaim',
      'RegionDisabledException',
      'PackedPolicyTooLarge',
    ],
  },
  {
    means: 'unsent',
    remedy: CERTIFICATE,
    codes: TLS_CODES,
  },
  {
    means: 'unsent',
    remedy: NETWORK,
    codes: [
      'ECONNREFUSED',
      'ENOTFOUND',
      'EAI_AGAIN',
      'EHOSTUNREACH',
      'ENETUNREACH',
      'ENETDOWN',
      'EADDRNOTAVAIL',
      'NotConnected',
    ],
  },
  {
    means: 'unknown',
    remedy: NETWORK,
    codes: NO_ANSWERS,
  },
  {
    means: 'gone',
    remedy: 'it is not there, or EC2 does not show it yet: look whether somebody deleted it',
    codes: [
      'InvalidVolume.NotFound',
      'InvalidVolumeID.NotFound',
      'InvalidSnapshot.NotFound',
      'InvalidSnapshotID.NotFound',
      'InvalidInstanceID.NotFound',
      'InvalidAttachment.NotFound',
      'InvalidAttachmentID.NotFound',
      'InvalidID',
      'ResourceNotFound',
    ],
  },
  {
    means: 'unknown',
    remedy: 'the volume is attached already: see to which instance',
    codes: ['VolumeInUse'],
  },
  {
    means: 'unknown',
    remedy: 'EC2 made something by this request before: look for it by its tag zonehop:move',
    codes: ['IdempotentParameterMismatch', 'IdempotentInstanceTerminated', 'RequestIdempotentParameterMismatch'],
  },
  {
    means: 'unknown',
    remedy: AWS_TROUBLE,
    codes: [
      'InternalError',
      'InternalFailure',
      'InternalServerError',
      'InternalServerException',
      'InternalServiceError',
      'InternalServiceException',
      'KMSInternalException',
      'DependencyTimeoutException',
      'ServiceException',
      'ServerInternal',
      'Unavailable',
      'ServiceUnavailable',
      'ServiceUnavailableException',
      'RequestTimeout',
      'RequestTimeoutException',
      'RetryableError',
      'UnreadableAnswer',
    ],
  },
  {
    means: 'refused',
    remedy: PERMISSION,
    codes: ['UnauthorizedOperation', 'AccessDenied', 'AccessDeniedException', 'OperationNotPermittedException'],
  },
  {
    means: 'refused',
    remedy:
      'the successor is a Spot instance that EC2 does not start as it was asked for: read its sentence, or choose another one',
    codes: ['SpotMaxPriceTooLow', 'MaxSpotInstanceCountExceeded'],
  },
  {
    means: 'refused',
    remedy: ACCOUNT,
    codes: [
      'Blocked',
      'OptInRequired',
      'PendingVerification',
      'AccountDisabled',
      'SubscriptionRequiredException',
      'AccountSuspended',
    ],
  },
  {
    means: 'refused',
    remedy: QUOTA,
    codes: [
      'VolumeLimitExceeded',
      'SnapshotLimitExceeded',
      'MaxIOPSLimitExceeded',
      'VolumeIOPSLimit',
      'VcpuLimitExceeded',
      'InstanceLimitExceeded',
      'DiskImageSizeTooLarge',
      'LimitExceededException',
      'QuotaExceededException',
      'ServiceQuotaExceededException',
      'ResourceCountExceeded',
      'HostLimitExceeded',
    ],
  },
  {
    means: 'refused',
    remedy: 'detach something from the successor or choose a larger instance, then retry',
    codes: ['AttachmentLimitExceeded', 'CardAttachmentLimitExceeded', 'InvalidEbsCardIndex'],
  },
  {
    means: 'refused',
    remedy: 'the successor must stand in the target zone; correct zonehop:successor and start again',
    codes: ['InvalidVolume.ZoneMismatch', 'InvalidVolumeID.ZoneMismatch', 'InvalidInstance.ZoneMismatch'],
  },
  {
    means: 'refused',
    remedy:
      'the target zone does not have this type of volume: choose another target zone, or change the type of the source, then start again',
    codes: ['VolumeTypeNotAvailableInZone', 'VolumeTypeNotAvailableInRegion', 'UnknownVolumeType', 'InvalidVolumeType'],
  },
  {
    means: 'refused',
    remedy: 'the zone is not there or not open to this account: look at the name of the target zone',
    codes: ['InvalidZone.NotFound', 'InvalidAvailabilityZone', 'ZoneNotAvailable'],
  },
  {
    means: 'refused',
    remedy: KEY_REMEDY,
    codes: [
      'CustomerKeyHasBeenRevoked',
      'InvalidKmsKey.InvalidState',
      'InvalidKmsKeyId',
      'InvalidKmsKeyId.Malformed',
      'KmsKeyNotFound',
      'KMSKeyNotAccessibleFault',
      'KMSInvalidStateException',
      'KMSInvalidStateFault',
      'KeyUnavailableException',
      'DisabledException',
      'InvalidArnException',
      'InvalidGrantTokenException',
    ],
  },
  {
    means: 'refused',
    remedy: 'the successor is of a type that takes no encrypted volumes: choose another instance, then start again',
    codes: ['EncryptedVolumesNotSupported'],
  },
  {
    means: 'refused',
    remedy:
      'EC2 does not do this with this volume or instance (a root volume, a product code, a type that the zone lacks): read its sentence; stop the instance, or do this step by hand, then retry',
    codes: [
      'OperationNotPermitted',
      'UnsupportedOperation',
      'UnsupportedOperationException',
      'UnsupportedInstanceAttribute',
      'Unsupported',
      'UnsupportedHostConfiguration',
      'BootForVolumeTypeUnsupported',
      'InstanceTpmEkPubNotFound',
      'InvalidVolume.Unsupported',
      'NonEBSInstance',
      'UnsupportedInstanceTypeOnHost',
      'IncompatibleHostRequirements',
    ],
  },
  {
    means: 'refused',
    remedy:
      "an organisation's tag policy, or EC2's limit of 50 tags, refuses the tags: change the policy, or take tags off the source, then retry",
    codes: ['TagPolicyViolation', 'TagLimitExceeded', 'InvalidTagKey.Malformed'],
  },
  {
    means: 'refused',
    remedy:
      'an image, a lock or a rule of the Recycle Bin needs the snapshot: let go of it there, or keep the snapshot',
    codes: ['InvalidSnapshot.InUse', 'SnapshotLocked', 'DependencyViolation', 'ResourceInUse'],
  },
  {
    means: 'refused',
    remedy:
      'the instance does not answer SSM: see that it runs, that its agent is online and its profile allows it, then retry',
    codes: [
      'InvalidInstanceId',
      'InvalidInstanceID',
      'InvalidTarget',
      'TargetNotConnected',
      'UnsupportedPlatformType',
      'DuplicateInstanceId',
    ],
  },
  {
    means: 'refused',
    remedy: "register the documents of ssm/ in this account and region (README: What a service's hosts do), then retry",
    codes: [
      'InvalidDocument',
      'InvalidDocumentVersion',
      'InvalidDocumentContent',
      'InvalidDocumentSchemaVersion',
      'InvalidDocumentOperation',
      'DocumentNotFound',
      'MaxDocumentSizeExceeded',
      'InvalidParameters',
      'InvalidRole',
      'InvalidOutputFolder',
      'InvalidNotificationConfig',
    ],
  },
  {
    means: 'refused',
    remedy: 'EC2 knows no such id or state: look at the volume, the snapshot and the instance in EC2, then retry',
    codes: [
      'InvalidVolumeID.Malformed',
      'InvalidVolumeID.Duplicate',
      'InvalidVolumeID.DuplicateResource',
      'InvalidSnapshotID.Malformed',
      'InvalidInstanceID.Malformed',
      'InvalidInstanceID.NotLinkable',
      'InvalidInstanceAttributeValue',
      'InvalidSnapshot.InvalidState',
      'InvalidVolume.InvalidState',
      'InvalidBlockDeviceMapping',
      'InvalidDevice.InUse',
    ],
  },
  {
    means: 'refused',
    remedy:
      'EC2 does not take a value of this call: put right what its sentence names (a type, IOPS, a device, a tag), then retry',
    codes: ['InvalidParameterValue', 'ParameterTooLarge'],
  },
  {
    means: 'refused',
    remedy: BUG,
    codes: [
      'InvalidAction',
      'InvalidCharacter',
      'InvalidParameter',
      'InvalidParameterCombination',
      'InvalidParameterDependency',
      'InvalidPaginationToken',
      'InvalidPaginationTokenException',
      'InvalidNextToken',
      'InvalidFilterKey',
      'InvalidFilter',
      'FilterLimitExceeded',
      'InvalidQueryParameter',
      'MalformedQueryString',
      'MissingAction',
      'MissingParameter',
      'UnknownParameter',
      'UnsupportedProtocol',
      'ValidationError',
      'ValidationException',
      'IllegalArgumentException',
      'NoSuchResourceException',
      'SerializationException',
      'RequestResourceCountExceeded',
    ],
  },
]

const BY_CODE: ReadonlyMap<string, Row> = new Map(ROWS.flatMap((row) => row.codes.map((code) => [code, row] as const)))

/** Of a code that stands in no row. */
const UNKNOWN: Row = {
  means: 'unknown',
  remedy: 'zonehop does not know this code: look in EC2 whether it was done',
  codes: [],
}

/** The table's row for a code; a row of its own for a code that is not known. */
export function rowFor(code: string): Row {
  // Some services say whose fault it is before the code.
  const known = BY_CODE.get(code) ?? BY_CODE.get(code.replace(/^(Client|Server)\./, ''))
  return known ?? (isOfTls(code) ? BY_CODE.get('NotTrusted') : undefined) ?? UNKNOWN
}

/**
 * Codes that a CreateVolume may get for its initialization rate alone: its quota is spent, capacity lacks, or a region, an
 * Outpost or a policy does not have it. EC2 documents the first one; the others it has for any parameter.
 */
const OF_RATE: readonly string[] = [
  'VolumeInitializationRateLimitExceeded',
  'InsufficientVolumeCapacity',
  'InsufficientCapacity',
  'InvalidParameter',
  'InvalidParameterValue',
  'InvalidParameterCombination',
  'InvalidParameterDependency',
  'UnknownParameter',
  'Unsupported',
  'UnsupportedOperation',
  'OperationNotPermitted',
  'UnauthorizedOperation',
]

/**
 * Whether EC2 may take the same CreateVolume without its initialization rate. Of a code that stands in no row only its own
 * words can tell.
 */
export function mayBeOfRate(code: string, problem: string): boolean {
  const saysSo = /initialization ?rate/i.test(`${code} ${problem}`)
  return OF_RATE.includes(code) || (saysSo && rowFor(code) === UNKNOWN)
}
