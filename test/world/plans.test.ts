// Plans that people could not get past: what turned them red goes away by itself, or has a way on in Slack; and what an earlier
// migration left is known for what it is.
import type { App } from '@slack/bolt'
import type { ModalView } from '@slack/types'
import { describe, expect, test } from 'vitest'
import { resurvey, surveyDue } from '../../jobs/resurvey.ts'
import { seenVolume } from '../../src/aws/wire.ts'
import { startEvidence } from '../../src/core/asking/gates.ts'
import type { EntryBody } from '../../src/core/model/entries.ts'
import type { Survey } from '../../src/core/model/facts.ts'
import type { Migration } from '../../src/core/model/migration.ts'
import { ofMove } from '../../src/core/model/subjects.ts'
import { copiedTags } from '../../src/core/model/tags.ts'
import { isRed } from '../../src/core/planning/draft.ts'
import { explanationsOf } from '../../src/core/planning/memory-tags.ts'
import { listenForClicks } from '../../src/slack/clicks.ts'
import { threadMessages } from '../../src/slack/messages/thread.ts'
import { at } from '../core/at.ts'
import { folded } from '../core/journals.ts'
import { migration } from '../core/people.ts'
import { type MemoryJournal, memoryJournal } from '../support/memory-journal.ts'
import { entries, move, plan, planned } from '../support/plans.ts'
import { answered, attached, drawn, inventoryOf, reds, shown, there, type World } from './as-ec2-shows.ts'
import { useCases } from './doors.ts'

function journalOf(world: World): MemoryJournal {
  const journal = memoryJournal(() => 9_000)
  journal.load(entries(planned('mig-1', { plan: drawn(world), inventory: inventoryOf(world) })))
  journal.putBack(journal.keep(), { runId: 'r1', replicationId: 'h1' })
  return journal
}
const read = async (journal: MemoryJournal): Promise<Migration> => (await journal.read('mig-1')) as Migration

test('what was red through a check whose cause is gone turns by itself, within half a minute', async () => {
  const full: World = { volumes: [shown(), there('vol-9', '/dev/sdf')] }
  const journal = journalOf(full)
  const m = await read(journal)
  expect(reds(m.plan)).toEqual({ 'device of logs': '/dev/sdf of i-target is taken by vol-9' })
  let nowMs = 0
  const due = surveyDue(() => nowMs)
  due(m)
  nowMs = 30_000
  expect(due(m)).toBe(true)
  const now = await resurvey(m, { journal, ec2: { inventory: async () => inventoryOf({}) } })
  expect(isRed(now.plan)).toBe(false)
  const [said] = (await journal.entries('mig-1')).slice(1)
  expect(said).toMatchObject({ kind: 'replanned', by: null })
  const words = threadMessages(now, await journal.entries('mig-1'), []).map(({ message }) => message.text)
  expect(words).toContain('Looked again: nothing is red, and the start is asked for.')
})

test('an aborted copy at its successor is known as our own, and offered to be taken away first', () => {
  const restore: EntryBody = {
    kind: 'intended',
    effects: [
      {
        ...{ subject: ofMove('vol-1'), step: 'restore', generation: 1, direction: 'forward' },
        ...{ snapshotId: 'snap-1', zone: 'us-east-1c' },
      },
    ],
  }
  const before = folded(
    plan([move({ id: 'vol-1', name: 'logs' })]),
    ...[{ kind: 'began' } as const, restore],
    { kind: 'seen', started: [{ effect: 'vol-1.restore.1', resource: 'vol-old', others: [] }], achieved: [] },
    { kind: 'aborting', by: 'U-2', reason: 'second thoughts' },
    { kind: 'aborted' },
  )
  const tags = { 'zonehop:migration': 'mig-1', 'zonehop:aborted': 'mig-1', Name: 'logs' }
  const old = { ...there('vol-old', '/dev/xvdf'), Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }
  const volumes = [shown(), old]
  const made = drawn({ volumes, explained: explanationsOf([before]) })
  const offer = 'Deletes first: logs (vol-old, 100 GiB), a copy that mig-1 made before its abort.'
  expect(isRed(made)).toBe(false)
  expect(answered(made)).toContain(offer)
  expect(startEvidence(migration(planned('mig-2', { plan: made }))).join('\n')).toContain(offer)
  // Tags alone, which anybody may write, take nothing away.
  expect(Object.keys(reds(drawn({ volumes })))).toContain('device of logs')
})

