// What a journal that lost its last entries takes up again from the tags, and what it must not believe.

import { describe, expect, test } from 'vitest'
import { mayGiveBack } from '../../../src/core/asking/permits.ts'
import { decide } from '../../../src/core/decide.ts'
import { fold } from '../../../src/core/journal/fold.ts'
import { wasFrozen } from '../../../src/core/journal/outage.ts'
import { latest } from '../../../src/core/journal/state.ts'
import { type Effect, effectId, type ServiceEffect } from '../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import type { Facts, SeenVolume } from '../../../src/core/model/facts.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import { ofMove, ofService } from '../../../src/core/model/subjects.ts'
import { code } from '../../../src/core/model/text.ts'
import { strayEffects } from '../../../src/core/steps/way-back.ts'
import { waitWords } from '../../../src/core/telling/wait-words.ts'
import { attachedCopyOf, copyOf, facts, LATER_MS, snapshotOf, tagged } from '../../support/facts.ts'
import { entries, move, plan, planned, service } from '../../support/plans.ts'
import { attemptName, fitting, named } from '../journals.ts'
import { believed } from '../people.ts'

const LOGS = move({ id: 'vol-1', name: 'logs' })
const DROPBOX = move({ id: 'vol-2', name: 'dropbox', device: '/dev/sdg' })
const BOTH = plan([LOGS, DROPBOX], { services: [service('dropbox', { need: 'deferrable' }), service('logs')] })
const began: EntryBody = { kind: 'began' }
const doubted: EntryBody = { kind: 'doubted', why: 'a test' }
const looked: EntryBody = { kind: 'looked' }
const aborting: EntryBody = { kind: 'aborting', by: 'U-2', reason: 'x' }
const live: EntryBody = { kind: 'wentLive', percents: {} }
const freezing: EntryBody = { kind: 'freezing', freeze: 'mig-1-f1', services: ['logs'] }

function at(...said: readonly EntryBody[]): Migration {
  return fitting(named([planned('mig-1', { plan: plan([LOGS]) }), ...said]))
}

/** Until when what was lost may not be shown. */
function untilOf({ doubt }: Migration): number {
  return doubt?.untilMs ?? Number.NaN
}

const FORWARD = { subject: ofMove('vol-1'), generation: 1, direction: 'forward' } as const
const CUT: Effect = { ...FORWARD, step: 'snapshot', volumeId: 'vol-1', tags: { 'zonehop:frozen': 'mig-1-f1' } }
const RESTORE: Effect = { ...FORWARD, step: 'restore', snapshotId: 'snap-vol-1', zone: 'us-east-1c' }
const ATTACH: Effect = {
  ...{ ...FORWARD, step: 'attach', volumeId: 'vol-copy-vol-1' },
  ...{ instance: 'i-target', device: '/dev/sdf' },
}

/** Intended, called, and seen done. */
function made(effect: Effect, resource: string): EntryBody[] {
  const id = effectId(effect)
  const seen: EntryBody = { kind: 'seen', started: [{ effect: id, resource, others: [] }], achieved: [id] }
  return [{ kind: 'intended', effects: [effect] }, { kind: 'issued', effect: id }, seen]
}

function next(m: Migration, world: Facts): EntryBody | null {
  return believed(m, world, LATER_MS)
}

function frozenBy(work: ServiceEffect['work']): EntryBody {
  const of = { ...FORWARD, subject: ofService('logs'), service: 'logs', instances: ['i-source'] }
  return { kind: 'intended', effects: [{ ...of, step: 'freeze', work }] }
}

/** The sources tell of the abort. */
function told(world: Facts, ...before: readonly EntryBody[]): EntryBody[] {
  const said = next(at(began, freezing, aborting, ...before), world)
  const effects = said?.kind === 'intended' ? said.effects.map(effectId) : []
  return said ? [said, { kind: 'seen', started: [], achieved: effects }] : []
}

const source = (tags: Readonly<Record<string, string>>): Facts => facts({ volumes: [tagged(LOGS, tags)] })

describe('the point of no return', () => {
  test.each<[string, Migration, string | undefined]>([
    ['is taken up again before it', at(began), 'wentLive'],
    ['and whatever was asked since: the target zone may be taking writes', at(began, freezing, aborting), 'wentLive'],
    ['but not once it stands', at(began, freezing, live), undefined],
  ])('%s', (_, m, kind) => {
    const said = next(m, source({ 'zonehop:left': 'mig-1', 'zonehop:frozen': 'mig-1-f1' }))
    expect(said?.kind === 'wentLive' ? said.kind : undefined).toBe(kind)
  })
})

