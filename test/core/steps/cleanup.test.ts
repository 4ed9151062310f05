// Cleanup: what may go and what is kept and why; protected first; only what was agreed to; who may ask and when.
import { describe, expect, test } from 'vitest'
import { mayApprove, mayCleanUp } from '../../../src/core/asking/permits.ts'
import { mayIssue } from '../../../src/core/calling/may-call.ts'
import { recheck } from '../../../src/core/calling/recheck.ts'
import { decide } from '../../../src/core/decide.ts'
import { type Effect, type EffectState, effectId } from '../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import type { Facts, SeenInstance, SeenSnapshot, SeenVolume } from '../../../src/core/model/facts.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import { ofCopy, ofResource } from '../../../src/core/model/subjects.ts'
import { candidatesOf } from '../../../src/core/steps/candidates.ts'
import { cleanupEvidence, protections } from '../../../src/core/steps/cleanup.ts'
import { attachedCopyOf, facts, LATER_MS, snapshotOf } from '../../support/facts.ts'
import { plan, seen, service } from '../../support/plans.ts'
import { at, LOGS } from '../at.ts'
import { migration } from '../people.ts'

const DRAWN = plan([LOGS], { services: [service('logs', { method: 'document' })] })
const DONE = at('done', DRAWN)
const ASKED: EntryBody = { kind: 'cleaning', by: 'U-asker' }
/** The nonce of what is said right behind it. */
const ASKED_NOW = `n${DONE.length + 2}`
const CLEARING: EntryBody = { kind: 'clearing', resources: ['vol-1'] }

const OLD_SERVER: SeenInstance = {
  ...{ id: 'i-source', name: 'logs-server', zone: 'us-east-1a', state: 'stopped', type: 'm5.large' },
  ...{ rootDevice: '/dev/xvda', tags: {} },
}
const LEFT = { ...LOGS.volume.tags, 'zonehop:left': 'mig-1' }
/** Somebody's own backup: whoever took it, it protects. */
const FIRST: SeenSnapshot = {
  ...snapshotOf(LOGS, { id: 'snap-first', volumeId: 'vol-copy-vol-1', startedAtMs: LATER_MS }),
  tags: {},
}

type World = {
  readonly source?: Partial<SeenVolume> | null
  readonly server?: string
  readonly first?: SeenSnapshot | null
}

function world({ source = {}, server = 'stopped', first = FIRST }: World = {}): Facts {
  return facts({
    volumes: [...(source ? [seen(LOGS, { tags: LEFT, ...source })] : []), attachedCopyOf(LOGS)],
    instances: [{ ...OLD_SERVER, state: server }],
    snapshots: first ? [first] : [],
  })
}

const keptBy = (over: World): string | null | undefined => candidatesOf(migration(...DONE, ASKED), world(over))[0]?.kept

describe('what was left behind', () => {
  test.each<[string, World, string | null]>([
    ['at its stopped instance: it may go', {}, null],
    ['at no instance: it may go', { source: { attachments: [] } }, null],
    ['at a running one', { server: 'running' }, 'it is in use: attached to i-source, which is not stopped'],
    [
      'at another one',
      {
        source: {
          attachments: [{ instance: 'i-9', device: '/dev/sdf', state: 'attached', deleteOnTermination: false }],
        },
      },
      'it is attached to i-9 now',
    ],
    ['retagged by people', { source: { tags: { ...LEFT, Name: 'keep me' } } }, 'its tags were changed since the plan'],
    ['not left any more', { source: { tags: LOGS.volume.tags } }, 'it does not say zonehop:left=mig-1 any more'],
    ['of another size', { source: { sizeGib: 200 } }, 'its size was changed since the plan'],
  ])('%s', (_, over, then) => expect(keptBy(over)).toBe(then))

  test('gone already: nothing to say of it', () => expect(keptBy({ source: null })).toBeUndefined())

  test('is named with size, age, cost and what protects its copy', () => {
    const { lines, resources } = cleanupEvidence(migration(...DONE, ASKED), world()) ?? { lines: [], resources: [] }
    expect(resources).toEqual(['vol-1'])
    expect(lines[1]).toBe(
      'Deletes logs (vol-1): 100 GiB of gp3, 0 days old, about $8 a month; vol-copy-vol-1 has snap-first of 1970-01-01; it is detached from i-source first, which is stopped.',
    )
  })

  test('with nothing that may go, nothing is asked', () => {
    expect(cleanupEvidence(migration(...DONE, ASKED), world({ server: 'running' }))).toBeNull()
    const kept = decide(migration(...DONE, ASKED), world({ server: 'running' }), LATER_MS).next
    expect(kept).toMatchObject({ kind: 'kept', resources: [{ id: 'vol-1', name: 'logs' }] })
    const told = migration(...DONE, ASKED, kept as EntryBody)
    expect(decide(told, world({ server: 'running' }), LATER_MS).next).toEqual({ kind: 'cleaned' })
  })
})

