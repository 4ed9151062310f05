// The words of the thread and the status message: what stands there, and what a button turns into once it is answered.
import { describe, expect, test } from 'vitest'
import { fold } from '../../src/core/journal/fold.ts'
import type { Effect } from '../../src/core/model/effects.ts'
import type { EntryBody } from '../../src/core/model/entries.ts'
import type { Memory, Migration } from '../../src/core/model/migration.ts'
import { NO_RULES } from '../../src/core/model/rules.ts'
import { ofMove, ofService } from '../../src/core/model/subjects.ts'
import { code, mention } from '../../src/core/model/text.ts'
import type { Wait } from '../../src/core/steps/waits.ts'
import type { Line } from '../../src/core/telling/progress.ts'
import { type Message, sections } from '../../src/slack/messages/blocks.ts'
import { redLines } from '../../src/slack/messages/plan.ts'
import { statusMessage } from '../../src/slack/messages/status.ts'
import { threadMessages } from '../../src/slack/messages/thread.ts'
import { entries, move, plan, planned, service } from '../support/plans.ts'

const TWO = plan([move({ id: 'vol-1', name: 'logs' }), move({ id: 'vol-2', name: 'dropbox' })])

/** The thread but for the lines below gates, and for the beginning of the outage, which have tests of their own. */
function thread(...said: readonly EntryBody[]): string[] {
  const all = entries(planned('mig-1', { by: 'U0ASKER', plan: TWO }), ...said)
  const asks = new Set(all.filter(({ kind }) => kind === 'asked').map(({ rev }) => `entry-${rev}-1`))
  const begins = new Set(all.filter(({ kind }) => kind === 'freezing').map(({ rev }) => `entry-${rev}`))
  return threadMessages(fold(all) as Migration, all, []).flatMap(({ key, message }) =>
    asks.has(key) || begins.has(key) ? [] : [read(message)],
  )
}

const START = [
  '2 volumes, 200 GiB, move. Nothing stops yet: that is asked for later.',
  'No snapshots are taken ahead: the outage lasts as long as the slowest full one.',
  'Until go-live `/migrate abort` brings everything back.',
  'All that an approval covers is below in the thread: 1 line.',
  '[Start] [Decline]',
].join('\n')
const ASKS_START = '*An approver: Start moving 2 services from us-east-1a to us-east-1c? mig-1*'

/** What a person reads: block text, and buttons in brackets. */
function read({ blocks }: Message): string {
  return blocks
    .map((block) => {
      if (block.type === 'section') return block.text?.text ?? ''
      const labels =
        block.type === 'actions'
          ? block.elements.flatMap((each) => (each.type === 'button' ? `[${each.text.text}]` : []))
          : []
      return labels.join(' ')
    })
    .join('\n')
}

const asked: EntryBody = { kind: 'asked', gate: 'start', basis: 'b1', evidence: ['2 volumes move.'], again: null }
/** Says nothing in the thread. */
const FREEZING: readonly EntryBody[] = [{ kind: 'freezing', freeze: 'mig-1-f1', services: ['logs', 'dropbox'] }]
const hands: Effect = {
  subject: ofService('logs'),
  step: 'freeze',
  generation: 1,
  direction: 'forward',
  service: 'logs',
  instances: ['i-1'],
  work: { method: 'manual', todo: [`on i-1: ${code('umount /dev/sdf')}`] },
}
const cut: Effect = {
  subject: ofMove('vol-1'),
  step: 'snapshot',
  generation: 1,
  direction: 'forward',
  volumeId: 'vol-1',
  tags: {},
}
const REMEDY = 'give the permission, then retry'
const failed: EntryBody = {
  kind: 'failed',
  effect: 'vol-1.snapshot.1',
  issued: null,
  code: 'UnauthorizedOperation',
  problem: 'You may not',
  remedy: REMEDY,
}

const KEPT_BACK: EntryBody = {
  kind: 'warned',
  about: 'forecast over budget 1',
  service: null,
  text: 'It may be longer.',
}

