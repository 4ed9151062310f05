// What goes wrong: by chance, from the seed, and once on purpose. Chances are from 0 to 1 and 0 where not given. Whatever
// strikes before the effect leaves the world as it was; what strikes after it leaves the caller not knowing.

import { throttled } from './buckets.ts'
import { refuse } from './errors.ts'
import type { Store } from './store.ts'
import { type Params, text } from './wire.ts'

/** The connection broke, `before` or `after` the effect, as the message says; the caller only hears nothing. */
export class ConnectionLost extends Error {}

/**
 * Throws what goes wrong before the effect: ConnectionLost, or an Ec2Error with the code a scenario set,
 * RequestLimitExceeded or InternalError.
 */
export function failBefore(store: Store, action: string, params: Params): void {
  const { faults, once } = store
  const isSilent = once.silent.some((one) => one.action === action && one.resource === text(params, 'VolumeId'))
  if (isSilent) throw new ConnectionLost('before')
  const planned = once.failing.findIndex(
    (one) => one.action === action && (one.volume === undefined || one.volume === text(params, 'VolumeId')),
  )
  if (planned >= 0) {
    const [{ code } = { code: 'InternalError' }] = once.failing.splice(planned, 1)
    refuse(code, `The next ${action} was to fail with ${code}.`)
  }
  if (strikes(store, faults.throttle, `throttle ${action}`, params)) throttled()
  if (strikes(store, faults.serverError, `error ${action}`, params))
    refuse('InternalError', 'An internal error has occurred')
  if (strikes(store, faults.lostRequest, `request of ${action}`, params)) throw new ConnectionLost('before')
}

/** Throws what goes wrong although the effect stands: ConnectionLost, or an Ec2Error with Unavailable. */
export function failAfter(store: Store, action: string, params: Params): void {
  const planned = store.once.lost.indexOf(action)
  if (planned >= 0) {
    store.once.lost.splice(planned, 1)
    throw new ConnectionLost('after')
  }
  if (strikes(store, store.faults.lostResponse, `response of ${action}`, params)) throw new ConnectionLost('after')
  if (strikes(store, store.faults.serverErrorAfter, `unavailable ${action}`, params)) {
    refuse('Unavailable', 'The service is unavailable. Please try again shortly.')
  }
}

/** Whether the attachment that begins now stays at `attaching`, because a scenario says so or by chance. */
export function sticks(store: Store, instanceId: string, key: string): boolean {
  const planned = store.once.sticking.indexOf(instanceId)
  if (planned >= 0) store.once.sticking.splice(planned, 1)
  return planned >= 0 || happens(store, store.faults.stuckAttachment, `stuck ${key}`)
}

/** Whether chance strikes under this name, whose first word is the kind of fault; `probability` is from 0 to 1, and undefined means never. */
export function happens(store: Store, probability: number | undefined, name: string): boolean {
  const isHit = probability !== undefined && store.chance.drawNext(name) < probability
  if (isHit) store.hooks.struck(name.split(' ')[0] ?? name)
  return isHit
}

function strikes(store: Store, probability: number | undefined, what: string, params: Params): boolean {
  const subject = text(params, 'VolumeId') ?? text(params, 'SnapshotId') ?? text(params, 'InstanceId') ?? ''
  return happens(store, probability, `${what} ${subject}`)
}
