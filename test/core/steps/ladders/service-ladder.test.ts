// The ladder of a service, one row a rung: its freeze, its moves, its hosts' own steps, its opening; and what holds it up.
import { describe, expect, test } from 'vitest'
import { effectId } from '../../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../../src/core/model/entries.ts'
import type { Facts } from '../../../../src/core/model/facts.ts'
import type { Migration } from '../../../../src/core/model/migration.ts'
import type { Plan, Service } from '../../../../src/core/model/plan.ts'
import { isFinished, isReady, opening, stepsOf } from '../../../../src/core/steps/service-ladder.ts'
import type { Steps } from '../../../../src/core/steps/snapshot-ladder.ts'
import type { Wait } from '../../../../src/core/steps/waits.ts'
import { facts, LATER_MS } from '../../../support/facts.ts'
import { move, plan, planned, replicaMove, service } from '../../../support/plans.ts'
import { ALONE, at, BOTH, but, DROPBOX, FREEZE_ID, LOGS, type Stage, seenAt } from '../../at.ts'
import { migration, settle } from '../../people.ts'

const DB = move({ id: 'vol-3', name: 'db', device: '/dev/sdh' })
/** A service with a document for everything, and one that opens after it. */
const TWO = plan([LOGS, DB], {
  services: [
    service('db', { method: 'document', afterAttach: true, check: true, hook: 'warm up' }),
    service('logs', { after: ['db'] }),
  ],
})

function named({ services }: Plan, name: string): Service {
  const found = services.find((each) => each.name === name)
  if (!found) throw new Error(`${name} is not in the plan`)
  return found
}

const short = ({ effects, waits }: Steps): object => ({ ids: effects.map(effectId), waits })
const ids = (...all: readonly string[]): object => ({ ids: all, waits: [] })
const waits = (...all: readonly Wait[]): object => ({ ids: [], waits: all })
const before = (name: string, what: string): Wait => ({ on: 'service', service: name, before: what })

