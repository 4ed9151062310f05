// ListChangedBlocks: pages of the blocks that differ between two completed snapshots of one volume.
import { Buffer } from 'node:buffer'
import type { Snapshot } from '../ec2/world/entities.ts'
import { isShown, snapshotState } from '../ec2/world/states.ts'
import type { Store } from '../ec2/world/store.ts'
import { epoch, type Output } from '../ssm/json.ts'
import { BLOCK_BYTES, changedFrom, type Pair } from './changed-blocks.ts'
import { refuseEbs } from './errors.ts'

/** What a call names: the path's snapshot, and the parameters of its address. */
export type Asked = { readonly second: string; readonly query: URLSearchParams }

/** Results a page, the most where a call names no number (API reference, MaxResults). */
const PAGE = { least: 100, most: 10_000 }
/** How long tokens of blocks hold. Nothing here takes one, so a week, which is chosen, only fills the field. */
const TOKENS_HOLD_MS = 7 * 24 * 3_600_000
/** AWS may answer a page without blocks and with a token. Here the second page is such a one, and every fourth after it, which is chosen. */
const EMPTY_PAGES = { every: 4, first: 1 }

/**
 * Answers ListChangedBlocks. Refuses a snapshot that is not there with ResourceNotFoundException; with ValidationException ids and numbers
 * out of bounds, a token of another list, a snapshot that is not completed, and two that are not of one volume. AWS also takes a pair of
 * which one is of a volume that was restored from the other's line; zonehop never asks for one.
 */
export function listChangedBlocks(store: Store, { second: id, query }: Asked): Output {
  const pair = pairOf(store, query.get('firstSnapshotId') ?? '', id)
  const max = wholeIn(query, 'maxResults', PAGE.least, PAGE.most) ?? PAGE.most
  const starting = wholeIn(query, 'startingBlockIndex', 0, Number.MAX_SAFE_INTEGER) ?? 0
  const { index, page } = placeOf(query.get('pageToken'), pair, starting)
  const isEmpty = page % EMPTY_PAGES.every === EMPTY_PAGES.first
  const { indices, next } = isEmpty ? { indices: [], next: index } : changedFrom(pair, index, max)
  return {
    BlockSize: BLOCK_BYTES,
    ChangedBlocks: indices.map((BlockIndex) => ({
      BlockIndex,
      FirstBlockToken: blockToken(pair.first, BlockIndex),
      SecondBlockToken: blockToken(pair.second, BlockIndex),
    })),
    ExpiryTime: epoch(store.now() + TOKENS_HOLD_MS),
    VolumeSize: pair.second.sizeGib,
    ...(next === null ? {} : { NextToken: encoded(pageWords(pair, next, page + 1)) }),
  }
}

function pairOf(store: Store, firstId: string, secondId: string): Pair {
  const [first, second] = [completed(store, firstId), completed(store, secondId)]
  if (first.volume === second.volume) return { first, second }
  return refuseEbs(
    'ValidationException',
    'UNRELATED_SNAPSHOTS',
    `The snapshots ${firstId} and ${secondId} do not belong to the same volume lineage`,
  )
}

function completed(store: Store, id: string): Snapshot {
  if (!/^snap-[0-9a-f]+$/.test(id)) invalid('INVALID_SNAPSHOT_ID', `The snapshot id '${id}' is not valid`)
  const snapshot = store.snapshots.get(id)
  if (!snapshot || !isShown(snapshot, store.now())) {
    return refuseEbs('ResourceNotFoundException', 'SNAPSHOT_NOT_FOUND', `The snapshot '${id}' does not exist.`)
  }
  const state = snapshotState(snapshot, store.now())
  if (state !== 'completed') invalid('INVALID_SNAPSHOT_ID', `The snapshot '${id}' is ${state}, and not completed`)
  return snapshot
}

function wholeIn(query: URLSearchParams, name: string, least: number, most: number): number | null {
  const value = query.get(name)
  if (value === null) return null
  const number = Number(value)
  if (/^\d+$/.test(value) && number >= least && number <= most) return number
  return invalid('INVALID_PARAMETER_VALUE', `${name} is ${value}; it must be from ${least} to ${most}`)
}

type Place = { readonly index: number; readonly page: number }

/** A token goes on where its page ended, whatever block the call would start at. */
function placeOf(token: string | null, pair: Pair, starting: number): Place {
  if (token === null) return { index: starting, page: 0 }
  const words = Buffer.from(token, 'base64').toString()
  const [index = Number.NaN, page = Number.NaN] = words.split(' ').slice(2).map(Number)
  if (words === pageWords(pair, index, page)) return { index, page }
  return invalid('INVALID_PAGE_TOKEN', 'The page token is not one of this list')
}

function pageWords({ first, second }: Pair, index: number, page: number): string {
  return `${first.id} ${second.id} ${index} ${page}`
}

function blockToken({ id }: Snapshot, index: number): string {
  return encoded(`${id} ${index}`)
}

function encoded(words: string): string {
  return Buffer.from(words).toString('base64')
}

function invalid(reason: string, message: string): never {
  refuseEbs('ValidationException', reason, message)
}
