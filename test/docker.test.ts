// No engine runs here, so the Dockerfile's own steps are replayed in clean folders, one a stage, and what they produce is started:
// without an environment, and in the world of the demo.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBox } from '../src/demo/box.ts'
import { lateVolume } from '../src/demo/scenarios/late-volume.ts'

const ROOT = join(import.meta.dirname, '..')
const dockerfile = readFileSync(join(ROOT, 'Dockerfile'), 'utf8')
const instructions = dockerfile.split('\n').filter((line) => /^[A-Z]+ /.test(line))
const ignored = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n').filter(Boolean)

let home: string
let image: string
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'zonehop-image-'))
  image = build()
}, 120_000)
afterAll(() => rmSync(home, { recursive: true, force: true }))

/** Every stage in a folder of its own; the last one is the image. Paths under /app are the stage's. */
function build(): string {
  let stage = ''
  for (const instruction of instructions) {
    const [word = '', ...rest] = instruction.split(' ')
    if (word === 'FROM') stage = join(home, rest[2] ?? 'image')
    if (word === 'WORKDIR') mkdirSync(stage, { recursive: true })
    if (word === 'COPY') copy(rest, stage)
    if (word === 'RUN')
      expect(spawnSync('sh', ['-c', rest.join(' ')], { cwd: stage, encoding: 'utf8' })).toMatchObject({ status: 0 })
  }
  return stage
}

function copy(words: readonly string[], stage: string): void {
  const from = words[0]?.startsWith('--from=') ? join(home, words[0].slice('--from='.length)) : null
  const [target = '', ...sources] = words.slice(from ? 1 : 0).toReversed()
  for (const source of sources) {
    const path = from ? join(from, source.replace('/app/', '')) : join(ROOT, source)
    expect(from !== null || isSent(source), `${source} is kept from the build by .dockerignore`).toBe(true)
    const to = target === './' ? join(stage, basename(source)) : join(stage, target)
    cpSync(path, to, { recursive: true, filter: (each) => from !== null || isSent(each.replace(`${ROOT}/`, '')) })
  }
}

/** The last line that matches decides, as in Docker; `*` is everything. */
function isSent(path: string): boolean {
  const last = ignored.findLast((line) => {
    const pattern = line.replace(/^!/, '')
    return pattern === '*' || path === pattern || path.startsWith(`${pattern}/`)
  })
  return last === undefined || last.startsWith('!')
}

function commandOf(word: 'ENTRYPOINT' | 'CMD' | 'HEALTHCHECK'): string[] {
  const line = instructions.find((each) => each.startsWith(`${word} `)) ?? ''
  return JSON.parse(line.slice(line.indexOf('['))) as string[]
}

function run(environment: Readonly<Record<string, string>>): ChildProcess {
  const [command = '', ...args] = [...commandOf('ENTRYPOINT'), ...commandOf('CMD')]
  // The image's Node strips types by itself; an older one that runs this test needs tsx.
  const { typescript } = process.features as { readonly typescript?: unknown }
  const loader = typescript ? [] : ['--import', 'tsx']
  const env = { PATH: process.env.PATH ?? '', HOME: home, NODE_ENV: 'production', ...environment }
  return spawn(command, [...loader, ...args], { cwd: image, env, stdio: ['ignore', 'ignore', 'pipe'] })
}

test('pinned, not root, and without what only the demo and the tests need', () => {
  for (const from of instructions.filter((line) => line.startsWith('FROM ')))
    expect(from).toMatch(/^FROM node:\d+\.\d+\.\d+-slim/)
  expect(instructions).toContain('USER node')
  const packages = readdirSync(join(image, 'node_modules'))
  for (const name of ['vitest', 'typescript', 'react', 'playwright-core', 'hono']) expect(packages).not.toContain(name)
  expect(existsSync(join(image, 'src/demo'))).toBe(false)
  expect(existsSync(join(image, 'test'))).toBe(false)
})

test('without an environment it says all that is missing, and ends', async () => {
  const child = run({})
  let said = ''
  child.stderr?.on('data', (data) => {
    said += data
  })
  const [code] = await once(child, 'exit')
  expect(code).toBe(1)
  for (const name of ['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN', 'REDIS_URL', 'AWS_REGION'])
    expect(said).toContain(`${name} is missing`)
})

test('in a world it comes up, is healthy, and goes down on SIGTERM', { timeout: 180_000 }, async () => {
  const box = await openBox({
    scenario: lateVolume,
    seed: 1,
    speed: 30,
    volumes: 0,
    isHandsOn: false,
    onPost: () => undefined,
  })
  const healthFile = join(home, 'healthy')
  const child = run({ ...box.environment, ZONEHOP_HEALTH_FILE: healthFile })
  const isHealthy = (): number | null => {
    const [command = '', ...args] = commandOf('HEALTHCHECK')
    return spawnSync(command, args, { env: { ...process.env, ZONEHOP_HEALTH_FILE: healthFile } }).status
  }
  try {
    expect(isHealthy()).toBe(1)
    await expect.poll(() => box.slack.connections(), { timeout: 90_000 }).toBe(1)
    await expect.poll(isHealthy, { timeout: 60_000, interval: 500 }).toBe(0)
    utimesSync(healthFile, new Date(0), new Date(0))
    expect(isHealthy()).toBe(1)
  } finally {
    child.kill('SIGTERM')
    const [code] = child.exitCode === null ? await once(child, 'exit') : [child.exitCode]
    await box.close()
    expect(code).toBe(0)
  }
})
