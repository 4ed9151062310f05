// The words of the thread: pure renderings of the journal's fold and the last progress sample.
import type { KnownBlock } from '@slack/types'
import prettyMs from 'pretty-ms'
import { STATUS_LINES_MAX } from '../core/limits.ts'
import type { Entry, Gate, Migration } from '../core/migration.ts'
import type { Line, Progress } from '../core/progress.ts'

export type Message = { readonly text: string; readonly blocks: KnownBlock[] }
export type Keyed = { readonly key: string; readonly message: Message }

const GATE_TITLES: Readonly<Record<Gate, string>> = {
  start: 'Start this migration?',
  freeze: 'Freeze now? The outage begins.',
  goLive: 'Go live? This is the point of no return.',
}

/** The one status message, edited in place: phase, outage clock, a line a volume. */
export function statusMessage(m: Migration, progress: Progress | null): Message {
  const head = `${m.id}: ${m.plan.sourceZone} to ${m.plan.targetZone}, ${m.phase}${m.paused ? ', paused' : ''}`
  const lines = progress ? volumeLines(progress.lines) : []
  const waits =
    progress && progress.waits.length > 0 && m.endedAtMs === null ? [`Waiting for ${progress.waits[0]?.on}.`] : []
  const text = `${head}. ${outageText(m, progress?.atMs ?? m.plannedAtMs)}`
  const body = [...lines, ...waits].map((line) => section(line))
  return { text, blocks: [section(`*${head}*\n${outageText(m, progress?.atMs ?? m.plannedAtMs)}`), ...merge(body)] }
}

/** Past STATUS_LINES_MAX the failed and the slowest are shown, and one line counts the rest. */
function volumeLines(lines: readonly Line[]): string[] {
  const shown =
    lines.length <= STATUS_LINES_MAX ? lines : lines.toSorted((a, b) => rank(a) - rank(b)).slice(0, STATUS_LINES_MAX)
  const rest = lines.length - shown.length
  const done = lines.filter(({ isDone }) => isDone).length
  const count = rest > 0 ? [`and ${rest} more volumes; ${done} of all ${lines.length} are attached and checked`] : []
  return [...shown.map(lineText), ...count]
}

function rank({ isFailed, isDone, percent }: Line): number {
  return isFailed ? -1 : isDone ? 1_000 : (percent ?? 0)
}

function lineText({ name, percent, sizeGib, words }: Line): string {
  return `${name} ${percent === null ? '--' : `${percent}%`} ${sizeGib} GiB, ${words}`
}

export function outageText(m: Migration, nowMs: number): string {
  if (!m.outage) return 'No outage: services run in the source zone.'
  const { fromMs, untilMs, gateWaitMs } = m.outage
  const waited = gateWaitMs > 0 ? ` (${duration(gateWaitMs)} of it waiting for people)` : ''
  return untilMs === null
    ? `Outage so far ${duration(nowMs - fromMs)}${waited}.`
    : `Outage over after ${duration(untilMs - fromMs)}${waited}.`
}

/** Each gate that was ever asked: its question with buttons while it asks, then who answered and when. */
export function gateMessages(m: Migration, entries: readonly Entry[]): Keyed[] {
  const asked = entries.filter((entry) => entry.kind === 'asked')
  const gates = asked.map((ask) => {
    const answer = entries.find(
      (entry) =>
        (entry.kind === 'approved' && entry.gate === ask.gate && entry.basis === ask.basis) ||
        (entry.kind === 'declined' && ask.gate === 'start'),
    )
    return { key: `gate-${ask.gate}-${ask.rev}`, message: gateMessage(m, ask, answer ?? null) }
  })
  return [...gates, ...freezeMessages(m)]
}

