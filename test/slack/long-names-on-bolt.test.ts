// Names that no button, form or menu of Slack has room for, from the button of the product's own message to the use case:
// what arrives is the whole name.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Effect } from '../../src/core/model/effects.ts'
import type { EntryBody } from '../../src/core/model/entries.ts'
import { ofService } from '../../src/core/model/subjects.ts'
import type { Message } from '../../src/slack/messages/blocks.ts'
import { isWordOf } from '../../src/slack/messages/blocks.ts'
import { move, plan, service } from '../support/plans.ts'
import { type Edge, GILES, NOTHING, openEdge, PATIENT, told } from './on-bolt.ts'

let edge: Edge
beforeAll(async () => {
  edge = await openEdge()
})
afterAll(() => edge.close())

const last = (message: readonly Message[]): Message => {
  const found = message.at(-1)
  if (!found) throw new Error('the thread has no message')
  return found
}

/** `long` fits a button's value, `endless` does not; both are longer than an option's value and a label. */
const NAMES = [`<!channel> ${'long '.repeat(45)}1`, `\`*${'endless '.repeat(300)}2`, 'short'] as const
const MOVES = NAMES.map((name, index) => move({ id: `vol-${index}`, name }, name))
const PLAN = plan(MOVES, {
  services: NAMES.map((name) => service(name)),
  uncovered: [{ volume: 'vol-9', name: NAMES[1], sizeGib: 5, instance: null, device: null }],
})
const stopped = (name: string): EntryBody[] => {
  const subject = ofService(name)
  const base = { subject, step: 'freeze', generation: 1, direction: 'forward' } as const
  const work = { method: 'document', document: 'zonehop-freeze' } as const
  const effect: Effect = { ...base, service: name, instances: ['i-1'], work }
  return [
    { kind: 'freezing', freeze: 'f', services: [...NAMES] },
    { kind: 'intended', effects: [effect] },
    {
      kind: 'failed',
      effect: `service/${name}.freeze.1`,
      issued: null,
      code: 'Stuck',
      problem: 'it hangs',
      remedy: 'look',
    },
  ]
}

test.each(NAMES.map((name) => [name.slice(0, 20), name] as const))('%s...: deferred and retried', async (_, name) => {
  const { m, thread } = told(PLAN, ...stopped(name))
  const ts = await edge.post(last(thread))
  await edge.given({ running: () => [m] })
  await edge.press(GILES, ts, 'Retry')
  await expect.poll(() => edge.heard().calls, PATIENT).toHaveLength(1)
  expect(edge.heard().calls).toEqual([{ retry: { id: 'mig-1', by: GILES, what: `service/${name}.freeze.1` } }])
  await edge.given({ running: () => [m] })
  const [label = ''] = edge.slack
    .buttons()
    .flatMap((each) => (each.ts === ts && each.label.startsWith('Go on') ? each.label : []))
  await edge.press(GILES, ts, label)
  await expect.poll(() => edge.formOf(GILES), PATIENT).not.toBeNull()
  await edge.send(GILES, { reason: 'it can wait' })
  expect(edge.heard()).toEqual({
    ...NOTHING,
    calls: [{ defer: { id: 'mig-1', by: GILES, service: name, reason: 'it can wait' } }],
  })
})

test('what the plan does not have any more is not guessed', async () => {
  const ts = await edge.post(last(told(PLAN, ...stopped(NAMES[1])).thread))
  await edge.given({ running: () => [] })
  await edge.press(GILES, ts, 'Retry')
  await expect.poll(() => edge.heard().read, PATIENT).toEqual([expect.stringMatching(/^This button is of another/)])
  expect(edge.heard().calls).toEqual([])
})

/** The value by which the open form offers this service. */
function offered(name: string): string {
  const blocks = edge.formOf(GILES)?.view.blocks ?? []
  const values = blocks.flatMap((block) =>
    block.type === 'input' && block.element.type === 'static_select'
      ? block.element.options.map(({ value }) => value)
      : [],
  )
  return values.find((value) => isWordOf(value, name)) ?? 'not offered'
}

test.each(NAMES.map((name) => [name.slice(0, 20), name] as const))('%s...: chosen for a volume', async (_, name) => {
  const { m } = told(PLAN)
  const ts = await edge.post(last(told({ ...PLAN, moves: [] }).thread))
  await edge.given({ running: () => [m] })
  const [label = ''] = edge.slack.buttons().flatMap((each) => (each.ts === ts ? each.label : []))
  await edge.press(GILES, ts, label)
  await expect.poll(() => edge.formOf(GILES), PATIENT).not.toBeNull()
  // Its own name is no name of a service, so the volume's id stands first.
  expect(offered('vol-9')).toBe('vol-9')
  await edge.send(GILES, { route: 'snapshot', need: 'required', service: offered(name) })
  const choice = { volume: 'vol-9', service: name, route: 'snapshot', need: 'required' }
  expect(edge.heard()).toEqual({ ...NOTHING, calls: [{ choose: { id: 'mig-1', by: GILES, choice } }] })
})

test('a service that left the plan while the form stood open is chosen anew', async () => {
  const { m } = told(PLAN)
  const ts = await edge.post(last(told({ ...PLAN, moves: [] }).thread))
  let now = [m]
  await edge.given({ running: () => now })
  const [label = ''] = edge.slack.buttons().flatMap((each) => (each.ts === ts ? each.label : []))
  await edge.press(GILES, ts, label)
  await expect.poll(() => edge.formOf(GILES), PATIENT).not.toBeNull()
  const value = offered(NAMES[0])
  now = [told({ ...PLAN, services: [] }).m]
  await edge.send(GILES, { route: 'snapshot', need: 'required', service: value })
  expect(edge.formOf(GILES)?.errors).toEqual({ route: 'The plan has no such service any more; choose again.' })
  expect(edge.heard().calls).toEqual([])
})
