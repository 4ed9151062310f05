// Every preflight check with its whole words: what it finds, why, and what to do; and what it does not mind.
import { describe, expect, test } from 'vitest'
import { type Check, green, red, unchecked, yellow } from '../../../src/core/model/checks.ts'
import type { SeenAttachment, SeenInstance, SeenVolume, Survey } from '../../../src/core/model/facts.ts'
import type { Move, Service } from '../../../src/core/model/plan.ts'
import { NO_RULES } from '../../../src/core/model/rules.ts'
import { preflight } from '../../../src/core/planning/preflight/preflight.ts'
import type { PreflightRequest } from '../../../src/core/planning/request.ts'
import { inventory, move, NO_SURVEY, replicaMove, seen, service, volume } from '../../support/plans.ts'
import { attachment, instance } from '../seeing/stages.ts'

const LOGS = move({ id: 'vol-1', name: 'logs' })
const DB = move({ id: 'vol-2', name: 'db', device: '/dev/sdg' })
const FILES = replicaMove()
const SERVER: SeenInstance = { ...instance('i-source', 'running'), name: 'server', rootDevice: '/dev/xvda' }
const SUCCESSOR: SeenInstance = { ...SERVER, id: 'i-target', name: 'next', zone: 'us-east-1c' }

type World = {
  readonly moves?: readonly Move[]
  readonly services?: readonly Service[]
  readonly volumes?: readonly SeenVolume[]
  readonly instances?: readonly SeenInstance[]
  readonly survey?: Partial<Survey>
  readonly zones?: readonly [string, string]
}

function requestOf({
  moves = [LOGS],
  services,
  volumes,
  instances = [SERVER, SUCCESSOR],
  survey,
  zones,
}: World): PreflightRequest {
  const base = inventory(moves)
  const named = services ?? [...new Set(moves.map((one) => one.service))].map((name) => service(name))
  const all = volumes ?? base.volumes
  const [source, target] = zones ?? ['use1-az1', 'use1-az4']
  return {
    ...{
      sourceZone: 'us-east-1a',
      targetZone: 'us-east-1c',
      rules: NO_RULES,
      choices: [],
      found: [],
      leftovers: [],
      moves,
    },
    ...{ services: named, volumes: all.filter(({ zone }) => zone === 'us-east-1a') },
    inventory: {
      ...{
        zones: [
          { name: 'us-east-1a', id: source },
          { name: 'us-east-1c', id: target },
        ],
        instances,
        volumes: all,
      },
      survey: { ...NO_SURVEY, ...survey },
    },
  }
}

type Row = readonly [fact: string, world: World, name: string, check: Check | null]
function finds(rows: readonly Row[]): void {
  test.each(rows)('%s', (_, world, name, check) => {
    const found = preflight(requestOf(world)).filter((one) => one.name === name)
    expect(found).toEqual(check ? [check] : [])
  })
}

test('what nobody could ask is said, in the order in which people would ask', () => {
  const because = 'this is a test'
  const never = 'EC2 tells only when a volume is made'
  expect(preflight(requestOf({}))).toEqual([
    green('zones', 'us-east-1a is use1-az1, us-east-1c is use1-az4'),
    unchecked('instance types', because, 'check it by hand'),
    unchecked('attachment limits', because, 'check it by hand'),
    unchecked('storage quota', because, 'check it by hand'),
    unchecked('permissions', because, 'check it by hand'),
    unchecked('snapshots in flight', because, 'check it by hand'),
    unchecked('volume changes in flight', because, 'check it by hand'),
    unchecked('volume types', never, 'make one of each type by hand'),
    unchecked('auto-enabled I/O', 'EC2 tells it of one volume at a time', 'set it on copies as on their sources'),
    unchecked(
      "zonehop's own host",
      'it does not know where it runs',
      'see that neither it nor its Redis is in the zone being left',
    ),
  ])
})

describe('what EC2 tells only when it is done', () => {
  const keyed = (id: string, kmsKeyId: string): Move => move({ id, name: id, device: `/dev/${id}`, kmsKeyId })
  const because = 'KMS was not asked'
  finds([
    ['no key, no word of it', {}, 'KMS keys', null],
    [
      'each key once',
      { moves: [keyed('a', 'key-1'), keyed('b', 'key-2'), keyed('c', 'key-1')] },
      'KMS keys',
      unchecked('KMS keys', because, 'see that key-1, key-2 can be used'),
    ],
    ['no replica, no word of its volumes', {}, 'permission DetachVolume', null],
    [
      'a replica',
      { moves: [FILES] },
      'permission DetachVolume',
      unchecked(
        'permission DetachVolume',
        'it is allowed only for what a plan has marked',
        'see that the role has iam-policy.json as it is shipped',
      ),
    ],
  ])
})

