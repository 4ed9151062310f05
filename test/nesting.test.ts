// How deep statements stand in one another: past three a reader has to remember too much.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync } from 'oxc-parser'
import { expect, test } from 'vitest'

const DEPTH_MAX = 3
const ROOT = join(import.meta.dirname, '..')
const FOLDERS = ['src', 'jobs', 'test']

/** Statements that a reader enters; a function begins anew, and `else if` is no deeper than its `if`. */
const ENTERED = /^(If|For|ForIn|ForOf|While|DoWhile|Switch|Try)Statement$/
const ANEW = /Function|^Class/

type Node = { readonly type: string; readonly start: number; readonly [key: string]: unknown }

/** Where the statements stand that are nested too deep, as offsets. */
function tooDeep(node: unknown, depth: number, isElse = false): number[] {
  if (Array.isArray(node)) return node.flatMap((one) => tooDeep(one, depth))
  if (!isNode(node)) return []
  const isEntered = ENTERED.test(node.type) && !(isElse && node.type === 'IfStatement')
  const inner = ANEW.test(node.type) ? 0 : depth + Number(isEntered)
  const mine = isEntered && inner > DEPTH_MAX ? [node.start] : []
  const below = Object.entries(node).flatMap(([key, child]) =>
    tooDeep(child, inner, node.type === 'IfStatement' && key === 'alternate'),
  )
  return [...mine, ...below]
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'
}

function wrongsOf(file: string, text: string): string[] {
  return tooDeep(parseSync(file, text).program, 0).map((at) => `${file}:${text.slice(0, at).split('\n').length}`)
}

test('no statement stands in more than three others', () => {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => join(folder, name)),
  )
  expect(files.length).toBeGreaterThan(300)
  expect(files.flatMap((file) => wrongsOf(file, readFileSync(join(ROOT, file), 'utf8')))).toEqual([])
})

test.each([
  ['three', 'for (;;) { if (a) { while (b) { c() } } }', []],
  ['four', 'for (;;) {\n if (a) {\n while (b) {\n if (c) d() } } }', ['x.ts:4']],
  ['else if', 'for (;;) { if (a) { while (b) { c() } } else if (d) { while (e) { f() } } else if (g) { h() } }', []],
  ['a function in three', 'for (;;) { if (a) { while (b) { c(() => { if (d) e() }) } } }', []],
])('%s', (_, text, wrong) => {
  expect(wrongsOf('x.ts', text)).toEqual(wrong)
})
