// A file server with a replica for the tests: its source in one zone, its copy at a backup server in the other.
import type { WorldSeed } from '../../../src/demo/ec2/world/entities.ts'
import { isRecord } from '../../../src/demo/ssm/json.ts'
import type { ReplicaSeed } from '../../../src/demo/ssm/seeds.ts'
import { A, C, DATA, seconds, WORLD } from '../ec2/simulated.ts'
import { ofDocument, type SimulatedSsm, simulatedSsm } from './simulated.ts'

function worldOf(replica: Partial<ReplicaSeed>) {
  const { instance: _, ...free } = DATA
  return {
    ...WORLD,
    instances: [
      { name: 'files', zone: A },
      { name: 'files-backup', zone: C },
      { name: 'files', zone: C },
    ],
    volumes: [
      { ...free, name: 'files-data', instance: 'files' },
      { ...free, name: 'files-copy', zone: C, instance: 'files-backup' },
    ],
    hosts: [{ instance: 'files', zone: A, services: [{ name: 'files', devices: ['/dev/sdf'] }] }],
    replicas: [{ resource: 'r0', source: ['files-data'], replica: ['files-copy'], ...replica }],
  }
}

export type Files = SimulatedSsm & {
  /** Runs a document at a host and gives what it said, or its complaint. */
  readonly at: (host: 'source' | 'backup' | 'target', document: string) => string
  /** Takes the copy from the backup server to the target. */
  readonly moved: () => void
}

export function files(replica: Partial<ReplicaSeed> = {}, more: Partial<WorldSeed> = {}): Files {
  const s = simulatedSsm({ world: { ...worldOf(replica), ...more } })
  const ids = { source: s.id('files', A), backup: s.id('files-backup', C), target: s.id('files', C) }
  let rev = 0
  const at: Files['at'] = (host, document) => {
    const Parameters = { service: ['files'], resource: ['r0'], rev: [`${++rev}`], notAfter: ['2099-01-01T00:00:00Z'] }
    const sent = s.ask('SendCommand', { DocumentName: `zonehop-${document}`, InstanceIds: [ids[host]], Parameters })
    s.clock.nowMs += seconds(6)
    const CommandId = isRecord(sent.Command) ? sent.Command.CommandId : ''
    const seen = s.ask('GetCommandInvocation', { CommandId, InstanceId: ids[host] })
    return `${seen.StandardOutputContent}${ofDocument(String(seen.StandardErrorContent))}`.trimEnd()
  }
  const moved = () => {
    s.body('DetachVolume', { VolumeId: s.id('files-copy', C) })
    s.clock.nowMs += seconds(5)
    s.body('AttachVolume', { VolumeId: s.id('files-copy', C), InstanceId: ids.target, Device: '/dev/sdf' })
    s.clock.nowMs += seconds(5)
  }
  return { ...s, at, moved }
}
