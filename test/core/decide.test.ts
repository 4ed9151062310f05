// What comes next, row by row: a journal and the facts in, one entry out. Each row is a sentence somebody could ask about.
import { describe, expect, test } from 'vitest'
import { decide } from '../../src/core/decide.ts'
import { type Effect, effectId } from '../../src/core/effects.ts'
import type { Said } from '../../src/core/entries.ts'
import type { Facts, Observed } from '../../src/core/facts.ts'
import { fold } from '../../src/core/fold.ts'
import type { Migration, Plan } from '../../src/core/migration.ts'
import { attachedCopyOf, copyOf, facts, LATER_MS, snapshotOf, tagged } from '../support/facts.ts'
import { entries, move, plan, planned, seen, service } from '../support/plans.ts'

const LOGS = move({ id: 'vol-1', name: 'logs' })
const DROPBOX = move({ id: 'vol-2', name: 'dropbox', device: '/dev/sdg' })
const BOTH = plan([LOGS, DROPBOX], {
  services: [service('dropbox', { need: 'deferrable', hook: 'start the sync' }), service('logs')],
})
const ALONE = plan([LOGS])
const FROZEN = { 'zonehop:frozen': 'mig-1-f1', 'zonehop:phase': 'frozen' }
const LIVE = { 'zonehop:left': 'mig-1', 'zonehop:phase': 'live' }

function migration(...said: readonly Said[]): Migration {
  const m = fold(entries(...said))
  if (!m) throw new Error('no migration')
  return m
}

/** Lets the decisions themselves write the journal until nothing is next; people answer gates and confirm what hands did. */
function settle(said: readonly Said[], world: Facts, people: 'answer' | 'silent' = 'silent'): readonly Said[] {
  const all = [...said]
  for (let turns = 0; turns < 200; turns++) {
    const m = migration(...all)
    const { next } = decide(m, world, LATER_MS)
    if (next) all.push(next)
    else if (people === 'silent' || !answer(m, all)) return all
  }
  throw new Error(`never settled: ${all.map(({ kind }) => kind).join(' ')}`)
}

function answer(m: Migration, all: Said[]): boolean {
  const { asking } = m
  const isApproved = asking && m.approvals.some(({ gate, basis }) => gate === asking.gate && basis === asking.basis)
  if (asking && !isApproved) all.push({ kind: 'approved', gate: asking.gate, basis: asking.basis, by: 'U-2' })
  else {
    const hands = [...m.effects.values()].filter(
      ({ effect, status }) => 'work' in effect && effect.work.method === 'manual' && status === 'intended',
    )
    if (hands.length === 0) return false
    all.push({ kind: 'confirmed', effects: hands.map(({ effect }) => effectId(effect)), by: 'U-2' })
  }
  return true
}

const start = (drawn: Plan = ALONE): Said => planned('mig-1', { plan: drawn })
const world = (...volumes: Observed['volumes']) => facts({ volumes })
const last = (said: readonly Said[]): Said | undefined => said.at(-1)
const intended = (said: readonly Said[]): string[] =>
  said.flatMap((one) => (one.kind === 'intended' ? one.effects.map(effectId) : []))

const PLAN_TAG = 'migration=mig-1 need=required route=snapshot successor=i-target service=logs'
const started = tagged(LOGS, { 'zonehop:plan': PLAN_TAG })
/** The journal up to the approved freeze of `logs`, whose tag is not seen yet. */
const freezing = () => settle([start()], world(started), 'answer')

