// What each kind of entry changes, and that it changes nothing else: fields in, fields out.
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, test } from 'vitest'
import { extend, extendAll, fold } from '../../../src/core/journal/fold.ts'
import { type Effect, type EffectState, effectId } from '../../../src/core/model/effects.ts'
import type { Entry, EntryBody } from '../../../src/core/model/entries.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import { NO_RULES } from '../../../src/core/model/rules.ts'
import { ofMove, ofService } from '../../../src/core/model/subjects.ts'
import { entries, move, plan, planned, replicaMove, seen, volume } from '../../support/plans.ts'
import { plain } from '../journals.ts'

const DRAWN = plan()
/** The entry `n3` is the third, at 3 s; `planned` is the first. */
const all = (...said: readonly EntryBody[]): Entry[] => entries(planned('mig-1', { plan: DRAWN }), ...said)
const at = (...said: readonly EntryBody[]): Migration => {
  const m = fold(all(...said))
  if (!m) throw new Error('it begins with planned')
  return m
}

/** The fields that the last entry changed, but for the rev. */
function changes(...said: readonly EntryBody[]): Partial<Migration> {
  const before = at(...said.slice(0, -1))
  const after = at(...said)
  expect(after.rev).toBe(before.rev + 1)
  const rows = Object.entries({ ...after, rev: before.rev, effects: after.effects.values() })
  const old: Readonly<Record<string, unknown>> = { ...before, effects: before.effects.values() }
  return Object.fromEntries(rows.filter(([key, value]) => !isDeepStrictEqual(value, old[key])))
}

const began: EntryBody = { kind: 'began' }
const freezing: EntryBody = { kind: 'freezing', freeze: 'mig-1-f1', services: ['logs'] }
const wentLive: EntryBody = { kind: 'wentLive', percents: { dropbox: 7 } }
const done: EntryBody = { kind: 'done' }
const aborting: EntryBody = { kind: 'aborting', by: 'U-2', reason: 'a test' }
const paused: EntryBody = { kind: 'paused', by: 'U-2' }
const resumed: EntryBody = { kind: 'resumed', by: 'U-2' }
const halted: EntryBody = { kind: 'halted', why: 'a rival' }
const cleaning: EntryBody = { kind: 'cleaning', by: 'U-2' }
const doubted: EntryBody = { kind: 'doubted', why: 'a test' }
const looked: EntryBody = { kind: 'looked' }
const warned: EntryBody = { kind: 'warned', about: 'a', service: null, text: '' }
const start: EntryBody = { kind: 'asked', gate: 'start', basis: 'b', evidence: [], again: null }
const freeze: EntryBody = { ...start, gate: 'freeze' } as EntryBody
const goLive: EntryBody = { ...start, gate: 'goLive' } as EntryBody
const cleanup: EntryBody = { ...start, gate: 'cleanup' } as EntryBody
const kept = (...ids: readonly string[]): EntryBody => ({
  ...{ kind: 'kept', resources: ids.map((id) => ({ id, name: 'a name', why: `why ${id}` })) },
})
const skips = (entry: string): EntryBody => ({ kind: 'skipped', entry, by: 'U-2' })
const LIVE = [began, freezing, wentLive]
/** Without a freeze, so that no outage is counted. */
const ENDED = [began, warned, wentLive, done]

test('planned: everything that it says, and nothing that has not happened', () => {
  const rules = { ...NO_RULES, retentionDays: 3 }
  const first = planned('mig-7', { plan: DRAWN, rules, by: 'U-1', channel: 'C-9', seeds: true, version: 1 })
  const m = fold(entries(first))
  expect(plain(m)).toEqual({
    ...{ id: 'mig-7', rev: 1, phase: 'planned', paused: false, plan: DRAWN, rules, by: 'U-1', channel: 'C-9' },
    ...{ inventory: first.kind === 'planned' ? first.inventory : null, found: [], gone: new Set(), choices: [] },
    explained: new Set(),
    unjournalled: new Set(),
    ...{
      seeds: true,
      purpose: 'move',
      isRebuilt: false,
      version: 1,
      runId: 'r1',
      replicationId: 'h1',
      away: null,
      doubt: null,
      halted: null,
      misfits: new Map(),
    },
    ...{
      plannedAtMs: 1_000,
      beganAtMs: null,
      windowMs: null,
      freezeAskedMs: null,
      rehearsed: {},
      chosenAtMs: 1_000,
      asking: null,
      questions: new Set(),
      approvals: [],
      suspicions: new Map(),
      deferrals: [],
      isExceeded: false,
      keptBackMs: null,
      returns: [],
    },
    ...{
      warned: new Set(),
      freezes: [],
      effects: [],
      deltas: new Map(),
      earlier: {},
      older: {},
      outage: null,
      wentLiveAtMs: null,
      percentsAtGoLive: {},
    },
    ...{ endedAtMs: null, cleanup: null },
  })
})

