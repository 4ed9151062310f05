// What comes next, row by row: a journal and the facts in, one entry out. Each row is a sentence somebody could ask about.
import { describe, expect, test } from 'vitest'
import { decide } from '../../src/core/decide.ts'
import { extend, fold } from '../../src/core/journal/fold.ts'
import { type Effect, effectId } from '../../src/core/model/effects.ts'
import type { EntryBody } from '../../src/core/model/entries.ts'
import type { Observed, SeenCommand } from '../../src/core/model/facts.ts'
import type { Migration } from '../../src/core/model/migration.ts'
import type { Plan } from '../../src/core/model/plan.ts'
import { ofMove } from '../../src/core/model/subjects.ts'
import { waitWords } from '../../src/core/telling/wait-words.ts'
import { attachedCopyOf, copyOf, facts, LATER_MS, snapshotOf, tagged } from '../support/facts.ts'
import { move, plan, planned, seen, service } from '../support/plans.ts'
import { attemptName, named } from './journals.ts'
import { approval, BEGINS_MS, called, migration, settle, through } from './people.ts'

const LOGS = move({ id: 'vol-1', name: 'logs' })
const DROPBOX = move({ id: 'vol-2', name: 'dropbox', device: '/dev/sdg' })
const BOTH = plan([LOGS, DROPBOX], {
  services: [service('dropbox', { need: 'deferrable', hook: 'start the sync' }), service('logs')],
})
const ALONE = plan([LOGS])
const FROZEN = { 'zonehop:frozen': 'mig-1-f1', 'zonehop:phase': 'frozen' }
const LIVE = { 'zonehop:left': 'mig-1', 'zonehop:phase': 'live' }

const start = (drawn: Plan = ALONE): EntryBody => planned('mig-1', { plan: drawn })
const world = (...volumes: Observed['volumes']) => facts({ volumes })
const last = (said: readonly EntryBody[]): EntryBody | undefined => said.at(-1)
const intended = (said: readonly EntryBody[]): string[] =>
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
    expect(waits).toEqual([{ on: 'approval', gate: 'start', asker: 'U-asker' }])
    expect(waits.map(waitWords)).toEqual(['approval of start by someone other than <@U-asker>'])
  })

  test('a red plan does not ask, and says what it waits for', () => {
    const red = plan([LOGS], {
      uncovered: [{ volume: 'vol-9', name: 'cache', sizeGib: 1, instance: null, device: null }],
    })
    const m = migration(start(red))
    const decision = decide(m, world(seen(LOGS)), LATER_MS)
    expect(decision.next).toBeNull()
    expect(decision.waits).toEqual([{ on: 'route', names: ['cache'] }])
    expect(decision.waits.map(waitWords)).toEqual(['a route for cache'])
  })

  test('a plan that turns red takes its question back', () => {
    const red = plan([LOGS], { checks: [{ name: 'zones', result: 'red', cause: '', remedy: '' }] })
    const said: EntryBody[] = [
      ...settle([start()], world(seen(LOGS))),
      { kind: 'replanned', plan: red, choices: [], found: [], by: 'U-2' },
    ]
    expect(decide(migration(...said), world(seen(LOGS)), LATER_MS).next).toMatchObject({
      kind: 'withdrew',
      gate: 'start',
    })
  })

  test('an approval of another question does not count', () => {
    const said: EntryBody[] = [
      ...settle([start()], world(seen(LOGS))),
      { kind: 'approved', asked: 'n-old', gate: 'start', basis: 'old', by: 'U-2' },
    ]
    expect(decide(migration(...said), world(seen(LOGS)), LATER_MS).next).toBeNull()
  })

  test('an approval counts only on facts that began after it', () => {
    const before = settle([start()], world(seen(LOGS)))
    const m = migration(...before)
    const approved = [...before, approval(m)]
    const stale = facts({ rev: approved.length - 1, volumes: [seen(LOGS)] })
    expect(decide(migration(...approved), stale, LATER_MS).next).toBeNull()
    expect(decide(migration(...approved), world(seen(LOGS)), LATER_MS).next).toEqual({ kind: 'began' })
  })

  test('nothing passes a gate while paused', () => {
    const said: EntryBody[] = [start(), { kind: 'paused', by: 'U-2' }]
    expect(decide(migration(...said), world(seen(LOGS)), LATER_MS).next).toBeNull()
  })
})

