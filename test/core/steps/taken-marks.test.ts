// Marks that somebody took off or wrote over, one row each: when a mark counts as taken, which marks are looked at, and what is written
// again.
import { describe, expect, test } from 'vitest'
import { decide } from '../../../src/core/decide.ts'
import { issuedAtMs } from '../../../src/core/journal/state.ts'
import { effectId, type TagEffect } from '../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import type { Facts, SeenVolume } from '../../../src/core/model/facts.ts'
import { ANSWER_WITHIN_MS, SHOWN_AFTER_MS } from '../../../src/core/model/limits.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import type { Plan } from '../../../src/core/model/plan.ts'
import { freezeMarks, leftMarks } from '../../../src/core/steps/marks.ts'
import {
  type Taken,
  takenFreeze,
  takenLive,
  takenToWrite,
  unshownLive,
  writtenAgain,
} from '../../../src/core/steps/taken-marks.ts'
import { LATER_MS } from '../../support/facts.ts'
import { plan, service } from '../../support/plans.ts'
import { ALONE, at, BOTH, but, DROPBOX, FREEZE_ID, LOGS, type Stage, seenAt } from '../at.ts'
import { called, migration } from '../people.ts'

/** By volume and by tag what stands there instead; null for nothing. */
type Changed = Readonly<Record<string, Readonly<Record<string, string | null>>>>
type Row = readonly [mark: string, volume: string, key: string, says: string | null]

function changed(look: Facts, over: Changed): Facts {
  const tagsOf = (id: string): SeenVolume['tags'] => {
    const all = { ...look.volumes.get(id)?.tags, ...over[id] }
    return Object.fromEntries(Object.entries(all).flatMap(([key, value]) => (value === null ? [] : [[key, value]])))
  }
  return but(look, { volumes: Object.fromEntries(Object.keys(over).map((id) => [id, { tags: tagsOf(id) }])) })
}

const shows = (stage: Stage, over: Changed = {}, drawn: Plan = ALONE): Facts => changed(seenAt(stage, drawn), over)
const rowOf = ({ effect, volume, key, says }: Taken): Row => [effectId(effect), volume, key, says]
const rows = (m: Migration, look: Facts): Row[] => takenLive(m, look).map(rowOf)
const writtenAtMs = (m: Migration, mark: string): number => {
  const state = m.effects.get(mark)
  return (state && (issuedAtMs(state) ?? state.intendedAtMs)) ?? Number.NaN
}
/** What the plan says stands, and the tags of zonehop do not. */
const bare = { 'zonehop:left': null, 'zonehop:frozen': null, 'zonehop:phase': null } as const

const LEFT = 'left-1.tag.1'
const LIVE = 'live-1.tag.1'
const FREEZE = `${FREEZE_ID}-1.tag.1`
const COPY = 'vol-copy-vol-1'

