// What goes live is the data of its source, complete: each volume at a successor holds what its own move's source wrote, up to
// its last write. Asked when the journal says that something goes live, of what EC2 has at the successor's device.
import { isDeferred, isOpen, isReturned, movesOf } from '../../../src/core/journal/services.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import { rowsOf } from '../../../src/core/model/moves.ts'
import type { Service } from '../../../src/core/model/plan.ts'
import { dataOf } from '../../../src/demo/ec2/world/data.ts'
import { attachmentsOf, lastWriteMs } from '../../../src/demo/ec2/world/states.ts'
import type { Store } from '../../../src/demo/ec2/world/store.ts'

type Row = ReturnType<typeof rowsOf>[number]

/**
 * By the entry between `before` and `after`: at the point of no return for each service that it waits for, then for each
 * as it opens, and at the end once more for each that was not given back. Later, people start old servers again.
 */
export function liveIsWhole(store: Store, before: Migration | null, after: Migration): string[] {
  if (before === null || after.wentLiveAtMs === null) return []
  // Where the point of no return is found again, its deferrals may be lost: then each service is asked of as it opens.
  const isFound = before.suspicions.get('left')?.isSo === true
  const isAtOnce = before.wentLiveAtMs === null && !isFound
  const isEnd = before.endedAtMs === null && after.endedAtMs !== null
  const goesLive = (service: Service): boolean => {
    if (!isOpen(after, service.name)) return isAtOnce && !isDeferred(after, service)
    return isAtOnce || isEnd || !isOpen(before, service.name)
  }
  return after.plan.services
    .filter((service) => goesLive(service) && !isReturned(after, service.name))
    .flatMap(({ name }) => rowsOf(movesOf(after, name)).flatMap((row) => wrongsOfCopy(store, row)))
}

/** Its one copy holds every write of the source, which is frozen: nobody writes to it after the freeze that counts. */
function wrongsOfCopy(store: Store, { volume: { id, name, device }, successor }: Row): string[] {
  const nowMs = store.now()
  const copies = [...(store.indexes.held.get(successor) ?? [])].filter((one) =>
    attachmentsOf(one, nowMs).some((place) => place.instance === successor && place.device === device),
  )
  const [copy] = copies
  const source = store.volumes.get(id)
  if (!copy || !source || copies.length > 1) return [`${name} goes live on ${copies.length} copies`]
  const data = dataOf(store, copy, nowMs)
  if (data?.of !== id) return [`${copy.id} goes live with the data of ${data?.of}, not of ${id}`]
  const writtenMs = lastWriteMs(source, nowMs)
  return data.asOfMs < writtenMs
    ? [`${copy.id} goes live as of ${at(data.asOfMs)}, and ${id} was written to at ${at(writtenMs)}`]
    : []
}

function at(ms: number): string {
  return new Date(ms).toISOString().slice(11, 23)
}
