// Questions to the fold: the newest generation, whether a step may ever have been done, how often it failed for the same reason.
import { describe, expect, test } from 'vitest'
import { generationsOf, lastIssuedAtMs, latest, sameFailures, wasAsked } from '../../../src/core/journal/state.ts'
import type { Effect, EffectState } from '../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import { ofMove, ofService } from '../../../src/core/model/subjects.ts'
import { entries, plan, planned } from '../../support/plans.ts'
import { fitting } from '../journals.ts'

const forward = { generation: 1, direction: 'forward' } as const
const CUT: Effect = { ...forward, subject: ofMove('vol-1'), step: 'snapshot', volumeId: 'vol-1', tags: {} }
const hands: Effect = {
  ...{ ...forward, subject: ofService('logs'), step: 'freeze', service: 'logs', instances: ['i'] },
  work: { method: 'manual', todo: [] },
}
const at = (...said: readonly EntryBody[]): Migration =>
  fitting(
    entries(
      ...[planned('mig-1', { plan: plan() }), { kind: 'began' } as const],
      ...[{ kind: 'freezing', freeze: 'mig-1-f1', services: ['logs'] } as const, ...said],
    ),
  )

/** `n4` intends it; then each generation is called, fails for the reason, and is retried by the next. */
function failing(...reasons: readonly (readonly [code: string, problem: string])[]): EntryBody[] {
  return [
    { kind: 'intended', effects: [CUT] },
    ...reasons.flatMap(([code, problem], index): EntryBody[] => {
      const effect = `vol-1.snapshot.${index + 1}`
      const rev = 5 + index * 3
      const failed: EntryBody = { kind: 'failed', effect, issued: `n${rev}`, code, problem, remedy: 'r' }
      const retried: EntryBody[] =
        index === reasons.length - 1 ? [] : [{ kind: 'retried', effect, failed: `n${rev + 1}`, by: 'U-2' }]
      return [{ kind: 'issued', effect }, failed, ...retried]
    }),
  ]
}

describe('the same failure in a row', () => {
  const A = ['A', 'p'] as const
  test.each<[string, readonly (readonly [string, string])[], number]>([
    ['once', [A], 1],
    ['three times', [A, A, A], 3],
    ['another code between: since then', [A, ['B', 'p'], A, A], 2],
    ['the same code with another problem is another reason', [A, ['A', 'q']], 1],
    ['another one at the end', [A, A, ['B', 'p']], 1],
  ])('%s', (_, reasons, times) => {
    const m = at(...failing(...reasons))
    expect(generationsOf(m, ofMove('vol-1'), 'snapshot')).toHaveLength(reasons.length)
    expect(sameFailures(m, latest(m, ofMove('vol-1'), 'snapshot') as EffectState)).toBe(times)
  })

  test('of an older generation: up to it', () => {
    const m = at(...failing(A, A, A))
    expect(sameFailures(m, m.effects.get('vol-1.snapshot.2') as EffectState)).toBe(2)
  })

  test('none where it has not failed', () => {
    const retried: EntryBody = { kind: 'retried', effect: 'vol-1.snapshot.2', failed: 'n9', by: 'U-2' }
    const m = at(...failing(A, A), retried)
    expect(sameFailures(m, latest(m, ofMove('vol-1'), 'snapshot') as EffectState)).toBe(0)
  })
})

describe('whether it may ever have been done', () => {
  const intended: EntryBody = { kind: 'intended', effects: [CUT] }
  const issued: EntryBody = { kind: 'issued', effect: 'vol-1.snapshot.1' }
  test.each<[string, readonly EntryBody[], boolean]>([
    ['never intended', [], false],
    ['intended', [intended], false],
    ['called', [intended, issued], true],
    [
      'called, and said not to have been: who says so may be wrong',
      [intended, issued, { kind: 'notCalled', effect: 'vol-1.snapshot.1', issued: 'n5', why: '', retryMs: 0 }],
      true,
    ],
    ['seen done, by whomever', [intended, { kind: 'seen', started: [], achieved: ['vol-1.snapshot.1'] }], true],
    ['called in an older generation, and retried', [...failing(['A', 'p'], ['A', 'p']).slice(0, -2)], true],
  ])('%s', (_, said, was) => expect(wasAsked(at(...said), ofMove('vol-1'), 'snapshot')).toBe(was))

  test('people who are told to do it may have, unsaid', () => {
    expect(wasAsked(at({ kind: 'intended', effects: [hands] }), ofService('logs'), 'freeze')).toBe(true)
  })

  test('when any generation was issued last', () => {
    expect(lastIssuedAtMs(at(), ofMove('vol-1'), 'snapshot')).toBeNull()
    expect(lastIssuedAtMs(at(...failing(['A', 'p'], ['A', 'p']).slice(0, -2)), ofMove('vol-1'), 'snapshot')).toBe(5_000)
    expect(lastIssuedAtMs(at(...failing(['A', 'p'], ['A', 'p'])), ofMove('vol-1'), 'snapshot')).toBe(8_000)
  })
})
