// The way back of a service, one row a rung; what is called on hosts that only a lost plan knew, and what is unknown yet.
import { describe, expect, test } from 'vitest'
import { type Effect, effectId, type ReplicaStep } from '../../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../../src/core/model/entries.ts'
import type { Facts, SeenVolume } from '../../../../src/core/model/facts.ts'
import { SHOWN_AFTER_MS } from '../../../../src/core/model/limits.ts'
import type { Migration } from '../../../../src/core/model/migration.ts'
import type { Plan, Service } from '../../../../src/core/model/plan.ts'
import { ofMove, type Subject } from '../../../../src/core/model/subjects.ts'
import {
  abortSteps,
  homeOf,
  isAbortComplete,
  isFenced,
  isReturnComplete,
  returnSteps,
  reunitedReadingOf,
  sourceSideOf,
  strayEffects,
  unknownCalls,
} from '../../../../src/core/steps/way-back.ts'
import { facts, LATER_MS } from '../../../support/facts.ts'
import { plan, planned, replicaMove, seen, service, volume } from '../../../support/plans.ts'
import { ALONE, at, BOTH, DROPBOX, LOGS, type Stage, seenAt } from '../../at.ts'
import { BEGINS_MS, migration } from '../../people.ts'

const aborts: EntryBody = { kind: 'aborting', by: 'U-2', reason: 'a test' }
const BY_DOCUMENT = plan([LOGS], { services: [service('logs', { method: 'document' })] })
const sees = (...achieved: readonly string[]): EntryBody => ({ kind: 'seen', started: [], achieved })

function only({ services }: Plan, name = 'logs'): Service {
  const found = services.find((each) => each.name === name)
  if (!found) throw new Error(`${name} is not in the plan`)
  return found
}

type Ladder = (m: Migration) => readonly Effect[]

/** The journal once this many rungs of the way are achieved, and what the next one asks for. */
function rung(
  said: readonly EntryBody[],
  ladder: Ladder,
  count: number,
): { said: readonly EntryBody[]; ids: string[] } {
  const m = migration(...said)
  const open = ladder(m).filter((effect) => m.effects.get(effectId(effect))?.status !== 'achieved')
  const ids = open.map(effectId)
  if (count === 0 || ids.length === 0) return { said, ids }
  const fresh = open.filter((effect) => !m.effects.has(effectId(effect)))
  return rung([...said, { kind: 'intended', effects: fresh }, sees(...ids)], ladder, count - 1)
}

describe('an abort, rung by rung', () => {
  const TOLD = 'aborted-logs-1.tag.1'
  const THAWED = 'aborted-freeze-logs-1.tag.1'
  const UNFROZEN = 'service/logs.unfreeze.1'

  test.each<[string, Plan, Stage, readonly string[]]>([
    ['before any freeze its sources tell of it, and that is all', ALONE, 'freezeAsked', [TOLD]],
    ['under a freeze that hands were not asked for: its tags go', ALONE, 'freezing', [TOLD, THAWED]],
    [
      'under one that a document may have carried out: it is started',
      BY_DOCUMENT,
      'freezing',
      [TOLD, THAWED, UNFROZEN],
    ],
    ['hands were asked to stop it: they are asked to start it', ALONE, 'frozen', [TOLD, THAWED, UNFROZEN]],
    ['its writes are stopped', ALONE, 'moving', [TOLD, THAWED, UNFROZEN]],
    [
      'it is copied: nothing more, copies are no concern of the service',
      ALONE,
      'goLiveAsked',
      [TOLD, THAWED, UNFROZEN],
    ],
    ['it was stopped by a document', BY_DOCUMENT, 'moving', [TOLD, THAWED, UNFROZEN]],
  ])('%s', (_, drawn, stage, rungs) => {
    const look = seenAt(stage, drawn)
    const ladder: Ladder = (m) => abortSteps(m, only(drawn), look, LATER_MS).effects
    const begun = [...at(stage, drawn), aborts]
    const asked = rungs.map((_, index) => rung(begun, ladder, index))
    expect(asked.map(({ ids }) => ids)).toEqual(rungs.map((id) => [id]))
    for (const { said } of asked) expect(isAbortComplete(migration(...said), only(drawn), look)).toBe(false)
    const home = rung(begun, ladder, rungs.length)
    expect(home.ids).toEqual([])
    expect(isAbortComplete(migration(...home.said), only(drawn), look)).toBe(true)
  })

  test('while a document may still stop it, its sources only tell of the abort', () => {
    const m = migration(...at('frozen', BY_DOCUMENT), aborts)
    const soon = { ...seenAt('frozen', BY_DOCUMENT), beganAtMs: BEGINS_MS }
    const { effects, waits } = abortSteps(m, only(BY_DOCUMENT), soon, LATER_MS)
    expect(effects.map(effectId)).toEqual([TOLD])
    expect(waits).toMatchObject([{ on: 'answer', name: 'logs', step: 'freeze' }])
  })
})

