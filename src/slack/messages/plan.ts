// Renders the plan: what moves, what stays, and which volumes are uncovered, each with a button to choose a route.
import type { EntryOf } from '../../core/model/entries.ts'
import type { Migration } from '../../core/model/migration.ts'
import { rowsOf } from '../../core/model/moves.ts'
import type { Plan, Uncovered } from '../../core/model/plan.ts'
import { isRed } from '../../core/planning/draft.ts'
import { button, buttons, closed, type Message, sections, textMessage } from './blocks.ts'

/** Volumes of a service that are named one by one. */
const NAMED_MAX = 25
/** Buttons a message: each choice that is made frees a button for the next volume. */
const CHOICES_MAX = 10

/**
 * A red plan asks for choices, and says so once it was drawn again. Null for a green plan, which the start gate shows;
 * only one that took in new volumes by itself gets a message.
 */
export function planMessage(m: Migration, entry: EntryOf<'planned' | 'replanned'>): Message | null {
  const { plan } = entry
  if (entry.kind === 'replanned' && !isRed(plan) && entry.by === null) {
    return textMessage(`Volumes appeared in ${plan.sourceZone} and are in the plan by their tags or zonehop.yaml.`)
  }
  if (!isRed(plan)) return null
  const title = `The plan of ${m.id} is red: nothing starts or goes on past a gate.`
  const shown = sections([`*${title}*`, ...redLines(plan)])
  if (m.plan.digest !== plan.digest) return closed(title, shown, 'The plan was drawn again since.')
  const choices = plan.uncovered.slice(0, CHOICES_MAX).map((volume) => chooseButton(m, volume))
  const names = plan.uncovered.map(({ name }) => name).join(', ')
  const text = names ? `${title} Nothing speaks for ${names}.` : title
  return { text, blocks: [...shown, ...(choices.length > 0 ? [buttons(...choices)] : [])] }
}

function chooseButton(m: Migration, { volume, name }: Uncovered) {
  return button(`choose-route-${volume}`, `Choose for ${name}`.slice(0, 75), { id: m.id, volume, name })
}

/** One line for each uncovered volume and each red check; empty for a green plan. */
export function redLines({ uncovered, checks }: Plan): string[] {
  return [
    ...uncovered.map(({ name, volume, sizeGib, instance, device }) => {
      const place = instance ? `${device} of ${instance}` : 'attached to nothing'
      return `Uncovered: ${name} (${volume}, ${sizeGib} GiB, ${place}). Nothing says whether it moves or stays.`
    }),
    ...checks
      .filter(({ result }) => result === 'red')
      .map(({ name, cause, remedy }) => `Red, ${name}: ${cause}. Next: ${remedy}.`),
  ]
}

/** The answer to /migrate plan: the whole plan, for the person who asked. */
export function planText(plan: Plan): string {
  const { sourceZone, targetZone, services, moves, stays, checks } = plan
  const yellow = checks.filter(({ result }) => result === 'yellow')
  return [
    `${isRed(plan) ? 'Red' : 'Green'}: ${rowsOf(moves).length} volumes would move from ${sourceZone} to ${targetZone}, ${stays.length} would stay. Nothing was started.`,
    ...redLines(plan),
    ...services.map(({ name, need }) => {
      const mine = rowsOf(moves).filter(({ service }) => service === name)
      const named = mine
        .slice(0, NAMED_MAX)
        .map(
          ({ volume, route }) => `${volume.name} (${volume.sizeGib} GiB${route === 'replica' ? ', by replica' : ''})`,
        )
      const more = mine.length > NAMED_MAX ? ` and ${mine.length - NAMED_MAX} more` : ''
      return `${name}, ${need}: ${named.join(', ')}${more}.`
    }),
    ...stays.map(({ name, sizeGib, reason }) => `${name} (${sizeGib} GiB) stays: ${reason}.`),
    ...yellow.map(({ name, cause, remedy }) => `Caution, ${name}: ${cause}; ${remedy}.`),
  ].join('\n')
}
