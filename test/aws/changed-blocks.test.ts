// How much changed between two snapshots, with the real SDK over HTTP: counted over all pages, and why where it is not known.
import { afterEach, expect, test, vi } from 'vitest'
import { changedBlocks } from '../../src/aws/changed-blocks.ts'
import { openClients } from '../../src/aws/clients.ts'
import { triedChangedBlocks } from '../../src/aws/permissions.ts'
import { DATA, ROOT, WORLD } from '../demo/ec2/simulated.ts'
import { startDrill } from '../support/drill.ts'

const HOUR_MS = 3_600_000
let close: () => Promise<void> | void = () => undefined
afterEach(async () => {
  await close()
  vi.unstubAllEnvs()
})

async function opened() {
  const drill = await startDrill({ ...WORLD, volumes: [ROOT, DATA] })
  const clients = openClients()
  close = async () => {
    clients.close()
    await drill.close()
  }
  const { simulated } = drill
  const begin = (name: string): string => {
    const volume = simulated.state().volumes.find((one) => one.name === name)
    const answer = simulated.perform('CreateSnapshot', { VolumeId: volume?.id ?? '' })
    if (answer.kind !== 'answered') throw new Error(JSON.stringify(answer))
    drill.pass(5_000)
    return `${answer.body.snapshotId}`
  }
  /** A snapshot that is completed, an hour and a half after it was taken. */
  const taken = (name = 'data'): string => {
    const id = begin(name)
    drill.pass(1.5 * HOUR_MS - 5_000)
    return id
  }
  return { drill, simulated, clients, ebs: changedBlocks(clients), begin, taken }
}

test('what was written in an hour and a half, over pages of which one is empty', async () => {
  const { ebs, simulated, taken } = await opened()
  const [first, second] = [taken(), taken()]
  expect(await ebs.changedGib({ first, second })).toBe(9)
  // 18,432 blocks: a page of 10,000, the empty one, and the rest.
  expect(simulated.otherCounts()).toEqual({ calls: { ListChangedBlocks: 3 }, dryRuns: {}, refused: {} })
  expect(await ebs.changedGib({ first: second, second })).toBe(0)
})

test.each<[string, (world: Awaited<ReturnType<typeof opened>>) => { first: string; second: string }]>([
  ['is not completed', ({ taken, begin }) => ({ first: taken(), second: begin('data') })],
  ['is of another volume', ({ taken }) => ({ first: taken('root'), second: taken() })],
  ['is not there', ({ taken }) => ({ first: `snap-0${'a'.repeat(16)}`, second: taken() })],
  ['has no id of a snapshot', ({ taken }) => ({ first: 'vol-1', second: taken() })],
])('a snapshot that %s is not compared', async (_, pairIn) => {
  const world = await opened()
  expect(await world.ebs.changedGib(pairIn(world))).toBe('incomparable')
})

test('where the role may not ask, it is said as what it is, and so at start-up', async () => {
  const { clients, ebs, simulated, taken } = await opened()
  const [first, second] = [taken(), taken()]
  expect(await triedChangedBlocks(clients)).toBe('allowed')
  simulated.deny(['ListChangedBlocks'])
  expect(await ebs.changedGib({ first, second })).toBe('denied')
  expect(await triedChangedBlocks(clients)).toEqual({ isRefused: true, because: 'AccessDeniedException' })
})

test('a throttle is waited out; one that does not end is told', { timeout: 30_000 }, async () => {
  const { drill, clients, ebs, simulated, taken } = await opened()
  const [first, second] = [taken(), taken()]
  simulated.failNext('ListChangedBlocks', 'RequestThrottledException')
  expect(await ebs.changedGib({ first, second })).toBe(9)
  // Time stands still here, so the bucket of fifty is not filled again.
  const asked = Array.from({ length: 48 }, () => triedChangedBlocks(clients))
  await Promise.all(asked)
  await expect(ebs.changedGib({ first, second })).rejects.toMatchObject({
    isAnswering: true,
    message: expect.stringMatching(/^AWS answered RequestThrottledException/),
  })
  expect(simulated.otherCounts().refused.RequestThrottledException).toBeGreaterThanOrEqual(5)
  drill.pass(1_000)
  expect(await ebs.changedGib({ first, second })).toBe(9)
})

test('an answer that was lost is asked for again', async () => {
  const { ebs, simulated, taken } = await opened()
  const [first, second] = [taken(), taken()]
  simulated.loseNext('ListChangedBlocks')
  expect(await ebs.changedGib({ first, second })).toBe(9)
})

test('EBS direct APIs that do not answer', async () => {
  const { simulated, taken } = await opened()
  const [first, second] = [taken(), taken()]
  await close()
  vi.stubEnv('AWS_ENDPOINT_URL_EBS', simulated.url)
  const clients = openClients()
  close = () => clients.close()
  await expect(changedBlocks(clients).changedGib({ first, second })).rejects.toMatchObject({
    name: 'Unreadable',
    isAnswering: false,
    message: expect.stringMatching(/^AWS does not answer \(connect ECONNREFUSED/),
  })
  expect(await triedChangedBlocks(clients)).toEqual({
    isRefused: false,
    because: expect.stringMatching(/^AWS does not answer/),
  })
})
