// Preflight for what zonehop's role may do: EC2's answers to the dry runs, and the hosts that have to opt in.

import { type Check, green, red, unchecked } from '../../model/checks.ts'
import { HOST_TAG, isOptedIn } from '../../model/facts.ts'
import { backupOf, hostOf, isReplicaMove } from '../../model/moves.ts'
import type { Service } from '../../model/plan.ts'
import type { PreflightRequest } from '../request.ts'

/** EC2's word for a call that the role may not make; of any other code nobody can say what it means for the real call. */
export const REFUSED = 'UnauthorizedOperation'

/** A red check for each call to come that EC2 would refuse, yellow for those of which it does not say; green if it would refuse none. */
export function permissionChecks(
  { services }: { readonly services: readonly Pick<Service, 'method'>[] },
  dryRuns: Readonly<Record<string, string | null>>,
): Check[] {
  const isStopping = services.some(({ method }) => method === 'stop-instances')
  if (Object.keys(dryRuns).length === 0) {
    const because = 'there is no attached volume and no successor to try the calls on'
    return [unchecked('permissions', because, 'see that the role has iam-policy.json as it is shipped')]
  }
  const others = Object.entries(dryRuns).flatMap(([action, code]) =>
    code === null || (/^St(op|art)Instances$/.test(action) && !isStopping) ? [] : [{ action, code }],
  )
  if (others.length === 0) return [green('permissions', 'EC2 would allow every call to come')]
  return others.map(({ action, code }) =>
    code === REFUSED
      ? red(`permission ${action}`, `EC2 would refuse it: ${code}`, remedyOf(action))
      : unchecked(`permission ${action}`, `EC2 answered ${code} to the dry run`, remedyOf(action)),
  )
}

/** Calls for which iam-policy.json wants a host that opted in. */
const ON_HOSTS = ['AttachVolume', 'ModifyInstanceAttribute', 'StartInstances', 'StopInstances']

function remedyOf(action: string): string {
  const give = "give zonehop's role this permission (iam-policy.json)"
  const tag = `${HOST_TAG.key}=${HOST_TAG.value}`
  return ON_HOSTS.includes(action) ? `${give}, and tag the hosts that it may use ${tag}` : give
}

/** A red check for each host of the plan that has not opted in, where EC2 refuses zonehop such hosts. */
export function hostChecks({ moves, inventory }: PreflightRequest, needsOptIn: boolean): Check[] {
  if (!needsOptIn) return []
  const used = new Set(
    moves.flatMap((move) => [hostOf(move), move.successor, ...(isReplicaMove(move) ? [backupOf(move)] : [])]),
  )
  const missing = inventory.instances.filter((instance) => used.has(instance.id) && !isOptedIn(instance))
  return missing.map(({ id, name }) =>
    red(
      `permission on ${name}`,
      `EC2 would refuse zonehop the use of ${id}, which has not opted in`,
      `tag it ${HOST_TAG.key}=${HOST_TAG.value}`,
    ),
  )
}
