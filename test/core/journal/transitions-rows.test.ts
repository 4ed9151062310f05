// Why an entry may not follow, word for word; and which row of the table counts for one that may.
import { describe, expect, test } from 'vitest'
import { misfit, rowOf } from '../../../src/core/journal/transitions.ts'
import { type Effect, effectId } from '../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import type { Gate, Migration } from '../../../src/core/model/migration.ts'
import { ofMove, ofService } from '../../../src/core/model/subjects.ts'
import { plan, planned } from '../../support/plans.ts'
import { folded } from '../journals.ts'

const at = (...said: readonly EntryBody[]): Migration => folded(plan(), ...said)
const began: EntryBody = { kind: 'began' }
const freezing: EntryBody = { kind: 'freezing', freeze: 'mig-1-f1', services: ['logs'] }
const wentLive: EntryBody = { kind: 'wentLive', percents: {} }
const done: EntryBody = { kind: 'done' }
const aborting: EntryBody = { kind: 'aborting', by: 'U-2', reason: 'a test' }
const halted: EntryBody = { kind: 'halted', why: 'a rival' }
const resumed: EntryBody = { kind: 'resumed', by: 'U-2' }
const cleaning: EntryBody = { kind: 'cleaning', by: 'U-2' }
const LIVE = [began, freezing, wentLive]
const ENDED = [...LIVE, done]

const forward = { generation: 1, direction: 'forward' } as const
const CUT: Effect = { ...forward, subject: ofMove('vol-1'), step: 'snapshot', volumeId: 'vol-1', tags: {} }
const SEED: Effect = { ...CUT, step: 'seed' }
const hosts = (step: 'open' | 'hook', name: string): Effect => ({
  ...{ ...forward, subject: ofService(name), step, service: name, instances: ['i'] },
  work: { method: 'document', document: `zonehop-${step}` },
})
const mark: Effect = {
  ...{ ...forward, subject: { of: 'mark', mark: 'live-logs', part: 1 }, step: 'tag' },
  ...{ resources: ['v'], tags: {}, removed: [] },
}
const intends = (...effects: readonly Effect[]): EntryBody => ({ kind: 'intended', effects })
const begins = (...effects: readonly Effect[]): EntryBody => ({
  ...{ kind: 'seen', achieved: [] },
  started: effects.map((effect) => ({ effect: effectId(effect), resource: 'r', others: [] })),
})
const sees = (...effects: readonly Effect[]): EntryBody => ({
  ...{ kind: 'seen', started: [], achieved: effects.map(effectId) },
})
const fails = (issued: string | null): EntryBody => ({
  ...{ kind: 'failed', effect: effectId(CUT), issued, code: 'X', problem: 'p', remedy: 'r' },
})
const asks = (gate: Gate): EntryBody => ({ kind: 'asked', gate, basis: 'b', evidence: [], again: null })
const gives = (service: string): EntryBody => ({ kind: 'returned', service, by: 'U-2', reason: 'a test' })
const clearing: EntryBody = { kind: 'clearing', resources: [] }
const reads: EntryBody = {
  ...{ kind: 'read', effect: effectId(SEED), doubts: [], leftKib: null, sync: null, isStalled: false },
  sourceRole: 'Primary',
}