describe('one that is given back, rung by rung', () => {
  const returned: EntryBody = { kind: 'returned', service: 'dropbox', by: 'U-2', reason: 'a test' }
  const look = seenAt('opened', BOTH)
  const ladder: Ladder = (m) => returnSteps(m, only(BOTH, 'dropbox'), look, LATER_MS).effects

  test.each<[string, number, readonly string[]]>([
    ['first `left` goes', 0, ['returned-left-dropbox-1.tag.1']],
    ['then the freeze', 1, ['returned-frozen-dropbox-1.tag.1']],
    ['then its writes begin again', 2, ['service/dropbox.unfreeze.1']],
    ['then it is at home', 3, []],
  ])('%s', (_, count, ids) => {
    const asked = rung([...at('opened', BOTH), returned], ladder, count)
    expect(asked.ids).toEqual(ids)
    expect(isReturnComplete(migration(...asked.said), only(BOTH, 'dropbox'), look)).toBe(ids.length === 0)
  })
})

describe('hosts that only a lost plan knew', () => {
  const doubted: EntryBody = { kind: 'doubted', why: 'a test' }
  const words = (migrationId: string, name: string): object => ({
    'zonehop:plan': `migration=${migrationId} need=required route=snapshot successor=i-target service=${name}`,
  })
  const stray = (id: string, host: string, over: Partial<SeenVolume> & { readonly name?: string } = {}): SeenVolume => {
    const { name = 'cache', ...rest } = over
    return seen({ volume: volume({ id, instance: host }) }, { tags: { ...words('mig-1', name) }, ...rest })
  }
  const strays = (said: readonly EntryBody[], ...volumes: readonly SeenVolume[]): object[] =>
    strayEffects(migration(...at('frozen'), ...said, aborts), facts({ volumes })).map((effect) => [
      effectId(effect),
      effect.instances,
    ])

  test.each<[string, readonly SeenVolume[], readonly object[]]>([
    ['one volume: its host', [stray('vol-8', 'i-8')], [['service/cache/strays.unfreeze.1', ['i-8']]]],
    [
      'two of one service: its hosts, each once and in order',
      [stray('vol-8', 'i-8'), stray('vol-7', 'i-7'), stray('vol-6', 'i-8')],
      [['service/cache/strays.unfreeze.1', ['i-7', 'i-8']]],
    ],
    [
      'of two services: each its own',
      [stray('vol-8', 'i-8'), stray('vol-7', 'i-8', { name: 'web' })],
      [
        ['service/cache/strays.unfreeze.1', ['i-8']],
        ['service/web/strays.unfreeze.1', ['i-8']],
      ],
    ],
    ['not what the plan knows', [stray('vol-1', 'i-8')], []],
    ['not what is in another zone', [stray('vol-8', 'i-8', { zone: 'us-east-1c' })], []],
    ['not what another migration planned', [stray('vol-8', 'i-8', { tags: { ...words('mig-0', 'cache') } })], []],
    ['not what nobody planned', [stray('vol-8', 'i-8', { tags: {} })], []],
    ['not what is at no host', [stray('vol-8', 'i-8', { attachments: [] })], []],
  ])('%s', (_, volumes, then) => {
    expect(strays([doubted], ...volumes)).toEqual(then)
    // A journal that was never in doubt has lost no plan.
    expect(strays([], ...volumes)).toEqual([])
  })
})

describe('calls that EC2 may have taken', () => {
  const CUT = 'vol-1.snapshot.1'
  /** The call is the last entry of that journal. */
  const issuedAtMs = BEGINS_MS + at('cutting').length * 1_000

  test.each<[string, readonly EntryBody[], number, readonly string[]]>([
    ['called, within the window', [], issuedAtMs + SHOWN_AFTER_MS - 1, [CUT]],
    ['called, after it: what is not shown was not done', [], issuedAtMs + SHOWN_AFTER_MS, []],
    ['called, and seen', [sees(CUT)], issuedAtMs, []],
    [
      'called, and answered',
      [{ kind: 'started', effect: CUT, issued: 'vol-1-snapshot', resource: 'snap-vol-1' }],
      issuedAtMs,
      [],
    ],
    [
      'not called after all',
      [{ kind: 'notCalled', effect: CUT, issued: 'vol-1-snapshot', why: 'late', retryMs: 0 }],
      issuedAtMs,
      [],
    ],
  ])('%s', (_, said, beganAtMs, unknown) => {
    const m = migration(...at('cutting'), ...said, aborts)
    expect(unknownCalls(m, facts({ beganAtMs })).map(({ effect }) => effectId(effect))).toEqual(unknown)
  })

  test('what leads back is none of them: an abort calls it again', () => {
    const back = abortSteps(migration(...at('moving'), aborts), only(ALONE), seenAt('moving'), LATER_MS).effects
    const called: readonly EntryBody[] = [
      ...[...at('moving'), aborts, { kind: 'intended', effects: back } as const],
      ...back.map((effect): EntryBody => ({ kind: 'issued', effect: effectId(effect) })),
    ]
    expect(back).toHaveLength(1)
    expect(unknownCalls(migration(...called), facts({ beganAtMs: BEGINS_MS }))).toEqual([])
  })
})

