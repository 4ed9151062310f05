// What the rungs of a replica rest on, row by row: where its copies are, when it is proven, when it is asked again, when it
// may be primary. The rungs themselves stand in ../replicas.test.ts.
import { describe, expect, test } from 'vitest'
import { latest } from '../../../../src/core/journal/state.ts'
import { type Effect, effectId, type ReplicaStep } from '../../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../../src/core/model/entries.ts'
import type { Facts, SeenAttachment } from '../../../../src/core/model/facts.ts'
import { ASK_FROZEN_MS, ASK_SYNCED_MS, ASK_SYNCING_MS, SHOWN_AFTER_MS } from '../../../../src/core/model/limits.ts'
import type { Migration } from '../../../../src/core/model/migration.ts'
import { ofCopy, ofMove } from '../../../../src/core/model/subjects.ts'
import { freezeMarks } from '../../../../src/core/steps/marks.ts'
import {
  hostQuestion,
  isAt,
  isProven,
  isReplicaChecked,
  mayBePromoted,
  questions,
  replicaEffect,
  replicaSteps,
} from '../../../../src/core/steps/replica-ladder.ts'
import { facts, LATER_MS } from '../../../support/facts.ts'
import { plan, planned, replicaMove, seen, service, volume } from '../../../support/plans.ts'
import { migration } from '../../people.ts'

const PAIRS = ['a', 'b'].map((name) => ({
  source: volume({ id: `vol-${name}`, name, instance: 'i-files' }),
  copy: volume({ id: `vol-${name}-copy`, name: `${name}-copy`, instance: 'i-backup', device: `/dev/sd${name}` }),
}))
const FILES = replicaMove({ pairs: PAIRS })
const DRAWN = plan([FILES], { services: [service('files', { method: 'document' })] })
const FREEZE: EntryBody = { kind: 'freezing', freeze: 'mig-1-f1', services: ['files'] }
const PROVEN = { 'zonehop:proven': 'mig-1-f1' }

const begun = (...said: readonly EntryBody[]): Migration =>
  migration(planned('mig-1', { plan: DRAWN }), { kind: 'began' }, ...said)
const frozen = (...said: readonly EntryBody[]): Migration => begun(FREEZE, ...said)

/** Where the name of the document is not that of the step. */
const DOCUMENTS: Readonly<Partial<Record<ReplicaStep, string>>> = {
  prove: 'zonehop-replica-status',
  checkReplica: 'zonehop-replica-check',
}
const on = (step: ReplicaStep, instances: readonly string[], generation = 1): Effect => ({
  ...{ subject: ofMove(FILES.id), step, generation, direction: 'forward', service: 'files', resource: 'files' },
  ...{ instances, document: DOCUMENTS[step] ?? `zonehop-replica-${step}` },
})
const DEMOTE = on('demote', ['i-files'])
const PROVE = on('prove', ['i-files', 'i-backup'])
const PROMOTE = on('promote', ['i-files-next'])
const intends = (...effects: readonly Effect[]): EntryBody => ({ kind: 'intended', effects })
const issues = (effect: Effect): EntryBody => ({ kind: 'issued', effect: effectId(effect) })
const done = (effect: Effect): EntryBody[] => [
  intends(effect),
  { kind: 'seen', started: [], achieved: [effectId(effect)] },
]
const answers = (...doubts: readonly string[]): EntryBody => ({
  ...{ kind: 'read', effect: effectId(PROVE), doubts, leftKib: null, sync: null, isStalled: false },
  sourceRole: 'Secondary',
})

type Place = readonly [instance: string, state: string]
const AT_BACKUP: Place = ['i-backup', 'attached']
const AT_NEXT: Place = ['i-files-next', 'attached']

/** Where each of the two copies is, and its tags. */
function world(places: readonly (Place | null)[], tags: readonly object[] = []): Facts {
  return facts({
    volumes: PAIRS.map(({ copy }, index) => {
      const place = places[index]
      const attachments: SeenAttachment[] = place
        ? [{ instance: place[0], device: '/dev/sdf', state: place[1], deleteOnTermination: false }]
        : []
      return seen({ volume: copy }, { zone: 'us-east-1c', attachments, tags: { ...tags[index] } })
    }),
  })
}

