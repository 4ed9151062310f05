// Who may do what, and when. Each function gives null if it may be done now, else the one sentence that says why not,
// and what would be right.

import {
  freezeOf,
  hasLiveMark,
  isDeferred,
  isReturned,
  movesOf,
  serviceNamed,
  serviceNameOf,
} from '../journal/services.ts'
import { approvalsNeeded, approvalsOf, askerOf, isLatest, isMove, isOver } from '../journal/state.ts'
import { callOf, type EffectState, effectId } from '../model/effects.ts'
import { BEFORE_LIVE, type Gate, type Halt, type Migration } from '../model/migration.ts'
import { knownVolume, moveOf, nameOf } from '../model/moves.ts'
import type { Choice, Service } from '../model/plan.ts'
import { keptUntilMs } from '../model/rules.ts'
import { subjectName } from '../model/subjects.ts'
import { dayTime, listed, mention, timeOfDay } from '../model/text.ts'
import { waysBack } from './gates.ts'
import { plainWord } from './typed.ts'

/** Why something may not be done, in a sentence for the person who asked. */
export type Refusal = { readonly refusal: string }

/**
 * Whether the question `asked` (a nonce) may be approved by this person, who is an approver. `typed`: what they typed to say that they mean this
 * migration; only the cleanup asks for it.
 */
export function mayApprove(
  m: Migration,
  ask: { by: string; asked: string; gate: Gate; typed?: string | undefined },
): Refusal | null {
  const { asked, gate, by, typed = '' } = ask
  const given = approvalsOf(m, asked)
  const newest = given.at(-1)
  if (newest && new Set(given.map((one) => one.by)).size >= approvalsNeeded(m, gate)) {
    return no(`Already approved by ${mention(newest.by)} at ${dayTime(newest.atMs)}.`)
  }
  const mine = given.find((one) => one.by === by)
  if (mine) return no(`You approved it at ${dayTime(mine.atMs)} already; someone else has to approve it too.`)
  if (!m.questions.has(asked)) return no(UNKNOWN_QUESTION)
  if (m.paused) return no(`${m.id} is paused and asks nothing; /migrate resume, and it asks anew.`)
  if (m.asking?.gate !== gate) return no(`${m.id} does not ask for ${gate} now; it is ${m.phase}.`)
  if (m.asking.nonce !== asked) {
    return no('What this button showed has changed since; read the newest message of the thread and approve there.')
  }
  const what = gate === 'cleanup' ? 'this cleanup' : 'this migration'
  if (by === askerOf(m, gate)) return no(`You asked for ${what}, so someone else has to approve ${gate}.`)
  if (gate === 'cleanup' && plainWord(typed) !== m.id) return no(`Type ${m.id} to approve; you typed "${typed}".`)
  return null
}

const UNKNOWN_QUESTION =
  'This was never asked as far as the journal knows: its last entries were lost, or somebody else runs the same migration. Read the newest message of the thread.'

/**
 * Whether a person may choose a volume's route: before the point of no return, and while nothing was done to the
 * volume.
 */
export function mayChoose(m: Migration, choice: Choice): Refusal | null {
  if (m.halted) return no(haltText(m, m.halted))
  if (!BEFORE_LIVE.includes(m.phase)) return no(`${m.id} is ${m.phase}; its plan stands.`)
  const isPlanned = [...m.inventory.volumes, ...m.found].some(
    ({ id, zone }) => id === choice.volume && zone === m.plan.sourceZone,
  )
  if (!isPlanned) return no(`${choice.volume} is no volume of this plan.`)
  // A tag counts too: it says on the volume that it moves, would stay there, and nobody would take it off.
  const isMoving = m.effects
    .values()
    .some(
      ({ effect }) =>
        (effect.subject.of === 'move' && effect.subject.move === choice.volume) ||
        (effect.step === 'tag' && effect.resources.includes(choice.volume)),
    )
  if (isMoving) return no(`${choice.volume} is being moved already; its route stands.`)
  const name = choice.service || nameOfVolume(m, choice.volume)
  const freeze = choice.route === 'snapshot' ? freezeOf(m, name) : null
  if (freeze && !freeze.sources.includes(choice.volume)) {
    return no(
      `${name} froze without ${choice.volume}: choose a service that is not frozen, such as one of its own, or let it stay.`,
    )
  }
  return null
}

