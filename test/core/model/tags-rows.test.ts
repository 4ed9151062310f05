// What tags and comments say, written and read; the names of subjects; and which call and document an effect is.
import { describe, expect, test } from 'vitest'
import {
  type Call,
  callOf,
  documentOf,
  type Effect,
  effectId,
  isReplicaEffect,
  isServiceEffect,
  isSnapshotEffect,
} from '../../../src/core/model/effects.ts'
import { factsOf } from '../../../src/core/model/facts.ts'
import {
  backupOf,
  claimsOf,
  hostOf,
  isGone,
  moveOf,
  nameOf,
  replicaCopyIdsOf,
  rowsOf,
  sizeOf,
  sourceIdsOf,
  sourcesOf,
} from '../../../src/core/model/moves.ts'
import type { Tags } from '../../../src/core/model/plan.ts'
import { keptUntilMs, NO_RULES } from '../../../src/core/model/rules.ts'
import { ofCopy, ofMove, ofResource, ofService, type Subject, subjectName } from '../../../src/core/model/subjects.ts'
import {
  commandComment,
  copiedTags,
  frozenTag,
  hasTags,
  identity,
  isMarked,
  issuedOf,
  issuedOfComment,
  planTag,
  provenTag,
  readPlanTag,
  zonehopTags,
} from '../../../src/core/model/tags.ts'
import { copyOf, snapshotOf } from '../../support/facts.ts'
import { move, plan, replicaMove, seen, volume } from '../../support/plans.ts'
import { folded } from '../journals.ts'

describe('the names of subjects', () => {
  test.each<[string, Subject]>([
    ['vol-1', ofMove('vol-1')],
    ['replica/files/vol-2', ofCopy('replica/files', 'vol-2')],
    ['replica/files/vol-2/home', { of: 'copyHome', move: 'replica/files', volume: 'vol-2' }],
    ['replica/files/source', { of: 'side', move: 'replica/files', side: 'source' }],
    ['service/logs', ofService('logs')],
    ['service/logs/2', ofService('logs', 2)],
    ['service/a%2Fb%2Fc', ofService('a/b/c')],
    ['service/logs/strays', { of: 'strays', service: 'logs' }],
    ['left-3', { of: 'mark', mark: 'left', part: 3 }],
    ['vol-1', ofResource('vol-1')],
  ])('%s', (name, subject) => {
    expect(subjectName(subject)).toBe(name)
    expect(effectId({ subject, step: 'tag', generation: 2 })).toBe(`${name}.tag.2`)
  })
})

describe('the call of an effect', () => {
  const base = { subject: ofMove('vol-1'), generation: 1, direction: 'forward' } as const
  const replica = { ...base, service: 's', resource: 'r', instances: ['i'], document: 'doc' }
  const hosts = { ...base, service: 's', instances: ['i'] }
  const place = { volumeId: 'v', instance: 'i', device: 'd' }
  const cut = { ...base, volumeId: 'v', tags: {} }
  const document = { method: 'document', document: 'doc' } as const
  const REPLICA = ['demote', 'prove', 'down', 'promote', 'checkReplica', 'fence', 'reunite'] as const
  const SERVICE = ['freeze', 'unfreeze', 'open', 'afterAttach', 'verify', 'hook'] as const
  const rows: [Effect, Call | null, string | null][] = [
    ...(['seed', 'snapshot', 'firstSnapshot'] as const).map((step): [Effect, Call, null] => [
      { ...cut, step },
      'snapshot',
      null,
    ]),
    [{ ...base, step: 'restore', snapshotId: 's', zone: 'z' }, 'restore', null],
    [{ ...base, step: 'attach', ...place }, 'attach', null],
    [{ ...base, step: 'detach', ...place }, 'detach', null],
    [{ ...base, step: 'detachSource', ...place }, 'detach', null],
    [{ ...base, step: 'delete', resource: 'v' }, 'delete', null],
    [{ ...base, step: 'checkCopy', ...place, deleteOnTermination: false }, 'check', null],
    [{ ...base, step: 'tag', resources: [], tags: {}, removed: [] }, 'tag', null],
    ...REPLICA.map((step): [Effect, Call, string] => [{ ...replica, step }, 'command', 'doc']),
    ...SERVICE.map((step): [Effect, Call, string] => [{ ...hosts, step, work: document }, 'command', 'doc']),
    [{ ...hosts, step: 'freeze', work: { method: 'manual', todo: [] } }, null, null],
    [{ ...hosts, step: 'freeze', work: { method: 'stop-instances' } }, 'instances', null],
    [{ ...hosts, step: 'open', work: { method: 'start-instances' } }, 'instances', null],
  ]
  test.each(rows)('%o', (effect, call, doc) => {
    expect(callOf(effect)).toBe(call)
    expect(documentOf(effect)).toBe(doc)
    expect(isSnapshotEffect(effect)).toBe(call === 'snapshot')
    expect(isReplicaEffect(effect)).toBe((REPLICA as readonly string[]).includes(effect.step))
    expect(isServiceEffect(effect)).toBe((SERVICE as readonly string[]).includes(effect.step))
  })
})