test.each<[string, readonly EntryBody[], readonly string[]]>([
  ['a gate asks', [asked], [`${ASKS_START}\n${START}`]],
  [
    'answered: who and when stands where the buttons stood',
    [asked, { kind: 'approved', asked: 'n2', gate: 'start', basis: 'b1', by: 'U02' }],
    ['Start (mig-1): approved by <@U02> at 1970-01-01 00:00:03 UTC.'],
  ],
  [
    'declined',
    [asked, { kind: 'declined', asked: 'n2', gate: 'start', by: 'U02' }],
    ['Start (mig-1): declined by <@U02> at 1970-01-01 00:00:03 UTC.'],
  ],
  ['withdrawn', [asked, { kind: 'withdrew', gate: 'start', why: 'red' }], ['Start (mig-1): out of date, red.']],
  [
    'work for hands',
    [...FREEZING, { kind: 'intended', effects: [hands] }],
    [
      '*Stop the writes now: logs.*\nlogs: on i-1: `umount /dev/sdf`\n<@U0ASKER>: press the button once it is done.\n[This is done]',
    ],
  ],
  [
    'work that is done',
    [
      ...FREEZING,
      { kind: 'intended', effects: [hands] },
      { kind: 'confirmed', intended: 'n3', effects: ['service/logs.freeze.1'], by: 'U02' },
    ],
    ['*Stop the writes now: logs.*\nlogs: on i-1: `umount /dev/sdf`\nDone, says <@U02> at 1970-01-01 00:00:04 UTC.'],
  ],
  [
    'a failure says what to do, and offers it',
    [...FREEZING, { kind: 'intended', effects: [cut] }, failed],
    [
      '*logs stopped at snapshot: UnauthorizedOperation.*\nYou may not.\nNext: give the permission, then retry. Everything else goes on.\n<@U0ASKER>: it waits for somebody to act.\n[Retry] [Go on without logs]',
    ],
  ],
  [
    'a failure that was retried',
    [
      ...FREEZING,
      { kind: 'intended', effects: [cut] },
      failed,
      { kind: 'retried', effect: 'vol-1.snapshot.1', failed: 'n4', by: 'U02' },
    ],
    [
      '*logs stopped at snapshot: UnauthorizedOperation.*\nYou may not.\nNext: give the permission, then retry. Everything else goes on.\nTried again by <@U02> at 1970-01-01 00:00:05 UTC.',
    ],
  ],
  [
    'a deferral',
    [{ kind: 'deferred', service: 'dropbox', by: 'U02', reason: 'it can wait' }],
    ['dropbox is deferred by <@U02>, because it can wait. It is finished after go-live.'],
  ],
  [
    'an outage that is kept back by its budget',
    [{ kind: 'began' }, KEPT_BACK],
    [
      'Started by <@U0ASKER>. No service stops before that is asked for.',
      '*It may be longer.*\nApprovers: it is for you to decide.\n[Let it be longer] [Abort]',
    ],
  ],
  [
    'and that may be longer all the same',
    [{ kind: 'began' }, KEPT_BACK, { kind: 'exceeded', by: 'U02', reason: 'nobody shops now' }],
    [
      'Started by <@U0ASKER>. No service stops before that is asked for.',
      '*It may be longer.*\nPast: an approver lets the outage be longer.',
      'The outage may be longer than its budget, says <@U02>, because nobody shops now.',
    ],
  ],
  [
    'what was approved and then withdrawn before it was done',
    [
      asked,
      { kind: 'approved', asked: 'n2', gate: 'start', basis: 'b1', by: 'U02' },
      { kind: 'withdrew', gate: 'start', why: 'the plan is red' },
    ],
    [
      'Start (mig-1): approved by <@U02> at 1970-01-01 00:00:03 UTC, and not done: the plan is red.',
      'Start, approved by <@U02>, was not done: the plan is red. It is asked anew once it may be done.',
    ],
  ],
  [
    'an abort',
    [{ kind: 'aborting', by: 'U02', reason: 'enough' }],
    ['Aborted by <@U02>, because enough. Everything goes back to us-east-1a.'],
  ],
  [
    'an alert',
    [{ kind: 'warned', about: 'slow logs', service: 'logs', text: 'logs takes long.' }],
    ['*logs takes long.*'],
  ],
  [
    'the point of no return',
    [{ kind: 'wentLive', percents: {} }],
    ['Went live at 00:00 UTC: us-east-1c takes writes from here on. Abort is no longer possible.'],
  ],
])('%s', (_, said, messages) => {
  expect(thread(...said)).toEqual(messages)
})

const DOUBT = { kind: 'warned', about: 'doubt of logs 12', service: 'logs', text: 'logs is not proven.' } as const

const cutting = { effect: 'vol-1.snapshot.1', resource: 'snap-1', others: [] }
const STALL: EntryBody = {
  kind: 'warned',
  about: 'stall vol-1 snap-1 42',
  service: 'logs',
  text: 'logs: its final snapshot stands at 42%.',
}
const STALLED: readonly EntryBody[] = [
  ...FREEZING,
  { kind: 'intended', effects: [cut] },
  { kind: 'seen', started: [cutting], achieved: [] },
  STALL,
]

describe('a snapshot that stands', () => {
  test('is told with what can be decided', () => {
    expect(thread(...STALLED).at(-1)).toMatch(
      /^\*logs: its final snapshot stands at 42%\.\*\n.*it is for you to decide\.\n\[Go on without logs\] \[Abort\]$/,
    )
  })

  test.each<[string, EntryBody, string]>([
    [
      'moves again',
      { kind: 'warned', about: 'moves again snap-1', service: 'logs', text: 'logs: its snapshot moves again.' },
      'Past: it moves again.',
    ],
    ['is complete', { kind: 'seen', started: [], achieved: ['vol-1.snapshot.1'] }, 'Past: it is complete.'],
  ])('%s: the same message says so, without buttons, and there is no other', (_, then, end) => {
    const messages = thread(...STALLED, then)
    expect(messages).toHaveLength(thread(...STALLED).length)
    expect(messages.at(-1)).toBe(`*logs: its final snapshot stands at 42%.*\n${end}`)
  })
})

const FENCE: Effect = {
  ...{
    subject: ofMove('replica/files'),
    step: 'fence',
    generation: 1,
    direction: 'back',
    service: 'logs',
    resource: 'files',
  },
  ...{ instances: ['i-next'], document: 'zonehop-replica-fence' },
}
const SILENT: readonly EntryBody[] = [
  { kind: 'aborting', by: 'U02', reason: 'enough' },
  { kind: 'intended', effects: [FENCE] },
  {
    kind: 'failed',
    effect: 'replica/files.fence.1',
    issued: null,
    ...{ code: 'DocumentFailed', problem: 'Undeliverable', remedy: 'look' },
  },
]
const CLEANING: readonly EntryBody[] = [
  { kind: 'aborting', by: 'U02', reason: 'enough' },
  { kind: 'aborted' },
  { kind: 'cleaning', by: 'U02' },
]

