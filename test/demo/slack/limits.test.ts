// What Slack refuses, refused by the local one with the same words, seen through the real client.
import { WebAPIPlatformError, WebClient } from '@slack/web-api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { LocalSlack } from '../../../src/demo/slack/entities.ts'
import { CHANNEL, SILENT, startSlack } from './bolt.ts'

let slack: LocalSlack
let client: WebClient

beforeAll(async () => {
  slack = await startSlack()
  client = new WebClient(slack.botToken, { slackApiUrl: slack.apiUrl, logger: SILENT })
})
afterAll(() => slack.close())

async function errorOf(method: string, options: Record<string, unknown>, by = client): Promise<unknown> {
  try {
    await by.apiCall(method, options)
    return null
  } catch (error) {
    return error instanceof WebAPIPlatformError ? error.data.error : error
  }
}

const section = (chars: number) => ({ type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(chars) } })
const button = (more: object) => ({
  type: 'actions',
  elements: [{ type: 'button', text: { type: 'plain_text', text: 'Go' }, ...more }],
})

test.each([
  ['a text', { text: 'hello' }, null],
  ['nothing to say', {}, 'no_text'],
  ['blocks without text', { blocks: [section(3000)] }, null],
  ['a section too long', { blocks: [section(3001)] }, 'invalid_blocks'],
  ['an empty section', { blocks: [section(0)] }, 'invalid_blocks'],
  ['51 blocks', { blocks: Array.from({ length: 51 }, () => ({ type: 'divider' })) }, 'invalid_blocks'],
  [
    'more text in blocks than a message holds',
    { blocks: Array.from({ length: 5 }, () => section(2900)) },
    'msg_blocks_too_long',
  ],
  ['a button value too long', { blocks: [button({ value: 'x'.repeat(2001) })] }, 'invalid_blocks'],
  [
    'a button label too long',
    { blocks: [button({ text: { type: 'plain_text', text: 'x'.repeat(76) } })] },
    'invalid_blocks',
  ],
  ['a property Slack does not know', { blocks: [button({ colour: 'red' })] }, 'invalid_blocks'],
  ['an unknown block', { blocks: [{ type: 'sparkline' }] }, 'invalid_blocks'],
  ['blocks that are no list', { blocks: '{' }, 'invalid_blocks'],
  [
    'one block id twice',
    {
      blocks: [
        { type: 'divider', block_id: 'a' },
        { type: 'divider', block_id: 'a' },
      ],
    },
    'invalid_blocks',
  ],
  ['an unknown channel', { channel: 'C0NOWHERE', text: 'hello' }, 'channel_not_found'],
  ['an unknown thread', { thread_ts: '1.000000', text: 'hello' }, 'thread_not_found'],
])('chat.postMessage with %s', async (_, options, error) => {
  expect(await errorOf('chat.postMessage', { channel: CHANNEL.id, ...options })).toBe(error)
})

test('says where in the blocks the problem is', async () => {
  const error = await client.chat
    .postMessage({ channel: CHANNEL.id, text: 'x', blocks: [section(3001)] })
    .catch((problem: unknown) => problem)
  expect(error).toBeInstanceOf(WebAPIPlatformError)
  expect((error as WebAPIPlatformError).data.response_metadata?.messages).toEqual([
    '[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
  ])
})

test('chat.update is stricter, and takes blocks away when given none', async () => {
  const { ts = '' } = await client.chat.postMessage({
    channel: CHANNEL.id,
    text: 'q',
    blocks: [button({ action_id: 'approve-x' })],
  })
  expect(await errorOf('chat.update', { channel: CHANNEL.id, ts, text: 'x'.repeat(4001) })).toBe('msg_too_long')
  expect(await errorOf('chat.update', { channel: CHANNEL.id, ts: '1.000000', text: 'x' })).toBe('message_not_found')
  expect(slack.buttons().some((each) => each.ts === ts)).toBe(true)
  await client.chat.update({ channel: CHANNEL.id, ts, text: 'answered' })
  expect(slack.buttons().some((each) => each.ts === ts)).toBe(false)
})

test('tokens and methods', async () => {
  const stranger = new WebClient('xoxb-wrong', { slackApiUrl: slack.apiUrl, logger: SILENT })
  expect(await errorOf('auth.test', {}, stranger)).toBe('invalid_auth')
  expect(await errorOf('apps.connections.open', {})).toBe('not_allowed_token_type')
  expect(await errorOf('chat.sing', {})).toBe('unknown_method')
})

test('a token without a scope may not call what takes it, and every answer says which scopes it has', async () => {
  const small = await startSlack({ scopes: ['commands', 'users:read'] })
  const by = new WebClient(small.botToken, { slackApiUrl: small.apiUrl, logger: SILENT })
  const refused = await by.pins.add({ channel: 'C0NOWHERE', timestamp: '1.000000' }).catch((error: unknown) => error)
  expect(refused).toMatchObject({
    data: { error: 'missing_scope', needed: 'pins:write', provided: 'commands,users:read' },
  })
  const { response_metadata } = await by.auth.test()
  expect(response_metadata?.scopes).toEqual(['commands', 'users:read'])
  await small.close()
})

test('a channel holds a hundred pins', async () => {
  const full = await startSlack()
  const by = new WebClient(full.botToken, { slackApiUrl: full.apiUrl, logger: SILENT })
  const channel = CHANNEL.id
  for (let count = 0; count <= 100; count++) {
    const { ts = '' } = await by.chat.postMessage({ channel, text: 'pin me' })
    expect(await errorOf('pins.add', { channel, timestamp: ts }, by)).toBe(count < 100 ? null : 'too_many_pins')
  }
  await full.close()
})
