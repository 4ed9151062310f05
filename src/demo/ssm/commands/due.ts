// The hosts' time. Nothing ticks: what is due waits in a list, and whoever looks first lets it happen, in order, each at its
// own time.
import type { Due, Hosts } from '../entities.ts'

export function schedule(hosts: Hosts, atMs: number, act: Due['act']): void {
  const index = hosts.due.findIndex((due) => due.atMs > atMs)
  hosts.due.splice(index < 0 ? hosts.due.length : index, 0, { atMs, act })
}

export function settle(hosts: Hosts): void {
  const nowMs = hosts.store.now()
  for (let next = hosts.due[0]; next && next.atMs <= nowMs; next = hosts.due[0]) {
    hosts.due.shift()
    next.act(next.atMs)
  }
}
