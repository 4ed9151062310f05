// In what a copy may differ from its source, attribute by attribute, and what of it does not count.
import { describe, expect, test } from 'vitest'
import type { SeenVolume } from '../../../src/core/model/facts.ts'
import { type Difference, differences } from '../../../src/core/seeing/parity.ts'
import { attachedCopyOf } from '../../support/facts.ts'
import { move, replicaMove, seen, volume } from '../../support/plans.ts'
import { attachment } from './stages.ts'

const LOGS = move({
  id: 'vol-1',
  name: 'logs',
  kmsKeyId: 'key-1',
  encrypted: true,
  tags: { Name: 'logs', Team: 'a', 'zonehop:left': 'mig-1' },
})
const of = (attribute: string, source: string, copy: string): Difference => ({ attribute, source, copy })
const at = (instance: string, device: string, state?: string) => ({
  attachments: [attachment(instance, device, state)],
})
const nowhere = [
  of('instance', 'i-target', 'undefined'),
  of('device', '/dev/sdf', 'undefined'),
  of('DeleteOnTermination', 'false', 'undefined'),
]

describe('a copy by snapshots', () => {
  test.each<[string, Partial<SeenVolume>, Difference[]]>([
    ['that is equal', {}, []],
    ['of another size', { sizeGib: 200 }, [of('size', '100', '200')]],
    ['of another type', { type: 'io2' }, [of('type', 'gp3', 'io2')]],
    ['with other IOPS', { iops: null }, [of('IOPS', '3000', 'null')]],
    ['with another throughput', { throughputMibps: 250 }, [of('throughput', '125', '250')]],
    ['that is not encrypted', { encrypted: false }, [of('encryption', 'true', 'false')]],
    ['with another key', { kmsKeyId: 'key-2' }, [of('KMS key', 'key-1', 'key-2')]],
    ['with another tag', { tags: { Name: 'logs', Team: 'b' } }, [of('tag Team', 'a', 'b')]],
    ['with a tag less', { tags: { Name: 'logs' } }, [of('tag Team', 'a', 'undefined')]],
    ['with a tag more, and none of zonehop’s', { tags: { Name: 'logs', Team: 'a', More: 'x' } }, []],
    ['at another instance', at('i-9', '/dev/sdf'), [of('instance', 'i-target', 'i-9')]],
    ['at another device', at('i-target', '/dev/sdg'), [of('device', '/dev/sdf', '/dev/sdg')]],
    ['at none', { attachments: [] }, nowhere],
    ['that is still being attached', at('i-target', '/dev/sdf', 'attaching'), nowhere],
    [
      'that outlives nothing',
      { attachments: [{ ...attachment('i-target', '/dev/sdf'), deleteOnTermination: true }] },
      [of('DeleteOnTermination', 'false', 'true')],
    ],
    [
      'that differs twice',
      { sizeGib: 1, ...at('i-9', '/dev/sdf') },
      [of('size', '100', '1'), of('instance', 'i-target', 'i-9')],
    ],
  ])('%s', (_, over, then) => expect(differences(LOGS, attachedCopyOf(LOGS, over))).toEqual(then))
})

describe('the copy of a replica', () => {
  const PAIR = (name: string, device: string) => ({
    source: volume({ id: `vol-${name}`, name, device, sizeGib: 100 }),
    copy: volume({ id: `vol-${name}-copy`, sizeGib: 200, type: 'io2' }),
  })
  const FILES = replicaMove({ pairs: [PAIR('a', '/dev/sdp'), PAIR('b', '/dev/sdq')] })
  const copy = (id: string, device: string): SeenVolume =>
    seen({ volume: volume({ id, sizeGib: 200 }) }, at('i-files-next', device))

  test('was people’s before: only where it is attached counts, each as its own source', () => {
    expect(differences(FILES, copy('vol-b-copy', '/dev/sdq'))).toEqual([])
    expect(differences(FILES, copy('vol-b-copy', '/dev/sdp'))).toEqual([of('device', '/dev/sdq', '/dev/sdp')])
  })
  test('of no pair is like none', () => {
    expect(differences(FILES, copy('vol-x', '/dev/sdp')).map(({ attribute }) => attribute)).toEqual(['device'])
  })
})
