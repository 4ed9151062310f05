// What the demo says at its end: a summary for people, and the JSON of `--json`, a contract that later only widens.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDone, partsOf, stateOf } from '../core/journal/services.ts'
import { latest } from '../core/journal/state.ts'
import type { Entry } from '../core/model/entries.ts'
import type { Migration } from '../core/model/migration.ts'
import { isSnapshotMove, rowsOf } from '../core/model/moves.ts'
import type { Move } from '../core/model/plan.ts'
import { ofMove } from '../core/model/subjects.ts'
import { verdictOf } from '../core/rehearsing/verdict.ts'
import { reportOf } from '../report/report.ts'
import type { SimulatedEc2, WorldState } from './ec2/world/entities.ts'
import { floorOf } from './floor/floor.ts'
import { type Alert, type Intrusion, PEOPLE, type Told } from './scenario.ts'
import type { LocalSlack, Row } from './slack/entities.ts'

type Ended = {
  readonly options: { readonly scenario: { readonly name: string }; readonly seed: number }
  readonly migration: Migration | null
  readonly entries: readonly Entry[]
  readonly wrong: readonly string[]
  readonly alerts: readonly Alert[]
  readonly before: WorldState
  readonly after: WorldState
  readonly slack: LocalSlack
  readonly ec2: SimulatedEc2
  readonly simulatedMs: number
  readonly intrusions: readonly Intrusion[]
}

/**
 * The end of a demo, as text for people and as the JSON of `--json`. `ok` is false where `wrong` holds anything or
 * there is no migration.
 */
export function report(ended: Ended) {
  const { options, migration, entries, wrong, alerts, before, after, slack, ec2, simulatedMs, intrusions } = ended
  const ok = wrong.length === 0 && migration !== null
  const outage = migration?.outage ?? null
  const outageSeconds = outage?.untilMs ? Math.round((outage.untilMs - outage.fromMs) / 1000) : null
  const floor = migration && floorOf(migration, ec2.durations())
  const json = {
    ok,
    scenario: options.scenario.name,
    seed: options.seed,
    migration: migration && { id: migration.id, phase: migration.phase, paused: migration.paused, rev: migration.rev },
    services: migration ? services(migration, after) : [],
    plan: { firstUncovered: firstUncovered(entries) },
    approvals: (migration?.approvals ?? []).map(({ gate, by, atMs }) => ({
      gate,
      by: nameOf(by),
      at: new Date(atMs).toISOString(),
    })),
    finalSnapshots: migration ? finalSnapshots(migration, after) : [],
    outageSeconds,
    gateWaitSeconds: outage ? Math.round(outage.gateWaitMs / 1000) : null,
    forecast: forecastIn(entries),
    outageFloorSeconds: floor?.seconds ?? null,
    outageFloor: floor?.terms ?? null,
    simulatedSeconds: Math.round(simulatedMs / 1000),
    slack: slack.counts(),
    ec2: ec2.counts(),
    otherAws: ec2.otherCounts(),
    world: { before, after },
    intruder: intrusions,
    alerts,
    ...(migration?.purpose === 'rehearsal' ? { rehearsal: verdictOf(migration) } : {}),
    transcript: slack.transcript().map((row) => ({ ...row, clock: clockIn(row) })),
    wrong,
  }
  return {
    ok,
    json,
    entries,
    summary: ok ? summaryOf(migration, json) : `\nNOT right:\n${wrong.map((line) => `  ${line}`).join('\n')}`,
  }
}

/** What the freeze showed before the outage began: bounds of the outage without waits for people; null where nobody knew one. */
function forecastIn(
  entries: readonly Entry[],
): { readonly lowSeconds: number; readonly highSeconds: number | null } | null {
  const begun = entries.findIndex(({ kind }) => kind === 'freezing')
  const asked = entries.slice(0, Math.max(0, begun)).findLast((entry) => entry.kind === 'asked')
  const forecast = asked?.kind === 'asked' ? asked.forecast : undefined
  if (!forecast) return null
  const { leastMs, mostMs } = forecast
  return { lowSeconds: Math.floor(leastMs / 1_000), highSeconds: mostMs === null ? null : Math.ceil(mostMs / 1_000) }
}

/** Writes the report of a migration, as `zonehop report` does. Throws where that is not possible. */
export async function keepReport(entries: readonly Entry[], directory: string): Promise<void> {
  await mkdir(directory, { recursive: true })
  const { files } = reportOf(entries)
  for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content)
}

/** The lines of a watch's message, by the kind of news that each tells. */
const ALERTS: readonly (readonly [kind: string, line: RegExp])[] = [
  ['uncovered', /^Uncovered: (?<move>.+?) \(vol-[^)]*\)\. (?<cause>.+)$/],
  ['red', /^Red, (?<move>.+?): (?<cause>.+)$/],
  ['gone', /^(?:Gone|No more): (?<move>.+?): (?<cause>.+)$/],
  ['unseen', /^(?<move>Not looked at since [^:]+:\d\d UTC): (?<cause>.+)$/],
]

/** How a message begins that tells of a snapshot that stands. */
const STALL =
  /(?:^|\n)\W*(?<move>.+?): its (?:final snapshot|snapshot ahead) stands at \d+% since .* with no known cause\./

/**
 * What a watch told, and of which snapshots it was told that they stand, as messages were first posted: a channel that was not told so has
 * heard of nothing.
 */
