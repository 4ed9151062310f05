// `npm run test:recovery`: bot and workers as processes of their own on a real Redis, killed at random moments over whole
// migrations; Redis killed and put back to an older append-only file; every queue wiped; SIGTERM in every phase. Every fourth round
// rehearses: what is there afterwards is what was there before.
//
// Last line: { kills, duplicates, lost, carryOnSecondsMedian, carryOnSecondsWorst }. Carrying on is the next decision after a
// kill (a wait with its reason is one): the reconciler saves one progress sample a tick, so a new sample is a new decision.
// `duplicates`: a second usable snapshot, volume or command for one step and generation. `lost`: migrations without an end.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Redis } from 'ioredis'
import type { Migration } from '../../src/core/model/migration.ts'
import { type Box, openBox, START_MS } from '../../src/demo/box.ts'
import { playPeople } from '../../src/demo/people.ts'
import { toldIn } from '../../src/demo/report.ts'
import { APPROVERS, APPROVES, type Scenario, wrongsOfMoved } from '../../src/demo/scenario.ts'
import { rehearsal } from '../../src/demo/scenarios/ahead/rehearsal.ts'
import { SOURCE, TARGET, worldOf } from '../../src/demo/servers.ts'
import { openTerminal } from '../../src/demo/shell.ts'
import { DEFAULT_NAMESPACE } from '../../src/environment.ts'
import { redisJournal } from '../../src/store/journal.ts'
import { keysIn } from '../../src/store/keys.ts'
import { connect } from '../../src/store/redis.ts'

const ROLES = ['bot', 'worker', 'worker'] as const
type Role = (typeof ROLES)[number]
/** Real ms between two kills, at least and at most. */
const QUIET_MS = { least: 1_500, most: 4_000 }
/** A supervisor starts what died again after so long. */
const RESTART_MS = 500
/** A migration that is not over by then, in real ms, counts as lost. */
const ENDS_WITHIN_MS = 180_000
/** What takes longer to carry on is told as it happens, in ms. */
const TOLD_MS = 8_000
/** Nothing decided within this time, in real ms, is measured as this time. */
const CARRY_ON_MAX_MS = 60_000

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '100' }, seed: { type: 'string', default: '1' } },
})

/** Six volumes of four services, some that wait for others: long enough for a few kills, short enough for many rounds. */
const SCENARIO: Scenario = {
  name: 'recovery',
  world: () => {
    const data = { sizeGib: 20, usedGib: 10, type: 'gp3' }
    return worldOf({
      'db-server': [
        { name: 'db-data', device: '/dev/sdf', ...data, snapshotMinutes: 12 },
        { name: 'db-wal', device: '/dev/sdg', ...data, snapshotMinutes: 6, deleteOnTermination: true },
      ],
      'web-server': [{ name: 'web', device: '/dev/sdf', ...data, snapshotMinutes: 9 }],
      'files-server': [
        { name: 'files-a', device: '/dev/sdf', ...data, snapshotMinutes: 15 },
        { name: 'files-b', device: '/dev/sdg', ...data, snapshotMinutes: 10 },
      ],
      'mail-server': [{ name: 'mail', device: '/dev/sdf', ...data, snapshotMinutes: 25 }],
    })
  },
  rules: `
${APPROVERS}services:
  db: { freeze: document, check: true, volumes: [db-data, db-wal] }
  web: { freeze: stop-instances, after: [db], volumes: [web] }
  files: { freeze: manual, volumes: [files-a, files-b] }
  mail: { freeze: document, need: deferrable, hook: drain the queue, volumes: [mail] }
`,
  command: `/migrate start ${SOURCE} ${TARGET} --no-seed`,
  // Redis comes up with an older file: what the tags say is so.
  deeds: [...APPROVES, { kind: 'press', who: 'harry', sees: /^settle-so/ }],
  isOver: ({ phase }) => phase === 'done',
  wrongs: (before, after) => wrongsOfMoved(before, after),
}

/** The same servers, rehearsed: each kill leaves copies to be swept. */
const REHEARSED: Scenario = {
  ...SCENARIO,
  command: rehearsal.command,
  deeds: [],
  isOver: rehearsal.isOver,
  wrongs: rehearsal.wrongs,
}
const REHEARSES_EVERY = 4

type Tally = { kills: number; duplicates: number; lost: number; readonly carryOnMs: number[] }
type Mishap = 'kill' | 'term' | 'redis' | 'older' | 'wipe'
/** What a round does beside killing processes, in turn. */
const MISHAPS: readonly Mishap[] = ['kill', 'redis', 'wipe', 'older', 'term']

