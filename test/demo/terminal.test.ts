// The line that moves in a terminal: the slowest volumes by name, and how many are further.
import { expect, test } from 'vitest'
import { printable, progressLine } from '../../src/demo/terminal.ts'

const OUTAGE = 'Outage so far 8m 48s (1m of it waiting for people).'
const lines = (...percents: readonly number[]): string[] => [
  '*mig-1: us-east-1a to us-east-1c, moving*',
  OUTAGE,
  ...percents.map((percent, index) => `data-${index + 1} ${percent}% 50 GiB, final snapshot`),
]

test.each<[string, readonly number[], string]>([
  ['some move', [40, 100, 7], 'data-3 7%  data-1 40%  1 at 100%'],
  ['all are through', [100, 100, 100], 'all 3 at 100%'],
  [
    'more move than a line holds',
    [6, 5, 4, 3, 2, 1, 60, 100],
    'data-6 1%  data-5 2%  data-4 3%  data-3 4%  data-2 5%  2 faster  1 at 100%',
  ],
])('%s', (_, percents, then) => expect(progressLine(lines(...percents))).toBe(`Outage so far 8m 48s  ${then}`))

test('nothing moves yet', () => expect(progressLine(['*mig-1*', 'No outage: services run.'])).toBe('No outage'))

test('a name with ANSI escapes and carriage returns moves nothing in a terminal', () => {
  const text = 'Uncovered: \u001b[2J\u001b]0;title\u0007logs\rApproved\u202E (vol-1)\nNext: choose.'
  expect(printable(text)).toBe('Uncovered: logs Approved  (vol-1)\nNext: choose.')
})
