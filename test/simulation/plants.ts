// Bugs planted on purpose, as switches of the harness: wrappers around ports and functions, never of the program. Each must be
// found, or the simulation would not find the like of it.
export const PLANTS = [
  /** Facts without what calls made whose reply was lost. */
  'drop-tag-lookup',
  'call-without-issued',
  'skip-fence',
  /** The sources do not show `left`. */
  'skip-left',
  /** Final snapshots look as if cut under the freeze that stands. */
  'other-freeze',
  'keep-finished-jobs',
  /** Who loses an append observes again before deciding anew. */
  'observe-after-conflict',
] as const

export type Plant = (typeof PLANTS)[number] | null
