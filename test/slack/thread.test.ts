// The words of the thread and the status message: what stands there, and what a button turns into once it is answered.
import { expect, test } from 'vitest'
import type { Effect } from '../../src/core/effects.ts'
import type { Said } from '../../src/core/entries.ts'
import { fold } from '../../src/core/fold.ts'
import type { Migration } from '../../src/core/migration.ts'
import type { Line } from '../../src/core/progress.ts'
import type { Message } from '../../src/slack/blocks.ts'
import { sections } from '../../src/slack/blocks.ts'
import { statusMessage } from '../../src/slack/status.ts'
import { threadMessages } from '../../src/slack/thread.ts'
import { entries, move, plan, planned, service } from '../support/plans.ts'

const TWO = plan([move({ id: 'vol-1', name: 'logs' }), move({ id: 'vol-2', name: 'dropbox' })])

function thread(...said: readonly Said[]): string[] {
  const all = entries(planned('mig-1', { plan: TWO }), ...said)
  return threadMessages(fold(all) as Migration, all).map(({ message }) => read(message))
}

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

const asked: Said = { kind: 'asked', gate: 'start', basis: 'b1', evidence: ['2 volumes move.'] }
const hands: Effect = {
  subject: 'service/logs',
  step: 'freeze',
  generation: 1,
  service: 'logs',
  instances: ['i-1'],
  work: { method: 'manual', todo: ['on i-1: `umount /dev/sdf`'] },
}
const cut: Effect = { subject: 'vol-1', step: 'snapshot', generation: 1, volumeId: 'vol-1', tags: {} }
const failed: Said = {
  kind: 'failed',
  effect: 'vol-1.snapshot.1',
  code: 'UnauthorizedOperation',
  problem: 'You may not',
  remedy: 'give the permission, then retry',
}

test.each<[string, readonly Said[], readonly string[]]>([
  ['a gate asks', [asked], ['*Start this migration? mig-1*\n2 volumes move.\n[Approve start] [Decline]']],
  [
    'answered: who and when stands where the buttons stood',
    [asked, { kind: 'approved', gate: 'start', basis: 'b1', by: 'U-2' }],
    ['*Start this migration? mig-1*\n2 volumes move.\nApproved by <@U-2> at 1970-01-01 00:00:03 UTC.'],
  ],
  [
    'declined',
    [asked, { kind: 'declined', gate: 'start', by: 'U-2' }],
    ['*Start this migration? mig-1*\n2 volumes move.\nDeclined by <@U-2> at 1970-01-01 00:00:03 UTC.'],
  ],
  [
    'withdrawn',
    [asked, { kind: 'withdrew', gate: 'start', why: 'red' }],
    ['*Start this migration? mig-1*\n2 volumes move.\nNo longer asked: what it rested on has changed.'],
  ],
  [
    'work for hands',
    [{ kind: 'intended', effects: [hands] }],
    ['*Stop the writes now: logs.*\nlogs: on i-1: `umount /dev/sdf`\n[This is done]'],
  ],
  [
    'work that is done',
    [
      { kind: 'intended', effects: [hands] },
      { kind: 'confirmed', effects: ['service/logs.freeze.1'], by: 'U-2' },
    ],
    ['*Stop the writes now: logs.*\nlogs: on i-1: `umount /dev/sdf`\nDone, says <@U-2> at 1970-01-01 00:00:03 UTC.'],
  ],
  [
    'a failure says what to do, and offers it',
    [{ kind: 'intended', effects: [cut] }, failed],
    [
      '*logs stopped at snapshot: UnauthorizedOperation.*\nYou may not.\nNext: give the permission, then retry. Everything else goes on.\n[Retry] [Go on without logs]',
    ],
  ],
  [
    'a failure that was retried',
    [{ kind: 'intended', effects: [cut] }, failed, { kind: 'retried', effect: 'vol-1.snapshot.1', by: 'U-2' }],
    [
      '*logs stopped at snapshot: UnauthorizedOperation.*\nYou may not.\nNext: give the permission, then retry. Everything else goes on.\nTried again by <@U-2> at 1970-01-01 00:00:04 UTC.',
    ],
  ],
  [
    'a deferral',
    [{ kind: 'deferred', service: 'dropbox', by: 'U-2', reason: 'it can wait' }],
    ['dropbox is deferred by <@U-2>, because it can wait. It is finished behind the live system.'],
  ],
  [
    'an abort',
    [{ kind: 'aborting', by: 'U-2', reason: 'enough' }],
    ['Aborted by <@U-2>, because enough. Everything goes back to us-east-1a.'],
  ],
  [
    'an alert',
    [{ kind: 'warned', about: 'slow logs', service: 'logs', text: 'logs takes long.' }],
    ['*logs takes long.*\nAnswered: it is past.'],
  ],
  [
    'the point of no return',
    [{ kind: 'wentLive', percents: {} }],
    ['Went live: us-east-1c takes writes from here on. Abort is no longer possible.'],
  ],
])('%s', (_, said, messages) => {
  expect(thread(...said)).toEqual(messages)
})

