// Renders the plan: what moves, what stays, and which volumes are uncovered, each with a button to choose a route.
import { leftoverLine } from '../../core/asking/gates.ts'
import { mentionsOf } from '../../core/asking/people.ts'
import { cautionLines } from '../../core/model/checks.ts'
import type { Entry, EntryOf } from '../../core/model/entries.ts'
import type { InventoryAge } from '../../core/model/facts.ts'
import { RESURVEY_RED_MS } from '../../core/model/limits.ts'
import type { Migration } from '../../core/model/migration.ts'
import { isReplicaMove, knownVolume, rowsOf } from '../../core/model/moves.ts'
import type { Plan, Uncovered } from '../../core/model/plan.ts'
import { bold, code, listed, theirs, timeBeside } from '../../core/model/text.ts'
import { isRed } from '../../core/planning/draft.ts'
import { volumeNameOf } from '../../core/planning/route-replica.ts'
import { actionOf, button, buttons, type Message, message, sections, textMessage, toAll } from './blocks.ts'

/** Volumes of a service, or that nothing speaks for, that one sentence names. */
const NAMED_MAX = 25
/** Buttons a message: each choice that is made frees a button for the next volume. */
const CHOICES_MAX = 10

/**
 * A red plan asks for choices, and says so once it was drawn again. Null for a green plan, which the start gate shows;
 * only one that took in new volumes by itself gets a message.
 */
export function planMessage(
  m: Migration,
  entry: EntryOf<'planned' | 'replanned'>,
  { approvers, entries }: { readonly approvers: readonly string[]; readonly entries: readonly Entry[] },
): Message | null {
  const { plan } = entry
  if (isSaidBefore(entry, entries)) return null
  if (entry.kind === 'replanned' && entry.inventory && !isRed(plan)) {
    return textMessage('Looked again: nothing is red, and the start is asked for.')
  }
  if (entry.kind === 'replanned' && !isRed(plan) && entry.by === null) {
    const chosen = new Set(entry.choices.map(({ volume }) => volume))
    const by = entry.found.some(({ id }) => chosen.has(id)) ? CHOSEN_TOO : 'by their tags or zonehop.yaml'
    return textMessage(`Volumes appeared in ${plan.sourceZone} and are in the plan ${by}.`)
  }
  if (!isRed(plan)) {
    if (entry.kind === 'planned' && entry.rebuilt) return textMessage(rebuiltText(entry))
    const { asOf } = entry.kind === 'planned' ? entry.inventory : {}
    return asOf ? textMessage(agedText(plan, asOf)) : null
  }
  const names = listed(
    plan.uncovered.map(({ name, sizeGib }) => `${name} (${sizeGib} GiB)`),
    NAMED_MAX,
  )
  const blocked = m.phase === 'planned' ? 'Blocked, and nothing has started' : 'Blocked before the next gate'
  const title = `${blocked}: ${names ? `say what happens to ${names}` : 'put right what is red'}. ${m.id}`
  if (m.plan.digest !== plan.digest) return textMessage(`The plan of ${m.id} was drawn again since.`)
  return redMessage(m, entry, `${mentionsOf(approvers) || 'Approvers:'} ${title}`)
}

/** A choice that was made before the plan was drawn changes nothing of it, and the message of the plan has said it all. */
function isSaidBefore(entry: EntryOf<'planned' | 'replanned'>, entries: readonly Entry[]): boolean {
  if (entry.kind === 'planned' || entry.by === null) return false
  const before = entries.findLast((one) => one.rev < entry.rev && (one.kind === 'planned' || one.kind === 'replanned'))
  return before !== undefined && 'plan' in before && before.plan.digest === entry.plan.digest
}

/** A red plan that stands, with its choices; the channel hears of it when it began to be red, and not at each choice. */
function redMessage(m: Migration, { plan, ...entry }: EntryOf<'planned' | 'replanned'>, title: string): Message {
  const again = m.phase === 'planned' ? [`All of it is looked at again every ${RESURVEY_RED_MS / 1_000} s.`] : []
  const open = choosable(m, plan)
  const choices = open.slice(0, CHOICES_MAX).map((volume) => chooseButton(m, volume))
  const more = open.length - choices.length
  const rest =
    more > 0 ? [`The first ${CHOICES_MAX} have a button; each choice frees one for the next of ${more} more.`] : []
  const shown = sections([bold(title), ...redLines(plan), ...again, ...rest])
  const said = message(title, [...shown, ...(choices.length > 0 ? [buttons(...choices)] : [])])
  return entry.kind === 'planned' || entry.by === null ? toAll(said) : said
}

