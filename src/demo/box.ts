// The world in a box: a real Redis, the simulated EC2, the local Slack and its page, on one simulated clock. A bot is started
// in it as `npm start` would, only endpoints and clock differing.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startProcess } from '../bot.ts'
import { parseConfig } from '../config.ts'
import { shippedDocuments } from '../documents.ts'
import { DEFAULT_NAMESPACE } from '../environment.ts'
import { errorLog, redacting } from '../log.ts'
import { keysIn } from '../store/keys.ts'
import type { Mode } from '../store/redis.ts'
import { type SimulatedClock, simulatedClock } from './clock.ts'
import { serveClock } from './clock-server.ts'
import { startSimulatedEc2 } from './ec2/server.ts'
import type { SimulatedEc2 } from './ec2/world/entities.ts'
import { type FastForward, fastForward } from './fast-forward.ts'
import type { ClockDeed, Completion } from './page/entities.ts'
import { servePage } from './page/server.ts'
import { type OwnCluster, startCluster } from './redis/cluster.ts'
import { type OwnRedis, startRedis } from './redis/server.ts'
import { PEOPLE, type Scenario } from './scenario.ts'
import { SOURCE, TARGET } from './servers.ts'
import type { LocalSlack, Row } from './slack/entities.ts'
import { startLocalSlack } from './slack/server.ts'

/**
 * What a world is opened with. `seed` is that of all chance, `speed` the clock's top speed, `volumes` the number of
 * small volumes to add. `loseResponses` names EC2 actions whose next answer is lost, `silent` the volumes whose
 * CreateSnapshot is never answered.
 */
export type BoxOptions = {
  readonly scenario: Scenario
  readonly seed: number
  readonly speed: number
  readonly volumes: number
  readonly loseResponses?: readonly string[]
  readonly silent?: readonly string[]
  /** How its Redis is run; `failover`: in cluster mode, with a replica that can take over. One server where it is not said. */
  readonly redis?: RedisKind
  readonly onPost: (row: Row) => void
  /** True for `--hands-on`: no scripted end is waited for, so time flies only while a snapshot is being taken. */
  readonly isHandsOn: boolean
}

export type RedisKind = 'single' | 'cluster' | 'failover'

/** An open world, as the demo and tests reach into it. `redisUrl` is the path of a unix socket, or the address of a cluster's node. */
export type Box = {
  readonly redisUrl: string
  readonly redisMode: Mode
  /** Null where it is a cluster. */
  readonly redis: OwnRedis | null
  readonly cluster: OwnCluster | null
  readonly clock: SimulatedClock
  readonly ec2: SimulatedEc2
  readonly slack: LocalSlack
  /** The environment variables with which a bot in another process finds this world. */
  readonly environment: Readonly<Record<string, string>>
  /**
   * Starts a bot in this process, on the same clock. Throws what is wrong with its configuration, the rules among it.
   */
  startBot(): Promise<void>
  /** Stops everything, what was started last first, so that each part can finish what it is at. */
  close(): Promise<void>
}

const CHANNEL = { id: 'C0INCIDENT', name: 'incident' }
/** Whether a migration waits for people at this button; other buttons may stand for as long as it runs. */
const isAsking = (actionId: string): boolean => /^(approve|confirm|choose|type)-/.test(actionId)
/** Where the simulated clock begins: ten past five in the morning, UTC, of a day that means nothing. */
export const START_MS = Date.UTC(2026, 2, 3, 5, 10)
const SPEED_MAX = 12_000
const SPEED_FACTOR = 4
const LOOKS_EVERY_MS = 200

