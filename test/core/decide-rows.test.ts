// What is said next and what is waited for, whole and in order, where a phase has more than one thing to say.

import { describe, expect, test } from 'vitest'
import { type Decision, decide } from '../../src/core/decide.ts'
import { type Effect, effectId } from '../../src/core/model/effects.ts'
import type { EntryBody } from '../../src/core/model/entries.ts'
import type { Facts, SeenVolume, SeenZone } from '../../src/core/model/facts.ts'
import type { Migration } from '../../src/core/model/migration.ts'
import type { Plan } from '../../src/core/model/plan.ts'
import { ofMove, ofService } from '../../src/core/model/subjects.ts'
import { code, timeOfDay } from '../../src/core/model/text.ts'
import { attachedCopyOf, facts, LATER_MS, snapshotOf, tagged } from '../support/facts.ts'
import { move, plan, planned, replicaMove, seen, service, volume } from '../support/plans.ts'
import { fitting, folded, named } from './journals.ts'
import { BEGINS_MS } from './people.ts'

const LOGS = move({ id: 'vol-1', name: 'logs' })
const DROPBOX = move({ id: 'vol-2', name: 'dropbox', device: '/dev/sdg' })
const SOURCE = volume({ id: 'vol-files', name: 'files', instance: 'i-files' })
const COPY = volume({ id: 'vol-files-copy', name: 'files-copy', instance: 'i-backup', device: '/dev/sdp' })
const FILES = replicaMove({ pairs: [{ source: SOURCE, copy: COPY }] })
const ALONE = plan([LOGS])
const BOTH = plan([LOGS, DROPBOX], { services: [service('dropbox', { need: 'deferrable' }), service('logs')] })
const WITH_FILES = plan([LOGS, FILES])
const RED = { checks: [{ name: 'zones', result: 'red', cause: 'c', remedy: 'name another one' }] } as const

const at = (drawn: Plan, ...said: readonly EntryBody[]): Migration =>
  fitting(named([planned('mig-1', { plan: drawn }), ...said], BEGINS_MS))
const began: EntryBody = { kind: 'began' }
const paused: EntryBody = { kind: 'paused', by: 'U-2' }
const doubted: EntryBody = { kind: 'doubted', why: 'a test' }
const halted: EntryBody = { kind: 'halted', why: 'a rival' }
const wentLive: EntryBody = { kind: 'wentLive', percents: {} }
const aborting: EntryBody = { kind: 'aborting', by: 'U-2', reason: 'a test' }
const freezes = (...services: readonly string[]): EntryBody => ({ kind: 'freezing', freeze: 'mig-1-f1', services })
const replans = (drawn: Plan, ...found: readonly SeenVolume[]): EntryBody => ({
  ...{ kind: 'replanned', plan: drawn, choices: [], found, by: 'U-2' },
})
const asks = (gate: 'start' | 'freeze' | 'goLive' | 'cleanup', basis = 'b'): EntryBody => ({
  ...{ kind: 'asked', gate, basis, evidence: [], again: null },
})
const intends = (...effects: readonly Effect[]): EntryBody => ({ kind: 'intended', effects })
const sees = (...effects: readonly Effect[]): EntryBody => ({
  ...{ kind: 'seen', started: [], achieved: effects.map(effectId) },
})
const made = (effect: Effect, resource: string): EntryBody[] => [
  intends(effect),
  { kind: 'issued', effect: effectId(effect) },
  { kind: 'seen', started: [{ effect: effectId(effect), resource, others: [] }], achieved: [effectId(effect)] },
]

type Tags = Readonly<Record<string, string>>
const FROZEN = { 'zonehop:frozen': 'mig-1-f1', 'zonehop:phase': 'frozen' }
const replica = (tags: Tags = {}): SeenVolume[] => [
  seen({ volume: SOURCE }, { tags }),
  seen({ volume: COPY }, { zone: 'us-east-1c' }),
]
const world = (...volumes: readonly SeenVolume[]): Facts => facts({ volumes })

/** What is decided, with the ids of what it intends in place of the effects. */
function said({ next }: Decision): object | null {
  return next?.kind === 'intended' ? { intended: next.effects.map(effectId) } : next
}

/** The entries that intend what is decided on this look, and see it done, until nothing is intended any more. */
function withSteps(drawn: Plan, look: Facts, ...before: readonly EntryBody[]): EntryBody[] {
  const all = [...before]
  for (let turn = 0; turn < 20; turn++) {
    const { next } = decide(at(drawn, ...all), look, LATER_MS)
    if (next?.kind !== 'intended' || next.effects.some(({ step }) => step !== 'tag')) return all
    all.push(next, sees(...next.effects))
  }
  throw new Error('it never stops to intend')
}

const prove: Effect = {
  ...{ subject: ofMove(FILES.id), step: 'prove', generation: 1, direction: 'forward', service: 'files' },
  ...{ resource: 'files', instances: ['i-files', 'i-backup'], document: 'zonehop-replica-status' },
}
const reads = (...doubts: readonly string[]): EntryBody => ({
  ...{ kind: 'read', effect: effectId(prove), doubts, leftKib: null, sync: null, isStalled: false },
  sourceRole: 'Primary',
})
const doubtWarned: EntryBody = {
  ...{ kind: 'warned', about: 'doubt of files no quorum', service: 'files', text: '' },
}
const call = (name: string, step: string, urgency = 1_100) => ({ on: 'call', name, step, urgency })
const UNPROVEN = { on: 'replica', name: 'files', reading: 'replica not proven: no quorum' }

