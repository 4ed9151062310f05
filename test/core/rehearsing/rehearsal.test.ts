// A rehearsal, look after look: what it makes and where, what fails in it, what it leaves behind, and what it never says.
import { describe, expect, test } from 'vitest'
import { mayDefer } from '../../../src/core/asking/permits.ts'
import { recheck, volumesToRecheck } from '../../../src/core/calling/recheck.ts'
import { decide } from '../../../src/core/decide.ts'
import { misfit } from '../../../src/core/journal/transitions.ts'
import { type Effect, effectId } from '../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import type { Facts, SeenVolume } from '../../../src/core/model/facts.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import type { SnapshotMove } from '../../../src/core/model/plan.ts'
import { REHEARSAL_TAG } from '../../../src/core/model/tags.ts'
import { devicesOf } from '../../../src/core/rehearsing/devices.ts'
import { leftCopies, ownNameOf, verdictOf } from '../../../src/core/rehearsing/verdict.ts'
import { byHand } from '../../../src/core/steps/by-hand.ts'
import { copyOf, facts, LATER_MS, snapshotOf } from '../../support/facts.ts'
import { inventory, move, plan, planned, seen, service, volume } from '../../support/plans.ts'
import { BEGINS_MS, migration, settle, through } from '../people.ts'

const LOGS = move({ id: 'vol-1', name: 'logs' })
const DB = move({ id: 'vol-2', name: 'db', device: '/dev/sdg' })
const DRAWN = plan([LOGS, DB], { services: [service('db'), service('logs', { method: 'document' })] })
const BEGUN: readonly EntryBody[] = [
  { ...planned('mig-1', { plan: DRAWN, inventory: inventory([LOGS, DB]) }), purpose: 'rehearsal' } as EntryBody,
]
const SOURCES = [seen(LOGS), seen(DB)]
const seedOf = (of: SnapshotMove) =>
  snapshotOf(of, { id: `snap-${of.id}`, step: 'seed', startedAtMs: BEGINS_MS, tags: REHEARSAL_TAG })
const BARE = facts({ volumes: SOURCES })
const SEEDED = facts({ volumes: SOURCES, snapshots: [seedOf(LOGS), seedOf(DB)] })
const lying = (of: SnapshotMove, over: Partial<SeenVolume> = {}): SeenVolume =>
  copyOf(of, { createdAtMs: BEGINS_MS, ...over })
const RESTORED = facts({ volumes: [...SOURCES, lying(LOGS), lying(DB)], snapshots: [seedOf(LOGS), seedOf(DB)] })
const at = (device: string, instance = 'i-target') => [
  { instance, device, state: 'attached', deleteOnTermination: false },
]
const attached = (of: SnapshotMove, device: string, instance = 'i-target') =>
  lying(of, { state: 'in-use', attachments: at(device, instance) })
const ATTACHED = facts({
  volumes: [...SOURCES, attached(LOGS, '/dev/sdh'), attached(DB, '/dev/sdi')],
  snapshots: [seedOf(LOGS), seedOf(DB)],
})
/** The copy of db is off its successor by then, and that of logs is not. */
const HALF = facts({
  volumes: [...SOURCES, attached(LOGS, '/dev/sdh'), lying(DB)],
  snapshots: [seedOf(LOGS), seedOf(DB)],
})
const GONE = facts({ volumes: SOURCES, snapshots: [seedOf(LOGS), seedOf(DB)] })

function intendedIn(said: readonly EntryBody[]): Effect[] {
  return said.flatMap((one) => (one.kind === 'intended' ? one.effects : []))
}
const idsIn = (said: readonly EntryBody[]): string[] => intendedIn(said).map(effectId)
const next = (said: readonly EntryBody[], look: Facts): EntryBody | null =>
  decide(migration(...said), look, LATER_MS).next
const failed = (effect: string): EntryBody => ({
  ...{
    kind: 'failed',
    effect,
    issued: null,
    code: 'VolumeError',
    problem: 'it ended in error',
    remedy: 'look at the key',
  },
})

const PLACED = through(BEGUN, BARE, SEEDED, RESTORED, ATTACHED)

