// The states of a migration's effects, as a value of which each entry makes a new one at a cost that does not grow with the journal.
//
// The newest value holds the tables; an older one holds what was different then, and takes the tables over while it is read
// (Baker's persistent arrays). Copying the tables for each entry made a cold fold quadratic: 44 s for 10,000 volumes. A library's
// persistent map was tried (immutable 5, OrderedMap): 7 times slower to fold and 30 times slower to walk than these tables, and a
// tick walks them often.

import type { EffectState } from './effects.ts'
import { type Effect, effectId, type Step } from './effects.ts'
import { type Subject, subjectName } from './subjects.ts'

type Row = readonly [id: string, state: EffectState | undefined]
type Tables = {
  readonly byId: Map<string, EffectState>
  /** Ids of each generation, at its number. */
  readonly bySubject: Map<string, Partial<Record<Step, (string | undefined)[]>>>
}

export function noEffects(): EffectStates {
  return new EffectStates()
}

/** A class, since what it owns is handed on: the tables belong to one value at a time. */
export class EffectStates {
  #tables: Tables | null
  /** What was different here, and the value that was made next from it; null while this one holds the tables. */
  #before: readonly Row[] = []
  #next: EffectStates | null = null
  #walked: readonly EffectState[] | null = null
  /** Nobody has seen this value yet, so that what comes after it is written into it. */
  #isDraft = false

  /** For who folds a whole journal and shows nobody the values between: `finished` ends it. */
  static draft(): EffectStates {
    const draft = new EffectStates()
    draft.#isDraft = true
    return draft
  }

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

  /** In the order in which they were intended. */
  values(): readonly EffectState[] {
    this.#walked ??= [...this.#held().byId.values()]
    return this.#walked
  }

  /** The newest generation of a step that is known. */
  latest(subject: Subject, step: Step): EffectState | null {
    const { byId, bySubject } = this.#held()
    const id = bySubject.get(subjectName(subject))?.[step]?.at(-1)
    return (id === undefined ? undefined : byId.get(id)) ?? null
  }

  /** Of one step, each generation at its number; holes where older ones are not known. */
  generations(subject: Subject, step: Step): readonly (EffectState | undefined)[] {
    const { byId, bySubject } = this.#held()
    const ids = bySubject.get(subjectName(subject))?.[step] ?? []
    return Array.from(ids, (id) => (id === undefined ? undefined : byId.get(id)))
  }

  /** The value after these states; this one stays as it is. */
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

  /** Takes the tables over, turning round every difference on the way. */
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

/** Each id once, its last state: what is written twice could not be taken back in one order. */
function idRowsOf(states: readonly EffectState[]): Row[] {
  const [only] = states
  if (only && states.length === 1) return [[effectId(only.effect), only]]
  return [...new Map(states.map((state): Row => [effectId(state.effect), state]))]
}

/** Writes the rows into the tables; what stood there, in the order that puts it back. */
function swap(tables: Tables, rows: readonly Row[]): Row[] {
  return rows.map(([id, state]): Row => [id, write(tables, id, state)])
}

/** What stood there before. */
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
