// The local Slack driven by the real Bolt: what a person does reaches the app, what the app says reaches the channel.
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { LocalSlack } from '../../../src/demo/slack/entities.ts'
import { CHANNEL, handClock, PEOPLE, startApp, startSlack, until } from './bolt.ts'

const [giles, harry] = PEOPLE
const START_TS = '1772514600'

let slack: LocalSlack
let bolt: Awaited<ReturnType<typeof startApp>>
let clock: ReturnType<typeof handClock>
let steadyMs = 0

beforeEach(async () => {
  clock = handClock()
  steadyMs = 0
  slack = await startSlack({ clock, steadyMs: () => steadyMs })
  bolt = await startApp(slack)
})

afterEach(async () => {
  await bolt.stop()
  await slack.close()
})

const question = (actionId: string) => [
  { type: 'section', text: { type: 'mrkdwn', text: '*Start?*\nfor <@U0HARRY>' } },
  {
    type: 'actions',
    elements: [{ type: 'button', action_id: actionId, value: 'm-1', text: { type: 'plain_text', text: 'Start' } }],
  },
]

test('a command reaches the app, which answers its person alone', async () => {
  bolt.app.command('/migrate', async ({ ack, respond, command }) => {
    await ack()
    await respond(`you said ${command.text}, ${command.user_name} in ${command.channel_name}`)
  })
  await slack.command(giles.id, '/migrate start a b')
  const rows = await until(() => slack.transcript().length === 2 && slack.transcript())
  expect(rows).toMatchObject([
    { at: '2026-03-03T05:10:00.000Z', user: 'giles', text: '/migrate start a b', thread: null, edited: false },
    {
      at: '2026-03-03T05:10:00.000Z',
      user: 'zonehop',
      text: '(only giles sees this) you said start a b, giles in incident',
      thread: null,
      edited: false,
    },
  ])
})

test('a question is posted, pressed, and turns into its answer', async () => {
  bolt.app.action(/^approve-/, async ({ ack, body, action, client }) => {
    await ack()
    if (body.type !== 'block_actions' || action.type !== 'button') throw new Error('not a button')
    const { ts } = body.message ?? {}
    await client.chat.update({
      channel: CHANNEL.id,
      ts: ts ?? '',
      text: `Approved by <@${body.user.id}>: ${action.value} ${body.container.thread_ts}`,
    })
  })
  const parent = await bolt.app.client.chat.postMessage({ channel: CHANNEL.id, text: 'status' })
  const posted = await bolt.app.client.chat.postMessage({
    channel: CHANNEL.id,
    text: 'Start?',
    thread_ts: parent.ts ?? '',
    blocks: question('approve-start'),
  })
  expect(slack.hasUnansweredButton()).toBe(true)
  expect(slack.buttons()).toEqual([{ ts: posted.ts, actionId: 'approve-start', label: 'Start', value: 'm-1' }])
  await slack.click(harry.id, posted.ts ?? '', 'approve-start')
  await until(() => slack.buttons().length === 0)
  expect(slack.hasUnansweredButton()).toBe(false)
  expect(slack.transcript().map(({ text }) => text)).toEqual([
    'status',
    '*Start?*\nfor @harry\n[Start]',
    `Approved by @harry: m-1 ${parent.ts}`,
  ])
  expect(slack.transcript().at(-1)).toMatchObject({ thread: parent.ts, edited: true })
  expect(slack.counts()).toEqual({ posts: 2, updates: 1, rateLimited: 0 })
})

test('timestamps come from the clock handed in and rise though it stands still', async () => {
  const first = await bolt.app.client.chat.postMessage({ channel: CHANNEL.id, text: 'one' })
  const second = await bolt.app.client.chat.postMessage({ channel: CHANNEL.id, text: 'two' })
  expect([first.ts, second.ts]).toEqual([`${START_TS}.000000`, `${START_TS}.000100`])
})

test('edits within a simulated minute fold into one row', async () => {
  const { ts = '' } = await bolt.app.client.chat.postMessage({ channel: CHANNEL.id, text: '0%' })
  for (const percent of [1, 2, 3, 4]) {
    clock.forward(20_000)
    await bolt.app.client.chat.update({ channel: CHANNEL.id, ts, text: `${percent}%` })
  }
  expect(slack.transcript().map(({ at, text }) => [at.slice(14, 19), text])).toEqual([
    ['10:00', '0%'],
    ['10:40', '2%'],
    ['11:20', '4%'],
  ])
})

test('words in the acknowledgement are an answer too', async () => {
  bolt.app.command('/migrate', async ({ ack }) => ack('at once'))
  await slack.command(giles.id, '/migrate')
  expect(slack.transcript().at(-1)?.text).toBe('(only giles sees this) at once')
})

test('an app that is slower than three seconds has failed', async () => {
  bolt.app.command('/migrate', async () => delay(0))
  const startedMs = performance.now()
  await slack.command(giles.id, '/migrate help')
  expect(performance.now() - startedMs).toBeGreaterThan(2_900)
  expect(slack.transcript().at(-1)).toMatchObject({
    user: 'Slackbot',
    text: '(only giles sees this) /migrate failed with the error "operation_timeout"',
  })
})

test('without a connection a command fails at once', async () => {
  const lonely = await startSlack()
  await lonely.command(giles.id, '/migrate help')
  expect(lonely.transcript().at(-1)?.text).toBe(
    '(only giles sees this) /migrate failed with the error "dispatch_failed"',
  )
  await lonely.close()
})

test('each payload goes to one of several connections', async () => {
  const second = await startApp(slack)
  const heard = [0, 0]
  for (const [index, { app }] of [bolt, second].entries()) {
    app.command('/migrate', async ({ ack }) => {
      heard[index] = (heard[index] ?? 0) + 1
      await ack()
    })
  }
  for (let times = 0; times < 4; times++) await slack.command(giles.id, '/migrate help')
  expect(heard).toEqual([2, 2])
  await second.stop()
})

test('a response_url answers five times, and not after half an hour', async () => {
  const urls: string[] = []
  bolt.app.command('/migrate', async ({ ack, command }) => {
    await ack()
    urls.push(command.response_url)
  })
  await slack.command(giles.id, '/migrate help')
  await slack.command(giles.id, '/migrate help')
  const [url = '', later = ''] = urls
  const say = (to: string) =>
    fetch(to, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: 'hello' }),
    })
  const statuses: number[] = []
  for (let times = 0; times < 6; times++) statuses.push((await say(url)).status)
  expect(statuses).toEqual([200, 200, 200, 200, 200, 404])
  expect(await (await say(url)).json()).toEqual({ ok: false, error: 'used_url' })
  steadyMs = 30 * 60_000 + 1
  expect(await (await say(later)).json()).toEqual({ ok: false, error: 'expired_url' })
})
