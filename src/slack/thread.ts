// What stands in a migration's thread: each gate with its buttons until it is answered, the writes to stop, milestones and
// failures. Pure renderings of the journal, so that a message says the same after any crash.
import type { KnownBlock } from '@slack/types'
import type { Entry, Gate, Migration } from '../core/migration.ts'
import { isFreezeTagged } from '../core/steps.ts'
import { button, buttons, type Keyed, type Message, say, sections, time } from './blocks.ts'

type EntryOf<K extends Entry['kind']> = Extract<Entry, { kind: K }>

const QUESTIONS: Readonly<Record<Gate, string>> = {
  start: 'Start this migration?',
  freeze: 'Freeze now? The outage begins.',
  goLive: 'Go live? This is the point of no return.',
}

/** Every message the thread should hold by now, oldest first. */
export function threadMessages(m: Migration, entries: readonly Entry[]): Keyed[] {
  return entries.flatMap((entry): Keyed[] => {
    const message = messageOf(m, entry, entries)
    return message ? [{ key: `entry-${entry.rev}`, message }] : []
  })
}

function messageOf(m: Migration, entry: Entry, entries: readonly Entry[]): Message | null {
  switch (entry.kind) {
    case 'asked':
      return gateMessage(m, entry, entries)
    case 'freezing':
      return freezeMessage(m)
    case 'failed':
      return failureMessage(m, entry, entries)
    case 'began':
      return say('Started: the plan is written on every source volume.')
    case 'wentLive':
      return say('Went live: the target zone takes writes from here on. Abort is no longer possible.')
    case 'opened':
      return say(`Open in ${m.plan.targetZone}: ${entry.services.join(', ')}.`)
    case 'done':
      return say('Done. Every source volume still stands, with its tags saying where its data went.')
    default:
      return null
  }
}

function gateMessage(m: Migration, asked: EntryOf<'asked'>, entries: readonly Entry[]): Message {
  const { gate, basis, evidence } = asked
  const question = `${QUESTIONS[gate]} ${m.id}`
  const shown = sections([`*${question}*`, ...evidence])
  const answer = entries.find((entry) => isAnswer(entry, asked))
  if (answer) return closed(question, shown, `${ANSWERED[answer.kind]} by <@${answer.by}> at ${time(answer.atMs)}.`)
  if (m.asking?.gate !== gate || m.asking.basis !== basis) {
    return closed(question, shown, 'No longer asked: what it rested on has changed.')
  }
  const approve = button(`approve-${gate}`, `Approve ${gate}`, { id: m.id, gate, basis }, 'primary')
  const decline = gate === 'start' ? [button('decline-start', 'Decline', { id: m.id })] : []
  const text = `${question} Someone other than <@${m.by}> has to approve.`
  return { text, blocks: [...shown, buttons(approve, ...decline)] }
}

const ANSWERED = { approved: 'Approved', declined: 'Declined' } as const

function isAnswer(entry: Entry, asked: EntryOf<'asked'>): entry is EntryOf<'approved' | 'declined'> {
  if (entry.kind === 'declined') return asked.gate === 'start'
  return entry.kind === 'approved' && entry.gate === asked.gate && entry.basis === asked.basis
}

/** Asked only once the sources carry the freeze's tag: a stop before that could not be told from another one. */
function freezeMessage(m: Migration): Message | null {
  if (!m.freeze || !isFreezeTagged(m)) return null
  const { id, confirmedBy, confirmedAtMs } = m.freeze
  const shown = sections(['*Stop the writes now*', ...m.plan.services.map(({ name }) => unmountLine(m, name))])
  if (confirmedBy && confirmedAtMs !== null) {
    const said = `Confirmed by <@${confirmedBy}> at ${time(confirmedAtMs)}.`
    return closed(`${m.id}: writes have stopped.`, shown, said)
  }
  const confirm = button('confirm-freeze', 'Writes have stopped', { id: m.id, freeze: id }, 'primary')
  return { text: `${m.id}: stop the writes, then press the button.`, blocks: [...shown, buttons(confirm)] }
}

/** The exact commands, a line a service; a service of many volumes names the first few. */
function unmountLine(m: Migration, service: string): string {
  const mine = m.plan.moves.filter((move) => move.service === service)
  const devices = mine.slice(0, 4).map(({ volume }) => `${volume.device} on ${volume.instance}`)
  const more = mine.length > devices.length ? ` and ${mine.length - devices.length} more` : ''
  return `${service}: stop what writes, then \`sync && umount\` ${devices.join(', ')}${more}`
}

function failureMessage(m: Migration, failed: EntryOf<'failed'>, entries: readonly Entry[]): Message {
  const { effect, code, problem, remedy } = failed
  const subject = m.effects.get(effect)?.effect.subject
  const name = m.plan.moves.find(({ id }) => id === subject)?.volume.name ?? subject
  const title = `${name} stopped at ${m.effects.get(effect)?.effect.step}: ${code}.`
  const shown = sections([`*${title}*`, `${problem}.`, `Next: ${remedy}. Everything else goes on.`])
  const retried = entries.find((entry) => entry.kind === 'retried' && entry.effect === effect && entry.rev > failed.rev)
  if (retried?.kind === 'retried')
    return closed(title, shown, `Tried again by <@${retried.by}> at ${time(retried.atMs)}.`)
  return {
    text: `${title} Next: ${remedy}.`,
    blocks: [...shown, buttons(button('retry-step', 'Retry', { id: m.id, effect }))],
  }
}

/** Answered: who and when stands where the buttons stood. */
function closed(title: string, shown: readonly KnownBlock[], said: string): Message {
  return { text: `${title} ${said}`, blocks: [...shown, ...sections([said])] }
}
