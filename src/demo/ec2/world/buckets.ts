// EC2's request token buckets: one for each action, some for their instances too. They refill with the time that passes.
import { refuse } from './errors.ts'
import type { Store } from './store.ts'
import { list, type Params, records, text } from './wire.ts'

/** How many tokens a bucket holds, and how many it gets back a second. */
export type Size = { readonly burst: number; readonly perSecond: number }

const DESCRIBE: Size = { burst: 100, perSecond: 20 }
const UNFILTERED: Size = { burst: 50, perSecond: 10 }
const MUTATE: Size = { burst: 50, perSecond: 5 }
const WIDE: Size = { burst: 100, perSecond: 5 }

const SMALLER_UNFILTERED = new Set([
  'DescribeInstances',
  'DescribeInstanceStatus',
  'DescribeSnapshots',
  'DescribeVolumes',
])

const OWN: Readonly<Record<string, Size>> = {
  CreateSnapshot: WIDE,
  CreateSnapshots: WIDE,
  CreateVolume: WIDE,
  DeleteSnapshot: WIDE,
  DeleteVolume: WIDE,
  TerminateInstances: WIDE,
  CreateTags: { burst: 100, perSecond: 10 },
  DeleteTags: { burst: 100, perSecond: 10 },
  StartInstances: { burst: 5, perSecond: 2 },
}

/** Further buckets of these actions, from which each instance they name takes a token. */
const BY_RESOURCE: Readonly<Record<string, Size>> = {
  StartInstances: { burst: 1000, perSecond: 2 },
  StopInstances: { burst: 1000, perSecond: 20 },
  TerminateInstances: { burst: 1000, perSecond: 20 },
}

/**
 * Takes the tokens of this call. Refuses with RequestLimitExceeded where a bucket has too few; that one then loses
 * none.
 */
export function takeToken(store: Store, action: string, params: Params): void {
  if (!store.isThrottling) return
  const isWhole = records(params, 'Filter').length === 0 && text(params, 'MaxResults') === null
  const isSmall = isWhole && SMALLER_UNFILTERED.has(action)
  take(store, isSmall ? `${action} unfiltered` : action, isSmall ? UNFILTERED : sizeOf(action), 1)
  const byResource = BY_RESOURCE[action]
  if (byResource) take(store, `${action} instances`, byResource, list(params, 'InstanceId').length)
}

function sizeOf(action: string): Size {
  return OWN[action] ?? (action.startsWith('Describe') ? DESCRIBE : MUTATE)
}

function take(store: Store, name: string, size: Size, amount: number): void {
  if (!takes(store, name, size, amount)) throttled()
}

/** Whether the bucket of this name has so many tokens, which it then has no more. */
export function takes(store: Store, name: string, { burst, perSecond }: Size, amount: number): boolean {
  const nowMs = store.now()
  const before = store.buckets.get(name) ?? { tokens: burst, atMs: nowMs }
  const tokens = Math.min(burst, before.tokens + (Math.max(0, nowMs - before.atMs) * perSecond) / 1000)
  store.buckets.set(name, { tokens: tokens >= amount ? tokens - amount : tokens, atMs: nowMs })
  return tokens >= amount
}

/** Refuses with RequestLimitExceeded, which EC2 answers as a server error (503). */
export function throttled(): never {
  refuse('RequestLimitExceeded', 'Request limit exceeded.')
}
