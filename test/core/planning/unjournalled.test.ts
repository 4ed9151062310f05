// Copies whose journal is gone: which a plan names, what it says to do about them, and what it never calls deletable.
import { describe, expect, test } from 'vitest'
import { fold } from '../../../src/core/journal/fold.ts'
import { cautionLines } from '../../../src/core/model/checks.ts'
import type { SeenVolume, Survey } from '../../../src/core/model/facts.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import type { Plan } from '../../../src/core/model/plan.ts'
import { NO_RULES } from '../../../src/core/model/rules.ts'
import { draft, isRed, redraw } from '../../../src/core/planning/draft.ts'
import { entries, inventory, move, planned, seen } from '../../support/plans.ts'
import { instance } from '../seeing/stages.ts'

const ZONES = { sourceZone: 'us-east-1a', targetZone: 'us-east-1c' }
const LOGS = move({ id: 'vol-1', name: 'logs', tags: { Name: 'logs', 'zonehop:service': 'logs' } })
const HOSTS = [
  { ...instance('i-source', 'running'), name: 'server' },
  { ...instance('i-target', 'running'), name: 'server', zone: 'us-east-1c' },
  { ...instance('i-backup', 'running'), name: 'backup', zone: 'us-east-1c' },
]

type Place = readonly [instance: string, device: string]

/** A volume of 100 GiB in the target zone whose tags say that mig-00000a made it. */
function copy(id: string, over: Partial<SeenVolume> = {}, ...places: readonly Place[]): SeenVolume {
  const attachments = places.map(([at, device]) => ({
    ...{ instance: at, device, state: 'attached', deleteOnTermination: false },
  }))
  const tags = { Name: `${id}-name`, 'zonehop:migration': 'mig-00000a', 'zonehop:step': 'restore', ...over.tags }
  return { ...seen(move({ id }), { zone: 'us-east-1c', attachments }), ...over, tags }
}

type World = {
  readonly survey?: Partial<Survey>
  readonly unjournalled?: readonly string[]
  readonly source?: SeenVolume
}

function worldOf(volumes: readonly SeenVolume[], { survey, source = seen(LOGS) }: World = {}) {
  const found = inventory([LOGS])
  return { ...found, instances: HOSTS, volumes: [source, ...volumes], survey: { ...found.survey, ...survey } }
}

function drawn(volumes: readonly SeenVolume[], world: World = {}): Plan {
  const unjournalled = new Set(world.unjournalled ?? ['mig-00000a'])
  const found = worldOf(volumes, world)
  const made = draft({ ...ZONES, inventory: found, rules: NO_RULES, choices: [], found: [], unjournalled })
  if ('problems' in made) throw new Error(made.problems.join(' '))
  return made.plan
}

const cautions = (made: Plan): string[] => cautionLines(made.checks).filter((line) => line.includes('copies of mig-'))
const remedy = ({ checks }: Plan, of: string): string => checks.find(({ name }) => name === of)?.remedy ?? ''

describe('a migration that no journal here knows', () => {
  test('has one caution that names its copies, where they are, and what to do; nothing is red', () => {
    const made = drawn([copy('vol-8', {}, ['i-target', '/dev/sdp']), copy('vol-9')])
    expect(cautions(made)).toEqual([
      'Caution, copies of mig-00000a: 2 volumes, 200 GiB, say by their tags that they were made by mig-00000a, which no journal here knows: ' +
        'vol-8-name (vol-8, at /dev/sdp of i-target), vol-9-name (vol-9, attached to nothing); ' +
        'if no other zonehop drives mig-00000a and nothing uses them, detach and delete vol-8, vol-9; ' +
        'the tag zonehop:migration=mig-00000a finds them, and any snapshots of it.',
    ])
    expect(isRed(made)).toBe(false)
  })

  test('names the first few of many, and counts the rest', () => {
    const [line] = cautions(drawn(Array.from({ length: 7 }, (_, index) => copy(`vol-1${index}`))))
    expect(line).toContain('7 volumes, 700 GiB')
    expect(line).toContain('vol-14-name (vol-14, attached to nothing) and 2 more;')
    expect(line).not.toContain('vol-15')
  })

  test('has a caution of its own beside another', () => {
    const other = copy('vol-9', { tags: { 'zonehop:migration': 'mig-00000b' } })
    const made = drawn([copy('vol-8'), other], { unjournalled: ['mig-00000a', 'mig-00000b'] })
    expect(cautions(made).map((line) => line.slice(0, 40))).toEqual([
      'Caution, copies of mig-00000a: 1 volume,',
      'Caution, copies of mig-00000b: 1 volume,',
    ])
  })

  test.each<[string, readonly SeenVolume[], World]>([
    ['none where a journal knows it', [copy('vol-8')], { unjournalled: [] }],
    ['none where its copies stand in a third zone', [copy('vol-8', { zone: 'us-east-1b' })], {}],
    ['none once they are deleted', [], {}],
  ])('has %s', (_, volumes, world) => {
    expect(cautions(drawn(volumes, world))).toEqual([])
  })
})

