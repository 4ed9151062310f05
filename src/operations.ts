// The use cases. Every door (Slack, terminal, tests) leads through here, so that permissions are checked in one place.
// Each use case appends to the journal and nudges; none calls EC2 to change anything.
import { randomBytes } from 'node:crypto'
import { absentText, groupsIn, mayAct, mayBeApproved, mayConfirmFor, type Role } from './core/asking/people.ts'
import {
  failedEffect,
  manualWorkOf,
  mayAbort,
  mayApprove,
  mayChoose,
  mayCleanUp,
  mayConfirm,
  mayDefer,
  mayExceed,
  mayGiveBack,
  mayPause,
  mayRetry,
  maySettle,
  maySkip,
  mayVouch,
  type Refusal,
} from './core/asking/permits.ts'
import type { Finding } from './core/checkup.ts'
import { fold } from './core/journal/fold.ts'
import { serviceNameOf } from './core/journal/services.ts'
import { approvalOf, isBetween, isMove, isOver, unsettled } from './core/journal/state.ts'
import { type EffectState, effectId } from './core/model/effects.ts'
import { type EntryBody, JOURNAL_VERSION } from './core/model/entries.ts'
import type { Inventory, SeenVolume } from './core/model/facts.ts'
import type { Migration } from './core/model/migration.ts'
import { claimsOf, isReplicaMove } from './core/model/moves.ts'
import type { Choice, Plan } from './core/model/plan.ts'
import { clockOf, nextBeginMs, type People, type Rules, type Watch } from './core/model/rules.ts'
import { readPlanTag } from './core/model/tags.ts'
import { channelMention, code, counted, inLines, mention, theirs } from './core/model/text.ts'
import { draft, redraw } from './core/planning/draft.ts'
import {
  explanationsOf,
  type Journalled,
  journalledSets,
  makerOf,
  makersNamed,
  migrationsNamed,
  ownExplanations,
} from './core/planning/memory-tags.ts'
import { asPlanned, choicesOf, unfinishedIn } from './core/planning/rebuild.ts'
import { isMovable } from './core/planning/route.ts'
import { volumeNameOf } from './core/planning/route-replica.ts'
import { secondThought } from './core/planning/second-thoughts.ts'
import { type ChosenAhead, likenessOf, standingChoices } from './core/planning/watch/chosen.ts'
import type { WatchAge } from './core/planning/watch/days.ts'
import {
  type AheadVolume,
  type Clock,
  type Directory,
  type Ec2,
  type Inventories,
  type Reply,
  type SeenChannel,
  Unreadable,
  type UseCases,
  type Watches,
  type Zones,
} from './core/ports.ts'
import { earlierSeeds } from './core/telling/forecast/earlier.ts'
import { forecastAhead, forecastAheadText } from './core/telling/forecast/forecast.ts'
import { rehearsedBefore } from './core/telling/forecast/rehearsed.ts'
import type { Aside } from './store/entry-schema.ts'
import { appendFrom, type Claims, DoesNotFit, isUnsure, type Journal } from './store/journal.ts'
import { tsOf, type Views } from './store/views.ts'

/** What the use cases work on; `queue.interrupt` ends the wait of a running tick. */
export type OperationPorts = {
  readonly journal: Journal
  readonly ec2: Pick<Ec2, 'inventory' | 'zones'>
  readonly views: Pick<Views, 'progress' | 'posted'>
  readonly inventories: Inventories
  readonly queue: {
    nudge(id: string): Promise<void>
    nudgeNotify(id: string): Promise<void>
    interrupt(id: string): Promise<void>
  }
  readonly watching: Watching
  readonly clock: Pick<Clock, 'now'>
  readonly directory: Directory
  readonly rules: Rules
  readonly people: People
  /** Where a migration may be started; null: in any channel that is not shared with others. */
  readonly channels: readonly string[] | null
  /** Findings at start-up that keep a migration from starting; empty: none does. */
  readonly dangers: readonly Finding[]
}

/** Which pairs of zones are watched, and where that is kept; `nudge` has the messages of a pair edited. */
export type Watching = {
  readonly pairs: readonly Watch[]
  readonly watches: Watches
  nudge(zones: Zones): Promise<void>
}

/** A refusal is a Reply that is not `ok`; what Redis or EC2 throws is thrown on. */
export function operations(ports: OperationPorts): UseCases {
  return {
    ...planning(ports),
    ...choosingAhead(ports),
    ...answers(ports),
    ...services(ports),
    ...controls(ports),
    ...lists(ports),
    ...reports(ports),
  }
}

/** What draws a plan, and what chooses within it. */
function planning(ports: OperationPorts): Pick<UseCases, 'plan' | 'start' | 'adopt' | 'rehearse' | 'choose'> {
  return {
    async plan(request) {
      const refusal = await mayActNow(ports, request.by, 'operator')
      if (refusal) return refuse(refusal.refusal)
      const zones = await named(ports, request)
      if ('refusal' in zones) return refuse(zones.refusal)
      const found = await drawn(ports, zones)
      if ('refusal' in found) return refuse(found.refusal)
      const { drafted, inventory } = found
      if ('problems' in drafted) return refuse(drafted.problems.join(' '))
      const all = await everyMigration(ports.journal)
      const caution = secondThought(zones, { all, inventory })
      return {
        ...drafted,
        caution,
        watched: await watchAge(ports, zones),
        forecast: forecastFor(ports, { ...found, plan: drafted.plan }, all),
      }
    },
    start: (request) => start(ports, request),
    adopt: (request) => adopt(ports, request),
    rehearse: (request) => rehearse(ports, request),
    choose: ({ id, by, choice }) =>
      say(ports, id, {
        who: { by, role: 'approver' },
        check: (m) => mayChoose(m, choice) ?? replanned(m, choice, by),
        text: 'The plan is drawn again.',
        claims: { take: [choice.volume] },
      }),
  }
}