// Seed 5500581: nobody found it again, so its service opened nowhere.
describe('a return', () => {
  const freeze: Effect = {
    ...{ ...FORWARD, subject: ofService('dropbox'), step: 'freeze', service: 'dropbox', instances: ['i-source'] },
    work: { method: 'document', document: 'zonehop-freeze' },
  }
  const both: EntryBody = { ...freezing, services: ['dropbox', 'logs'] } as EntryBody
  const lost = (...said: readonly EntryBody[]): Migration =>
    fitting(named([planned('mig-1', { plan: BOTH }), began, both, ...made(freeze, 'command'), live, ...said]))
  const LEFT = { 'zonehop:left': 'mig-1', 'zonehop:frozen': 'mig-1-f1' }
  const of = (tags: Readonly<Record<string, string>>, copy: Readonly<Record<string, string>> = {}): Facts =>
    facts({
      volumes: [
        tagged(LOGS, LEFT),
        tagged(DROPBOX, tags),
        { ...copyOf(DROPBOX), tags: { ...copyOf(DROPBOX).tags, ...copy } },
      ],
    })

  test.each<[string, Migration, Facts, boolean]>([
    ['is taken up again where neither mark is left', lost(doubted), of({}), true],
    ['not without doubt: a hand may have taken them away', lost(), of({}), false],
    ['not while its freeze stands', lost(doubted), of({ 'zonehop:frozen': 'mig-1-f1' }), false],
    [
      'also where its copy is marked live: somebody may have written that',
      lost(doubted),
      of({}, { 'zonehop:live': 'mig-1' }),
      true,
    ],
    ['not once its copy is marked live, and it left', lost(doubted), of(LEFT, { 'zonehop:live': 'mig-1' }), false],
  ])('%s', (_, m, world, is) => {
    const said = next(m, world)
    const returned = { kind: 'returned', service: 'dropbox', by: null }
    if (is) expect(said).toMatchObject(returned)
    else expect(said?.kind).not.toBe('returned')
  })

  // Seed 406: the mark was lost, the service was given back, and both zones were taking writes.
  test('of what is live already: the live mark is known again first, and nobody is heard before', () => {
    const m = lost(
      doubted,
      ...made({ ...RESTORE, subject: ofMove('vol-2'), snapshotId: 'snap-vol-2' }, 'vol-copy-vol-2'),
    )
    expect(next(m, of(LEFT, { 'zonehop:live': 'mig-1' }))).toMatchObject({
      kind: 'intended',
      effects: [{ subject: { of: 'mark', mark: 'live-dropbox' }, resources: ['vol-copy-vol-2'] }],
    })
    const ask = { service: 'dropbox', reason: 'x' }
    expect(mayGiveBack(m, ask)).toMatchObject({ refusal: expect.stringContaining('once zonehop has looked') })
  })
})