describe('step by step', () => {
  const next = (over: World, ...said: readonly EntryBody[]) =>
    decide(migration(...DONE, ASKED, ...said), world(over), LATER_MS).next

  test('nobody asked: nothing', () => expect(decide(migration(...DONE), world(), LATER_MS).next).toBeNull())

  test('a copy without a completed snapshot gets one first', () => {
    const taken = { kind: 'intended', effects: [{ step: 'firstSnapshot', volumeId: 'vol-copy-vol-1' }] }
    expect(next({ first: null })).toMatchObject(taken)
    expect(next({ first: { ...FIRST, state: 'pending' } })).not.toMatchObject({ kind: 'asked' })
    // Begun before it took writes, it protects nothing of them.
    expect(next({ first: { ...FIRST, startedAtMs: 1_000 } })).toMatchObject(taken)
  })

  test('a first snapshot from before it took writes, or that is gone, is taken anew', () => {
    const first: Effect = {
      ...{ subject: ofCopy('vol-1', 'vol-copy-vol-1'), step: 'firstSnapshot', generation: 1, direction: 'forward' },
      ...{ volumeId: 'vol-copy-vol-1', tags: { Name: 'logs (first)' } },
    }
    const seenFirst: EntryBody = {
      kind: 'seen',
      started: [{ effect: 'vol-1/vol-copy-vol-1.firstSnapshot.1', resource: 'snap-first', others: [] }],
      achieved: ['vol-1/vol-copy-vol-1.firstSnapshot.1'],
    }
    const intended: EntryBody = { kind: 'intended', effects: [first] }
    const live = DONE.findIndex(({ kind }) => kind === 'wentLive')
    const early = migration(...DONE.slice(0, live), intended, seenFirst, ...DONE.slice(live), ASKED)
    const anew = { kind: 'intended', effects: [{ ...first, generation: 2 }] }
    expect(decide(early, world({ first: { ...FIRST, startedAtMs: 1_000 } }), LATER_MS).next).toEqual(anew)
    const late: readonly EntryBody[] = [intended, seenFirst]
    expect(next({ first: null }, ...late)).toEqual(anew)
    // Its own journal tells that it is younger, whatever EC2's clock says.
    expect(next({ first: { ...FIRST, startedAtMs: 1 } }, ...late)).toMatchObject({ kind: 'asked' })
  })

  test('a look from before it was asked for says nothing of what may go', () => {
    const early = { ...world({ server: 'running' }), rev: DONE.length }
    expect(decide(migration(...DONE, ASKED), early, LATER_MS).next).toBeNull()
  })

  test('then the gate asks', () => expect(next({})).toMatchObject({ kind: 'asked', gate: 'cleanup' }))

  test('agreed to: off its stopped instance, then away', () => {
    const detach = next({}, CLEARING)
    expect(detach).toMatchObject({ kind: 'intended', effects: [{ step: 'detachSource', instance: 'i-source' }] })
    const done: EntryBody = { kind: 'seen', started: [], achieved: ['vol-1.detachSource.1'] }
    const away = next({ source: { attachments: [] } }, CLEARING, detach as EntryBody, done)
    expect(away).toMatchObject({ kind: 'intended', effects: [{ step: 'delete', resource: 'vol-1' }] })
    const gone: EntryBody = { kind: 'seen', started: [], achieved: ['vol-1.delete.1'] }
    expect(next({ source: null }, CLEARING, detach as EntryBody, done, away as EntryBody, gone)).toEqual({
      kind: 'cleaned',
    })
  })

  test('gone, and the journal lost by whom: nothing is left to do for it', () => {
    const away = next({ source: null }, CLEARING)
    expect(away).toMatchObject({ kind: 'intended', effects: [{ step: 'delete', resource: 'vol-1' }] })
    expect(next({ source: null }, CLEARING, away as EntryBody)).toEqual({
      kind: 'seen',
      started: [],
      achieved: ['vol-1.delete.1'],
    })
  })

  test('asked for once more, it is agreed to once more', () => {
    const asked = next({}) as Extract<EntryBody, { kind: 'asked' }>
    const approved: EntryBody = { kind: 'approved', asked: ASKED_NOW, gate: 'cleanup', basis: asked.basis, by: 'U-2' }
    expect(next({}, asked, approved)).toMatchObject({ kind: 'clearing' })
    const kept: EntryBody = { kind: 'kept', resources: [{ id: 'vol-1', name: 'logs', why: 'in use' }] }
    const second: readonly EntryBody[] = [asked, approved, CLEARING, kept, { kind: 'cleaned' }, ASKED]
    expect(next({}, ...second)).toEqual(asked)
    expect(next({}, ...second, asked)).toBeNull()
  })

  test('what was paused when it ended can be cleaned up', () => {
    const m = migration(...DONE.slice(0, -1), { kind: 'paused', by: 'U-2' }, { kind: 'done' }, ASKED)
    expect(decide(m, world(), LATER_MS).next).toMatchObject({ kind: 'asked', gate: 'cleanup' })
  })

  test('what an abort left uncalled is not called by a cleanup, nor waited for', () => {
    const uncalled = at('seeding', DRAWN, { seeds: true }).filter(({ kind }) => kind !== 'issued')
    const m = migration(...uncalled, { kind: 'aborting', by: 'U-2', reason: 'a test' }, { kind: 'aborted' }, ASKED)
    expect(mayIssue(m, m.effects.get('vol-1.seed.1') as EffectState)).toBe(false)
    expect(decide(m, world(), LATER_MS)).toMatchObject({ effects: [], waits: [] })
  })

  test('in use again by then: kept, and said', () => {
    const kept = next({ server: 'running' }, CLEARING)
    expect(kept).toMatchObject({ kind: 'kept', resources: [{ id: 'vol-1', name: 'logs' }] })
    expect(next({ server: 'running' }, CLEARING, kept as EntryBody)).toEqual({ kind: 'cleaned' })
  })

  test('its server started again just when it was detached: kept', () => {
    const detach: EntryBody = {
      kind: 'intended',
      effects: [
        {
          ...{ subject: ofResource('vol-1'), step: 'detachSource', generation: 1, direction: 'forward' },
          ...{ volumeId: 'vol-1', instance: 'i-source', device: '/dev/sdf' },
        },
      ],
    }
    const off: EntryBody = { kind: 'seen', started: [], achieved: ['vol-1.detachSource.1'] }
    const kept = next({ source: { attachments: [] }, server: 'running' }, CLEARING, detach, off)
    expect(kept).toMatchObject({
      kind: 'kept',
      resources: [{ why: 'it was detached from i-source, which was started again' }],
    })
    expect(next({ source: { attachments: [] } }, CLEARING, detach, off)).toMatchObject({
      effects: [{ step: 'delete' }],
    })
  })

  test('only what was agreed to is issued, and looked at again just before', () => {
    const of = { subject: ofResource('vol-1'), generation: 1, direction: 'forward' } as const
    const effect: Effect = { ...of, step: 'delete', resource: 'vol-1' }
    const intended: EntryBody = { kind: 'intended', effects: [effect] }
    const issues = (...said: readonly EntryBody[]): boolean => {
      const m = migration(...DONE, ASKED, ...said, intended)
      return mayIssue(m, m.effects.get(effectId(effect)) as EffectState)
    }
    expect(issues()).toBe(false)
    expect(issues(CLEARING)).toBe(true)
    expect(issues({ kind: 'clearing', resources: ['vol-2'] })).toBe(false)
    expect(issues(CLEARING, { kind: 'kept', resources: [{ id: 'vol-1', name: 'logs', why: 'in use' }] })).toBe(false)
    expect(issues(CLEARING, { kind: 'cleaned' })).toBe(false)
    const m = migration(...DONE, ASKED, CLEARING)
    expect(recheck(m, effect, world({ source: { attachments: [] } }))).toBeNull()
    expect(recheck(m, effect, world())).toBe('vol-1 is attached')
    expect(recheck(m, effect, world({ source: { attachments: [], tags: {} } }))).toMatch(/does not say/)
    expect(recheck(m, effect, world({ server: 'running' }))).toMatch(/in use/)
    expect(recheck(m, effect, world({ source: null }))).toMatch(/not shown/)
    expect(recheck(migration(...DONE, ASKED), effect, world())).toMatch(/nobody agreed/)
  })
})

