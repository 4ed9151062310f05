// A whole migration in the browser, on a real Redis and the real bot: one person starts it, another approves, volumes arrive.
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Box, openBox } from '../../src/demo/box.ts'
import { APPROVERS, type Scenario } from '../../src/demo/scenario.ts'
import { outageDay } from '../../src/demo/scenarios/outage-day.ts'
import { SOURCE, TARGET } from '../../src/demo/servers.ts'
import { openBrowser, overflow, PHONE, sit } from './chromium.ts'

/** The morning of the report with two short volumes: the pace of Slack and people is what takes time here. */
const RULES = `${APPROVERS}services: { cache: { volumes: [cache] }, uploads: { volumes: [uploads] } }\nretentionDays: 1`
const SHORT: Scenario = { ...outageDay, name: 'short', world: shortWorld, rules: RULES }
const START = `/migrate start ${SOURCE} ${TARGET} --no-seed`
/** What a person presses to carry a migration on. */
const ONWARD = /^(Start: |Stop writes|Go live|This is done)/

function shortWorld(volumes: number) {
  const world = outageDay.world(volumes)
  const isKept = (name: string) => ['cache', 'uploads'].includes(name) || name.startsWith('cache-server')
  return {
    ...world,
    instances: world.instances.filter(({ name }) => isKept(name)),
    volumes: world.volumes.filter(({ name }) => isKept(name)),
    replicas: [],
  }
}

let browser: Browser
let box: Box

beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser.close())
beforeEach(async () => {
  box = await openBox({ scenario: SHORT, seed: 1, speed: 12_000, volumes: 0, onPost: () => undefined, isHandsOn: true })
  await box.startBot()
})
afterEach(async () => {
  for (const context of browser.contexts()) await context.close()
  await box.close()
})

const arrived = () => box.ec2.state().volumes.filter(({ zone, state }) => zone === TARGET && state === 'in-use').length

/** Presses whatever carries on, as it comes to stand in the thread, until both volumes have arrived. */
async function approveAll(page: Page, press: (page: Page) => Promise<void>): Promise<void> {
  await expect
    .poll(
      async () => {
        const standing = page.getByRole('button', { name: ONWARD, disabled: false })
        if ((await standing.count()) > 0) await press(page)
        return arrived()
      },
      { timeout: 150_000, interval: 150 },
    )
    .toBe(2)
}

/** What was pressed last may have stood in the channel, and its question may still be open; Escape closes the thread from inside it. */
async function putAwayQuestion(page: Page): Promise<void> {
  if ((await page.getByRole('dialog').count()) > 0) await page.keyboard.press('Escape')
  await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
}

test('a person starts a migration, another approves, volumes arrive', async () => {
  const giles = await sit(browser, box.slack.url, 'giles')
  const harry = await sit(browser, box.slack.url, 'harry')
  await giles.page.getByRole('combobox', { name: 'Message #incident' }).fill(START)
  await giles.page.getByRole('button', { name: 'Send' }).click()
  await harry.page.getByRole('button', { name: /repl(y|ies)/ }).click()
  await approveAll(harry.page, async (page) => await (await onward(page)).click())
  const zone = giles.page.getByRole('region', { name: new RegExp(TARGET) })
  await expect
    .poll(() => zone.getByRole('listitem').allTextContents())
    .toEqual([expect.stringContaining('cache-server /dev/sdj'), expect.stringContaining('cache-server /dev/sdk')])
  expect([...giles.complaints, ...harry.complaints]).toEqual([])
})

test('by keyboard only, in one window', async () => {
  const { page } = await sit(browser, box.slack.url, 'giles')
  await tabTo(page, 'Message #incident')
  await page.keyboard.type('/migrate start')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: /repl(y|ies)/ }).waitFor()
  // Who asked may not approve: become the other one.
  await tabTo(page, 'giles')
  await page.keyboard.press('ArrowRight')
  await page.getByRole('button', { name: /repl(y|ies)/ }).waitFor()
  await tabTo(page, /repl(y|ies)/)
  await page.keyboard.press('Enter')
  await approveAll(page, async () => {
    await tabTo(page, ONWARD)
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid')
    await page.keyboard.press('Enter')
  })
  await putAwayQuestion(page)
  await tabTo(page, 'Reply in the thread')
  await page.keyboard.press('Escape')
  await expect.poll(() => page.getByRole('region', { name: 'Thread', exact: true }).count()).toBe(0)
})