describe('a freeze covers the sources of its services in the plan of its time', () => {
  const [own, more, other] = ['vol-1', 'vol-2', 'vol-3'].map((id) => move({ id }, id === 'vol-3' ? 'mail' : 'logs'))
  if (!own || !more || !other) throw new Error('there are three')
  const pairs = ['a', 'b'].map((id) => ({
    source: volume({ id: `vol-${id}` }),
    copy: volume({ id: `vol-${id}-copy` }),
  }))
  const FILES = replicaMove({ pairs })
  const freezes = (...services: readonly string[]): EntryBody => ({ kind: 'freezing', freeze: 'mig-1-f1', services })
  const redrawn: EntryBody = {
    ...{ kind: 'replanned', choices: [], found: [], by: null },
    plan: plan([own, more, other, FILES], { digest: 'plan-2' }),
  }
  test.each<[string, readonly EntryBody[], readonly (readonly string[])[]]>([
    ['of one service', [freezes('logs')], [['vol-1']]],
    ['of two', [freezes('logs', 'mail')], [['vol-1', 'vol-3']]],
    ['of a replica, without its copies', [freezes('files')], [['vol-a', 'vol-b']]],
    ['of a service that no plan has: none', [freezes('web')], [[]]],
    ['not what joined the service since', [freezes('logs'), redrawn], [['vol-1']]],
    ['what joined it before', [redrawn, freezes('logs')], [['vol-1', 'vol-2']]],
    [
      'what joined it before a second one, in that one',
      [freezes('logs'), redrawn, { ...freezes('logs'), freeze: 'mig-1-f2' } as EntryBody],
      [['vol-1'], ['vol-1', 'vol-2']],
    ],
  ])('%s', (_, said, sources) => {
    const first = planned('mig-1', { plan: plan([own, other, FILES]) })
    const m = fold(entries(first, began, ...said))
    expect(m?.halted).toBeNull()
    expect(m?.freezes.map((one) => one.sources)).toEqual(sources)
  })
})