describe('the start', () => {
  test('a green plan asks, and waits for somebody', () => {
    const said = settle([start()], world(seen(LOGS)))
    expect(last(said)).toMatchObject({ kind: 'asked', gate: 'start' })
    const { waits } = decide(migration(...said), world(seen(LOGS)), LATER_MS)
    expect(waits[0]?.on).toContain('approval of start by someone other than <@U-asker>')
  })

  test('a red plan does not ask, and says what it waits for', () => {
    const red = plan([LOGS], {
      uncovered: [{ volume: 'vol-9', name: 'cache', sizeGib: 1, instance: null, device: null }],
    })
    const m = migration(start(red))
    const decision = decide(m, world(seen(LOGS)), LATER_MS)
    expect(decision.next).toBeNull()
    expect(decision.waits).toContainEqual({ on: 'a route for cache' })
  })

  test('a plan that turns red takes its question back', () => {
    const red = plan([LOGS], { checks: [{ name: 'zones', result: 'red', cause: '', remedy: '' }] })
    const said: Said[] = [
      ...settle([start()], world(seen(LOGS))),
      { kind: 'replanned', plan: red, choices: [], found: [], by: 'U-2' },
    ]
    expect(decide(migration(...said), world(seen(LOGS)), LATER_MS).next).toMatchObject({
      kind: 'withdrew',
      gate: 'start',
    })
  })

  test('an approval of another basis does not count', () => {
    const said: Said[] = [
      ...settle([start()], world(seen(LOGS))),
      { kind: 'approved', gate: 'start', basis: 'old', by: 'U-2' },
    ]
    expect(decide(migration(...said), world(seen(LOGS)), LATER_MS).next).toBeNull()
  })

  test('an approval counts only on facts that began after it', () => {
    const before = settle([start()], world(seen(LOGS)))
    const m = migration(...before)
    const approved = [...before, { kind: 'approved', gate: 'start', basis: m.asking?.basis ?? '', by: 'U-2' } as const]
    const stale = facts({ rev: approved.length - 1, volumes: [seen(LOGS)] })
    expect(decide(migration(...approved), stale, LATER_MS).next).toBeNull()
    expect(decide(migration(...approved), world(seen(LOGS)), LATER_MS).next).toEqual({ kind: 'began' })
  })

  test('nothing passes a gate while paused', () => {
    const said: Said[] = [start(), { kind: 'paused', by: 'U-2' }]
    expect(decide(migration(...said), world(seen(LOGS)), LATER_MS).next).toBeNull()
  })
})

describe('a gate', () => {
  const red = plan([LOGS], { checks: [{ name: 'zones', result: 'red', cause: '', remedy: '' }], digest: 'plan-2' })
  const turnsRed: Said = { kind: 'replanned', plan: red, choices: [], found: [], by: 'U-2' }

  test('freeze is withdrawn when the plan turns red, with the reason', () => {
    const atFreeze = settle([start()], world(started), 'answer').filter(({ kind }) => kind !== 'freezing')
    const asked = atFreeze.slice(0, atFreeze.findIndex((one) => one.kind === 'asked' && one.gate === 'freeze') + 1)
    const next = decide(migration(...asked, turnsRed), world(started), LATER_MS).next
    expect(next).toEqual({ kind: 'withdrew', gate: 'freeze', why: 'the plan is red' })
  })

  test('asks anew when what it shows has changed', () => {
    const other = plan([LOGS], { digest: 'plan-3' })
    const replanned: Said = { kind: 'replanned', plan: other, choices: [], found: [], by: 'U-2' }
    const asked = settle([start()], world(seen(LOGS)))
    const next = decide(migration(...asked, replanned), world(seen(LOGS)), LATER_MS).next
    expect(next).toMatchObject({ kind: 'asked', gate: 'start' })
    expect(next).not.toEqual(last(asked))
  })

  test('an approval counts on facts that began with it', () => {
    const asked = settle([start()], world(seen(LOGS)))
    const basis = migration(...asked).asking?.basis ?? ''
    const approved: Said[] = [...asked, { kind: 'approved', gate: 'start', basis, by: 'U-2' }]
    const fresh = facts({ rev: approved.length, volumes: [seen(LOGS)] })
    expect(decide(migration(...approved), fresh, LATER_MS).next).toEqual({ kind: 'began' })
  })

  test('nothing is passed while a tail may be lost', () => {
    const asked = settle([start()], world(seen(LOGS)))
    const basis = migration(...asked).asking?.basis ?? ''
    const all = entries(...asked, { kind: 'approved', gate: 'start', basis, by: 'U-2' })
    const m = fold(
      all.map((entry, index) => (index === all.length - 1 ? { ...entry, runId: 'r2' } : entry)),
    ) as Migration
    const early = facts({ beganAtMs: m.doubtUntilMs - 1, volumes: [seen(LOGS)] })
    const late = facts({ beganAtMs: m.doubtUntilMs, volumes: [seen(LOGS)] })
    expect(decide(m, early, LATER_MS).next).toBeNull()
    expect(decide(m, late, LATER_MS).next).toEqual({ kind: 'began' })
  })
})

