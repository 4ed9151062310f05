// Slow reads after go-live: whom EC2 is asked about and how often, and what people read of it.
import { describe, expect, test } from 'vitest'
import type { EntryBody } from '../../../../src/core/model/entries.ts'
import type { Initialization, SeenInitialization } from '../../../../src/core/model/facts.ts'
import type { Migration } from '../../../../src/core/model/migration.ts'
import { plain } from '../../../../src/core/model/text.ts'
import { alertEnd } from '../../../../src/core/telling/alert-ends.ts'
import { sample } from '../../../../src/core/telling/progress.ts'
import { copiesInUse, copiesToAsk, initializationAfter } from '../../../../src/core/telling/reads/copies.ts'
import { READS, readsNotice, readsText } from '../../../../src/core/telling/reads/words.ts'
import { facts, LATER_MS } from '../../../support/facts.ts'
import { move, plan, service } from '../../../support/plans.ts'
import { at, BOTH, type Stage, seenAt } from '../../at.ts'
import { migration } from '../../people.ts'

const MINUTE = 60_000
const A = move({ id: 'vol-1', name: 'logs' })
const B = move({ id: 'vol-2', name: 'index', device: '/dev/sdg' }, 'logs')
const PAIR = plan([A, B], { services: [service('logs')] })
/** 05:20 UTC. */
const ASKED_MS = Date.UTC(2026, 2, 3, 5, 20)

const standing = (stage: Stage, drawn = PAIR): Migration => migration(...at(stage, drawn))
const idOf = (m: Migration, name: string): string => [...copiesInUse(m)].find(([, each]) => each === name)?.[0] ?? ''

type Told = Readonly<Record<string, readonly [percent: number | null, leftMin: number | null]>>

function told(m: Migration, of: Told, because: string | null = null): Initialization {
  const volumes = Object.entries(of).map(([name, [percent, leftMin]]): SeenInitialization => {
    return { volume: idOf(m, name), percent, leftMs: leftMin === null ? null : leftMin * MINUTE }
  })
  return { atMs: ASKED_MS, volumes, because }
}

describe('whose reads are looked at', () => {
  test.each<[Stage, typeof BOTH, string[]]>([
    ['goLiveAsked', PAIR, []],
    ['live', PAIR, ['logs', 'index']],
    ['done', PAIR, ['logs', 'index']],
    ['opened', BOTH, ['logs']],
    ['attachingDeferred', BOTH, ['logs']],
    ['done', BOTH, ['dropbox', 'logs']],
  ])('%s: what people use, or are about to', (stage, drawn, names) => {
    expect([...copiesInUse(standing(stage, drawn)).values()].toSorted()).toEqual(names.toSorted())
  })

  const m = standing('live')
  const half = told(m, { logs: [100, 0], index: [43, 12] })

  test.each<[string, Initialization | null, number, string[]]>([
    ['all, before the first answer', null, 0, ['logs', 'index']],
    ['nobody within the minute', half, MINUTE - 1, []],
    ['then those that still load', half, MINUTE, ['index']],
    ['and nobody once all are loaded', told(m, { logs: [100, 0], index: [100, 0] }), 60 * MINUTE, []],
    ['also those of which EC2 did not say', told(m, { logs: [100, 0], index: [null, null] }), MINUTE, ['index']],
  ])('%s', (_, last, afterMs, names) => {
    expect(copiesToAsk(m, last, ASKED_MS + afterMs)).toEqual(names.map((name) => idOf(m, name)))
  })

  test('what is loaded stays so, and of the rest only the newest answer counts', () => {
    const index = { volume: idOf(m, 'index'), percent: 60, leftMs: null }
    const later = initializationAfter(half, { answer: [index] }, 1)
    expect(later).toEqual({ atMs: 1, volumes: [half.volumes[0], index], because: null })
    const silent = initializationAfter(half, { because: 'AWS is away' }, 1)
    expect(silent).toEqual({ atMs: 1, volumes: [half.volumes[0]], because: 'AWS is away' })
  })
})

