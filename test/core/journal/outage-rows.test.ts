// How long the outage is: when it begins and ends, and how much of it was spent waiting for people.
import { describe, expect, test } from 'vitest'
import { concernsOutage, outageAfter, wasFrozen } from '../../../src/core/journal/outage.ts'
import { type Effect, effectId } from '../../../src/core/model/effects.ts'
import type { Entry, EntryBody } from '../../../src/core/model/entries.ts'
import type { Migration, Outage } from '../../../src/core/model/migration.ts'
import { ofMove, ofService } from '../../../src/core/model/subjects.ts'
import { move, plan, service } from '../../support/plans.ts'
import { folded } from '../journals.ts'

/** Two that are required, and one that is not. Entry `n` is at `n` s: the first thing said is `n2`. */
const DRAWN = plan(
  ['db', 'dropbox', 'logs'].map((name) => move({ id: `vol-${name}`, name })),
  { services: [service('db'), service('dropbox', { need: 'deferrable' }), service('logs')] },
)
const at = (...said: readonly EntryBody[]): Migration => folded(DRAWN, ...said)
const outage = (...said: readonly EntryBody[]): Outage | null => at(...said).outage

const began: EntryBody = { kind: 'began' }
const freezing: EntryBody = { kind: 'freezing', freeze: 'mig-1-f1', services: ['db', 'dropbox', 'logs'] }
const wentLive: EntryBody = { kind: 'wentLive', percents: {} }
const aborting: EntryBody = { kind: 'aborting', by: 'U-2', reason: 'a test' }
const warned: EntryBody = { kind: 'warned', about: 'a', service: null, text: '' }
const asks = (basis = 'b'): EntryBody => ({ kind: 'asked', gate: 'goLive', basis, evidence: [], again: null })
const defers = (name: string): EntryBody => ({ kind: 'deferred', service: name, by: 'U-2', reason: 'a test' })
const gives = (name: string): EntryBody => ({ kind: 'returned', service: name, by: 'U-2', reason: 'a test' })
const intends = (...effects: readonly Effect[]): EntryBody => ({ kind: 'intended', effects })
const sees = (...effects: readonly Effect[]): EntryBody => ({
  ...{ kind: 'seen', started: [], achieved: effects.map(effectId) },
})
const confirms = (intended: string, ...effects: readonly Effect[]): EntryBody => ({
  ...{ kind: 'confirmed', intended, effects: effects.map(effectId), by: 'U-2' },
})

type Hosts = 'freeze' | 'unfreeze' | 'open'
function by(method: 'manual' | 'document', step: Hosts, name: string, part = 1): Effect {
  const work =
    method === 'manual' ? ({ method, todo: [] } as const) : ({ method, document: `zonehop-${step}` } as const)
  const direction = step === 'unfreeze' ? 'back' : 'forward'
  return { subject: ofService(name, part), step, generation: 1, direction, service: name, instances: ['i'], work }
}
const hands = (step: Hosts, name: string): Effect => by('manual', step, name)
const document = (step: Hosts, name: string, part = 1): Effect => by('document', step, name, part)
const CUT: Effect = {
  ...{ subject: ofMove('vol-db'), step: 'snapshot', generation: 1, direction: 'forward' },
  ...{ volumeId: 'vol-db', tags: {} },
}
const lasting = (fromMs: number, gateWaitMs = 0, countedUntilMs = fromMs): Outage => ({
  ...{ fromMs, untilMs: null, gateWaitMs, countedUntilMs },
})

describe('it begins', () => {
  test.each<[string, readonly EntryBody[], Outage | null]>([
    ['not with the start', [began, asks()], null],
    ['with the first freeze', [began, freezing], lasting(3_000)],
    ['once: a second freeze begins no other one', [began, freezing, freezing], lasting(3_000)],
    ['not with what is deferred or aborted before it', [began, defers('logs'), aborting], null],
  ])('%s', (_, said, then) => expect(outage(...said)).toEqual(then))

  /** Three minutes before its entry somebody decided on a freeze, or it was found in tags of that time. */
  const DECIDED_MS = 1_000_000
  const entry: Entry = {
    ...({ kind: 'freezing', freeze: `mig-1-f${DECIDED_MS}`, services: ['db'] } as const),
    ...{ rev: 3, atMs: DECIDED_MS + 180_000, nonce: 'n3', runId: 'r1', replicationId: 'h1' },
  }
  const doubted: EntryBody = { kind: 'doubted', why: 'a test' }
  test.each<[string, Migration, number]>([
    ['with its entry, where its writer was held up since it decided', at(began), entry.atMs],
    ['when it was decided, where doubt found it again', at(began, doubted), DECIDED_MS],
  ])('%s', (_, before, fromMs) => expect(outageAfter(before, before, entry)?.fromMs).toBe(fromMs))
})

