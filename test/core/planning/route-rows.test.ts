// Every red check of a route, a replica or a service with its whole words; and what decides where several things speak.
import { describe, expect, test } from 'vitest'
import type { Inventory, SeenInstance, SeenVolume } from '../../../src/core/model/facts.ts'
import type { Choice, Plan, Service } from '../../../src/core/model/plan.ts'
import { NO_RULES, type Rules } from '../../../src/core/model/rules.ts'
import { digest, draft, isRed } from '../../../src/core/planning/draft.ts'
import type { PlanRequest } from '../../../src/core/planning/request.ts'
import { circlesOf } from '../../../src/core/planning/service-order.ts'
import { inventory, move, seen, service, volume } from '../../support/plans.ts'
import { attachment, instance } from '../seeing/stages.ts'

const [SOURCE, TARGET] = ['us-east-1a', 'us-east-1c']
const SERVER: SeenInstance = { ...instance('i-source', 'running'), name: 'server', rootDevice: '/dev/xvda' }
const SUCCESSOR: SeenInstance = { ...SERVER, id: 'i-target', zone: TARGET }

type World = {
  readonly volumes?: readonly SeenVolume[]
  readonly instances?: readonly SeenInstance[]
  readonly rules?: Partial<Rules>
  readonly choices?: readonly Choice[]
  readonly found?: readonly SeenVolume[]
  readonly frozen?: PlanRequest['frozen']
}

function drawn({
  volumes = [logs({})],
  instances = [SERVER, SUCCESSOR],
  rules = {},
  choices = [],
  found = [],
  frozen,
}: World): Plan {
  const all: Inventory = { ...inventory([]), volumes, instances }
  const made = draft({
    sourceZone: SOURCE,
    targetZone: TARGET,
    inventory: all,
    rules: { ...NO_RULES, ...rules },
    choices,
    found,
    explained: new Set(['vol-1 zonehop:left=mig-0', 'vol-1 zonehop:frozen=mig-0-f1']),
    ...(frozen ? { frozen } : {}),
  })
  if ('problems' in made) throw new Error(made.problems.join(' '))
  return made.plan
}

type Tags = Readonly<Record<string, string>>
function logs(tags: Tags, over: Partial<SeenVolume> = {}): SeenVolume {
  return seen(move({ id: 'vol-1', name: 'logs' }), { tags: { Name: 'logs', ...tags }, ...over })
}
const MOVES = { 'zonehop:service': 'logs' }
const at = (device: string, host = 'i-source') => [attachment(host, device)]
const choose = (over: Partial<Choice> = {}): Choice => ({
  ...{ volume: 'vol-1', service: 'logs', route: 'snapshot', need: 'required' },
  ...over,
})
const reds = (plan: Plan): (readonly [string, string, string])[] =>
  plan.checks.filter(({ result }) => result === 'red').map(({ name, cause, remedy }) => [name, cause, remedy])