test.each<[string, readonly EntryBody[], string]>([
  ['a doubtful replica, with what can be decided', [{ kind: 'began' }, DOUBT], '[Go on without logs] [Abort]'],
  [
    'one that is back at home and not in sync: nothing to decide',
    [
      { kind: 'aborting', by: 'U02', reason: 'enough' },
      { ...DOUBT, about: 'doubt at home logs 12' },
    ],
    '*logs is not proven.*',
  ],
  ['a fence that its host does not confirm: a person may', SILENT, '[Retry] [It is down, I have seen it]'],
  [
    'and did',
    [
      ...SILENT,
      {
        kind: 'confirmed',
        intended: 'n3',
        effects: ['replica/files.fence.1'],
        by: 'U02',
        reason: 'it is terminated',
      },
    ],
    '<@U02> says that it is down: it is terminated',
  ],
  ['a cleanup that is asked for', CLEANING, 'Only what the migration made is deleted'],
  [
    'its gate opens a form',
    [...CLEANING, { kind: 'asked', gate: 'cleanup', basis: 'b1', evidence: ['Deletes 1 of 1.'], again: null }],
    '[Delete]',
  ],
  [
    'what is kept after all',
    [
      ...CLEANING,
      { kind: 'clearing', resources: ['vol-1', 'vol-2'] },
      { kind: 'kept', resources: [{ id: 'vol-1', name: 'logs', why: 'it is in use' }] },
    ],
    'Kept logs (vol-1): it is in use.',
  ],
  [
    'the end of it, counted',
    [
      ...CLEANING,
      { kind: 'clearing', resources: ['vol-1', 'vol-2'] },
      { kind: 'kept', resources: [{ id: 'vol-1', name: 'logs', why: 'it is in use' }] },
      { kind: 'cleaned' },
    ],
    'Cleaned up: 1 deleted, 1 kept after all. What the question kept still stands.',
  ],
])('%s', (_, said, then) => {
  expect(thread(...said).at(-1)).toContain(then)
})

test('the end of a cleanup says the same once another is asked for', () => {
  const kept: EntryBody = { kind: 'kept', resources: [{ id: 'vol-1', name: 'logs', why: 'it is in use' }] }
  const first = thread(...CLEANING, kept, { kind: 'cleaned' })
  const both = thread(...CLEANING, kept, { kind: 'cleaned' }, { kind: 'cleaning', by: 'U-2' })
  expect(first.at(-1)).toContain('Nothing can go now, so nothing was asked: all 1 are kept')
  expect(both.at(-2)).toEqual(first.at(-1))
})

/** One volume of Dropbox, which can wait, behind the point of no return. */
const LATER = plan(TWO.moves, { services: [service('dropbox', { need: 'deferrable' }), service('logs')] })
const ATTACH: Effect = {
  subject: ofMove('vol-2'),
  step: 'attach',
  generation: 1,
  direction: 'forward',
  ...{ volumeId: 'vol-copy', instance: 'i-target', device: '/dev/sdf' },
}
const MARK: Effect = {
  subject: { of: 'mark', mark: 'live-dropbox', part: 1 },
  step: 'tag',
  generation: 1,
  direction: 'forward',
  ...{ resources: ['vol-copy'], tags: { 'zonehop:live': 'mig-1' }, removed: [] },
}
const STUCK: EntryBody = {
  kind: 'failed',
  effect: 'vol-2.attach.1',
  issued: null,
  ...{ code: 'AttachmentStuck', problem: 'it hangs', remedy: 'detach it' },
}
const RETURNED: EntryBody = { kind: 'returned', service: 'dropbox', by: 'U02', reason: 'its copy is slow' }

function later(...said: readonly EntryBody[]): string[] {
  const all = entries(
    planned('mig-1', { by: 'U0ASKER', plan: LATER }),
    ...FREEZING,
    { kind: 'wentLive', percents: {} },
    ...said,
  )
  return threadMessages(fold(all) as Migration, all, []).map(({ message }) => read(message))
}

test.each<[string, readonly EntryBody[], string]>([
  [
    'what failed of a service that can wait',
    [{ kind: 'intended', effects: [ATTACH] }, STUCK],
    '[Retry] [Give dropbox back]',
  ],
  [
    'its copies are marked live, so it cannot go back',
    [{ kind: 'intended', effects: [ATTACH] }, STUCK, { kind: 'intended', effects: [MARK] }],
    'Everything else goes on.\n<@U0ASKER>: it waits for somebody to act.\n[Retry]',
  ],
  [
    'given back',
    [RETURNED],
    'dropbox is given back by <@U02>, because its copy is slow. It goes back to us-east-1a; everything else stays live in us-east-1c.',
  ],
])('%s', (_, said, then) => {
  expect(later(...said).at(-1)).toMatch(new RegExp(`${escaped(then)}$`))
})

