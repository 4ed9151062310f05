// Another door beside Slack: the same use cases, in a terminal of the host, for the hours in which Slack is away. What is approved or
// confirmed has been shown before: its code stands beside it, and only who repeats it says yes.
import { join } from 'node:path'
import { isMoot, manualWorkOf } from '../core/asking/permits.ts'
import { approvalsOf } from '../core/journal/state.ts'
import { type EffectState, isServiceEffect } from '../core/model/effects.ts'
import type { Entry } from '../core/model/entries.ts'
import type { Migration } from '../core/model/migration.ts'
import { linesOf, mention, plain } from '../core/model/text.ts'
import type { Reply, Report, UseCases } from '../core/ports.ts'
import { awayText, isAway } from '../core/telling/away-words.ts'
import type { Progress } from '../core/telling/progress.ts'
import { waitWords } from '../core/telling/wait-words.ts'
import type { Typed } from './command.ts'

/** How a command ended, for scripts: the exit code of the process. */
export const EXITS = { done: 0, refused: 1, misread: 2, shown: 3, unreachable: 4 } as const

/** What the terminal asks. */
export type Desk = {
  readonly use: Pick<
    UseCases,
    | 'running'
    | 'aside'
    | 'ended'
    | 'approve'
    | 'decline'
    | 'confirm'
    | 'pause'
    | 'resume'
    | 'abort'
    | 'giveBack'
    | 'note'
    | 'report'
  >
  /** All entries of a migration, oldest first. */
  readonly entries: (id: string) => Promise<readonly Entry[]>
  /** The last sample of its progress; null where there is none. */
  readonly progress: (id: string) => Promise<Progress | null>
  /** Writes files into a directory, which is made where it is missing; why that was not possible, or null. */
  readonly save: (directory: string, files: Report['files']) => Promise<string | null>
  /** The Slack user id for which zonehop.yaml (`terminal`) takes who types; null where it names nobody. */
  readonly by: string | null
  /** The name of who types, on this host. */
  readonly user: string
}

/** A question or a piece of work, as it is shown; `code` is what has to be repeated. */
export type Shown = { readonly code: string; readonly title: string; readonly lines: readonly string[] }

/** A migration as `status` shows it. `asOf` is the time of the last look, in ISO 8601; null before the first. */
export type Standing = {
  readonly id: string
  readonly sourceZone: string
  readonly targetZone: string
  readonly phase: string
  readonly paused: boolean
  /** What of AWS cannot be reached now, in a sentence; null where all can. */
  readonly away: string | null
  readonly asking: (Shown & { readonly gate: string }) | null
  readonly work: readonly Shown[]
  readonly waits: readonly string[]
  readonly asOf: string | null
}

/** What is printed: `text` for people, everything as one line of JSON with --json. */
export type Told = {
  readonly exit: (typeof EXITS)[keyof typeof EXITS]
  readonly text: string
  readonly migrations?: readonly Standing[]
}

/** Performs what was typed; throws what Redis throws. What it tells is plain text, without control characters. */
export async function perform(typed: Exclude<Typed, { verb: 'help' }>, desk: Desk): Promise<Told> {
  const { exit, text, migrations } = await answer(typed, desk)
  return { exit, text: spoken(text), ...(migrations ? { migrations: migrations.map(spokenOf) } : {}) }
}

/** Sentences carry our marks for mentions and code; a terminal shows what they wrap. */
function spoken(text: string): string {
  return text
    .split('\n')
    .flatMap(linesOf)
    .map((line) => plain(line))
    .join('\n')
}

function spokenOf({ away, asking, work, waits, ...rest }: Standing): Standing {
  const of = <T extends Shown>(what: T): T => ({
    ...what,
    title: spoken(what.title),
    lines: what.lines.flatMap((line) => spoken(line).split('\n')),
  })
  return {
    ...rest,
    away: away && spoken(away),
    asking: asking && of(asking),
    work: work.map(of),
    waits: waits.map(spoken),
  }
}