describe('a route that cannot be taken', () => {
  const NAME = 'route of logs (vol-1)'
  const successor = 'tag i-source with zonehop:successor=<instance id>'
  const third: SeenInstance = { ...SUCCESSOR, id: 'i-third' }
  test.each<[string, World, string, string]>([
    [
      'a route that nobody knows',
      { volumes: [logs({ 'zonehop:route': 'boat' })] },
      'its tag zonehop:route is "boat"',
      'make it snapshot, replica or stay',
    ],
    [
      'a need that nobody knows',
      { volumes: [logs({ 'zonehop:need': 'nice' })] },
      'its tag zonehop:need is "nice"',
      'make it required or deferrable',
    ],
    [
      'tags that contradict',
      { volumes: [logs({ 'zonehop:route': 'stay', 'zonehop:need': 'deferrable' })] },
      'its tags say zonehop:route=stay and zonehop:need=deferrable',
      'take one of them away',
    ],
    [
      'what another migration left',
      { volumes: [logs({ ...MOVES, 'zonehop:left': 'mig-0' })], choices: [choose()] },
      'mig-0 left it, and its copy is live',
      'let it stay',
    ],
    [
      'what AWS manages',
      { volumes: [logs(MOVES, { managedBy: 'eks' })] },
      'eks manages it, so it cannot be moved',
      'let it stay',
    ],
    [
      'at no instance',
      { volumes: [logs(MOVES, { attachments: [] })] },
      'it is attached to no instance',
      'attach it, or let it stay',
    ],
    [
      'at two',
      { volumes: [logs(MOVES, { attachments: [...at('/dev/sdf'), ...at('/dev/sdf', 'i-2')] })] },
      'it is attached to several instances (multi-attach)',
      'detach it from all but one, or let it stay',
    ],
    [
      'on an Outpost',
      { volumes: [logs(MOVES, { outpost: 'op-1' })] },
      'it stands on the Outpost op-1, not in the zone',
      'let it stay',
    ],
    [
      'attached by a service of AWS',
      { volumes: [logs(MOVES, { attachments: [{ ...attachment('', '/dev/sdf'), owner: 'ecs for task-1' }] })] },
      'ecs for task-1 has attached it, so it cannot be moved',
      'let it stay',
    ],
    [
      'leaving its instance',
      { volumes: [logs(MOVES, { attachments: [attachment('i-source', '/dev/sdf', 'detaching')] })] },
      'EC2 says that its attachment to i-source is detaching',
      'attach it again, or let it stay',
    ],
    [
      'leaving, while it is mounted',
      { volumes: [logs(MOVES, { attachments: [attachment('i-source', '/dev/sdf', 'busy')] })] },
      'EC2 says that its attachment to i-source is busy',
      'unmount it there, or let it stay',
    ],
    [
      'at one that EC2 does not show',
      { volumes: [logs(MOVES)], instances: [SUCCESSOR] },
      'EC2 does not show i-source, which has it',
      'plan again',
    ],
    [
      'no successor',
      { volumes: [logs(MOVES)], instances: [SERVER] },
      'no running or stopped instance of the Name "server" stands in us-east-1c',
      `start one, or ${successor}`,
    ],
    [
      'two of them',
      { volumes: [logs(MOVES)], instances: [SERVER, SUCCESSOR, third] },
      '2 instances of the Name "server" stand in us-east-1c',
      successor,
    ],
    [
      'one that is named and not there',
      { volumes: [logs({ ...MOVES, 'zonehop:successor': 'i-9' })] },
      'no running or stopped instance "i-9", its successor by name, stands in us-east-1c',
      `start one, or ${successor}`,
    ],
    [
      'a Name that two have',
      { volumes: [logs({ ...MOVES, 'zonehop:successor': 'server' })], instances: [SERVER, SUCCESSOR, third] },
      '2 instances "server", its successor by name, stand in us-east-1c',
      successor,
    ],
  ])('%s', (_, world, cause, remedy) => {
    const plan = drawn(world)
    expect(reds(plan)).toEqual([[NAME, cause, remedy]])
    expect([plan.moves, plan.stays, plan.uncovered]).toEqual([[], [], []])
  })
})

