// Who somebody is, asked of a real Slack API over HTTP: what it says, what counts when it says nothing, and for how long.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Person } from '../../src/core/asking/people.ts'
import type { Acquaintances } from '../../src/core/ports.ts'
import type { LocalSlack, UserGroup } from '../../src/demo/slack/entities.ts'
import { directory } from '../../src/slack/directory.ts'
import { startSlack } from '../demo/slack/bolt.ts'

const PEOPLE = [
  { id: 'U0HARRY', name: 'harry' },
  { id: 'U0GUEST', name: 'otto', kind: 'guest' },
  { id: 'U0STRANGER', name: 'wanda', kind: 'stranger' },
] as const
const MINUTES = 60_000

let slack: LocalSlack
let steadyMs = 0
const groups: UserGroup[] = []
const servers: Server[] = []
beforeEach(async () => {
  steadyMs = 0
  groups.splice(0, groups.length, { id: 'S0LEADS', name: 'leads', members: ['U0HARRY', 'U0GUEST'] })
  slack = await startSlack({ people: PEOPLE, groups })
})
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
  await slack.close()
})

function remembering(known: Person[] = []): Acquaintances & { readonly known: Person[] } {
  return {
    known,
    remember: async (person) => void known.push(person),
    recall: async (id) => known.findLast((person) => person.id === id) ?? null,
  }
}

function open(acquaintances: Acquaintances = remembering(), over: { apiUrl?: string } = {}) {
  const errors: Error[] = []
  const { botToken, appToken, apiUrl } = slack
  const who = directory({
    slack: { botToken, appToken, apiUrl, ...over },
    groups: ['S0LEADS', 'S0NOBODY'],
    acquaintances,
    steadyMs: () => steadyMs,
    onError: (error) => void errors.push(error),
  })
  return { who, errors }
}

test('members, guests and strangers are told apart, and groups are those that are named', async () => {
  const { who } = open()
  expect(await who.person('U0HARRY', true)).toEqual({ id: 'U0HARRY', kind: 'member', groups: ['S0LEADS'] })
  expect(await who.person('U0GUEST', true)).toEqual({ id: 'U0GUEST', kind: 'guest', groups: ['S0LEADS'] })
  expect(await who.person('U0STRANGER', true)).toEqual({ id: 'U0STRANGER', kind: 'stranger', groups: [] })
  expect(await who.members('S0LEADS')).toEqual(['U0HARRY', 'U0GUEST'])
})

test('an id that is nobody’s is nobody, whatever was known of it', async () => {
  const { who } = open(remembering([{ id: 'U0GONE', kind: 'member', groups: ['S0LEADS'] }]))
  expect(await who.person('U0GONE', true)).toEqual({ id: 'U0GONE', kind: 'unknown', groups: [] })
})

test('an answer does for five minutes, unless it is asked again', async () => {
  const { who } = open()
  await who.person('U0HARRY', false)
  groups.splice(0, 1, { id: 'S0LEADS', name: 'leads', members: [] })
  steadyMs = 5 * MINUTES - 1
  expect((await who.person('U0HARRY', false)).groups).toEqual(['S0LEADS'])
  steadyMs = 5 * MINUTES
  expect((await who.person('U0HARRY', false)).groups).toEqual([])
  groups.splice(0, 1, { id: 'S0LEADS', name: 'leads', members: ['U0HARRY'] })
  expect((await who.person('U0HARRY', false)).groups).toEqual([])
  expect((await who.person('U0HARRY', true)).groups).toEqual(['S0LEADS'])
})

test('what Slack says is remembered, and counts when Slack says nothing', async () => {
  const acquaintances = remembering()
  await open(acquaintances).who.person('U0HARRY', true)
  await slack.close()
  const { who, errors } = open(acquaintances)
  expect(await who.person('U0HARRY', true)).toEqual({ id: 'U0HARRY', kind: 'member', groups: ['S0LEADS'] })
  expect(await who.person('U0OTHER', true)).toEqual({ id: 'U0OTHER', kind: 'unknown', groups: [] })
  expect(errors.map(({ message }) => message)).toContainEqual(expect.stringContaining('does not say who U0HARRY is'))
  expect(await who.members('S0LEADS')).toBeNull()
  expect(await who.channel('C0INCIDENT')).toBeNull()
})