describe('live: a mark', () => {
  const m = migration(...at('opening'))

  test.each<[string, Changed, readonly Row[]]>([
    ['that stands is not taken', {}, []],
    ['that stands beside tags of others is not taken', { 'vol-1': { Name: 'x', 'zonehop:note': 'y' } }, []],
    ['that says the migration is further is not taken', { 'vol-1': { 'zonehop:phase': 'done' } }, []],
    ['that is missing', { 'vol-1': { 'zonehop:left': null } }, [[LEFT, 'vol-1', 'zonehop:left', null]]],
    ['that says another', { 'vol-1': { 'zonehop:left': 'mig-9' } }, [[LEFT, 'vol-1', 'zonehop:left', 'mig-9']]],
    ['that says nothing', { 'vol-1': { 'zonehop:left': '' } }, [[LEFT, 'vol-1', 'zonehop:left', '']]],
    ['that stands, but its phase is one that was before', { 'vol-1': { 'zonehop:phase': 'frozen' } }, []],
    ['that stands, but its phase is missing: a later mark writes it anew', { 'vol-1': { 'zonehop:phase': null } }, []],
    ['of a copy', { [COPY]: { 'zonehop:live': null } }, [[LIVE, COPY, 'zonehop:live', null]]],
    [
      'of the freeze, which stays on the source',
      { 'vol-1': { 'zonehop:frozen': 'mig-1-f9' } },
      [[FREEZE, 'vol-1', 'zonehop:frozen', 'mig-1-f9']],
    ],
    [
      'of a source that has lost all of its tags: every one of its marks',
      { 'vol-1': bare },
      [
        [LEFT, 'vol-1', 'zonehop:left', null],
        [FREEZE, 'vol-1', 'zonehop:frozen', null],
      ],
    ],
  ])('%s', (_, over, taken) => expect(rows(m, shows('opening', over))).toEqual(taken))

  test.each(['vol-1', COPY])('of %s, which is not shown, is not taken', (id) => {
    expect(rows(m, but(seenAt('opening'), { volumes: { [id]: null } }))).toEqual([])
  })

  test('of two volumes, both of which lost it, is taken once', () => {
    const drawn = plan([LOGS, DROPBOX])
    const both = migration(...at('opening', drawn))
    const over = { 'vol-1': { 'zonehop:left': null }, 'vol-2': { 'zonehop:left': null } }
    expect(rows(both, shows('opening', over, drawn))).toEqual([[LEFT, 'vol-1', 'zonehop:left', null]])
    const second = { 'vol-2': { 'zonehop:left': null } }
    expect(rows(both, shows('opening', second, drawn))).toEqual([[LEFT, 'vol-2', 'zonehop:left', null]])
  })
})

describe('live: when it counts', () => {
  const m = migration(...at('opening'))
  const missing = { 'vol-1': { 'zonehop:left': null } }
  const other = { 'vol-1': { 'zonehop:left': 'mig-9' } }

  test.each<[string, Changed, number, boolean]>([
    ['another value, while the call may still be on its way: not yet', other, ANSWER_WITHIN_MS - 1, false],
    ['another value, once the call is over', other, ANSWER_WITHIN_MS, true],
    ['none, once the call is over: not yet, since EC2 may show it late', missing, ANSWER_WITHIN_MS, false],
    ['none, while EC2 need not show it: not yet', missing, SHOWN_AFTER_MS - 1, false],
    ['none, once EC2 must show it', missing, SHOWN_AFTER_MS, true],
  ])('%s', (_, over, afterMs, isTaken) => {
    const look = { ...shows('opening', over), beganAtMs: writtenAtMs(m, LEFT) + afterMs }
    expect(rows(m, look).map(([mark]) => mark)).toEqual(isTaken ? [LEFT] : [])
  })

  test('the time of the call counts, and without a call that of its intent', () => {
    const seen: EntryBody = { kind: 'seen', started: [], achieved: [LEFT] }
    const heard = migration(...called(at('live'), seenAt('live')), seen)
    const intendedAtMs = heard.effects.get(LEFT)?.intendedAtMs ?? Number.NaN
    expect(intendedAtMs).toBeLessThan(writtenAtMs(heard, LEFT))
    const look = { ...shows('opening', other), beganAtMs: intendedAtMs + ANSWER_WITHIN_MS }
    expect(rows(heard, look)).toEqual([])
    expect(rows(migration(...at('live'), seen), look)).toEqual([[LEFT, 'vol-1', 'zonehop:left', 'mig-9']])
  })

  const intended = at('live')
  const issued = called(intended, seenAt('live'))
  const failed: EntryBody = { kind: 'failed', effect: LEFT, issued: null, code: 'X', problem: 'p', remedy: 'r' }
  const started: EntryBody = { kind: 'started', effect: LEFT, issued: 'left-1-tag', resource: null }
  test.each<[string, readonly EntryBody[], boolean]>([
    ['is intended: nobody wrote it yet', intended, false],
    ['is issued: whether it was written is not known', issued, false],
    ['has failed: it was not written', [...issued, failed], false],
    ['is begun: EC2 said that it is written', [...issued, started], true],
  ])('a mark that %s', (_, said, isTaken) => {
    const m = migration(...said)
    expect(m.effects.get(LEFT)).toBeDefined()
    expect(rows(m, shows('live')).map(([mark]) => mark)).toEqual(isTaken ? [LEFT] : [])
  })

  test('none is before it is intended', () => {
    expect(rows(migration(...at('goLiveAsked')), shows('goLiveAsked'))).toEqual([])
  })
})

