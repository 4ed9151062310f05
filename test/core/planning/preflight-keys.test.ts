// Preflight for KMS keys, room for tags, and hosts that have to opt in: each with its whole words.
import { describe, expect, test } from 'vitest'
import { type Check, green, red, unchecked, yellow } from '../../../src/core/model/checks.ts'
import type { Effect } from '../../../src/core/model/effects.ts'
import type { Survey, SurveyAnswer } from '../../../src/core/model/facts.ts'
import type { Move, Service, SnapshotMove } from '../../../src/core/model/plan.ts'
import { NO_RULES } from '../../../src/core/model/rules.ts'
import { ofMove } from '../../../src/core/model/subjects.ts'
import { preflight } from '../../../src/core/planning/preflight/preflight.ts'
import { COPY_MARKS, REPLICA_COPY_MARKS, SOURCE_MARKS } from '../../../src/core/planning/preflight/tags.ts'
import {
  abortedCopyMarks,
  abortMarks,
  doneMarks,
  freezeMarks,
  leftMarks,
  liveMarks,
  provenMarks,
  startMarks,
} from '../../../src/core/steps/marks.ts'
import { facts } from '../../support/facts.ts'
import { inventory, move, NO_SURVEY, plan, planned, replicaMove, seen, service, volume } from '../../support/plans.ts'
import { migration } from '../people.ts'
import { instance } from '../seeing/stages.ts'

type World = {
  readonly moves: readonly Move[]
  readonly survey?: Partial<Survey>
  readonly optedIn?: readonly string[]
}

function checksOf({ moves, survey, optedIn = [] }: World): Check[] {
  const hosts = ['i-source', 'i-target', 'i-backup', 'i-files', 'i-files-next', 'i-beside'].map((id) => {
    return { ...instance(id, 'running'), name: id, tags: optedIn.includes(id) ? { 'zonehop:host': 'yes' } : {} }
  })
  const base = inventory(moves)
  const services: Service[] = moves.map((one) => service(one.service))
  const zones = { sourceZone: 'us-east-1a', targetZone: 'us-east-1c' }
  const found = { ...base, instances: hosts, survey: { ...NO_SURVEY, ...survey } }
  const request = { ...zones, rules: NO_RULES, choices: [], found: [], leftovers: [], moves, services }
  return preflight({ ...request, inventory: found, volumes: base.volumes })
}
const called = (world: World, name: RegExp): Check[] => checksOf(world).filter((check) => name.test(check.name))

