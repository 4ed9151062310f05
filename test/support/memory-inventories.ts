// The last inventories in memory, as JSON like the real ones.
import type { Inventories, Zones } from '../../src/core/ports.ts'

export function memoryInventories(): Inventories {
  const kept = new Map<string, string>()
  const keyOf = ({ sourceZone, targetZone }: Zones): string => `${sourceZone} ${targetZone}`
  return {
    keep: async (zones, inventory) => void kept.set(keyOf(zones), JSON.stringify(inventory)),
    last: async (zones) => JSON.parse(kept.get(keyOf(zones)) ?? 'null'),
  }
}
