// What the channel of every scenario is told, whatever else happens in it: each gate where all see it, short, to those who may answer it,
// and asking once more where nothing undoes it; and when the outage began, when it ended, and how long it was.
import { expect } from 'vitest'
import type { Row } from '../../src/demo/slack/entities.ts'

const GATES = new Set(['Start', 'Stop writes', 'Go live', 'Delete'])
/** Nothing stops with it. */
const HARMLESS = 'Start'
/** Those who may pass gates in a scenario (its zonehop.yaml). */
const APPROVERS = ['giles', 'harry', 'mina']
/** Words that somebody reads on a phone before they decide. */
const WORDS_MAX = 90

/** Throws what is not so. */
export function expectTold(rows: readonly Row[], outageSeconds: number | null): void {
  const posts = rows.filter(({ user, edited }) => user === 'zonehop' && !edited)
  const gates = posts.filter(
    ({ thread, buttons = [] }) => thread !== null && buttons.some(({ label }) => GATES.has(label)),
  )
  for (const { text, inChannel, mentions, words, buttons = [] } of gates) {
    const asks = buttons.filter(({ label }) => GATES.has(label))
    const asker = askerOf(rows, asks[0]?.label ?? '')
    expect({ text, inChannel }).toEqual({ text, inChannel: true })
    expect(mentions.length, text).toBeGreaterThan(0)
    expect(mentions.filter((name) => !APPROVERS.includes(name) || name === asker)).toEqual([])
    expect(words, text).toBeLessThanOrEqual(WORDS_MAX)
    for (const { label, confirms } of asks) expect(confirms, text).toBe(label !== HARMLESS)
  }
  if (outageSeconds === null) return
  const seen = posts.filter(({ inChannel }) => inChannel).map(({ text }) => text)
  expect(seen.some((text) => text.startsWith('The outage began at '))).toBe(true)
  expect(seen.some((text) => /^The outage is over after (?:at least )?\d/.test(text))).toBe(true)
}

/** Who asked for what the gate is about. */
function askerOf(rows: readonly Row[], label: string): string | undefined {
  const command = label === 'Delete' ? '/migrate cleanup' : '/migrate start'
  return rows.find(({ text, user }) => user !== 'zonehop' && text.startsWith(command) && APPROVERS.includes(user))?.user
}
