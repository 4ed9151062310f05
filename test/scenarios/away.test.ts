// EC2 away for seven minutes inside the outage, or one zone in trouble before it: what the channel reads meanwhile.
import { expect, test } from 'vitest'
import type { Migration } from '../../src/core/model/migration.ts'
import { ec2Away } from '../../src/demo/scenarios/ec2-away.ts'
import { impaired } from '../../src/demo/scenarios/impaired.ts'
import { playFast } from '../support/play.ts'
import { expectTranscript } from '../support/transcript.ts'
import { expectAllowed } from './permissions.ts'

test('said within 90 s and said when it is back, the clock going on, nothing done twice', {
  timeout: 600_000,
}, async () => {
  const seen: Pick<Migration, 'away'>[] = []
  const json = await playFast({
    ...ec2Away,
    wrongs: (before, after, m, told) => {
      seen.push(m)
      return ec2Away.wrongs(before, after, m, told)
    },
  })
  expect(json.wrong).toEqual([])
  expect(json.migration?.phase).toBe('done')
  const about = json.transcript.filter(({ edited, text }) => !edited && /^EC2 (?:cannot be reached|is back)/.test(text))
  expect(about.map(({ text }) => text.slice(0, 11))).toEqual(['EC2 cannot ', 'EC2 is back'])
  const [out, back] = about.map(({ at }) => Date.parse(at))
  // It was away for seven minutes, and both were said within 90 s.
  expect((back ?? 0) - (out ?? 0)).toBeGreaterThan(5.5 * 60_000)
  expect((back ?? 0) - (out ?? 0)).toBeLessThan(8.5 * 60_000)

  const clocks = json.transcript.filter(({ clock }) => clock !== null)
  // By when each was drawn, in whole seconds: one drawn before that news may be shown after it, and the journal knows that EC2 is back
  // before anybody has been told.
  const drawnAt = ({ clock }: (typeof clocks)[number]): number => Date.parse(clock?.asOf ?? '')
  const knownMs = seen.at(-1)?.away?.untilMs ?? 0
  const meanwhile = clocks.filter((row) => drawnAt(row) > (out ?? 0) && drawnAt(row) + 1_000 <= knownMs)
  expect(meanwhile.length).toBeGreaterThan(5)
  const seconds = meanwhile.map(({ clock }) => clock?.outageSeconds ?? 0)
  expect(seconds.toSorted((a, b) => a - b)).toEqual(seconds)
  for (const row of clocks) expect(drawnAt(row)).toBeLessThanOrEqual(Date.parse(row.at) + 1_000)
  for (const { text } of meanwhile) expect(text).toContain('EC2 cannot be reached since')
  // A few words in the journal, and no more for each look.
  expect(json.migration?.rev).toBeLessThan(120)
  expectAllowed(json)
  expectTranscript('ec2-away', json.transcript)
})

test('impaired: a plan from how the zone was, which says so and is drawn anew before anybody is asked', {
  timeout: 240_000,
}, async () => {
  const json = await playFast(impaired)
  expect(json.wrong).toEqual([])
  expect(json.migration?.phase).toBe('done')
  const at = (text: string) => json.transcript.findIndex((row) => !row.edited && row.text.includes(text))
  // That EC2 is back and that the plan is drawn anew are told by different jobs.
  for (const between of ['EC2 is back after', 'Looked again: nothing is red']) {
    const order = ['The plan is drawn from how us-east-1a was at ', 'EC2 cannot be read since', between, 'Start moving']
    const places = order.map(at)
    expect(places).not.toContain(-1)
    expect(places.toSorted((a, b) => a - b)).toEqual(places)
  }
  expectAllowed(json)
  expectTranscript('impaired', json.transcript)
})
