// Entries on their way through Redis: every kind comes back as it was written, and what this version does not know, or half knows,
// is understood by nobody here.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Effect, ServiceStep, Step } from '../../src/core/model/effects.ts'
import { type Entry, type EntryBody, JOURNAL_VERSION, type Kind } from '../../src/core/model/entries.ts'
import type { Subject } from '../../src/core/model/subjects.ts'
import { type Aside, NotUnderstood, parseEntry } from '../../src/store/entry-schema.ts'
import { type Drill, startDrill } from '../support/drill.ts'
import { entries, move, plan, planned, replicaMove, seen, service, volume } from '../support/plans.ts'
import { SOURCE, TARGET, worldOf } from '../support/worlds.ts'

const MOVE: Subject = { of: 'move', move: 'vol-1' }
const SUBJECTS: { readonly [O in Subject['of']]: Extract<Subject, { of: O }> } = {
  move: { of: 'move', move: 'vol-1' },
  copy: { of: 'copy', move: 'vol-1', volume: 'vol-2' },
  copyHome: { of: 'copyHome', move: 'replica/files', volume: 'vol-2' },
  side: { of: 'side', move: 'replica/files', side: 'home' },
  service: { of: 'service', service: 'logs', part: 2 },
  strays: { of: 'strays', service: 'logs' },
  mark: { of: 'mark', mark: 'start', part: 1 },
  resource: { of: 'resource', resource: 'snap-1' },
}

const BASE = { subject: MOVE, generation: 1, direction: 'forward' } as const
const PLACE = { volumeId: 'vol-2', instance: 'i-1', device: '/dev/sdf' }
const CUT = { volumeId: 'vol-1', tags: { Name: 'logs' } }
const HOSTS = { service: 'logs', instances: ['i-1', 'i-2'] }
const REPLICA = { ...HOSTS, resource: 'files', document: 'zonehop-replica' }
const onHosts = <S extends ServiceStep>(step: S) =>
  ({ ...BASE, step, ...HOSTS, work: { method: 'document', document: 'zonehop-service' } }) as const
const EFFECTS: { readonly [S in Step]: Effect } = {
  seed: { ...BASE, step: 'seed', ...CUT },
  snapshot: { ...BASE, step: 'snapshot', ...CUT },
  firstSnapshot: { ...BASE, step: 'firstSnapshot', ...CUT },
  restore: { ...BASE, step: 'restore', snapshotId: 'snap-1', zone: 'us-east-1c' },
  attach: { ...BASE, step: 'attach', ...PLACE },
  detach: { ...BASE, step: 'detach', ...PLACE },
  detachSource: { ...BASE, step: 'detachSource', ...PLACE },
  delete: { ...BASE, step: 'delete', resource: 'snap-1' },
  checkCopy: { ...BASE, step: 'checkCopy', ...PLACE, deleteOnTermination: true },
  tag: { ...BASE, step: 'tag', resources: ['vol-1'], tags: {}, removed: ['zonehop:frozen'] },
  demote: { ...BASE, step: 'demote', ...REPLICA },
  prove: { ...BASE, step: 'prove', ...REPLICA },
  down: { ...BASE, step: 'down', ...REPLICA },
  promote: { ...BASE, step: 'promote', ...REPLICA },
  checkReplica: { ...BASE, step: 'checkReplica', ...REPLICA },
  fence: { ...BASE, step: 'fence', ...REPLICA, direction: 'back' },
  reunite: { ...BASE, step: 'reunite', ...REPLICA, direction: 'back' },
  freeze: { ...onHosts('freeze'), work: { method: 'manual', todo: ['umount /dev/sdf'] } },
  unfreeze: { ...onHosts('unfreeze'), work: { method: 'start-instances' } },
  open: { ...onHosts('open'), work: { method: 'stop-instances' } },
  afterAttach: onHosts('afterAttach'),
  verify: onHosts('verify'),
  hook: onHosts('hook'),
  rehearse: { ...BASE, step: 'rehearse', ...HOSTS, document: 'zonehop-rehearse', volumes: ['vol-2'] },
}

