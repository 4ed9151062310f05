// The route `replica`: what names a copy, and everything about it that does not fit.
import { expect, test } from 'vitest'
import type { Inventory, SeenInstance, SeenVolume } from '../../../src/core/model/facts.ts'
import type { Plan } from '../../../src/core/model/plan.ts'
import { NO_RULES, type Rules } from '../../../src/core/model/rules.ts'
import { draft } from '../../../src/core/planning/draft.ts'
import { NO_SURVEY, seen, volume } from '../../support/plans.ts'

const SOURCE = volume({ id: 'vol-files', name: 'files', instance: 'i-files' })
const COPY = volume({ id: 'vol-copy', name: 'files-copy', instance: 'i-backup', device: '/dev/sdp' })

function server(id: string, name: string, zone: string): SeenInstance {
  return { id, name, zone, state: 'running', type: 'm5.large', rootDevice: '/dev/xvda', tags: {} }
}

const TAGS = { 'zonehop:replica-of': 'vol-files', 'zonehop:resource': 'r0' }
const copy = (over: Partial<SeenVolume> = {}): SeenVolume =>
  seen({ volume: COPY }, { zone: 'us-east-1c', tags: { Name: 'files-copy', ...TAGS }, ...over })
const source = (tags: object = {}): SeenVolume => seen({ volume: SOURCE }, { tags: { Name: 'files', ...tags } })

function drawn(volumes: readonly SeenVolume[], rules: Partial<Rules> = {}): Plan {
  const inventory: Inventory = {
    zones: [
      { name: 'us-east-1a', id: 'use1-az1' },
      { name: 'us-east-1c', id: 'use1-az4' },
    ],
    instances: [
      server('i-files', 'files-server', 'us-east-1a'),
      server('i-files-next', 'files-server', 'us-east-1c'),
      server('i-backup', 'backup', 'us-east-1c'),
    ],
    volumes,
    survey: NO_SURVEY,
  }
  const zones = { sourceZone: 'us-east-1a', targetZone: 'us-east-1c' }
  const made = draft({ ...zones, inventory, rules: { ...NO_RULES, ...rules }, choices: [], found: [] })
  if ('problems' in made) throw new Error(made.problems.join(' '))
  return made.plan
}

const move = ({ moves: [first] }: Plan) => first
const reds = ({ checks }: Plan): string[] => checks.filter(({ result }) => result === 'red').map(({ cause }) => cause)

test('by the tags of the copy', () => {
  const plan = drawn([source(), copy()])
  expect(move(plan)).toMatchObject({
    id: 'replica/r0',
    route: 'replica',
    service: 'r0',
    resource: 'r0',
    successor: 'i-files-next',
    pairs: [{ source: { id: 'vol-files', device: '/dev/sdf' }, copy: { id: 'vol-copy', instance: 'i-backup' } }],
  })
  expect(reds(plan)).toEqual([])
})

test('an empty Name is the name of nothing', () => {
  const nameless = source({ Name: '', 'zonehop:service': 'home' })
  const others = [copy({ tags: {} }), copy({ id: 'vol-other', tags: { 'zonehop:replica-of': '' } })]
  const plan = drawn([nameless, ...others])
  expect(move(plan)).toMatchObject({ route: 'snapshot', service: 'home' })
  expect(reds(plan)).toEqual([])
})

test('the copy may name its source by Name, the source its service', () => {
  const named = copy({ tags: { ...TAGS, 'zonehop:replica-of': 'files' } })
  expect(move(drawn([source({ 'zonehop:service': 'home' }), named]))).toMatchObject({ service: 'home', resource: 'r0' })
})

test('by zonehop.yaml, which also says the service', () => {
  const rules = {
    services: { home: { volumes: ['files'] } },
    replicas: { r1: { volumes: ['files'], replicas: ['files-copy'] } },
  }
  expect(move(drawn([source(), copy({ tags: { Name: 'files-copy' } })], rules))).toMatchObject({
    id: 'replica/r1',
    service: 'home',
  })
})

