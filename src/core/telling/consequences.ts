// What will happen once a form is sent, said above its fields: who decides at four in the morning has not read the design.
import { freezeOf, movesOf } from '../journal/services.ts'
import type { Migration } from '../model/migration.ts'
import { sizeOf } from '../model/moves.ts'
import { cut, listed } from '../model/text.ts'

/** What a form with a reason asks for. */
type Asked = 'defer' | 'return' | 'abort' | 'exceed' | 'vouch'
/** What it is about: the name of a service, or the id of an effect. */
type About = { readonly service?: string | undefined; readonly effect?: string | undefined }

/** Services that one sentence names, and the characters of each. */
const NAMED_MAX = 5
const NAME_MAX = 60

/** Of the choice for a volume of this size. */
export function choiceConsequence({ plan: { targetZone } }: Migration, sizeGib: number): string {
  return `If it is required, the outage waits for the copy of its ${sizeGib} GiB. If it can come later, it stays down until its copy is open in ${targetZone}, after go-live. If it stays, nothing of it is copied, and ${targetZone} goes without it.`
}

/** Of letting a volume stay that cannot move. */
export function stayConsequence({ plan: { sourceZone, targetZone } }: Migration): string {
  return `It stays in ${sourceZone} as it is: nothing of it is copied, and ${targetZone} goes without it.`
}

/** Of a form with a reason; empty where the migration knows nothing of what it is about. */
export function consequenceOf(kind: Asked, m: Migration, { service, effect }: About): string {
  if (kind === 'abort') return ofAbort(m)
  if (kind === 'exceed') return OF_EXCEEDING
  if (kind === 'vouch') return ofVouching(m, effect ?? '')
  if (!m.plan.services.some(({ name }) => name === service)) return ''
  return kind === 'defer' ? ofDeferral(m, service ?? '') : ofReturn(m, service ?? '')
}

/** The budget is no gate of its own: whoever approves the freeze reads the forecast as of then. */
const OF_EXCEEDING =
  'The outage is asked for, with the forecast as of then, and still begins only once that is approved. Its budget stays: during the outage it is told what is left of it.'

function ofDeferral(m: Migration, service: string): string {
  const open = `until its own copy is open in ${m.plan.targetZone}, after go-live`
  const down = freezeOf(m, service)
    ? `is down now, and stays so ${open}`
    : `stops before go-live as the others do, and stays down ${open}`
  return `${sized(m, service)} ${down}. Go-live no longer waits for it.`
}

function ofReturn(m: Migration, service: string): string {
  const { sourceZone, targetZone } = m.plan
  return `${sized(m, service)} serves in ${sourceZone} again, from its volumes there, and its copy for ${targetZone} is given up. What is live in ${targetZone} stays live.`
}

function ofAbort({ plan, freezes, wentLiveAtMs }: Migration): string {
  const { services, sourceZone } = plan
  // It is refused then, and says why itself.
  if (wentLiveAtMs !== null) return ''
  const kept = 'The snapshots and copies that were made are kept until a cleanup is approved'
  if (freezes.length === 0) {
    return `No service is stopped yet: all of them go on in ${sourceZone}, and nothing more is begun. ${kept}.`
  }
  const names = listed(
    services.map(({ name }) => cut(name, NAME_MAX)),
    NAMED_MAX,
  )
  return `Every service (${names}) goes back: it opens in ${sourceZone} again, from its volumes there, and no data is copied back. ${kept}.`
}

function ofVouching(m: Migration, id: string): string {
  const effect = m.effects.get(id)?.effect
  if (effect?.step !== 'fence') return ''
  const { service, instances } = effect
  const hosts = listed(instances, NAMED_MAX)
  return `On your word that nothing writes on ${hosts}, ${cut(service, NAME_MAX)} starts again in ${m.plan.sourceZone}. If something writes there after all, the two sides part, and what one of them wrote is lost.`
}

/** A service with the size of what it moves. */
function sized(m: Migration, service: string): string {
  const gib = movesOf(m, service).reduce((sum, move) => sum + sizeOf(move), 0)
  return `${cut(service, NAME_MAX)} (${gib} GiB)`
}
