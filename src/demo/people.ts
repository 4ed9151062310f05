// The scripted people: they type, read for a while, press the buttons that stand open and fill in the forms that these open.
// Here is also what happens to the world meanwhile, which nobody asked for.
import { setTimeout as delay } from 'node:timers/promises'
import { effectId } from '../core/model/effects.ts'
import type { Migration } from '../core/model/migration.ts'
import { isRed } from '../core/planning/draft.ts'
import type { SimulatedClock } from './clock.ts'
import type { SimulatedEc2 } from './ec2/world/entities.ts'
import { type Deed, INTRUDERS, type Intrusion, PEOPLE, type PersonName } from './scenario.ts'
import { type Terminal, typeInTerminal } from './shell.ts'
import type { LocalSlack, Modal, StandingButton } from './slack/entities.ts'

/** How long a person reads before pressing, in simulated ms. */
const READS_FOR_MS = 45_000
/**
 * Two looks at the channel are at most so many real ms apart, and so many simulated ones: time that flies is not slept
 * through.
 */
const LOOKS_EVERY_MS = 50
const LOOKS_WITHIN_MS = 300_000
/** The same where time runs a day in a second: each look holds it up. */
const LOOKS_HURRIED_MS = 3_600_000
/** Real ms in which a form has to open; otherwise the button is pressed again later. */
const FORM_WITHIN_MS = 5_000

/** Real ms after which a person presses a button again that still stands: the first press may not have been heard. */
const PRESS_AGAIN_MS = 8_000
/** The most presses by one deed: more than any scenario needs. */
const PRESSES_MAX = 50
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Simulated ms after which a scenario that has not ended never will. */
const ENDS_WITHIN_MS = 48 * HOUR_MS
/** Simulated ms for which a plan may stay red; whoever is there to choose has chosen long before. */
const RED_WITHIN_MS = 2 * HOUR_MS
/** Real ms for which a question may stand that the script has nobody to answer. */
const UNANSWERED_MAX_MS = 20_000

/**
 * What the people act on. `migration` reads it anew, null before there is one; `stop` ends the play with its reason.
 */
export type Stage = {
  readonly slack: LocalSlack
  readonly ec2: SimulatedEc2
  readonly clock: SimulatedClock
  readonly emptyRedis: () => Promise<void>
  /** Somebody's words behind `zonehop` in a terminal of the host: the exit code, and what is printed. */
  readonly terminal: Terminal
  readonly deeds: readonly Deed[]
  readonly migration: () => Promise<Migration | null>
  readonly isOver: (m: Migration) => boolean
  readonly isHurried: boolean
  /** When the clock began, in simulated ms since 1970. */
  readonly startMs: number
  readonly stop: AbortSignal
}

/** A stage with the log of what intruders do there. */
type Logged = Stage & { readonly intrusions: Intrusion[] }

/**
 * Types the command and plays the deeds until the scenario is over; gives back what intruders did. Throws where it never
 * ends, a plan stays red, a question stands that nobody answers, or it is stopped.
 */
export async function playPeople(stage: Stage, command: string): Promise<readonly Intrusion[]> {
  const [operator] = PEOPLE
  await stage.slack.command(operator.id, command)
  const ended = new AbortController()
  const stop = AbortSignal.any([stage.stop, ended.signal])
  const until = { ...stage, stop, intrusions: [] }
  try {
    // All run at once: the world goes on while a person reads a question, and an intruder waits for nobody.
    await Promise.race([happen(until), answer(until), meddle(until)])
  } finally {
    ended.abort()
  }
  return until.intrusions
}

function log({ clock, intrusions }: Logged, what: string): void {
  intrusions.push({ at: new Date(clock.now()).toISOString(), what })
}