/** What is forecast of the outage of a plan that nobody has started, in a sentence; null where nobody knows. */
function forecastFor(
  { rules, clock }: OperationPorts,
  { plan, inventory, journalled }: Pick<Planned, 'plan' | 'inventory'> & { readonly journalled: Journalled },
  all: readonly Migration[],
): string | null {
  const stamp = { rev: 1, atMs: clock.now(), nonce: '', runId: '', replicationId: '' }
  const who = { id: 'mig-000000', by: '', channel: '' }
  const base = { kind: 'planned', version: JOURNAL_VERSION, seeds: true } as const
  const m = fold([{ ...base, ...who, ...stamp, plan, inventory, ...journalled, rules, ...measuredBefore(plan, all) }])
  const forecast = m && forecastAhead(m)
  return forecast && forecastAheadText(forecast, clock.now())
}

/** Choosing within watched zones, before there is a migration. */
function choosingAhead(ports: OperationPorts): Pick<UseCases, 'ahead' | 'chooseAhead'> {
  const { watching, inventories } = ports
  return {
    async ahead({ volume: id, ...zones }) {
      const inventory = (await inventories.last(zones))?.inventory
      const volume = inventory && seenIn(inventory, id, zones)
      if (!volume) return null
      const explained = new Set((await journalledIn(ports.journal, inventory, zones)).explained)
      const chosen = standingChoices(await watching.watches.chosen(zones), inventory.volumes)
      const choices = chosen.map(({ choice }) => choice)
      const drafted = draft({ ...zones, inventory, explained, found: [], choices, rules: ports.rules })
      const services = 'plan' in drafted ? drafted.plan.services.map(({ name }) => name) : []
      return aheadVolume(volume, services)
    },
    async chooseAhead({ by, choice, ...zones }) {
      const refusal = await mayActNow(ports, by, 'approver')
      if (refusal) return refuse(refusal.refusal)
      const inventory = (await inventories.last(zones))?.inventory
      const volume = inventory && seenIn(inventory, choice.volume, zones)
      if (!volume) return refuse(unshown(choice.volume, zones))
      await watching.watches.choose(zones, { choice, by, of: likenessOf(volume) })
      await watching.nudge(zones)
      return { ok: true, text: 'Chosen, until the volume changes: the next plan between these zones takes it.' }
    },
  }
}

function aheadVolume(volume: SeenVolume, services: readonly string[]): AheadVolume {
  const { id, sizeGib, attachments } = volume
  const [at] = attachments
  const place = at ? `${at.device} of ${at.instance}` : 'attached to nothing'
  const which = `${volumeNameOf(volume)} (${id}, ${sizeGib} GiB, ${place})`
  return { which, sizeGib, isMovable: isMovable(volume), services }
}

function seenIn({ volumes }: Inventory, id: string, { sourceZone }: Zones): SeenVolume | undefined {
  return volumes.find((one) => one.id === id && one.zone === sourceZone)
}

function unshown(volume: string, { sourceZone, targetZone }: Zones): string {
  return `The last look at ${sourceZone} did not show ${volume}; ${code(`/migrate plan ${sourceZone} ${targetZone}`)} looks again.`
}

/** How old the last plan of the watch is; null where the zones are not watched. */
async function watchAge({ watching, clock }: OperationPorts, zones: Zones): Promise<WatchAge | null> {
  const isSame = (one: Zones): boolean => one.sourceZone === zones.sourceZone && one.targetZone === zones.targetZone
  if (!watching.pairs.some(isSame)) return null
  const { state } = await watching.watches.read(zones)
  return { plannedAtMs: state?.plannedAtMs ?? null, nowMs: clock.now() }
}

/** A request whose zones are named, whether the person typed names or ids; EC2 is asked only about ids. */
async function named<R extends Zones>({ ec2 }: OperationPorts, request: R): Promise<R | Refusal> {
  const { sourceZone, targetZone } = request
  if (![sourceZone, targetZone].some(isZoneId)) return request
  const zones = await ec2.zones().catch(unreadText)
  if ('refusal' in zones) return zones
  const nameOf = (zone: string): string | null =>
    isZoneId(zone) ? (zones.find(({ id }) => id === zone)?.name ?? null) : zone
  const [source, target] = [nameOf(sourceZone), nameOf(targetZone)]
  if (source !== null && target !== null) return { ...request, sourceZone: source, targetZone: target }
  const known = zones.map(({ name, id }) => `${id} (${name})`).join(', ')
  return { refusal: `There is no zone ${source === null ? sourceZone : targetZone} in this region; it has ${known}.` }
}

/** A zone's id, such as use1-az4, is the same in every account, where its name is not. */
function isZoneId(zone: string): boolean {
  return /-az\d+$/.test(zone)
}

/** The plan as EC2 shows the zones now, and what it was drawn from; a refusal where EC2 cannot be read. */
async function drawn(ports: OperationPorts, request: Zones) {
  const { journal, rules } = ports
  const inventory = await read(ports, request).catch(unreadText)
  if ('refusal' in inventory) return inventory
  const journalled = await journalledIn(journal, inventory, request)
  const chosen = standingChoices(await ports.watching.watches.chosen(request), inventory.volumes)
  const known = { ...journalledSets(journalled), choices: chosen.map(({ choice }) => choice), found: [] }
  return { inventory, journalled, chosen, drafted: draft({ ...request, ...known, inventory, rules }) }
}