describe('why it may not follow', () => {
  const id = 'vol-1.snapshot.1'
  test.each<[string, readonly EntryBody[], EntryBody, string | null]>([
    ['it is planned once', [], planned('mig-1'), 'mig-1 is planned already'],
    ['the phase has no place for it', [], done, 'done has no place in phase planned'],
    ['a gate asks in its phase', [], asks('start'), null],
    ['a gate asks in no other phase', [began], asks('goLive'), 'goLive is not asked in phase seeding'],
    ['the start is asked once', [began], asks('start'), 'start is not asked in phase seeding'],
    ['a cleanup is asked after the end', ENDED, asks('cleanup'), null],
    ['a freeze is not asked after the end', ENDED, asks('freeze'), 'freeze is not asked in phase done'],
    ['an abort before the point of no return', [began, freezing], aborting, null],
    ['an abort of what is halted before it', [began, halted], aborting, null],
    [
      'no abort of what is halted after it',
      [...LIVE, halted],
      aborting,
      'an abort has no place after the point of no return',
    ],
    [
      'no abort of what is halted after the end, which is said first',
      [...ENDED, halted],
      aborting,
      'an abort has no place after the end',
    ],
    ['a service is given back', LIVE, gives('logs'), null],
    ['not twice', [...LIVE, gives('logs')], gives('logs'), 'logs is given back already'],
    ['beside another one', [...LIVE, gives('db')], gives('logs'), null],
    [
      'not once its copies are marked live',
      [...LIVE, intends(mark)],
      gives('logs'),
      'the copies of logs are marked live already',
    ],
    ['what somebody else drove is resumed', [began, halted], resumed, null],
    ['what an entry holds up is not', [began, done], resumed, 'what does not fit is passed by name'],
    ['what is not halted is', [began], resumed, null],
    ['what a cleanup agreed to', [...ENDED, cleaning], clearing, null],
    ['nothing that no cleanup agreed to', ENDED, clearing, 'nobody has asked for a cleanup'],
    [
      'nothing after the end of a cleanup',
      [...ENDED, cleaning, { kind: 'cleaned' }],
      { kind: 'kept', resources: [] },
      'nobody has asked for a cleanup',
    ],
    ['a cleanup ends', [...ENDED, cleaning], { kind: 'cleaned' }, null],
    ['a cleanup ends that was asked for', ENDED, { kind: 'cleaned' }, 'nobody has asked for a cleanup'],
    ['what is intended once', [began], intends(SEED, CUT), null],
    ['not twice', [began, intends(CUT)], intends(SEED, CUT), `intended does not follow intended of ${id}`],
    [
      'nor once it is called',
      [began, intends(CUT), { kind: 'issued', effect: id }],
      intends(CUT),
      `intended does not follow issued of ${id}`,
    ],
    [
      'no opening of what was given back',
      [...LIVE, gives('logs')],
      intends(mark, hosts('open', 'logs')),
      'service/logs.open.1 opens what was given back',
    ],
    ['an opening of another one', [...LIVE, gives('logs')], intends(hosts('open', 'db')), null],
    ['another step of what was given back', [...LIVE, gives('logs')], intends(hosts('hook', 'logs')), null],
    ['a call of what is intended', [began, intends(CUT)], { kind: 'issued', effect: id }, null],
    ['no call of what is not', [began], { kind: 'issued', effect: id }, `issued does not follow none of ${id}`],
    [
      'no call of what is done',
      [began, intends(CUT), sees(CUT)],
      { kind: 'issued', effect: id },
      `issued does not follow achieved of ${id}`,
    ],
    ['what is seen begun', [began, intends(CUT)], begins(CUT), null],
    [
      'nothing of which is known',
      [began, intends(CUT)],
      begins(SEED),
      'seen begun does not follow none of vol-1.seed.1',
    ],
    ['nor one of two', [began, intends(CUT)], begins(CUT, SEED), 'seen begun does not follow none of vol-1.seed.1'],
    ['what is seen done', [began, intends(CUT)], sees(CUT), null],
    ['not what is done', [began, intends(CUT), sees(CUT)], sees(CUT), `seen done does not follow achieved of ${id}`],
    [
      'nor one of two that is not known',
      [began, intends(CUT)],
      sees(CUT, SEED),
      'seen done does not follow none of vol-1.seed.1',
    ],
    ['what hosts told of what is asked', [began, intends(SEED)], reads, null],
    ['and of nothing else', [began], reads, 'read does not follow none of vol-1.seed.1'],
    ['a failure that a look shows', [began, intends(CUT)], fails(null), null],
    ['of nothing that is not known', [began], fails(null), `failed does not follow none of ${id}`],
    ['and not twice', [began, intends(CUT), fails(null)], fails(null), `failed does not follow failed of ${id}`],
    ['the failure of any call, since an older one changes nothing', [began], fails('n9'), null],
    ['an outcome of any call', [began], { kind: 'started', effect: id, issued: 'n9', resource: null }, null],
    ['a warning, in any phase', [began, done], { kind: 'warned', about: 'a', service: null, text: '' }, null],
  ])('%s', (_, before, said, why) => {
    expect(misfit(at(...before), said)).toBe(why)
  })
})

describe('which row counts', () => {
  test.each<[string, Migration['phase'], Exclude<EntryBody, { kind: 'planned' }>, string | null | undefined]>([
    ['no row: it has no place', 'planned', { kind: 'done' }, undefined],
    ['the phase stays', 'seeding', { kind: 'looked' }, null],
    ['the phase that follows', 'live', { kind: 'done' }, 'done'],
    ['what only freezes is still the freeze', 'frozen', { kind: 'intended', effects: [SEED] }, null],
    ['a final snapshot begins the move', 'frozen', { kind: 'intended', effects: [SEED, CUT] }, 'moving'],
    ['nothing intended is no final snapshot', 'frozen', { kind: 'intended', effects: [] }, null],
    ['before a freeze no snapshot begins it', 'seeding', { kind: 'intended', effects: [CUT] }, null],
    [
      'a freeze while others move keeps them moving',
      'moving',
      { kind: 'freezing', freeze: 'f', services: [] },
      'moving',
    ],
    [
      'a freeze found again after the point of no return',
      'live',
      { kind: 'freezing', freeze: 'f', services: [] },
      null,
    ],
    ['what halts goes back to where it was', 'halted', { kind: 'resumed', by: 'U-2' }, 'before'],
  ])('%s', (_, phase, said, to) => {
    const row = rowOf(phase, said)
    expect(row?.to).toBe(to)
    expect(row === null).toBe(to === undefined)
  })
})
