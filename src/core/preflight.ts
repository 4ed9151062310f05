// Preflight: what would go wrong later, asked while nothing is at stake. Each check has a result, a cause and what to do; red
// stops, yellow is said and acknowledged with the start. What could not be asked is yellow, with the reason.
import type { Asked, InstanceTypeFacts, SeenInstance, SeenVolume, Survey } from './facts.ts'
import { TAGS_MAX, ZONEHOP_TAGS_MAX } from './limits.ts'
import type { Move, Service } from './migration.ts'
import { hostOf, isReplicaMove, isSnapshotMove, rowsOf, sourcesOf } from './moves.ts'
import type { PlanRequest } from './plan.ts'

export type Check = {
  readonly name: string
  readonly result: 'green' | 'yellow' | 'red'
  readonly cause: string
  readonly remedy: string
}

type Request = PlanRequest & {
  readonly moves: readonly Move[]
  readonly services: readonly Service[]
  readonly volumes: readonly SeenVolume[]
}

/** Every check, in the order in which people would ask; only those that say something are not green. */
export function preflight(request: Request): Check[] {
  const { inventory } = request
  const { survey } = inventory
  return [
    ...zones(request),
    ...asked('instance types', survey.offeredTypes, (offered) => instanceTypes(request, offered)),
    ...devices(request),
    ...asked('attachment limits', survey.instanceTypes, (types) => attachments(request, types)),
    ...asked('storage quota', survey.storage, (storage) => quotas(request, storage)),
    ...asked('permissions', survey.dryRuns, (dryRuns) => permissions(request, dryRuns)),
    ...asked('snapshots in flight', survey.pendingSnapshots, (pending) => snapshots(request, pending)),
    ...asked('volume changes in flight', survey.modifying, (volumes) => modifications(request, volumes)),
    ...tags(request),
    ...holds(request),
    ...freezes(request),
    ...notAsked(request),
  ]
}

function asked<T>(name: string, question: Asked<T>, check: (answer: T) => Check[]): Check[] {
  if ('answer' in question) return check(question.answer)
  return [yellow(name, `not checked, because ${question.because}`, 'check it by hand')]
}

function zones({ inventory, sourceZone, targetZone }: Request): Check[] {
  const idOf = (zone: string): string | undefined => inventory.zones.find(({ name }) => name === zone)?.id
  const [source, target] = [idOf(sourceZone), idOf(targetZone)]
  if (source && target && source === target) {
    return [red('zones', `${sourceZone} and ${targetZone} are one place, ${source}`, 'name another target zone')]
  }
  return [green('zones', `${sourceZone} is ${source}, ${targetZone} is ${target}`)]
}

function instanceTypes({ inventory, moves, targetZone }: Request, offered: readonly string[]): Check[] {
  const types = new Set(instancesOf(moves, inventory.instances, 'source').map(({ type }) => type))
  const missing = [...types].filter((type) => !offered.includes(type))
  if (missing.length === 0) return [green('instance types', `${targetZone} offers them all`)]
  const cause = `${targetZone} does not offer ${missing.join(', ')}`
  return [yellow('instance types', cause, 'the successors must be of types that can take over')]
}

function devices({ inventory, moves }: Request): Check[] {
  const rows = rowsOf(moves)
  return rows.flatMap(({ volume, successor }) => {
    const taken = inventory.volumes.find(({ attachments }) =>
      attachments.some(({ instance, device }) => instance === successor && device === volume.device),
    )
    const twin = rows.find((other) => other.volume.device === volume.device && other.successor === successor)
    const cause = taken
      ? `${volume.device} of ${successor} is taken by ${taken.id}`
      : twin && twin.volume.id !== volume.id
        ? `${twin.volume.name} goes to ${volume.device} of ${successor} too`
        : null
    const remedy = 'name another successor with the tag zonehop:successor, or free the device'
    return cause ? [red(`device of ${volume.name}`, cause, remedy)] : []
  })
}