describe('one line for all', () => {
  const HOW = 'How it is now: `aws ec2 describe-volume-status --filters Name=availability-zone,Values=us-east-1c`.'

  test.each<[string, Stage, Told, string | null, string | null]>([
    [
      'when the last is over, and which that is',
      'opening',
      { logs: [43, 10.2], index: [70, 3] },
      null,
      'Reads are slow until about 05:31 UTC: 2 of 2 volumes still load, the slowest is logs at 43% (as of 05:20 UTC).',
    ],
    [
      'one alone',
      'opening',
      { logs: [100, 0], index: [70, 3] },
      null,
      'Reads are slow until about 05:23 UTC: 1 of 2 volumes still loads, index at 70% (as of 05:20 UTC).',
    ],
    [
      'what names no end has none',
      'opening',
      { logs: [43, null], index: [12, null] },
      null,
      'Reads are slow, and EC2 names no end: 2 of 2 volumes still load, the slowest is index at 12% (as of 05:20 UTC).',
    ],
    [
      'one end of two is no end of all',
      'opening',
      { logs: [43, null], index: [12, 3] },
      null,
      'Reads are slow until about 05:23 UTC or later: 2 of 2 volumes still load, the slowest is logs at 43% (as of 05:20 UTC).',
    ],
    [
      'one of which EC2 does not say',
      'opening',
      { logs: [43, 3], index: [null, null] },
      null,
      'Reads are slow until about 05:23 UTC or later: 1 of 2 volumes still loads, logs at 43%; of 1 more EC2 does not say (as of 05:20 UTC).',
    ],
    ['nothing once all are loaded', 'opening', { logs: [100, 0], index: [100, 0] }, null, null],
    [
      'why it is not known',
      'opening',
      {},
      'AWS answered UnauthorizedOperation',
      'Whether reads are slow is not known: EC2 does not say how far 2 of 2 volumes are loaded: AWS answered UnauthorizedOperation (as of 05:20 UTC).',
    ],
    [
      'after the end it is said of then, and how to look',
      'done',
      { logs: [43, 10.2], index: [100, 0] },
      null,
      `Reads were slow when EC2 was asked last, by what it said until about 05:31 UTC: 1 of 2 volumes was still loading, logs at 43% (as of 05:20 UTC). ${HOW}`,
    ],
  ])('%s', (_, stage, of, because, line) => {
    const m = standing(stage)
    const said = readsText(m, told(m, of, because))
    expect(said === null ? null : plain(said)).toBe(line)
  })

  test('none before EC2 was asked', () => {
    expect(readsText(standing('opening'), null)).toBeNull()
  })
})

describe('a line for each', () => {
  const wordsAt = (of: Told): string[] => {
    const m = standing('done')
    const seen = { ...seenAt('done', PAIR), initialization: told(m, of) }
    return sample(m, seen, [], { before: null, lookedMs: 0 }).lines.map(({ words }) => words)
  }

  test('percent and time while it loads, with the time at which EC2 said so', () => {
    expect(wordsAt({ logs: [43, 12], index: [70, null] })).toEqual([
      'live at /dev/sdf; reads are slow: 43% loaded at 05:20 UTC, about 12 min more then',
      'live at /dev/sdg; reads are slow: 70% loaded at 05:20 UTC',
    ])
  })

  test('nothing where it is loaded, or EC2 did not say', () => {
    expect(wordsAt({ logs: [100, 0], index: [null, null] })).toEqual(['live at /dev/sdf', 'live at /dev/sdg'])
  })

  test('the sample keeps what EC2 told, for the next look', () => {
    const m = standing('opening')
    const initialization = told(m, { logs: [43, 12] })
    const seen = { ...facts(), initialization }
    expect(sample(m, seen, [], { before: null, lookedMs: 0 })).toMatchObject({ initialization })
  })
})

describe('what the thread says, once each', () => {
  const saidAt = (of: Told, because: string | null = null, ...more: readonly EntryBody[]) => {
    const m = migration(...at('opening', PAIR), ...more)
    const said = readsNotice(m, { ...facts({ beganAtMs: LATER_MS }), initialization: told(m, of, because) })
    return said?.kind === 'warned' ? [said.about, plain(said.text)] : said
  }
  const warned = (about: string): EntryBody => ({ kind: 'warned', about, service: null, text: '' })
  const LOADED = { logs: [100, 0], index: [100, 0] } as const

  test('that reads are slow, and who tells how far it is', () => {
    expect(saidAt({ logs: [43, 10.2], index: [100, 0] })).toEqual([
      READS.slow,
      'Reads are slow until about 05:31 UTC: 1 of 2 volumes still loads, logs at 43% (as of 05:20 UTC). The status message tells how far they are until mig-1 is done; from then on `aws ec2 describe-volume-status --filters Name=availability-zone,Values=us-east-1c` does.',
    ])
    expect(saidAt({ logs: [43, 10.2], index: [100, 0] }, null, warned(READS.slow))).toBeNull()
  })

  test('that they are not any more, where it was said that they are', () => {
    expect(saidAt(LOADED)).toBeNull()
    expect(saidAt(LOADED, null, warned(READS.slow))).toEqual([
      READS.over,
      'All 2 volumes in use are loaded (as of 05:20 UTC): reads are not slow any more.',
    ])
    expect(saidAt(LOADED, null, warned(READS.slow), warned(READS.over))).toBeNull()
    expect(saidAt({ logs: [100, 0], index: [null, null] }, null, warned(READS.slow))).toBeNull()
  })

  test('that EC2 does not tell, with what it lacks', () => {
    expect(saidAt({}, 'AWS answered UnauthorizedOperation')).toEqual([
      READS.unknown,
      "Whether reads are slow is not known: EC2 does not say how far 2 of 2 volumes are loaded: AWS answered UnauthorizedOperation (as of 05:20 UTC). Reads of restored volumes are slow for a while: give zonehop's role `ec2:DescribeVolumeStatus` (iam-policy.json) if that is what lacks.",
    ])
    expect(saidAt({}, 'AWS answered UnauthorizedOperation', warned(READS.unknown))).toBeNull()
  })

  test('what it said of slow reads is past once they are over, and not by the end of the migration', () => {
    const slow = { about: READS.slow, service: null }
    const done = at('done', PAIR)
    expect(alertEnd(migration(...done), slow)).toBeNull()
    expect(alertEnd(migration(...at('opening', PAIR), warned(READS.over)), slow)).toBe('Past: all of them are loaded.')
    expect(alertEnd(migration(...done), { about: READS.over, service: null })).toBeNull()
  })
})