describe('a freeze', () => {
  test.each<[string, Migration, Migration['phase']]>([
    ['is taken up again before it', at(began), 'frozen'],
    ['behind the point of no return, where nothing opens without it', at(live), 'live'],
    ['on the way back, so that what it stopped is started again', at(began, aborting), 'aborting'],
  ])('%s', (_, m, phase) => {
    const said = next(m, source({ 'zonehop:frozen': 'mig-1-f1' }))
    expect(said).toEqual({ kind: 'freezing', freeze: 'mig-1-f1', services: ['logs'] })
    const entry = {
      ...(said as EntryBody),
      rev: m.rev + 1,
      atMs: LATER_MS,
      nonce: 'n',
      runId: 'r1',
      replicationId: 'h1',
    }
    expect(fold([...entries(...sayings(m)), entry])?.phase).toBe(phase)
  })

  test('of a plan that is lost is undone on its hosts, by what the volume says of its plan', () => {
    const tags = { 'zonehop:plan': 'migration=mig-1 need=required route=snapshot successor=i-9 service=mail' }
    const stray = {
      ...tagged(DROPBOX, tags),
      attachments: [{ instance: 'i-7', device: '/dev/sdf', state: 'attached', deleteOnTermination: false }],
    }
    const world = facts({ volumes: [tagged(LOGS, {}), stray] })
    const inDoubt = at(began, freezing, aborting, doubted)
    expect(strayEffects(inDoubt, world)).toMatchObject([
      { subject: { of: 'strays', service: 'mail' }, step: 'unfreeze', service: 'mail', instances: ['i-7'] },
    ])
    expect(strayEffects(at(began, freezing, aborting), world)).toEqual([])
    const others = facts({
      volumes: [{ ...stray, tags: { 'zonehop:plan': 'migration=mig-2 need=required service=mail' } }],
    })
    expect(strayEffects(inDoubt, others)).toEqual([])
  })

  test('is taken off a volume that the plan has lost', () => {
    const world = facts({ volumes: [tagged(LOGS, {}), tagged(DROPBOX, { 'zonehop:frozen': 'mig-1-f1' })] })
    const said = [...told(world)]
    const thawed = told(world, ...said)
    expect(thawed).toMatchObject([{ effects: [{ resources: ['vol-1'], removed: ['zonehop:frozen'] }] }, {}])
    // Once every service of the plan is at home.
    expect(next(at(began, freezing, aborting, ...said, ...thawed), world)).toMatchObject({
      kind: 'intended',
      effects: [
        {
          ...{ resources: ['vol-2'], removed: ['zonehop:frozen'] },
          ...{ subject: { of: 'mark', mark: 'aborted-strays', part: 1 }, direction: 'back' },
        },
      ],
    })
  })

  test('is that of every service under no other one', () => {
    const m = fold(
      entries(planned('mig-1', { plan: BOTH }), began, { ...freezing, services: ['dropbox'] }),
    ) as Migration
    const volumes = [tagged(LOGS, { 'zonehop:frozen': 'mig-1-f2' }), tagged(DROPBOX, { 'zonehop:frozen': 'mig-1-f1' })]
    expect(next(m, facts({ volumes }))).toEqual({ kind: 'freezing', freeze: 'mig-1-f2', services: ['logs'] })
  })

  test('that stopped writes or may have, where entries may be lost', () => {
    const intended = frozenBy({ method: 'document', document: 'zonehop-freeze' })
    expect(wasFrozen(at(began, freezing, intended), 'logs')).toBe(false)
    expect(wasFrozen(at(began, freezing, intended, doubted), 'logs')).toBe(true)
    expect(wasFrozen(at(began), 'logs')).toBe(false)
    expect(wasFrozen(at(began, doubted), 'logs')).toBe(true)
  })
})

describe('the way back', () => {
  test('that has begun is gone on with', () => {
    expect(next(at(began, freezing), source({ 'zonehop:aborted': 'mig-1' }))).toMatchObject({ kind: 'aborting' })
  })

  test('of an earlier migration is not this one’s', () => {
    const said = next(at(began), source({ 'zonehop:aborted': 'mig-0', 'zonehop:phase': 'aborted' }))
    expect(said).toMatchObject({ kind: 'intended' })
  })

  test('waits while a lost point of no return may not be seen yet', () => {
    const m = at(began, freezing, aborting, doubted)
    expect(next(m, { ...source({}), beganAtMs: untilOf(m) - 1 })).toBeNull()
    expect(next(m, { ...source({}), beganAtMs: untilOf(m) })).toEqual(looked)
    const later = at(began, freezing, aborting, doubted, looked)
    expect(next(later, { ...source({}), beganAtMs: untilOf(m) })).toMatchObject({ kind: 'intended' })
  })

  test('a tag that is not there is only taken off once a call says so: it may not be shown yet', () => {
    const frozen = source({ 'zonehop:frozen': 'mig-1-f1' })
    const before = [began, freezing, aborting, ...told(frozen)]
    const asked = next(at(...before), frozen)
    const m = at(...before, asked as EntryBody)
    const removal = [...m.effects.values()].find(({ effect }) => effect.step === 'tag' && effect.removed.length > 0)
    const effect = removal ? effectId(removal.effect) : ''
    const seen = (of: Migration): readonly string[] => {
      const said = next(of, source({}))
      return said?.kind === 'seen' ? said.achieved : []
    }
    expect(seen(m)).not.toContain(effect)
    const called: EntryBody[] = [
      { kind: 'issued', effect },
      { kind: 'started', effect, issued: attemptName(effect), resource: null },
    ]
    expect(seen(at(...before, asked as EntryBody, ...called))).toContain(effect)
  })
})

test('a gate is not passed while an abort may be lost that is not seen yet', () => {
  const asked: EntryBody = { kind: 'asked', gate: 'start', basis: 'b', evidence: [], again: null }
  const first = next(at(), source({}))
  const basis = first?.kind === 'asked' ? first.basis : ''
  const approved: EntryBody = { kind: 'approved', asked: 'n2', gate: 'start', basis, by: 'U-2' }
  const m = at({ ...asked, basis }, approved, doubted)
  const early = decide(m, { ...source({}), beganAtMs: untilOf(m) - 1 }, LATER_MS)
  expect(early.next).toBeNull()
  expect(early.waits.map(waitWords)[0]).toContain('what the journal may have lost')
  const late = { ...source({}), beganAtMs: untilOf(m) }
  expect(next(m, late)).toEqual(looked)
  expect(next(at({ ...asked, basis }, approved, doubted, looked), late)).toEqual(began)
})

