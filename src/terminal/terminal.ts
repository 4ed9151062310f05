// Another door beside Slack: the same use cases, in a terminal of the host, for the hours in which Slack is away. What is approved or
// confirmed has been shown before: its code stands beside it, and only who repeats it says yes.
import { join } from 'node:path'
import { meantOf } from '../core/journal/state.ts'
import type { Entry } from '../core/model/entries.ts'
import type { Migration } from '../core/model/migration.ts'
import { linesOf, mention, plain } from '../core/model/text.ts'
import { watchAgeText } from '../core/planning/watch/days.ts'
import type { Reply, Report, UseCases } from '../core/ports.ts'
import { doing } from '../core/telling/outlook.ts'
import type { Progress } from '../core/telling/progress.ts'
import {
  type Asked,
  fencesAsked,
  gateAsked,
  misfitsAsked,
  type Shown,
  shownLines,
  suspicionsAsked,
  workAsked,
} from './asked.ts'
import type { Typed } from './command.ts'
import { table, wrapped } from './fit.ts'
import { planTable } from './plan.ts'
import { linesFor, type Standing, standingOf } from './standing.ts'

/** How a command ended, for scripts: the exit code of the process. */
export const EXITS = { done: 0, refused: 1, misread: 2, shown: 3, unreachable: 4 } as const

/** What the terminal asks. */
export type Desk = {
  readonly use: Omit<UseCases, 'adopt' | 'standing' | 'statusMessage' | 'inThread'>
  /** All entries of a migration, oldest first. */
  readonly entries: (id: string) => Promise<readonly Entry[]>
  /** The last sample of its progress; null where there is none. */
  readonly progress: (id: string) => Promise<Progress | null>
  /** Writes files into a directory, which is made where it is missing; why that was not possible, or null. */
  readonly save: (directory: string, files: Report['files']) => Promise<string | null>
  /** Who may pass gates, users and user groups by id. */
  readonly approvers: readonly string[]
  /** The Slack user id for which zonehop.yaml (`terminal`) takes who types; null where it names nobody. */
  readonly by: string | null
  /** The name of who types, on this host. */
  readonly user: string
}

/** What is printed: `text` for people; with --json each entry as a line, or everything as one line. */
export type Told = {
  readonly exit: (typeof EXITS)[keyof typeof EXITS]
  readonly text: string
  readonly migrations?: readonly Standing[]
  readonly entries?: readonly Entry[]
}

/** Performs what was typed; throws what Redis throws. What it tells is plain text, without control characters, in 80 columns. */
export async function perform(typed: Exclude<Typed, { verb: 'help' }>, desk: Desk): Promise<Told> {
  const { text, migrations, ...rest } = await answer(typed, desk)
  const lines = spoken(text).split('\n').flatMap(wrapped)
  return { ...rest, text: lines.join('\n'), ...(migrations ? { migrations: migrations.map(spokenOf) } : {}) }
}

/** Sentences carry our marks for mentions and code; a terminal shows what they wrap. What is typed behind /migrate is typed here too. */
function spoken(text: string): string {
  return text
    .split('\n')
    .flatMap(linesOf)
    .map((line) =>
      plain(line)
        .replace(/\/migrate (?=\w)/g, 'zonehop ')
        .replace(' because <', ' --because <'),
    )
    .join('\n')
}

function spokenOf({ asking, work, decisions, waits, uncovered, ...rest }: Standing): Standing {
  const of = <T extends Shown>(what: T): T => ({
    ...what,
    title: spoken(what.title),
    lines: what.lines.flatMap((line) => spoken(line).split('\n')),
  })
  return {
    ...rest,
    doing: spoken(rest.doing),
    whoActs: spoken(rest.whoActs),
    whenOver: rest.whenOver && spoken(rest.whenOver),
    away: rest.away && spoken(rest.away),
    asking: asking && of(asking),
    work: work.map(of),
    decisions: decisions.map(of),
    uncovered: uncovered.map(spoken),
    waits: waits.map(spoken),
  }
}