describe('whatever the phase', () => {
  const look = world(tagged(LOGS, {}))
  test('what is halted waits for people, and nothing else is said', () => {
    const decision = decide(folded(ALONE, began, halted), look, LATER_MS)
    expect(decision).toMatchObject({ next: null, waits: [{ on: 'halt', why: 'a rival' }], effects: [] })
  })

  test('what is paused says so', () => {
    expect(decide(at(ALONE, paused), look, LATER_MS)).toMatchObject({ next: null, waits: [{ on: 'resume' }] })
  })

  test('doubt is waited for until EC2 has to show what was lost, before a pause', () => {
    const m = at(ALONE, paused, doubted)
    const untilMs = BEGINS_MS + 3_000 + 315_000
    const early = decide(m, { ...look, beganAtMs: untilMs - 1 }, LATER_MS)
    expect(early).toMatchObject({ next: null, waits: [{ on: 'doubt', untilMs }, { on: 'resume' }] })
    expect(decide(m, { ...look, beganAtMs: untilMs }, LATER_MS).next).toEqual({ kind: 'looked' })
  })

  test('what is over waits for nothing', () => {
    const m = at(ALONE, aborting, { kind: 'aborted' }, doubted)
    expect(decide(m, look, LATER_MS)).toMatchObject({ next: null, waits: [], effects: [] })
  })
})

describe('a zone of which EC2 says more than that it is available', () => {
  const started = world(tagged(LOGS, {}))
  const begun = withSteps(ALONE, started, began)
  const zone = (name: string, state: string, ...messages: readonly string[]): SeenZone => ({
    ...{ name, id: `id of ${name}`, state, messages },
  })
  const seeing = (...zones: readonly SeenZone[]): Facts => ({ ...started, zones })
  const warned = (about: string): EntryBody => ({ kind: 'warned', about, service: null, text: '' })
  const why = 'EC2 says that the zone in which the data would be alone is in trouble'
  const AT = timeOfDay(started.beganAtMs)

  test('is told once for each of its states', () => {
    const look = seeing(
      zone('us-east-1a', 'impaired', 'Power.'),
      zone('us-east-1c', 'available'),
      zone('us-east-1d', 'impaired'),
    )
    expect(decide(at(ALONE, ...begun), look, LATER_MS).next).toEqual({
      ...{ kind: 'warned', about: 'zone us-east-1a impaired', service: null },
      text: 'EC2 says that us-east-1a is impaired: Power. The migration goes on as long as EC2 takes its calls.',
    })
    const told = warned('zone us-east-1a impaired')
    expect(decide(at(ALONE, ...begun, told), look, LATER_MS).next).toMatchObject({ kind: 'asked', gate: 'freeze' })
    const worse = seeing(zone('us-east-1a', 'unavailable'))
    expect(decide(at(ALONE, ...begun, told), worse, LATER_MS).next).toMatchObject({
      about: 'zone us-east-1a unavailable',
    })
  })

  test.each(['impaired', 'unavailable'])('as the target that is %s, lets no freeze be asked for', (state) => {
    const look = seeing(zone('us-east-1c', state))
    const told = warned(`zone us-east-1c ${state}`)
    const { next, waits } = decide(at(ALONE, ...begun, told), look, LATER_MS)
    const remedy = `EC2 calls it ${state}: wait until it does not, or abort`
    expect([next, waits[0]]).toEqual([null, { on: 'check', name: 'health of us-east-1c', remedy }])
    expect(decide(at(ALONE, ...begun, told, asks('freeze')), look, LATER_MS).next).toEqual({
      ...{ kind: 'withdrew', gate: 'freeze', why },
    })
  })

  test('and what EC2 says of it by the minute voids no approval', () => {
    const look = seeing(zone('us-east-1c', 'constrained', 'Few are left.'))
    const all = [...begun, warned('zone us-east-1c constrained')]
    const asked = decide(at(ALONE, ...all), look, LATER_MS).next as EntryBody
    const later = seeing(zone('us-east-1c', 'constrained', 'None is left.'))
    expect(decide(at(ALONE, ...all, asked), later, LATER_MS)).toMatchObject({ next: null, waits: [{ on: 'approval' }] })
  })

  test('lets EC2 keep silent of it no more once it was in trouble: what stands stands, and nothing is asked or passed', () => {
    const silent = { ...started, zones: null }
    const all = [...begun, warned('zone us-east-1c impaired')]
    const { next, waits } = decide(at(ALONE, ...all), silent, LATER_MS)
    expect([next, waits]).toMatchObject([null, [{ on: 'look' }]])
    const standing = decide(at(ALONE, ...all, asks('freeze')), silent, LATER_MS)
    expect([standing.next, standing.waits]).toMatchObject([null, [{ on: 'look' }]])
  })

  test('is not known where EC2 does not say, and the question says that', () => {
    const { next } = decide(at(ALONE, ...begun), { ...started, zones: null }, LATER_MS)
    const line = `EC2 did not say at ${AT} UTC how the zones are.`
    expect(next).toMatchObject({ kind: 'asked', gate: 'freeze', evidence: expect.arrayContaining([line]) })
  })

  test.each([
    ['the target that is constrained', zone('us-east-1c', 'constrained'), 'EC2 says that us-east-1c is constrained'],
    [
      'a message of the target',
      zone('us-east-1c', 'available', 'Soon.'),
      'EC2 says that us-east-1c is available: Soon',
    ],
    ['the source that is impaired', zone('us-east-1a', 'impaired'), 'EC2 says that us-east-1a is impaired'],
  ])('is a line of the question: %s', (_, seen, line) => {
    const all = [...begun, warned(`zone ${seen.name} ${seen.state}`)]
    const { next } = decide(at(ALONE, ...all), seeing(seen), LATER_MS)
    expect(next).toMatchObject({
      kind: 'asked',
      gate: 'freeze',
      evidence: expect.arrayContaining([`As of ${AT} UTC: ${line}.`]),
    })
  })
})

