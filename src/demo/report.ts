// What the demo says at its end: a summary for people, and the JSON of `--json`, a contract that later only widens.
import { latest } from '../core/fold.ts'
import type { Migration } from '../core/migration.ts'
import type { SimulatedEc2, WorldState } from './ec2/entities.ts'
import { PEOPLE } from './scenario.ts'
import type { LocalSlack } from './slack/entities.ts'

type Ended = {
  readonly options: { readonly scenario: { readonly name: string }; readonly seed: number }
  readonly migration: Migration | null
  readonly wrong: readonly string[]
  readonly before: WorldState
  readonly after: WorldState
  readonly slack: LocalSlack
  readonly ec2: SimulatedEc2
  readonly simulatedMs: number
}

export function report({ options, migration, wrong, before, after, slack, ec2, simulatedMs }: Ended) {
  const ok = wrong.length === 0 && migration !== null
  const outage = migration?.outage ?? null
  const outageSeconds = outage?.untilMs ? Math.round((outage.untilMs - outage.fromMs) / 1000) : null
  const json = {
    ok,
    scenario: options.scenario.name,
    seed: options.seed,
    migration: migration && { id: migration.id, phase: migration.phase, paused: migration.paused, rev: migration.rev },
    services: migration ? services(migration, after) : [],
    approvals: (migration?.approvals ?? []).map(({ gate, by, atMs }) => ({
      gate,
      by: nameOf(by),
      at: new Date(atMs).toISOString(),
    })),
    outageSeconds,
    gateWaitSeconds: outage ? Math.round(outage.gateWaitMs / 1000) : null,
    simulatedSeconds: Math.round(simulatedMs / 1000),
    slack: slack.counts(),
    ec2: ec2.counts(),
    world: { before, after },
    transcript: slack.transcript(),
    wrong,
  }
  const minutes = (seconds: number | null) => (seconds === null ? 'unknown' : `${Math.round(seconds / 60)} min`)
  const summary = ok
    ? `\nDone: ${migration.plan.moves.length} volumes attached in ${migration.plan.targetZone}, every source volume still stands. Outage ${minutes(outageSeconds)}, of it ${minutes(json.gateWaitSeconds)} waiting for people (simulated).`
    : `\nNOT right:\n${wrong.map((line) => `  ${line}`).join('\n')}`
  return { ok, json, summary }
}

function services(m: Migration, after: WorldState) {
  return m.plan.services.map(({ name, need }) => ({
    name,
    need,
    state: m.phase === 'done' ? 'done' : m.opened.includes(name) ? 'open' : 'moving',
    moves: m.plan.moves
      .filter(({ service }) => service === name)
      .map((move) => {
        const target = latest(m, move.id, 'restore')?.resource ?? null
        const volume = after.volumes.find(({ id }) => id === target)
        return {
          move: move.id,
          source: move.volume.id,
          target,
          route: move.route,
          zone: volume?.zone ?? null,
          instance: volume?.instance ?? null,
          device: volume?.device ?? null,
        }
      }),
  }))
}

function nameOf(id: string): string {
  return PEOPLE.find((person) => person.id === id)?.name ?? id
}
