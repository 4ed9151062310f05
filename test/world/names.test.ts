// Names and devices as EC2 shows them, by which a volume went to the wrong place or to none: from EC2's answer to the plan that people
// read, and to the commands that they paste.
import type { Volume } from '@aws-sdk/client-ec2'
import { describe, expect, test } from 'vitest'
import type { Survey } from '../../src/core/model/facts.ts'
import { plain } from '../../src/core/model/text.ts'
import { isRed } from '../../src/core/planning/draft.ts'
import { byHand } from '../../src/core/steps/by-hand.ts'
import { serviceEffects } from '../../src/core/steps/hosts.ts'
import { at } from '../core/at.ts'
import { folded } from '../core/journals.ts'
import { migration } from '../core/people.ts'
import { LATER_MS } from '../support/facts.ts'
import { move, plan, service } from '../support/plans.ts'
import { answered, attached, drawn, reds, server, shown, there, ZONES } from './as-ec2-shows.ts'

describe('an empty Name', () => {
  test('is no name, so that no instance succeeds another by it', () => {
    const instances = [server('i-source', ZONES.sourceZone, ''), server('i-target', ZONES.targetZone, '')]
    const made = drawn({ instances })
    expect(made.moves).toEqual([])
    expect(Object.values(reds(made))).toEqual([
      'no running or stopped instance of the Name "i-source" stands in us-east-1c',
    ])
    const root = shown({ Attachments: [attached({ Device: '/dev/xvda' })], Tags: [] })
    expect(drawn({ instances, volumes: [root] })).toMatchObject({ stays: [], uncovered: [{ volume: 'vol-1' }] })
  })

  test('of a volume is its id, and no replica is found by it', () => {
    const copy = { ...there('vol-9', '/dev/sdp'), Tags: [{ Key: 'zonehop:replica-of', Value: '' }] }
    const made = drawn({ volumes: [shown({}, { Name: '' }), copy] })
    expect(made.moves).toMatchObject([{ route: 'snapshot', volume: { name: 'vol-1' } }])
  })
})

test.each([
  ['/dev/sdf', '/dev/xvdf'],
  ['/dev/xvdf', '/dev/sdf'],
  ['/dev/xvdh', 'xvdh'],
  ['xvdh', '/dev/xvdh'],
  ['/dev/sdh', 'xvdh'],
])('source at %s, successor has %s: one device', (from, has) => {
  const source = shown({ Attachments: [attached({ Device: from })] })
  const made = drawn({ volumes: [source, there('vol-9', has)] })
  expect(reds(made)['device of logs']).toBe(`${from} of i-target is taken by vol-9`)
  expect(isRed(drawn({ volumes: [source, there('vol-9', '/dev/sdz')] }))).toBe(false)
})

test.each([
  [27, true],
  [26, false],
])('a shared limit of 28, %i volumes and an interface, one more to come: red is %s', (count, isTooMuch) => {
  const survey: Partial<Survey> = {
    instanceTypes: {
      answer: { 'm5.large': { attachmentsMax: 28, hasInstanceStore: false, isShared: true, disks: 0 } },
    },
  }
  const target = server('i-target', ZONES.targetZone, 'server', { NetworkInterfaces: [{}] })
  const others = Array.from({ length: count }, (_, index) => there(`vol-x${index}`, `/dev/x${index}`))
  const made = drawn({
    ...{ survey, volumes: [shown(), ...others], instances: [server('i-source', ZONES.sourceZone), target] },
  })
  expect(reds(made)['attachments of server'] ?? null).toBe(
    isTooMuch
      ? 'i-target (m5.large) takes 28 volumes; it has 27 and 1 network interfaces and disks of its own, which count too, and would get 1'
      : null,
  )
})