/** Does each deed that waits for a moment, once, until the scenario is over. */
async function happen(stage: Logged): Promise<void> {
  const { deeds, clock, migration, isOver } = stage
  const timely = deeds.filter(
    (deed): deed is Timely => deed.kind !== 'press' && deed.kind !== 'prepare' && deed.kind !== 'day',
  )
  const done = new Set<Deed>()
  for (;;) {
    const m = await migration()
    if (m && isOver(m)) return
    const sinceMs = m ? clock.now() - m.plannedAtMs : 0
    if (m && sinceMs > ENDS_WITHIN_MS) throw new Error(neverEnding(m))
    if (m?.phase === 'planned' && isRed(m.plan) && sinceMs > RED_WITHIN_MS) throw new Error(stillRed(m))
    for (const deed of deeds.filter((one) => one.kind === 'prepare')) {
      if (m || done.has(deed) || !isRead(stage, deed.reads)) continue
      done.add(deed)
      deed.what(stage)
      await stage.slack.command(idOf(deed.who), deed.text)
    }
    await passDay(stage, done)
    for (const deed of timely) {
      if (!m || done.has(deed) || !deed.when(m, clock.now()) || !isTold(stage, deed)) continue
      done.add(deed)
      if (!(await perform(stage, deed, m))) done.delete(deed)
    }
    await pass(stage)
  }
}

/** Does what the calendar says, each once. */
async function passDay(stage: Logged, done: Set<Deed>): Promise<void> {
  const { deeds, clock, startMs, slack } = stage
  const dated = deeds.filter((deed): deed is Dated => deed.kind === 'day')
  for (const deed of dated) {
    const isTime = clock.now() >= timeOf(deed, startMs) && (!deed.reads || isRead(stage, deed.reads))
    if (done.has(deed) || !isTime) continue
    done.add(deed)
    deed.what?.(stage)
    if (deed.types) await slack.command(idOf(deed.types.who), deed.types.text)
  }
}

/** When that hour of that day is, in ms since 1970; the clock begins on the first day. */
function timeOf({ day, hour }: Dated, startMs: number): number {
  return Math.floor(startMs / DAY_MS) * DAY_MS + (day - 1) * DAY_MS + hour * HOUR_MS
}

/** Whether the channel has told what this deed answers, if it answers anything. */
function isTold(stage: Stage, deed: Timely): boolean {
  return deed.kind !== 'type' || !deed.reads || isRead(stage, deed.reads)
}

function isRead({ slack }: Stage, reads: RegExp): boolean {
  return slack.messages().some(({ text, isCommand }) => !isCommand && reads.test(text))
}