async function answer(typed: Exclude<Typed, { verb: 'help' }>, desk: Desk): Promise<Told> {
  if (typed.verb === 'status') return await status(typed.id, desk)
  if (typed.verb === 'report') return await report(typed, desk)
  if (typed.verb === 'journal') return await journalOf(typed.id, desk)
  const { by, user } = desk
  if (by === null) {
    return refused(`zonehop.yaml does not say who "${user}" is: add terminal: { ${user}: <Slack user id> }.`)
  }
  if (typed.verb === 'plan') return await plan(typed, desk, by)
  if (typed.verb === 'start') return await start(typed, desk, by)
  if (typed.verb === 'rehearse') return told(await desk.use.rehearse({ ...typed, by }))
  const found = await migrationOf(typed.id, desk, reachOf(typed))
  if (typeof found === 'string') return refused(found)
  const acting = { desk, on: { id: found.id, by } }
  return isAnswer(typed) ? await answerAsked(typed, found, acting) : told(await act(typed, found, acting))
}

type OnOne = Exclude<Typed, { verb: 'help' | 'status' | 'report' | 'journal' | 'plan' | 'start' | 'rehearse' }>
type Answer = Extract<OnOne, { code: string | null }>
type Acting = { readonly desk: Desk; readonly on: { readonly id: string; readonly by: string } }

function isAnswer(typed: OnOne): typed is Answer {
  return 'code' in typed
}

/** What is done without a question. */
async function act(typed: Exclude<OnOne, Answer>, m: Migration, { desk: { use }, on }: Acting): Promise<Reply> {
  switch (typed.verb) {
    case 'decline':
      return await use.decline({ ...on, asked: m.asking?.nonce ?? null })
    case 'pause':
      return await use.pause(on)
    case 'resume':
      return await use.resume(on)
    case 'abort':
      return await use.abort({ ...on, reason: typed.reason })
    case 'exceed':
      return await use.exceed({ ...on, reason: typed.reason })
    case 'defer':
      return await use.defer({ ...on, service: typed.service, reason: typed.reason })
    case 'return':
      return await use.giveBack({ ...on, service: typed.service, reason: typed.reason })
    case 'retry':
      return await use.retry({ ...on, what: typed.what })
    case 'note':
      return await use.note({ ...on, text: typed.text })
    case 'cleanup':
      return await use.cleanup(on)
    case 'choose':
      return await choose(typed, m, { use, on })
  }
}

async function plan(zones: Extract<Typed, { verb: 'plan' }>, { use }: Desk, by: string): Promise<Told> {
  const drawn = await use.plan({ ...zones, by })
  if (!('plan' in drawn)) return told(drawn)
  const { plan: shown, caution, watched, forecast } = drawn
  const beside = [
    ...(caution ? [`Caution: ${caution}`] : []),
    ...(forecast ? [forecast] : []),
    ...(watched ? [watchAgeText(watched)] : []),
  ]
  return { exit: EXITS.done, text: [...planTable(shown), ...beside].join('\n') }
}

async function start(typed: Extract<Typed, { verb: 'start' }>, { use }: Desk, by: string): Promise<Told> {
  const { ok, text } = await use.start({ ...typed, by })
  // What is asked back names the form of the channel, where the channel goes without saying.
  return told({ ok, text: text.replace(/ (?=--yes-leave )/, ` --channel ${typed.channel} `) })
}

async function choose(
  { volume, route, service, need }: Extract<Typed, { verb: 'choose' }>,
  m: Migration,
  { use, on }: { readonly use: Desk['use']; readonly on: Acting['on'] },
): Promise<Reply> {
  const known = [...m.inventory.volumes, ...m.found].filter(({ zone }) => zone === m.plan.sourceZone)
  const mine = known.filter(({ id, tags }) => id === volume || tags.Name === volume)
  const ids = [...new Set(mine.map(({ id }) => id))]
  if (ids.length > 1)
    return { ok: false, text: `Several volumes are called ${volume}: say which, ${ids.join(' or ')}.` }
  const choice = { volume: ids[0] ?? volume, route, service: service ?? '', need: need ?? 'required' }
  return await use.choose({ ...on, choice })
}