function attachments({ inventory, moves }: Request, types: Readonly<Record<string, InstanceTypeFacts>>): Check[] {
  return instancesOf(moves, inventory.instances, 'successor').flatMap(({ id, name, type }) => {
    const has = inventory.volumes.filter((volume) => volume.attachments.some(({ instance }) => instance === id)).length
    const gets = rowsOf(moves).filter(({ successor }) => successor === id).length
    const most = types[type]?.attachmentsMax ?? null
    if (most === null)
      return [yellow(`attachments of ${name}`, `not checked, because EC2 names no limit of ${type}`, 'look it up')]
    if (has + gets <= most) return []
    const cause = `${id} (${type}) takes ${most} volumes; it has ${has} and would get ${gets}`
    return [red(`attachments of ${name}`, cause, 'choose a larger successor, or spread the volumes')]
  })
}

/** Source and target stand side by side until cleanup, so the quota is needed twice over; a replica's copy is there already. */
function quotas({ moves }: Request, storage: Readonly<Record<string, { usedGib: number; quotaGib: number }>>): Check[] {
  const copied = moves.filter(isSnapshotMove)
  const types = [...new Set(copied.map(({ volume }) => volume.type))]
  return types.flatMap((type) => {
    const more = copied.reduce((sum, { volume }) => sum + (volume.type === type ? volume.sizeGib : 0), 0)
    const known = storage[type]
    if (!known)
      return [yellow(`storage quota of ${type}`, 'not checked, because Service Quotas names none', 'look it up')]
    if (known.usedGib + more <= known.quotaGib) return []
    const cause = `${known.usedGib} GiB of ${known.quotaGib} GiB are used, and the copies need ${more} GiB more`
    return [red(`storage quota of ${type}`, cause, 'ask for more in Service Quotas')]
  })
}

function permissions({ services }: Request, dryRuns: Readonly<Record<string, string | null>>): Check[] {
  const isStopping = services.some(({ method }) => method === 'stop-instances')
  const refused = Object.entries(dryRuns).flatMap(([action, code]) =>
    code === null || (/^St(op|art)Instances$/.test(action) && !isStopping) ? [] : [{ action, code }],
  )
  if (refused.length === 0) return [green('permissions', 'EC2 would allow every call to come')]
  return refused.map(({ action, code }) =>
    red(
      `permission ${action}`,
      `EC2 would refuse it: ${code}`,
      "give zonehop's role this permission (iam-policy.json)",
    ),
  )
}

function snapshots({ moves, services }: Request, pending: readonly { id: string; volumeId: string }[]): Check[] {
  return moves.filter(isSnapshotMove).flatMap(({ volume, service }) => {
    const ahead = pending.find(({ volumeId }) => volumeId === volume.id)
    if (!ahead) return []
    const cause = `snapshot ${ahead.id} is not complete, and EC2 finishes the snapshots of a volume in order`
    const remedy = 'wait until it is complete, and suspend what takes them'
    const isRequired = services.find(({ name }) => name === service)?.need === 'required'
    return [(isRequired ? red : yellow)(`snapshot ahead of ${volume.name}`, cause, remedy)]
  })
}

function modifications({ moves }: Request, modifying: readonly string[]): Check[] {
  const changing = rowsOf(moves).filter(({ volume }) => modifying.includes(volume.id))
  return changing.map(({ volume }) =>
    yellow(
      `change of ${volume.name}`,
      'Elastic Volumes is changing it now',
      'wait until it is done; the copy keeps what the plan saw',
    ),
  )
}

function tags({ moves }: Request): Check[] {
  const full = rowsOf(moves).filter(({ volume }) => Object.keys(volume.tags).length > TAGS_MAX - ZONEHOP_TAGS_MAX)
  return full.map(({ volume }) => {
    const cause = `it has ${Object.keys(volume.tags).length} tags of ${TAGS_MAX}; zonehop writes ${ZONEHOP_TAGS_MAX}`
    return red(`tags of ${volume.name}`, cause, 'take some away')
  })
}

/** The plan's own tag says who is at it; a migration that is over leaves its phase. */
function holds({ moves }: Request): Check[] {
  const copies = moves.filter(isReplicaMove).flatMap(({ pairs }) => pairs.map(({ copy }) => copy))
  return [...moves.flatMap(sourcesOf), ...copies].flatMap((volume) => {
    const holder = /migration=(\S+)/.exec(volume.tags['zonehop:plan'] ?? '')?.[1]
    const isOver = ['done', 'aborted'].includes(volume.tags['zonehop:phase'] ?? '')
    if (!holder || isOver) return []
    const remedy = `end ${holder} first; if it is gone for good, remove the zonehop:plan tag`
    return [red(`claim on ${volume.name}`, `its tag says that ${holder} is at it`, remedy)]
  })
}

