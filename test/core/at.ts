// States of a migration by name: the journal as the real decisions wrote it up to a stage, and what EC2 shows there. A
// test starts from `at('restoring')`, looks at `seenAt('attaching')` or at something else, and says what is expected.

import type { EntryBody } from '../../src/core/model/entries.ts'
import {
  type Facts,
  factsOf,
  type Observed,
  type SeenCommand,
  type SeenSnapshot,
  type SeenVolume,
} from '../../src/core/model/facts.ts'
import type { Gate, Phase } from '../../src/core/model/migration.ts'
import { isSnapshotMove } from '../../src/core/model/moves.ts'
import { once } from '../../src/core/model/once.ts'
import type { Plan, Service, SnapshotMove } from '../../src/core/model/plan.ts'
import { attachedCopyOf, copyOf, facts, LATER_MS, snapshotOf, tagged } from '../support/facts.ts'
import { move, plan, planned, service } from '../support/plans.ts'
import { attemptName } from './journals.ts'
import { approval, BEGINS_MS, called, migration, settle } from './people.ts'

/**
 * A rung of the way: the phase in which it ends, and the gate that asks there, which `at` checks; whether people answer
 * what is asked of them, and whether what may be called is called.
 */
type Rung = { readonly phase: Phase; readonly asks?: Gate; readonly people?: 'answer'; readonly isCalled?: true }

/** The rungs in their order. Each begins where the one before it ended, with a look of its own. */
const RUNGS = {
  /** The plan is drawn, and nothing else is said. */
  planned: { phase: 'planned' },
  startAsked: { phase: 'planned', asks: 'start' },
  /** The start was approved, and the plan is to be written on the sources. */
  began: { phase: 'seeding', people: 'answer' },
  /** The plan is on the sources. Seeds are called if there are any; if not, the freeze asks already. */
  seeding: { phase: 'seeding', isCalled: true },
  freezeAsked: { phase: 'seeding', asks: 'freeze' },
  /** The freeze was approved, and its id is to be written on the sources. */
  freezing: { phase: 'frozen', people: 'answer' },
  /** The freeze is on the sources. Documents are called to stop the services, and hands are asked to. */
  frozen: { phase: 'frozen', isCalled: true },
  /** Writes are stopped, and the final snapshots are intended. */
  moving: { phase: 'moving', people: 'answer' },
  /** The final snapshots are called. */
  cutting: { phase: 'moving', isCalled: true },
  /** The final snapshots are complete, and the copies are called. */
  restoring: { phase: 'moving', isCalled: true },
  /** The copies are there, and their attachments are called. */
  attaching: { phase: 'moving', isCalled: true },
  /** The copies are attached, and equal. The services' own checks are called; without any, going live asks already. */
  checking: { phase: 'moving', isCalled: true },
  goLiveAsked: { phase: 'moving', asks: 'goLive', isCalled: true },
  /** The point of no return is passed, and `left` and `live` are to be written. */
  live: { phase: 'live', people: 'answer' },
  /** `left` and `live` are on the volumes. Documents are called to open the first services, and hands are asked to. */
  opening: { phase: 'live', isCalled: true },
  /** The required services are open. The snapshots of deferrable ones are pending still. */
  opened: { phase: 'live', people: 'answer', isCalled: true },
  /** The snapshots of deferrable services are complete, and their copies are called. */
  restoringDeferred: { phase: 'live', isCalled: true },
  attachingDeferred: { phase: 'live', isCalled: true },
  /** The copies of deferrable services are attached and marked, and these are open too; hooks are called. */
  openedDeferred: { phase: 'live', people: 'answer', isCalled: true },
  done: { phase: 'done', people: 'answer' },
} as const satisfies Readonly<Record<string, Rung>>

/** A stage of a migration by snapshots, in the words of src/core. */
export type Stage = keyof typeof RUNGS

const STAGES = Object.keys(RUNGS) as readonly Stage[]

/** The plans that most tests are about: one service, and one with another that can wait and has a hook. */
export const LOGS = move({ id: 'vol-1', name: 'logs' })
export const DROPBOX = move({ id: 'vol-2', name: 'dropbox', device: '/dev/sdg' })
export const ALONE = plan([LOGS])
export const BOTH = plan([LOGS, DROPBOX], {
  services: [service('dropbox', { need: 'deferrable', hook: 'start the sync' }), service('logs')],
})

/** The id of the freeze is made of the time: the journals of `at` have it at LATER_MS. */
export const FREEZE_ID = `mig-1-f${LATER_MS}`

