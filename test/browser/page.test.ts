// The page by itself, on a local Slack with a small app: what people see, press, choose and type, and who sees what.
import type { App } from '@slack/bolt'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { servePage } from '../../src/demo/page/server.ts'
import type { LocalSlack } from '../../src/demo/slack/entities.ts'
import { CHANNEL, PEOPLE, startApp, startSlack } from '../demo/slack/bolt.ts'
import { openBrowser, overflow, PHONE, sit } from './chromium.ts'

const plain = (text: string) => ({ type: 'plain_text' as const, text })
const option = (value: string) => ({ text: plain(value), value })
const QUESTION = [
  { type: 'section' as const, text: { type: 'mrkdwn' as const, text: '*Delete?* `vol-1` of <@U0HARRY>' } },
  {
    type: 'actions' as const,
    elements: [
      {
        type: 'button' as const,
        action_id: 'go',
        text: plain('Delete'),
        style: 'danger' as const,
        confirm: { title: plain('Sure?'), text: plain('It is gone then.'), confirm: plain('Yes'), deny: plain('No') },
      },
      {
        type: 'static_select' as const,
        action_id: 'pick',
        placeholder: plain('Pick one'),
        options: [option('alpha'), option('beta')],
      },
      { type: 'button' as const, action_id: 'ask', text: plain('Ask me') },
    ],
  },
]
const VIEW = {
  type: 'modal' as const,
  callback_id: 'ask',
  title: plain('Details'),
  submit: plain('Save'),
  blocks: [
    {
      type: 'input' as const,
      block_id: 'why',
      label: plain('Why'),
      element: { type: 'plain_text_input' as const, action_id: 'why' },
    },
    {
      type: 'input' as const,
      block_id: 'how',
      label: plain('How'),
      element: { type: 'radio_buttons' as const, action_id: 'how', options: [option('now'), option('later')] },
    },
  ],
}
const CLOCK = {
  state: () => ({ nowMs: Date.UTC(2026, 2, 3, 5, 10), speed: 30, speedTop: 3000, isPaused: false, forward: null }),
  perform: () => undefined,
}
const WORLD = { volumes: [], snapshots: [], instances: [] }

let browser: Browser
let slack: LocalSlack
let bolt: Awaited<ReturnType<typeof startApp>>
let heard: unknown[]

beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser.close())
beforeEach(async () => {
  slack = await startSlack({ groups: [{ id: 'S0LEADS', name: 'leads', members: ['U0HARRY'] }] })
  servePage({
    slack,
    people: PEOPLE,
    channel: CHANNEL,
    completions: [
      { text: '/migrate help', hint: 'what can be asked' },
      { text: '/migrate status', hint: 'what runs' },
      { text: '@zonehop status', hint: 'what runs, in threads too' },
    ],
    world: () => WORLD,
    clock: CLOCK,
  })
  bolt = await startApp(slack)
  heard = []
  listen(bolt.app)
})
afterEach(async () => {
  for (const context of browser.contexts()) await context.close()
  await bolt.stop()
  await slack.close()
})

function listen(app: App): void {
  app.command('/migrate', async ({ ack, command, respond }) => {
    await ack()
    await respond(`help for ${command.user_name}`)
  })
  app.event('app_mention', async ({ event, client }) => {
    const { channel, user = '', thread_ts = '' } = event
    const text = 'heard at <!date^1772514612^{time}|05:10 UTC>'
    await client.chat.postEphemeral({ channel, user, thread_ts, text })
  })
  app.action(/^(go|pick)$/, async ({ ack, action }) => {
    await ack()
    heard.push('selected_option' in action ? action.selected_option?.value : 'pressed')
  })
  app.action('ask', async ({ ack, body, client }) => {
    await ack()
    if (body.type === 'block_actions') await client.views.open({ trigger_id: body.trigger_id, view: VIEW })
  })
  app.view('ask', async ({ ack, view }) => {
    const why = view.state.values.why?.why?.value
    if (why === 'no') return ack({ response_action: 'errors', errors: { why: 'That is no reason.' } })
    heard.push([why, view.state.values.how?.how?.selected_option?.value])
    await ack()
  })
}

const say = (page: Page, text: string) => page.getByRole('combobox', { name: 'Message #incident' }).fill(text)
const ask = () => bolt.app.client.chat.postMessage({ channel: CHANNEL.id, text: 'Delete?', blocks: QUESTION })

test('a message that is pinned says so', async () => {
  const { page, complaints } = await sit(browser, slack.url, 'giles')
  const { ts = '' } = await ask()
  const head = page.getByRole('article', { name: /^zonehop/ })
  await head.waitFor()
  expect(await head.getByText('pinned').count()).toBe(0)
  await bolt.app.client.pins.add({ channel: CHANNEL.id, timestamp: ts })
  await head.getByText('pinned').waitFor()
  expect(complaints).toEqual([])
})