describe('a plan that turns red', () => {
  const red = { ...ALONE, ...RED, digest: 'plan-2' }
  const check = { on: 'check', name: 'zones', remedy: 'name another one' }
  const withdraws = (gate: string) => ({ kind: 'withdrew', gate, why: 'the plan is red' })
  const started = world(tagged(LOGS, {}))

  test('before its start takes the question back, and waits for what is red', () => {
    expect(decide(at(ALONE, asks('start'), replans(red)), started, LATER_MS).next).toEqual(withdraws('start'))
    expect(decide(at(red), started, LATER_MS)).toMatchObject({ next: null, waits: [check] })
  })

  test('while it seeds takes the freeze back', () => {
    const begun = withSteps(ALONE, started, began)
    expect(decide(at(ALONE, ...begun, asks('freeze'), replans(red)), started, LATER_MS).next).toEqual(
      withdraws('freeze'),
    )
    expect(decide(at(ALONE, ...begun, replans(red)), started, LATER_MS).waits).toEqual([check])
  })

  test('while it moves takes the point of no return back, and waits for what is under way, too', () => {
    const look = world(tagged(LOGS, FROZEN))
    const frozen = withSteps(ALONE, look, began, freezes('logs'))
    const { next } = decide(at(ALONE, ...frozen), look, LATER_MS)
    const stopping = [...frozen, next as EntryBody]
    expect(decide(at(ALONE, ...stopping, asks('goLive'), replans(red)), look, LATER_MS).next).toEqual(
      withdraws('goLive'),
    )
    const { waits } = decide(at(ALONE, ...stopping, replans(red)), look, LATER_MS)
    expect(waits).toEqual([check, { on: 'hands', name: 'logs', step: 'freeze', urgency: 1_100 }])
  })
})

describe('before the outage', () => {
  const sources = [tagged(LOGS, {}), ...replica()]
  const look = world(...sources)
  const begun = (): EntryBody[] => {
    const { next } = decide(at(WITH_FILES, began), look, LATER_MS)
    return [began, next as EntryBody]
  }
  const marks = ['start-1', 'start-2', 'start-3'].map((name) => `${name}.tag.1`)
  const marked: EntryBody = { kind: 'seen', started: [], achieved: marks }

  test('seeds are taken of what goes by snapshots, and the hosts of replicas are asked', () => {
    const m = fitting(named([planned('mig-1', { plan: WITH_FILES, seeds: true }), began], BEGINS_MS))
    expect(said(decide(m, look, LATER_MS))).toEqual({ intended: [...marks, 'vol-1.seed.1', effectId(prove)] })
  })

  test('what is not seen yet is waited for', () => {
    const decision = decide(at(WITH_FILES, ...begun()), look, LATER_MS)
    expect(decision.next).toBeNull()
    expect(decision.waits).toEqual([
      call('start-1', 'tag'),
      call('start-2', 'tag'),
      call('start-3', 'tag'),
      call('files', 'prove'),
    ])
  })

  test('a replica that leaves doubts is waited for beside it', () => {
    const m = at(WITH_FILES, ...begun(), reads('no quorum'), doubtWarned)
    expect(decide(m, look, LATER_MS - 9 * 60_000).waits).toEqual([
      UNPROVEN,
      call('start-1', 'tag'),
      call('start-2', 'tag'),
      call('start-3', 'tag'),
    ])
  })

  test('the freeze waits for the answer of both hosts, and takes its question back without one', () => {
    const all = [...begun(), marked]
    const decision = decide(at(WITH_FILES, ...all), look, LATER_MS)
    expect(decision.next).toBeNull()
    expect(decision.waits).toEqual([{ on: 'look', what: 'both hosts of every replica' }, call('files', 'prove')])
    expect(decide(at(WITH_FILES, ...all, asks('freeze')), look, LATER_MS).next).toEqual({
      ...{ kind: 'withdrew', gate: 'freeze', why: 'a replica is not seen in sync by both its hosts' },
    })
  })

  test('the freeze waits for a replica that leaves doubts', () => {
    const m = at(WITH_FILES, ...begun(), marked, reads('no quorum'), doubtWarned)
    const { next, waits } = decide(m, look, LATER_MS - 9 * 60_000)
    expect(next).toBeNull()
    expect(new Set(waits.map(({ on }) => on))).toEqual(new Set(['replica']))
    expect(waits[0]).toEqual(UNPROVEN)
  })

  test('the freeze asks beside a seed that only what can wait is waiting for', () => {
    const both = world(tagged(LOGS, {}), tagged(DROPBOX, {}))
    const seeding = (...more: readonly EntryBody[]): Migration =>
      fitting(named([planned('mig-1', { plan: BOTH, seeds: true }), began, ...more], BEGINS_MS))
    const { next } = decide(seeding(), both, LATER_MS)
    const seen: EntryBody = { kind: 'seen', started: [], achieved: ['start-1.tag.1', 'start-2.tag.1', 'vol-1.seed.1'] }
    const question = decide(seeding(next as EntryBody, seen), both, LATER_MS).next
    expect(question).toMatchObject({ kind: 'asked', gate: 'freeze' })
    const { waits } = decide(seeding(next as EntryBody, seen, question as EntryBody), both, LATER_MS)
    expect(waits).toEqual([
      { on: 'approval', gate: 'freeze', asker: 'U-asker' },
      { on: 'call', name: 'dropbox', step: 'seed', urgency: 2_100 },
    ])
  })
})

