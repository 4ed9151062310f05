// What people are asked in a terminal: each question and each piece of work has a code, and only who repeats it answers.
import { isMoot, manualWorkOf, mayVouch } from '../core/asking/permits.ts'
import { approvalsOf, unsettled } from '../core/journal/state.ts'
import { type EffectState, effectId, isServiceEffect } from '../core/model/effects.ts'
import type { Entry } from '../core/model/entries.ts'
import type { Migration } from '../core/model/migration.ts'
import { listed, mention } from '../core/model/text.ts'
import { volumeNamed } from '../core/telling/names.ts'
import { questionOf } from '../core/telling/question.ts'

/** A question or a piece of work, as it is shown; `code` is what has to be repeated. */
export type Shown = { readonly code: string; readonly title: string; readonly lines: readonly string[] }
/** The same, with what answers it: the nonce of an entry, or an effect's id. */
export type Asked = Shown & { readonly key: string }

/** Volumes that one line names. */
const NAMED_MAX = 10
/** Long enough to tell questions of one migration apart, and short enough to be typed. */
const CODE_LENGTH = 6

function codeOf(nonce: string): string {
  return nonce.replace(/[^A-Za-z0-9]/g, '').slice(0, CODE_LENGTH)
}

/** The question that stands now, with all that its approval covers; null where none is asked. */
export function gateAsked(m: Migration, entries: readonly Entry[]): Asked | null {
  const { asking } = m
  const asked = entries.find(({ nonce }) => nonce === asking?.nonce)
  if (asked?.kind !== 'asked') return null
  const { ask, facts } = questionOf(m, asked)
  const given = approvalsOf(m, asked.nonce).map(
    ({ by }) => `Approved by ${mention(by)}; someone else has to approve it too.`,
  )
  const lines = [...facts, ...asked.evidence.filter((line) => !facts.includes(line)), ...given]
  return { code: codeOf(asked.nonce), title: ask, lines, key: asked.nonce }
}

/** What people are asked to do by hand now, by the entry that asked for it. */
export function workAsked(m: Migration): Asked[] {
  const states = m.effects.values().filter(({ status }) => status === 'intended')
  const nonces = [...new Set(states.flatMap(({ intended }) => intended ?? []))]
  return nonces.flatMap((nonce) => {
    const mine = manualWorkOf(m, nonce).filter(({ status }) => status === 'intended')
    const [first] = mine
    if (!first || isMoot(m, mine)) return []
    const title = `${m.id} asks people to ${first.effect.step} ${servicesOf(mine)}:`
    return [{ code: codeOf(nonce), title, lines: mine.flatMap(todoOf), key: nonce }]
  })
}

function servicesOf(states: readonly EffectState[]): string {
  return [...new Set(states.flatMap(({ effect }) => ('service' in effect ? effect.service : [])))].join(', ')
}

function todoOf({ effect }: EffectState): readonly string[] {
  return isServiceEffect(effect) && effect.work.method === 'manual' ? effect.work.todo : []
}

/** The fences that no host confirms, and for which an approver may vouch. */
export function fencesAsked(m: Migration): Asked[] {
  return m.effects.values().flatMap((state) => {
    const { failure } = state
    const effect = effectId(state.effect)
    if (!failure || mayVouch(m, { effect, reason: 'seen' })) return []
    const title = `${m.id} asks an approver whether it is out of use: ${effect}`
    return [{ code: codeOf(failure.nonce), title, lines: [`${failure.code}: ${failure.problem}.`], key: effect }]
  })
}

/** What tags say and nobody has settled. */
export function suspicionsAsked(m: Migration): Asked[] {
  return unsettled(m).map(({ says, volumes, nonce }) => {
    const named = listed(
      volumes.map((id) => volumeNamed(m, id)),
      NAMED_MAX,
    )
    const title = `Tags say ${says}, and the journal does not explain it. Is it so?`
    return { code: codeOf(nonce), title, lines: [`On ${named}.`], key: nonce }
  })
}

/** The entries that do not fit and that nobody has passed. */
export function misfitsAsked(m: Migration, entries: readonly Entry[]): Asked[] {
  return (m.halted?.entries ?? []).map((nonce) => {
    const entry = entries.find((one) => one.nonce === nonce)
    const title = `${m.id} is halted: ${m.misfits.get(nonce) ?? m.halted?.why}. Pass this entry?`
    const lines = entry ? [`Entry ${entry.rev}, ${entry.kind}, of ${new Date(entry.atMs).toISOString()}.`] : []
    return { code: codeOf(nonce), title, lines, key: nonce }
  })
}

/** The lines of what is shown, with its code. */
export function shownLines({ code, title, lines }: Shown): string[] {
  return [title, ...lines.map((line) => `  ${line}`), `  code: ${code}`]
}
