// Who may tag must not be able to approve: what tags say and no entry explains is asked of an approver, and until then nothing follows
// from it but that what it speaks against waits.
import { describe, expect, test } from 'vitest'
import { recheck } from '../../src/core/calling/recheck.ts'
import { decide } from '../../src/core/decide.ts'
import { effectId } from '../../src/core/model/effects.ts'
import type { EntryBody } from '../../src/core/model/entries.ts'
import type { Facts } from '../../src/core/model/facts.ts'
import { START_ENDS_MS } from '../../src/core/model/limits.ts'
import { leftMarks } from '../../src/core/steps/marks.ts'
import { takenLive } from '../../src/core/steps/taken-marks.ts'
import { waitWords } from '../../src/core/telling/wait-words.ts'
import { LATER_MS } from '../support/facts.ts'
import { ALONE, at, BOTH, but, FREEZE_ID, type Stage, seenAt } from './at.ts'
import { migration, settle } from './people.ts'

const tagged = (stage: Stage, tags: Readonly<Record<string, string>>): Facts => {
  const look = seenAt(stage, ALONE)
  const before = look.volumes.get('vol-1')?.tags ?? {}
  return but(look, { volumes: { 'vol-1': { tags: { ...before, ...tags } } } })
}
const next = (said: readonly EntryBody[], look: Facts): EntryBody | null =>
  decide(migration(...said), look, LATER_MS).next
const suspected = (said: readonly EntryBody[], look: Facts): EntryBody[] => {
  const one = next(said, look)
  if (one?.kind !== 'suspected') throw new Error(`nothing is suspected, but ${one?.kind}`)
  return [...said, one]
}
const settled = (said: readonly EntryBody[], isSo: boolean): EntryBody[] => [
  ...said,
  { kind: 'settled', suspected: `n${said.length}`, isSo, by: 'U-2' },
]

const FROZEN = { 'zonehop:frozen': 'mig-1-f9', 'zonehop:phase': 'frozen' }
const LEFT = { 'zonehop:left': 'mig-1', 'zonehop:phase': 'live' }
const ABORTED = { 'zonehop:aborted': 'mig-1', 'zonehop:phase': 'aborted' }

describe.each<[string, Readonly<Record<string, string>>, string, string]>([
  ['frozen', FROZEN, 'zonehop:frozen=mig-1-f9', 'freezing'],
  ['left', LEFT, 'zonehop:left=mig-1', 'wentLive'],
  ['aborted', ABORTED, 'zonehop:aborted=mig-1', 'aborting'],
])('%s, which somebody wrote', (about, tags, says, believedKind) => {
  test('while the freeze asks: an alarm, and nothing else follows', () => {
    const look = tagged('freezeAsked', tags)
    const said = suspected(at('freezeAsked'), look)
    expect(said.at(-1)).toEqual({ kind: 'suspected', about, says, volumes: ['vol-1'] })
    // It asks on as before, and is passed as before, by who may.
    expect(next(said, look)).toBeNull()
    expect(migration(...said).asking?.gate).toBe('freeze')
    const passed = settle(said, look, 'answer').map(({ kind }) => kind)
    expect(passed).toContain('freezing')
    expect(passed.indexOf('approved')).toBeGreaterThan(-1)
    expect(passed.slice(0, passed.indexOf('approved', at('freezeAsked').length))).not.toContain(
      believedKind === 'freezing' ? 'x' : believedKind,
    )
  })

  test('before the start: a plan of yesterday is not declined meanwhile', () => {
    const look = tagged('startAsked', tags)
    const said = suspected(at('startAsked'), look)
    const late = LATER_MS + START_ENDS_MS
    expect(decide(migration(...at('startAsked')), seenAt('startAsked'), late).next).toMatchObject({ kind: 'declined' })
    expect(decide(migration(...said), look, late).next).toMatchObject({ kind: 'withdrew' })
  })

  test('before the start: it is not asked until an approver has said that it is not so', () => {
    const look = tagged('startAsked', tags)
    const said = suspected(at('startAsked'), look)
    const why = 'tags say what the journal does not explain'
    expect(next(said, look)).toEqual({ kind: 'withdrew', gate: 'start', why })
    const held = [...said, { kind: 'withdrew', gate: 'start', why } as const]
    const { next: none, waits } = decide(migration(...held), look, LATER_MS)
    expect(none).toBeNull()
    expect(waits).toEqual([{ on: 'belief', says }])
    const not: EntryBody = { kind: 'settled', suspected: `n${said.length}`, isSo: false, by: 'U-2' }
    expect(next([...held, not], look)).toMatchObject({ kind: 'asked', gate: 'start' })
  })

  test('is asked once, and where an approver says that it is not so, never again', () => {
    const look = tagged('startAsked', tags)
    const said = suspected(at('startAsked'), look)
    const not = settled(said, false)
    expect(next(not, look)).toBeNull()
    const other = tagged('startAsked', { ...tags, 'zonehop:frozen': 'mig-1-f10' })
    if (about === 'frozen') expect(next(not, other)).toBeNull()
  })

  test('is taken up where an approver says that it is so', () => {
    const look = tagged('startAsked', tags)
    const so = settled(suspected(at('startAsked'), look), true)
    expect(next(so, look)?.kind).toBe(believedKind)
  })
})