describe('a volume that stays', () => {
  const root = at('/dev/xvda')
  const stays = (reason: string) => [{ volume: 'vol-1', name: 'logs', sizeGib: 100, reason }]
  test.each<[string, World, string]>([
    ['by its tag', { volumes: [logs({ 'zonehop:route': 'stay' })] }, 'tag zonehop:route=stay'],
    ['by a choice', { choices: [choose({ route: 'stay' })] }, 'chosen in Slack'],
    ['by zonehop.yaml', { rules: { stays: { logs: 'a cache' } } }, 'a cache'],
    ['by zonehop.yaml for no reason', { rules: { stays: { logs: '' } } }, ''],
    ['by zonehop.yaml, whose first line counts', { rules: { stays: { 'vol-1': 'by id', logs: 'by Name' } } }, 'by id'],
    [
      'by zonehop.yaml, whichever word comes first',
      { rules: { stays: { logs: 'by Name', 'vol-1': 'by id' } } },
      'by Name',
    ],
    ['as a backup', { volumes: [logs({ 'zonehop:left': 'mig-0' })] }, 'left by mig-0, whose copy is live'],
    [
      'as a backup, whatever its tags still say',
      { volumes: [logs({ ...MOVES, 'zonehop:route': 'snapshot', 'zonehop:left': 'mig-0' })] },
      'left by mig-0, whose copy is live',
    ],
    [
      'as a backup, whatever zonehop.yaml says of its name',
      {
        volumes: [logs({ 'zonehop:left': 'mig-0' })],
        rules: { services: { logs: { volumes: ['logs'] } } },
      },
      'left by mig-0, whose copy is live',
    ],
    [
      'as the root of an instance that has a successor',
      { volumes: [logs({}, { attachments: root })] },
      'root volume of server, which i-target succeeds',
    ],
  ])('%s', (_, world, reason) => {
    const plan = drawn(world)
    expect(plan.stays).toEqual(stays(reason))
    expect([plan.moves, plan.uncovered]).toEqual([[], []])
    expect(isRed(plan)).toBe(false)
  })

  test.each<[string, World, string | null, string | null]>([
    ['that nothing speaks for', {}, 'i-source', '/dev/sdf'],
    ['attached to nothing', { volumes: [logs({}, { attachments: [] })] }, null, null],
    [
      'the root of an instance without a successor',
      { volumes: [logs({}, { attachments: root })], instances: [SERVER] },
      'i-source',
      '/dev/xvda',
    ],
    [
      'the root of an instance that is not shown',
      { volumes: [logs({}, { attachments: root })], instances: [] },
      'i-source',
      '/dev/xvda',
    ],
  ])('unlike one %s', (_, world, host, device) => {
    const plan = drawn(world)
    expect(plan.uncovered).toEqual([{ volume: 'vol-1', name: 'logs', sizeGib: 100, instance: host, device }])
    expect(isRed(plan)).toBe(true)
  })
})

describe('a volume of a service that froze', () => {
  const froze = (...ids: readonly string[]) => new Map([['logs', new Set(ids)]])
  const place = { name: 'logs', sizeGib: 100, instance: 'i-source', device: '/dev/sdf' }
  const missed = [{ volume: 'vol-1', ...place, missed: 'logs' }]
  const byRule = { services: { logs: { volumes: ['vol-1'] } } } as unknown as Partial<Rules>
  const DRBD = { 'zonehop:route': 'replica', 'zonehop:resource': 'r0', 'zonehop:service': 'logs' }
  const replica = seen(move({ id: 'vol-copy', name: 'copy' }), {
    zone: TARGET,
    tags: { 'zonehop:replica-of': 'vol-1' },
  })

  test.each<[string, World]>([
    ['by its tag', { volumes: [logs(MOVES)] }],
    ['by its Name', { volumes: [logs({ 'zonehop:route': 'snapshot' })] }],
    ['by zonehop.yaml', { rules: byRule }],
    ['by a choice', { choices: [choose()] }],
    ['as a replica', { volumes: [logs(DRBD), replica] }],
    ['that has no successor either', { volumes: [logs(MOVES)], instances: [SERVER] }],
  ])('without it, %s, is uncovered, and it is said which service that is', (_, world) => {
    const plan = drawn({ ...world, frozen: froze('vol-2') })
    expect(plan.uncovered).toEqual(missed)
    expect([plan.moves, plan.stays]).toEqual([[], []])
    expect(isRed(plan)).toBe(true)
  })

  test.each<[string, World]>([
    ['with it', { volumes: [logs(MOVES)], frozen: froze('vol-1', 'vol-2') }],
    ['while it is in another one', { volumes: [logs({ 'zonehop:service': 'web' })], frozen: froze('vol-2') }],
    [
      'and for which a service of its own was chosen',
      { volumes: [logs(MOVES)], choices: [choose({ service: 'web' })], frozen: froze() },
    ],
    ['before anything froze', { volumes: [logs(MOVES)], frozen: new Map() }],
    ['before the outage', { volumes: [logs(MOVES)] }],
  ])('%s, moves', (_, world) => {
    const plan = drawn(world)
    expect(plan.moves.map(({ id }) => id)).toEqual(['vol-1'])
    expect(plan.uncovered).toEqual([])
  })

  test('without it may stay', () => {
    const plan = drawn({ volumes: [logs(MOVES)], choices: [choose({ route: 'stay' })], frozen: froze() })
    expect(plan.stays).toMatchObject([{ volume: 'vol-1', reason: 'chosen in Slack' }])
    expect(plan.uncovered).toEqual([])
  })

  test('a volume that nothing speaks for is uncovered, and no service froze without it', () => {
    expect(drawn({ frozen: froze() }).uncovered).toEqual([{ volume: 'vol-1', ...place }])
  })
})

