// The ports of AWS as the product has them (src/aws), on a simulated EC2 and SSM in process. Each call takes its time on the way
// there and back, and whatever can befall a call befalls it.
import { changedBlocks } from '../../../src/aws/changed-blocks.ts'
import { hosts as hostsEdge } from '../../../src/aws/commands.ts'
import { ec2 as ec2Edge } from '../../../src/aws/ec2.ts'
import { unreadable } from '../../../src/aws/errors/sort.ts'
import { standing } from '../../../src/aws/inventory.ts'
import type { Ebs, Ec2, Hosts } from '../../../src/core/ports.ts'
import type { Store } from '../../../src/demo/ec2/world/store.ts'
import type { Hosts as SimulatedHosts } from '../../../src/demo/ssm/entities.ts'
import { NO_SURVEY } from '../../support/plans.ts'
import { type Line, simulatedClients } from './clients.ts'

export function edge(store: Store, simulated: SimulatedHosts, line: Line): { ec2: Ec2; hosts: Hosts; ebs: Ebs } {
  const { reading, calling } = simulatedClients(store, simulated, line)
  const { observe, zones, initializations } = ec2Edge(reading)
  const on = (effect: Parameters<typeof calling>[0]['effect'], migration = ''): Ec2 =>
    ec2Edge(calling({ effect, migration }))
  return {
    ec2: {
      isReachable: async (call) => line.reaches(call === 'command' ? 'SSM' : 'EC2'),
      zones,
      // Without the survey: what preflight asks besides has its own tests.
      inventory: async (zones) => {
        const found = await standing(reading, zones).catch((error: unknown) => {
          throw unreadable('EC2', error)
        })
        return { ...found, survey: NO_SURVEY }
      },
      observe,
      initializations,
      createSnapshot: (effect, order) => on(effect, order.migration).createSnapshot(effect, order),
      createVolume: (effect, order) => on(effect, order.migration).createVolume(effect, order),
      attachVolume: (effect) => on(effect).attachVolume(effect),
      detachVolume: (effect) => on(effect).detachVolume(effect),
      deleteResource: (effect) => on(effect).deleteResource(effect),
      setDeleteOnTermination: (effect) => on(effect).setDeleteOnTermination(effect),
      createTags: (effect) => on(effect).createTags(effect),
      deleteTags: (effect) => on(effect).deleteTags(effect),
      setInstances: (effect) => on(effect).setInstances(effect),
    },
    ebs: changedBlocks(reading),
    hosts: {
      run: (effect, order) => hostsEdge(calling({ effect, migration: order.migration })).run(effect, order),
    },
  }
}
