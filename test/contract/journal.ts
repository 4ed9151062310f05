// What every journal promises, whatever it is kept in. The one on Redis and the one in memory both run this.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EntryBody, JOURNAL_VERSION } from '../../src/core/model/entries.ts'
import type { Migration } from '../../src/core/model/migration.ts'
import { type Appended, appendFrom, DoesNotFit, type Journal } from '../../src/store/journal.ts'
import { planned } from '../support/plans.ts'

export type JournalUnderTest = {
  readonly journal: Journal
  /** The same journal from another process. */
  readonly other: Journal
  loseTail(id: string, count: number): Promise<void>
  /** The next append takes effect and its reply is lost. */
  loseNextReply(): void
  /** Writes what a process of that version says, known here or not; the first entry where there is none yet. */
  writeAs(version: number, id: string, said: Readonly<Record<string, unknown>>): Promise<void>
  /** Appends as a process does that takes the migration for one of a later version than its `planned` has. */
  appendAsLater(id: string, said: EntryBody): Promise<Appended>
  /** Another server takes over and this one takes over from it: the same run of it, with another history. */
  failOverAndBack(): Promise<void>
  /** Sets the drill's clock. */
  setNow(ms: number): void
  close(): Promise<void>
}

/** The version of a process that is newer than this one. */
const LATER = JOURNAL_VERSION + 1

const DECLINED: EntryBody = { kind: 'declined', asked: null, gate: 'start', by: 'U-2' }

/** What another version may say in a migration that this one has begun to read. */
const UNKNOWN: readonly (readonly [string, Readonly<Record<string, unknown>>, string])[] = [
  ['an unknown kind', { kind: 'pondered', over: 'tea' }, '"pondered"'],
  ['an unknown gate', { kind: 'asked', gate: 'tea', basis: 'b', evidence: [], again: null }, '"asked"'],
  [
    'an unknown step',
    {
      kind: 'intended',
      effects: [{ subject: { of: 'move', move: 'vol-1' }, step: 'teleport', generation: 1, direction: 'forward' }],
    },
    '"intended"',
  ],
]

