// Where a service stands, in one word, and the questions on which that rests.
import { describe, expect, test } from 'vitest'
import {
  freezeOf,
  hasLiveMark,
  isDeferred,
  isDone,
  isOpen,
  isReturned,
  movesOf,
  partsOf,
  serviceNamed,
  serviceNameOf,
  stateOf,
} from '../../../src/core/journal/services.ts'
import { type Effect, effectId } from '../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import { ofCopy, ofMove, ofResource, ofService } from '../../../src/core/model/subjects.ts'
import { move, plan, replicaMove, service } from '../../support/plans.ts'
import { folded } from '../journals.ts'

const LOGS = move({ id: 'vol-1', name: 'logs' }, 'logs')
const MORE = move({ id: 'vol-2', name: 'more', device: '/dev/sdg' }, 'logs')
const FILES = replicaMove()
const SERVICES = [service('dropbox', { need: 'deferrable' }), service('files'), service('logs')] as const
const DRAWN = plan([LOGS, MORE, FILES], { services: SERVICES })
const at = (...said: readonly EntryBody[]): Migration => folded(DRAWN, ...said)

const began: EntryBody = { kind: 'began' }
const freezing: EntryBody = { kind: 'freezing', freeze: 'mig-1-f1', services: ['files', 'logs'] }
const wentLive: EntryBody = { kind: 'wentLive', percents: {} }
const done: EntryBody = { kind: 'done' }
const aborting: EntryBody = { kind: 'aborting', by: 'U-2', reason: 'a test' }
const intends = (...effects: readonly Effect[]): EntryBody => ({ kind: 'intended', effects })
const sees = (...effects: readonly Effect[]): EntryBody => ({
  ...{ kind: 'seen', started: [], achieved: effects.map(effectId) },
})
const fails = (effect: Effect): EntryBody => ({
  ...{ kind: 'failed', effect: effectId(effect), issued: null, code: 'X', problem: 'p', remedy: 'r' },
})
const did = (...effects: readonly Effect[]): EntryBody[] => [intends(...effects), sees(...effects)]
const defers: EntryBody = { kind: 'deferred', service: 'logs', by: 'U-2', reason: 'a test' }
const gives: EntryBody = { kind: 'returned', service: 'logs', by: 'U-2', reason: 'a test' }

const forward = { generation: 1, direction: 'forward' } as const
const cut: Effect = { ...forward, subject: ofMove('vol-2'), step: 'snapshot', volumeId: 'vol-2', tags: {} }
const check = (id: string): Effect => ({
  ...{ ...forward, subject: ofMove(id), step: 'checkCopy', volumeId: 'v', instance: 'i', device: 'd' },
  deleteOnTermination: false,
})
const replica = (step: 'demote' | 'checkReplica'): Effect => ({
  ...{ ...forward, subject: ofMove(FILES.id), step, service: 'files', resource: 'files', instances: ['i'] },
  document: `zonehop-replica-${step}`,
})
const hosts = (step: 'open' | 'hook' | 'unfreeze', part = 1): Effect => ({
  ...{ ...forward, subject: ofService('logs', part), step, service: 'logs', instances: ['i'] },
  work: { method: 'start-instances' },
})
const mark: Effect = {
  ...{ ...forward, subject: { of: 'mark', mark: 'live-logs', part: 1 }, step: 'tag' },
  ...{ resources: [], tags: {}, removed: [] },
}
const FROZEN = [began, freezing]
const checked = did(check('vol-1'), check('vol-2'))
const LIVE = [...FROZEN, wentLive]
const byName = (name: string) => SERVICES.find((one) => one.name === name) ?? service(name)

