// A worker that was suspended before it called: behind its look, or behind `issued` for so long that another attempt was made. And
// what one calls while entries may be lost, and by which name.
import { expect, test } from 'vitest'
import { type RetryAfterMs, runStep, type StepPorts } from '../../jobs/steps/step.ts'
import { STEP_BODIES } from '../../jobs/steps/steps.ts'
import { type Effect, type EffectState, effectId } from '../../src/core/model/effects.ts'
import type { Entry, EntryBody } from '../../src/core/model/entries.ts'
import { RETRY_SLOW_MS, SHOWN_AFTER_MS } from '../../src/core/model/limits.ts'
import { ofMove } from '../../src/core/model/subjects.ts'
import { copiedTags } from '../../src/core/model/tags.ts'
import type { Answer, Ec2, Order, StepJob } from '../../src/core/ports.ts'
import type { Journal } from '../../src/store/journal.ts'
import { facts, tagged } from '../support/facts.ts'
import { memoryJournal } from '../support/memory-journal.ts'
import { move, plan, planned } from '../support/plans.ts'

const LOGS = move({ id: 'vol-1', name: 'logs' })
const FROZEN = { 'zonehop:frozen': 'mig-1-f1' }
const MOVE = { subject: ofMove('vol-1'), generation: 1, direction: 'forward' } as const
const SNAPSHOT: Effect = { ...MOVE, step: 'snapshot', volumeId: 'vol-1', tags: FROZEN }
const RESTORE: Effect = { ...MOVE, step: 'restore', snapshotId: 'snap-1', zone: 'us-east-1c' }
const BEGAN: readonly EntryBody[] = [
  planned('mig-1', { plan: plan([LOGS]) }),
  { kind: 'began' },
  { kind: 'freezing', freeze: 'mig-1-f1', services: ['logs'] },
]

function jobOf(effect: Effect, attempt = 1): StepJob {
  const call = effect.step === 'restore' ? 'restore' : 'snapshot'
  return { migration: 'mig-1', effect: effectId(effect), call, attempt, priority: 1, urgency: 1 }
}

async function write(journal: Journal, ...all: readonly EntryBody[]): Promise<void> {
  for (const said of all) {
    const { outcome } = await journal.append('mig-1', await journal.read('mig-1'), said)
    if (outcome !== 'appended') throw new Error(`${said.kind} was not written: ${outcome}`)
  }
}

const unasked = (): never => {
  throw new Error('AWS is not asked by this test')
}

function portsOf(journal: Journal, over: Partial<StepPorts> = {}): StepPorts {
  return {
    journal,
    queue: {
      nudge: async () => undefined,
      nudgeNotify: async () => undefined,
      nudgeStatus: async () => undefined,
      enqueue: async () => undefined,
    },
    ec2: new Proxy({} as Ec2, { get: (_, name) => (name === 'isReachable' ? async () => true : unasked()) }),
    hosts: { run: unasked },
    clock: { now: () => 1_000, sleep: async () => undefined, speed: () => 1 },
    factsOf: async () => facts({ volumes: [tagged(LOGS, FROZEN)] }),
    tokens: { take: async () => 0, refused: async () => undefined },
    handOn: async () => undefined,
    steadyMs: () => 0,
    ...over,
  }
}

const answered = (code: string) => ({ code, problem: 'busy', remedy: 'wait', patienceMs: 60_000 })
const SAID = { code: 'Busy', problem: 'busy', remedy: 'wait' }
const later = (code: string): Answer => ({ outcome: 'later', retryMs: 2_000, ...answered(code) })

type Sleeps = {
  readonly looking?: () => void
  /** Behind its own `issued`. */
  readonly calling?: (journal: Journal) => Promise<void>
  readonly steadyMs: () => number
}