describe('what a copy would lose', () => {
  const logs = (more: Partial<SeenVolume>, at: Partial<SeenAttachment> = {}): World => {
    const source = seen(LOGS)
    return { volumes: [{ ...source, attachments: source.attachments.map((one) => ({ ...one, ...at })), ...more }] }
  }
  finds([
    ['nothing', logs({}), 'copy of logs', null],
    [
      'to be had by several instances',
      logs({ isMultiAttach: true }),
      'copy of logs',
      yellow(
        'copy of logs',
        'several instances at once may have it (multi-attach); its copy is for one',
        'let it stay where more than one needs it',
      ),
    ],
    [
      'its EBS card',
      logs({}, { card: 1 }),
      'copy of logs',
      yellow('copy of logs', 'it is on EBS card 1 of i-source; its copy goes to the first', 'move it there by hand'),
    ],
    [
      'an end of which EC2 does not speak',
      logs({}, { deleteOnTermination: null }),
      'copy of logs',
      yellow(
        'copy of logs',
        'EC2 does not say whether it is deleted when i-source is terminated; its copy is kept then',
        'set DeleteOnTermination of the copy by hand, if it should go too',
      ),
    ],
    ['nothing, as a replica', { moves: [FILES] }, 'copy of files', null],
  ])
})

describe('zones and types', () => {
  const offers = (...answer: readonly string[]): World => ({ survey: { offeredTypes: { answer } } })
  const remedy = 'the successors must be of types that can take over'
  const other: SeenInstance = { ...SERVER, id: 'i-other', type: 'x1.huge' }
  finds([
    [
      'two names of one place',
      { zones: ['use1-az1', 'use1-az1'] },
      'zones',
      red('zones', 'us-east-1a and us-east-1c are one place, use1-az1', 'name another target zone'),
    ],
    ['two places that nobody names', { zones: ['', ''] }, 'zones', green('zones', 'us-east-1a is , us-east-1c is ')],
    [
      'types that are offered',
      offers('m5.large'),
      'instance types',
      green('instance types', 'us-east-1c offers them all'),
    ],
    [
      'types that are not',
      offers('c5.large'),
      'instance types',
      yellow('instance types', 'us-east-1c does not offer m5.large', remedy),
    ],
    [
      'the type of a server that does not move',
      { ...offers('m5.large'), instances: [SERVER, SUCCESSOR, other] },
      'instance types',
      green('instance types', 'us-east-1c offers them all'),
    ],
  ])
})

