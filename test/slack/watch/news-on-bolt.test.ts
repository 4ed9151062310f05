// What a watch found, in Slack: its message, the form behind each of its buttons, and what is asked for when that is sent.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { News } from '../../../src/core/planning/watch/news.ts'
import type { AheadVolume } from '../../../src/core/ports.ts'
import { type Around, newsMessage } from '../../../src/slack/watch/news.ts'
import { type Edge, GILES, NOTHING, openEdge } from '../on-bolt.ts'

const PAIR = { sourceZone: 'us-east-1a', targetZone: 'us-east-1c', channel: 'C-1' }
const ZONES = { sourceZone: 'us-east-1a', targetZone: 'us-east-1c' }
const MAIL = { volume: 'vol-9', name: 'mail', sizeGib: 500, instance: 'i-1', device: '/dev/sdf' }
const NEWS: readonly News[] = [{ kind: 'uncovered', volume: MAIL }]
const AROUND: Around = { approvers: ['U0HARRY'], chosen: [], uncovered: new Set(['vol-9']) }
const SEEN: AheadVolume = {
  which: 'mail (vol-9, 500 GiB, /dev/sdf of i-1)',
  sizeGib: 500,
  isMovable: true,
  services: ['logs'],
}
const CHOSEN = {
  ...ZONES,
  by: GILES,
  choice: { volume: 'vol-9', service: 'mail', route: 'snapshot', need: 'required' },
}

function messageOf(news: readonly News[], around: Partial<Around> = {}, isFirst = false) {
  const telling = { atMs: Date.UTC(2026, 2, 4, 3), isFirst, isPosted: true, news }
  return newsMessage(PAIR, telling, { ...AROUND, ...around })
}

let edge: Edge
beforeAll(async () => {
  edge = await openEdge()
})
afterAll(() => edge.close())

async function opened(ahead: () => AheadVolume | null) {
  await edge.given({ ahead })
  await edge.press(GILES, await edge.post(messageOf(NEWS)), 'Choose for mail')
  return edge.formOf(GILES)
}

test('the form names the volume, says what follows, and asks for the choice', async () => {
  expect(JSON.stringify(await opened(() => SEEN))).toMatch(
    /mail \(vol-9, 500 GiB, \/dev\/sdf of i-1\).*waits for the copy of its 500 GiB.*us-east-1c goes without it/s,
  )
  await edge.send(GILES, { route: 'snapshot', need: 'required', service: 'mail' })
  expect(edge.heard()).toEqual({ ...NOTHING, calls: [{ chooseAhead: CHOSEN }] })
  expect(edge.formOf(GILES)).toBe(null)
})

test('what cannot move is only asked whether it stays', async () => {
  const form = await opened(() => ({ ...SEEN, isMovable: false }))
  expect(JSON.stringify(form)).toContain('It cannot move as it stands in us-east-1a.')
  await edge.send(GILES, { route: 'stay' })
  const stays = { volume: 'vol-9', service: 'vol-9', route: 'stay', need: 'required' }
  expect(edge.heard().calls).toEqual([{ chooseAhead: { ...CHOSEN, choice: stays } }])
})

test('a refusal stands in the form', async () => {
  await opened(() => SEEN)
  await edge.given({ ahead: () => SEEN, reply: () => ({ ok: false, text: 'Only approvers may.' }) })
  await edge.press(GILES, await edge.post(messageOf(NEWS)), 'Choose for mail')
  await edge.send(GILES, { route: 'snapshot', need: 'required', service: 'mail' })
  expect(JSON.stringify(edge.formOf(GILES))).toContain('Only approvers may.')
})

test('of a volume that is not there any more the person is told so', async () => {
  expect(await opened(() => null)).toBe(null)
  expect(edge.heard().read).toEqual(['The last look at us-east-1a did not show mail, so there is nothing to choose.'])
})

const RED: News = {
  kind: 'red',
  check: { name: 'freeze of db', result: 'red', cause: 'it has disks', remedy: 'by hand' },
}
const GONE: News = { kind: 'gone', of: 'volume', name: 'logs (vol-1, 5 GiB)', cause: 'it is gone from us-east-1a' }
const GREEN: News = { kind: 'gone', of: 'red', name: 'freeze of db', cause: 'it is not red any more' }
const UNSEEN: News = { kind: 'unseen', sinceMs: Date.UTC(2026, 2, 2, 3), cause: 'AWS does not answer' }
const AS_OF = 'us-east-1a to us-east-1c, as of 2026-03-04 03:00 UTC:'

test.each<[string, readonly News[], title: string, line: string]>([
  [
    'uncovered',
    NEWS,
    `<@U0HARRY> Watched ${AS_OF} say what happens to mail.`,
    'Uncovered: mail (vol-9, 500 GiB, /dev/sdf of i-1). Nothing says whether it moves or stays.',
  ],
  [
    'red',
    [RED],
    `<@U0HARRY> Watched ${AS_OF} put right 1 red line.`,
    'Red, freeze of db: it has disks. Next: by hand.',
  ],
  ['gone', [GONE], `Watched ${AS_OF} 1 thing there no more.`, 'Gone: logs (vol-1, 5 GiB): it is gone from us-east-1a.'],
  ['red no more', [GREEN], `Watched ${AS_OF} 1 thing there no more.`, 'No more: freeze of db: it is not red any more.'],
  [
    'unseen',
    [UNSEEN],
    `Watched ${AS_OF} it cannot be looked at.`,
    'Not looked at since 2026-03-02 03:00 UTC: AWS does not answer.',
  ],
])('the message of what is %s', (_, news, title, line) => {
  const { text, blocks } = messageOf(news)
  expect(text).toBe(title)
  expect(JSON.stringify(blocks)).toContain(line)
})

test('what is chosen, or uncovered no more, has no button', () => {
  const by = { choice: { ...CHOSEN.choice, route: 'stay', need: 'required' } as const, by: 'U0HARRY', of: 'x' }
  const chosen = JSON.stringify(messageOf(NEWS, { chosen: [by] }).blocks)
  expect(chosen).toContain('<@U0HARRY> chose for mail: it stays.')
  expect(chosen).not.toContain('watch-route')
  expect(JSON.stringify(messageOf(NEWS, { uncovered: new Set() }).blocks)).not.toContain('watch-route')
  expect(messageOf(NEWS, {}, true).text).toContain('First look at us-east-1a')
})

test('a thousand volumes with long names fit into one message', () => {
  const volumes = Array.from({ length: 1_000 }, (_, index) => ({
    ...MAIL,
    volume: `vol-${index}`,
    name: 'n'.repeat(256),
  }))
  const news = volumes.map((volume): News => ({ kind: 'uncovered', volume }))
  const { text, blocks } = messageOf(news, { uncovered: new Set(volumes.map(({ volume }) => volume)) })
  expect(text.length).toBeLessThanOrEqual(4_000)
  expect(JSON.stringify(blocks).length).toBeLessThan(25_000)
  expect(blocks.filter(({ type }) => type === 'actions')).toHaveLength(1)
})
