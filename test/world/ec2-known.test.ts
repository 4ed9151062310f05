// What is known of EC2 and SSM before a call, or is not known yet: neither costs an entry, a call or the look at everything else.
import { InvocationDoesNotExist, SSMClient } from '@aws-sdk/client-ssm'
import { describe, expect, test } from 'vitest'
import type { Clients } from '../../src/aws/clients.ts'
import { commandsOf } from '../../src/aws/commands.ts'
import { dryRunsOf } from '../../src/aws/survey/dry-runs.ts'
import { seenInstance, seenVolume } from '../../src/aws/wire.ts'
import { decide } from '../../src/core/decide.ts'
import { type Effect, effectId } from '../../src/core/model/effects.ts'
import type { EntryBody } from '../../src/core/model/entries.ts'
import type { Survey } from '../../src/core/model/facts.ts'
import { commandComment } from '../../src/core/model/tags.ts'
import { waitWords } from '../../src/core/telling/wait-words.ts'
import { at, but, LOGS, seedOf, seenAt } from '../core/at.ts'
import { folded } from '../core/journals.ts'
import { migration } from '../core/people.ts'
import { LATER_MS } from '../support/facts.ts'
import { move, plan } from '../support/plans.ts'
import { answered, drawn, server, shown, ZONES } from './as-ec2-shows.ts'

describe('a second snapshot of an st1 volume, which EC2 refuses while one is pending', () => {
  const slow = { ...LOGS, volume: { ...LOGS.volume, type: 'st1' } }
  const pending = seedOf(LOGS, { state: 'pending', percent: 43 })
  const decided = (type: 'st1' | 'gp3', snapshots = [pending]) => {
    const one = plan([type === 'st1' ? slow : LOGS])
    const look = but(seenAt('moving', one, { seeds: true }), {
      snapshots: { 'seed-vol-1': null },
      moreSnapshots: snapshots,
    })
    return decide(migration(...at('frozen', one, { seeds: true }), ...stopped(one)), look, LATER_MS)
  }
  /** People say that the service has stopped. */
  const stopped = (one: ReturnType<typeof plan>): readonly EntryBody[] => {
    const m = migration(...at('frozen', one, { seeds: true }))
    const intended = m.effects.get('service/logs.freeze.1')?.intended ?? ''
    return [{ kind: 'confirmed', intended, effects: ['service/logs.freeze.1'], by: 'U-2' }]
  }

  test('waits for our own pending seed, without a call or an entry', () => {
    const { next, effects, waits } = decided('st1')
    expect([next, effects]).toEqual([null, []])
    expect(waits.map(waitWords)).toEqual([
      'logs: its older snapshot seed-vol-1 first, since this type of volume takes one at a time',
    ])
  })

  test('and goes on once that is complete, or where the type takes more', () => {
    for (const { next } of [decided('st1', [seedOf(LOGS)]), decided('gp3')]) {
      expect(next).toMatchObject({ kind: 'intended', effects: [{ step: 'snapshot', volumeId: 'vol-1' }] })
    }
  })
})

describe('SSM shows a command before it shows what became of it on a host', () => {
  const freeze = (service: string, host: string): Effect => ({
    ...{ subject: { of: 'service', service, part: 1 }, step: 'freeze', generation: 1, direction: 'forward', service },
    ...{ instances: [host], work: { method: 'document', document: 'zonehop-freeze' } },
  })
  const [logs, mail] = [freeze('logs', 'i-1'), freeze('mail', 'i-2')]
  const m = folded(
    plan([move({ id: 'vol-1', name: 'logs' }), move({ id: 'vol-2', name: 'mail' })]),
    { kind: 'began' },
    { kind: 'freezing', freeze: 'mig-1-f1', services: ['logs', 'mail'] },
    { kind: 'intended', effects: [logs, mail] },
    { kind: 'issued', effect: effectId(logs) },
    { kind: 'issued', effect: effectId(mail) },
  )
  const command = (id: string, effect: Effect, nonce: string, Status: string) => ({
    ...{ CommandId: id, Comment: commandComment('mig-1', nonce, effectId(effect)), DocumentName: 'zonehop-freeze' },
    ...{ InstanceIds: 'instances' in effect ? effect.instances : [], RequestedDateTime: new Date(10_000), Status },
  })
  const Commands = [command('c-logs', logs, 'n5', 'Failed'), command('c-mail', mail, 'n6', 'Success')]
  const send = async (asked: { readonly constructor: { readonly name: string } }) => {
    if (asked.constructor.name === 'ListCommandsCommand') return { Commands }
    throw new InvocationDoesNotExist({ message: 'no', $metadata: {} })
  }

  test('that one is pending, and the look at the others does not throw', async () => {
    const client: SSMClient = Object.assign(Object.create(SSMClient.prototype), { send })
    const seen = await commandsOf(client, m)
    expect([seen.get('n5')?.state, seen.get('n6')?.state]).toEqual(['pending', 'succeeded'])
  })
})

describe('a dry run that says nothing of permissions', () => {
  const found = {
    ...{ ...ZONES, zones: [], volumes: [shown()].map(seenVolume) },
    instances: [server('i-source', ZONES.sourceZone), server('i-target', ZONES.targetZone)].map(seenInstance),
  }
  async function tried(code: string): Promise<Survey['dryRuns']> {
    const send = async (): Promise<never> => {
      throw Object.assign(new Error('no'), { name: code })
    }
    return { answer: await dryRunsOf({ mutating: { send } } as unknown as Clients, found) }
  }
  const permissions = (dryRuns: Survey['dryRuns']) =>
    drawn({ survey: { dryRuns } }).checks.filter(
      ({ name }) => /^permission/.test(name) && name !== 'permission DetachVolume',
    )

  test.each(['AuthFailure', 'ExpiredToken', 'OptInRequired', 'AccessDenied', 'TimeoutError'])(
    '%s is yellow, and never green',
    async (code) => {
      const checks = permissions(await tried(code))
      expect(checks.length).toBeGreaterThan(3)
      for (const { result, cause } of checks) {
        expect([result, cause]).toEqual(['yellow', `not checked, because EC2 answered ${code} to the dry run`])
      }
      expect(answered(drawn({ survey: { dryRuns: await tried(code) } }))).toMatch(
        /^Not checked: .*permission CreateSnapshot \(EC2 answered /m,
      )
    },
  )

  test.each<[string, Survey['dryRuns'], string]>([
    ['nothing to try it on', { answer: {} }, 'there is no attached volume and no successor to try the calls on'],
    ['no answer', { because: 'AWS does not answer (TimeoutError)' }, 'AWS does not answer (TimeoutError)'],
  ])('%s: likewise', (_, dryRuns, why) => {
    expect(permissions(dryRuns)).toMatchObject([{ result: 'yellow', cause: `not checked, because ${why}` }])
  })

  test('and what EC2 would refuse is red, what it would allow green', async () => {
    expect(permissions(await tried('UnauthorizedOperation')).map(({ result }) => result)).toContain('red')
    expect(permissions(await tried('DryRunOperation'))).toMatchObject([{ name: 'permissions', result: 'green' }])
  })
})