test('a command completes, is sent, and its answer shows to its person only', async () => {
  const { page, complaints } = await sit(browser, slack.url, 'giles')
  const other = await sit(browser, slack.url, 'harry')
  await say(page, '/mig')
  await page.keyboard.press('ArrowDown')
  expect(await page.getByRole('option', { selected: true }).textContent()).toContain('/migrate help')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Enter')
  await page.getByText('help for giles').waitFor()
  await other.page.getByText('/migrate help').waitFor()
  expect(await other.page.getByText('help for giles').count()).toBe(0)
  await other.page.getByRole('radio', { name: 'giles' }).check({ force: true })
  await other.page.getByText('help for giles').waitFor()
  expect([...complaints, ...other.complaints]).toEqual([])
})

test('a confirm dialog holds a button back until it is answered', async () => {
  const { page } = await sit(browser, slack.url, 'harry')
  await ask()
  const button = page.getByRole('button', { name: 'Delete' })
  await button.click()
  await page.getByRole('dialog', { name: 'Sure?' }).getByRole('button', { name: 'No' }).click()
  await button.click()
  await page.keyboard.press('Escape')
  expect([heard, await page.getByRole('dialog').count()]).toEqual([[], 0])
  await button.click()
  await page.getByRole('dialog').getByRole('button', { name: 'Yes' }).click()
  await expect.poll(() => heard).toEqual(['pressed'])
})

test('mrkdwn is read, menus choose, and a view is filled in and sent', async () => {
  const { page, complaints } = await sit(browser, slack.url, 'harry')
  await ask()
  await page.getByRole('article').locator('strong', { hasText: 'Delete?' }).waitFor()
  await page.getByText('@harry').waitFor()
  await page.getByRole('combobox', { name: 'Pick one' }).selectOption('beta')
  await expect.poll(() => heard).toEqual(['beta'])
  await page.getByRole('button', { name: 'Ask me' }).click()
  const view = page.getByRole('dialog', { name: 'Details' })
  await view.getByRole('button', { name: 'Save' }).click()
  await view.getByText('This field is required.').first().waitFor()
  await view.getByLabel('Why').fill('no')
  await view.getByRole('radio', { name: 'later' }).check()
  await view.getByRole('button', { name: 'Save' }).click()
  await view.getByText('That is no reason.').waitFor()
  await view.getByLabel('Why').fill('old')
  await view.getByRole('button', { name: 'Save' }).click()
  await expect.poll(() => heard.at(-1)).toEqual(['old', 'later'])
  await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
  expect(complaints).toEqual([])
})

test('a thread opens beside, shows what is new, and answers there reach it', async () => {
  const { page } = await sit(browser, slack.url, 'giles')
  const { ts = '' } = await bolt.app.client.chat.postMessage({ channel: CHANNEL.id, text: 'status' })
  await bolt.app.client.chat.postMessage({ channel: CHANNEL.id, text: 'a milestone', thread_ts: ts })
  const door = page.getByRole('button', { name: /1 reply 1 new/ })
  await door.click()
  const thread = page.getByRole('region', { name: 'Thread', exact: true })
  await thread.getByText('a milestone').waitFor()
  await thread.getByRole('combobox', { name: 'Reply in the thread' }).fill('thanks')
  await page.keyboard.press('Enter')
  await thread.getByText('thanks').waitFor()
  await thread.getByRole('combobox').fill('/migrate status')
  await page.keyboard.press('Enter')
  await thread.getByText('/migrate is not supported in threads. Sorry!').waitFor()
  await thread.getByRole('combobox').fill('@')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await thread.getByText('heard at 05:10 UTC').waitFor()
  await page.keyboard.press('Escape')
  expect(await thread.count()).toBe(0)
  await expect.poll(() => page.evaluate('document.activeElement.className')).toBe('replies')
  expect(await page.getByRole('button', { name: /replies/ }).textContent()).not.toContain('new')
})

const conversation = (page: Page, name: RegExp) =>
  page.getByRole('navigation', { name: 'Conversations' }).getByRole('button', { name })

test('a direct message is marked until it is read, has its own column, and is answered there', async () => {
  const { page, complaints } = await sit(browser, slack.url, 'giles')
  await bolt.app.client.chat.postMessage({ channel: 'U0GILES', text: 'nobody else reads this' })
  await conversation(page, /^zonehop 1 for you$/).waitFor()
  await expect.poll(() => page.title()).toBe('(1) #incident')
  expect(await page.getByText('nobody else reads this').count()).toBe(0)
  await conversation(page, /^zonehop/).click()
  await page.getByText('nobody else reads this').waitFor()
  await conversation(page, /^zonehop$/).waitFor()
  await expect.poll(() => page.title()).toBe('#incident')
  await page.getByRole('combobox', { name: 'Message zonehop' }).fill('thanks')
  await page.keyboard.press('Enter')
  await page.getByText('thanks').waitFor()
  const other = await sit(browser, slack.url, 'harry')
  await conversation(other.page, /^zonehop$/).click()
  await other.page.getByText('This is zonehop').waitFor()
  expect([...complaints, ...other.complaints]).toEqual([])
})

