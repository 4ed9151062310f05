// Preflight for what hosts are told to do: the documents of ssm/ that the plan will run must be there, and the agents of the hosts on
// which they run must answer. Without a document or an agent a freeze fails inside the outage.

import { type Check, red, unchecked } from '../../model/checks.ts'
import { REPLICA_DOCUMENTS, SERVICE_DOCUMENTS } from '../../model/effects.ts'
import type { SeenDocument } from '../../model/facts.ts'
import { backupOf, hostOf, isReplicaMove } from '../../model/moves.ts'
import type { Service } from '../../model/plan.ts'
import { groups } from '../directory.ts'
import type { PreflightRequest } from '../request.ts'
import { asked, needIt } from './asked.ts'

/** Red for each document and each host without which a command would fail; what SSM does not say is not checked. */
export function commandChecks(request: PreflightRequest): Check[] {
  const documents = documentsFor(request)
  if (documents.size === 0) return []
  const { survey } = request.inventory
  return [
    ...asked('SSM documents', survey.documents ?? UNASKED, (found) => documentChecks(documents, found), REMEDY),
    ...asked('SSM agents', survey.agents ?? UNASKED, (found) => agentChecks(request, found), REMEDY),
  ]
}

const UNASKED = { because: 'SSM was not asked' }
const REMEDY = 'see by hand that they are there and answer'

/** For whom each document runs, by its name. */
function documentsFor({ moves, services }: PreflightRequest): ReadonlyMap<string, readonly string[]> {
  const ofServices = services.flatMap((service) =>
    stepsOf(service).map((step) => ({ document: SERVICE_DOCUMENTS[step], who: service.name })),
  )
  const ofReplicas = moves
    .filter(isReplicaMove)
    .flatMap(({ resource }) => Object.values(REPLICA_DOCUMENTS).map((document) => ({ document, who: resource })))
  const all = groups([...ofServices, ...ofReplicas], ({ document }) => [document])
  return new Map([...all].map(([document, uses]) => [document, uses.map(({ who }) => who)]))
}

/** What of a service is done by documents. */
export function stepsOf({
  method,
  afterAttach,
  check,
  hook,
}: Pick<Service, 'method' | 'afterAttach' | 'check' | 'hook'>): (keyof typeof SERVICE_DOCUMENTS)[] {
  return [
    ...(method === 'document' ? (['freeze', 'unfreeze', 'open'] as const) : []),
    ...(afterAttach ? (['afterAttach'] as const) : []),
    ...(check ? (['verify'] as const) : []),
    ...(hook === null ? [] : (['hook'] as const)),
  ]
}

function documentChecks(
  needed: ReadonlyMap<string, readonly string[]>,
  found: Readonly<Record<string, SeenDocument | null>>,
): Check[] {
  return [...needed].flatMap(([name, who]) => {
    const trouble = troubleOf(found[name] ?? null)
    const remedy = 'register the documents of ssm/ in this account and region'
    return trouble === null ? [] : [red(`document ${name}`, `${trouble}, and ${needIt(who)}`, remedy)]
  })
}

/** Why a command of this document would fail; null where it would not. */
export function troubleOf(document: SeenDocument | null): string | null {
  if (document === null) return 'SSM has no such document'
  if (document.status !== 'Active') return `SSM says that it is ${document.status}`
  return document.isShipped ? null : 'it is not the document that this zonehop ships'
}

function agentChecks(request: PreflightRequest, agents: Readonly<Record<string, string>>): Check[] {
  const { inventory } = request
  const instances = new Map(inventory.instances.map((instance) => [instance.id, instance]))
  return [...hostsOf(request)].flatMap((id) => {
    const { name = id, state = 'unknown' } = instances.get(id) ?? {}
    if (agents[id] === 'Online') return []
    if (state !== 'running') {
      const because = `${id} is ${state} and runs no agent now`
      return [unchecked(`SSM agent of ${name}`, because, 'start it once, and see that its agent comes online')]
    }
    const cause = agents[id] === undefined ? `SSM does not know ${id}` : `SSM says ${agents[id]} of ${id}`
    const remedy = 'start the SSM agent there, and see that its instance profile allows it'
    return [red(`SSM agent of ${name}`, cause, remedy)]
  })
}

/** Ids of the instances on which documents run. */
function hostsOf({ moves, services }: PreflightRequest): ReadonlySet<string> {
  const atSource = new Set(services.filter(({ method }) => method === 'document').map(({ name }) => name))
  const told = new Set(services.filter((service) => stepsOf(service).length > 0).map(({ name }) => name))
  return new Set(
    moves.flatMap((move) => [
      ...(atSource.has(move.service) ? [hostOf(move)] : []),
      ...(told.has(move.service) ? [move.successor] : []),
      ...(isReplicaMove(move) ? [hostOf(move), backupOf(move), move.successor] : []),
    ]),
  )
}
