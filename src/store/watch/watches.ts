// The watch of each pair of zones, beside the journal: how far it is, and which routes people chose ahead. If it is lost, the next look is
// a first one.

import type { ChosenAhead } from '../../core/planning/watch/chosen.ts'
import type { WatchState } from '../../core/planning/watch/days.ts'
import type { Watches, Zones } from '../../core/ports.ts'
import type { Keys } from '../keys.ts'
import type { RedisClient } from '../redis.ts'

/** Keeps a state only over the one that its writer read: a worker that was suspended must not say again what another one has said. */
const SAVE = `
if (redis.call('HGET', KEYS[1], 'rev') or '0') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'rev', ARGV[1] + 1, 'state', ARGV[2])
return 1
`

/** Two hashes a pair: its state as JSON with a number that rises, and the choices as JSON by the id of their volume. */
export function redisWatches(redis: RedisClient, keys: Keys): Watches {
  const stateKey = ({ sourceZone, targetZone }: Zones): string => keys.of('watch', sourceZone, targetZone)
  const choicesKey = ({ sourceZone, targetZone }: Zones): string => keys.of('chosen', sourceZone, targetZone)
  return {
    async read(zones) {
      const { rev = '0', state = 'null' } = await redis.hgetall(stateKey(zones))
      return { rev: Number(rev), state: JSON.parse(state) as WatchState | null }
    },
    async save(zones, state, rev) {
      return (await redis.eval(SAVE, 1, stateKey(zones), rev, JSON.stringify(state))) === 1
    },
    async chosen(zones) {
      const all = await redis.hgetall(choicesKey(zones))
      return Object.values(all).map((text) => JSON.parse(text) as ChosenAhead)
    },
    async choose(zones, chosen) {
      await redis.hset(choicesKey(zones), chosen.choice.volume, JSON.stringify(chosen))
    },
    async forget(zones, volumes) {
      if (volumes.length > 0) await redis.hdel(choicesKey(zones), ...volumes)
    },
  }
}