describe('it ends', () => {
  const openings = [document('open', 'db'), document('open', 'logs')]
  const live = [began, freezing, wentLive, intends(...openings, document('open', 'dropbox'))]
  const [openDb, openLogs] = openings as [Effect, Effect]
  const unfreezes = [document('unfreeze', 'db'), document('unfreeze', 'logs')]
  const [homeDb, homeLogs] = unfreezes as [Effect, Effect]
  const stops = [document('freeze', 'db'), document('freeze', 'logs')]
  const stopped = [
    began,
    freezing,
    intends(...stops),
    ...stops.map((one): EntryBody => ({ kind: 'issued', effect: effectId(one) })),
  ]
  const back = [...stopped, aborting, intends(...unfreezes)]
  const secondPart = document('open', 'logs', 2)

  test.each<[string, readonly EntryBody[], number | null]>([
    ['not when one of two required services is open', [...live, sees(openDb)], null],
    ['when both are', [...live, sees(openDb), sees(openLogs)], 7_000],
    ['when both are seen open at once', [...live, sees(openDb, openLogs)], 6_000],
    ['when both are seen open beside a volume', [...live, intends(CUT), sees(CUT, openDb, openLogs)], 7_000],
    ['not before all parts of a service are open', [...live, intends(secondPart), sees(openDb, openLogs)], null],
    ['when its last part is open', [...live, intends(secondPart), sees(openDb, openLogs), sees(secondPart)], 8_000],
    [
      'when people confirm the last opening',
      [
        began,
        freezing,
        wentLive,
        intends(hands('open', 'db'), hands('open', 'logs')),
        confirms('n5', hands('open', 'db'), hands('open', 'logs')),
      ],
      6_000,
    ],
    [
      'not when they are open before the point of no return',
      [began, freezing, intends(...openings), sees(openDb, openLogs)],
      null,
    ],
    [
      'with the end, if they were open before',
      [began, freezing, intends(...openings), sees(openDb, openLogs), wentLive, { kind: 'done' }],
      7_000,
    ],
    ['never later than it did', [...live, sees(openDb, openLogs), warned, { kind: 'done' }], 6_000],
    ['not with an abort, while a service may be stopped', [...stopped, aborting], null],
    ['not when one of two services is at home', [...back, sees(homeDb)], null],
    ['when both are at home', [...back, sees(homeDb), sees(homeLogs)], 10_000],
    ['with the end of an abort, if nothing ever stopped', [began, freezing, aborting, { kind: 'aborted' }], 5_000],
    ['not with the end of an abort, if it never started again', [...stopped, aborting, { kind: 'aborted' }], null],
  ])('%s', (_, said, untilMs) => {
    expect(at(...said).halted).toBeNull()
    expect(outage(...said)?.untilMs).toBe(untilMs)
  })

  test('with the deferral of the last service that is not open', () => {
    const before = at(began, freezing, wentLive, intends(openDb), sees(openDb))
    const deferral: Entry = {
      ...{ kind: 'deferred', service: 'logs', by: 'U-2', reason: 'r', rev: 7, atMs: 7_000 },
      ...{ nonce: 'n7', runId: 'r1', replicationId: 'h1' },
    }
    const after: Migration = { ...before, deferrals: [{ service: 'logs', by: 'U-2', reason: 'r', atMs: 7_000 }] }
    expect(outageAfter(before, before, deferral)?.untilMs).toBeNull()
    expect(outageAfter(before, after, deferral)?.untilMs).toBe(7_000)
    expect(
      outageAfter(after, after, { ...deferral, kind: 'warned', about: 'a', service: null, text: '' })?.untilMs,
    ).toBeNull()
    expect(outageAfter(after, after, { ...deferral, ...gives('dropbox') })?.untilMs).toBe(7_000)
  })
})