const tally: Tally = { kills: 0, duplicates: 0, lost: 0, carryOnMs: [] }
for (let round = 0; tally.kills < Number(values.kills); round++) {
  const random = randomFrom(Number(values.seed) * 1_000 + round)
  const isRehearsed = round % REHEARSES_EVERY === REHEARSES_EVERY - 1
  const scenario = isRehearsed ? REHEARSED : SCENARIO
  await play({ random, mishap: MISHAPS[round % MISHAPS.length] ?? 'kill', seed: Number(values.seed) + round, scenario })
  const carried = tally.carryOnMs.length
  process.stdout.write(
    `round ${round + 1} (${MISHAPS[round % MISHAPS.length]}${isRehearsed ? ', rehearsed' : ''}): ${tally.kills} kills, ${tally.duplicates} duplicates, ${tally.lost} lost, ${carried} measured\n`,
  )
}
const sorted = tally.carryOnMs.toSorted((a, b) => a - b)
process.stdout.write(
  `${JSON.stringify({
    kills: tally.kills,
    duplicates: tally.duplicates,
    lost: tally.lost,
    carryOnSecondsMedian: seconds(sorted[Math.floor(sorted.length / 2)]),
    carryOnSecondsWorst: seconds(sorted.at(-1)),
  })}\n`,
)
process.exitCode = tally.duplicates + tally.lost > 0 || seconds(sorted.at(-1)) > 15 ? 1 : 0

type Round = {
  readonly random: () => number
  readonly mishap: Mishap
  readonly seed: number
  readonly scenario: Scenario
}

async function play({ random, mishap, seed, scenario }: Round): Promise<void> {
  const box = await openBox({
    scenario,
    seed,
    speed: 3_000,
    volumes: 0,
    isHandsOn: false,
    onPost: () => undefined,
  })
  const crew = ROLES.map((role) => keepRunning(role, box))
  const over = new AbortController()
  const reader = connect(box.redisUrl)
  reader.on('error', () => undefined)
  try {
    while (box.slack.connections() === 0) await delay(50)
    const before = box.ec2.state()
    const journal = redisJournal(reader, keysIn(DEFAULT_NAMESPACE), () => box.clock.now())
    const migration = (): Promise<Migration | null> => newest(journal)
    const late = setTimeout(() => over.abort(new Error(`not over after ${ENDS_WITHIN_MS / 1000} s`)), ENDS_WITHIN_MS)
    const { deeds, isOver, command } = scenario
    const emptyRedis = async (): Promise<void> => void (await reader.flushall())
    const terminal = openTerminal(box)
    const stage = { ...box, emptyRedis, terminal, deeds, migration, isOver, isHurried: false, startMs: START_MS }
    const people = playPeople({ ...stage, stop: over.signal }, command)
    const misfortune = disturb({ box, crew, reader, random, mishap, stop: over.signal })
    const problem = await people.then(
      () => null,
      (error: Error) => error,
    )
    clearTimeout(late)
    over.abort()
    await misfortune
    if (problem) tally.lost++
    if (problem) process.stdout.write(`seed ${seed}: ${problem.message}\n`)
    const told = toldIn(box.slack.transcript())
    const wrong = problem ? [] : scenario.wrongs(before, box.ec2.state(), (await migration()) as Migration, told)
    tally.duplicates += (await duplicates(box)) + wrong.length
    for (const line of wrong) process.stdout.write(`seed ${seed}: ${line}\n`)
  } finally {
    over.abort()
    await Promise.all(crew.map((member) => member.stop()))
    reader.disconnect()
    await box.close()
  }
}

async function newest(journal: ReturnType<typeof redisJournal>): Promise<Migration | null> {
  try {
    const id = (await journal.all()).at(-1)
    return id ? await journal.read(id) : null
  } catch {
    // Redis is down for a moment: people see nothing new.
    return null
  }
}

type Member = { readonly role: Role; kill(signal: NodeJS.Signals): Promise<void>; stop(): Promise<void> }

/** A process and its supervisor. */
function keepRunning(role: Role, { environment }: Box): Member {
  let isStopping = false
  let child = start()
  function start(): ChildProcess {
    const options = {
      env: { ...process.env, ...environment, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
      stdio: 'ignore' as const,
    }
    const started = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts', role], options)
    started.once('exit', () => {
      if (!isStopping)
        setTimeout(() => {
          if (!isStopping) child = start()
        }, RESTART_MS)
    })
    return started
  }
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ending = child
    if (ending.exitCode !== null || ending.signalCode !== null) return
    ending.kill(signal)
    await once(ending, 'exit')
  }
  return {
    role,
    kill: end,
    async stop() {
      isStopping = true
      await end('SIGKILL')
    },
  }
}