describe('keys', () => {
  const keyed = (id: string, kmsKeyId: string | null): SnapshotMove =>
    move({ id, name: id, device: `/dev/${id}`, encrypted: kmsKeyId !== null, kmsKeyId })
  const told = (keys: Readonly<Record<string, SurveyAnswer<string | null>>>): Partial<Survey> => ({ keys })
  const files = replicaMove({
    pairs: [
      {
        source: volume({ id: 'vol-files', name: 'files' }),
        copy: volume({ id: 'vol-copy', name: 'copy', encrypted: true, kmsKeyId: 'k-copy' }),
      },
    ],
  })
  const enable =
    'enable it in KMS, after a deletion that was asked for is cancelled; until then no copy can be made under it'
  test.each<[string, World, Check[]]>([
    ['no key', { moves: [keyed('a', null)], survey: told({}) }, []],
    [
      'one that is enabled',
      { moves: [keyed('a', 'k')], survey: told({ k: { answer: 'Enabled' } }) },
      [green('KMS keys', 'KMS says that it is enabled')],
    ],
    [
      'two that are',
      {
        moves: [keyed('a', 'k'), keyed('b', 'l')],
        survey: told({ k: { answer: 'Enabled' }, l: { answer: 'Enabled' } }),
      },
      [green('KMS keys', 'KMS says that all are enabled')],
    ],
    [
      'one that is disabled, for every volume that needs it',
      {
        moves: ['a', 'b', 'c', 'd', 'e'].map((id) => keyed(id, 'k')),
        survey: told({ k: { answer: 'Disabled' } }),
      },
      [yellow('KMS key k', 'KMS says that it is Disabled, and a, b, c and 2 more need it', enable)],
    ],
    [
      'one that waits for its deletion beside one that is enabled',
      {
        moves: [keyed('a', 'k'), keyed('b', 'l')],
        survey: told({ k: { answer: 'Enabled' }, l: { answer: 'PendingDeletion' } }),
      },
      [yellow('KMS key l', 'KMS says that it is PendingDeletion, and b needs it', enable)],
    ],
    [
      'one that is not there',
      { moves: [keyed('a', 'k')], survey: told({ k: { answer: null } }) },
      [
        yellow(
          'KMS key k',
          'KMS knows no such key, and a needs it',
          'no copy can be made under it: let what needs it stay',
        ),
      ],
    ],
    [
      'one that may not be looked at',
      { moves: [keyed('a', 'k')], survey: told({ k: { because: 'AWS answered AccessDeniedException' } }) },
      [
        unchecked(
          'KMS key k',
          'AWS answered AccessDeniedException',
          "let zonehop's role call kms:DescribeKey on it (iam-policy.json), or see by hand that it is enabled",
        ),
      ],
    ],
    [
      'one of a volume that was found later',
      { moves: [keyed('a', 'k')], survey: told({}) },
      [
        unchecked(
          'KMS key k',
          'KMS was not asked',
          "let zonehop's role call kms:DescribeKey on it (iam-policy.json), or see by hand that it is enabled",
        ),
      ],
    ],
    [
      'a plan of an earlier zonehop',
      { moves: [keyed('a', 'k'), keyed('b', 'l')] },
      [unchecked('KMS keys', 'KMS was not asked', 'see that k, l can be used')],
    ],
    [
      'the copy of a replica, which is attached anew',
      { moves: [files], survey: told({ 'k-copy': { answer: 'Disabled' } }) },
      [yellow('KMS key k-copy', 'KMS says that it is Disabled, and files needs it', enable)],
    ],
  ])('%s', (_, world, checks) => {
    expect(called(world, /^KMS/)).toEqual(checks)
  })
})

