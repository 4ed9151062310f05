// Bugs planted on purpose, as switches of the harness: wrappers around the ports and functions handed in, never in the program.
// Each must be found, or the simulation would not find the like of it.
import type { DescribeSnapshotsResult } from '@aws-sdk/client-ec2'
import type { ReconcilePorts } from '../../jobs/reconcile.ts'
import type { Speaker } from '../../jobs/speak.ts'
import type { StepPorts } from '../../jobs/steps/step.ts'
import { seenSnapshot } from '../../src/aws/wire.ts'
import { decide } from '../../src/core/decide.ts'
import { freezeOf, isDone } from '../../src/core/journal/services.ts'
import { isSnapshotEffect } from '../../src/core/model/effects.ts'
import { type Entry, JOURNAL_VERSION } from '../../src/core/model/entries.ts'
import {
  type Facts,
  factsOf as factsFrom,
  type SeenCommand,
  type SeenInstance,
  type SeenSnapshot,
  type SeenVolume,
} from '../../src/core/model/facts.ts'
import { CLOCKS_APART_MAX_MS } from '../../src/core/model/limits.ts'
import type { Migration } from '../../src/core/model/migration.ts'
import { rowsOf } from '../../src/core/model/moves.ts'
import { hasTags, issuedOfComment, zonehopTags } from '../../src/core/model/tags.ts'
import type { Hosts, StepJob, UseCases } from '../../src/core/ports.ts'
import { perform } from '../../src/demo/ec2/perform.ts'
import type { Store } from '../../src/demo/ec2/world/store.ts'
import { commandStatus } from '../../src/demo/ssm/commands/views.ts'
import { up } from '../../src/demo/ssm/drbd/drbd-moves.ts'
import type { Command as SimulatedCommand, Hosts as SimulatedHosts } from '../../src/demo/ssm/entities.ts'
import { checkEntry } from '../../src/store/entry-schema.ts'
import type { Journal } from '../../src/store/journal.ts'
import type { Dialect } from '../support/memory-journal.ts'
import { outputOf } from './world/clients.ts'
import type { FaultPlan } from './world/faults.ts'

export const PLANTS = [
  /** Facts without what was made by calls whose answer was lost: as if nobody looked by tag. */
  'drop-tag-lookup',
  /** Who loses to another `issued` of the attempt calls all the same. */
  'call-without-issued',
  /** A job calls for a migration that is paused, over or on its way back. */
  'skip-fence',
  /** Nobody looks for `left` before anything is unfrozen. */
  'skip-left',
  /** A final snapshot counts whatever freeze it was cut under: one from before an abort too. */
  'other-freeze',
  /** Ids of finished jobs are kept, and swallow the next add. */
  'keep-finished-jobs',
  /** Who loses an append observes again before deciding anew. */
  'observe-after-conflict',
  /** A copy that comes home is brought up as it is: nobody tells it to discard what it has. */
  'reconnect-without-discarding',
  /** Behind its approval a cleanup sees everything as the plan saw it, at servers that are stopped. */
  'blind-cleanup',
  /** Outcomes speak of an attempt by its number, which comes again after a lost tail. */
  'outcomes-by-number',
  /** An approval counts for whatever is asked on the same basis. */
  'approvals-by-basis',
  /** What a later version wrote is passed over, and the rest is acted on. */
  'ignore-unknown-kinds',
  /** Only another run of Redis begins doubt, and every failover comes back to the same run: nobody asks for its history. */
  'doubt-by-run-id',
  /** An abort goes nowhere before every snapshot is complete. */
  'abort-waits',
  /** What tags say is so, whoever wrote them: nobody is asked. */
  'believe-tags',
  /** The final snapshot is chosen by its tags alone: the oldest that has them. */
  'oldest-snapshot',
  /** A command is known by its comment alone: whoever sent it, whatever it ran, wherever. */
  'command-by-comment',
  /** Whoever presses it confirms what hands did. */
  'confirm-by-anybody',
  /** A message that Slack did not take, or whose answer is lost, counts as said. */
  'told-though-lost',
  /** A lower bound is rounded up. */
  'bound-rounded-up',
  /** The outage clock does not say as of when it is. */
  'clock-without-as-of',
  /** A warning goes on asking when what it warned of is past. */
  'alert-that-stays',
  /** A rehearsal does not see its copies any more once they are attached: it takes them for gone. */
  'blind-rehearsal',
  /** Seeds of a day delete older ones whoever took them. */
  'seeds-of-all',
  /** Nobody looks what others take, and are due to take, before a seed is begun. */
  'seeds-at-any-time',
] as const

