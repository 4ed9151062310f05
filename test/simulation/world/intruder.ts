// Somebody who may tag volumes, and may do nothing else: they write zonehop's own memory tags on sources and copies, where there is
// none of that kind. Whoever believes them does what nobody approved.
import type { Migration } from '../../../src/core/model/migration.ts'
import { sourceIdsOf } from '../../../src/core/model/moves.ts'
import { perform } from '../../../src/demo/ec2/perform.ts'
import type { Sim } from './sim.ts'

type Forgery = {
  readonly key: string
  readonly value: (m: Migration, nowMs: number) => string
  readonly isOfCopies?: true
}

const FORGERIES: readonly [Forgery, ...Forgery[]] = [
  { key: 'zonehop:frozen', value: ({ id }, nowMs) => `${id}-f${nowMs}` },
  { key: 'zonehop:left', value: ({ id }) => id },
  { key: 'zonehop:aborted', value: ({ id }) => id },
  { key: 'zonehop:live', value: ({ id }) => id, isOfCopies: true },
]

/** One tag on one volume of a migration that runs. */
export function forge(sim: Sim): void {
  const { store, watch, random, scheduler } = sim
  const m = random.pick(watch.all().filter(({ endedAtMs }) => endedAtMs === null))
  if (!m) return
  const { key, value, isOfCopies } = random.pick(FORGERIES)
  const sources = new Set(sourceIdsOf(m.plan.moves))
  const volumes = [...store.volumes.values()].filter(
    ({ id, deletedAtMs, tags }) => deletedAtMs === null && sources.has(id) !== (isOfCopies ?? false) && !(key in tags),
  )
  const volume = random.pick(volumes)
  if (!volume) return
  const tag = { Key: key, Value: value(m, Math.round(scheduler.now())) }
  sim.forged.add(`${volume.id} ${tag.Key}=${tag.Value}`)
  sim.note('intruder', `writes ${tag.Key}=${tag.Value} on ${volume.id}`)
  perform(store, 'CreateTags', { ResourceId: [volume.id], Tag: [tag] })
}