describe('where it stands', () => {
  test.each<[string, string, readonly EntryBody[], string]>([
    ['before its freeze', 'logs', [began], 'planned'],
    ['frozen', 'logs', FROZEN, 'frozen'],
    ['with a final snapshot of one of its volumes', 'logs', [...FROZEN, intends(cut)], 'moving'],
    ['with its replica demoted', 'files', [...FROZEN, intends(replica('demote'))], 'moving'],
    ['with one of two copies checked', 'logs', [...FROZEN, ...did(check('vol-1'))], 'frozen'],
    ['with all of them checked', 'logs', [...FROZEN, ...checked], 'ready'],
    ['with its replica checked', 'files', [...FROZEN, ...did(replica('checkReplica'))], 'ready'],
    ['with a check that a replica does not have', 'files', [...FROZEN, ...did(check(FILES.id))], 'frozen'],
    ['with a failed step', 'logs', [...FROZEN, ...checked, intends(cut), fails(cut)], 'failed'],
    [
      'with a failed step that is tried again',
      'logs',
      [...FROZEN, intends(cut), fails(cut), { kind: 'retried', effect: effectId(cut), failed: 'n5', by: 'U-2' }],
      'moving',
    ],
    ['with a failed step of another one', 'files', [...FROZEN, intends(cut), fails(cut)], 'frozen'],
    ['open', 'logs', [...LIVE, ...checked, ...did(hosts('open'))], 'open'],
    ['open, with its hook run', 'logs', [...LIVE, ...did(hosts('open'), hosts('hook'))], 'done'],
    ['open, after the end', 'logs', [...LIVE, ...did(hosts('open')), done], 'done'],
    ['deferred, after the point of no return', 'logs', [...FROZEN, defers, wentLive], 'deferred'],
    ['deferred and moving, after it', 'logs', [...FROZEN, defers, intends(cut), wentLive], 'deferred'],
    ['deferred before it', 'logs', [...FROZEN, defers], 'frozen'],
    ['given back, and serving', 'logs', [...LIVE, gives, ...did(hosts('unfreeze'))], 'returned'],
    [
      'given back, and serving, whatever failed before',
      'logs',
      [...FROZEN, intends(cut), wentLive, fails(cut), gives, ...did(hosts('unfreeze'))],
      'returned',
    ],
    ['given back, and not serving yet', 'logs', [...LIVE, gives, intends(hosts('unfreeze'))], 'deferred'],
    ['after an abort', 'logs', [...FROZEN, aborting, { kind: 'aborted' }], 'planned'],
    ['without moves: nothing holds it up', 'dropbox', [began], 'ready'],
  ])('%s', (_, name, said, state) => {
    expect(at(...said).halted).toBeNull()
    expect(stateOf(at(...said), byName(name))).toBe(state)
  })
})

describe('the questions', () => {
  test('deferred: by plan, or by an approver', () => {
    expect(SERVICES.map((one) => isDeferred(at(), one))).toEqual([true, false, false])
    expect(SERVICES.map((one) => isDeferred(at(defers), one))).toEqual([true, false, true])
  })
  test('by its name, with what moves', () => {
    expect(serviceNamed(at(), 'files')).toBe(SERVICES[1])
    expect(serviceNamed(at(), 'mail')).toBeNull()
    expect([movesOf(at(), 'logs'), movesOf(at(), 'dropbox'), movesOf(at(), 'mail')]).toEqual([[LOGS, MORE], [], []])
  })
  test('given back, and live', () => {
    expect(['logs', 'files'].map((name) => isReturned(at(...LIVE, gives), name))).toEqual([true, false])
    expect(['logs', 'files'].map((name) => hasLiveMark(at(...LIVE, intends(mark)), name))).toEqual([true, false])
  })
  test('frozen under the newest freeze that has it', () => {
    const again: EntryBody = { kind: 'freezing', freeze: 'mig-1-f2', services: ['logs'] }
    const m = at(...FROZEN, again)
    expect(['logs', 'files', 'dropbox'].map((name) => freezeOf(m, name)?.id ?? null)).toEqual([
      'mig-1-f2',
      'mig-1-f1',
      null,
    ])
  })
  test('done in all its parts, the newest generation of each', () => {
    const [first, second] = [hosts('open'), hosts('open', 2)]
    const anew: Effect = { ...first, generation: 2 }
    expect(partsOf(at(began), 'logs', 'open')).toEqual([])
    expect(isDone(at(began), 'logs', 'open')).toBe(false)
    const m = at(began, intends(first, second, anew), sees(second, anew))
    expect(partsOf(m, 'logs', 'open').map(({ effect }) => effectId(effect))).toEqual([
      'service/logs.open.2',
      'service/logs/2.open.1',
    ])
    expect([isDone(m, 'logs', 'open'), isOpen(m, 'logs')]).toEqual([true, true])
    expect(isOpen(at(began, intends(first, second), sees(first)), 'logs')).toBe(false)
  })
  test('the service of an effect', () => {
    const copy: Effect = { ...cut, subject: ofCopy(FILES.id, 'v'), step: 'firstSnapshot' }
    const away: Effect = { ...forward, subject: ofResource('vol-1'), step: 'delete', resource: 'vol-1' }
    const names = [hosts('open'), replica('demote'), cut, copy, mark, away].map((effect) => serviceNameOf(at(), effect))
    expect(names).toEqual(['logs', 'files', 'logs', 'files', null, null])
  })
})