describe('seeding', () => {
  const began = () => settle([start()], world(seen(LOGS)))
  const approve = (said: readonly Said[]): Said[] => {
    const { asking } = migration(...said)
    return [...said, { kind: 'approved', gate: asking?.gate ?? 'start', basis: asking?.basis ?? '', by: 'U-2' }]
  }

  test('the plan is written on the sources before anything else', () => {
    const said = settle(approve(began()), world(seen(LOGS)))
    expect(last(said)).toMatchObject({
      kind: 'intended',
      effects: [{ step: 'tag', resources: ['vol-1'], tags: { 'zonehop:plan': PLAN_TAG } }],
    })
  })

  test('and with it seen, freeze asks', () => {
    expect(last(settle(approve(began()), world(started)))).toMatchObject({ kind: 'asked', gate: 'freeze' })
  })

  test('seeds come first where they were asked for; a failed one does not hold up the freeze', () => {
    const seeded = settle([planned('mig-1', { plan: ALONE, seeds: true })], world(seen(LOGS)))
    const said = settle(approve(seeded), world(started))
    expect(intended(said)).toContain('vol-1.seed.1')
    expect(last(said)?.kind).not.toBe('asked')
    const failed: Said = { kind: 'failed', effect: 'vol-1.seed.1', code: 'X', problem: '', remedy: '' }
    expect(last(settle([...said, failed], world(started)))).toMatchObject({ kind: 'asked', gate: 'freeze' })
  })
})

