// A migration whose journal is gone: who is told of it, what is rebuilt from its tags, and what nobody may rebuild.
import { describe, expect, test } from 'vitest'
import { maySettle } from '../src/core/asking/permits.ts'
import { fold } from '../src/core/journal/fold.ts'
import type { Entry, EntryBody, EntryOf } from '../src/core/model/entries.ts'
import type { Inventory, SeenVolume } from '../src/core/model/facts.ts'
import type { Migration } from '../src/core/model/migration.ts'
import { NO_RULES } from '../src/core/model/rules.ts'
import { operations, orphanTexts } from '../src/operations.ts'
import { planMessage } from '../src/slack/messages/plan.ts'

import { instance } from './core/seeing/stages.ts'
import { copyOf } from './support/facts.ts'
import { memoryInventories, notWatching } from './support/memory-inventories.ts'
import { memoryJournal } from './support/memory-journal.ts'
import { approvedBy, directoryOf } from './support/people.ts'
import { entries, inventory, move, planned, seen } from './support/plans.ts'
import { NO_VIEWS, showing } from './support/use-cases.ts'

const ZONES = { sourceZone: 'us-east-1a', targetZone: 'us-east-1c' }
const LOGS = move({ id: 'vol-1', name: 'logs' })
const MARK = 'migration=mig-00000a need=deferrable route=snapshot successor=i-target service=mail'
const HOSTS = [
  { ...instance('i-source', 'running'), name: 'server' },
  { ...instance('i-target', 'running'), name: 'server', zone: 'us-east-1c' },
  { ...instance('i-backup', 'running'), name: 'backup', zone: 'us-east-1c' },
  { ...instance('i-other', 'running'), name: 'other', zone: 'us-east-1c' },
]
const COPY = copyOf(LOGS, {
  ...{
    id: 'vol-copy',
    attachments: [{ instance: 'i-target', device: '/dev/sdf', state: 'attached', deleteOnTermination: false }],
  },
})

const SUSPECTED: EntryBody = { kind: 'suspected', about: 'frozen', says: 'zonehop:frozen=mig-1-f1', volumes: ['vol-1'] }

function source(tags: Readonly<Record<string, string>> = {}): SeenVolume {
  return seen(LOGS, { tags: { Name: 'logs', 'zonehop:plan': MARK, 'zonehop:phase': 'frozen', ...tags } })
}

async function adopts(volumes: readonly SeenVolume[], id: string | null = null, by = 'U-asker') {
  const journal = memoryJournal(() => 60_000)
  journal.load(entries(planned('mig-0000ff')))
  const found: Inventory = { ...inventory([LOGS]), instances: HOSTS, volumes }
  const use = operations({
    ...{ journal, ec2: showing(found), views: NO_VIEWS, inventories: memoryInventories() },
    ...{ directory: directoryOf(), rules: NO_RULES, people: approvedBy('U-2'), channels: null, dangers: [] },
    watching: notWatching(),
    queue: { nudge: async () => undefined, nudgeNotify: async () => undefined, interrupt: async () => undefined },
    clock: { now: () => 60_000 },
  })
  const reply = await use.adopt({ ...ZONES, id, by, channel: 'C-1' })
  const [begun] = await journal.entries('mig-00000a')
  return { reply, m: await journal.read('mig-00000a'), begun }
}

describe('adopting', () => {
  test('gives it back its own id, routes and needs, all of it in doubt', async () => {
    const { reply, m } = await adopts([
      source({ 'zonehop:frozen': 'mig-00000a-f1', 'zonehop:left': 'mig-00000a' }),
      COPY,
    ])
    expect(reply).toMatchObject({
      ok: true,
      text: expect.stringContaining('mig-00000a is rebuilt from the tags of 1 volumes'),
    })
    expect(m).toMatchObject({ phase: 'planned', isRebuilt: true, doubt: { isOpen: true }, by: 'U-asker' })
    expect(m?.plan.services).toMatchObject([{ name: 'mail', need: 'deferrable' }])
    expect(m?.plan).toMatchObject({ moves: [{ id: 'vol-1', service: 'mail', successor: 'i-target' }], uncovered: [] })
    // That its own copy stands where it goes keeps nothing from going on.
    expect(m?.plan.checks.filter(({ result }) => result === 'red')).toEqual([])
    expect(m?.plan.checks.find(({ name }) => name === 'device of logs')?.result).toBe('yellow')
  })

  test.each<[string, readonly SeenVolume[], string | null, string]>([
    ['nothing where no volume speaks of one', [seen(LOGS)], null, 'No volume in us-east-1a speaks of a migration'],
    [
      'what is over',
      [source({ 'zonehop:phase': 'done', 'zonehop:left': 'mig-00000a', 'zonehop:ended': 'mig-00000a' })],
      null,
      'No volume in us-east-1a',
    ],
    [
      'what was aborted',
      [source({ 'zonehop:phase': 'aborted', 'zonehop:aborted': 'mig-00000a', 'zonehop:ended': 'mig-00000a' })],
      null,
      'No volume in us-east-1a',
    ],
    [
      'one of whose volumes no move can be made, naming it',
      [
        source(),
        seen(move({ id: 'vol-2', name: 'gone' }), { tags: { Name: 'gone', 'zonehop:plan': MARK }, attachments: [] }),
      ],
      null,
      'mig-00000a cannot be rebuilt whole, and is not rebuilt at all: of 1 volumes that it has marked no move can be made now, such as gone (vol-2).',
    ],
    ['one that has its journal', [source({ 'zonehop:plan': MARK.replace('00000a', '0000ff') })], null, 'No volume'],
    ['what only looks like an id', [source({ 'zonehop:plan': MARK.replace('00000a', 'x') })], null, 'No volume'],
    [
      'one of several without its id',
      [source(), seen(move({ id: 'vol-2' }), { tags: { 'zonehop:plan': MARK.replace('00000a', '00000b') } })],
      null,
      'Volumes in us-east-1a speak of mig-00000a, mig-00000b. Say which: /migrate adopt us-east-1a us-east-1c mig-00000a.',
    ],
    ['another than volumes speak of', [source()], 'mig-00000c', 'mig-00000c is not one that volumes in us-east-1a'],
  ])('refuses %s', async (_, volumes, id, text) => {
    const { reply, m } = await adopts(volumes, id)
    expect(reply).toMatchObject({ ok: false, text: expect.stringContaining(text) })
    expect(m).toBeNull()
  })
})