/** What the journals here know of what tags in both zones say. */
export async function journalledIn(
  journal: Pick<Journal, 'read' | 'all'>,
  inventory: Inventory,
  { sourceZone, targetZone }: Zones,
): Promise<Journalled> {
  const zones = [sourceZone, targetZone]
  const named = migrationsNamed(inventory, zones)
  const explained = explanationsOf((await Promise.all(named.map((id) => journal.read(id)))).flatMap((m) => m ?? []))
  return { explained, unjournalled: await unknownOf(journal, makersNamed(inventory, zones)) }
}

/** Those of these migrations that have no journal here, not even one that a newer zonehop writes. */
async function unknownOf(journal: Pick<Journal, 'all'>, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return []
  const known = new Set(await journal.all())
  return ids.filter((id) => !known.has(id)).slice(0, UNJOURNALLED_MAX)
}

/** Migrations without a journal that one plan names: each has a line of its own, and anybody may write such tags. */
const UNJOURNALLED_MAX = 50

/** The inventory now, with what was read last for a zone that EC2 does not show. Throws Unreadable where nothing stands in. */
async function read({ ec2, inventories, clock }: OperationPorts, zones: Zones): Promise<Inventory> {
  const nowMs = clock.now()
  const kept = await inventories.last(zones)
  const inventory = await ec2.inventory(zones, kept ? { ...kept, nowMs } : undefined)
  if (!inventory.asOf) await inventories.keep(zones, { inventory, atMs: nowMs })
  return inventory
}

function unreadText(error: unknown): Refusal {
  if (!(error instanceof Unreadable)) throw error
  const { service, isAnswering, message } = error
  const what = `${service} cannot be ${isAnswering ? 'read' : 'reached'} (${message})`
  return { refusal: `${what}, so no plan can be drawn now. Nothing was taken or started; ask again in a minute.` }
}

async function start(ports: OperationPorts, asked: Parameters<UseCases['start']>[0]): Promise<Reply> {
  const { rules, dangers } = ports
  const refusal = await mayStartHere(ports, asked)
  if (refusal) return refuse(refusal.refusal)
  if (dangers.length > 0) return refuse(dangersText(dangers))
  const request = await named(ports, asked)
  if ('refusal' in request) return refuse(request.refusal)
  const { by, channel, seeds, budgetMinutes, atMinute } = request
  const found = await drawn(ports, request)
  if ('refusal' in found) return refuse(found.refusal)
  const { inventory, journalled, chosen, drafted } = found
  if ('problems' in drafted) return refuse(drafted.problems.join(' '))
  const all = await everyMigration(ports.journal)
  const caution = request.isMeant ? null : secondThought(request, { all, inventory })
  if (caution) return refuse(askedBack(caution, request))
  const inTheWay = await putAside(ports, request)
  if (inTheWay) return inTheWay
  const id = newId()
  const { plan } = drafted
  const base = { kind: 'planned', version: JOURNAL_VERSION } as const
  const agreed = { ...rules, budgetMinutes: budgetMinutes ?? rules.budgetMinutes }
  const planned: Planned = {
    ...{ ...base, id, plan, inventory, ...journalled, rules: agreed, by, channel, seeds, ...measuredBefore(plan, all) },
    ...(atMinute == null ? {} : { windowMs: windowAt(atMinute, ports.clock.now()) }),
  }
  const untaken = await begin(ports, planned, chosen)
  if (untaken) return untaken
  await sendBackBeside(ports, request, id)
  const text = `Migration ${id} is planned; its status message is in this channel, and its thread asks.`
  return { ok: true, text: `${text}${await absence(ports, request)}`, about: id }
}

/** A rehearsal holds no volume: the move itself may be started beside it, and has it taken away. */
async function rehearse(ports: OperationPorts, asked: Parameters<UseCases['rehearse']>[0]): Promise<Reply> {
  const { rules, dangers, channels } = ports
  const refusal = (await mayActNow(ports, asked.by, 'operator')) ?? (await unfitFor(ports, asked.channel, channels))
  if (refusal) return refuse(refusal.refusal)
  if (dangers.length > 0) return refuse(dangersText(dangers))
  const request = await named(ports, asked)
  if ('refusal' in request) return refuse(request.refusal)
  const beside = (await lists(ports).running()).filter((m) => isBetween(m, request))
  const [other] = beside.filter((m) => m.purpose === 'rehearsal' || (isMove(m) && m.phase !== 'planned'))
  if (other) {
    const what = other.purpose === 'rehearsal' ? 'rehearses these zones already' : 'moves these zones'
    return { ok: false, text: `${other.id} ${what}; rehearse once it is over.`, about: other.id }
  }
  const { by, channel } = request
  const found = await drawn(ports, request)
  if ('refusal' in found) return refuse(found.refusal)
  const { inventory, journalled, drafted } = found
  if ('problems' in drafted) return refuse(drafted.problems.join(' '))
  if (inventory.asOf) {
    return refuse(
      `EC2 does not show ${inventory.asOf.zones.join(' and ')} now (${inventory.asOf.why}): rehearse once it does.`,
    )
  }
  const { plan } = drafted
  if (plan.moves.length === 0)
    return refuse(`Nothing in ${plan.sourceZone} would move, so there is nothing to rehearse.`)
  const id = newId()
  const base = { kind: 'planned', version: JOURNAL_VERSION, purpose: 'rehearsal', seeds: true } as const
  const appended = await ports.journal.append(
    id,
    null,
    {
      ...base,
      id,
      plan,
      inventory,
      ...journalled,
      rules,
      by,
      channel,
      earlier: earlierSeeds(plan, await everyMigration(ports.journal)),
    },
    {},
  )
  if (appended.outcome !== 'appended') return refuse('The journal did not take the rehearsal; type the command again.')
  await wake(ports, id)
  return {
    ok: true,
    text: `Rehearsal ${id} begins; its status message is in this channel, and its thread tells what is found.`,
    about: id,
  }
}