function gateMessage(m: Migration, ask: Extract<Entry, { kind: 'asked' }>, answer: Entry | null): Message {
  const question = `${GATE_TITLES[ask.gate]} ${m.id}`
  const shown = section(`*${question}*\n${ask.evidence.join('\n')}`.slice(0, 3000))
  const isOpen = m.asking?.gate === ask.gate && m.asking.basis === ask.basis
  if (answer && (answer.kind === 'approved' || answer.kind === 'declined')) {
    const said = `${answer.kind === 'approved' ? 'Approved' : 'Declined'} by <@${answer.by}> at ${time(answer.atMs)}.`
    return { text: `${question} ${said}`, blocks: [shown, section(said)] }
  }
  if (!isOpen)
    return {
      text: `${question} No longer asked.`,
      blocks: [shown, section('No longer asked: what it rested on has changed.')],
    }
  const value = JSON.stringify({ id: m.id, gate: ask.gate, basis: ask.basis })
  const elements = [
    button(`approve-${ask.gate}`, `Approve ${ask.gate}`, value),
    ...(ask.gate === 'start' ? [button('decline-start', 'Decline', value)] : []),
  ]
  return {
    text: `${question} Someone other than the requester has to approve.`,
    blocks: [shown, { type: 'actions', elements }],
  }
}

function freezeMessages(m: Migration): Keyed[] {
  if (!m.freeze) return []
  const { id, confirmedBy, confirmedAtMs } = m.freeze
  const rows = m.plan.services.map(({ name }) => {
    const mine = m.plan.moves.filter(({ service }) => service === name)
    return `${name}: stop what writes, then \`sync && umount\` ${mine
      .slice(0, 4)
      .map(({ volume }) => `${volume.device} on ${volume.instance}`)
      .join(', ')}${mine.length > 4 ? ` and ${mine.length - 4} more` : ''}`
  })
  const shown = section(`*Stop the writes now*\n${rows.slice(0, 25).join('\n')}`.slice(0, 3000))
  if (confirmedBy && confirmedAtMs !== null) {
    const said = `Confirmed by <@${confirmedBy}> at ${time(confirmedAtMs)}: writes have stopped.`
    return [{ key: `freeze-${id}`, message: { text: said, blocks: [shown, section(said)] } }]
  }
  const action = button('confirm-freeze', 'Writes have stopped', JSON.stringify({ id: m.id, freeze: id }))
  return [
    {
      key: `freeze-${id}`,
      message: {
        text: 'Stop the writes, then press the button.',
        blocks: [shown, { type: 'actions', elements: [action] }],
      },
    },
  ]
}

/** What the thread is told once, as it happens. */
export function milestones(entries: readonly Entry[]): Keyed[] {
  return entries.flatMap((entry) => {
    const message = milestone(entry)
    return message ? [{ key: `entry-${entry.rev}`, message }] : []
  })
}

function milestone(entry: Entry): Message | null {
  switch (entry.kind) {
    case 'began':
      return say('Started: the plan is written on every source volume.')
    case 'wentLive':
      return say('Went live: the target zone takes writes from here on. Abort is no longer possible.')
    case 'opened':
      return say(`Open in the target zone: ${entry.services.join(', ')}.`)
    case 'done':
      return say('Done. Every source volume still stands, with its tags saying where its data went.')
    case 'failed':
      return {
        text: `Stopped one move: ${entry.effect}, ${entry.code}. ${entry.problem}. Next: ${entry.remedy}.`,
        blocks: [
          section(`*Stopped one move*: ${entry.effect}, ${entry.code}\n${entry.problem}\nNext: ${entry.remedy}.`),
        ],
      }
    default:
      return null
  }
}

function say(text: string): Message {
  return { text, blocks: [section(text)] }
}

function section(text: string): KnownBlock {
  return { type: 'section', text: { type: 'mrkdwn', text: text || ' ' } }
}

/** Lines share sections of fewer than 3,000 characters: Slack takes 50 blocks a message. */
function merge(sections: readonly KnownBlock[]): KnownBlock[] {
  const texts = sections.flatMap((block) => (block.type === 'section' && block.text ? [block.text.text] : []))
  const merged: string[] = []
  for (const text of texts) {
    const last = merged.at(-1)
    if (last !== undefined && last.length + text.length < 2_900) merged[merged.length - 1] = `${last}\n${text}`
    else merged.push(text.slice(0, 2_900))
  }
  return merged.map(section)
}

function button(action_id: string, label: string, value: string) {
  return { type: 'button' as const, action_id, value, text: { type: 'plain_text' as const, text: label } }
}

function duration(ms: number): string {
  return prettyMs(Math.max(0, ms), { secondsDecimalDigits: 0, unitCount: 2 })
}

function time(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