describe('a gate', () => {
  const red = plan([LOGS], { checks: [{ name: 'zones', result: 'red', cause: '', remedy: '' }], digest: 'plan-2' })
  const turnsRed: EntryBody = { kind: 'replanned', plan: red, choices: [], found: [], by: 'U-2' }

  test('freeze is withdrawn when the plan turns red, with the reason', () => {
    const atFreeze = settle([start()], world(started), 'answer').filter(({ kind }) => kind !== 'freezing')
    const asked = atFreeze.slice(0, atFreeze.findIndex((one) => one.kind === 'asked' && one.gate === 'freeze') + 1)
    const next = decide(migration(...asked, turnsRed), world(started), LATER_MS).next
    expect(next).toEqual({ kind: 'withdrew', gate: 'freeze', why: 'the plan is red' })
  })

  test('asks anew when what it shows has changed', () => {
    const other = plan([LOGS], { digest: 'plan-3' })
    const replanned: EntryBody = { kind: 'replanned', plan: other, choices: [], found: [], by: 'U-2' }
    const asked = settle([start()], world(seen(LOGS)))
    const next = decide(migration(...asked, replanned), world(seen(LOGS)), LATER_MS).next
    expect(next).toMatchObject({ kind: 'asked', gate: 'start' })
    expect(next).not.toEqual(last(asked))
  })

  test('an approval counts on facts that began with it', () => {
    const asked = settle([start()], world(seen(LOGS)))
    const approved = [...asked, approval(migration(...asked))]
    const fresh = facts({ rev: approved.length, volumes: [seen(LOGS)] })
    expect(decide(migration(...approved), fresh, LATER_MS).next).toEqual({ kind: 'began' })
  })

  test('nothing is passed while a tail may be lost', () => {
    const asked = settle([start()], world(seen(LOGS)))
    const all = named([...asked, approval(migration(...asked))], BEGINS_MS)
    const m = fold(
      all.map((entry, index) => (index === all.length - 1 ? { ...entry, runId: 'r2' } : entry)),
    ) as Migration
    const untilMs = m.doubt?.untilMs ?? Number.NaN
    const late = facts({ beganAtMs: untilMs, volumes: [seen(LOGS)] })
    expect(decide(m, { ...late, beganAtMs: untilMs - 1 }, LATER_MS).next).toBeNull()
    expect(decide(m, late, LATER_MS).next).toEqual({ kind: 'looked' })
    const looked = extend(m, {
      ...{ kind: 'looked', rev: m.rev + 1, atMs: untilMs, nonce: 'n-looked' },
      ...{ runId: 'r2', replicationId: 'h1' },
    })
    expect(decide(looked, late, LATER_MS).next).toEqual({ kind: 'began' })
  })
})