describe('before the end', () => {
  const late = seen(move({ id: 'vol-9', name: 'late' }))
  const other = plan([], { digest: 'plan-2' })
  const choice = { volume: 'vol-1', service: 'logs', route: 'stay', need: 'required' } as const
  const asking = {
    gate: 'start',
    basis: 'b',
    nonce: 'n2',
    atMs: 2_000,
    sinceMs: 2_000,
    missingRev: null,
    behind: [],
  } as const
  const approved: EntryBody = { kind: 'approved', asked: 'n2', gate: 'start', basis: 'b', by: 'U-2' }
  const outage = { fromMs: 3_000, untilMs: null, gateWaitMs: 0, countedUntilMs: 3_000 }
  const person = { service: 'logs', by: 'U-2', reason: 'a test' }

  test.each<[string, readonly EntryBody[], object]>([
    [
      'replanned: the plan, what was chosen and found',
      [{ kind: 'replanned', plan: other, choices: [choice], found: [late], by: null }],
      { plan: other, choices: [choice], found: [late] },
    ],
    [
      'replanned by a person: when they chose',
      [{ kind: 'replanned', plan: other, choices: [choice], found: [], by: 'U-2' }],
      { plan: other, choices: [choice], chosenAtMs: 2_000 },
    ],
    ['gone: the volumes', [{ kind: 'gone', volumes: ['vol-1', 'vol-2'] }], { gone: new Set(['vol-1', 'vol-2']) }],
    [
      'gone: more of them',
      [
        { kind: 'gone', volumes: ['vol-1'] },
        { kind: 'gone', volumes: ['vol-2'] },
      ],
      { gone: new Set(['vol-1', 'vol-2']) },
    ],
    ['asked: the question, by the name of its entry', [start], { asking, questions: new Set(['n2']) }],
    [
      'asked again: every name stays known',
      [start, start],
      { asking: { ...asking, nonce: 'n3', atMs: 3_000 }, questions: new Set(['n2', 'n3']) },
    ],
    [
      'asked again because its approval was void: since then',
      [start, { ...start, again: 'void' }],
      { asking: { ...asking, nonce: 'n3', atMs: 3_000, sinceMs: 3_000 }, questions: new Set(['n2', 'n3']) },
    ],
    [
      'missing: of the question that stands',
      [start, { kind: 'missing', asked: 'n2', what: '' }],
      { asking: { ...asking, missingRev: 3, behind: [] } },
    ],
    ['missing: of another one, nothing', [start, { kind: 'missing', asked: 'n1', what: '' }], {}],
    ['missing: where nothing is asked, nothing', [{ kind: 'missing', asked: 'n1', what: '' }], {}],
    [
      'shown: of the question that stands',
      [start, { kind: 'missing', asked: 'n2', what: '' }, { kind: 'shown', asked: 'n2' }],
      { asking },
    ],
    [
      'shown: of another one, nothing',
      [start, { kind: 'missing', asked: 'n2', what: '' }, { kind: 'shown', asked: 'n1' }],
      {},
    ],
    ['withdrew: the question of its gate', [start, { kind: 'withdrew', gate: 'start', why: '' }], { asking: null }],
    ['withdrew: of another gate, nothing', [start, { kind: 'withdrew', gate: 'goLive', why: '' }], {}],
    [
      'approved: the question that stands',
      [start, approved],
      { approvals: [{ asked: 'n2', gate: 'start', basis: 'b', by: 'U-2', atMs: 3_000, rev: 3 }] },
    ],
    ['approved: another question, nothing', [start, start, approved], {}],
    ['approved: where nothing is asked, nothing', [approved], {}],
    [
      'declined: it is over',
      [start, { kind: 'declined', asked: 'n2', gate: 'start', by: 'U-2' }],
      { phase: 'aborted', asking: null, endedAtMs: 3_000 },
    ],
    [
      'declined: by command',
      [{ kind: 'declined', asked: null, gate: 'start', by: 'U-2' }],
      { phase: 'aborted', endedAtMs: 2_000 },
    ],
    [
      'declined: an older question, nothing',
      [start, start, { kind: 'declined', asked: 'n2', gate: 'start', by: 'U-2' }],
      {},
    ],
    [
      'declined: a question that stands no more, nothing',
      [
        start,
        { kind: 'withdrew', gate: 'start', why: '' },
        { kind: 'declined', asked: 'n2', gate: 'start', by: 'U-2' },
      ],
      {},
    ],
    ['began: no question is left', [start, began], { phase: 'seeding', asking: null, beganAtMs: 3_000 }],
    [
      'freezing: the freeze, and the outage',
      [began, freezing],
      {
        phase: 'frozen',
        freezes: [{ id: 'mig-1-f1', services: ['logs'], sources: ['vol-1'], atMs: 3_000, rev: 3 }],
        outage,
      },
    ],
    [
      'freezing: no question is left',
      [began, freeze, freezing],
      {
        phase: 'frozen',
        asking: null,
        freezes: [{ id: 'mig-1-f1', services: ['logs'], sources: ['vol-1'], atMs: 4_000, rev: 4 }],
        outage: { ...outage, fromMs: 4_000, countedUntilMs: 4_000 },
      },
    ],
    [
      'freezing: once more',
      [began, freezing, { ...freezing, freeze: 'mig-1-f2' } as EntryBody],
      {
        freezes: [
          { id: 'mig-1-f1', services: ['logs'], sources: ['vol-1'], atMs: 3_000, rev: 3 },
          { id: 'mig-1-f2', services: ['logs'], sources: ['vol-1'], atMs: 4_000, rev: 4 },
        ],
      },
    ],
    ['deferred: who, and why', [{ kind: 'deferred', ...person }], { deferrals: [{ ...person, atMs: 2_000 }] }],
    ['exceeded: that it may be', [began, { kind: 'exceeded', by: 'U-2', reason: 'a test' }], { isExceeded: true }],
    [
      'returned: who, and why; what required services wait for, it does not belong to',
      [...LIVE, { kind: 'returned', ...person }],
      { returns: [{ ...person, atMs: 5_000 }], outage: { ...outage, countedUntilMs: 3_000, untilMs: 5_000 } },
    ],
    ['warned: of what', [warned], { warned: new Set(['a']) }],
    [
      'warned: that the outage is not asked for, since then',
      [{ ...warned, about: 'forecast over budget 1' } as EntryBody],
      { warned: new Set(['forecast over budget 1']), keptBackMs: 2_000 },
    ],
    ['warned: of more', [warned, { ...warned, about: 'b' } as EntryBody], { warned: new Set(['a', 'b']) }],
    ['paused: nothing is asked', [start, paused], { paused: true, asking: null }],
    ['resumed', [paused, resumed], { paused: false }],
    [
      'wentLive: when, and how far what waits was',
      [began, freezing, goLive, wentLive],
      {
        phase: 'live',
        asking: null,
        wentLiveAtMs: 5_000,
        percentsAtGoLive: { dropbox: 7 },
        outage: { ...outage, gateWaitMs: 1_000, countedUntilMs: 5_000 },
      },
    ],
    ['aborting: no question and no pause is left', [began, paused, aborting], { phase: 'aborting', paused: false }],
    ['aborting: no question is left', [start, aborting], { phase: 'aborting', asking: null }],
    ['aborted: when', [aborting, { kind: 'aborted' }], { phase: 'aborted', endedAtMs: 3_000 }],
    ['done: when, and no pause is left', [...LIVE, paused, done], { phase: 'done', paused: false, endedAtMs: 6_000 }],
  ])('%s', (_, said, then) => {
    expect(changes(...said)).toEqual(then)
  })
})