describe('what may serve is not called deletable', () => {
  const live = copy('vol-8', { tags: { 'zonehop:live': 'mig-00000a' } }, ['i-target', '/dev/sdp'])
  const used = copy('vol-7', { zone: 'us-east-1a' }, ['i-source', '/dev/sdq'])

  test('what says that it is live', () => {
    const said = remedy(drawn([live]), 'copies of mig-00000a')
    expect(said).toMatch(/^leave vol-8, live by the tag zonehop:live; the tag /)
    expect(said).not.toContain('delete')
  })

  test('what is attached in the zone that is left', () => {
    const said = remedy(drawn([used]), 'copies of mig-00000a')
    expect(said).toMatch(/^leave vol-7, in use in us-east-1a or moved by this plan; the tag /)
    expect(said).not.toContain('delete')
  })

  test('the copy of a replica that moves', () => {
    const tags = { 'zonehop:replica-of': 'vol-1', 'zonehop:resource': 'logs' }
    const standby = copy('vol-6', { tags }, ['i-backup', '/dev/sdp'])
    const source = seen(move({ ...LOGS.volume, tags: { ...LOGS.volume.tags, 'zonehop:route': 'replica' } }))
    const made = drawn([standby], { source })
    expect(made.moves).toMatchObject([{ route: 'replica', pairs: [{ copy: { id: 'vol-6' } }] }])
    expect(remedy(made, 'copies of mig-00000a')).toMatch(
      /^leave vol-6, in use in us-east-1a or moved by this plan; the tag/,
    )
  })

  test('while the others beside it are', () => {
    expect(remedy(drawn([live, used, copy('vol-9')]), 'copies of mig-00000a')).toBe(
      'leave vol-8, live by the tag zonehop:live; leave vol-7, in use in us-east-1a or moved by this plan; ' +
        'if no other zonehop drives mig-00000a and nothing uses it, detach and delete vol-9; ' +
        'the tag zonehop:migration=mig-00000a finds all of them, also those to leave, and any snapshots of it',
    )
  })

  const many = (first: number, count: number, over: Partial<SeenVolume> = {}): SeenVolume[] =>
    Array.from({ length: count }, (_, index) => copy(`vol-${first + index}`, over))
  const serving = { tags: { 'zonehop:live': 'mig-00000a' } }

  test('what may go is named beside many that are live, and those are counted and told by their mark', () => {
    const said = remedy(drawn([...many(20, 7, serving), copy('vol-9')]), 'copies of mig-00000a')
    expect(said).toBe(
      'leave vol-20, vol-21, vol-22, vol-23, vol-24 and 2 more, all 7 live by the tag zonehop:live; ' +
        'if no other zonehop drives mig-00000a and nothing uses it, detach and delete vol-9; ' +
        'the tag zonehop:migration=mig-00000a finds all of them, also those to leave, and any snapshots of it',
    )
  })

  test('of many that may go beside one that is live, only what is named is told to be deleted', () => {
    const said = remedy(drawn([live, ...many(30, 7)]), 'copies of mig-00000a')
    expect(said).toBe(
      'leave vol-8, live by the tag zonehop:live; if no other zonehop drives mig-00000a and nothing uses them, ' +
        'detach and delete only vol-30, vol-31, vol-32, vol-33, vol-34; 2 more, not live, are named by a new plan once these are gone; ' +
        'leave what carries zonehop:live, is attached in us-east-1a or is moved by this plan; ' +
        'the tag zonehop:migration=mig-00000a finds all of them, also those to leave, and any snapshots of it',
    )
  })

  test('of many of which nothing is to be left, the tag finds the rest', () => {
    const said = remedy(drawn(many(30, 7)), 'copies of mig-00000a')
    expect(said).toMatch(
      /detach and delete vol-30, .*, vol-34 and 2 more; the tag .* finds them, and any snapshots of it$/,
    )
  })

  test('what is live in a third zone keeps the tag from being a list of what may go', () => {
    const elsewhere = copy('vol-8', { ...serving, zone: 'us-east-1b' })
    expect(remedy(drawn([elsewhere, copy('vol-9')]), 'copies of mig-00000a')).toMatch(
      /finds all of them, also those to leave,/,
    )
  })

  test('what is attached to nothing in the zone that is left is', () => {
    const made = drawn([copy('vol-9', { zone: 'us-east-1a' })])
    expect(remedy(made, 'copies of mig-00000a')).toContain('detach and delete vol-9;')
  })
})

