// A small morning, and somebody in it with keys of the account: they write every tag that zonehop knows in every phase, plant snapshots
// and volumes, and send commands with our comments. A guest and a stranger type and press everything. None of it is believed: of a freeze
// whose tag was changed nobody knows whether it held, so that it is begun anew.

import { freezeOf } from '../../core/journal/services.ts'
import { latest } from '../../core/journal/state.ts'
import { type Effect, type EffectState, effectId } from '../../core/model/effects.ts'
import type { Memory, Migration, Phase } from '../../core/model/migration.ts'
import { sourceIdsOf } from '../../core/model/moves.ts'
import { ofMove, ofService } from '../../core/model/subjects.ts'
import { commandComment, frozenTag, identity } from '../../core/model/tags.ts'
import { copyIdsOf } from '../../core/steps/marks.ts'
import type { SimulatedEc2, Tags, WorldState } from '../ec2/world/entities.ts'
import { type Intruder, intrusion, PLANTED } from '../intrusion.ts'
import { APPROVERS, APPROVES, type Deed, type Moment, PEOPLE, type Scenario, wrongsOfMoved } from '../scenario.ts'
import { backupServer, joined, SOURCE, smallVolumes, TARGET, worldOf } from '../servers.ts'

const DATA = { device: '/dev/sdf', sizeGib: 100, usedGib: 60, type: 'gp3', snapshotMinutes: 20 }
const DROPBOX = { tags: { 'zonehop:service': 'dropbox' } }
const LARGE = { device: '/dev/sdg', sizeGib: 500, usedGib: 400, type: 'gp3', snapshotMinutes: 90 }
/** Nothing says that it moves, and nobody's migration may touch it. */
const OTHERS = { ...DATA, usedGib: 2, snapshotMinutes: 1, tags: { 'zonehop:route': 'stay' } }

const RULES = `
${APPROVERS}services:
  web: { freeze: manual, volumes: [web] }
  db: { freeze: document, check: true, volumes: [db] }
  files: { freeze: document, check: true, volumes: [files] }
  dropbox: { freeze: document, need: deferrable }
  bulk: { freeze: document }
replicas:
  files: { volumes: [files], replicas: [files-copy] }
`

/** What nobody but a member may say, and what would follow if a guest could. */
const COMMANDS = [
  `start ${SOURCE} ${TARGET}`,
  'pause',
  'resume',
  'abort because I say so',
  'defer db because I say so',
  'return dropbox because I say so',
  'retry db',
  'cleanup',
  'decline',
]
const PHASES = ['planned', 'seeding', 'frozen', 'moving', 'live'] as const
const STRANGERS = ['otto', 'wanda'] as const

/** Ends done: all has moved, by approvals of approvers alone, from what was cut last, and what was planted stands unused. */
export const intruder: Scenario = {
  name: 'intruder',
  world: (volumes) =>
    joined(
      worldOf({
        'web-server': [{ name: 'web', ...DATA }],
        'db-server': [{ name: 'db', ...DATA }],
        'files-server': [{ name: 'files', ...DATA }],
        'dropbox-server': [
          { name: 'dropbox-index', ...DATA, ...DROPBOX },
          { name: 'dropbox', ...LARGE, ...DROPBOX },
        ],
        'payroll-server': [{ name: 'payroll', ...OTHERS }],
        ...smallVolumes(volumes),
      }),
      backupServer('backup', [{ name: 'files-copy', ...DATA, device: '/dev/sdp' }]),
      { replicas: [{ resource: 'files', source: ['files'], replica: ['files-copy'] }] },
    ),
  rules: RULES,
  command: `/migrate start ${SOURCE} ${TARGET} --no-seed`,
  deeds: [
    ...tagsEverywhere(),
    ...plantedThings(),
    ...changedMarks(),
    ...copiedCommands(),
    ...STRANGERS.flatMap((who) => [...typedBy(who), ...pressedBy(who)]),
    // Web is stopped and started by hand, and stopped once more when its freeze is begun anew.
    byHand('freeze', 'frozen'),
    byHand('freeze', 'frozen', 2),
    byHand('open', 'open'),
    { kind: 'press', who: 'mina', sees: /^settle-not/ },
    ...APPROVES,
  ],
  isOver: ({ phase }) => phase === 'done',
  wrongs: (before, after, m) => [
    ...wrongsOfMoved(before, asOfLastFreeze(after, m), ['payroll']),
    ...wrongsOfApprovals(m),
    ...wrongsOfData(after, m),
    ...wrongsOfFrozen(after, m),
    ...wrongsOfOlder(after, m),
    ...wrongsOfMarks(after, m),
    ...wrongsOfPlanted(after, m),
    ...wrongsOfAlarms(m),
  ],
}

