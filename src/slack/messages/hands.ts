// Renders the work that people do by hand: the exact commands, and a button to confirm that they are done.

import { isMoot } from '../../core/asking/permits.ts'
import { callOf, effectId, isServiceEffect, type ServiceEffect } from '../../core/model/effects.ts'
import type { EntryOf } from '../../core/model/entries.ts'
import type { Migration } from '../../core/model/migration.ts'
import { button, buttons, closed, type Message, sections, time } from './blocks.ts'

const TITLES: Readonly<Record<string, string>> = {
  freeze: 'Stop the writes now',
  unfreeze: 'Start the services again where they were',
  open: 'Open the services in the target zone',
}
/** Lines of commands a message: where services have more volumes, only the first ones are named. */
const LINES_MAX = 25

/** Null where the entry intends nothing that a person does by hand. */
export function handsMessage(m: Migration, { effects, nonce }: EntryOf<'intended'>): Message | null {
  const manual = effects.filter((effect): effect is ServiceEffect => isServiceEffect(effect) && callOf(effect) === null)
  const [first] = manual
  if (!first) return null
  const title = `${TITLES[first.step] ?? first.step}: ${manual.map(({ service }) => service).join(', ')}.`
  const lines = manual.flatMap(({ work, service }) =>
    work.method === 'manual' ? work.todo.map((line) => `${service}: ${line}`) : [],
  )
  const more = lines.length > LINES_MAX ? [`and ${lines.length - LINES_MAX} more volumes of the same services`] : []
  const shown = sections([`*${title}*`, ...lines.slice(0, LINES_MAX), ...more])
  const states = manual.map((effect) => m.effects.get(effectId(effect)))
  const confirmed = states.find((state) => state?.confirmedBy)
  if (confirmed?.achievedAtMs) {
    return closed(title, shown, `Done, says <@${confirmed.confirmedBy}> at ${time(confirmed.achievedAtMs)}.`)
  }
  const isPast =
    m.endedAtMs !== null ||
    isMoot(
      m,
      manual.map((effect) => ({ effect })),
    )
  if (isPast) return closed(title, shown, 'No longer asked.')
  const confirm = button(`confirm-${first.step}`, 'This is done', { id: m.id, intended: nonce }, 'primary')
  return { text: `${title} Then press the button.`, blocks: [...shown, buttons(confirm)] }
}
