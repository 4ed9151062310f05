// What Slack shows and what is remembered of it: one post a key, an edit for a change, and one more behind another run of Redis.
import { beforeEach, describe, expect, test } from 'vitest'
import { notify } from '../../jobs/notify.ts'
import { type Speaker, speak } from '../../jobs/speak.ts'
import { textMessage } from '../../src/slack/messages/blocks.ts'
import { RefusedContent } from '../../src/slack/speaker.ts'
import type { Views } from '../../src/store/views.ts'
import { memoryJournal } from '../support/memory-journal.ts'
import { FREE_TURNS } from '../support/memory-tokens.ts'
import { entries, planned } from '../support/plans.ts'

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

const onError = (error: Error): never => expect.unreachable(error.message)

async function speakOn(redis: string, text: string): Promise<string | null> {
  const place = { id: 'mig-1', channel: 'C-1', thread: null, redis }
  return await speak({ key: 'entry-7', message: textMessage(text) }, place, {
    views,
    speaker,
    onError,
    posted: { ...posted },
  })
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

test.each([
  ['another run', { runId: 'r2' }],
  ['another history of the same run, by a failover and back,', { replicationId: 'h2' }],
])('%s of Redis may remember an older thread, so every message of it is edited once more', async (_, redis) => {
  const journal = memoryJournal(() => 9_000)
  journal.load(
    entries(planned('mig-1'), {
      kind: 'asked',
      gate: 'start',
      basis: 'b1',
      evidence: ['1 volume moves.'],
      again: null,
    }),
  )
  journal.putBack(journal.keep(), { runId: 'r1', replicationId: 'h1' })
  const edited: string[] = []
  const update: Speaker['update'] = async (_channel, _ts, { text }) => void edited.push(text)
  const aside = { turns: FREE_TURNS, clock: { now: () => 0 }, approvers: [], onError }
  const ports = { journal, views, speaker: { ...speaker, update }, ...aside }
  await notify('mig-1', ports)
  await notify('mig-1', ports)
  expect(edited).toEqual([])
  // The thread says by now what an entry said that is lost, and what was remembered of it is lost with that.
  journal.putBack(journal.keep(), redis)
  await journal.append('mig-1', await journal.read('mig-1'), { kind: 'warned', about: 'x', service: null, text: 'x' })
  await notify('mig-1', ports)
  expect(edited).toContainEqual(expect.stringContaining('Start moving'))
})

describe('a message that Slack refuses for what is in it', () => {
  const place = { id: 'mig-1', channel: 'C-1', thread: null, redis: 'run-1' }
  const no = (): never => {
    throw new RefusedContent('msg_too_long', new Error('no'))
  }
  const sayTo = async (refusing: Partial<Speaker>, text: string) => {
    const errors: Error[] = []
    const onError = (error: Error): void => void errors.push(error)
    const ports = { views, speaker: { ...speaker, ...refusing }, onError, posted: { ...posted } }
    const ts = await speak({ key: 'entry-7', message: textMessage(text) }, place, ports)
    return { ts, logged: errors.map(({ message }) => message) }
  }

  test('takes the bare sentence in an edit too, and is not tried again', async () => {
    await speakOn('run-1', 'Confirm the freeze')
    const update: Speaker['update'] = async (...asked) =>
      asked[2].blocks.length > 0 ? no() : await speaker.update(...asked)
    expect(await sayTo({ update }, 'Confirmed')).toEqual({ ts: 'ts-1', logged: [REFUSED] })
    expect(shown).toEqual([expect.stringMatching(/^Confirmed\nSlack takes no more of this message \(msg_too_long\)/)])
    expect(await sayTo({ update: no }, 'Confirmed')).toEqual({ ts: 'ts-1', logged: [] })
  })

  test('and not even that: it is passed over, once for what it says', async () => {
    expect(await sayTo({ post: no }, 'One')).toEqual({ ts: null, logged: [REFUSED, REFUSED] })
    expect(await sayTo({ post: no }, 'One')).toEqual({ ts: null, logged: [] })
    expect(await sayTo({}, 'Another')).toEqual({ ts: 'ts-1', logged: [] })
    expect(shown).toEqual(['Another'])
  })
})

const REFUSED = 'Slack refuses a message (msg_too_long): no'