describe('up to attached and checked copies', () => {
  const steps = (said: readonly EntryBody[], name: string, look: Facts, drawn = TWO): object =>
    short(stepsOf(migration(...said), named(drawn, name), look, LATER_MS))

  test.each<[string, Stage, object]>([
    ['planned: nothing', 'planned', ids()],
    ['before its freeze: nothing', 'freezeAsked', ids()],
    ['the freeze is agreed to: its tag first', 'freezing', ids(`${FREEZE_ID}-1.tag.1`)],
    ['its tag is seen: its hosts stop writing', 'frozen', ids('service/db.freeze.1')],
    ['they have stopped: its final snapshot', 'moving', ids('vol-3.snapshot.1')],
    ['cut: the copy', 'restoring', ids('vol-3.restore.1')],
    ['copied: the attachment', 'attaching', ids('vol-3.attach.1')],
    ['attached and equal: what its hosts run then', 'checking', ids('service/db.afterAttach.1')],
    ['and after it its own check', 'goLiveAsked', ids('service/db.afterAttach.1', 'service/db.verify.1')],
  ])('%s', (_, stage, then) => expect(steps(at(stage, TWO), 'db', seenAt(stage, TWO))).toEqual(then))

  test('one whose hosts have nothing to run is at the end of its ladder once its copies are compared', () => {
    expect(steps(at('checking'), 'logs', seenAt('checking'), ALONE)).toEqual(ids())
  })

  test('of several moves each is where it is', () => {
    const WAL = move({ id: 'vol-4', name: 'wal', device: '/dev/sdi' }, 'db')
    const drawn = plan([DB, WAL], { services: [service('db')] })
    const half = but(seenAt('restoring', drawn), { snapshots: { 'snap-vol-4': { state: 'pending' } } })
    const said = settle(at('cutting', drawn), half)
    expect(steps(said, 'db', half, drawn)).toEqual(ids('vol-3.restore.1', 'vol-4.snapshot.1'))
  })

  describe('while another required one still writes', () => {
    const FILES = replicaMove()
    const drawn = plan([...TWO.moves, DROPBOX, FILES], {
      services: [...TWO.services, service('dropbox', { need: 'deferrable' }), service('files')],
    })
    const forFreeze = (name: string, of: string): object => waits(before(name, `the freeze of ${of}`))
    /** Its tag, then its hosts, are achieved as soon as they are asked for. */
    const stopped = (name: string): EntryBody[] => {
      const said: EntryBody[] = [
        planned('mig-1', { plan: drawn }),
        { kind: 'began' },
        { kind: 'freezing', freeze: FREEZE_ID, services: drawn.services.map((each) => each.name) },
      ]
      for (const step of ['tag', 'freeze']) {
        const { effects } = stepsOf(migration(...said), named(drawn, name), facts(), LATER_MS)
        expect(effects.map((effect) => effect.step)).toContain(step)
        said.push({ kind: 'intended', effects }, { kind: 'seen', started: [], achieved: effects.map(effectId) })
      }
      return said
    }

    test('what has stopped is cut at once: it does not change any more', () => {
      const done = settle(at('frozen', TWO), seenAt('moving', TWO))
      expect(steps(done, 'db', seenAt('moving', TWO))).toEqual(ids('vol-3.snapshot.1'))
    })

    test('its copy is made and compared, and its hosts run nothing yet', () => {
      // Nobody has said yet that they stopped the other one.
      const said = at('checking', TWO).filter(({ kind }) => kind !== 'confirmed')
      expect(steps(said, 'db', seenAt('checking', TWO))).toEqual(forFreeze('db', 'logs'))
    })

    test.each([
      ['a replica', 'files'],
      ['one that the outage does not wait for', 'dropbox'],
    ])('%s waits', (_, name) => {
      expect(steps(stopped(name), name, seenAt('moving', drawn), drawn)).toEqual(forFreeze(name, 'db'))
    })
  })

  test('one that can wait holds nobody up', () => {
    const said: EntryBody[] = [
      ...settle(at('frozen', TWO), seenAt('moving', TWO)),
      { kind: 'deferred', service: 'logs', by: 'U-2', reason: 'it can wait' },
    ]
    expect(steps(said, 'db', seenAt('moving', TWO))).toEqual(ids('vol-3.snapshot.1'))
  })

  test('nor does any, once the point of no return was passed: the journal has lost how far it was', () => {
    const said: EntryBody[] = [...settle(at('frozen', TWO), seenAt('moving', TWO)), { kind: 'wentLive', percents: {} }]
    expect(steps(said, 'db', seenAt('moving', TWO))).toEqual(ids('vol-3.snapshot.1'))
  })

  test('a move whose volume was deleted is waited for, the other goes on', () => {
    const WAL = move({ id: 'vol-4', name: 'wal', device: '/dev/sdi' }, 'db')
    const drawn = plan([DB, WAL], { services: [service('db')] })
    const look = but(seenAt('moving', drawn), { volumes: { 'vol-4': null } })
    const said = settle(at('moving', drawn), look)
    expect(said).toContainEqual({ kind: 'gone', volumes: ['vol-4'] })
    expect(steps(said, 'db', look, drawn)).toEqual({
      ids: ['vol-3.snapshot.1'],
      waits: [{ on: 'gone', name: 'wal' }],
    })
  })

  test('a replica goes down its own ladder', () => {
    const FILES = replicaMove()
    const drawn = plan([FILES], { services: [service('files')] })
    const said: EntryBody[] = [
      planned('mig-1', { plan: drawn }),
      { kind: 'began' },
      { kind: 'freezing', freeze: 'mig-1-f1', services: ['files'] },
    ]
    const fresh = (all: readonly EntryBody[]) => stepsOf(migration(...all), named(drawn, 'files'), facts(), LATER_MS)
    // Its tag, then its hosts, are achieved as soon as they are asked for.
    for (const step of ['tag', 'freeze']) {
      const { effects } = fresh(said)
      expect(effects.map((effect) => effect.step)).toEqual([step])
      said.push({ kind: 'intended', effects }, { kind: 'seen', started: [], achieved: effects.map(effectId) })
    }
    expect(short(fresh(said))).toEqual(ids('replica/files.demote.1'))
  })
})

describe('it could open now', () => {
  test.each<[string, Plan, string, Stage, boolean]>([
    ['not while it is cut', TWO, 'db', 'cutting', false],
    ['not while it is attached', TWO, 'db', 'attaching', false],
    ['not while its hosts have not agreed', TWO, 'db', 'checking', false],
    ['once its hosts have agreed', TWO, 'db', 'goLiveAsked', true],
    ['once its copies are compared, where its hosts have nothing to say', TWO, 'logs', 'checking', true],
    ['not what is pending still', BOTH, 'dropbox', 'opened', false],
    ['once it is through after go-live', BOTH, 'dropbox', 'openedDeferred', true],
  ])('%s', (_, drawn, name, stage, ready) => {
    expect(isReady(migration(...at(stage, drawn)), named(drawn, name), seenAt(stage, drawn))).toBe(ready)
  })

  test('not where a volume of it was deleted', () => {
    const m = migration(...at('checking'), { kind: 'gone', volumes: ['vol-1'] })
    expect(isReady(m, named(ALONE, 'logs'), seenAt('checking'))).toBe(false)
  })

  test('not on facts that do not show its copy', () => {
    const look = but(seenAt('checking'), { volumes: { 'vol-copy-vol-1': null } })
    expect(isReady(migration(...at('checking')), named(ALONE, 'logs'), look)).toBe(false)
  })
})

