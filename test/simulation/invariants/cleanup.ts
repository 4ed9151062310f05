// The second act of some trials: what a migration left behind is cleaned up, beside new faults. Old servers are stopped first,
// most of them; some come into use again, some volumes are retagged, while others read what would go and type what they agree to.

import { isCleaning, isMove } from '../../../src/core/journal/state.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import { rowsOf } from '../../../src/core/model/moves.ts'
import { perform } from '../../../src/demo/ec2/perform.ts'
import type { Instance } from '../../../src/demo/ec2/world/entities.ts'
import { instanceState } from '../../../src/demo/ec2/world/states.ts'
import type { Service } from '../../../src/demo/ssm/entities.ts'
import { APPROVER, ASKER } from '../../support/people.ts'
import { SOURCE, TARGET } from '../../support/worlds.ts'
import type { Machine } from '../world/machine.ts'
import { misfortunes } from '../world/misfortunes.ts'
import { ask, isRead, mend, type People, type Reader, unhalt } from '../world/people.ts'
import { randomFrom } from '../world/random.ts'
import type { Sim } from '../world/sim.ts'
import type { Taken } from './cleared.ts'

const SHARE = 0.25
const LOSSES = [null, null, 'cleaning', 'clearing', 'clearing', 'issued', 'seen', 'kept'] as const

type Janitors = {
  readonly crowd: Reader
  readonly id: string
  /** Old servers, by what people want of them. */
  readonly wanted: Map<string, Instance['goal']>
  readonly meddles: number
  /** Cleanups that somebody agreed to, by where they were asked for. */
  readonly agreed: Set<number>
  readonly readMs: number
}

/** Begins it, where one is drawn and something was left; its migration. */
export function openCleanup(
  sim: Sim,
  machines: readonly Machine[],
  { people, seed }: { readonly people: People; readonly seed: number },
): string | null {
  // Chance of its own: the first act is the same with it and without.
  const random = randomFrom(~seed)
  const left = sim.watch.all().filter((m) => isMove(m) && m.endedAtMs !== null && m.effects.size > 0)
  const m = left.toSorted((a, b) => (a.endedAtMs ?? 0) - (b.endedAtMs ?? 0)).at(-1)
  if (!m || !random.chance(SHARE)) return null
  sim.note('people', `want to clean up what ${m.id} left`)
  people.starts = Number.POSITIVE_INFINITY
  // Days are between: what is as old as that is not lost.
  sim.history.splice(0, sim.history.length - 1)
  if (random.chance(0.8)) sim.faults.untilMs = sim.scheduler.now() + random.whole(2, 10) * 60_000
  misfortunes(sim, machines, random.pick(LOSSES))
  const life = { name: 'janitors', isOver: false, suspendedUntilMs: 0 }
  const janitors: Janitors = {
    crowd: { sim, machines, random, since: new Map(), mended: new Set(), habits: { readMs: 5_000 } },
    id: m.id,
    wanted: new Map(oldServers(sim, m).flatMap(({ id }) => (random.chance(0.8) ? [[id, 'stopped']] : []))),
    meddles: random.chance(0.7) ? random.between(0, 0.2) : 0,
    agreed: new Set(),
    readMs: random.chance(0.6) ? 10_000 : random.whole(10_000, 400_000),
  }
  const live = async (): Promise<void> => {
    for (;;) {
      await sim.scheduler.wait(life, random.between(3_000, 15_000))
      const now = sim.watch.fold(m.id)
      if (now) look(janitors, now)
    }
  }
  void live()
  return m.id
}

/** After `done` the servers that were left; after an abort those that were to take over, as long as they may stop. */
function oldServers(sim: Sim, { phase, plan }: Migration): Instance[] {
  const zone = phase === 'done' ? SOURCE : TARGET
  const successors = new Set(plan.moves.map(({ successor }) => successor))
  const isServing = (id: string): boolean => servicesOn(sim, id).some(({ state }) => state === 'open')
  return [...sim.store.instances.values()].filter(
    (instance) =>
      instance.zone === zone && (phase === 'done' || successors.has(instance.id)) && !isServing(instance.id),
  )
}

