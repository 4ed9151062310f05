// The report as people publish it: word for word for one morning, and what it says of others; text of others formats nothing in it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Entry, EntryBody } from '../../src/core/model/entries.ts'
import type { Forecast } from '../../src/core/model/migration.ts'
import { NO_RULES } from '../../src/core/model/rules.ts'
import { code, mention } from '../../src/core/model/text.ts'
import { reportMarkdown } from '../../src/report/markdown.ts'
import { storyOf } from '../../src/report/story.ts'
import { markdownCell, markdownLine } from '../../src/report/words.ts'
import { move, plan, service } from '../support/plans.ts'
import { ABORTED, begunWith, DECLINED, DONE, RUNNING, type Said, START_MS, written } from './journal.ts'

const markdown = (entries: readonly Entry[]): string => reportMarkdown(storyOf(entries), entries)

test('a morning is told word for word', () => {
  expect(markdown(DONE)).toBe(readFileSync(join(import.meta.dirname, 'golden', 'done.md'), 'utf8'))
})

test('twice it is the same', () => {
  expect(markdown(structuredClone(DONE))).toBe(markdown(DONE))
})

describe('it says in one paragraph', () => {
  test.each<[string, readonly Entry[], string]>([
    [
      'how far one is that runs, as of its last entry',
      RUNNING,
      'On 2026-03-03 (UTC) @U0GILES asked to move 3 volumes of 3 services from us-east-1a to us-east-1c. As of 2026-03-03 06:34:40, the last entry of its journal, it is moving: writes are stopped, and copies are made. The outage began at 2026-03-03 05:16:01 and goes on: 1h 18m so far.',
    ],
    [
      'that one was aborted, by whom and why',
      ABORTED,
      'On 2026-03-03 (UTC) @U0GILES asked to move 3 volumes of 3 services from us-east-1a to us-east-1c. Aborted by @U0GILES, because the check of logs failed: at 2026-03-03 06:36:00 every service was back in us-east-1a. The outage lasted 1h 19m, from 2026-03-03 05:16:01 to 2026-03-03 06:35:10.',
    ],
    [
      'that nothing was touched by one that was declined',
      DECLINED,
      'On 2026-03-03 (UTC) @U0GILES asked to move 3 volumes of 3 services from us-east-1a to us-east-1c. It was put away at 2026-03-03 05:11:30 before anything was touched. No service was stopped.',
    ],
  ])('%s', (_, entries, paragraph) => expect(markdown(entries).split('\n')[2]).toBe(paragraph))
})

describe('of what was forecast before the outage', () => {
  const forecast: Forecast = { leastMs: 60_000, mostMs: 360_000, gib: 1 }
  const told = (over: Partial<Forecast>): string | undefined => {
    const entries = DONE.map(
      (one): Entry =>
        one.kind === 'asked' && one.gate === 'freeze' ? { ...one, forecast: { ...forecast, ...over } } : one,
    )
    return markdown(entries)
      .split('\n')
      .find((line) => line.includes('Forecast of the outage'))
  }
  test.each<[string, Partial<Forecast>, string]>([
    ['it came true', { mostMs: 5_400_000 }, ', as was said'],
    ['it took longer', {}, '; it took 1h 19m, 1h 13m more'],
    ['its end was not known', { mostMs: null }, '; it took 1h 19m, and how much longer was not known'],
    ['its end was not known, and it took less', { leastMs: 5_400_000, mostMs: null }, ' less'],
    ['it took less', { leastMs: 5_400_000, mostMs: 6_000_000 }, ' less'],
  ])('%s', (_, over, words) => expect(told(over)).toContain(words))

  test('nothing is said where nobody knew', () => {
    expect(markdown(DONE)).not.toContain('Forecast')
  })
})

test('a rehearsal is no move: it stopped nothing, and was not aborted', () => {
  const [planned, ...rest] = DONE.slice(0, 3)
  const begun: readonly Entry[] = [{ ...planned, purpose: 'rehearsal' } as Entry, ...rest]
  const said = markdown(begun)
  expect(said).toContain('@U0GILES rehearsed the move of 3 volumes of 3 services')
  expect(said).toContain('No service was stopped.')
})

