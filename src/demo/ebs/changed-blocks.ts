// Which blocks differ between two snapshots of one volume. The simulated volume writes its blocks in turn, round and round over what it
// holds, so what was written between two snapshots is a stretch of that round: as much as the snapshot between them copies, and a
// page of it costs no more than the blocks that it shows.
import type { Snapshot } from '../ec2/world/entities.ts'
import { changedSince } from '../ec2/world/snapshot-work.ts'

/** Bytes of a block: 512 KiB (User Guide of the EBS direct APIs). */
export const BLOCK_BYTES = 524_288
const BLOCKS_PER_GIB = 1024 ** 3 / BLOCK_BYTES

/** Block indices from `from` up to, but not including, `to`. */
type Stretch = { readonly from: number; readonly to: number }

/** Up to `max` changed blocks, and the index at which the next page goes on; null where nothing more differs. */
export type Part = { readonly indices: readonly number[]; readonly next: number | null }

/** The changed blocks from this index on, in the order of their indices, as EBS lists them. */
export function changedFrom(pair: Pair, index: number, max: number): Part {
  const indices: number[] = []
  for (const { from, to } of stretchesOf(pair)) {
    for (let at = Math.max(from, index); at < to; at++) {
      if (indices.length === max) return { indices, next: at }
      indices.push(at)
    }
  }
  return { indices, next: null }
}

/** Two snapshots of one volume; either may be the older one. */
export type Pair = { readonly first: Snapshot; readonly second: Snapshot }

function stretchesOf(pair: Pair): Stretch[] {
  const { first, second } = inOrder(pair)
  const held = blocksIn(second.usedGib)
  const beganAt = blocksIn(first.writtenGib)
  const changed = blocksIn(first.writtenGib + changedSince(second, first.writtenGib, second.writtenGib)) - beganAt
  if (changed >= held) return [{ from: 0, to: held }]
  const from = beganAt % held
  const to = from + changed
  return to <= held
    ? [{ from, to }]
    : [
        { from: 0, to: to - held },
        { from, to: held },
      ]
}

function inOrder({ first, second }: Pair): Pair {
  return first.order <= second.order ? { first, second } : { first: second, second: first }
}

function blocksIn(gib: number): number {
  return Math.round(gib * BLOCKS_PER_GIB)
}