function nameOfVolume(m: Migration, id: string): string {
  return knownVolume(m, id)?.tags.Name || id
}

/** The work for people that an entry asked for, by the nonce of that entry. */
export function manualWorkOf(m: Migration, intended: string): EffectState[] {
  return m.effects.values().filter((state) => state.intended === intended && callOf(state.effect) === null)
}

/**
 * Whether the work for people that an entry asked for (by its nonce) may be confirmed: it is still asked for, and not
 * done.
 */
export function mayConfirm(m: Migration, intended: string): Refusal | null {
  const states = manualWorkOf(m, intended)
  const done = states.find(({ confirmedBy }) => confirmedBy)
  if (done?.confirmedBy) return no(`Already confirmed by ${mention(done.confirmedBy)}.`)
  const isAsked = states.length > 0 && states.every((state) => state.status === 'intended' && isLatest(m, state))
  if (isAsked && !isMoot(m, states) && m.endedAtMs === null) return null
  return no('This is not asked for any more; read the newest message of the thread.')
}

/**
 * Whether work for people has no point any more: on the way back only what leads there is done, and what was given back
 * is not opened. A halt changes nothing of which way it is.
 */
export function isMoot(m: Migration, states: readonly Pick<EffectState, 'effect'>[]): boolean {
  const phase = m.halted?.from ?? m.phase
  return states.some(({ effect }) => {
    if (effect.direction === 'back') return phase !== 'aborting' && phase !== 'live'
    return phase === 'aborting' || ('service' in effect && isReturned(m, effect.service))
  })
}

/**
 * Whether a person may vouch for a fence that its host does not confirm. They have seen that nothing runs there, and
 * `reason` says how.
 */
export function mayVouch(m: Migration, ask: { effect: string; reason: string }): Refusal | null {
  const { effect: id, reason } = ask
  const state = m.effects.get(id)
  if (state?.effect.step !== 'fence') return no('Only for a fence somebody may vouch.')
  if (m.halted) return no(haltText(m, m.halted))
  const isOpen = m.phase === 'aborting' && state.status === 'failed' && failedEffect(m, id) !== null
  if (!isOpen) return no('This is not asked for any more; read the newest message of the thread.')
  if (reason.trim() === '') return no('Say how you know that it is down.')
  return null
}

/** Whether a person may defer a required service: before the point of no return, and if nothing required needs it. */
export function mayDefer(m: Migration, ask: { service: string; reason: string }): Refusal | null {
  const { service: name, reason } = ask
  if (!isMove(m)) return no(`${m.id} stops no service: nothing in it waits for ${name}.`)
  const service = m.plan.services.find((each) => each.name === name)
  if (!service) {
    return no(`There is no service "${name}" in ${m.id}; it has ${serviceNames(m).join(', ')}.`)
  }
  if (isDeferred(m, service)) return no(`${name} is deferred already.`)
  if (m.halted) return no(haltText(m, m.halted))
  if (!BEFORE_LIVE.includes(m.phase)) {
    return no(`${m.id} is ${m.phase}: it is too late to defer ${name}.`)
  }
  const first = m.plan.services.find((each) => !isDeferred(m, each) && each.after.includes(name))
  if (first) return no(`${first.name} opens after ${name} and is required; defer ${first.name} first.`)
  if (m.plan.services.every((each) => each.name === name || isDeferred(m, each))) {
    return no(`${name} is the last required service; with it deferred there would be nothing to go live with.`)
  }
  const beside = besides(m, service)
  if (beside) return no(`${beside} is on the same instances, which start for both; neither can be deferred alone.`)
  if (reason.trim() === '') return no(`Say why: /migrate defer ${name} because <reason>.`)
  return null
}

/** Whether a person may let the outage be longer than its budget: while the question that begins it is kept back for that. */
export function mayExceed(m: Migration, { reason }: { reason: string }): Refusal | null {
  const { budgetMinutes: minutes } = m.rules
  if (m.halted) return no(haltText(m, m.halted))
  if (m.phase !== 'seeding' || !isMove(m)) return no(`${m.id} is ${m.phase}: no question about an outage is kept back.`)
  if (m.isExceeded) return no(`${m.id} may be longer than its budget already.`)
  if (minutes === null) return no(`${m.id} has no budget, so its outage may be as long as it is.`)
  if (m.keptBackMs === null) return no(`No question of ${m.id} is kept back by its budget of ${minutes} min.`)
  return reason.trim() === '' ? no('Say why: /migrate exceed because <reason>.') : null
}

