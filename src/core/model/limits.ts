// Every limit, with its source. Nothing here is a preference; what people choose is configuration.

/** For how long EC2 may not yet show what it made (EC2 eventual consistency: "up to five minutes"). */
export const VISIBILITY_WINDOW_MS = 5 * 60_000
/**
 * Longer than one call may take with its HTTP timeout; until then the first caller may still be waiting for its answer.
 */
export const ANSWER_WITHIN_MS = 15_000
/**
 * EC2 shows what a worker called by this time after `issued`, or after the time at which entries may have been lost.
 */
export const SHOWN_AFTER_MS = VISIBILITY_WINDOW_MS + ANSWER_WITHIN_MS
/** Volumes per DescribeVolumes page (what the EBS CSI driver uses in production). */
export const VOLUMES_PAGE_MAX = 500
/** Snapshots per DescribeSnapshots page (EC2 pagination: 1,000). */
export const SNAPSHOTS_PAGE_MAX = 1000
/** Values of all filters of a describe call together (EC2 API: 200). */
export const FILTER_VALUES_MAX = 200
/**
 * Difference between the clocks of Redis, EC2, Slack and a process; beyond it no migration starts. Slack and AWS refuse
 * signatures that are five minutes off, and visibility windows are as long.
 */
export const CLOCKS_APART_MAX_MS = 60_000
/** A call makes its thing by this time after it was issued, by whichever of the clocks. */
export const MADE_WITHIN_MS = ANSWER_WITHIN_MS + CLOCKS_APART_MAX_MS
/** Resources per CreateTags call; EC2 takes 1,000, and fewer keeps a refused one small. */
export const TAGGED_MAX = 200
/**
 * Pause between observations while something short is in flight on the critical path: attach takes 1 to 4 s (EBS CSI
 * driver).
 */
export const OBSERVE_SHORT_MS = 2_000
/**
 * The same pause within an outage at first: attach, copy and open take 1 to 4 s each, one after the other, and half of a pause is lost at
 * each. A look is six describe calls or so a page, at most three of a kind, of which EC2 gives 20 a second back (EC2 API throttling).
 */
export const OBSERVE_BRIEF_MS = 600
/** Pause between observations while only snapshots run, and none that the outage waits for may be over before that. */
export const OBSERVE_LONG_MS = 15_000
/** Longest pause between observations: a person waits no longer than this for news. */
export const OBSERVE_MAX_MS = 120_000
/**
 * "Wait at least 15 seconds between concurrent volume snapshots" (EC2 error reference). Other refusals that pass slowly
 * are retried after the same time.
 */
export const RETRY_SLOW_MS = 15_000
/** A call that AWS has not taken for long is repeated more slowly, but at least as often as this. */
export const RETRY_SLOWEST_MS = 60_000
/** Longest time between winning `issued` and calling. A slower process may have been suspended, so it does not call. */
export const CALL_WITHIN_MS = 2_000
/**
 * From the start of the recheck to the call: it allows for two looks at a slow EC2, the one under way and its own. A
 * person may act meanwhile, so a call that would come later is not made.
 */
export const LOOK_WITHIN_MS = 30_000
/**
 * The point of no return rests on facts that began within this time: one that EC2 cannot follow leaves both zones down.
 */
export const SEEN_WITHIN_MS = 30_000
/**
 * For how long an unspent approval counts: what the approver was shown grows old. No outage waits for a start or a
 * cleanup.
 */
export const APPROVED_MAX_MS = {
  start: Number.POSITIVE_INFINITY,
  freeze: 10 * 60_000,
  goLive: 30 * 60_000,
  cleanup: Number.POSITIVE_INFINITY,
} as const
/** How long a plan waits for an answer to `start`, while it holds its volumes. Nothing was touched, so it ends by itself. */
export const START_ENDS_MS = 24 * 3_600_000
/**
 * Real ms without a look at EC2 after which an abort goes on by hand: a single look may fail, and is tried four times.
 */
export const BLIND_AFTER_MS = 60_000
/**
 * For how long AWS cannot be read, at two looks or more, before people are told: one broken connection is no news, and
 * nobody should wait a minute without a word. In ms of Clock.
 */
