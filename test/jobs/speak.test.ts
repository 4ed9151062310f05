// What Slack shows and what is remembered of it: one post a key, an edit for a change, and one more behind another run of Redis.
import { beforeEach, expect, test } from 'vitest'
import { type Speaker, speak } from '../../jobs/speak.ts'
import { say } from '../../src/slack/blocks.ts'
import type { Views } from '../../src/store/views.ts'

let posted: Record<string, string>
let shown: string[]

beforeEach(() => {
  posted = {}
  shown = []
})

const views: Views = {
  saveProgress: async () => undefined,
  progress: async () => null,
  posted: async () => posted,
  remember: async (_id, key, value) => {
    posted[key] = value
  },
}
const speaker: Speaker = {
  post: async (_channel, _thread, { text }) => {
    shown.push(text)
    return `ts-${shown.length}`
  },
  update: async (_channel, ts, { text }) => {
    shown[Number(ts.slice(3)) - 1] = text
  },
}

async function speakOn(runId: string, text: string): Promise<string> {
  const place = { id: 'mig-1', channel: 'C-1', thread: null, isProgress: false, runId }
  return await speak({ key: 'entry-7', message: say(text) }, place, { views, speaker, posted: { ...posted } })
}

test('one message a key: posted once, edited when it changes, left alone otherwise', async () => {
  expect(await speakOn('run-1', 'Confirm the freeze')).toBe('ts-1')
  expect(await speakOn('run-1', 'Confirm the freeze')).toBe('ts-1')
  expect(await speakOn('run-1', 'Confirmed')).toBe('ts-1')
  expect(shown).toEqual(['Confirmed'])
})

test('a Redis put back remembers what Slack does not show any more: the question stands again', async () => {
  await speakOn('run-1', 'Confirm the freeze')
  const older = { ...posted }
  await speakOn('run-1', 'Confirmed')
  posted = older
  await speakOn('run-2', 'Confirm the freeze')
  expect(shown).toEqual(['Confirm the freeze'])
})
