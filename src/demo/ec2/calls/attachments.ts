// Attaching and detaching. Neither has a token, so a repetition meets the state the first one left; an attachment may stick,
// and a detach of what is mounted stays busy until it is unmounted, forced, or the instance stops.
import type { Attachment, Instance, Volume } from '../world/entities.ts'
import { refuse } from '../world/errors.ts'
import { sticks } from '../world/faults.ts'
import { indexAttachment } from '../world/indexes.ts'
import { attachmentState, attachmentsOf, instanceState, lastWriteMs, volumeState, writtenGib } from '../world/states.ts'
import { instanceOf, type Store, shortly, volumeOf } from '../world/store.ts'
import { type Body, given, isTrue, type Params, text } from '../world/wire.ts'
import { attachmentLimit, isNitro } from './instances/type-table.ts'
import { attachmentView, checkManaged, volumesOn } from './volumes.ts'

/** Ms that an attach or a detach takes: "most within 1-4 s" (EBS CSI driver). */
const MOVING_MS = { least: 1_000, most: 4_000 }
const SHARED_MAX = 16
/** The device names that are allowed on Linux; `/dev/sda1` and `/dev/xvda` are those of roots. */
const DEVICE = /^(\/dev\/)?(sd[a-z][1-9]?[0-5]?|xvd[a-z][a-z]?[1-9]?|hd[a-z][1-9]?[0-5]?)$/

/**
 * Answers AttachVolume. Refuses with VolumeInUse, IncorrectState, AttachmentLimitExceeded, UnsupportedOperation,
 * InvalidVolume.ZoneMismatch, or InvalidParameterValue for a device that is wrong or in use.
 */
export function attachVolume(store: Store, params: Params): () => Body {
  const volume = volumeOf(store, given(params, 'VolumeId'))
  const instance = instanceOf(store, given(params, 'InstanceId'))
  const device = given(params, 'Device')
  if (!DEVICE.test(device)) {
    refuse(
      'InvalidParameterValue',
      `Value (${device}) for parameter device is invalid. ${device} is not a valid EBS device name.`,
    )
  }
  return () => {
    checkAttachable(store, volume, instance)
    checkRoom(store, instance, device)
    const key = `${volume.key} to ${instance.key}`
    const attachment: Attachment = {
      instance: instance.id,
      device,
      beganAtMs: store.now(),
      attachedAtMs: sticks(store, instance.id, key)
        ? Number.POSITIVE_INFINITY
        : shortly(store, `attach ${key}`, MOVING_MS),
      deleteOnTermination: false,
      isMounted: false,
      detachAskedAtMs: null,
      detachedAtMs: Number.POSITIVE_INFINITY,
    }
    volume.attachments = [...volume.attachments, attachment]
    indexAttachment(store, volume, instance.id)
    setWriting(store, volume)
    return attachmentView(volume, attachment, store.now())
  }
}

function checkAttachable(store: Store, volume: Volume, instance: Instance): void {
  const nowMs = store.now()
  const state = volumeState(volume, nowMs)
  const held = attachmentsOf(volume, nowMs)
  if (state === 'in-use' && (!volume.isMultiAttach || held.some((one) => one.instance === instance.id))) {
    refuse('VolumeInUse', `${volume.id} is already attached to an instance`)
  }
  if (state !== 'available' && state !== 'in-use') refuse('IncorrectState', `${volume.id} is not 'available'.`)
  if (held.length >= SHARED_MAX)
    refuse('AttachmentLimitExceeded', `${volume.id} is attached to ${SHARED_MAX} instances`)
  if (volume.isMultiAttach && !isNitro(instance.type)) {
    refuse('UnsupportedOperation', `Multi-attach volumes cannot be attached to ${instance.type} instances.`)
  }
  const power = instanceState(instance, nowMs)
  if (power !== 'running' && power !== 'stopped') {
    refuse('IncorrectState', `Instance '${instance.id}' is not 'running' or 'stopped'.`)
  }
  if (volume.zone !== instance.zone) {
    const where = `is not in the same availability zone as instance '${instance.id}'`
    refuse('InvalidVolume.ZoneMismatch', `The volume '${volume.id}' ${where}`)
  }
}