export const BLIND_TELLS_MS = 20_000
/** Pause between looks while AWS cannot be read. */
export const BLIND_LOOK_MS = 5_000
/** It is told again that AWS cannot be read only so long after it could: it may come and go, and others may read it all the while. */
export const BLIND_AGAIN_MS = 3 * 60_000
/** How long a job waits that AWS would not get; a process ends its jobs within 8 s. */
export const UNREACHED_MS = 3_000
/** How often a plan that waits for its start is looked at anew: a red one, for which people wait, and a green one. */
export const RESURVEY_RED_MS = 30_000
export const RESURVEY_GREEN_MS = 5 * 60_000
/** After so many failures of a step in a row for the same reason its message has no Retry: a person has to look first, and types it. */
export const SAME_FAILURES_MAX = 3
/** Real ms for which a call may stand without a worker taking it: a killed worker's work goes on in 4 to 8 s. */
export const UNTAKEN_MAX_MS = 60_000
/** Lines of volumes in a status message: with what stands above them they fill the screen of a phone. */
export const STATUS_LINES_MAX = 8
/** Tags per resource (EC2). */
export const TAGS_MAX = 50
/**
 * An attachment that takes longer is stuck, and has failed. The EBS CSI driver detaches it then and tries again
 * (stuckAttachingTimeout).
 */
export const ATTACHING_MAX_MS = 90_000
/**
 * "most within 1-4 s" (EBS CSI driver): a detachment that takes longer is held up by something on its host; it is not
 * forced.
 */
export const DETACHING_MAX_MS = 120_000
/**
 * Pause between two questions to both hosts of a replica within the outage. Each question costs four journal entries.
 */
export const ASK_FROZEN_MS = 5_000
/** The same pause before the outage while the last answer left doubts, as it does during a sync. */
export const ASK_SYNCING_MS = 60_000
/** The same pause before the outage once the last answer left no doubt. */
export const ASK_SYNCED_MS = 5 * 60_000
/** A document that has not ended by now is reported; the documents shipped in ssm/ end themselves after 10 minutes. */
export const COMMAND_MAX_MS = 12 * 60_000
/** Instances per DescribeInstances page (EC2 pagination: 1,000). */
export const INSTANCES_PAGE_MAX = 1000
/** Instance types per DescribeInstanceTypes call (EC2 API: 100). */
export const INSTANCE_TYPES_MAX = 100
/** Commands per ListCommands page (SSM API: 50). */
export const COMMANDS_PAGE_MAX = 50
/**
 * SendCommand's TimeoutSeconds: a host that has not taken the command by then never does. SSM takes no less than 30.
 */
export const DELIVERY_TIMEOUT_SECONDS = 30
/**
 * A host refuses a command this long after it was sent: time for delivery, and for a host's clock that is a little off.
 */
export const COMMAND_VALID_MS = 90_000

/** A token bucket: `burst` calls at once, and then `perSecond` calls a second. */
export type Rate = { readonly burst: number; readonly perSecond: number }

/**
 * "A set number of tokens is added back to it every second" (EC2 API throttling). A call may come before the tokens of
 * its second are there, so as many tokens of the burst are kept back. Of the rate one in a hundred is kept back, by
 * which EC2's bucket recovers from a call of others.
 */
const ours = (burst: number, perSecond: number): Rate => ({ burst: burst - perSecond, perSecond: perSecond * 0.99 })
/**
 * The rate of each kind of call, a little below EC2's own ("Request throttling for the Amazon EC2 API", request token
 * buckets, per account and region). SSM publishes none for SendCommand, so it is as careful as with EC2's scarcest.
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
 * How a bucket gives way when EC2 refuses a call that had a token, since others in the account call too. The factor is
 * that of the AWS SDK's limiter (smithy DefaultRateLimiter: beta 0.7; CUBIC's too, RFC 9438), the least share its least
 * fill rate (0.5 a second, a tenth of most of EC2's). Refusals of calls that were under way together count as one:
 * unless EC2 is slow, an answer takes less than a second.
 */
export const GIVE_WAY = { factor: 0.7, leastShare: 0.1, asOneMs: 1_000 } as const
/**
 * How long a rate grows from the least share back to the whole. EC2's largest bucket is full again after 20 s, and an
 * outage is over in minutes.
 */
export const RATE_BACK_MS = 2 * 60_000
/**
 * Rates in MiB/s at which EC2 initializes a restored volume: the least and the most for one volume (CreateVolume,
 * VolumeInitializationRate), and the quota of a region for all that are initialized at once (EBS quotas). Rates are
 * spread in steps of `step`, which is ours: finer ones would shorten nothing that anybody notices.
 */
export const INITIALIZATION_MIBPS = { least: 100, most: 300, region: 5_000, step: 10 } as const
/**
 * Pause between two questions how far copies are initialized. EC2's answer may be five minutes old (DescribeVolumeStatus),
 * so asking more often shows nothing more.
 */
export const ASK_INITIALIZATION_MS = 60_000
/** Instances per SendCommand call (SSM API: 50 InstanceIds). */
export const HOSTS_MAX = 50