/** Found only where one process is of a later version. */
export const PLANTED_LATER: readonly Plant[] = ['ignore-unknown-kinds']

export type Plant = (typeof PLANTS)[number] | null

/** Bugs that show only where several faults meet: their trials have more of those. */
export const FAULTS_OF: Readonly<Partial<Record<(typeof PLANTS)[number], Partial<FaultPlan>>>> = {
  'doubt-by-run-id': { putBackEveryMin: 3, crashIssued: 0.1 },
  'outcomes-by-number': { putBackEveryMin: 2, suspendIssued: 0.5, loses: 'issued' },
  'skip-left': { loses: 'wentLive' },
  'believe-tags': { tagEveryMin: 2 },
  'oldest-snapshot': { plantEveryMin: 0.5 },
  'command-by-comment': { commandEveryMin: 0.5 },
  'confirm-by-anybody': { guestEveryMin: 0.5 },
  'told-though-lost': { slackEveryMin: 3 },
  'blind-rehearsal': { rehearsesForMin: 25 },
  'seeds-of-all': { rehearsesForMin: 15, seedsForMin: 45 },
}
export type Ports = ReconcilePorts & StepPorts

type Place = { readonly plant: Plant; readonly store: Store }
type HostPlace = Place & { readonly hosts: SimulatedHosts }

/** The ports of the reconciler, with the bug in them. */
export function plantedTick({ plant, store, hosts }: HostPlace, ports: Ports): Ports {
  const planted = { ...ports, ec2: { ...ports.ec2, observe: seeing({ plant, store }, ports.ec2.observe) } }
  switch (plant) {
    case 'observe-after-conflict':
      return { ...planted, journal: observingAgain(planted) }
    case 'doubt-by-run-id':
      return { ...planted, journal: { ...ports.journal, mayHaveLost: () => false } }
    case 'approvals-by-basis':
      return { ...planted, journal: disguised(ports.journal, approvedByBasis) }
    case 'abort-waits':
      return { ...planted, journal: disguised(ports.journal, heldUpBySnapshots) }
    case 'believe-tags':
      return { ...planted, journal: disguised(ports.journal, believing) }
    case 'oldest-snapshot':
      return { ...planted, journal: disguised(ports.journal, (m) => oldestTagged(store, m)) }
    case 'command-by-comment':
      return { ...planted, ec2: { ...ports.ec2, observe: hearing(hosts, ports.ec2.observe) } }
    default:
      return planted
  }
}

/** The ports of one step job, with the bug in them. */
export function plantedStep({ plant, store, hosts }: HostPlace, ports: Ports, job: StepJob): Ports {
  switch (plant) {
    case 'call-without-issued':
      return { ...ports, journal: winningAlways(ports.journal) }
    case 'skip-fence':
      return isWayBack(job) ? ports : { ...ports, journal: unfenced(ports.journal) }
    case 'outcomes-by-number':
      return { ...ports, journal: numbered(ports.journal, job) }
    case 'reconnect-without-discarding':
      return { ...ports, hosts: reconnecting(hosts, ports.hosts) }
    default:
      return { ...ports, factsOf: seeing({ plant, store }, ports.factsOf) }
  }
}

