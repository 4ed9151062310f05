// For every planted bug the first trial that finds it, and the invariant it breaks: the rows that `npm run simulate -- --plants`
// prints. A change to what trials draw shifts them all; then they are searched and pasted here again.
import type { PLANTS } from './plants.ts'

export type Recorded = { readonly plant: (typeof PLANTS)[number]; readonly seed: number; readonly invariant: string }

export const RECORDED: readonly Recorded[] = [
  { plant: 'drop-tag-lookup', seed: 2, invariant: 'one of each' },
  { plant: 'call-without-issued', seed: 1, invariant: 'one of each' },
  { plant: 'skip-fence', seed: 12, invariant: 'approvals' },
  { plant: 'skip-left', seed: 521, invariant: 'approvals' },
  { plant: 'other-freeze', seed: 200, invariant: 'nothing written is lost' },
  { plant: 'keep-finished-jobs', seed: 1, invariant: 'ends' },
  { plant: 'observe-after-conflict', seed: 9, invariant: 'who loses an append decides on the facts in hand' },
  { plant: 'reconnect-without-discarding', seed: 46, invariant: 'ends' },
  { plant: 'blind-cleanup', seed: 3, invariant: 'what is taken up again is kept' },
]
