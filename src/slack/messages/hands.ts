// Renders the work that people do by hand: the exact commands, and a button to confirm that they are done.

import { mentionsOf } from '../../core/asking/people.ts'
import { isMoot } from '../../core/asking/permits.ts'
import { callOf, type Effect, effectId, isServiceEffect, type ServiceEffect } from '../../core/model/effects.ts'
import type { EntryOf } from '../../core/model/entries.ts'
import type { Migration } from '../../core/model/migration.ts'
import { ruleOf } from '../../core/model/rules.ts'
import { bold, isPlainName, listed, mention } from '../../core/model/text.ts'
import { button, buttons, closed, type Message, message, note, pages, sections, time, toAll } from './blocks.ts'

const TITLES: Readonly<Record<string, string>> = {
  freeze: 'Stop the writes now',
  unfreeze: 'Start the services again where they were',
  open: 'Open the services in the target zone',
}
/** Services that the title names one by one; the lines below it name each. */
const TITLED_MAX = 10
/**
 * Lines of commands: a message is posted in about a second (chat.postMessage), and people wait for these in an outage. Of
 * what has more, each service has its first line before any has its second.
 */
const LINES_MAX = 400

/** Null where the entry intends nothing that a person does by hand. */
export function handsMessage(m: Migration, { effects, nonce }: EntryOf<'intended'>): Message | null {
  const manual = manualOf(effects)
  const [first] = manual
  if (!first) return null
  const names = [...new Set(manual.map(({ service }) => service))]
  const title = `${TITLES[first.step] ?? first.step}: ${listed(names, TITLED_MAX)}.`
  const lines = linesOf(manual)
  const above = pagesOf(title, lines).length
  const said = above > 0 ? [`What is to be done stands in the ${above} messages above.`] : lines
  const shown = sections([bold(title), ...said])
  const states = manual.map((effect) => m.effects.get(effectId(effect)))
  const confirmed = states.find((state) => state?.confirmedBy)
  if (confirmed?.confirmedBy && confirmed.achievedAtMs) {
    return closed(title, shown, `Done, says ${mention(confirmed.confirmedBy)} at ${time(confirmed.achievedAtMs)}.`)
  }
  if (isPast(m, manual)) return closed(title, shown, 'No longer asked.')
  const confirm = button(`confirm-${first.step}`, 'This is done', { id: m.id, intended: nonce }, { style: 'primary' })
  const people = note(`${mentionsOf(peopleOf(m, names))}: press the button once it is done.`)
  return toAll(message(`${title} Then press the button.`, [...shown, ...people, buttons(confirm)]))
}

/** Who may say that it is done, besides every approver: who started, and whom zonehop.yaml names for each of the services. */
function peopleOf({ by, rules }: Migration, services: readonly string[]): string[] {
  const [first = [], ...others] = services.map((name) => ruleOf(rules.services, name)?.confirmers ?? [])
  return [by, ...first.filter((id) => others.every((ids) => ids.includes(id)))]
}

/** The messages before it, where one has no room for all commands. */
export function handsPages(m: Migration, { effects }: EntryOf<'intended'>): Message[] {
  const manual = manualOf(effects)
  const [first] = manual
  if (!first) return []
  const title = TITLES[first.step] ?? first.step
  const all = pagesOf(title, linesOf(manual))
  return all.map((blocks, index) =>
    message(`${title}: what is to be done for ${m.id}, ${index + 1} of ${all.length}`, blocks),
  )
}

function manualOf(effects: readonly Effect[]): ServiceEffect[] {
  return effects.filter((effect): effect is ServiceEffect => isServiceEffect(effect) && callOf(effect) === null)
}

function pagesOf(title: string, lines: readonly string[]): Message['blocks'][] {
  return pages([bold(title), ...lines]).length > 1 ? pages(lines) : []
}

function linesOf(manual: readonly ServiceEffect[]): string[] {
  const all = manual.flatMap(({ work, service }) =>
    work.method === 'manual' ? work.todo.map((line, at) => ({ at, text: `${calledFor(service)}${line}` })) : [],
  )
  if (all.length <= LINES_MAX) return all.map(({ text }) => text)
  const firsts = all.toSorted((a, b) => a.at - b.at).slice(0, LINES_MAX)
  return [...firsts.map(({ text }) => text), `and ${all.length - LINES_MAX} more volumes of the same services`]
}

/** A name that could be taken for a command does not stand where people copy from. */
function calledFor(service: string): string {
  return isPlainName(service) ? `${service}: ` : ''
}

function isPast(m: Migration, manual: readonly ServiceEffect[]): boolean {
  const states = manual.map((effect) => ({ effect }))
  return m.endedAtMs !== null || isMoot(m, states)
}
