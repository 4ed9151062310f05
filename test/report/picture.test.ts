// The picture of a run: the same bytes everywhere, nothing over anything else, and every name as text.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Entry, EntryBody } from '../../src/core/model/entries.ts'
import { axisOf, ticksOf, xOf } from '../../src/report/axis.ts'
import { fitted, inLanes, widthOf, wrapped } from '../../src/report/labels.ts'
import { pictureSvg } from '../../src/report/picture.ts'
import { pngOf } from '../../src/report/png.ts'
import { reportOf } from '../../src/report/report.ts'
import { storyOf } from '../../src/report/story.ts'
import { move, plan } from '../support/plans.ts'
import { ABORTED, begunWith, DECLINED, DONE, RUNNING, type Said, snapshot, written } from './journal.ts'

const ROOT = join(import.meta.dirname, '../..')
const svgOf = (entries: readonly Entry[]): string => pictureSvg(storyOf(entries))

describe('the file', () => {
  const png = Buffer.from(reportOf(DONE).files['report.png'])

  test('is a PNG, three times as wide as a phone', () => {
    expect(png.subarray(0, 8)).toEqual(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))
    expect(png.readUInt32BE(16)).toBe(1_170)
    expect(png.readUInt32BE(20)).toBeGreaterThan(500)
  })

  test('has the same bytes in another process', () => {
    const program = `
      const { reportOf } = await import('${join(ROOT, 'src/report/report.ts')}')
      const { DONE } = await import('${join(ROOT, 'test/report/journal.ts')}')
      const { createHash } = await import('node:crypto')
      console.log(createHash('sha256').update(reportOf(DONE).files['report.png']).digest('hex'))`
    const run = () =>
      execFileSync('sh', [join(ROOT, 'script/node'), '--input-type=module', '-e', program], { encoding: 'utf8' }).trim()
    expect(run()).toBe(createHash('sha256').update(png).digest('hex'))
  })

  test('shows its words: without the font they would be missing', () => {
    const svg = svgOf(DONE)
    const bare = svg.replace(/<text[^>]*>[^<]*<\/text>/g, '')
    expect(pngOf(bare as never).byteLength).toBeLessThan(png.byteLength)
  })
})

/** What stands where: the texts with their baselines. */
function textsIn(svg: string): { x: number; y: number; size: number; said: string }[] {
  return [...svg.matchAll(/<text x="([\d.]+)" y="([\d.]+)" font-size="(\d+)"[^>]*>([^<]*)<\/text>/g)].map(
    ([, x, y, size, said = '']) => ({ x: Number(x), y: Number(y), size: Number(size), said }),
  )
}

function overlaps(svg: string): string[] {
  const texts = textsIn(svg).map((one) => ({ ...one, toX: one.x + widthOf(one.said.replace(/&\w+;/g, '&'), one.size) }))
  return texts.flatMap((one, index) =>
    texts
      .slice(index + 1)
      .filter((other) => Math.abs(other.y - one.y) < one.size && one.x < other.toX && other.x < one.toX)
      .map((other) => `${one.said} / ${other.said}`),
  )
}

/** A morning on which many volumes go, each a little slower than the one before; every seventh fails. */
function manyMoves(count: number, name: (index: number) => string): Entry[] {
  const moves = Array.from({ length: count }, (_, index) => move({ id: `vol-${index}`, name: name(index) }, 'all'))
  const said: Said[] = [begunWith({ plan: plan(moves) }), [1, { kind: 'began' }]]
  const add = (atS: number, one: EntryBody): void => void said.push([atS, one])
  add(10, { kind: 'freezing', freeze: 'f', services: ['all'] })
  add(11, { kind: 'intended', effects: moves.map(({ id }) => snapshot(id)) })
  for (const { id } of moves) add(12, { kind: 'issued', effect: `${id}.snapshot.1` })
  for (const [index, { id }] of moves.entries()) {
    const effect = `${id}.snapshot.1`
    const failed = { code: 'Error', problem: 'EC2 gave it up', remedy: 'look' }
    add(
      100 + index * 60,
      index % 7 === 3
        ? { kind: 'failed', effect, issued: null, ...failed }
        : { kind: 'seen', started: [], achieved: [effect] },
    )
  }
  return written(said)
}

