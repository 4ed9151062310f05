// Slack's 429 on the product's own speaker: an edit comes back at once with how long to wait, and holds up nothing that is posted.
import { afterEach, expect, test } from 'vitest'
import type { LocalSlack } from '../../src/demo/slack/entities.ts'
import { textMessage } from '../../src/slack/messages/blocks.ts'
import { LimitedEdits, speaker } from '../../src/slack/speaker.ts'
import { CHANNEL, startSlack } from '../demo/slack/bolt.ts'

let slack: LocalSlack
afterEach(() => slack.close())

test('an edit beyond the rate is handed back, and a post goes on', async () => {
  // Its time stands still, so that no token comes back.
  slack = await startSlack({ isPaced: true, steadyMs: () => 0 })
  const { post, update } = speaker(slack, (error) => expect.unreachable(error.message))
  const ts = await post(CHANNEL.id, null, textMessage('one'))
  const edit = (): Promise<unknown> => update(CHANNEL.id, ts, textMessage('two')).catch((error: unknown) => error)
  let answer = await edit()
  for (let edits = 1; answer === undefined && edits < 100; edits++) answer = await edit()
  expect(answer).toBeInstanceOf(LimitedEdits)
  expect(answer).toMatchObject({ retryAfterMs: 2_000 })
  await post(CHANNEL.id, null, textMessage('three'))
  expect(slack.counts()).toMatchObject({ posts: 2, rateLimited: 1 })
})