describe('an unattached volume', () => {
  const loose = shown({ VolumeId: 'vol-2', State: 'available', Attachments: [] }, { Name: 'spare' })
  const world: World = { volumes: [shown(), loose] }
  type Listener = (given: object) => Promise<void>

  async function pressed(journal: MemoryJournal) {
    const listeners: { readonly on: RegExp; readonly listen: Listener }[] = []
    const hear = (on: RegExp, listen: Listener) => void listeners.push({ on, listen })
    listenForClicks({ action: hear, view: hear } as unknown as App, useCases({ journal }), (error) => {
      throw error
    })
    const send = async (name: string, given: object): Promise<void> => {
      for (const { on, listen } of listeners) if (on.test(name)) await listen(given)
    }
    const thread = threadMessages(await read(journal), await journal.entries('mig-1'), [])
    const blocks = thread.flatMap(({ message }) => message.blocks)
    const buttons = blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []))
    const button = buttons.find((each) => each.type === 'button' && each.text.text === 'Choose for spare')
    if (button?.type !== 'button') throw new Error('there is no button for it')
    const forms: ModalView[] = []
    const open = async ({ view }: { view: ModalView }) => void forms.push(view)
    const body = { user: { id: 'U-2' }, trigger_id: 't' }
    const asked = { action: button, body, ack: async () => undefined, client: { views: { open } } }
    await send(button.action_id ?? '', asked)
    return { form: forms[0], send: (view: object, ack: Listener) => send('choose', { ack, body, view }) }
  }

  test('has a form without "It moves", and can be let stay', async () => {
    const journal = journalOf(world)
    expect(Object.values(reds((await read(journal)).plan))).toEqual(['it is attached to no instance'])
    const { form, send } = await pressed(journal)
    expect(JSON.stringify(form)).toContain('spare (vol-2, 100 GiB, attached to nothing)')
    expect(JSON.stringify(form)).not.toContain('It moves')
    expect(form?.blocks.filter(({ type }) => type === 'input')).toHaveLength(1)
    const state = { values: { route: { route: { selected_option: { value: 'stay' } } } } }
    const refused: unknown[] = []
    await send({ ...form, state }, async (answer) => void (answer && refused.push(answer)))
    expect(refused).toEqual([])
    const { plan: now } = await read(journal)
    expect(isRed(now)).toBe(false)
    expect(now.stays).toMatchObject([{ volume: 'vol-2', reason: 'chosen in Slack' }])
  })
})

describe('after a move', () => {
  test('the copies carry what people said of the service, and nothing of the way', () => {
    const people = {
      Name: 'logs',
      'zonehop:service': 'logs',
      'zonehop:need': 'deferrable',
      'zonehop:route': 'snapshot',
    }
    const ours = {
      ...{ 'zonehop:plan': 'migration=mig-1', 'zonehop:frozen': 'mig-1-f1', 'zonehop:left': 'mig-1' },
      ...{ 'zonehop:phase': 'done', 'zonehop:successor': 'i-target', 'aws:x': 'y' },
    }
    expect(copiedTags({ ...people, ...ours })).toEqual(people)
    expect(copiedTags({ 'zonehop:route': 'replica' })).toEqual({})
  })

  test('the sources that were left do not make the plan of the old zone red', () => {
    const done = migration(...at('done'))
    const left = shown({}, { 'zonehop:left': 'mig-1', 'zonehop:phase': 'done', 'zonehop:need': 'required' })
    const next = shown(
      { VolumeId: 'vol-3', Attachments: [attached({ Device: '/dev/sdg' })] },
      { Name: 'mail', 'zonehop:service': 'mail' },
    )
    const made = drawn({ volumes: [left, next], explained: explanationsOf([done]) })
    expect(isRed(made)).toBe(false)
    expect(made.stays).toMatchObject([{ volume: 'vol-1', reason: 'left by mig-1, whose copy is live' }])
    expect(made.moves.map(({ id }) => id)).toEqual(['vol-3'])
    expect(seenVolume(left).tags['zonehop:left']).toBe('mig-1')
  })
})

describe('what a freeze by document needs is looked at before the outage', () => {
  type Asked = Required<Pick<Survey, 'documents' | 'agents'>>
  const rules = { services: { logs: { freeze: 'document' as const, volumes: ['vol-1'] } } }
  const sound = { status: 'Active', isShipped: true }
  const documents = (over: object = {}): Asked['documents'] => ({
    answer: { 'zonehop-freeze': sound, 'zonehop-unfreeze': sound, 'zonehop-open': sound, ...over },
  })
  const agents = (answer: Readonly<Record<string, string>>): Asked['agents'] => ({ answer })
  const ONLINE = { 'i-source': 'Online', 'i-target': 'Online' }
  const red = (survey: Asked) => reds(drawn({ rules, survey }))

  test.each<[string, Asked, Record<string, string>]>([
    ['all there', { documents: documents(), agents: agents(ONLINE) }, {}],
    [
      'no document',
      { documents: documents({ 'zonehop-freeze': null }), agents: agents(ONLINE) },
      { 'document zonehop-freeze': 'SSM has no such document, and logs needs it' },
    ],
    [
      'no agent',
      { documents: documents(), agents: agents({ 'i-target': 'Online' }) },
      { 'SSM agent of server': 'SSM does not know i-source' },
    ],
    [
      'one that does not answer any more',
      { documents: documents(), agents: agents({ ...ONLINE, 'i-target': 'ConnectionLost' }) },
      { 'SSM agent of server': 'SSM says ConnectionLost of i-target' },
    ],
  ])('%s', (_, survey, right) => {
    expect(red(survey)).toEqual(right)
  })
})