test.each<[string, Facts, boolean]>([
  ['attached there', world([AT_BACKUP]), true],
  ['on its way there', world([['i-backup', 'attaching']]), true],
  ['on its way off', world([['i-backup', 'detaching']]), true],
  ['off, as the attachment says', world([['i-backup', 'detached']]), false],
  ['at no instance', world([null]), false],
  ['at another one', world([AT_NEXT]), false],
  ['not shown', facts(), false],
])('a copy is at an instance: %s', (_, look, isThere) => {
  const [pair] = PAIRS
  expect(pair && isAt(pair, 'i-backup', look)).toBe(isThere)
})

const IN_DOUBT: readonly EntryBody[] = [{ kind: 'doubted', why: 'a test' }]

describe('proven', () => {
  const nowhere = world([AT_BACKUP, AT_BACKUP])
  const tagged = (...tags: readonly object[]): Facts => world([AT_BACKUP, AT_BACKUP], tags)
  const demoted = done(DEMOTE)

  test.each<[string, Migration, Facts, boolean]>([
    ['not before the freeze', begun(intends(PROVE), answers()), nowhere, false],
    ['not by the tag alone before the freeze', begun(), tagged(PROVEN, PROVEN), false],
    ['not without an answer', frozen(...demoted, intends(PROVE)), nowhere, false],
    ['not by an answer without a demotion', frozen(intends(PROVE), answers()), nowhere, false],
    ['not by an answer from before the demotion', frozen(intends(PROVE), ...demoted, answers()), nowhere, false],
    ['not by an answer with doubts', frozen(...demoted, intends(PROVE), answers('no quorum')), nowhere, false],
    ['by an answer without any', frozen(...demoted, intends(PROVE), answers()), nowhere, true],
    ['not by the tag on every copy: anybody may write it', frozen(), tagged(PROVEN, PROVEN), false],
    ['by the tag on every copy, where entries may be lost', frozen(...IN_DOUBT), tagged(PROVEN, PROVEN), true],
    ['not by the tag on one of two', frozen(...IN_DOUBT), tagged(PROVEN), false],
    ['not by the tag of another freeze', frozen(...IN_DOUBT), tagged(PROVEN, { 'zonehop:proven': 'mig-1-f0' }), false],
    ['not by copies that are not shown', frozen(...IN_DOUBT), facts(), false],
  ])('%s', (_, m, look, proven) => expect(isProven(m, FILES, look)).toBe(proven))
})

describe('asked again', () => {
  const asked = (...said: readonly EntryBody[]): Migration => begun(intends(PROVE), ...said)
  const readAtMs = latest(asked(answers()), ofMove(FILES.id), 'prove')?.achievedAtMs ?? Number.NaN

  test.each<[string, Migration, number, number]>([
    ['never asked: for the first time', begun(), 0, 1],
    ['asked, and not answered: not again, however long ago', asked(), ASK_SYNCED_MS, 1],
    ['in sync, a moment ago: not yet', asked(answers()), ASK_SYNCED_MS - 1, 1],
    ['in sync, long ago: again', asked(answers()), ASK_SYNCED_MS, 2],
    ['with doubts, a moment ago: not yet', asked(answers('it syncs')), ASK_SYNCING_MS - 1, 1],
    ['with doubts, for a minute: again', asked(answers('it syncs')), ASK_SYNCING_MS, 2],
  ])('before the freeze: %s', (_, m, laterMs, generation) => {
    expect(questions(m, facts(), readAtMs + laterMs).map(effectId)).toEqual([`replica/files.prove.${generation}`])
  })

  const since = (said: readonly EntryBody[], laterMs: number): number => {
    const m = frozen(...said)
    const answered = latest(m, ofMove(FILES.id), 'prove')?.achievedAtMs ?? 0
    const of = { nowMs: answered + laterMs, since: latest(m, ofMove(FILES.id), 'demote') }
    return hostQuestion(m, FILES, of).generation
  }

  test.each<[string, readonly EntryBody[], number, number]>([
    ['asked before the demotion: again at once', [intends(PROVE), answers(), ...done(DEMOTE)], 0, 2],
    ['asked before it, and not answered: again at once', [intends(PROVE), ...done(DEMOTE)], 0, 2],
    ['answered, a moment ago: not yet', [...done(DEMOTE), intends(PROVE), answers('it syncs')], ASK_FROZEN_MS - 1, 1],
    ['answered with doubts: again', [...done(DEMOTE), intends(PROVE), answers('it syncs')], ASK_FROZEN_MS, 2],
    [
      'answered without any: again, as long as nothing else is said',
      [...done(DEMOTE), intends(PROVE), answers()],
      ASK_FROZEN_MS,
      2,
    ],
  ])('after the freeze: %s', (_, said, laterMs, generation) => expect(since(said, laterMs)).toBe(generation))

  /** The sources, with these tags, as they are seen when every mark must be shown. */
  const sources = (tags: Readonly<Record<string, string>>): Facts =>
    facts({ volumes: PAIRS.map(({ source }) => seen({ volume: source }, { tags })), beganAtMs: LATER_MS })
  const marked = (...said: readonly EntryBody[]): Migration => {
    const [freeze] = frozen().freezes
    return frozen(...(freeze ? freezeMarks(frozen(), freeze).flatMap(done) : []), ...said)
  }
  const FROZEN = { 'zonehop:frozen': 'mig-1-f1' }

  test.each<[string, Migration, Facts]>([
    ['what is frozen', frozen(), facts()],
    ['what is gone', begun({ kind: 'gone', volumes: ['vol-a'] }), facts()],
    ['what carries its freeze', marked(), sources(FROZEN)],
    ['what lost its freeze behind the demotion: the ladder asks', marked(...done(DEMOTE)), sources({})],
  ])('by nobody before a freeze: %s', (_, m, look) => expect(questions(m, look, LATER_MS)).toEqual([]))

  test.each<[string, readonly EntryBody[]]>([
    ['and nothing of it is known, since entries were lost', []],
    ['and its demotion is still to come', [intends(DEMOTE)]],
  ])('before it freezes anew, where somebody took the tag of its freeze off %s', (_, said) => {
    expect(questions(marked(...said), sources({}), LATER_MS).map(effectId)).toEqual(['replica/files.prove.1'])
  })
})

