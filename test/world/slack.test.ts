// What Slack answered to somebody, and what people type on phones: nothing begins that nobody could follow, and nothing typed is
// taken for something else.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Reply, UseCases } from '../../src/core/ports.ts'
import { type Asker, tellAlone } from '../../src/slack/alone.ts'
import { type Command, parseCommand } from '../../src/slack/command.ts'
import { directory } from '../../src/slack/directory.ts'
import { requireAppToken, requireBotToken } from '../../src/slack/tokens.ts'
import { folded } from '../core/journals.ts'
import { memoryJournal } from '../support/memory-journal.ts'
import { directoryOf } from '../support/people.ts'
import { move, plan } from '../support/plans.ts'
import { typing, useCases } from './doors.ts'

const unheard = (): void => undefined

/** A Slack that gives one answer to whatever it is asked, with the scopes that it says with every answer. */
let answer: { readonly body: object; readonly scopes?: string }
let slack: Server
let apiUrl = ''
beforeEach(async () => {
  slack = createServer((_, response) => {
    const scopes = answer.scopes === undefined ? {} : { 'x-oauth-scopes': answer.scopes }
    response.writeHead(200, { 'content-type': 'application/json', ...scopes }).end(JSON.stringify(answer.body))
  })
  await new Promise<void>((resolve) => slack.listen(0, '127.0.0.1', resolve))
  apiUrl = `http://127.0.0.1:${(slack.address() as AddressInfo).port}/api/`
})
afterEach(() => {
  slack.closeAllConnections()
  slack.close()
})
const config = () => ({ botToken: 'xoxb-1', appToken: 'xapp-1', apiUrl })

describe('/migrate start where the bot cannot write', () => {
  const INVITE = /^I am not in this channel: type \/invite @zonehop, then this again\.$/
  const refused = (error: string) => ({ ok: false, error })
  const channel = (over: object) => ({ ok: true, channel: { id: 'C-1', is_member: true, ...over } })
  test.each<[string, object, RegExp]>([
    ['not_in_channel', channel({ is_member: false }), INVITE],
    ['channel_not_found', refused('channel_not_found'), INVITE],
    [
      'a DM',
      channel({ is_im: true, is_member: false }),
      /has its thread in a channel.*: type this in one that I am in/,
    ],
    ['a DM of several', channel({ is_mpim: true }), /: type this in one that I am in/],
    ['an archive', channel({ is_archived: true }), /^This channel is archived/],
  ])('%s: nothing is journalled, and the answer says what to type', async (_, body, right) => {
    answer = { body }
    const journal = memoryJournal(() => 60_000)
    const acquaintances = { recall: async () => null, remember: async () => undefined }
    const real = directory({ slack: config(), groups: [], acquaintances, steadyMs: () => 0, onError: unheard })
    const use = useCases({ journal, directory: { ...directoryOf(), channel: real.channel } })
    expect(await typing(use)('start us-east-1a us-east-1c')).toMatch(right)
    expect(await journal.running()).toEqual([])
  })
})

describe('a token without its scope ends the start with a sentence that names the scope', () => {
  test.each<[string, typeof requireBotToken, typeof answer, RegExp]>([
    [
      'a bot token that may not write',
      ...([requireBotToken, { body: { ok: true }, scopes: 'commands,users:read,channels:read' }] as const),
      /^SLACK_BOT_TOKEN lacks the scope chat:write: add it in the settings/,
    ],
    [
      'missing_scope',
      ...([requireAppToken, { body: { ok: false, error: 'missing_scope', needed: 'connections:write' } }] as const),
      /^SLACK_APP_TOKEN lacks the scope connections:write: add it/,
    ],
    [
      'not_allowed_token_type',
      ...([requireAppToken, { body: { ok: false, error: 'not_allowed_token_type' } }] as const),
      /SLACK_APP_TOKEN \(not_allowed_token_type\): it takes an app-level token \(xapp-\), which has connections:write/,
    ],
    [
      'not_allowed_token_type of a bot token',
      ...([requireBotToken, { body: { ok: false, error: 'not_allowed_token_type' } }] as const),
      /SLACK_BOT_TOKEN \(not_allowed_token_type\): it takes a bot token \(xoxb-\)/,
    ],
  ])('%s', async (_, require, said, right) => {
    answer = said
    await expect(require(config(), unheard)).rejects.toThrow(right)
  })
})

