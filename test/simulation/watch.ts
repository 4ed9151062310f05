// Watches a trial: keeps a copy of every entry ever written, also of those later lost, and asks every invariant when it may have
// been broken. The first violation ends the trial.
import { isDeepStrictEqual } from 'node:util'
import { extend, fold } from '../../src/core/journal/fold.ts'
import { type Effect, effectId } from '../../src/core/model/effects.ts'
import type { Entry } from '../../src/core/model/entries.ts'
import type { Migration } from '../../src/core/model/migration.ts'
import type { Progress } from '../../src/core/telling/progress.ts'
import type { Store } from '../../src/demo/ec2/world/store.ts'
import type { Hosts } from '../../src/demo/ssm/entities.ts'
import type { Kept } from '../support/memory-journal.ts'
import { type Ever, mayBeCalled, mayBeWritten } from './invariants/approvals.ts'
import { isKept, resourceOf, type Taken } from './invariants/cleared.ts'
import { isDaily, mayBeSeeded } from './invariants/daily.ts'
import { liveIsWhole } from './invariants/data.ts'
import { saidByWhoMay } from './invariants/people.ts'
import { sparesPlanted, takenForSeeds } from './invariants/planted.ts'
import { copiesBeside, isRehearsal, mayBeRehearsed } from './invariants/rehearsals.ts'
import { copiesInPlace, neverTwoPrimaries } from './invariants/replicas.ts'
import { type Planned, seedsKeepOut, toldBy } from './invariants/seeding.ts'
import { heldUp, type Stir, stirs } from './invariants/way-back.ts'
import {
  attachedRight,
  isGoneIndeed,
  nothingWrittenLost,
  oneOfEach,
  oneZoneWritable,
  sourcesStand,
} from './invariants/world-invariants.ts'
import { acts, outageGoesOn, percentGoesOn } from './world/clocks.ts'

export type Violation = { readonly invariant: string; readonly what: string }

export type Watch = {
  readonly transcript: readonly string[]
  readonly violations: readonly Violation[]
  /** The fold of what stands in the journal. */
  fold(id: string): Migration | null
  all(): readonly Migration[]
  ever(id: string): Ever
  /** The entries of a migration that stand. */
  standing(id: string): readonly Entry[]
  /** Every entry that stands, of all migrations, in the order in which they were written. */
  written(): readonly Entry[]
  wrote(id: string, entry: Entry): void
  /** The journal was put back: what came later is lost. */
  lost(kept: Kept): void
  called(action: string, effect: Effect, migration: string): void
  /** `isAlone`: no other tick of the migration ran meanwhile. Whether it is the newest sample. */
  sampled(id: string, progress: Progress, isAlone: boolean): boolean
  threw(where: string, error: unknown): void
  /** After every step. */
  looked(): void
  check(invariant: string, problems: readonly string[]): void
  /** Things of which a second may be made: what an intruder made, and what the journal took for a seed. */
  uncounted(): ReadonlySet<string>
}

type World = {
  readonly store: Store
  readonly hosts: Hosts
  readonly now: () => number
  readonly transcript: string[]
  readonly taken: ReadonlyMap<string, Taken>
  /** What a copy of the stack wrote into its own Redis. */
  readonly rivalEntries: readonly Entry[]
  /** Things that an intruder made. */
  readonly planted: ReadonlySet<string>
  /** What others take of volumes, and when, as they did a week ago. */
  readonly backups: readonly Planned[]
  /** Somebody drives the same volumes whom nobody here knows, or did: then a thing may be made twice, and the later one counts. */
  readonly isTwofold: () => boolean
  /** Crashes and faults so far. */
  readonly befallen: () => number
}

/** What changes without a call, such as an attachment, is asked this often. */
const SELDOM = 64

/** Entries of one journal. The longest have some hundreds; who writes more than this in a trial never stops. */
const ENTRIES_MAX = 5_000