describe('room', () => {
  const REMEDY = 'name another successor with the tag zonehop:successor, or free the device'
  const device = (cause: string, name = 'logs'): Check => ({
    ...red(`device of ${name}`, cause, REMEDY),
    volume: name === 'logs' ? 'vol-1' : 'vol-2',
  })
  const there = (at: string, name: string): SeenVolume =>
    seen(volumeOf('vol-9'), { zone: 'us-east-1c', attachments: [attachment(at, name)] })
  const twin = move({ id: 'vol-2', name: 'db' })
  const limit = (attachmentsMax: number | null) => ({ attachmentsMax, hasInstanceStore: false })
  const most = (attachmentsMax: number | null): Partial<Survey> => ({
    instanceTypes: { answer: { 'm5.large': limit(attachmentsMax) } },
  })
  const two = [LOGS, DB]
  const has = [...inventory(two).volumes, there('i-target', '/dev/sda')]
  const quota = (usedGib: number, quotaGib: number): Partial<Survey> => ({
    storage: { answer: { gp3: { usedGib, quotaGib } } },
  })
  const io2 = move({ id: 'vol-3', name: 'fast', type: 'io2', device: '/dev/sdh' })
  finds([
    ['a free device', { volumes: [seen(LOGS), there('i-target', '/dev/sdg')] }, 'device of logs', null],
    [
      'the same device of another instance',
      { volumes: [seen(LOGS), there('i-9', '/dev/sdf')] },
      'device of logs',
      null,
    ],
    [
      'a device that is taken',
      { volumes: [seen(LOGS), there('i-target', '/dev/sdf')] },
      'device of logs',
      device('/dev/sdf of i-target is taken by vol-9'),
    ],
    ...['/dev/xvdf', 'xvdf', 'sdf'].map(
      (name): Row => [
        `a device that is taken under the name ${name}`,
        { volumes: [seen(LOGS), there('i-target', name)] },
        'device of logs',
        device('/dev/sdf of i-target is taken by vol-9'),
      ],
    ),
    ['a device of NVMe', { volumes: [seen(LOGS), there('i-target', '/dev/nvme1n1')] }, 'device of logs', null],
    ['a partition', { volumes: [seen(LOGS), there('i-target', '/dev/sdf1')] }, 'device of logs', null],
    ['two that go to one device: not the first', { moves: [LOGS, twin] }, 'device of logs', null],
    [
      'two that go to one device: the second',
      { moves: [LOGS, twin] },
      'device of db',
      device('logs goes to /dev/sdf of i-target too', 'db'),
    ],
    [
      'two that go to one device of two successors',
      { moves: [LOGS, { ...twin, successor: 'i-9' }] },
      'device of db',
      null,
    ],
    ['as many as it takes', { moves: two, volumes: has, survey: most(3) }, 'attachments of next', null],
    [
      'one more than it takes',
      { moves: two, volumes: has, survey: most(2) },
      'attachments of next',
      red(
        'attachments of next',
        'i-target (m5.large) takes 2 volumes; it has 1 and would get 2',
        'choose a larger successor, or spread the volumes',
      ),
    ],
    [
      'interfaces and disks that count too',
      {
        ...{ moves: two, volumes: has, instances: [SERVER, { ...SUCCESSOR, interfaces: 2 }] },
        survey: { instanceTypes: { answer: { 'm5.large': { ...limit(5), isShared: true, disks: 1 } } } },
      },
      'attachments of next',
      red(
        'attachments of next',
        'i-target (m5.large) takes 5 volumes; it has 1 and 3 network interfaces and disks of its own, which count too, and would get 2',
        'choose a larger successor, or spread the volumes',
      ),
    ],
    [
      'interfaces that have a limit of their own',
      {
        ...{ moves: two, volumes: has, instances: [SERVER, { ...SUCCESSOR, interfaces: 2 }] },
        survey: { instanceTypes: { answer: { 'm5.large': { ...limit(3), isShared: false, disks: 1 } } } },
      },
      'attachments of next',
      null,
    ],
    [
      'a type without a limit',
      { survey: most(null) },
      'attachments of next',
      unchecked('attachments of next', 'EC2 names no limit of m5.large', 'look it up'),
    ],
    ['an instance that gets none', { survey: most(0) }, 'attachments of server', null],
    ['storage just within the quota', { moves: two, survey: quota(100, 300) }, 'storage quota of gp3', null],
    [
      'storage past it',
      { moves: two, survey: quota(101, 300) },
      'storage quota of gp3',
      red(
        'storage quota of gp3',
        '101 GiB of 300 GiB are used, and the copies need 200 GiB more',
        'ask for more in Service Quotas',
      ),
    ],
    [
      'storage of another type does not count',
      { moves: [LOGS, io2], survey: quota(200, 300) },
      'storage quota of gp3',
      null,
    ],
    [
      'a type of which no quota is named',
      { moves: [LOGS, io2], survey: quota(200, 300) },
      'storage quota of io2',
      unchecked('storage quota of io2', 'Service Quotas names none', 'look it up'),
    ],
    ['a replica needs no more storage', { moves: [FILES], survey: quota(300, 300) }, 'storage quota of gp3', null],
  ])
})

function volumeOf(id: string) {
  return { volume: volume({ id, name: id }) }
}

