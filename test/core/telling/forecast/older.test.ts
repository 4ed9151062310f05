// What is said beside the question that begins the outage of snapshots that others have begun, behind which final ones would stand.
import { describe, expect, test } from 'vitest'
import type { EntryBody, EntryOf } from '../../../../src/core/model/entries.ts'
import type { Facts, SeenSnapshot } from '../../../../src/core/model/facts.ts'
import type { Migration } from '../../../../src/core/model/migration.ts'
import { waitingLines } from '../../../../src/core/telling/forecast/older.ts'
import { questionOf } from '../../../../src/core/telling/question.ts'
import { facts } from '../../../support/facts.ts'
import { entries, move, plan, planned, service } from '../../../support/plans.ts'
import { fitting } from '../../journals.ts'

const MINUTE = 60_000
const NAMES = ['logs', 'db', 'mail']
const LOGS = move({ id: 'vol-1', name: 'logs' })
const DRAWN = plan([LOGS, move({ id: 'vol-2', name: 'db' }), move({ id: 'vol-3', name: 'mail' })], {
  services: [service('db'), service('logs'), service('mail', { need: 'deferrable' })],
})
const at = (drawn = DRAWN, ...more: readonly EntryBody[]): Migration =>
  fitting(entries(planned('mig-1', { plan: drawn }), { kind: 'began' }, ...more))

/** Twenty minutes old at the look, which is at 01:00. */
const theirs = (over: Partial<SeenSnapshot> = {}): SeenSnapshot => ({
  ...{ id: 'snap-theirs', volumeId: 'vol-1', state: 'pending', percent: 40, startedAtMs: 40 * MINUTE, tags: {} },
  ...over,
})
const look = (...others: readonly SeenSnapshot[]): Facts => facts({ beganAtMs: 60 * MINUTE, others })

describe('what final snapshots would wait for', () => {
  test.each<[string, readonly SeenSnapshot[], string]>([
    [
      'the volume, the snapshot, how far, since when, and what is left',
      [theirs()],
      'Caution, logs: the final snapshot waits for snap-theirs, begun at 00:40 UTC and at 40% as of 01:00 UTC: 9 min to 55 min to go (by its percents so far).',
    ],
    [
      'of a day before with its day',
      [theirs({ startedAtMs: -MINUTE, percent: 0 })],
      'Caution, logs: the final snapshot waits for snap-theirs, begun at 1969-12-31 23:59 UTC and at 0% as of 01:00 UTC: at least',
    ],
    [
      'nothing can be told of its end',
      [theirs({ startedAtMs: 59 * MINUTE, percent: null })],
      'and without a percent as of 01:00 UTC: when it is complete is not known.',
    ],
    [
      'it stands behind another one: the last is named, and its end is behind both',
      [theirs({ id: 'snap-2', startedAtMs: 59 * MINUTE, percent: 0 }), theirs()],
      'for snap-2, begun at 00:59 UTC and at 0% as of 01:00 UTC, and for 1 older one: at least',
    ],
    [
      'it is copied, and its set is not',
      [theirs({ percent: 99 }), theirs({ id: 'snap-2', volumeId: 'vol-3' })],
      'at 99% as of 01:00 UTC, where it waits for the rest of its set: 9 min to 55 min to go',
    ],
  ])('%s', (_, others, words) => {
    const lines = waitingLines(at(), NAMES, look(...others))
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain(words)
  })

  test('also one that carries our tags, and that the journal may not know', () => {
    const snapshots = [theirs({ tags: { 'zonehop:migration': 'mig-1' } })]
    expect(waitingLines(at(), NAMES, facts({ beganAtMs: 60 * MINUTE, snapshots }))).toHaveLength(1)
  })

  test.each<[string, SeenSnapshot, readonly string[]]>([
    ['what is complete', theirs({ state: 'completed', percent: 100 }), NAMES],
    ['what is of no volume that moves', theirs({ volumeId: 'vol-9' }), NAMES],
    ['what is of a service that is finished after go-live', theirs({ volumeId: 'vol-3' }), NAMES],
    ['what is of a service that is not asked about', theirs({ volumeId: 'vol-2' }), ['logs']],
  ])('nothing of %s', (_, other, names) => {
    expect(waitingLines(at(), names, look(other))).toEqual([])
  })

  test('of many those with the latest end, and how many more', () => {
    const moves = Array.from({ length: 12 }, (_, index) => move({ id: `vol-${index}`, name: `disk-${index}` }))
    const drawn = plan(moves, { services: moves.map(({ service: name }) => service(name)) })
    const others = moves.map(({ id }, index) =>
      theirs({
        id: `snap-${index}`,
        volumeId: id,
        startedAtMs: 40 * MINUTE - index,
        percent: index === 7 ? 0 : 20 + index,
      }),
    )
    const names = moves.map(({ service: name }) => name)
    const lines = waitingLines(at(drawn), names, look(...others))
    expect(lines).toHaveLength(11)
    expect(lines[0]).toMatch(/^Caution, disk-7: /)
    expect(lines[1]).toMatch(/^Caution, disk-0: /)
    expect(lines.at(-1)).toBe('Caution, likewise: 2 more volumes, not named here.')
  })
})

describe('the question', () => {
  const asked = (evidence: readonly string[], forecast?: EntryOf<'asked'>['forecast']): readonly string[] => {
    const [said] = entries({
      kind: 'asked',
      gate: 'freeze',
      basis: 'b',
      evidence,
      again: null,
      ...(forecast ? { forecast } : {}),
    })
    return questionOf(at(), said as EntryOf<'asked'>).facts
  }
  const WAITS = 'Final snapshots would wait for older ones that are not complete, as the cautions below say.'

  test('says that there are such, where no forecast does', () => {
    expect(asked(waitingLines(at(), NAMES, look(theirs())))).toContain(WAITS)
    expect(asked(['The outage begins.'])).not.toContain(WAITS)
  })

  test('leaves it to the forecast where there is one', () => {
    const said = asked(waitingLines(at(), NAMES, look(theirs())), {
      leastMs: 60_000,
      mostMs: null,
      gib: 1,
      behind: ['snap-theirs'],
    })
    expect(said).not.toContain(WAITS)
    expect(said).toContainEqual(expect.stringContaining('not known, because of snap-theirs'))
  })
})
