// Nothing that a terminal shows is wider than it, but for what is pasted.
import { expect, test } from 'vitest'
import { table, wrapped } from '../../src/terminal/fit.ts'

test('a sentence goes on under itself, further in', () => {
  const line = `  ${'word '.repeat(40)}end`
  const lines = wrapped(line)
  expect(lines.length).toBeGreaterThan(2)
  for (const each of lines) expect(each.length).toBeLessThanOrEqual(80)
  expect(lines.slice(1).every((each) => each.startsWith('    word'))).toBe(true)
  expect(
    lines
      .map((each) => each.trim())
      .join(' ')
      .split(/\s+/),
  ).toEqual(line.trim().split(/\s+/))
})

test.each([
  ['a name without spaces', 'x'.repeat(300)],
  ['one in a sentence', `of ${'x'.repeat(300)} nothing is known`],
])('%s is parted', (_, line) => {
  for (const each of wrapped(line)) expect(each.length).toBeLessThanOrEqual(80)
})

test('what is pasted stays whole', () => {
  const pasted = `\`umount ${'/mnt/data '.repeat(12)}now\``
  expect(wrapped(`web: on i-1: ${pasted}, then say so`)).toContain(`  ${pasted}, then`.slice(0, pasted.length + 3))
})

test('long names give way in a table, at their middle', () => {
  const rows = table([
    ['volume', 'GiB', 'state'],
    [`logs-${'x'.repeat(250)}-1`, '100', 'planned'],
    [`logs-${'x'.repeat(250)}-2`, '4000', 'final snapshot, at least 2 h to go at the rate so far'],
  ])
  for (const each of rows) expect(each.length).toBeLessThanOrEqual(80)
  expect(rows[1]).toMatch(/^logs-x+…x+-1 +100 {3}planned$/)
  expect(rows[2]).toContain('-2  4000  ')
})