describe('within the outage', () => {
  test('a volume that appeared is marked, and the hosts of a replica that appeared are asked', () => {
    const look = world(tagged(LOGS, FROZEN), tagged(DROPBOX, {}), ...replica())
    const frozen = withSteps(ALONE, world(tagged(LOGS, FROZEN)), began, freezes('logs'))
    const wider = { ...plan([LOGS, DROPBOX, FILES]), digest: 'plan-2' }
    const decision = decide(at(ALONE, ...frozen, replans(wider, ...look.volumes.values())), look, LATER_MS)
    const marks = ['start-2.tag.1', 'start-3.tag.1', 'start-4.tag.1']
    expect(said(decision)).toEqual({ intended: [...marks, effectId(prove), 'service/logs.freeze.1'] })
  })

  test('a replica that leaves doubts is waited for', () => {
    const look = world(tagged(LOGS, FROZEN), ...replica(FROZEN))
    const all = withSteps(WITH_FILES, look, began, intends(prove), reads('no quorum'), freezes('files', 'logs'))
    const { next, waits } = decide(at(WITH_FILES, ...all), look, LATER_MS)
    expect(said({ next } as Decision)).toEqual({ intended: ['service/files.freeze.1', 'service/logs.freeze.1'] })
    expect(waits).toEqual([])
    const stopping = decide(at(WITH_FILES, ...all, next as EntryBody), look, LATER_MS)
    expect(stopping.waits.map(({ on }) => on)).toEqual(['hands', 'hands', 'replica'])
    expect(stopping.waits[2]).toEqual(UNPROVEN)
  })

  const forward = { generation: 1, direction: 'forward' } as const
  const cut = (id: string): Effect => ({
    ...{ ...forward, subject: ofMove(id), step: 'snapshot', volumeId: id },
    tags: { Name: `${id === 'vol-1' ? 'logs' : 'dropbox'} (final)`, 'zonehop:frozen': 'mig-1-f1' },
  })
  const restore: Effect = {
    ...forward,
    subject: ofMove('vol-1'),
    step: 'restore',
    snapshotId: 'snap-vol-1',
    zone: 'us-east-1c',
  }
  const place = { volumeId: 'vol-copy-vol-1', instance: 'i-target', device: '/dev/sdf' }
  const attach: Effect = { ...forward, subject: ofMove('vol-1'), step: 'attach', ...place }
  const checkCopy: Effect = {
    ...forward,
    subject: ofMove('vol-1'),
    step: 'checkCopy',
    ...place,
    deleteOnTermination: false,
  }
  const stop = (name: string, device: string): Effect => ({
    ...{ ...forward, subject: ofService(name), step: 'freeze', service: name, instances: ['i-source'] },
    work: { method: 'manual', todo: [`on i-source: stop ${name}, then sync and unmount ${shownAs(name, device)}`] },
  })
  const shownAs = (name: string, device: string): string => {
    const number = name === 'logs' ? 1 : 2
    const xen = device.replace('/dev/sd', '/dev/xvd')
    return `${name} (vol-${number}; ${code('lsblk -o NAME,SERIAL,MOUNTPOINT')} shows it as vol${number}, or on a Xen instance as ${xen})`
  }
  /** Of `logs` all is done; of `dropbox`, which can wait, what is said more. */
  const moved = (...more: readonly EntryBody[]): EntryBody[] => [
    ...withSteps(BOTH, world(tagged(LOGS, FROZEN), tagged(DROPBOX, FROZEN)), began, freezes('dropbox', 'logs')),
    ...[intends(stop('dropbox', '/dev/sdg'), stop('logs', '/dev/sdf')), sees(stop('logs', '/dev/sdf'))],
    ...more,
    ...[...made(cut('vol-1'), 'snap-vol-1'), ...made(restore, 'vol-copy-vol-1')],
    ...[...made(attach, 'vol-copy-vol-1'), ...made(checkCopy, 'vol-copy-vol-1')],
  ]
  const cuts = [snapshotOf(LOGS), snapshotOf(DROPBOX, { state: 'pending', percent: 7, issued: 'n-cut' })]
  const shows = (logs: Tags): Facts =>
    facts({ volumes: [tagged(LOGS, logs), tagged(DROPBOX, FROZEN), attachedCopyOf(LOGS)], snapshots: cuts })
  const whole = shows(FROZEN)
  /** So early that EC2 need not show the tag: it was not taken off. */
  const less = { ...shows({}), beganAtMs: BEGINS_MS + 60_000 }
  const what = 'what it rests on is not there now'

  test('a question is taken back at once while people still have to do what it is about', () => {
    const all = moved()
    expect(decide(at(BOTH, ...all), whole, LATER_MS).next).toMatchObject({ kind: 'asked', gate: 'goLive' })
    const next = decide(at(BOTH, ...all, asks('goLive')), less, LATER_MS).next
    expect(next).toEqual({ kind: 'withdrew', gate: 'goLive', why: what })
  })

  test('and while EC2 says that the zone it leads to is in trouble; of another zone it only says so', () => {
    const trouble = (name: string): Facts => ({ ...whole, zones: [{ name, id: '', state: 'impaired' }] })
    const told = (name: string): EntryBody => ({
      ...{ kind: 'warned', about: `zone ${name} impaired`, service: null, text: '' },
    })
    const all = [...moved(), told('us-east-1c')]
    const { next, waits } = decide(at(BOTH, ...all), trouble('us-east-1c'), LATER_MS)
    expect([next, waits[0]]).toEqual([null, expect.objectContaining({ on: 'check', name: 'health of us-east-1c' })])
    expect(decide(at(BOTH, ...all, asks('goLive')), trouble('us-east-1c'), LATER_MS).next).toEqual({
      ...{ kind: 'withdrew', gate: 'goLive' },
      why: 'EC2 says that the zone in which the data would be alone is in trouble',
    })
    const asked = decide(at(BOTH, ...moved(), told('us-east-1a')), trouble('us-east-1a'), LATER_MS).next
    expect(asked).toMatchObject({
      evidence: expect.arrayContaining([
        expect.stringMatching(/^As of ..:.. UTC: EC2 says that us-east-1a is impaired\.$/),
      ]),
    })
  })

  test('and not while only EC2 is at something that can wait', () => {
    const dropbox: EntryBody[] = [
      sees(stop('dropbox', '/dev/sdg')),
      intends(cut('vol-2')),
      { kind: 'seen', started: [{ effect: 'vol-2.snapshot.1', resource: 'snap-vol-2', others: [] }], achieved: [] },
    ]
    const all = [...moved(...dropbox), asks('goLive')]
    const m = at(BOTH, ...all)
    expect(decide(m, less, LATER_MS).next).toEqual({ kind: 'missing', asked: `n${all.length + 1}`, what })
  })

  test('of what goes live only the required copies are marked so', () => {
    const copied: Effect = { ...restore, subject: ofMove('vol-2'), snapshotId: 'snap-vol-2' }
    const dropbox = [
      sees(stop('dropbox', '/dev/sdg')),
      ...made(cut('vol-2'), 'snap-vol-2'),
      ...made(copied, 'vol-copy-vol-2'),
    ]
    const volumes = [tagged(LOGS, FROZEN), tagged(DROPBOX, FROZEN), attachedCopyOf(LOGS), attachedCopyOf(DROPBOX)]
    const look = facts({ volumes, snapshots: [snapshotOf(LOGS), snapshotOf(DROPBOX)] })
    const { next } = decide(at(BOTH, ...moved(...dropbox), wentLive), look, LATER_MS)
    const marks = next?.kind === 'intended' ? next.effects.filter(({ step }) => step === 'tag') : []
    expect(marks.map((effect) => [effectId(effect), effect.step === 'tag' && effect.resources])).toEqual([
      ['left-1.tag.1', ['vol-1', 'vol-2']],
      ['live-1.tag.1', ['vol-copy-vol-1']],
    ])
  })

  test.each<[string, string, string, string[]]>([
    ['whose type takes one at a time waits for its seed', 'st1', 'pending', []],
    ['and does not, once that is complete', 'st1', 'completed', ['vol-1.snapshot.1']],
    ['of another type does not wait', 'gp3', 'pending', ['vol-1.snapshot.1']],
  ])('a final snapshot %s', (_, type, state, ids) => {
    const slow = { ...LOGS, volume: { ...LOGS.volume, type } }
    const drawn = plan([slow])
    const seed = snapshotOf(LOGS, {
      id: 'snap-seed',
      step: 'seed',
      state,
      startedAtMs: BEGINS_MS,
      issued: 'vol-1-seed',
    })
    const look = facts({ volumes: [tagged(slow, FROZEN)], snapshots: [seed] })
    const seeding: Effect = {
      ...{ ...forward, subject: ofMove('vol-1'), step: 'seed', volumeId: 'vol-1', tags: { Name: 'logs (seed)' } },
    }
    const all: EntryBody[] = [
      ...[began, intends(seeding), { kind: 'issued', effect: effectId(seeding) } as const, freezes('logs')],
      ...[intends(stop('logs', '/dev/sdf')), sees(stop('logs', '/dev/sdf')), intends(cut('vol-1'))],
    ]
    const { effects } = decide(at(drawn, ...all), look, LATER_MS)
    expect(effects.map(({ effect }) => effectId(effect)).filter((id) => id.includes('snapshot'))).toEqual(ids)
  })

  test('what is held up is the snapshot, and nothing else of that volume', () => {
    const slow = { ...LOGS, volume: { ...LOGS.volume, type: 'st1' } }
    const pending = snapshotOf(LOGS, { id: 'snap-seed', step: 'seed', state: 'pending', startedAtMs: BEGINS_MS })
    const m = at(plan([slow]), began, freezes('logs'), intends(restore, cut('vol-1')))
    const { effects } = decide(m, facts({ volumes: [tagged(slow, FROZEN)], snapshots: [pending] }), LATER_MS)
    expect(effects.map(({ effect }) => effectId(effect))).toEqual(['vol-1.restore.1'])
  })

  test('nor is it held up by the seed of another volume', () => {
    const slow = [DROPBOX, LOGS].map((one) => ({ ...one, volume: { ...one.volume, type: 'st1' } }))
    const pending = snapshotOf(DROPBOX, { id: 'snap-seed', step: 'seed', state: 'pending', startedAtMs: BEGINS_MS })
    const m = at(plan(slow), began, freezes('dropbox', 'logs'), intends(cut('vol-1'), cut('vol-2')))
    const volumes = slow.map((one) => tagged(one, FROZEN))
    const { effects } = decide(m, facts({ volumes, snapshots: [pending] }), LATER_MS)
    expect(effects.map(({ effect }) => effectId(effect))).toEqual(['vol-1.snapshot.1'])
  })

  test('a snapshot of a volume that the plan has lost is not held up', () => {
    const m = at(ALONE, began, freezes('logs'), intends(cut('vol-2')))
    const { effects } = decide(m, world(tagged(LOGS, FROZEN), tagged(DROPBOX, FROZEN)), LATER_MS)
    expect(effects.map(({ effect }) => effectId(effect))).toEqual(['vol-2.snapshot.1'])
  })
})

