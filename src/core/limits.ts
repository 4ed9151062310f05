// Every limit, with its source. Nothing here is a preference; what people choose is configuration.

/** For how long EC2 may not yet show what it made (EC2 eventual consistency: "up to five minutes"). */
export const VISIBILITY_WINDOW_MS = 5 * 60_000
/** Values one EC2 filter takes (EC2 API: 200 a filter). */
export const FILTER_VALUES_MAX = 200
/** Volumes a DescribeVolumes page (what the EBS CSI driver uses in production). */
export const VOLUMES_PAGE_MAX = 500
/** Snapshots a DescribeSnapshots page (EC2 pagination: 1,000). */
export const SNAPSHOTS_PAGE_MAX = 1000
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
/** Lines of volumes in a status message: one screen of a phone, and far below Slack's 3,000 characters a section. */
export const STATUS_LINES_MAX = 25