describe('a migration that can be adopted', () => {
  const words = 'migration=mig-00000a need=required route=snapshot successor=i-target service=logs'
  const marked = (over: Partial<SeenVolume> = {}): SeenVolume =>
    seen(
      move({ id: 'vol-5', name: 'marked', device: '/dev/sdz', tags: { Name: 'marked', 'zonehop:plan': words } }),
      over,
    )
  test.each<[string, SeenVolume, string]>([
    ['from the zone that is left', marked(), '/migrate adopt us-east-1a us-east-1c mig-00000a'],
    [
      'from the other',
      marked({ zone: 'us-east-1c', attachments: [] }),
      '/migrate adopt us-east-1c us-east-1a mig-00000a',
    ],
  ])('%s is adopted, and nothing is deleted before', (_, source, form) => {
    const said = remedy(drawn([copy('vol-9'), source]), 'copies of mig-00000a')
    expect(said).toContain(`if no other zonehop drives mig-00000a, ${form} rebuilds it: delete nothing of it before;`)
    expect(said).not.toContain('detach')
  })

  test('one that says that it is over is not', () => {
    const over = marked({ tags: { 'zonehop:plan': words, 'zonehop:ended': 'mig-00000a' } })
    expect(remedy(drawn([copy('vol-9'), over]), 'copies of mig-00000a')).toContain('detach and delete vol-9;')
  })
})

describe('a red line that wants room names what is in the way', () => {
  const most: Partial<Survey> = {
    instanceTypes: { answer: { 'm5.large': { attachmentsMax: 2, hasInstanceStore: false } } },
  }
  const eight = copy('vol-8', {}, ['i-target', '/dev/sdp'])
  const nine = copy('vol-9', {}, ['i-target', '/dev/sdq'])
  const theirs = copy('vol-9', { tags: { 'zonehop:migration': 'mig-00000b' } }, ['i-target', '/dev/sdq'])
  const live = { tags: { 'zonehop:live': 'mig-00000a' } }
  test('a device that is taken', () => {
    const taken = drawn([copy('vol-8', {}, ['i-target', '/dev/xvdf'])])
    expect(remedy(taken, 'device of logs')).toBe(
      'name another successor with the tag zonehop:successor, or free the device; ' +
        'vol-8 says by its tags that it was made by mig-00000a, which no journal here knows: ' +
        'if no other zonehop drives mig-00000a and nothing uses it, detach and delete vol-8',
    )
    const serving = drawn([copy('vol-8', live, ['i-target', '/dev/xvdf'])])
    expect(remedy(serving, 'device of logs')).toMatch(/knows: leave vol-8, live by the tag zonehop:live$/)
  })

  test('attachments that are used up', () => {
    expect(remedy(drawn([eight, nine], { survey: most }), 'attachments of server')).toBe(
      'choose a larger successor, or spread the volumes; ' +
        'vol-8, vol-9 say by their tags that they were made by mig-00000a, which no journal here knows: ' +
        'if no other zonehop drives mig-00000a and nothing uses them, detach and delete vol-8, vol-9',
    )
    const mixed = remedy(drawn([eight, theirs], { survey: most }), 'attachments of server')
    expect(mixed).toMatch(/^choose a larger successor, or spread the volumes; vol-8 says .* delete vol-8$/)
    expect(mixed).not.toContain('vol-9')
  })
})

test('a plan that is drawn again from its journal says the same', () => {
  const volumes = [copy('vol-8'), copy('vol-9', {}, ['i-target', '/dev/sdf'])]
  const plan = drawn(volumes)
  const base = { plan, inventory: worldOf(volumes) }
  const again = (said: Parameters<typeof planned>[1]): Plan =>
    redraw(fold(entries(planned('mig-1', { ...base, ...said }))) as Migration, { choices: [], found: [] })
  expect(again({ unjournalled: ['mig-00000a'] })).toEqual(plan)
  // A journal of an earlier zonehop does not have them, and what it does not know is not said.
  expect(cautions(again({}))).toEqual([])
})