describe('who, and when', () => {
  const DAY_MS = 86_400_000
  const done = migration(...DONE)
  const keptUntilMs = (done.endedAtMs ?? 0) + 14 * DAY_MS

  test.each<[string, Migration, number, RegExp | null]>([
    ['while it runs', migration(...at('began', DRAWN)), keptUntilMs, /can be cleaned up once it is over/],
    ['before the retention has passed', done, keptUntilMs - 1, /is kept until 1970-01-15/],
    ['behind it', done, keptUntilMs, null],
    ['twice', migration(...DONE, ASKED), keptUntilMs, /runs already/],
    ['once more, behind the first', migration(...DONE, ASKED, { kind: 'cleaned' }), keptUntilMs, null],
    [
      'of what never began',
      migration(...at('planned', DRAWN), { kind: 'declined', asked: null, gate: 'start', by: 'U-2' }),
      keptUntilMs,
      /never began/,
    ],
  ])('%s', (_, m, nowMs, then) => {
    const { refusal } = mayCleanUp(m, nowMs) ?? { refusal: null }
    if (then) expect(refusal).toMatch(then)
    else expect(refusal).toBeNull()
  })

  test('someone else, who types the id', () => {
    const m = migration(...DONE, ASKED, { kind: 'asked', gate: 'cleanup', basis: 'b1', evidence: [], again: null })
    const ask = { gate: 'cleanup', asked: ASKED_NOW } as const
    expect(mayApprove(m, { ...ask, by: 'U-asker', typed: 'mig-1' })?.refusal).toMatch(/someone else/)
    expect(mayApprove(m, { ...ask, by: 'U-2', typed: 'mig-2' })?.refusal).toBe(
      'Type mig-1 to approve; you typed "mig-2".',
    )
    expect(mayApprove(m, { ...ask, by: 'U-2' })?.refusal).toMatch(/^Type mig-1/)
    expect(mayApprove(m, { ...ask, by: 'U-2', typed: ' mig-1 ' })).toBeNull()
  })
})