const CHECK = { name: 'quota', result: 'yellow', cause: 'it is near', remedy: 'ask for more' } as const
const PLAN = plan([move(), replicaMove()], {
  services: [service('logs'), service('files', { need: 'deferrable', after: ['logs'], hook: 'tell them' })],
  stays: [{ volume: 'vol-8', name: 'old', sizeGib: 1, reason: 'nobody reads it' }],
  uncovered: [{ volume: 'vol-9', name: 'new', sizeGib: 1, instance: null, device: null }],
  checks: [CHECK],
})
const FOUND = seen({ volume: volume({ id: 'vol-9', encrypted: true, kmsKeyId: 'key-1', iops: null }) })
const SAID: { readonly [K in Kind]: EntryBody & { readonly kind: K } } = {
  planned: planned('mig-1', { plan: PLAN }) as Extract<EntryBody, { kind: 'planned' }>,
  replanned: {
    kind: 'replanned',
    plan: PLAN,
    choices: [{ volume: 'vol-9', service: 'logs', route: 'stay', need: 'required' }],
    found: [FOUND],
    by: null,
  },
  gone: { kind: 'gone', volumes: ['vol-1'] },
  suspected: { kind: 'suspected', about: 'left', says: 'zonehop:left=mig-1', volumes: ['vol-1'] },
  settled: { kind: 'settled', suspected: 'n2', isSo: false, by: 'U-2' },
  asked: { kind: 'asked', gate: 'goLive', basis: 'b1', evidence: ['all is there'], again: 'it grew old' },
  missing: { kind: 'missing', asked: 'n2', what: 'a copy' },
  shown: { kind: 'shown', asked: 'n2' },
  withdrew: { kind: 'withdrew', gate: 'freeze', why: 'the plan is red' },
  approved: { kind: 'approved', asked: 'n2', gate: 'cleanup', basis: 'b1', by: 'U-2' },
  declined: { kind: 'declined', asked: null, gate: 'start', by: 'U-2' },
  began: { kind: 'began' },
  freezing: { kind: 'freezing', freeze: 'mig-1-f1', services: ['logs'] },
  deferred: { kind: 'deferred', service: 'logs', by: 'U-2', reason: 'it can wait' },
  exceeded: { kind: 'exceeded', by: 'U-2', reason: 'the shop is closed anyway' },
  returned: { kind: 'returned', service: 'logs', by: 'U-2', reason: 'its copy is slow' },
  warned: { kind: 'warned', about: 'slow logs', service: null, text: 'it is slow' },
  measured: { kind: 'measured', first: 'snap-1', second: 'snap-2', gib: null },
  noted: { kind: 'noted', by: 'U-2', text: 'we called the customers' },
  paused: { kind: 'paused', by: 'U-2' },
  resumed: { kind: 'resumed', by: 'U-2' },
  doubted: { kind: 'doubted', why: 'another Redis' },
  unreachable: { kind: 'unreachable', service: 'SSM', isAnswering: true, why: 'it has no name', sinceMs: 5_000 },
  reachable: { kind: 'reachable', service: 'SSM' },
  adopted: {
    kind: 'adopted',
    things: [{ effect: EFFECTS.restore, issued: 'lost', resource: 'vol-2', others: ['vol-3'] }],
  },
  looked: { kind: 'looked' },
  halted: { kind: 'halted', why: 'somebody else drives' },
  skipped: { kind: 'skipped', entry: 'n3', by: 'U-2' },
  wentLive: { kind: 'wentLive', percents: { files: 40 } },
  aborting: { kind: 'aborting', by: null, reason: 'enough' },
  intended: { kind: 'intended', effects: Object.values(EFFECTS) },
  issued: { kind: 'issued', effect: 'vol-1.seed.1' },
  notCalled: { kind: 'notCalled', effect: 'vol-1.seed.1', issued: 'n4', why: 'Throttling', retryMs: 5_000 },
  unanswered: {
    ...{ kind: 'unanswered', effect: 'vol-1.seed.1', issued: 'n4' },
    answer: { code: 'InternalError', problem: 'it broke', remedy: 'wait' },
  },
  started: { kind: 'started', effect: 'vol-1.seed.1', issued: 'n4', resource: null },
  seen: {
    kind: 'seen',
    started: [{ effect: 'vol-1.seed.1', resource: 'snap-1', others: ['snap-2'] }],
    achieved: ['vol-1.seed.1'],
  },
  read: {
    kind: 'read',
    effect: 'replica/files.prove.1',
    ...{ doubts: ['it syncs'], leftKib: 12, sync: null, isStalled: false, sourceRole: 'Primary' },
  },
  confirmed: { kind: 'confirmed', intended: 'n4', effects: ['service/logs.freeze.1'], by: 'U-2', reason: 'I saw it' },
  failed: {
    kind: 'failed',
    effect: 'vol-1.seed.1',
    ...{ issued: null, code: 'Gone', problem: 'it is gone', remedy: 'look' },
  },
  retried: { kind: 'retried', effect: 'vol-1.seed.1', failed: 'n5', by: 'U-2' },
  aborted: { kind: 'aborted' },
  done: { kind: 'done' },
  cleaning: { kind: 'cleaning', by: 'U-2' },
  clearing: { kind: 'clearing', resources: ['vol-1'] },
  kept: { kind: 'kept', resources: [{ id: 'vol-1', name: 'logs', why: 'it is in use' }] },
  cleaned: { kind: 'cleaned' },
}

type Fields = Readonly<Record<string, unknown>>

function entry(said: Fields): Fields {
  const [stamped] = entries(said as EntryBody)
  return stamped as unknown as Fields
}