describe('the tag of a freeze that somebody changed', () => {
  const DB = move({ id: 'vol-3', name: 'db', device: '/dev/sdh' })
  const TWO = plan([DB, LOGS])
  const froze = (freeze: string, ...services: readonly string[]): EntryBody => ({ kind: 'freezing', freeze, services })
  const under = (freeze: string): Tags => ({ ...FROZEN, 'zonehop:frozen': freeze })
  const shows = (logs: Tags, db: Tags = under('mig-1-f2')): Facts => world(tagged(LOGS, logs), tagged(DB, db))
  const whole = shows(FROZEN)
  const changed = shows(under('x'))
  /** Both have stopped, each under a freeze of its own. */
  const frozen = (): EntryBody[] => {
    const all = withSteps(TWO, whole, began, froze('mig-1-f1', 'logs'), froze('mig-1-f2', 'db'))
    const { next } = decide(at(TWO, ...all), whole, LATER_MS)
    if (next?.kind !== 'intended') throw new Error('nobody is asked to stop them')
    return [...all, next, sees(...next.effects)]
  }
  /** All that is said on this look up to the next question. */
  const toQuestion = (before: readonly EntryBody[], look: Facts, nowMs = LATER_MS): EntryBody[] => {
    const all = [...before]
    for (let turn = 0; turn < 20; turn++) {
      const { next } = decide(at(TWO, ...all), look, nowMs)
      if (!next) throw new Error('nothing is asked')
      all.push(next)
      if (next.kind === 'asked') return all
    }
    throw new Error('it never stops to speak')
  }
  const passed = (look = changed): EntryBody[] => {
    const all = toQuestion(frozen(), look)
    const asked = at(TWO, ...all).asking
    const by = { gate: 'freeze', basis: asked?.basis ?? '', by: 'U-2' } as const
    return [...all, { kind: 'approved', asked: asked?.nonce ?? '', ...by }]
  }
  const LATE_MS = LATER_MS + 1

  test('has the freeze asked for again, once it is told, and nothing is said to begin', () => {
    const before = frozen()
    const more = toQuestion(before, changed).slice(before.length)
    expect(more).toMatchObject([
      { kind: 'warned', about: 'tag mig-1-f1-1.tag.1' },
      // The other one, whose freeze stands, goes on.
      { kind: 'intended', effects: [{ step: 'snapshot', volumeId: 'vol-3' }] },
      { kind: 'asked', gate: 'freeze' },
    ])
    const question = more.at(-1)
    const evidence = question?.kind === 'asked' ? question.evidence : []
    expect(evidence[0]).toBe(
      'Frozen again, and final snapshots again: logs. Somebody changed the tag of an earlier freeze, so nobody knows whether anything was written since.',
    )
    expect(evidence.join(' ')).not.toContain('The outage begins')
  })

  test('while the tag stands nothing is asked again', () => {
    const { next } = decide(at(TWO, ...frozen()), whole, LATER_MS)
    expect(said({ next } as Decision)).toEqual({ intended: ['vol-3.snapshot.1', 'vol-1.snapshot.1'] })
    expect(decide(at(TWO, ...frozen(), next as EntryBody), whole, LATER_MS).next).toBeNull()
  })

  test('asked and approved, that service alone freezes, under an id that is new', () => {
    const { next } = decide(at(TWO, ...passed()), changed, LATE_MS)
    expect(next).toEqual({ kind: 'freezing', freeze: `mig-1-f${LATE_MS}`, services: ['logs'] })
  })

  test('then it is marked, and stopped anew; the other is not', () => {
    const { next: freezing } = decide(at(TWO, ...passed()), changed, LATE_MS)
    const all = [...passed(), freezing as EntryBody]
    const marks = decide(at(TWO, ...all), changed, LATE_MS)
    expect(said(marks)).toEqual({ intended: expect.arrayContaining([`mig-1-f${LATE_MS}-1.tag.1`]) })
    const marked = shows(under(`mig-1-f${LATE_MS}`))
    const steps = withSteps(TWO, marked, ...all)
    expect(said(decide(at(TWO, ...steps), marked, LATE_MS))).toEqual({ intended: ['service/logs.freeze.2'] })
  })

  test('it is cut once it has stopped anew, and not before, under the id of the later freeze', () => {
    const { next: freezing } = decide(at(TWO, ...passed()), changed, LATE_MS)
    const marked = shows(under(`mig-1-f${LATE_MS}`))
    const steps = withSteps(TWO, marked, ...passed(), freezing as EntryBody)
    const stopping = decide(at(TWO, ...steps), marked, LATE_MS).next as EntryBody
    const { next, waits } = decide(at(TWO, ...steps, stopping), marked, LATE_MS)
    expect(next).toBeNull()
    expect(waits).toContainEqual({ on: 'hands', name: 'logs', step: 'freeze', urgency: 1_100 })
    const stopped = stopping.kind === 'intended' ? sees(...stopping.effects) : began
    expect(decide(at(TWO, ...steps, stopping, stopped), marked, LATE_MS).next).toMatchObject({
      kind: 'intended',
      effects: [{ step: 'snapshot', volumeId: 'vol-1', tags: { 'zonehop:frozen': `mig-1-f${LATE_MS}` } }],
    })
  })

  test('a question whose approval stands asks anew where the tag of another is changed meanwhile', () => {
    const { next } = decide(at(TWO, ...passed(), warnedOf('mig-1-f2')), shows(under('x'), under('y')), LATE_MS)
    expect(next).toMatchObject({ kind: 'asked', gate: 'freeze', evidence: expect.anything() })
    expect(next?.kind === 'asked' && next.evidence[0]).toContain('final snapshots again: db, logs.')
  })

  test('what froze by one freeze with it freezes again, too: no copy may know more than another', () => {
    const look = (logs: Tags): Facts => shows(logs, FROZEN)
    const all = withSteps(TWO, look(FROZEN), began, froze('mig-1-f1', 'db', 'logs'))
    const question = toQuestion(all, look(under('x'))).at(-1)
    expect(question?.kind === 'asked' && question.evidence[0]).toContain('final snapshots again: db, logs.')
  })

  function warnedOf(freeze: string): EntryBody {
    return { kind: 'warned', about: `tag ${freeze}-1.tag.1`, service: null, text: '' }
  }
})