describe('what EC2 would refuse, or is at', () => {
  const runs = (answer: Readonly<Record<string, string | null>>): Partial<Survey> => ({ dryRuns: { answer } })
  const refused = (action: string): Check =>
    red(
      `permission ${action}`,
      'EC2 would refuse it: UnauthorizedOperation',
      "give zonehop's role this permission (iam-policy.json)",
    )
  const refusedOnHost = (action: string): Check => {
    const { name, cause, remedy } = refused(action)
    return red(name, cause, `${remedy}, and tag the hosts that it may use zonehop:host=yes`)
  }
  const NO = 'UnauthorizedOperation'
  const stopping = [service('logs', { method: 'stop-instances' })]
  const pending: Partial<Survey> = {
    pendingSnapshots: {
      answer: [
        { id: 'snap-a', volumeId: 'vol-1' },
        { id: 'snap-b', volumeId: 'vol-1' },
      ],
    },
  }
  const ahead = [
    'snapshot ahead of logs',
    'snapshot snap-a is not complete, and EC2 finishes the snapshots of a volume in order',
    'wait until it is complete, and suspend what takes them',
  ] as const
  const ofLogs = (check: Check): Check => ({ ...check, volume: 'vol-1' })
  const fine = green('permissions', 'EC2 would allow every call to come')
  finds([
    ['nothing', { survey: runs({ CreateSnapshot: null }) }, 'permissions', fine],
    [
      'a call to come',
      { survey: runs({ CreateSnapshot: NO }) },
      'permission CreateSnapshot',
      refused('CreateSnapshot'),
    ],
    ['a call to come, and then not all is fine', { survey: runs({ CreateSnapshot: NO }) }, 'permissions', null],
    ['a stop, where nothing is stopped', { survey: runs({ StopInstances: NO }) }, 'permissions', fine],
    ['a start, where nothing is stopped', { survey: runs({ StartInstances: NO }) }, 'permissions', fine],
    [
      'a stop, where something is',
      { survey: runs({ StopInstances: NO }), services: stopping },
      'permission StopInstances',
      refusedOnHost('StopInstances'),
    ],
    [
      'a start, where something is',
      { survey: runs({ StartInstances: NO }), services: stopping },
      'permission StartInstances',
      refusedOnHost('StartInstances'),
    ],
    [
      'another call that only sounds like a stop',
      { survey: runs({ StopInstancesNow: NO }) },
      'permission StopInstancesNow',
      refused('StopInstancesNow'),
    ],
    ['a snapshot of somebody else, ahead of a required one', { survey: pending }, ahead[0], ofLogs(red(...ahead))],
    [
      'ahead of one that can wait',
      { survey: pending, services: [service('logs', { need: 'deferrable' })] },
      ahead[0],
      ofLogs(yellow(...ahead)),
    ],
    ['ahead of none that moves', { survey: pending, moves: [DB] }, ahead[0], null],
    [
      'a volume that is being changed',
      { survey: { modifying: { answer: ['vol-1'] } } },
      'change of logs',
      yellow(
        'change of logs',
        'Elastic Volumes is changing it now',
        'wait until it is done; the copy keeps what the plan saw',
      ),
    ],
    ['a volume beside it', { survey: { modifying: { answer: ['vol-9'] } } }, 'change of logs', null],
  ])
})

describe('tags', () => {
  const many = (count: number): Move =>
    move({
      id: 'vol-1',
      name: 'logs',
      tags: Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, 'v'])),
    })
  const held = (tags: Readonly<Record<string, string>>): Move => move({ id: 'vol-1', name: 'logs', tags })
  const PLAN = { 'zonehop:plan': 'migration=mig-0 need=required route=snapshot successor=i-9 service=logs' }
  const claim = (name: string, id = 'vol-1'): Check => ({
    ...red(
      `claim on ${name}`,
      'its tag says that mig-0 is at it',
      'end mig-0 first; if its journal is gone, /migrate adopt us-east-1a us-east-1c rebuilds it, or remove the zonehop:plan tag',
    ),
    volume: id,
  })
  const copied = replicaMove({
    pairs: [
      {
        source: volume({ id: 'vol-files', name: 'files' }),
        copy: volume({ id: 'vol-copy', name: 'copy', tags: PLAN }),
      },
    ],
  })
  finds([
    ['as many as leave room for six', { moves: [many(44)] }, 'tags of logs', null],
    [
      'one more',
      { moves: [many(45)] },
      'tags of logs',
      {
        ...red(
          'tags of logs',
          'it would have 51 tags with those that zonehop writes; EC2 takes 50',
          'take 1 of your own away',
        ),
        volume: 'vol-1',
      },
    ],
    ['of no migration', {}, 'claim on logs', null],
    ['of another migration that runs', { moves: [held(PLAN)] }, 'claim on logs', claim('logs')],
    [
      'of one that runs, in its phase',
      { moves: [held({ ...PLAN, 'zonehop:phase': 'live' })] },
      'claim on logs',
      claim('logs'),
    ],
    ['of one that is done', { moves: [held({ ...PLAN, 'zonehop:ended': 'mig-0' })] }, 'claim on logs', null],
    [
      'of one that was aborted long before',
      { moves: [held({ ...PLAN, 'zonehop:ended': 'mig-9' })] },
      'claim on logs',
      claim('logs'),
    ],
    [
      'whose phase is of an earlier one',
      { moves: [held({ ...PLAN, 'zonehop:phase': 'done' })] },
      'claim on logs',
      claim('logs'),
    ],
    ['on the copy of a replica', { moves: [copied] }, 'claim on copy', claim('copy', 'vol-files')],
  ])

  const stray = (tags: Readonly<Record<string, string>>, at = 'i-9'): World => ({
    volumes: [
      seen(LOGS),
      seen(volumeOf('vol-9'), { tags, attachments: at === '' ? [] : [attachment(at, '/dev/sdz')] }),
    ],
  })
  const place = (name: string): Check =>
    red(
      'place of logs',
      `an earlier migration had logs on i-9 too (${name} says so), where this plan does not stop it`,
      `let ${name} move with logs; or see that logs does not run there, remove zonehop:plan from ${name}, and plan again`,
    )
  finds([
    ['of a service that was on another host', stray(PLAN), 'place of logs', place('vol-9')],
    ['the same, by the Name of its volume', stray({ ...PLAN, Name: 'old' }), 'place of logs', place('old')],
    ['on a host that this plan knows', stray(PLAN, 'i-source'), 'place of logs', null],
    ['of a volume that is attached to none', stray(PLAN, ''), 'place of logs', null],
    [
      'of a service that does not move',
      stray({ 'zonehop:plan': 'migration=mig-0 service=mail' }),
      'place of mail',
      null,
    ],
    ['of no service', stray({ 'zonehop:plan': 'migration=mig-0' }), 'place of logs', null],
  ])
})

