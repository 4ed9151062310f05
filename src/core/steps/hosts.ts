// What a service's hosts do, as effects: stop writing, write again, open, and the documents in between. It is done by
// hand, by stopping and starting instances, or by one of the documents in ssm/.

import { isOfEarlierFreeze, movesOf } from '../journal/services.ts'
import { effectId, SERVICE_DOCUMENTS, type ServiceEffect, type ServiceStep } from '../model/effects.ts'
import { HOSTS_MAX } from '../model/limits.ts'
import type { Migration } from '../model/migration.ts'
import { hostOf, rowsOf } from '../model/moves.ts'
import type { Service, SourceVolume } from '../model/plan.ts'
import { ruleOf } from '../model/rules.ts'
import { ofService } from '../model/subjects.ts'
import { code, isPlainName } from '../model/text.ts'
import { currentGeneration, nextGeneration } from './generations.ts'

/**
 * The effects of one step: `freeze` and `unfreeze` on the source's hosts, everything else on the successors. There are
 * several if the service has more hosts than a call takes; they are intended together.
 */
export function serviceEffects(m: Migration, service: Service, step: ServiceStep): ServiceEffect[] {
  const { name } = service
  const moves = movesOf(m, name)
  const isAtSource = step === 'freeze' || step === 'unfreeze'
  const hosts = [...new Set(moves.map((move) => (isAtSource ? hostOf(move) : move.successor)))].sort()
  const work = workOf(m, service, step)
  return Array.from({ length: Math.ceil(hosts.length / HOSTS_MAX) }, (_, index) => {
    const instances = hosts.slice(index * HOSTS_MAX, (index + 1) * HOSTS_MAX)
    const direction = step === 'unfreeze' ? ('back' as const) : ('forward' as const)
    const base = { subject: ofService(name, index + 1), step, generation: 1, direction, service: name, instances }
    const effect = currentGeneration(m, { ...base, work })
    return AFTER_A_FREEZE.has(step) ? anewAfterFreeze(m, effect) : effect
  })
}

/**
 * What is done anew after another freeze: the service may have written since, its copies are new ones, and what a freeze that was
 * found on the way back has stopped is started once more.
 */
const AFTER_A_FREEZE: ReadonlySet<ServiceStep> = new Set<ServiceStep>(['freeze', 'afterAttach', 'verify', 'unfreeze'])

/** The effect; a new generation of it where it was intended before the newest freeze of its service. */
export function anewAfterFreeze(m: Migration, effect: ServiceEffect): ServiceEffect {
  const state = m.effects.get(effectId(effect))
  return state && isOfEarlierFreeze(m, effect.service, state) ? nextGeneration(effect) : effect
}

/**
 * The `unfreeze` of a service on hosts that the plan does not know any more. The plan may not know the service either.
 */
export function strayEffect(m: Migration, name: string, instances: readonly string[]): ServiceEffect {
  const known = m.plan.services.find((service) => service.name === name)
  const method = known?.method ?? ruleOf(m.rules.services, name)?.freeze ?? 'manual'
  const called = isPlainName(name) ? name : 'its service'
  const todo = instances.map((id) => `on ${id}: mount what ${called} has there, then start ${called}`)
  const work = {
    manual: { method: 'manual', todo },
    document: { method: 'document', document: SERVICE_DOCUMENTS.unfreeze },
    'stop-instances': { method: 'start-instances' },
  } as const
  const base = { subject: { of: 'strays', service: name }, step: 'unfreeze', generation: 1, direction: 'back' } as const
  return currentGeneration(m, { ...base, service: name, instances, work: work[method] })
}

function workOf(m: Migration, service: Service, step: ServiceStep): ServiceEffect['work'] {
  const isDocumentOnly = step === 'afterAttach' || step === 'verify' || step === 'hook'
  if (isDocumentOnly || service.method === 'document') return { method: 'document', document: SERVICE_DOCUMENTS[step] }
  if (service.method === 'manual') return { method: 'manual', todo: todoOf(m, service.name, step) }
  return { method: step === 'freeze' ? 'stop-instances' : 'start-instances' }
}

/** What a person does, step by step. */
function todoOf(m: Migration, service: string, step: ServiceStep): string[] {
  return rowsOf(movesOf(m, service)).map(({ volume, successor, route }) => {
    const name = calledOn(service, volume.id)
    if (route === 'replica') return replicaTodo(name, step, step === 'open' ? successor : volume.instance)
    if (step === 'freeze') return `on ${volume.instance}: stop ${name}, then ${mounting('sync and unmount', volume)}`
    return `on ${step === 'unfreeze' ? volume.instance : successor}: ${mounting('mount', volume)}, then start ${name}`
  })
}

/**
 * What people call a service where they read commands. A name that could be taken for one is not among them: the volume
 * says which service is meant.
 */
export function calledOn(service: string, volume: string): string {
  return isPlainName(service) ? service : `the service of ${volume}`
}

/** What to do with a volume, and how its host shows it: the device names of EC2 mean nothing on most instances. */
export function mounting(verb: 'mount' | 'sync and unmount', { id, name, device }: SourceVolume): string {
  // A name that could be taken for a command has no place where people paste as root.
  return isPlainName(name) && name !== id
    ? `${verb} ${name} (${id}; ${foundBy(id, device)})`
    : `${verb} ${id} (${foundBy(id, device)})`
}

/** How to find a volume on its host: Nitro instances show it by its id, Xen instances by a device of another name. */
function foundBy(id: string, device: string): string {
  const serial = `${code('lsblk -o NAME,SERIAL,MOUNTPOINT')} shows it as ${id.replace('-', '')}`
  const letters = /^\/dev\/(?:sd|xvd)([a-z]+)$/.exec(device)?.[1]
  return letters === undefined ? serial : `${serial}, or on a Xen instance as /dev/xvd${letters}`
}

/** On a replica's host DRBD's device is what is mounted. Taking the resource itself down and up is not for people. */
function replicaTodo(service: string, step: ServiceStep, host: string): string {
  if (step === 'freeze') return `on ${host}: stop ${service}, then ${code('sync')} and unmount its DRBD device`
  return `on ${host}: mount its DRBD device, then start ${service}`
}
