// What is written of an error: what it is and where it comes from, and nothing that was sent.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OwnRedis, startRedis } from '../src/demo/redis/server.ts'
import { errorLog, redacting } from '../src/log.ts'
import { connect } from '../src/store/redis.ts'

const ENVIRONMENT = {
  SLACK_BOT_TOKEN: 'xoxb-1-secret',
  SLACK_APP_TOKEN: 'xapp-1-secret',
  AWS_SECRET_ACCESS_KEY: 'aws/secret+key',
  AWS_SESSION_TOKEN: 'session-token',
  REDIS_URL: 'rediss://zonehop:p%40ss-word@redis.example:6379/0',
}

let server: OwnRedis
beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server.close())

function written(...errors: readonly Error[]): { err: Record<string, unknown>; msg: string }[] {
  const lines: string[] = []
  const log = errorLog(redacting(ENVIRONMENT), { write: (line) => void lines.push(line) })
  for (const error of errors) log(error)
  return lines.map((line) => JSON.parse(line))
}

test.each([
  ['the bot token', 'Bearer xoxb-1-secret', 'Bearer [secret]'],
  ['a token of somebody else', 'got xoxp-9-8-abc-def, no', 'got [secret], no'],
  ['the app token', 'xapp-1-secret', '[secret]'],
  ['the AWS key', 'key=aws/secret+key;', 'key=[secret];'],
  ['the session token', 'session-token', '[secret]'],
  ['the password as it is sent', 'AUTH zonehop p@ss-word', 'AUTH zonehop [secret]'],
  ['the password in a URL', 'at rediss://zonehop:p%40ss-word@redis.example', 'at rediss://[secret]@redis.example'],
  ['the password of another URL', 'https://u:pw@example.org/x', 'https://[secret]@example.org/x'],
])('%s is taken out', (_, text, left) => {
  expect(redacting(ENVIRONMENT)(text)).toBe(left)
})

test.each([
  ['redis://:100%@host:6379', '100%'],
  ['redis://:s3c#r3t@host:6379', 's3c#r3t'],
  ['redis://u:s3c/r3t@host:6379', 's3c/r3t'],
  ['redis://:p@ss@host:6379', 'p@ss'],
  ['redis://host:6379?password=s3cr3t', 's3cr3t'],
  ['redis://:100%25@host:99999', '100%'],
])('the password of %s is taken out, whether or not that is an address', (REDIS_URL, secret) => {
  expect(redacting({ REDIS_URL })(`AUTH ${secret}, no`)).toBe('AUTH [secret], no')
})

test('nothing given, nothing taken out', () => {
  const text = 'Redis at /tmp/redis.sock: ENOENT, http://127.0.0.1:9/api/'
  expect(redacting({})(text)).toBe(text)
  expect(redacting({ REDIS_URL: '/tmp/redis.sock' })(text)).toBe(text)
})

test('of a command that Redis refuses, its arguments are not written', async () => {
  const redis = connect(server.socket)
  const refused = await redis.eval('return nothing.at.all', 0, 'an entry of the journal').catch((error: Error) => error)
  redis.disconnect()
  // As ioredis gives it: otherwise this would try nothing.
  expect(JSON.stringify(refused)).toContain('an entry of the journal')
  const [line] = written(refused as Error)
  expect(line?.err).toMatchObject({ type: 'ReplyError', message: expect.stringContaining('nothing') })
  expect(JSON.stringify(line)).not.toContain('an entry of the journal')
})

test('causes are written, and secrets in them are not', () => {
  const cause = Object.assign(new Error('connect to https://u:pw@example.org'), { code: 'ECONNREFUSED' })
  const [line] = written(new Error('no answer with xoxb-1-secret', { cause }))
  expect(line).toMatchObject({
    msg: 'no answer with [secret]',
    err: {
      message: 'no answer with [secret]',
      cause: { message: 'connect to https://[secret]@example.org', code: 'ECONNREFUSED' },
    },
  })
  expect(JSON.stringify(line)).not.toMatch(/xoxb-1|u:pw/)
})

test('the same message is written once for a while', () => {
  expect(written(new Error('gone'), new Error('gone'), new Error('back'))).toHaveLength(2)
})