export function journalContract(name: string, open: () => Promise<JournalUnderTest>): void {
  describe(name, () => {
    let under: JournalUnderTest
    beforeAll(async () => {
      under = await open()
    })
    afterAll(() => under.close())

    async function begin(): Promise<Migration> {
      const id = `mig-${randomUUID()}`
      const begun = await under.journal.append(id, null, planned(id))
      if (begun.outcome !== 'appended') throw new Error(`not begun: ${begun.outcome}`)
      return begun.migration
    }

    test('keeps entries in order, counted from 1, and folds them', async () => {
      const m = await begin()
      const next = await under.journal.append(m.id, m, { kind: 'began' })
      expect(next).toMatchObject({ outcome: 'appended', migration: { rev: 2, phase: 'seeding' } })
      expect(await under.other.read(m.id)).toMatchObject({ rev: 2, phase: 'seeding' })
      expect((await under.journal.entries(m.id)).map(({ rev, kind }) => [rev, kind])).toEqual([
        [1, 'planned'],
        [2, 'began'],
      ])
    })

    test('knows nothing of a migration that never was', async () => {
      expect(await under.journal.read('mig-none')).toBeNull()
      expect(await under.journal.entries('mig-none')).toEqual([])
    })

    test('refuses what does not follow the last entry, and writes nothing', async () => {
      const m = await begin()
      await under.journal.append(m.id, m, { kind: 'began' })
      expect(await under.journal.append(m.id, m, { kind: 'wentLive', percents: {} })).toEqual({ outcome: 'conflict' })
      expect(await under.journal.append(m.id, null, planned(m.id))).toEqual({ outcome: 'conflict' })
      expect(await under.journal.entries(m.id)).toHaveLength(2)
    })

    test('what may not follow is not written, and gives nothing back', async () => {
      const m = await begin()
      const done = under.journal.append(m.id, m, { kind: 'done' }, { release: true })
      await expect(done).rejects.toThrow(DoesNotFit)
      await expect(done).rejects.toThrow('done has no place in phase planned')
      expect(await under.other.entries(m.id)).toHaveLength(1)
      expect(await under.other.running()).toContain(m.id)
      // The fold in hand is still the newest.
      expect(await under.journal.append(m.id, m, { kind: 'began' })).toMatchObject({ outcome: 'appended' })
    })

    test('of two writers after the same entry one wins, and the other reads again', async () => {
      const m = await begin()
      const theirs = await under.other.read(m.id)
      const both = await Promise.all([
        under.journal.append(m.id, m, { kind: 'began' }),
        under.other.append(m.id, theirs, { kind: 'began' }),
      ])
      expect(both.map(({ outcome }) => outcome).sort()).toEqual(['appended', 'conflict'])
    })

    test('loses nothing and doubles nothing with many writers', async () => {
      const m = await begin()
      const writes = Array.from({ length: 20 }, (_, index) =>
        appendFrom(index % 2 ? under.journal : under.other, m.id, () => ({ kind: 'paused', by: `s${index}` })),
      )
      await Promise.all(writes)
      const paused = (await under.journal.entries(m.id)).flatMap((entry) => (entry.kind === 'paused' ? entry.by : []))
      expect(paused.sort()).toEqual(Array.from({ length: 20 }, (_, index) => `s${index}`).sort())
    })

    test('a tail that was lost is not believed to stand, and another entry may take its place', async () => {
      const m = await begin()
      const second = await under.journal.append(m.id, m, { kind: 'began' })
      await under.loseTail(m.id, 1)
      expect(await under.journal.read(m.id)).toMatchObject({ rev: 1, phase: 'planned' })
      const again = await under.other.read(m.id)
      await under.other.append(m.id, again, DECLINED)
      // The same rev, another nonce: what was folded before is gone, though an entry stands where it stood.
      const stale = second.outcome === 'appended' ? second.migration : m
      expect(await under.journal.append(m.id, stale, { kind: 'wentLive', percents: {} })).toEqual({
        outcome: 'conflict',
      })
      expect(await under.journal.read(m.id)).toMatchObject({ rev: 2, phase: 'aborted' })
    })

    test('what was read and is not there any more is in doubt until an entry says so', async () => {
      const m = await begin()
      const second = await under.journal.append(m.id, m, { kind: 'began' })
      const ahead = second.outcome === 'appended' ? second.migration : m
      expect(under.journal.mayHaveLost(ahead)).toBe(false)
      await under.loseTail(m.id, 1)
      const left = (await under.journal.read(m.id)) as Migration
      expect(under.journal.mayHaveLost(left)).toBe(true)
      const doubted = await under.journal.append(m.id, left, { kind: 'doubted', why: 'a test' })
      const now = doubted.outcome === 'appended' ? doubted.migration : m
      expect(now.doubt).toMatchObject({ isOpen: true })
      expect(under.journal.mayHaveLost(now)).toBe(false)
    })

    test('a fold of another run of the server is in doubt', async () => {
      const m = await begin()
      // Unknown is no answer that nothing is lost.
      expect(under.other.mayHaveLost(m)).toBe(true)
      await under.other.read(m.id)
      expect(under.other.mayHaveLost({ ...m, runId: 'an earlier one' })).toBe(true)
      expect(under.other.mayHaveLost(m)).toBe(false)
    })

    test('a failover and failback changes the history alone, and that is doubt enough', async () => {
      const m = await begin()
      expect(under.journal.mayHaveLost(m)).toBe(false)
      await under.failOverAndBack()
      for (const one of [under.journal, under.other]) {
        const kept = (await one.read(m.id)) as Migration
        expect(one.mayHaveLost(kept)).toBe(true)
      }
      const began = await under.journal.append(m.id, m, { kind: 'began' })
      const now = began.outcome === 'appended' ? began.migration : m
      expect(now).toMatchObject({ phase: 'seeding', runId: m.runId, doubt: { isOpen: true } })
      expect(now.replicationId).not.toBe(m.replicationId)
      expect(under.journal.mayHaveLost(now)).toBe(false)
    })

    test.each(['journal', 'other'] as const)(
      "a migration of a later version is nobody's here: asked by the %s",
      async (which) => {
        const id = `mig-${randomUUID()}`
        await under.writeAs(LATER, id, { ...planned(id), version: LATER, ponders: true })
        const asked = under[which]
        expect(await asked.entries(id)).toEqual([])
        expect(await asked.read(id)).toBeNull()
        expect(await asked.aside(id)).toEqual({
          version: LATER,
          why: `it is written in version ${LATER} of the journal`,
        })
        expect(await asked.running()).toContain(id)
        expect(await asked.append(id, null, planned(id))).toEqual({ outcome: 'conflict' })
      },
    )

    test.each(UNKNOWN)('who understood it before stands aside from %s on', async (_, said, why) => {
      const m = await begin()
      expect(await under.journal.aside(m.id)).toBeNull()
      await under.writeAs(1, m.id, said)
      expect(await under.journal.read(m.id)).toBeNull()
      expect(await under.journal.entries(m.id)).toEqual([])
      expect(await under.journal.aside(m.id)).toEqual({ version: null, why: expect.stringContaining(why) })
      // Neither on the fold it had, nor anew.
      expect(await under.journal.append(m.id, m, { kind: 'began' })).toEqual({ outcome: 'conflict' })
      expect(await appendFrom(under.journal, m.id, () => ({ kind: 'began' }))).toBeNull()
      // Nor who comes to it now.
      expect(await under.other.read(m.id)).toBeNull()
    })

    test('a migration is written to its end in the version of its planned', async () => {
      const m = await begin()
      const later = under.appendAsLater(m.id, { kind: 'began' })
      await expect(later).rejects.toThrow(DoesNotFit)
      await expect(later).rejects.toThrow('older version')
      expect(await under.other.entries(m.id)).toHaveLength(1)
    })

    test('a reply that was lost is no second entry', async () => {
      const m = await begin()
      under.loseNextReply()
      const next = await under.journal.append(m.id, m, { kind: 'began' })
      expect(next).toMatchObject({ outcome: 'appended', migration: { rev: 2 } })
      const written = await under.journal.entries(m.id)
      expect(written).toHaveLength(2)
      expect(next).toMatchObject({ nonce: written[1]?.nonce })
    })

    test('volumes are claimed with the entry, whole or not at all, and given back at the end', async () => {
      const [first, second] = [`mig-${randomUUID()}`, `mig-${randomUUID()}`]
      const [a, b] = [`vol-${randomUUID()}`, `vol-${randomUUID()}`]
      const held = await under.journal.append(first, null, planned(first), { take: [a] })
      const refused = await under.journal.append(second, null, planned(second), { take: [b, a] })
      expect(refused).toEqual({ outcome: 'claimed', volume: a, by: first })
      expect(await under.journal.read(second)).toBeNull()
      expect(await under.journal.append(second, null, planned(second), { take: [b] })).toMatchObject({
        outcome: 'appended',
      })
      if (held.outcome === 'appended') await under.journal.append(first, held.migration, DECLINED, { release: true })
      const third = `mig-${randomUUID()}`
      expect(await under.journal.append(third, null, planned(third), { take: [a] })).toMatchObject({
        outcome: 'appended',
      })
    })

    test('lists the running, and all there ever were', async () => {
      const m = await begin()
      expect(await under.other.running()).toContain(m.id)
      await under.journal.append(m.id, m, DECLINED, { release: true })
      expect(await under.other.running()).not.toContain(m.id)
      expect(await under.other.all()).toContain(m.id)
    })

    test('who read at once have each entry once', async () => {
      const m = await begin()
      await under.journal.append(m.id, m, { kind: 'began' })
      await under.other.read(m.id)
      const paused = await under.journal.read(m.id)
      await under.journal.append(m.id, paused, { kind: 'paused', by: 'U-2' })
      await Promise.all(Array.from({ length: 5 }, () => under.other.read(m.id)))
      expect((await under.other.entries(m.id)).map(({ rev }) => rev)).toEqual([1, 2, 3])
    })

    test('time never runs backwards in a journal', async () => {
      under.setNow(5_000)
      const m = await begin()
      under.setNow(4_000)
      await under.journal.append(m.id, m, { kind: 'began' })
      expect((await under.journal.entries(m.id)).map(({ atMs }) => atMs)).toEqual([5_000, 5_000])
    })
  })
}
