// `npm run demo`: a world in a box. Starts Redis, the simulated EC2 and the local Slack, then the bot as `npm start` wires
// it; only endpoints and clock differ. Two scripted people do the rest, and the world is checked at the end.

import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Cluster } from 'ioredis'
import { isOver as isAtRest } from '../core/journal/state.ts'
import type { Migration } from '../core/model/migration.ts'
import { DEFAULT_NAMESPACE } from '../environment.ts'
import { redisJournal } from '../store/journal.ts'
import { keysIn } from '../store/keys.ts'
import { connect, type RedisClient } from '../store/redis.ts'
import { openBox, type RedisKind, START_MS } from './box.ts'
import type { WorldState } from './ec2/world/entities.ts'
import { handsOn } from './hands-on.ts'
import { playPeople, type Stage } from './people.ts'
import type { OwnCluster } from './redis/cluster.ts'
import { failOver } from './redis/failover.ts'
import { keepReport, report, toldIn } from './report.ts'
import type { Scenario } from './scenario.ts'
import { abort } from './scenarios/abort.ts'
import { adopt } from './scenarios/adopt.ts'
import { prepared } from './scenarios/ahead/prepared.ts'
import { rehearsal } from './scenarios/ahead/rehearsal.ts'
import { seeded } from './scenarios/ahead/seeded.ts'
import { stall } from './scenarios/ahead/stall.ts'
import { watch } from './scenarios/ahead/watch.ts'
import { badMorning } from './scenarios/bad-morning.ts'
import { cleanup } from './scenarios/cleanup.ts'
import { ec2Away } from './scenarios/ec2-away.ts'
import { givenBack } from './scenarios/given-back.ts'
import { impaired } from './scenarios/impaired.ts'
import { intruder } from './scenarios/intruder.ts'
import { lateVolume } from './scenarios/late-volume.ts'
import { lyingReplica } from './scenarios/lying-replica.ts'
import { notInvited } from './scenarios/not-invited.ts'
import { outageDay } from './scenarios/outage-day.ts'
import { redThenGreen } from './scenarios/red-then-green.ts'
import { secondTry } from './scenarios/second-try.ts'
import { slackAway } from './scenarios/slack-away.ts'
import { openTerminal } from './shell.ts'
import type { Row } from './slack/entities.ts'
import { printable, terminal } from './terminal.ts'
import { awaitBot } from './without-bot.ts'

/**
 * What the command line, or a test, asks for. `speed` is the clock's top speed, `volumes` the number of small volumes
 * to add.
 */
export type DemoOptions = {
  readonly scenario: Scenario
  readonly seed: number
  readonly speed: number
  readonly volumes: number
  readonly json: boolean
  readonly isHandsOn?: boolean
  readonly isWithoutBot?: boolean
  /** False in tests: nobody looks on, so posts do not slow the clock down. */
  readonly isWatched?: boolean
  readonly loseResponses?: readonly string[]
  /** Names of the volumes whose CreateSnapshot is never answered. */
  readonly silent?: readonly string[]
  readonly redis?: RedisKind
  /** The directory that keeps the migration's report. */
  readonly report?: string
}

const SCENARIOS = [
  outageDay,
  abort,
  lateVolume,
  badMorning,
  lyingReplica,
  cleanup,
  givenBack,
  intruder,
  ec2Away,
  impaired,
  notInvited,
  redThenGreen,
  secondTry,
  slackAway,
  adopt,
  watch,
  prepared,
  seeded,
  stall,
  rehearsal,
]
/** Real ms without a request to EC2 or Slack, though a migration is not over, after which the demo counts as stuck. */
const STUCK_AFTER_MS = 20_000
const LAST_EDITS_MS = 3_500
/** The longest a bot rests between two looks at EC2, in simulated ms. */
const LOOKS_WITHIN_MS = 120_000

/** The exit code of what SIGINT ended, as shells give it. */
const STOPPED = 130

/** Somebody has stopped the demo, which is no failure of it. */
class Stopped extends Error {}

