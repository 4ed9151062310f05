// What a service's hosts do, by step and by method: where, by which document, in which words for a person.

import { describe, expect, test } from 'vitest'
import { type Effect, effectId, type ServiceEffect, type ServiceStep } from '../../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../../src/core/model/entries.ts'
import type { Method, Move } from '../../../../src/core/model/plan.ts'
import { NO_RULES } from '../../../../src/core/model/rules.ts'
import { code } from '../../../../src/core/model/text.ts'
import { serviceEffects, strayEffect } from '../../../../src/core/steps/hosts.ts'
import { move, plan, planned, replicaMove, service } from '../../../support/plans.ts'
import { ALONE, at, BOTH, LOGS } from '../../at.ts'
import { migration } from '../../people.ts'

function effectsOf(step: ServiceStep, method: Method, moves: readonly Move[] = [LOGS]): ServiceEffect[] {
  const own = service(moves[0]?.service ?? '', { method })
  return serviceEffects(migration(...at('planned', plan(moves, { services: [own] }))), own, step)
}

const STEPS: readonly ServiceStep[] = ['freeze', 'unfreeze', 'open', 'afterAttach', 'verify', 'hook']

/** How a host shows a volume. */
const found = (id: string, letter: string): string =>
  `(${id}; ${code('lsblk -o NAME,SERIAL,MOUNTPOINT')} shows it as ${id.replace('-', '')}, or on a Xen instance as /dev/xvd${letter})`

describe('where', () => {
  test.each<[ServiceStep, string, string]>([
    ['freeze', 'i-source', 'forward'],
    ['unfreeze', 'i-source', 'back'],
    ['open', 'i-target', 'forward'],
    ['afterAttach', 'i-target', 'forward'],
    ['verify', 'i-target', 'forward'],
    ['hook', 'i-target', 'forward'],
  ])('%s is done on %s, and leads %s', (step, instance, direction) => {
    expect(effectsOf(step, 'document')).toMatchObject([
      { subject: { of: 'service', service: 'logs', part: 1 }, step, generation: 1, direction, instances: [instance] },
    ])
  })

  test('each host is told once, in the order of its id', () => {
    const moves = ['i-b', 'i-a', 'i-b'].map((instance, index) => ({
      ...move({ id: `vol-${index}`, name: `v${index}`, instance }, 'logs'),
      successor: `t-${instance}`,
    }))
    expect(effectsOf('freeze', 'document', moves)).toMatchObject([{ instances: ['i-a', 'i-b'] }])
    expect(effectsOf('open', 'document', moves)).toMatchObject([{ instances: ['t-i-a', 't-i-b'] }])
  })

  test.each([
    [0, []],
    [1, [1]],
    [50, [50]],
    [51, [50, 1]],
    [101, [50, 50, 1]],
  ])('%i hosts are told in calls of %j', (count, parts) => {
    const moves = Array.from({ length: count }, (_, index) =>
      move({ id: `vol-${index}`, name: `v${index}`, instance: `i-${index}` }, 'logs'),
    )
    const own = service('logs', { method: 'document' })
    const drawn = plan([...moves, move({ id: 'vol-x', name: 'x' })], { services: [own, service('x')] })
    const effects = serviceEffects(migration(...at('planned', drawn)), own, 'freeze')
    expect(effects.map(({ instances }) => instances.length)).toEqual(parts)
    expect(effects.map(({ subject }) => subject)).toEqual(
      parts.map((_, index) => ({ of: 'service', service: 'logs', part: index + 1 })),
    )
  })
})