describe('a volume that moves', () => {
  test('is kept as it was seen, and goes to its successor', () => {
    const odd = { sizeGib: 7, type: 'io2', iops: 9, throughputMibps: null, encrypted: true, kmsKeyId: 'k' }
    expect(drawn({ volumes: [logs(MOVES, odd)] }).moves).toEqual([
      {
        ...{ id: 'vol-1', service: 'logs', route: 'snapshot', successor: 'i-target' },
        volume: {
          ...{ id: 'vol-1', name: 'logs', ...odd, tags: { Name: 'logs', ...MOVES } },
          ...{ instance: 'i-source', device: '/dev/sdf', deleteOnTermination: false },
        },
      },
    ])
  })

  test.each<[string, World, string]>([
    ['by its tag', { volumes: [logs({ 'zonehop:service': 'web' })] }, 'web'],
    ['by its need alone: its Name', { volumes: [logs({ 'zonehop:need': 'required' })] }, 'logs'],
    ['by its route alone: its Name', { volumes: [logs({ 'zonehop:route': 'snapshot' })] }, 'logs'],
    [
      'without a Name: its id',
      { volumes: [seen(move({ id: 'vol-1' }), { tags: { 'zonehop:route': 'snapshot' } })] },
      'vol-1',
    ],
    ['by a choice', { choices: [choose({ service: 'web' })] }, 'web'],
    ['by a choice that names none: its Name', { choices: [choose({ service: '' })] }, 'logs'],
    [
      'by a choice of a nameless one: its id',
      { volumes: [seen(move({ id: 'vol-1' }), { tags: {} })], choices: [choose({ service: '' })] },
      'vol-1',
    ],
    [
      'by zonehop.yaml, whose first service counts',
      { rules: { services: { web: { volumes: ['logs'] }, api: { volumes: ['vol-1'] } } } },
      'web',
    ],
  ])('its service %s', (_, world, name) => {
    expect(drawn(world).moves.map((one) => one.service)).toEqual([name])
  })

  const other: SeenInstance = { ...SUCCESSOR, id: 'i-other', name: 'other' }
  const all = [SERVER, SUCCESSOR, other]
  test.each<[string, World, string]>([
    ['of equal Name', { volumes: [logs(MOVES)], instances: all }, 'i-target'],
    [
      'that its tag names',
      { volumes: [logs({ ...MOVES, 'zonehop:successor': 'i-other' })], instances: all },
      'i-other',
    ],
    [
      'that the tag of its instance names',
      { volumes: [logs(MOVES)], instances: [{ ...SERVER, tags: { 'zonehop:successor': 'other' } }, SUCCESSOR, other] },
      'i-other',
    ],
    [
      'that zonehop.yaml names for the instance',
      { volumes: [logs(MOVES)], instances: all, rules: { successors: { 'i-source': 'other' } } },
      'i-other',
    ],
    [
      'that it names for the Name of the instance',
      { volumes: [logs(MOVES)], instances: all, rules: { successors: { server: 'other' } } },
      'i-other',
    ],
    [
      'by the id before the Name',
      { volumes: [logs(MOVES)], instances: all, rules: { successors: { server: 'i-target', 'i-source': 'other' } } },
      'i-other',
    ],
  ])('goes to the successor %s', (_, world, id) => {
    expect(drawn(world).moves.map(({ successor }) => successor)).toEqual([id])
  })

  test('what was found since is newer than the inventory; and all stand in the order of their Names', () => {
    const b = logs({ ...MOVES, Name: 'b' })
    const found = [
      logs({ ...MOVES, Name: 'c' }),
      logs({ ...MOVES, Name: 'a' }, { id: 'vol-2', attachments: at('/dev/sdg') }),
    ]
    const twins = [logs({ ...MOVES, Name: 'c' }, { id: 'vol-0', attachments: at('/dev/sdh') })]
    const elsewhere = logs(MOVES, { id: 'vol-9', zone: 'us-east-1b' })
    const plan = drawn({ volumes: [b, ...twins, elsewhere], found })
    expect(plan.moves.map(({ id }) => id)).toEqual(['vol-2', 'vol-0', 'vol-1'])
  })
})