function asideOf(written: unknown): Aside {
  try {
    parseEntry(JSON.stringify(written))
  } catch (error) {
    if (error instanceof NotUnderstood) return error.aside
    throw error
  }
  throw new Error(`understood: ${JSON.stringify(written)}`)
}

function without(fields: Fields, name: string): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name))
}

describe.each(Object.values(SAID))('$kind', (said) => {
  const { kind } = said
  const written = entry(said)

  test('comes back as it was written', () => {
    expect(parseEntry(JSON.stringify(written))).toEqual(written)
  })

  test('keeps the fields of a later version', () => {
    expect(parseEntry(JSON.stringify({ ...written, more: [1] }))).toEqual({ ...written, more: [1] })
  })

  test('with a field missing, or of another kind, it is not understood', () => {
    for (const name of Object.keys(written).filter((key) => key !== 'kind' && key !== 'reason')) {
      const why = `its journal holds "${kind}" in a shape that is not known here (${name})`
      expect(asideOf(without(written, name)), name).toEqual({ version: null, why })
      if (name === 'version') continue
      expect(asideOf({ ...written, [name]: { of: 'nothing' } }).why, name).toContain(`"${kind}"`)
    }
  })
})

test.each(Object.values(EFFECTS).map((effect) => [effect.step, effect as unknown as Fields] as const))(
  'an effect of step %s with a field missing is not understood',
  (_, effect) => {
    const intended = (changed: Fields): Aside => asideOf(entry({ kind: 'intended', effects: [changed] }))
    for (const name of Object.keys(effect)) {
      expect(intended(without(effect, name)).why, name).toContain('its journal holds "intended" in a shape')
    }
    expect(intended({ ...effect, direction: 'sideways' }).why).toContain('effects.0.direction')
    expect(intended({ ...effect, step: 'teleport' }).why).toContain('effects.0.step')
    expect(intended({ ...effect, subject: 'vol-1' }).why).toContain('effects.0.subject')
  },
)

test.each(Object.values(SUBJECTS).map((subject) => [subject.of, subject as Fields] as const))(
  'a subject that is a %s comes back as it was, and half of it is not understood',
  (_, subject) => {
    const intended = (changed: Fields): Fields =>
      entry({ kind: 'intended', effects: [{ ...EFFECTS.seed, subject: changed }] })
    const written = intended(subject)
    expect(parseEntry(JSON.stringify(written))).toEqual(written)
    for (const name of Object.keys(subject)) {
      expect(asideOf(intended(without(subject, name))).why, name).toContain('effects.0.subject')
    }
  },
)

test.each<[string, Fields, Aside['version'], string]>([
  [
    'a later version',
    { ...SAID.planned, version: JOURNAL_VERSION + 1 },
    JOURNAL_VERSION + 1,
    `it is written in version ${JOURNAL_VERSION + 1} of the journal`,
  ],
  [
    'a later version whose shape is another one too',
    { kind: 'drafted', version: 3 },
    3,
    'it is written in version 3 of the journal',
  ],
  ['an unknown kind', { kind: 'pondered' }, null, 'its journal holds "pondered", which is not known here'],
  [
    'a kind that is a word of JavaScript',
    { kind: 'constructor' },
    null,
    'its journal holds "constructor", which is not known here',
  ],
  [
    'an unknown gate',
    { ...SAID.asked, gate: 'tea' },
    null,
    'its journal holds "asked" in a shape that is not known here (gate)',
  ],
  [
    'an unknown route',
    { ...SAID.planned, plan: { ...PLAN, moves: [{ ...move(), route: 'by foot' }] } },
    null,
    'its journal holds "planned" in a shape that is not known here (plan.moves.0.route)',
  ],
])('%s is not understood', (_, said, version, why) => {
  expect(asideOf(entry(said))).toEqual({ version, why })
})

test.each<[string, string]>([
  ['nothing', ''],
  ['half a line', '{"kind":"began","rev"'],
  ['no object', '7'],
  ['no kind', JSON.stringify(without(entry(SAID.began), 'kind'))],
  ['a version that is no number', JSON.stringify({ ...entry(SAID.planned), version: 'two' })],
])('what no version wrote is understood by none: %s', (_, written) => {
  expect(() => parseEntry(written)).toThrow(NotUnderstood)
})

describe('a whole migration', () => {
  let drill: Drill
  beforeAll(async () => {
    drill = await startDrill(worldOf({}))
  })
  afterAll(() => drill.close())

  test('comes back entry for entry', async () => {
    const id = await drill.start(SOURCE, TARGET)
    await drill.run(id)
    const all: readonly Entry[] = await drill.journal().entries(id)
    expect(all.at(-1)?.kind).toBe('done')
    for (const one of all) expect(parseEntry(JSON.stringify(one))).toEqual(one)
  })
})
