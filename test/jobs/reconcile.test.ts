// A tick whose journal is put back to an older state while it looks: what was looked at was another migration.
import { expect, test } from 'vitest'
import { type ReconcilePorts, reconcile } from '../../jobs/reconcile.ts'
import type { Effect } from '../../src/core/effects.ts'
import type { Said } from '../../src/core/entries.ts'
import type { Facts } from '../../src/core/facts.ts'
import { copiedTags } from '../../src/core/plan.ts'
import { facts, LATER_MS, tagged } from '../support/facts.ts'
import { memoryJournal } from '../support/memory-journal.ts'
import { entries, move, plan, planned, service } from '../support/plans.ts'

const LOGS = move({ id: 'vol-1', name: 'logs' })
const DROPBOX = move({ id: 'vol-2', name: 'dropbox', device: '/dev/sdg' })
const BOTH = plan([LOGS, DROPBOX], { services: [service('logs'), service('dropbox', { need: 'deferrable' })] })
const RESTORE: Effect = {
  subject: 'vol-2',
  step: 'restore',
  generation: 1,
  snapshotId: 'snap-vol-2',
  zone: 'us-east-1c',
  like: DROPBOX.volume,
  tags: copiedTags(DROPBOX.volume.tags),
}
const OPEN: Effect = {
  subject: 'service/dropbox',
  step: 'open',
  generation: 1,
  service: 'dropbox',
  instances: ['i-target'],
  work: { method: 'manual', todo: [] },
}
const OPENED = entries(
  planned('mig-1', { plan: BOTH }),
  { kind: 'began' },
  { kind: 'freezing', freeze: 'mig-1-f1', services: ['logs', 'dropbox'] },
  { kind: 'intended', effects: [RESTORE] },
  { kind: 'seen', started: [{ effect: 'vol-2.restore.1', resource: 'vol-copy' }], achieved: ['vol-2.restore.1'] },
  { kind: 'wentLive', percents: {} },
  { kind: 'intended', effects: [OPEN] },
  { kind: 'confirmed', effects: ['service/dropbox.open.1'], by: 'U-2' },
)

/** One tick; `meanwhile` happens while it looks at what a migration with an open Dropbox looks at. */
async function tick(meanwhile: 'nothing' | 'put back' | 'put back, and written on'): Promise<Said['kind'][]> {
  const journal = memoryJournal(() => LATER_MS)
  journal.load(OPENED.slice(0, -1))
  const older = journal.keep()
  journal.load(OPENED)
  journal.putBack(journal.keep(), 'r1')
  const observe = async (): Promise<Facts> => {
    if (meanwhile !== 'nothing') journal.putBack(older, 'r2')
    if (meanwhile === 'put back, and written on') {
      const other = journal.open()
      await other.append('mig-1', await other.read('mig-1'), { kind: 'doubted' })
    }
    return facts({ volumes: [tagged(LOGS, { 'zonehop:frozen': 'mig-1-f1' })] })
  }
  const nothing = async (): Promise<void> => undefined
  const nudged: string[] = []
  const ports = {
    journal,
    ec2: { observe },
    queue: { nudge: async (id: string) => void nudged.push(id), enqueue: nothing, nudgeNotify: nothing },
    views: { saveProgress: nothing },
    clock: { now: () => LATER_MS, sleep: nothing },
    interruption: () => new AbortController().signal,
    stillMs: () => 0,
  }
  await reconcile('mig-1', ports as unknown as ReconcilePorts)
  expect(nudged).toEqual(['mig-1'])
  return (await journal.entries('mig-1')).slice(OPENED.length - 1).map(({ kind }) => kind)
}

test.each([
  ['nothing', ['confirmed', 'intended']],
  ['put back', []],
  ['put back, and written on', ['doubted']],
] as const)('%s: what it did not look for is not taken for gone', async (meanwhile, kinds) => {
  expect(await tick(meanwhile)).toEqual(kinds)
})
