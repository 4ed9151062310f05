// Preflight: it looks for what would go wrong later while nothing is at stake. Each check has a result, a cause and
// what to do. Red stops; yellow is shown, and acknowledged with the start. What could not be checked is yellow, with
// the reason.

import { type Check, green, red, unchecked, yellow } from '../../model/checks.ts'
import { healthWords, type InventoryAge, isInTrouble, zonesBetween } from '../../model/facts.ts'
import { hostOf, isReplicaMove, isSnapshotMove, rowsOf, sourcesOf } from '../../model/moves.ts'
import { isEndedIn, readPlanTag } from '../../model/tags.ts'
import { timeBeside, timeOfDay } from '../../model/text.ts'
import { firsts } from '../directory.ts'
import type { PreflightRequest } from '../request.ts'
import { asked } from './asked.ts'
import { copyChecks } from './copies.ts'
import { fileChecks } from './file.ts'
import { freezes } from './freezes.ts'
import { commandChecks } from './hosts.ts'
import { keyChecks } from './keys.ts'
import { hostChecks, permissionChecks } from './permissions.ts'
import { attachments, devices, quotas } from './room.ts'
import { tagChecks } from './tags.ts'
import { unjournalledChecks } from './unjournalled.ts'

/**
 * Every check, in the order in which people would ask. A check that finds nothing is green, or is left out. Where EC2 does not show a zone
 * now, what it answered then still keeps a line red, and takes no other line's doubt away.
 */
export function preflight(request: PreflightRequest): Check[] {
  const { inventory, own } = request
  const { asOf } = inventory
  const now = own ? checksOf(request).map(softened) : checksOf(request)
  if (!asOf) return now
  const kept = checksOf({ ...request, inventory: { ...inventory, survey: asOf.survey } }).filter(
    ({ name, result }) => result === 'red' && now.every((one) => one.name !== name || one.unchecked),
  )
  const names = new Set(kept.map(({ name }) => name))
  return [ageCheck(asOf), ...now.filter(({ name }) => !names.has(name)), ...kept]
}

/** A migration that is rebuilt has begun: what would keep another from starting may be its own doing, and each gate asks again. */
function softened(check: Check): Check {
  return check.result === 'red' && !check.name.startsWith(CLAIM) ? { ...check, result: 'yellow' } : check
}

/** How the name of a check begins that says who else is at a volume. */
const CLAIM = 'claim on '