function seeing<A extends readonly unknown[]>(
  { plant, store }: Place,
  look: (m: Migration, ...rest: A) => Promise<Facts>,
) {
  return async (m: Migration, ...rest: A): Promise<Facts> => {
    const facts = await look(m, ...rest)
    switch (plant) {
      case 'drop-tag-lookup': {
        const known = new Set(m.effects.values().map(({ resource }) => resource))
        const isKnown = ({ id, tags }: SeenSnapshot | SeenVolume): boolean => !tags['zonehop:step'] || known.has(id)
        return changed(facts, { snapshots: (all) => all.filter(isKnown), volumes: (all) => all.filter(isKnown) })
      }
      case 'skip-left':
        return changed(facts, {
          volumes: (all) => all.map((one) => (m.wentLiveAtMs === null ? { ...one, tags: withoutLeft(one.tags) } : one)),
        })
      case 'blind-cleanup':
        return m.cleanup?.approved
          ? changed(facts, {
              volumes: (all) => all.map((one) => ({ ...one, tags: tagsPlanned(m, one) })),
              instances: (all) => all.map((one) => ({ ...one, state: 'stopped' })),
            })
          : facts
      case 'blind-rehearsal':
        return m.purpose === 'rehearsal'
          ? changed(facts, { volumes: (all) => all.filter(({ id }) => !wasAttached(m, id)) })
          : facts
      case 'seeds-at-any-time':
        return { ...facts, others: [], due: [] }
      case 'other-freeze':
        return changed(facts, { snapshots: (all) => [...cutsBefore(store, m), ...all] })
      default:
        return facts
    }
  }
}

function wasAttached({ effects }: Migration, id: string): boolean {
  return effects
    .values()
    .some(({ effect, status }) => effect.step === 'attach' && effect.volumeId === id && status === 'achieved')
}

type Changes = {
  readonly snapshots?: (all: readonly SeenSnapshot[]) => readonly SeenSnapshot[]
  readonly volumes?: (all: readonly SeenVolume[]) => readonly SeenVolume[]
  readonly instances?: (all: readonly SeenInstance[]) => readonly SeenInstance[]
}

function changed(
  facts: Facts,
  { snapshots = (all) => all, volumes = (all) => all, instances = (all) => all }: Changes,
): Facts {
  return factsFrom({
    ...facts,
    snapshots: snapshots([...facts.snapshots.values()]),
    volumes: volumes([...facts.volumes.values()]),
    instances: instances([...facts.instances.values()]),
  })
}

function withoutLeft({ 'zonehop:left': left, ...tags }: SeenVolume['tags']): SeenVolume['tags'] {
  return tags
}

function tagsPlanned({ plan }: Migration, { id, tags }: SeenVolume): SeenVolume['tags'] {
  const planned = rowsOf(plan.moves).find(({ volume }) => volume.id === id)
  return { ...tags, ...planned?.volume.tags }
}

/** Final snapshots that an earlier migration cut under its freeze, as if they were this one's. */
function cutsBefore(store: Store, m: Migration): SeenSnapshot[] {
  const Filter = [
    { Name: 'tag:zonehop:step', Value: ['snapshot'] },
    { Name: 'status', Value: ['completed'] },
  ]
  const answer = perform(store, 'DescribeSnapshots', { Owner: ['self'], Filter })
  const { Snapshots = [] }: DescribeSnapshotsResult = answer.kind === 'answered' ? outputOf(answer.body) : {}
  const all = Snapshots.map(seenSnapshot)
  return all.flatMap((snapshot) => {
    const service = m.plan.moves.find(({ id }) => id === snapshot.volumeId)?.service ?? ''
    const freeze = freezeOf(m, service)
    // What shows before the freeze stands is a seed, and stays one.
    if (!freeze || !isDone(m, service, 'freeze') || snapshot.tags['zonehop:migration'] === m.id) return []
    const tags = { ...snapshot.tags, 'zonehop:migration': m.id, 'zonehop:frozen': freeze.id }
    // Late enough to be from behind the freeze by any clock.
    return { ...snapshot, startedAtMs: store.now() + CLOCKS_APART_MAX_MS, tags }
  })
}

function winningAlways(journal: Journal): Journal {
  return {
    ...journal,
    async append(id, after, said, claims) {
      const appended = await journal.append(id, after, said, claims)
      if (appended.outcome !== 'conflict' || said.kind !== 'issued') return appended
      const migration = await journal.read(id)
      const won = migration?.effects.get(said.effect)?.attempts.at(-1)
      return migration && won ? { outcome: 'appended', migration, nonce: won.nonce } : appended
    },
  }
}