/** Nobody has to look after a rehearsal, or the seeds of that day, beside the move. */
async function sendBackBeside(
  ports: OperationPorts,
  request: Zones & { readonly by: string },
  id: string,
): Promise<void> {
  const running = (await lists(ports).running()).filter((m) => !isMove(m) && isBetween(m, request))
  for (const beside of running) {
    const sent = await appendFrom(ports.journal, beside.id, (m) =>
      mayAbort(m, 'running') ? null : { kind: 'aborting', by: request.by, reason: `${id} was started` },
    )
    if (sent) await wake(ports, beside.id)
  }
}

/** The id of a new migration, a rehearsal, or the seeds of a day; isMigrationId knows its form. */
export function newId(): string {
  return `mig-${randomBytes(3).toString('hex')}`
}

/** What is asked back, and what to type where the start is meant all the same. */
function askedBack(caution: string, request: Parameters<UseCases['start']>[0]): string {
  const { sourceZone, targetZone, seeds, budgetMinutes, atMinute } = request
  const at = atMinute == null ? '' : ` --at ${clockOf(atMinute)}`
  const options = `${seeds ? '' : ' --no-seed'}${budgetMinutes ? ` --budget ${budgetMinutes}m` : ''}${at}`
  const form = `/migrate start ${sourceZone} ${targetZone}${options} --yes-leave ${sourceZone}`
  return `${caution} Nothing was started. If you mean to leave ${sourceZone}, type: ${code(form)}`
}

/** A time of day that was this long ago, in ms, is meant by who was slow to type it, or waited for the plan, and not that of tomorrow. */
const JUST_PASSED_MS = 3_600_000

/** Before when the outage is not asked for, in ms since 1970: just before `nowMs`, or within the day behind it. */
function windowAt(atMinute: number, nowMs: number): number {
  return nextBeginMs({ fromMinute: atMinute }, nowMs - JUST_PASSED_MS)
}

/** What earlier migrations measured of the volumes of a plan, for its forecasts. */
function measuredBefore(plan: Plan, all: readonly Migration[]): Pick<Migration, 'earlier' | 'rehearsed'> {
  return { earlier: earlierSeeds(plan, all), rehearsed: rehearsedBefore(plan, all) }
}

/** All migrations that this Redis knows, those that are over too. */
export async function everyMigration(journal: Pick<Journal, 'read' | 'all'>): Promise<Migration[]> {
  return await readAll(journal, await journal.all())
}

async function readAll(journal: Pick<Journal, 'read'>, ids: readonly string[]): Promise<Migration[]> {
  return (await Promise.all(ids.map((id) => journal.read(id)))).flatMap((m) => m ?? [])
}

type Planned = Extract<EntryBody, { kind: 'planned' }>

/**
 * Writes the first entry of a migration, with the claims of its plan, and what people had chosen before, from which the plan was drawn; the
 * refusal where it was not taken, or null.
 */
async function begin(
  ports: OperationPorts,
  planned: Planned,
  chosen: readonly ChosenAhead[] = [],
): Promise<Reply | null> {
  const { id, plan } = planned
  const appended = await ports.journal.append(id, null, planned, { take: claimsOf(plan.moves) })
  if (appended.outcome === 'claimed') return heldBy(appended)
  if (appended.outcome === 'conflict') {
    return refuse('The journal did not take the migration; type the command again.')
  }
  // A process that dies in between leaves a plan that asks for these choices once it is drawn again.
  for (const one of chosen) {
    const others = chosen.filter((each) => each !== one)
    const choices = [...others, one].map(({ choice }) => choice)
    await appendFrom(ports.journal, id, (m) => {
      const { found } = m
      return m.phase === 'planned'
        ? { kind: 'replanned', plan: redraw(m, { choices, found }), choices, found, by: one.by }
        : null
    })
  }
  await wake(ports, id)
  return null
}

/** A plan from the tags of a migration whose journal is gone, under its own id; what became of it is in doubt from its first entry on. */
async function adopt(ports: OperationPorts, asked: Parameters<UseCases['adopt']>[0]): Promise<Reply> {
  const { journal, rules, dangers, ec2 } = ports
  const refusal = await mayStartHere(ports, asked)
  if (refusal) return refuse(refusal.refusal)
  if (dangers.length > 0) return refuse(dangersText(dangers))
  const request = await named(ports, asked)
  if ('refusal' in request) return refuse(request.refusal)
  const { by, channel, sourceZone, targetZone } = request
  const seen = await ec2.inventory(request).catch(unreadText)
  if ('refusal' in seen) return refuse(seen.refusal)
  const meant = meantBy(request.id, await orphansIn(journal, seen.volumes, sourceZone), request)
  if (typeof meant !== 'string') return refuse(meant.refusal)
  const inventory = asPlanned(meant, seen, targetZone)
  const choices = choicesOf(meant, inventory, sourceZone)
  const others = makersNamed(inventory, [sourceZone, targetZone]).filter((id) => id !== meant)
  const journalled = {
    explained: ownExplanations(meant, inventory.volumes),
    unjournalled: await unknownOf(journal, others),
  }
  const zones = { sourceZone, targetZone, inventory, rules }
  const drafted = draft({ ...zones, choices, found: [], ...journalledSets(journalled), own: meant })
  if ('problems' in drafted) return refuse(drafted.problems.join(' '))
  const { plan } = drafted
  const lost = forgottenIn(meant, plan, inventory) ?? divergedIn(meant, plan, inventory)
  if (lost) return refuse(lost)
  const base = { kind: 'planned', version: JOURNAL_VERSION, seeds: true } as const
  const planned: Planned = {
    ...base,
    id: meant,
    plan,
    inventory,
    ...journalled,
    rules,
    by,
    channel,
    rebuilt: { choices },
  }
  const untaken = await begin(ports, planned)
  if (untaken) return untaken
  return {
    ok: true,
    about: meant,
    text: `${meant} is rebuilt from the tags of ${claimsOf(plan.moves).length} volumes; its thread asks an approver what they mean, and then each gate again.`,
  }
}

