// Preflight for services that are frozen by `stop-instances`: what a stop would stop beside the service, or would not
// bring back. Only the first finding for each instance is reported.

import { type Check, red } from '../../model/checks.ts'
import type { SeenInstance, SeenVolume, Survey } from '../../model/facts.ts'
import { hostOf, rowsOf } from '../../model/moves.ts'
import type { Service } from '../../model/plan.ts'
import { groups } from '../directory.ts'
import type { PreflightRequest } from '../request.ts'
import { volumeNameOf } from '../route-replica.ts'

type Row = ReturnType<typeof rowsOf>[number]

/** One instance that would be stopped, with what is on it. */
type Stopped = {
  readonly instance: SeenInstance
  readonly survey: Survey
  /** The volumes whose first attachment is to this instance. */
  readonly volumes: readonly SeenVolume[]
  readonly rows: readonly Row[]
  /** The services that the instance serves, in the order of the plan. */
  readonly services: readonly Service[]
}

/** Why the instance cannot be stopped, or null. */
type StopObstacle = (stopped: Stopped) => string | null

const FINDINGS: readonly StopObstacle[] = [
  ownDisks,
  scalingGroup,
  volumeThatStays,
  sourceOfReplica,
  serviceFrozenOtherwise,
  serviceOfOtherNeed,
]

/** A red check for each instance that `stop-instances` would stop and must not. */
export function freezes(request: PreflightRequest): Check[] {
  const { services, moves, inventory } = request
  const stopping = new Set(services.filter(({ method }) => method === 'stop-instances').map(({ name }) => name))
  const hosts = new Set(moves.filter(({ service }) => stopping.has(service)).map(hostOf))
  const stoppedBy = stoppedIn(request)
  return inventory.instances
    .filter(({ id }) => hosts.has(id))
    .flatMap((instance) => {
      const stopped = stoppedBy(instance)
      const cause = FINDINGS.map((finding) => finding(stopped)).find((each) => each !== null)
      return cause ? [red(`freeze of ${instance.name}`, cause, 'freeze by document or by hand instead')] : []
    })
}

function stoppedIn({ services, moves, inventory, volumes }: PreflightRequest): (instance: SeenInstance) => Stopped {
  const rows = rowsOf(moves)
  const rowsByInstance = groups(rows, ({ volume }) => [volume.instance])
  const rowsByService = groups(rows, ({ service }) => [service])
  const servicesByInstance = groups(services, ({ name }) =>
    (rowsByService.get(name) ?? []).map(({ volume }) => volume.instance),
  )
  const volumesByInstance = groups(volumes, ({ attachments: [attachment] }) =>
    attachment ? [attachment.instance] : [],
  )
  return (instance) => ({
    instance,
    survey: inventory.survey,
    volumes: volumesByInstance.get(instance.id) ?? [],
    rows: rowsByInstance.get(instance.id) ?? [],
    services: servicesByInstance.get(instance.id) ?? [],
  })
}

function ownDisks({ instance: { id, type }, survey: { instanceTypes } }: Stopped): string | null {
  const hasStore = 'answer' in instanceTypes && (instanceTypes.answer[type]?.hasInstanceStore ?? false)
  return hasStore ? `${id} (${type}) has disks of its own, which a stop erases` : null
}

function scalingGroup({ instance: { id, tags } }: Stopped): string | null {
  const group = tags['aws:autoscaling:groupName']
  return group ? `${id} belongs to the Auto Scaling group ${group}, which would replace it` : null
}

function volumeThatStays({ instance, volumes, rows }: Stopped): string | null {
  const moving = new Set(rows.map(({ volume }) => volume.id))
  const left = volumes.find(
    ({ id, attachments: [attachment] }) => attachment?.device !== instance.rootDevice && !moving.has(id),
  )
  return left ? `${instance.id} also carries ${volumeNameOf(left)}, which stays` : null
}

function sourceOfReplica({ instance, rows }: Stopped): string | null {
  const replica = rows.find(({ route }) => route === 'replica')
  if (!replica) return null
  return `${instance.id} carries ${replica.volume.name}, the source of a replica, which is proven while it runs`
}

function serviceFrozenOtherwise({ instance, rows, services }: Stopped): string | null {
  const stopping = new Set(services.filter(({ method }) => method === 'stop-instances').map(({ name }) => name))
  const other = rows.find(({ service }) => !stopping.has(service))
  return other ? `${instance.id} also serves ${other.service}, whose own freeze needs it running` : null
}

function serviceOfOtherNeed({ instance, services }: Stopped): string | null {
  const unlike = services.find(({ need }) => need !== services[0]?.need)
  if (!unlike) return null
  return `${instance.id} serves ${unlike.name}, which is ${unlike.need}, and others that are not; it starts for all`
}