export function toldIn(rows: readonly Row[]): Told {
  const posts = rows.filter(({ user, edited }) => user === 'zonehop' && !edited)
  return { rows, alerts: posts.flatMap((row) => (WATCH.test(row.text) ? watchAlertsIn(row) : stallsIn(row))) }
}

function stallsIn({ at, text }: Row): Alert[] {
  const { move } = STALL.exec(text)?.groups ?? {}
  return move ? [{ at, kind: 'stall', move, cause: null }] : []
}

function watchAlertsIn({ at, text }: Row): Alert[] {
  return text.split('\n').flatMap((line) =>
    ALERTS.flatMap(([kind, shape]) => {
      const { move, cause } = shape.exec(line)?.groups ?? {}
      return move && cause ? [{ at, kind, move, cause }] : []
    }),
  )
}

const WATCH = /(?:First look at|Watched) [\w-]+ to [\w-]+, as of /

const CLOCK = /Outage so far ([^.,(]+?)(?: \([^)]*\))?, as of (\d\d:\d\d:\d\d) UTC/
const UNITS = { d: 86_400, h: 3_600, m: 60, s: 1 } as const

/** The running outage clock that a row shows, and as of when (ISO 8601); null where it shows none. */
function clockIn({ at, text }: Row): { readonly outageSeconds: number; readonly asOf: string } | null {
  const [, said = '', time] = CLOCK.exec(text) ?? []
  if (!time) return null
  const parts = [...said.matchAll(/(\d+)([dhms])/g)]
  const outageSeconds = parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * UNITS[unit as keyof typeof UNITS],
    0,
  )
  return { outageSeconds, asOf: asOfBefore(at, time) }
}

/** The last time of day `time` that is not after `at`, but for the second by which an edit may be under way. */
function asOfBefore(at: string, time: string): string {
  const sameDay = Date.parse(`${at.slice(0, 10)}T${time}.000Z`)
  return new Date(sameDay > Date.parse(at) + 1_000 ? sameDay - 86_400_000 : sameDay).toISOString()
}

/** Names of the volumes that nothing covered in the first plan; each is a service of its own by its Name. */
function firstUncovered([planned]: readonly Entry[]): string[] {
  return planned?.kind === 'planned' ? planned.plan.uncovered.map(({ name }) => name) : []
}

type Times = { readonly outageSeconds: number | null; readonly gateWaitSeconds: number | null }

function summaryOf(m: Migration, { outageSeconds, gateWaitSeconds }: Times): string {
  const minutes = (seconds: number | null): string => (seconds === null ? 'none' : `${Math.round(seconds / 60)} min`)
  const attached = rowsOf(m.plan.moves.filter((move) => isChecked(m, move))).length
  const outage = `Outage ${minutes(outageSeconds)}, of it ${minutes(gateWaitSeconds)} waiting for people (simulated).`
  const { sourceZone, targetZone } = m.plan
  if (m.purpose === 'rehearsal')
    return `\nRehearsed ${sourceZone} to ${targetZone}: ${verdictOf(m).verdict ?? 'sent back'}.`
  if (m.phase === 'aborted') return `\nAborted: everything runs in ${sourceZone} as before. ${outage}`
  return `\n${m.phase === 'done' ? 'Done' : 'Live'}: ${attached} of ${rowsOf(m.plan.moves).length} volumes attached in ${targetZone}. ${outage}`
}

function isChecked(m: Migration, { id, route }: Move): boolean {
  return latest(m, ofMove(id), route === 'replica' ? 'checkReplica' : 'checkCopy')?.status === 'achieved'
}

function services(m: Migration, after: WorldState) {
  return m.plan.services.map((service) => ({
    name: service.name,
    need: service.need,
    state: stateOf(m, service),
    percentAtGoLive: m.percentsAtGoLive[service.name] ?? null,
    hook: hookOf(m, service.name),
    moves: m.plan.moves.filter((move) => move.service === service.name).flatMap((move) => rows(m, move, after)),
  }))
}

/** When each final snapshot was intended, and when EC2 took it (null where it is not in the world). */
function finalSnapshots(m: Migration, { snapshots }: WorldState) {
  const startedAt = new Map(snapshots.map((one) => [one.id, one.startedAt]))
  return m.plan.moves.filter(isSnapshotMove).flatMap(({ id, volume: { name } }) => {
    const state = latest(m, ofMove(id), 'snapshot')
    if (!state) return []
    const intendedAt = new Date(state.intendedAtMs).toISOString()
    return [{ volume: id, name, intendedAt, calledAt: startedAt.get(state.resource ?? '') ?? null }]
  })
}

function hookOf(m: Migration, service: string): 'succeeded' | 'failed' | 'running' | null {
  const parts = partsOf(m, service, 'hook')
  if (parts.length === 0) return null
  if (parts.some(({ status }) => status === 'failed')) return 'failed'
  return isDone(m, service, 'hook') ? 'succeeded' : 'running'
}

function rows(m: Migration, move: Move, after: WorldState) {
  if (!isSnapshotMove(move)) return move.pairs.map(({ source, copy }) => row(move, source.id, copy.id, after))
  return [row(move, move.volume.id, latest(m, ofMove(move.id), 'restore')?.resource ?? null, after)]
}

function row({ id: move, route }: Move, source: string, target: string | null, after: WorldState) {
  const volume = after.volumes.find(({ id }) => id === target)
  return {
    move,
    source,
    target,
    route,
    zone: volume?.zone ?? null,
    instance: volume?.instance ?? null,
    device: volume?.device ?? null,
  }
}

function nameOf(id: string): string {
  return PEOPLE.find((person) => person.id === id)?.name ?? id
}
