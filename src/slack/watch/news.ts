// What a watch found, as its channel reads it: once, with a button for each volume whose route is still to be chosen.

import { mentionsOf } from '../../core/asking/people.ts'
import type { Watch } from '../../core/model/rules.ts'
import { bold, code, counted, dayTime, listed, mention } from '../../core/model/text.ts'
import type { ChosenAhead } from '../../core/planning/watch/chosen.ts'
import type { Telling } from '../../core/planning/watch/days.ts'
import type { News } from '../../core/planning/watch/news.ts'
import { actionOf, button, buttons, type Message, message, sections } from '../messages/blocks.ts'
import { redLines } from '../messages/plan.ts'

/** Buttons a message: each choice that is made frees one for the next volume, as in the message of a plan. */
const CHOICES_MAX = 10
/** Volumes that the first sentence names. */
const NAMED_MAX = 10

/** What the message shows beside its news: who may choose, what was chosen, and ids of the volumes that the last look found uncovered. */
export type Around = {
  readonly approvers: readonly string[]
  readonly chosen: readonly ChosenAhead[]
  readonly uncovered: ReadonlySet<string>
}

type OfKind<K extends News['kind']> = Extract<News, { readonly kind: K }>

/** The message of one look. People are mentioned where they have something to do. */
export function newsMessage(pair: Watch, { atMs, isFirst, news }: Telling, around: Around): Message {
  const { sourceZone, targetZone } = pair
  const uncovered = news.filter((one): one is OfKind<'uncovered'> => one.kind === 'uncovered')
  const reds = news.filter((one): one is OfKind<'red'> => one.kind === 'red')
  const calls = uncovered.length + reds.length > 0 ? `${mentionsOf(around.approvers)} ` : ''
  const look = isFirst ? 'First look at' : 'Watched'
  const title = `${calls.trimStart()}${look} ${sourceZone} to ${targetZone}, as of ${dayTime(atMs)}: ${summaryOf(news)}.`
  const volumes = uncovered.map(({ volume }) => volume)
  const lines = [
    bold(title),
    ...redLines({ uncovered: volumes, checks: reds.map(({ check }) => check) }),
    ...news.flatMap(otherLine),
    ...volumes.flatMap(({ volume, name }) => chosenLine(name, around.chosen.find(isOf(volume)))),
    ...(volumes.length > 0 ? [LASTS] : []),
    `Nothing was started; ${code(`/migrate plan ${sourceZone} ${targetZone}`)} shows the whole plan.`,
  ]
  const open = volumes.filter(({ volume }) => around.uncovered.has(volume) && !around.chosen.some(isOf(volume)))
  const choices = open.slice(0, CHOICES_MAX).map(({ volume, name }) => {
    const value = { sourceZone, targetZone, volume, name }
    return button(actionOf('watch-route', volume), `Choose for ${name}`, value)
  })
  return message(title, [...sections(lines), ...(choices.length > 0 ? [buttons(...choices)] : [])])
}

const LASTS = 'A chosen route stays chosen until the volume changes: its size, type, attachment or tags.'

function summaryOf(news: readonly News[]): string {
  const names = news.flatMap((one) => (one.kind === 'uncovered' ? one.volume.name : []))
  const of = (kind: News['kind']): number => news.filter((one) => one.kind === kind).length
  const parts = [
    ...(names.length > 0 ? [`say what happens to ${listed(names, NAMED_MAX)}`] : []),
    ...(of('red') > 0 ? [`put right ${counted(of('red'), 'red line')}`] : []),
    ...(of('gone') > 0 ? [`${counted(of('gone'), 'thing')} there no more`] : []),
    ...(of('unseeded') > 0 ? [`trouble with the snapshots of ${counted(of('unseeded'), 'volume')}`] : []),
    ...(of('unseen') > 0 ? ['it cannot be looked at'] : []),
  ]
  return parts.join('; ')
}

function otherLine(one: News): string[] {
  if (one.kind === 'gone') return [`${one.of === 'red' ? 'No more' : 'Gone'}: ${one.name}: ${one.cause}.`]
  if (one.kind === 'unseeded') return [`Of ${one.name} (${one.volume}) ${one.cause}.`]
  if (one.kind !== 'unseen') return []
  return [
    `Not looked at since ${dayTime(one.sinceMs)}: ${one.cause.replace(/\.$/, '')}. What was seen before is kept for seven days; it is looked at again every day, and this is not said again meanwhile.`,
  ]
}

function chosenLine(name: string, chosen: ChosenAhead | undefined): string[] {
  if (!chosen) return []
  const { choice, by } = chosen
  const how = choice.route === 'stay' ? 'it stays' : `it moves by snapshot with ${choice.service}, ${choice.need}`
  return [`${mention(by)} chose for ${name}: ${how}.`]
}

function isOf(volume: string): (chosen: ChosenAhead) => boolean {
  return ({ choice }) => choice.volume === volume
}