type Scene = {
  readonly box: Box
  readonly crew: readonly Member[]
  readonly reader: Redis
  readonly random: () => number
  readonly mishap: Mishap
  readonly stop: AbortSignal
}

/** Kills somebody every few seconds until the migration is over, and once a round does worse. */
async function disturb(scene: Scene): Promise<void> {
  const { crew, random, mishap, stop } = scene
  const worseAt = 1 + Math.floor(random() * 3)
  for (let turn = 0; ; turn++) {
    const quietMs = QUIET_MS.least + random() * (QUIET_MS.most - QUIET_MS.least)
    await delay(quietMs, undefined, { signal: stop }).catch(() => undefined)
    if (stop.aborted || tally.kills >= Number(values.kills)) return
    const victim = crew[Math.floor(random() * crew.length)]
    const was = await decision(scene)
    const sinceMs = performance.now()
    if (turn === worseAt && mishap !== 'kill' && mishap !== 'term') await worse(scene)
    else await victim?.kill(mishap === 'term' ? 'SIGTERM' : 'SIGKILL')
    tally.kills++
    const carriedOnMs = await carriedOn(scene, was, sinceMs)
    if (carriedOnMs !== null) tally.carryOnMs.push(carriedOnMs)
    if ((carriedOnMs ?? 0) > TOLD_MS)
      process.stdout.write(
        `  ${turn === worseAt ? mishap : `${victim?.role} killed`}: carried on after ${seconds(carriedOnMs ?? 0)} s\n`,
      )
  }
}

async function worse({ box, reader, mishap, stop }: Scene): Promise<void> {
  const { redis } = box
  if (!redis) throw new Error('this runs on one server, whose files it can put back')
  const older = join(redis.folder, 'older')
  if (mishap === 'wipe') {
    const keys = await reader.keys(`${keysIn(DEFAULT_NAMESPACE).of('queue')}:*`)
    if (keys.length > 0) await reader.del(...keys)
    return
  }
  if (mishap === 'older') {
    await cp(join(redis.folder, 'appendonlydir'), older, { recursive: true })
    await delay(1_500, undefined, { signal: stop }).catch(() => undefined)
  }
  await redis.kill()
  if (mishap === 'older') {
    await rm(join(redis.folder, 'appendonlydir'), { recursive: true })
    await cp(older, join(redis.folder, 'appendonlydir'), { recursive: true })
  }
  await redis.start()
}

/** The newest progress sample: what it says, and when. Null while Redis is down or there is none. */
async function decision({ reader }: Scene): Promise<string | null> {
  try {
    const [key] = await reader.keys(keysIn(DEFAULT_NAMESPACE).of('progress', '*'))
    return key ? await reader.get(key) : null
  } catch {
    return null
  }
}

/** Ms until there is another one; null when the migration was over before. */
async function carriedOn(scene: Scene, was: string | null, sinceMs: number): Promise<number | null> {
  while (performance.now() - sinceMs < CARRY_ON_MAX_MS) {
    if (scene.stop.aborted) return null
    const now = await decision(scene)
    if (now !== null && now !== was) return performance.now() - sinceMs
    await delay(25)
  }
  return CARRY_ON_MAX_MS
}

/** Second usable things of one step and generation, read from the world. */
async function duplicates({ ec2 }: Box): Promise<number> {
  const { snapshots, volumes } = ec2.state()
  const made = [
    ...snapshots.filter(({ state }) => state !== 'error'),
    ...volumes.filter(({ state }) => state !== 'error'),
  ]
  const steps = made.flatMap(({ tags }) =>
    tags['zonehop:step']
      ? [
          `${tags['zonehop:move']} ${tags['zonehop:step']} ${tags['zonehop:generation']} ${tags['zonehop:frozen'] ?? ''}`,
        ]
      : [],
  )
  const hooks = (ec2.state().hosts ?? []).flatMap(({ services }) => services.map(({ hooks }) => Math.max(0, hooks - 1)))
  return steps.length - new Set(steps).size + hooks.reduce((sum, more) => sum + more, 0)
}

function seconds(ms: number | undefined): number {
  return Math.round((ms ?? 0) / 100) / 10
}

/** mulberry32: the same seed, the same misfortune. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
