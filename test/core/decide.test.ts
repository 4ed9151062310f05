// What comes next, row by row: a journal and the facts in, one entry out. Each row is a sentence somebody could ask about.

import { describe, expect, test } from 'vitest'
import { whoActs } from '../../src/core/asking/who-acts.ts'
import { type Decision, decide } from '../../src/core/decide.ts'
import { extend, fold } from '../../src/core/journal/fold.ts'
import { type Effect, effectId } from '../../src/core/model/effects.ts'
import type { EntryBody } from '../../src/core/model/entries.ts'
import type { Facts } from '../../src/core/model/facts.ts'
import type { Migration } from '../../src/core/model/migration.ts'
import { NO_RULES } from '../../src/core/model/rules.ts'
import { ofMove } from '../../src/core/model/subjects.ts'
import { mention } from '../../src/core/model/text.ts'
import { alertEnd } from '../../src/core/telling/alert-ends.ts'
import { waitWords } from '../../src/core/telling/wait-words.ts'
import { LATER_MS, snapshotOf, tagged } from '../support/facts.ts'
import { move, plan, seen, service } from '../support/plans.ts'
import { ALONE, approved, at, BOTH, but, cutOf, DROPBOX, FREEZE_ID, LOGS, type Stage, seedOf, seenAt } from './at.ts'
import { attemptName, named } from './journals.ts'
import { BEGINS_MS, believed, migration, settle, through } from './people.ts'

const decision = (said: readonly EntryBody[], look: Facts): Decision => decide(migration(...said), look, LATER_MS)
const next = (said: readonly EntryBody[], look: Facts): EntryBody | null => decision(said, look).next
const last = (said: readonly EntryBody[]): EntryBody | undefined => said.at(-1)
const intended = (said: readonly EntryBody[]): string[] =>
  said.flatMap((one) => (one.kind === 'intended' ? one.effects.map(effectId) : []))
const isAsked = (said: readonly EntryBody[], gate: string): boolean =>
  said.some((one) => one.kind === 'asked' && one.gate === gate)

const red = plan([LOGS], { checks: [{ name: 'zones', result: 'red', cause: '', remedy: '' }], digest: 'plan-2' })
const turnsRed: EntryBody = { kind: 'replanned', plan: red, choices: [], found: [], by: 'U-2' }
const aborts: EntryBody = { kind: 'aborting', by: 'U-2', reason: 'enough' }

describe('the start', () => {
  test('a green plan asks, and waits for somebody', () => {
    const said = settle(at('planned'), seenAt('startAsked'))
    expect(last(said)).toMatchObject({ kind: 'asked', gate: 'start' })
    const { waits } = decision(said, seenAt('startAsked'))
    expect(waits).toEqual([{ on: 'approval', gate: 'start', asker: 'U-asker' }])
    expect(waits.map(waitWords)).toEqual([`approval of the start by someone other than ${mention('U-asker')}`])
  })

  test('a red plan does not ask, and says what it waits for', () => {
    const uncovered = [{ volume: 'vol-9', name: 'cache', sizeGib: 1, instance: null, device: null }]
    const { next, waits } = decision(at('planned', plan([LOGS], { uncovered })), seenAt('planned'))
    expect(next).toBeNull()
    expect(waits).toEqual([{ on: 'route', names: ['cache'] }])
    expect(waits.map(waitWords)).toEqual(['a route for cache'])
  })

  test('a plan that turns red takes its question back', () => {
    const withdrew = { kind: 'withdrew', gate: 'start' }
    expect(next([...at('startAsked'), turnsRed], seenAt('startAsked'))).toMatchObject(withdrew)
  })

  test('an approval of another question does not count', () => {
    const other: EntryBody = { kind: 'approved', asked: 'n-old', gate: 'start', basis: 'old', by: 'U-2' }
    expect(next([...at('startAsked'), other], seenAt('startAsked'))).toBeNull()
  })

  test('an approval counts only on facts that began after it', () => {
    const said = approved(at('startAsked'))
    expect(next(said, { ...seenAt('startAsked'), rev: said.length - 1 })).toBeNull()
    expect(next(said, seenAt('startAsked'))).toEqual({ kind: 'began' })
  })

  test('nothing passes a gate while paused', () => {
    expect(next([...at('planned'), { kind: 'paused', by: 'U-2' }], seenAt('planned'))).toBeNull()
  })
})

