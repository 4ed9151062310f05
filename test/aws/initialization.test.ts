// Initialization over the wire: the rate that a copy asks for, what becomes of it where EC2 refuses one, and how far EC2 says
// that copies are loaded.
import { DescribeVolumesCommand } from '@aws-sdk/client-ec2'
import { afterEach, expect, test } from 'vitest'
import { type Clients, openClients } from '../../src/aws/clients.ts'
import { initializationsIn } from '../../src/aws/initialization.ts'
import { effectId, RATE_REFUSED } from '../../src/core/model/effects.ts'
import type { Migration } from '../../src/core/model/migration.ts'
import { NO_RULES } from '../../src/core/model/rules.ts'
import { copiesInUse } from '../../src/core/telling/reads/copies.ts'
import { type Drill, startDrill } from '../support/drill.ts'
import { SOURCE, TARGET, worldOf } from '../support/worlds.ts'

let close: () => Promise<void> = async () => undefined
afterEach(() => close())

async function opened(initialization: 'fast' | 'default' = 'fast'): Promise<{ drill: Drill; clients: Clients }> {
  const drill = await startDrill(worldOf({}, {}), { ...NO_RULES, initialization })
  const clients = openClients()
  close = async () => {
    clients.close()
    await drill.close()
  }
  return { drill, clients }
}

/** The rates that EC2 shows of the copies, and the restores of the journal with what became of them. */
async function ratesIn({ reading }: Clients): Promise<(number | null)[]> {
  const { Volumes = [] } = await reading.send(new DescribeVolumesCommand({ MaxResults: 500 }))
  const copies = Volumes.filter(({ AvailabilityZone }) => AvailabilityZone === TARGET)
  return copies.map(({ VolumeInitializationRate }) => VolumeInitializationRate ?? null)
}

const restoresOf = ({ effects }: Migration) =>
  effects.values().flatMap(({ effect, status, failure }) => {
    return effect.step === 'restore'
      ? [[effectId(effect).replace(/^vol-\w+/, 'vol'), status, failure?.code ?? null]]
      : []
  })

const REFUSED = ['vol.restore.1', 'failed', RATE_REFUSED]
const MADE = ['vol.restore.1', 'achieved', null]
const MADE_WITHOUT = ['vol.restore.2', 'achieved', null]

test.each([
  ['fast', [300, 300]],
  ['default', [null, null]],
] as const)('initialization: %s', async (initialization, rates) => {
  const { drill, clients } = await opened(initialization)
  const m = await drill.run(await drill.start(SOURCE, TARGET))
  expect(m.phase).toBe('done')
  expect(await ratesIn(clients)).toEqual(rates)
  expect(restoresOf(m)).toEqual([MADE, MADE])
})

test.each(['VolumeInitializationRateLimitExceeded', 'UnsupportedOperation', 'InvalidParameterCombination'])(
  '%s: that copy is made without a rate, once, by no click, and it is told',
  async (code) => {
    const { drill, clients } = await opened()
    const id = await drill.start(SOURCE, TARGET)
    await drill.run(id, ({ phase }) => phase === 'moving')
    const before = drill.simulated.counts().calls.CreateVolume ?? 0
    drill.simulated.failNext('CreateVolume', code)
    const m = await drill.run(id)
    expect(m.phase).toBe('done')
    expect((await ratesIn(clients)).toSorted()).toEqual([300, null])
    expect(restoresOf(m).toSorted()).toEqual([MADE, REFUSED, MADE_WITHOUT])
    // Those that EC2 took.
    expect(drill.simulated.counts().calls.CreateVolume).toBe(before + 2)
    const entries = await drill.journal().entries(m.id)
    expect(entries.filter(({ kind }) => kind === 'retried')).toEqual([])
    const told = entries.flatMap((entry) =>
      entry.kind === 'warned' && entry.about === 'initialization rate' ? [entry.text] : [],
    )
    expect(told).toEqual([expect.stringContaining(`with an initialization rate (${code}: `)])
  },
)

test('what failed of something else than the rate fails without it too, and waits for people with its own code', async () => {
  const { drill } = await opened()
  const id = await drill.start(SOURCE, TARGET)
  await drill.run(id, ({ phase }) => phase === 'moving')
  // Both copies are called in one turn; the first one is refused again, without a rate, in the next.
  drill.simulated.failNext('CreateVolume', 'InvalidParameterValue')
  const once = await drill.run(id, (m) => restoresOf(m).some(([, status]) => status === 'failed'))
  drill.simulated.failNext('CreateVolume', 'InvalidParameterValue')
  const twice = await drill.run(id, (m) => restoresOf(m).filter(([, status]) => status === 'failed').length > 1)
  expect(restoresOf(once)).toContainEqual(REFUSED)
  expect(restoresOf(twice)).toContainEqual(['vol.restore.2', 'failed', 'InvalidParameterValue'])
})

test('how far copies are loaded is asked for after go-live, at most once a minute, and not at all once all are', async () => {
  const { drill, clients } = await opened()
  const asked = (): number => drill.simulated.counts().calls.DescribeVolumeStatus ?? 0
  const id = await drill.start(SOURCE, TARGET)
  await drill.run(id, ({ phase }) => phase === 'moving')
  expect(asked()).toBe(0)
  const m = await drill.run(id, ({ phase }) => phase === 'live')
  expect(asked()).toBeLessThanOrEqual(1)
  const [first = '', second = ''] = copiesInUse(m).keys()
  const at = async () => await initializationsIn(clients.reading, TARGET, [first, second, 'vol-nowhere'])
  const begun = await at()
  expect(begun).toMatchObject({ answer: [{ volume: first }, { volume: second }, { percent: null, leftMs: null }] })
  drill.pass(600_000)
  expect(await at()).toMatchObject({ answer: [{ percent: 100, leftMs: 0 }, { percent: 100, leftMs: 0 }, {}] })
  const before = asked()
  await drill.turn(id)
  expect(asked()).toBe(before + 1)
  await drill.turn(id)
  drill.pass(600_000)
  await drill.turn(id)
  expect(asked()).toBe(before + 1)
})

test('where EC2 does not let it look it says so, and everything goes on', async () => {
  const { drill, clients } = await opened()
  drill.simulated.deny(['DescribeVolumeStatus'])
  const m = await drill.run(await drill.start(SOURCE, TARGET))
  expect(m.phase).toBe('done')
  const told = (await drill.journal().entries(m.id)).flatMap((entry) =>
    entry.kind === 'warned' && entry.about === 'reads unknown' ? [entry.text] : [],
  )
  expect(told).toEqual([expect.stringContaining('AWS answered UnauthorizedOperation')])
  expect(await initializationsIn(clients.reading, TARGET, ['vol-1'])).toEqual({
    because: expect.stringContaining('UnauthorizedOperation'),
  })
})
