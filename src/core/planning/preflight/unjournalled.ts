// Preflight for copies whose journal is gone: where Redis was lost, what migrations and rehearsals had made stays in EC2. It costs money, takes
// devices and attachments, and no migration takes it away. Tags alone say so, and anybody may write them: nothing follows from it but words, and
// what may serve is not called deletable.

import { type Check, yellow } from '../../model/checks.ts'
import type { SeenVolume } from '../../model/facts.ts'
import { claimsOf } from '../../model/moves.ts'
import { once } from '../../model/once.ts'
import type { Move } from '../../model/plan.ts'
import { counted, listed } from '../../model/text.ts'
import { groups } from '../directory.ts'
import { makerOf } from '../memory-tags.ts'
import { unfinishedIn } from '../rebuild.ts'
import type { PreflightRequest } from '../request.ts'
import { volumeNameOf } from '../route-replica.ts'

/** Volumes that one part of a sentence names. */
const NAMED_MAX = 5
/** How the name of a check begins that says what a migration without a journal has left. */
const COPIES = 'copies of mig-'

/** Whether a check is about copies whose journal is gone. */
export function isOfUnjournalled({ name }: Check): boolean {
  return name.startsWith(COPIES)
}

/** A yellow check for each migration that no journal here knows and that volumes in both zones name as their maker. */
export function unjournalledChecks(request: PreflightRequest): Check[] {
  const { volumes, inventory, targetZone } = request
  const all = [...volumes, ...inventory.volumes.filter(({ zone }) => zone === targetZone)]
  return [...byMaker(all, request)].map(([maker, copies]) => {
    const gib = copies.reduce((sum, { sizeGib }) => sum + sizeGib, 0)
    const cause = `${counted(copies.length, 'volume')}, ${gib} GiB, ${madeWords(maker, copies)}: ${listed(copies.map(placed), NAMED_MAX)}`
    const remedy = `${wayOut(maker, copies, request)}; ${tagWords(maker, request)}`
    return yellow(`copies of ${maker}`, cause, remedy)
  })
}

/**
 * What to do about those among these volumes whose journal is gone, to stand behind a remedy that wants room; empty where there is none
 * among them.
 */
export function unjournalledWords(inTheWay: readonly SeenVolume[], request: PreflightRequest): string {
  return [...byMaker(inTheWay, request)]
    .map(([maker, copies]) => `; ${idsOf(copies)} ${madeWords(maker, copies)}: ${wayOut(maker, copies, request)}`)
    .join('')
}

function byMaker(
  volumes: readonly SeenVolume[],
  { unjournalled }: PreflightRequest,
): ReadonlyMap<string, readonly SeenVolume[]> {
  if (!unjournalled || unjournalled.size === 0) return new Map()
  return groups(volumes, (volume) => {
    const maker = makerOf(volume)
    return maker && unjournalled.has(maker) ? [maker] : []
  })
}

function madeWords(maker: string, { length }: readonly SeenVolume[]): string {
  return `${length === 1 ? 'says by its tags that it was' : 'say by their tags that they were'} made by ${maker}, which no journal here knows`
}

/** What becomes of the copies of one migration, in words for people. Whatever may serve is to be left; the rest is deletable, or adopted. */
function wayOut(maker: string, copies: readonly SeenVolume[], request: PreflightRequest): string {
  const { sourceZone, targetZone, inventory } = request
  const { live, used, deletable } = sorted(copies, request)
  const kept = [
    ...leaving(live, 'live by the tag zonehop:live'),
    ...leaving(used, `in use in ${sourceZone} or moved by this plan`),
  ]
  const left = unfinishedZones(inventory.volumes).get(maker)
  if (left !== undefined) {
    const form = `/migrate adopt ${left} ${left === sourceZone ? targetZone : sourceZone} ${maker}`
    return [...kept, `if no other zonehop drives ${maker}, ${form} rebuilds it: delete nothing of it before`].join('; ')
  }
  if (deletable.length === 0) return kept.join('; ')
  const them = deletable.length === 1 ? 'it' : 'them'
  const deletion = `if no other zonehop drives ${maker} and nothing uses ${them}, detach and delete`
  return [...kept, `${deletion} ${deletableWords(maker, deletable, request)}`].join('; ')
}

type Sorted = Readonly<Record<'live' | 'used' | 'deletable', readonly SeenVolume[]>>

function sorted(copies: readonly SeenVolume[], request: PreflightRequest): Sorted {
  const live = copies.filter(isLive)
  const used = copies.filter((volume) => !isLive(volume) && isInUse(volume, request))
  const kept = new Set([...live, ...used])
  return { live, used, deletable: copies.filter((volume) => !kept.has(volume)) }
}

/** `marks` says by what people know those that there is no room to name. */
function leaving(volumes: readonly SeenVolume[], marks: string): string[] {
  if (volumes.length === 0) return []
  const all = volumes.length > NAMED_MAX ? `all ${volumes.length} ` : ''
  return [`leave ${idsOf(volumes)}, ${all}${marks}`]
}

/** Beside what is to be left, only what is named is told to be deleted: the rest cannot be told apart by the tag of their maker. */
function deletableWords(maker: string, volumes: readonly SeenVolume[], request: PreflightRequest): string {
  const more = volumes.length - NAMED_MAX
  if (more <= 0 || !hasKept(maker, request)) return idsOf(volumes)
  const kept = `leave what carries zonehop:live, is attached in ${request.sourceZone} or is moved by this plan`
  return `only ${idsOf(volumes.slice(0, NAMED_MAX))}; ${more} more, not live, are named by a new plan once these are gone; ${kept}`
}

/** What the tag of the maker finds: beside what is to be left it is no list of what may go. */
function tagWords(maker: string, request: PreflightRequest): string {
  const found = hasKept(maker, request) ? 'all of them, also those to leave' : 'them'
  return `the tag zonehop:migration=${maker} finds ${found}, and any snapshots of it`
}

/** Whether anything of this maker may serve, in whatever zone: its tag finds that too. */
function hasKept(maker: string, request: PreflightRequest): boolean {
  const mine = [...request.volumes, ...request.inventory.volumes].filter((volume) => makerOf(volume) === maker)
  return mine.some((volume) => isLive(volume) || isInUse(volume, request))
}

function isLive({ tags }: SeenVolume): boolean {
  return 'zonehop:live' in tags
}

/** In the zone that is left whatever is attached may serve, whatever its tags say; so may what this plan moves. */
function isInUse({ id, zone, attachments }: SeenVolume, { sourceZone, moves }: PreflightRequest): boolean {
  return (zone === sourceZone && attachments.length > 0) || claimed(moves).has(id)
}

const claimed = once((moves: readonly Move[]): ReadonlySet<string> => new Set(claimsOf(moves)))

/** Of each migration that volumes name as not over, the zone that it leaves. */
const unfinishedZones = once((volumes: readonly SeenVolume[]): ReadonlyMap<string, string> => {
  const zones = [...new Set(volumes.map(({ zone }) => zone))]
  return new Map(zones.flatMap((zone) => unfinishedIn(volumes, zone).map((id): [string, string] => [id, zone])))
})

function idsOf(volumes: readonly SeenVolume[]): string {
  return listed(
    volumes.map(({ id }) => id),
    NAMED_MAX,
  )
}

function placed(volume: SeenVolume): string {
  const places = volume.attachments.map(({ instance, device }) => `at ${device} of ${instance}`)
  return `${volumeNameOf(volume)} (${volume.id}, ${places.join(' and ') || 'attached to nothing'})`
}
