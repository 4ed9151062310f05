// The states of a migration's effects, as an immutable value. Each entry makes a new value, at a cost that does not
// grow with the journal.
//
// The newest value holds the tables. An older value holds only what was different then, and takes the tables over while
// it is read (Baker's persistent arrays). Copying the tables for each entry made a cold fold quadratic: 44 s for 10,000
// volumes. A library's persistent map (immutable 5, OrderedMap) was tried: it was 7 times slower to fold and 30 times
// slower to walk than these tables, and a tick walks them often.

import { type Effect, type EffectState, effectId, type Step } from './effects.ts'
import { type Subject, subjectName } from './subjects.ts'

type Row = readonly [id: string, state: EffectState | undefined]
type Tables = {
  readonly byId: Map<string, EffectState>
  /** Effect ids by the subject's name, then by step; the index in the array is the generation, which counts from 1. */
  readonly bySubject: Map<string, Partial<Record<Step, (string | undefined)[]>>>
}

/** The value of a migration that has no effects yet. */
export function noEffects(): EffectStates {
  return new EffectStates()
}

/**
 * All effect states of a migration, by effect id. It is a class because the tables belong to one value at a time, and
 * are handed on from value to value.
 */
export class EffectStates {
  #tables: Tables | null
  /**
   * The rows that are different in this value from `#next`, the value that was made from it. `#next` is null while this
   * value holds the tables.
   */
  #before: readonly Row[] = []
  #next: EffectStates | null = null
  #walked: readonly EffectState[] | null = null
  /** True while nobody else has seen this value, so that `with` may write into it in place. */
  #isDraft = false

  /**
   * A value that `with` changes in place, for a caller that folds a whole journal and shows nobody the values between;
   * `finished` ends this.
   */
  static draft(): EffectStates {
    const draft = new EffectStates()
    draft.#isDraft = true
    return draft
  }

  /** Ends a draft: from here on `with` makes a new value. */
  finished(): EffectStates {
    this.#isDraft = false
    return this
  }

  constructor(tables: Tables = { byId: new Map(), bySubject: new Map() }) {
    this.#tables = tables
  }

  get size(): number {
    return this.#held().byId.size
  }

  get(id: string): EffectState | undefined {
    return this.#held().byId.get(id)
  }

  has(id: string): boolean {
    return this.#held().byId.has(id)
  }

  /** All states, in the order in which their effects were intended. */
  values(): readonly EffectState[] {
    this.#walked ??= [...this.#held().byId.values()]
    return this.#walked
  }

  /** The newest known generation of a step; null if none is known. */
  latest(subject: Subject, step: Step): EffectState | null {
    const { byId, bySubject } = this.#held()
    const id = bySubject.get(subjectName(subject))?.[step]?.at(-1)
    return (id === undefined ? undefined : byId.get(id)) ?? null
  }

  /** The states of one step, indexed by generation; undefined at 0, and where older generations are not known. */
  generations(subject: Subject, step: Step): readonly (EffectState | undefined)[] {
    const { byId, bySubject } = this.#held()
    const ids = bySubject.get(subjectName(subject))?.[step] ?? []
    return Array.from(ids, (id) => (id === undefined ? undefined : byId.get(id)))
  }

  /** The value with these states written into it. This one keeps its content, unless it is a draft. */
  with(states: readonly EffectState[]): EffectStates {
    const tables = this.#held()
    if (this.#isDraft) {
      for (const [id, state] of idRowsOf(states)) write(tables, id, state)
      this.#walked = null
      return this
    }
    const newer = new EffectStates(tables)
    this.#before = swap(tables, idRowsOf(states))
    this.#next = newer
    this.#tables = null
    return newer
  }

  /** The tables. If another value holds them, they are taken over, and every difference on the way is reversed. */
  #held(): Tables {
    if (this.#tables) return this.#tables
    const path: EffectStates[] = [this]
    let holder: EffectStates = this
    while (holder.#next) {
      holder = holder.#next
      path.push(holder)
    }
    const tables = holder.#tables ?? missing()
    for (const older of path.slice(0, -1).reverse()) {
      const newer = older.#next ?? missing()
      newer.#before = swap(tables, older.#before)
      newer.#next = older
      newer.#tables = null
      older.#next = null
    }
    this.#tables = tables
    return tables
  }
}

function missing(): never {
  throw new Error('the tables of the effects are held by no value')
}

/** One row for each id, with its last state: a row that is written twice could not be taken back in one order. */
function idRowsOf(states: readonly EffectState[]): Row[] {
  const [only] = states
  if (only && states.length === 1) return [[effectId(only.effect), only]]
  return [...new Map(states.map((state): Row => [effectId(state.effect), state]))]
}

/** Writes the rows into the tables and returns the rows that put back what stood there. */
function swap(tables: Tables, rows: readonly Row[]): Row[] {
  return rows.map(([id, state]): Row => [id, write(tables, id, state)])
}

/** Writes one state (undefined deletes it) and returns what stood there before. */
function write(tables: Tables, id: string, state: EffectState | undefined): EffectState | undefined {
  const { byId } = tables
  const before = byId.get(id)
  if (state) byId.set(id, state)
  else byId.delete(id)
  if (!before && state) place(tables, state.effect, id)
  if (before && !state) place(tables, before.effect, undefined)
  return before
}

function place({ bySubject }: Tables, { subject, step, generation }: Effect, id: string | undefined): void {
  const name = subjectName(subject)
  const steps = bySubject.get(name) ?? {}
  bySubject.set(name, steps)
  const ids = steps[step] ?? []
  steps[step] = ids
  ids[generation] = id
  while (ids.length > 0 && ids.at(-1) === undefined) ids.pop()
}
