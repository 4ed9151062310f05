// The blocks that the simulator lists: as many as the snapshot between the two copies, each once and in order, page by page.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { listChangedBlocks } from '../../../src/demo/ebs/list-changed-blocks.ts'
import { snapshotOf } from '../../../src/demo/ec2/world/store.ts'
import { DATA, minutes, type Simulated, simulated, string, WORLD } from '../ec2/simulated.ts'

const BLOCKS_PER_GIB = 2048

/** Takes a snapshot of the volume, and lets it complete. */
function taken(s: Simulated): string {
  const id = string(s.body('CreateSnapshot', { VolumeId: s.id('data') }), 'snapshotId')
  s.clock.nowMs += minutes(61)
  return id
}

type Page = { readonly ChangedBlocks: readonly { readonly BlockIndex: number }[]; readonly NextToken?: string }

function pagesOf(s: Simulated, first: string, second: string, query: Readonly<Record<string, string>> = {}): Page[] {
  const pages: Page[] = []
  let token: string | undefined
  do {
    const more = token === undefined ? {} : { pageToken: token }
    const asked = { second, query: new URLSearchParams({ firstSnapshotId: first, ...query, ...more }) }
    const page = listChangedBlocks(s.store, asked) as Page
    pages.push(page)
    token = page.NextToken
  } while (token !== undefined)
  return pages
}

function indicesOf(...asked: Parameters<typeof pagesOf>): number[] {
  return pagesOf(...asked).flatMap(({ ChangedBlocks }) => ChangedBlocks.map(({ BlockIndex }) => BlockIndex))
}

test('as many as the later snapshot copies, whatever was written, each once and on the volume', () => {
  const hours = fc.double({ min: 1.1, max: 30, noNaN: true })
  const rates = fc.double({ min: 0, max: 9, noNaN: true })
  fc.assert(
    fc.property(fc.array(hours, { minLength: 1, maxLength: 5 }), rates, (passes, writesGibPerHour) => {
      const s = simulated({ world: { ...WORLD, volumes: [{ ...DATA, writesGibPerHour }] } })
      let before = taken(s)
      for (const passed of passes) {
        s.clock.nowMs += minutes(60 * passed)
        const next = taken(s)
        const { workMs, overheadMs } = snapshotOf(s.store, next)
        const full = snapshotOf(s.store, string(s.body('CreateSnapshot', { VolumeId: s.id('data') }), 'snapshotId'))
        s.clock.nowMs += minutes(61)
        const indices = indicesOf(s, before, next)
        const copied = ((workMs - overheadMs) / (minutes(60) - overheadMs)) * DATA.usedGib * BLOCKS_PER_GIB
        expect(Math.abs(indices.length - copied)).toBeLessThan(1.1)
        expect(indices.every((index, at) => at === 0 || index > (indices[at - 1] ?? 0))).toBe(true)
        expect(indices.at(-1) ?? 0).toBeLessThan(DATA.sizeGib * BLOCKS_PER_GIB)
        before = full.id
      }
    }),
    { numRuns: 12 },
  )
})

test('what two pairs differ by is what the pair over both differs by', () => {
  const s = simulated()
  const [a, b, c] = [taken(s), taken(s), taken(s)]
  const both = new Set([...indicesOf(s, a, b), ...indicesOf(s, b, c)])
  expect(both.size).toBe(Math.round(2 * 6 * (61 / 60) * BLOCKS_PER_GIB))
  expect([...both].toSorted((x, y) => x - y)).toEqual(indicesOf(s, a, c))
  expect(indicesOf(s, c, a)).toEqual(indicesOf(s, a, c))
  expect(indicesOf(s, a, a)).toEqual([])
})

test('what is written round and round changes every block once', () => {
  const s = simulated()
  const first = taken(s)
  s.clock.nowMs += minutes(60 * 24)
  expect(indicesOf(s, first, taken(s))).toEqual(Array.from({ length: 60 * BLOCKS_PER_GIB }, (_, index) => index))
})

test('pages are full but for the last and the empty ones, and begin where they are told to', () => {
  const s = simulated()
  const [first, second] = [taken(s), taken(s)]
  const all = indicesOf(s, first, second)
  const sizes = pagesOf(s, first, second, { maxResults: '2000' }).map(({ ChangedBlocks }) => ChangedBlocks.length)
  expect(sizes).toEqual([2000, 0, 2000, 2000, 2000, 0, 2000, 2000, all.length - 12_000])
  const from = all[5_000] ?? 0
  expect(indicesOf(s, first, second, { startingBlockIndex: `${from}` })).toEqual(all.slice(5_000))
})

test('a page of a volume of 16 TiB costs no more than what it shows', () => {
  const sizeGib = 16_384
  const volume = { ...DATA, sizeGib, usedGib: sizeGib, writesGibPerHour: 1_000_000 }
  const s = simulated({ world: { ...WORLD, volumes: [volume] } })
  const [first, second] = [taken(s), taken(s)]
  const query = new URLSearchParams({ firstSnapshotId: first, startingBlockIndex: `${sizeGib * BLOCKS_PER_GIB - 150}` })
  query.set('maxResults', '100')
  const page = listChangedBlocks(s.store, { second, query }) as Page
  expect(page.ChangedBlocks.map(({ BlockIndex }) => BlockIndex)).toEqual(
    Array.from({ length: 100 }, (_, at) => sizeGib * BLOCKS_PER_GIB - 150 + at),
  )
})

test.each([
  ['maxResults', '99'],
  ['maxResults', '10001'],
  ['maxResults', 'many'],
  ['startingBlockIndex', '-1'],
  ['pageToken', 'bm90IG9uZQ=='],
])('%s %s is refused', (name, value) => {
  const s = simulated()
  const [first, second] = [taken(s), taken(s)]
  const reason = name === 'pageToken' ? 'INVALID_PAGE_TOKEN' : 'INVALID_PARAMETER_VALUE'
  expect(() => pagesOf(s, first, second, { [name]: value })).toThrow(
    expect.objectContaining({ code: 'ValidationException', reason }),
  )
})

test('a token of another pair is refused', () => {
  const s = simulated()
  const [first, second, third] = [taken(s), taken(s), taken(s)]
  const [{ NextToken: pageToken = '' } = { NextToken: '' }] = pagesOf(s, first, second, { maxResults: '100' })
  expect(pageToken).not.toBe('')
  expect(() => pagesOf(s, first, third, { pageToken })).toThrow(
    expect.objectContaining({ reason: 'INVALID_PAGE_TOKEN' }),
  )
})