async function run({ looking, calling, steadyMs }: Sleeps): Promise<{ calls: number; state: EffectState | undefined }> {
  const journal = memoryJournal(() => 1_000).open()
  await write(journal, ...BEGAN, { kind: 'intended', effects: [SNAPSHOT] })
  const ports = portsOf(journal, {
    journal: {
      ...journal,
      async append(id, after, said, claims) {
        const appended = await journal.append(id, after, said, claims)
        if (said.kind === 'issued') await calling?.(journal)
        return appended
      },
    },
    factsOf: async () => {
      looking?.()
      return facts({ volumes: [tagged(LOGS, FROZEN)] })
    },
    steadyMs,
  })
  let calls = 0
  await runStep(jobOf(SNAPSHOT), ports, async () => {
    calls++
    return { outcome: 'taken', resource: 'snap-1' }
  })
  return { calls, state: (await journal.read('mig-1'))?.effects.get(effectId(SNAPSHOT)) }
}

test.each<[string, string, boolean]>([
  ['the same: the answer vouches for what tags had shown', 'snap-1', false],
  ['another one: it stays as doubtful as it was', 'snap-theirs', true],
])('a look that is faster than the answer has seen %s', async (_, seen, isFound) => {
  const journal = memoryJournal(() => 1_000).open()
  const effect = effectId(SNAPSHOT)
  await write(journal, ...BEGAN, { kind: 'intended', effects: [SNAPSHOT] })
  await runStep(jobOf(SNAPSHOT), portsOf(journal), async () => {
    await write(journal, { kind: 'seen', started: [{ effect, resource: seen, others: [] }], achieved: [effect] })
    return { outcome: 'taken', resource: 'snap-1' }
  })
  const state = (await journal.read('mig-1'))?.effects.get(effect)
  expect(state).toMatchObject({ status: 'achieved', resource: seen, isFound })
})

test('behind issued: what it has to say opens the way for nobody', async () => {
  let steadyMs = 0
  const { calls, state } = await run({
    // Until the visibility window has passed and another worker has called.
    async calling(journal) {
      await write(journal, { kind: 'issued', effect: effectId(SNAPSHOT) })
      steadyMs = 400_000
    },
    steadyMs: () => steadyMs,
  })
  expect(calls).toBe(0)
  expect(state?.status).toBe('issued')
  expect(state?.attempts).toHaveLength(2)
})

// Seed 5500106: the append told of the other attempt too, which was taken for its own.
test('between its entry and what it read behind it: the attempt of another one is not its own', async () => {
  const journal = memoryJournal(() => 1_000).open()
  await write(journal, ...BEGAN, { kind: 'intended', effects: [SNAPSHOT] })
  const slept: Journal = {
    ...journal,
    async append(id, after, said, claims) {
      const appended = await journal.append(id, after, said, claims)
      if (said.kind !== 'issued' || appended.outcome !== 'appended') return appended
      await write(journal, { kind: 'issued', effect: effectId(SNAPSHOT) })
      return { ...appended, migration: (await journal.read(id)) ?? appended.migration }
    },
  }
  let calls = 0
  await runStep(jobOf(SNAPSHOT), portsOf(slept), async () => {
    calls++
    return { outcome: 'taken', resource: 'snap-1' }
  })
  expect(calls).toBe(0)
  expect((await journal.entries('mig-1')).map(({ kind }) => kind).slice(-3)).toEqual(['intended', 'issued', 'issued'])
})

test.each<[string, number, number]>([
  ['a moment', 8_000, 1],
  ['minutes', 60_000, 0],
])('behind its look, for %s', async (_, sleptMs, then) => {
  let steadyMs = 0
  const { calls, state } = await run({
    looking: () => {
      steadyMs += sleptMs
    },
    steadyMs: () => steadyMs,
  })
  expect(calls).toBe(then)
  // It is looked at anew before it is called.
  expect(state?.status).toBe(then === 1 ? 'started' : 'intended')
})

test.each<[string, Answer]>([
  ['that it was not called', later('RequestLimitExceeded')],
  ['that it was taken', { outcome: 'taken', resource: 'snap-1' }],
  ['that it was refused', { outcome: 'refused', code: 'Denied', problem: 'no', remedy: 'ask' }],
])('%s is not said behind another attempt', async (_, answer) => {
  const journal = memoryJournal(() => 1_000).open()
  await write(journal, ...BEGAN, { kind: 'intended', effects: [SNAPSHOT] })
  await runStep(jobOf(SNAPSHOT), portsOf(journal), async () => {
    await write(journal, { kind: 'issued', effect: effectId(SNAPSHOT) })
    return answer
  })
  const kinds = (await journal.entries('mig-1')).map(({ kind }) => kind)
  expect(kinds.slice(-3)).toEqual(['intended', 'issued', 'issued'])
})