/** Every tag on a volume that stays, and the memories on sources and copies, in every phase. */
function tagsEverywhere(): Deed[] {
  return [
    ...PHASES.map((phase) => intrusion(during(phase), (by) => by.tag(by.source('payroll'), everyTag(by)))),
    // After the forged seed, so that it is the one that begins doubt, and these are asked about within it.
    intrusion(doubtedWhilePlanned, (by) =>
      by.tag(by.source('web'), { ...everyTag(by), ...frozenTag(`${by.m.id}-f1`) }),
    ),
    intrusion(during('seeding'), (by) => by.tag(by.source('db'), { ...memories(by.m), ...frozenTag(`${by.m.id}-f2`) })),
    intrusion(during('frozen'), (by) => by.tag(by.source('files'), memories(by.m))),
    intrusion(during('frozen'), (by) => by.tag(by.copy('files-copy'), memories(by.m))),
    intrusion(isBegunUndoubted('db', 'snapshot'), (by) =>
      by.tag(by.source('dropbox'), { ...memories(by.m), ...peoplesTags(by) }),
    ),
    intrusion(isIssued('db', 'restore'), (by) => by.tag(restoredFrom(by.m, 'db'), memories(by.m))),
    intrusion(during('moving'), (by) => by.untag(by.source('db'), ['zonehop:plan', 'zonehop:proven'])),
    intrusion(duringWithCopy('live', 'dropbox'), (by) => by.tag(by.copy('dropbox-index'), memories(by.m))),
    intrusion(during('live'), (by) => by.tag(by.copy('db'), { ...memories(by.m), ...frozenTag(`${by.m.id}-f3`) })),
  ]
}

/** What zonehop would remember by them if it had written them. */
function memories({ id }: Migration): Tags {
  return {
    'zonehop:left': id,
    'zonehop:live': id,
    'zonehop:aborted': id,
    'zonehop:ended': id,
    'zonehop:proven': `${id}-f1`,
    'zonehop:phase': 'done',
  }
}

function everyTag(by: Intruder): Tags {
  const { m, source } = by
  return {
    ...identity(m.id, { subject: ofMove(source('db')), step: 'restore', generation: 1 }, 'forged'),
    ...memories(m),
    ...frozenTag(`${m.id}-f4`),
    ...peoplesTags(by),
  }
}

/** What people write before a plan is drawn, and the plan of another migration. */
function peoplesTags({ source, instance }: Intruder): Tags {
  return {
    'zonehop:plan': `migration=mig-ffffff need=required route=stay successor=${instance('db-server')} service=db`,
    'zonehop:host': 'yes',
    'zonehop:service': 'db',
    'zonehop:need': 'deferrable',
    'zonehop:route': 'stay',
    'zonehop:successor': instance('db-server'),
    'zonehop:replica-of': source('db'),
    'zonehop:resource': 'files',
  }
}

