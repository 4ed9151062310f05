// What a day of a watch costs: counted at the simulated EC2, over the real SDK.
import { expect, test } from 'vitest'
import { watch } from '../../jobs/watching/watch.ts'
import { openClients } from '../../src/aws/clients.ts'
import { ec2 as ec2Edge } from '../../src/aws/ec2.ts'
import { NO_RULES } from '../../src/core/model/rules.ts'
import { startSimulatedEc2 } from '../../src/demo/ec2/server.ts'
import { SOURCE, smallVolumes, TARGET, worldOf } from '../../src/demo/servers.ts'
import { memoryInventories, memoryWatches } from '../support/memory-inventories.ts'
import { memoryJournal } from '../support/memory-journal.ts'
import { NO_VIEWS } from '../support/use-cases.ts'

const CALLS_MAX = 20

test('a zone of a thousand volumes takes at most twenty describes a day', async () => {
  const clock = { now: () => Date.UTC(2026, 2, 4, 3), touch: () => undefined }
  const simulated = await startSimulatedEc2({ clock, world: worldOf(smallVolumes(1_000)), random: () => 0.5 })
  const { url } = simulated
  for (const service of ['EC2', 'SSM', 'SERVICE_QUOTAS', 'KMS', 'EBS']) process.env[`AWS_ENDPOINT_URL_${service}`] = url
  Object.assign(process.env, { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' })
  const clients = openClients()
  const watches = memoryWatches()
  const pair = { sourceZone: SOURCE, targetZone: TARGET, channel: 'C0WATCH' }
  const ports = {
    ...{ watches, inventories: memoryInventories(), views: NO_VIEWS, clock, rules: NO_RULES, approvers: [] },
    journal: memoryJournal(clock.now),
    queue: { nudge: async () => undefined },
    ec2: ec2Edge(clients),
    speaker: { post: async () => '1.0', update: async () => undefined },
    turns: { take: async () => true, wait: async () => undefined, refused: async () => undefined },
    onError: () => undefined,
  }
  try {
    for (let hour = 0; hour < 24; hour++) await watch(pair, ports)
    const { state } = await watches.read(pair)
    expect(state?.plan?.covered.length).toBeGreaterThan(1_000)
    const calls = { ...simulated.counts().calls, ...simulated.otherCounts().calls }
    const describes = Object.entries(calls).filter(([action]) => action.startsWith('Describe'))
    const total = describes.reduce((sum, [, count]) => sum + count, 0)
    expect(total, JSON.stringify(describes)).toBeLessThanOrEqual(CALLS_MAX)
    expect(total).toBeGreaterThan(5)
  } finally {
    clients.close()
    await simulated.close()
  }
})