/** Gives whether it is done, and not to be tried again. */
async function perform(stage: Logged, deed: Timely, m: Migration): Promise<boolean> {
  const { slack, ec2 } = stage
  switch (deed.kind) {
    case 'happen':
      await deed.what(ec2, m, stage)
      return true
    case 'intrude':
      for (const what of await deed.what(ec2, m)) log(stage, what)
      return true
    case 'type':
      if (isIntruder(deed.who)) log(stage, `type "${deed.text}", ${deed.who}`)
      await slack.command(idOf(deed.who), deed.text)
      return true
    case 'terminal':
      return await typeInTerminal(stage.terminal, deed)
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

/** Presses the open buttons that the script has one of the team for, until stopped. */
async function answer(stage: Stage): Promise<void> {
  const { slack, clock, stop } = stage
  const pressedAt = new Map<string, number>()
  const pressed = new Map<Deed, number>()
  let answeredAt = performance.now()
  for (;;) {
    if (stop.aborted) throw stop.reason
    const open = openButton(stage, await timed(stage), { pressedAt, pressed })
    if (open || !slack.hasUnansweredButton()) answeredAt = performance.now()
    if (performance.now() - answeredAt > UNANSWERED_MAX_MS) throw new Error('a question stands that nobody answers')
    if (!open) {
      await pass(stage)
      continue
    }
    pressedAt.set(questionOf(open.button), performance.now())
    pressed.set(open.deed, (pressed.get(open.deed) ?? 0) + 1)
    if ((pressed.get(open.deed) ?? 0) > PRESSES_MAX) throw new Error(`"${open.button.label}" is pressed in vain`)
    await clock.attend(READS_FOR_MS, stop)
    await press(stage, open)
  }
}

/** Intruders press what they see as soon as it stands, by each deed every button once, until stopped. */
async function meddle(stage: Logged): Promise<void> {
  const { slack, deeds } = stage
  const presses = deeds.filter(isPress).filter(({ who }) => isIntruder(who))
  const pressed = new Map(presses.map((deed) => [deed, new Set<string>()]))
  for (;;) {
    const isTime = await timed(stage)
    for (const deed of presses.filter(isTime)) {
      const known = pressed.get(deed)
      const button = slack.buttons().find((each) => isSeen(deed, each) && !known?.has(keyOf(each)))
      if (!button) continue
      known?.add(keyOf(button))
      log(stage, `press "${button.label}", ${deed.who}`)
      await press(stage, { button, deed })
    }
    await pass(stage)
  }
}

/** Whether it is time for a press, as the migration stands now. */
async function timed({ migration, clock }: Stage): Promise<(deed: Press) => boolean> {
  const m = await migration()
  return ({ when }) => when === undefined || (m !== null && when(m, clock.now()))
}

async function pass({ clock, stop, isHurried }: Stage): Promise<void> {
  if (stop.aborted) throw stop.reason instanceof Error ? stop.reason : new Error('the demo was stopped')
  const awake = new AbortController()
  await Promise.race([
    delay(LOOKS_EVERY_MS),
    clock.attend(isHurried ? LOOKS_HURRIED_MS : LOOKS_WITHIN_MS, awake.signal),
  ])
  awake.abort()
}

type Press = Extract<Deed, { kind: 'press' }>
type Dated = Extract<Deed, { kind: 'day' }>
type Timely = Exclude<Deed, Press | Dated | { readonly kind: 'prepare' }>
type Open = { readonly button: StandingButton; readonly deed: Press }

/**
 * The first open button that the script has somebody for and that was not pressed just now; null where there is none.
 */
function openButton(
  { slack, deeds }: Stage,
  isTime: (deed: Press) => boolean,
  { pressedAt, pressed }: { pressedAt: ReadonlyMap<string, number>; pressed: ReadonlyMap<Deed, number> },
): Open | null {
  const presses = deeds.filter(isPress).filter((deed) => !isIntruder(deed.who) && isTime(deed))
  for (const button of slack.buttons()) {
    if (performance.now() - (pressedAt.get(questionOf(button)) ?? Number.NEGATIVE_INFINITY) < PRESS_AGAIN_MS) continue
    for (const deed of presses) {
      if (!isSeen(deed, button)) continue
      if ((pressed.get(deed) ?? 0) < (deed.times ?? Number.POSITIVE_INFINITY)) return { button, deed }
    }
  }
  return null
}

function isPress(deed: Deed): deed is Press {
  return deed.kind === 'press'
}

function isSeen({ sees }: Press, { actionId, label }: StandingButton): boolean {
  return sees.test(`${actionId} ${label}`)
}

/** What a button answers: the same question may stand in a thread and in the status message. */
function questionOf({ ts, actionId, label, value }: StandingButton): string {
  return value === '' ? `${ts} ${actionId} ${label}` : `${actionId} ${value}`
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
    if (form) return await fillIn(slack, form, fills)
    await delay(LOOKS_EVERY_MS)
  }
}

/** Sends the form off, and puts it away if it was refused. */
async function fillIn(slack: LocalSlack, { id, user }: Modal, fills: Readonly<Record<string, string>>): Promise<void> {
  await slack.submit(user, id, fills)
  if (slack.modals().some((each) => each.id === id)) await slack.dismiss(user, id)
}

function isIntruder(who: PersonName): boolean {
  return INTRUDERS.includes(idOf(who))
}

function idOf(who: PersonName): string {
  return PEOPLE.find(({ name }) => name === who)?.id ?? who
}