describe('what was begun and is gone', () => {
  const begun: EntryBody[] = [
    ...[began, freezing],
    { kind: 'intended', effects: [CUT] },
    { kind: 'issued', effect: 'vol-1.snapshot.1' },
    { kind: 'started', effect: 'vol-1.snapshot.1', issued: 'vol-1-snapshot', resource: 'snap-vol-1' },
  ]
  const frozen = tagged(LOGS, { 'zonehop:frozen': 'mig-1-f1' })

  test('is told, so that nobody waits for it for ever', () => {
    expect(next(at(...begun), facts({ volumes: [frozen] }))).toMatchObject({ kind: 'failed', code: 'Gone' })
  })

  test('but not while EC2 may not show it yet', () => {
    const soon = { ...facts({ volumes: [frozen] }), beganAtMs: 60_000 }
    expect(next(at(...begun), soon)).not.toMatchObject({ kind: 'failed' })
  })

  test('an attachment that somebody took away again too', () => {
    const attach: EntryBody[] = [
      { kind: 'intended', effects: [ATTACH] },
      { kind: 'issued', effect: 'vol-1.attach.1' },
      { kind: 'started', effect: 'vol-1.attach.1', issued: 'vol-1-attach', resource: 'vol-copy-vol-1' },
    ]
    const restored = facts({ volumes: [frozen, copyOf(LOGS)], snapshots: [snapshotOf(LOGS)] })
    const before = [began, freezing, ...made(CUT, 'snap-vol-1'), ...made(RESTORE, 'vol-copy-vol-1')]
    const known = at(...before, ...attach)
    expect(next(known, restored)).toMatchObject({ kind: 'failed', effect: 'vol-1.attach.1', code: 'Gone' })
  })

  test('nor while the attempt that made it may be lost: it is younger than the journal tells', () => {
    const m = at(...begun, doubted)
    const sure = { ...facts({ volumes: [frozen] }), beganAtMs: untilOf(m) }
    expect(next(m, { ...sure, beganAtMs: untilOf(m) - 1 })).not.toMatchObject({ kind: 'failed' })
    expect(next(m, sure)).toEqual(looked)
    expect(next(at(...begun, doubted, looked), sure)).toMatchObject({ kind: 'failed', code: 'Gone' })
  })

  test('nor while it is there', () => {
    const pending = snapshotOf(LOGS, { state: 'pending', percent: 3 })
    expect(next(at(...begun), facts({ volumes: [frozen], snapshots: [pending] }))).not.toMatchObject({ kind: 'failed' })
  })
})

describe('behind a point of no return that was taken up again', () => {
  const frozen = (...tags: Readonly<Record<string, string>>[]): SeenVolume =>
    tagged(LOGS, Object.assign({ 'zonehop:frozen': 'mig-1-f1', 'zonehop:left': 'mig-1' }, ...tags))

  /** Every entry decided on these facts, from what stood before them; marks are seen as soon as they are intended. */
  function said(before: readonly EntryBody[], world: Facts): EntryBody[] {
    const all = [...before]
    for (let turn = 0; turn < 20; turn++) {
      const { next } = decide(at(...all), world, LATER_MS)
      if (!next) break
      all.push(next)
      const marks = next.kind === 'intended' ? next.effects.filter(({ step }) => step === 'tag').map(effectId) : []
      if (marks.length > 0) all.push({ kind: 'seen', started: [], achieved: marks })
    }
    return all.slice(before.length)
  }

  test('a required service without its copy does not open: its steps go on first', () => {
    const hands: Effect = {
      ...{ ...FORWARD, subject: ofService('logs'), step: 'freeze', service: 'logs', instances: ['i-source'] },
      work: {
        method: 'manual',
        todo: [
          `on i-source: stop logs, then sync and unmount logs (vol-1; ${code('lsblk -o NAME,SERIAL,MOUNTPOINT')} shows it as vol1, or on a Xen instance as /dev/xvdf)`,
        ],
      },
    }
    const stopped: EntryBody[] = [
      { kind: 'intended', effects: [hands] },
      { kind: 'confirmed', intended: 'n4', effects: ['service/logs.freeze.1'], by: 'U-2' },
    ]
    const intended = said([began, freezing, ...stopped], facts({ volumes: [frozen()] })).flatMap((one) =>
      one.kind === 'intended' ? one.effects.map(effectId) : [],
    )
    expect(intended).toContain('vol-1.snapshot.1')
    expect(intended).not.toContain('service/logs.open.1')
  })

  test('a copy that is taken away before its service is open is told', () => {
    const there = [...made(CUT, 'snap-vol-1'), ...made(RESTORE, 'vol-copy-vol-1'), ...made(ATTACH, 'vol-copy-vol-1')]
    const m = at(began, freezing, live, ...there)
    const of = (copy: SeenVolume): Facts =>
      facts({ beganAtMs: 2 * LATER_MS, volumes: [frozen(), copy], snapshots: [snapshotOf(LOGS)] })
    expect(decide(m, of(attachedCopyOf(LOGS)), 2 * LATER_MS).next).not.toMatchObject({ kind: 'failed' })
    expect(decide(m, of(copyOf(LOGS)), 2 * LATER_MS).next).toMatchObject({
      kind: 'failed',
      effect: 'vol-1.attach.1',
      code: 'Gone',
    })
  })
})

