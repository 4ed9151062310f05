// The journals that the bench reads are those of migrations half-way, and the world is as they say.
import { expect, test } from 'vitest'
import { decide } from '../../src/core/decide.ts'
import { fold } from '../../src/core/journal/fold.ts'
import { type Effect, type EffectState, effectId } from '../../src/core/model/effects.ts'
import { factsOf } from '../../src/core/model/facts.ts'
import type { Migration } from '../../src/core/model/migration.ts'
import { draft } from '../../src/core/planning/draft.ts'
import { parseEntry } from '../../src/store/entry-schema.ts'
import { requestOf } from './inventories.ts'
import { halfway } from './journals.ts'

function counted(m: Migration, step: Effect['step'], status: EffectState['status']): number {
  return [...m.effects.values()].filter((state) => state.effect.step === step && state.status === status).length
}

test.each([10, 80, 300])('%i volumes, half-way', (volumes) => {
  const request = requestOf(volumes)
  const drafted = draft(request)
  if ('problems' in drafted) throw new Error(drafted.problems.join(' '))
  const { texts, observed, nowMs } = halfway(request, drafted.plan)
  const entries = texts.map(parseEntry)
  const m = fold(entries)
  if (!m) throw new Error('the journal is empty')
  const part = (of: number) => Math.ceil(volumes * of)
  expect(m.phase).toBe('moving')
  expect(m.effects.size).toBeLessThan(entries.length)
  const counts = (['seed', 'snapshot', 'restore', 'attach', 'checkCopy'] as const).map((step) => ({
    achieved: counted(m, step, 'achieved'),
    started: counted(m, step, 'started'),
  }))
  expect(counts).toEqual([
    { achieved: volumes, started: 0 },
    { achieved: part(1 / 2), started: volumes - part(1 / 2) },
    { achieved: part(3 / 8), started: part(1 / 2) - part(3 / 8) },
    { achieved: part(1 / 4), started: part(3 / 8) - part(1 / 4) },
    { achieved: part(1 / 8), started: part(1 / 4) - part(1 / 8) },
  ])
  const said = ['planned', 'asked', 'approved', 'began', 'intended', 'issued', 'started', 'seen', 'freezing']
  expect(new Set(entries.map(({ kind }) => kind))).toEqual(new Set([...said, ...(volumes > 10 ? ['confirmed'] : [])]))
  const intended = entries.flatMap((entry) => (entry.kind === 'intended' ? entry.effects.map(effectId) : []))
  expect(new Set(intended).size).toBe(intended.length)
  expect(decide(m, factsOf(observed), nowMs)).toMatchObject({ next: null, effects: [] })
})
