// A real Bolt app on the local Slack, wired as an app of ours has to be: with a SocketModeReceiver of its own.
import { setTimeout as delay } from 'node:timers/promises'
import { App, LogLevel, SocketModeReceiver } from '@slack/bolt'
import type { LocalSlack } from '../../../src/demo/slack/entities.ts'
import { type Options, startLocalSlack } from '../../../src/demo/slack/server.ts'

export const PEOPLE = [
  { id: 'U0GILES', name: 'giles' },
  { id: 'U0HARRY', name: 'harry' },
] as const
export const CHANNEL = { id: 'C0INCIDENT', name: 'incident' }
const START_MS = Date.UTC(2026, 2, 3, 5, 10)

/** A clock that moves only when told. */
export function handClock() {
  let nowMs = START_MS
  return {
    now: () => nowMs,
    touch: () => undefined,
    forward: (ms: number) => {
      nowMs += ms
    },
  }
}

export function startSlack(options: Partial<Options> = {}): Promise<LocalSlack> {
  return startLocalSlack({
    clock: handClock(),
    people: PEOPLE,
    channel: CHANNEL,
    onPost: () => undefined,
    isPaced: false,
    isAsking: (id) => id.startsWith('approve-'),
    ...options,
  })
}

export async function startApp({
  apiUrl,
  botToken,
  appToken,
}: LocalSlack): Promise<{ app: App; stop(): Promise<void> }> {
  const receiver = new SocketModeReceiver({
    appToken,
    logLevel: LogLevel.ERROR,
    installerOptions: { clientOptions: { slackApiUrl: apiUrl } },
  })
  const app = new App({ token: botToken, receiver, logLevel: LogLevel.ERROR, clientOptions: { slackApiUrl: apiUrl } })
  await app.start()
  return {
    app,
    async stop() {
      const closed = new Promise((resolve) => receiver.client.once('disconnected', resolve))
      await app.stop()
      await Promise.race([closed, delay(2_000)])
    },
  }
}

/** Waits for what the app does after it acknowledged. */
export async function until<T>(read: () => T | undefined | false): Promise<T> {
  for (;;) {
    const value = read()
    if (value !== undefined && value !== false) return value
    await delay(5)
  }
}

/** The SDK warns of what a test does on purpose. */
export const SILENT = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  getLevel: () => LogLevel.ERROR,
  setName() {},
}
