// Tokens that cannot do what zonehop needs: the start ends with a sentence that names what is missing, and never waits in silence.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { requireAppToken, requireBotToken } from '../../src/slack/tokens.ts'

type Answer = { readonly body: object; readonly scopes?: string }
let server: Server
let answer: Answer
let apiUrl: string
beforeEach(async () => {
  server = createServer((_, response) => {
    const scopes = answer.scopes === undefined ? {} : { 'x-oauth-scopes': answer.scopes }
    response.writeHead(200, { 'content-type': 'application/json', ...scopes }).end(JSON.stringify(answer.body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const config = () => ({ botToken: 'xoxb-1', appToken: 'xapp-1', apiUrl })
const unheard = (): void => undefined
const ALL = 'commands,chat:write,users:read,channels:read'

test.each<[string, Answer, string | null]>([
  ['all that it needs', { body: { ok: true }, scopes: ALL }, null],
  ['more than it needs', { body: { ok: true }, scopes: `pins:write,${ALL}` }, null],
  ['a Slack that does not say', { body: { ok: true } }, null],
  [
    'one too few',
    { body: { ok: true }, scopes: 'commands,users:read,channels:read' },
    'SLACK_BOT_TOKEN lacks the scope chat:write: add it',
  ],
  [
    'two too few',
    { body: { ok: true }, scopes: 'commands,chat:write' },
    'lacks the scopes users:read, channels:read: add',
  ],
  [
    'a refusal',
    { body: { ok: false, error: 'invalid_auth' } },
    'Slack refuses SLACK_BOT_TOKEN (invalid_auth): copy it',
  ],
  [
    'a token of the other kind',
    { body: { ok: false, error: 'not_allowed_token_type' } },
    'Slack refuses SLACK_BOT_TOKEN (not_allowed_token_type): it takes a bot token (xoxb-)',
  ],
])('a bot token with %s', async (_, said, sentence) => {
  answer = said
  const checked = requireBotToken(config(), unheard)
  await (sentence === null ? expect(checked).resolves.toBeUndefined() : expect(checked).rejects.toThrow(sentence))
})

test.each<[string, Answer, string | null]>([
  ['what it needs', { body: { ok: true, url: 'ws://127.0.0.1/' } }, null],
  [
    'too few scopes',
    { body: { ok: false, error: 'missing_scope', needed: 'connections:write', provided: '' } },
    'SLACK_APP_TOKEN lacks the scope connections:write: add it',
  ],
  [
    'too few scopes, and no word of which',
    { body: { ok: false, error: 'missing_scope' } },
    'SLACK_APP_TOKEN lacks the scope connections:write',
  ],
  [
    'a token of the other kind',
    { body: { ok: false, error: 'not_allowed_token_type' } },
    'it takes an app-level token (xapp-), which has connections:write',
  ],
])('an app token with %s', async (_, said, sentence) => {
  answer = said
  const checked = requireAppToken(config(), unheard)
  await (sentence === null ? expect(checked).resolves.toBeUndefined() : expect(checked).rejects.toThrow(sentence))
})