describe('halts', () => {
  const misfit = (rev: number, kind: string, phase: string): string =>
    `entry ${rev} (${kind}) does not fit: ${kind} has no place in phase ${phase}`
  const rival = { from: 'seeding', why: 'a rival', entries: [], rival: 'a rival' } as const
  const both = { ...rival, entries: ['n4'], why: misfit(4, 'done', 'halted') }

  test.each<[string, readonly EntryBody[], object]>([
    ['a rival: from where', [began, halted], { phase: 'halted', halted: rival }],
    [
      'a rival: no question is left',
      [start, halted],
      { phase: 'halted', asking: null, halted: { ...rival, from: 'planned' } },
    ],
    [
      'a misfit: from where, and no question is left',
      [start, done],
      {
        phase: 'halted',
        asking: null,
        misfits: new Map([['n3', misfit(3, 'done', 'planned')]]),
        halted: { from: 'planned', why: misfit(3, 'done', 'planned'), entries: ['n3'], rival: null },
      },
    ],
    [
      'a misfit after a rival: it is passed first',
      [began, halted, done],
      { misfits: new Map([['n4', misfit(4, 'done', 'halted')]]), halted: both },
    ],
    ['that misfit passed: the rival is left', [began, halted, done, skips('n4')], { halted: rival }],
    ['a misfit passed: it goes on where it was', [began, done, skips('n3')], { phase: 'seeding', halted: null }],
    ['another entry passed: nothing', [began, done, skips('n2')], {}],
    ['an entry passed where nothing is halted: nothing', [began, skips('n2')], {}],
    [
      'a rival, resumed: it goes on, in doubt',
      [began, paused, halted, resumed],
      { phase: 'seeding', paused: false, halted: null, doubt: { sinceMs: 5_000, untilMs: 320_000, isOpen: true } },
    ],
    [
      'an abort: the halt is over, and somebody has to look',
      [began, halted, aborting],
      { phase: 'aborting', halted: null, doubt: { sinceMs: 4_000, untilMs: 319_000, isOpen: true } },
    ],
  ])('%s', (_, said, then) => expect(changes(...said)).toEqual(then))
})

