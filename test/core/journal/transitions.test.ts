// What may follow what, against a table that is written out here a second time; and what becomes of an entry that does not fit.
import { describe, expect, test } from 'vitest'
import { decide } from '../../../src/core/decide.ts'
import { misfit } from '../../../src/core/journal/transitions.ts'
import type { Effect, EffectState } from '../../../src/core/model/effects.ts'
import type { EntryBody, Kind } from '../../../src/core/model/entries.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import { ofMove } from '../../../src/core/model/subjects.ts'
import { facts, LATER_MS } from '../../support/facts.ts'
import { plan, planned } from '../../support/plans.ts'
import { folded, plain } from '../journals.ts'

const drawn = plan()
const at = (...said: readonly EntryBody[]): Migration => folded(drawn, ...said)

const base = { subject: ofMove('vol-1'), generation: 1, direction: 'forward' } as const
const seed: Effect = { ...base, step: 'seed', volumeId: 'vol-1', tags: {} }
const cut: Effect = { ...base, step: 'snapshot', volumeId: 'vol-1', tags: {} }
const attach: Effect = { ...base, step: 'attach', volumeId: 'v', instance: 'i', device: 'd' }
const intends = (...effects: readonly Effect[]): EntryBody => ({ kind: 'intended', effects })

/** Begun by an attempt that no entry knows: the one way to an effect that every phase takes. */
const adopted: EntryBody = { kind: 'adopted', things: [{ effect: seed, issued: 'n-lost', resource: 'snap-1' }] }
const began: EntryBody = { kind: 'began' }
const freezing: EntryBody = { kind: 'freezing', freeze: 'mig-1-f1', services: ['logs'] }
const wentLive: EntryBody = { kind: 'wentLive', percents: {} }
const aborting: EntryBody = { kind: 'aborting', by: 'U-2', reason: 'a test' }
const done: EntryBody = { kind: 'done' }
const halted: EntryBody = { kind: 'halted', why: 'somebody else drives it' }
const why = { code: 'X', problem: 'p', remedy: 'r' }
const reading = { doubts: [], leftKib: null, sync: null, isStalled: false, sourceRole: 'Primary' }

/** A journal of each phase, with a seed that is started and an attachment that is intended where anything may be. */
const PHASES = {
  planned: [adopted],
  seeding: [adopted, began, intends(attach)],
  frozen: [adopted, began, intends(attach), freezing],
  moving: [adopted, began, intends(attach), freezing, intends(cut)],
  live: [adopted, began, intends(attach), freezing, wentLive],
  aborting: [adopted, began, intends(attach), aborting],
  done: [adopted, began, intends(attach), freezing, wentLive, done, { kind: 'cleaning', by: 'U-2' }],
  aborted: [adopted, began, intends(attach), aborting, { kind: 'aborted' }, { kind: 'cleaning', by: 'U-2' }],
  halted: [adopted, began, intends(attach), halted],
  misfit: [adopted, began, intends(attach), done],
} as const satisfies Readonly<Record<string, readonly EntryBody[]>>

/** `n5`: the entry that did not fit in `misfit`. */
const skipped: EntryBody = { kind: 'skipped', entry: 'n5', by: 'U-2' }
const person = { service: 'logs', by: 'U-2', reason: 'a test' }
const asks = (gate: 'start' | 'freeze' | 'goLive' | 'cleanup'): EntryBody => ({
  ...{ kind: 'asked', gate, basis: 'b', evidence: [], again: null },
})

