// The inventory while EC2 does not show a zone: what it showed last stands in for that zone alone, and says so.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Clients, openClients } from '../../src/aws/clients.ts'
import { ec2 } from '../../src/aws/ec2.ts'
import { Unreadable } from '../../src/core/ports.ts'
import { startDrill } from '../support/drill.ts'
import { SOURCE, TARGET, worldOf } from '../support/worlds.ts'

const ZONES = { sourceZone: SOURCE, targetZone: TARGET }
const DARK = { state: 'impaired', message: 'We are investigating.', isDark: true } as const

let drill: Awaited<ReturnType<typeof startDrill>>
let clients: Clients
beforeEach(async () => {
  drill = await startDrill(worldOf({}))
  clients = openClients()
})
afterEach(async () => {
  clients.close()
  await drill.close()
})

const read = ec2Of()
function ec2Of() {
  return { now: () => ec2(clients).inventory(ZONES) }
}

test('a zone that EC2 does not show is as it was, and the other one as it is', async () => {
  const inventory = await read.now()
  expect(inventory.asOf).toBeUndefined()
  const mine = inventory.volumes.filter(({ zone }) => zone === SOURCE)
  expect(mine.length).toBeGreaterThan(0)
  drill.simulated.setZone(SOURCE, DARK)
  const made = drill.simulated.addVolume({
    ...{ name: 'new', zone: TARGET, sizeGib: 8, usedGib: 1, type: 'gp3', snapshotMinutes: 1 },
  })
  drill.pass(600_000)
  const later = await ec2(clients).inventory(ZONES, { inventory, atMs: 1_000, nowMs: 601_000 })
  expect(later.asOf).toMatchObject({ zones: [SOURCE], atMs: 1_000, triedAtMs: 601_000, survey: inventory.survey })
  expect(later.asOf?.why).toContain('Unavailable')
  expect(later.volumes.filter(({ zone }) => zone === SOURCE)).toEqual(mine)
  expect(later.volumes.map(({ id }) => id)).toContain(made)
  expect(later.zones.find(({ name }) => name === SOURCE)).toMatchObject({
    ...{ state: 'impaired', messages: ['We are investigating.'] },
  })
  // A call that would show what stands there has no answer of its own.
  expect(later.survey.dryRuns).toHaveProperty('answer')
})

test('with nothing to stand in for it there is no inventory', async () => {
  drill.simulated.setZone(SOURCE, DARK)
  await expect(read.now()).rejects.toBeInstanceOf(Unreadable)
})