const DAYS = 86_400_000

describe('a user group of which Slack says nothing', () => {
  const refusal = { 'usergroups.users.list': { ok: false, error: 'plan_upgrade_required' } }

  test('counts for those who were known to be in it', async () => {
    const known: Person = { id: 'U0HARRY', kind: 'member', groups: ['S0NOBODY'] }
    const { who } = open(remembering([known]), await answering(refusal))
    expect(await who.person('U0HARRY', true)).toEqual(known)
  })

  test('is not remembered anew, so that what was known of it ends', async () => {
    const acquaintances = remembering([{ id: 'U0HARRY', kind: 'member', groups: ['S0NOBODY'] }])
    const { who } = open(acquaintances, await answering(refusal))
    await who.person('U0HARRY', true)
    expect(acquaintances.known).toHaveLength(1)
    // The 30 days are over (store/people.ts).
    acquaintances.known.splice(0)
    steadyMs = 30 * DAYS
    expect((await who.person('U0HARRY', true)).groups).toEqual([])
  })

  test('counts nothing for a guest, who is remembered as one', async () => {
    const acquaintances = remembering([{ id: 'U0GUEST', kind: 'member', groups: ['S0NOBODY'] }])
    const guest = { user: { id: 'U0GUEST', team_id: 'T1', is_restricted: true } }
    const { who } = open(acquaintances, await answering({ ...refusal, 'users.info': { ok: true, ...guest } }))
    const seen = { id: 'U0GUEST', kind: 'guest', groups: [] }
    expect(await who.person('U0GUEST', true)).toEqual(seen)
    expect(acquaintances.known.at(-1)).toEqual(seen)
  })
})

test('a user group that was deleted has nobody in it, from the first answer on', async () => {
  const acquaintances = remembering()
  const { who, errors } = open(acquaintances)
  expect((await who.person('U0HARRY', true)).groups).toEqual(['S0LEADS'])
  groups.splice(0)
  expect(await who.person('U0HARRY', true)).toEqual({ id: 'U0HARRY', kind: 'member', groups: [] })
  expect(acquaintances.known.at(-1)?.groups).toEqual([])
  expect(await who.members('S0LEADS')).toEqual([])
  expect(errors.map(({ message }) => message)).toContain(
    'Slack has no user group S0LEADS any more: nobody may do anything by it.',
  )
})

test('who Slack said is nobody stays nobody: asked again at once, and while Slack is away', async () => {
  const acquaintances = remembering([{ id: 'U0GONE', kind: 'member', groups: ['S0LEADS'] }])
  const nobody = { id: 'U0GONE', kind: 'unknown', groups: [] }
  const { who } = open(acquaintances)
  expect(await who.person('U0GONE', true)).toEqual(nobody)
  expect(await who.person('U0GONE', false)).toEqual(nobody)
  slack.setAway(true)
  expect(await who.person('U0GONE', true)).toEqual(nobody)
})

test('what a process has asked counts no longer than what is remembered', async () => {
  const acquaintances = remembering()
  const { who } = open(acquaintances)
  await who.person('U0HARRY', true)
  slack.setAway(true)
  expect((await who.person('U0HARRY', true)).groups).toEqual(['S0LEADS'])
  acquaintances.known.splice(0)
  steadyMs = 30 * DAYS
  expect(await who.person('U0HARRY', true)).toEqual({ id: 'U0HARRY', kind: 'unknown', groups: [] })
})