const SAYS: Readonly<Record<string, EntryBody>> = {
  planned: planned('mig-1'),
  replanned: { kind: 'replanned', plan: drawn, choices: [], found: [], by: null },
  gone: { kind: 'gone', volumes: ['vol-9'] },
  'asked start': asks('start'),
  'asked freeze': asks('freeze'),
  'asked goLive': asks('goLive'),
  'asked cleanup': asks('cleanup'),
  missing: { kind: 'missing', asked: 'n', what: '' },
  shown: { kind: 'shown', asked: 'n' },
  withdrew: { kind: 'withdrew', gate: 'start', why: '' },
  approved: { kind: 'approved', asked: 'n', gate: 'start', basis: 'b', by: 'U-2' },
  declined: { kind: 'declined', asked: null, gate: 'start', by: 'U-2' },
  began,
  freezing,
  deferred: { kind: 'deferred', ...person },
  exceeded: { kind: 'exceeded', by: 'U-2', reason: 'a test' },
  returned: { kind: 'returned', ...person },
  warned: { kind: 'warned', about: 'a', service: null, text: '' },
  noted: { kind: 'noted', by: 'U-2', text: 'a test' },
  measured: { kind: 'measured', first: 'snap-1', second: 'snap-2', gib: 1.5 },
  paused: { kind: 'paused', by: 'U-2' },
  resumed: { kind: 'resumed', by: 'U-2' },
  doubted: { kind: 'doubted', why: '' },
  suspected: { kind: 'suspected', about: 'left', says: 'zonehop:left=mig-1', volumes: ['vol-1'] },
  settled: { kind: 'settled', suspected: 'n', isSo: true, by: 'U-2' },
  unreachable: { kind: 'unreachable', service: 'EC2', isAnswering: false, why: 'no name', sinceMs: 1 },
  reachable: { kind: 'reachable', service: 'EC2' },
  adopted: { kind: 'adopted', things: [{ effect: seed, issued: 'n-other', resource: 'snap-2' }] },
  looked: { kind: 'looked' },
  halted,
  skipped,
  wentLive,
  aborting,
  intended: intends({ ...seed, generation: 2 }),
  'intended cut': intends({ ...cut, generation: 2 }),
  issued: { kind: 'issued', effect: 'vol-1.attach.1' },
  notCalled: { kind: 'notCalled', effect: 'vol-1.seed.1', issued: 'n', why: '', retryMs: 0 },
  unanswered: { kind: 'unanswered', effect: 'vol-1.seed.1', issued: 'n', answer: why },
  started: { kind: 'started', effect: 'vol-1.seed.1', issued: 'n', resource: null },
  seen: { kind: 'seen', started: [], achieved: ['vol-1.seed.1'] },
  read: { kind: 'read', effect: 'vol-1.seed.1', ...reading },
  confirmed: { kind: 'confirmed', intended: 'n', effects: [], by: 'U-2' },
  failed: { kind: 'failed', effect: 'vol-1.seed.1', issued: null, ...why },
  retried: { kind: 'retried', effect: 'vol-1.seed.1', failed: 'n', by: 'U-2' },
  aborted: { kind: 'aborted' },
  done,
  cleaning: { kind: 'cleaning', by: 'U-2' },
  clearing: { kind: 'clearing', resources: [] },
  kept: { kind: 'kept', resources: [] },
  cleaned: { kind: 'cleaned' },
}