/** Snapshots of another time and of another volume, and a volume, each under the name of what is being made just then. */
function plantedThings(): Deed[] {
  const ofDb = beforeFreeze()
  return [
    intrusion(ofDb(), (by) => by.snapshot(by.source('db'), { [PLANTED]: 'earlier' })),
    intrusion(during('planned'), (by) => by.snapshot(by.source('payroll'), { [PLANTED]: 'of payroll' })),
    // A seed needs no freeze, so it may be ours as far as anybody can tell: from here on entries may have been lost.
    intrusion(during('planned'), (by) => {
      const subject = ofMove(by.source('dropbox'))
      const tags = identity(by.m.id, { subject, step: 'seed', generation: 1 }, 'forged')
      return by.snapshot(by.source('dropbox'), { ...tags, [PLANTED]: 'seed' })
    }),
    // Cuts from before the freeze, as final ones of it by an attempt that nobody made: one ahead of ours, one as its next generation.
    intrusion(ofDb(), (by) => by.snapshot(by.source('db'), { [PLANTED]: 'before the cut' })),
    intrusion(ofDb(), (by) => by.snapshot(by.source('db'), { [PLANTED]: 'beside the cut' })),
    intrusion(isAchieved('db', 'freeze'), (by) => by.tag(by.planted('before the cut'), madeUp(by, 'snapshot', 1))),
    intrusion(isBegunUndoubted('db', 'snapshot'), (by) =>
      by.tag(by.planted('beside the cut'), { ...madeUp(by, 'snapshot', 2), 'zonehop:issued': 'made-up-too' }),
    ),
    intrusion(isAchieved('db', 'attach'), (by) =>
      by.volume(by.planted('of payroll'), { ...madeUp(by, 'restore', 2), [PLANTED]: 'a later volume of payroll' }),
    ),
    intrusion(isIssued('db', 'snapshot'), (by) => by.tag(by.planted('earlier'), namesOf(by, 'db', 'snapshot'))),
    intrusion(isIssued('db', 'snapshot'), (by) => by.tag(by.planted('of payroll'), namesOf(by, 'db', 'snapshot'))),
    intrusion(isIssued('db', 'restore'), (by) =>
      by.volume(by.planted('of payroll'), { ...namesOf(by, 'db', 'restore'), [PLANTED]: 'a volume of payroll' }),
    ),
    intrusion(during('live'), (by) =>
      by.volume(by.planted('earlier'), { ...memories(by.m), [PLANTED]: 'an earlier volume' }),
    ),
  ]
}

/** Marks that stand already: what restrains is written over before the point of no return, and every mark after it. */
function changedMarks(): Deed[] {
  const theirs = 'mig-ffffff'
  const attaching = isIssued('db', 'attach')
  return [
    intrusion(attaching, (by) => by.tag(by.source('web'), frozenTag(`${theirs}-f1`))),
    // And web does write meanwhile, so that its first cut lacks something.
    { kind: 'happen', when: attaching, what: (ec2, m) => setWeb(ec2, m, 'freeze', 'open') },
    intrusion(isMarked('live', 1), (by) => by.tag(by.copy('db'), { 'zonehop:live': theirs })),
    intrusion(isMarked('live', 1), (by) => by.tag(by.source('files'), frozenTag(`${theirs}-f1`))),
    // Each once the one before is put right, since one call writes the mark on all sources.
    intrusion(isMarked('left', 2), (by) => by.tag(by.source('dropbox-index'), { 'zonehop:left': theirs })),
    intrusion(isMarked('left', 3), (by) => by.untag(by.source('db'), ['zonehop:left'])),
  ]
}

/** Commands to a host that is none of ours, each in the name of one that was just sent. */
function copiedCommands(): Deed[] {
  const copied = (step: 'freeze' | 'open', document: string, to: string): Deed =>
    intrusion(isIssued('db', step), (by) => {
      const { m } = by
      const { effect, attempts } = stateOf(m, 'db', step)
      const comment = commandComment(m.id, attempts.at(-1)?.nonce ?? '', effectId(effect))
      const parameters = { service: ['db'], migration: [m.id], rev: ['1'], notAfter: ['2030-01-01T00:00:00Z'] }
      return by.command({ document, instances: [by.instance(to)], comment, parameters })
    })
  return [
    copied('freeze', 'zonehop-freeze', 'payroll-server'),
    copied('freeze', 'zonehop-check', 'web-server'),
    copied('open', 'zonehop-check', 'payroll-server'),
  ]
}

function typedBy(who: (typeof STRANGERS)[number]): Deed[] {
  const typed = (phase: Phase, text: string): Deed => ({
    kind: 'type',
    who,
    when: during(phase),
    text: `/migrate ${text}`,
  })
  return [
    ...[`plan ${SOURCE} ${TARGET}`, 'status', 'help'].map((text) => typed('planned', text)),
    ...PHASES.flatMap((phase) => COMMANDS.map((text) => typed(phase, text))),
  ]
}

