// The report of a rehearsal: what its title, its picture and its first section say of how it ended.
import { describe, expect, test } from 'vitest'
import { type Effect, effectId } from '../../src/core/model/effects.ts'
import type { Entry, EntryBody } from '../../src/core/model/entries.ts'
import type { Earlier } from '../../src/core/model/migration.ts'
import { ofCopy, ofMove, ofService } from '../../src/core/model/subjects.ts'
import { reportMarkdown } from '../../src/report/markdown.ts'
import { pictureSvg } from '../../src/report/picture.ts'
import { reportOf } from '../../src/report/report.ts'
import { storyOf } from '../../src/report/story.ts'
import { move, plan, replicaMove, service } from '../support/plans.ts'
import { attach, begunWith, DONE, restore, type Said, START_MS, written } from './journal.ts'

const LOGS = move({ id: 'vol-1', name: 'logs' })
const DB = move({ id: 'vol-2', name: 'db' })
const PLAN = plan([LOGS, DB, replicaMove()], {
  services: [service('db'), service('files'), service('logs', { method: 'document' })],
})

const seed = (volumeId: string): Effect => ({
  ...{ generation: 1, direction: 'forward', subject: ofMove(volumeId), step: 'seed', volumeId, tags: {} },
})
const LOOK: Effect = {
  ...{ generation: 1, direction: 'forward', subject: ofService('logs'), step: 'rehearse', service: 'logs' },
  ...{ instances: ['i-target'], document: 'zonehop-rehearse', volumes: ['copy-vol-1'] },
}
const made = (atS: number, id: string, took: number): Said[] => [
  [atS, { kind: 'issued', effect: id }],
  [atS + took, { kind: 'seen', started: [{ effect: id, resource: `r-${id}`, others: [] }], achieved: [id] }],
]
const failed = (effect: string, problem: string): EntryBody => ({
  ...{ kind: 'failed', effect, issued: null, code: 'VolumeError', problem, remedy: 'look' },
})

/** Both volumes are copied; `more` is what follows. */
function rehearsal(more: readonly Said[], earlier: Earlier = {}): Entry[] {
  const effects = ['vol-1', 'vol-2'].flatMap((id) => [seed(id), restore(id), attach(id)])
  return written([
    begunWith({ purpose: 'rehearsal', plan: PLAN, earlier }),
    [1, { kind: 'began' }],
    [2, { kind: 'intended', effects: [...effects, LOOK] }],
    ...made(10, 'vol-1.seed.1', 240),
    ...made(300, 'vol-1.restore.1', 8),
    ...made(320, 'vol-1.attach.1', 4),
    ...made(330, 'service/logs.rehearse.1', 12),
    ...made(400, 'vol-2.seed.1', 90),
    ...more,
  ])
}
const DB_COPIED = [...made(500, 'vol-2.restore.1', 8), ...made(520, 'vol-2.attach.1', 4)]
const PASSED = rehearsal([...DB_COPIED, [600, { kind: 'done' }]])
const FAILED = rehearsal([
  [500, { kind: 'issued', effect: 'vol-2.restore.1' }],
  [510, failed('vol-2.restore.1', 'it ended | in *error*')],
  [600, { kind: 'done' }],
])
const SENT_BACK = rehearsal([
  [500, { kind: 'aborting', by: 'U0GILES', reason: 'a test' }],
  [600, { kind: 'aborted' }],
])
const RUNNING = rehearsal([])

const linesOf = (entries: readonly Entry[]): string[] => reportMarkdown(storyOf(entries), entries).split('\n')
const picture = (entries: readonly Entry[]): string =>
  [...pictureSvg(storyOf(entries)).matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, said]) => said).join(' ')

const NOT_KNOWN = 'Not known: replica files, service db.'
const ENDS: readonly (readonly [string, readonly Entry[], string, string])[] = [
  [
    'passed',
    PASSED,
    'passed',
    `Passed: nothing was found that would keep us-east-1a from moving to us-east-1c. ${NOT_KNOWN}`,
  ],
  ['failed', FAILED, 'failed', `Failed: volume db would have failed between us-east-1a and us-east-1c. ${NOT_KNOWN}`],
  ['sent back', SENT_BACK, 'sent back', 'No verdict: it was sent back before its end.'],
  ['under way', RUNNING, 'not over', 'No verdict yet: it is not over as of 2026-03-03 05:18:10.'],
]

describe.each(ENDS)('a rehearsal that is %s', (_, entries, outcome, sentence) => {
  test('says so in its title, and in its first section', () => {
    const lines = linesOf(entries)
    expect(lines[0]).toBe(`# Rehearsal ${outcome}: us-east-1a to us-east-1c, 2026-03-03`)
    const first = lines.findIndex((line) => line.startsWith('## '))
    expect(lines.slice(first, first + 3)).toEqual(['## Verdict', '', sentence])
  })

  test('says so in its picture', () => {
    expect(picture(entries)).toContain(`Rehearsal ${outcome} us-east-1a → us-east-1c`)
    expect(picture(entries)).toContain(sentence)
  })
})