describe('tags', () => {
  const many = (count: number, prefix = 'k'): Record<string, string> =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`${prefix}${at}`, 'v']))
  const tagged = (tags: Readonly<Record<string, string>>): World => ({
    moves: [move({ id: 'vol-1', name: 'logs', tags })],
  })
  const MARKS = Object.fromEntries(SOURCE_MARKS.map((key) => [key, 'of an earlier migration']))
  const replica = (count: number): World => {
    const copy = volume({ id: 'vol-copy', name: 'copy', tags: many(count) })
    return { moves: [replicaMove({ pairs: [{ source: volume({ id: 'vol-files', name: 'files' }), copy }] })] }
  }
  const copyOf = (name: string, has: number): Check => ({
    ...red(
      `tags of the copy of ${name}`,
      `its copy would have ${has} tags with those that zonehop writes; EC2 takes 50`,
      `take ${has - 50} of your own away`,
    ),
    volume: 'vol-1',
  })
  const own = (name: string, has: number, id = 'vol-1'): Check => ({
    ...red(
      `tags of ${name}`,
      `it would have ${has} tags with those that zonehop writes; EC2 takes 50`,
      `take ${has - 50} of your own away`,
    ),
    volume: id,
  })
  test.each<[string, World, Check[]]>([
    // A copy has people's tags, five that identify it, and four marks.
    ['as many as the copy takes', tagged(many(41)), []],
    ['one more', tagged(many(42)), [copyOf('logs', 51)]],
    ['as many as the source takes', tagged(many(44)), [copyOf('logs', 53)]],
    ['one more than that', tagged(many(45)), [own('logs', 51), copyOf('logs', 54)]],
    ["AWS's own do not count", tagged({ ...many(41), ...many(9, 'aws:k') }), []],
    [
      "zonehop's own are not copied, and not written twice",
      tagged({ ...many(41), ...MARKS, 'zonehop:successor': 'i-target' }),
      [],
    ],
    ['what people say to zonehop is copied', tagged({ ...many(41), 'zonehop:service': 'logs' }), [copyOf('logs', 51)]],
    [
      'words of people for zonehop count on the source',
      tagged({ ...many(41), ...MARKS, ...many(4, 'zonehop:k') }),
      [own('logs', 51)],
    ],
    ['the copy of a replica, which has its own', replica(44), []],
    ['one more on it', replica(45), [own('copy', 51, 'vol-files')]],
  ])('%s', (_, world, checks) => {
    expect(called(world, /^tags of/)).toEqual(checks)
  })

  test('what is counted is what is written', () => {
    const [logs, files] = [move({ id: 'vol-1', name: 'logs' }), replicaMove()]
    const services = [service('files'), service('logs')]
    const drawn = plan([logs, files], { services })
    const restored: Effect = {
      ...{ subject: ofMove('vol-1'), step: 'restore', generation: 1, direction: 'forward' },
      ...{ snapshotId: 'snap-1', zone: 'us-east-1c' },
    }
    const m = migration(
      planned('mig-1', { plan: drawn }),
      { kind: 'began' },
      { kind: 'freezing', freeze: 'mig-1-f1', services: ['files', 'logs'] },
      { kind: 'intended', effects: [restored] },
      { kind: 'seen', achieved: [], started: [{ effect: 'vol-1.restore.1', resource: 'copy-1', others: [] }] },
    )
    const [freeze] = m.freezes
    if (!freeze) throw new Error('There is no freeze')
    const all = [
      ...startMarks(m),
      ...freezeMarks(m, freeze),
      ...provenMarks(m, files, freeze),
      ...leftMarks(m),
      ...liveMarks(m, services),
      ...doneMarks(m, facts({})),
      ...services.flatMap((one) => abortMarks(m, one).flat()),
      ...abortedCopyMarks(m, facts({ volumes: [seen({ volume: volume({ id: 'vol-files-copy' }) })], beganAtMs: 0 })),
    ]
    const keysOn = (id: string): string[] => {
      const written = all.filter(({ resources }) => resources.includes(id))
      return [...new Set(written.flatMap(({ tags }) => Object.keys(tags)))].toSorted()
    }
    expect(keysOn('vol-1')).toEqual(SOURCE_MARKS.toSorted())
    expect(keysOn('copy-1')).toEqual(COPY_MARKS.toSorted())
    expect(keysOn('vol-files-copy')).toEqual(REPLICA_COPY_MARKS.toSorted())
  })
})

describe('hosts', () => {
  const refused = (id: string): Check =>
    red(
      `permission on ${id}`,
      `EC2 would refuse zonehop the use of ${id}, which has not opted in`,
      'tag it zonehop:host=yes',
    )
  const moves = [move({ id: 'vol-1', name: 'logs' })]
  const needed = { optsIn: { answer: true } }
  test.each<[string, World, Check[]]>([
    ['nobody has to opt in', { moves, survey: { optsIn: { answer: false } } }, []],
    ['an earlier zonehop did not ask', { moves }, []],
    ['all have', { moves, survey: needed, optedIn: ['i-source', 'i-target'] }, []],
    ['the source has not', { moves, survey: needed, optedIn: ['i-target'] }, [refused('i-source')]],
    ['the successor has not', { moves, survey: needed, optedIn: ['i-source'] }, [refused('i-target')]],
    [
      'the backup server of a replica has not',
      { moves: [replicaMove()], survey: needed, optedIn: ['i-files', 'i-files-next'] },
      [refused('i-backup')],
    ],
  ])('%s', (_, world, checks) => {
    expect(called(world, /^permission on/)).toEqual(checks)
  })

  test('what could not be asked says why', () => {
    const survey = { optsIn: { because: 'AWS answered TimeoutError' } }
    const check = unchecked('hosts', 'AWS answered TimeoutError', 'check it by hand')
    expect(called({ moves, survey }, /^hosts$/)).toEqual([check])
  })
})