describe('frozen and moving', () => {
  test('the tag of the freeze is on the source before anybody is told to stop', () => {
    expect(intended(freezing()).some((id) => id.startsWith('mig-1-f'))).toBe(true)
    expect(intended(freezing())).not.toContain('service/logs.freeze.1')
    expect(freezing().filter(({ kind }) => kind === 'freezing')).toHaveLength(1)
  })

  /** The freeze's id is made of the time: these journals have it at LATER_MS. */
  const ID = `mig-1-f${LATER_MS}`
  const stopped = tagged(LOGS, { 'zonehop:plan': PLAN_TAG, 'zonehop:frozen': ID, 'zonehop:phase': 'frozen' })
  const cut = snapshotOf(LOGS, { tags: { 'zonehop:frozen': ID } })
  const moving = () => settle(freezing(), world(stopped), 'answer')

  test('writes stopped: the final snapshot is intended, under the id of the freeze', () => {
    expect(last(moving())).toMatchObject({
      kind: 'intended',
      effects: [{ step: 'snapshot', volumeId: 'vol-1', tags: { 'zonehop:frozen': ID } }],
    })
    expect(migration(...moving()).phase).toBe('moving')
  })

  test('and may be called, once', () => {
    const calls = decide(migration(...moving()), world(stopped), LATER_MS).effects
    expect(calls.map(({ effect }) => effectId(effect))).toEqual(['vol-1.snapshot.1'])
  })

  test('no snapshot is intended while the tag of the freeze is not on its source', () => {
    const confirmed = moving().slice(0, moving().findIndex(({ kind }) => kind === 'confirmed') + 1)
    expect(settle(confirmed, world(started))).toEqual(confirmed)
  })

  test('a pending snapshot waits, and says its percent', () => {
    const pending = facts({ volumes: [stopped], snapshots: [{ ...cut, state: 'pending', percent: 43 }] })
    const said = settle(moving(), pending)
    const decision = decide(migration(...said), pending, LATER_MS)
    expect(decision.next).toBeNull()
    expect(decision.effects).toEqual([])
    expect(decision.waits).toContainEqual({ on: 'logs: snapshot snap-vol-1 43%' })
  })

  test('a snapshot cut under another freeze is not taken', () => {
    const other = facts({
      volumes: [stopped],
      snapshots: [snapshotOf(LOGS, { tags: { 'zonehop:frozen': 'mig-1-f0' } })],
    })
    expect(settle(moving(), other)).toEqual(moving())
  })

  test('the older of two snapshots of one step is used', () => {
    const two = facts({
      volumes: [stopped],
      snapshots: [
        { ...cut, id: 'snap-b', startedAtMs: 2 },
        { ...cut, id: 'snap-a', startedAtMs: 1 },
      ],
    })
    expect(last(settle(moving(), two))).toMatchObject({ effects: [{ step: 'restore', snapshotId: 'snap-a' }] })
  })

  test.each<[string, Partial<Observed>, object]>([
    [
      'complete: restore',
      { snapshots: [cut] },
      { effects: [{ step: 'restore', zone: 'us-east-1c', snapshotId: 'snap-vol-1' }] },
    ],
    [
      'restored: attach at the source device',
      { snapshots: [cut], volumes: [stopped, copyOf(LOGS)] },
      { effects: [{ step: 'attach', volumeId: 'vol-copy-vol-1', instance: 'i-target', device: '/dev/sdf' }] },
    ],
    [
      'attached and equal: go live asks',
      { snapshots: [cut], volumes: [stopped, attachedCopyOf(LOGS)] },
      { kind: 'asked', gate: 'goLive' },
    ],
    [
      'a snapshot in error stops that move',
      { snapshots: [{ ...cut, state: 'error' }] },
      { kind: 'failed', code: 'SnapshotError' },
    ],
    [
      'a volume in error stops that move',
      { snapshots: [cut], volumes: [stopped, copyOf(LOGS, { state: 'error' })] },
      { kind: 'failed', code: 'VolumeError' },
    ],
    [
      'attached elsewhere stops that move',
      {
        snapshots: [cut],
        volumes: [
          stopped,
          copyOf(LOGS, {
            attachments: [{ instance: 'i-9', device: '/dev/sdf', state: 'attached', deleteOnTermination: false }],
          }),
        ],
      },
      { kind: 'failed', code: 'VolumeInUse' },
    ],
    [
      'a copy that is not equal stops that move',
      { snapshots: [cut], volumes: [stopped, attachedCopyOf(LOGS, { iops: 100 })] },
      { kind: 'failed', code: 'ParityMismatch' },
    ],
  ])('%s', (_, over, expected) => {
    expect(last(settle(moving(), facts({ volumes: [stopped], ...over })))).toMatchObject(expected)
  })

  const ready = facts({ volumes: [stopped, attachedCopyOf(LOGS)], snapshots: [cut] })
  const asked = () => settle(moving(), ready)

  test('go live is withdrawn when the freeze does not stand any more', () => {
    const thawed = facts({ volumes: [started, attachedCopyOf(LOGS)], snapshots: [cut] })
    expect(decide(migration(...asked()), thawed, LATER_MS).next).toMatchObject({ kind: 'withdrew', gate: 'goLive' })
  })

  test('approved, the point of no return is one entry', () => {
    expect(settle(asked(), ready, 'answer').some(({ kind }) => kind === 'wentLive')).toBe(true)
  })

  test('what was achieved and is gone is told', () => {
    const gone = { ...facts({ volumes: [stopped], snapshots: [cut] }), beganAtMs: 2 * LATER_MS }
    expect(decide(migration(...asked()), gone, 2 * LATER_MS).next).toMatchObject({ kind: 'failed', code: 'Gone' })
  })

  test('a source that is deleted stops what depends on it, and nothing else', () => {
    const said = settle(moving(), facts({ volumes: [] }))
    expect(said[moving().length]).toEqual({ kind: 'gone', volumes: ['vol-1'] })
    expect(said.length).toBe(moving().length + 1)
  })

  test('a volume that appears is in the plan, which is red until somebody speaks for it', () => {
    const late = seen(move({ id: 'vol-9', name: 'late', device: '/dev/sdz' }))
    const said = settle(asked(), facts({ volumes: [stopped, attachedCopyOf(LOGS), late], snapshots: [cut] }))
    expect(said[asked().length]).toMatchObject({
      kind: 'replanned',
      by: null,
      plan: { uncovered: expect.arrayContaining([expect.objectContaining({ volume: 'vol-9', name: 'late' })]) },
    })
    expect(last(said)).toMatchObject({ kind: 'withdrew', gate: 'goLive' })
  })
})