describe('on the way', () => {
  test('it begins without being asked, and asks nobody', () => {
    expect(next(BEGUN, BARE)).toEqual({ kind: 'began' })
    expect(PLACED.filter(({ kind }) => kind === 'asked')).toEqual([])
  })

  test('no copy is asked to be loaded at a rate, and no service can be deferred', () => {
    const restores = intendedIn(PLACED).filter(({ step }) => step === 'restore')
    expect(restores.filter((effect) => 'initializationMibps' in effect)).toEqual([])
    expect(mayDefer(migration(...PLACED), { service: 'db', reason: 'x' })?.refusal).toMatch(/stops no service/)
  })

  test('each volume is seeded, restored and attached at a device that neither the successor nor the plan has', () => {
    const places = intendedIn(PLACED).flatMap((effect) =>
      effect.step === 'attach' ? [[effect.volumeId, effect.instance, effect.device]] : [],
    )
    expect(places).toEqual([
      ['vol-copy-vol-2', 'i-target', '/dev/sdi'],
      ['vol-copy-vol-1', 'i-target', '/dev/sdh'],
    ])
    expect(intendedIn(PLACED).filter(({ step }) => step === 'tag')).toEqual([])
  })

  test('a document looks into the copies of a service whose hosts run documents; of another the copies go', () => {
    expect(intendedIn(PLACED)).toContainEqual(
      expect.objectContaining({
        step: 'rehearse',
        service: 'logs',
        instances: ['i-target'],
        volumes: ['vol-copy-vol-1'],
      }),
    )
    expect(idsIn(PLACED)).toContain('vol-2/vol-copy-vol-2.detach.1')
    expect(idsIn(PLACED)).not.toContain('vol-1/vol-copy-vol-1.detach.1')
  })
})

describe('its end', () => {
  const looked: EntryBody[] = [...PLACED, { kind: 'seen', started: [], achieved: ['service/logs.rehearse.1'] }]
  const off = through(looked, HALF, RESTORED)

  test('copies are detached, then deleted, and nothing else is', () => {
    const removed = intendedIn(off).filter(({ direction }) => direction === 'back')
    expect(removed.map(effectId).sort()).toEqual([
      ...['vol-1/vol-copy-vol-1.delete.1', 'vol-1/vol-copy-vol-1.detach.1'],
      ...['vol-2/vol-copy-vol-2.delete.1', 'vol-2/vol-copy-vol-2.detach.1'],
    ])
    expect(settle(off, GONE).at(-1)).toEqual({ kind: 'done' })
  })

  test('it has passed where nothing is red', () => {
    const { verdict, checks } = verdictOf(migration(...settle(off, GONE)))
    expect(verdict).toBe('passed')
    expect(checks.map(({ what, name, result }) => `${what} ${name} ${result}`)).toEqual([
      'volume logs green',
      'volume db green',
      'service db yellow',
      'service logs green',
    ])
  })

  test('a failure is a finding: the rest goes on, and nobody is waited for', () => {
    const bad = through([...through(BEGUN, BARE, SEEDED), failed('vol-1.restore.1')], SEEDED)
    const rest = facts({ volumes: [...SOURCES, lying(DB)], snapshots: [seedOf(LOGS), seedOf(DB)] })
    const { waits } = decide(migration(...settle(bad, rest)), rest, LATER_MS)
    expect(waits.map(({ on }) => on)).not.toContain('retry')
    const placed = facts({ volumes: [...SOURCES, attached(DB, '/dev/sdi')], snapshots: [seedOf(LOGS), seedOf(DB)] })
    const all = settle(through(bad, rest, rest, placed, rest, rest), GONE)
    expect(all.at(-1)).toEqual({ kind: 'done' })
    const { verdict, checks } = verdictOf(migration(...all))
    expect(verdict).toBe('failed')
    const words = 'restore failed: VolumeError, it ended in error'
    expect(checks[0]).toEqual({ what: 'volume', name: 'logs', result: 'red', words })
  })

  test('a look that failed and was tried again counts as its retry ended, once', () => {
    const bad = settle([...PLACED, failed('service/logs.rehearse.1')], ATTACHED)
    const nonce = migration(...bad).effects.get('service/logs.rehearse.1')?.failure?.nonce ?? ''
    const again: EntryBody = { kind: 'retried', effect: 'service/logs.rehearse.1', failed: nonce, by: 'U-1' }
    const ofService = (said: readonly EntryBody[]) =>
      verdictOf(migration(...said)).checks.filter(({ what, name }) => what === 'service' && name === 'logs')
    expect(ofService(bad).map(({ result }) => result)).toEqual(['red'])
    expect(ofService([...bad, again]).map(({ result }) => result)).toEqual(['yellow'])
    const looked: EntryBody = { kind: 'seen', started: [], achieved: ['service/logs.rehearse.2'] }
    expect(ofService([...bad, again, looked]).map(({ result }) => result)).toEqual(['green'])
  })

  test('an abort takes away what is there, and is over once that is gone', () => {
    const back = through([...PLACED, { kind: 'aborting', by: 'U-1', reason: 'a test' }], HALF, RESTORED)
    expect(idsIn(back)).toEqual(
      expect.arrayContaining(['vol-1/vol-copy-vol-1.delete.1', 'vol-2/vol-copy-vol-2.delete.1']),
    )
    const all = settle(back, GONE)
    expect(all.at(-1)).toEqual({ kind: 'aborted' })
    expect(verdictOf(migration(...all)).verdict).toBeNull()
  })

  test('what was sent back before its attachment is no finding: a device may be free', () => {
    const said = through(BEGUN, BARE, SEEDED)
    const all = settle(through([...said, { kind: 'aborting', by: 'U-1', reason: 'a test' }], RESTORED), GONE)
    const { checks } = verdictOf(migration(...all))
    expect(checks.filter(({ result }) => result === 'red')).toEqual([])
    expect(checks[0]?.words).toMatch(/ did not come to its end$/)
  })

  test('a copy that somebody has attached elsewhere is theirs', () => {
    const taken = facts({
      volumes: [...SOURCES, attached(LOGS, '/dev/sdf', 'i-theirs')],
      snapshots: [seedOf(LOGS), seedOf(DB)],
    })
    const all = settle([...PLACED, { kind: 'aborting', by: 'U-1', reason: 'a test' }], taken)
    expect(idsIn(all)).not.toContain('vol-1/vol-copy-vol-1.delete.1')
    expect(leftCopies(migration(...all))).toContain('vol-copy-vol-1')
  })
})

