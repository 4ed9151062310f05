// What our bot relies on of Slack's Web API, asked with the real client. By default of the local Slack; of any other by
// ZONEHOP_CONTRACT_SLACK_URL (the API's address), _TOKEN (a bot token) and _CHANNEL (an id; the bot is in it).
import { WebAPIPlatformError, WebClient } from '@slack/web-api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CHANNEL, SILENT, startSlack } from '../demo/slack/bolt.ts'

const {
  ZONEHOP_CONTRACT_SLACK_URL: url,
  ZONEHOP_CONTRACT_SLACK_TOKEN: token,
  ZONEHOP_CONTRACT_SLACK_CHANNEL: channel = CHANNEL.id,
} = process.env
let client: WebClient
let close = async () => {}
const posted: string[] = []

beforeAll(async () => {
  if (url && token) {
    client = new WebClient(token, { slackApiUrl: url, logger: SILENT })
    return
  }
  const slack = await startSlack({ isPaced: true })
  client = new WebClient(slack.botToken, { slackApiUrl: slack.apiUrl, logger: SILENT })
  close = () => slack.close()
})
afterAll(async () => {
  for (const ts of posted) await client.chat.delete({ channel, ts })
  await close()
})

async function post(more: object = {}): Promise<string> {
  const { ts = '' } = await client.chat.postMessage({ channel, text: 'zonehop contract test', ...more })
  posted.push(ts)
  return ts
}

async function errorOf(method: string, options: object): Promise<unknown> {
  const answer = await client.apiCall(method, { channel, ...options }).catch((error: unknown) => error)
  return answer instanceof WebAPIPlatformError ? answer.data.error : answer
}

const blocks = [
  { type: 'section', text: { type: 'mrkdwn', text: '*Freeze?*' } },
  {
    type: 'actions',
    elements: [
      { type: 'button', action_id: 'approve-freeze', value: '{}', text: { type: 'plain_text', text: 'Approve' } },
    ],
  },
]

test('auth.test says who the bot is', async () => {
  expect(await client.auth.test()).toMatchObject({
    ok: true,
    user_id: expect.stringMatching(/^[UW]/),
    bot_id: expect.stringMatching(/^B/),
    team_id: expect.stringMatching(/^[TE]/),
  })
})

test('a post has a timestamp that later posts exceed', async () => {
  const [first, second] = [await post(), await post()]
  expect(first).toMatch(/^\d{10}\.\d{6}$/)
  expect(Number(second)).toBeGreaterThan(Number(first))
})

test('blocks come back with ids; an update with text alone takes them away', async () => {
  const { ts = '', message } = await client.chat.postMessage({ channel, text: 'Freeze?', blocks })
  posted.push(ts)
  expect(message?.blocks).toMatchObject([
    { type: 'section', block_id: expect.any(String) },
    { type: 'actions', block_id: expect.any(String) },
  ])
  const answered = await client.chat.update({ channel, ts, text: 'Approved' })
  expect(answered).toMatchObject({ ok: true, ts, text: 'Approved' })
  expect((answered.message?.blocks ?? []).some(({ type }) => type === 'actions')).toBe(false)
})

test('a reply knows its thread', async () => {
  const parent = await post()
  const { ts = '', message } = await client.chat.postMessage({ channel, text: 'reply', thread_ts: parent })
  posted.push(ts)
  expect(message?.thread_ts).toBe(parent)
})

test('metadata comes back', async () => {
  const metadata = { event_type: 'zonehop', event_payload: { migration: 'm-1' } }
  const { ts = '', message } = await client.chat.postMessage({ channel, text: 'with metadata', metadata })
  posted.push(ts)
  expect(message?.metadata).toEqual(metadata)
})

test('a permalink names channel and message', async () => {
  const ts = await post()
  const { permalink } = await client.chat.getPermalink({ channel, message_ts: ts })
  expect(permalink).toContain(`/archives/${channel}/p${ts.replace('.', '')}`)
})

test('a message is pinned once', async () => {
  const ts = await post()
  expect(await client.pins.add({ channel, timestamp: ts })).toMatchObject({ ok: true })
  expect(await errorOf('pins.add', { timestamp: ts })).toBe('already_pinned')
})

test('what is deleted is gone', async () => {
  const ts = await post()
  await client.chat.delete({ channel, ts: posted.pop() ?? ts })
  expect(await errorOf('chat.update', { ts, text: 'x' })).toBe('message_not_found')
})

test.each([
  ['chat.postMessage', { channel: 'C00000000', text: 'x' }, 'channel_not_found'],
  ['chat.postMessage', {}, 'no_text'],
  [
    'chat.postMessage',
    { text: 'x', blocks: [{ type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(3001) } }] },
    'invalid_blocks',
  ],
  ['chat.update', { ts: '1.000000', text: 'x' }, 'message_not_found'],
  [
    'views.open',
    {
      trigger_id: '1.2.3',
      view: { type: 'modal', title: { type: 'plain_text', text: 'x' }, blocks: [{ type: 'divider' }] },
    },
    'invalid_trigger_id',
  ],
  ['pins.add', {}, 'no_item_specified'],
  ['pins.add', { timestamp: 'yesterday' }, 'bad_timestamp'],
  ['pins.add', { timestamp: '1234567890.000100' }, 'message_not_found'],
  ['chat.sing', {}, 'unknown_method'],
])('%s %j is refused with %s', async (method, options, error) => {
  expect(await errorOf(method, options)).toBe(error)
})

test('a file is asked for, sent and shared', async () => {
  const file = { file: Buffer.from('a report'), filename: 'report.md', title: 'A report' }
  const { ok, files } = await client.filesUploadV2({
    channel_id: channel,
    thread_ts: await post(),
    file_uploads: [file],
  })
  expect({ ok, files }).toMatchObject({
    ok: true,
    files: [{ files: [{ id: expect.stringMatching(/^F/), title: 'A report' }] }],
  })
})

test.each([
  ['files.getUploadURLExternal', { filename: 'x' }, 'invalid_arguments'],
  ['files.completeUploadExternal', { channel_id: 'C00000000', files: '[{"id":"F0"}]' }, 'channel_not_found'],
  ['files.completeUploadExternal', { channel_id: channel, files: '[{"id":"F0"}]' }, 'file_not_found'],
])('%s %j is refused with %s', async (method, options, error) => {
  expect(await errorOf(method, options)).toBe(error)
})

test('an update longer than 4,000 characters is refused', async () => {
  expect(await errorOf('chat.update', { ts: await post(), text: 'x'.repeat(4_001) })).toBe('msg_too_long')
})
