// What the facts show of work on the hosts of a service: by hand, by instances that are stopped or started, and by an
// SSM command.
import { describe, expect, test } from 'vitest'
import { effectId, type ServiceEffect, type ServiceStep } from '../../../src/core/model/effects.ts'
import type { Facts, SeenCommand } from '../../../src/core/model/facts.ts'
import { COMMAND_MAX_MS, SHOWN_AFTER_MS } from '../../../src/core/model/limits.ts'
import { ofService } from '../../../src/core/model/subjects.ts'
import type { Sight } from '../../../src/core/seeing/sight.ts'
import { facts } from '../../support/facts.ts'
import { move, plan } from '../../support/plans.ts'
import { attemptName } from '../journals.ts'
import { failing, frozen, ISSUED_MS, instance, type Stage, sightIn, taken } from './stages.ts'

const DRAWN = plan([move({ id: 'vol-1', name: 'logs' })])
const DONE: Sight = { isAchieved: true }
const GOING: Sight = { isAchieved: false }
const CALLED: readonly Stage[] = ['intended', 'issued', 'started']
const STEPS: readonly ServiceStep[] = ['freeze', 'unfreeze', 'open', 'afterAttach', 'verify', 'hook']

function work(step: ServiceStep, method: ServiceEffect['work']): ServiceEffect {
  const base = { subject: ofService('logs'), step, generation: 1, direction: 'forward' } as const
  return { ...base, service: 'logs', instances: ['i-1', 'i-2'], work: method }
}

function sight(effect: ServiceEffect, stage: Stage, world: Facts): Sight | null {
  return sightIn(frozen(DRAWN, ...taken(effect, stage)), effect, world)
}

function command(over: Partial<SeenCommand> = {}): SeenCommand {
  return {
    ...{ id: 'c-1', document: 'zonehop-work', instances: ['i-1', 'i-2'], state: 'succeeded' },
    ...{ sentAtMs: ISSUED_MS, details: 'Success', told: {} },
    ...over,
  }
}

/** By the nonces of the attempts that sent them. */
function sent(commands: Readonly<Record<string, SeenCommand>>, beganAtMs = ISSUED_MS): Facts {
  return facts({ beganAtMs, commands: new Map(Object.entries(commands)) })
}

test.each(STEPS)('%s by hand is never seen: only a person knows', (step) => {
  const effect = work(step, { method: 'manual', todo: [] })
  const instances = ['i-1', 'i-2'].map((id) => instance(id, 'stopped'))
  const commands = new Map([[attemptName(effectId(effect)), command()]])
  for (const stage of CALLED) expect(sight(effect, stage, facts({ instances, commands }))).toBeNull()
})

describe.each<['stop-instances' | 'start-instances', string, string]>([
  ['stop-instances', 'stopped', 'running'],
  ['start-instances', 'running', 'stopped'],
])('%s', (method, wanted, opposite) => {
  const effect = work('freeze', { method })
  const world = (first: string, second: string, beganAtMs = ISSUED_MS): Facts =>
    facts({ beganAtMs, instances: [instance('i-1', first), instance('i-2', second), instance('i-3', opposite)] })

  test.each<[string, string, string, Sight]>([
    [`is done once all of its instances are ${wanted}`, wanted, wanted, DONE],
    [`is not done while the first is ${opposite}`, opposite, wanted, GOING],
    [`is not done while the last is ${opposite}`, wanted, opposite, GOING],
    ['is not done while one is stopping', 'stopping', wanted, GOING],
    ['is not done while one is pending', wanted, 'pending', GOING],
    ['is not done while one is terminated', wanted, 'terminated', GOING],
  ])('%s', (_, first, second, then) => {
    for (const stage of CALLED) expect(sight(effect, stage, world(first, second))).toEqual(then)
  })

  test('is not done while one is not shown, and does not fail by it', () => {
    const shown = { instances: [instance('i-1', wanted)] }
    expect(sight(effect, 'started', facts(shown))).toEqual(GOING)
    expect(sight(effect, 'started', facts({ ...shown, beganAtMs: ISSUED_MS + SHOWN_AFTER_MS }))).toEqual(GOING)
  })

  const untold = failing(
    'InstanceNotAsTold',
    `i-2 is ${opposite}, though EC2 took the call after which it is ${wanted}`,
    'look at the instance in EC2, put it right, then retry',
  )
  test.each<[string, Stage, string, number, Sight]>([
    ['is waited for until EC2 must show what it took', 'started', opposite, SHOWN_AFTER_MS - 1, GOING],
    ['fails from then on, and says which one', 'started', opposite, SHOWN_AFTER_MS, untold],
    ['is waited for while it is on its way', 'started', 'stopping', SHOWN_AFTER_MS, GOING],
    ['is done, however late', 'started', wanted, SHOWN_AFTER_MS, DONE],
    ['is waited for while nobody knows if EC2 took the call', 'issued', opposite, 10 * SHOWN_AFTER_MS, GOING],
    ['is waited for while nobody has called', 'intended', opposite, 10 * SHOWN_AFTER_MS, GOING],
  ])('with an instance in the other state %s', (_, stage, state, afterMs, then) => {
    expect(sight(effect, stage, world(wanted, state, ISSUED_MS + afterMs))).toEqual(then)
  })
})