test('on a phone, 390 px wide', async () => {
  const { page, complaints } = await sit(browser, box.slack.url, 'giles', PHONE)
  await page.getByRole('combobox', { name: 'Message #incident' }).fill(START)
  await page.getByRole('button', { name: 'Send' }).tap()
  await page.getByRole('button', { name: /repl(y|ies)/ }).waitFor()
  await page.locator('label', { hasText: 'harry' }).tap()
  await page.getByRole('button', { name: /repl(y|ies)/ }).tap()
  await approveAll(page, async (phone) => await (await onward(phone)).tap())
  await putAwayQuestion(page)
  expect(await overflow(page)).toBe(0)
  await page.getByRole('button', { name: 'EC2', exact: true }).tap()
  await page.getByRole('heading', { name: new RegExp(TARGET) }).scrollIntoViewIfNeeded()
  expect([await overflow(page), complaints]).toEqual([0, []])
})

test('what is left behind is offered for deletion once a day was let pass', async () => {
  const giles = await sit(browser, box.slack.url, 'giles')
  const harry = await sit(browser, box.slack.url, 'harry')
  const type = async (text: string) => {
    await giles.page.getByRole('combobox', { name: 'Message #incident' }).fill(text)
    await giles.page.getByRole('button', { name: 'Send' }).click()
  }
  await type(START)
  await harry.page.getByRole('button', { name: /repl(y|ies)/ }).click()
  await approveAll(harry.page, async (page) => await (await onward(page)).click())
  const thread = harry.page.getByRole('region', { name: 'Thread', exact: true })
  await expect
    .poll(
      async () => {
        const standing = harry.page.getByRole('button', { name: ONWARD, disabled: false })
        if ((await standing.count()) > 0) await (await onward(harry.page)).click()
        return await thread.getByText(/^Done: /).count()
      },
      { timeout: 150_000, interval: 150 },
    )
    .toBeGreaterThan(0)
  await type('/migrate cleanup')
  await giles.page.getByText(/^What mig-\w+ left is kept until/).waitFor()
  const before = box.clock.now()
  await giles.page.getByRole('button', { name: 'Let a day pass' }).click()
  await expect.poll(() => box.clock.now() - before, { timeout: 120_000 }).toBeGreaterThanOrEqual(86_400_000)
  await giles.page.getByRole('button', { name: 'Let a day pass' }).waitFor()
  // What is in use is kept, and old servers are stopped by people.
  const old = box.ec2.state().instances.filter(({ zone }) => zone === SOURCE)
  box.ec2.perform('StopInstances', { InstanceId: old.map(({ id }) => id) })
  await type('/migrate cleanup')
  await giles.page.getByText(/^The thread of mig-\w+ shows what would go/).waitFor()
  await giles.page.getByRole('button', { name: 'Until something asks' }).click()
  await thread
    .getByText(/Delete what was left behind\?/)
    .first()
    .waitFor({ timeout: 120_000 })
  await giles.page.getByRole('button', { name: 'Until something asks', exact: true }).waitFor()
  const link = giles.page.getByRole('link', { name: /^Status message of mig-/ }).last()
  await link.click()
  await giles.page.getByRole('region', { name: 'Thread', exact: true }).waitFor()
  expect([...giles.complaints, ...harry.complaints]).toEqual([])
})

/** The button that carries on: where one asks once more, that of the dialog. */
async function onward(page: Page): Promise<Locator> {
  const again = page.getByRole('dialog').getByRole('button', { name: ONWARD })
  return (await again.count()) > 0 ? again.first() : page.getByRole('button', { name: ONWARD }).first()
}

/** Tabs on until the focus is where it should be; at most once around the page. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  for (let tabs = 0; tabs < 60; tabs++) {
    const focused = String(
      await page.evaluate(
        '(({ activeElement: e }) => e?.getAttribute("aria-label") ?? e?.closest("label")?.textContent ?? e?.textContent ?? "")(document)',
      ),
    )
    const isThere = typeof name === 'string' ? focused.endsWith(name) : name.test(focused)
    if (isThere && focused.length < 60) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`nothing called ${name} can be reached by keyboard`)
}