/** `.`: it fits and the phase stays; `-`: it halts; else the phase after it. */
const PHASE_TABLE = `
              planned  seeding  frozen   moving   live     aborting done     aborted  halted   misfit
planned       -        -        -        -        -        -        -        -        -        -
replanned     .        .        .        .        -        -        -        -        -        -
gone          .        .        .        .        -        -        -        -        -        -
asked start   .        -        -        -        -        -        -        -        -        -
asked freeze  -        .        .        .        -        -        -        -        -        -
asked goLive  -        -        .        .        -        -        -        -        -        -
asked cleanup -        -        -        -        -        -        .        .        -        -
missing       .        .        .        .        -        -        .        .        -        -
shown         .        .        .        .        -        -        .        .        -        -
withdrew      .        .        .        .        -        -        .        .        -        -
approved      .        .        .        .        .        .        .        .        .        .
declined      aborted  -        -        -        -        -        -        -        -        -
began         seeding  -        -        -        -        -        -        -        -        -
freezing      frozen   frozen   .        .        .        .        -        -        -        -
deferred      .        .        .        .        -        -        -        -        -        -
exceeded      -        .        -        -        -        -        -        -        -        -
returned      -        -        -        -        .        -        -        -        -        -
warned        .        .        .        .        .        .        .        .        .        .
noted         .        .        .        .        .        .        .        .        .        .
measured      .        .        .        .        .        .        .        .        .        .
paused        .        .        .        .        .        -        -        -        -        -
resumed       .        .        .        .        .        .        -        -        seeding  -
doubted       .        .        .        .        .        .        .        .        .        .
suspected     .        .        .        .        .        .        -        -        -        -
settled       .        .        .        .        .        .        .        .        .        .
unreachable   .        .        .        .        .        .        .        .        .        .
reachable     .        .        .        .        .        .        .        .        .        .
adopted       .        .        .        .        .        .        .        .        -        -
looked        .        .        .        .        .        .        .        .        -        -
halted        halted   halted   halted   halted   halted   halted   halted   halted   -        -
skipped       .        .        .        .        .        .        .        .        .        seeding
wentLive      live     live     live     live     -        live     -        -        -        -
aborting      aborting aborting aborting aborting -        -        -        -        aborting aborting
intended      -        .        .        .        .        .        .        .        -        -
intended cut  -        .        moving   .        .        .        .        .        -        -
issued        -        .        .        .        .        .        .        .        -        -
notCalled     .        .        .        .        .        .        .        .        .        .
unanswered    .        .        .        .        .        .        .        .        .        .
started       .        .        .        .        .        .        .        .        .        .
seen          .        .        .        .        .        .        .        .        -        -
read          .        .        .        .        .        .        .        .        -        -
confirmed     .        .        .        .        .        .        .        .        .        .
failed        .        .        .        .        .        .        .        .        .        .
retried       -        .        .        .        .        .        .        .        -        -
aborted       -        -        -        -        -        aborted  -        -        -        -
done          -        -        -        -        done     -        -        -        -        -
cleaning      -        -        -        -        -        -        .        .        -        -
clearing      -        -        -        -        -        -        .        .        -        -
kept          -        -        -        -        -        -        .        .        -        -
cleaned       -        -        -        -        -        -        .        .        -        -
`

type Cell = readonly [row: string, column: string, then: string]

function cellsOf(table: string): Cell[] {
  const [head = '', ...rows] = table.trim().split('\n')
  const columns = head.trim().split(/\s+/)
  return rows.flatMap((row) => {
    const words = row.trim().split(/\s+/)
    const name = words.slice(0, words.length - columns.length).join(' ')
    return columns.map((column, index): Cell => [name, column, words.slice(-columns.length)[index] ?? ''])
  })
}

/** Every kind once; the type says when one is missing. */
const KINDS: Readonly<Record<Kind, true>> = {
  ...{ planned: true, replanned: true, gone: true, asked: true, missing: true, shown: true, withdrew: true },
  ...{ approved: true, declined: true, began: true, freezing: true, deferred: true, returned: true, warned: true },
  ...{ noted: true, measured: true, exceeded: true },
  ...{
    paused: true,
    resumed: true,
    doubted: true,
    adopted: true,
    unreachable: true,
    reachable: true,
    looked: true,
    halted: true,
    skipped: true,
  },
  ...{
    wentLive: true,
    aborting: true,
    intended: true,
    issued: true,
    notCalled: true,
    unanswered: true,
    started: true,
    seen: true,
  },
  ...{ read: true, confirmed: true, failed: true, retried: true, aborted: true, done: true, cleaning: true },
  ...{ clearing: true, kept: true, cleaned: true, suspected: true, settled: true },
}

describe('an entry of each kind in each phase', () => {
  test('every kind has a row', () => {
    expect([...new Set(Object.values(SAYS).map(({ kind }) => kind))].toSorted()).toEqual(Object.keys(KINDS).toSorted())
    expect([...new Set(cellsOf(PHASE_TABLE).map(([row]) => row))]).toEqual(Object.keys(SAYS))
  })

  test.each(cellsOf(PHASE_TABLE))('%s in %s: %s', (row, column, then) => {
    const journal = PHASES[column as keyof typeof PHASES]
    const said = SAYS[row] as EntryBody
    const before = at(...journal)
    const after = at(...journal, said)
    const passed = before.halted?.entries ?? []
    if (then === '-') {
      expect(misfit(before, said)).toEqual(expect.any(String))
      expect(after.phase).toBe('halted')
      expect(after.halted?.entries).toEqual([...passed, `n${before.rev + 1}`])
      return
    }
    expect(misfit(before, said)).toBeNull()
    expect(after.phase).toBe(then === '.' ? before.phase : then)
    if (then === '.') expect(after.halted?.entries ?? []).toEqual(passed)
  })
})