export function openWatch(world: World): Watch {
  const { store, hosts, now, transcript, taken, isTwofold, befallen } = world
  const violations: Violation[] = []
  const folds = new Map<string, Migration>()
  const shadow = new Map<string, Entry[]>()
  const progress = new Map<string, Progress>()
  const percents = new Map<string, number>()
  let standing: Entry[] = []
  const opened = new Map<string, Set<string>>()
  const owners = new Map<string, string>()
  const stirred = new Map<string, Stir>()
  let looks = 0
  let resources = 0

  const dailyIds = (): ReadonlySet<string> => new Set([...shadow].flatMap(([id, all]) => (isDaily(all) ? [id] : [])))
  const ever = (id: string): Ever => ({ entries: shadow.get(id) ?? [], opened: opened.get(id) ?? new Set() })

  function note(what: string): void {
    transcript.push(`${new Date(now()).toISOString().slice(11, 23)} ${what}`)
  }

  function check(invariant: string, problems: readonly string[]): void {
    for (const what of problems) {
      violations.push({ invariant, what })
      note(`VIOLATION of ${invariant}: ${what}`)
    }
  }

  const watch: Watch = {
    uncounted: () => new Set([...world.planted, ...takenForSeeds([...shadow.values()].flat())]),
    transcript,
    violations,
    check,
    fold: (id) => folds.get(id) ?? null,
    all: () => [...folds.values()],
    written: () => standing,
    ever,
    standing: (id) => standing.filter(({ nonce }) => owners.get(nonce) === id),
    wrote(id, entry) {
      const before = folds.get(id) ?? null
      if (ever(id).entries.length > ENTRIES_MAX) throw new Error(`the journal of ${id} grows without end`)
      standing.push(entry)
      owners.set(entry.nonce, id)
      note(`journal ${entry.rev}: ${wordsOf(entry)}`)
      check('approvals', mayBeWritten(before, entry, { ever: ever(id), rivals: world.rivalEntries }))
      check('who may', saidByWhoMay(before, entry))
      check(
        'seeds keep out of the way',
        seedsKeepOut(before, entry, entry.kind === 'intended' ? toldBy(store, world.backups) : []),
      )
      check('an abort waits for nobody else', heldUp(before, entry, stirred.get(id), befallen()))
      if (stirs(before, entry)) stirred.set(id, { atMs: entry.atMs, befallen: befallen() })
      check('only what is gone is called gone', isGoneIndeed(store, before, entry))
      shadow.set(id, [...(shadow.get(id) ?? []), entry])
      try {
        const after = extend(before, entry)
        folds.set(id, after)
        check('outage clock', before ? outageGoesOn(before, after, entry) : [])
        check('what goes live is whole', liveIsWhole(store, before, after))
      } catch (error) {
        check('every prefix folds', [String(error)])
      }
    },
    lost(kept) {
      const nonces = new Set([...kept.streams.values()].flatMap((entries) => entries.map(({ nonce }) => nonce)))
      standing = standing.filter(({ nonce }) => nonces.has(nonce))
      for (const id of [...folds.keys()]) {
        const whole = kept.streams.has(id) ? fold(watch.standing(id)) : null
        if (whole) folds.set(id, whole)
        else folds.delete(id)
      }
      percents.clear()
      progress.clear()
    },
    called(action, effect, migration) {
      const id = migration || ownerOf(effect, [...shadow.values()])
      const isRehearsed = isRehearsal(ever(id).entries)
      const isSeeding = isDaily(ever(id).entries)
      check('approvals', isRehearsed || isSeeding ? [] : mayBeCalled(action, effect, ever(id)))
      check('seeds of a day replace only each other', isSeeding ? mayBeSeeded(store, effect, dailyIds()) : [])
      check('a rehearsal touches only its copies', isRehearsed ? mayBeRehearsed(store, id, effect) : [])
      check('what others made is theirs', sparesPlanted(effect, world.planted, ever(id).entries))
      if (effect.step === 'open') opened.set(id, (opened.get(id) ?? new Set()).add(effect.service))
      check(
        'what is taken up again is kept',
        isKept(effect, { taken: taken.get(resourceOf(effect)), m: folds.get(id) ?? null, nowMs: now() }),
      )
    },
    sampled(id, sample, isAlone) {
      const m = folds.get(id)
      const before = progress.get(id) ?? null
      // The newest stays.
      if (!m || (before && before.atMs > sample.atMs)) return false
      check('acts or waits', acts(m, sample, before))
      const fallen = percentGoesOn(m, sample, percents)
      // Of two that look at once, the one that began later may see a thing earlier.
      if (isAlone) check('percent', fallen)
      progress.set(id, sample)
      return true
    },
    threw(where, error) {
      const { stack = '' } = error as Error
      check('nothing throws', [`${where}: ${stack.split('\n').slice(0, 4).join(' | ')}`])
    },
    looked() {
      store.hooks.settle()
      check('one zone writable', oneZoneWritable(store, hosts))
      check('two primaries', neverTwoPrimaries(hosts))
      const standing = store.snapshots.size + store.volumes.size
      if (standing !== resources && !isTwofold()) check('one of each', oneOfEach(store, watch.uncounted()))
      resources = standing
      if (looks++ % SELDOM !== 0) return
      check('attached right', [
        ...attachedRight(store, watch.all()),
        ...copiesBeside(store, watch.all()),
        ...copiesInPlace(store, watch.all()),
      ])
      check('nothing written is lost', nothingWrittenLost(store, hosts, taken))
      check(
        'sources stand',
        sourcesStand(store, () => [...[...shadow.values()].flat(), ...world.rivalEntries]),
      )
    },
  }
  return watch
}

/** The migration that intended it: what stops and starts instances is not told. */
function ownerOf(effect: Effect, journals: readonly (readonly Entry[])[]): string {
  const isIts = (entry: Entry): boolean =>
    entry.kind === 'intended' &&
    entry.effects.some(
      (one) => one.step === effect.step && isDeepStrictEqual({ ...one, generation: 0 }, { ...effect, generation: 0 }),
    )
  const [first] = journals.find((entries) => entries.some(isIts)) ?? []
  return first?.kind === 'planned' ? first.id : ''
}

function wordsOf(entry: Entry): string {
  const { rev, atMs, nonce, runId, kind, ...rest } = entry
  switch (entry.kind) {
    case 'planned':
    case 'replanned':
      return `${kind} ${entry.plan.digest}`
    case 'intended':
      return `${kind} ${entry.effects.map(effectId).join(' ')}`
    default:
      return `${kind} ${JSON.stringify(rest)}`.slice(0, 400)
  }
}