describe('live, with one deferred', () => {
  const ID = `mig-1-f${LATER_MS}`
  const on = (of: typeof LOGS, need: string, tags: Readonly<Record<string, string>>) =>
    tagged(of, {
      'zonehop:plan': PLAN_TAG.replace('need=required', `need=${need}`).replace(
        'service=logs',
        `service=${of.service}`,
      ),
      ...tags,
    })
  const begun = { logs: on(LOGS, 'required', {}), dropbox: on(DROPBOX, 'deferrable', {}) }
  const freeze = { 'zonehop:frozen': ID, 'zonehop:phase': 'frozen' }
  const stopped = { logs: on(LOGS, 'required', freeze), dropbox: on(DROPBOX, 'deferrable', freeze) }
  const cuts = [
    snapshotOf(LOGS, { tags: { 'zonehop:frozen': ID } }),
    snapshotOf(DROPBOX, { tags: { 'zonehop:frozen': ID }, state: 'pending', percent: 7 }),
  ]
  const both = [stopped.logs, stopped.dropbox]
  const atGate = () =>
    settle(
      settle(settle([start(BOTH)], world(begun.logs, begun.dropbox), 'answer'), world(...both), 'answer'),
      facts({ volumes: [...both, attachedCopyOf(LOGS)], snapshots: cuts }),
    )

  test('go live asks without what can wait, and names it', () => {
    expect(last(atGate())).toMatchObject({ kind: 'asked', gate: 'goLive' })
    expect(JSON.stringify(last(atGate()))).toContain('Deferred, finished behind the live system: dropbox.')
  })

  const live = () => settle(atGate(), facts({ volumes: [...both, attachedCopyOf(LOGS)], snapshots: cuts }), 'answer')

  test('the percent of what was deferred is kept', () => {
    expect(live().find(({ kind }) => kind === 'wentLive')).toEqual({ kind: 'wentLive', percents: { dropbox: 7 } })
  })

  test('nothing opens before left and live are seen on every volume, the deferred one too', () => {
    expect(intended(live())).toEqual(expect.arrayContaining(['left-1.tag.1', 'live-logs-1.tag.1']))
    expect(intended(live())).not.toContain('service/logs.open.1')
  })

  const left = {
    logs: on(LOGS, 'required', { ...freeze, ...LIVE }),
    dropbox: on(DROPBOX, 'deferrable', { ...freeze, ...LIVE }),
  }
  const liveCopy = attachedCopyOf(LOGS)
  const marked = { ...liveCopy, tags: { ...liveCopy.tags, 'zonehop:live': 'mig-1', 'zonehop:phase': 'live' } }
  const opened = () => settle(live(), facts({ volumes: [left.logs, left.dropbox, marked], snapshots: cuts }), 'answer')

  test('then the required one opens, and the outage is over while the other goes on', () => {
    const m = migration(...opened())
    expect(intended(opened())).toContain('service/logs.open.1')
    expect(m.outage?.untilMs).not.toBeNull()
    expect(m.phase).toBe('live')
  })

  test('abort is refused by the phase itself: nothing goes back', () => {
    expect(migration(...opened()).wentLiveAtMs).not.toBeNull()
  })

  test('the deferred one finishes behind it: copy, attach, mark, open, hook', () => {
    const done = [cuts[0] as (typeof cuts)[0], { ...(cuts[1] as (typeof cuts)[0]), state: 'completed', percent: 100 }]
    const dropboxCopy = attachedCopyOf(DROPBOX)
    const dropboxMarked = {
      ...dropboxCopy,
      tags: { ...dropboxCopy.tags, 'zonehop:live': 'mig-1', 'zonehop:phase': 'live' },
    }
    const finished = settle(
      opened(),
      facts({ volumes: [left.logs, left.dropbox, marked, dropboxMarked], snapshots: done }),
      'answer',
    )
    expect(intended(finished)).toEqual(
      expect.arrayContaining([
        'vol-2.restore.1',
        'vol-2.attach.1',
        'live-dropbox-1.tag.1',
        'service/dropbox.open.1',
        'service/dropbox.hook.1',
      ]),
    )
    expect(finished.some(({ kind }) => kind === 'done')).toBe(false)
  })
})

describe('a lost tail', () => {
  test('left on a source: the point of no return is appended again, before anything else', () => {
    const m = migration(start())
    expect(decide(m, world(tagged(LOGS, LIVE)), LATER_MS).next).toEqual({ kind: 'wentLive', percents: {} })
  })

  test('a freeze on a source of this migration is taken up again', () => {
    expect(decide(migration(start()), world(tagged(LOGS, FROZEN)), LATER_MS).next).toMatchObject({
      kind: 'freezing',
      freeze: 'mig-1-f1',
    })
  })

  test('left of another migration is not ours', () => {
    const other = tagged(LOGS, { 'zonehop:left': 'mig-0' })
    expect(decide(migration(start()), world(other), LATER_MS).next).toMatchObject({ kind: 'asked', gate: 'start' })
  })
})