describe('what an entry needs beside its phase', () => {
  test.each<[string, readonly EntryBody[], EntryBody]>([
    [
      'a cleanup that nobody asked for is not spent',
      [began, freezing, wentLive, done],
      { kind: 'clearing', resources: [] },
    ],
    ['nor keeps anything', [began, freezing, wentLive, done], { kind: 'kept', resources: [] }],
    ['nor ends twice', [...PHASES.done, { kind: 'cleaned' }], { kind: 'cleaned' }],
    ['what is intended once is not intended twice', PHASES.seeding, intends(attach)],
    ['given back twice', [...PHASES.live, { kind: 'returned', ...person }], { kind: 'returned', ...person }],
  ])('%s', (_, before, said) => {
    expect(at(...before).halted?.entries ?? []).toEqual(before === PHASES.misfit ? ['n5'] : [])
    expect(at(...before, said).halted?.entries.at(-1)).toBe(`n${before.length + 2}`)
  })

  const open = (of: string, step: 'open' | 'tag'): Effect =>
    step === 'open'
      ? {
          ...{ subject: { of: 'service', service: of, part: 1 }, step, generation: 1, direction: 'forward' },
          ...{ service: of, instances: ['i-target'], work: { method: 'manual', todo: [] } },
        }
      : {
          ...{ subject: { of: 'mark', mark: `live-${of}`, part: 1 }, step, generation: 1, direction: 'forward' },
          ...{ resources: ['v'], tags: {}, removed: [] },
        }
  const returned: EntryBody = { kind: 'returned', ...person }

  test.each<[string, EntryBody, EntryBody, boolean]>([
    ['given back, it is not opened', returned, intends(open('logs', 'open')), false],
    ['another one is', returned, intends(open('db', 'open')), true],
    ['its copies are marked live, it is not given back', intends(open('logs', 'tag')), returned, false],
    ['those of another one are', intends(open('db', 'tag')), returned, true],
  ])('%s', (_, first, second, fits) => {
    expect(at(...PHASES.live, first).phase).toBe('live')
    expect(at(...PHASES.live, first, second).phase).toBe(fits ? 'live' : 'halted')
  })
})