test.each([
  ['a bot', 'U0BOT', { is_bot: true }],
  ['a workflow', 'U0FLOW', { is_bot: false, is_workflow_bot: true }],
  ['a connector', 'U0LINK', { is_bot: false, is_connector_bot: true }],
  ['Slackbot, of which Slack says otherwise', 'USLACKBOT', { is_bot: false }],
])('%s is a bot', async (_, id, flags) => {
  const { who } = open(
    remembering(),
    await answering({ 'users.info': { ok: true, user: { id, team_id: 'T1', ...flags } } }),
  )
  expect((await who.person(id, true)).kind).toBe('bot')
})

test('who is not in the channel is not listed', async () => {
  await slack.close()
  const channel = { id: 'C0INCIDENT', name: 'incident', absent: ['U0HARRY'] }
  slack = await startSlack({ people: PEOPLE, channel })
  expect(await open().who.present('C0INCIDENT')).toEqual(['U0GUEST', 'U0STRANGER'])
})

test('a channel is shared, or is not', async () => {
  expect(await open().who.channel('C0INCIDENT')).toMatchObject({ isShared: false, isMember: true, isArchived: false })
  await slack.close()
  slack = await startSlack({ people: PEOPLE, channel: { id: 'C0INCIDENT', name: 'incident', isShared: true } })
  expect(await open().who.channel('C0INCIDENT')).toMatchObject({ isShared: true })
})

test.each<[string, object, boolean]>([
  ['is as any other', {}, false],
  ['is read-only', { is_read_only: true }, true],
  ['is frozen', { is_frozen: true }, true],
  ['takes nothing outside of threads', { is_thread_only: true }, true],
  ['has no threads', { is_non_threadable: true }, true],
])('a channel that %s', async (_, flags, isClosed) => {
  const said = { 'conversations.info': { ok: true, channel: { is_member: true, ...flags } } }
  const { who } = open(remembering(), await answering(said))
  expect(await who.channel('C1')).toMatchObject({ isMember: true, isClosed })
})

/** The address of an API that gives these answers by method, and else knows Harry, a full member. */
async function answering(over: Readonly<Record<string, object>>): Promise<{ apiUrl: string }> {
  const answers: Readonly<Record<string, object>> = {
    'auth.test': { ok: true, team_id: 'T1', user_id: 'UBOT' },
    'users.info': { ok: true, user: { id: 'U0HARRY', team_id: 'T1' } },
    'usergroups.users.list': { ok: true, users: [] },
    ...over,
  }
  const server = createServer((request, response) => {
    const method = request.url?.split('/').at(-1) ?? ''
    request.resume()
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify(answers[method] ?? { ok: false, error: 'unknown_method' }))
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/` }
}

describe('who is in a channel', () => {
  /** Answers in pages of one, as many as there are; the methods that were asked, with their cursors. */
  async function paged(ids: readonly string[]) {
    const asked: string[] = []
    const server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const cursor = new URLSearchParams(Buffer.concat(chunks).toString()).get('cursor') ?? '0'
        asked.push(cursor)
        const at = Number(cursor)
        const next = at + 1 < ids.length ? String(at + 1) : ''
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify({ ok: true, members: [ids[at]], response_metadata: { next_cursor: next } }))
      })
    })
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
    const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`
    return { who: open(remembering(), { apiUrl }).who, asked }
  }

  test('is everybody whom Slack lists', async () => {
    const { who, errors } = open()
    expect(await who.present('C0INCIDENT')).toEqual(['U0HARRY', 'U0GUEST', 'U0STRANGER'])
    expect(await who.present('C0OTHER')).toBeNull()
    expect(errors.map(({ message }) => message)).toEqual([
      expect.stringContaining('Slack does not say who is in C0OTHER'),
    ])
  })

  test('is read page by page', async () => {
    const { who, asked } = await paged(['U1', 'U2', 'U3'])
    expect(await who.present('C1')).toEqual(['U1', 'U2', 'U3'])
    expect(asked).toEqual(['0', '1', '2'])
  })

  test('is not known where they are more than three pages', async () => {
    const { who, asked } = await paged(['U1', 'U2', 'U3', 'U4'])
    expect(await who.present('C1')).toBeNull()
    expect(asked).toHaveLength(3)
  })
})