test.each<[string, Readonly<Record<string, string>>]>([
  ['that says that it is live', { 'zonehop:live': 'mig-1' }],
  ['of another migration by now', { 'zonehop:migration': 'mig-2' }],
])('a copy %s is left, and holds up no end', (_, tags) => {
  const marked = lying(LOGS, { tags: { ...lying(LOGS).tags, ...tags } })
  const left = facts({ volumes: [...SOURCES, marked], snapshots: [seedOf(LOGS), seedOf(DB)] })
  const back = through([...PLACED, { kind: 'aborting', by: 'U-1', reason: 'a test' }], HALF)
  const all = settle(back, left)
  expect(all.at(-1)).toEqual({ kind: 'aborted' })
  expect(leftCopies(migration(...all))).toEqual(['vol-copy-vol-1'])
})

test('a copy that ended in error, and that no entry knows, is taken away like any other', () => {
  const seeded = through(BEGUN, BARE, SEEDED).filter(
    (one) => one.kind !== 'issued' && !(one.kind === 'intended' && one.effects.some(({ step }) => step === 'restore')),
  )
  const lost: readonly EntryBody[] = [...seeded, { kind: 'doubted', why: 'a test' }]
  const broken = facts({
    volumes: [...SOURCES, lying(LOGS, { state: 'error' })],
    snapshots: [seedOf(LOGS), seedOf(DB)],
  })
  const back: EntryBody = { kind: 'aborting', by: 'U-1', reason: 'a test' }
  const said = settle([...lost, back], broken)
  expect(said).toContainEqual(expect.objectContaining({ kind: 'adopted' }))
  expect(idsIn(said)).toContain('vol-1/vol-copy-vol-1.delete.1')
})

test('while nobody can look at EC2, hands are asked to start nothing: nothing was ever stopped', () => {
  const lost: EntryBody = { kind: 'doubted', why: 'a test' }
  const m = migration(...PLACED, lost, { kind: 'looked' }, { kind: 'aborting', by: 'U-1', reason: 'a test' })
  expect(m.doubt).not.toBeNull()
  expect(byHand(m, LATER_MS)).toBeNull()
})

