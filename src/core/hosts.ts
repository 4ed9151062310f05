// What a service's hosts do, as effects: stop writing, go on, open, and the documents in between. By hand, by stopping and
// starting instances, or by one of the documents in ssm/.
import { anew } from './anew.ts'
import { type ServiceEffect, type ServiceStep, serviceSubject } from './effects.ts'
import { HOSTS_MAX } from './limits.ts'
import type { Migration, Service } from './migration.ts'
import { movesOf } from './services.ts'

const DOCUMENTS: Readonly<Record<ServiceStep, string>> = {
  freeze: 'zonehop-freeze',
  unfreeze: 'zonehop-unfreeze',
  open: 'zonehop-open',
  afterAttach: 'zonehop-after-attach',
  verify: 'zonehop-check',
  hook: 'zonehop-hook',
}

/**
 * On the source's hosts: `freeze` and `unfreeze`; on the successors: everything else. More than one where the service has more
 * hosts than a call takes; they are intended together.
 */
export function serviceEffects(m: Migration, service: Service, step: ServiceStep): ServiceEffect[] {
  const { name } = service
  const moves = movesOf(m, name)
  const isAtSource = step === 'freeze' || step === 'unfreeze'
  const hosts = [...new Set(moves.map(({ volume, successor }) => (isAtSource ? volume.instance : successor)))].sort()
  const work = workOf(m, service, step)
  return Array.from({ length: Math.ceil(hosts.length / HOSTS_MAX) }, (_, index) => {
    const instances = hosts.slice(index * HOSTS_MAX, (index + 1) * HOSTS_MAX)
    const base = { subject: serviceSubject(name, index + 1), step, generation: 1, service: name, instances }
    return anew(m, { ...base, work })
  })
}

function workOf(m: Migration, service: Service, step: ServiceStep): ServiceEffect['work'] {
  const isDocumentOnly = step === 'afterAttach' || step === 'verify' || step === 'hook'
  if (isDocumentOnly || service.method === 'document') return { method: 'document', document: DOCUMENTS[step] }
  if (service.method === 'manual') return { method: 'manual', todo: todoOf(m, service.name, step) }
  return { method: step === 'freeze' ? 'stop-instances' : 'start-instances' }
}

/** The exact commands, for a person; the device names are EC2's. */
function todoOf(m: Migration, service: string, step: ServiceStep): string[] {
  return movesOf(m, service).map(({ volume, successor }) => {
    if (step === 'freeze') return `on ${volume.instance}: stop ${service}, then \`sync && umount ${volume.device}\``
    if (step === 'unfreeze') return `on ${volume.instance}: \`mount ${volume.device}\`, then start ${service}`
    return `on ${successor}: \`mount ${volume.device}\`, then start ${service}`
  })
}