describe('what EC2 shows of a volume is in the plan', () => {
  const attachedAs = (over: Parameters<typeof attached>[0]): Volume => shown({ Attachments: [attached(over)] })
  const multi = shown({ MultiAttachEnabled: true })
  const unsaid: Volume = shown({ Attachments: [{ InstanceId: 'i-source', Device: '/dev/sdf', State: 'attached' }] })
  test.each<[string, Volume, boolean, string]>([
    ['multi-attach', multi, false, 'several instances at once may have it (multi-attach); its copy is for one'],
    [
      'another EBS card',
      attachedAs({ EbsCardIndex: 1 }),
      false,
      'it is on EBS card 1 of i-source; its copy goes to the first',
    ],
    ['no DeleteOnTermination', unsaid, false, 'EC2 does not say whether it is deleted when i-source is terminated'],
    ['detaching', attachedAs({ State: 'detaching' }), true, 'EC2 says that its attachment to i-source is detaching'],
    ['busy', attachedAs({ State: 'busy' }), true, 'is busy. Next: unmount it there, or let it stay'],
    [
      'attached by a service of AWS',
      attachedAs({ InstanceOwningService: 'ecs.amazonaws.com', AssociatedResource: 'arn:aws:ecs:x' }),
      ...([true, 'ecs.amazonaws.com for arn:aws:ecs:x has attached it, so it cannot be moved'] as const),
    ],
    [
      'managed',
      shown({ Operator: { Managed: true, Principal: 'workspaces.amazonaws.com' } }),
      ...([true, 'workspaces.amazonaws.com manages it, so it cannot be moved'] as const),
    ],
    ['on an Outpost', shown({ OutpostArn: 'arn:aws:outposts:x' }), true, 'it stands on the Outpost arn:aws:outposts:x'],
    [
      'attached to two',
      shown({ Attachments: [attached(), attached({ InstanceId: 'i-other' })] }),
      ...([true, 'it is attached to several instances (multi-attach)'] as const),
    ],
  ])('%s', (_, volume, stops, words) => {
    const made = drawn({ volumes: [volume] })
    expect(isRed(made)).toBe(stops)
    expect(answered(made)).toContain(words)
  })

  test('what EC2 does not say is not taken for false', () => {
    const [moved] = drawn({ volumes: [unsaid] }).moves
    expect(moved).toMatchObject({ volume: { deleteOnTermination: null } })
  })
})

describe('commands for people', () => {
  const LSBLK = 'lsblk -o NAME,SERIAL,MOUNTPOINT'
  const one = plan([move({ id: 'vol-0a1b', name: 'logs', device: '/dev/sdf' })], { services: [service('logs')] })
  const m = folded(one, { kind: 'began' })
  const named = (line: string): void => {
    for (const word of ['vol-0a1b', 'logs', LSBLK, 'vol0a1b', '/dev/xvdf']) expect(plain(line)).toContain(word)
    // EC2's own name of the device means nothing on the host.
    expect(plain(line)).not.toContain('/dev/sdf')
  }

  test.each(['freeze', 'unfreeze', 'open'] as const)('%s: the id, the Name, and how its host shows it', (step) => {
    const [effect] = serviceEffects(m, service('logs'), step)
    if (effect?.work.method !== 'manual') throw new Error('it is not done by hand')
    expect(effect.work.todo).toHaveLength(1)
    for (const line of effect.work.todo) named(line)
  })

  test('and on the way back while EC2 cannot be reached', () => {
    const back = migration(...at('cutting', one), { kind: 'aborting', by: 'U-2', reason: 'x' })
    const said = byHand(back, LATER_MS)
    const [effect] = said?.kind === 'intended' ? said.effects : []
    if (!effect || !('work' in effect) || effect.work.method !== 'manual') throw new Error('nothing is asked for')
    for (const line of effect.work.todo) named(line)
  })

  test('a Name that could be taken for a command stands in none of them', () => {
    const forged = plan([move({ id: 'vol-0a1b', name: 'logs; rm -rf /' }, 'logs')], { services: [service('logs')] })
    const back = byHand(migration(...at('cutting', forged), { kind: 'aborting', by: 'U-2', reason: 'x' }), LATER_MS)
    expect(JSON.stringify(back)).toContain('mount vol-0a1b')
    expect(JSON.stringify(back)).not.toContain('rm -rf')
  })
})