test('the channel is marked while it is not on screen: silent news, and what notified this person', async () => {
  const { page } = await sit(browser, slack.url, 'harry')
  await conversation(page, /^zonehop$/).click()
  await bolt.app.client.chat.postMessage({ channel: CHANNEL.id, text: 'quiet' })
  await conversation(page, /^#incident 1 new$/).waitFor()
  await bolt.app.client.chat.postMessage({ channel: CHANNEL.id, text: '<!subteam^S0LEADS> look' })
  await conversation(page, /^#incident 2 new 1 for you$/).waitFor()
  await conversation(page, /^#incident/).click()
  await conversation(page, /^#incident$/).waitFor()
  const article = (text: string) => page.getByRole('article').filter({ hasText: text })
  await article('@leads look').getByText('notified you').waitFor()
  expect(await article('quiet').getByText('notified you').count()).toBe(0)
})

test('a thread tells silent replies from those that notified this person, and opening it clears both', async () => {
  const { page } = await sit(browser, slack.url, 'harry')
  const { ts = '' } = await bolt.app.client.chat.postMessage({ channel: CHANNEL.id, text: 'status' })
  await bolt.app.client.chat.postMessage({ channel: CHANNEL.id, text: 'a milestone', thread_ts: ts })
  await bolt.app.client.chat.postMessage({ channel: CHANNEL.id, text: '<@U0HARRY> go?', thread_ts: ts })
  await page.getByRole('button', { name: /^2 replies 2 new 1 for you/ }).click()
  const thread = page.getByRole('region', { name: 'Thread', exact: true })
  await thread.getByText('notified you').waitFor()
  await page.getByRole('button', { name: /^2 replies last at/ }).waitFor()
  const giles = await sit(browser, slack.url, 'giles')
  await giles.page.getByRole('button', { name: /^2 replies 2 new last at/ }).waitFor()
})

test("a link to a message opens its thread, clicked or as the page's own address", async () => {
  const { page } = await sit(browser, slack.url, 'giles')
  const { ts = '' } = await bolt.app.client.chat.postMessage({ channel: CHANNEL.id, text: 'status' })
  await bolt.app.client.chat.postMessage({ channel: CHANNEL.id, text: 'a milestone', thread_ts: ts })
  const { permalink = '' } = await bolt.app.client.chat.getPermalink({ channel: CHANNEL.id, message_ts: ts })
  await bolt.app.client.chat.postMessage({ channel: CHANNEL.id, text: `see <${permalink}|the status message>` })
  await page.getByRole('link', { name: 'the status message' }).click()
  const thread = () => page.getByRole('region', { name: 'Thread', exact: true })
  await thread().getByText('a milestone').waitFor()
  await page.goto(permalink)
  await thread().getByText('a milestone').waitFor()
})

test('what a person types is no markup, and becoming someone else leaves the focus and the thread alone', async () => {
  const { page } = await sit(browser, slack.url, 'giles')
  const { ts = '' } = await bolt.app.client.chat.postMessage({ channel: CHANNEL.id, text: 'status' })
  await bolt.app.client.chat.postMessage({ channel: CHANNEL.id, text: 'a milestone', thread_ts: ts })
  await page.getByRole('button', { name: /1 reply/ }).click()
  await page.getByRole('combobox', { name: 'Reply in the thread' }).fill('<@U0HARRY> & <b>')
  await page.keyboard.press('Enter')
  await page.getByText('<@U0HARRY> & <b>').waitFor()
  await page.getByRole('radio', { name: 'giles' }).focus()
  await page.keyboard.press('ArrowRight')
  await expect.poll(() => page.evaluate('location.search')).toBe('?as=harry')
  expect(await page.evaluate('document.activeElement.type')).toBe('radio')
  await page.getByRole('region', { name: 'Thread', exact: true }).getByText('a milestone').waitFor()
})

test('says so when no bot is connected, and when the demo is gone', async () => {
  const { page } = await sit(browser, slack.url, 'giles')
  await bolt.stop()
  await page.getByText('No bot is connected: commands and buttons will fail until one is.').waitFor()
  await say(page, '/migrate help')
  await page.keyboard.press('Enter')
  await page.getByText('/migrate failed with the error "dispatch_failed"').waitFor()
  await slack.close()
  await page.getByText('The demo does not answer; it may have been stopped.').waitFor()
})

test('what is wider than a phone wraps, and the world goes over the channel', async () => {
  const { page } = await sit(browser, slack.url, 'giles', PHONE)
  await ask()
  await bolt.app.client.chat.postMessage({
    channel: CHANNEL.id,
    text: `${'x'.repeat(300)}\n\`\`\`${'y'.repeat(300)}\`\`\``,
  })
  await page.getByText('xxx').waitFor()
  expect(await overflow(page)).toBe(0)
  await page.getByRole('button', { name: 'EC2', exact: true }).tap()
  await page.getByText('05:10:00').waitFor()
  expect([
    await overflow(page),
    await page.getByRole('region', { name: '#incident', exact: true }).isVisible(),
  ]).toEqual([0, false])
})
