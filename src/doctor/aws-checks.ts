// Credentials, permissions and documents, as AWS answers for them: the looks of start-up, and the dry runs and documents of a plan.
import type { Clients } from '../aws/clients.ts'
import { instancesIn, volumesBy, zonesOf } from '../aws/describe.ts'
import { triedChangedBlocks, triedReads } from '../aws/permissions.ts'
import { documentsIn } from '../aws/survey/documents.ts'
import { dryRunsOf } from '../aws/survey/dry-runs.ts'
import { OPTIONAL_READS } from '../core/checkup.ts'
import { type Check, green, red, unchecked, yellow } from '../core/model/checks.ts'
import { REPLICA_DOCUMENTS, SERVICE_DOCUMENTS } from '../core/model/effects.ts'
import { isOptedIn, type SeenInstance, type SeenVolume } from '../core/model/facts.ts'
import type { Rules } from '../core/model/rules.ts'
import { stepsOf, troubleOf } from '../core/planning/preflight/hosts.ts'
import { permissionChecks } from '../core/planning/preflight/permissions.ts'

/** Where AWS does not let zonehop look, nothing further is asked of it. */
export async function awsChecks(clients: Clients, rules: Rules): Promise<Check[]> {
  const refused = Object.entries(await triedReads(clients)).flatMap(([action, code]) =>
    code ? [{ action, code }] : [],
  )
  const failed = refused.filter(({ action }) => !OPTIONAL_READS.has(action))
  if (failed.length > 0) {
    const which = failed.map(({ action, code }) => `${action} (${code})`).join(', ')
    return [red('AWS', `it does not answer ${which}`, remedyFor(failed.map(({ code }) => code)))]
  }
  const answers = await Promise.all([
    orUnchecked('permissions', () => callChecks(clients, rules)),
    orUnchecked('documents', () => documentChecks(clients, rules)),
    forecastChecks(clients),
  ])
  const optional = refused.map(({ action, code }) =>
    yellow('AWS', `it does not answer ${action} (${code}): ${OPTIONAL_READS.get(action)}`, remedyFor([code])),
  )
  return [green('AWS', 'EC2 and SSM let zonehop look'), ...optional, ...answers.flat()]
}

/** Codes of credentials that are missing, wrong or over. */
const OF_CREDENTIALS =
  /^(AuthFailure|InvalidClientTokenId|UnrecognizedClient|ExpiredToken|CredentialsProvider|TokenProvider)/
const OF_PERMISSION = /^(UnauthorizedOperation|AccessDenied)/

function remedyFor(codes: readonly string[]): string {
  if (codes.some((code) => OF_CREDENTIALS.test(code))) {
    return 'give it credentials that are valid now (AWS_PROFILE, AWS_ACCESS_KEY_ID, or the role of its instance)'
  }
  return codes.some((code) => OF_PERMISSION.test(code))
    ? "give zonehop's role iam-policy.json"
    : 'see that AWS_REGION is right, and that the network leads to EC2 and SSM'
}

async function orUnchecked(name: string, look: () => Promise<Check[]>): Promise<Check[]> {
  return await look().catch((error: Error) => [unchecked(name, `AWS answered ${error.name}`, 'try again in a minute')])
}

/** The calls to come, tried with DryRun between two zones that have hosts: what a plan of other zones shows may differ. */
async function callChecks(clients: Clients, { services }: Rules): Promise<Check[]> {
  const { reading } = clients
  const [volumes, zones] = await Promise.all([volumesBy(reading), zonesOf(reading)])
  const instances = await instancesIn(
    reading,
    zones.map(({ name }) => name),
  )
  const found = { zones, volumes, instances, ...zonesToTry(instances, volumes) }
  const methods = Object.values(services).map(({ freeze = 'manual' }) => ({ method: freeze }))
  return permissionChecks({ services: methods }, await dryRunsOf(clients, found))
}

/** A source whose host has a volume, and another zone with a host; those that opted in come first. */
function zonesToTry(instances: readonly SeenInstance[], volumes: readonly SeenVolume[]) {
  const hosts = [...instances.filter(isOptedIn), ...instances.filter((instance) => !isOptedIn(instance))]
  const used = new Set(volumes.flatMap(({ attachments }) => attachments.map(({ instance }) => instance)))
  const sourceZone = hosts.find(({ id }) => used.has(id))?.zone ?? ''
  return { sourceZone, targetZone: hosts.find(({ zone }) => zone !== sourceZone)?.zone ?? '' }
}

/** Nothing needs it but the forecast of the next snapshot, so it is never red. */
async function forecastChecks(clients: Clients): Promise<Check[]> {
  const name = 'forecasts'
  const tried = await triedChangedBlocks(clients)
  if (tried === 'allowed') return [green(name, 'AWS says what changed between two snapshots')]
  const { isRefused, because } = tried
  if (!isRefused)
    return [unchecked(name, because, 'try again in a minute, and see that the network leads to the EBS direct APIs')]
  const without = 'it is optional: forecasts of what changed between seeds will be missing'
  return [yellow(name, `AWS does not answer ListChangedBlocks (${because}); ${without}`, remedyFor([because]))]
}

/** A document without which a service or replica of zonehop.yaml fails is red; others matter once a plan needs them. */
async function documentChecks({ listening }: Clients, rules: Rules): Promise<Check[]> {
  const needed = neededBy(rules)
  const troubles = new Map<string, { readonly isNeeded: boolean; readonly trouble: string; readonly names: string[] }>()
  const all = Object.entries(await documentsIn(listening))
  for (const [name, document] of all) {
    const trouble = troubleOf(document)
    if (trouble === null) continue
    const isNeeded = needed.has(name)
    const key = `${isNeeded} ${trouble}`
    troubles.set(key, { isNeeded, trouble, names: [...(troubles.get(key)?.names ?? []), name] })
  }
  if (troubles.size === 0) return [green('documents', `SSM has all ${all.length}, as they are shipped`)]
  const remedy = 'register the documents of ssm/ in this account and region'
  return [...troubles.values()].map(({ isNeeded, trouble, names }) =>
    (isNeeded ? red : yellow)('documents', `${names.join(', ')}: ${trouble}`, remedy),
  )
}

function neededBy({ services, replicas }: Rules): ReadonlySet<string> {
  const ofServices = Object.values(services).flatMap((rule) => {
    const { freeze: method = 'manual', afterAttach = false, check = false, hook = null } = rule
    return stepsOf({ method, afterAttach, check, hook }).map((step) => SERVICE_DOCUMENTS[step])
  })
  return new Set([...ofServices, ...(Object.keys(replicas).length > 0 ? Object.values(REPLICA_DOCUMENTS) : [])])
}
