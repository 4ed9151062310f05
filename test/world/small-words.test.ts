// Sentences that said something which was not so, or said it in a way that nobody could read.
import { afterEach, describe, expect, test } from 'vitest'
import { parseConfig } from '../../src/config.ts'
import { goLiveEvidence } from '../../src/core/asking/gates.ts'
import { fold } from '../../src/core/journal/fold.ts'
import type { Effect } from '../../src/core/model/effects.ts'
import type { EntryBody } from '../../src/core/model/entries.ts'
import type { Migration } from '../../src/core/model/migration.ts'
import type { Choice } from '../../src/core/model/plan.ts'
import { ofMove } from '../../src/core/model/subjects.ts'
import { redacting } from '../../src/log.ts'
import { threadMessages } from '../../src/slack/messages/thread.ts'
import { at, cutOf, seenAt } from '../core/at.ts'
import { migration } from '../core/people.ts'
import { attachedCopyOf, facts } from '../support/facts.ts'
import { entries, move, plan, planned, seen, service } from '../support/plans.ts'
import { environmentOf, type Started, startRole } from '../support/processes.ts'

const LOGS = move({ id: 'vol-1', name: 'logs' })
const THUMBS = move({ id: 'vol-2', name: 'thumbs', device: '/dev/sdg' })
const BOTH = plan([LOGS, THUMBS], { services: [service('logs'), service('thumbs', { need: 'deferrable' })] })

function thread(...said: readonly EntryBody[]): string[] {
  const all = entries(planned('mig-1', { plan: BOTH }), { kind: 'began' }, ...said)
  return threadMessages(fold(all) as Migration, all, []).map(({ message }) => JSON.stringify(message))
}

describe('go-live', () => {
  test('does not say of what is attached and checked that it is deferred alone', () => {
    const m = migration(...at('goLiveAsked', BOTH))
    const both = [LOGS, THUMBS].map((one) => attachedCopyOf(one))
    const sources = [...seenAt('goLiveAsked', BOTH).volumes.values()].filter(({ zone }) => zone === 'us-east-1a')
    const whole = facts({ volumes: [...sources, ...both], snapshots: [cutOf(LOGS), cutOf(THUMBS)] })
    const evidence = goLiveEvidence(m, whole) ?? []
    expect(evidence).toContain('Deferred, finished or opened after go-live: thumbs.')
    expect(evidence.join('\n')).not.toContain('Deferred: thumbs')
  })
})

const ABORTING: EntryBody = { kind: 'aborting', by: 'U-2', reason: 'x' }

describe('a cleanup', () => {
  const cleaning: readonly EntryBody[] = [ABORTING, { kind: 'aborted' }, { kind: 'cleaning', by: 'U-2' }]
  const cleared: EntryBody = { kind: 'clearing', resources: ['vol-1', 'vol-2'] }
  test('of which all goes does not count what was kept after all', () => {
    const last = thread(...cleaning, cleared, { kind: 'cleaned' }).at(-1)
    expect(last).toContain('Cleaned up: 2 deleted. What the question kept still stands.')
    expect(last).not.toContain('0 kept')
    expect(thread(...cleaning, { kind: 'cleaned' }).at(-1)).not.toMatch(/\b0 (?:are )?kept/)
  })
})

describe('an abort', () => {
  const base = { subject: ofMove('vol-1'), generation: 1, direction: 'forward' } as const
  const made = (effect: Effect, resource: string): readonly EntryBody[] => [
    { kind: 'intended', effects: [effect] },
    { kind: 'seen', started: [{ effect: `vol-1.${effect.step}.1`, resource, others: [] }], achieved: [] },
  ]
  const seed = made({ ...base, step: 'seed', volumeId: 'vol-1', tags: {} }, 'snap-1')
  const restore = made({ ...base, step: 'restore', snapshotId: 'snap-1', zone: 'us-east-1c' }, 'vol-copy')
  const COPIES = 'Copies that were made are kept, marked aborted. From '
  test.each<[string, readonly EntryBody[], string]>([
    ['with nothing made', [], 'every service serves in us-east-1a. Nothing was made that could be left.'],
    ['with nothing but seeds', seed, 'every service serves in us-east-1a. Snapshots that were made are kept. From '],
    ['with copies', [...seed, ...restore], `every service serves in us-east-1a. ${COPIES}`],
  ])('%s says what it leaves', (_, before, right) => {
    const last = thread(...before, ABORTING, { kind: 'aborted' }).find((text) => text.includes('Back where it was'))
    expect(last).toContain(right)
    if (!right.includes(COPIES)) expect(last).not.toContain('Copies')
  })
})

describe('volumes that appeared', () => {
  const stays: Choice = { volume: 'vol-9', service: 'vol-9', route: 'stay', need: 'required' }
  const replanned = (choices: readonly Choice[]): string | undefined => {
    const found = [seen(move({ id: 'vol-9', name: 'late' }))]
    return thread({ kind: 'replanned', plan: { ...BOTH, digest: 'plan-2' }, choices, found, by: null }).at(-1)
  }
  test('are in the plan by their tags or zonehop.yaml', () => {
    expect(replanned([])).toContain('are in the plan by their tags or zonehop.yaml.')
  })
  test('which is not said of what was chosen in Slack', () => {
    expect(replanned([stays])).toContain('are in the plan as people chose in Slack, or by')
  })
})

describe('a token', () => {
  const environment = { SLACK_BOT_TOKEN: 'xoxb-1.2-secret', SLACK_APP_TOKEN: 'xapp-1-secret' }
  test.each([
    ['a token', 'refused xoxb-1-secret.', 'refused [secret].'],
    ['one of dotted parts', 'refused xoxb-1.2-secret.', 'refused [secret].'],
    ['one that is rotated', 'refused xoxe.xoxp-1-secret...', 'refused xoxe.[secret]...'],
  ])('that is masked leaves nothing of itself: %s', (_, text, right) => {
    expect(redacting(environment)(text)).toBe(right)
  })

  test('that is asked for is named without dots that are none of it', () => {
    for (const given of [{}, { SLACK_BOT_TOKEN: 'nonsense', SLACK_APP_TOKEN: 'nonsense' }]) {
      const config = parseConfig(given)
      const problems = 'problems' in config ? config.problems.join('\n') : expect.unreachable('there is no problem')
      expect(problems).toContain('which begins with xoxb-.')
      expect(problems).not.toMatch(/xoxb-\.\.|\.{3}/)
    }
  })
})

describe("Ctrl-C while the demo waits for somebody's bot", () => {
  let started: Started | null = null
  afterEach(() => void started?.child.kill('SIGKILL'))

  test('is a stop, and no failure', async () => {
    const demo = startRole('demo', {}, ['--without-bot', '--json'])
    started = demo
    await environmentOf(demo)
    demo.child.kill('SIGINT')
    expect(await demo.ended()).toBe(130)
    expect(demo.said()).toContain('The demo was stopped.')
    expect(demo.said()).not.toMatch(/failed|Error/)
  })
})
