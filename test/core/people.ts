// A migration that is played: it decides look after look, its workers call, and people answer.
import { decide } from '../../src/core/decide.ts'
import { extend } from '../../src/core/journal/fold.ts'
import { approvalOf } from '../../src/core/journal/state.ts'
import { callOf, effectId } from '../../src/core/model/effects.ts'
import type { EntryBody } from '../../src/core/model/entries.ts'
import type { Facts } from '../../src/core/model/facts.ts'
import type { Migration } from '../../src/core/model/migration.ts'
import { LATER_MS } from '../support/facts.ts'
import { fitting, named } from './journals.ts'

/** Late enough for what was approved not to be too old at LATER_MS, and early enough for all that was called to be shown. */
export const BEGINS_MS = LATER_MS - 9 * 60_000

export function migration(...said: readonly EntryBody[]): Migration {
  return fitting(named(said, BEGINS_MS))
}

/** Lets the decisions themselves write the journal until nothing is next; people answer gates and confirm what hands did. */
export function settle(
  said: readonly EntryBody[],
  world: Facts,
  people: 'answer' | 'silent' = 'silent',
): readonly EntryBody[] {
  const all = [...said]
  for (let turns = 0; turns < 200; turns++) {
    const m = migration(...all)
    const { next } = decide(m, world, LATER_MS)
    if (next?.kind === 'suspected') all.push(next, isSo(all.length + 1))
    else if (next) all.push(next)
    else if (people === 'silent' || !answer(m, all)) return all
  }
  throw new Error(`never settled: ${all.map(({ kind }) => kind).join(' ')}`)
}

/** An approver says that what tags say is so; entries are named by their place. */
function isSo(rev: number): EntryBody {
  return { kind: 'settled', suspected: `n${rev}`, isSo: true, by: 'U-2' }
}

function answer(m: Migration, all: EntryBody[]): boolean {
  const { asking } = m
  if (asking && !approvalOf(m)) {
    all.push({ kind: 'approved', asked: asking.nonce, gate: asking.gate, basis: asking.basis, by: 'U-2' })
    return true
  }
  const hands = m.effects.values().filter(({ effect, status }) => callOf(effect) === null && status === 'intended')
  const [first] = hands
  if (!first) return false
  const effects = hands.filter(({ intended }) => intended === first.intended).map(({ effect }) => effectId(effect))
  all.push({ kind: 'confirmed', intended: first.intended, effects, by: 'U-2' })
  return true
}

/** What may be called is called, and no answer comes. */
export function called(said: readonly EntryBody[], world: Facts): readonly EntryBody[] {
  const { effects } = decide(migration(...said), world, LATER_MS)
  return [...said, ...effects.map(({ effect }): EntryBody => ({ kind: 'issued', effect: effectId(effect) }))]
}

/** Look after look: what each leads to is decided, and what may be called then is called. */
export function through(said: readonly EntryBody[], ...looks: readonly Facts[]): readonly EntryBody[] {
  return looks.reduce((all, look) => called(settle(all, look), look), said)
}

/** Of what is asked now. */
export function approval({ asking }: Migration): EntryBody {
  if (!asking) throw new Error('nothing is asked')
  return { kind: 'approved', asked: asking.nonce, gate: asking.gate, basis: asking.basis, by: 'U-2' }
}

/** What is said next, where an approver says that it is so what tags say. */
export function believed(m: Migration, world: Facts, nowMs: number): EntryBody | null {
  const { next } = decide(m, world, nowMs)
  if (next?.kind !== 'suspected') return next
  const stamp = (rev: number) => ({
    rev,
    atMs: nowMs,
    nonce: `n-${rev}`,
    runId: m.runId,
    replicationId: m.replicationId,
  })
  const asked = extend(m, { ...next, ...stamp(m.rev + 1) })
  const settled: EntryBody = { kind: 'settled', suspected: `n-${m.rev + 1}`, isSo: true, by: 'U-2' }
  return decide(extend(asked, { ...settled, ...stamp(m.rev + 2) }), world, nowMs).next
}