describe('a cleanup', () => {
  const asked = { by: 'U-2', atMs: 6_000, rev: 6, approved: null, kept: new Map(), endedAtMs: null }
  const approved = { ...asked, approved: ['vol-1'] }
  const clearing: EntryBody = { kind: 'clearing', resources: ['vol-1'] }
  test.each<[string, readonly EntryBody[], object]>([
    ['is asked for', [...ENDED, cleaning], { cleanup: asked }],
    ['is agreed to', [...ENDED, cleaning, cleanup, clearing], { asking: null, cleanup: approved }],
    [
      'keeps a thing',
      [...ENDED, cleaning, clearing, kept('vol-1')],
      { cleanup: { ...approved, kept: new Map([['vol-1', 'why vol-1']]) } },
    ],
    [
      'keeps one more',
      [...ENDED, cleaning, kept('vol-1'), kept('vol-2')],
      {
        cleanup: {
          ...asked,
          kept: new Map([
            ['vol-1', 'why vol-1'],
            ['vol-2', 'why vol-2'],
          ]),
        },
      },
    ],
    [
      'ends',
      [...ENDED, cleaning, cleanup, { kind: 'cleaned' }],
      { asking: null, cleanup: { ...asked, endedAtMs: 8_000 } },
    ],
    [
      'is asked for anew',
      [...ENDED, cleaning, clearing, { kind: 'cleaned' }, cleaning],
      { cleanup: { ...asked, atMs: 9_000, rev: 9 } },
    ],
  ])('%s', (_, said, then) => expect(changes(...said)).toEqual(then))
})

describe('doubt', () => {
  const effect: Effect = {
    ...{ subject: ofMove('vol-1'), step: 'seed', generation: 1, direction: 'forward' },
    ...{ volumeId: 'vol-1', tags: {} },
  }
  const adopted: EntryBody = { kind: 'adopted', things: [{ effect, issued: 'n-lost', resource: 'snap-1' }] }
  const open = (sinceMs: number) => ({ sinceMs, untilMs: sinceMs + 315_000, isOpen: true })
  const closed = (sinceMs: number) => ({ ...open(sinceMs), isOpen: false })

  test.each<[string, readonly EntryBody[], Migration['doubt']]>([
    ['there is none', [began], null],
    ['an entry says so', [doubted], open(2_000)],
    ['another one says so, later', [doubted, warned, doubted], open(4_000)],
    ['somebody has looked', [doubted, looked], closed(2_000)],
    ['somebody has looked where there is none', [looked], null],
    ['it begins again after that', [doubted, looked, doubted], open(4_000)],
    ['what no entry explains begins it', [adopted], open(2_000)],
    ['more of that does not begin it anew', [doubted, adopted], open(2_000)],
    ['but does, once somebody has looked', [doubted, looked, adopted], open(4_000)],
    ['a halt that is resumed begins it', [halted, resumed], open(3_000)],
    ['an abort in spite of a rival begins it', [began, halted, aborting], open(4_000)],
    ['an abort from another halt does not', [began, done, aborting], null],
    ['a pause that is resumed does not', [paused, resumed], null],
  ])('%s', (_, said, doubt) => expect(at(...said).doubt).toEqual(doubt))

  test.each<[string, Partial<Entry>, boolean]>([
    ['the same run and history', {}, false],
    ['another run', { runId: 'r2' }, true],
    ['another history, as a failover makes it', { replicationId: 'h2' }, true],
  ])('%s', (_, over, is) => {
    const last = { ...(all(began).at(-1) as Entry), ...over } as Entry
    const m = extend(at(), last)
    expect(m).toMatchObject({ runId: last.runId, replicationId: last.replicationId, doubt: is ? open(2_000) : null })
  })
})

