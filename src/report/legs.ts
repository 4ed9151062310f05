// The legs of each move: what was done for it, from the call until zonehop saw it done. EC2 may have been done earlier, since it is
// looked at in intervals.
import { partsOf } from '../core/journal/services.ts'
import { type EffectState, effectId, type Step } from '../core/model/effects.ts'
import type { Migration } from '../core/model/migration.ts'
import { isSnapshotMove, moveOf, nameOf, sizeOf } from '../core/model/moves.ts'
import type { Move } from '../core/model/plan.ts'
import type { Story, Stretch } from './story.ts'

/** What a leg is, in the order in which a move goes through them. */
export const LEGS = ['seed', 'snapshot', 'restore', 'attach', 'replica', 'open'] as const
/** `replica`: all that is done to hand a replica over. `attach`: attached and compared with its source. */
export type LegKind = (typeof LEGS)[number]

/** A leg; where it failed, `untilMs` is when that was seen. */
export type Leg = Stretch & { readonly kind: LegKind; readonly isFailed: boolean }

/** A move with its legs, in the order in which they began. */
export type Course = {
  readonly move: Move
  readonly name: string
  readonly sizeGib: number
  readonly legs: readonly Leg[]
  readonly hasFailed: boolean
  /**
   * How long its legs took together, in ms, without the opening, and without what was taken ahead where more was done; what lasts
   * counts until the last entry.
   */
  readonly tookMs: number
}

const KINDS: Readonly<Partial<Record<Step, LegKind>>> = {
  seed: 'seed',
  snapshot: 'snapshot',
  restore: 'restore',
  attach: 'attach',
  checkCopy: 'attach',
}
/** The steps that hand a replica over. `prove` also runs again and again before. */
const HANDOVER: ReadonlySet<Step> = new Set(['demote', 'down', 'detach', 'attach', 'promote', 'checkReplica'])

/** One course for each move of the plan, in the plan's order. */
export function coursesOf({ migration: m, failedAtMs, asOfMs }: Story): Course[] {
  const legs = new Map<string, Leg[]>(m.plan.moves.map(({ id }) => [id, []]))
  for (const state of m.effects.values()) {
    const move = moveOf(m, state.effect.subject)
    const leg = move && legOf(move, state, failedAtMs)
    if (leg) legs.get(move.id)?.push(leg)
  }
  return m.plan.moves.map((move) => {
    const own = joined(legs.get(move.id) ?? [])
    const all = [...own, ...openingOf(m, move, failedAtMs)].toSorted((a, b) => a.fromMs - b.fromMs)
    return {
      move,
      name: nameOf(move),
      sizeGib: sizeOf(move),
      legs: all,
      hasFailed: all.some(({ isFailed }) => isFailed),
      tookMs: lengthOfAll(own, asOfMs),
    }
  })
}

function lengthOfAll(legs: readonly Leg[], asOfMs: number): number {
  const later = legs.filter(({ kind }) => kind !== 'seed')
  return (later.length > 0 ? later : legs).reduce((sum, { fromMs, untilMs }) => sum + (untilMs ?? asOfMs) - fromMs, 0)
}

/** Null for what is no leg, and for what was never called. */
function legOf(move: Move, state: EffectState, failedAtMs: ReadonlyMap<string, number>): Leg | null {
  const { effect } = state
  if (effect.direction === 'back') return null
  const kind = isSnapshotMove(move) ? KINDS[effect.step] : HANDOVER.has(effect.step) && 'replica'
  return kind ? stretched(kind, state, failedAtMs) : null
}

function stretched(kind: LegKind, state: EffectState, failedAtMs: ReadonlyMap<string, number>): Leg | null {
  const { effect, attempts, status, achievedAtMs, confirmedBy, intendedAtMs } = state
  const fromMs = attempts[0]?.atMs ?? (confirmedBy === null ? null : intendedAtMs)
  if (fromMs === null) return null
  const isFailed = status === 'failed'
  const endMs = isFailed ? (failedAtMs.get(effectId(effect)) ?? null) : achievedAtMs
  return { kind, fromMs, untilMs: endMs, isFailed }
}

/** Legs of one kind that follow each other are one, but for those that failed: an attachment and its comparison. */
function joined(legs: readonly Leg[]): Leg[] {
  const all: Leg[] = []
  for (const leg of legs.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = all.at(-1)
    const isSame = last && last.kind === leg.kind && JOINED.has(leg.kind) && !last.isFailed && !leg.isFailed
    if (isSame) all[all.length - 1] = { ...last, untilMs: laterOf(last.untilMs, leg.untilMs) }
    else all.push(leg)
  }
  return all
}

function laterOf(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : Math.max(one, other)
}

const JOINED: ReadonlySet<LegKind> = new Set(['attach', 'replica'])

/** The opening of the move's service in the target zone, in all its parts. */
function openingOf(m: Migration, { service }: Move, failedAtMs: ReadonlyMap<string, number>): Leg[] {
  const parts = partsOf(m, service, 'open').flatMap((part) => stretched('open', part, failedAtMs) ?? [])
  if (parts.length === 0) return []
  const isOver = parts.every(({ untilMs }) => untilMs !== null)
  return [
    {
      kind: 'open',
      fromMs: Math.min(...parts.map(({ fromMs }) => fromMs)),
      untilMs: isOver ? Math.max(...parts.map(({ untilMs }) => untilMs ?? 0)) : null,
      isFailed: parts.some(({ isFailed }) => isFailed),
    },
  ]
}

/** The last leg of a kind; null where there is none. */
export function lastLeg({ legs }: Course, kind: LegKind): Leg | null {
  return legs.findLast((leg) => leg.kind === kind) ?? null
}
