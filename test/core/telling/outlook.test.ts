// What people are told goes on while some services have stopped and others still write: that is what is waited for.
import { describe, expect, test } from 'vitest'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import { bold } from '../../../src/core/model/text.ts'
import { doing, phaseBar, phaseShown, whenOver } from '../../../src/core/telling/outlook.ts'
import { sample } from '../../../src/core/telling/progress.ts'
import { facts, LATER_MS, snapshotOf } from '../../support/facts.ts'
import { move, plan, service } from '../../support/plans.ts'
import { at, LOGS, seenAt } from '../at.ts'
import { migration, settle } from '../people.ts'

const DB = move({ id: 'vol-3', name: 'db', device: '/dev/sdh' })
/** logs is stopped by hand, and db by its document. */
const TWO = plan([LOGS, DB], { services: [service('db', { method: 'document' }), service('logs')] })
const CUT = snapshotOf(DB, { id: 'snap-vol-3', state: 'pending', startedAtMs: LATER_MS - 600_000, percent: 40 })

/** db has stopped and is copied; whether somebody has said already that logs was stopped. */
function whereLogs(isStopped: boolean) {
  const stopping = settle(at('frozen', TWO), seenAt('moving', TWO), isStopped ? 'answer' : 'silent')
  const look = { ...facts({ snapshots: [CUT] }), beganAtMs: LATER_MS }
  const m = migration(...stopping, ...begun(isStopped ? ['vol-1', 'vol-3'] : ['vol-3']))
  return { m, progress: sample(m, look, [], { before: null, lookedMs: 0 }) }
}

function begun(moves: readonly string[]): EntryBody[] {
  const started = moves.map((id) => ({ effect: `${id}.snapshot.1`, resource: `snap-${id}`, others: [] }))
  return [{ kind: 'seen', started, achieved: [] }]
}

describe('one is copied', () => {
  test('and another one still writes: writes are being stopped, and when all is copied nobody knows', () => {
    const { m, progress } = whereLogs(false)
    expect(m.phase).toBe('moving')
    expect(phaseShown(m)).toBe('frozen')
    expect(doing(m)).toContain('stopping writes')
    expect(phaseBar(m)).toContain(bold('stop writes'))
    expect(whenOver(m, progress)).toBeNull()
  })

  test('and all have stopped: data is copied', () => {
    const { m, progress } = whereLogs(true)
    expect(phaseShown(m)).toBe('moving')
    expect(doing(m)).toContain('copying data, services are down')
    expect(phaseBar(m)).toContain(bold('copy'))
    expect(whenOver(m, progress)).toContain('Copied ')
  })
})