function look(janitors: Janitors, m: Migration): void {
  const { crowd, id, wanted, meddles } = janitors
  const { sim, random } = crowd
  const mayMeddle = sim.isFaulty() && m.phase === 'done'
  if (mayMeddle && random.chance(meddles)) meddle(janitors, m)
  const { approved, rev } = m.cleanup ?? {}
  if (approved && !janitors.agreed.has(rev ?? 0)) {
    janitors.agreed.add(rev ?? 0)
    // It is worst just when it is agreed to.
    if (mayMeddle && random.chance(0.5)) meddle(janitors, m)
  }
  const areSettled = [...wanted].filter(([server, goal]) => turn(sim, server, goal)).length === wanted.size
  if (m.halted) unhalt(crowd, m)
  if (isCleaning(m)) {
    agree(janitors, m)
    mend(crowd, m)
  } else if (areSettled && (!m.cleanup || (sim.isFaulty() && random.chance(0.1)))) {
    ask(crowd, 'asks for a cleanup', (use) => use.cleanup({ id, by: ASKER }))
  }
}

/** Whether the server is where it is wanted. */
function turn({ store, scheduler }: Sim, id: string, goal: Instance['goal']): boolean {
  const instance = store.instances.get(id)
  if (!instance) return true
  if (instance.goal !== goal)
    perform(store, goal === 'stopped' ? 'StopInstances' : 'StartInstances', { InstanceId: [id] })
  return instance.goal === goal && scheduler.now() >= instance.settlesAtMs
}

/** Reads for a while; some mistype the id, some click twice, some approve what they asked for themselves. */
function agree({ crowd, id, readMs }: Janitors, { asking, approvals }: Migration): void {
  const { sim, random } = crowd
  if (asking?.gate !== 'cleanup') return
  const { gate, basis, nonce: asked, atMs } = asking
  if (!isRead({ ...crowd, habits: { readMs } }, `${id} ${basis} ${atMs}`)) return
  if (approvals.some((one) => one.asked === asked)) return
  const isHasty = sim.isFaulty() && random.chance(0.2)
  if (isHasty) {
    const wrong = random.pick([
      { by: ASKER, typed: id },
      { by: APPROVER, typed: 'yes' },
    ])
    ask(crowd, `approve ${gate} as ${wrong.by} with "${wrong.typed}"`, (use) =>
      use.approve({ id, asked, gate, basis, ...wrong }),
    )
    return
  }
  const times = random.chance(0.2) ? 2 : 1
  for (let click = 0; click < times; click++) {
    ask(crowd, `approve ${gate} of ${basis}`, (use) => use.approve({ id, asked, gate, basis, by: APPROVER, typed: id }))
  }
}

/** Somebody takes something of it up again: an old server is started, or a volume says that it is to be kept. */
function meddle({ crowd: { sim, random }, wanted }: Janitors, m: Migration): void {
  const { store } = sim
  const row = random.pick(rowsOf(m.plan.moves))
  const volume = store.volumes.get(row?.volume.id ?? '')
  if (!row || !volume || volume.deletedAtMs !== null) return
  if (random.chance(0.5)) {
    const Name = `${row.volume.name}, keep it`
    perform(store, 'CreateTags', { ResourceId: [volume.id], Tag: [{ Key: 'Name', Value: Name }] })
    if (volume.tags.Name !== Name) return
    sim.note('people', `retag ${volume.id}`)
    take(sim, volume.id, 'tag')
    return
  }
  const { instance } = row.volume
  if (!mayStart(sim, instance)) return
  perform(store, 'StartInstances', { InstanceId: [instance] })
  if (store.instances.get(instance)?.goal !== 'running') return
  sim.note('people', `start ${instance} again`)
  wanted.set(instance, 'running')
  for (const { volume: one } of rowsOf(m.plan.moves)) if (one.instance === instance) take(sim, one.id, 'start')
}

function take({ taken, store, scheduler }: Sim, id: string, how: Taken['how']): void {
  const shownAtMs = store.volumes.get(id)?.tagsBefore?.untilMs ?? 0
  if (how === 'tag' || !taken.has(id)) taken.set(id, { how, atMs: Math.max(scheduler.now(), shownAtMs) })
}

/** What serves as soon as its server starts would serve twice: nobody starts that one. */
function mayStart(sim: Sim, id: string): boolean {
  const instance = sim.store.instances.get(id)
  const isStopped = instance !== undefined && instanceState(instance, sim.store.now()) === 'stopped'
  return isStopped && servicesOn(sim, id).every(({ startsOnBoot }) => !startsOnBoot)
}

function servicesOn({ hosts }: Sim, instance: string): Service[] {
  return [...(hosts.hosts.get(instance)?.services.values() ?? [])]
}
