// The last inventories, and watches, in memory, as JSON like the real ones.
import type { Inventories, Watches, Zones } from '../../src/core/ports.ts'
import type { Watching } from '../../src/operations.ts'

export function memoryInventories(): Inventories {
  const kept = new Map<string, string>()
  const keyOf = ({ sourceZone, targetZone }: Zones): string => `${sourceZone} ${targetZone}`
  return {
    keep: async (zones, inventory) => void kept.set(keyOf(zones), JSON.stringify(inventory)),
    last: async (zones) => JSON.parse(kept.get(keyOf(zones)) ?? 'null'),
  }
}

export function memoryWatches(): Watches {
  const states = new Map<string, { rev: number; text: string }>()
  const choices = new Map<string, Map<string, string>>()
  const keyOf = ({ sourceZone, targetZone }: Zones): string => `${sourceZone} ${targetZone}`
  const ofZones = (zones: Zones): Map<string, string> => {
    const found = choices.get(keyOf(zones)) ?? new Map<string, string>()
    choices.set(keyOf(zones), found)
    return found
  }
  return {
    async read(zones) {
      const { rev, text } = states.get(keyOf(zones)) ?? { rev: 0, text: 'null' }
      return { rev, state: JSON.parse(text) }
    },
    async save(zones, state, rev) {
      if ((states.get(keyOf(zones))?.rev ?? 0) !== rev) return false
      states.set(keyOf(zones), { rev: rev + 1, text: JSON.stringify(state) })
      return true
    },
    chosen: async (zones) => [...ofZones(zones).values()].map((text) => JSON.parse(text)),
    choose: async (zones, chosen) => void ofZones(zones).set(chosen.choice.volume, JSON.stringify(chosen)),
    async forget(zones, volumes) {
      for (const volume of volumes) ofZones(zones).delete(volume)
    },
  }
}

/** No zones are watched. */
export function notWatching(): Watching {
  return { pairs: [], watches: memoryWatches(), nudge: async () => undefined }
}