/** How a migration is asked for: whether seeds are taken first. */
type How = { readonly seeds?: boolean }

/**
 * The journal of a migration up to a stage: each rung is looked at with what EC2 shows there, and all that follows is
 * decided. It throws if the plan does not come to that stage.
 *
 * Journals are remembered, so this is where a test begins; what the test is about it has to decide itself.
 */
export function at(stage: Stage, drawn: Plan = ALONE, how: How = {}): readonly EntryBody[] {
  const known = journalsOf(drawn)
  const key = `${stage} ${how.seeds ?? false}`
  const found = known.get(key)
  if (found) return found
  const before = STAGES[STAGES.indexOf(stage) - 1]
  const said = before
    ? climbed(at(before, drawn, how), RUNGS[stage], seenAt(stage, drawn, how))
    : [planned('mig-1', { plan: drawn, seeds: how.seeds ?? false })]
  const m = migration(...said)
  const { phase, asks }: Rung = RUNGS[stage]
  if (m.phase !== phase || (asks && m.asking?.gate !== asks)) {
    throw new Error(`this plan does not come to ${stage}: ${said.map(({ kind }) => kind).join(' ')}`)
  }
  known.set(key, said)
  return said
}

const journalsOf = once((_drawn: Plan) => new Map<string, readonly EntryBody[]>())

/** What is called may be seen at once, as the commands of hosts are; so it is decided and called until nothing is new. */
function climbed(before: readonly EntryBody[], { people: answer, isCalled }: Rung, look: Facts): readonly EntryBody[] {
  const people = answer ?? 'silent'
  let said = settle(before, look, people)
  while (isCalled) {
    const all = called(said, look)
    said = settle(all, look, people)
    if (said.length === all.length) break
  }
  return said
}

/** The journal, followed by an approval of what it asks. */
export function approved(said: readonly EntryBody[]): readonly EntryBody[] {
  return [...said, approval(migration(...said))]
}

/** What EC2 shows at a stage: all that the rungs before it called, and what leads to this one. */
export function seenAt(stage: Stage, drawn: Plan = ALONE, { seeds = false }: How = {}): Facts {
  const moves = drawn.moves.filter(isSnapshotMove)
  const parts = moves.map((each): Part => {
    const known = drawn.services.find(({ name }) => name === each.service)
    return { move: each, service: known ?? service(each.service), stage }
  })
  return facts({
    volumes: [...parts.map(sourceAt), ...parts.flatMap(copyAt)],
    snapshots: [
      ...(seeds && has(stage, 'freezeAsked') ? moves.map((each) => seedOf(each)) : []),
      ...parts.flatMap(cutAt),
    ],
    commands: new Map(drawn.services.flatMap((each) => commandsAt(stage, each, moves))),
  })
}

/** One move with its service, at a stage. */
type Part = { readonly move: SnapshotMove; readonly service: Service; readonly stage: Stage }

function has(stage: Stage, from: Stage): boolean {
  return STAGES.indexOf(stage) >= STAGES.indexOf(from)
}

function sourceAt({ move, service: { name, need }, stage }: Part): SeenVolume {
  const successor = `successor=${move.successor}`
  return tagged(move, {
    ...(has(stage, 'seeding')
      ? { 'zonehop:plan': `migration=mig-1 need=${need} route=snapshot ${successor} service=${name}` }
      : {}),
    ...(has(stage, 'frozen') ? { 'zonehop:frozen': FREEZE_ID, 'zonehop:phase': 'frozen' } : {}),
    ...(has(stage, 'opening') ? { 'zonehop:left': 'mig-1', 'zonehop:phase': 'live' } : {}),
    ...(has(stage, 'done') ? { 'zonehop:phase': 'done', 'zonehop:ended': 'mig-1' } : {}),
  })
}

function cutAt({ move, service: { need }, stage }: Part): SeenSnapshot[] {
  if (!has(stage, 'restoring')) return []
  const isPending = need === 'deferrable' && !has(stage, 'restoringDeferred')
  return [cutOf(move, isPending ? { state: 'pending', percent: 7 } : {})]
}

function copyAt({ move, service: { need }, stage }: Part): SeenVolume[] {
  const isDeferrable = need === 'deferrable'
  if (!has(stage, isDeferrable ? 'attachingDeferred' : 'attaching')) return []
  if (!has(stage, isDeferrable ? 'openedDeferred' : 'checking')) return [copyOf(move)]
  const copy = attachedCopyOf(move)
  if (!has(stage, 'opening')) return [copy]
  const phase = has(stage, 'done') ? 'done' : 'live'
  const ended = phase === 'done' ? { 'zonehop:ended': 'mig-1' } : {}
  return [{ ...copy, tags: { ...copy.tags, 'zonehop:live': 'mig-1', 'zonehop:phase': phase, ...ended } }]
}