/** Of a volume that was attached, or came back, what somebody chose for it before still holds. */
const CHOSEN_TOO = 'as people chose in Slack, or by their tags or zonehop.yaml'

function rebuiltText({ id, plan: { sourceZone, moves } }: EntryOf<'planned'>): string {
  const copies = moves.filter(isReplicaMove).flatMap(({ pairs }) => pairs.map(({ copy }) => copy))
  const homes = copies.map(({ name, instance, device }) => `${name} to ${instance} as ${device}`)
  const back = homes.length > 0 ? ` An abort would bring ${listed(homes, NAMED_MAX)}: see that it is so.` : ''
  return `${id} is rebuilt from the tags on its volumes in ${sourceZone}, since no journal here knows it: ${rowsOf(moves).length} volumes move. What has been done since is looked for in EC2, and an approver is asked what tags say. For five minutes nothing is done that EC2 cannot show to have been done already.${back}`
}

/** What a plan says of itself that was drawn while EC2 did not show a zone. */
function agedText(
  { sourceZone, targetZone, moves, stays }: Plan,
  { zones, why, atMs, triedAtMs }: InventoryAge,
): string {
  const names = zones.join(' and ')
  return `The plan is drawn from how ${names} was at ${timeBeside(atMs, triedAtMs)}, since EC2 did not show it (${why}): ${rowsOf(moves).length} volumes move, ${stays.length} stay. What has changed since is not known. As soon as EC2 shows ${names} the plan is drawn anew, and its start is asked for; ${code(`/migrate plan ${sourceZone} ${targetZone}`)} shows all of it meanwhile.`
}

/** Volumes for which a choice is a way on: the uncovered ones first, then those that a red check is about. */
function choosable(m: Migration, { uncovered, checks }: Plan): Pick<Uncovered, 'volume' | 'name'>[] {
  const stopped = new Set(checks.flatMap(({ result, volume }) => (result === 'red' && volume ? [volume] : [])))
  const others = [...stopped].flatMap((id) => {
    const volume = knownVolume(m, id)
    return volume ? [{ volume: id, name: volumeNameOf(volume) }] : []
  })
  return [...uncovered, ...others]
}

function chooseButton(m: Migration, { volume, name }: Pick<Uncovered, 'volume' | 'name'>) {
  return button(actionOf('choose-route', volume), `Choose for ${name}`, { id: m.id, volume, name })
}

/** One line for each uncovered volume and each red check; empty for a green plan. */
export function redLines({ uncovered, checks }: Pick<Plan, 'uncovered' | 'checks'>): string[] {
  return [
    ...uncovered.map((each) => {
      const { name, volume, sizeGib, instance, device } = each
      const place = instance ? `${device} of ${instance}` : 'attached to nothing'
      return `Uncovered: ${name} (${volume}, ${sizeGib} GiB, ${place}). ${whyUncovered(each)}`
    }),
    ...checks
      .filter(({ result }) => result === 'red')
      .map(({ name, cause, remedy }) => `Red, ${name}: ${cause}. Next: ${remedy}.`),
  ]
}

function whyUncovered({ missed, remembers }: Uncovered): string {
  if (missed) return `${missed} froze without it: give it a service of its own, or let it stay.`
  if (remembers) {
    return `It carries ${theirs(remembers)}, which no journal here explains: take the tag off and plan again, or an approver chooses.`
  }
  return 'Nothing says whether it moves or stays.'
}

/** The answer to /migrate plan, line by line: the whole plan, for the person who asked. */
export function planLines(plan: Plan): string[] {
  const { sourceZone, targetZone, services, moves, stays, checks, leftovers = [] } = plan
  return [
    `${isRed(plan) ? 'Red' : 'Green'}: ${rowsOf(moves).length} volumes would move from ${sourceZone} to ${targetZone}, ${stays.length} would stay. Nothing was started.`,
    ...redLines(plan),
    ...services.map(({ name, need }) => {
      const mine = rowsOf(moves).filter(({ service }) => service === name)
      const named = mine.map(
        ({ volume, route }) => `${volume.name} (${volume.sizeGib} GiB${route === 'replica' ? ', by replica' : ''})`,
      )
      return `${name}, ${need}: ${listed(named, NAMED_MAX)}.`
    }),
    ...leftovers.map(leftoverLine),
    ...stays.map(({ name, sizeGib, reason }) => `${name} (${sizeGib} GiB) stays: ${reason}.`),
    ...cautionLines(checks),
  ]
}
