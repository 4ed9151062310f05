// Preflight for the room that copies need: a free device for each, as many attachments as their successor takes, and
// storage within the quota.

import { type Check, red, unchecked } from '../../model/checks.ts'
import type { InstanceTypeFacts } from '../../model/facts.ts'
import { isSnapshotMove, rowsOf } from '../../model/moves.ts'
import { directoryOf, firsts, placeOf } from '../directory.ts'
import type { PreflightRequest } from '../request.ts'
import { unjournalledWords } from './unjournalled.ts'

/** A red check for each copy whose device at the successor is taken, or goes to another copy too. */
export function devices(request: PreflightRequest): Check[] {
  const { inventory, moves, leftovers } = request
  const directory = directoryOf(inventory)
  const rows = rowsOf(moves)
  const cleared = new Set(leftovers.map((one) => one.volume))
  const firstAt = firsts(rows, ({ volume, successor }) => [placeOf(successor, volume.device)])
  return rows.flatMap(({ volume, successor }) => {
    const { device } = volume
    const there = directory.volumeAt(successor, device)
    const taken = there && cleared.has(there.id) ? null : there
    const twin = firstAt.get(placeOf(successor, device))
    const isTwin = twin !== undefined && twin.volume.id !== volume.id
    if (!taken && !isTwin) return []
    const cause = taken
      ? `${device} of ${successor} is taken by ${taken.id}`
      : `${twin?.volume.name} goes to ${device} of ${successor} too`
    const remedy = 'name another successor with the tag zonehop:successor, or free the device'
    const words = unjournalledWords(taken ? [taken] : [], request)
    return [{ ...red(`device of ${volume.name}`, cause, `${remedy}${words}`), volume: volume.id }]
  })
}

/** A red check for each successor that does not take as many volumes; yellow if EC2 names no limit for its type. */
export function attachments(request: PreflightRequest, types: Readonly<Record<string, InstanceTypeFacts>>): Check[] {
  const { inventory, moves, leftovers } = request
  const directory = directoryOf(inventory)
  const gained = new Map<string, number>()
  for (const { successor } of rowsOf(moves)) gained.set(successor, (gained.get(successor) ?? 0) + 1)
  const successors = new Set(moves.map(({ successor }) => successor))
  return inventory.instances
    .filter(({ id }) => successors.has(id))
    .flatMap(({ id, name, type, interfaces = 0 }) => {
      const { attachmentsMax: most = null, isShared = false, disks = 0 } = types[type] ?? {}
      const has = directory.volumesOn(id).length - leftovers.filter(({ instance }) => instance === id).length
      const gets = gained.get(id) ?? 0
      const others = isShared ? interfaces + disks : 0
      if (most === null) return [unchecked(`attachments of ${name}`, `EC2 names no limit of ${type}`, 'look it up')]
      if (has + others + gets <= most) return []
      const beside = others > 0 ? ` and ${others} network interfaces and disks of its own, which count too,` : ''
      const cause = `${id} (${type}) takes ${most} volumes; it has ${has}${beside} and would get ${gets}`
      const words = unjournalledWords(directory.volumesOn(id), request)
      return [red(`attachments of ${name}`, cause, `choose a larger successor, or spread the volumes${words}`)]
    })
}

/**
 * Checks the quota of each volume type, in GiB. Source and copy stand side by side until the cleanup, so both must fit;
 * the copy of a replica is there already.
 */
export function quotas(
  { moves }: PreflightRequest,
  storage: Readonly<Record<string, { usedGib: number; quotaGib: number }>>,
): Check[] {
  const copied = moves.filter(isSnapshotMove)
  const types = [...new Set(copied.map(({ volume }) => volume.type))]
  return types.flatMap((type) => {
    const more = copied.reduce((sum, { volume }) => sum + (volume.type === type ? volume.sizeGib : 0), 0)
    const known = storage[type]
    if (!known) return [unchecked(`storage quota of ${type}`, 'Service Quotas names none', 'look it up')]
    if (known.usedGib + more <= known.quotaGib) return []
    const cause = `${known.usedGib} GiB of ${known.quotaGib} GiB are used, and the copies need ${more} GiB more`
    return [red(`storage quota of ${type}`, cause, 'ask for more in Service Quotas')]
  })
}
