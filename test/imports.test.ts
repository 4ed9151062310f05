// Imports run one way: core <- aws | slack | store (edges never import each other) <- operations <- jobs <- main, and within the core
// from room to room. No file leads back to itself, and no folder is too full to be read at a glance. The rules are here, and nowhere
// else.
import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { parseSync } from 'oxc-parser'
import { describe, expect, test } from 'vitest'

/** What each part may import of the project, besides itself; the first that holds the file's path is its part. */
const PARTS: readonly (readonly [part: string, may: readonly string[]])[] = [
  ['src/core/model/', []],
  ['src/core/journal/', ['src/core/model/']],
  ['src/core/planning/', ['src/core/model/']],
  ['src/core/steps/', ['src/core/model/', 'src/core/journal/']],
  ['src/core/telling/', ['src/core/model/', 'src/core/journal/', 'src/core/steps/']],
  ['src/core/rehearsing/', ['src/core/model/', 'src/core/journal/', 'src/core/steps/']],
  ['src/core/daily/', ['src/core/model/', 'src/core/journal/', 'src/core/steps/', 'src/core/telling/']],
  [
    'src/core/calling/',
    ['src/core/daily/', 'src/core/model/', 'src/core/journal/', 'src/core/steps/', 'src/core/rehearsing/'],
  ],
  [
    'src/core/seeing/',
    [
      'src/core/model/',
      'src/core/journal/',
      'src/core/steps/',
      'src/core/telling/',
      'src/core/daily/',
      'src/core/calling/',
    ],
  ],
  ['src/core/asking/', ['src/core/model/', 'src/core/journal/', 'src/core/steps/', 'src/core/seeing/']],
  ['src/core/', []],
  ['src/aws/', ['src/core/', 'src/documents.ts']],
  ['src/documents.ts', []],
  ['src/slack/', ['src/core/']],
  ['src/terminal/', ['src/core/']],
  ['src/store/', ['src/core/']],
  ['src/demo/ebs/', ['src/demo/ec2/', 'src/demo/ssm/']],
  ['src/demo/ec2/', ['src/core/ports.ts', 'src/demo/ebs/', 'src/demo/ssm/']],
  ['src/demo/ssm/', ['src/core/ports.ts', 'src/demo/ec2/']],
  ['src/demo/slack/', ['src/core/ports.ts']],
  ['src/demo/page/', ['src/core/ports.ts', 'src/demo/']],
  [
    'src/demo/',
    [
      'src/core/',
      'src/store/',
      'src/report/',
      'src/config.ts',
      'src/environment.ts',
      'src/documents.ts',
      'src/rules-file.ts',
      'src/log.ts',
      'src/bot.ts',
      'src/cli.ts',
    ],
  ],
  ['jobs/', ['src/core/', 'src/aws/', 'src/slack/', 'src/store/', 'src/operations.ts']],
  ['src/report/', ['src/core/']],
  ['src/operations.ts', ['src/core/', 'src/store/', 'src/report/']],
  ['src/rules-file.ts', ['src/core/']],
  ['src/environment.ts', []],
  ['src/config.ts', ['src/core/', 'src/environment.ts', 'src/rules-file.ts']],
  ['src/clock.ts', ['src/core/']],
  ['src/health.ts', []],
  ['src/log.ts', []],
  ['src/bot.ts', ['src/core/', 'src/aws/', 'src/slack/', 'src/store/', 'src/operations.ts', 'src/config.ts', 'jobs/']],
  ['src/doctor/', ['src/core/', 'src/aws/', 'src/slack/', 'src/store/', 'src/config.ts']],
  [
    'src/cli.ts',
    [
      'src/core/',
      'src/aws/',
      'src/store/',
      'src/terminal/',
      'src/operations.ts',
      'src/config.ts',
      'src/bot.ts',
      'jobs/',
    ],
  ],
  [
    'src/main.ts',
    [
      'src/cli.ts',
      'src/bot.ts',
      'src/doctor/',
      'src/clock.ts',
      'src/config.ts',
      'src/environment.ts',
      'src/health.ts',
      'src/log.ts',
      'src/demo/',
    ],
  ],
]