/**
 * Whether a person may give a deferred service back: after the point of no return, and before the service's own, which
 * is the intent of its live mark.
 */
export function mayGiveBack(m: Migration, ask: { service: string; reason: string }): Refusal | null {
  const { service: name, reason } = ask
  const service = serviceNamed(m, name)
  if (!service) return no(`There is no service "${name}" in ${m.id}; it has ${serviceNames(m).join(', ')}.`)
  if (m.halted) return no(haltText(m, m.halted))
  if (m.phase !== 'live') {
    const way = m.wentLiveAtMs === null ? 'before it goes live, /migrate abort brings everything back' : 'it is over'
    return no(`${m.id} is ${m.phase}: ${way}.`)
  }
  if (!isDeferred(m, service))
    return no(`${name} is required and went live with the rest; only what was deferred can be given back.`)
  if (isReturned(m, name)) return no(`${name} is given back already.`)
  // The lost entries may hold its live mark.
  if (m.doubt?.isOpen) {
    const at = timeOfDay(m.doubt.untilMs)
    return no(
      `The journal may have lost its last entries, and ${name} may be live: ask again from ${at} UTC on, once zonehop has looked.`,
    )
  }
  if (hasLiveMark(m, name))
    return no(`${name} goes live already: its copies are marked, and they may be taking writes.`)
  const next = m.plan.services.find((each) => each.after.includes(name) && !isReturned(m, each.name))
  if (next) return no(`${next.name} opens after ${name}; give ${next.name} back first.`)
  if (reason.trim() === '') return no(`Say why: /migrate return ${name} because <reason>.`)
  return null
}

function serviceNames({ plan }: Migration): string[] {
  return plan.services.map(({ name }) => name)
}

/** Whether a person may pass an entry that did not fit, by its nonce. An approver has to have read it. */
export function maySkip(m: Migration, entry: string): Refusal | null {
  if (!m.halted?.entries.includes(entry))
    return no('This entry holds nothing up any more; read the newest message of the thread.')
  return null
}

/** Whether an approver may say whether it is so what tags say, by the nonce of the suspicion. */
export function maySettle(
  { id, by: starter, suspicions }: Migration,
  { suspected, isSo, by }: { readonly suspected: string; readonly isSo: boolean; readonly by: string },
): Refusal | null {
  const known = [...suspicions.values()].find(({ nonce }) => nonce === suspected)
  if (!known) return no('This is not asked for any more; read the newest message of the thread.')
  // What is so may pass a gate, and whoever started passes none of its gates.
  if (known.isSo === null && isSo && by === starter)
    return no(`You started ${id}, so another approver says that it is so.`)
  if (known.isSo === null) return null
  return no(`It is settled already: it is ${known.isSo ? '' : 'not '}so.`)
}

/** The name of a required service on the same successors, where opening means starting them; else null. */
function besides(m: Migration, { name, method }: Service): string | null {
  if (method !== 'stop-instances') return null
  const mine = new Set(movesOf(m, name).map(({ successor }) => successor))
  const other = m.plan.services.find(
    (each) =>
      each.name !== name && !isDeferred(m, each) && movesOf(m, each.name).some(({ successor }) => mine.has(successor)),
  )
  return other?.name ?? null
}

/** What a step may be named by to be retried, and its volume or service, of all steps that were ever asked for, each once. */
export function namesToRetry(m: Migration): string[] {
  return [...new Set([...m.effects.values()].flatMap((state) => namesFor(m, state)).filter((name) => name !== null))]
}

/** The failed effect that `what` names, by its id or by the name of its volume or service; null if there is none. */
export function failedEffect(m: Migration, what: string): EffectState | null {
  const failed = m.effects.values().filter((state) => state.status === 'failed' && isLatest(m, state))
  return failed.find((state) => namesFor(m, state).includes(what)) ?? null
}

function namesFor(m: Migration, { effect }: EffectState): (string | null)[] {
  const move = moveOf(m, effect.subject)
  const service = 'service' in effect ? effect.service : (move?.service ?? null)
  return [effectId(effect), subjectName(effect.subject), move && nameOf(move), service]
}

/** Failed steps that are named one by one. */
const FAILED_MAX = 10