test('what one attempt has to say carries its name', async () => {
  const journal = memoryJournal(() => 1_000).open()
  await write(journal, ...BEGAN, { kind: 'intended', effects: [SNAPSHOT] })
  await runStep(jobOf(SNAPSHOT), portsOf(journal), async () => ({ outcome: 'taken', resource: 'snap-1' }))
  const [issued, started] = (await journal.entries('mig-1')).slice(-2)
  expect(started).toMatchObject({ kind: 'started', issued: issued?.nonce, resource: 'snap-1' })
})

/** Runs a job at a time of the journal, and says what it called and what it appended. */
async function runAt(journal: Journal, job: StepJob): Promise<{ calls: number; said: Entry[] }> {
  const before = (await journal.entries('mig-1')).length
  let calls = 0
  await runStep(job, portsOf(journal), async () => {
    calls++
    return { outcome: 'taken', resource: 'snap-1' }
  })
  return { calls, said: (await journal.entries('mig-1')).slice(before) }
}

// Seed 1201072: behind its time doubt was taken to be over, though nobody had looked.
test('in doubt it is not called until somebody has looked, however long that takes', async () => {
  let nowMs = 1_000
  const journal = memoryJournal(() => nowMs).open()
  await write(journal, ...BEGAN, { kind: 'intended', effects: [SNAPSHOT] }, { kind: 'doubted', why: 'a test' })
  for (const [index, [laterMs, retryMs]] of [
    [0, SHOWN_AFTER_MS],
    [SHOWN_AFTER_MS - 1, RETRY_SLOW_MS],
    [SHOWN_AFTER_MS, RETRY_SLOW_MS],
    [24 * 3_600_000, RETRY_SLOW_MS],
  ].entries()) {
    nowMs = 1_000 + (laterMs ?? 0)
    const { calls, said } = await runAt(journal, jobOf(SNAPSHOT, index + 1))
    expect(calls).toBe(0)
    expect(said).toMatchObject([{ kind: 'issued' }, { kind: 'notCalled', why: 'JournalInDoubt', retryMs }])
  }
  await write(journal, { kind: 'looked' })
  expect((await runAt(journal, jobOf(SNAPSHOT, 5))).calls).toBe(1)
})

test.each([
  ['run', { runId: 'another' }],
  ['history', { replicationId: 'another' }],
])('its own issued is the first that another %s of Redis takes: only now is it known', async (_, redis) => {
  const journal = memoryJournal(() => 1_000)
  await write(journal, ...BEGAN, { kind: 'intended', effects: [SNAPSHOT] })
  journal.putBack(journal.keep(), redis)
  const { calls, said } = await runAt(journal, jobOf(SNAPSHOT))
  expect(calls).toBe(0)
  expect(said).toMatchObject([{ kind: 'issued' }, { kind: 'notCalled', why: 'JournalInDoubt' }])
})

test('what is safe twice is called in doubt too', async () => {
  const journal = memoryJournal(() => 1_000).open()
  await write(journal, ...BEGAN, { kind: 'intended', effects: [RESTORE] }, { kind: 'doubted', why: 'a test' })
  expect((await runAt(journal, jobOf(RESTORE))).calls).toBe(1)
})

/** Three attempts of which the last is taken; what each asked EC2 for, and the names of the attempts. */
async function attempts(effect: Effect): Promise<{ orders: Order[]; nonces: string[] }> {
  const journal = memoryJournal(() => 1_000).open()
  await write(journal, ...BEGAN, { kind: 'intended', effects: [effect] })
  const orders: Order[] = []
  const make = async (_: Effect, order: Order): Promise<Answer> => {
    orders.push(order)
    return orders.length < 3 ? later('InsufficientVolumeCapacity') : { outcome: 'taken', resource: 'made-1' }
  }
  const ec2 = { isReachable: async () => true, createSnapshot: make, createVolume: make } as unknown as Ec2
  const job = jobOf(effect)
  const body: (job: StepJob, ports: StepPorts) => Promise<RetryAfterMs> = STEP_BODIES[job.call]
  for (const attempt of [1, 2, 3]) await body({ ...job, attempt }, portsOf(journal, { ec2 }))
  const nonces = (await journal.entries('mig-1')).flatMap(({ kind, nonce }) => (kind === 'issued' ? nonce : []))
  return { orders, nonces }
}