describe('after the point of no return', () => {
  const look = world(tagged(LOGS, FROZEN))
  const LEFT = { ...FROZEN, 'zonehop:left': 'mig-1', 'zonehop:phase': 'live' }
  const marked = world(tagged(LOGS, LEFT))
  const live = (): EntryBody[] => withSteps(ALONE, marked, began, freezes('logs'), wentLive)
  const told = (mark: string): EntryBody => ({ kind: 'warned', about: `tag ${mark}`, service: null, text: '' })

  test('a tag that stands is not written again', () => {
    expect(said(decide(at(ALONE, ...live()), marked, LATER_MS))).toEqual({ intended: ['service/logs.freeze.1'] })
  })

  test.each<[string, Tags]>([
    ['is overwritten', { ...LEFT, 'zonehop:left': 'mig-9' }],
    ['is taken off', FROZEN],
  ])('`left` that %s is told, and written again before anything else', (_, tags) => {
    const now = world(tagged(LOGS, tags))
    const first = decide(at(ALONE, ...live()), now, LATER_MS).next
    expect(first).toMatchObject({ kind: 'warned', about: 'tag left-1.tag.1' })
    const all = [...live(), first as EntryBody]
    expect(said(decide(at(ALONE, ...all), now, LATER_MS))).toEqual({ intended: ['left-1.tag.2'] })
  })

  test('once that is intended, nothing else is before it is seen', () => {
    const over = world(tagged(LOGS, { ...LEFT, 'zonehop:left': 'mig-9' }))
    const all = [...live(), told('left-1.tag.1')]
    const { next } = decide(at(ALONE, ...all), over, LATER_MS)
    const after = decide(at(ALONE, ...all, next as EntryBody), over, LATER_MS)
    expect(after.next).toBeNull()
    expect(after.waits).toMatchObject([{ on: 'call', name: 'left-1', step: 'tag' }])
  })

  test('all that a source has lost is written again at once', () => {
    const all = [...live(), told('left-1.tag.1'), told('mig-1-f1-1.tag.1')]
    expect(said(decide(at(ALONE, ...all), world(tagged(LOGS, {})), LATER_MS))).toEqual({
      intended: ['left-1.tag.2', 'mig-1-f1-1.tag.2'],
    })
  })

  test('what EC2 need not show yet is not written again', () => {
    const early = { ...look, beganAtMs: BEGINS_MS + 60_000 }
    const { next } = decide(at(ALONE, ...live()), early, LATER_MS)
    expect(next?.kind === 'intended' && next.effects.some(({ step }) => step === 'tag')).toBe(false)
  })
})