/** Abort stands in one message all the time, and its form is refused in every phase. */
function pressedBy(who: (typeof STRANGERS)[number]): Deed[] {
  const fills = { reason: 'I say so' }
  return [
    ...PHASES.map((phase): Deed => ({ kind: 'press', who, sees: /^abort-/, when: during(phase), fills })),
    { kind: 'press', who, sees: /^defer-/, fills },
    { kind: 'press', who, sees: /^(?!abort|defer)/ },
  ]
}

/** Somebody of the team does at the host what the thread asks for, in this generation of it. */
function byHand(step: 'freeze' | 'open', state: 'frozen' | 'open', generation = 1): Deed {
  return {
    kind: 'happen',
    when: (m) => latest(m, ofService('web'), step)?.effect.generation === generation,
    what: (ec2, m) => setWeb(ec2, m, step, state),
  }
}

function setWeb(ec2: SimulatedEc2, m: Migration, step: 'freeze' | 'open', state: 'frozen' | 'open'): void {
  const { effect } = stateOf(m, 'web', step)
  for (const id of 'instances' in effect ? effect.instances : []) ec2.setService(id, 'web', state)
}

/** While a phase lasts; in a phase that asks, once it does. */
function during(phase: Phase): Moment {
  const asks = phase === 'planned' || phase === 'seeding'
  return (m) => m.phase === phase && (!asks || m.asking !== null)
}

/** Once the service's copies are made as well: those of a deferred one may come after the rest is live. */
function duringWithCopy(phase: Phase, service: string): Moment {
  const isDuring = during(phase)
  return (m, nowMs) => {
    const moves = m.plan.moves.filter((move) => move.service === service)
    return isDuring(m, nowMs) && moves.every(({ id }) => Boolean(latest(m, ofMove(id), 'restore')?.resource))
  }
}

function doubtedWhilePlanned({ phase, doubt }: Migration): boolean {
  return phase === 'planned' && (doubt?.isOpen ?? false)
}

/** Moments before the freeze, one after the other: EC2 takes one snapshot of a volume in 15 s, and a look may come late. */
function beforeFreeze(): () => Moment {
  let lastMs = Number.NEGATIVE_INFINITY
  return () =>
    ({ phase }, nowMs) => {
      const isTime = (phase === 'planned' || phase === 'seeding') && Math.abs(nowMs - lastMs) >= SPACED_MS
      if (isTime) lastMs = nowMs
      return isTime
    }
}

const SPACED_MS = 16_000

/** Once the call of a service's step, or of its volume's, may have been made. */
function isIssued(service: string, step: Effect['step']): Moment {
  return (m) => (found(m, service, step)?.attempts.length ?? 0) > 0
}

/**
 * Once it runs or is done, and the doubt is over that began within the outage: db is cut as soon as it has stopped, and so beside the
 * first forged cut. The cut itself may be complete by the time that somebody has answered.
 */
function isBegunUndoubted(service: string, step: Effect['step']): Moment {
  return (m, nowMs) => {
    const { doubt, outage } = m
    const status = found(m, service, step)?.status
    const isBegun = status === 'started' || status === 'achieved'
    return isBegun && doubt?.isOpen === false && doubt.sinceMs > (outage?.fromMs ?? nowMs)
  }
}

function isAchieved(service: string, step: Effect['step']): Moment {
  return (m) => found(m, service, step)?.status === 'achieved'
}

/** Once all volumes of this mark carry it, in this generation. */
function isMarked(mark: 'left' | 'live', generation: number): Moment {
  return (m) => {
    const written = latest(m, { of: 'mark', mark, part: 1 }, 'tag')
    return written?.status === 'achieved' && written.effect.generation === generation
  }
}

