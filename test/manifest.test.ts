// manifest.json asks Slack for what the code uses, and for nothing else: every method that is called has its scope in it, and what is
// listened for is delivered.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { FURTHER_SCOPES, NEEDED_SCOPES } from '../src/slack/tokens.ts'

const ROOT = join(import.meta.dirname, '..')
const manifest = JSON.parse(readFileSync(join(ROOT, 'manifest.json'), 'utf8'))
const sources = ['src/slack', 'jobs'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(ROOT, folder, name), 'utf8').replace(/^\s*(\/\/|\*|\/\*).*$/gm, '')),
)

/**
 * The scopes that a bot token takes for each method. Source: "Required scopes" of each method's page at docs.slack.dev; those of
 * conversations.info are for public and private channels and direct messages.
 */
const METHODS: Readonly<Record<string, readonly string[]>> = {
  'auth.test': [],
  'chat.getPermalink': [],
  'chat.postEphemeral': ['chat:write'],
  'chat.postMessage': ['chat:write'],
  'chat.update': ['chat:write'],
  'conversations.info': ['channels:read', 'groups:read', 'im:read'],
  'conversations.members': ['channels:read', 'groups:read'],
  filesUploadV2: ['files:write'],
  'pins.add': ['pins:write'],
  'usergroups.users.list': ['usergroups:read'],
  'users.info': ['users:read'],
  'views.open': [],
}
/** With the app's token. */
const OF_APP = ['apps.connections.open']
/** The scope under which Slack delivers each event. Source: the events' pages at docs.slack.dev. */
const EVENTS: Readonly<Record<string, string>> = { app_mention: 'app_mentions:read', 'message.im': 'im:history' }

const CALL =
  /\.((?:apps|auth|bookmarks|chat|conversations|files|pins|reactions|usergroups|users)\.[a-zA-Z.]+|views\.(?:open|publish|push|update)|filesUploadV2)\(/g

function found(pattern: RegExp): string[] {
  return [...new Set(sources.flatMap((text) => [...text.matchAll(pattern)].map(([, name = '']) => name)))].sort()
}

test('the table has every method that is called, and no other', () => {
  expect(found(CALL)).toEqual([...Object.keys(METHODS), ...OF_APP].sort())
})

test('the scopes are those of the methods, the events and the command', () => {
  const used = [...Object.values(METHODS).flat(), ...Object.values(EVENTS), 'commands']
  const { bot, bot_optional } = manifest.oauth_config.scopes
  expect([...bot, ...bot_optional].sort()).toEqual([...new Set(used)].sort())
  expect(bot_optional).toEqual(['files:write', 'pins:write', 'usergroups:read'])
})

test('start-up and doctor know the same scopes, and none that start-up wants may be declined', () => {
  const { bot, bot_optional } = manifest.oauth_config.scopes
  expect([...NEEDED_SCOPES, ...Object.keys(FURTHER_SCOPES)].sort()).toEqual([...bot, ...bot_optional].sort())
  expect(NEEDED_SCOPES.filter((scope) => !bot.includes(scope))).toEqual([])
})

test('what is listened for is delivered: the command as it was typed, the events, clicks and forms, over a socket', () => {
  const { slash_commands, bot_user, app_home } = manifest.features
  expect(slash_commands.map(({ command }: { command: string }) => command)).toEqual(found(/app\.command\('([^']+)'/g))
  // The parser takes what people typed; an escaped mention would be another word.
  expect(slash_commands[0].should_escape).toBe(false)
  const { event_subscriptions, interactivity, socket_mode_enabled } = manifest.settings
  expect(event_subscriptions.bot_events).toEqual(Object.keys(EVENTS))
  // Slack's event `message` is subscribed to by the kind of channel.
  expect(event_subscriptions.bot_events.map((name: string) => name.split('.')[0])).toEqual(
    found(/app\.event\('([^']+)'/g),
  )
  expect({ interactivity, socket_mode_enabled }).toEqual({
    interactivity: { is_enabled: true },
    socket_mode_enabled: true,
  })
  expect(app_home).toMatchObject({ messages_tab_enabled: true, messages_tab_read_only_enabled: false })
  expect(bot_user.display_name).toBe('zonehop')
})

test('the Slack CLI finds one manifest, and hooks that are JSON', () => {
  const all = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  expect(all.filter((name) => /(^|\/)manifest\.json$/.test(name) && !name.includes('node_modules'))).toEqual([
    'manifest.json',
  ])
  const { hooks } = JSON.parse(readFileSync(join(ROOT, '.slack/hooks.json'), 'utf8'))
  expect(hooks['get-hooks']).toBe('npx -q --no-install -p @slack/cli-hooks slack-cli-get-hooks')
  expect(hooks.start).toMatch(/ npm start$/)
})
