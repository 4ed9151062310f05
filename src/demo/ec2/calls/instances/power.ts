// Stopping, starting and terminating instances. What a host was writing stops with it; a member of an Auto Scaling group that
// stops is terminated by its group.

import type { Attachment, Instance } from '../../world/entities.ts'
import { refuse } from '../../world/errors.ts'
import { indexLeaving } from '../../world/indexes.ts'
import { type InstanceState, instanceState, isGone, TERMINATED_SHOWN_MS } from '../../world/states.ts'
import { instanceOf, type Store, shortly } from '../../world/store.ts'
import type { Body, Params } from '../../world/wire.ts'
import { setWriting } from '../attachments.ts'
import { idsIn, volumesOn } from '../volumes.ts'
import { stateView } from './view.ts'

const SWITCHING_MS = { least: 20_000, most: 60_000 }
/** Ms until an Auto Scaling group notices that a member is not healthy. */
const GROUP_NOTICES_MS = 60_000

/** Answers StopInstances. Refuses with IncorrectInstanceState where one is neither running, stopping nor stopped. */
export function stopInstances(store: Store, params: Params): () => Body {
  return switched(store, params, 'stopped')
}

/** Answers StartInstances. Refuses with IncorrectInstanceState where one is neither stopped, pending nor running. */
export function startInstances(store: Store, params: Params): () => Body {
  return switched(store, params, 'running')
}

/** Answers TerminateInstances; for an instance that is shutting down, or terminated already, it changes nothing. */
export function terminateInstances(store: Store, params: Params): () => Body {
  const instances = idsIn(params, 'InstanceId').map((id) => instanceOf(store, id))
  return () =>
    changes(store, instances, (instance) => {
      const state = instanceState(instance, store.now())
      if (state === 'shutting-down' || state === 'terminated') return
      terminate(store, instance, state === 'stopped' ? store.now() : shutDown(store, instance))
      store.hooks.turned(instance)
    })
}

/** All or none: one instance that cannot be switched refuses the call. */
function switched(store: Store, params: Params, goal: Instance['goal']): () => Body {
  const instances = idsIn(params, 'InstanceId').map((id) => instanceOf(store, id))
  return () => {
    for (const instance of instances) checkSwitchable(store, instance, goal)
    return changes(store, instances, (instance) => {
      if (instance.goal !== goal) turn(store, instance, goal)
    })
  }
}

function checkSwitchable(store: Store, instance: Instance, goal: Instance['goal']): void {
  const state = instanceState(instance, store.now())
  const fine = goal === 'running' ? ['stopped', 'running', 'pending'] : ['running', 'stopped', 'stopping']
  if (fine.includes(state)) return
  const verb = goal === 'running' ? 'started' : 'stopped'
  refuse('IncorrectInstanceState', `The instance '${instance.id}' is not in a state from which it can be ${verb}.`)
}

function turn(store: Store, instance: Instance, goal: Instance['goal']): void {
  instance.goal = goal
  instance.turnedAtMs = store.now()
  instance.settlesAtMs = shortly(store, `${goal} ${instance.key}`, SWITCHING_MS)
  if (goal === 'running') instance.launchedAtMs = store.now()
  const isMember = instance.tags['aws:autoscaling:groupName'] !== undefined
  if (goal === 'stopped' && isMember) terminate(store, instance, instance.settlesAtMs + GROUP_NOTICES_MS)
  for (const { volume, attachment } of volumesOn(store, instance.id)) {
    if (goal === 'stopped') unmount(attachment, instance.settlesAtMs)
    setWriting(store, volume)
  }
  store.hooks.turned(instance)
}

/** A host that stops unmounts everything; a detach that was busy has ended by then. */
function unmount(attachment: Attachment, atMs: number): void {
  attachment.isMounted = false
  if (attachment.detachAskedAtMs !== null) attachment.detachedAtMs = Math.min(attachment.detachedAtMs, atMs)
}

/** When an instance that is not stopped will have shut down; one that is stopped is terminated at once. */
function shutDown(store: Store, instance: Instance): number {
  instance.shutsDownFromMs = store.now()
  return shortly(store, `terminate ${instance.key}`, SWITCHING_MS)
}

/** Terminates an instance at `atMs`: volumes with DeleteOnTermination go with it, the others are detached. */
function terminate(store: Store, instance: Instance, atMs: number): void {
  // Its group may have planned to do so later.
  instance.deletedAtMs = Math.min(instance.deletedAtMs ?? Number.POSITIVE_INFINITY, atMs + TERMINATED_SHOWN_MS)
  // An instance that is stopping already goes on with that.
  if (instance.goal === 'running') {
    Object.assign(instance, { goal: 'stopped', turnedAtMs: store.now(), settlesAtMs: atMs })
  }
  for (const { volume, attachment } of volumesOn(store, instance.id)) {
    attachment.detachedAtMs = Math.min(attachment.detachedAtMs, atMs)
    setWriting(store, volume)
    if (attachment.deleteOnTermination && !isGone(volume, atMs)) indexLeaving(store, volume, atMs)
  }
}

function changes(store: Store, instances: readonly Instance[], change: (instance: Instance) => void): Body {
  const rows = instances.map((instance) => {
    const before: InstanceState = instanceState(instance, store.now())
    change(instance)
    return {
      instanceId: instance.id,
      currentState: stateView(instanceState(instance, store.now())),
      previousState: stateView(before),
    }
  })
  return { instancesSet: rows }
}
