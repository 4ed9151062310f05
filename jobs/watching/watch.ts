// The watch: each pair of zones that zonehop.yaml names is planned once a day, and its channel hears what is new.
// Twice: what a look found is kept over the state that it began from and no other, so of two workers one has looked; and it is kept before
// it is said, so a worker that dies in between leaves it for the next (speak.ts says each message once).

import { unseededIn } from '../../src/core/daily/findings.ts'
import { isBetween, isMove } from '../../src/core/journal/state.ts'
import type { Rules, Watch } from '../../src/core/model/rules.ts'
import { draft } from '../../src/core/planning/draft.ts'
import { journalledSets } from '../../src/core/planning/memory-tags.ts'
import { standingChoices } from '../../src/core/planning/watch/chosen.ts'
import {
  afterFailure,
  afterLook,
  afterRest,
  distrustOf,
  dueBy,
  inventoryAhead,
  nextLookMs,
  posted,
  type Telling,
  type WatchState,
} from '../../src/core/planning/watch/days.ts'
import { type Clock, type Ec2, type Inventories, Unreadable, type Watches } from '../../src/core/ports.ts'
import { everyMigration, journalledIn } from '../../src/operations.ts'
import { type Around, newsMessage } from '../../src/slack/watch/news.ts'
import type { Journal } from '../../src/store/journal.ts'
import type { Views } from '../../src/store/views.ts'
import { changeOf, type Speaker, speak } from '../speak.ts'
import { givingWay, type Turns } from '../turns.ts'
import { beginSeeds, type SeedPorts } from './seeds.ts'

/** Ms of Clock between two questions whether a look is due: what a nudge lost is found again so soon. */
const ASKS_EVERY_MS = 3_600_000

/** What a watch works on; `approvers` may choose routes, users and user groups by id. */
export type WatchPorts = {
  readonly watches: Watches
  readonly inventories: Inventories
  readonly journal: Pick<Journal, 'read' | 'running' | 'all' | 'append'>
  readonly queue: SeedPorts['queue']
  readonly ec2: Pick<Ec2, 'inventory'>
  readonly clock: Pick<Clock, 'now'>
  readonly rules: Rules
  readonly approvers: readonly string[]
  readonly views: Views
  readonly speaker: Speaker
  readonly turns: Turns
  readonly onError: (error: Error) => void
}

/** Looks at the pair if that is due, and says what is not said yet. Throws what EC2, Redis or Slack throws beyond what they are known for. */
export async function watch(pair: Watch, ports: WatchPorts): Promise<void> {
  const { watches, clock } = ports
  const { state, rev } = await watches.read(pair)
  if (nextLookMs(state, clock.now()) <= clock.now()) {
    const now = await look(pair, state, ports)
    if (!(await watches.save(pair, now, rev))) return
  }
  await tell(pair, ports)
}

async function look(pair: Watch, state: WatchState | null, ports: WatchPorts): Promise<WatchState> {
  const { ec2, clock, inventories, watches, journal, rules } = ports
  const nowMs = clock.now()
  if (await isMoving(pair, journal)) return afterRest(state, nowMs)
  const seen = await ec2.inventory(pair).catch((error: unknown) => {
    if (error instanceof Unreadable) return { why: error.message }
    throw error
  })
  if ('why' in seen) return afterFailure(state, { why: seen.why, isMistake: false, nowMs })
  const why = distrustOf(seen, pair.sourceZone)
  if (why) return afterFailure(state, { why, isMistake: false, nowMs })
  const chosen = await watches.chosen(pair)
  const standing = standingChoices(chosen, seen.volumes)
  const inventory = inventoryAhead(state, seen)
  const journalled = await journalledIn(journal, seen, pair)
  const known = { ...journalledSets(journalled), found: [] }
  const drafted = draft({ ...pair, ...known, inventory, rules, choices: standing.map(({ choice }) => choice) })
  if ('problems' in drafted) {
    return afterFailure(state, { why: drafted.problems.join(' '), isMistake: true, nowMs })
  }
  const all = await everyMigration(journal)
  if (pair.seed) {
    const { plan } = drafted
    await beginSeeds(pair, { plan, inventory, journalled, dueMs: dueBy(nowMs), all }, ports)
  }
  await inventories.keep(pair, { inventory: seen, atMs: nowMs })
  const lapsed = chosen.filter((one) => !standing.includes(one))
  await watches.forget(
    pair,
    lapsed.map(({ choice }) => choice.volume),
  )
  const unseeded = unseededIn(all.filter((m) => isBetween(m, pair)))
  return afterLook(state, { plan: drafted.plan, inventory, unseeded, nowMs })
}