/** It says nothing in anybody's name, so whoever may read here may have it. */
async function report(typed: Extract<Typed, { verb: 'report' }>, desk: Desk): Promise<Told> {
  const found = await migrationOf(typed.id, desk, 'any')
  if (typeof found === 'string') return refused(found)
  const drawn = await desk.use.report({ id: found.id, by: null })
  if ('ok' in drawn) return told(drawn)
  const { files, summary, id } = drawn
  const problem = await desk.save(typed.directory, files)
  if (problem !== null) return refused(`The report of ${id} cannot be written to ${typed.directory}: ${problem}`)
  const names = Object.keys(files).map((name) => join(typed.directory, name))
  return { exit: EXITS.done, text: [summary, ...names].join('\n') }
}

/** It says nothing in anybody's name either. */
async function journalOf(id: string | null, desk: Desk): Promise<Told> {
  const found = await migrationOf(id, desk, 'any')
  if (typeof found === 'string') return refused(found)
  const entries = await desk.entries(found.id)
  const rows = entries.map((entry) => [
    ...[`${entry.rev}`, new Date(entry.atMs).toISOString().slice(0, 19).replace('T', ' '), entry.kind],
    'by' in entry && typeof entry.by === 'string' ? plain(mention(entry.by)) : 'zonehop',
  ])
  return { exit: EXITS.done, text: table([['rev', 'time (UTC)', 'kind', 'who'], ...rows]).join('\n'), entries }
}

/** Shows what is asked; answers what has the code that was repeated. */
async function answerAsked(typed: Answer, m: Migration, { desk, on }: Acting): Promise<Told> {
  const { use } = desk
  const entries = await desk.entries(m.id)
  switch (typed.verb) {
    case 'approve':
      return await approve(typed, m, { desk, on })
    case 'confirm': {
      const form = `confirm ${m.id}`
      const asked = {
        all: workAsked(m),
        none: 'asks for no work by hand now',
        what: 'work that is asked for now',
        form,
      }
      return await byCode(m, typed.code, asked, (intended) => use.confirm({ ...on, intended }))
    }
    case 'vouch': {
      const form = `vouch ${m.id}`
      const asked = { all: fencesAsked(m), none: 'asks nobody to vouch now', what: 'fence to vouch for now', form }
      const ending = ' --because <reason>'
      return await byCode(m, typed.code, { ...asked, ending }, (effect) =>
        use.vouch({ ...on, effect, reason: typed.reason }),
      )
    }
    case 'settle': {
      const form = `settle ${typed.isSo ? 'yes' : 'no'} ${m.id}`
      const asked = { all: suspicionsAsked(m), none: 'has nothing to settle now', what: 'thing to settle now', form }
      return await byCode(m, typed.code, asked, (suspected) => use.settle({ ...on, suspected, isSo: typed.isSo }))
    }
    case 'skip': {
      const form = `skip ${m.id}`
      const asked = { all: misfitsAsked(m, entries), none: 'has no entry to pass now', what: 'entry to pass now', form }
      return await byCode(m, typed.code, asked, (entry) => use.skip({ ...on, entry }))
    }
  }
}

type AskedNow = {
  readonly all: readonly Asked[]
  /** What is said of the migration where nothing is asked, and what a wrong code is not. */
  readonly none: string
  readonly what: string
  /** What is typed before the code, and behind it. */
  readonly form: string
  readonly ending?: string
}

async function byCode(
  m: Migration,
  code: string | null,
  { all, none, what, form, ending = '' }: AskedNow,
  say: (key: string) => Promise<Reply>,
): Promise<Told> {
  if (all.length === 0) return refused(`${m.id} ${none}.`)
  const mine = all.find((one) => one.code === code)
  if (mine) return told(await say(mine.key))
  if (code !== null) return refused(`${code} is no ${what}. Read it again: zonehop ${form}`)
  return shown(all, `zonehop ${form} --code ${all.length === 1 ? all[0]?.code : '<code>'}${ending}`)
}

