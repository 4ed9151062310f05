// A process of a later version: it starts migrations in its own version, with kinds, steps and gates that this version does not know,
// and goes on with this version's migrations as they were begun. What it writes of its own it alone can read back.
import { type Entry, JOURNAL_VERSION } from '../../../src/core/model/entries.ts'
import { checkEntry } from '../../../src/store/entry-schema.ts'
import type { Dialect } from '../../support/memory-journal.ts'

const LATER_VERSION = JOURNAL_VERSION + 1

type Written = Record<string, unknown>

/** Kinds that the later version has split or renamed; steps and gates likewise. */
const KINDS: Readonly<Record<string, string>> = { seen: 'witnessed', read: 'reported', kept: 'spared' }
const STEPS: Readonly<Record<string, string>> = { seed: 'warmSeed', checkCopy: 'compare', restore: 'hydrate' }
const GATES: Readonly<Record<string, string>> = { freeze: 'quiesce' }
const BACK = [KINDS, STEPS, GATES].map((names) => Object.fromEntries(Object.entries(names).map(([a, b]) => [b, a])))

export const LATER: Dialect = {
  version: LATER_VERSION,
  write(entry, version) {
    if (version < LATER_VERSION) return entry
    return renamed(entry as unknown as Written, KINDS, STEPS, GATES)
  },
  read(written) {
    const [kinds = {}, steps = {}, gates = {}] = BACK
    const entry = renamed(written as Written, kinds, steps, gates)
    // It knows its own version, and everything that this one knows.
    const { version, ...rest } = entry
    checkEntry(version === undefined ? rest : { ...rest, version: JOURNAL_VERSION })
    return entry as unknown as Entry
  },
}

type Names = Readonly<Record<string, string>>

function renamed(entry: Written, kinds: Names, steps: Names, gates: Names): Written {
  const { kind, gate, effects } = entry
  return {
    ...entry,
    kind: kinds[String(kind)] ?? kind,
    ...(gate === undefined ? {} : { gate: gates[String(gate)] ?? gate }),
    ...(kind === 'intended' && Array.isArray(effects)
      ? { effects: effects.map((each: Written) => ({ ...each, step: steps[String(each.step)] ?? each.step })) }
      : {}),
  }
}