describe('a moment before a copy goes', () => {
  const m = migration(...PLACED, { kind: 'seen', started: [], achieved: ['service/logs.rehearse.1'] })
  const remove = {
    subject: { of: 'copy', move: 'vol-1', volume: 'vol-copy-vol-1' },
    step: 'delete',
    generation: 1,
    direction: 'back',
    resource: 'vol-copy-vol-1',
  } as const
  const among = (...volumes: readonly SeenVolume[]): Facts => facts({ volumes })
  const with_ = (tags: Readonly<Record<string, string>>): SeenVolume =>
    lying(LOGS, { tags: { ...lying(LOGS).tags, ...tags } })

  test.each<[string, Effect, Facts, string | null]>([
    ['it may, off its instance', remove, among(lying(LOGS)), null],
    ['not while it is attached', remove, among(attached(LOGS, '/dev/sdh')), 'vol-copy-vol-1 is attached'],
    ['not where nobody shows it', remove, among(), 'vol-copy-vol-1 is not shown'],
    [
      'not where it says that it is live',
      remove,
      among(with_({ 'zonehop:live': 'mig-1' })),
      'vol-copy-vol-1 says zonehop:live',
    ],
    [
      'not where it is somebody else’s by now',
      remove,
      among(with_({ 'zonehop:migration': 'mig-2' })),
      'vol-copy-vol-1 does not say zonehop:migration=mig-1 any more',
    ],
    ['never a source', { ...remove, resource: 'vol-1' }, among(seen(LOGS)), 'vol-1 is no copy of this rehearsal'],
  ])('%s', (_, effect, look, why) => {
    expect(volumesToRecheck(m, effect)).toHaveLength(1)
    expect(recheck(m, effect, look)).toBe(why)
  })
})

describe('a copy that a document looks into', () => {
  const LOOK = 'service/logs.rehearse.1'
  const abort: EntryBody = { kind: 'aborting', by: 'U-1', reason: 'a test' }
  /** The look has failed, the detachment is intended, and then somebody tries the look again. */
  const bad = settle([...PLACED, failed(LOOK)], ATTACHED)
  const nonce = migration(...bad).effects.get(LOOK)?.failure?.nonce ?? ''
  const again = [...bad, { kind: 'retried', effect: LOOK, failed: nonce, by: 'U-1' } as const]
  const detachOf = (m: Migration): Effect => m.effects.get('vol-1/vol-copy-vol-1.detach.1')?.effect as Effect
  const callsIn = (said: readonly EntryBody[], look: Facts): string[] =>
    decide(migration(...said), look, LATER_MS).effects.map(({ effect }) => effectId(effect))
  const why = (said: readonly EntryBody[], look: Facts): string | null => {
    const m = migration(...said)
    return recheck(m, detachOf(m), look)
  }
  const stays = 'a document looks into vol-copy-vol-1'

  test('stays until the look that was tried again is over, and goes then', () => {
    expect(callsIn(bad, ATTACHED)).toContain('vol-1/vol-copy-vol-1.detach.1')
    expect(why(bad, ATTACHED)).toBeNull()
    expect(callsIn(again, ATTACHED)).toEqual(['service/logs.rehearse.2'])
    expect(why(again, ATTACHED)).toBe(stays)
    const issued: EntryBody[] = [...again, { kind: 'issued', effect: 'service/logs.rehearse.2' }]
    expect(why(issued, ATTACHED)).toBe(stays)
    const started: EntryBody = {
      ...{ kind: 'seen', achieved: [] },
      started: [{ effect: 'service/logs.rehearse.2', resource: 'command-2', others: [] }],
    }
    expect(callsIn([...issued, started], ATTACHED)).not.toContain('vol-1/vol-copy-vol-1.detach.1')
    expect(why([...issued, started], ATTACHED)).toBe(stays)
    for (const end of [
      failed('service/logs.rehearse.2'),
      { kind: 'seen', started: [], achieved: ['service/logs.rehearse.2'] } as const,
    ]) {
      expect(callsIn([...issued, end], ATTACHED)).toContain('vol-1/vol-copy-vol-1.detach.1')
      expect(why([...issued, end], ATTACHED)).toBeNull()
    }
  })

  test('that of another service goes meanwhile', () => {
    const other = migration(...PLACED)
    const detach = other.effects.get('vol-2/vol-copy-vol-2.detach.1')?.effect as Effect
    expect(recheck(other, detach, ATTACHED)).toBeNull()
  })

  test('on the way back waits for a look that runs, for no longer than a document may last, and not for one that was never called', () => {
    expect(why([...again, abort], ATTACHED)).toBeNull()
    const seen = { kind: 'seen', started: [{ effect: LOOK, resource: 'command-1', others: [] }], achieved: [] } as const
    const running: EntryBody[] = [...PLACED, seen, abort]
    expect(idsIn(settle(running, ATTACHED))).not.toContain('vol-1/vol-copy-vol-1.detach.1')
    expect(decide(migration(...settle(running, ATTACHED)), ATTACHED, LATER_MS).waits).toContainEqual({
      ...{ on: 'look', what: 'whether the look into the copy of logs is over' },
    })
    const late: Facts = { ...ATTACHED, beganAtMs: LATER_MS + 720_000 }
    expect(idsIn(settle(running, late))).toContain('vol-1/vol-copy-vol-1.detach.1')
    const over: EntryBody = { kind: 'seen', started: [], achieved: [LOOK] }
    expect(idsIn(settle([...running, over], ATTACHED))).toContain('vol-1/vol-copy-vol-1.detach.1')
  })

  test('on the way back a call whose answer is lost is waited for until it must be shown', () => {
    const soon: Facts = { ...ATTACHED, beganAtMs: BEGINS_MS + 1_000 }
    expect(idsIn(settle([...PLACED, abort], soon))).not.toContain('vol-1/vol-copy-vol-1.detach.1')
    expect(idsIn(settle([...PLACED, abort], ATTACHED))).toContain('vol-1/vol-copy-vol-1.detach.1')
  })
})