/** Ids of migrations that volumes speak of as not over, and that have no journal here. */
export async function orphansIn(
  journal: Journal,
  volumes: readonly SeenVolume[],
  sourceZone: string,
): Promise<string[]> {
  const named = unfinishedIn(volumes, sourceZone)
  const known = await Promise.all(named.map(async (id) => (await journal.read(id)) ?? (await journal.aside(id))))
  return named.filter((_, index) => known[index] === null)
}

/** A sentence for each of them, and for each whose copies are all that is left, for whoever starts zonehop. */
export async function orphanTexts(journal: Journal, volumes: readonly SeenVolume[]): Promise<string[]> {
  const zones = [...new Set(volumes.map(({ zone }) => zone))].sort()
  const unfinished = await Promise.all(
    zones.map(async (zone) =>
      (await orphansIn(journal, volumes, zone)).map(
        (id) =>
          `volumes in ${zone} speak of ${id}, which is not over and has no journal here: if its Redis is lost, /migrate adopt ${zone} <target zone> rebuilds it`,
      ),
    ),
  )
  const orphans = new Set(zones.flatMap((zone) => unfinishedIn(volumes, zone)))
  const spare = volumes.filter(({ tags }) => !('zonehop:live' in tags))
  const left = (await unknownOf(journal, makersNamed({ volumes: spare }, zones))).filter((id) => !orphans.has(id))
  return [...unfinished.flat(), ...left.map((id) => leftText(id, spare))]
}

function leftText(id: string, volumes: readonly SeenVolume[]): string {
  const copies = volumes.filter((one) => makerOf(one) === id)
  const zones = [...new Set(copies.map(({ zone }) => zone))].sort().join(' and ')
  const says = copies.length === 1 ? 'says by its tags that it was' : 'say by their tags that they were'
  return `${counted(copies.length, 'volume')} in ${zones} ${says} made by ${id}, which has no journal here: /migrate plan from or to there names what to do`
}

/** Volumes that the migration has marked and that the plan cannot move now: it would go its way without them. Null if there are none. */
function forgottenIn(id: string, plan: Plan, { volumes }: Inventory): string | null {
  const planned = new Set(claimsOf(plan.moves))
  const marked = volumes.filter((one) => readPlanTag(one.tags)?.migration === id && !planned.has(one.id))
  if (marked.length === 0) return null
  const why = plan.checks.flatMap(({ name, result, cause, remedy }) =>
    result === 'red' ? `${name}: ${cause}; ${remedy}` : [],
  )
  const names = marked.slice(0, FORGOTTEN_MAX).map((one) => `${theirs(one.tags.Name ?? '') || one.id} (${one.id})`)
  return `${id} cannot be rebuilt whole, and is not rebuilt at all: of ${marked.length} volumes that it has marked no move can be made now, such as ${names.join(', ')}. ${why.slice(0, FORGOTTEN_MAX).join('. ')}`
}

/** A copy whose tags name another successor than the plan has: then they are not to be believed about where it came from. Null if there is none. */
function divergedIn(id: string, { moves }: Plan, { volumes }: Inventory): string | null {
  const copies = moves.filter(isReplicaMove).flatMap(({ pairs, successor }) =>
    pairs.map(({ copy }) => ({
      successor,
      said: readPlanTag(volumes.find((one) => one.id === copy.id)?.tags ?? {}),
      copy,
    })),
  )
  const other = copies.find(
    ({ said, successor }) => said?.migration === id && said.home && said.successor !== successor,
  )
  return other
    ? `${id} cannot be rebuilt: the tag zonehop:plan of ${other.copy.name} (${other.copy.id}) names ${other.said?.successor} as its successor, where the plan has ${other.successor}. Put the one that is wrong right, then adopt it again.`
    : null
}

/** Volumes, and reasons, that one refusal names. */
const FORGOTTEN_MAX = 10

function meantBy(id: string | null, orphans: readonly string[], { sourceZone, targetZone }: Zones): string | Refusal {
  const form = `/migrate adopt ${sourceZone} ${targetZone}`
  if (id !== null && !orphans.includes(id)) {
    return {
      refusal: `${id} is not one that volumes in ${sourceZone} speak of as not over, and whose journal is gone: ${orphans.join(', ') || 'there is none'}.`,
    }
  }
  const [only, another] = id === null ? orphans : [id]
  if (!only) {
    return {
      refusal: `No volume in ${sourceZone} speaks of a migration that is not over and has no journal here; /migrate status lists those that have one.`,
    }
  }
  return another
    ? { refusal: `Volumes in ${sourceZone} speak of ${orphans.join(', ')}. Say which: ${form} ${only}.` }
    : only
}

/**
 * One plan at a time waits for an answer between two zones, so that no forgotten one holds its volumes. Who started it, or an
 * approver, replaces it by a new start; anybody else is told of it.
 */
async function putAside(
  ports: OperationPorts,
  { by, sourceZone, targetZone }: Parameters<UseCases['start']>[0],
): Promise<Reply | null> {
  const isWaiting = (m: Migration): boolean => m.phase === 'planned' && isMove(m)
  const waiting = (await lists(ports).running()).filter((m) => isWaiting(m) && isBetween(m, { sourceZone, targetZone }))
  for (const { id, by: starter } of waiting) {
    if (by !== starter && (await mayActNow(ports, by, 'approver'))) {
      const text = `${id}, which ${mention(starter)} planned, waits for its start between these zones. They or an approver may decline it, or start anew.`
      return { ok: false, text, about: id }
    }
    const declined = await decline(ports, { id, by, asked: null }, null)
    if (!declined.ok) return { ...declined, about: id }
  }
  return null
}