describe('an effect', () => {
  const forward = { generation: 1, direction: 'forward' } as const
  const cut: Effect = { ...forward, subject: ofMove('vol-1'), step: 'snapshot', volumeId: 'vol-1', tags: {} }
  const hands = (name: string): Effect => ({
    ...{ ...forward, subject: ofService(name), step: 'freeze', service: name, instances: ['i'] },
    work: { method: 'manual', todo: [] },
  })
  const id = effectId(cut)
  const intends = (...effects: readonly Effect[]): EntryBody => ({ kind: 'intended', effects })
  const issued: EntryBody = { kind: 'issued', effect: id }
  const started = (attempt: string, resource: string | null = 'snap-1'): EntryBody => ({
    ...{ kind: 'started', effect: id, issued: attempt, resource },
  })
  const fails = (attempt: string | null): EntryBody => ({
    ...{ kind: 'failed', effect: id, issued: attempt, code: 'X', problem: 'p', remedy: 'r' },
  })
  const retries = (failed: string): EntryBody => ({ kind: 'retried', effect: id, failed, by: 'U-2' })
  const begun = (resource: string, ...others: readonly string[]): EntryBody => ({
    ...{ kind: 'seen', started: [{ effect: id, resource, others }], achieved: [] },
  })
  /** Intended by the third entry, and issued by the fourth. */
  const before = [began, intends(cut)]
  const NEW: EffectState = {
    ...{ effect: cut, status: 'intended', attempts: [], intended: 'n3', intendedRev: 3, intendedAtMs: 3_000 },
    ...{
      hindrance: null,
      notBeforeMs: 0,
      resource: null,
      others: [],
      achievedAtMs: null,
      confirmedBy: null,
      failure: null,
    },
    reading: null,
    isFound: false,
  }
  const attempts = [{ nonce: 'n4', atMs: 4_000 }]
  const CALLED: EffectState = { ...NEW, status: 'issued', attempts }
  const failure = { code: 'X', problem: 'p', remedy: 'r' }
  const doubts = { doubts: ['d'], leftKib: 3, sync: 's', isStalled: true, sourceRole: 'Secondary' }

  test.each<[string, readonly EntryBody[], EffectState]>([
    ['intended', [], NEW],
    ['issued', [issued], CALLED],
    [
      'not called: not again before EC2 is ready',
      [issued, { kind: 'notCalled', effect: id, issued: 'n4', why: '', retryMs: 2_000 }],
      { ...NEW, attempts, notBeforeMs: 7_000 },
    ],
    [
      'not called, for what AWS answers, since the first such answer',
      [
        issued,
        { kind: 'notCalled', effect: id, issued: 'n4', why: 'X', retryMs: 2_000, answer: failure },
        issued,
        { kind: 'unanswered', effect: id, issued: 'n6', answer: { ...failure, problem: 'q' } },
      ],
      {
        ...{ ...CALLED, attempts: [...attempts, { nonce: 'n6', atMs: 6_000 }], notBeforeMs: 7_000 },
        hindrance: { ...failure, problem: 'q', sinceMs: 5_000 },
      },
    ],
    [
      'not answered, with another code: since that one',
      [
        issued,
        { kind: 'unanswered', effect: id, issued: 'n4', answer: failure },
        issued,
        { kind: 'unanswered', effect: id, issued: 'n6', answer: { ...failure, code: 'Y' } },
      ],
      {
        ...{ ...CALLED, attempts: [...attempts, { nonce: 'n6', atMs: 6_000 }] },
        hindrance: { ...failure, code: 'Y', sinceMs: 7_000 },
      },
    ],
    [
      'put off by zonehop itself, which says nothing of what AWS answered before',
      [
        issued,
        { kind: 'unanswered', effect: id, issued: 'n4', answer: failure },
        issued,
        { kind: 'notCalled', effect: id, issued: 'n6', why: 'JournalInDoubt', retryMs: 0 },
      ],
      {
        ...{ ...NEW, attempts: [...attempts, { nonce: 'n6', atMs: 6_000 }], notBeforeMs: 7_000 },
        hindrance: { ...failure, sinceMs: 5_000 },
      },
    ],
    [
      'started: by what the call returned',
      [issued, started('n4')],
      { ...CALLED, status: 'started', resource: 'snap-1' },
    ],
    [
      'started: by an older attempt, nothing',
      [issued, issued, started('n4')],
      { ...CALLED, attempts: [...attempts, { nonce: 'n5', atMs: 5_000 }] },
    ],
    ['started: without an id, none', [issued, started('n4', null)], { ...CALLED, status: 'started' }],
    [
      'started: once it is seen begun, nothing',
      [issued, begun('snap-2'), started('n4')],
      { ...CALLED, status: 'started', resource: 'snap-2', isFound: true },
    ],
    [
      'started: an answer behind the look that found it, which vouches for it',
      [issued, begun('snap-1'), started('n4')],
      { ...CALLED, status: 'started', resource: 'snap-1' },
    ],
    [
      'seen begun: what a call had returned stays so, whatever else is seen beside it',
      [issued, started('n4'), begun('snap-1', 'snap-3')],
      { ...CALLED, status: 'started', resource: 'snap-1', others: ['snap-3'] },
    ],
    [
      'seen begun: by what is seen, and what else was made',
      [issued, begun('snap-2', 'snap-3')],
      { ...CALLED, status: 'started', resource: 'snap-2', others: ['snap-3'], isFound: true },
    ],
    [
      'seen done',
      [issued, { kind: 'seen', started: [], achieved: [id] }],
      { ...CALLED, status: 'achieved', achievedAtMs: 5_000 },
    ],
    [
      'seen begun and done at once',
      [issued, { kind: 'seen', started: [{ effect: id, resource: 'snap-2', others: [] }], achieved: [id] }],
      { ...CALLED, status: 'achieved', resource: 'snap-2', achievedAtMs: 5_000, isFound: true },
    ],
    [
      'read: what the hosts told',
      [issued, { kind: 'read', effect: id, ...doubts }],
      { ...CALLED, status: 'achieved', achievedAtMs: 5_000, reading: doubts },
    ],
    [
      'failed: by the answer of its call',
      [issued, fails('n4')],
      { ...CALLED, status: 'failed', failure: { ...failure, nonce: 'n5' } },
    ],
    [
      'failed: by the answer of an older call, nothing',
      [issued, issued, fails('n4')],
      { ...CALLED, attempts: [...attempts, { nonce: 'n5', atMs: 5_000 }] },
    ],
    ['failed: by a look', [fails(null)], { ...NEW, status: 'failed', failure: { ...failure, nonce: 'n4' } }],
    [
      'failed: what was achieved, too',
      [issued, { kind: 'seen', started: [], achieved: [id] }, fails(null)],
      { ...CALLED, status: 'failed', achievedAtMs: 5_000, failure: { ...failure, nonce: 'n6' } },
    ],
    [
      'retried: by the name of another failure, nothing',
      [fails(null), retries('n3')],
      { ...NEW, status: 'failed', failure: { ...failure, nonce: 'n4' } },
    ],
    [
      'confirmed: by whom',
      [{ kind: 'confirmed', intended: 'n3', effects: [id], by: 'U-2' }],
      { ...NEW, status: 'achieved', achievedAtMs: 4_000, confirmedBy: 'U-2' },
    ],
    [
      'confirmed: a failure is over',
      [fails(null), { kind: 'confirmed', intended: 'n3', effects: [id], by: 'U-2' }],
      { ...NEW, status: 'achieved', achievedAtMs: 5_000, confirmedBy: 'U-2' },
    ],
    [
      'confirmed: as another entry asked for it, nothing',
      [{ kind: 'confirmed', intended: 'n2', effects: [id], by: 'U-2' }],
      NEW,
    ],
    [
      'confirmed: what is called, nothing',
      [issued, { kind: 'confirmed', intended: 'n3', effects: [id], by: 'U-2' }],
      CALLED,
    ],
    [
      'adopted: begun by the lost attempt',
      [{ kind: 'adopted', things: [{ effect: cut, issued: 'n-lost', resource: 'snap-9' }] }],
      { ...NEW, status: 'started', attempts: [{ nonce: 'n-lost', atMs: 4_000 }], resource: 'snap-9', isFound: true },
    ],
    [
      'adopted: beside what it has',
      [issued, started('n4'), { kind: 'adopted', things: [{ effect: cut, issued: 'n-lost', resource: 'snap-9' }] }],
      {
        ...CALLED,
        status: 'started',
        attempts: [...attempts, { nonce: 'n-lost', atMs: 6_000 }],
        resource: 'snap-1',
        others: ['snap-9'],
      },
    ],
    [
      'adopted: with others that claim to be it',
      [{ kind: 'adopted', things: [{ effect: cut, issued: 'n-lost', resource: 'snap-9', others: ['snap-8'] }] }],
      {
        ...NEW,
        ...{ status: 'started', attempts: [{ nonce: 'n-lost', atMs: 4_000 }], resource: 'snap-9', others: ['snap-8'] },
        isFound: true,
      },
    ],
    [
      'adopted: beside what it has, with others that claim to be it',
      [
        issued,
        started('n4'),
        { kind: 'adopted', things: [{ effect: cut, issued: 'n-lost', resource: 'snap-9', others: ['snap-8'] }] },
      ],
      {
        ...CALLED,
        status: 'started',
        attempts: [...attempts, { nonce: 'n-lost', atMs: 6_000 }],
        resource: 'snap-1',
        others: ['snap-9', 'snap-8'],
      },
    ],
    [
      'adopted: an attempt for which several things stand, and that is repeated first of all',
      [issued, { kind: 'adopted', things: [{ effect: cut, issued: 'n-lost', resource: null }] }],
      { ...CALLED, status: 'issued', attempts: [{ nonce: 'n-lost', atMs: 5_000 }, ...attempts] },
    ],
    [
      'adopted: two at once, the first of which counts',
      [
        {
          kind: 'adopted',
          things: [
            { effect: cut, issued: 'n-a', resource: 'snap-a' },
            { effect: cut, issued: 'n-b', resource: 'snap-b' },
          ],
        },
      ],
      {
        ...NEW,
        status: 'started',
        attempts: [
          { nonce: 'n-a', atMs: 4_000 },
          { nonce: 'n-b', atMs: 4_000 },
        ],
        resource: 'snap-a',
        isFound: true,
        others: ['snap-b'],
      },
    ],
  ])('%s', (_, said, then) => {
    const m = at(...before, ...said)
    expect(m.halted).toBeNull()
    expect(m.effects.get(id)).toEqual(then)
  })

  test('retried: its next generation is intended, and the failed one stays as it was', () => {
    const m = at(...before, fails(null), retries('n4'))
    const next = { ...cut, generation: 2 }
    expect(m.effects.values()).toEqual([
      { ...NEW, status: 'failed', failure: { ...failure, nonce: 'n4' } },
      { ...NEW, effect: next, intended: 'n5', intendedRev: 5, intendedAtMs: 5_000 },
    ])
    // Twice is once, whatever became of it since.
    const twice = at(...before, fails(null), retries('n4'), { kind: 'issued', effect: effectId(next) }, retries('n4'))
    expect(twice.effects.get(effectId(next))?.status).toBe('issued')
  })

  test('adopted: what the journal has never intended', () => {
    const m = at(began, { kind: 'adopted', things: [{ effect: cut, issued: 'n-lost', resource: 'snap-9' }] })
    expect(m.effects.get(id)).toEqual({
      ...{ ...NEW, status: 'started', attempts: [{ nonce: 'n-lost', atMs: 3_000 }], resource: 'snap-9', isFound: true },
    })
  })

  test('confirmed: of several those that are named and known', () => {
    const [one, two] = [hands('db'), hands('logs')]
    const confirms: EntryBody = {
      ...{ kind: 'confirmed', intended: 'n3', effects: [effectId(one), 'service/mail.freeze.1'], by: 'U-2' },
    }
    const m = at(began, intends(one, two), confirms)
    expect(m.effects.values().map(({ status }) => status)).toEqual(['achieved', 'intended'])
  })
})

describe('a journal', () => {
  test('of one entry more is folded from where it was', () => {
    const folded = all(began, freezing, warned)
    expect(plain(extendAll(fold(folded.slice(0, 2)), folded.slice(2)))).toEqual(plain(fold(folded)))
    expect(extendAll(null, [])).toBeNull()
    const m = at(began)
    expect(extendAll(m, [])).toBe(m)
  })

  test.each<[string, readonly Entry[], string]>([
    ['that begins with another kind', entries(began), 'a journal begins with planned, not began at 1'],
    [
      'whose first entry is lost',
      entries(began, planned('mig-1')).slice(1),
      'a journal begins with planned, not planned at 2',
    ],
    ['with a gap', all(began, warned).filter(({ rev }) => rev !== 2), 'entry 3 does not follow 1 of mig-1'],
    ['with an entry twice', [...all(began), ...all(began).slice(1)], 'entry 2 does not follow 2 of mig-1'],
  ])('%s does not fold', (_, journal, message) => {
    expect(() => fold(journal)).toThrow(new Error(message))
    expect(() => journal.reduce<Migration | null>(extend, null)).toThrow(new Error(message))
  })
})