describe('seeding', () => {
  const began = () => settle([start()], world(seen(LOGS)))
  const approve = (said: readonly EntryBody[]): EntryBody[] => [...said, approval(migration(...said))]

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
    const failed: EntryBody = {
      ...{ kind: 'failed', effect: 'vol-1.seed.1', issued: null },
      ...{ code: 'X', problem: '', remedy: '' },
    }
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
  const cut = snapshotOf(LOGS, { tags: { 'zonehop:frozen': ID }, startedAtMs: BEGINS_MS })
  const moving = () => settle(freezing(), world(stopped), 'answer')
  const cutting = () => called(moving(), world(stopped))
  const restoring = () => through(cutting(), facts({ volumes: [stopped], snapshots: [cut] }))
  const attaching = () => through(restoring(), facts({ volumes: [stopped, copyOf(LOGS)], snapshots: [cut] }))

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
    const said = settle(cutting(), pending)
    const decision = decide(migration(...said), pending, LATER_MS)
    expect(decision.next).toBeNull()
    expect(decision.effects).toEqual([])
    expect(decision.waits).toEqual([
      {
        ...{ on: 'snapshot', name: 'logs', step: 'snapshot', resource: 'snap-vol-1', percent: 43 },
        urgency: expect.any(Number),
      },
    ])
    expect(decision.waits.map(waitWords)).toEqual(['logs: snapshot snap-vol-1 43%'])
  })

  test('a snapshot cut under another freeze is not taken', () => {
    const other = facts({
      volumes: [stopped],
      snapshots: [snapshotOf(LOGS, { tags: { 'zonehop:frozen': 'mig-1-f0' }, startedAtMs: BEGINS_MS })],
    })
    expect(settle(cutting(), other)).toEqual(cutting())
  })

  test('of two snapshots of one step the latest begun is used, and the other is named', () => {
    const two = facts({
      volumes: [stopped],
      snapshots: [
        { ...cut, id: 'snap-a', startedAtMs: BEGINS_MS + 1 },
        { ...cut, id: 'snap-b', startedAtMs: BEGINS_MS + 2 },
      ],
    })
    const said = settle(cutting(), two)
    expect(last(said)).toMatchObject({ effects: [{ step: 'restore', snapshotId: 'snap-b' }] })
    expect(migration(...said).effects.get('vol-1.snapshot.1')).toMatchObject({ resource: 'snap-b', others: ['snap-a'] })
  })

  test.each<[string, () => readonly EntryBody[], Partial<Observed>, object]>([
    [
      'complete: restore',
      cutting,
      { snapshots: [cut] },
      { effects: [{ step: 'restore', zone: 'us-east-1c', snapshotId: 'snap-vol-1' }] },
    ],
    [
      'restored: attach at the source device',
      restoring,
      { snapshots: [cut], volumes: [stopped, copyOf(LOGS)] },
      { effects: [{ step: 'attach', volumeId: 'vol-copy-vol-1', instance: 'i-target', device: '/dev/sdf' }] },
    ],
    [
      'attached and equal: go live asks',
      attaching,
      { snapshots: [cut], volumes: [stopped, attachedCopyOf(LOGS)] },
      { kind: 'asked', gate: 'goLive' },
    ],
    [
      'a snapshot in error stops that move',
      cutting,
      { snapshots: [{ ...cut, state: 'error' }] },
      { kind: 'failed', code: 'SnapshotError' },
    ],
    [
      'a volume in error stops that move',
      restoring,
      { snapshots: [cut], volumes: [stopped, copyOf(LOGS, { state: 'error' })] },
      { kind: 'failed', code: 'VolumeError' },
    ],
    [
      'attached elsewhere stops that move',
      attaching,
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
      attaching,
      { snapshots: [cut], volumes: [stopped, attachedCopyOf(LOGS, { iops: 100 })] },
      { kind: 'failed', code: 'ParityMismatch' },
    ],
  ])('%s', (_, from, over, expected) => {
    expect(last(settle(from(), facts({ volumes: [stopped], ...over })))).toMatchObject(expected)
  })

  const ready = facts({ volumes: [stopped, attachedCopyOf(LOGS)], snapshots: [cut] })
  const asked = () => settle(attaching(), ready)

  test('go live is withdrawn when the freeze does not stand any more', () => {
    const thawed = facts({ volumes: [started, attachedCopyOf(LOGS)], snapshots: [cut] })
    const first = decide(migration(...asked()), thawed, LATER_MS).next
    expect(first).toMatchObject({ kind: 'missing', asked: `n${asked().length}` })
    const second = decide(migration(...asked(), first as EntryBody), thawed, LATER_MS).next
    expect(second).toMatchObject({ kind: 'withdrew', gate: 'goLive' })
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
  const cutOf = { tags: { 'zonehop:frozen': ID }, startedAtMs: BEGINS_MS }
  const cuts = [snapshotOf(LOGS, cutOf), snapshotOf(DROPBOX, { ...cutOf, state: 'pending', percent: 7 })]
  const both = [stopped.logs, stopped.dropbox]
  const atGate = () =>
    settle(
      through(
        settle(settle([start(BOTH)], world(begun.logs, begun.dropbox), 'answer'), world(...both), 'answer'),
        world(...both),
        facts({ volumes: both, snapshots: cuts }),
        facts({ volumes: [...both, copyOf(LOGS)], snapshots: cuts }),
      ),
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
    expect(intended(live())).toEqual(expect.arrayContaining(['left-1.tag.1', 'live-1.tag.1']))
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
    const there = [left.logs, left.dropbox, marked]
    const attaching = through(
      opened(),
      facts({ volumes: there, snapshots: done }),
      facts({ volumes: [...there, copyOf(DROPBOX)], snapshots: done }),
    )
    const finished = settle(attaching, facts({ volumes: [...there, dropboxMarked], snapshots: done }), 'answer')
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
  const back = tagged(LOGS, ABORTED)
  /** The freeze is taken off the tags, and the call says so. */
  const thawing = (said: readonly EntryBody[]): readonly EntryBody[] => {
    const effect = 'aborted-freeze-logs-1.tag.1'
    return [
      ...said,
      { kind: 'issued', effect },
      { kind: 'started', effect, issued: attemptName(effect), resource: null },
    ]
  }
  const aborting = (): readonly EntryBody[] => [...moving(), { kind: 'aborting', by: 'U-2', reason: 'enough' }]

  test('only its end waits until what was issued is known', () => {
    const atMs = BEGINS_MS + (moving().length + 1) * 1_000
    const soon = { ...world(stopped), beganAtMs: atMs + 60_000 }
    const issued: EntryBody[] = [
      ...moving(),
      { kind: 'issued', effect: 'vol-1.snapshot.1' },
      { kind: 'aborting', by: 'U-2', reason: 'enough' },
    ]
    // The service goes back at once.
    expect(decide(migration(...issued), soon, soon.beganAtMs).next).toMatchObject({ kind: 'intended' })
    const home = settle(thawing(settle(issued, world(told))), { ...world(back), beganAtMs: soon.beganAtMs }, 'answer')
    expect(intended(home)).toContain('service/logs.unfreeze.1')
    expect(last(home)).toMatchObject({ kind: 'confirmed' })
    expect(
      decide(migration(...home), { ...world(back), beganAtMs: soon.beganAtMs }, soon.beganAtMs).waits,
    ).toMatchObject([{ on: 'answer', name: 'logs', step: 'snapshot' }])
    // Past the visibility window what is not seen was not done, and nobody waits for it for ever.
    expect(decide(migration(...home), world(back), LATER_MS).next).toEqual({ kind: 'aborted' })
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
    expect(intended(said)).toContain('aborted-logs-1.tag.1')
    expect(intended(said)).not.toContain('aborted-freeze-logs-1.tag.1')
  })

  test('then the service serves again where it was, and the outage is over', () => {
    const said = settle(thawing(settle(aborting(), world(told))), world(back), 'answer')
    expect(last(said)).toEqual({ kind: 'aborted' })
    expect(migration(...said)).toMatchObject({ phase: 'aborted', outage: { untilMs: expect.any(Number) } })
  })

  test('before any freeze there is only the plan to take back', () => {
    const said: EntryBody[] = [start(), { kind: 'aborting', by: 'U-2', reason: 'enough' }]
    const undone = tagged(LOGS, { 'zonehop:phase': 'aborted', 'zonehop:aborted': 'mig-1' })
    expect(last(settle(said, world(undone)))).toEqual({ kind: 'aborted' })
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
  const SENT: Readonly<Record<string, Pick<SeenCommand, 'document' | 'instances'>>> = {
    'service/db.freeze.1': { document: 'zonehop-freeze', instances: ['i-source'] },
    'service/db.verify.1': { document: 'zonehop-check', instances: ['i-target'] },
    'service/db.open.1': { document: 'zonehop-open', instances: ['i-target'] },
  }
  /** By the attempt that sent it. */
  const command = (effect: string, over: Partial<SeenCommand> = {}): [string, SeenCommand] => {
    const sent = SENT[effect] ?? { document: 'none', instances: [] }
    const done = { state: 'succeeded', sentAtMs: BEGINS_MS, details: 'Success', told: {} } as const
    return [attemptName(effect), { id: `c-${effect}`, ...sent, ...done, ...over }]
  }
  const commands = (...effects: readonly string[]): Observed['commands'] =>
    new Map(effects.map((effect) => command(effect)))
  const FREEZE = 'service/db.freeze.1'
  const cuts = [LOGS, DB].map((of) => snapshotOf(of, { tags: { 'zonehop:frozen': ID }, startedAtMs: BEGINS_MS }))
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

  const moving = () =>
    settle(called(stopped(), world(...frozen)), facts({ volumes: frozen, commands: commands(FREEZE) }))
  /** Cut, restored and being attached, as far as these are shown. */
  const attaching = (...of: readonly (typeof LOGS)[]) => {
    const mine = cuts.filter(({ volumeId }) => of.some(({ id }) => id === volumeId))
    const there = of.map((each) => copyOf(each))
    const look = (volumes: Observed['volumes'], snapshots: Observed['snapshots']) =>
      facts({ volumes: [...frozen, ...volumes], snapshots, commands: commands(FREEZE) })
    return through(moving(), look([], []), look([], mine), look(there, mine))
  }

  test('then both', () => {
    expect(intended(moving())).toEqual(expect.arrayContaining(['vol-1.snapshot.1', 'vol-3.snapshot.1']))
  })

  test('one ready is not all', () => {
    const half = facts({
      volumes: [...frozen, attachedCopyOf(LOGS)],
      snapshots: [cuts[0] as (typeof cuts)[0]],
      commands: commands(FREEZE),
    })
    expect(settle(attaching(LOGS), half).some((one) => one.kind === 'asked' && one.gate === 'goLive')).toBe(false)
  })

  const copies = () => [...frozen, attachedCopyOf(LOGS), attachedCopyOf(DB)]
  const unchecked = () => facts({ volumes: copies(), snapshots: cuts, commands: commands(FREEZE) })
  const VERIFY = 'service/db.verify.1'
  const checking = () => settle(attaching(LOGS, DB), unchecked())

  test('attached, but its own check has not said yes yet', () => {
    const said = checking()
    expect(intended(said)).toContain(VERIFY)
    expect(said.some((one) => one.kind === 'asked' && one.gate === 'goLive')).toBe(false)
  })

  test('a check that says no stops that service, with what the host wrote', () => {
    const no = new Map([command(VERIFY, { state: 'ended', details: 'Failed on i-target: no such table' })])
    const said = settle(called(checking(), unchecked()), facts({ volumes: copies(), snapshots: cuts, commands: no }))
    expect(last(said)).toMatchObject({
      kind: 'failed',
      effect: VERIFY,
      code: 'DocumentFailed',
      problem: 'Failed on i-target: no such table',
    })
  })

  test('a document that never ends is told', () => {
    const forever = new Map([command(VERIFY, { state: 'pending', details: 'InProgress' })])
    const running = facts({ volumes: copies(), snapshots: cuts, commands: forever })
    const sent = called(checking(), unchecked())
    expect(settle(sent, running).some(({ kind }) => kind === 'failed')).toBe(false)
    const said = settle(sent, { ...running, beganAtMs: LATER_MS + 12 * 60_000 })
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
      settle(called(checking(), unchecked()), checked(), 'answer'),
      facts({ volumes: marked('live'), snapshots: cuts }),
    )

  test('approved and marked, the one opens, and the other waits for it', () => {
    expect(live().some(({ kind }) => kind === 'wentLive')).toBe(true)
    expect(intended(live())).toContain('service/db.open.1')
    expect(intended(live())).not.toContain('service/logs.open.1')
  })

  test('then the other, and when both are open and marked done, it is done and released', () => {
    const opened = settle(
      called(live(), facts({ volumes: marked('live'), snapshots: cuts })),
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
    const replanned: EntryBody = { kind: 'replanned', plan: wider, choices: [], found: [seen(late)], by: 'U-2' }
    const tag = tagged(late, { 'zonehop:plan': PLAN_TAG.replace('service=logs', 'service=late') })
    const said = settle([...moving(), replanned], facts({ volumes: [...frozen, tag], commands: commands(FREEZE) }))
    expect(last(said)).toMatchObject({
      kind: 'asked',
      gate: 'freeze',
      evidence: [expect.stringContaining('The outage begins: late stop writing'), expect.anything(), expect.anything()],
    })
  })

  test('aborted while a document may still be running: its own service waits for its end, no other one does', () => {
    const running: EntryBody[] = [
      ...stopped(),
      { kind: 'issued', effect: FREEZE },
      { kind: 'started', effect: FREEZE, issued: attemptName(FREEZE), resource: 'c-service/db.freeze.1' },
      { kind: 'aborting', by: 'U-2', reason: 'enough' },
    ]
    const pending = new Map([command(FREEZE, { state: 'pending', sentAtMs: LATER_MS, details: 'InProgress' })])
    const told = [LOGS, DB].map((of) => on(of, { ...freeze, 'zonehop:aborted': 'mig-1', 'zonehop:phase': 'aborted' }))
    const look = facts({ volumes: told, commands: pending })
    const said = settle(running, look)
    expect(intended(said.slice(running.length))).toEqual([
      ...['aborted-db-1.tag.1', 'aborted-logs-1.tag.1'],
      'aborted-freeze-logs-1.tag.1',
    ])
    const { next, waits } = decide(migration(...said), look, LATER_MS)
    expect(next).toBeNull()
    expect(waits).toContainEqual({ on: 'call', name: 'db', step: 'freeze', urgency: expect.any(Number) })
    const ended = { ...look, commands: commands(FREEZE) }
    expect(intended(settle(said, ended))).toContain('aborted-freeze-db-1.tag.1')
  })

  test('aborted while an attachment is under way: nothing to wait for', () => {
    const attach: Effect = {
      ...{ subject: ofMove('vol-1'), step: 'attach', generation: 1, direction: 'forward' },
      ...{ volumeId: 'v', instance: 'i', device: 'd' },
    }
    const said: EntryBody[] = [
      ...moving(),
      { kind: 'intended', effects: [attach] },
      { kind: 'issued', effect: 'vol-1.attach.1' },
      { kind: 'started', effect: 'vol-1.attach.1', issued: 'vol-1-attach', resource: 'v' },
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
  const seed = (of: typeof LOGS, state: string) =>
    snapshotOf(of, { id: `seed-${of.id}`, step: 'seed', state, startedAtMs: BEGINS_MS })
  const volumes = () => [tags(LOGS, 'required'), tags(DROPBOX, 'deferrable')]

  test.each([
    ['the required one is pending: no freeze', 'pending', 'completed', false],
    ['only the deferrable one is pending: the freeze asks', 'completed', 'pending', true],
  ])('%s', (_, logs, dropbox, isAsked) => {
    const taken = [seed(LOGS, logs), seed(DROPBOX, dropbox)]
    const said = settle(called(begun(), world(...volumes())), facts({ volumes: volumes(), snapshots: taken }))
    const asked = said.filter((one) => one.kind === 'asked' && one.gate === 'freeze')
    expect(asked).toHaveLength(isAsked ? 1 : 0)
    if (isAsked) expect(JSON.stringify(asked)).toContain('1 of 2 volumes have a completed seed')
  })
})