/** A plan is put away, and its volumes are free; not while lost entries may say that it has begun. */
async function decline(
  ports: OperationPorts,
  { id, by, asked }: Parameters<UseCases['decline']>[0],
  who: Saying['who'],
): Promise<Reply> {
  const m = await ports.journal.read(id)
  if (m?.phase === 'planned' && ports.journal.mayHaveLost(m)) return refuse(maybeBegun(id))
  return await say(ports, id, {
    who,
    check: (now) => mayDecline(now, asked) ?? { kind: 'declined', asked: now.asking?.nonce ?? null, gate: 'start', by },
    text: `You declined ${id}; nothing was touched.`,
    claims: { release: true },
  })
}

function unsureText(id: string): string {
  return `${id}: its last entries may be lost, so how far it is cannot be said now. zonehop looks at AWS, and its status message goes on within a minute.`
}

function maybeBegun(id: string): string {
  return `The last entries of ${id} may be lost, so it may have begun; its thread says when that is known. /migrate abort brings it back either way.`
}

/** Whether this person may start a migration in this channel, and somebody else could pass its gates. */
async function mayStartHere(
  ports: OperationPorts,
  { by, channel }: { readonly by: string; readonly channel: string },
): Promise<Refusal | null> {
  const { people, rules, channels } = ports
  const refusal = await mayActNow(ports, by, 'operator')
  if (refusal) return refusal
  const unfit = await unfitFor(ports, channel, channels)
  if (unfit) return unfit
  return mayBeApproved(by, people, { members: await membersOf(ports), needed: rules.approvals })
}

/** Why a migration cannot have its thread in this channel; null if it can. */
async function unfitFor(
  { directory }: Pick<OperationPorts, 'directory'>,
  channel: string,
  channels: readonly string[] | null,
): Promise<Refusal | null> {
  if (channels && !channels.includes(channel)) {
    const allowed = channels.map(channelMention).join(', ')
    return { refusal: `Migrations are started in ${allowed} alone (channels in zonehop.yaml).` }
  }
  const unfit = unfitText(await directory.channel(channel), channels !== null)
  return unfit ? { refusal: unfit } : null
}

/** Who belongs to each group of approvers; null where the directory cannot say. */
async function membersOf({ directory, people }: OperationPorts): Promise<Map<string, readonly string[] | null>> {
  const groups = groupsIn(people.approvers)
  return new Map(await Promise.all(groups.map(async (id) => [id, await directory.members(id)] as const)))
}

/** A sentence for the starter, with a space before it, where no approver would hear of what the channel asks; else nothing. */
async function absence(ports: OperationPorts, { by, channel }: { readonly by: string; readonly channel: string }) {
  const [members, present] = await Promise.all([membersOf(ports), ports.directory.present(channel)])
  const text = absentText(by, ports.people, { members, present })
  return text === null ? '' : ` ${text}`
}

/** Why nothing can be started in a channel, found out before anything is journalled: what is never posted, nobody can approve. */
function unfitText(channel: SeenChannel | null, isNamed: boolean): string | null {
  if (channel === null) return isNamed ? null : SHARED
  if (channel.isDirect)
    return 'A migration has its thread in a channel, where others read and approve it: type this in one that I am in.'
  if (channel.isArchived) return 'This channel is archived, and nobody could post in it: type this in another one.'
  if (channel.isClosed)
    return 'Slack takes no messages of mine in this channel, or none in its threads (it is read-only or frozen): type this in another one.'
  if (!channel.isMember) return 'I am not in this channel: type /invite @zonehop, then this again.'
  return channel.isShared && !isNamed ? SHARED : null
}

const SHARED =
  'This channel is shared with other organisations, or Slack does not say whether it is (it takes channels:read, groups:read). Start in another one, or name this one in zonehop.yaml (channels).'

/** What answers a question that a migration asks. */
function answers(
  ports: OperationPorts,
): Pick<UseCases, 'approve' | 'decline' | 'confirm' | 'vouch' | 'settle' | 'skip'> {
  return {
    approve: (answer) => approve(ports, answer),
    decline: (request) => decline(ports, request, { by: request.by, role: 'operator' }),
    confirm: (work) => confirm(ports, work),
    vouch: ({ id, by, effect, reason }) =>
      say(ports, id, {
        who: { by, role: 'approver' },
        check: (m) => {
          const intended = m.effects.get(effect)?.intended ?? ''
          const vouched = { kind: 'confirmed', intended, effects: [effect], by, reason } as const
          return mayVouch(m, { effect, reason }) ?? vouched
        },
        text: 'Recorded: the way back goes on.',
      }),
    settle: ({ id, by, suspected, isSo }) =>
      say(ports, id, {
        who: { by, role: 'approver' },
        check: (m) => maySettle(m, { suspected, isSo, by }) ?? { kind: 'settled', suspected, isSo, by },
        text: isSo ? 'Recorded: it is taken as it is.' : 'Recorded: it is not believed.',
      }),
    skip: ({ id, by, entry }) =>
      say(ports, id, {
        who: { by, role: 'approver' },
        check: (m) => maySkip(m, entry) ?? { kind: 'skipped', entry, by },
        text: `${id} goes on without it.`,
      }),
  }
}