describe('may be primary at its successor', () => {
  const attach = (name: string): Effect => ({
    ...{ subject: ofCopy(FILES.id, `vol-${name}-copy`), step: 'attach', generation: 1, direction: 'forward' },
    ...{ volumeId: `vol-${name}-copy`, instance: 'i-files-next', device: '/dev/sdf' },
  })
  const called = (...effects: readonly Effect[]): EntryBody[] => [intends(...effects), ...effects.map(issues)]
  const both = called(attach('a'), attach('b'))
  /** Each entry is a second later; the last of them is the younger call. */
  const lastMs = latest(frozen(...both), ofCopy(FILES.id, 'vol-b-copy'), 'attach')?.attempts[0]?.atMs ?? Number.NaN
  const at = (beganAtMs: number, look: Facts): Facts => ({ ...look, beganAtMs })
  const shownMs = lastMs + SHOWN_AFTER_MS

  test.each<[string, readonly EntryBody[], Facts, boolean]>([
    ['whole there, whatever the journal says', [], world([AT_NEXT, AT_NEXT]), true],
    ['half there, and never promoted: it is not', [], world([AT_NEXT, AT_BACKUP]), false],
    ['half there, and its promotion was called', called(PROMOTE), world([AT_NEXT, AT_BACKUP]), true],
    ['half there, and its promotion was only intended', [intends(PROMOTE)], world([AT_NEXT, AT_BACKUP]), false],
    ['none of it there, and its promotion was called', called(PROMOTE), world([AT_BACKUP, AT_BACKUP]), false],
    ['on its way there', [], world([['i-files-next', 'attaching'], AT_NEXT]), true],
    [
      'both attachments were called, and EC2 need not show them yet',
      both,
      at(shownMs - 2_000, world([null, null])),
      true,
    ],
    ['one of them EC2 would show by now', both, at(shownMs - 1, world([null, null])), false],
    [
      'and with a promotion that one is enough',
      [...called(PROMOTE), ...both],
      at(shownMs + 999, world([null, null])),
      true,
    ],
    ['EC2 would show both by now', [...called(PROMOTE), ...both], at(shownMs + 2_000, world([null, null])), false],
  ])('%s', (_, said, look, isPossible) => expect(mayBePromoted(frozen(...said), FILES, look)).toBe(isPossible))
})

