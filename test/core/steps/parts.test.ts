// A service of more hosts than one SendCommand takes is done in parts: intended together, and done when all of them are.
import { expect, test } from 'vitest'
import { isOpen } from '../../../src/core/journal/services.ts'
import { effectId } from '../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import { serviceEffects } from '../../../src/core/steps/hosts.ts'
import { entries, move, plan, planned, service } from '../../support/plans.ts'
import { fitting } from '../journals.ts'

const MOVES = Array.from({ length: 91 }, (_, index) => ({
  ...move({ id: `vol-${index}`, name: `v${index}`, instance: `i-${index}` }, 'bulk'),
  successor: `t-${index}`,
}))
const BULK = service('bulk', { method: 'document' })
const drawn = plan(MOVES, { services: [BULK] })
const at = (...said: readonly EntryBody[]) =>
  fitting(entries(planned('mig-1', { plan: drawn }), { kind: 'began' }, ...said))

test('91 hosts are two calls, of 50 and of 41, with names of their own', () => {
  const effects = serviceEffects(at(), BULK, 'open')
  expect(effects.map(({ instances }) => instances.length)).toEqual([50, 41])
  expect(effects.map(effectId)).toEqual(['service/bulk.open.1', 'service/bulk/2.open.1'])
  expect(new Set(effects.flatMap(({ instances }) => instances)).size).toBe(91)
})

test('open is when both are', () => {
  const effects = serviceEffects(at(), BULK, 'open')
  const intended: EntryBody = { kind: 'intended', effects }
  const seen = (...achieved: readonly string[]): EntryBody => ({ kind: 'seen', started: [], achieved })
  expect(isOpen(at(intended), 'bulk')).toBe(false)
  expect(isOpen(at(intended, seen('service/bulk.open.1')), 'bulk')).toBe(false)
  expect(isOpen(at(intended, seen('service/bulk.open.1', 'service/bulk/2.open.1')), 'bulk')).toBe(true)
})