describe('how', () => {
  test.each<[ServiceStep, string]>([
    ['freeze', 'zonehop-freeze'],
    ['unfreeze', 'zonehop-unfreeze'],
    ['open', 'zonehop-open'],
    ['afterAttach', 'zonehop-after-attach'],
    ['verify', 'zonehop-check'],
    ['hook', 'zonehop-hook'],
  ])('%s by document is %s', (step, document) => {
    expect(effectsOf(step, 'document').map(({ work }) => work)).toEqual([{ method: 'document', document }])
  })

  test.each(['manual', 'stop-instances'] as const)('%s has documents for what only hosts can do', (method) => {
    const documents = STEPS.filter((step) => effectsOf(step, method)[0]?.work.method === 'document')
    expect(documents).toEqual(['afterAttach', 'verify', 'hook'])
  })

  test.each<[ServiceStep, string]>([
    ['freeze', 'stop-instances'],
    ['unfreeze', 'start-instances'],
    ['open', 'start-instances'],
  ])('%s by instances: %s', (step, method) => {
    expect(effectsOf(step, 'stop-instances').map(({ work }) => work)).toEqual([{ method }])
  })

  test.each<[ServiceStep, string]>([
    ['freeze', `on i-source: stop logs, then sync and unmount logs ${found('vol-1', 'f')}`],
    ['unfreeze', `on i-source: mount logs ${found('vol-1', 'f')}, then start logs`],
    ['open', `on i-target: mount logs ${found('vol-1', 'f')}, then start logs`],
  ])('%s by hand: %s', (step, line) => {
    expect(effectsOf(step, 'manual').map(({ work }) => work)).toEqual([{ method: 'manual', todo: [line] }])
  })

  test.each<[ServiceStep, string]>([
    ['freeze', `on i-files: stop files, then ${code('sync')} and unmount its DRBD device`],
    ['unfreeze', 'on i-files: mount its DRBD device, then start files'],
    ['open', 'on i-files-next: mount its DRBD device, then start files'],
  ])('%s of a replica by hand: %s', (step, line) => {
    expect(effectsOf(step, 'manual', [replicaMove()]).map(({ work }) => work)).toEqual([
      { method: 'manual', todo: [line] },
    ])
  })

  test('by hand every volume has a line of its own', () => {
    const moves = [LOGS, move({ id: 'vol-2', name: 'wal', device: '/dev/sdg', instance: 'i-2' }, 'logs')]
    expect(effectsOf('freeze', 'manual', moves)).toMatchObject([
      {
        work: {
          todo: [
            `on i-source: stop logs, then sync and unmount logs ${found('vol-1', 'f')}`,
            `on i-2: stop logs, then sync and unmount wal ${found('vol-2', 'g')}`,
          ],
        },
      },
    ])
  })
})

test('a step whose hosts are others by now is a new one', () => {
  const own = service('logs', { method: 'document' })
  const before = plan([LOGS], { services: [own] })
  const after = plan([{ ...LOGS, successor: 'i-other' }], { services: [own], digest: 'plan-2' })
  const m = migration(
    ...at('goLiveAsked', before),
    { kind: 'intended', effects: serviceEffects(migration(...at('goLiveAsked', before)), own, 'open') },
    { kind: 'replanned', plan: after, choices: [], found: [], by: 'U-2' },
  )
  expect(serviceEffects(m, own, 'open').map(effectId)).toEqual(['service/logs.open.2'])
  expect(serviceEffects(m, own, 'freeze').map(effectId)).toEqual(['service/logs.freeze.1'])
})