/** The final snapshot of a move under the freeze of these journals. */
export function cutOf(of: SnapshotMove, over: Partial<SeenSnapshot> = {}): SeenSnapshot {
  return snapshotOf(of, { tags: { 'zonehop:frozen': FREEZE_ID }, startedAtMs: BEGINS_MS, ...over })
}

/** The seed of a move. */
export function seedOf(of: SnapshotMove, over: Partial<SeenSnapshot> = {}): SeenSnapshot {
  return snapshotOf(of, { id: `seed-${of.id}`, step: 'seed', startedAtMs: BEGINS_MS, ...over })
}

/** The document of each step that hosts run, and the stage from which it is seen to have ended. */
const DOCUMENTS = {
  freeze: { document: 'zonehop-freeze', from: 'moving' },
  afterAttach: { document: 'zonehop-after-attach', from: 'goLiveAsked' },
  verify: { document: 'zonehop-check', from: 'goLiveAsked' },
  open: { document: 'zonehop-open', from: 'opened' },
  hook: { document: 'zonehop-hook', from: 'done' },
} as const satisfies Readonly<Record<string, { readonly document: string; readonly from: Stage }>>

type Told = keyof typeof DOCUMENTS

/** The commands that the attempts of a service's documents sent, and that have succeeded by this stage. */
function commandsAt(stage: Stage, { name, need }: Service, moves: readonly SnapshotMove[]): [string, SeenCommand][] {
  const mine = moves.filter((each) => each.service === name)
  return (Object.keys(DOCUMENTS) as Told[]).flatMap((step): [string, SeenCommand][] => {
    const { document, from } = DOCUMENTS[step]
    const isBehind = need === 'deferrable' && step !== 'freeze' && step !== 'hook'
    if (!has(stage, isBehind ? 'openedDeferred' : from)) return []
    const hosts = new Set(mine.map((each) => (step === 'freeze' ? each.volume.instance : each.successor)))
    const effect = `service/${name}.${step}.1`
    const sent = { id: `c-${effect}`, document, instances: [...hosts].sort(), sentAtMs: BEGINS_MS }
    return [[attemptName(effect), { ...sent, state: 'succeeded', details: 'Success', told: {} }]]
  })
}

/** What is another way in a look: by id what a thing has instead (null: it is not shown), and what is there beside it. */
type Changes = {
  readonly volumes?: Readonly<Record<string, Partial<SeenVolume> | null>>
  readonly snapshots?: Readonly<Record<string, Partial<SeenSnapshot> | null>>
  /** By the effect that sent them. */
  readonly commands?: Readonly<Record<string, Partial<SeenCommand> | null>>
  readonly moreVolumes?: readonly SeenVolume[]
  readonly moreSnapshots?: readonly SeenSnapshot[]
}

/** The same look, but for these changes. It throws if what is to be changed is not there. */
export function but(look: Facts, changes: Changes): Facts {
  const observed: Observed = {
    ...{ rev: look.rev, beganAtMs: look.beganAtMs, instances: [...look.instances.values()] },
    ...(look.due === undefined ? {} : { due: look.due }),
    volumes: [...changed(look.volumes, changes.volumes ?? {}).values(), ...(changes.moreVolumes ?? [])],
    snapshots: [...changed(look.snapshots, changes.snapshots ?? {}).values(), ...(changes.moreSnapshots ?? [])],
    commands: changed(
      look.commands,
      Object.fromEntries(Object.entries(changes.commands ?? {}).map(([effect, over]) => [attemptName(effect), over])),
    ),
  }
  return factsOf(observed)
}

function changed<T extends object>(
  all: ReadonlyMap<string, T>,
  over: Readonly<Record<string, Partial<T> | null>>,
): ReadonlyMap<string, T> {
  const unknown = Object.keys(over).find((id) => !all.has(id))
  if (unknown !== undefined) throw new Error(`${unknown} is not there: ${[...all.keys()].join(', ')}`)
  return new Map(
    [...all].flatMap(([id, one]): [string, T][] => {
      const part = over[id]
      return part === null ? [] : [[id, { ...one, ...part }]]
    }),
  )
}