test('zonehop.yaml says the service, the tags the copy', () => {
  const rules = { services: { home: { volumes: ['files'] } } }
  expect(move(drawn([source(), copy()], rules))).toMatchObject({ id: 'replica/r0', service: 'home' })
})

test('a source that says snapshot goes by snapshot', () => {
  expect(move(drawn([source({ 'zonehop:route': 'snapshot' }), copy()]))).toMatchObject({ route: 'snapshot' })
})

const other = seen({ volume: { ...COPY, id: 'vol-copy-2', device: '/dev/sdo' } }, { zone: 'us-east-1c', tags: TAGS })
const at = (instance: string) => [{ instance, device: '/dev/sdp', state: 'attached', deleteOnTermination: false }]
const replicas = { r1: { volumes: ['files'], replicas: ['missing'] } }

test.each<[string, readonly SeenVolume[], Partial<Rules>, string]>([
  [
    'no copy',
    [source({ 'zonehop:route': 'replica' })],
    {},
    'its tag zonehop:route is replica, and no volume in us-east-1c says zonehop:replica-of=vol-files',
  ],
  ['two copies', [source(), copy(), other], {}, 'vol-copy and vol-copy-2 both say that they are its replica'],
  [
    'no resource',
    [source(), copy({ tags: { 'zonehop:replica-of': 'files' } })],
    {},
    'its replica vol-copy names no DRBD resource',
  ],
  [
    'a resource that no document takes',
    [source(), copy({ tags: { ...TAGS, 'zonehop:resource': 'r 0' } })],
    {},
    'its replica vol-copy names "r 0", which no document takes',
  ],
  [
    'a copy that zonehop.yaml names and is not there',
    [source(), copy()],
    { replicas },
    'no volume "missing", its replica, stands in us-east-1c',
  ],
  ['at no server', [source(), copy({ attachments: [] })], {}, 'its replica vol-copy is attached to no backup server'],
  ['too small', [source(), copy({ sizeGib: 90 })], {}, 'vol-copy has 90 GiB, its source 100 GiB'],
  [
    'at the successor already',
    [source(), copy({ attachments: at('i-files-next') })],
    {},
    'i-files-next is both its backup server and its successor',
  ],
])('red: %s', (_, volumes, rules, cause) => {
  const plan = drawn(volumes, rules)
  expect(reds(plan)).toContain(cause)
  expect(plan.moves.filter(({ route }) => route === 'replica')).toEqual([])
})

test('several volumes of one resource are one move, and must agree', () => {
  const second = { ...SOURCE, id: 'vol-files-2', name: 'files-2', device: '/dev/sdg' }
  const secondCopy = { ...COPY, id: 'vol-copy-2', name: 'copy-2', device: '/dev/sdo' }
  const pair = (tags: object = {}) => [
    seen({ volume: second }, { tags: { Name: 'files-2', ...tags } }),
    seen({ volume: secondCopy }, { zone: 'us-east-1c', tags: { ...TAGS, 'zonehop:replica-of': 'vol-files-2' } }),
  ]
  const plan = drawn([source(), copy(), ...pair()])
  expect(plan.moves).toHaveLength(1)
  expect(move(plan)).toMatchObject({ pairs: [{ source: { id: 'vol-files' } }, { source: { id: 'vol-files-2' } }] })
  expect(reds(drawn([source(), copy(), ...pair({ 'zonehop:service': 'else' })]))).toContain(
    'its volumes have different services: r0, else',
  )
})

test('a service of a replica is not frozen by stopping its instance', () => {
  const rules = { services: { r0: { freeze: 'stop-instances' as const, volumes: ['files'] } } }
  expect(reds(drawn([source(), copy()], rules))).toContain(
    'i-files carries files, the source of a replica, which is proven while it runs',
  )
})