describe('live: of which services', () => {
  const dropboxCopy = 'vol-copy-vol-2'
  const all: Changed = { [COPY]: { 'zonehop:live': null }, [dropboxCopy]: { 'zonehop:live': null } }
  const returned: EntryBody = { kind: 'returned', service: 'dropbox', by: 'U-2', reason: 'a test' }
  const given = migration(...at('opened', BOTH), returned)

  test('a deferred one has marks of its own, once it has gone live', () => {
    expect(rows(migration(...at('openedDeferred', BOTH)), shows('openedDeferred', all, BOTH))).toEqual([
      [LIVE, COPY, 'zonehop:live', null],
      ['live-dropbox-1.tag.1', dropboxCopy, 'zonehop:live', null],
    ])
  })

  test('before that its copy has none', () => {
    const m = migration(...at('attachingDeferred', BOTH))
    expect(rows(m, shows('attachingDeferred', all, BOTH))).toEqual([[LIVE, COPY, 'zonehop:live', null]])
  })

  test('once it is given back, the freeze of the others is still theirs, and is written again for them alone', () => {
    const look = shows('opened', { 'vol-1': { 'zonehop:frozen': null } }, BOTH)
    const again = writtenAgain(given, look).filter(({ tags }) => 'zonehop:frozen' in tags)
    expect(again.map((effect) => [effectId(effect), effect.resources])).toEqual([[`${FREEZE_ID}-1.tag.2`, ['vol-1']]])
    expect(unshownLive(given, look)).toBe('vol-1')
  })

  test('its source has left with the others', () => {
    const over = { 'vol-2': { 'zonehop:left': null } }
    expect(rows(migration(...at('opened', BOTH)), shows('opened', over, BOTH))).toEqual([
      [LEFT, 'vol-2', 'zonehop:left', null],
    ])
  })

  test('one that was given back has not left', () => {
    expect(rows(given, shows('opened', { 'vol-2': { 'zonehop:left': null } }, BOTH))).toEqual([])
  })

  // A freeze that others share is looked at whole, with the source that was given back: taken-marks.ts takes the tag that
  // returnMarks took off for one that somebody took off, and writes it on a source that serves.
  test('one that was given back has lost its freeze by us, though it froze with others', () => {
    expect(rows(given, shows('opened', { 'vol-2': bare }, BOTH))).toEqual([])
  })
})

// Seeds 15000569, 15005759: left was taken off just before the end, and nobody looked any more.
describe('before the end', () => {
  const said = at('done').slice(0, -1)
  const m = migration(...said)
  const fresh = (over: Changed): Facts => ({ ...shows('done', over), beganAtMs: writtenAtMs(m, LEFT) + 1 })

  test('every mark is shown', () => {
    expect(unshownLive(m, shows('done'))).toBeNull()
    expect(decide(m, shows('done'), LATER_MS).next).toEqual({ kind: 'done' })
  })

  test.each<[string, Changed, string]>([
    ['left', { 'vol-1': { 'zonehop:left': null } }, 'vol-1'],
    ['live', { [COPY]: { 'zonehop:live': null } }, COPY],
  ])('%s that is not shown is waited for, until it is sure that it was taken off', (_, over, volume) => {
    const { next, waits } = decide(m, fresh(over), LATER_MS)
    expect(next).toBeNull()
    expect(waits).toContainEqual({ on: 'look', what: `the marks of ${volume}` })
    expect(decide(m, shows('done', over), LATER_MS).next).toMatchObject({ kind: 'warned' })
  })

  test('a volume that is not shown at all holds nothing up', () => {
    const look = shows('done')
    const volumes = new Map([...look.volumes].filter(([id]) => id !== 'vol-1'))
    expect(unshownLive(m, { ...look, volumes })).toBeNull()
  })
})