describe('opening', () => {
  test.each<[string, Plan, string, Stage, object]>([
    ['what was required is marked with all of them: it opens', TWO, 'db', 'live', ids('service/db.open.1')],
    ['one waits for those before it', TWO, 'logs', 'opening', waits(before('logs', 'the opening of db'))],
    ['until they are open', TWO, 'logs', 'opened', ids('service/logs.open.1')],
    ['open: its hook runs', TWO, 'db', 'opened', ids('service/db.open.1', 'service/db.hook.1')],
    [
      'what can wait has a live mark of its own, which is first',
      BOTH,
      'dropbox',
      'attachingDeferred',
      ids('live-dropbox-1.tag.1'),
    ],
    [
      'then it opens, and its hook runs',
      BOTH,
      'dropbox',
      'openedDeferred',
      ids('service/dropbox.open.1', 'service/dropbox.hook.1'),
    ],
  ])('%s', (_, drawn, name, stage, then) => {
    expect(short(opening(migration(...at(stage, drawn)), named(drawn, name)))).toEqual(then)
  })

  test('a marked one that can wait opens', () => {
    const mark = opening(migration(...at('attachingDeferred', BOTH)), named(BOTH, 'dropbox')).effects
    const said: EntryBody[] = [
      ...at('attachingDeferred', BOTH),
      { kind: 'intended', effects: mark },
      { kind: 'seen', started: [], achieved: mark.map(effectId) },
    ]
    expect(short(opening(migration(...said), named(BOTH, 'dropbox')))).toEqual(ids('service/dropbox.open.1'))
  })
})

describe('nothing is left to do', () => {
  test.each<[string, Plan, string, Stage, boolean]>([
    ['not before it is open', ALONE, 'logs', 'opening', false],
    ['open, without a hook', ALONE, 'logs', 'opened', true],
    ['not while its hook runs', TWO, 'db', 'opened', false],
    ['its hook has run', TWO, 'db', 'done', true],
    ['not what can wait, while it is copied', BOTH, 'dropbox', 'restoringDeferred', false],
    ['what can wait, once its hook has run', BOTH, 'dropbox', 'done', true],
  ])('%s', (_, drawn, name, stage, finished) => {
    expect(isFinished(migration(...at(stage, drawn)), named(drawn, name))).toBe(finished)
  })
})

describe('a promoted replica', () => {
  const FILES = replicaMove()
  const FILE_SERVER = service('files', { method: 'document' })
  const drawn = plan([FILES, DROPBOX], { services: [service('dropbox'), FILE_SERVER] })
  const live = (...said: readonly EntryBody[]): Migration =>
    migration(
      planned('mig-1', { plan: drawn }),
      { kind: 'began' },
      { kind: 'freezing', freeze: 'mig-1-f1', services: ['dropbox', 'files'] },
      { kind: 'wentLive', percents: {} },
      ...said,
    )
  const OPEN = 'service/files.open.1'
  const FIRST = 'replica/files/vol-files-copy.firstSnapshot.1'
  const intended = (m: Migration): EntryBody => ({ kind: 'intended', effects: opening(m, FILE_SERVER).effects })
  const sees = (...achieved: readonly string[]): EntryBody => ({ kind: 'seen', started: [], achieved })
  const opened = [intended(live()), sees(OPEN)]
  const begun: EntryBody = {
    ...{ kind: 'intended' },
    effects: opening(live(...opened), FILE_SERVER).effects.filter((effect) => effectId(effect) === FIRST),
  }

  test.each<[string, readonly EntryBody[], object, boolean]>([
    ['opens', [], ids(OPEN), false],
    ['open: its first snapshot is taken at once', opened, ids(OPEN, FIRST), false],
    ['while that is pending it is not finished', [...opened, begun], ids(OPEN, FIRST), false],
    ['once that is complete it is', [...opened, begun, sees(FIRST)], ids(OPEN, FIRST), true],
  ])('%s', (_, said, then, finished) => {
    expect(short(opening(live(...said), FILE_SERVER))).toEqual(then)
    expect(isFinished(live(...said), FILE_SERVER)).toBe(finished)
  })
})
