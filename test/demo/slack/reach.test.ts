// Whom a message reaches, and how much it asks of them, as the transcript tells it.
import { expect, test } from 'vitest'
import type { Block } from '../../../src/demo/slack/blocks.ts'
import type { Message } from '../../../src/demo/slack/entities.ts'
import { reachOf } from '../../../src/demo/slack/people/reading.ts'

const PEOPLE = [
  { id: 'U0GILES', name: 'giles' },
  { id: 'U0HARRY', name: 'harry' },
]
const PLAIN: Message = {
  ...{ ts: '1.0', user: 'U0ZONEHOP', text: '', blocks: [], thread: null, isBroadcast: false, onlyFor: null },
  ...{ isDirect: false, notifies: [], isCommand: false, isEdited: false, isPinned: false, metadata: null, files: [] },
}
const section = (text: string, more: object = {}): Block => ({
  type: 'section',
  text: { type: 'mrkdwn', text },
  ...more,
})
const LONG = 'word '.repeat(120)

test.each<[string, Partial<Message>, boolean]>([
  ['a message of the channel', {}, true],
  ['a reply in a thread', { thread: '0.1' }, false],
  ['a reply that is shown in the channel too', { thread: '0.1', isBroadcast: true }, true],
  ['what one person sees', { onlyFor: 'U0GILES' }, false],
  ['a command, which its typist alone sees', { isCommand: true }, false],
])('%s', (_, over, inChannel) => expect(reachOf({ ...PLAIN, ...over }, PEOPLE)).toMatchObject({ inChannel }))

test('people and groups are mentioned once each, wherever it is', () => {
  const blocks = [section('<@U0HARRY> and <!subteam^S0OPS>')]
  expect(reachOf({ ...PLAIN, text: '<@U0HARRY> look', blocks }, PEOPLE).mentions).toEqual(['harry', 'S0OPS'])
})

test.each<[string, readonly Block[], number]>([
  ['mentions and signs are no words', [section('<@U0HARRY>: go *live* now? > yes')], 4],
  ['nor is what stands behind a section that Slack folds', [section('one two'), section(LONG), section('three')], 2],
  ['unless it says that it is to be seen', [section('one two'), section(LONG, { expand: true })], 122],
  ['a section of many lines is folded too', [section('a\nb\nc\nd\ne\nf\ng')], 0],
])('%s', (_, blocks, words) => expect(reachOf({ ...PLAIN, blocks }, PEOPLE).words).toBe(words))

test('buttons: what they say, and whether they ask once more; their labels are no words', () => {
  const plain = (text: string) => ({ type: 'plain_text' as const, text })
  const confirm = { title: plain('a'), text: plain('b'), confirm: plain('c'), deny: plain('d') }
  const blocks: Block[] = [
    {
      type: 'actions',
      elements: [
        { type: 'button', action_id: 'a', text: plain('Go live'), confirm },
        { type: 'button', action_id: 'b', text: plain('Wait') },
      ],
    },
  ]
  expect(reachOf({ ...PLAIN, text: 'one', blocks }, PEOPLE)).toEqual({
    ...{ inChannel: true, mentions: [], words: 1 },
    buttons: [
      { label: 'Go live', confirms: true },
      { label: 'Wait', confirms: false },
    ],
  })
  expect(reachOf(PLAIN, PEOPLE)).not.toHaveProperty('buttons')
})