describe('a freeze that stops instances', () => {
  const NAME = 'freeze of server'
  const stops = (cause: string): Check => red(NAME, cause, 'freeze by document or by hand instead')
  const stopping = (name: string, over: Partial<Service> = {}): Service =>
    service(name, { method: 'stop-instances', ...over })
  const of = (over: World): World => ({ services: [stopping('logs')], ...over })
  const types = (hasInstanceStore: boolean): Partial<Survey> => ({
    instanceTypes: { answer: { 'm5.large': { attachmentsMax: 28, hasInstanceStore } } },
  })
  const beside = (tags: Readonly<Record<string, string>>, device = '/dev/sdz'): SeenVolume[] => [
    seen(LOGS),
    seen(volumeOf('vol-9'), { tags, attachments: [attachment('i-source', device)] }),
  ]
  const grouped = { ...SERVER, tags: { 'aws:autoscaling:groupName': 'web' } }
  const replica = replicaMove({
    ...{
      service: 'logs',
      pairs: [{ source: volume({ id: 'vol-files', name: 'files' }), copy: volume({ id: 'vol-copy' }) }],
    },
  })
  const both = { moves: [LOGS, DB], services: [service('db'), stopping('logs')] }
  const unlike = { moves: [LOGS, DB], services: [stopping('db', { need: 'deferrable' }), stopping('logs')] }
  finds([
    ['of nothing else', of({}), NAME, null],
    ['of disks that stay', of({ survey: types(false) }), NAME, null],
    [
      'of disks of its own',
      of({ survey: types(true) }),
      NAME,
      stops('i-source (m5.large) has disks of its own, which a stop erases'),
    ],
    ['where nothing is stopped', { survey: types(true) }, NAME, null],
    ['of a type that EC2 does not tell of', of({ survey: { instanceTypes: { answer: {} } } }), NAME, null],
    [
      'of a group',
      of({ instances: [grouped, SUCCESSOR] }),
      NAME,
      stops('i-source belongs to the Auto Scaling group web, which would replace it'),
    ],
    [
      'of a volume that stays',
      of({ volumes: beside({ Name: 'scratch' }) }),
      NAME,
      stops('i-source also carries scratch, which stays'),
    ],
    ['of one without a Name', of({ volumes: beside({}) }), NAME, stops('i-source also carries vol-9, which stays')],
    ['of its root', of({ volumes: beside({}, '/dev/xvda') }), NAME, null],
    [
      'of the source of a replica',
      of({ moves: [LOGS, replica] }),
      NAME,
      stops('i-source carries files, the source of a replica, which is proven while it runs'),
    ],
    [
      'of a service that is frozen otherwise',
      both,
      NAME,
      stops('i-source also serves db, whose own freeze needs it running'),
    ],
    ['of two that are stopped alike', { moves: [LOGS, DB], services: [stopping('db'), stopping('logs')] }, NAME, null],
    [
      'of two with other needs',
      unlike,
      NAME,
      stops('i-source serves logs, which is required, and others that are not; it starts for all'),
    ],
    [
      'of several obstacles the first',
      of({ survey: types(true), instances: [grouped, SUCCESSOR] }),
      NAME,
      stops('i-source (m5.large) has disks of its own, which a stop erases'),
    ],
  ])
})