describe('an answer that no response_url takes', () => {
  const told = async (respond: Asker['respond']): Promise<string[]> => {
    const heard: string[] = []
    const postEphemeral = async ({ channel, user, text }: Record<string, string>) =>
      void heard.push(`${channel} ${user} ${text}`)
    const client = { chat: { postEphemeral, postMessage: () => expect.unreachable('it is told to all') } }
    await tellAlone({ respond, client, channel: 'C-1', user: 'U-1', onError: unheard } as unknown as Asker, 'no')
    return heard
  }
  const unauthorized = async (): Promise<never> => {
    throw Object.assign(new Error('Request failed with status code 401'), { status: 401 })
  }
  test.each<[string, Asker['respond']]>([
    ['there is none', undefined],
    ['it answers 401', unauthorized],
  ])('%s: an ephemeral message', async (_, respond) => {
    expect(await told(respond)).toEqual(['C-1 U-1 no'])
  })
})

describe('typed', () => {
  const zones = { sourceZone: 'us-east-1a', targetZone: 'us-east-1c' }
  test.each<[string, Partial<Command>]>([
    ['Abort because it is late', { verb: 'abort', id: null, reason: 'it is late' }],
    ['Abort Because it is late', { verb: 'abort', reason: 'it is late' }],
    ['Status', { verb: 'status' }],
    ['STATUS\u00A0', { verb: 'status' }],
    ['defer “Dropbox” because it can wait', { verb: 'defer', service: 'Dropbox', reason: 'it can wait' }],
    ['defer\u00A0dropbox\u00A0because\u202Fit can wait', { verb: 'defer', service: 'dropbox', reason: 'it can wait' }],
    ['start us-east-1a us-east-1c \u2014no-seed', { verb: 'start', ...zones, seeds: false }],
    ['Start US-East-1A us\u2013east\u20111c --no-seed', { verb: 'start', ...zones, seeds: false }],
    ['start us-east-1a us-east-1c \u2014No\u2011seed', { verb: 'start', ...zones, seeds: false }],
    ['plan\u00A0us-east-1a\u00A0us-east-1c', { verb: 'plan', ...zones }],
    ['Pause MIG\u20130a1b2c', { verb: 'pause', id: 'mig-0a1b2c' }],
    ['abort because we need mig-111111 first', { verb: 'abort', id: null, reason: 'we need mig-111111 first' }],
    [
      'abort mig-222222 Because mig-111111 is first',
      { verb: 'abort', id: 'mig-222222', reason: 'mig-111111 is first' },
    ],
  ])('%s', (text, command) => {
    expect(parseCommand(text)).toMatchObject(command)
  })

  const NAMED = plan([move({ id: 'vol-1', name: 'logs' }), move({ id: 'vol-2', name: 'dropbox' })])
  const run = async (text: string, ...ids: readonly string[]) => {
    const asked: unknown[] = []
    const take = async (what: object): Promise<Reply> => {
      asked.push(what)
      return { ok: true, text: 'Taken.' }
    }
    const running = ids.map((id, at) => ({ ...folded(NAMED), id, channel: at === 0 ? 'C-1' : 'C-2' }))
    const use = { abort: take, defer: take, running: async () => running, aside: async () => [] }
    await typing(use as unknown as UseCases)(text)
    return asked
  }

  test('an id behind "because" is not the one that is aborted', async () => {
    const asked = await run('abort because we need mig-111111 first', 'mig-222222', 'mig-111111')
    expect(asked).toEqual([{ id: 'mig-222222', by: 'U-2', reason: 'we need mig-111111 first' }])
  })

  test('capitals and quotation marks of a phone are the service that the plan has', async () => {
    const asked = await run('Defer “Dropbox” because it can wait', 'mig-222222')
    expect(asked).toMatchObject([{ id: 'mig-222222', service: 'dropbox' }])
  })
})