test('a snapshot carries the name of the attempt that makes it', async () => {
  const { orders, nonces } = await attempts(SNAPSHOT)
  expect(new Set(nonces).size).toBe(3)
  expect(orders).toEqual(nonces.map((issued) => ({ migration: 'mig-1', issued, isRepeated: false })))
})

test('a volume carries the name of the first one, since its token holds for equal parameters alone', async () => {
  const { orders, nonces } = await attempts(RESTORE)
  expect(new Set(nonces).size).toBe(3)
  const like = LOGS.volume
  const order = { migration: 'mig-1', issued: nonces[0], isRepeated: false, like, tags: copiedTags(like.tags) }
  expect(orders).toEqual([order, order, order])
})

test('the tokens are asked for by urgency, not by the place in the queue', async () => {
  const journal = memoryJournal(() => 1_000).open()
  await write(journal, ...BEGAN, { kind: 'intended', effects: [SNAPSHOT] })
  const asked: unknown[] = []
  const take = async (...of: readonly unknown[]): Promise<number> => {
    asked.push(of)
    return 250
  }
  const job = { ...jobOf(SNAPSHOT), priority: 999_983, urgency: 2 } as const
  expect(await runStep(job, portsOf(journal, { tokens: { take, refused: unasked } }), unasked)).toBe(250)
  expect(asked).toEqual([['snapshot', 2]])
  // Nothing is said of a job that rests.
  expect((await journal.entries('mig-1')).at(-1)?.kind).toBe('intended')
})

test.each<[string, Answer, number]>([
  ['taken', { outcome: 'taken', resource: 'snap-1' }, 0],
  ['EC2 throttles', later('RequestLimitExceeded'), 1],
  ['SSM throttles', later('ThrottlingException'), 1],
  ['SSM throttles, in its older word', later('Throttling'), 1],
  ['too many snapshots are pending, which is no matter of rate', later('PendingSnapshotLimitExceeded'), 0],
  ['nobody knows', { outcome: 'unknown', ...SAID }, 0],
])('whether the bucket gives way: %s', async (_, answer, times) => {
  const journal = memoryJournal(() => 1_000).open()
  await write(journal, ...BEGAN, { kind: 'intended', effects: [SNAPSHOT] })
  const gaveWay: string[] = []
  const tokens = { take: async () => 0, refused: async (call: string) => void gaveWay.push(call) }
  await runStep(jobOf(SNAPSHOT), portsOf(journal, { tokens }), async () => answer)
  expect(gaveWay).toEqual(Array.from({ length: times }, () => 'snapshot'))
})

test('a job of a migration that is not understood here is handed on, and nothing else', async () => {
  const handed: string[] = []
  const journal = { ...memoryJournal(() => 0).open(), read: async () => null }
  const ports = portsOf(journal, { handOn: async (id) => void handed.push(id) })
  expect(await runStep(jobOf(SNAPSHOT), ports, unasked)).toBeNull()
  expect(handed).toEqual(['mig-1'])
})

/** Attempts at these times of the journal (ms since the first), each of which is answered so; what was said of them. */
async function answeredAt(times: readonly number[], answer: Answer): Promise<Entry[]> {
  let nowMs = 1_000
  const journal = memoryJournal(() => nowMs).open()
  await write(journal, ...BEGAN, { kind: 'intended', effects: [RESTORE] })
  for (const [index, atMs] of times.entries()) {
    nowMs = 1_000 + atMs
    await runStep(jobOf(RESTORE, index + 1), portsOf(journal), async () => answer)
  }
  return (await journal.entries('mig-1')).filter(({ rev, kind }) => rev > 4 && kind !== 'issued')
}