describe('the copy of a replica', () => {
  const FILES = volume({ id: 'vol-files', name: 'files', instance: 'i-files' })
  const COPY = volume({ id: 'vol-copy', name: 'files-copy', instance: 'i-backup', device: '/dev/sdp' })
  const TAGS = { 'zonehop:replica-of': 'vol-files', 'zonehop:resource': 'r0' }
  const source = (tags: Tags = {}): SeenVolume => seen({ volume: FILES }, { tags: { Name: 'files', ...tags } })
  const copy = (over: Partial<SeenVolume> = {}): SeenVolume =>
    seen({ volume: COPY }, { zone: TARGET, tags: { Name: 'files-copy', ...TAGS }, ...over })
  const instances = [
    { ...SERVER, id: 'i-files', name: 'files-server' },
    { ...SUCCESSOR, id: 'i-files-next', name: 'files-server' },
    { ...SUCCESSOR, id: 'i-backup', name: 'backup' },
  ]
  const twin = copy({ id: 'vol-twin' })
  const named = (...replicas: string[]): Partial<Rules> => ({ replicas: { r1: { volumes: ['files'], replicas } } })
  const two = seen({ volume: { ...COPY, id: 'vol-copy-2' } }, { zone: TARGET, tags: { Name: 'files-copy' } })
  const NAME = 'route of files (vol-files)'
  const again = 'name the one volume by its id in zonehop.yaml'
  const keep = 'attach it to the one that keeps it in sync'
  const sized = (sizeGib: number) => [source(), copy({ sizeGib })]

  test.each<[string, readonly SeenVolume[], Partial<Rules>, readonly [string, string, string] | null]>([
    ['by its tags', [source(), copy()], {}, null],
    ['as large as its source', sized(100), {}, null],
    [
      'that is not there',
      [source({ 'zonehop:route': 'replica' })],
      {},
      [
        NAME,
        'its tag zonehop:route is replica, and no volume in us-east-1c says zonehop:replica-of=vol-files',
        'tag its copy, or make it snapshot',
      ],
    ],
    [
      'that two say they are',
      [source(), copy(), twin],
      {},
      [NAME, 'vol-copy and vol-twin both say that they are its replica', 'take zonehop:replica-of off all but one'],
    ],
    [
      'that names no resource',
      [source(), copy({ tags: { 'zonehop:replica-of': 'files' } })],
      {},
      [NAME, 'its replica vol-copy names no DRBD resource', 'tag vol-copy with zonehop:resource=<resource>'],
    ],
    [
      'that names one for no document',
      [source(), copy({ tags: { ...TAGS, 'zonehop:resource': 'r.0' } })],
      {},
      [
        NAME,
        'its replica vol-copy names "r.0", which no document takes',
        'tag vol-copy with zonehop:resource=<resource>',
      ],
    ],
    [
      'that zonehop.yaml names, and is not there',
      [source(), copy()],
      named('gone'),
      [NAME, 'no volume "gone", its replica, stands in us-east-1c', again],
    ],
    [
      'that zonehop.yaml names, and two are',
      [source(), copy(), two],
      named('files-copy'),
      [NAME, '2 volumes "files-copy", its replica, stand in us-east-1c', again],
    ],
    [
      'at no server',
      [source(), copy({ attachments: [] })],
      {},
      ['replica r0', 'its replica vol-copy is attached to no backup server', keep],
    ],
    [
      'at two',
      [source(), copy({ attachments: [...at('/dev/sdp', 'i-backup'), ...at('/dev/sdp', 'i-2')] })],
      {},
      ['replica r0', 'its replica vol-copy is attached to several instances', keep],
    ],
    [
      'that is too small',
      sized(99),
      {},
      ['replica r0', 'vol-copy has 99 GiB, its source 100 GiB', 'it cannot be its replica; name the right one'],
    ],
    [
      'at its own successor',
      [source(), copy({ attachments: at('/dev/sdp', 'i-files-next') })],
      {},
      [
        'replica r0',
        'i-files-next is both its backup server and its successor',
        'name another successor with the tag zonehop:successor',
      ],
    ],
  ])('%s', (_, volumes, rules, check) => {
    expect(
      reds(drawn({ volumes, instances, rules })).filter(([name]) => !name.startsWith('route of') || name === NAME),
    ).toEqual(check ? [check] : [])
  })

  const second = { ...FILES, id: 'vol-files-2', name: 'files-2', device: '/dev/sdg' }
  const secondCopy = { ...COPY, id: 'vol-copy-2', name: 'copy-2', device: '/dev/sdo' }
  const pair = (tags: Tags, host = 'i-files', backup = 'i-backup') => [
    seen({ volume: second }, { tags: { Name: 'files-2', ...tags }, attachments: at('/dev/sdg', host) }),
    seen(
      { volume: secondCopy },
      { zone: TARGET, tags: { ...TAGS, 'zonehop:replica-of': 'vol-files-2' }, attachments: at('/dev/sdo', backup) },
    ),
  ]
  const more = [
    ...instances,
    { ...SERVER, id: 'i-files-2', name: 'files-server' },
    { ...SUCCESSOR, id: 'i-backup-2', name: 'backup-2' },
    { ...SUCCESSOR, id: 'i-next-2', name: 'next-2' },
  ]
  test.each<[string, readonly SeenVolume[], string]>([
    ['services', pair({ 'zonehop:service': 'else' }), 'services: r0, else'],
    ['instances', pair({}, 'i-files-2'), 'instances: i-files, i-files-2'],
    ['backup servers', pair({}, 'i-files', 'i-backup-2'), 'backup servers: i-backup, i-backup-2'],
    ['successors', pair({ 'zonehop:successor': 'i-next-2' }), 'successors: i-files-next, i-next-2'],
  ])('of one resource with different %s', (_, volumes, differs) => {
    const plan = drawn({ volumes: [source(), copy(), ...volumes], instances: more })
    expect(reds(plan)).toEqual([
      ['replica r0', `its volumes have different ${differs}`, 'they are one resource: make them one'],
    ])
    expect(plan.moves).toEqual([])
  })
})