const DOUBT = { kind: 'warned', about: 'doubt of logs 12', service: 'logs', text: 'logs is not proven.' } as const
const FENCE: Effect = {
  ...{ subject: 'replica/files', step: 'fence', generation: 1, service: 'logs', resource: 'files' },
  ...{ instances: ['i-next'], document: 'zonehop-replica-fence' },
}
const SILENT: readonly Said[] = [
  { kind: 'aborting', by: 'U-2', reason: 'enough' },
  { kind: 'intended', effects: [FENCE] },
  { kind: 'failed', effect: 'replica/files.fence.1', code: 'DocumentFailed', problem: 'Undeliverable', remedy: 'look' },
]
const CLEANING: readonly Said[] = [{ kind: 'aborted' }, { kind: 'cleaning', by: 'U-2' }]

test.each<[string, readonly Said[], string]>([
  ['a doubtful replica, with what can be decided', [{ kind: 'began' }, DOUBT], '[Go on without logs] [Abort]'],
  [
    'one that is back at home and not in sync: nothing to decide',
    [
      { kind: 'aborting', by: 'U-2', reason: 'enough' },
      { ...DOUBT, about: 'doubt at home logs 12' },
    ],
    '*logs is not proven.*',
  ],
  ['a fence that its host does not confirm: a person may', SILENT, '[Retry] [It is down, I have seen it]'],
  [
    'and did',
    [...SILENT, { kind: 'confirmed', effects: ['replica/files.fence.1'], by: 'U-2', reason: 'it is terminated' }],
    '<@U-2> says that it is down: it is terminated',
  ],
  ['a cleanup that is asked for', CLEANING, 'Only what the migration made is deleted'],
  [
    'its gate opens a form',
    [...CLEANING, { kind: 'asked', gate: 'cleanup', basis: 'b1', evidence: ['Deletes 1 of 1.'] }],
    '[Approve cleanup]',
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
    'Cleaned up: 1 deleted, 1 kept after all.',
  ],
])('%s', (_, said, then) => {
  expect(thread(...said).at(-1)).toContain(then)
})

test('what a cleanup would delete is named one by one, in as many messages as that takes, before its question', () => {
  const names = Array.from({ length: 400 }, (_, index) => `Deletes data-${index} (vol-${index}): ${'x'.repeat(60)}.`)
  const asked: Said = { kind: 'asked', gate: 'cleanup', basis: 'b1', evidence: ['Deletes 400 of 400.', ...names] }
  const all = thread(...CLEANING, asked)
  for (const name of names) expect(all.filter((message) => message.includes(name))).toHaveLength(1)
  expect(all.at(-1)).toContain('Deletes 400 of 400.')
  expect(all.at(-1)).toContain('Each is named in the 4 messages above.')
  expect(all.at(-1)).toContain('[Approve cleanup]')
  // Withdrawn, it does not fill the thread with what is not asked any more.
  const rest = thread(...CLEANING, asked, { kind: 'withdrew', gate: 'cleanup', why: 'a test' })
  expect(rest.at(-1)).toContain('No longer asked')
  expect(rest.filter((message) => message.includes('data-7 '))).toEqual([])
})

test('a red plan names each volume with size, instance and device, and offers a choice', () => {
  const red = plan([], {
    uncovered: [{ volume: 'vol-9', name: 'logs', sizeGib: 500, instance: 'i-1', device: '/dev/sdf' }],
  })
  const all = entries(planned('mig-1', { plan: red }))
  const [message] = threadMessages(fold(all) as Migration, all).map((each) => read(each.message))
  expect(message).toContain('Uncovered: logs (vol-9, 500 GiB, /dev/sdf of i-1).')
  expect(message).toContain('[Choose for logs]')
})

const line = (name: string, over: Partial<Line> = {}): Line => ({
  name,
  service: name,
  sizeGib: 10,
  percent: 43,
  words: 'final snapshot',
  isFailed: false,
  isDone: false,
  ...over,
})
const m = fold(entries(planned('mig-1', { plan: TWO }))) as Migration
const status = (lines: readonly Line[]): string =>
  read(statusMessage(m, { rev: 1, atMs: 1_000, lines, waits: [{ on: 'approval of start' }] }))

test('the status message: a line a volume, its name and then its percent', () => {
  expect(status([line('logs'), line('dropbox', { percent: null, words: 'planned' })]).split('\n')).toEqual([
    '*mig-1: us-east-1a to us-east-1c, planned*',
    'No outage: services run in the source zone.',
    'logs 43% 10 GiB, final snapshot',
    'dropbox -- 10 GiB, planned',
    'Waiting for approval of start.',
  ])
})

test('past 25 volumes: the failed, the slowest, and one line for the rest', () => {
  const many = Array.from({ length: 30 }, (_, index) => line(`v${index}`, { percent: index, isDone: index > 27 }))
  const text = status([...many, line('bad', { isFailed: true, percent: 99 })]).split('\n')
  expect(text[2]).toBe('bad 99% 10 GiB, final snapshot')
  expect(text[3]).toBe('v0 0% 10 GiB, final snapshot')
  expect(text.filter((each) => each.includes('final snapshot'))).toHaveLength(25)
  expect(text).toContain('and 6 more volumes; 2 of all 31 are attached and checked')
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
      planned('mig-1', { plan: deferrable }),
      { kind: 'freezing', freeze: 'f', services: [] },
      { kind: 'intended', effects: [cut] },
    ),
  ) as Migration
  const text = read(
    statusMessage(moving, { rev: 1, atMs: 1_000, lines: [line('dropbox', { percent: 1 }), line('logs')], waits: [] }),
  )
  expect(text).toContain('[Abort]')
  expect(text).not.toContain('[Defer')
})