test('what failed of a service that was given back offers nothing of the way there', () => {
  const failure = later({ kind: 'intended', effects: [ATTACH] }, STUCK, RETURNED).find((text) =>
    text.includes('stopped at'),
  )
  expect(failure).not.toContain('[')
})

function escaped(text: string): string {
  return text.replace(/[[\]().*?]/g, '\\$&')
}

const RIVAL: EntryBody = {
  kind: 'halted',
  why: 'somebody else drives mig-1: snap-9 was made by a call that this journal never made',
}
const HALTED =
  '*<@U0ASKER> Halted: nothing more is issued, for somebody else drives mig-1: snap-9 was made by a call that this journal never made.*'
const MISFIT =
  '*Approvers: Halted: nothing more is issued, for entry 3 (began) does not fit: began has no place in phase seeding.*\nWhat it says was not taken. An approver passes it, and everything goes on as before it.'

test.each<[string, readonly EntryBody[], string]>([
  [
    'somebody else drives: who goes on says that they are stopped',
    [RIVAL],
    `${HALTED}\n[They are stopped: go on] [Abort]`,
  ],
  [
    'behind the point of no return nothing is aborted',
    [{ kind: 'freezing', freeze: 'f', services: [] }, { kind: 'wentLive', percents: {} }, RIVAL],
    `${HALTED}\n[They are stopped: go on]`,
  ],
  [
    'an entry that does not fit is passed',
    [{ kind: 'began' }, { kind: 'began' }],
    `${MISFIT}\n[Pass this began] [Abort]`,
  ],
])('halted: %s', (_, said, then) => {
  expect(thread(...said).at(-1)).toBe(then)
})

test('what was halted goes on by name', () => {
  expect(thread(RIVAL, { kind: 'resumed', by: 'U02' })).toEqual([
    `${HALTED.replace('<@U0ASKER> ', '')}\nIt goes on since.`,
    'Resumed by <@U02>.',
  ])
  const [, passed, skipped] = thread({ kind: 'began' }, { kind: 'began' }, { kind: 'skipped', entry: 'n3', by: 'U02' })
  expect(skipped).toBe('<@U02> passed the entry that did not fit. It goes on.')
  // What it says was not taken, and is not said for having been passed.
  expect(passed).not.toContain('Started')
  expect(passed).toContain('does not fit')
  expect(passed).not.toContain('[')
})

test('an entry that does not fit is not said as if it had been taken, whatever became of the halt', () => {
  const abort: EntryBody = { kind: 'aborting', by: 'U03', reason: 'too late' }
  const live: readonly EntryBody[] = [...FREEZING, { kind: 'wentLive', percents: {} }, abort]
  expect(thread(...live).at(-1)).toContain('[Pass this aborting]')
  const [, passed] = thread(...live, { kind: 'skipped', entry: 'n4', by: 'U02' })
  expect(passed).not.toContain('Everything goes back')
})

test('each of several entries that do not fit has its own button', () => {
  const [, first, second] = thread({ kind: 'began' }, { kind: 'began' }, { kind: 'done' })
  expect(first).toContain('[Pass this began] [Abort]')
  expect(second).toContain('[Pass this done] [Abort]')
  const [, , left] = thread(
    { kind: 'began' },
    { kind: 'began' },
    { kind: 'done' },
    { kind: 'skipped', entry: 'n3', by: 'U02' },
  )
  expect(left).toContain('[Pass this done] [Abort]')
})

const AGAIN: EntryBody = { ...asked, again: `the approval of ${mention('U02')} was not used in time` }

test('asked again, it says why', () => {
  const approved: EntryBody = { kind: 'approved', asked: 'n2', gate: 'start', basis: 'b1', by: 'U02' }
  expect(thread(asked, approved, AGAIN)).toEqual([
    'Start (mig-1): approved by <@U02> at 1970-01-01 00:00:03 UTC.',
    `${ASKS_START}\nAsked again: the approval of <@U02> was not used in time.\n${START}`,
  ])
})

test('an answer closes the question it names, and no other', () => {
  const approved: EntryBody = { kind: 'approved', asked: 'n3', gate: 'start', basis: 'b1', by: 'U02' }
  const [first, second] = thread(asked, { ...asked, basis: 'b2' }, approved)
  expect(first).toBe('Start (mig-1): out of date, what it rested on has changed; the new question is below.')
  expect(second).toContain('approved by <@U02>')
})

test('where two have to approve, the first closes nothing, and is named until the second has', () => {
  const begun: EntryBody = planned('mig-1', { by: 'U0ASKER', plan: TWO, rules: { ...NO_RULES, approvals: 2 } })
  const freeze: EntryBody = { ...asked, gate: 'freeze' } as EntryBody
  const approved = (by: string): EntryBody => ({ kind: 'approved', asked: 'n3', gate: 'freeze', basis: 'b1', by })
  const last = (...said: readonly EntryBody[]): Message | undefined => {
    const all = entries(begun, { kind: 'began' }, freeze, ...said)
    return threadMessages(fold(all) as Migration, all, ['U0ASKER', 'U02', 'U03']).find(({ key }) => key === 'entry-3')
      ?.message
  }
  const half = last(approved('U02')) as Message
  expect(read(half)).toContain('Approved by <@U02>; one more has to.')
  expect(read(half)).toContain('[Stop writes]')
  expect(half.text).toMatch(/^<@U03> Stop writes now\?/)
  const whole = read(last(approved('U02'), approved('U03')) as Message)
  expect(whole).toMatch(/^Stop writes \(mig-1\): approved by <@U02> at .*, approved by <@U03> at .*\.$/)
  expect(whole).not.toContain('[')
})