describe('an effect', () => {
  const id = 'vol-1.attach.1'
  const issued: EntryBody = { kind: 'issued', effect: id }
  const begun: EntryBody = { kind: 'seen', started: [{ effect: id, resource: 'v', others: [] }], achieved: [] }
  const seen: EntryBody = { kind: 'seen', started: [], achieved: [id] }
  const failed: EntryBody = { kind: 'failed', effect: id, issued: null, ...why }
  /** Intended by `n4`, issued by `n5`, failed by the last. */
  const first: readonly EntryBody[] = [began, freezing]
  const STATES = {
    none: [...first, { kind: 'warned', about: 'a', service: null, text: '' }],
    intended: [...first, intends(attach)],
    issued: [...first, intends(attach), issued],
    started: [...first, intends(attach), issued, { kind: 'started', effect: id, issued: 'n5', resource: 'v' }],
    achieved: [...first, intends(attach), issued, seen],
    failed: [...first, intends(attach), issued, failed],
  } as const satisfies Readonly<Record<string, readonly EntryBody[]>>
  const says: Readonly<Record<string, EntryBody>> = {
    intended: intends(attach),
    issued,
    'not called': { kind: 'notCalled', effect: id, issued: 'n5', why: '', retryMs: 0 },
    'not answered': { kind: 'unanswered', effect: id, issued: 'n5', answer: why },
    started: { kind: 'started', effect: id, issued: 'n5', resource: 'v' },
    adopted: { kind: 'adopted', things: [{ effect: attach, issued: 'n-lost', resource: 'v' }] },
    'seen begun': begun,
    'seen done': seen,
    read: { kind: 'read', effect: id, ...reading },
    confirmed: { kind: 'confirmed', intended: 'n4', effects: [id], by: 'U-2' },
    'failed by a look': failed,
    'failed by its call': { kind: 'failed', effect: id, issued: 'n5', ...why },
    retried: { kind: 'retried', effect: id, failed: 'n6', by: 'U-2' },
  }

  /** `.`: nothing changes; `-`: it halts; else the status after it. */
  const table = `
                    none      intended  issued    started   achieved  failed
intended            intended  -         -         -         -         -
issued              -         issued    issued    -         -         -
not called          .         .         intended  .         .         .
not answered        .         .         issued     .         .         .
started             .         .         started   .         .         .
adopted             started   started   started   started   achieved  failed
seen begun          -         started   started   started   -         -
seen done           -         achieved  achieved  achieved  -         -
read                -         achieved  achieved  achieved  -         -
confirmed           .         achieved  .         .         .         achieved
failed by a look    -         failed    failed    failed    failed    -
failed by its call  .         .         failed    .         .         .
retried             .         .         .         .         .         failed
`

  test.each(cellsOf(table))('%s, of what is %s: %s', (row, column, then) => {
    const status = column as keyof typeof STATES
    const said = says[row] as EntryBody
    const before = at(...STATES[status])
    const after = at(...STATES[status], said)
    expect(before.effects.get(id)?.status ?? 'none').toBe(status)
    if (then === '-') {
      expect(after.halted?.entries).toEqual([`n${after.rev}`])
      expect(after.effects.values()).toEqual(before.effects.values())
      return
    }
    expect(after.halted).toBeNull()
    if (then === '.') expect(after.effects.values()).toEqual(before.effects.values())
    else expect(after.effects.get(id)?.status).toBe(then)
  })

  test('what is adopted beside what it has is named and not used', () => {
    const other: EntryBody = { kind: 'adopted', things: [{ effect: attach, issued: 'n-lost', resource: 'v-2' }] }
    const state = at(...STATES.started, other).effects.get(id)
    expect(state).toMatchObject({ resource: 'v', others: ['v-2'] } satisfies Partial<EffectState>)
    expect(state?.attempts.map(({ nonce }) => nonce)).toEqual(['n5', 'n-lost'])
  })

  test('seen of two, one of which does not fit: none of it counts', () => {
    const both: EntryBody = { kind: 'seen', started: [], achieved: [id, 'vol-9.attach.1'] }
    const m = at(...STATES.issued, both)
    expect(m.phase).toBe('halted')
    expect(m.effects.get(id)?.status).toBe('issued')
  })
})