test('a generation whose older ones are lost is the newest', () => {
  const third: EntryBody = { kind: 'intended', effects: [{ ...CUT, generation: 3 }] }
  expect(latest(at(began, freezing, third), ofMove('vol-1'), 'snapshot')?.effect.generation).toBe(3)
})

test('a freeze whose tag was taken off is told, and asked for again before anything is cut', () => {
  const stands = source({ 'zonehop:frozen': 'mig-1-f1', 'zonehop:phase': 'frozen' })
  const marks = next(at(began, freezing), stands) as EntryBody
  const effects = marks.kind === 'intended' ? marks.effects.map(effectId) : []
  const marked: EntryBody[] = [began, freezing, marks, { kind: 'seen', started: [], achieved: effects }]
  const hands = next(at(...marked), stands) as EntryBody
  const confirmed: EntryBody = { kind: 'confirmed', intended: 'n6', effects: ['service/logs.freeze.1'], by: 'U-2' }
  const m = at(...marked, hands, confirmed)
  // EC2 may not show it for a moment: that is waited for.
  const early = decide(m, { ...source({}), beganAtMs: 60_000 }, LATER_MS)
  expect(early.next).toBeNull()
  expect(early.waits.map(waitWords)[0]).toContain('the freeze of logs: its tag does not stand')
  const told = next(m, source({})) as EntryBody
  expect(told).toMatchObject({ kind: 'warned', text: expect.stringContaining('was taken off logs (vol-1)') })
  expect(next(at(...marked, hands, confirmed, told), source({}))).toMatchObject({ kind: 'asked', gate: 'freeze' })
  const frozen = decide(m, stands, LATER_MS)
  expect(frozen.next).toMatchObject({ kind: 'intended', effects: [{ step: 'snapshot' }] })
  expect(frozen.waits).toEqual([])
})

describe('an instance that was told to stop', () => {
  const stop: EntryBody[] = [
    frozenBy({ method: 'stop-instances' }),
    { kind: 'issued', effect: 'service/logs.freeze.1' },
    { kind: 'started', effect: 'service/logs.freeze.1', issued: 'service/logs-freeze', resource: null },
  ]
  const one = { id: 'i-source', name: 'logs', zone: 'us-east-1a', type: 'm5.large', rootDevice: null, tags: {} }
  const shows = (state: string): Facts =>
    facts({ volumes: [tagged(LOGS, { 'zonehop:frozen': 'mig-1-f1' })], instances: [{ ...one, state }] })

  test.each<[string, Facts, boolean]>([
    ['and runs was started again: the way back does not wait for it', shows('running'), true],
    ['and runs may not be shown yet', { ...shows('running'), beganAtMs: 60_000 }, false],
    ['and is stopping is waited for', shows('stopping'), false],
  ])('%s', (_, world, isFailed) => {
    const said = decide(at(began, freezing, ...stop, aborting), world, LATER_MS).next
    expect(said?.kind === 'failed' && said.code === 'InstanceNotAsTold').toBe(isFailed)
  })
})

/** What a fold of `at` was made of. */
function sayings(m: Migration): EntryBody[] {
  const phases: Readonly<Record<string, readonly EntryBody[]>> = {
    seeding: [began],
    live: [live],
    aborting: [began, aborting],
  }
  return [planned('mig-1', { plan: plan([LOGS]) }), ...(phases[m.phase] ?? [])]
}
