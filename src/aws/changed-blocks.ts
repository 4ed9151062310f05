// The port `Ebs` on the real SDK: the EBS direct APIs list the blocks that differ between two snapshots, and here they are counted. Their
// contents are never asked for, and the role may not read them.
import {
  AccessDeniedException,
  type ListChangedBlocksResponse,
  paginateListChangedBlocks,
  ResourceNotFoundException,
  ValidationException,
} from '@aws-sdk/client-ebs'
import { type Ebs, Unreadable } from '../core/ports.ts'
import type { Clients } from './clients.ts'
import { unreadable } from './errors/sort.ts'

/** The most results a page (API reference of ListChangedBlocks, MaxResults): a TiB that is all different takes 210 pages. */
const BLOCKS_PAGE_MAX = 10_000
const GIB_BYTES = 1024 ** 3

/** Reads page after page, of which some may be empty; AWS lets a token of the next page lapse after an hour, which ends any list. */
export function changedBlocks({ blocks: client }: Clients): Ebs {
  return {
    async changedGib({ first, second }) {
      try {
        let bytes = 0
        const input = { FirstSnapshotId: first, SecondSnapshotId: second }
        for await (const page of paginateListChangedBlocks({ client, pageSize: BLOCKS_PAGE_MAX }, input)) {
          bytes += bytesIn(page)
        }
        return bytes / GIB_BYTES
      } catch (error) {
        if (error instanceof AccessDeniedException) return 'denied'
        if (error instanceof ResourceNotFoundException || error instanceof ValidationException) return 'incomparable'
        throw unreadable('EC2', error)
      }
    },
  }
}

/** A page with blocks says how large they are; without that nobody knows how much they hold. */
function bytesIn({ ChangedBlocks = [], BlockSize }: ListChangedBlocksResponse): number {
  if (ChangedBlocks.length === 0) return 0
  if (BlockSize !== undefined) return ChangedBlocks.length * BlockSize
  throw new Unreadable({ service: 'EC2', isAnswering: true }, 'AWS listed changed blocks without their size', null)
}
