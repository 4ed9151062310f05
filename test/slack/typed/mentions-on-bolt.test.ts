// The same words behind @zonehop in a channel and its threads, and in a direct message: who is asked for what, and where it is answered.
import type { App } from '@slack/bolt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fold } from '../../../src/core/journal/fold.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import type { UseCases } from '../../../src/core/ports.ts'
import { HELP } from '../../../src/slack/command.ts'
import { listenForMentions } from '../../../src/slack/mentions.ts'
import { answer, textMessage } from '../../../src/slack/messages/blocks.ts'
import { CHANNEL } from '../../demo/slack/bolt.ts'
import { entries, move, plan, planned } from '../../support/plans.ts'
import { away, brokeOff, type Call, type Edge, GILES, HARRY, openEdge, PATIENT } from '../on-bolt.ts'

const PLAN = plan([move({ id: 'vol-1', name: 'logs' }), move({ id: 'vol-2', name: 'dropbox' })])
const running = (id: string, said: readonly EntryBody[] = [], channel = CHANNEL.id): Migration =>
  fold(entries(planned(id, { plan: PLAN, channel }), ...said)) as Migration
const [AA, BB] = [running('mig-aa'), running('mig-bb')]
const IDLE = 'No migration is running. Start one with /migrate start <source zone> <target zone>.'

let edge: Edge
let [parentOfBb, parentOfNobody] = ['', '']
beforeAll(async () => {
  edge = await openEdge()
  parentOfBb = await edge.post(textMessage('The status message of mig-bb.'))
  parentOfNobody = await edge.post(textMessage('Something else.'))
})
afterAll(() => edge.close())

const GIVEN = {
  running: () => [AA, BB],
  inThread: (thread: string) => (thread === parentOfBb ? 'mig-bb' : null),
}

/** What Giles reads, and in which thread. */
const readIn = () => {
  const since = edge.slack.messages().filter(({ onlyFor, user }) => onlyFor === GILES && user !== GILES)
  return since.map(({ text, thread }) => ({ text, thread })).at(-1)
}
const calls = () => edge.heard().calls

test('status is answered in the thread in which it was asked, to who asked alone', async () => {
  await edge.given(GIVEN)
  await edge.say(GILES, '@zonehop status', parentOfBb)
  await expect.poll(readIn, PATIENT).toMatchObject({ thread: parentOfBb })
  expect(readIn()?.text).toMatch(/^\*mig-bb: us-east-1a to us-east-1c/)
  expect(readIn()?.text).not.toContain('mig-aa')
  expect(edge.heard(HARRY).read).toEqual([])
})

test('outside of threads it is answered in the channel', async () => {
  await edge.given()
  await edge.say(GILES, '@zonehop: status')
  await expect.poll(readIn, PATIENT).toEqual({ text: answer(IDLE), thread: null })
})

test.each<[string, string, Call]>([
  ['pause', '@zonehop pause', { pause: { id: 'mig-bb', by: GILES } }],
  [
    'abort with its reason',
    '@Zonehop, abort because it is late',
    { abort: { id: 'mig-bb', by: GILES, reason: 'it is late' } },
  ],
  ['the migration that is named', '@zonehop resume mig-aa', { resume: { id: 'mig-aa', by: GILES } }],
])('in the thread of a status message its migration is meant: %s', async (_, text, call) => {
  await edge.given(GIVEN)
  await edge.say(GILES, text, parentOfBb)
  await expect.poll(calls, PATIENT).toEqual([call])
  await expect.poll(readIn, PATIENT).toEqual({ text: 'Taken.', thread: parentOfBb })
})

test('in another thread it is as in the channel', async () => {
  await edge.given(GIVEN)
  await edge.say(GILES, '@zonehop pause', parentOfNobody)
  const text = '2 migrations run here: add the id of one, mig-aa or mig-bb.'
  await expect.poll(readIn, PATIENT).toEqual({ text, thread: parentOfNobody })
  expect(calls()).toEqual([])
})

test('in the thread of a migration that is over no other one is meant', async () => {
  await edge.given({ ...GIVEN, running: () => [AA] })
  await edge.say(GILES, '@zonehop pause', parentOfBb)
  await expect.poll(() => readIn()?.text, PATIENT).toBe('mig-bb is not running; /migrate status lists those that are.')
  expect(calls()).toEqual([])
})

describe('what is only spoken of', () => {
  test('does nothing, and says so where it named a change', async () => {
    await edge.given({ running: () => [AA] })
    await edge.say(GILES, 'shall we let @zonehop pause')
    await expect
      .poll(() => readIn()?.text, PATIENT)
      .toMatch(/^Nothing was done: a message that asks for a change begins/)
    expect(calls()).toEqual([])
  })

  test('is answered where it only looks', async () => {
    await edge.given()
    await edge.say(GILES, 'hey @zonehop eta')
    await expect.poll(() => readIn()?.text, PATIENT).toBe(answer(IDLE))
  })

  test.each(['thanks @zonehop', 'I asked @zonehop about it', 'no mention of it: status'])(
    '%s: silence',
    async (text) => {
      await edge.given()
      await edge.say(GILES, text)
      expect(edge.heard().read).toEqual([])
      expect(calls()).toEqual([])
    },
  )
})

