// Logging in with a wrong password, a wrong token, a wrong key: everything that comes out is read, and no secret is in it.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Box, openBox } from '../../src/demo/box.ts'
import { type OwnRedis, startRedis } from '../../src/demo/redis/server.ts'
import { outageDay } from '../../src/demo/scenarios/outage-day.ts'
import { connect } from '../../src/store/redis.ts'
import { freePort, type Started, saying, startRole } from '../support/processes.ts'

const PASSWORD = 'the-password-of-redis'
const TOKENS = { SLACK_BOT_TOKEN: 'xoxb-9-the-bot-token', SLACK_APP_TOKEN: 'xapp-9-the-app-token' }
const KEY = 'the/secret+key+of+aws'

let box: Box
let redis: OwnRedis
let admin: Redis
let redisUrl: string
const started: Started[] = []

beforeAll(async () => {
  const world = { scenario: outageDay, seed: 1, speed: 3_000, volumes: 0 }
  box = await openBox({ ...world, onPost: () => undefined, isHandsOn: true })
  redis = await startRedis()
  admin = connect(redis.socket)
  const port = await freePort()
  await admin.config('SET', 'port', String(port))
  redisUrl = `redis://:${PASSWORD}@127.0.0.1:${port}`
})
afterAll(async () => {
  for (const { child } of started.splice(0)) child.kill('SIGKILL')
  admin.disconnect()
  await redis.close()
  await box.close()
})

function start(role: string, over: Record<string, string>): Started {
  const process = startRole(role, { ...box.environment, ...over })
  started.push(process)
  return process
}

function all({ said, stdout }: Started): string {
  return said() + stdout()
}

test('a wrong password of Redis, at the start', async () => {
  await admin.config('SET', 'requirepass', 'another')
  const process = start('worker', { REDIS_URL: redisUrl })
  expect(await process.ended()).toBe(1)
  expect(process.said()).toMatch(/Redis at 127\.0\.0\.1:\d+ does not serve us: it does not know us \(WRONGPASS\)/)
  expect(all(process)).not.toContain(PASSWORD)
})

test('a password of Redis that is changed while it runs', async () => {
  await admin.config('SET', 'requirepass', PASSWORD)
  const process = start('all', { REDIS_URL: redisUrl })
  await saying(process, /zonehop is up/)
  await admin.config('SET', 'requirepass', 'another')
  await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
  await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
  await saying(process, /WRONGPASS/)
  process.child.kill('SIGTERM')
  await process.ended()
  expect(all(process)).not.toContain(PASSWORD)
})

test.each(Object.entries(TOKENS))('a wrong %s', async (name, token) => {
  const process = start('bot', { [name]: token })
  expect(await process.ended()).toBe(1)
  expect(process.said()).toContain(`Slack refuses ${name}`)
  expect(all(process)).not.toContain(token)
})

test('a wrong key of AWS, at an endpoint that repeats all that it was sent', async () => {
  const echo = await echoing()
  const { port } = echo.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const endpoints = { AWS_ENDPOINT_URL_EC2: url, AWS_ENDPOINT_URL_SSM: url, AWS_ENDPOINT_URL_SERVICE_QUOTAS: url }
  const process = start('bot', { ...endpoints, AWS_SECRET_ACCESS_KEY: KEY, AWS_SESSION_TOKEN: 'the-session-token' })
  await saying(process, /zonehop is up/)
  process.child.kill('SIGTERM')
  await process.ended()
  echo.close()
  expect(all(process)).not.toContain(KEY)
  expect(all(process)).not.toContain('the-session-token')
})

async function echoing(): Promise<Server> {
  const server = createServer((request, response) => {
    const sent = JSON.stringify(request.headers)
    response.writeHead(401, { 'content-type': 'text/xml' })
    response.end(
      `<Response><Errors><Error><Code>AuthFailure</Code><Message>${sent}</Message></Error></Errors><RequestID>r</RequestID></Response>`,
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}
