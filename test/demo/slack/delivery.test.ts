// Delivery when things go wrong: calls too fast, connections renewed or cut, payloads heard twice, and signed HTTP.
import { setTimeout as delay } from 'node:timers/promises'
import { App, HTTPReceiver, LogLevel } from '@slack/bolt'
import { WebAPIRateLimitedError, WebClient } from '@slack/web-api'
import { afterEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { LocalSlack } from '../../../src/demo/slack/entities.ts'
import { CHANNEL, PEOPLE, SILENT, startApp, startSlack, until } from './bolt.ts'

const [giles] = PEOPLE
const closers: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function open(options: Parameters<typeof startSlack>[0] = {}): Promise<LocalSlack> {
  const slack = await startSlack(options)
  closers.push(() => slack.close())
  return slack
}

async function openApp(slack: LocalSlack) {
  const bolt = await startApp(slack)
  closers.push(() => bolt.stop())
  return bolt.app
}

test('posts beyond one a second are told when to come back', async () => {
  let steadyMs = 0
  const slack = await open({ isPaced: true, steadyMs: () => steadyMs })
  const client = new WebClient(slack.botToken, {
    slackApiUrl: slack.apiUrl,
    rejectRateLimitedCalls: true,
    logger: SILENT,
  })
  const post = () =>
    client.chat.postMessage({ channel: CHANNEL.id, text: 'x' }).then(
      () => 0,
      (error: unknown) => (error instanceof WebAPIRateLimitedError ? error.retryAfter : -1),
    )
  const burst: number[] = []
  for (let times = 0; times < 7; times++) burst.push(await post())
  expect(burst).toEqual([0, 0, 0, 0, 0, 1, 1])
  steadyMs += 1_000
  expect([await post(), await post()]).toEqual([0, 1])
  expect(slack.counts()).toEqual({ posts: 6, updates: 0, rateLimited: 3 })
})

test.each(['refresh_requested', 'warning'] as const)('a connection is made anew after %s', async (reason) => {
  const slack = await open()
  const app = await openApp(slack)
  app.command('/migrate', async ({ ack }) => ack('here'))
  const counts: number[] = []
  slack.onChange((change) => change.kind === 'connections' && counts.push(change.count))
  slack.refreshSockets(reason)
  await until(() => counts.includes(0) && counts.at(-1) === 1)
  await slack.command(giles.id, '/migrate help')
  expect(slack.transcript().at(-1)?.text).toContain('here')
})

/** An app in ten lines that acknowledges nothing by itself. */
async function openDeafApp(slack: LocalSlack): Promise<{ heard: Record<string, unknown>[]; socket: WebSocket }> {
  const response = await fetch(`${slack.apiUrl}apps.connections.open`, {
    method: 'POST',
    headers: { authorization: `Bearer ${slack.appToken}` },
  })
  const { url } = (await response.json()) as { url: string }
  const socket = new WebSocket(url)
  const heard: Record<string, unknown>[] = []
  socket.on('message', (data) => heard.push(JSON.parse(String(data))))
  await until(() => heard.length > 0)
  return { heard, socket }
}

test('what was on a connection that was cut goes out again on the next', async () => {
  const slack = await open()
  const first = await openDeafApp(slack)
  const second = await openDeafApp(slack)
  const done = slack.command(giles.id, '/migrate help')
  await until(() => first.heard[1])
  first.socket.terminate()
  const again = await until(() => second.heard[1])
  expect(again).toMatchObject({ envelope_id: first.heard[1]?.envelope_id, retry_attempt: 1, retry_reason: 'timeout' })
  second.socket.send(JSON.stringify({ envelope_id: again.envelope_id, payload: {} }))
  await done
  expect(slack.transcript()).toHaveLength(1)
})

test('all connections dropped: the payload waits for one within its three seconds', async () => {
  const slack = await open()
  const first = await openDeafApp(slack)
  const done = slack.command(giles.id, '/migrate help')
  await until(() => first.heard[1])
  slack.dropSockets()
  await until(() => slack.connections() === 0)
  const next = await openDeafApp(slack)
  const again = await until(() => next.heard[1])
  next.socket.send(JSON.stringify({ envelope_id: again.envelope_id, payload: { text: 'late but there' } }))
  await done
  expect(slack.transcript().at(-1)?.text).toContain('late but there')
})

test('on request, what was acknowledged too late is delivered once more', async () => {
  const slack = await open({ redeliversLate: true })
  const { heard } = await openDeafApp(slack)
  await slack.command(giles.id, '/migrate help')
  await until(() => heard.length === 3)
  expect(heard.slice(1).map(({ retry_attempt }) => retry_attempt)).toEqual([undefined, 1])
})

test('signed HTTP delivery satisfies a real HTTPReceiver', async () => {
  const slack = await open()
  const receiver = new HTTPReceiver({ signingSecret: slack.signingSecret, logLevel: LogLevel.ERROR })
  const app = new App({
    token: slack.botToken,
    receiver,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: slack.apiUrl },
  })
  app.command('/migrate', async ({ ack, command }) => ack(`you said ${command.text}`))
  app.action('go', async ({ ack, respond, action }) => {
    await ack()
    await respond(`pressed ${action.type === 'button' ? action.value : '?'}`)
  })
  const server = await app.start(0)
  closers.push(() => app.stop())
  const { port } = server.address() as { port: number }
  slack.deliverTo(`http://127.0.0.1:${port}/slack/events`)
  await slack.command(giles.id, '/migrate plan')
  expect(slack.transcript().at(-1)?.text).toContain('you said plan')
  const button = {
    type: 'button' as const,
    action_id: 'go',
    value: '7',
    text: { type: 'plain_text' as const, text: 'Go' },
  }
  const { ts = '' } = await app.client.chat.postMessage({
    channel: CHANNEL.id,
    text: 'q',
    blocks: [{ type: 'actions', elements: [button] }],
  })
  await slack.click(giles.id, ts, 'go')
  await until(() => slack.transcript().at(-1)?.text.includes('pressed 7'))
})

test('an app that answers 500, or not at all, is told apart', async () => {
  const slack = await open()
  const { createServer } = await import('node:http')
  const server = createServer((_, response) => response.writeHead(500).end())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  slack.deliverTo(`http://127.0.0.1:${port}/slack/events`)
  await slack.command(giles.id, '/migrate help')
  await new Promise((resolve) => server.close(resolve))
  await slack.command(giles.id, '/migrate help')
  await delay(0)
  expect(
    slack
      .transcript()
      .filter(({ user }) => user === 'Slackbot')
      .map(({ text }) => text.match(/"(.*)"/)?.[1]),
  ).toEqual(['http_service_error', 'dispatch_failed'])
})