test.each<[string, readonly Entry[]]>([
  ['one that runs', RUNNING],
  ['one that is done', DONE],
  ['one that was aborted', ABORTED],
  ['one that was declined', DECLINED],
  [
    'one of many volumes with long names',
    manyMoves(60, (index) => `a volume whose name is long, number ${index} `.repeat(4)),
  ],
])('no words stand over others, or leave the picture: %s', (_, entries) => {
  const svg = svgOf(entries)
  expect(overlaps(svg)).toEqual([])
  expect(
    textsIn(svg).filter(({ x, size, said }) => x < 0 || x + widthOf(said.replace(/&\w+;/g, '&'), size) > 1_170),
  ).toEqual([])
  expect(Math.min(...textsIn(svg).map(({ size }) => size))).toBeGreaterThanOrEqual(33)
})

test('every prefix of a journal has a picture', () => {
  for (let length = 1; length <= DONE.length; length++)
    expect(svgOf(DONE.slice(0, length))).not.toMatch(/NaN|undefined|Infinity/)
})

test('of many volumes those that failed and the slowest are drawn, and the rest is counted', () => {
  const said = textsIn(svgOf(manyMoves(60, (index) => `v${index}`))).map((one) => one.said)
  const rows = said.filter((one) => /^v\d+, /.test(one))
  expect(rows).toHaveLength(20)
  expect(rows.filter((one) => one.endsWith('failed'))).toHaveLength(9)
  expect(rows[0]).toBe('v59, 100 GiB, final snapshot failed')
  expect(said.join(' ')).toContain('40 more moves')
})

test('a name is text, and one that the font has not is its id', () => {
  const names = ['<&>"', 'a\u0000b\u202Ec', '音楽']
  const svg = svgOf(manyMoves(3, (index) => names[index] ?? ''))
  const said = textsIn(svg).map((one) => one.said)
  expect(said).toContainEqual(expect.stringMatching(/^&lt;&amp;&gt;&quot;, /))
  expect(said).toContainEqual(expect.stringMatching(/^a b c, /))
  expect(said).toContainEqual(expect.stringMatching(/^vol-2, /))
  expect(pngOf(svg as never).byteLength).toBeGreaterThan(1_000)
})

describe('the axis', () => {
  const axis = axisOf(storyOf(DONE), 0, 1_000)

  test('gives the outage more than a third of it, whatever went on for how long', () => {
    const [outage] = storyOf(DONE).outages
    const share = xOf(axis, outage?.untilMs ?? 0) - xOf(axis, outage?.fromMs ?? 0)
    expect(share).toBeGreaterThan(333)
    expect(axis).toMatchObject({ isCutBefore: false, isCutAfter: true })
  })

  test('has its marks at round times and apart', () => {
    const ticks = ticksOf(axis, 180)
    expect(ticks.map(({ text }) => text)).toEqual(['05:30', '06:00', '06:30', '07:00'])
    expect(ticks.every(({ x }, index) => index === 0 || x - (ticks[index - 1]?.x ?? 0) >= 180)).toBe(true)
  })
})

describe('labels', () => {
  test('are cut where they do not fit', () => {
    expect(fitted('short', 34, 1_000)).toBe('short')
    expect(widthOf(fitted('m'.repeat(100), 34, 300), 34)).toBeLessThanOrEqual(300)
  })

  test('wrap between words', () => {
    expect(wrapped('one two three', 10, 60)).toEqual(['one two', 'three'])
  })

  test('go into another lane where they would touch', () => {
    const placed = inLanes(
      [
        { text: 'aaaa', atX: 0 },
        { text: 'bbbb', atX: 10 },
        { text: 'cccc', atX: 200 },
        { text: 'dddd', atX: 990 },
      ],
      10,
      [0, 1_000],
    )
    expect(placed.map(({ lane }) => lane)).toEqual([0, 1, 0, 0])
    expect((placed[3]?.x ?? 0) + widthOf('dddd', 10)).toBeLessThanOrEqual(1_000)
  })
})