test('paused, nothing is asked, and the question says so', () => {
  const [question, paused] = thread(asked, { kind: 'paused', by: 'U02' })
  expect(question).toBe('Start (mig-1): not asked while it is paused; asked anew when it is resumed.')
  expect(paused).toBe('Paused by <@U02>: nothing more is issued; what EC2 has begun goes on.')
})

/** The same step, tried as often as there are problems. */
function failedFor(...problems: readonly string[]): string {
  const tries = problems.flatMap((problem, index): EntryBody[] => {
    const effect = `vol-1.snapshot.${index + 1}`
    const rev = FREEZING.length + 3 + index * 2
    const retried: EntryBody = { kind: 'retried', effect, failed: `n${rev}`, by: 'U02' }
    const one: EntryBody = {
      kind: 'failed',
      effect,
      issued: null,
      code: 'UnauthorizedOperation',
      problem,
      remedy: REMEDY,
    }
    return [one, retried]
  })
  return thread(...FREEZING, { kind: 'intended', effects: [cut] }, ...tries.slice(0, -1)).at(-1) ?? ''
}

test('a step that failed three times for the same reason is not tried again by a button', () => {
  expect(failedFor('no', 'no')).toContain('\n[Retry] [Go on without logs]')
  expect(failedFor('no', 'no', 'no, but otherwise')).toContain('\n[Retry] [Go on without logs]')
  expect(failedFor('no', 'no', 'no')).toBe(
    '*logs stopped at snapshot: UnauthorizedOperation.*\nno.\nNext: give the permission, then retry. Everything else goes on.\nIt failed 3 times for the same reason: put that right first, then `/migrate retry logs`.\n<@U0ASKER>: it waits for somebody to act.\n[Go on without logs]',
  )
})

test.each<[string, EntryBody, string]>([
  ['doubt', { kind: 'doubted', why: 'another Redis keeps the journal' }, '(another Redis keeps the journal)'],
  [
    'what EC2 shows and nobody knew',
    { kind: 'adopted', things: [{ effect: cut, issued: 'lost', resource: 'snap-1' }] },
    'does not know: snap-1. Either their entries are lost, or somebody wrote these tags. The last entries of the journal may be lost.',
  ],
])('%s is told, and that it is over', (_, said, then) => {
  const [, told, looked] = thread({ kind: 'began' }, said, { kind: 'looked' })
  expect(told).toContain(then)
  expect(looked).toMatch(/^Looked at EC2 again/)
})

test('what a cleanup would delete is named one by one, in as many messages as that takes, below its question', () => {
  const names = Array.from({ length: 400 }, (_, index) => `Deletes data-${index} (vol-${index}): ${'x'.repeat(60)}.`)
  const evidence = ['Deletes 400 of 400.', ...names]
  const asked: EntryBody = { kind: 'asked', gate: 'cleanup', basis: 'b1', evidence, again: null }
  const shown = (...said: readonly EntryBody[]): string[] => {
    const journal = entries(planned('mig-1', { by: 'U0ASKER', plan: TWO }), ...CLEANING, asked, ...said)
    return threadMessages(fold(journal) as Migration, journal, []).map(({ message }) => read(message))
  }
  const all = shown()
  for (const name of names) expect(all.filter((message) => message.includes(name))).toHaveLength(1)
  const question = all.find((message) => message.includes('[Delete]'))
  expect(question).toContain('Deletes 400 of 400.')
  expect(question).toContain('All that an approval covers is below in the thread: 401 lines.')
  // Withdrawn, it does not fill the thread with what is not asked any more.
  const rest = shown({ kind: 'withdrew', gate: 'cleanup', why: 'a test' })
  expect(rest).toContain('Delete (mig-1): out of date, a test.')
  expect(rest.filter((message) => message.includes('data-7 '))).toEqual([])
})

test('a red plan names each volume with size, instance and device, and offers a choice', () => {
  const red = plan([], {
    uncovered: [{ volume: 'vol-9', name: 'logs', sizeGib: 500, instance: 'i-1', device: '/dev/sdf' }],
  })
  const all = entries(planned('mig-1', { by: 'U0ASKER', plan: red }))
  const [message] = threadMessages(fold(all) as Migration, all, []).map((each) => read(each.message))
  expect(message).toContain(
    'Uncovered: logs (vol-9, 500 GiB, /dev/sdf of i-1). Nothing says whether it moves or stays.',
  )
  expect(message).toContain('[Choose for logs]')
})