describe('the way back', () => {
  const ID = `mig-1-f${LATER_MS}`
  const stopped = tagged(LOGS, { 'zonehop:plan': PLAN_TAG, 'zonehop:frozen': ID, 'zonehop:phase': 'frozen' })
  const ABORTED = { 'zonehop:plan': PLAN_TAG, 'zonehop:phase': 'aborted', 'zonehop:aborted': 'mig-1' }
  const told = tagged(LOGS, { ...ABORTED, 'zonehop:frozen': ID })
  const moving = () => settle(freezing(), world(stopped), 'answer')
  const aborting = (): readonly Said[] => [...moving(), { kind: 'aborting', by: 'U-2', reason: 'enough' }]

  test('waits until what was issued is known', () => {
    const issued: Said[] = [
      ...moving(),
      { kind: 'issued', effect: 'vol-1.snapshot.1', attempt: 1 },
      { kind: 'aborting', by: 'U-2', reason: 'enough' },
    ]
    const soon = { ...world(stopped), beganAtMs: 60_000 }
    expect(decide(migration(...issued), soon, soon.beganAtMs).next).toBeNull()
    // Past the visibility window what is not seen was not done, and nobody waits for it for ever.
    expect(decide(migration(...issued), world(stopped), LATER_MS).next).toMatchObject({ kind: 'intended' })
  })

  test('issues nothing of what was intended', () => {
    expect(decide(migration(...aborting()), world(stopped), LATER_MS).effects).toEqual([])
  })

  test('the freeze goes from the tags before writes begin again', () => {
    const said = settle(aborting(), world(told))
    const tags = said
      .flatMap((one) => (one.kind === 'intended' ? one.effects : []))
      .filter((effect: Effect) => effect.step === 'tag')
    expect(tags).toEqual(expect.arrayContaining([expect.objectContaining({ removed: ['zonehop:frozen'] })]))
    expect(intended(said)).not.toContain('service/logs.unfreeze.1')
  })

  test('but not before the sources tell of the abort: a journal that lost it would not know why no freeze stands', () => {
    const said = settle(aborting(), world(stopped))
    expect(intended(said)).toContain('aborted-1.tag.1')
    expect(intended(said)).not.toContain('aborted-freeze-1.tag.1')
  })

  test('then the service serves again where it was, and the outage is over', () => {
    const back = tagged(LOGS, ABORTED)
    const called: Said[] = [
      { kind: 'issued', effect: 'aborted-freeze-1.tag.1', attempt: 1 },
      { kind: 'started', effect: 'aborted-freeze-1.tag.1', resource: null },
    ]
    const said = settle([...settle(aborting(), world(told)), ...called], world(back), 'answer')
    expect(last(said)).toEqual({ kind: 'aborted' })
    expect(migration(...said)).toMatchObject({ phase: 'aborted', outage: { untilMs: expect.any(Number) } })
  })

  test('before any freeze there is only the plan to take back', () => {
    const said: Said[] = [start(), { kind: 'aborting', by: 'U-2', reason: 'enough' }]
    const back = tagged(LOGS, { 'zonehop:phase': 'aborted', 'zonehop:aborted': 'mig-1' })
    expect(last(settle(said, world(back)))).toEqual({ kind: 'aborted' })
  })
})