describe('written again', () => {
  const m = migration(...at('opening'))

  test('is what was taken, as its next generation, whole', () => {
    const look = shows('opening', { 'vol-1': bare })
    const [left] = leftMarks(m)
    const [freeze] = m.freezes.flatMap((each) => freezeMarks(m, each))
    expect(writtenAgain(m, look)).toEqual([
      { ...left, generation: 2 },
      { ...freeze, generation: 2 },
    ])
  })

  test('is nothing while all stand', () => expect(writtenAgain(m, shows('opening'))).toEqual([]))

  test('is nothing while it is being written again, and the generation after that where it is taken once more', () => {
    const look = shows('opening', { 'vol-1': { 'zonehop:left': 'mig-9' } })
    const effects = writtenAgain(m, look)
    const again: EntryBody = { kind: 'intended', effects }
    const done: EntryBody = { kind: 'seen', started: [], achieved: effects.map(effectId) }
    expect(writtenAgain(migration(...at('opening'), again), look)).toEqual([])
    expect(writtenAgain(migration(...at('opening'), again, done), look).map(effectId)).toEqual(['left-1.tag.3'])
  })
})

describe('written again before it was ever seen', () => {
  /** A mark is called at this stage, and EC2 says that it took it. */
  const begun = (stage: Stage): EntryBody[] => {
    const said = called(at(stage), seenAt(stage))
    const last = said.at(-1)
    if (last?.kind !== 'issued') throw new Error(`nothing is called at ${stage}`)
    return [
      ...said,
      { kind: 'started', effect: last.effect, issued: last.effect.replace('.tag.1', '-tag'), resource: null },
    ]
  }
  const aborting: EntryBody = { kind: 'aborting', by: 'U-2', reason: 'a test' }
  const marks = (said: readonly EntryBody[], look: Facts): string[] =>
    takenToWrite(migration(...said), look).map(({ effect }) => effectId(effect))

  test.each<[string, Stage, string]>([
    ['the plan', 'began', 'start-1.tag.1'],
    ['a freeze', 'freezing', FREEZE],
  ])('%s, once EC2 must show it and does not', (_, stage, mark) => {
    const writtenMs = writtenAtMs(migration(...begun(stage)), mark)
    const look = (afterMs: number): Facts => ({ ...shows(stage), beganAtMs: writtenMs + afterMs })
    expect(marks(begun(stage), look(SHOWN_AFTER_MS - 1))).toEqual([])
    expect(marks(begun(stage), look(SHOWN_AFTER_MS))).toEqual([mark])
    expect(writtenAgain(migration(...begun(stage)), look(SHOWN_AFTER_MS)).map(effectId)).toEqual([
      mark.replace(/1$/, '2'),
    ])
  })

  test('not over the tag of a later freeze, which is its own', () => {
    const anew: EntryBody = { kind: 'freezing', freeze: 'mig-1-f9', services: ['logs'] }
    const look = shows('freezing', { 'vol-1': { 'zonehop:frozen': 'mig-1-f9' } })
    expect(marks([...begun('freezing'), anew], look)).toEqual([])
  })

  test('not once it was seen, before the point of no return', () => {
    expect(marks(at('moving'), shows('moving', { 'vol-1': bare }))).toEqual([])
  })

  test('what is live is named once, seen or not', () => {
    expect(marks([...begun('live')], shows('live')).filter((mark) => mark === LIVE || mark === LEFT)).toHaveLength(1)
  })

  test('not after the end', () => {
    expect(marks([...begun('freezing'), aborting, { kind: 'aborted' }], shows('freezing'))).toEqual([])
  })

  // The abort takes the freeze off itself, and nothing of the way forward is called any more: it is an alarm of nothing.
  test('not on the way back', () => {
    expect(marks([...begun('freezing'), aborting], shows('freezing'))).toEqual([])
  })
})