describe('services', () => {
  const db = (tags: Tags = {}): SeenVolume =>
    logs({ Name: 'db', 'zonehop:service': 'db', ...tags }, { id: 'vol-2', attachments: at('/dev/sdg') })
  const both = [logs(MOVES), db()]
  const ruled = (services: Rules['services']): World => ({ volumes: both, rules: { services } })
  const correct = 'correct "after"'

  test.each<[string, World, readonly (readonly [string, string, string])[]]>([
    ['in order', ruled({ logs: { after: ['db'] } }), []],
    [
      'after one that is not there',
      ruled({ logs: { after: ['mail'] } }),
      [['service logs', 'it comes after "mail", which is no service of this plan', correct]],
    ],
    [
      'after itself',
      ruled({ logs: { after: ['logs'] } }),
      [['service logs', 'it and logs wait for each other', correct]],
    ],
    [
      'after each other',
      ruled({ logs: { after: ['db'] }, db: { after: ['logs'] } }),
      [
        ['service db', 'it and logs wait for each other', correct],
        ['service logs', 'it and db wait for each other', correct],
      ],
    ],
    [
      'required after one that can wait',
      ruled({ logs: { after: ['db'] }, db: { need: 'deferrable' } }),
      [['service logs', 'it is required and comes after db, which is deferrable', 'make both required']],
    ],
    ['both of which can wait', ruled({ logs: { after: ['db'], need: 'deferrable' }, db: { need: 'deferrable' } }), []],
    [
      'of a name for no document',
      { volumes: [logs({ 'zonehop:service': 'Logs' })], rules: { services: { Logs: { freeze: 'document' } } } },
      [['service Logs', 'no document takes this name', 'name it with small letters, digits and hyphens, up to 50']],
    ],
    ['of that name, by hand', { volumes: [logs({ 'zonehop:service': 'Logs' })] }, []],
    [
      'of different needs',
      {
        volumes: [
          logs({ ...MOVES, 'zonehop:need': 'required' }),
          db({ 'zonehop:service': 'logs', 'zonehop:need': 'deferrable' }),
        ],
      },
      [['service logs', 'its volumes carry different zonehop:need tags', 'make them all required or deferrable']],
    ],
    [
      'of different needs, where zonehop.yaml says one',
      {
        volumes: [
          logs({ ...MOVES, 'zonehop:need': 'required' }),
          db({ 'zonehop:service': 'logs', 'zonehop:need': 'deferrable' }),
        ],
        rules: { services: { logs: { need: 'required' } } },
      },
      [],
    ],
    [
      'of different needs, where a person chose one',
      {
        volumes: [
          logs({ ...MOVES, 'zonehop:need': 'required' }),
          db({ 'zonehop:service': 'logs', 'zonehop:need': 'deferrable' }),
        ],
        choices: [choose({ need: 'deferrable' })],
      },
      [],
    ],
  ])('%s', (_, world, checks) => expect(reds(drawn(world))).toEqual(checks))

  test('are as zonehop.yaml has them, else by hand, required and after nothing', () => {
    const full = {
      need: 'deferrable',
      after: ['logs'],
      freeze: 'document',
      afterAttach: true,
      check: true,
      hook: 'start',
    } as const
    expect(drawn(ruled({ db: full })).services).toEqual([
      service('db', {
        need: 'deferrable',
        after: ['logs'],
        method: 'document',
        afterAttach: true,
        check: true,
        hook: 'start',
      }),
      service('logs'),
    ])
  })

  const named = (after: Readonly<Record<string, readonly string[]>>): ReadonlyMap<string, Service> =>
    new Map(Object.entries(after).map(([name, before]) => [name, service(name, { after: before })]))
  test.each<[string, Readonly<Record<string, readonly string[]>>, boolean]>([
    ['of none', { a: ['b'], b: [] }, false],
    ['of two', { a: ['b'], b: ['a'] }, true],
    ['of three', { a: ['b'], b: ['c'], c: ['a'] }, true],
    ['that another one waits for', { a: ['b'], b: ['c'], c: ['b'] }, false],
    ['by way of one that is not there', { a: ['b'], b: ['mail'] }, false],
    ['with one that is named twice', { a: ['b', 'b'], b: ['c', 'c'], c: [] }, false],
  ])('a circle %s', (_, after, is) => expect(circlesOf(named(after))('a', 'b')).toBe(is))
})