describe('two required services, one after the other', () => {
  const ID = `mig-1-f${LATER_MS}`
  const DB = move({ id: 'vol-3', name: 'db', device: '/dev/sdh' })
  const drawn = plan([LOGS, DB], {
    services: [service('db', { method: 'document', check: true }), service('logs', { after: ['db'] })],
  })
  const on = (of: typeof LOGS, tags: Readonly<Record<string, string>>) =>
    tagged(of, { 'zonehop:plan': PLAN_TAG.replace('service=logs', `service=${of.service}`), ...tags })
  const freeze = { 'zonehop:frozen': ID, 'zonehop:phase': 'frozen' }
  const running = () => world(on(LOGS, {}), on(DB, {}))
  const frozen = [on(LOGS, freeze), on(DB, freeze)]
  const commands = (...effects: readonly string[]): Observed['commands'] =>
    new Map(
      effects.map((effect) => [
        effect,
        { id: `c-${effect}`, state: 'succeeded', sentAtMs: 0, details: 'Success', told: {} },
      ]),
    )
  const FREEZE = 'service/db.freeze.1'
  const cuts = [LOGS, DB].map((of) => snapshotOf(of, { tags: { 'zonehop:frozen': ID } }))
  const stopped = () =>
    settle(settle([start(drawn)], running(), 'answer'), facts({ volumes: frozen, commands: commands() }), 'answer')

  test('one freeze names both, and the evidence what it begins', () => {
    const said = settle([start(drawn)], running(), 'answer')
    expect(said.find(({ kind }) => kind === 'freezing')).toEqual({
      kind: 'freezing',
      freeze: ID,
      services: ['db', 'logs'],
    })
    const asked = said.findLast((one) => one.kind === 'asked')
    expect(asked).toMatchObject({
      evidence: [
        'The outage begins: db, logs stop writing until they are open in us-east-1c.',
        'No volume has a seed; how long a first snapshot takes is known only once it reports percents.',
        'Until the point of no return, /migrate abort brings everything back.',
      ],
    })
  })

  test('no snapshot of one before the other has stopped writing too', () => {
    expect(intended(stopped())).toContain('service/logs.freeze.1')
    expect(intended(stopped()).filter((id) => id.includes('snapshot'))).toEqual([])
  })

  const moving = () => settle(stopped(), facts({ volumes: frozen, commands: commands(FREEZE) }))

  test('then both', () => {
    expect(intended(moving())).toEqual(expect.arrayContaining(['vol-1.snapshot.1', 'vol-3.snapshot.1']))
  })

  test('one ready is not all', () => {
    const half = facts({
      volumes: [...frozen, attachedCopyOf(LOGS)],
      snapshots: [cuts[0] as (typeof cuts)[0]],
      commands: commands(FREEZE),
    })
    expect(settle(moving(), half).some((one) => one.kind === 'asked' && one.gate === 'goLive')).toBe(false)
  })

  const copies = () => [...frozen, attachedCopyOf(LOGS), attachedCopyOf(DB)]
  const unchecked = () => facts({ volumes: copies(), snapshots: cuts, commands: commands(FREEZE) })
  const VERIFY = 'service/db.verify.1'

  test('attached, but its own check has not said yes yet', () => {
    const said = settle(moving(), unchecked())
    expect(intended(said)).toContain(VERIFY)
    expect(said.some((one) => one.kind === 'asked' && one.gate === 'goLive')).toBe(false)
  })

  test('a check that says no stops that service, with what the host wrote', () => {
    const no: Observed['commands'] = new Map([
      [VERIFY, { id: 'c-1', state: 'ended', sentAtMs: 0, details: 'Failed on i-target: no such table', told: {} }],
    ])
    const said = settle(settle(moving(), unchecked()), facts({ volumes: copies(), snapshots: cuts, commands: no }))
    expect(last(said)).toMatchObject({
      kind: 'failed',
      effect: VERIFY,
      code: 'DocumentFailed',
      problem: 'Failed on i-target: no such table',
    })
  })

  test('a document that never ends is told', () => {
    const forever: Observed['commands'] = new Map([
      [VERIFY, { id: 'c-1', state: 'pending', sentAtMs: 0, details: 'InProgress', told: {} }],
    ])
    const said = settle(settle(moving(), unchecked()), facts({ volumes: copies(), snapshots: cuts, commands: forever }))
    expect(last(said)).toMatchObject({ kind: 'failed', code: 'DocumentNeverEnds' })
  })

  const checked = () => facts({ volumes: copies(), snapshots: cuts, commands: commands(FREEZE, VERIFY) })
  const marked = (phase: string) =>
    copies().map((volume) =>
      volume.zone === 'us-east-1a'
        ? { ...volume, tags: { ...volume.tags, 'zonehop:left': 'mig-1', 'zonehop:phase': phase } }
        : { ...volume, tags: { ...volume.tags, 'zonehop:live': 'mig-1', 'zonehop:phase': phase } },
    )
  const live = () =>
    settle(
      settle(settle(moving(), unchecked()), checked(), 'answer'),
      facts({ volumes: marked('live'), snapshots: cuts }),
    )

  test('approved and marked, the one opens, and the other waits for it', () => {
    expect(live().some(({ kind }) => kind === 'wentLive')).toBe(true)
    expect(intended(live())).toContain('service/db.open.1')
    expect(intended(live())).not.toContain('service/logs.open.1')
  })

  test('then the other, and when both are open and marked done, it is done and released', () => {
    const opened = settle(
      live(),
      facts({ volumes: marked('live'), snapshots: cuts, commands: commands('service/db.open.1') }),
      'answer',
    )
    expect(intended(opened)).toContain('service/logs.open.1')
    expect(opened.some(({ kind }) => kind === 'done')).toBe(false)
    const done = settle(opened, facts({ volumes: marked('done'), snapshots: cuts }), 'answer')
    expect(last(done)).toEqual({ kind: 'done' })
    const over = decide(migration(...done), facts({ volumes: marked('done'), snapshots: cuts }), LATER_MS)
    expect(over).toMatchObject({ next: null, effects: [] })
  })

  test('a service of a volume that appeared late is frozen by an approval of its own', () => {
    const late = move({ id: 'vol-9', name: 'late', device: '/dev/sdz' })
    const wider = plan([LOGS, DB, late], { services: [...drawn.services, service('late')], digest: 'plan-2' })
    const replanned: Said = { kind: 'replanned', plan: wider, choices: [], found: [seen(late)], by: 'U-2' }
    const tag = tagged(late, { 'zonehop:plan': PLAN_TAG.replace('service=logs', 'service=late') })
    const said = settle([...moving(), replanned], facts({ volumes: [...frozen, tag], commands: commands(FREEZE) }))
    expect(last(said)).toMatchObject({
      kind: 'asked',
      gate: 'freeze',
      evidence: [expect.stringContaining('The outage begins: late stop writing'), expect.anything(), expect.anything()],
    })
  })

  test('aborted while a document may still be running: waits for its end', () => {
    const running: Said[] = [
      ...stopped(),
      { kind: 'issued', effect: FREEZE, attempt: 1 },
      { kind: 'started', effect: FREEZE, resource: 'c-1' },
      { kind: 'aborting', by: 'U-2', reason: 'enough' },
    ]
    const pending: Observed['commands'] = new Map([
      [FREEZE, { id: 'c-1', state: 'pending', sentAtMs: LATER_MS, details: 'InProgress', told: {} }],
    ])
    expect(decide(migration(...running), facts({ volumes: frozen, commands: pending }), LATER_MS).next).toBeNull()
  })

  test('aborted while an attachment is under way: nothing to wait for', () => {
    const attach: Effect = {
      subject: 'vol-1',
      step: 'attach',
      generation: 1,
      volumeId: 'v',
      instance: 'i',
      device: 'd',
    }
    const said: Said[] = [
      ...moving(),
      { kind: 'intended', effects: [attach] },
      { kind: 'issued', effect: 'vol-1.attach.1', attempt: 1 },
      { kind: 'started', effect: 'vol-1.attach.1', resource: 'v' },
      { kind: 'aborting', by: 'U-2', reason: 'enough' },
    ]
    expect(decide(migration(...said), facts({ volumes: frozen }), LATER_MS).next).toMatchObject({ kind: 'intended' })
  })
})