describe('tags', () => {
  const WORDS = { migration: 'mig-1', need: 'required', route: 'snapshot', successor: 'i-9', service: 'my logs' }
  const TEXT = 'migration=mig-1 need=required route=snapshot successor=i-9 service=my logs'

  test('of a thing name what made it', () => {
    const of = { subject: ofMove('vol-1'), step: 'snapshot', generation: 2 } as const
    expect(identity('mig-1', of, 'n-7')).toEqual({
      ...{ 'zonehop:migration': 'mig-1', 'zonehop:move': 'vol-1', 'zonehop:step': 'snapshot' },
      ...{ 'zonehop:generation': '2', 'zonehop:issued': 'n-7' },
    })
    expect(issuedOf(identity('mig-1', of, 'n-7'))).toBe('n-7')
    expect(issuedOf({ Name: 'x' })).toBeNull()
  })

  test('of a plan hold its words, and a long service is cut', () => {
    expect(planTag(WORDS)).toEqual({ 'zonehop:plan': TEXT })
    expect(planTag({ ...WORDS, service: 'x'.repeat(300) })['zonehop:plan']).toHaveLength(256)
  })

  test.each<[string, string | undefined, ReturnType<typeof readPlanTag>]>([
    [
      'as it was written',
      TEXT,
      {
        migration: 'mig-1',
        service: 'my logs',
        route: WORDS.route,
        need: WORDS.need,
        successor: WORDS.successor,
        home: null,
      },
    ],
    [
      'with its home, as it was written',
      planTag({ ...WORDS, home: { instance: 'i-backup', device: '/dev/sdp' } })['zonehop:plan'],
      {
        ...{ migration: 'mig-1', service: 'my logs', route: WORDS.route, need: WORDS.need, successor: WORDS.successor },
        home: { instance: 'i-backup', device: '/dev/sdp' },
      },
    ],
    [
      'and with none that stands in the name of a service',
      planTag({ ...WORDS, service: 'a home=i-evil:/dev/sdf b' })['zonehop:plan'],
      {
        ...{
          migration: 'mig-1',
          service: 'a home=i-evil:/dev/sdf b',
          route: WORDS.route,
          need: WORDS.need,
          successor: WORDS.successor,
        },
        home: null,
      },
    ],
    [
      'without a service',
      'migration=mig-1 need=required',
      { migration: 'mig-1', service: null, route: '', need: 'required', successor: '', home: null },
    ],
    ['of no migration', 'need=required service=logs', null],
    ['with its migration elsewhere', 'need=x migration=mig-1', null],
    ['of an empty one', 'migration= service=logs', null],
    ['that is not there', undefined, null],
  ])('of a plan are read %s', (_, words, read) => {
    expect(readPlanTag(words === undefined ? {} : { 'zonehop:plan': words })).toEqual(read)
  })

  test('of freezes and proofs name the freeze', () => {
    expect([frozenTag('f1'), provenTag('f1')]).toEqual([{ 'zonehop:frozen': 'f1' }, { 'zonehop:proven': 'f1' }])
  })

  test.each<[string, Tags, Tags, boolean]>([
    ['nothing is wanted', { a: '1' }, {}, true],
    ['all that is wanted is there', { a: '1', b: '2' }, { a: '1' }, true],
    ['one is another', { a: '1', b: '2' }, { a: '1', b: '3' }, false],
    ['one is missing', { a: '1' }, { a: '1', b: '2' }, false],
  ])('whether they are there: %s', (_, tags, wanted, are) => expect(hasTags(tags, wanted)).toBe(are))

  test.each<[string, string | null, string | null, boolean]>([
    ['none is wanted', null, null, true],
    ['as far as wanted', 'frozen', 'frozen', true],
    ['further', 'live', 'frozen', true],
    ['not as far', 'frozen', 'live', false],
    ['aborted is further than frozen', 'aborted', 'frozen', true],
    ['live is further than aborted', 'live', 'aborted', true],
    ['done is furthest', 'live', 'done', false],
    ['none is there', null, 'frozen', false],
    ['a phase that nobody knows', 'x', 'frozen', false],
  ])('whether their phase is far enough: %s', (_, is, wanted, far) => {
    const phase = (word: string | null): Tags => (word === null ? {} : { 'zonehop:phase': word })
    expect(isMarked({ a: '1', ...phase(is) }, { a: '1', ...phase(wanted) })).toBe(far)
    expect(isMarked(phase(is), { a: '1', ...phase(wanted) })).toBe(false)
  })

  test('are zonehop’s, AWS’s or people’s, of which a copy takes only the last', () => {
    const all = { Name: 'x', 'aws:backup': 'y', 'zonehop:left': 'mig-1', 'my:zonehop:note': 'z' }
    expect(zonehopTags(all)).toEqual({ 'zonehop:left': 'mig-1' })
    expect(copiedTags(all)).toEqual({ Name: 'x', 'my:zonehop:note': 'z' })
  })

  test('say to zonehop what is true of a copy too, and that is copied', () => {
    const said = { 'zonehop:service': 'logs', 'zonehop:need': 'deferrable' }
    const ofSource = { 'zonehop:successor': 'i-2', 'zonehop:host': 'yes', 'zonehop:replica-of': 'vol-1' }
    expect(copiedTags({ ...said, ...ofSource, 'zonehop:route': 'snapshot' })).toEqual({
      ...said,
      'zonehop:route': 'snapshot',
    })
    for (const route of ['replica', 'stay', 'x']) expect(copiedTags({ ...said, 'zonehop:route': route })).toEqual(said)
  })
})