test('what AWS does not take is asked again more slowly, and has failed once its patience is over', async () => {
  const said = await answeredAt([0, 30_000, 59_999, 60_000], later('Busy'))
  expect(said).toMatchObject([
    { kind: 'notCalled', why: 'Busy', retryMs: 2_000, answer: SAID },
    { kind: 'notCalled', why: 'Busy', retryMs: 3_750, answer: SAID },
    { kind: 'notCalled', why: 'Busy', answer: SAID },
    { kind: 'failed', ...SAID },
  ])
})

test('what has no answer is told, and looked for without an end: failed, it would be made again unlooked for', async () => {
  const said = await answeredAt([0, 59_999, 9_000_000], { outcome: 'unknown', ...SAID })
  expect(said).toMatchObject([
    { kind: 'unanswered', answer: SAID },
    { kind: 'unanswered', answer: SAID },
    { kind: 'unanswered', answer: SAID },
  ])
})

test('what has no answer has failed once its patience is over, where it has one', async () => {
  const said = await answeredAt([0, 59_999, 60_000], { outcome: 'unknown', ...SAID, patienceMs: 60_000 })
  expect(said).toMatchObject([{ kind: 'unanswered' }, { kind: 'unanswered' }, { kind: 'failed', ...SAID }])
})

test('the patience with one answer is not used up by another', async () => {
  let nowMs = 1_000
  const journal = memoryJournal(() => nowMs).open()
  await write(journal, ...BEGAN, { kind: 'intended', effects: [RESTORE] })
  const times: readonly (readonly [atMs: number, code: string])[] = [
    [0, 'Away'],
    [9_000_000, 'Busy'],
    [9_050_000, 'Busy'],
    [9_060_000, 'Busy'],
  ]
  for (const [index, [atMs, code]] of times.entries()) {
    nowMs = 1_000 + atMs
    await runStep(jobOf(RESTORE, index + 1), portsOf(journal), async () => later(code))
  }
  const said = (await journal.entries('mig-1')).filter(({ rev, kind }) => rev > 4 && kind !== 'issued')
  expect(said.map(({ kind }) => kind)).toEqual(['notCalled', 'notCalled', 'notCalled', 'failed'])
})

test('a call is told whether an attempt before it had no answer', async () => {
  const repeated: boolean[] = []
  const journal = memoryJournal(() => 1_000).open()
  await write(journal, ...BEGAN, { kind: 'intended', effects: [RESTORE] })
  const answers: Answer[] = [later('Busy'), { outcome: 'unknown', ...SAID }, later('Busy'), later('Busy')]
  for (const [index, answer] of answers.entries()) {
    await runStep(jobOf(RESTORE, index + 1), portsOf(journal), async (_, { order }) => {
      repeated.push(order.isRepeated)
      return answer
    })
  }
  expect(repeated).toEqual([false, false, true, false])
})

// Seed 22330860: a refusal counted as certain, a new generation followed, and the first copy was in its place already.
test('in doubt every call may be one that was made before, by an attempt whose entry is lost', async () => {
  const journal = memoryJournal(() => 1_000).open()
  await write(journal, ...BEGAN, { kind: 'intended', effects: [RESTORE] }, { kind: 'doubted', why: 'a test' })
  const repeated: boolean[] = []
  await runStep(jobOf(RESTORE), portsOf(journal), async (_, { order }) => {
    repeated.push(order.isRepeated)
    return later('Busy')
  })
  expect(repeated).toEqual([true])
})

test('a call that would not arrive is not begun: no entry, and the next tick brings it back', async () => {
  const journal = memoryJournal(() => 1_000).open()
  await write(journal, ...BEGAN, { kind: 'intended', effects: [SNAPSHOT] })
  const slept: number[] = []
  const clock = { now: () => 1_000, sleep: async (ms: number) => void slept.push(ms), speed: () => 1 }
  const ec2 = { isReachable: async () => false } as unknown as Ec2
  expect(await runStep(jobOf(SNAPSHOT), portsOf(journal, { ec2, clock }), unasked)).toBeNull()
  expect((await journal.entries('mig-1')).at(-1)?.kind).toBe('intended')
  expect(slept).toEqual([3_000])
})