/** The first generation of it. */
function found(m: Migration, service: string, step: Effect['step']): EffectState | undefined {
  const ids = m.plan.moves.filter((move) => move.service === service).map(({ id }) => id)
  return m.effects.values().find(({ effect }) => {
    if (effect.step !== step) return false
    return 'service' in effect
      ? effect.service === service
      : 'move' in effect.subject && ids.includes(effect.subject.move)
  })
}

/** Throws where there is no such step: a deed came before its moment. */
function stateOf(m: Migration, service: string, step: Effect['step']): EffectState {
  const state = found(m, service, step)
  if (!state) throw new Error(`${step} of ${service} is not intended`)
  return state
}

/** Id of the snapshot of which a copy is made; by then another cut may be intended, which EC2 has not begun. */
function restoredFrom(m: Migration, service: string): string {
  const { effect } = stateOf(m, service, 'restore')
  return effect.step === 'restore' ? effect.snapshotId : ''
}

/** The tags that the thing of this step has, its attempt among them, as anybody may read them on it. */
function namesOf({ m }: Intruder, service: string, step: 'snapshot' | 'restore'): Tags {
  const { effect, attempts } = stateOf(m, service, step)
  return { ...('tags' in effect ? effect.tags : {}), ...identity(m.id, effect, attempts.at(-1)?.nonce ?? '') }
}

/** The tags of a thing of db's move that an attempt made which nobody knows, under the freeze that stands. */
function madeUp({ m, source }: Intruder, step: 'snapshot' | 'restore', generation: number): Tags {
  const named = identity(m.id, { subject: ofMove(source('db')), step, generation }, 'made-up')
  return { ...named, ...frozenTag(freezeOf(m, 'db')?.id ?? '') }
}

/** Without what was planted, and without the final snapshots of a freeze that was begun anew, which were rightful in their time. */
function asOfLastFreeze(world: WorldState, m: Migration): WorldState {
  const older = olderCuts(m)
  return { ...world, snapshots: world.snapshots.filter(({ id, tags }) => !(PLANTED in tags) && !older.includes(id)) }
}

/** Ids of the final snapshots that our calls made, but for the newest of each move. */
function olderCuts(m: Migration): string[] {
  return m.plan.moves.flatMap(({ id }) => {
    const cuts = m.effects.generations(ofMove(id), 'snapshot').flatMap((state) => state?.resource ?? [])
    return cuts.slice(0, -1)
  })
}

function wrongsOfApprovals({ approvals }: Migration): string[] {
  const approvers: readonly string[] = PEOPLE.filter(({ name }) => name === 'harry' || name === 'mina').map(
    ({ id }) => id,
  )
  return approvals.filter(({ by }) => !approvers.includes(by)).map(({ gate, by }) => `${gate} was approved by ${by}`)
}

/** Whose bytes a volume holds, up to which write (ISO 8601). */
type Held = { readonly of: string; readonly asOf: string }

/** What is wrong unless every target holds all that its source has, to the last write. */
function wrongsOfData({ volumes }: WorldState, m: Migration): string[] {
  return m.plan.moves.flatMap((move) => {
    const pairs =
      'pairs' in move
        ? move.pairs.map(({ source, copy }) => [source.id, copy.id] as const)
        : [[move.volume.id, latest(m, ofMove(move.id), 'restore')?.resource ?? ''] as const]
    return pairs.flatMap(([source, target]) => {
      const [from, to] = [source, target].map((id) => volumes.find((volume) => volume.id === id))
      return from && to ? wrongsOfCopy(from, to) : [`${source} has no target`]
    })
  })
}

type Volume = WorldState['volumes'][number]

function wrongsOfCopy(source: Volume, target: Volume): string[] {
  const [from, to] = [heldBy(source), heldBy(target)]
  if (from === undefined || to === undefined) return []
  return to?.of === source.id && to.asOf === from?.asOf
    ? []
    : [`${target.name} holds ${to?.of} as of ${to?.asOf}, its source ${source.id} as of ${from?.asOf}`]
}

function heldBy(volume: Volume): Held | null | undefined {
  return 'data' in volume ? (volume.data as Held | null) : undefined
}