describe('the comment of a command', () => {
  test('names its migration, its attempt and its effect, in 100 characters', () => {
    expect(commandComment('mig-1', 'n-7', 'service/logs.freeze.1')).toBe('zonehop mig-1 n-7 service/logs.freeze.1')
    expect(commandComment('mig-1', 'n-7', 'x'.repeat(200))).toHaveLength(100)
  })
  test.each<[string, string | null]>([
    ['zonehop mig-1 n-7 service/logs.freeze.1', 'n-7'],
    ['zonehop mig-1', null],
    ['zonehop mig-2 n-7 x', null],
    ['other mig-1 n-7 x', null],
    ['', null],
  ])('"%s" is of the attempt %s', (comment, issued) => expect(issuedOfComment('mig-1', comment)).toBe(issued))
})

describe('a move', () => {
  const LOGS = move({ id: 'vol-1', name: 'logs', sizeGib: 7 })
  const PAIR = (id: string, sizeGib: number) => ({
    source: volume({ id, name: `name of ${id}`, instance: 'i-files', sizeGib }),
    copy: volume({ id: `${id}-copy`, instance: 'i-backup' }),
  })
  const ONE = replicaMove({ pairs: [PAIR('a', 10)] })
  const TWO = replicaMove({ pairs: [PAIR('a', 10), PAIR('b', 20)] })
  const NONE = replicaMove({ pairs: [] })

  test.each([
    ['by snapshots', LOGS, 'logs', 'i-source', 7, ['vol-1'], []],
    ['a replica of one volume', ONE, 'name of a', 'i-files', 10, ['a'], ['a-copy']],
    ['a replica of two', TWO, 'files', 'i-files', 30, ['a', 'b'], ['a-copy', 'b-copy']],
    ['a replica of none', NONE, 'files', '', 0, [], []],
  ] as const)('%s', (_, one, name, host, size, sources, copies) => {
    expect([nameOf(one), hostOf(one), sizeOf(one)]).toEqual([name, host, size])
    expect(sourcesOf(one).map(({ id }) => id)).toEqual(sources)
    expect([sourceIdsOf([one]), replicaCopyIdsOf(one)]).toEqual([sources, copies])
    expect(claimsOf([one])).toEqual([...sources, ...copies])
  })

  test('of a replica knows its backup server', () => {
    expect([backupOf(TWO), backupOf(NONE)]).toEqual(['i-backup', ''])
  })

  test('has a row for each of its sources', () => {
    expect(
      rowsOf([LOGS, TWO]).map(({ volume: { id }, service, successor, route }) => [id, service, successor, route]),
    ).toEqual([
      ['vol-1', 'logs', 'i-target', 'snapshot'],
      ['a', 'files', 'i-files-next', 'replica'],
      ['b', 'files', 'i-files-next', 'replica'],
    ])
  })

  test('is gone once any of its volumes is, a copy of a replica too', () => {
    const at = (...volumes: readonly string[]) => folded(plan([LOGS, TWO]), { kind: 'gone', volumes })
    const gone = (...volumes: readonly string[]) => [LOGS, TWO].map((one) => isGone(at(...volumes), one))
    expect([gone(), gone('vol-1'), gone('b-copy'), gone('vol-9')]).toEqual([
      ...[
        [false, false],
        [true, false],
        [false, true],
        [false, false],
      ],
    ])
  })

  test('is found by what is done for it', () => {
    const m = folded(plan([LOGS, TWO]))
    expect([ofMove('vol-1'), ofCopy(TWO.id, 'b-copy'), ofMove('vol-9')].map((one) => moveOf(m, one))).toEqual([
      LOGS,
      TWO,
      null,
    ])
    expect([ofService('logs'), ofResource('vol-1')].map((one) => moveOf(m, one))).toEqual([null, null])
  })

  test('is kept for as many days as the rules say', () => {
    expect(keptUntilMs({ ...NO_RULES, retentionDays: 3 }, 5)).toBe(3 * 86_400_000 + 5)
  })

  test('its things are found by their tag, each as it was observed last', () => {
    const [first, later] = [snapshotOf(LOGS, { percent: 1 }), snapshotOf(LOGS, { percent: 2 })]
    const stranger = seen(LOGS, { tags: {} })
    const copy = copyOf(LOGS)
    const facts = factsOf({
      ...{ rev: 1, beganAtMs: 2, snapshots: [first, snapshotOf(LOGS, { id: 'snap-2' }), later] },
      ...{ volumes: [copy, stranger], instances: [], commands: new Map() },
    })
    expect(facts.snapshots.get(first.id)?.percent).toBe(2)
    expect(facts.snapshotsOf.get('vol-1')?.map(({ id }) => id)).toEqual([first.id, 'snap-2'])
    expect(facts.volumesOf.get('vol-1')).toEqual([copy])
    expect(facts.volumesOf.get('')).toEqual([stranger])
    expect([facts.rev, facts.beganAtMs, facts.volumes.size, facts.instances.size]).toEqual([1, 2, 2, 0])
  })
})