async function approve(
  { gate, code }: Extract<Typed, { verb: 'approve' }>,
  m: Migration,
  { desk, on }: Acting,
): Promise<Told> {
  const { asking } = m
  const question = gateAsked(m, await desk.entries(m.id))
  if (!asking || !question) return refused(`${m.id} asks nothing now; it is ${m.phase}${m.paused ? ', paused' : ''}.`)
  if (asking.gate !== gate) return refused(`${m.id} does not ask for ${gate} now: it asks for ${asking.gate}.`)
  if (code === null) return shown([question], `zonehop approve ${gate} ${m.id} --code ${question.code}`)
  if (code !== question.code) {
    return refused(`${code} is not what is asked now. Read it again: zonehop approve ${gate} ${m.id}`)
  }
  const asked = { asked: asking.nonce, gate, basis: asking.basis }
  return told(await desk.use.approve({ ...on, ...asked, typed: m.id }))
}

async function status(id: string | null, desk: Desk): Promise<Told> {
  const { use, approvers } = desk
  const [running, asides] = [await use.running(), await use.aside()]
  const mine = id === null ? running : running.filter((m) => m.id === id)
  const untold = mine.flatMap((m) => use.untold(m) ?? [])
  const looks = await Promise.all(
    mine
      .filter((m) => use.untold(m) === null)
      .map(async (m) => {
        const progress = await desk.progress(m.id)
        return { progress, standing: standingOf(m, { entries: await desk.entries(m.id), progress, approvers }) }
      }),
  )
  const over = id === null ? undefined : (await use.ended()).find((m) => m.id === id)
  const notRunning = over ? `${id}: ${doing(over)}` : `${id} is not running.`
  const nothing = id === null ? 'No migration is running.' : notRunning
  const lines = [...looks.flatMap(({ standing, progress }) => linesFor(standing, progress)), ...untold, ...asides]
  const migrations = looks.map(({ standing }) => standing)
  return { exit: EXITS.done, text: lines.length > 0 ? lines.join('\n') : nothing, migrations }
}

function shown(what: readonly Shown[], form: string): Told {
  const again = ['If that is so, say it with the code:', `  ${form}`]
  return { exit: EXITS.shown, text: [...what.flatMap(shownLines), ...again].join('\n') }
}

/**
 * Which migrations a command may be about: those that run, those that ask for a cleanup too, those that are over, or whichever there
 * is.
 */
type Reach = 'running' | 'cleaning' | 'over' | 'any'

function reachOf(typed: Pick<OnOne, 'verb'> & { readonly gate?: string }): Reach {
  if (typed.verb === 'note') return 'any'
  if (typed.verb === 'cleanup') return 'over'
  return typed.verb === 'approve' && typed.gate === 'cleanup' ? 'cleaning' : 'running'
}

/** The named migration, or the only one within reach; where none runs and any will do, the last that ended. Else why there is none. */
async function migrationOf(id: string | null, { use }: Desk, reach: Reach): Promise<Migration | string> {
  const running = await use.running()
  const ended = reach === 'running' ? [] : await use.ended()
  const [newest] = ended
  if (reach === 'over') return overOf(id, ended)
  if (id === null && reach === 'any' && running.length === 0 && newest) return newest
  const meant =
    reach === 'cleaning' ? [...running, ...ended].filter((m) => m.asking?.gate === 'cleanup') : meantOf(running)
  const found = id === null ? meant : [...running, ...ended].filter((m) => m.id === id)
  const [only, another] = [...new Map(found.map((m) => [m.id, m])).values()]
  if (only && !another) return only
  if (another) return `Several migrations run: add the id of one, ${found.map((m) => m.id).join(' or ')}.`
  const [aside] = await use.aside()
  if (aside) return aside
  return id === null ? 'No migration is running.' : `${id} is not running; zonehop status lists those that are.`
}

/** Of those that are over the named one, else the newest. */
function overOf(id: string | null, ended: readonly Migration[]): Migration | string {
  const found = id === null ? ended[0] : ended.find((m) => m.id === id)
  return found ?? (id === null ? 'No migration is over.' : `There is no ${id} that is over.`)
}

function told({ ok, text }: Reply): Told {
  return { exit: ok ? EXITS.done : EXITS.refused, text }
}

function refused(text: string): Told {
  return { exit: EXITS.refused, text }
}