/** What `stop-instances` would stop beside the service, or would not bring back. */
function freezes({ services, moves, inventory, volumes }: Request): Check[] {
  const stopping = services.filter(({ method }) => method === 'stop-instances').map(({ name }) => name)
  const mine = moves.filter(({ service }) => stopping.includes(service))
  return instancesOf(mine, inventory.instances, 'source').flatMap((instance) => {
    const group = instance.tags['aws:autoscaling:groupName']
    const rows = rowsOf(moves)
    const moving = new Set(rows.map(({ volume }) => volume.id))
    const left = volumes.find(
      ({ id, attachments: [attachment] }) =>
        attachment?.instance === instance.id && attachment.device !== instance.rootDevice && !moving.has(id),
    )
    const replica = rows.find(({ volume, route }) => volume.instance === instance.id && route === 'replica')
    const other = rows.find(({ volume, service }) => volume.instance === instance.id && !stopping.includes(service))
    const needs = services.filter(({ name }) =>
      rows.some(({ volume, service }) => volume.instance === instance.id && service === name),
    )
    const unlike = needs.find(({ need }) => need !== needs[0]?.need)
    const cause = hasStore(inventory.survey, instance)
      ? `${instance.id} (${instance.type}) has disks of its own, which a stop erases`
      : group
        ? `${instance.id} belongs to the Auto Scaling group ${group}, which would replace it`
        : left
          ? `${instance.id} also carries ${left.tags.Name ?? left.id}, which stays`
          : replica
            ? `${instance.id} carries ${replica.volume.name}, the source of a replica, which is proven while it runs`
            : other
              ? `${instance.id} also serves ${other.service}, whose own freeze needs it running`
              : unlike
                ? `${instance.id} serves ${unlike.name}, which is ${unlike.need}, and others that are not; it starts for all`
                : null
    return cause ? [red(`freeze of ${instance.name}`, cause, 'freeze by document or by hand instead')] : []
  })
}

function hasStore({ instanceTypes }: Survey, { type }: SeenInstance): boolean {
  return 'answer' in instanceTypes && (instanceTypes.answer[type]?.hasInstanceStore ?? false)
}

/** What no call answers without doing it: said, so that nobody takes silence for a yes. */
function notAsked({ moves }: Request): Check[] {
  const keys = [...new Set(moves.filter(isSnapshotMove).flatMap(({ volume }) => volume.kmsKeyId ?? []))]
  return [
    yellow(
      'volume types',
      'not checked, because EC2 tells only when a volume is made',
      'make one of each type by hand',
    ),
    ...(keys.length > 0
      ? [
          yellow(
            'KMS keys',
            'not checked, because EC2 tells only when a volume is made',
            `see that ${keys.join(', ')} can be used`,
          ),
        ]
      : []),
    ...(moves.some(isReplicaMove)
      ? [
          yellow(
            'permission DetachVolume',
            'not checked, because it is allowed only for what a plan has marked',
            'see that the role has iam-policy.json as it is shipped',
          ),
        ]
      : []),
    yellow(
      "zonehop's own host",
      'not checked, because it does not know where it runs',
      'see that neither it nor its Redis is in the zone being left',
    ),
  ]
}

function instancesOf(
  moves: readonly Move[],
  instances: readonly SeenInstance[],
  which: 'source' | 'successor',
): SeenInstance[] {
  const ids = new Set(moves.map((move) => (which === 'source' ? hostOf(move) : move.successor)))
  return instances.filter(({ id }) => ids.has(id))
}

function green(name: string, cause: string): Check {
  return { name, result: 'green', cause, remedy: '' }
}

function yellow(name: string, cause: string, remedy: string): Check {
  return { name, result: 'yellow', cause, remedy }
}

function red(name: string, cause: string, remedy: string): Check {
  return { name, result: 'red', cause, remedy }
}
