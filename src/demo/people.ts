// The scripted people: they type, read for a while, press what stands open and fill in what it opens. And what happens to the
// world meanwhile, which nobody asked for.
import { setTimeout as delay } from 'node:timers/promises'
import { effectId } from '../core/model/effects.ts'
import type { Migration } from '../core/model/migration.ts'
import { isRed } from '../core/planning/draft.ts'
import type { SimulatedClock } from './clock.ts'
import type { SimulatedEc2 } from './ec2/world/entities.ts'
import { type Deed, PEOPLE, type PersonName } from './scenario.ts'
import type { LocalSlack, StandingButton } from './slack/entities.ts'

/** A person reads before pressing. Simulated ms. */
const READS_FOR_MS = 45_000
/** Real ms between two looks at the channel, and simulated ms, whichever come first: no time that flies is slept through. */
const LOOKS_EVERY_MS = 50
const LOOKS_WITHIN_MS = 300_000
/** Real ms in which a form opens; else the button is pressed again later. */
const FORM_WITHIN_MS = 5_000

/** Real ms after which a person presses a button again that still stands: nobody may have heard the first time. */
const PRESS_AGAIN_MS = 8_000
/** More often than any scenario has anything to press. */
const PRESSES_MAX = 50
/** Simulated ms after which a scenario that has not ended never will. */
const ENDS_WITHIN_MS = 48 * 3_600_000
/** Simulated ms for which a plan may stay red; whoever is there to choose has chosen long before. */
const RED_WITHIN_MS = 2 * 3_600_000
/** Real ms for which a question may stand that nobody of the script answers. */
const UNANSWERED_MAX_MS = 20_000

export type Stage = {
  readonly slack: LocalSlack
  readonly ec2: SimulatedEc2
  readonly clock: SimulatedClock
  readonly deeds: readonly Deed[]
  readonly migration: () => Promise<Migration | null>
  readonly isOver: (m: Migration) => boolean
  readonly stop: AbortSignal
}

/** Plays until the migration is where the scenario ends. Throws what stopped it. */
export async function playPeople(stage: Stage, command: string): Promise<void> {
  const [operator] = PEOPLE
  await stage.slack.command(operator.id, command)
  const ended = new AbortController()
  const stop = AbortSignal.any([stage.stop, ended.signal])
  const until = { ...stage, stop }
  try {
    // Whoever reads a question misses nothing of what happens meanwhile.
    await Promise.race([happen(until), answer(until)])
  } finally {
    ended.abort()
  }
}

/** Deeds that wait for a moment, once each, until the scenario is over. */
async function happen(stage: Stage): Promise<void> {
  const { deeds, slack, ec2, clock, migration, isOver } = stage
  const timely = deeds.filter((deed) => deed.kind !== 'press')
  const done = new Set<Deed>()
  for (;;) {
    const m = await migration()
    if (m && isOver(m)) return
    const sinceMs = m ? clock.now() - m.plannedAtMs : 0
    if (m && sinceMs > ENDS_WITHIN_MS) throw new Error(neverEnding(m))
    if (m?.phase === 'planned' && isRed(m.plan) && sinceMs > RED_WITHIN_MS) throw new Error(stillRed(m))
    for (const deed of timely) {
      if (!m || done.has(deed) || !deed.when(m, clock.now())) continue
      done.add(deed)
      if (deed.kind === 'type') await slack.command(idOf(deed.who), deed.text)
      else deed.what(ec2, m)
    }
    await pass(stage)
  }
}

function neverEnding({ id, phase, asking, effects }: Migration): string {
  const open = effects.values().filter(({ status }) => status !== 'achieved')
  const words = open.map(({ effect, status, failure }) => `${effectId(effect)} ${failure?.code ?? status}`)
  return `${id} is still ${phase} after 48 h${asking ? `, asking for ${asking.gate}` : ''}: ${words.join(', ') || 'nothing is open'}`
}

function stillRed({ id, plan }: Migration): string {
  const red = plan.checks.filter(({ result }) => result === 'red').map(({ name, cause }) => `${name}: ${cause}`)
  const undecided = plan.uncovered.map(({ name }) => `${name} is not decided`)
  return `the plan of ${id} is still red after 2 h: ${[...red, ...undecided].join('; ')}`
}

/** Presses what stands open and has somebody to press it, until stopped. */
async function answer(stage: Stage): Promise<void> {
  const { slack, clock, stop } = stage
  const pressedAt = new Map<string, number>()
  const pressed = new Map<Deed, number>()
  let answeredAt = performance.now()
  for (;;) {
    if (stop.aborted) throw stop.reason
    const open = openButton(stage, pressedAt, pressed)
    if (open || !slack.hasUnansweredButton()) answeredAt = performance.now()
    if (performance.now() - answeredAt > UNANSWERED_MAX_MS) throw new Error('a question stands that nobody answers')
    if (!open) {
      await pass(stage)
      continue
    }
    pressedAt.set(keyOf(open.button), performance.now())
    pressed.set(open.deed, (pressed.get(open.deed) ?? 0) + 1)
    if ((pressed.get(open.deed) ?? 0) > PRESSES_MAX) throw new Error(`"${open.button.label}" is pressed in vain`)
    await clock.attend(READS_FOR_MS, stop)
    await press(stage, open)
  }
}

async function pass({ clock, stop }: Stage): Promise<void> {
  if (stop.aborted) throw stop.reason instanceof Error ? stop.reason : new Error('the demo was stopped')
  const awake = new AbortController()
  await Promise.race([delay(LOOKS_EVERY_MS), clock.attend(LOOKS_WITHIN_MS, awake.signal)])
  awake.abort()
}

type Open = { readonly button: StandingButton; readonly deed: Extract<Deed, { kind: 'press' }> }

/** A button that stands, that somebody is there to press, and that nobody has pressed just now. */
function openButton(
  { slack, deeds }: Stage,
  pressedAt: ReadonlyMap<string, number>,
  pressed: ReadonlyMap<Deed, number>,
): Open | null {
  for (const button of slack.buttons()) {
    if (performance.now() - (pressedAt.get(keyOf(button)) ?? Number.NEGATIVE_INFINITY) < PRESS_AGAIN_MS) continue
    for (const deed of deeds) {
      if (deed.kind !== 'press' || !deed.sees.test(`${button.actionId} ${button.label}`)) continue
      if ((pressed.get(deed) ?? 0) < (deed.times ?? Number.POSITIVE_INFINITY)) return { button, deed }
    }
  }
  return null
}

function keyOf({ ts, actionId, label }: StandingButton): string {
  return `${ts} ${actionId} ${label}`
}

async function press({ slack, migration, stop }: Stage, { button, deed }: Open): Promise<void> {
  const person = idOf(deed.who)
  const isStanding = slack.buttons().some((each) => keyOf(each) === keyOf(button))
  if (!isStanding) return
  await slack.click(person, button.ts, button.actionId)
  const m = await migration()
  const fills = typeof deed.fills === 'function' ? m && deed.fills(m) : deed.fills
  if (!fills) return
  const until = performance.now() + FORM_WITHIN_MS
  while (performance.now() < until && !stop.aborted) {
    const form = slack.modals().find(({ user }) => user === person)
    if (form) return await slack.submit(person, form.id, fills)
    await delay(LOOKS_EVERY_MS)
  }
}

function idOf(who: PersonName): string {
  return PEOPLE.find(({ name }) => name === who)?.id ?? who
}