describe('a step on the hosts', () => {
  test.each<[ReplicaStep, string]>([
    ['demote', 'zonehop-replica-demote'],
    ['prove', 'zonehop-replica-status'],
    ['down', 'zonehop-replica-down'],
    ['promote', 'zonehop-replica-promote'],
    ['checkReplica', 'zonehop-replica-check'],
    ['fence', 'zonehop-replica-fence'],
    ['reunite', 'zonehop-replica-reunite'],
  ])('%s runs %s', (step, document) => {
    expect(replicaEffect(begun(), FILES, step, { instances: ['i-1'] })).toEqual({
      ...{ subject: ofMove(FILES.id), step, generation: 1, direction: step === 'fence' ? 'back' : 'forward' },
      ...{ service: 'files', resource: 'files', instances: ['i-1'], document },
    })
  })

  test.each([
    ['copy', 'forward'],
    ['source', 'back'],
    ['home', 'back'],
  ] as const)('on the side %s it leads %s', (side, direction) => {
    expect(replicaEffect(begun(), FILES, 'promote', { instances: ['i-1'], side })).toMatchObject({
      subject: { of: 'side', move: FILES.id, side },
      direction,
    })
  })
})

describe('what holds it up', () => {
  test.each<[string, Migration]>([
    ['no freeze stands', begun()],
    ['it is gone', frozen({ kind: 'gone', volumes: ['vol-b'] })],
  ])('%s: nothing is asked for, nothing is waited for', (_, m) => {
    expect(replicaSteps(m, FILES, world([AT_BACKUP, AT_BACKUP]), LATER_MS)).toEqual({ effects: [], waits: [] })
  })

  const OTHER = replicaMove({
    ...{ id: 'replica/other', resource: 'other', service: 'other' },
    pairs: [{ source: volume({ id: 'vol-o', name: 'other' }), copy: volume({ id: 'vol-o-copy' }) }],
  })
  const two = (need: 'required' | 'deferrable', ...said: readonly EntryBody[]): Migration =>
    migration(
      planned('mig-1', { plan: plan([FILES, OTHER], { services: [service('files'), service('other', { need })] }) }),
      ...[{ kind: 'began' } as const, { ...FREEZE, services: ['files', 'other'] }],
      ...[...done(DEMOTE), intends(PROVE), answers(), ...said],
    )
  const marked = ['proven-files-1.tag.1']

  test.each<[string, Migration, readonly string[], readonly object[]]>([
    [
      'another that is required is not proven yet',
      two('required'),
      [],
      [{ on: 'service', service: 'files', before: 'the proof of other' }],
    ],
    ['another that can wait is not', two('deferrable'), marked, []],
    [
      'after the point of no return nobody waits for a proof',
      two('required', { kind: 'wentLive', percents: {} }),
      marked,
      [],
    ],
  ])('%s', (_, m, ids, waits) => {
    const steps = replicaSteps(m, FILES, world([AT_BACKUP, AT_BACKUP]), LATER_MS)
    expect(steps.effects.map(effectId)).toEqual(ids)
    expect(steps.waits).toEqual(waits)
  })
})

describe('checked at its successor', () => {
  const CHECK = on('checkReplica', ['i-files-next'])
  const compared = PAIRS.map(
    ({ copy, source }): Effect => ({
      ...{ subject: ofCopy(FILES.id, copy.id), step: 'checkCopy', generation: 1, direction: 'forward' },
      ...{ volumeId: copy.id, instance: 'i-files-next', device: source.device, deleteOnTermination: false },
    }),
  )
  const [first] = compared
  if (!first) throw new Error('it has two pairs')
  const all = [CHECK, ...compared].flatMap(done)

  test.each<[string, readonly EntryBody[], boolean]>([
    ['not where it was never promoted', all, false],
    ['not while it is promoted', [intends(PROMOTE), ...all], false],
    ['not promoted alone', done(PROMOTE), false],
    ['not while its hosts have not said so', [...done(PROMOTE), ...compared.flatMap(done)], false],
    ['not while one copy is not compared', [...done(PROMOTE), ...done(CHECK), ...done(first)], false],
    ['promoted, looked at, and every copy compared', [...done(PROMOTE), ...all], true],
  ])('%s', (_, said, checked) => {
    expect(isReplicaChecked(frozen(...said), FILES, world([AT_NEXT, AT_NEXT]))).toBe(checked)
  })
})
