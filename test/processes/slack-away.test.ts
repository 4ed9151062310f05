// Slack goes away inside the outage: work is confirmed, the point of no return approved, an abort asked for, all from a terminal, while
// the workers go on.
import { userInfo } from 'node:os'
import { afterEach, expect, test } from 'vitest'
import { type Box, openBox } from '../../src/demo/box.ts'
import { APPROVERS, PEOPLE, type Scenario } from '../../src/demo/scenario.ts'
import { lateVolume } from '../../src/demo/scenarios/late-volume.ts'
import { SOURCE, TARGET, worldOf } from '../../src/demo/servers.ts'
import { type Started, saying, startNode, startRole } from '../support/processes.ts'

const [giles, harry] = PEOPLE
/** A minute where nothing else runs. */
const ON_A_BUSY_MACHINE = { timeout: 240_000 }
const DATA = { device: '/dev/sdf', sizeGib: 20, usedGib: 4, type: 'gp3', snapshotMinutes: 3 }

/** One service whose writes people stop by hand; harry is at the terminal. */
const BY_HAND: Scenario = {
  ...lateVolume,
  world: () => worldOf({ 'web-server': [{ name: 'web', ...DATA }] }),
  rules: `
${APPROVERS}services:
  web: { freeze: manual, volumes: [web] }
terminal:
  ${userInfo().username}: ${harry.id}
`,
  command: `/migrate start ${SOURCE} ${TARGET} --no-seed`,
}

let box: Box | null = null
const started: Started[] = []
afterEach(async () => {
  for (const { child } of started.splice(0)) child.kill('SIGKILL')
  await box?.close().catch(() => undefined)
  box = null
})

type Status = {
  readonly phase: string
  readonly asking: { gate: string; code: string } | null
  readonly work: { code: string }[]
}

async function zonehop(...args: string[]): Promise<{ code: number | null; out: string; said: string }> {
  const command = startNode(['--import', 'tsx', 'src/main.ts', 'terminal', ...args], environment())
  const code = await command.ended()
  return { code, out: command.stdout(), said: command.said() }
}

/** A terminal has no tokens of Slack and no keys of AWS. */
function environment(): Record<string, string> {
  const { REDIS_URL = '', ZONEHOP_CONFIG = '', ZONEHOP_CLOCK_URL = '' } = box?.environment ?? {}
  return { REDIS_URL, ZONEHOP_CONFIG, ZONEHOP_CLOCK_URL }
}

/** Null where no migration runs any more. */
async function statusNow(): Promise<Status | null> {
  const { code, out, said } = await zonehop('status', '--json')
  expect(code, said).toBe(0)
  return (JSON.parse(out).migrations as Status[])[0] ?? null
}

async function until(is: (status: Status) => boolean): Promise<Status> {
  for (;;) {
    const status = await statusNow()
    if (status && is(status)) return status
  }
}

/** Slack brings it into the outage, and is gone. */
async function intoTheOutage(): Promise<void> {
  box = await openBox({
    scenario: BY_HAND,
    seed: 1,
    speed: 3_000,
    volumes: 0,
    onPost: () => undefined,
    isHandsOn: true,
  })
  for (const role of ['bot', 'worker']) started.push(startRole(role, box.environment))
  await Promise.all(started.map((each) => saying(each, /zonehop is up/)))
  await box.slack.command(giles.id, BY_HAND.command)
  for (const gate of ['start', 'freeze']) await press(`approve-${gate}`)
  await until(({ work }) => work.length > 0)
  await box.slack.close()
}

async function press(actionId: string): Promise<void> {
  const standing = () => box?.slack.buttons().find((button) => button.actionId === actionId)
  await expect.poll(standing, { timeout: 60_000 }).toBeTruthy()
  const { ts = '' } = standing() ?? {}
  await box?.slack.click(harry.id, ts, actionId)
}

async function confirmWork(): Promise<void> {
  const { work } = await until((status) => status.work.length > 0)
  const { code, said } = await zonehop('confirm', '--code', work[0]?.code ?? '')
  expect(code, said).toBe(0)
  while ((await statusNow())?.work.some((one) => one.code === work[0]?.code));
}

/** Every process dies, and one of both roles takes their place while Slack is still away. */
async function startAnew(): Promise<void> {
  for (const { child } of started.splice(0)) child.kill('SIGKILL')
  const process = startRole('all', box?.environment ?? {})
  started.push(process)
  await saying(process, /zonehop is up/)
  expect(process.said()).toMatch(/^zonehop: Slack does not answer at .* The workers go on; the thread tells/m)
}

test(
  'confirmed, approved and opened from a terminal, though every process died meanwhile',
  ON_A_BUSY_MACHINE,
  async () => {
    await intoTheOutage()
    await startAnew()
    await confirmWork()
    const { asking } = await until((status) => status.asking?.gate === 'goLive')
    const shown = await zonehop('approve', 'goLive')
    expect(shown).toMatchObject({ code: 3, out: expect.stringContaining(`--code ${asking?.code}`) })
    const approved = await zonehop('approve', 'goLive', '--code', asking?.code ?? '')
    expect(approved).toMatchObject({ code: 0, out: 'You approved goLive.\n' })
    await confirmWork()
    while (await statusNow());
  },
)

test('confirmed and aborted from a terminal, until the service serves again', ON_A_BUSY_MACHINE, async () => {
  await intoTheOutage()
  await confirmWork()
  expect(await zonehop('abort', '--because', 'Slack is away')).toMatchObject({ code: 0 })
  await confirmWork()
  while (await statusNow());
})