async function answer(typed: Exclude<Typed, { verb: 'help' }>, desk: Desk): Promise<Told> {
  if (typed.verb === 'status') return await status(typed.id, desk)
  if (typed.verb === 'report') return await report(typed, desk)
  const { by, user } = desk
  if (by === null) {
    return refused(`zonehop.yaml does not say who "${user}" is: add terminal: { ${user}: <Slack user id> }.`)
  }
  const found = await migrationOf(typed.id, desk, reachOf(typed))
  if (typeof found === 'string') return refused(found)
  const on = { id: found.id, by }
  switch (typed.verb) {
    case 'approve':
      return await approve(typed, found, { desk, on })
    case 'confirm':
      return await confirm(typed, found, { desk, on })
    case 'decline':
      return told(await desk.use.decline({ ...on, asked: found.asking?.nonce ?? null }))
    case 'pause':
      return told(await desk.use.pause(on))
    case 'resume':
      return told(await desk.use.resume(on))
    case 'abort':
      return told(await desk.use.abort({ ...on, reason: typed.reason }))
    case 'return':
      return told(await desk.use.giveBack({ ...on, service: typed.service, reason: typed.reason }))
    case 'note':
      return told(await desk.use.note({ ...on, text: typed.text }))
  }
}

/** It says nothing in anybody's name, so whoever may read here may have it. */
async function report(typed: Extract<Typed, { verb: 'report' }>, desk: Desk): Promise<Told> {
  const found = await migrationOf(typed.id, desk, reachOf(typed))
  if (typeof found === 'string') return refused(found)
  const drawn = await desk.use.report({ id: found.id, by: null })
  if ('ok' in drawn) return told(drawn)
  const { files, summary, id } = drawn
  const problem = await desk.save(typed.directory, files)
  if (problem !== null) return refused(`The report of ${id} cannot be written to ${typed.directory}: ${problem}`)
  const names = Object.keys(files).map((name) => join(typed.directory, name))
  return { exit: EXITS.done, text: [summary, ...names].join('\n') }
}

type Acting = { readonly desk: Desk; readonly on: { readonly id: string; readonly by: string } }

async function approve(
  { gate, code }: Extract<Typed, { verb: 'approve' }>,
  m: Migration,
  { desk, on }: Acting,
): Promise<Told> {
  const { asking } = m
  const question = await questionOf(m, desk)
  if (!asking || !question) return refused(`${m.id} asks nothing now; it is ${m.phase}${m.paused ? ', paused' : ''}.`)
  if (asking.gate !== gate) return refused(`${m.id} does not ask for ${gate} now: it asks for ${asking.gate}.`)
  if (code === null) return shown(question, `zonehop approve ${gate} ${m.id} --code ${question.code}`)
  if (code !== question.code) {
    return refused(`${code} is not what is asked now. Read it again: zonehop approve ${gate} ${m.id}`)
  }
  const asked = { asked: asking.nonce, gate, basis: asking.basis }
  return told(await desk.use.approve({ ...on, ...asked, typed: m.id }))
}

async function confirm(
  { code }: Extract<Typed, { verb: 'confirm' }>,
  m: Migration,
  { desk, on }: Acting,
): Promise<Told> {
  const work = workOf(m)
  const [first] = work
  if (!first) return refused(`${m.id} asks for no work by hand now.`)
  const mine = work.find((one) => one.code === code)
  if (mine) return told(await desk.use.confirm({ ...on, intended: mine.nonce }))
  if (code !== null) return refused(`${code} is no work that is asked for now. Read it again: zonehop confirm ${m.id}`)
  return {
    ...shown(first, `zonehop confirm ${m.id} --code <code>`),
    text: [...work.flatMap(shownLines), again(`zonehop confirm ${m.id} --code <code>`)].join('\n'),
  }
}

async function status(id: string | null, desk: Desk): Promise<Told> {
  const [running, asides] = [await desk.use.running(), await desk.use.aside()]
  const mine = id === null ? running : running.filter((m) => m.id === id)
  const migrations = await Promise.all(mine.map((m) => standingOf(m, desk)))
  const nothing = id === null ? 'No migration is running.' : `${id} is not running.`
  const lines = [...migrations.flatMap(standingLines), ...asides]
  return { exit: EXITS.done, text: lines.length > 0 ? lines.join('\n') : nothing, migrations }
}

async function standingOf(m: Migration, desk: Desk): Promise<Standing> {
  const [question, progress] = [await questionOf(m, desk), await desk.progress(m.id)]
  const { id, phase, paused, plan } = m
  return {
    ...{ id, sourceZone: plan.sourceZone, targetZone: plan.targetZone, phase, paused },
    away: isAway(m) ? awayText(m.away) : null,
    asking: question && { ...question, gate: m.asking?.gate ?? '' },
    work: workOf(m).map(({ code, title, lines }) => ({ code, title, lines })),
    waits: (progress?.waits ?? []).map(waitWords),
    asOf: progress ? new Date(progress.atMs).toISOString() : null,
  }
}