describe('after the end', () => {
  const forward = { generation: 1, direction: 'forward' } as const
  const restore = (id: string): Effect => ({
    ...{ ...forward, subject: ofMove(id), step: 'restore', snapshotId: `snap-${id}`, zone: 'us-east-1c' },
  })
  const cleaning: EntryBody = { kind: 'cleaning', by: 'U-2' }
  const ended: readonly EntryBody[] = [
    ...[began, freezes('dropbox', 'logs'), ...made(restore('vol-1'), 'vol-copy-vol-1')],
    ...[...made(restore('vol-2'), 'vol-copy-vol-2'), wentLive, { kind: 'done' } as const, cleaning],
  ]
  /** With the plan, as many entries as there are up to the question for a cleanup. */
  const ASKED_REV = ended.length + 1
  const left = (one: typeof LOGS, over: Partial<SeenVolume> = {}): SeenVolume => ({
    ...tagged(one, { 'zonehop:left': 'mig-1' }),
    attachments: [],
    ...over,
  })
  const saved = [LOGS, DROPBOX].map((one) => ({
    ...snapshotOf(one, { id: `snap-first-${one.id}`, volumeId: `vol-copy-${one.id}`, startedAtMs: LATER_MS }),
    tags: {},
  }))
  const copies = [attachedCopyOf(LOGS), attachedCopyOf(DROPBOX)]
  const look = facts({ volumes: [left(LOGS), left(DROPBOX), ...copies], snapshots: saved })
  const bare = facts({ volumes: [left(LOGS), left(DROPBOX), ...copies], snapshots: saved.slice(1) })
  const used = facts({ volumes: [left(LOGS), left(DROPBOX, { tags: {} }), ...copies], snapshots: saved })
  const clears = (...resources: readonly string[]): EntryBody => ({ kind: 'clearing', resources })

  test('a look from before the cleanup was asked for shows nothing of it', () => {
    const stale = decide(at(BOTH, ...ended), { ...look, rev: ASKED_REV - 1 }, LATER_MS)
    expect(stale).toMatchObject({ next: null, waits: [{ on: 'look', what: 'what the cleanup is about' }] })
    const fresh = decide(at(BOTH, ...ended), { ...look, rev: ASKED_REV }, LATER_MS)
    expect(fresh.next).toMatchObject({ kind: 'asked', gate: 'cleanup' })
  })

  test('a copy that nothing protects any more takes the question back, once its snapshot is asked for', () => {
    const first = decide(at(BOTH, ...ended, asks('cleanup')), bare, LATER_MS)
    expect(said(first)).toEqual({ intended: ['vol-1/vol-copy-vol-1.firstSnapshot.1'] })
    const all = [...ended, asks('cleanup'), first.next as EntryBody]
    expect(decide(at(BOTH, ...all), bare, LATER_MS).next).toEqual({
      ...{ kind: 'withdrew', gate: 'cleanup', why: 'a new copy has no completed snapshot' },
    })
    const unasked = decide(at(BOTH, ...ended, first.next as EntryBody), bare, LATER_MS)
    expect(unasked).toMatchObject({ next: null, waits: [call('logs', 'firstSnapshot')] })
  })

  test('of an abort: what it made may go, and no copy needs protection', () => {
    const undone: readonly EntryBody[] = [
      ...[began, freezes('dropbox', 'logs'), ...made(restore('vol-1'), 'vol-copy-vol-1'), aborting],
      ...[{ kind: 'aborted' } as const, cleaning],
    ]
    const alone = facts({ volumes: [attachedCopyOf(LOGS, { state: 'available', attachments: [] })] })
    const { next } = decide(at(BOTH, ...undone), alone, LATER_MS)
    expect(next).toMatchObject({ kind: 'asked', gate: 'cleanup' })
    expect(next?.kind === 'asked' && next.evidence[0]).toBe(
      'Deletes 1 of 1, what the migration made. EC2 does not bring them back.',
    )
  })

  test('what nobody agreed to is not said to be kept, whatever became of it', () => {
    expect(said(decide(at(BOTH, ...ended, clears('vol-1')), used, LATER_MS))).toEqual({ intended: ['vol-1.delete.1'] })
    const kept = decide(at(BOTH, ...ended, clears('vol-1', 'vol-2')), used, LATER_MS).next
    const why = 'it does not say zonehop:left=mig-1 any more'
    expect(kept).toEqual({ kind: 'kept', resources: [{ id: 'vol-2', name: 'dropbox', why }] })
  })

  test('it is over once all that was agreed to is gone, and not before', () => {
    const deleting = decide(at(BOTH, ...ended, clears('vol-1')), look, LATER_MS).next as EntryBody
    const open = decide(at(BOTH, ...ended, clears('vol-1'), deleting), look, LATER_MS)
    expect(open).toMatchObject({ next: null, waits: [call('vol-1', 'delete')] })
    const gone: EntryBody = { kind: 'seen', started: [], achieved: ['vol-1.delete.1'] }
    const over = facts({ volumes: [left(DROPBOX), ...copies], snapshots: saved })
    expect(decide(at(BOTH, ...ended, clears('vol-1'), deleting, gone), over, LATER_MS).next).toEqual({
      kind: 'cleaned',
    })
  })
})