test('another freeze than the one that was so is asked anew', () => {
  const look = tagged('startAsked', FROZEN)
  const so = settled(suspected(at('startAsked'), look), true)
  const other = tagged('startAsked', { ...FROZEN, 'zonehop:frozen': 'mig-1-f10' })
  expect(next(so, other)).toMatchObject({ kind: 'suspected', says: 'zonehop:frozen=mig-1-f10' })
})

test('each kind has a question of its own', () => {
  const look = tagged('startAsked', { ...FROZEN, ...LEFT, ...ABORTED })
  const kinds: string[] = []
  let said = [...at('startAsked')]
  for (let one = next(said, look); one?.kind === 'suspected'; one = next(said, look)) {
    kinds.push(one.about)
    said = [...said, one]
  }
  expect(kinds).toEqual(['left', 'frozen', 'aborted'])
})

describe('left, written during an abort', () => {
  const aborting = [...at('moving'), { kind: 'aborting', by: 'U-2', reason: 'x' } as const]
  const look = tagged('moving', LEFT)
  const unfreeze = { step: 'unfreeze', service: 'logs' } as never

  test('holds what starts writes at home until an approver has said whether it is so', () => {
    const said = suspected(aborting, look)
    const { next: none, waits, effects } = decide(migration(...said), look, LATER_MS)
    expect(none).toBeNull()
    expect(waits.map(waitWords)).toContainEqual(
      'an approver to say whether it is so that volumes carry zonehop:left=mig-1, which the journal does not explain',
    )
    expect(effects).toEqual([])
    expect(recheck(migration(...said), unfreeze, look)).toMatch(/zonehop:left/)
  })

  test('goes home where it is not so, though the tag stands', () => {
    const not = settled(suspected(aborting, look), false)
    expect(recheck(migration(...not), unfreeze, look)).toBeNull()
    expect(next(not, look)).toMatchObject({ kind: 'intended', effects: [{ tags: { 'zonehop:aborted': 'mig-1' } }] })
  })

  test('went live where it is so, and nothing goes home', () => {
    const so = settled(suspected(aborting, look), true)
    expect(next(so, look)).toEqual({ kind: 'wentLive', percents: {} })
    const live = migration(...so, { kind: 'wentLive', percents: {} })
    expect(live.phase).toBe('live')
    expect(recheck(live, unfreeze, look)).toBe('no abort or return stands in the journal')
  })
})

describe('in doubt', () => {
  const doubted = [...at('freezeAsked'), { kind: 'doubted', why: 'a test' } as const]
  const untilMs = migration(...doubted).doubt?.untilMs ?? Number.NaN
  const look = { ...tagged('freezeAsked', FROZEN), beganAtMs: untilMs + 1 }

  test('a suspicion keeps doubt open until it is settled, and says so; what was asked before is asked no more', () => {
    const asked = suspected(doubted, look)
    const withdrawn = next(asked, look)
    expect(withdrawn).toMatchObject({ kind: 'withdrew', gate: 'freeze' })
    const said = [...asked, ...(withdrawn ? [withdrawn] : [])]
    const { next: none, waits } = decide(migration(...said), look, LATER_MS)
    expect(none).toBeNull()
    expect(waits[0]).toEqual({ on: 'belief', says: 'zonehop:frozen=mig-1-f9' })
    expect(next(settled(asked, false), look)).toEqual({ kind: 'looked' })
    expect(next(settled(asked, true), look)).toMatchObject({ kind: 'freezing', freeze: 'mig-1-f9' })
  })
})