describe('what was waited for people', () => {
  const frozen = [began, freezing]
  const two = [...frozen, intends(hands('freeze', 'db')), intends(hands('freeze', 'logs'))]
  test.each<[string, readonly EntryBody[], number, number]>([
    ['nothing, where nobody is asked', [...frozen, warned, warned], 0, 3_000],
    ['a question counts from when it was asked', [...frozen, asks(), warned, wentLive], 2_000, 6_000],
    ['and nothing of it before it ends', [...frozen, asks(), warned, warned], 0, 3_000],
    ['a question that another one follows counts too', [...frozen, asks(), asks('other')], 1_000, 5_000],
    [
      'a question that is withdrawn counts too',
      [...frozen, asks(), warned, { kind: 'withdrew', gate: 'goLive', why: '' }],
      2_000,
      6_000,
    ],
    [
      'what shows less is another look at the same question',
      [...frozen, asks(), { kind: 'missing', asked: 'n4', what: '' }],
      1_000,
      5_000,
    ],
    [
      'work counts from when it was asked for',
      [...frozen, intends(hands('freeze', 'db')), warned, confirms('n4', hands('freeze', 'db'))],
      2_000,
      6_000,
    ],
    [
      'two people at work at once are waited for once',
      [...two, confirms('n4', hands('freeze', 'db')), confirms('n5', hands('freeze', 'logs'))],
      3_000,
      7_000,
    ],
    ['work that another entry asked for counts for nothing', [...two, confirms('n9', hands('freeze', 'db'))], 0, 3_000],
    ['work that nobody asked for counts for nothing', [...frozen, confirms('n4', hands('freeze', 'db'))], 0, 3_000],
    [
      'of two pieces of work of one entry the time counts once',
      [
        ...frozen,
        intends(hands('freeze', 'db'), hands('freeze', 'logs')),
        confirms('n4', hands('freeze', 'db'), hands('freeze', 'logs')),
      ],
      1_000,
      5_000,
    ],
    [
      'while a question stands, work beside it is not counted again',
      [...frozen, intends(hands('freeze', 'db')), asks(), confirms('n4', hands('freeze', 'db'))],
      0,
      3_000,
    ],
  ])('%s', (_, said, gateWaitMs, countedUntilMs) => {
    expect(at(...said).halted).toBeNull()
    expect(outage(...said)).toEqual(lasting(3_000, gateWaitMs, countedUntilMs))
  })

  test('the question that began it does not count', () => {
    const question: EntryBody = { ...asks(), gate: 'freeze' } as EntryBody
    expect(outage(began, question, freezing)).toEqual(lasting(4_000))
  })

  test('an outage that ends with an answer counts the wait for it', () => {
    const opens = [hands('open', 'db'), hands('open', 'logs')]
    const said = [...frozen, wentLive, intends(...opens), warned, confirms('n5', ...opens)]
    expect(outage(...said)).toEqual({ fromMs: 3_000, untilMs: 7_000, gateWaitMs: 2_000, countedUntilMs: 7_000 })
  })
})

describe('which entries are about it', () => {
  const entry = (said: EntryBody): Entry => ({
    ...said,
    rev: 9,
    atMs: 9_000,
    nonce: 'n9',
    runId: 'r1',
    replicationId: 'h1',
  })
  const ending: readonly EntryBody[] = [
    ...[defers('db'), gives('db'), sees(CUT), confirms('n', CUT)],
    ...[{ kind: 'aborted' } as const, { kind: 'done' } as const],
  ]
  const others = [warned, began, wentLive, aborting, intends(CUT)]
  const concerned = (m: Migration, all: readonly EntryBody[]): string[] =>
    all.filter((one) => concernsOutage(m, entry(one))).map(({ kind }) => kind)

  test('before it begins only a freeze', () => {
    expect(concerned(at(began), [freezing, ...ending, ...others])).toEqual(['freezing'])
  })
  test('while it lasts what may end it', () => {
    const all = ['deferred', 'returned', 'seen', 'confirmed', 'aborted', 'done']
    expect(concerned(at(began, freezing), [freezing, ...ending, ...others])).toEqual(all)
  })
  test('while somebody is asked, all of them', () => {
    expect(concerned(at(began, freezing, asks()), [...ending, ...others])).toHaveLength(ending.length + others.length)
  })
  test('after its end only a freeze, which may be found on the way back', () => {
    const over = at(began, freezing, aborting, { kind: 'aborted' })
    expect(over.outage?.untilMs).toBe(5_000)
    expect(concerned(over, [freezing, ...ending, ...others])).toEqual(['freezing'])
  })
})

describe('whether writes may have been stopped', () => {
  const stop = document('freeze', 'logs')
  const second = document('freeze', 'logs', 2)
  const issued = (effect: Effect): EntryBody => ({ kind: 'issued', effect: effectId(effect) })
  test.each<[string, readonly EntryBody[], boolean]>([
    ['nothing was intended', [began, freezing], false],
    ['it was intended and never called', [began, freezing, intends(stop)], false],
    ['it was called', [began, freezing, intends(stop), issued(stop)], true],
    ['one of its parts was called', [began, freezing, intends(stop, second), issued(second)], true],
    [
      'another service was stopped',
      [began, freezing, intends(document('freeze', 'db')), issued(document('freeze', 'db'))],
      false,
    ],
    ['a person was told to', [began, freezing, intends(hands('freeze', 'logs'))], true],
    ['the journal was in doubt', [began, { kind: 'doubted', why: '' }], true],
    [
      'the journal was in doubt, and somebody has looked',
      [began, { kind: 'doubted', why: '' }, { kind: 'looked' }],
      true,
    ],
  ])('%s', (_, said, was) => expect(wasFrozen(at(...said), 'logs')).toBe(was))
})
