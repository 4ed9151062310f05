// Slack's patience, measured: twenty migrations of fifty volumes at once, for four minutes of real time, in two worker processes. The last
// line on standard output is JSON; the exit code is 1 where a bound is broken, or something was not shown in the end.
//
// Real: Redis, BullMQ, the workers and all their jobs with every tick, what they write, the speaker, HTTP, and a Slack with the rates of
// the real one. Not real: the looks at EC2, which are those of migrations half-way whose snapshots grow (slack-world.ts); the clock, which
// stands still, so that no clock in a message changes and nothing is due; and who asks: the bench itself writes a question into a
// journal every twenty seconds, which the reconciler withdraws since the volumes are not there. The first messages are posted before it begins, on a
// Slack whose rates do not count yet: all share the one channel of the local Slack, and would take minutes.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { type NotifyPorts, notify, statusNow } from '../../jobs/notify.ts'
import { openQueues } from '../../jobs/worker.ts'
import { JOURNAL_VERSION } from '../../src/core/model/entries.ts'
import { digest } from '../../src/core/planning/draft.ts'
import { startRedis } from '../../src/demo/redis/server.ts'
import { startLocalSlack } from '../../src/demo/slack/server.ts'
import { threadMessages } from '../../src/slack/messages/thread.ts'
import { speaker } from '../../src/slack/speaker.ts'
import { redisJournal } from '../../src/store/journal.ts'
import { keysIn } from '../../src/store/keys.ts'
import { connect, type RedisClient } from '../../src/store/redis.ts'
import { redisViews, tsOf } from '../../src/store/views.ts'
import { FREE_TURNS } from '../support/memory-tokens.ts'
import { CHANNEL, type Halfway } from './journals.ts'
import { LOOK_EVERY_MS, mostWithin, openAges } from './slack-ages.ts'
import type { Task } from './slack-worker.ts'
import { IDS, MIGRATIONS, migrationsOf, type Span, stoppedClock, VOLUMES } from './slack-world.ts'

const PROCESSES = 2
const RUN_MS = 4 * 60_000
/** A question costs two edits, both ahead of all figures. */
const ASK_EVERY_MS = 20_000
/** By then the last ticks have seen all that changed. */
const STILL_MS = 10_000
const MINUTE_MS = 60_000
/** The bounds: Slack's tier with room for others, and what people wait for. */
const BOUNDS = { updatesPerMinute: 40, ageSeconds: 45 } as const
const NAMESPACE = 'bench'

const onError = (error: Error): void => void console.error(error)
const migrations = migrationsOf()
const clock = stoppedClock([...migrations.values()][0]?.nowMs ?? 0)
const server = await startRedis()
const redis = connect(server.socket)
const keys = keysIn(NAMESPACE)
const queue = openQueues(redis, keys, onError)
const { slack, updatesAtMs, limitedAtMs, beginCounting } = await openSlack()
const ports: NotifyPorts = {
  journal: redisJournal(redis, keys, () => clock.now()),
  views: redisViews(redis, keys),
  ...{ speaker: speaker(slack, onError), turns: FREE_TURNS, clock, approvers: [], onError },
}
for (const [id, one] of migrations) await load(redis, id, one)
for (const id of IDS) await notify(id, ports)
console.error(`${slack.counts().posts} messages are posted; the run takes ${RUN_MS / MINUTE_MS} minutes`)

const processes = await startProcesses()
beginCounting()
const beganAtMs = Date.now()
for (const child of processes) child.send({ beganAtMs, endsAtMs: beganAtMs + RUN_MS } satisfies Span)
const ages = openAges()
await watch()
await stopProcesses()
await queue.close()
redis.disconnect()
await slack.close()
await server.close()
report()

/** `beginCounting`: from then on rates are those of real time. */
async function openSlack() {
  const [updates, limited]: [number[], number[]] = [[], []]
  let skippedMs = 0
  let isCounting = false
  const steadyMs = (): number => {
    if (!isCounting) skippedMs += MINUTE_MS
    return performance.now() + skippedMs
  }
  const opened = await startLocalSlack({
    clock: { now: () => Date.now(), touch: () => undefined },
    people: [],
    channel: { id: CHANNEL, name: 'incident' },
    onPost: () => undefined,
    isAsking: () => false,
    steadyMs,
    onAnswer(method, { error }) {
      if (method !== 'chat.update') return
      updates.push(performance.now())
      if (error === 'ratelimited') limited.push(performance.now())
    },
  })
  const begin = (): void => {
    isCounting = true
  }
  return { slack: opened, updatesAtMs: updates, limitedAtMs: limited, beginCounting: begin }
}

