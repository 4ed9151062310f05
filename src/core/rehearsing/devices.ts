// Where a rehearsal attaches its copies: at devices that nothing has, and that the plan does not want, so that the move itself can begin
// while a rehearsal runs.

import type { Migration } from '../model/migration.ts'
import { isSnapshotMove, rowsOf } from '../model/moves.ts'
import { once } from '../model/once.ts'

const LETTERS = [...'abcdefghijklmnopqrstuvwxyz']
/**
 * Device names for data volumes of Linux instances, in the order in which they are taken: /dev/sd[f-p], which EC2 recommends, then
 * /dev/xvd[b-c][a-z] (EC2 user guide, device names).
 */
const DEVICES: readonly string[] = [
  ...LETTERS.slice(5, 16).map((letter) => `/dev/sd${letter}`),
  ...['b', 'c'].flatMap((first) => LETTERS.map((second) => `/dev/xvd${first}${second}`)),
]

/** The free device of each snapshot move at its successor, by the id of the move. Nothing that happens meanwhile changes it. */
export const devicesOf = once((m: Migration['plan']) =>
  once((inventory: Migration['inventory']) => freeIn(m, inventory)),
)

function freeIn(plan: Migration['plan'], { volumes }: Migration['inventory']): ReadonlyMap<string, string> {
  const taken = new Map<string, Set<string>>()
  const take = (instance: string, device: string): void => {
    const all = taken.get(instance) ?? new Set<string>()
    all.add(lettersOf(device))
    taken.set(instance, all)
  }
  for (const { attachments } of volumes) for (const { instance, device } of attachments) take(instance, device)
  for (const { volume, successor } of rowsOf(plan.moves)) take(successor, volume.device)
  const free = new Map<string, string>()
  for (const { id, successor } of plan.moves.filter(isSnapshotMove)) {
    const device = DEVICES.find((one) => !taken.get(successor)?.has(lettersOf(one)))
    if (device === undefined) continue
    take(successor, device)
    free.set(id, device)
  }
  return free
}

/** `/dev/sdf` and `/dev/xvdf` are one place to the host. */
function lettersOf(device: string): string {
  return device.replace(/^\/dev\/(sd|xvd)/, '')
}
