// Renders what became of services: open in the target zone, hooks that ended well, and on the way back the services that serve again.
// What happens within seconds is one fact to those who read it, so it is one message.

import { isDeferred, isReturned, partsOf, serviceNamed } from '../../core/journal/services.ts'
import { effectId, isServiceEffect } from '../../core/model/effects.ts'
import type { Entry, EntryOf } from '../../core/model/entries.ts'
import type { Migration } from '../../core/model/migration.ts'
import { once } from '../../core/model/once.ts'
import { inLines, listed } from '../../core/model/text.ts'
import { type Message, textMessage, toAll } from './blocks.ts'

/** What is seen within so many ms of the first is said with it. */
const TOGETHER_MS = 10_000
/** Services that one sentence names. */
const NAMED_MAX = 25

type Opened = {
  readonly atMs: number
  readonly opened: readonly string[]
  readonly hooked: readonly string[]
  readonly back: readonly string[]
}

/** The messages by the rev of the entry under which each stands: that of the first thing it tells of. */
export function openingsIn(m: Migration, entries: readonly Entry[]): ReadonlyMap<number, Message> {
  const groups = new Map<number, Opened>()
  let first: number | null = null
  for (const entry of entries) {
    const one = entry.kind === 'seen' ? openedBy(m, entry) : null
    if (!one) continue
    const group = first === null ? undefined : groups.get(first)
    const isLate = hasDeferred(m, one)
    if (group && first !== null && !isLate && one.atMs - group.atMs <= TOGETHER_MS)
      groups.set(first, joined(group, one))
    else groups.set(entry.rev, one)
    if (groups.has(entry.rev)) first = isLate ? null : entry.rev
  }
  return new Map([...groups].map(([rev, group]) => [rev, messageOf(m, group)]))
}

function joined(a: Opened, b: Opened): Opened {
  return {
    atMs: a.atMs,
    opened: [...a.opened, ...b.opened],
    hooked: [...a.hooked, ...b.hooked],
    back: [...a.back, ...b.back],
  }
}

function messageOf(m: Migration, { atMs, opened, hooked, back }: Opened): Message {
  const { sourceZone, targetZone } = m.plan
  const hookOf = (name: string): string => serviceNamed(m, name)?.hook ?? 'its hook'
  const isLast = hasDeferred(m, { opened }) && areDeferredOpen(m, atMs)
  const said = textMessage(
    inLines([
      ...(opened.length > 0 ? [`Open in ${targetZone}: ${listed(opened, NAMED_MAX)}.`] : []),
      ...(isLast ? ['That was the last of what was deferred.'] : []),
      ...hooked.map((name) => `${name}: ${hookOf(name)}, done.`),
      ...(back.length > 0 ? [`Serving again in ${sourceZone}: ${listed(back, NAMED_MAX)}.`] : []),
    ]),
  )
  return isLast ? toAll(said) : said
}

function hasDeferred(m: Migration, { opened }: Pick<Opened, 'opened'>): boolean {
  return opened.some((name) => {
    const service = serviceNamed(m, name)
    return service !== null && isDeferred(m, service)
  })
}

/** Whether by then every deferred service was open that was not given back. */
function areDeferredOpen(m: Migration, atMs: number): boolean {
  const deferred = m.plan.services.filter((service) => isDeferred(m, service) && !isReturned(m, service.name))
  return deferred.every(({ name }) => isWhole(m, name, 'open', atMs))
}

/** Whether the step was seen done in all parts of the service by then. */
function isWhole(m: Migration, name: string, step: 'open' | 'hook' | 'unfreeze', atMs: number): boolean {
  const parts = partsOf(m, name, step)
  return parts.length > 0 && parts.every(({ achievedAtMs }) => (achievedAtMs ?? atMs + 1) <= atMs)
}

/** Service effects by id: of the thousands of effects that `seen` may name, only these are announced one by one. */
const serviceEffectsById = once(
  ({ effects }: Migration) =>
    new Map(
      effects.values().flatMap(({ effect }) => (isServiceEffect(effect) ? [[effectId(effect), effect] as const] : [])),
    ),
)

/** The services that this entry saw whole; null if there are none. */
function openedBy(m: Migration, { achieved, atMs }: EntryOf<'seen'>): Opened | null {
  const ofServices = serviceEffectsById(m)
  const effects = achieved.flatMap((id) => ofServices.get(id) ?? [])
  if (effects.length === 0) return null
  const named = (step: 'open' | 'hook' | 'unfreeze'): string[] => {
    const names = new Set(effects.flatMap((effect) => (effect.step === step ? [effect.service] : [])))
    return [...names].filter((name) => isWhole(m, name, step, atMs))
  }
  const [opened, hooked, back] = [named('open'), named('hook'), named('unfreeze')]
  return opened.length + hooked.length + back.length > 0 ? { atMs, opened, hooked, back } : null
}