describe.each(STEPS)('a command for %s', (step) => {
  const effect = work(step, { method: 'document', document: 'zonehop-work' })
  const mine = attemptName(effectId(effect))
  const done: Sight = { resource: 'c-1', isAchieved: true }

  test.each<[string, Stage, string, SeenCommand, Sight | null]>([
    ['that was not called is not seen', 'intended', mine, command(), null],
    ['is recognised by the nonce of its attempt', 'issued', mine, command(), done],
    ['is recognised by the nonce, whatever id was returned', 'started', mine, command(), done],
    ['with another nonce is another’s', 'issued', 'n-other', command(), null],
    ['of another document is not it', 'issued', mine, command({ document: 'zonehop-open' }), null],
    ['is it in whatever order its hosts are shown', 'issued', mine, command({ instances: ['i-2', 'i-1'] }), done],
    ['is it where a host is shown twice', 'issued', mine, command({ instances: ['i-1', 'i-2', 'i-2'] }), done],
    ['on fewer hosts is not it', 'issued', mine, command({ instances: ['i-1'] }), null],
    ['on more hosts is not it', 'issued', mine, command({ instances: ['i-1', 'i-2', 'i-3'] }), null],
    ['on one of its hosts twice is not it', 'issued', mine, command({ instances: ['i-1', 'i-1'] }), null],
    ['on other hosts is not it', 'issued', mine, command({ instances: ['i-1', 'i-3'] }), null],
    ['has begun while it is pending', 'issued', mine, command({ state: 'pending' }), { ...done, isAchieved: false }],
    [
      'that ended otherwise has failed, with what SSM says of it',
      'issued',
      mine,
      command({ state: 'ended', details: 'Failed: exit status 3' }),
      failing(
        'DocumentFailed',
        'Failed: exit status 3',
        'look at the host, put it right, then retry; the document is safe to run again',
      ),
    ],
  ])('%s', (_, stage, nonce, seen, then) => {
    expect(sight(effect, stage, sent({ [nonce]: seen }))).toEqual(then)
  })
})

describe('a command that does not end', () => {
  const effect = work('freeze', { method: 'document', document: 'zonehop-work' })
  const mine = attemptName(effectId(effect))
  const going: Sight = { resource: 'c-1', isAchieved: false }
  const late = failing(
    'DocumentNeverEnds',
    'command c-1 has not ended after 12 min',
    'look at the host, put it right, then retry; the document is safe to run again',
  )
  const EARLIER = -30_000
  const LATER = 30_000

  test.each<[string, SeenCommand['state'], number, number, Sight]>([
    ['is waited for a moment before the limit', 'pending', 0, COMMAND_MAX_MS - 1, going],
    ['is waited for at the limit too', 'pending', 0, COMMAND_MAX_MS, going],
    ['has failed behind the limit', 'pending', 0, COMMAND_MAX_MS + 1, late],
    ['is done however late it has succeeded', 'succeeded', 0, COMMAND_MAX_MS + 1, { ...going, isAchieved: true }],
    ['counts from when it was sent, if that is later', 'pending', LATER, COMMAND_MAX_MS + LATER, going],
    ['has failed once it is late by when it was sent', 'pending', LATER, COMMAND_MAX_MS + LATER + 1, late],
    ['counts from the call, if it was sent earlier by another clock', 'pending', EARLIER, COMMAND_MAX_MS, going],
    ['has failed once it is late by its call', 'pending', EARLIER, COMMAND_MAX_MS + 1, late],
  ])('%s', (_, state, sentAfterMs, afterMs, then) => {
    const seen = command({ state, sentAtMs: ISSUED_MS + sentAfterMs })
    expect(sight(effect, 'issued', sent({ [mine]: seen }, ISSUED_MS + afterMs))).toEqual(then)
  })

  test('whose attempt was refused counts from when it was sent', () => {
    const answer = { issued: mine, why: 'Throttling', retryMs: 2_000 }
    const m = frozen(DRAWN, ...taken(effect, 'issued'), { kind: 'notCalled', effect: effectId(effect), ...answer })
    const seen = (afterMs: number) => sent({ [mine]: command({ state: 'pending' }) }, ISSUED_MS + afterMs)
    expect(sightIn(m, effect, seen(COMMAND_MAX_MS))).toEqual(going)
    expect(sightIn(m, effect, seen(COMMAND_MAX_MS + 1))).toEqual(late)
  })
})

describe('of several commands', () => {
  const effect = work('freeze', { method: 'document', document: 'zonehop-work' })
  const lost = { kind: 'adopted', things: [{ effect, issued: 'n-lost', resource: 'c-0' }] } as const
  const m = frozen(DRAWN, ...taken(effect, 'issued'), lost)
  const mine = attemptName(effectId(effect))
  const first = command({ id: 'c-1', state: 'ended', sentAtMs: ISSUED_MS })
  const second = command({ id: 'c-2', sentAtMs: ISSUED_MS + 1 })

  test('the one that was sent last counts, whichever attempt sent it', () => {
    const done: Sight = { resource: 'c-2', isAchieved: true }
    expect(sightIn(m, effect, sent({ [mine]: first, 'n-lost': second }))).toEqual(done)
    expect(sightIn(m, effect, sent({ [mine]: second, 'n-lost': first }))).toEqual(done)
  })

  test('one that is not the effect’s does not hide an older one that is', () => {
    const other = { ...second, document: 'zonehop-open' }
    expect(sightIn(m, effect, sent({ [mine]: first, 'n-lost': other }))?.failure?.code).toBe('DocumentFailed')
  })
})