function isWayBack({ effect }: StepJob): boolean {
  return /\.(unfreeze|fence|reunite)\.|\/(home|source)\.|^(aborted|returned)/.test(effect)
}

/** Brings the copy up plainly, as by hand, and then asks its host for no more than how it is. */
function reconnecting(simulated: SimulatedHosts, hosts: Hosts): Hosts {
  return {
    async run(effect, order) {
      if (effect.step !== 'reunite') return await hosts.run(effect, order)
      const resource = simulated.resources.find(({ name }) => name === effect.resource)
      if (resource) up(resource, resource.sides[1], simulated.store.now())
      return await hosts.run({ ...effect, document: 'zonehop-replica-status' }, order)
    },
  }
}

/** Reads every migration as one that goes forward. */
function unfenced(journal: Journal): Journal {
  return disguised(journal, (m) =>
    m.phase === 'planned' ? m : { ...m, paused: false, phase: m.phase === 'live' ? m.phase : 'moving' },
  )
}

/** Whoever reads sees another migration than the journal's; what they append is appended after the real one. */
function disguised(journal: Journal, disguise: (m: Migration) => Migration): Journal {
  const real = new WeakMap<Migration, Migration>()
  const shown = (m: Migration): Migration => {
    const other = disguise(m)
    if (other !== m) real.set(other, m)
    return other
  }
  return {
    ...journal,
    read: async (id) => {
      const m = await journal.read(id)
      return m && shown(m)
    },
    async append(id, after, said, claims) {
      const appended = await journal.append(id, after && (real.get(after) ?? after), said, claims)
      return appended.outcome === 'appended' ? { ...appended, migration: shown(appended.migration) } : appended
    },
  }
}

/** As if an approver had said of everything that it is so. */
function believing(m: Migration): Migration {
  if (m.suspicions.size === 0) return m
  return { ...m, suspicions: new Map([...m.suspicions].map(([about, one]) => [about, { ...one, isSo: true }])) }
}

/** As if the oldest complete snapshot with the tags of a final one were what its call returned. */
function oldestTagged(store: Store, m: Migration): Migration {
  const finals = m.effects.values().filter(({ effect, resource }) => effect.step === 'snapshot' && resource !== null)
  const chosen = finals.flatMap((state) => {
    const wanted = zonehopTags(store.snapshots.get(state.resource ?? '')?.tags ?? {})
    const { 'zonehop:issued': _, ...tags } = wanted
    const [oldest] = [...store.snapshots.values()]
      .filter(
        (one) => hasTags(one.tags, tags) && one.deletedAtMs === null && !one.isFailing && one.endsAtMs <= store.now(),
      )
      .toSorted((a, b) => a.startedAtMs - b.startedAtMs)
    return oldest && oldest.id !== state.resource ? [{ ...state, resource: oldest.id }] : []
  })
  return chosen.length > 0 ? { ...m, effects: m.effects.with(chosen) } : m
}

/** Facts in which the newest command that names an attempt and succeeded is the attempt's. */
function hearing<A extends readonly unknown[]>(
  hosts: SimulatedHosts,
  look: (m: Migration, ...rest: A) => Promise<Facts>,
) {
  return async (m: Migration, ...rest: A): Promise<Facts> => {
    const facts = await look(m, ...rest)
    const commands = new Map(facts.commands)
    for (const command of hosts.commands.values()) {
      const issued = issuedOfComment(m.id, command.comment)
      const seen = seenByComment(hosts, command)
      if (issued !== null && seen.state === 'succeeded') commands.set(issued, seen)
    }
    return { ...facts, commands }
  }
}

function seenByComment(hosts: SimulatedHosts, command: SimulatedCommand): SeenCommand {
  const { status } = commandStatus(hosts, command)
  const instances = command.invocations.map(({ instance }) => instance)
  const base = { id: command.id, document: command.document.name, instances, sentAtMs: command.sentAtMs, told: {} }
  return { ...base, state: status === 'Success' ? 'succeeded' : 'pending', details: status }
}