function standingLines({
  id,
  sourceZone,
  targetZone,
  phase,
  paused,
  away,
  asking,
  work,
  waits,
  asOf,
}: Standing): string[] {
  const [first] = waits
  return [
    `${id}: ${sourceZone} to ${targetZone}, ${phase}${paused ? ', paused' : ''}`,
    ...(away === null ? [] : [`  ${away}`]),
    ...(first
      ? [`  waiting for ${first}${waits.length > 1 ? `, and ${waits.length - 1} more` : ''} (as of ${asOf})`]
      : []),
    ...[...(asking ? [asking] : []), ...work].flatMap(shownLines).map((line) => `  ${line}`),
  ]
}

/** The question that stands now, with the evidence that it shows. */
async function questionOf(m: Migration, { entries }: Desk): Promise<Shown | null> {
  const { asking } = m
  if (!asking) return null
  const asked = (await entries(m.id)).find(({ nonce }) => nonce === asking.nonce)
  const evidence = asked?.kind === 'asked' ? asked.evidence : []
  const given = approvalsOf(m, asking.nonce).map(
    ({ by }) => `Approved by ${mention(by)}; someone else has to approve it too.`,
  )
  return { code: codeOf(asking.nonce), title: `${m.id} asks for ${asking.gate}:`, lines: [...evidence, ...given] }
}

/** What people are asked to do by hand now, by the entry that asked for it. */
function workOf(m: Migration): (Shown & { readonly nonce: string })[] {
  const states = m.effects.values().filter(({ status }) => status === 'intended')
  const nonces = [...new Set(states.flatMap(({ intended }) => intended ?? []))]
  return nonces.flatMap((nonce) => {
    const mine = manualWorkOf(m, nonce).filter(({ status }) => status === 'intended')
    const [first] = mine
    if (!first || isMoot(m, mine)) return []
    const title = `${m.id} asks people to ${first.effect.step} ${namesOf(mine)}:`
    return [{ code: codeOf(nonce), title, lines: mine.flatMap(todoOf), nonce }]
  })
}

function namesOf(states: readonly EffectState[]): string {
  return [...new Set(states.flatMap(({ effect }) => ('service' in effect ? effect.service : [])))].join(', ')
}

function todoOf({ effect }: EffectState): readonly string[] {
  return isServiceEffect(effect) && effect.work.method === 'manual' ? effect.work.todo : []
}

/** Long enough to tell questions of one migration apart, and short enough to be typed. */
const CODE_LENGTH = 6

function codeOf(nonce: string): string {
  return nonce.replace(/[^A-Za-z0-9]/g, '').slice(0, CODE_LENGTH)
}

function shownLines({ code, title, lines }: Shown): string[] {
  return [title, ...lines.map((line) => `  ${line}`), `  code: ${code}`]
}

function again(form: string): string {
  return `If that is so, say it with the code: ${form}`
}

function shown(what: Shown, form: string): Told {
  return { exit: EXITS.shown, text: [...shownLines(what), again(form)].join('\n') }
}

/** Which migrations a command may be about: those that run, those that ask for a cleanup too, or whichever there is. */
type Reach = 'running' | 'cleaning' | 'any'

function reachOf(typed: Typed): Reach {
  if (typed.verb === 'note' || typed.verb === 'report') return 'any'
  return typed.verb === 'approve' && typed.gate === 'cleanup' ? 'cleaning' : 'running'
}

/** The named migration, or the only one within reach; where none runs and any will do, the last that ended. Else why there is none. */
async function migrationOf(id: string | null, { use }: Desk, reach: Reach): Promise<Migration | string> {
  const running = await use.running()
  const ended = reach === 'running' ? [] : await use.ended()
  if (id === null && reach === 'any' && running.length === 0 && ended[0]) return ended[0]
  const meant = reach === 'cleaning' ? [...running, ...ended].filter((m) => m.asking?.gate === 'cleanup') : running
  const found = id === null ? meant : [...running, ...ended].filter((m) => m.id === id)
  const [only, another] = [...new Map(found.map((m) => [m.id, m])).values()]
  if (only && !another) return only
  if (another) return `Several migrations run: add the id of one, ${found.map((m) => m.id).join(' or ')}.`
  const [aside] = await use.aside()
  if (aside) return aside
  return id === null ? 'No migration is running.' : `${id} is not running; zonehop status lists those that are.`
}

function told({ ok, text }: Reply): Told {
  return { exit: ok ? EXITS.done : EXITS.refused, text }
}

function refused(text: string): Told {
  return { exit: EXITS.refused, text }
}