/** Opens a world with everything in it. Throws where a part does not start, after closing those that had. */
export async function openBox(options: BoxOptions): Promise<Box> {
  const { keep, close } = keeper()
  try {
    const servers = await startServers(options.redis ?? 'single', keep)
    const { forward, ...simulators } = await startSimulators(options, keep)
    showPage(simulators, forward)
    const environment = await openEnvironment({ ...simulators, ...servers }, options.scenario.rules, keep)
    return {
      ...servers,
      ...simulators,
      environment,
      startBot: () => startOwnBot(simulators, environment, keep),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

type Closable = { close(): Promise<void> | void }
/** Hands a part on as it is, to be closed with the world. */
type Keep = <Part extends Closable>(part: Part) => Part
type Simulators = Pick<Box, 'clock' | 'ec2' | 'slack'>

/** Keeps what was opened and closes it, last first: a part may still need those that were there before it. */
function keeper(): { keep: Keep; close(): Promise<void> } {
  const kept: Closable[] = []
  return {
    keep(part) {
      kept.push(part)
      return part
    },
    async close() {
      for (const part of kept.splice(0).reverse()) await part.close()
    },
  }
}

async function startServers(
  kind: RedisKind,
  keep: Keep,
): Promise<Pick<Box, 'redis' | 'cluster' | 'redisUrl' | 'redisMode'>> {
  if (kind === 'single') {
    const redis = keep(await startRedis())
    return { redis, cluster: null, redisUrl: redis.url, redisMode: 'single' }
  }
  const key = keysIn(DEFAULT_NAMESPACE).of('migrations')
  const cluster = keep(await startCluster({ key, hasReplica: kind === 'failover' }))
  return { redis: null, cluster, redisUrl: cluster.url, redisMode: 'cluster' }
}

/** Starts EC2 and Slack on one clock. What is due depends on both, and both need the clock first, so it is set last. */
async function startSimulators(options: BoxOptions, keep: Keep): Promise<Simulators & { forward: FastForward }> {
  const { speed, isHandsOn } = options
  const { isFolded = true } = options.scenario
  const channel = { ...CHANNEL, ...options.scenario.channel }
  let isDue = () => false
  const clock = keep(simulatedClock({ startMs: START_MS, speedTop: speed, isDue: () => isDue() }))
  const forward = fastForward(clock)
  const onPost = (row: Row): void => {
    forward.hear(row)
    options.onPost(row)
  }
  const ec2 = await startEc2(options, clock, keep)
  const slack = keep(await startLocalSlack({ clock, people: [...PEOPLE], channel, onPost, isAsking, isFolded }))
  const isCopying = isHandsOn
    ? every(LOOKS_EVERY_MS, () => ec2.state().snapshots.some(({ state }) => state === 'pending'))
    : () => true
  // Whoever lets time pass has seen what asks, and waits for no copy.
  isDue = () => ec2.isEffectInFlight() || (!forward.now() && (slack.hasUnansweredButton() || !isCopying()))
  return { clock, ec2, slack, forward }
}

async function startEc2(options: BoxOptions, clock: SimulatedClock, keep: Keep): Promise<SimulatedEc2> {
  const { scenario, seed, volumes, loseResponses = [], silent = [] } = options
  const lostResponses = [...loseResponses]
  const random = randomFrom(seed)
  const world = scenario.world(volumes)
  const ssm = { documents: shippedDocuments() }
  const ec2 = keep(await startSimulatedEc2({ clock, world, random, lostResponses, ssm }))
  scenario.opens?.(ec2)
  for (const { id } of ec2.state().volumes.filter(({ name }) => silent.includes(name))) {
    ec2.silence('CreateSnapshot', id)
  }
  return ec2
}

function showPage({ clock, ec2, slack }: Simulators, forward: FastForward): void {
  servePage({
    slack,
    people: [...PEOPLE],
    channel: CHANNEL,
    completions: completions(),
    world: () => ec2.state(),
    clock: {
      state: () => ({ ...clock.state(), forward: forward.now() }),
      perform: (deed) => turn(clock, forward, deed),
    },
  })
}

/** Serves the clock and writes the rules to a folder, then says where a bot finds these and all the rest. */
async function openEnvironment(
  { redisUrl, clock, ec2, slack }: Simulators & Pick<Box, 'redisUrl'>,
  rules: string,
  keep: Keep,
): Promise<Box['environment']> {
  const clockServer = keep(await serveClock(clock))
  const folder = await mkdtemp(join(tmpdir(), 'zonehop-demo-'))
  keep({ close: () => rm(folder, { recursive: true, force: true }) })
  const rulesFile = join(folder, 'zonehop.yaml')
  await writeFile(rulesFile, rules)
  return {
    REDIS_URL: redisUrl,
    // A replica that may lack the last entries is a danger, and here it is on purpose.
    ZONEHOP_ALLOW: 'redis-replicas',
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl,
    ...awsEnvironment(ec2.url),
    ZONEHOP_CONFIG: rulesFile,
    ZONEHOP_CLOCK_URL: clockServer.url,
  }
}

async function startOwnBot({ clock, ec2 }: Simulators, environment: Box['environment'], keep: Keep): Promise<void> {
  Object.assign(process.env, awsEnvironment(ec2.url))
  const config = parseConfig(environment)
  if ('problems' in config) throw new Error(config.problems.join(' '))
  const onError = errorLog(redacting(environment))
  keep(await startProcess(config, { bot: true, worker: true }, { clock, isDrill: true }, onError))
}

function awsEnvironment(ec2Url: string): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL_EC2: ec2Url,
    AWS_ENDPOINT_URL_SSM: ec2Url,
    AWS_ENDPOINT_URL_SERVICE_QUOTAS: ec2Url,
    AWS_ENDPOINT_URL_KMS: ec2Url,
    AWS_ENDPOINT_URL_EBS: ec2Url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  }
}

function turn(clock: SimulatedClock, forward: FastForward, deed: ClockDeed): void {
  const { speedTop } = clock.state()
  if (deed === 'pause') clock.pause()
  else if (deed === 'resume') clock.resume()
  else if (deed === 'stop') forward.stop()
  else if (deed === 'slower') clock.setSpeedTop(withinLimits(speedTop / SPEED_FACTOR))
  else if (deed === 'faster') clock.setSpeedTop(withinLimits(speedTop * SPEED_FACTOR))
  else forward.start(deed)
}

function withinLimits(speedTop: number): number {
  return Math.round(Math.min(SPEED_MAX, Math.max(1, speedTop)))
}

function completions(): readonly Completion[] {
  const zones = `${SOURCE} ${TARGET}`
  const start = `/migrate start ${zones}`
  return [
    { text: `/migrate plan ${zones}`, hint: 'what would move; nothing starts' },
    { text: start, hint: `move everything from ${SOURCE} to ${TARGET}` },
    { text: `${start} --no-seed`, hint: 'the same, without snapshots taken ahead' },
    { text: '/migrate status', hint: 'migrations that are not over' },
    { text: '/migrate pause', hint: 'issue nothing more until resumed' },
    { text: '/migrate resume', hint: 'go on' },
    { text: '/migrate defer ', hint: 'go live without a service: which, and because of what' },
    { text: '/migrate retry ', hint: 'try a step again that has failed: of what' },
    { text: '/migrate abort because ', hint: 'bring everything back, until the point of no return' },
    { text: '/migrate cleanup', hint: 'delete what a migration that is over left behind' },
    { text: '/migrate help', hint: 'what can be asked' },
    { text: '@zonehop status', hint: 'where it stands; in a thread, the migration of that thread' },
    { text: '@zonehop pause', hint: 'issue nothing more; any command works so, in threads too' },
  ]
}

/**
 * Answers from memory within `ms` of the last `ask`: the clock asks every few ms, and an answer looks at every
 * snapshot.
 */
function every(ms: number, ask: () => boolean): () => boolean {
  let askedAtMs = Number.NEGATIVE_INFINITY
  let last = false
  return () => {
    if (performance.now() - askedAtMs < ms) return last
    askedAtMs = performance.now()
    last = ask()
    return last
  }
}

/** A small seeded generator (mulberry32): the same seed gives the same world. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
