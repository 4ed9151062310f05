// The hosts' time. Nothing ticks: what is due waits in a list, and whoever looks first lets it happen, in order, each at its
// own time.
import type { Due, Hosts } from '../entities.ts'

/** Schedules something for a time (simulated ms), behind everything else that is due then. */
export function schedule(hosts: Hosts, atMs: number, act: Due['act']): void {
  const index = hosts.due.findIndex((due) => due.atMs > atMs)
  hosts.due.splice(index < 0 ? hosts.due.length : index, 0, { atMs, act })
}

/** Lets everything happen that is due by now, also what becomes due through it. */
export function settle(hosts: Hosts): void {
  const nowMs = hosts.store.now()
  for (let next = hosts.due[0]; next && next.atMs <= nowMs; next = hosts.due[0]) {
    hosts.due.shift()
    next.act(next.atMs)
  }
}