describe('a service that freezes anew', () => {
  const [logs = service('logs')] = ALONE.services
  const anew = (...services: readonly string[]): EntryBody => ({ kind: 'freezing', freeze: 'mig-1-f9', services })
  const stops = (said: readonly EntryBody[]): Effect[] => serviceEffects(migration(...said), logs, 'freeze')
  const again = [...at('moving'), anew('logs')]
  const intended: EntryBody = { kind: 'intended', effects: stops(again) }
  const done: EntryBody = { kind: 'seen', started: [], achieved: ['service/logs.freeze.2'] }
  const later: EntryBody = { kind: 'freezing', freeze: 'mig-1-f10', services: ['logs'] }

  test.each<[string, readonly EntryBody[], number]>([
    ['is not stopped anew under the freeze that it was stopped under', at('moving'), 1],
    ['is stopped anew: it may have written since', again, 2],
    ['is stopped anew, though its first stop was asked for alone', [...at('frozen'), anew('logs')], 2],
    ['is stopped once, where nobody was asked to before', [...at('freezing'), anew('logs')], 1],
    ['is not stopped anew by the freeze of another one', [...at('moving', BOTH), anew('dropbox')], 1],
    ['is stopped anew once: asked for', [...again, intended], 2],
    ['is stopped anew once: done', [...again, intended, done], 2],
    ['is stopped anew by each later freeze', [...again, intended, done, later], 3],
  ])('%s', (_, said, generation) => {
    expect(stops(said).map(effectId)).toEqual([`service/logs.freeze.${generation}`])
  })

  test('is asked for the same work', () => {
    const [first, second] = [at('moving'), again].map((said) => stops(said)[0])
    expect(second).toEqual({ ...first, generation: 2 })
  })

  test('is stopped anew in all its parts', () => {
    const moves = Array.from({ length: 51 }, (_, index) =>
      move({ id: `vol-${index}`, name: `v${index}`, instance: `i-${index}` }, 'logs'),
    )
    const own = service('logs', { method: 'document' })
    const drawn = plan(moves, { services: [own] })
    const before = at('freezing', drawn)
    const effects = serviceEffects(migration(...before), own, 'freeze')
    const m = migration(...before, { kind: 'intended', effects }, anew('logs'))
    expect(serviceEffects(m, own, 'freeze').map(effectId)).toEqual(['service/logs.freeze.2', 'service/logs/2.freeze.2'])
  })

  test.each<[ServiceStep, string, number]>([
    ['open', 'no new', 1],
    ['unfreeze', 'a new', 2],
  ])('%s: %s one behind it', (step, _, generation) => {
    const before = migration(...again)
    const m = migration(
      ...at('moving'),
      { kind: 'intended', effects: serviceEffects(before, logs, step) },
      anew('logs'),
    )
    expect(serviceEffects(m, logs, step).map(effectId)).toEqual([`service/logs.${step}.${generation}`])
  })

  // The copies are others by then, and nothing of them is another parameter of these steps: what they showed of the older
  // copies counts for the new ones.
  test.each<ServiceStep>(['afterAttach', 'verify'])('has its copies looked after and checked anew: %s', (step) => {
    const own = service('logs', { method: 'document', afterAttach: true, check: true })
    const m = migration(...at('goLiveAsked', plan([LOGS], { services: [own] })), anew('logs'))
    expect(serviceEffects(m, own, step).map(effectId)).toEqual([`service/logs.${step}.2`])
  })
})

describe('on hosts that only a lost plan knew', () => {
  const todo = ['i-8', 'i-9'].map((id) => `on ${id}: mount what logs has there, then start logs`)

  test.each<[string, Method | null, Method | null, ServiceEffect['work']]>([
    ['nobody says how: by hand', null, null, { method: 'manual', todo }],
    ['by the method of the plan', 'document', null, { method: 'document', document: 'zonehop-unfreeze' }],
    ['which goes before the rules', 'stop-instances', 'document', { method: 'start-instances' }],
    [
      'by the rules, if the plan does not know it',
      null,
      'document',
      { method: 'document', document: 'zonehop-unfreeze' },
    ],
    ['by the rules, by instances', null, 'stop-instances', { method: 'start-instances' }],
  ])('%s', (_, method, ruled, work) => {
    const drawn = method ? plan([LOGS], { services: [service('logs', { method })] }) : plan([move({ name: 'db' })])
    const rules = { ...NO_RULES, services: ruled ? { logs: { freeze: ruled } } : {} }
    const m = migration(planned('mig-1', { plan: drawn, rules }))
    expect(strayEffect(m, 'logs', ['i-8', 'i-9'])).toEqual({
      ...{ subject: { of: 'strays', service: 'logs' }, step: 'unfreeze', generation: 1, direction: 'back' },
      ...{ service: 'logs', instances: ['i-8', 'i-9'], work },
    })
  })
})