test('after an abort only what the migration made', () => {
  const said: readonly EntryBody[] = [
    ...at('attaching', DRAWN),
    { kind: 'aborting', by: 'U-2', reason: 'a test' },
    { kind: 'aborted' },
    ASKED,
  ]
  const made = attachedCopyOf(LOGS, { state: 'available', attachments: [] })
  const stray = seen(LOGS, { id: 'vol-people', zone: 'us-east-1c', attachments: [] })
  const all = facts({ volumes: [seen(LOGS), made, stray], snapshots: [snapshotOf(LOGS)], instances: [OLD_SERVER] })
  const { resources } = cleanupEvidence(migration(...said), all) ?? { resources: [] }
  expect(resources).toEqual(['vol-copy-vol-1', 'snap-vol-1'])
  const keeping = facts({
    volumes: [{ ...made, tags: { ...made.tags, 'zonehop:live': 'mig-1' } }],
    snapshots: [snapshotOf(LOGS, { state: 'pending' })],
  })
  expect(candidatesOf(migration(...said), keeping).map(({ kept }) => kept)).toEqual([
    'it says zonehop:live',
    'EC2 is still making it',
  ])
})

// Seed 1172445177: the first snapshot of such a copy ended in error, and nobody could have it tried again: it was needed no more.
test('the copy of what was given back is not protected: its source serves', () => {
  const end = DONE.findIndex(({ kind }) => kind === 'done')
  const given: EntryBody = { kind: 'returned', service: 'logs', by: 'U-2', reason: 'a test' }
  const m = migration(...DONE.slice(0, end), given, ...DONE.slice(end), ASKED)
  const there = facts({ volumes: [seen(LOGS), attachedCopyOf(LOGS)], instances: [OLD_SERVER] })
  expect(m.phase).toBe('done')
  expect(protections(m, there)).toEqual([])
})

// Seed 16009529: EC2 refused the snapshot of a copy that had ended in error, and the cleanup waited for it for ever.
test('a copy that ended in error, or is not shown, is not protected: it holds nothing', () => {
  const m = migration(...DONE, ASKED)
  const copyIn = (state: string): Facts =>
    facts({ volumes: [seen(LOGS, { tags: LEFT }), { ...attachedCopyOf(LOGS), state }], instances: [OLD_SERVER] })
  expect(protections(m, copyIn('in-use')).map(effectId)).toEqual(['vol-1/vol-copy-vol-1.firstSnapshot.1'])
  expect(protections(m, copyIn('error'))).toEqual([])
  expect(protections(m, facts({ volumes: [seen(LOGS, { tags: LEFT })] }))).toEqual([])
})