/** Packages with one importer: a second one would be a second edge. */
const OWNED: readonly (readonly [packages: RegExp, owner: string])[] = [
  [/^@(aws-sdk|smithy)\//, 'src/aws/'],
  [/^@slack\//, 'src/slack/'],
  [/^bullmq$/, 'jobs/worker.ts'],
  [/^@resvg\//, 'src/report/png.ts'],
]

/** Pure: what core may use of Node. Hashes and comparisons, no clock, no chance, no I/O. */
const PURE = ['node:crypto', 'node:util']

/** More than that is a drawer, not a room. */
const FILES_MAX = 15

const ROOT = join(import.meta.dirname, '..')
const files = ['src', 'jobs'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(folder, name)),
)

function importsOf(file: string): string[] {
  const { module } = parseSync(file, readFileSync(join(ROOT, file), 'utf8'))
  const literal = (start: number, end: number) => readFileSync(join(ROOT, file), 'utf8').slice(start + 1, end - 1)
  return [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.dynamicImports.map(({ moduleRequest }) => literal(moduleRequest.start, moduleRequest.end)),
  ]
}

function projectImportsOf(file: string): string[] {
  return importsOf(file)
    .filter((name) => name.startsWith('.'))
    .map((name) => relative(ROOT, join(ROOT, dirname(file), name)))
}

function partOf(file: string) {
  return PARTS.find(([part]) => file.startsWith(part))
}

function wrongs(file: string): string[] {
  const part = partOf(file)
  if (!part) return [`${file} belongs to no part`]
  return importsOf(file).flatMap((name) => {
    if (!name.startsWith('.')) return wrongPackage(file, name)
    const target = relative(ROOT, join(ROOT, dirname(file), name))
    const isFine = target.startsWith(part[0]) || part[1].some((may) => target.startsWith(may))
    return isFine ? [] : [`${file} imports ${target}`]
  })
}

function wrongPackage(file: string, name: string): string[] {
  const owner = OWNED.find(([packages]) => packages.test(name))?.[1]
  if (owner && !file.startsWith(owner) && !file.startsWith('src/demo/page/'))
    return [`${file} imports ${name}, which is ${owner}'s`]
  const isImpure = file.startsWith('src/core/') && !PURE.includes(name)
  return isImpure ? [`${file} imports ${name}, and core is pure`] : []
}

describe('imports run one way', () => {
  test.each(files)('%s', (file) => {
    expect(wrongs(file)).toEqual([])
  })
})

test('no file imports itself by way of others', () => {
  const imports = new Map(files.map((file) => [file, projectImportsOf(file)]))
  const circles: string[] = []
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' -> '))
    if (done.has(file) || path.includes(file)) return
    for (const next of imports.get(file) ?? []) visit(next, [...path, file])
    done.add(file)
  }
  for (const file of files) visit(file, [])
  expect(circles).toEqual([])
})

test('no folder holds more than fifteen files', () => {
  const all = ['src', 'jobs', 'test', 'docs', 'script', 'ssm'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()),
  )
  const counts = new Map<string, number>()
  for (const { parentPath } of all) counts.set(parentPath, (counts.get(parentPath) ?? 0) + 1)
  expect([...counts].filter(([, count]) => count > FILES_MAX).map(([folder]) => relative(ROOT, folder))).toEqual([])
})

test('files are named in kebab-case', () => {
  const odd = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter(
    (name) => /^(src|jobs|test)\/.*\.tsx?$/.test(name) && !/^[a-z0-9-]+(\.(test|config))?\.tsx?$/.test(basename(name)),
  )
  expect(odd).toEqual([])
})

test('core has no promise, no clock and no chance', () => {
  const impure = files.filter(
    (file) =>
      file.startsWith('src/core/') &&
      file !== 'src/core/ports.ts' &&
      /\bDate\.now\(|\bnew Date\(\)|Math\.random|\bawait\b|\bPromise\b|\basync\b/.test(
        readFileSync(join(ROOT, file), 'utf8').replace(/\/\/.*|\/\*[\s\S]*?\*\//g, ''),
      ),
  )
  expect(impure).toEqual([])
})
