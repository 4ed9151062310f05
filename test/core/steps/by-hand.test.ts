// The way back while nobody can look at EC2: what is asked of hands, of whom it is not asked yet, and how it goes on when EC2 is back.

import { expect, test } from 'vitest'
import { decide } from '../../../src/core/decide.ts'
import { fold } from '../../../src/core/journal/fold.ts'
import { effectId, type ReplicaEffect, type ServiceEffect } from '../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import { COMMAND_VALID_MS } from '../../../src/core/model/limits.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import type { Method } from '../../../src/core/model/plan.ts'
import { ofMove, ofService } from '../../../src/core/model/subjects.ts'
import { code } from '../../../src/core/model/text.ts'
import { byHand } from '../../../src/core/steps/by-hand.ts'
import { facts, LATER_MS, tagged } from '../../support/facts.ts'
import { entries, move, plan, planned, replicaMove, service } from '../../support/plans.ts'

const LOGS = move({ id: 'vol-1', name: 'logs' })

function freezeBy(method: Method): ServiceEffect {
  const work = { method, document: 'zonehop-freeze', todo: [] }
  const base = { subject: ofService('logs'), step: 'freeze', generation: 1, direction: 'forward' } as const
  return { ...base, service: 'logs', instances: ['i-source'], work } as ServiceEffect
}

function frozenBy(method: Method, ...more: readonly EntryBody[]): Migration {
  const before: EntryBody[] = [
    planned('mig-1', { plan: plan([LOGS], { services: [service('logs', { method })] }) }),
    { kind: 'began' },
    { kind: 'freezing', freeze: 'mig-1-f1', services: ['logs'] },
    { kind: 'intended', effects: [freezeBy(method)] },
    { kind: 'issued', effect: 'service/logs.freeze.1' },
  ]
  const m = fold(entries(...before, ...more))
  if (!m || m.halted) throw new Error(m?.halted?.why ?? 'no migration')
  return m
}

const aborting: EntryBody = { kind: 'aborting', by: 'U-2', reason: 'second thoughts' }

test.each<[Method, string]>([
  [
    'document',
    `on i-source: mount logs (vol-1; ${code('lsblk -o NAME,SERIAL,MOUNTPOINT')} shows it as vol1, or on a Xen instance as /dev/xvdf), start logs`,
  ],
  [
    'manual',
    `on i-source: mount logs (vol-1; ${code('lsblk -o NAME,SERIAL,MOUNTPOINT')} shows it as vol1, or on a Xen instance as /dev/xvdf), start logs`,
  ],
  ['stop-instances', 'start the instance i-source, which has logs'],
])('frozen by %s: the exact work', (method, line) => {
  const said = byHand(frozenBy(method, aborting), LATER_MS)
  expect(said).toMatchObject({
    kind: 'intended',
    effects: [{ step: 'unfreeze', direction: 'back', work: { method: 'manual', todo: [line] } }],
  })
})

test.each<[string, Migration, number]>([
  ['no abort', frozenBy('document'), LATER_MS],
  ['a journal in doubt', frozenBy('document', aborting, { kind: 'doubted', why: 'a test' }), LATER_MS],
  ['a host that was told something just now', frozenBy('document', aborting), 5_000 + COMMAND_VALID_MS - 1],
])('nothing is asked: %s', (_, m, nowMs) => {
  expect(byHand(m, nowMs)).toBeNull()
})

test('a replica whose copy may be primary: that is taken down first', () => {
  const files = replicaMove()
  const demote: ReplicaEffect = {
    ...({ subject: ofMove(files.id), step: 'demote', generation: 1, direction: 'forward' } as const),
    ...{ service: 'files', resource: 'files', instances: ['i-files'], document: 'zonehop-replica-demote' },
  }
  const m = fold(
    entries(
      planned('mig-1', { plan: plan([files], { services: [service('files', { method: 'document' })] }) }),
      { kind: 'began' },
      { kind: 'freezing', freeze: 'mig-1-f1', services: ['files'] },
      {
        kind: 'intended',
        effects: [{ ...freezeBy('document'), service: 'files', subject: ofService('files') }, demote],
      },
      { kind: 'issued', effect: 'service/files.freeze.1' },
      { kind: 'issued', effect: effectId(demote) },
      aborting,
    ),
  ) as Migration
  const said = byHand(m, LATER_MS)
  const [effect] = said?.kind === 'intended' ? said.effects : []
  const lines = effect?.step === 'unfreeze' && effect.work.method === 'manual' ? effect.work.todo : []
  expect(lines.map((line) => line.split(':')[0])).toEqual(['on i-files-next, first', 'on i-files'])
})

test('done by hand, the outage is over; when EC2 is back its tags come off, and nothing is started twice', () => {
  const m = frozenBy('document', aborting)
  const asked = byHand(m, LATER_MS) as EntryBody
  const served = frozenBy('document', aborting, asked, {
    kind: 'confirmed',
    intended: 'n7',
    effects: ['service/logs.unfreeze.1'],
    by: 'U-2',
  })
  expect(served.outage?.untilMs).not.toBeNull()
  const seen = facts({ volumes: [tagged(LOGS, { 'zonehop:frozen': 'mig-1-f1' })] })
  const { next } = decide(served, seen, LATER_MS)
  expect(next).toMatchObject({ kind: 'intended', effects: [{ step: 'tag', tags: { 'zonehop:aborted': 'mig-1' } }] })
  expect(byHand(served, LATER_MS)).toBeNull()
})

test('a freeze that is found on the way back, behind a start by hand: the service is started once more', () => {
  const m = frozenBy('document', aborting)
  const asked = byHand(m, LATER_MS)
  if (asked?.kind !== 'intended') throw new Error('nothing is asked')
  const [start] = asked.effects
  const started = frozenBy('document', aborting, asked, {
    kind: 'confirmed',
    intended: 'n7',
    effects: [effectId(start as ServiceEffect)],
    by: 'U-2',
  })
  expect(byHand(started, LATER_MS)).toBeNull()
  const found = frozenBy(
    'document',
    aborting,
    asked,
    {
      kind: 'confirmed',
      intended: 'n7',
      effects: [effectId(start as ServiceEffect)],
      by: 'U-2',
    },
    { kind: 'freezing', freeze: 'mig-1-f2', services: ['logs'] },
  )
  expect(found.outage?.untilMs ?? null).toBeNull()
  expect(byHand(found, LATER_MS)).toMatchObject({ kind: 'intended', effects: [{ step: 'unfreeze', generation: 2 }] })
})

test('nobody starts anything by hand while it is asked whether the target zone takes writes', () => {
  const asked: EntryBody = { kind: 'suspected', about: 'left', says: 'zonehop:left=mig-1', volumes: ['vol-1'] }
  const m = frozenBy('document', aborting)
  expect(byHand(m, LATER_MS)).not.toBeNull()
  const denied: EntryBody = { kind: 'settled', suspected: `n${m.rev + 1}`, isSo: false, by: 'U-2' }
  expect(byHand(frozenBy('document', aborting, asked), LATER_MS)).toBeNull()
  expect(byHand(frozenBy('document', aborting, asked, denied), LATER_MS)).not.toBeNull()
})