/** Whether the failed effect that `what` names, by id, volume or service, may be tried again. */
export function mayRetry(m: Migration, what: string): Refusal | null {
  if (isOver(m)) return no(`${m.id} is ${m.phase}.`)
  if (m.halted) return no(haltText(m, m.halted))
  const failed = failedEffect(m, what)
  const service = failed ? serviceNameOf(m, failed.effect) : null
  if (service !== null && isReturned(m, service) && failed?.effect.direction === 'forward') {
    return no(`${service} was given back: ${effectId(failed.effect)} is not needed any more.`)
  }
  if (failed && m.phase === 'aborting' && failed.effect.direction === 'forward') {
    return no(`${m.id} is on its way back: ${effectId(failed.effect)} belongs to the way forward.`)
  }
  if (failed) return null
  if (m.effects.get(what)?.status === 'failed') return no('It is being tried again already.')
  const known = [...serviceNames(m), ...m.plan.moves.flatMap((move) => [move.id, nameOf(move)]), ...namesToRetry(m)]
  if (known.includes(what)) return no(`Nothing of "${what}" has failed, so there is nothing to retry.`)
  const tried = [...m.effects.values()].filter((state) => state.status === 'failed' && isLatest(m, state))
  const names = tried.map(({ effect }) => effectId(effect))
  const failing = names.length > 0 ? `what has failed is ${listed(names, FAILED_MAX)}` : 'nothing of it has failed'
  return no(`There is no service, volume or step "${what}" in ${m.id}; ${failing}.`)
}

/** Whether a migration may be paused (`isPausing`) or resumed. */
export function mayPause(m: Migration, isPausing: boolean): Refusal | null {
  if (m.halted) return mayGoOn(m, m.halted, isPausing)
  if (m.endedAtMs !== null) return no(`${m.id} is ${m.phase}.`)
  if (m.paused === isPausing) return no(isPausing ? `${m.id} is paused already.` : `${m.id} is not paused.`)
  return isPausing && m.phase === 'aborting' ? no(`${m.id} is on its way back, which nothing should hold up.`) : null
}

/**
 * Pausing and resuming a halted migration. A person who resumes it confirms that whoever else drove these volumes is
 * stopped. It may be halted after the end, too, in a cleanup.
 */
function mayGoOn({ id }: Migration, { why, entries }: Halt, isPausing: boolean): Refusal | null {
  if (isPausing) return no(`${id} is halted: nothing is issued.`)
  return entries.length > 0 ? no(`${id} is halted: ${why}. Pass that entry by its button in the thread.`) : null
}

/**
 * Whether a migration may be declined (`planned`: before anything was touched) or aborted (`running`: brought back from
 * any phase before the point of no return).
 */
export function mayAbort(m: Migration, from: 'planned' | 'running'): Refusal | null {
  if (from === 'planned') return m.phase === 'planned' ? null : no(`${m.id} has begun; /migrate abort brings it back.`)
  if (m.phase === 'aborting') return no(`${m.id} is on its way back already.`)
  if (m.endedAtMs !== null) return no(`${m.id} is ${m.phase}; there is nothing to abort.`)
  if (m.wentLiveAtMs === null) return null
  const since = new Date(m.wentLiveAtMs).toISOString()
  return no(`${m.id} went live at ${since}, so it cannot be aborted. ${waysBack(m, m.plan.moves).join(' ')}`)
}

/** Whether a cleanup may be asked for: after the end, when what was left has been kept for as long as was agreed. */
export function mayCleanUp(m: Migration, nowMs: number): Refusal | null {
  if (m.endedAtMs === null) return no(`${m.id} is ${m.phase}; what it leaves can be cleaned up once it is over.`)
  if (!isOver(m)) return no(`A cleanup of ${m.id} runs already; its thread asks.`)
  if (m.effects.size === 0) return no(`${m.id} never began, so it left nothing to clean up.`)
  const untilMs = keptUntilMs(m.rules, m.endedAtMs)
  if (nowMs >= untilMs) return null
  return no(
    `What ${m.id} left is kept until ${dayTime(untilMs)} (retentionDays: ${m.rules.retentionDays} in zonehop.yaml).`,
  )
}

function haltText({ id }: Migration, { why }: Halt): string {
  return `${id} is halted: ${why}.`
}

function no(refusal: string): Refusal {
  return { refusal }
}