/** The freeze that counts is the newest of a service. */
function wrongsOfFrozen({ volumes, hosts = [] }: WorldState, m: Migration): string[] {
  const sources = volumes.filter(({ id }) => sourceIdsOf(m.plan.moves).includes(id))
  const freezes = new Map(
    m.plan.moves.flatMap((move) => sourceIdsOf([move]).map((id) => [id, freezeOf(m, move.service)?.id])),
  )
  const thawed = sources.filter(({ id, tags }) => tags['zonehop:frozen'] !== freezes.get(id))
  const names = m.plan.services.map(({ name }) => name)
  const serving = hosts
    .filter(({ instance }) => sources.some((source) => source.instance === instance))
    .flatMap(({ services }) => services.filter(({ name, state }) => names.includes(name) && state === 'open'))
  return [
    ...thawed.map(({ name }) => `${name} does not say frozen`),
    ...serving.map(({ name }) => `${name} writes in the source zone`),
  ]
}

/**
 * What is wrong unless web was frozen twice, every final snapshot that counts is of its service's newest freeze, and each older one
 * stands with its copy, which is attached nowhere.
 */
function wrongsOfOlder({ volumes, snapshots }: WorldState, m: Migration): string[] {
  const times = m.freezes.filter(({ services }) => services.includes('web')).length
  const older = olderCuts(m)
  const made = m.effects.values().flatMap(({ effect, resource }) => {
    return 'snapshotId' in effect && older.includes(effect.snapshotId) ? [resource] : []
  })
  const copies = volumes.filter(({ id }) => made.includes(id))
  const finals = m.plan.moves.flatMap((move) => {
    const cut = latest(m, ofMove(move.id), 'snapshot')?.resource
    const tags = snapshots.find(({ id }) => id === cut)?.tags
    return tags && tags['zonehop:frozen'] !== freezeOf(m, move.service)?.id ? [move.id] : []
  })
  return [
    ...(times === 2 ? [] : [`web was frozen ${times} times, not twice`]),
    ...finals.map((id) => `the final snapshot of ${id} is of an older freeze`),
    ...older.filter((id) => !snapshots.some((one) => one.id === id)).map((id) => `${id}, an older cut, is gone`),
    ...copies.filter(({ instance }) => instance !== null).map(({ id }) => `${id}, an older copy, is attached`),
  ]
}

/** What is wrong unless every mark that was changed after the point of no return stands again. */
function wrongsOfMarks({ volumes }: WorldState, m: Migration): string[] {
  const sources = sourceIdsOf(m.plan.moves)
  const copies = m.plan.moves.flatMap((move) => copyIdsOf(m, move))
  const lacking = (ids: readonly string[], key: string): string[] =>
    volumes.filter(({ id, tags }) => ids.includes(id) && tags[key] !== m.id).map(({ name }) => `${name} lacks ${key}`)
  return [...lacking(sources, 'zonehop:left'), ...lacking(copies, 'zonehop:live')]
}

/** What was planted stands, is attached nowhere, and no step took it for its own but seeds that nothing rests on. */
function wrongsOfPlanted({ volumes, snapshots }: WorldState, m: Migration): string[] {
  const planted = [...volumes, ...snapshots].filter(({ tags }) => PLANTED in tags)
  const ids = planted.map(({ id }) => id)
  const used = m.effects
    .values()
    .filter(
      ({ effect, resource }) =>
        (effect.step !== 'seed' && ids.includes(resource ?? '')) ||
        ('snapshotId' in effect && ids.includes(effect.snapshotId)),
    )
  const attached = volumes.filter(({ id, instance }) => ids.includes(id) && instance !== null)
  return [
    ...(planted.length === 8 ? [] : [`${planted.length} planted things stand, not 8`]),
    ...used.map(({ effect }) => `${effectId(effect)} rests on what was planted`),
    ...attached.map(({ id }) => `${id}, which was planted, is attached`),
  ]
}

/** Every kind of memory that was forged has had its alarm, and an approver said that it is not so. */
function wrongsOfAlarms({ suspicions }: Migration): string[] {
  const kinds: readonly Memory[] = ['frozen', 'left', 'aborted', 'live']
  return kinds.filter((kind) => suspicions.get(kind)?.isSo !== false).map((kind) => `${kind} was not denied`)
}
