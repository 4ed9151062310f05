// What one service could not have done faster, step by step, before and after the point of no return.
import { SERVICE_DOCUMENTS, type ServiceStep } from '../../core/model/effects.ts'
import { hostOf } from '../../core/model/moves.ts'
import type { Move, Service } from '../../core/model/plan.ts'
import type { TimedTurn } from '../ec2/world/durations.ts'
import { copyTerms } from './copies.ts'
import { replicaTerms } from './replicas.ts'
import { longest, type Outage, ranMs, type Timed } from './terms.ts'

/** The steps of a service from its freeze up to copies that are attached and checked, in order; the slowest of its moves counts. */
export function readyTerms(outage: Outage, service: Service): Timed[] {
  const moves = outage.moves.filter((move) => move.service === service.name)
  const stopped = (beforeMs: number) => stoppedAtMs(outage, service, beforeMs) ?? beforeMs
  return [
    { service: service.name, step: 'freeze', ms: freezeMs(outage, service) },
    ...longest(
      moves.map((move) =>
        move.route === 'replica' ? replicaTerms(outage, move, stopped) : copyTerms(outage, move, stopped),
      ),
    ),
    ...(service.afterAttach ? [documentTerm(outage, service, 'afterAttach')] : []),
    ...(service.check ? [documentTerm(outage, service, 'verify')] : []),
  ]
}

/** The openings that end with this service's: those before it, as its plan has them, then its own. The longest such chain counts. */
export function openTerms(outage: Outage, service: Service): Timed[] {
  const before = outage.services.filter(({ name }) => service.after.includes(name))
  return [
    ...longest(before.map((one) => openTerms(outage, one))),
    { service: service.name, step: 'open', ms: openMs(outage, service) },
  ]
}

/**
 * Whether people stop and open a required service themselves. The machines stop and open the others meanwhile, and the world does not
 * know how much of that fell in a wait for people: so none of it counts.
 */
function isByHand({ services }: Outage): boolean {
  return services.some(({ method }) => method === 'manual')
}

function freezeMs(outage: Outage, service: Service): number {
  if (isByHand(outage)) return 0
  return service.method === 'document'
    ? documentTerm(outage, service, 'freeze').ms
    : turnedMs(outage, sourceHosts(outage, service), 'stopped')
}

/** An instance that runs already is started at no cost. */
function openMs(outage: Outage, service: Service): number {
  if (isByHand(outage)) return 0
  return service.method === 'document'
    ? documentTerm(outage, service, 'open').ms
    : turnedMs(outage, successors(outage, service), 'running')
}

function documentTerm(outage: Outage, service: Service, step: ServiceStep): Timed {
  const hosts = step === 'freeze' ? sourceHosts(outage, service) : successors(outage, service)
  const ms = ranMs(outage, { document: SERVICE_DOCUMENTS[step], about: service.name, hosts })
  return { service: service.name, step, ms }
}

/** When a service had stopped writing, the last time before `beforeMs`, in ms since 1970; null where a person did it, or nothing tells. */
function stoppedAtMs(outage: Outage, service: Service, beforeMs: number): number | null {
  if (isByHand(outage)) return null
  const { durations, fromMs } = outage
  const hosts = sourceHosts(outage, service)
  const isTheirs = ({ instance }: { readonly instance: string }) => hosts.includes(instance)
  const runs = durations.runs.filter(
    (run) => isTheirs(run) && run.document === SERVICE_DOCUMENTS.freeze && run.about === service.name,
  )
  const turns = durations.turns.filter((turn) => isTheirs(turn) && turn.goal === 'stopped')
  const ends = [...runs.map(({ endedAtMs }) => endedAtMs), ...turns.map(({ settlesAtMs }) => settlesAtMs)]
  const fitting = ends.filter((endMs) => endMs >= fromMs && endMs <= beforeMs)
  return fitting.length > 0 ? Math.max(...fitting) : null
}

/** The slowest turn of these instances in the outage; 0 where there was none. */
function turnedMs({ durations, fromMs, untilMs }: Outage, hosts: readonly string[], goal: TimedTurn['goal']): number {
  const theirs = durations.turns.filter((turn) => turn.goal === goal && hosts.includes(turn.instance))
  const inside = theirs.filter(({ turnedAtMs, settlesAtMs }) => turnedAtMs >= fromMs && settlesAtMs <= untilMs)
  return Math.max(0, ...inside.map(({ turnedAtMs, settlesAtMs }) => settlesAtMs - turnedAtMs))
}

function sourceHosts(outage: Outage, service: Service): string[] {
  return hostsOf(outage, service, hostOf)
}

function successors(outage: Outage, service: Service): string[] {
  return hostsOf(outage, service, ({ successor }) => successor)
}

function hostsOf({ moves }: Outage, { name }: Service, hostOfMove: (move: Move) => string): string[] {
  return [...new Set(moves.filter(({ service }) => service === name).map(hostOfMove))]
}
