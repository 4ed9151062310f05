// Looks for the command that an effect's document ran by: found by its comment, judged by what SSM says of it.
import { type Effect, effectId } from './effects.ts'
import type { Facts } from './facts.ts'
import { COMMAND_MAX_MS } from './limits.ts'
import type { Sight } from './look.ts'
import type { EffectState } from './migration.ts'

export function lookAtCommand({ issuedAtMs }: EffectState, effect: Effect, facts: Facts): Sight | null {
  const command = facts.commands.get(effectId(effect))
  if (!command) return null
  const remedy = 'look at the host, put it right, then retry; the document is safe to run again'
  if (command.state === 'ended') return wrong('DocumentFailed', command.details, remedy)
  if (command.state === 'succeeded') return { resource: command.id, isAchieved: true }
  const isLate = facts.beganAtMs - Math.max(command.sentAtMs, issuedAtMs ?? 0) > COMMAND_MAX_MS
  if (!isLate) return { resource: command.id, isAchieved: false }
  return wrong('DocumentNeverEnds', `command ${command.id} has not ended after ${COMMAND_MAX_MS / 60_000} min`, remedy)
}

export function wrong(code: string, problem: string, remedy: string): Sight {
  return { isAchieved: false, failure: { code, problem, remedy } }
}