/**
 * Runs the demo that the arguments ask for. The exit code is 0 when all is right, 1 when not, 2 for wrong arguments, 130 where it was
 * stopped.
 */
export async function runDemo(args: string[]): Promise<number> {
  const options = parseOptions(args)
  if (typeof options === 'string') {
    process.stderr.write(`${options}\n`)
    return 2
  }
  try {
    if (options.isHandsOn) {
      await handsOn(options)
      return 0
    }
    const { json, summary, ok, entries } = await play(options)
    if (options.report !== undefined && entries.length > 0) await keepReport(entries, options.report)
    if (!options.json) process.stdout.write(`${printable(summary)}\n`)
    if (options.json) process.stdout.write(`${JSON.stringify(json)}\n`)
    return ok ? 0 : 1
  } catch (error) {
    if (error instanceof Stopped) {
      process.stderr.write('The demo was stopped.\n')
      return STOPPED
    }
    process.stderr.write(`The demo failed: ${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  }
}

/**
 * Plays one scenario to its end and reports on it. Throws where a part does not start, the play fails or gets stuck, or
 * it is stopped.
 */
export async function play(options: DemoOptions) {
  const closers: (() => Promise<void> | void)[] = []
  const stop = new AbortController()
  const onSignal = () => stop.abort(new Stopped('stopped by Ctrl-C'))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, onSignal)
  try {
    const { show } = terminal(options.json)
    const onPost = (row: Row): void => {
      if (!row.edited && options.isWatched !== false) box.clock.watch()
      show(row)
    }
    const box = await openBox({ ...options, onPost, isHandsOn: false })
    closers.push(() => box.close())
    const { clock, ec2, slack } = box
    if (!options.json) process.stdout.write(`Watch it at ${slack.url}\n`)
    const before = ec2.state()
    // With --json the last line of standard output is the JSON, so what is for people goes to standard error.
    const say = (text: string) => void (options.json ? process.stderr : process.stdout).write(text)
    if (options.isWithoutBot) await awaitBot(box, { say, stop: stop.signal })
    else await box.startBot()
    const reader = connect(box.redisUrl, box.redisMode)
    closers.push(() => reader.disconnect())
    const journal = redisJournal(reader, keysIn(DEFAULT_NAMESPACE), () => clock.now())
    const stuckAfterMs = STUCK_AFTER_MS + LOOKS_WITHIN_MS / options.speed
    const only = async () => await newest(journal)
    const look = async (): Promise<void> => {
      // A bot from elsewhere may come and go as its people like; and a migration at rest asks nothing until people do.
      if (options.isWithoutBot || clock.idleMs() <= stuckAfterMs) return
      const m = await only()
      if (!m || !isAtRest(m)) stop.abort(new Error('nothing has been asked of EC2 or Slack for too long'))
    }
    const watchdog = setInterval(() => void look().catch(() => undefined), 1_000)
    closers.push(() => clearInterval(watchdog))
    const { deeds, isOver, isHurried = false } = options.scenario
    clock.hurry(isHurried)
    const emptyRedis = () => empty(reader)
    const people = { deeds, terminal: openTerminal(box) }
    const time = { clock, startMs: START_MS, isHurried }
    const stage = { slack, ec2, ...time, emptyRedis, ...people, migration: only, isOver, stop: stop.signal }
    const { intrusions, lost } = await playOn(stage, box.cluster, options)
    if (isHurried) clock.pause()
    // The last edits wait for Slack's rate limits; the demo ends once the channel has shown them.
    await delay(LAST_EDITS_MS)
    const migration = await only()
    const after = ec2.state()
    const told = toldIn(slack.transcript())
    const wrong = migration
      ? options.scenario.wrongs(before, lost === null ? after : withoutSeeds(after, migration), migration, told)
      : ['there is no migration']
    if (lost === 0) wrong.push('the failover of Redis lost no entry')
    const entries = migration ? await journal.entries(migration.id) : []
    return report({
      options,
      migration,
      entries,
      wrong,
      alerts: told.alerts,
      before,
      after,
      slack,
      ec2,
      simulatedMs: clock.now() - START_MS,
      intrusions,
    })
  } finally {
    for (const close of closers.reverse()) await close()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, onSignal)
  }
}

/**
 * The world without the snapshots that the journal took for seeds: of what calls itself final and no entry explains nobody knows
 * whether it was cut under the freeze, so another one is cut.
 */
function withoutSeeds(world: WorldState, { effects }: Migration): WorldState {
  const seeds = new Set(
    effects.values().flatMap(({ effect, resource }) => (effect.step === 'seed' ? (resource ?? []) : [])),
  )
  return { ...world, snapshots: world.snapshots.filter(({ id }) => !seeds.has(id)) }
}

/** Plays the script, and beside it the failover of Redis that the options ask for: how many entries that lost, null where none was asked. */
async function playOn(stage: Stage, cluster: OwnCluster | null, { redis, scenario }: DemoOptions) {
  const played = new AbortController()
  const stop = AbortSignal.any([stage.stop, played.signal])
  const failing = redis === 'failover' && cluster ? failOver(cluster, { ...stage, stop }) : null
  const intrusions = await playPeople(stage, scenario.command)
  played.abort()
  return { intrusions, lost: failing ? ((await failing) ?? 0) : null }
}

async function empty(redis: RedisClient): Promise<void> {
  for (const node of redis instanceof Cluster ? redis.nodes('master') : [redis]) await node.flushall()
}

async function newest(journal: ReturnType<typeof redisJournal>): Promise<Migration | null> {
  const all = await Promise.all((await journal.all()).map((id) => journal.read(id)))
  const planned = all.flatMap((m) => m ?? []).sort((a, b) => a.plannedAtMs - b.plannedAtMs)
  return planned.at(-1) ?? null
}

const REDIS_KINDS: readonly RedisKind[] = ['single', 'cluster', 'failover']

function isRedisKind(word: string): word is RedisKind {
  return REDIS_KINDS.some((kind) => kind === word)
}

function parseOptions(args: string[]): DemoOptions | string {
  const text = { type: 'string' } as const
  try {
    const { values } = parseArgs({
      args,
      options: {
        scenario: text,
        seed: text,
        speed: text,
        volumes: text,
        silent: { type: 'string', multiple: true },
        json: { type: 'boolean' },
        redis: text,
        report: text,
        'hands-on': { type: 'boolean' },
        'without-bot': { type: 'boolean' },
      },
    })
    const scenario = SCENARIOS.find(({ name }) => name === (values.scenario ?? 'outage-day'))
    if (!scenario)
      return `There is no scenario "${values.scenario}"; there is ${SCENARIOS.map(({ name }) => name).join(', ')}.`
    const numbers = {
      seed: Number(values.seed ?? 1),
      speed: Number(values.speed ?? 3000),
      volumes: Number(values.volumes ?? 0),
    }
    const wrong = Object.entries(numbers).find(
      ([name, value]) => !Number.isInteger(value) || value < (name === 'speed' ? 1 : 0),
    )
    if (wrong) return `--${wrong[0]} takes a whole number, such as --${wrong[0]} 20.`
    const [isHandsOn = false, isWithoutBot = false] = [values['hands-on'], values['without-bot']]
    if (isHandsOn && isWithoutBot) return '--hands-on brings its own bot: leave out --without-bot.'
    const { silent = [], redis = 'single' } = values
    if (!isRedisKind(redis)) return `--redis takes ${REDIS_KINDS.join(', ')}.`
    const names = scenario.world(numbers.volumes).volumes.map(({ name }) => name)
    const unknown = silent.find((name) => !names.includes(name))
    if (unknown) return `--silent takes the name of a volume; ${scenario.name} has ${names.slice(0, 20).join(', ')}.`
    const report = values.report === undefined ? {} : { report: values.report }
    return { scenario, ...numbers, silent, redis, json: values.json ?? false, isHandsOn, isWithoutBot, ...report }
  } catch (error) {
    return `${(error as Error).message} The options are --scenario, --seed, --speed, --volumes, --silent, --redis, --report, --json, --hands-on and --without-bot.`
  }
}