describe('a return of which only missing marks tell', () => {
  const live = [...at('opened', BOTH), { kind: 'doubted', why: 'a test' } as const]
  const untilMs = migration(...live).doubt?.untilMs ?? Number.NaN
  const look: Facts = { ...seenAt('restoringDeferred', BOTH), beganAtMs: untilMs + 1 }
  const off: Facts = but(look, { volumes: { 'vol-2': { tags: {} } } })
  const asked = suspected(live, off)

  test('is asked, and meanwhile nothing is written over it, and nothing of the service goes on', () => {
    expect(asked.at(-1)).toMatchObject({ about: 'returned', says: 'no zonehop:left, of dropbox', volumes: ['vol-2'] })
    const seen = next(asked, off)
    expect(seen).toEqual({ kind: 'seen', started: [], achieved: ['vol-2.snapshot.1'] })
    const left = next([...asked, ...(seen ? [seen] : [])], off)
    expect(left).toMatchObject({ kind: 'intended', effects: [{ resources: ['vol-1'] }] })
    const said = [...asked, ...[seen, left].flatMap((one) => one ?? [])]
    const written = next(said, off)
    expect(written).toEqual({ kind: 'seen', started: [], achieved: ['left-1.tag.2'] })
    const { next: none, waits } = decide(migration(...said, ...(written ? [written] : [])), off, LATER_MS)
    expect(none).toBeNull()
    expect(waits[0]).toEqual({ on: 'belief', says: 'no zonehop:left, of dropbox' })
    const m = migration(...asked)
    expect(leftMarks(m).flatMap(({ resources }) => resources)).toEqual(['vol-1'])
    expect(takenLive(m, off).map(({ volume }) => volume)).toEqual([])
  })

  test('is entered where it is so', () => {
    expect(next(settled(asked, true), off)).toMatchObject({ kind: 'returned', service: 'dropbox' })
  })

  test('is written again where it is not so', () => {
    const m = migration(...settled(asked, false))
    expect(leftMarks(m).flatMap(({ resources }) => resources)).toEqual(['vol-1', 'vol-2'])
    expect(takenLive(m, off).map(({ volume, key }) => [volume, key])).toEqual([
      ['vol-2', 'zonehop:left'],
      ['vol-2', 'zonehop:frozen'],
    ])
  })
})

// Seed 22350894: it ended in doubt, and its cleanup waited for an answer that nobody was asked for behind the end.
test('nothing ends in doubt: what tags say is settled before', () => {
  const done = at('done', BOTH)
  const look = seenAt('done', BOTH)
  const doubted: EntryBody[] = [...done.slice(0, -1), { kind: 'doubted', why: 'a test' }]
  expect(done.at(-1)).toEqual({ kind: 'done' })
  expect(next(done.slice(0, -1), look)).toEqual({ kind: 'done' })
  const untilMs = migration(...doubted).doubt?.untilMs ?? Number.NaN
  const { next: none, waits } = decide(migration(...doubted), { ...look, beganAtMs: untilMs - 1 }, LATER_MS)
  expect(none).toBeNull()
  expect(waits.map(({ on }) => on)).toContain('doubt')
  const later: Facts = { ...look, beganAtMs: untilMs }
  expect(next(doubted, later)).toEqual({ kind: 'looked' })
  expect(next([...doubted, { kind: 'looked' }], later)).toEqual({ kind: 'done' })
})

// Seed 15006687: the tag that told of the lost freeze was taken off as a stray before the answer, and nothing was started again.
test('a freeze that only tags tell of is asked about on the way back, before its tags are taken off', () => {
  const frozen = seenAt('frozen')
  const said: EntryBody[] = [...at('seeding'), { kind: 'aborting', by: 'U-2', reason: 'x' }]
  for (let one = next(said, frozen); one; one = next(said, frozen)) {
    said.push(one)
    if (one.kind === 'intended') said.push({ kind: 'seen', started: [], achieved: one.effects.map(effectId) })
  }
  const { waits } = decide(migration(...said), frozen, LATER_MS)
  expect(waits).toContainEqual({ on: 'belief', says: `zonehop:frozen=${FREEZE_ID}` })
  const touched = said.flatMap((one) => (one.kind === 'intended' ? one.effects : []))
  expect(touched.flatMap((effect) => (effect.step === 'tag' ? effect.removed : []))).toEqual([])
})

describe('what was said to be not so', () => {
  const look = tagged('startAsked', LEFT)
  const not = settled(suspected(at('startAsked'), look), false)
  const doubted: EntryBody = { kind: 'doubted', why: 'a test' }

  test('is asked anew once entries may have been lost since: one of them may have made it so', () => {
    const anew = { ...look, beganAtMs: migration(...not, doubted).doubt?.untilMs ?? Number.NaN }
    expect(next(not, look)).toBeNull()
    expect(next([...not, doubted], anew)).toMatchObject({ kind: 'suspected', about: 'left' })
    const again = settled(suspected([...not, doubted], anew), false)
    expect(next(again, anew)).toEqual({ kind: 'looked' })
  })

  test('is asked anew before services go home', () => {
    const aborting: EntryBody = { kind: 'aborting', by: 'U-2', reason: 'x' }
    const moving = settled(suspected(at('moving'), tagged('moving', LEFT)), false)
    expect(next([...moving, aborting], tagged('moving', LEFT))).toMatchObject({ kind: 'suspected', about: 'left' })
  })
})

test('what was said to be so is asked anew as well, once entries may have been lost since', () => {
  const look = tagged('startAsked', LEFT)
  const so = settled(suspected(at('startAsked'), look), true)
  const doubted: EntryBody = { kind: 'doubted', why: 'a test' }
  const anew = { ...look, beganAtMs: migration(...so, doubted).doubt?.untilMs ?? Number.NaN }
  expect(next(so, look)).toMatchObject({ kind: 'wentLive' })
  expect(next([...so, doubted], anew)).toMatchObject({ kind: 'suspected', about: 'left' })
})