test('every prefix of a journal has a report', () => {
  for (let length = 1; length <= DONE.length; length++) {
    const said = markdown(DONE.slice(0, length))
    expect(said).toMatch(/^# (Outage report|Report): us-east-1a to us-east-1c, 2026-03-03\n/)
    expect(said).not.toMatch(/undefined|NaN|null|Invalid/)
  }
})

/** The lines below a heading. */
function section(entries: readonly Entry[], heading: string): string[] {
  const [, rest = ''] = markdown(entries).split(`## ${heading}\n\n`)
  return (rest.split('\n\n## ')[0] ?? '').trim().split('\n')
}

describe('what went wrong is told with how long it lasted', () => {
  const from = RUNNING.slice(0, 11).map((entry): Said => [(entry.atMs - (RUNNING[0]?.atMs ?? 0)) / 1_000, entry])
  const halted: EntryBody = { kind: 'halted', why: 'somebody else drives these volumes' }
  test.each<[string, readonly Said[], string[]]>([
    ['nothing', [], ['Nothing that the journal holds.']],
    [
      'a halt that lasts',
      [
        [400, halted],
        [460, { kind: 'noted', by: 'U0GILES', text: 'we look' }],
      ],
      ['- 2026-03-03 05:16:40: halted: somebody else drives these volumes. It lasts: 1m so far.'],
    ],
    [
      'a halt, and the doubt behind it',
      [
        [400, halted],
        [460, { kind: 'resumed', by: 'U0HARRY' }],
        [900, { kind: 'looked' }],
      ],
      [
        '- 2026-03-03 05:16:40: halted: somebody else drives these volumes. It lasted 1m.',
        '- 2026-03-03 05:17:40: the journal may have lost its last entries, and only what EC2 shows counted. It lasted 7m 20s.',
      ],
    ],
    [
      'an entry that does not fit',
      [[400, { kind: 'done' }]],
      [
        '- 2026-03-03 05:16:40: halted: entry 12 (done) does not fit: done has no place in phase frozen. It lasts: 0s so far.',
      ],
    ],
  ])('%s', (_, more, lines) => {
    expect(section(written([...from, ...more]), 'What went wrong')).toEqual(lines)
  })
})

test('where two have to approve, the question stands until both have', () => {
  const asked: EntryBody = { kind: 'asked', gate: 'freeze', basis: 'b', evidence: [], again: null }
  const by = (who: string): EntryBody => ({ kind: 'approved', gate: 'freeze', asked: 'n3', basis: 'b', by: who })
  const said: Said[] = [
    begunWith({ rules: { ...NO_RULES, approvals: 2 } }),
    [10, { kind: 'began' }],
    [20, asked],
    [30, by('U0HARRY')],
    [50, by('U0THIRD')],
  ]
  const question = (length: number) => storyOf(written(said.slice(0, length))).questions.at(-1)
  const seconds = (ms: number | null | undefined) => (ms ? (ms - START_MS) / 1_000 : null)
  expect([4, 5].map((length) => seconds(question(length)?.untilMs))).toEqual([null, 50])
})

const HOSTILE = 'a|b `c`\n# d <script>alert(1)</script> **e** [f](http://g) _h_ & \u202Ei www.j.k l@m.n'

test('text of others is text, wherever it stands', () => {
  const volume = move({ id: 'vol-1', name: HOSTILE }, HOSTILE)
  const drawn = plan([volume], {
    services: [service(HOSTILE)],
    stays: [{ volume: 'vol-2', name: HOSTILE, sizeGib: 1, reason: HOSTILE }],
  })
  const all = markdown(
    written([
      begunWith({ plan: drawn, by: HOSTILE, id: 'mig-1' }),
      [1, { kind: 'noted', by: 'U0', text: HOSTILE }],
      [2, { kind: 'warned', about: 'x', service: null, text: HOSTILE }],
      [3, { kind: 'aborting', by: HOSTILE, reason: HOSTILE }],
    ]),
  )
  expect(all).not.toMatch(/(?<!\\)<script|(?<!\\)\*\*|(?<!\\)\[f|http:\/\/|www\.j|l@m|\u202E/)
  expect(all.split('\n').filter((line) => line.startsWith('# '))).toHaveLength(1)
  const tables = all.split('\n').filter((line) => line.startsWith('|'))
  expect(new Set(tables.map((line) => line.replaceAll('\\|', '').split('|').length))).toEqual(new Set([4, 10]))
})

describe('a sentence in Markdown', () => {
  test.each<[string, string, string]>([
    ['keeps names as they are', 'files_1-a.b', 'files_1-a.b'],
    ['has code between as many backticks as it takes', code('a`b``c'), '```a`b``c```'],
    ['keeps backticks at the ends of code apart from its own', code('`a`'), '`` `a` ``'],
    ['mentions by id', `${mention('U0GILES')} did`, '@U0GILES did'],
    ['begins no heading', '# a', '\\# a'],
    ['begins no list', '- a', '\\- a'],
    ['begins no numbered list', '1. a', '1\\. a'],
    ['shows what formats', '*a* _b_ `c` ~d~', '\\*a\\* \\_b\\_ \\`c\\` \\~d\\~'],
    ['has no line of its own', 'a\nb', 'a b'],
  ])('%s', (_, said, then) => expect(markdownLine(said)).toBe(then))

  test('ends no cell of a table, in code neither', () => {
    expect(markdownCell(`a|b ${code('c|d')}`)).toBe('a\\|b `c\\|d`')
  })
})