async function approve(ports: OperationPorts, answer: Parameters<UseCases['approve']>[0]): Promise<Reply> {
  const { id, by, asked, gate, basis, typed } = answer
  const { journal } = ports
  const refusal = await mayActNow(ports, by, 'approver')
  if (refusal) return refuse(refusal.refusal)
  const reply = await say(ports, id, {
    who: null,
    check: (m) => mayApprove(m, { by, asked, gate, typed }) ?? { kind: 'approved', asked, gate, basis, by },
    text: (m) =>
      `You approved ${gate}.${approvalOf(m) || m.asking?.nonce !== asked ? '' : ' Someone else has to approve it too.'}`,
  })
  // For a question that this journal never asked, its tail was lost unnoticed, or somebody else asks: doubt begins.
  const why = `${mention(by)} answered a question that is not in the journal`
  const begun = reply.ok
    ? null
    : await appendFrom(journal, id, (m) => (isUnheardOf(m, asked) ? { kind: 'doubted', why } : null))
  if (begun) await wake(ports, id)
  return reply
}

/** Who may confirm depends on the services that the work is about. */
async function confirm(
  ports: OperationPorts,
  { id, by, intended }: Parameters<UseCases['confirm']>[0],
): Promise<Reply> {
  const { directory, rules, people } = ports
  const person = await directory.person(by, true)
  return await say(ports, id, {
    who: null,
    check: (m) => {
      const work = manualWorkOf(m, intended)
      const services = [...new Set(work.flatMap(({ effect }) => serviceNameOf(m, effect) ?? []))]
      const confirmed = { kind: 'confirmed', intended, effects: work.map(idOf), by } as const
      return mayConfirmFor(m, person, { services, rules, people }) ?? mayConfirm(m, intended) ?? confirmed
    },
    text: 'Recorded.',
  })
}

/** What is done about one service or step, or said of them. */
function services(ports: OperationPorts): Pick<UseCases, 'defer' | 'exceed' | 'giveBack' | 'retry' | 'note'> {
  return {
    defer: ({ id, by, service, reason }) =>
      say(ports, id, {
        who: { by, role: 'approver' },
        check: (m) => mayDefer(m, { service, reason }) ?? { kind: 'deferred', service, by, reason },
        text: `${service} is deferred; it is finished after go-live.`,
      }),
    exceed: ({ id, by, reason }) =>
      say(ports, id, {
        who: { by, role: 'approver' },
        check: (m) => mayExceed(m, { reason }) ?? { kind: 'exceeded', by, reason },
        text: 'Recorded: the outage may be longer than its budget. The thread asks before it begins.',
      }),
    giveBack: ({ id, by, service, reason }) =>
      say(ports, id, {
        who: { by, role: 'approver' },
        check: (m) => mayGiveBack(m, { service, reason }) ?? { kind: 'returned', service, by, reason },
        text: `${service} goes back to where it was; the thread says when it serves again. The rest goes on.`,
      }),
    retry: ({ id, by, what }) =>
      say(ports, id, {
        who: { by, role: 'operator' },
        check: (m) => mayRetry(m, what) ?? retriedOf(failedEffect(m, what), by),
        text: 'It is tried again.',
      }),
    note: ({ id, by, text }) => {
      const said = theirs(text, NOTE_MAX)
      return say(ports, id, {
        who: { by, role: 'operator' },
        check: () => (said === '' ? { refusal: 'Say what to note.' } : { kind: 'noted', by, text: said }),
        text: `Noted in the journal of ${id}; its report holds it.`,
        // An entry without it would put a migration that is over among the running ones again.
        claims: (m) => (isOver(m) ? { release: true } : {}),
      })
    },
  }
}

/** Characters of a note: a few sentences, as many as a section of a message holds. */
const NOTE_MAX = 2_000

/** What holds, turns back or cleans up a whole migration. */
function controls(ports: OperationPorts): Pick<UseCases, 'pause' | 'resume' | 'abort' | 'cleanup'> {
  return {
    pause: ({ id, by }) =>
      say(ports, id, {
        who: { by, role: 'operator' },
        check: (m) => mayPause(m, true) ?? { kind: 'paused', by },
        text: `${id} issues nothing more until /migrate resume.`,
      }),
    resume: ({ id, by }) =>
      say(ports, id, {
        who: { by, role: 'operator' },
        check: (m) => mayPause(m, false) ?? { kind: 'resumed', by },
        text: `${id} goes on.`,
      }),
    abort: ({ id, by, reason }) =>
      say(ports, id, {
        who: { by, role: 'operator' },
        check: (m) => mayAbort(m, 'running') ?? { kind: 'aborting', by, reason },
        text: `${id} goes back; the thread says what is undone.`,
      }),
    cleanup: ({ id, by }) =>
      say(ports, id, {
        who: { by, role: 'operator' },
        check: (m) => mayCleanUp(m, ports.clock.now()) ?? { kind: 'cleaning', by },
        text: `The thread of ${id} shows what would go.`,
      }),
  }
}

/** What is there to be asked about. */
function lists(
  ports: OperationPorts,
): Pick<UseCases, 'running' | 'aside' | 'untold' | 'ended' | 'standing' | 'statusMessage' | 'inThread'> {
  const { journal, views, clock } = ports
  return {
    running: async () => await readAll(journal, await journal.running()),
    aside: async () => {
      const ids = await journal.running()
      const asides = await Promise.all(ids.map(async (id) => ({ id, aside: await journal.aside(id) })))
      return asides.flatMap(({ id, aside }) => (aside ? [asideText(id, aside)] : []))
    },
    untold: (m) => (isUnsure(m, journal) ? unsureText(m.id) : null),
    ended: async () => {
      const all = await everyMigration(ports.journal)
      const ended = all.filter((m) => m.endedAtMs !== null && m.effects.size > 0)
      const byEnd = ended.toSorted((a, b) => (b.endedAtMs ?? 0) - (a.endedAtMs ?? 0))
      // What a watch took by itself every day is what nobody means who names none.
      return [
        ...byEnd.filter(({ purpose }) => purpose !== 'seeds'),
        ...byEnd.filter(({ purpose }) => purpose === 'seeds'),
      ]
    },
    standing: async (id) => ({
      progress: await views.progress(id),
      nowMs: clock.now(),
    }),
    async statusMessage(id) {
      const [channel, ts] = [await journal.channelOf(id), await statusTs(views, id)]
      return channel === null || ts === null ? null : { channel, ts }
    },
    async inThread({ channel, thread }) {
      const ids = await journal.all()
      const posted = await Promise.all(ids.map((id) => statusTs(views, id)))
      const id = ids[posted.indexOf(thread)] ?? null
      return id !== null && (await journal.channelOf(id)) === channel ? id : null
    },
  }
}