/** Writes a journal as this Redis would have taken it. */
async function load(to: RedisClient, id: string, { texts }: Halfway): Promise<void> {
  const runId = /run_id:(\w+)/.exec(await to.info('server'))?.[1]
  const replicationId = /master_replid:(\w+)/.exec(await to.info('replication'))?.[1]
  for (const text of texts) {
    const entry = { ...(JSON.parse(text) as { rev: number; nonce: string; atMs: number }), runId, replicationId }
    const fields = ['nonce', entry.nonce, 'at', entry.atMs, 'entry', JSON.stringify(entry)]
    await to.xadd(keys.of('journal', id), `${entry.rev}-0`, ...fields)
  }
  await to.sadd(keys.of('migrations'), id)
  await to.sadd(keys.of('running'), id)
  await to.hset(keys.of('versions'), id, JOURNAL_VERSION)
}

/** They wait for when it begins. */
async function startProcesses(): Promise<ChildProcess[]> {
  const { botToken, appToken, apiUrl } = slack
  const task: Task = { redis: server.socket, namespace: NAMESPACE, slack: { botToken, appToken, apiUrl } }
  const worker = new URL('slack-worker.ts', import.meta.url)
  const children = Array.from({ length: PROCESSES }, () => fork(worker, [JSON.stringify(task)]))
  process.once('exit', () => children.forEach((child) => void child.kill()))
  for (const child of children) await once(child, 'message')
  return children
}

async function stopProcesses(): Promise<void> {
  for (const child of processes) {
    child.send('stop')
    await once(child, 'exit')
  }
}

/** Looks until all stands still and is shown, or the longest age that may be has passed since. */
async function watch(): Promise<void> {
  let asked = 0
  for (let nextMs = Date.now(); ; nextMs += LOOK_EVERY_MS) {
    await delay(Math.max(0, nextMs - Date.now()))
    for (const id of IDS) await look(id)
    const sinceMs = Date.now() - beganAtMs
    if (sinceMs > RUN_MS + BOUNDS.ageSeconds * 1000) return
    if (sinceMs > RUN_MS + STILL_MS && ages.pending().length === 0) return
    if (sinceMs < RUN_MS && sinceMs >= asked * ASK_EVERY_MS) await ask(IDS[asked++ % MIGRATIONS] ?? '')
  }
}

/** A question that what is there does not bear out. */
async function ask(id: string): Promise<void> {
  const { journal } = ports
  const question = { kind: 'asked', gate: 'goLive', basis: `${Date.now()}`, evidence: ['x'], again: null } as const
  await journal.append(id, await journal.read(id), question)
  await queue.interrupt(id)
  await queue.nudge(id)
  await queue.nudgeNotify(id)
  const seconds = Math.round(ages.ageMsMax() / 1000)
  console.error(`${id} asks; ${updatesAtMs.length} edits so far, the longest wait ${seconds} s`)
}

async function look(id: string): Promise<void> {
  const { journal, views, approvers } = ports
  const migration = await journal.read(id)
  if (!migration) throw new Error(`${id} is not understood`)
  const posted = await views.posted(id)
  const thread = threadMessages(migration, await journal.entries(id), approvers)
  const shown = new Map(slack.messages().map((message) => [message.ts, message]))
  const wanted = [{ key: 'status', message: await statusNow(migration, ports) }, ...thread]
  for (const { key, message } of wanted) {
    const there = shown.get(tsOf(posted[key]))
    ages.look(`${id} ${key}`, contentOf(message), there ? contentOf(there) : '', Date.now())
  }
}

/** Slack names the blocks that are without a name, and has an order of its own for what is in a button. */
function contentOf({ text, blocks }: { readonly text: string; readonly blocks: readonly unknown[] }): string {
  return digest([text, JSON.stringify(blocks, inOrder)])
}

function inOrder(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const named = Object.entries(value).filter(([name]) => name !== 'block_id')
  return Object.fromEntries(named.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function report(): void {
  const lost = ages.pending()
  const result = {
    migrations: MIGRATIONS,
    volumes: VOLUMES,
    updatesPerMinuteMax: mostWithin(updatesAtMs, MINUTE_MS),
    rateLimited: limitedAtMs.length,
    ageSecondsMax: Math.round(ages.ageMsMax() / 100) / 10,
  }
  if (lost.length > 0) console.error(`not shown in the end: ${lost.join(', ')}`)
  const isWithin =
    result.updatesPerMinuteMax <= BOUNDS.updatesPerMinute &&
    result.rateLimited === 0 &&
    result.ageSecondsMax <= BOUNDS.ageSeconds
  process.exitCode = isWithin && lost.length === 0 ? 0 : 1
  console.log(JSON.stringify(result))
}
