// Whom a message notifies: what a person's page marks as theirs, and what makes no noise.
import { WebClient } from '@slack/web-api'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { LocalSlack } from '../../../src/demo/slack/entities.ts'
import { CHANNEL, SILENT, startSlack } from './bolt.ts'

const [GILES, HARRY, MINA] = ['U0GILES', 'U0HARRY', 'U0MINA'] as const
const PEOPLE = [
  { id: GILES, name: 'giles' },
  { id: HARRY, name: 'harry' },
  { id: MINA, name: 'mina' },
]
const GROUPS = [{ id: 'S0LEADS', name: 'leads', members: [HARRY, MINA] }]

let slack: LocalSlack
let client: WebClient
beforeEach(async () => {
  slack = await startSlack({ people: PEOPLE, groups: GROUPS })
  client = new WebClient(slack.botToken, { slackApiUrl: slack.apiUrl, logger: SILENT })
})
afterEach(() => slack.close())

async function post(text: string, more: object = {}): Promise<string> {
  return (await client.chat.postMessage({ channel: CHANNEL.id, text, ...more })).ts ?? ''
}
const notified = () => slack.messages().at(-1)?.notifies

test.each<[string, string, readonly string[]]>([
  ['nobody', 'a milestone', []],
  ['who is mentioned', `<@${HARRY}> please`, [HARRY]],
  ['a user group', '<!subteam^S0LEADS> please', [HARRY, MINA]],
  ['a user group and one of it', `<!subteam^S0LEADS> <@${MINA}>`, [HARRY, MINA]],
  ['everybody', '<!channel> look', [GILES, HARRY, MINA]],
  ['who is there', '<!here> look', [GILES, HARRY, MINA]],
])('a post of the app notifies %s', async (_, text, then) => {
  await post(text)
  expect(notified()).toEqual(then)
})

test('a reply notifies who takes part in the thread, and by far not everybody', async () => {
  const ts = await post('the status message')
  await post('a milestone', { thread_ts: ts })
  expect(notified()).toEqual([])
  await slack.say(GILES, 'thanks', ts)
  expect(notified()).toEqual([])
  await post(`<@${HARRY}> please`, { thread_ts: ts })
  expect(notified()).toEqual([GILES, HARRY])
  await post('another milestone', { thread_ts: ts })
  expect(notified()).toEqual([GILES, HARRY])
  await post('<!channel> is no call in a thread', { thread_ts: ts })
  expect(notified()).toEqual([GILES, HARRY])
})

test('an edit notifies nobody anew, and what one person alone sees nobody at all', async () => {
  const ts = await post('quiet')
  await client.chat.update({ channel: CHANNEL.id, ts, text: `<@${HARRY}> loud` })
  expect(notified()).toEqual([])
  await client.chat.postEphemeral({ channel: CHANNEL.id, user: HARRY, text: `<@${HARRY}> alone` })
  expect(notified()).toEqual([])
})

test('a direct message notifies its person, and what they say there nobody', async () => {
  await client.chat.postMessage({ channel: GILES, text: 'hello' })
  expect(slack.messages().at(-1)).toMatchObject({ onlyFor: GILES, isDirect: true, notifies: [GILES] })
  await slack.direct(GILES, 'status')
  expect(slack.messages().at(-1)).toMatchObject({ onlyFor: GILES, isDirect: true, notifies: [] })
})

test('people call each other, groups and everybody by name; the transcript has the names', async () => {
  await slack.say(GILES, '@harry and @leads, @nobody', null)
  expect([slack.messages().at(-1)?.text, notified()]).toEqual([
    `<@${HARRY}> and <!subteam^S0LEADS>, @nobody`,
    [HARRY, MINA],
  ])
  expect(slack.transcript().at(-1)).toMatchObject({
    text: '@harry and @leads, @nobody',
    mentions: ['harry', 'leads'],
  })
  await slack.say(HARRY, '@here look', null)
  expect(notified()).toEqual([GILES, MINA])
})
