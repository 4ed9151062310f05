// Twenty ways in which a bot serves people in Slack well, ranked by what its users have asked for, each with the test that holds it.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Gate } from '../src/core/model/migration.ts'
import { gateButtons } from '../src/slack/messages/gates.ts'
import { at } from './core/at.ts'
import { migration } from './core/people.ts'

type Held = readonly [file: string, name: string]

const BEHAVIOURS: readonly (readonly [behaviour: string, ...held: Held[]])[] = [
  [
    '1 one status message a migration, edited in place, with the detail in its thread',
    ['test/jobs/speak.test.ts', 'one message a key: posted once, edited when it changes, left alone otherwise'],
  ],
  [
    '2 the plan first: what moves, what stays, what cannot be undone, the way back',
    ['test/slack/fits.test.ts', 'the approval of a start shows all that it covers'],
  ],
  [
    '3 an approval is kept before the message changes, which then says who and when',
    ['test/slack/thread.test.ts', 'an answer closes the question it names, and no other'],
  ],
  [
    '4 who approves is looked up at the click, and is not who asked',
    ['test/operations.test.ts', 'who started does not approve'],
    ['test/operations.test.ts', 'two have to approve a freeze, and they are two people'],
  ],
  [
    '5 abort is always in reach, and its form says what it leaves behind',
    ['test/slack/forms-on-bolt.test.ts', 'an abort must not wait for that'],
    ['test/slack/forms-on-bolt.test.ts', 'the form says what will happen'],
  ],
  [
    '6 an answer at once, with the id and a link',
    ['test/slack/typed/standing-on-bolt.test.ts', 'is answered with the link to the status message at its end'],
    ['test/slack/typed/standing-on-bolt.test.ts', 'the answer to a start waits a little for the status message'],
  ],
  [
    '7 progress is true: percent, stage, range and when it was seen, and nothing invented',
    ['test/slack/thread.test.ts', 'while data moves: a line a volume, its name and then its percent'],
    ['test/slack/typed/standing-on-bolt.test.ts', 'what nobody can bound has no upper bound'],
  ],
  [
    '8 after a crash the same message goes on',
    ['test/jobs/last-word.test.ts', 'what Slack did not take is untold until it has, also for another process'],
    ['test/jobs/speak.test.ts', 'a Redis put back remembers what Slack does not show any more'],
  ],
  [
    '9 a volume belongs to one migration, and a refusal says to which',
    ['test/contract/journal.ts', 'volumes are claimed with the entry, whole or not at all'],
  ],
  [
    '10 questions end, and somebody is reminded before',
    ['test/core/unanswered.test.ts', 'is put away after four hours, to the ms'],
    ['test/jobs/telling/direct.test.ts', 'who may answer is called once, and not who asked'],
  ],
  [
    '11 edits are few, gates go first, and none is lost',
    ['test/store/edit-turns.test.ts', 'gates go before progress, and both in the order in which they asked first'],
    ['test/store/edit-turns.test.ts', 'however it is asked, at most 40 turns in any minute, in whatever order'],
    ['test/store/edit-turns.test.ts', 'twenty who always have something new each have a round of less than 45 s'],
  ],
  [
    '12 an error says its cause, what it means for the data, and what to do',
    ['test/slack/thread.test.ts', 'a step that failed three times for the same reason is not tried again by a button'],
  ],
  [
    '13 every message is a whole sentence without its blocks, and buttons say what they do to who cannot see them',
    ['test/slack/fits.test.ts', 'every message of a thread, and its bare sentence'],
    ['test/behaviours.test.ts', 'the buttons of %s are short, and say what they do to who cannot see them'],
  ],
  [
    '14 on a phone: few words before the question, short buttons',
    ['test/scenarios/told.ts', 'const WORDS_MAX = 90'],
    ['test/browser/migration.test.ts', 'on a phone, 390 px wide'],
  ],
  [
    '15 milestones in the channel, the rest in the thread, and who started hears of the end',
    ['test/jobs/telling/direct.test.ts', 'who started it hears that it %s, once'],
    ['test/slack/thread.test.ts', 'the thread says both, each once'],
  ],
  [
    '16 what one person asks is answered to that person, and a word nobody knows leads somewhere',
    [
      'test/slack/typed/mentions-on-bolt.test.ts',
      'status is answered in the thread in which it was asked, to who asked alone',
    ],
    ['test/slack/typed/words.test.ts', 'suggests what is at most two letters away, or begun'],
  ],
  [
    '17 in a thread, where /migrate cannot be typed, a mention does the same',
    ['test/slack/typed/mentions-on-bolt.test.ts', 'in the thread of a status message its migration is meant'],
  ],
  [
    '18 a record of who did what and when, that can be published',
    ['test/report/markdown.test.ts', 'a morning is told word for word'],
    ['test/contract/journal.ts', 'keeps entries in order, counted from 1, and folds them'],
  ],
  [
    '19 a pause stops whatever is not issued yet, approvals too',
    ['test/core/approvals.test.ts', 'is void once it was paused, and it is asked anew'],
    ['test/slack/thread.test.ts', 'paused, nothing is asked, and the question says so'],
  ],
  [
    '20 the status message is pinned, and times are those of the reader',
    ['test/jobs/telling/notify-pins.test.ts', 'the status message is pinned, and nothing of its thread'],
    ['test/slack/typed/standing-on-bolt.test.ts', 'in an outage status says percents, the range, the clock'],
  ],
]

test.each(BEHAVIOURS.map(([behaviour, ...held]) => ({ behaviour, held })))('$behaviour', ({ held }) => {
  for (const [file, name] of held) expect(readFileSync(file, 'utf8'), file).toContain(name)
})

test('they are twenty', () => expect(BEHAVIOURS).toHaveLength(20))

/** Characters of a button that a phone shows whole. */
const LABEL_MAX = 30

test.each<Gate>(['start', 'freeze', 'goLive', 'cleanup'])(
  'the buttons of %s are short, and say what they do to who cannot see them',
  (gate) => {
    for (const { text, accessibility_label: spoken } of gateButtons(migration(...at('startAsked')), {
      gate,
      nonce: 'n2',
      basis: 'b1',
    })) {
      expect(text.text.length).toBeLessThan(LABEL_MAX)
      expect(spoken).toContain('mig-1')
    }
  },
)