describe('of a freeze', () => {
  const said = at('moving')
  const taken = (m: Migration, look: Facts): (Row | null)[] =>
    m.freezes.map((freeze) => {
      const one = takenFreeze(m, freeze, look)
      return one && rowOf(one)
    })

  test.each<[string, Changed, Row | null]>([
    ['its id stands: nothing', {}, null],
    ['its id is missing', { 'vol-1': { 'zonehop:frozen': null } }, [FREEZE, 'vol-1', 'zonehop:frozen', null]],
    [
      'its id is another freeze’s',
      { 'vol-1': { 'zonehop:frozen': 'mig-1-f9' } },
      [FREEZE, 'vol-1', 'zonehop:frozen', 'mig-1-f9'],
    ],
    ['its phase is missing: nothing, since it restrains nothing', { 'vol-1': { 'zonehop:phase': null } }, null],
    ['its phase is another: nothing', { 'vol-1': { 'zonehop:phase': 'x' } }, null],
  ])('%s', (_, over, row) => expect(taken(migration(...said), shows('moving', over))).toEqual([row]))

  test.each<[string, string | null, number, boolean]>([
    ['another value, while the call may still be on its way: not yet', 'x', ANSWER_WITHIN_MS - 1, false],
    ['another value, once the call is over', 'x', ANSWER_WITHIN_MS, true],
    ['none, while EC2 need not show it: not yet', null, SHOWN_AFTER_MS - 1, false],
    ['none, once EC2 must show it', null, SHOWN_AFTER_MS, true],
  ])('%s', (_, value, afterMs, isTaken) => {
    const m = migration(...said)
    const beganAtMs = writtenAtMs(m, FREEZE) + afterMs
    const [one] = taken(m, { ...shows('moving', { 'vol-1': { 'zonehop:frozen': value } }), beganAtMs })
    expect(one !== null).toBe(isTaken)
  })

  test('whose tag is only intended: nothing', () => {
    expect(taken(migration(...at('freezing')), shows('freezing'))).toEqual([null])
  })

  test('whose tag EC2 took, and that nobody has seen: nothing, since nothing has stopped under it', () => {
    const issued = called(at('freezing'), seenAt('freezing'))
    const started: EntryBody = { kind: 'started', effect: FREEZE, issued: `${FREEZE_ID}-1-tag`, resource: null }
    const m = migration(...issued, started)
    expect(m.effects.get(FREEZE)?.status).toBe('started')
    expect(taken(m, shows('freezing'))).toEqual([null])
  })

  test('whose source is not shown: nothing', () => {
    expect(taken(migration(...said), but(seenAt('moving'), { volumes: { 'vol-1': null } }))).toEqual([null])
  })

  const anew: EntryBody = { kind: 'freezing', freeze: 'mig-1-f9', services: ['logs'] }

  test('that a later one replaced: nothing, whatever its source says', () => {
    const look = shows('moving', { 'vol-1': { 'zonehop:frozen': 'mig-1-f9' } })
    expect(taken(migration(...said, anew), look)).toEqual([null, null])
  })

  test('that a later one replaced for one of its services: of the others alone, once they are marked for themselves', () => {
    const drawn = plan([LOGS, DROPBOX], { services: [service('dropbox'), service('logs')] })
    const look = shows('moving', { 'vol-1': { 'zonehop:frozen': null }, 'vol-2': { 'zonehop:frozen': null } }, drawn)
    const before = [...at('moving', drawn), anew]
    const effects = freezesOf(migration(...before))
    expect(effects.map(effectId)).toEqual([`${FREEZE_ID}-1.tag.2`, 'mig-1-f9-1.tag.1'])
    const marked: readonly EntryBody[] = [
      { kind: 'intended', effects },
      { kind: 'seen', started: [], achieved: effects.map(effectId) },
    ]
    const m = migration(...before, ...marked)
    const late = { ...look, beganAtMs: 2 * look.beganAtMs }
    expect(taken(m, late)).toEqual([
      [`${FREEZE_ID}-1.tag.2`, 'vol-2', 'zonehop:frozen', null],
      ['mig-1-f9-1.tag.1', 'vol-1', 'zonehop:frozen', null],
    ])
  })
})

function freezesOf(m: Migration): TagEffect[] {
  return m.freezes.flatMap((freeze) => freezeMarks(m, freeze))
}