test.each([
  ['the end of an earlier one', { 'zonehop:aborted': 'mig-0000ee', 'zonehop:ended': 'mig-0000ee' }],
  ['an abort that is not at home yet', { 'zonehop:phase': 'aborted', 'zonehop:aborted': 'mig-00000a' }],
])('%s hides none', async (_, tags) => {
  const { m } = await adopts([source(tags)])
  expect(m).toMatchObject({ isRebuilt: true })
})

describe('a replica whose copy is on its way', () => {
  const words = (more: string): string => `migration=mig-00000a need=required route=replica ${more} service=files`
  const files = seen(move({ id: 'vol-1', name: 'files' }), {
    tags: { Name: 'files', 'zonehop:service': 'files', 'zonehop:plan': words('successor=i-target') },
  })
  const copyAt = (instance: string | null, says: string): SeenVolume => ({
    ...COPY,
    tags: {
      Name: 'files-copy',
      'zonehop:replica-of': 'vol-1',
      'zonehop:resource': 'files',
      'zonehop:plan': words(says),
    },
    attachments: instance ? [{ instance, device: '/dev/sdf', state: 'attached', deleteOnTermination: false }] : [],
  })
  const HOME = 'successor=i-target home=i-backup:/dev/sdp'

  test.each([
    ['at its successor', 'i-target'],
    ['between the two', null],
  ])('%s is rebuilt with the home that its tag names, and that is said', async (_, at) => {
    const { m, begun } = await adopts([files, copyAt(at, HOME)])
    expect(m?.plan.moves).toMatchObject([{ pairs: [{ copy: { instance: 'i-backup', device: '/dev/sdp' } }] }])
    const message = m && planMessage(m, begun as EntryOf<'planned'>, { approvers: [], entries: [begun as Entry] })
    expect(message?.text).toContain('An abort would bring files-copy to i-backup as /dev/sdp: see that it is so.')
  })

  test.each([
    ['a host that stands elsewhere', copyAt('i-target', 'successor=i-target home=i-source:/dev/sdp')],
    ['a host that is not there', copyAt('i-target', 'successor=i-target home=i-theirs:/dev/sdp')],
  ])('its tag is not believed of %s', async (_, copy) => {
    const { reply } = await adopts([files, copy])
    expect(reply).toMatchObject({ ok: false, text: expect.stringContaining('cannot be rebuilt whole') })
  })

  test('where it names another successor than the plan, nothing is rebuilt', async () => {
    const { reply } = await adopts([files, copyAt('i-other', 'successor=i-other home=i-backup:/dev/sdp')])
    expect(reply).toMatchObject({
      ok: false,
      text: expect.stringContaining('names i-other as its successor, where the plan has i-target'),
    })
  })
})

test('who adopts it does not say themselves what is so', () => {
  const m = fold(entries(planned('mig-1', { rebuilt: { choices: [] } }), SUSPECTED)) as Migration
  const says = (by: string, isSo: boolean) => maySettle(m, { suspected: 'n2', isSo, by })
  expect(says('U-asker', true)?.refusal).toBe('You started mig-1, so another approver says that it is so.')
  expect([says('U-asker', false), says('U-2', true)]).toEqual([null, null])
})

test('who starts zonehop is told of those that have no journal', async () => {
  const journal = memoryJournal(() => 0)
  journal.load(entries(planned('mig-0000ff')))
  const known = seen(move({ id: 'vol-2' }), { tags: { 'zonehop:plan': MARK.replace('00000a', '0000ff') } })
  expect(await orphanTexts(journal, [source(), known])).toEqual([
    'volumes in us-east-1a speak of mig-00000a, which is not over and has no journal here: if its Redis is lost, /migrate adopt us-east-1a <target zone> rebuilds it',
  ])
})

test('and of those of which copies are all that is left, unless these say that they are live', async () => {
  const journal = memoryJournal(() => 0)
  journal.load(entries(planned('mig-0000ff')))
  const made = (id: string, by: string, tags = {}): SeenVolume =>
    copyOf(LOGS, { id, tags: { 'zonehop:migration': by, ...tags } })
  const left = [made('vol-7', 'mig-00000b'), made('vol-8', 'mig-00000b')]
  const others = [made('vol-9', 'mig-0000ff'), made('vol-10', 'mig-00000c', { 'zonehop:live': 'mig-00000c' })]
  expect(await orphanTexts(journal, [...left, ...others])).toEqual([
    '2 volumes in us-east-1c say by their tags that they were made by mig-00000b, which has no journal here: /migrate plan from or to there names what to do',
  ])
  expect(await orphanTexts(journal, [source(), made('vol-7', 'mig-00000a')])).toHaveLength(1)
})
