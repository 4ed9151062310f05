// How a process begins and ends: what it says when it cannot start, that it goes at once when told to, and that it does not stay
// on, deaf, when Slack will not have it back.

import { existsSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Box, openBox } from '../../src/demo/box.ts'
import { outageDay } from '../../src/demo/scenarios/outage-day.ts'
import { type Started, saying, startRole } from '../support/processes.ts'

let box: Box
const started: Started[] = []

beforeAll(async () => {
  const world = { scenario: outageDay, seed: 1, speed: 3_000, volumes: 0 }
  box = await openBox({ ...world, onPost: () => undefined, isHandsOn: true })
})
afterAll(async () => {
  for (const { child } of started.splice(0)) child.kill('SIGKILL')
  await box.close()
})

function start(role: string, over: Record<string, string> = {}): Started {
  const process = startRole(role, { ...box.environment, ...over })
  started.push(process)
  return process
}

test('says every problem of its environment at once, and ends with 1', async () => {
  const process = startRole('all', {})
  expect(await process.ended()).toBe(1)
  const names = ['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN', 'REDIS_URL', 'AWS_REGION']
  const problems = names.map((name) => `  ${name} .*\\n`).join('')
  expect(process.said()).toMatch(new RegExp(`^zonehop cannot start:\\n${problems}$`))
})

test.each(['all', 'bot', 'worker'])(
  '%s goes at once on SIGTERM, with 0, and takes its health file along',
  async (role) => {
    const healthFile = `${box.environment.ZONEHOP_CONFIG}.${role}`
    const process = start(role, { ZONEHOP_HEALTH_FILE: healthFile })
    await saying(process, /zonehop is up/)
    await expect.poll(() => existsSync(healthFile), { timeout: 30_000 }).toBe(true)
    process.child.kill('SIGTERM')
    expect(await process.ended(), process.said()).toBe(0)
    expect(existsSync(healthFile)).toBe(false)
  },
)

test.each([
  [
    'no Redis',
    'worker',
    { REDIS_URL: '/tmp/no-such.sock' },
    /Redis at \/tmp\/no-such\.sock does not serve us \(.*ENOENT.*\): start it/,
  ],
  [
    'a bot token that Slack does not know',
    'worker',
    { SLACK_BOT_TOKEN: 'xoxb-other' },
    /Slack refuses SLACK_BOT_TOKEN \(invalid_auth\)/,
  ],
  [
    'an app token that Slack does not know',
    'bot',
    { SLACK_APP_TOKEN: 'xapp-other' },
    /Slack refuses SLACK_APP_TOKEN \(invalid_auth\)/,
  ],
  [
    'no Slack',
    'bot',
    { SLACK_API_URL: 'http://127.0.0.1:9/api/' },
    /Slack does not answer at http:\/\/127\.0\.0\.1:9\/api\/ \(/,
  ],
  [
    'no drill',
    'worker',
    { ZONEHOP_CLOCK_URL: 'http://127.0.0.1:9/clock' },
    /no drill answers at http:\/\/127\.0\.0\.1:9\/clock/,
  ],
])('with %s a %s says so in one sentence, and ends with 1', async (_, role, over, sentence) => {
  const process = start(role, over)
  expect(await process.ended()).toBe(1)
  const said = process.said().match(/^zonehop cannot start: .*$/gm)
  expect(said).toHaveLength(1)
  expect(said?.[0]).toMatch(sentence)
})

test('a bot that Slack does not take back ends, with the reason, so that a supervisor starts it anew', async () => {
  const gate = await gateBefore(box.slack.apiUrl)
  const process = start('bot', { SLACK_API_URL: gate.apiUrl })
  await saying(process, /zonehop is up/)
  gate.revoke()
  box.slack.dropSockets()
  expect(await process.ended()).toBe(1)
  expect(process.said()).toMatch(/^zonehop stops, .*invalid_auth/m)
  gate.close()
})

/** Hands everything on to Slack until the tokens are revoked. */
async function gateBefore(apiUrl: string) {
  let isRevoked = false
  const server: Server = createServer(async (request, response) => {
    const body = await buffer(request)
    const url = new URL((request.url ?? '').replace(/^\/api\//, ''), apiUrl)
    const headers = {
      authorization: request.headers.authorization ?? '',
      'content-type': request.headers['content-type'] ?? '',
    }
    const answer = isRevoked
      ? JSON.stringify({ ok: false, error: 'invalid_auth' })
      : await (await fetch(url, { method: 'POST', headers, body })).text()
    response.writeHead(200, { 'content-type': 'application/json' }).end(answer)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`,
    revoke: () => {
      isRevoked = true
    },
    close: () => server.close(),
  }
}