describe('each check', () => {
  test('has its volume, replica or service, the findings first, in words, and how long each step took', () => {
    const rows = linesOf(FAILED).filter((line) => /^\| (?:What|volume|replica|service|plan) /.test(line))
    expect(rows).toEqual([
      '| What | Name | Result | In words | Took |',
      '| volume | db | finding | would have failed: restore failed: VolumeError, it ended \\| in \\*error\\* | snapshot 1m 30s |',
      '| replica | files | not known | its hosts were not asked | - |',
      '| service | db | not known | its data was not looked into: none of its steps runs a document | - |',
      '| volume | logs | ok | restored in us-east-1c and attached to i-target | snapshot 4m, copy 8s, attachment 4s |',
      '| service | logs | ok | its data was read on its successor | look into its data 12s |',
    ])
    expect(linesOf(FAILED)).toContain(
      '5 checks: finding 1, not known 2, ok 2. Took: a snapshot as EC2 says, where it does; all else from the call until zonehop saw it done.',
    )
  })

  test('of two volumes of one name each has its own times, beside the forecast of that one', () => {
    const [first, ...rest] = PASSED
    const moves = [move({ id: 'vol-1', name: 'data' }), move({ id: 'vol-2', name: 'data' })]
    const rounds = [1, 2, 3].map((each) => ({ gib: each, seconds: 120 + 60 * each, apartMs: each * 3_600_000 }))
    const earlier: Earlier = { 'vol-1': { rounds, last: { snapshot: 'snap-0', atMs: START_MS - 7_200_000 } } }
    const drawn = { ...first, earlier, plan: plan(moves, { services: [service('data')] }) } as unknown as Entry
    const rows = linesOf([drawn, ...rest]).filter((line) => line.startsWith('| volume '))
    expect(
      rows.map((row) =>
        row
          .replace(/forecast [^:]*/, 'forecast')
          .split(' | ')
          .slice(1),
      ),
    ).toEqual([
      [
        ...['data (vol-1)', 'ok', 'restored in us-east-1c and attached to i-target'],
        'snapshot 4m (forecast: as was said), copy 8s, attachment 4s |',
      ],
      [
        ...['data (vol-2)', 'ok', 'restored in us-east-1c and attached to i-target'],
        'snapshot 1m 30s, copy 8s, attachment 4s |',
      ],
    ])
  })

  test('what the plan lacks is a finding', () => {
    const uncovered = [{ volume: 'vol-9', name: 'attic', sizeGib: 1, cause: 'c', remedy: 'r' }]
    const [first, ...rest] = PASSED
    const drawn = { ...first, plan: { ...PLAN, uncovered } } as unknown as Entry
    expect(linesOf([drawn, ...rest])).toContain(
      '| plan | attic | finding | would have failed: nothing says whether vol-9 moves: it would hold up the start | - |',
    )
  })

  test.each<[string, number, RegExp]>([
    ['came true', 2, /snapshot 4m \(forecast \dm \d+s to \dm \d+s: as was said\)/],
    ['was less', 0.1, /snapshot 4m \(forecast 1m \d+s to 2m \d+s: 1m \d+s more\)/],
    ['was more', 9, /snapshot 4m \(forecast \d+m \d+s to \d+m \d+s: \dm \d+s less\)/],
  ])('a snapshot is held against what earlier ones measured: that %s', (_, gib, words) => {
    const rounds = [1, 2, 3].map((each) => ({ gib: each, seconds: 120 + 60 * each, apartMs: each * 3_600_000 }))
    const last = { snapshot: 'snap-0', atMs: START_MS + 10_000 - gib * 3_600_000 }
    const entries = rehearsal([...DB_COPIED, [600, { kind: 'done' }]], { 'vol-1': { rounds, last } })
    const told = linesOf(entries)
    expect(told.find((line) => line.startsWith('| volume | logs'))).toMatch(words)
    expect(told.find((line) => line.startsWith('| volume | db'))).not.toContain('forecast')
  })
})

test('a move has no verdict', () => {
  expect(linesOf(DONE)).not.toContain('## Verdict')
  expect(picture(DONE)).not.toContain('Rehearsal')
})

test('what is said in short has the outcome', () => {
  expect(reportOf(FAILED).summary).toContain('It was over at 2026-03-03 05:20:00: failed. No service was stopped.')
})

test('every prefix of it has a report', () => {
  for (let length = 1; length <= FAILED.length; length++) {
    const told = linesOf(FAILED.slice(0, length)).join('\n')
    expect(told).toMatch(/^# Rehearsal (not over|failed): us-east-1a to us-east-1c, 2026-03-03\n/)
    expect(told).not.toMatch(/undefined|NaN|null|Invalid/)
  }
})

test('what it has taken away is not left, and nobody asked for a move', () => {
  const gone: Effect = {
    ...{ generation: 1, direction: 'back', subject: ofCopy('vol-1', 'r-vol-1.restore.1'), step: 'delete' },
    resource: 'r-vol-1.restore.1',
  }
  const entries = rehearsal([
    ...DB_COPIED,
    [540, { kind: 'intended', effects: [gone] }],
    [541, { kind: 'issued', effect: effectId(gone) }],
    [550, { kind: 'seen', started: [], achieved: [effectId(gone)] }],
    [600, { kind: 'done' }],
  ])
  const said = linesOf(entries)
  expect(said).toContain('- At the end it left 2 snapshots and 1 copy.')
  expect(said.join('\n')).toMatch(/ @U0GILES asked for a rehearsal of the move of 3 volumes\.$/m)
  expect(picture(entries)).not.toContain('diamond')
})
