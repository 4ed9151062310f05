// What EC2 says of a zone, from its answer to the words that people read: in the plan, and at every gate.
import type { EC2Client } from '@aws-sdk/client-ec2'
import { describe, expect, test } from 'vitest'
import { zonesOf } from '../../src/aws/describe.ts'
import { startEvidence } from '../../src/core/asking/gates.ts'
import { decide } from '../../src/core/decide.ts'
import type { Effect } from '../../src/core/model/effects.ts'
import type { EntryBody } from '../../src/core/model/entries.ts'
import type { Facts, SeenZone } from '../../src/core/model/facts.ts'
import { ofMove } from '../../src/core/model/subjects.ts'
import { isRed } from '../../src/core/planning/draft.ts'
import { at, LOGS, seenAt } from '../core/at.ts'
import { migration } from '../core/people.ts'
import { copyOf, facts, LATER_MS } from '../support/facts.ts'
import { planned } from '../support/plans.ts'
import { answered, drawn, reds } from './as-ec2-shows.ts'

const SAID = 'Power was lost in a part of it.'

/** Both zones as they are told, where one of them is in this state. */
async function told(name: string, State: string): Promise<SeenZone[]> {
  const zone = (ZoneName: string, ZoneId: string) => ({ ZoneName, ZoneId, State: 'available', Messages: [] })
  const both = [zone('us-east-1a', 'use1-az1'), zone('us-east-1c', 'use1-az4')]
  const AvailabilityZones = both.map((one) =>
    one.ZoneName === name ? { ...one, State, Messages: [{ Message: SAID }] } : one,
  )
  return await zonesOf({ send: async () => ({ AvailabilityZones }) } as unknown as EC2Client)
}

const ROWS = [
  ['us-east-1a', 'impaired', false],
  ['us-east-1a', 'constrained', false],
  ['us-east-1a', 'unavailable', false],
  ['us-east-1c', 'constrained', false],
  ['us-east-1c', 'impaired', true],
  ['us-east-1c', 'unavailable', true],
] as const
const words = (name: string, state: string): string =>
  `EC2 says that ${name} is ${state}: Power was lost in a part of it`

describe.each(ROWS)('%s is %s', (name, state, stops) => {
  test('in the plan, and where it starts', async () => {
    const plan = drawn({ zones: await told(name, state) })
    expect(isRed(plan)).toBe(stops)
    expect(answered(plan)).toContain(words(name, state))
    expect(reds(plan)).toEqual(stops ? { [`health of ${name}`]: words(name, state) } : {})
    const evidence = startEvidence(migration(planned('mig-1', { plan })))
    expect(evidence.some((line) => line.includes(words(name, state)))).toBe(!stops)
  })

  test.each(['seeding', 'checking'] as const)('at the gate that comes behind %s', async (stage) => {
    const look: Facts = { ...seenAt(stage), zones: await told(name, state) }
    const warned: EntryBody = { kind: 'warned', about: `zone ${name} ${state}`, service: null, text: '' }
    const unasked = at(stage).filter(({ kind }) => kind !== 'asked')
    const { next, waits } = decide(migration(...unasked, warned), look, LATER_MS)
    if (stops) expect([next, waits[0]]).toMatchObject([null, { on: 'check', name: `health of ${name}` }])
    else
      expect(next).toMatchObject({
        kind: 'asked',
        evidence: expect.arrayContaining([expect.stringContaining(words(name, state))]),
      })
  })
})

test('and people hear of it before they are asked', async () => {
  const look: Facts = { ...seenAt('cutting'), zones: await told('us-east-1a', 'impaired') }
  expect(decide(migration(...at('cutting')), look, LATER_MS).next).toMatchObject({
    ...{ kind: 'warned', about: 'zone us-east-1a impaired' },
    text: expect.stringContaining(words('us-east-1a', 'impaired')),
  })
})

describe('at the gate of a cleanup behind an abort, which deletes what stands in the target zone', () => {
  const restore: Effect = {
    ...{ subject: ofMove('vol-1'), step: 'restore', generation: 1, direction: 'forward' },
    ...{ snapshotId: 'snap-vol-1', zone: 'us-east-1c' },
  }
  const undone = (name: string) =>
    migration(
      ...at('frozen'),
      { kind: 'intended', effects: [restore] },
      {
        kind: 'seen',
        started: [{ effect: 'vol-1.restore.1', resource: 'vol-copy-vol-1', others: [] }],
        achieved: ['vol-1.restore.1'],
      },
      ...[{ kind: 'aborting', by: 'U-2', reason: 'x' } as const, { kind: 'aborted' } as const],
      { kind: 'cleaning', by: 'U-2' },
      { kind: 'warned', about: `zone ${name} impaired`, service: null, text: '' },
    )
  const look = (zones: readonly SeenZone[]) => facts({ volumes: [copyOf(LOGS)], zones })

  test('nothing is asked while the source zone, where the data is alone, is in trouble', async () => {
    const { next, waits } = decide(undone('us-east-1a'), look(await told('us-east-1a', 'impaired')), LATER_MS)
    expect([next, waits[0]]).toMatchObject([null, { on: 'check', name: 'health of us-east-1a' }])
  })

  test('what EC2 says of the other one is shown', async () => {
    const { next } = decide(undone('us-east-1c'), look(await told('us-east-1c', 'impaired')), LATER_MS)
    const line = expect.stringContaining(words('us-east-1c', 'impaired'))
    expect(next).toMatchObject({ kind: 'asked', gate: 'cleanup', evidence: expect.arrayContaining([line]) })
  })
})
