// Debian's Chromium, driven headless; one for each test file.
import { existsSync } from 'node:fs'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const CHROMIUM = '/usr/bin/chromium'

export async function openBrowser(): Promise<Browser> {
  if (!existsSync(CHROMIUM))
    throw new Error(`The page's tests need Chromium at ${CHROMIUM} (Debian: apt-get install chromium).`)
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })
}

/** A window in which one person sits; anything the page complains of fails the test that looks at `complaints`. */
export async function sit(
  browser: Browser,
  url: string,
  name: string,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; complaints: string[] }> {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })).newPage()
  const complaints: string[] = []
  page.on('pageerror', ({ message }) => complaints.push(message))
  page.on('console', (message) => {
    // A refused deed is answered 409, and the browser says so by itself.
    if (message.type() === 'error' && !message.text().includes('409')) complaints.push(message.text())
  })
  await page.goto(`${url}/?as=${name}`)
  await page.getByRole('log').first().waitFor()
  return { page, complaints }
}

export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } as const

/** Px by which the page is wider than its window. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth') as Promise<number>
}