describe('a rehearsal never says', () => {
  const m = migration(...PLACED)
  const tag: Effect = {
    subject: { of: 'mark', mark: 'start', part: 1 },
    step: 'tag',
    generation: 1,
    direction: 'forward',
    resources: ['vol-1'],
    tags: {},
    removed: [],
  }
  const freezing: EntryBody = { kind: 'freezing', freeze: 'mig-1-f1', services: ['logs'] }
  test.each<[string, EntryBody]>([
    ['freezing', freezing],
    ['a gate', { kind: 'asked', gate: 'freeze', basis: 'b', evidence: [], again: null }],
    ['a tag on anything', { kind: 'intended', effects: [tag] }],
  ])('%s', (_, said) => {
    expect(misfit(m, said)).toMatch(/has no place in a rehearsal$/)
  })

  test('and a move is not done while it only takes seeds', () => {
    const moving: Migration = { ...m, purpose: 'move' }
    expect(misfit(m, { kind: 'done' })).toBeNull()
    expect(misfit(moving, { kind: 'done' })).toBe('done has no place in phase seeding')
  })
})

test('a successor has devices for many, and is left out where it has none', () => {
  const moves = Array.from({ length: 70 }, (_, index) =>
    move({ id: `vol-${index}`, name: `v${index}`, device: `/dev/xvdd${index}` }, 'bulk'),
  )
  const busy = seen(
    { volume: volume({ id: 'vol-busy', instance: 'i-target', device: '/dev/xvdf' }) },
    { zone: 'us-east-1c' },
  )
  const drawn = devicesOf(plan(moves))({ ...inventory(moves), volumes: [busy] })
  expect(drawn.size).toBe(62)
  expect(new Set(drawn.values()).size).toBe(62)
  expect([...drawn.values()]).not.toContain('/dev/sdf')
})

test.each<[string, readonly (readonly [id: string, name: string])[], readonly string[]]>([
  [
    'different names stay as they are',
    [
      ['vol-1', 'logs'],
      ['vol-2', 'db'],
    ],
    ['logs', 'db'],
  ],
  [
    'one name of two stands with their ids',
    [
      ['vol-1', 'data'],
      ['vol-2', 'data'],
      ['vol-3', 'db'],
    ],
    ['data (vol-1)', 'data (vol-2)', 'db'],
  ],
  [
    'a name that looks like another with its id stands with its own',
    [
      ['vol-1', 'data'],
      ['vol-2', 'data (vol-1)'],
    ],
    ['data', 'data (vol-1) (vol-2)'],
  ],
])('in the verdict %s', (_, volumes, names) => {
  const drawn = plan(volumes.map(([id, name]) => move({ id, name })))
  expect(drawn.moves.map((one) => ownNameOf(drawn, one))).toEqual(names)
})
