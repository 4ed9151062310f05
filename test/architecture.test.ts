// docs/ARCHITECTURE.md shows the phases as the table has them, and names no file that is not there.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { PHASES } from '../src/core/journal/transitions.ts'

const ROOT = join(import.meta.dirname, '..')

/** A line for each kind of entry that changes the phase: from which, to which; ways of recovery by their names. */
function phaseDiagram(): string {
  const rows = Object.entries(PHASES).flatMap(([kind, all]) =>
    all.flatMap(({ from, to, name, of }) => {
      const others = from.filter((phase) => phase !== to)
      if (to === null || others.length === 0) return []
      const label = name ? `${kind} (${name})` : [kind, ...(of ? [`of ${of}`] : [])].join(' ')
      return [{ first: ORDER.indexOf(others[0] ?? to), line: lineOf(others, to, label) }]
    }),
  )
  return rows
    .toSorted((a, b) => a.first - b.first)
    .map(({ line }) => line)
    .join('\n')
}

const ORDER: readonly string[] = [
  'planned',
  'seeding',
  'frozen',
  'moving',
  'live',
  'done',
  'aborting',
  'aborted',
  'halted',
]

function lineOf(from: readonly string[], to: string, label: string): string {
  return `${from.join(', ')} --> ${to === 'before' ? 'the phase before' : to}   ${label}`
}

const pages = ['docs/ARCHITECTURE.md', 'CONTRIBUTING.md', 'README.md']

test('the phases are printed as the table has them', () => {
  const text = readFileSync(join(ROOT, 'docs/ARCHITECTURE.md'), 'utf8')
  const [, printed = ''] = /```phases\n([\s\S]*?)\n```/.exec(text) ?? []
  expect(printed).toBe(phaseDiagram())
})

describe.each(pages)('%s', (page) => {
  const text = readFileSync(join(ROOT, page), 'utf8')
  const paths = [...text.matchAll(/`((?:src|jobs|test|docs|ssm|script)\/[\w./-]+)`/g)].map(([, path = '']) => path)

  test('names files that are there', () => {
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
  })
})
