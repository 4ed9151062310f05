// One call to the simulated EBS direct APIs, of which zonehop needs a single one: REST with JSON, the action in method and path.
import { takes } from '../ec2/world/buckets.ts'
import { happens } from '../ec2/world/faults.ts'
import { CALLER, regionOf } from '../ec2/world/store.ts'
import type { Hosts } from '../ssm/entities.ts'
import type { Output } from '../ssm/json.ts'
import { EbsError, isEbsCode, refuseEbs } from './errors.ts'
import { type Asked, listChangedBlocks } from './list-changed-blocks.ts'

/** How one call ended; `lost` means that the connection broke. */
export type EbsAnswer =
  | { readonly kind: 'answered'; readonly body: Output }
  | { readonly kind: 'refused'; readonly error: EbsError }
  | { readonly kind: 'lost' }

const ACTION = 'ListChangedBlocks'
/** Fifty requests a second and account (quotas of the EBS direct APIs); a burst of one second is chosen, since AWS names none. */
const BUCKET = { burst: 50, perSecond: 50 }

/** Whether a request is for the EBS direct APIs, whose paths all begin so. */
export function isOfEbs(address: string): boolean {
  return address.startsWith('/snapshots/')
}

/** Answers one call and counts it among those that are not EC2's. A refusal is a value; only a bug of the simulator throws. */
export function performEbs(hosts: Hosts, method: string, address: string): EbsAnswer {
  const { store, counts } = hosts
  store.hooks.settle()
  try {
    const asked = askedBy(method, address)
    failBefore(hosts, asked)
    const body = listChangedBlocks(store, asked)
    count(counts.calls, ACTION)
    return isLost(hosts) ? { kind: 'lost' } : { kind: 'answered', body }
  } catch (error) {
    if (!(error instanceof EbsError)) throw error
    count(counts.refused, error.code)
    return { kind: 'refused', error }
  }
}

function askedBy(method: string, address: string): Asked {
  const { pathname, searchParams: query } = new URL(address, 'http://ebs')
  const second = method === 'GET' ? /^\/snapshots\/([^/]+)\/changedblocks$/.exec(pathname)?.[1] : undefined
  if (second !== undefined) return { second, query }
  return refuseEbs('UnknownOperationException', null, `${method} ${pathname} is not known.`)
}

/** One-shots and policies are shared with EC2, whose actions have other names. */
function failBefore({ store, faults }: Hosts, { second }: Asked): void {
  const planned = store.once.failing.findIndex(({ action }) => action === ACTION)
  if (planned >= 0) {
    const [{ code } = { code: '' }] = store.once.failing.splice(planned, 1)
    refuseEbs(isEbsCode(code) ? code : 'InternalServerException', null, `The next ${ACTION} was to fail with ${code}.`)
  }
  if (store.isThrottling && !takes(store, ACTION, BUCKET, 1)) throttledByEbs()
  if (store.denied.has(ACTION)) {
    const resource = `arn:aws:ec2:${regionOf(store.zones[0]?.name ?? '')}::snapshot/${second}`
    const why = `User: ${CALLER} is not authorized to perform: ebs:${ACTION} on resource: ${resource}`
    refuseEbs('AccessDeniedException', 'UNAUTHORIZED_ACCOUNT', why)
  }
  if (happens(store, faults.throttle, `throttle ${ACTION}`)) throttledByEbs()
  if (happens(store, faults.serverError, `error ${ACTION}`))
    refuseEbs('InternalServerException', null, 'An internal error has occurred.')
}

function throttledByEbs(): never {
  refuseEbs('RequestThrottledException', 'ACCOUNT_THROTTLED', 'Rate exceeded')
}

function isLost({ store, faults }: Hosts): boolean {
  const planned = store.once.lost.indexOf(ACTION)
  if (planned >= 0) store.once.lost.splice(planned, 1)
  return planned >= 0 || happens(store, faults.lostResponse, `response of ${ACTION}`)
}

function count(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1
}
