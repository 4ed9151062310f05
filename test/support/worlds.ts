// Small worlds: a few volumes on one server and its successor, quick to move.
import type { VolumeSeed, WorldSeed } from '../../src/demo/ec2/world/entities.ts'

export const SOURCE = 'us-east-1a'
export const TARGET = 'us-east-1c'

export function worldOf(...volumes: readonly Partial<VolumeSeed>[]): WorldSeed {
  return {
    zones: [
      { name: SOURCE, id: 'use1-az1' },
      { name: TARGET, id: 'use1-az4' },
    ],
    instances: [SOURCE, TARGET].map((zone) => ({ name: 'server', zone })),
    volumes: volumes.map((over, index) => ({
      name: `data-${index + 1}`,
      zone: SOURCE,
      instance: 'server',
      device: `/dev/sd${'fghijklmnop'[index]}`,
      sizeGib: 10,
      usedGib: 5,
      type: 'gp3',
      snapshotMinutes: 3,
      tags: { 'zonehop:service': `service-${index + 1}` },
      ...over,
    })),
  }
}