describe('a direct message', () => {
  test.each<[string, string, string]>([
    ['is answered there', 'help', answer(HELP)],
    ['may begin with the name', '@zonehop status', answer(IDLE)],
  ])('%s', async (_, text, read) => {
    await edge.given()
    await edge.direct(GILES, text)
    await expect.poll(readIn, PATIENT).toEqual({ text: read, thread: null })
  })

  test('has no migration of its own: which one is meant is asked', async () => {
    await edge.given({ running: () => [AA, BB] })
    await edge.direct(GILES, 'pause')
    await expect
      .poll(() => readIn()?.text, PATIENT)
      .toBe('Add the id of the migration that you mean: mig-aa or mig-bb.')
    await edge.direct(GILES, 'pause mig-bb')
    await expect.poll(calls, PATIENT).toEqual([{ pause: { id: 'mig-bb', by: GILES } }])
  })

  test('says what broke off', async () => {
    await edge.given({ running: () => [AA], reply: away })
    await edge.direct(GILES, 'pause mig-aa')
    await expect.poll(() => readIn()?.text, PATIENT).toBe(brokeOff('Error: Redis is away'))
  })
})

describe('an event that comes again', () => {
  type Listener = (given: object) => Promise<void>
  const SAID = { user: GILES, channel: CHANNEL.id, ts: '2.0', text: '<@U0BOT> start us-east-1a us-east-1c' }

  function listening(isFirst: (event: string) => Promise<boolean>) {
    const listeners = new Map<string, Listener>()
    const app = { event: (name: string, listen: Listener) => void listeners.set(name, listen) } as unknown as App
    const [started, read]: [unknown[], string[]] = [[], []]
    const start = async (request: unknown) => ({ ok: true, text: `Started ${started.push(request)}.` })
    const linking = { permalink: async () => null, onError: () => undefined }
    const desk = { operations: { start } as unknown as UseCases, hearing: { isFirst }, ...linking }
    listenForMentions(app, desk)
    const chat = { postEphemeral: async ({ text }: { readonly text: string }) => void read.push(text) }
    const hear = async (event: string, said: object = {}): Promise<void> =>
      listeners.get('app_mention')?.({
        ...{
          event: { ...SAID, ...said },
          body: { event_id: event },
          context: { botUserId: 'U0BOT' },
          client: { chat },
        },
      })
    return { hear, started, read }
  }

  test('does nothing the second time', async () => {
    const heard = new Set<string>()
    const { hear, started, read } = listening(async (event) => !heard.has(event) && heard.add(event).has(event))
    for (const event of ['Ev1', 'Ev1', 'Ev2']) await hear(event)
    expect(started).toHaveLength(2)
    expect(read).toEqual(['Started 1.', 'Started 2.'])
  })

  test.each(['*<@U0BOT>* start us-east-1a us-east-1c', '_<@U0BOT>:_ start us-east-1a us-east-1c'])(
    'may have the name with markup around it: %s',
    async (text) => {
      const { hear, started } = listening(async () => true)
      await hear('Ev1', { text })
      expect(started).toHaveLength(1)
    },
  )

  test('does nothing where an app posted it, in whoever’s name', async () => {
    const { hear, started, read } = listening(async () => true)
    await hear('Ev1', { bot_id: 'B01' })
    expect([started, read]).toEqual([[], []])
    await hear('Ev2')
    expect(started).toHaveLength(1)
  })

  test('does nothing where nobody can say whether it was heard', async () => {
    const { hear, started, read } = listening(async () => away())
    await hear('Ev1')
    expect(started).toEqual([])
    expect(read).toEqual([expect.stringContaining('nothing was asked or begun by it')])
  })
})

test.each<[string, string | undefined, boolean]>([
  ['is plain', undefined, true],
  ['has a picture', 'file_share', true],
  ['is shown in the channel as well', 'thread_broadcast', true],
  ['stands behind /me', 'me_message', true],
  ['was edited', 'message_changed', false],
  ['an app posted', 'bot_message', false],
])('a direct message that %s', async (_, subtype, isAnswered) => {
  type Listener = (given: object) => Promise<void>
  const listeners = new Map<string, Listener>()
  const app = { event: (name: string, listen: Listener) => void listeners.set(name, listen) } as unknown as App
  const linking = { permalink: async () => null, onError: () => undefined }
  const hearing = { isFirst: async () => true }
  listenForMentions(app, { operations: {} as unknown as UseCases, hearing, ...linking })
  const read: string[] = []
  const client = { chat: { postMessage: async ({ text }: { readonly text: string }) => void read.push(text) } }
  const event = { channel_type: 'im', user: GILES, channel: 'D1', text: 'help', subtype }
  await listeners.get('message')?.({ event, body: { event_id: 'Ev1' }, context: { botUserId: 'U0BOT' }, client })
  expect(read).toEqual(isAnswered ? [answer(HELP)] : [])
})