/** What is told of a migration as a whole. */
function reports(ports: OperationPorts): Pick<UseCases, 'report'> {
  const { journal, views } = ports
  return {
    async report({ id, by }) {
      const nobody = by === null ? null : await mayActNow(ports, by, 'operator')
      if (nobody) return refuse(nobody.refusal)
      const entries = await journal.entries(id)
      const aside = entries.length === 0 ? await journal.aside(id) : null
      if (aside) return refuse(asideText(id, aside))
      if (entries.length === 0) return refuse(noMigration(id))
      // What draws is large, and loaded only where somebody asks for it.
      const { reportOf } = await import('./report/report.ts')
      return { ...reportOf(entries), thread: await statusTs(views, id) }
    },
  }
}

/** The ts of a migration's status message, on which its thread hangs; null where none is posted. */
async function statusTs(views: Pick<Views, 'posted'>, id: string): Promise<string | null> {
  return tsOf((await views.posted(id)).status) || null
}

function noMigration(id: string): string {
  return `There is no migration ${id}; /migrate status lists those that run.`
}

/** Null if the person may act in this role; whoever passes gates is asked about again, whatever was known before. */
async function mayActNow({ directory, people }: OperationPorts, by: string, role: Role): Promise<Refusal | null> {
  return mayAct(await directory.person(by, role === 'approver'), role, people)
}

type Saying = {
  /** Who says it, and what they have to be; null where that was asked already. */
  readonly who: { readonly by: string; readonly role: Role } | null
  /** The entry that is said of the newest fold, or why it is refused. */
  readonly check: (m: Migration) => EntryBody | Refusal
  /** The reply where the entry was appended. */
  readonly text: string | ((m: Migration) => string)
  readonly claims?: Claims | ((m: Migration) => Claims)
}

/** Appends the entry, or replies with its refusal. */
async function say(ports: OperationPorts, id: string, { who, check, text, claims = {} }: Saying): Promise<Reply> {
  const { journal } = ports
  const nobody = who && (await mayActNow(ports, who.by, who.role))
  if (nobody) return refuse(nobody.refusal)
  let refusal: Refusal = { refusal: noMigration(id) }
  const allowed = (m: Migration): EntryBody | null => {
    const said = check(m)
    if ('kind' in said) return said
    refusal = said
    return null
  }
  const appended = await appendFrom(journal, id, allowed, claims).catch(asRefusal)
  const aside = appended ? null : await journal.aside(id)
  if (aside) return refuse(asideText(id, aside))
  if (!appended) return refuse(refusal.refusal)
  if ('refusal' in appended) return refuse(appended.refusal)
  if (appended.outcome === 'claimed') return heldBy(appended)
  await wake(ports, id)
  return { ok: true, text: typeof text === 'string' ? text : text(appended.migration) }
}

async function wake({ queue }: OperationPorts, id: string): Promise<void> {
  await queue.nudge(id)
  await queue.interrupt(id)
  await queue.nudgeNotify(id)
}

function isUnheardOf({ questions, doubt }: Migration, asked: string): boolean {
  return doubt === null && !questions.has(asked)
}

function idOf({ effect }: EffectState): string {
  return effectId(effect)
}

function retriedOf(state: EffectState | null, by: string): EntryBody | Refusal {
  if (!state?.failure) return { refusal: 'Nothing of it has failed, so there is nothing to retry.' }
  return { kind: 'retried', effect: effectId(state.effect), failed: state.failure.nonce, by }
}

/** Another question may be open by now, and a person can decline only the one that they read. */
function mayDecline(m: Migration, asked: string | null): Refusal | null {
  const mayHaveBegun = m.doubt?.isOpen || unsettled(m).length > 0
  const refusal = mayAbort(m, 'planned') ?? (mayHaveBegun ? { refusal: maybeBegun(m.id) } : null)
  if (refusal || asked === null || asked === m.asking?.nonce) return refusal
  return {
    refusal: 'What this button showed has changed since; read the newest message of the thread and decline there.',
  }
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof DoesNotFit) return { refusal: `That cannot be done now: ${error.message}.` }
  throw error
}

function asideText(id: string, { version, why }: Aside): string {
  const start = version === null ? 'a newer zonehop' : `a zonehop that writes version ${version} of the journal`
  return `This zonehop stands aside from ${id}: ${why}. Start ${start}, and ask there.`
}

function replanned(m: Migration, choice: Choice, by: string): EntryBody {
  const choices = [...m.choices, choice]
  return { kind: 'replanned', plan: redraw(m, { choices, found: m.found }), choices, found: m.found, by }
}

function dangersText(dangers: readonly Finding[]): string {
  const names = dangers.map(({ name }) => name).join(',')
  return inLines([
    'No migration starts on this ground:',
    ...dangers.map(({ text }) => text),
    `Put it right and restart zonehop; or, knowing the risk, restart it with ZONEHOP_ALLOW=${names}.`,
  ])
}

function heldBy({ volume, by }: { volume: string; by: string }): Reply {
  const text = `Volume ${volume} is held by migration ${by}, which is not over; see /migrate status.`
  return { ok: false, text, about: by }
}

function refuse(text: string): Reply {
  return { ok: false, text }
}