test.each([
  [10, false],
  [12, true],
])(
  'a red plan of %i uncovered volumes has a button for ten, and says what becomes of the others: %s',
  (count, isSaid) => {
    const uncovered = Array.from({ length: count }, (_, at) => ({
      ...{ volume: `vol-${at}`, name: `logs-${at}`, sizeGib: 500, instance: null, device: null },
    }))
    const all = entries(planned('mig-1', { plan: plan([], { uncovered }) }))
    const [message = ''] = threadMessages(fold(all) as Migration, all, []).map((each) => read(each.message))
    expect(message.match(/\[Choose for /g)).toHaveLength(10)
    expect(message.includes('The first 10 have a button; each choice frees one for the next of 2 more.')).toBe(isSaid)
  },
)

test('a red plan says which tag of a volume no journal explains, and what can be done', () => {
  const volume = { volume: 'vol-9', name: 'logs', sizeGib: 500, instance: null, device: null }
  const red = plan([], { uncovered: [{ ...volume, remembers: 'zonehop:left=<!channel>' }] })
  expect(redLines(red)).toEqual([
    'Uncovered: logs (vol-9, 500 GiB, attached to nothing). It carries zonehop:left=<!channel>, which no journal here explains: take the tag off and plan again, or an approver chooses.',
  ])
})

test('a red plan says which service froze without a volume, and what may be chosen', () => {
  const volume = { volume: 'vol-9', name: 'logs-late', sizeGib: 500, instance: 'i-1', device: '/dev/sdf' }
  const drawn = plan(TWO.moves, { uncovered: [{ ...volume, missed: 'logs' }], digest: 'plan-2' })
  const replanned: EntryBody = { kind: 'replanned', plan: drawn, choices: [], found: [], by: null }
  const said = thread({ kind: 'began' }, ...FREEZING, replanned).at(-1)
  expect(said).toContain(
    'Uncovered: logs-late (vol-9, 500 GiB, /dev/sdf of i-1). logs froze without it: give it a service of its own, or let it stay.',
  )
  expect(said).not.toContain('Nothing says whether it moves or stays.')
  expect(said).toContain('[Choose for logs-late]')
})

const line = (name: string, over: Partial<Line> = {}): Line => ({
  name,
  service: name,
  sizeGib: 10,
  percent: 43,
  words: 'final snapshot',
  isFailed: false,
  isDone: false,
  isCopying: false,
  left: null,
  ...over,
})
const shows = (said: readonly EntryBody[], lines: readonly Line[], waits: readonly Wait[] = []): string[] =>
  read(
    statusMessage(fold(entries(planned('mig-1', { by: 'U0ASKER', plan: TWO }), ...said)) as Migration, {
      progress: { rev: 1, atMs: 65_000, lines, waits },
      nowMs: 65_000,
      approvers: ['U0ASKER', 'U02'],
    }),
  ).split('\n')
const MOVING: readonly EntryBody[] = [...FREEZING, { kind: 'intended', effects: [cut] }]
const rest = (until: string): string[] => [
  'Nobody has to act now.',
  `Outage so far 1m 3s, as of 00:01:05 UTC.${until}`,
  'plan &gt; copy ahead &gt; stop writes &gt; *copy* &gt; live &gt; done',
]

test('the status message says what goes on, who must act, and where in all it is', () => {
  expect(shows([asked], [line('logs')], [{ on: 'approval', gate: 'start', asker: 'U0ASKER' }])).toEqual([
    '*us-east-1a to us-east-1c: planned, nothing has started (mig-1)*',
    '<@U02> to answer, below.',
    'No outage: nothing was stopped.',
    '*plan* &gt; copy ahead &gt; stop writes &gt; copy &gt; live &gt; done',
    '*Start moving 2 services from us-east-1a to us-east-1c? mig-1*',
    '[Start] [Decline]',
  ])
})

test.each<[string, readonly EntryBody[], string]>([
  ['may be lost', [{ kind: 'doubted', why: 'a test' }], 'Whether services run in the source zone is not known yet: '],
  [
    'may have been lost, whoever has looked since',
    [{ kind: 'doubted', why: 'a test' }, { kind: 'looked' }],
    'No outage is known of, but entries of the journal may have been lost.',
  ],
])('where entries %s, the status message does not say that nothing was stopped', (_, said, words) => {
  expect(shows([asked, ...said], []).some((one) => one.startsWith(words))).toBe(true)
})

test('while data moves: a line a volume, its name and then its percent, and what is waited for', () => {
  const lines = [line('logs'), line('dropbox', { percent: null, words: 'planned' })]
  expect(shows(MOVING, lines, [{ on: 'gone', name: 'logs' }])).toEqual([
    '*us-east-1a to us-east-1c: copying data, services are down (mig-1)*',
    ...rest(''),
    'logs 43% 10 GiB, final snapshot',
    'dropbox -- 10 GiB, planned',
    'Seen in EC2 at 00:01:05 UTC.',
    'Waiting for logs, which was deleted in EC2 since the plan: restore it, or defer its service.',
    '[Go on without dropbox] [Abort]',
  ])
})

const hours = (least: number, most: number | null) => ({
  isCopying: true,
  left: {
    ...{ leastMs: least * 3_600_000, mostMs: most === null ? null : most * 3_600_000 },
    ...{ basis: 'percents' as const, atRateMs: 2 * least * 3_600_000 },
  },
})
test.each<[string, readonly Line[], string | undefined]>([
  [
    'a range, from the slowest of each bound, rounded outwards',
    [line('logs', hours(1, 2)), line('dropbox', hours(0.5, 3.001))],
    'Copied at 01:01 to 03:02 UTC by the percents so far (as of 00:01 UTC); then copies are attached and checked, and go-live is asked for.',
  ],
  [
    'no upper bound while one of them has none',
    [line('logs', hours(1, 2)), line('dropbox', hours(16, null))],
    'Copied not before 16:01 UTC, at the rates so far not before 1970-01-02 08:01 UTC (as of 00:01 UTC); then copies are attached and checked, and go-live is asked for.',
  ],
  [
    'or while one of them reports nothing',
    [line('logs', hours(1, 2)), line('dropbox', { isCopying: true })],
    'Copied not before 01:01 UTC, at the rates so far not before 02:01 UTC (as of 00:01 UTC); then copies are attached and checked, and go-live is asked for.',
  ],
  [
    'the lower end of a range is likely, and no lower bound',
    [
      line('logs', { isCopying: true, left: { ...hours(2, 3).left, basis: 'seeds', atRateMs: 60_000 } }),
      line('dropbox', { isCopying: true }),
    ],
    'Copied not before 00:02 UTC, at the rates so far not before 00:02 UTC (as of 00:01 UTC); then copies are attached and checked, and go-live is asked for.',
  ],
  [
    'nothing is known while none of them reports',
    [line('logs', { isCopying: true })],
    'When it is over is not known yet: EC2 reports no percent (as of 00:01 UTC).',
  ],
  ['nothing is said where nothing is copied', [line('logs')], undefined],
])('when it is over: %s', (_, lines, said) => {
  expect(shows(MOVING, lines).find((each) => /^Copied|^When/.test(each))).toBe(said)
})

describe('the status message says of when its figures are', () => {
  const said = [{ kind: 'freezing', freeze: 'f', services: [] }] as const
  const progress = { rev: 1, atMs: 65_000, lines: [line('logs')], waits: [] }
  const folded = (...more: readonly EntryBody[]): Migration =>
    fold(entries(planned('mig-1', { by: 'U0ASKER', plan: TWO }), ...more)) as Migration
  const lines = (...more: readonly EntryBody[]): string[] =>
    read(statusMessage(folded(...said, ...more), { progress, nowMs: 95_000, approvers: [] })).split('\n')

  test('its clock goes on though nothing new is seen', () => {
    expect(lines()).toContain('Outage so far 1m 33s, as of 00:01:35 UTC.')
    expect(lines()).toContain('Seen in EC2 at 00:01:05 UTC.')
  })

  const away: EntryBody = {
    ...{ kind: 'unreachable', service: 'EC2', isAnswering: false },
    ...{ why: 'AWS answered ENOTFOUND', sinceMs: 70_000 },
  }
  test('and what cannot be read since when, until it can', () => {
    expect(lines(away)).toContain('EC2 cannot be reached since 1970-01-01 00:01 UTC: AWS answered ENOTFOUND.')
    expect(lines(away, { kind: 'reachable', service: 'EC2' }).join()).not.toContain('cannot be re')
  })

  test('nothing of that once it is over', () => {
    const text = lines(away, { kind: 'aborting', by: null, reason: 'x' }, { kind: 'aborted' }).join()
    expect(text).toContain('Outage over after')
    expect(text).not.toMatch(/Seen in EC2|cannot be re|as of/)
  })

  test('the thread says both, each once', () => {
    const [out, back] = thread(...said, away, { kind: 'reachable', service: 'EC2' }).slice(-2)
    expect(out).toMatch(/^EC2 cannot be reached since 1970-01-01 00:01 UTC: AWS answered ENOTFOUND\. Nothing is lost/)
    expect(back).toMatch(/^EC2 is back/)
  })
})

test('past eight volumes: the failed, the slowest, and one line for the rest', () => {
  const many = Array.from({ length: 30 }, (_, index) => line(`v${index}`, { percent: index, isDone: index > 27 }))
  const text = shows(MOVING, [...many, line('bad', { isFailed: true, percent: 99 })])
  expect(text.filter((each) => each.includes('final snapshot')).slice(0, 2)).toEqual([
    'bad 99% 10 GiB, final snapshot',
    'v0 0% 10 GiB, final snapshot',
  ])
  expect(text.filter((each) => each.includes('final snapshot'))).toHaveLength(8)
  expect(text).toContain('and 23 more volumes; 2 of all 31 are attached and checked')
})

test('what is too long for a message is cut at a line, and counted', () => {
  const blocks = sections(Array.from({ length: 400 }, (_, index) => `${index} ${'x'.repeat(60)}`))
  expect(blocks.length).toBeLessThanOrEqual(5)
  expect(JSON.stringify(blocks).length).toBeLessThan(13_000)
  expect(JSON.stringify(blocks.at(-1))).toContain('more lines')
})

test('a service deferred by plan is no choice any more', () => {
  const deferrable = plan(TWO.moves, { services: [service('dropbox', { need: 'deferrable' }), service('logs')] })
  const moving = fold(
    entries(
      planned('mig-1', { by: 'U0ASKER', plan: deferrable }),
      { kind: 'freezing', freeze: 'f', services: [] },
      { kind: 'intended', effects: [cut] },
    ),
  ) as Migration
  const text = read(
    statusMessage(moving, {
      progress: { rev: 1, atMs: 1_000, lines: [line('dropbox', { percent: 1 }), line('logs')], waits: [] },
      nowMs: 1_000,
      approvers: [],
    }),
  )
  expect(text).toContain('[Abort]')
  expect(text).not.toContain('[Defer')
})

test('what tags say is an alarm that an approver settles', () => {
  const suspected: EntryBody = {
    kind: 'suspected',
    about: 'left',
    says: 'zonehop:left=mig-1',
    volumes: ['vol-1', 'vol-7'],
  }
  const settled = (isSo: boolean): EntryBody => ({ kind: 'settled', suspected: 'n2', isSo, by: 'U-2' })
  const [open = ''] = thread(suspected)
  expect(open).toContain('Tags say zonehop:left=mig-1, and the journal does not explain it.')
  expect(open).toContain('On logs (vol-1), vol-7. It would mean: it went live')
  expect(open).toContain('It was not believed.')
  expect(open).toContain('[It is so] [It is not so]')
  expect(thread(suspected, settled(true))[0]).toMatch(/An approver said that it is so\.$/)
  expect(thread(suspected, settled(false))[0]).toMatch(/An approver said that it is not so\.$/)
  expect(thread(suspected, { ...suspected })[0]).toMatch(/It is asked anew below\.$/)
})

const SUSPECTED = { kind: 'suspected', says: 'zonehop:left=mig-1', volumes: ['vol-1'] } as const

test.each<[Memory, string, string, string?]>([
  [
    'frozen',
    'a freeze began that the journal does not know, and services may be stopped',
    'the services count as frozen, and what was stopped is started again on the way back',
  ],
  [
    'left',
    'it went live, and the target zone may be taking writes',
    'it counts as live: there is no abort any more, and services open in the target zone; so see first that none of them runs at home',
  ],
  ['aborted', 'an abort began, and services are going back', 'it goes back from here'],
  [
    'returned',
    'what was deferred was given back, and serves at home',
    'the services named stay at home, and their copies never open; say so even if it is so of one of them',
    'the marks are written again, and it moves on',
  ],
  [
    'leftAgain',
    'what is on its way home left once more, and its copies may be taking writes',
    'it starts nowhere until its copy is stopped and the tag is off; once they are, it is not so',
    'it goes home; take the tag off',
  ],
  [
    'live',
    'a deferred service went live, and its copies may be taking writes',
    'the copies count as live, and are not given back',
  ],
])(
  'what tags say of %s: what it would mean, and what each button does',
  (about, meaning, consequence, otherwise = 'nothing changes; take the tag off') => {
    const asks = [
      '*Tags say zonehop:left=mig-1, and the journal does not explain it.*',
      `On logs (vol-1). It would mean: ${meaning}. It was not believed.`,
      'If the journal lost entries it may be so; else somebody else wrote these tags: find out who may.',
      `“It is so”: ${consequence}. “It is not so”: ${otherwise}.`,
    ].join('\n')
    expect(thread({ ...SUSPECTED, about })).toEqual([`${asks}\nAn approver: is it so?\n[It is so] [It is not so]`])
    const settled = { kind: 'settled', suspected: 'n2', isSo: true, by: 'U-2' } as const
    expect(thread({ ...SUSPECTED, about }, settled)).toEqual([`${asks}\nAn approver said that it is so.`])
  },
)

test('what tags say: copies are named by their sources, and ten volumes one by one', () => {
  const restore: Effect = {
    ...{ subject: ofMove('vol-2'), step: 'restore', generation: 1, direction: 'forward' },
    ...{ snapshotId: 'snap-2', zone: 'us-east-1c' },
  }
  const copied: readonly EntryBody[] = [
    ...FREEZING,
    { kind: 'intended', effects: [restore] },
    { kind: 'seen', started: [{ effect: 'vol-2.restore.1', resource: 'vol-c', others: [] }], achieved: [] },
  ]
  const on = (...volumes: readonly string[]): string =>
    thread(...copied, { ...SUSPECTED, about: 'live', volumes }).at(-1) ?? ''
  expect(on('vol-2', 'vol-c')).toContain('On dropbox (vol-2), the copy of dropbox (vol-c). It would mean')
  const many = Array.from({ length: 12 }, (_, index) => `vol-x${index}`)
  expect(on(...many.slice(0, 10))).toContain(`On ${many.slice(0, 10).join(', ')}. It would mean`)
  expect(on(...many)).toContain(`On ${many.slice(0, 10).join(', ')} and 2 more. It would mean`)
})

test('what tags say: the buttons name that very question', () => {
  const all = entries(planned('mig-1', { by: 'U0ASKER', plan: TWO }), { ...SUSPECTED, about: 'left' })
  const [asks] = threadMessages(fold(all) as Migration, all, [])
  const [buttons] = asks?.message.blocks.filter(({ type }) => type === 'actions') ?? []
  expect(buttons).toMatchObject({
    elements: [
      { action_id: 'settle-so', value: JSON.stringify({ id: 'mig-1', suspected: 'n2', isSo: true }), style: 'danger' },
      { action_id: 'settle-not', value: JSON.stringify({ id: 'mig-1', suspected: 'n2', isSo: false }) },
    ],
  })
  expect(asks?.message.text).toBe(
    'Tags say zonehop:left=mig-1, and the journal does not explain it. An approver says whether it is so.',
  )
})

test('what tags say: each kind is settled for itself', () => {
  const [left, frozen] = thread(
    { ...SUSPECTED, about: 'left' },
    { ...SUSPECTED, about: 'frozen' },
    { kind: 'settled', suspected: 'n3', isSo: false, by: 'U-2' },
  )
  expect(left).toContain('[It is so] [It is not so]')
  expect(frozen).toMatch(/An approver said that it is not so\.$/)
})
