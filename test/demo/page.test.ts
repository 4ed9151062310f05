// Who may use the demo's page: itself. Another site that is open in the same browser may not read the channel, type in it or turn
// the clock.
import { request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Box, openBox } from '../../src/demo/box.ts'
import { outageDay } from '../../src/demo/scenarios/outage-day.ts'

let box: Box
beforeAll(async () => {
  const world = { scenario: outageDay, seed: 1, speed: 3_000, volumes: 0 }
  box = await openBox({ ...world, onPost: () => undefined, isHandsOn: true })
})
afterAll(() => box.close())

type Sent = {
  readonly method: string
  readonly path: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

/** By node:http, since `fetch` sets Host itself. */
function statusOf({ method, path, headers = {}, body = '' }: Sent): Promise<number> {
  const { port } = new URL(box.slack.url)
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers }, (response) => {
      resolve(response.statusCode ?? 0)
      response.destroy()
    })
    sent.once('error', reject)
    sent.end(body)
  })
}

const port = (): string => new URL(box.slack.url).port
const own = (): string => `127.0.0.1:${port()}`

test('its own page, and what is no browser, are answered', async () => {
  expect(await statusOf({ method: 'GET', path: '/' })).toBe(200)
  expect(await statusOf({ method: 'GET', path: '/', headers: { host: `localhost:${port()}` } })).toBe(200)
  expect(await statusOf({ method: 'POST', path: '/clock/pause', headers: { origin: `http://${own()}` } })).toBe(200)
  expect(await statusOf({ method: 'POST', path: '/clock/resume' })).toBe(200)
})

test.each([
  ['a name that leads to 127.0.0.1', (): Record<string, string> => ({ host: `rebound.example:${port()}` })],
  ['another port', (): Record<string, string> => ({ host: '127.0.0.1:1' })],
  ['a page of another site', (): Record<string, string> => ({ origin: 'https://evil.example' })],
  ['a file opened in the browser', (): Record<string, string> => ({ origin: 'null' })],
  ['another server on this machine', (): Record<string, string> => ({ origin: 'http://127.0.0.1:3000' })],
])('%s is refused everywhere', async (_, headers) => {
  const typed = JSON.stringify({ kind: 'type', text: '/migrate status', thread: null })
  const json = { 'content-type': 'application/json' }
  const sent: Sent[] = [
    { method: 'GET', path: '/' },
    { method: 'GET', path: '/world' },
    { method: 'GET', path: '/events?user=U0OPERATOR' },
    { method: 'POST', path: '/clock/pause', headers: { 'content-type': 'text/plain' } },
    { method: 'POST', path: '/people/U0OPERATOR', headers: json, body: typed },
  ]
  for (const one of sent) {
    const status = await statusOf({ ...one, headers: { ...one.headers, ...headers() } })
    expect({ path: one.path, status }).toEqual({ path: one.path, status: 403 })
  }
})