describe('a replica on its way home', () => {
  const FILES = replicaMove()
  const drawn = plan([FILES, DROPBOX], { services: [service('dropbox'), service('files', { method: 'document' })] })
  const on = (step: ReplicaStep, subject: Subject, direction: Effect['direction'], generation = 1): Effect => ({
    ...{ subject, step, generation, direction, service: 'files', resource: 'files' },
    ...{ instances: ['i-files-next'], document: `zonehop-replica-${step}` },
  })
  const journal = (...said: readonly EntryBody[]): Migration =>
    migration(
      planned('mig-1', { plan: drawn }),
      { kind: 'began' },
      { kind: 'freezing', freeze: 'mig-1-f1', services: ['dropbox', 'files'] },
      ...said,
    )
  const done = (effect: Effect): EntryBody[] => [{ kind: 'intended', effects: [effect] }, sees(effectId(effect))]
  const there = (...hosts: readonly string[]): Facts =>
    facts({
      volumes: [
        seen(
          { volume: volume({ id: 'vol-files-copy' }) },
          {
            attachments: hosts.map((instance) => ({
              ...{ instance, device: '/dev/sdf', state: 'attached', deleteOnTermination: false },
            })),
          },
        ),
      ],
    })
  const promoted = done(on('promote', ofMove(FILES.id), 'forward'))
  const FENCE = on('fence', ofMove(FILES.id), 'back')

  test.each<[string, readonly EntryBody[], Facts, boolean]>([
    ['it is not at the successor', promoted, there('i-backup'), true],
    ['it is nowhere', promoted, there(), true],
    ['it is at the successor', promoted, there('i-files-next'), false],
    ['its fence is asked for', [...promoted, { kind: 'intended', effects: [FENCE] }], there('i-files-next'), false],
    ['its fence is seen', [...promoted, ...done(FENCE)], there('i-files-next'), true],
  ])('whether it is fenced: %s', (_, said, look, fenced) => {
    expect(isFenced(journal(...said, aborts), FILES, look)).toBe(fenced)
  })

  const REUNITE = on('reunite', homeOf(FILES), 'back')
  const prove = (generation: number): Effect => on('prove', homeOf(FILES), 'back', generation)
  const answered = (generation: number, ...doubts: readonly string[]): EntryBody[] => [
    { kind: 'intended', effects: [prove(generation)] },
    {
      ...{ kind: 'read', effect: effectId(prove(generation)), doubts, leftKib: null, sync: null },
      ...{ isStalled: false, sourceRole: 'Primary' },
    },
  ]

  test.each<[string, readonly EntryBody[], readonly string[] | null]>([
    ['never reunited', answered(1), null],
    ['asked before it was reunited', [...answered(1), ...done(REUNITE)], null],
    ['the reunion is not seen', [{ kind: 'intended', effects: [REUNITE] }, ...answered(1)], null],
    ['reunited, and not asked', done(REUNITE), null],
    ['reunited, and asked without an answer', [...done(REUNITE), { kind: 'intended', effects: [prove(1)] }], null],
    ['reunited, and answered', [...done(REUNITE), ...answered(1)], []],
    ['reunited, and answered with doubts', [...done(REUNITE), ...answered(1, 'it syncs')], ['it syncs']],
    ['the last answer counts', [...done(REUNITE), ...answered(1, 'it syncs'), ...answered(2)], []],
  ])('what both hosts said once it was reunited: %s', (_, said, doubts) => {
    expect(reunitedReadingOf(journal(aborts, ...said), FILES)?.doubts ?? null).toEqual(doubts)
  })

  test('its pair at home and its source have subjects of their own', () => {
    expect(homeOf(FILES)).toEqual({ of: 'side', move: FILES.id, side: 'home' })
    expect(sourceSideOf(FILES)).toEqual({ of: 'side', move: FILES.id, side: 'source' })
  })
})