function ageCheck({ zones, why, atMs, triedAtMs }: InventoryAge): Check {
  const minutes = Math.ceil((triedAtMs - atMs) / 60_000)
  const age = minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`
  const cause = `EC2 did not show ${zones.join(' and ')} at ${timeOfDay(triedAtMs)} UTC (${why}); this is how it was at ${timeBeside(atMs, triedAtMs)}, ${age} before`
  return yellow(
    'inventory',
    cause,
    'what has changed there since is not known; the start is asked for once EC2 shows it',
  )
}

function checksOf(request: PreflightRequest): Check[] {
  const { inventory } = request
  const { survey } = inventory
  return [
    ...zoneChecks(request),
    ...asked('instance types', survey.offeredTypes, (offered) => instanceTypeChecks(request, offered)),
    ...devices(request),
    ...asked('attachment limits', survey.instanceTypes, (types) => attachments(request, types)),
    ...asked('storage quota', survey.storage, (storage) => quotas(request, storage)),
    ...asked('permissions', survey.dryRuns, (dryRuns) => permissionChecks(request, dryRuns)),
    ...asked('hosts', survey.optsIn ?? { answer: false }, (needsOptIn) => hostChecks(request, needsOptIn)),
    ...keyChecks(request),
    ...commandChecks(request),
    ...asked('snapshots in flight', survey.pendingSnapshots, (pending) => snapshots(request, pending)),
    ...asked('volume changes in flight', survey.modifying, (volumes) => modifications(request, volumes)),
    ...copyChecks(request),
    ...unjournalledChecks(request),
    ...tagChecks(request),
    ...holdChecks(request),
    ...placeChecks(request),
    ...fileChecks(request),
    ...freezes(request),
    ...notAsked(request),
  ]
}

function zoneChecks({ inventory, sourceZone, targetZone }: PreflightRequest): Check[] {
  const idOf = (zone: string): string | undefined => inventory.zones.find(({ name }) => name === zone)?.id
  const [source, target] = [idOf(sourceZone), idOf(targetZone)]
  if (source && target && source === target) {
    return [red('zones', `${sourceZone} and ${targetZone} are one place, ${source}`, 'name another target zone')]
  }
  return [
    green('zones', `${sourceZone} is ${source}, ${targetZone} is ${target}`),
    ...healthChecks(inventory, { sourceZone, targetZone }),
  ]
}

/** What EC2 says of how the zones are. Nothing should be moved into one that is in trouble itself. */
function healthChecks(
  { zones }: PreflightRequest['inventory'],
  places: Pick<PreflightRequest, 'sourceZone' | 'targetZone'>,
): Check[] {
  return zonesBetween(zones, places).flatMap((zone) => {
    const { name } = zone
    const cause = healthWords(zone)
    if (cause === null) return []
    const isTarget = name === places.targetZone
    const check = isTarget && isInTrouble(zone) ? red : yellow
    return [
      check(`health of ${name}`, cause, isTarget ? 'name another target zone, or wait' : 'move while it can be read'),
    ]
  })
}

function instanceTypeChecks({ inventory, moves, targetZone }: PreflightRequest, offered: readonly string[]): Check[] {
  const sources = new Set(moves.map(hostOf))
  const types = new Set(inventory.instances.filter(({ id }) => sources.has(id)).map(({ type }) => type))
  const missing = [...types].filter((type) => !offered.includes(type))
  if (missing.length === 0) return [green('instance types', `${targetZone} offers them all`)]
  const cause = `${targetZone} does not offer ${missing.join(', ')}`
  return [yellow('instance types', cause, 'the successors must be of types that can take over')]
}

function snapshots(
  { moves, services }: PreflightRequest,
  pending: readonly { id: string; volumeId: string }[],
): Check[] {
  const pendingByVolume = firsts(pending, ({ volumeId }) => [volumeId])
  const required = new Set(services.filter(({ need }) => need === 'required').map(({ name }) => name))
  return moves.filter(isSnapshotMove).flatMap(({ volume, service }) => {
    const ahead = pendingByVolume.get(volume.id)
    if (!ahead) return []
    const cause = `snapshot ${ahead.id} is not complete, and EC2 finishes the snapshots of a volume in order`
    const remedy = 'wait until it is complete, and suspend what takes them'
    const check = required.has(service) ? red : yellow
    return [{ ...check(`snapshot ahead of ${volume.name}`, cause, remedy), volume: volume.id }]
  })
}

function modifications({ moves }: PreflightRequest, modifying: readonly string[]): Check[] {
  const ids = new Set(modifying)
  const changing = rowsOf(moves).filter(({ volume }) => ids.has(volume.id))
  return changing.map(({ volume }) =>
    yellow(
      `change of ${volume.name}`,
      'Elastic Volumes is changing it now',
      'wait until it is done; the copy keeps what the plan saw',
    ),
  )
}

/**
 * Hosts on which an earlier migration had a service, by the plan tag of a volume there, and on which this plan would
 * not stop it. A service that is up on a host that the plan does not know would go on writing while its copy is opened.
 */
function placeChecks({ volumes, moves, services }: PreflightRequest): Check[] {
  const names = new Set(services.map(({ name }) => name))
  const known = new Set(moves.map((move) => `${move.service} on ${hostOf(move)}`))
  return volumes.flatMap(({ id, tags, attachments: [attachment] }) => {
    const service = readPlanTag(tags)?.service
    if (!service || !attachment || !names.has(service) || known.has(`${service} on ${attachment.instance}`)) return []
    const name = tags.Name || id
    const cause = `an earlier migration had ${service} on ${attachment.instance} too (${name} says so), where this plan does not stop it`
    const remedy = `let ${name} move with ${service}; or see that ${service} does not run there, remove zonehop:plan from ${name}, and plan again`
    return [red(`place of ${service}`, cause, remedy)]
  })
}

/**
 * Volumes that another migration holds. Their tag `zonehop:plan` names it; a migration that is over says so beside it.
 */
function holdChecks({ moves, own, sourceZone, targetZone }: PreflightRequest): Check[] {
  const sources = moves.flatMap(sourcesOf).map((volume) => ({ volume, source: volume.id }))
  const copies = moves
    .filter(isReplicaMove)
    .flatMap(({ pairs }) => pairs.map(({ source, copy }) => ({ volume: copy, source: source.id })))
  return [...sources, ...copies].flatMap(({ volume, source }) => {
    const holder = readPlanTag(volume.tags)?.migration
    if (!holder || isEndedIn(volume.tags, holder) || holder === own) return []
    const remedy = `end ${holder} first; if its journal is gone, /migrate adopt ${sourceZone} ${targetZone} rebuilds it, or remove the zonehop:plan tag`
    return [{ ...red(`${CLAIM}${volume.name}`, `its tag says that ${holder} is at it`, remedy), volume: source }]
  })
}

/** What no call can answer without doing it. It is listed, so that nobody takes silence for a yes. */
function notAsked({ moves }: PreflightRequest): Check[] {
  return [
    unchecked('volume types', 'EC2 tells only when a volume is made', 'make one of each type by hand'),
    ...(moves.some(isSnapshotMove)
      ? [unchecked('auto-enabled I/O', 'EC2 tells it of one volume at a time', 'set it on copies as on their sources')]
      : []),
    ...(moves.some(isReplicaMove)
      ? [
          unchecked(
            'permission DetachVolume',
            'it is allowed only for what a plan has marked',
            'see that the role has iam-policy.json as it is shipped',
          ),
        ]
      : []),
    unchecked(
      "zonehop's own host",
      'it does not know where it runs',
      'see that neither it nor its Redis is in the zone being left',
    ),
  ]
}