describe('no plan at all', () => {
  const all: Inventory = { ...inventory([]), volumes: [logs({})], instances: [] }
  test.each<[string, string, string, readonly string[]]>([
    [
      'two zones that nobody knows',
      'us-x',
      'us-y',
      [
        'There is no availability zone "us-x" in this region; it has us-east-1a, us-east-1c.',
        'There is no availability zone "us-y" in this region; it has us-east-1a, us-east-1c.',
      ],
    ],
    ['one zone twice', SOURCE, SOURCE, ['Source and target are both us-east-1a; name two different zones.']],
    ['a zone without volumes', TARGET, SOURCE, ['There is no volume in us-east-1c, so nothing to move.']],
  ])('%s', (_, sourceZone, targetZone, problems) => {
    expect(draft({ sourceZone, targetZone, inventory: all, rules: NO_RULES, choices: [], found: [] })).toEqual({
      problems,
    })
  })
})

test('a digest is short, equal for equal content, and different for other content', () => {
  expect(digest(['a', 1])).toBe(digest(['a', 1]))
  expect(digest(['a', 1])).toMatch(/^[0-9a-f]{12}$/)
  expect(digest(['a', 2])).not.toBe(digest(['a', 1]))
})

describe('a memory tag that no journal explains', () => {
  const says = (plan: Plan): (readonly [string, string | undefined])[] =>
    plan.uncovered.map(({ volume, remembers }) => [volume, remembers] as const)

  test.each<[string, Tags]>([
    ['zonehop:left=mig-1', { 'zonehop:left': 'mig-1' }],
    ['zonehop:left=mig-1', { ...MOVES, 'zonehop:left': 'mig-1' }],
    ['zonehop:frozen=mig-1-f77', { ...MOVES, 'zonehop:frozen': 'mig-1-f77' }],
    ['zonehop:frozen=mig-00-f77', { ...MOVES, 'zonehop:frozen': 'mig-00-f77' }],
    ['zonehop:left=mig-1', { 'zonehop:route': 'stay', 'zonehop:left': 'mig-1' }],
    ['zonehop:left=mig-00', { 'zonehop:frozen': 'mig-0-f1', 'zonehop:left': 'mig-00' }],
    ['zonehop:frozen=mig-0-f2', { ...MOVES, 'zonehop:frozen': 'mig-0-f2' }],
    ['zonehop:live=mig-0', { ...MOVES, 'zonehop:live': 'mig-0' }],
    ['zonehop:live=', { ...MOVES, 'zonehop:live': '' }],
    ['zonehop:aborted=mig-1', { ...MOVES, 'zonehop:frozen': 'mig-0-f1', 'zonehop:aborted': 'mig-1' }],
  ])('%s: the volume is uncovered, and the plan red', (remembers, tags) => {
    const plan = drawn({ volumes: [logs(tags)] })
    expect(says(plan)).toEqual([['vol-1', remembers]])
    expect([plan.moves, plan.stays, isRed(plan)]).toEqual([[], [], true])
  })

  test.each<[string, World, string]>([
    [
      'is explained by the journal that has the volume',
      { volumes: [logs({ ...MOVES, 'zonehop:frozen': 'mig-0-f1' })] },
      'moves',
    ],
    [
      'is outranked by a zonehop.yaml that lets it stay',
      { volumes: [logs({ 'zonehop:left': 'mig-1' })], rules: { stays: { logs: 'a cache' } } },
      'stays',
    ],
    [
      'is lifted by the choice of an approver',
      { volumes: [logs({ ...MOVES, 'zonehop:frozen': 'mig-1-f1' })], choices: [choose()] },
      'moves',
    ],
  ])('%s', (_, world, where) => {
    const plan = drawn(world)
    expect(says(plan)).toEqual([])
    expect([plan.moves.length, plan.stays.length]).toEqual(where === 'moves' ? [1, 0] : [0, 1])
  })

  test('left is no less a tag where an approver lets it move: it comes off first', () => {
    const plan = drawn({ volumes: [logs({ 'zonehop:left': 'mig-1' })], choices: [choose()] })
    expect(reds(plan)).toEqual([
      ['route of logs (vol-1)', 'its tag says that mig-1 left it', 'let it stay, or take the tag off and plan again'],
    ])
  })

  test('of another volume explains nothing', () => {
    const other = seen(move({ id: 'vol-2', name: 'other' }), { tags: { ...MOVES, 'zonehop:aborted': 'mig-0' } })
    expect(says(drawn({ volumes: [other] }))).toEqual([['vol-2', 'zonehop:aborted=mig-0']])
  })
})