/** Whether a migration from or to the source zone has begun: its own thread tells of what appears and goes there. */
async function isMoving({ sourceZone }: Watch, journal: Pick<Journal, 'read' | 'running'>): Promise<boolean> {
  const running = await Promise.all((await journal.running()).map((id) => journal.read(id)))
  return running.some(
    (m) => m && isMove(m) && m.phase !== 'planned' && [m.plan.sourceZone, m.plan.targetZone].includes(sourceZone),
  )
}

async function tell(pair: Watch, ports: WatchPorts): Promise<void> {
  const { watches, approvers } = ports
  const { state } = await watches.read(pair)
  if (!state) return
  const around = { approvers, chosen: await watches.chosen(pair), uncovered: new Set(state.plan?.uncovered) }
  for (const telling of state.tellings) {
    await say(pair, telling, around, ports)
    if (!telling.isPosted) await markPosted(pair, telling, watches)
  }
}

/** Where somebody else keeps a state meanwhile, it is marked by whoever says it next: it is not posted again. */
async function markPosted(pair: Watch, { atMs }: Telling, watches: Watches): Promise<void> {
  const { state, rev } = await watches.read(pair)
  if (state) await watches.save(pair, posted(state, atMs), rev)
}

async function say(pair: Watch, telling: Telling, around: Around, ports: WatchPorts): Promise<void> {
  const { views, turns } = ports
  const id = `watch-${pair.sourceZone}-${pair.targetZone}`
  const keyed = { key: `look-${telling.atMs}`, message: newsMessage(pair, telling, around) }
  const place = { id, channel: pair.channel, thread: null, redis: '' }
  await givingWay(turns, async () => {
    const remembered = await views.posted(id)
    if (changeOf(keyed, place.redis, remembered) === 'edit') await turns.wait(`${id} ${keyed.key}`, 'progress')
    await speak(keyed, place, { ...ports, posted: remembered })
  })
}

type DuePorts = Pick<WatchPorts, 'watches' | 'onError'> & {
  readonly clock: Pick<Clock, 'now' | 'sleep'>
  /** Has one worker look, whoever asks and however often. */
  readonly nudge: (pair: Watch) => Promise<void>
}

/** Asks for each look when it is due, and again for what is not said, until stopped. Every worker does. */
export async function keepWatch(pairs: readonly Watch[], ports: DuePorts, stopped: AbortSignal): Promise<void> {
  const { clock, onError } = ports
  while (pairs.length > 0 && !stopped.aborted) {
    const nowMs = clock.now()
    const waits = await Promise.all(pairs.map((pair) => waitOf(pair, nowMs, ports).catch(retried(onError))))
    await clock.sleep(Math.min(...waits), stopped)
  }
}

/** Ms until it is to be asked again. */
async function waitOf(pair: Watch, nowMs: number, { watches, nudge }: DuePorts): Promise<number> {
  const { state } = await watches.read(pair)
  const untilMs = nextLookMs(state, nowMs) - nowMs
  if (untilMs <= 0 || state?.tellings.some(({ isPosted }) => !isPosted)) await nudge(pair)
  return untilMs > 0 ? Math.min(untilMs, ASKS_EVERY_MS) : ASKS_EVERY_MS
}

function retried(onError: (error: Error) => void): (error: unknown) => number {
  return (error) => {
    onError(error as Error)
    return ASKS_EVERY_MS
  }
}