describe('a gate', () => {
  test('freeze is withdrawn when the plan turns red, with the reason', () => {
    const withdrew = { kind: 'withdrew', gate: 'freeze', why: 'the plan is red' }
    expect(next([...at('freezeAsked'), turnsRed], seenAt('freezeAsked'))).toEqual(withdrew)
  })

  test('asks anew when what it shows has changed', () => {
    const other = plan([LOGS], { digest: 'plan-3' })
    const replanned: EntryBody = { kind: 'replanned', plan: other, choices: [], found: [], by: 'U-2' }
    const anew = next([...at('startAsked'), replanned], seenAt('startAsked'))
    expect(anew).toMatchObject({ kind: 'asked', gate: 'start' })
    expect(anew).not.toEqual(last(at('startAsked')))
  })

  test('an approval counts on facts that began with it', () => {
    const said = approved(at('startAsked'))
    expect(next(said, { ...seenAt('startAsked'), rev: said.length })).toEqual({ kind: 'began' })
  })

  test('nothing is passed while a tail may be lost', () => {
    const all = named(approved(at('startAsked')), BEGINS_MS)
    const m = fold(
      all.map((entry, index) => (index === all.length - 1 ? { ...entry, runId: 'r2' } : entry)),
    ) as Migration
    const untilMs = m.doubt?.untilMs ?? Number.NaN
    const late = { ...seenAt('startAsked'), beganAtMs: untilMs }
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
  test('the plan is written on the sources before anything else', () => {
    const words = 'migration=mig-1 need=required route=snapshot successor=i-target service=logs'
    expect(last(settle(approved(at('startAsked')), seenAt('began')))).toMatchObject({
      kind: 'intended',
      effects: [{ step: 'tag', resources: ['vol-1'], tags: { 'zonehop:plan': words } }],
    })
  })

  test('and with it seen, freeze asks', () => {
    expect(last(settle(at('began'), seenAt('seeding')))).toMatchObject({ kind: 'asked', gate: 'freeze' })
  })

  test('seeds come first where they were asked for; a failed one does not hold up the freeze', () => {
    const said = settle(at('began', ALONE, { seeds: true }), seenAt('seeding'))
    expect(intended(said)).toContain('vol-1.seed.1')
    expect(last(said)?.kind).not.toBe('asked')
    const why = { code: 'X', problem: '', remedy: '' }
    const failed: EntryBody = { kind: 'failed', effect: 'vol-1.seed.1', issued: null, ...why }
    expect(last(settle([...said, failed], seenAt('seeding')))).toMatchObject({ kind: 'asked', gate: 'freeze' })
  })
})

describe('frozen and moving', () => {
  describe('with a budget', () => {
    const FORECAST_S = 240
    const rounds = Array.from({ length: 3 }, () => ({ gib: 1, seconds: FORECAST_S, apartMs: 3_600_000 }))
    const earlier = { 'vol-1': { rounds, last: { snapshot: 'snap-0', atMs: 0 } } }
    /** The freeze is to be asked for, and each seed took four minutes. */
    const seeded = (budgetMinutes: number | null, ...more: readonly EntryBody[]): EntryBody[] => {
      const [first, ...rest] = at('freezeAsked', ALONE, { seeds: true })
      const rules = { ...NO_RULES, budgetMinutes }
      return [{ ...first, rules, earlier } as EntryBody, ...rest.slice(0, -1), ...more]
    }
    const look = seenAt('freezeAsked', ALONE, { seeds: true })
    const kept = next(seeded(5), look) as EntryBody

    test('the question is kept back while its forecast does not fit, and people are told', () => {
      expect(kept).toMatchObject({ kind: 'warned', about: 'forecast over budget 1', service: null })
      expect('text' in kept && kept.text).toMatch(
        /longer than its budget of 5 min\. Begun at .* Nothing was stopped\.$/,
      )
      const { next: after, waits } = decision(seeded(5, kept), look)
      expect(after).toBeNull()
      expect(waits.map(waitWords)).toEqual([
        'an approver to let the outage be longer than its budget of 5 min (/migrate exceed because <reason>), or /migrate abort',
      ])
      expect(whoActs(migration(...seeded(5, kept)), [])).toBe(
        'Approvers to say in the thread whether the outage may be longer than its budget.',
      )
    })

    test.each<[string, readonly EntryBody[]]>([
      ['that it fits', seeded(60)],
      ['without a budget', seeded(null)],
      ['once an approver lets it be longer', seeded(5, kept, { kind: 'exceeded', by: 'U-2', reason: 'a test' })],
    ])('it is asked %s', (_, said) => {
      expect(next(said, look)).toMatchObject({ kind: 'asked', gate: 'freeze' })
    })

    test('while it is only the age of the seeds that breaks it, they are taken once more first', () => {
      const lateMs = LATER_MS + 30 * 60_000
      const late = { ...look, beganAtMs: lateMs }
      expect(decide(migration(...seeded(5)), late, lateMs).next).toMatchObject({
        kind: 'intended',
        effects: [{ step: 'seed', generation: 2 }],
      })
      expect(decide(migration(...seeded(60)), late, lateMs).next).toMatchObject({ kind: 'asked', gate: 'freeze' })
      // Once people were told, nothing is repeated without an end.
      expect(decide(migration(...seeded(5, kept)), late, lateMs).next).toBeNull()
    })

    test('of what nobody has measured nothing is kept back', () => {
      const [first, ...rest] = seeded(5)
      expect(next([{ ...first, earlier: {} } as EntryBody, ...rest], look)).toMatchObject({ kind: 'asked' })
    })

    test('a question that stands is taken back once more has changed than fits, and then people are told', () => {
      const asked = next(seeded(60), look) as EntryBody
      const withdrew = { kind: 'withdrew', gate: 'freeze', why: 'the outage may be longer than its budget' } as const
      expect(next(seeded(5, asked), look)).toEqual(withdrew)
      expect(next(seeded(5, kept, asked, withdrew), look)).toMatchObject({ about: 'forecast over budget 2' })
    })

    test('but not once it is approved, nor for what somebody has begun meanwhile', () => {
      const asked = next(seeded(60), look) as EntryBody
      expect(next(approved(seeded(5, asked)), look)).toMatchObject({ kind: 'freezing' })
      const backup = snapshotOf(LOGS, {
        id: 'snap-backup',
        state: 'pending',
        percent: 1,
        startedAtMs: LATER_MS - 3_600_000,
      })
      const behind: Facts = { ...look, others: [{ ...backup, tags: {} }] }
      expect(next(seeded(60), behind)).toMatchObject({ kind: 'warned', about: 'forecast over budget 1' })
      expect(next(seeded(60, asked), behind)).toMatchObject({ kind: 'asked', gate: 'freeze', behind: ['snap-backup'] })
    })

    test('where nobody decides it is put away, and asked about anew once somebody resumes', () => {
      const said = seeded(5, kept)
      const lateMs = LATER_MS + NO_RULES.askHours * 3_600_000
      expect(decide(migration(...said), { ...look, beganAtMs: lateMs }, lateMs).next).toEqual({
        kind: 'paused',
        by: null,
      })
      const resumed = [...said, { kind: 'paused', by: null } as const, { kind: 'resumed', by: 'U-2' } as const]
      expect(next(resumed, look)).toMatchObject({ about: 'forecast over budget 2' })
      expect(whoActs(migration(...said, { kind: 'paused', by: null }), [])).toBe(
        'It is paused: /migrate resume goes on.',
      )
    })

    test.each<[string, string, readonly EntryBody[]]>([
      [
        'by an approver',
        'Past: an approver lets the outage be longer.',
        [{ kind: 'exceeded', by: 'U-2', reason: 'x' }],
      ],
      ['by going back', 'Past: everything goes back.', [aborts]],
      ['as it is asked', 'Past: it was asked for since, or is told anew.', [next(seeded(60), look) as EntryBody]],
      ['as it is paused', 'Past: it is paused.', [{ kind: 'paused', by: 'U-2' }]],
    ])('what people were told is past %s', (_, end, more) => {
      const told = { about: 'forecast over budget 1', service: null }
      expect(alertEnd(migration(...seeded(5, kept)), told)).toBeNull()
      expect(alertEnd(migration(...seeded(5, kept, ...more)), told)).toBe(end)
    })
  })

  test('the tag of the freeze is on the source before anybody is told to stop', () => {
    const said = settle(at('freezeAsked'), seenAt('freezing'), 'answer')
    expect(intended(said).some((id) => id.startsWith('mig-1-f'))).toBe(true)
    expect(intended(said)).not.toContain('service/logs.freeze.1')
    expect(said.filter(({ kind }) => kind === 'freezing')).toHaveLength(1)
  })

  test('writes stopped: the final snapshot is intended, under the id of the freeze', () => {
    const said = settle(at('frozen'), seenAt('moving'), 'answer')
    expect(last(said)).toMatchObject({
      kind: 'intended',
      effects: [{ step: 'snapshot', volumeId: 'vol-1', tags: { 'zonehop:frozen': FREEZE_ID } }],
    })
    expect(migration(...said).phase).toBe('moving')
  })

  test('and may be called, once', () => {
    const calls = decision(at('moving'), seenAt('moving')).effects
    expect(calls.map(({ effect }) => effectId(effect))).toEqual(['vol-1.snapshot.1'])
  })

  test('no snapshot is intended while the tag of the freeze is not on its source', () => {
    const confirmed = at('moving').slice(0, at('moving').findIndex(({ kind }) => kind === 'confirmed') + 1)
    const early = { ...seenAt('freezing'), beganAtMs: BEGINS_MS + 60_000 }
    expect(settle(confirmed, early)).toEqual(confirmed)
  })

  test('nor once the tag must be there: it is told that somebody took it off, and the freeze is asked for again', () => {
    const confirmed = at('moving').slice(0, at('moving').findIndex(({ kind }) => kind === 'confirmed') + 1)
    const said = settle(confirmed, seenAt('freezing')).slice(confirmed.length)
    expect(said).toMatchObject([
      { kind: 'warned', service: null },
      { kind: 'asked', gate: 'freeze' },
    ])
  })

  test('a pending snapshot waits, and says its percent', () => {
    const pending = but(seenAt('restoring'), { snapshots: { 'snap-vol-1': { state: 'pending', percent: 43 } } })
    const { next, effects, waits } = decision(settle(at('cutting'), pending), pending)
    expect(next).toBeNull()
    expect(effects).toEqual([])
    expect(waits).toEqual([
      {
        ...{ on: 'snapshot', name: 'logs', step: 'snapshot', resource: 'snap-vol-1', percent: 43 },
        urgency: expect.any(Number),
      },
    ])
    expect(waits.map(waitWords)).toEqual(['logs: its final snapshot, 43%'])
  })

  test('a snapshot cut under another freeze is not taken', () => {
    const cut = snapshotOf(LOGS, { tags: { 'zonehop:frozen': 'mig-1-f0' }, startedAtMs: BEGINS_MS })
    expect(settle(at('cutting'), but(seenAt('cutting'), { moreSnapshots: [cut] }))).toEqual(at('cutting'))
  })

  test('of two snapshots with one nonce the latest begun is used, and the other is nobody’s', () => {
    const two = ['snap-a', 'snap-b'].map((id, index) => cutOf(LOGS, { id, startedAtMs: BEGINS_MS + 1 + index }))
    const said = settle(at('cutting'), but(seenAt('cutting'), { moreSnapshots: two }))
    expect(last(said)).toMatchObject({ effects: [{ step: 'restore', snapshotId: 'snap-b' }] })
    expect(migration(...said).effects.get('vol-1.snapshot.1')).toMatchObject({ resource: 'snap-b', others: [] })
  })

  const elsewhere = { instance: 'i-9', device: '/dev/sdf', state: 'attached', deleteOnTermination: false }
  const copy = 'vol-copy-vol-1'

  test.each<[string, Stage, Facts, object]>([
    [
      'complete: restore',
      'cutting',
      seenAt('restoring'),
      { effects: [{ step: 'restore', zone: 'us-east-1c', snapshotId: 'snap-vol-1' }] },
    ],
    [
      'restored: attach at the source device',
      'restoring',
      seenAt('attaching'),
      { effects: [{ step: 'attach', volumeId: copy, instance: 'i-target', device: '/dev/sdf' }] },
    ],
    ['attached and equal: go live asks', 'attaching', seenAt('checking'), { kind: 'asked', gate: 'goLive' }],
    [
      'a snapshot in error stops that move',
      'cutting',
      but(seenAt('restoring'), { snapshots: { 'snap-vol-1': { state: 'error' } } }),
      { kind: 'failed', code: 'SnapshotError' },
    ],
    [
      'a volume in error stops that move',
      'restoring',
      but(seenAt('attaching'), { volumes: { [copy]: { state: 'error' } } }),
      { kind: 'failed', code: 'VolumeError' },
    ],
    [
      'attached elsewhere stops that move',
      'attaching',
      but(seenAt('attaching'), { volumes: { [copy]: { attachments: [elsewhere] } } }),
      { kind: 'failed', code: 'VolumeInUse' },
    ],
    [
      'a copy that is not equal stops that move',
      'attaching',
      but(seenAt('checking'), { volumes: { [copy]: { iops: 100 } } }),
      { kind: 'failed', code: 'ParityMismatch' },
    ],
  ])('%s', (_, from, look, expected) => {
    expect(last(settle(at(from), look))).toMatchObject(expected)
  })

  test('go live is withdrawn when the freeze does not stand any more', () => {
    const said = at('goLiveAsked')
    const thawed = but(seenAt('goLiveAsked'), { volumes: { 'vol-1': { tags: LOGS.volume.tags } } })
    const early = { ...thawed, beganAtMs: BEGINS_MS + 60_000 }
    const first = next(said, early)
    expect(first).toMatchObject({ kind: 'missing', asked: `n${said.length}` })
    expect(next([...said, first as EntryBody], early)).toMatchObject({ kind: 'withdrew', gate: 'goLive' })
    // Once EC2 must show the tag, it was taken off.
    expect(settle(said, thawed).slice(said.length)).toMatchObject([
      { kind: 'warned', text: expect.stringContaining('was taken off') },
      { kind: 'asked', gate: 'freeze', evidence: expect.arrayContaining([expect.stringContaining('Frozen again')]) },
    ])
  })

  test('approved, the point of no return is one entry', () => {
    const said = settle(at('goLiveAsked'), seenAt('live'), 'answer')
    expect(said.filter(({ kind }) => kind === 'wentLive')).toHaveLength(1)
  })

  test('what was achieved and is gone is told', () => {
    const gone = { ...seenAt('restoring'), beganAtMs: 2 * LATER_MS }
    const said = decide(migration(...at('goLiveAsked')), gone, 2 * LATER_MS).next
    expect(said).toMatchObject({ kind: 'failed', code: 'Gone' })
  })

  test('a source that is deleted stops what depends on it, and nothing else', () => {
    const said = settle(at('moving'), but(seenAt('moving'), { volumes: { 'vol-1': null } }))
    expect(said).toEqual([...at('moving'), { kind: 'gone', volumes: ['vol-1'] }])
  })

  test('a volume that appears is in the plan, which is red until somebody speaks for it', () => {
    const late = seen(move({ id: 'vol-9', name: 'late', device: '/dev/sdz' }))
    const said = settle(at('goLiveAsked'), but(seenAt('goLiveAsked'), { moreVolumes: [late] }))
    expect(said[at('goLiveAsked').length]).toMatchObject({
      kind: 'replanned',
      by: null,
      plan: { uncovered: expect.arrayContaining([expect.objectContaining({ volume: 'vol-9', name: 'late' })]) },
    })
    expect(last(said)).toMatchObject({ kind: 'withdrew', gate: 'goLive' })
  })
})

describe('live, with one deferred', () => {
  test('go live asks without what can wait, and names it', () => {
    const said = settle(at('attaching', BOTH), seenAt('checking', BOTH))
    expect(last(said)).toMatchObject({ kind: 'asked', gate: 'goLive' })
    expect(JSON.stringify(last(said))).toContain('Deferred, finished or opened after go-live: dropbox.')
  })

  test('the percent of what was deferred is kept', () => {
    const said = settle(at('goLiveAsked', BOTH), seenAt('live', BOTH), 'answer')
    expect(said.find(({ kind }) => kind === 'wentLive')).toEqual({ kind: 'wentLive', percents: { dropbox: 7 } })
  })

  test('nothing opens before left and live are seen on every volume, the deferred one too', () => {
    const said = settle(at('goLiveAsked', BOTH), seenAt('live', BOTH), 'answer')
    expect(intended(said)).toEqual(expect.arrayContaining(['left-1.tag.1', 'live-1.tag.1']))
    expect(intended(said)).not.toContain('service/logs.open.1')
  })

  test('left that somebody wrote over is written again, and nothing opens before it is seen again', () => {
    const before = at('live', BOTH)
    const over = but(seenAt('opening', BOTH), { volumes: { 'vol-1': { tags: { 'zonehop:left': 'mig-9' } } } })
    const written: EntryBody = { kind: 'seen', started: [], achieved: ['left-1.tag.1', 'live-1.tag.1'] }
    const said = settle([...before, written], over, 'answer').slice(before.length + 1)
    expect(said.map(({ kind }) => kind)).toEqual(['warned', 'warned', 'intended'])
    expect(intended(said)).toEqual(['left-1.tag.2', `${FREEZE_ID}-1.tag.2`])
    const after = settle([...before, written, ...said], seenAt('opening', BOTH))
    expect(intended(after)).toContain('service/logs.open.1')
  })

  test('then the required one opens, and the outage is over while the other goes on', () => {
    const said = settle(at('opening', BOTH), seenAt('opened', BOTH), 'answer')
    const m = migration(...said)
    expect(intended(said)).toContain('service/logs.open.1')
    expect(m.outage?.untilMs).not.toBeNull()
    expect(m.phase).toBe('live')
  })

  test('abort is refused by the phase itself: nothing goes back', () => {
    const said = settle(at('opening', BOTH), seenAt('opened', BOTH), 'answer')
    expect(migration(...said).wentLiveAtMs).not.toBeNull()
  })

  test('the deferred one finishes after go-live: copy, attach, mark, open, hook', () => {
    const looks = [seenAt('restoringDeferred', BOTH), seenAt('attachingDeferred', BOTH)]
    const said = settle(through(at('opened', BOTH), ...looks), seenAt('openedDeferred', BOTH), 'answer')
    expect(intended(said)).toEqual(
      expect.arrayContaining([
        'vol-2.restore.1',
        'vol-2.attach.1',
        'live-dropbox-1.tag.1',
        'service/dropbox.open.1',
        'service/dropbox.hook.1',
      ]),
    )
    expect(said.some(({ kind }) => kind === 'done')).toBe(false)
  })

  test('and once its hook has run, all is done', () => {
    expect(last(settle(at('openedDeferred', BOTH), seenAt('done', BOTH)))).toEqual({ kind: 'done' })
  })
})

describe('a lost tail', () => {
  const tags = (of: Readonly<Record<string, string>>): Facts =>
    but(seenAt('planned'), { volumes: { 'vol-1': { tags: of } } })

  test('left on a source: the point of no return is appended again, once an approver said that it is so', () => {
    const left = tags({ 'zonehop:left': 'mig-1', 'zonehop:phase': 'live' })
    expect(next(at('planned'), left)).toMatchObject({ kind: 'suspected', about: 'left', volumes: ['vol-1'] })
    expect(believed(migration(...at('planned')), left, LATER_MS)).toEqual({ kind: 'wentLive', percents: {} })
  })

  test('a freeze on a source of this migration is taken up again, once an approver said that it is so', () => {
    const frozen = tags({ 'zonehop:frozen': 'mig-1-f1', 'zonehop:phase': 'frozen' })
    expect(next(at('planned'), frozen)).toMatchObject({ kind: 'suspected', about: 'frozen' })
    expect(believed(migration(...at('planned')), frozen, LATER_MS)).toMatchObject({
      kind: 'freezing',
      freeze: 'mig-1-f1',
    })
  })

  test('left of another migration is not ours', () => {
    const other = tags({ ...LOGS.volume.tags, 'zonehop:left': 'mig-0' })
    expect(next(at('planned'), other)).toMatchObject({ kind: 'asked', gate: 'start' })
  })
})

describe('the way back', () => {
  const ABORTED = { 'zonehop:phase': 'aborted', 'zonehop:aborted': 'mig-1' }
  /** The source tells of the abort, under its freeze still, and then without it. */
  const told = but(seenAt('moving'), {
    volumes: { 'vol-1': { tags: { ...LOGS.volume.tags, ...ABORTED, 'zonehop:frozen': FREEZE_ID } } },
  })
  const back = but(seenAt('moving'), { volumes: { 'vol-1': { tags: { ...LOGS.volume.tags, ...ABORTED } } } })
  const ended = but(seenAt('moving'), {
    volumes: { 'vol-1': { tags: { ...LOGS.volume.tags, ...ABORTED, 'zonehop:ended': 'mig-1' } } },
  })
  const aborting = (): readonly EntryBody[] => [...at('moving'), aborts]
  /** The freeze is taken off the tags, and the call says so. */
  const thawing = (said: readonly EntryBody[]): readonly EntryBody[] => {
    const effect = 'aborted-freeze-logs-1.tag.1'
    return [
      ...said,
      { kind: 'issued', effect },
      { kind: 'started', effect, issued: attemptName(effect), resource: null },
    ]
  }

  test('only its end waits until what was issued is known', () => {
    const soonMs = BEGINS_MS + (at('moving').length + 1) * 1_000 + 60_000
    const soon = (look: Facts): Facts => ({ ...look, beganAtMs: soonMs })
    const issued = [...at('cutting'), aborts]
    // The service goes back at once.
    expect(decide(migration(...issued), soon(seenAt('moving')), soonMs).next).toMatchObject({ kind: 'intended' })
    const home = settle(thawing(settle(issued, told)), soon(back), 'answer')
    expect(intended(home)).toContain('service/logs.unfreeze.1')
    expect(last(home)).toMatchObject({ kind: 'confirmed' })
    expect(decide(migration(...home), soon(back), soonMs).waits).toMatchObject([
      { on: 'answer', name: 'logs', step: 'snapshot' },
    ])
    // Past the visibility window what is not seen was not done, and nobody waits for it for ever.
    expect(next(home, back)).toMatchObject({ effects: [{ subject: { mark: 'aborted-end' } }] })
    expect(last(settle(home, ended))).toEqual({ kind: 'aborted' })
  })

  test('issues nothing of what was intended', () => {
    expect(decision(aborting(), seenAt('moving')).effects).toEqual([])
  })

  test('the freeze goes from the tags before writes begin again', () => {
    const said = settle(aborting(), told)
    const tags = said
      .flatMap((one) => (one.kind === 'intended' ? one.effects : []))
      .filter((effect: Effect) => effect.step === 'tag')
    expect(tags).toEqual(expect.arrayContaining([expect.objectContaining({ removed: ['zonehop:frozen'] })]))
    expect(intended(said)).not.toContain('service/logs.unfreeze.1')
  })

  test('but not before the sources tell of the abort: a journal that lost it would not know why no freeze stands', () => {
    const said = settle(aborting(), seenAt('moving'))
    expect(intended(said)).toContain('aborted-logs-1.tag.1')
    expect(intended(said)).not.toContain('aborted-freeze-logs-1.tag.1')
  })

  test('then the service serves again where it was, and the outage is over', () => {
    const home = settle(thawing(settle(aborting(), told)), back, 'answer')
    // The tags say that somebody is at it until all is at home.
    expect(intended(home)).toContain('aborted-end-1.tag.1')
    expect(last(home)).not.toEqual({ kind: 'aborted' })
    const said = settle(home, ended)
    expect(last(said)).toEqual({ kind: 'aborted' })
    expect(migration(...said)).toMatchObject({ phase: 'aborted', outage: { untilMs: expect.any(Number) } })
  })

  test('before any freeze there is only the plan to take back', () => {
    expect(last(settle([...at('planned'), aborts], ended))).toEqual({ kind: 'aborted' })
  })
})

describe('two required services, one after the other', () => {
  const DB = move({ id: 'vol-3', name: 'db', device: '/dev/sdh' })
  const TWO = plan([LOGS, DB], {
    services: [service('db', { method: 'document', check: true }), service('logs', { after: ['db'] })],
  })
  const FREEZE = 'service/db.freeze.1'
  const VERIFY = 'service/db.verify.1'

  test('one freeze names both, and the evidence what it begins', () => {
    const said = settle(at('began', TWO), seenAt('seeding', TWO))
    expect(settle(said, seenAt('freezing', TWO), 'answer').find(({ kind }) => kind === 'freezing')).toEqual({
      kind: 'freezing',
      freeze: FREEZE_ID,
      services: ['db', 'logs'],
    })
    expect(last(said)).toMatchObject({
      evidence: [
        'The outage begins: db, logs stop writing until they are open in us-east-1c.',
        'No volume has a seed; how long a first snapshot takes is known only once it reports percents.',
        'Until the point of no return, /migrate abort brings everything back.',
      ],
    })
  })

  test('a snapshot of what has stopped, and none of what still writes', () => {
    const said = settle(at('frozen', TWO), seenAt('frozen', TWO), 'answer')
    expect(intended(said)).toContain('service/logs.freeze.1')
    expect(intended(said).filter((id) => id.includes('snapshot'))).toEqual(['vol-1.snapshot.1'])
  })

  test('once both have stopped both', () => {
    const said = settle(at('frozen', TWO), seenAt('moving', TWO), 'answer')
    expect(intended(said)).toEqual(expect.arrayContaining(['vol-1.snapshot.1', 'vol-3.snapshot.1']))
  })

  test('one ready is not all', () => {
    const half = but(seenAt('checking', TWO), {
      volumes: { 'vol-copy-vol-3': null },
      snapshots: { 'snap-vol-3': { state: 'pending', percent: 7 } },
    })
    const said = settle(through(at('cutting', TWO), half), half)
    expect(intended(said)).toContain('vol-1.checkCopy.1')
    expect(isAsked(said, 'goLive')).toBe(false)
  })

  test('attached, but its own check has not said yes yet', () => {
    const said = settle(at('attaching', TWO), seenAt('checking', TWO))
    expect(intended(said)).toContain(VERIFY)
    expect(isAsked(said, 'goLive')).toBe(false)
  })

  test('a check that says no stops that service, with what the host wrote', () => {
    const details = 'Failed on i-target: no such table'
    const no = but(seenAt('goLiveAsked', TWO), { commands: { [VERIFY]: { state: 'ended', details } } })
    expect(last(settle(at('checking', TWO), no))).toMatchObject({
      kind: 'failed',
      effect: VERIFY,
      code: 'DocumentFailed',
      problem: details,
    })
  })

  test('a document that never ends is told', () => {
    const pending = { state: 'pending', details: 'InProgress' } as const
    const running = but(seenAt('goLiveAsked', TWO), { commands: { [VERIFY]: pending } })
    expect(settle(at('checking', TWO), running).some(({ kind }) => kind === 'failed')).toBe(false)
    const said = settle(at('checking', TWO), { ...running, beganAtMs: LATER_MS + 12 * 60_000 })
    expect(last(said)).toMatchObject({ kind: 'failed', code: 'DocumentNeverEnds' })
  })

  test('approved and marked, the one opens, and the other waits for it', () => {
    const said = settle(settle(at('goLiveAsked', TWO), seenAt('live', TWO), 'answer'), seenAt('opening', TWO))
    expect(said.some(({ kind }) => kind === 'wentLive')).toBe(true)
    expect(intended(said)).toContain('service/db.open.1')
    expect(intended(said)).not.toContain('service/logs.open.1')
  })

  test('then the other, and when both are open and marked done, it is done and released', () => {
    const opened = settle(at('opening', TWO), seenAt('opened', TWO), 'answer')
    expect(intended(opened)).toContain('service/logs.open.1')
    expect(opened.some(({ kind }) => kind === 'done')).toBe(false)
    const done = settle(opened, seenAt('done', TWO), 'answer')
    expect(last(done)).toEqual({ kind: 'done' })
    expect(decision(done, seenAt('done', TWO))).toMatchObject({ next: null, effects: [] })
  })

  test('a service of a volume that appeared late is frozen by an approval of its own', () => {
    const late = move({ id: 'vol-9', name: 'late', device: '/dev/sdz' })
    const wider = plan([LOGS, DB, late], { services: [...TWO.services, service('late')], digest: 'plan-2' })
    const replanned: EntryBody = { kind: 'replanned', plan: wider, choices: [], found: [seen(late)], by: 'U-2' }
    const planned = 'migration=mig-1 need=required route=snapshot successor=i-target service=late'
    const look = but(seenAt('moving', TWO), { moreVolumes: [tagged(late, { 'zonehop:plan': planned })] })
    expect(last(settle([...at('moving', TWO), replanned], look))).toMatchObject({
      kind: 'asked',
      gate: 'freeze',
      evidence: [expect.stringContaining('The outage begins: late stop writing'), expect.anything(), expect.anything()],
    })
  })

  test('aborted while a document may still be running: its own service waits for its end, no other one does', () => {
    const told = { 'zonehop:frozen': FREEZE_ID, 'zonehop:aborted': 'mig-1', 'zonehop:phase': 'aborted' }
    const ended = but(seenAt('moving', TWO), { volumes: { 'vol-1': { tags: told }, 'vol-3': { tags: told } } })
    const pending = { state: 'pending', sentAtMs: LATER_MS, details: 'InProgress' } as const
    const look = but(ended, { commands: { [FREEZE]: pending } })
    const running: EntryBody[] = [
      ...settle(at('frozen', TWO), seenAt('frozen', TWO), 'answer'),
      { kind: 'started', effect: FREEZE, issued: attemptName(FREEZE), resource: `c-${FREEZE}` },
      aborts,
    ]
    const said = settle(running, look)
    expect(intended(said.slice(running.length))).toEqual([
      ...['aborted-db-1.tag.1', 'aborted-logs-1.tag.1'],
      'aborted-freeze-logs-1.tag.1',
    ])
    const { next, waits } = decision(said, look)
    expect(next).toBeNull()
    expect(waits).toContainEqual({ on: 'call', name: 'db', step: 'freeze', urgency: expect.any(Number) })
    expect(intended(settle(said, ended))).toContain('aborted-freeze-db-1.tag.1')
  })

  test('aborted while an attachment is under way: nothing to wait for', () => {
    const attach: Effect = {
      ...{ subject: ofMove('vol-1'), step: 'attach', generation: 1, direction: 'forward' },
      ...{ volumeId: 'v', instance: 'i', device: 'd' },
    }
    const said: EntryBody[] = [
      ...at('moving', TWO),
      { kind: 'intended', effects: [attach] },
      { kind: 'issued', effect: 'vol-1.attach.1' },
      { kind: 'started', effect: 'vol-1.attach.1', issued: 'vol-1-attach', resource: 'v' },
      aborts,
    ]
    expect(next(said, seenAt('moving', TWO))).toMatchObject({ kind: 'intended' })
  })
})

describe('seeds of what can wait', () => {
  test.each([
    ['the required one is pending: no freeze', 'pending', 'completed', false],
    ['only the deferrable one is pending: the freeze asks', 'completed', 'pending', true],
  ])('%s', (_, logs, dropbox, asks) => {
    const moreSnapshots = [seedOf(LOGS, { state: logs }), seedOf(DROPBOX, { state: dropbox })]
    const said = settle(at('seeding', BOTH, { seeds: true }), but(seenAt('seeding', BOTH), { moreSnapshots }))
    const asked = said.filter((one) => one.kind === 'asked' && one.gate === 'freeze')
    expect(asked).toHaveLength(asks ? 1 : 0)
    if (asks) expect(JSON.stringify(asked)).toContain('1 of 2 volumes have a completed seed')
  })
})
