// Every limit, with its source. Nothing here is a preference; what people choose is configuration.

/** For how long EC2 may not yet show what it made (EC2 eventual consistency: "up to five minutes"). */
export const VISIBILITY_WINDOW_MS = 5 * 60_000
/** Longer than one call may take with its HTTP timeout; until then the first caller may still be at it. */
export const ANSWER_WITHIN_MS = 15_000
/** After `issued`, or after entries may have been lost: what a worker called then is shown by EC2 at the latest. */
export const SHOWN_AFTER_MS = VISIBILITY_WINDOW_MS + ANSWER_WITHIN_MS
/** Volumes a DescribeVolumes page (what the EBS CSI driver uses in production). */
export const VOLUMES_PAGE_MAX = 500
/** Snapshots a DescribeSnapshots page (EC2 pagination: 1,000). */
export const SNAPSHOTS_PAGE_MAX = 1000
/** Values a filter of a describe (EC2 API: 200). */
export const FILTER_VALUES_MAX = 200
/**
 * Between the clocks of Redis, EC2, Slack and a process: further apart, no migration starts. Slack and AWS refuse signatures that
 * are five minutes off, and visibility windows are as long.
 */
export const CLOCKS_APART_MAX_MS = 60_000
/** Resources a CreateTags call; EC2 takes 1,000, fewer keeps a refused one small. */
export const TAGGED_MAX = 200
/** Observation while something short is in flight on the critical path: attach takes 1 to 4 s (EBS CSI driver). */
export const OBSERVE_SHORT_MS = 2_000
/** Observation while only snapshots run. */
export const OBSERVE_LONG_MS = 15_000
/** Observation at the rarest: a person waits no longer than this for news. */
export const OBSERVE_MAX_MS = 120_000
/** "Wait at least 15 seconds between concurrent volume snapshots" (EC2 error reference); other slow refusals likewise. */
export const RETRY_SLOW_MS = 15_000
/** Two seconds between winning `issued` and calling; a slower process may have been suspended, so it does not call. */
export const CALL_WITHIN_MS = 2_000
/** From looking again to calling: two looks at a slow EC2, the one under way and its own. A person may act meanwhile. */
export const LOOK_WITHIN_MS = 30_000
/** The point of no return rests on facts that began within this: one that EC2 cannot follow leaves both zones down. */
export const SEEN_WITHIN_MS = 30_000
/** For how long an approval stands unspent: what was shown to who gave it grows old. No outage waits for a start or a cleanup. */
export const APPROVED_MAX_MS = {
  start: Number.POSITIVE_INFINITY,
  freeze: 10 * 60_000,
  goLive: 30 * 60_000,
  cleanup: Number.POSITIVE_INFINITY,
} as const
/** Real ms without a look at EC2 behind which an abort goes on by hand: a single look may fail, and be tried four times. */
export const BLIND_AFTER_MS = 60_000
/** Automatic new generations of a step that failed for the same reason: then people are asked. */
export const SAME_FAILURES_MAX = 3
/** Real ms for which a call may stand without a worker taking it: a killed worker's work goes on in 4 to 8 s. */
export const UNTAKEN_MAX_MS = 60_000
/** Lines of volumes in a status message: one screen of a phone, and far below Slack's 3,000 characters a section. */
export const STATUS_LINES_MAX = 25
/** Tags a resource (EC2). */
export const TAGS_MAX = 50
/** Tags that zonehop writes on a source: plan, frozen, phase, aborted, left. */
export const ZONEHOP_TAGS_MAX = 5
/** "stuck attaching" is detached and tried again after this (EBS CSI driver, stuckAttachingTimeout). */
export const ATTACHING_MAX_MS = 90_000
/** "most within 1-4 s" (EBS CSI driver): what is longer at it is held by something on its host, and is not forced. */
export const DETACHING_MAX_MS = 120_000
/** Both hosts of a replica are asked again, each time for four entries: within the outage, while it syncs, once it is in sync. */
export const ASK_FROZEN_MS = 5_000
export const ASK_SYNCING_MS = 60_000
export const ASK_SYNCED_MS = 5 * 60_000
/** A document that has not ended by now is told; the documents shipped in ssm/ end themselves after 10 minutes. */
export const COMMAND_MAX_MS = 12 * 60_000
/** Instances a DescribeInstances page (EC2 pagination: 1,000). */
export const INSTANCES_PAGE_MAX = 1000
/** Instance types a DescribeInstanceTypes call (EC2 API: 100). */
export const INSTANCE_TYPES_MAX = 100
/** Commands a ListCommands page (SSM API: 50). */
export const COMMANDS_PAGE_MAX = 50
/** SendCommand's TimeoutSeconds: a host that has not taken the command by then never does. SSM takes 30 at the least. */
export const DELIVERY_TIMEOUT_SECONDS = 30
/** A host refuses a command this long after it was sent: delivery, and a host's clock that is a little off. */
export const COMMAND_VALID_MS = 90_000

/** A token bucket: so many at once, and so many a second after. */
export type Rate = { readonly burst: number; readonly perSecond: number }

/**
 * "A set number of tokens is added back to it every second" (EC2 API throttling): a call may come before those of its second are
 * there, so as many of the burst are kept back. Of the rate it is one in a hundred, by which EC2's bucket recovers from a call of
 * others.
 */
const ours = (burst: number, perSecond: number): Rate => ({ burst: burst - perSecond, perSecond: perSecond * 0.99 })
/**
 * Rates of each kind of call, a little below EC2's own ("Request throttling for the Amazon EC2 API", request token buckets, per
 * account and region). SSM publishes none for SendCommand: as careful as with EC2's scarcest.
 */
export const CALLS = {
  snapshot: ours(100, 5),
  restore: ours(100, 5),
  attach: ours(50, 5),
  detach: ours(50, 5),
  delete: ours(100, 5),
  check: ours(50, 5),
  tag: ours(100, 10),
  instances: ours(5, 2),
  command: ours(5, 2),
} as const satisfies Readonly<Record<string, Rate>>
/**
 * How a bucket gives way when EC2 refuses a call although it had a token: others of the account call too. The factor is that of
 * the AWS SDK's own limiter (smithy DefaultRateLimiter: beta 0.7; so has CUBIC, RFC 9438), the least is its least fill rate (0.5
 * a second, a tenth of most of EC2's). Refusals of calls that were under way together are one: unless EC2 is slow, an answer
 * takes less than a second.
 */
export const GIVE_WAY = { factor: 0.7, leastShare: 0.1, asOneMs: 1_000 } as const
/** From the least share back to the whole rate. EC2's largest bucket is full again after 20 s; an outage is over in minutes. */
export const RATE_BACK_MS = 2 * 60_000
/** Instances a SendCommand (SSM API: 50 InstanceIds). */
export const HOSTS_MAX = 50