describe('an entry in the stream that does not fit', () => {
  const before: readonly EntryBody[] = [began, freezing]
  /** `n4` and `n5`. */
  const skip = (entry: string): EntryBody => ({ kind: 'skipped', entry, by: 'U-2' })

  test('halts, says which and why, and changes nothing else', () => {
    const m = at(...before, done)
    const whyText = 'entry 4 (done) does not fit: done has no place in phase frozen'
    expect(m.halted).toEqual({ from: 'frozen', why: whyText, entries: ['n4'], rival: null })
    expect(m.misfits).toEqual(new Map([['n4', whyText]]))
    expect(plain({ ...m, phase: 'frozen', halted: null, misfits: new Map(), rev: 3 })).toEqual(plain(at(...before)))
  })

  test('takes away what is asked, and nothing is issued or decided', () => {
    const m = at(began, intends(attach), freezing, asks('goLive'), done)
    expect(m.asking).toBeNull()
    const { next, effects, waits } = decide(m, facts(), LATER_MS)
    expect({ next, effects }).toEqual({ next: null, effects: [] })
    expect(waits).toEqual([{ on: 'halt', why: 'entry 6 (done) does not fit: done has no place in phase frozen' }])
  })

  test('is passed by its name, and the phase comes back', () => {
    const m = at(...before, done, skip('n4'))
    expect(m).toMatchObject({ phase: 'frozen', halted: null })
    expect(at(...before, done, skip('n4'), wentLive).phase).toBe('live')
  })

  test('is not passed by a resume', () => {
    expect(at(...before, done, { kind: 'resumed', by: 'U-2' }).halted?.entries).toEqual(['n4', 'n5'])
  })

  test.each([
    ['in their order', 'n4', 'n5'],
    ['in any order', 'n5', 'n4'],
  ])('several are passed one by one, %s', (_, first, second) => {
    const two: readonly EntryBody[] = [...before, done, began]
    expect(at(...two).halted).toMatchObject({ from: 'frozen', entries: ['n4', 'n5'] })
    expect(at(...two, skip(first))).toMatchObject({ phase: 'halted', halted: { from: 'frozen', entries: [second] } })
    expect(at(...two, skip(first), skip(second))).toMatchObject({ phase: 'frozen', halted: null })
  })

  test('what would fit the phase before waits too: it comes after what nobody has read', () => {
    const m = at(...before, done, wentLive)
    expect(m).toMatchObject({ phase: 'halted', wentLiveAtMs: null, halted: { entries: ['n4', 'n5'] } })
  })

  test('behind a halt by somebody else it has to be passed, and takes nothing back', () => {
    const m = at(...before, halted, done)
    expect(m.halted).toMatchObject({ from: 'frozen', rival: 'somebody else drives it', entries: ['n5'] })
    expect(m.halted?.why).toContain('entry 5 (done) does not fit')
  })

  // fold.ts takes the halt back with its last misfit, whatever began it.
  test('passing it leaves the halt by somebody else, which a resume lifts and doubts', () => {
    const passed = at(...before, halted, done, skip('n5'))
    expect(passed).toMatchObject({ phase: 'halted', halted: { from: 'frozen', entries: [] } })
    const resumed = at(...before, halted, done, skip('n5'), { kind: 'resumed', by: 'U-2' })
    expect(resumed).toMatchObject({ phase: 'frozen', halted: null, doubt: { isOpen: true } })
  })

  // fold.ts keeps the words of the first one.
  test('says of several why the first that is left does not fit', () => {
    const m = at(...before, done, began, skip('n4'))
    expect(m.halted?.why).toBe('entry 5 (began) does not fit: began has no place in phase halted')
  })

  test('outcomes of calls that were made are taken in all the same', () => {
    const said: readonly EntryBody[] = [began, intends(attach), { kind: 'issued', effect: 'vol-1.attach.1' }, done]
    const started: EntryBody = { kind: 'started', effect: 'vol-1.attach.1', issued: 'n4', resource: 'v' }
    expect(at(...said, started).effects.get('vol-1.attach.1')).toMatchObject({ status: 'started', resource: 'v' })
  })
})

describe('an abort', () => {
  test.each<[string, readonly EntryBody[], Migration['phase']]>([
    ['from a misfit before the point of no return', [began, freezing, done], 'aborting'],
    ['from somebody else before it', [began, halted], 'aborting'],
    ['from a misfit behind it', [began, freezing, wentLive, began], 'halted'],
    ['from somebody else behind it', [began, freezing, wentLive, halted], 'halted'],
    ['from a misfit on its way back, which it goes on with', [began, aborting, began], 'aborting'],
  ])('%s', (_, before, phase) => {
    expect(at(...before).phase).toBe('halted')
    expect(at(...before, aborting).phase).toBe(phase)
  })

  test('from a halt takes the halt and the pause with it', () => {
    expect(at(began, { kind: 'paused', by: 'U-2' }, done, aborting)).toMatchObject({ paused: false, halted: null })
  })
})

describe('the second lock of the point of no return', () => {
  test.each<[string, readonly EntryBody[], Migration['phase']]>([
    ['wentLive, aborting', [wentLive, aborting], 'live'],
    ['wentLive, wentLive', [wentLive, wentLive], 'live'],
    ['done, wentLive', [wentLive, done, wentLive], 'done'],
    ['planned, done', [done], 'planned'],
    ['aborting, began', [aborting, began], 'aborting'],
    ['aborted, wentLive', [aborting, { kind: 'aborted' }, wentLive], 'aborted'],
    [
      'achieved, issued',
      [
        ...[began, intends(attach)],
        { kind: 'seen', started: [], achieved: ['vol-1.attach.1'] },
        { kind: 'issued', effect: 'vol-1.attach.1' },
      ],
      'seeding',
    ],
  ])('%s halts', (_, said, from) => {
    expect(at(...said.slice(0, -1)).phase).toBe(from)
    expect(at(...said)).toMatchObject({ phase: 'halted', halted: { from, entries: [`n${said.length + 1}`] } })
  })
})