function checkRoom(store: Store, instance: Instance, device: string): void {
  const there = volumesOn(store, instance.id)
  if (there.some(({ attachment }) => attachment.device === device)) {
    const taken = `Attachment point ${device} is already in use`
    refuse('InvalidParameterValue', `Invalid value '${device}' for unixDevice. ${taken}`)
  }
  const limit = attachmentLimit(instance.type)
  if (there.length >= limit) {
    refuse('AttachmentLimitExceeded', `The maximum number of volumes (${limit}) for ${instance.id} is reached.`)
  }
}

/**
 * Answers DetachVolume; what is mounted on a running instance stays `busy` unless it is forced. Refuses with
 * IncorrectState where nothing is attached or, unless it is forced, where the detach has begun already,
 * InvalidAttachment.NotFound, or OperationNotPermitted for a root.
 */
export function detachVolume(store: Store, params: Params): () => Body {
  const volume = volumeOf(store, given(params, 'VolumeId'))
  const instanceId = text(params, 'InstanceId')
  const instance = instanceId ? instanceOf(store, instanceId) : null
  return () => {
    checkManaged(volume)
    const attachment = attachmentIn(store, volume, instance, text(params, 'Device'))
    const host = store.instances.get(attachment.instance)
    const isRunning = host !== undefined && instanceState(host, store.now()) !== 'stopped'
    if (isRunning && attachment.device === host.rootDevice) {
      refuse('OperationNotPermitted', `Unable to detach root volume '${volume.id}' from instance '${host.id}'`)
    }
    const isForced = isTrue(params, 'Force')
    if (attachment.detachAskedAtMs !== null && !isForced) {
      inState(volume, attachmentState(attachment, store.now()))
    }
    attachment.detachAskedAtMs ??= store.now()
    if (isForced || !(isRunning && attachment.isMounted)) letGo(store, volume, attachment)
    return attachmentView(volume, attachment, store.now())
  }
}

function attachmentIn(store: Store, volume: Volume, instance: Instance | null, device: string | null): Attachment {
  const held = attachmentsOf(volume, store.now())
  if (held.length === 0) inState(volume, volumeState(volume, store.now()))
  if (volume.isMultiAttach && !instance) {
    refuse('MissingParameter', 'An instance ID is required to detach a Multi-Attach volume')
  }
  const fits = ({ instance: id, device: at }: Attachment) =>
    (!instance || id === instance.id) && (!device || at === device)
  const missing = `The volume '${volume.id}' is not attached to instance '${instance?.id ?? ''}'${device ? ` as device '${device}'` : ''}.`
  return held.find(fits) ?? refuse('InvalidAttachment.NotFound', missing)
}

function inState({ id }: Volume, state: string): never {
  refuse('IncorrectState', `Volume '${id}' is in the '${state}' state.`)
}

function letGo(store: Store, volume: Volume, attachment: Attachment, atMs = store.now()): void {
  if (attachment.detachedAtMs !== Number.POSITIVE_INFINITY) return
  attachment.detachedAtMs = shortly(store, `detach ${volume.key} of ${attachment.instance}`, MOVING_MS, atMs)
  setWriting(store, volume, { atMs })
}

/** A host mounts or unmounts a file system. A detach that was busy goes on once it is unmounted. */
export function setMounted(
  store: Store,
  { volume, attachment }: { readonly volume: Volume; readonly attachment: Attachment },
  { isMounted, atMs = store.now() }: { readonly isMounted: boolean; readonly atMs?: number },
): void {
  attachment.isMounted = isMounted
  if (!isMounted && attachment.detachAskedAtMs !== null) letGo(store, volume, attachment, atMs)
}

/**
 * Counts what was written up to `atMs`; from then on the volume writes at its rate, or nothing where it is not in use
 * or quiet.
 */
export function setWriting(
  store: Store,
  volume: Volume,
  { isQuiet = false, atMs = store.now() }: { readonly isQuiet?: boolean; readonly atMs?: number } = {},
): void {
  const isUsed = attachmentsOf(volume, atMs).some(({ instance, detachedAtMs }) => {
    const host = store.instances.get(instance)
    return host?.goal === 'running' && detachedAtMs === Number.POSITIVE_INFINITY
  })
  const gibPerHour = isUsed && !isQuiet ? volume.writesGibPerHour : 0
  // What was quiet and stays so was last written when it became quiet.
  if (gibPerHour === 0 && volume.writes.gibPerHour === 0) return
  const sinceMs = gibPerHour === 0 ? lastWriteMs(volume, atMs) : atMs
  volume.writes = { gib: writtenGib(volume, atMs), sinceMs, gibPerHour }
}
