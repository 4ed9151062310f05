// Looks for the SSM command that ran an effect's document. It carries the nonce of an attempt in its comment, and its
// document and hosts must be the effect's. What SSM reports of it decides.

import { issuedAtMs } from '../journal/state.ts'
import { documentOf, type EffectState, type HostEffect } from '../model/effects.ts'
import type { Facts, SeenCommand } from '../model/facts.ts'
import { COMMAND_MAX_MS } from '../model/limits.ts'
import { failedSight, type Sight } from './sight.ts'

/**
 * What is seen of an effect by its command; null if none is seen. A command that takes longer than COMMAND_MAX_MS
 * failed.
 */
export function lookAtCommand(state: EffectState, effect: HostEffect, facts: Facts): Sight | null {
  const command = commandOf(state, effect, facts)
  if (!command) return null
  const remedy = 'look at the host, put it right, then retry; the document is safe to run again'
  if (command.state === 'ended') return failedSight('DocumentFailed', command.details, remedy)
  if (command.state === 'succeeded') return { resource: command.id, isAchieved: true }
  const isLate = facts.beganAtMs - Math.max(command.sentAtMs, issuedAtMs(state) ?? 0) > COMMAND_MAX_MS
  if (!isLate) return { resource: command.id, isAchieved: false }
  return failedSight(
    'DocumentNeverEnds',
    `command ${command.id} has not ended after ${COMMAND_MAX_MS / 60_000} min`,
    remedy,
  )
}

/** The newest command that the attempts sent with the effect's document and hosts; null if none is seen. */
export function commandOf({ attempts }: EffectState, effect: HostEffect, { commands }: Facts): SeenCommand | null {
  const mine = attempts.flatMap(({ nonce }) => commands.get(nonce) ?? []).filter((one) => isSentFor(effect, one))
  return mine.toSorted((a, b) => b.sentAtMs - a.sentAtMs)[0] ?? null
}

function isSentFor(effect: HostEffect, { document, instances }: SeenCommand): boolean {
  const hosts = new Set(instances)
  const isExact = hosts.size === effect.instances.length && effect.instances.every((id) => hosts.has(id))
  return isExact && document === documentOf(effect)
}