/** What people can ask for, with the bug in it; `lax` are the same use cases where everybody approves. */
export function plantedUse(plant: Plant, use: UseCases, lax: () => UseCases): UseCases {
  return plant === 'confirm-by-anybody' ? { ...use, confirm: lax().confirm } : use
}

/** How the thread is told, with the bug in it. */
export function plantedSpeaker(plant: Plant, speaker: Speaker): Speaker {
  if (plant !== 'told-though-lost') return speaker
  return { ...speaker, post: (...said) => speaker.post(...said).catch(() => 'lost') }
}

/** The newest approval that ever fitted what is asked now. */
function approvedByBasis(m: Migration): Migration {
  const { asking, approvals } = m
  const known = approvals.findLast(({ gate, basis }) => gate === asking?.gate && basis === asking.basis)
  if (!asking || !known || known.asked === asking.nonce) return m
  return { ...m, approvals: [...approvals, { ...known, asked: asking.nonce }] }
}

/** The last moment that a Date can hold. */
const LAST_MOMENT_MS = 8_640_000_000_000_000

/** As if the time of doubt lasted for as long as a snapshot of the way forward is not complete. */
function heldUpBySnapshots(m: Migration): Migration {
  const isPending = m.effects.values().some(({ effect, status }) => isSnapshotEffect(effect) && status === 'started')
  if (m.phase !== 'aborting' || !isPending || m.doubt?.isOpen) return m
  return { ...m, doubt: { sinceMs: m.plannedAtMs, untilMs: LAST_MOMENT_MS, isOpen: true } }
}

/** Whatever attempt of this number stands when the outcome is known, it is taken for the job's own. */
function numbered(journal: Journal, job: StepJob): Journal {
  const real = new WeakMap<Migration, Migration>()
  let mine: string | null = null
  return {
    ...journal,
    async read(id) {
      const m = await journal.read(id)
      const state = m?.effects.get(job.effect)
      const at = state?.attempts[job.attempt - 1]
      if (!m || !state || !at || mine === null || at.nonce === mine || state.attempts.length !== job.attempt) return m
      const attempts = [...state.attempts.slice(0, -1), { ...at, nonce: mine }]
      const shown = { ...m, effects: m.effects.with([{ ...state, attempts }]) }
      real.set(shown, m)
      return shown
    },
    async append(id, after, said, claims) {
      const standing = after ? (real.get(after) ?? after) : null
      const theirs = standing?.effects.get(job.effect)?.attempts[job.attempt - 1]?.nonce
      const isOutcome = 'issued' in said && said.issued === mine && theirs !== undefined
      const appended = await journal.append(id, standing, isOutcome ? { ...said, issued: theirs } : said, claims)
      if (appended.outcome === 'appended' && said.kind === 'issued') mine = appended.nonce
      return appended
    },
  }
}

/** Reads what it knows of an entry, and takes the rest for nothing. */
export const IGNORING: Dialect = {
  version: JOURNAL_VERSION,
  write: (entry) => entry,
  read(written) {
    const entry = written as Entry
    const known = { ...entry, ...(entry.kind === 'planned' ? { version: JOURNAL_VERSION } : {}) }
    try {
      return checkEntry(known)
    } catch {
      const { rev, atMs, nonce, runId, replicationId } = entry
      return { kind: 'looked', rev, atMs, nonce, runId, replicationId }
    }
  },
}

/** After a lost append, what is decided next is decided on facts observed anew; and so until one is won. */
function observingAgain({ journal, ec2, clock }: Ports): Journal {
  return {
    ...journal,
    async append(id, after, said, claims) {
      let appended = await journal.append(id, after, said, claims)
      while (appended.outcome === 'conflict') {
        const migration = await journal.read(id)
        if (!migration) return appended
        const { next } = decide(migration, await ec2.observe(migration, clock.now()), clock.now())
        if (!next) return { outcome: 'appended', migration, nonce: '' }
        appended = await journal.append(id, migration, next, claims)
      }
      return appended
    },
  }
}
