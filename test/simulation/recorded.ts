// For every planted bug a trial that finds it by what it breaks, and the invariant: the rows that `npm run simulate -- --plants`
// prints. A change to what trials draw shifts them all; then they are searched and pasted here again.
import type { PLANTS } from './plants.ts'

export type Recorded = { readonly plant: (typeof PLANTS)[number]; readonly seed: number; readonly invariant: string }

export const RECORDED: readonly Recorded[] = [
  { plant: 'drop-tag-lookup', seed: 6, invariant: 'one of each' },
  { plant: 'call-without-issued', seed: 2, invariant: 'an outcome is said by who called' },
  { plant: 'skip-fence', seed: 8, invariant: 'approvals' },
  { plant: 'skip-left', seed: 51, invariant: 'approvals' },
  { plant: 'other-freeze', seed: 198, invariant: 'what goes live is whole' },
  { plant: 'keep-finished-jobs', seed: 18, invariant: 'ends' },
  { plant: 'observe-after-conflict', seed: 9, invariant: 'who loses an append decides on the facts in hand' },
  { plant: 'reconnect-without-discarding', seed: 9, invariant: 'ends' },
  { plant: 'blind-cleanup', seed: 3, invariant: 'what is taken up again is kept' },
  { plant: 'outcomes-by-number', seed: 63, invariant: 'an outcome is said by who called' },
  { plant: 'approvals-by-basis', seed: 130, invariant: 'approvals' },
  { plant: 'ignore-unknown-kinds', seed: 4, invariant: 'who does not understand stands aside' },
  { plant: 'doubt-by-run-id', seed: 13, invariant: 'one of each' },
  { plant: 'abort-waits', seed: 186, invariant: 'an abort waits for nobody else' },
  { plant: 'believe-tags', seed: 1, invariant: 'approvals' },
  { plant: 'oldest-snapshot', seed: 41, invariant: 'what goes live is whole' },
  { plant: 'command-by-comment', seed: 9, invariant: 'ends' },
  { plant: 'confirm-by-anybody', seed: 1, invariant: 'who may' },
  { plant: 'told-though-lost', seed: 5, invariant: 'the thread says what the journal says' },
  { plant: 'bound-rounded-up', seed: 1, invariant: 'every sentence is true' },
  { plant: 'clock-without-as-of', seed: 1, invariant: 'every sentence is true' },
  { plant: 'alert-that-stays', seed: 1, invariant: 'every sentence is true' },
  { plant: 'blind-rehearsal', seed: 1, invariant: 'a rehearsal leaves no copy' },
  { plant: 'seeds-of-all', seed: 1, invariant: 'seeds of a day replace only each other' },
  { plant: 'seeds-at-any-time', seed: 6, invariant: 'seeds keep out of the way' },
]
