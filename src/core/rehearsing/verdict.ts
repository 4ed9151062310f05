// What a rehearsal has shown: a check for each copy, service, replica and red line of the plan, and how long each step took.

import { readingOf, readingWords } from '../journal/readings.ts'
import { looksInto, movesOf } from '../journal/services.ts'
import { lastDone, latest, tookMs } from '../journal/state.ts'
import type { EffectState } from '../model/effects.ts'
import type { Migration } from '../model/migration.ts'
import { isReplicaMove, isSnapshotMove, nameOf } from '../model/moves.ts'
import { once } from '../model/once.ts'
import type { Move, Plan, ReplicaMove, Service, SnapshotMove } from '../model/plan.ts'
import { ofCopy, ofMove } from '../model/subjects.ts'
import { copiesOf } from '../steps/snapshot-ladder.ts'
import { hasDocuments } from './ladder.ts'

/** One thing that was rehearsed: red where the move would have failed by it, yellow where nothing tells whether it would. */
export type Finding = {
  readonly what: 'plan' | 'volume' | 'replica' | 'service'
  readonly name: string
  readonly result: 'green' | 'yellow' | 'red'
  readonly words: string
}

/**
 * How long the steps of a rehearsal took, in whole seconds: snapshots as EC2 says, where it does; all else from the call to the look that saw it
 * done. What did not end well is left out.
 */
export type Durations = Partial<Readonly<Record<'seed' | 'restore' | 'attach' | 'check', number>>>

/** `verdict` is null while it runs, and where it was sent back before its end. `seconds` is by the name of the volume, as `ownNameOf` gives it, or service. */
export type Verdict = {
  readonly verdict: 'passed' | 'failed' | null
  readonly checks: readonly Finding[]
  readonly seconds: Readonly<Record<string, Durations>>
}

/** The verdict of a rehearsal, from its journal alone. */
export function verdictOf(m: Migration): Verdict {
  const checks = findingsOf(m)
  const isRed = checks.some(({ result }) => result === 'red')
  const outcome = isRed ? ('failed' as const) : ('passed' as const)
  return { verdict: m.phase === 'done' ? outcome : null, checks, seconds: secondsOf(m) }
}

/** What people call a move, with its id where that alone, or with the id of another, would name two. */
export function ownNameOf({ moves }: Plan, move: Move): string {
  return namesOf(moves).get(move.id) ?? nameOf(move)
}

const namesOf = once((moves: readonly Move[]): ReadonlyMap<string, string> => {
  const counts = new Map<string, number>()
  for (const move of moves) counts.set(nameOf(move), (counts.get(nameOf(move)) ?? 0) + 1)
  const withId = (move: Move): string => `${nameOf(move)} (${move.id})`
  const taken = new Set(moves.map(withId))
  const isOwn = (name: string): boolean => counts.get(name) === 1 && !taken.has(name)
  return new Map(moves.map((move) => [move.id, isOwn(nameOf(move)) ? nameOf(move) : withId(move)]))
})

function findingsOf(m: Migration): Finding[] {
  const { uncovered, checks, moves, services } = m.plan
  const ofPlan = [
    ...uncovered.map(({ name, volume }) =>
      red(name, `nothing says whether ${volume} moves: it would hold up the start`),
    ),
    ...checks.flatMap(({ name, result, cause }) => (result === 'red' ? [red(name, cause)] : [])),
  ]
  return [
    ...ofPlan.map((one) => ({ what: 'plan' as const, ...one })),
    ...moves.map((move) =>
      isReplicaMove(move)
        ? { what: 'replica' as const, ...replicaFinding(m, move) }
        : { what: 'volume' as const, ...copyFinding(m, move) },
    ),
    ...services.flatMap((service) => serviceFindings(m, service)).map((one) => ({ what: 'service' as const, ...one })),
  ]
}

type Told = Omit<Finding, 'what'>

function red(name: string, words: string): Told {
  return { name, result: 'red', words }
}

/** What became of the first step of a move that did not end well, or that all of it did. */
function copyFinding(m: Migration, move: SnapshotMove): Told {
  const name = ownNameOf(m.plan, move)
  for (const step of ['seed', 'restore', 'attach'] as const) {
    const state = latest(m, ofMove(move.id), step)
    if (state?.failure) return red(name, `${step} failed: ${failureOf(state)}`)
    if (state?.status === 'achieved') continue
    const isOver = m.endedAtMs !== null
    // What was sent back may have ended before its attachment was asked for.
    if (m.phase === 'done' && step === 'attach')
      return red(name, `its successor ${move.successor} has no device free for another volume`)
    return { name, result: 'yellow', words: isOver ? `${step} did not come to its end` : `${step} is not done yet` }
  }
  return { name, result: 'green', words: `restored in ${m.plan.targetZone} and attached to ${move.successor}` }
}

function failureOf({ failure }: EffectState): string {
  return `${failure?.code}, ${failure?.problem.replace(/\.$/, '')}`
}

function replicaFinding(m: Migration, move: ReplicaMove): Told {
  const name = ownNameOf(m.plan, move)
  const reading = readingOf(m, ofMove(move.id))
  const asked = latest(m, ofMove(move.id), 'prove')
  if (asked?.failure) return red(name, `its hosts did not answer: ${failureOf(asked)}`)
  if (!reading) return { name, result: 'yellow', words: 'its hosts were not asked' }
  return { name, result: reading.doubts.length > 0 ? 'red' : 'green', words: readingWords(reading) }
}

function serviceFindings(m: Migration, service: Service): Told[] {
  const { name } = service
  if (!movesOf(m, name).some(isSnapshotMove)) return []
  if (!hasDocuments(service)) {
    return [{ name, result: 'yellow', words: 'its data was not looked into: none of its steps runs a document' }]
  }
  return looksInto(m, name).map((state): Told => {
    if (state.failure) return red(name, `looking into its data failed: ${failureOf(state)}`)
    return state.status === 'achieved'
      ? { name, result: 'green', words: 'its data was read on its successor' }
      : { name, result: 'yellow', words: 'its data was not looked into' }
  })
}

/**
 * Ids of copies that were made and that the journal does not know to be deleted: somebody attached them elsewhere, or they were gone
 * before.
 */
export function leftCopies(m: Migration): string[] {
  return m.plan.moves
    .filter(isSnapshotMove)
    .flatMap(({ id }) => copiesOf(m, id).filter((copy) => latest(m, ofCopy(id, copy), 'delete')?.status !== 'achieved'))
}

function secondsOf(m: Migration): Verdict['seconds'] {
  const ofMoves = m.plan.moves.filter(isSnapshotMove).map((move): [string, Durations] => [
    ownNameOf(m.plan, move),
    {
      ...lasted('seed', lastDone(m, ofMove(move.id), 'seed')),
      ...lasted('restore', lastDone(m, ofMove(move.id), 'restore')),
      ...lasted('attach', lastDone(m, ofMove(move.id), 'attach')),
    },
  ])
  const ofServices = m.plan.services.flatMap(({ name }): [string, Durations][] => {
    const all = looksInto(m, name).flatMap((state) => tookMs(state) ?? [])
    return all.length > 0 ? [[name, { check: Math.round(Math.max(...all) / 1_000) }]] : []
  })
  const seconds: Record<string, Durations> = {}
  for (const [name, durations] of [...ofMoves, ...ofServices]) seconds[name] = { ...seconds[name], ...durations }
  return seconds
}

function lasted(step: keyof Durations, state: EffectState | null): Durations {
  const ms = state && tookMs(state)
  return ms === null ? {} : { [step]: Math.round(ms / 1_000) }
}