describe('seeds of what can wait', () => {
  const drawn = plan([LOGS, DROPBOX], { services: [service('dropbox', { need: 'deferrable' }), service('logs')] })
  const tags = (of: typeof LOGS, need: string) =>
    tagged(of, {
      'zonehop:plan': PLAN_TAG.replace('need=required', `need=${need}`).replace(
        'service=logs',
        `service=${of.service}`,
      ),
    })
  const begun = () =>
    settle(
      [planned('mig-1', { plan: drawn, seeds: true })],
      world(tags(LOGS, 'required'), tags(DROPBOX, 'deferrable')),
      'answer',
    )
  const seed = (of: typeof LOGS, state: string) => snapshotOf(of, { id: `seed-${of.id}`, step: 'seed', state })
  const volumes = () => [tags(LOGS, 'required'), tags(DROPBOX, 'deferrable')]

  test.each([
    ['the required one is pending: no freeze', 'pending', 'completed', false],
    ['only the deferrable one is pending: the freeze asks', 'completed', 'pending', true],
  ])('%s', (_, logs, dropbox, isAsked) => {
    const said = settle(begun(), facts({ volumes: volumes(), snapshots: [seed(LOGS, logs), seed(DROPBOX, dropbox)] }))
    const asked = said.filter((one) => one.kind === 'asked' && one.gate === 'freeze')
    expect(asked).toHaveLength(isAsked ? 1 : 0)
    if (isAsked) expect(JSON.stringify(asked)).toContain('1 of 2 volumes have a completed seed')
  })
})
