// The sentence that a person gets when they may not do something, word for word, and both sides of every rule.

import { describe, expect, test } from 'vitest'
import {
  failedEffect,
  isMoot,
  manualWorkOf,
  mayAbort,
  mayApprove,
  mayChoose,
  mayCleanUp,
  mayConfirm,
  mayDefer,
  mayExceed,
  mayGiveBack,
  mayPause,
  mayRetry,
  maySkip,
  mayVouch,
  type Refusal,
} from '../../../src/core/asking/permits.ts'
import { type Effect, effectId } from '../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import type { Plan, Service } from '../../../src/core/model/plan.ts'
import { NO_RULES } from '../../../src/core/model/rules.ts'
import { ofMove, ofService } from '../../../src/core/model/subjects.ts'
import { mention } from '../../../src/core/model/text.ts'
import { inventory, move, plan, replicaMove, seen, service } from '../../support/plans.ts'
import { folded } from '../journals.ts'

const LOGS = move({ id: 'vol-1', name: 'logs disk', instance: 'i-logs' }, 'logs')
const DROPBOX = move({ id: 'vol-2', name: 'dropbox disk', instance: 'i-dropbox' }, 'dropbox')
const SEARCH = move({ id: 'vol-3', name: 'search disk', instance: 'i-search' }, 'search')
const THREE = plan([LOGS, DROPBOX, SEARCH], {
  services: [
    service('dropbox', { need: 'deferrable' }),
    service('logs'),
    service('search', { need: 'deferrable', after: ['dropbox'] }),
  ],
})

const at = (...said: readonly EntryBody[]): Migration => folded(THREE, ...said)
const of = (drawn: Plan, ...said: readonly EntryBody[]): Migration => folded(drawn, ...said)

const began: EntryBody = { kind: 'began' }
const freezing: EntryBody = { kind: 'freezing', freeze: 'mig-1-f1', services: ['dropbox', 'logs', 'search'] }
const wentLive: EntryBody = { kind: 'wentLive', percents: {} }
const done: EntryBody = { kind: 'done' }
const aborting: EntryBody = { kind: 'aborting', by: 'U-2', reason: 'a test' }
const aborted: EntryBody = { kind: 'aborted' }
const paused: EntryBody = { kind: 'paused', by: 'U-2' }
const rival: EntryBody = { kind: 'halted', why: 'a rival' }
const HALTED = 'mig-1 is halted: a rival.'
const doubted: EntryBody = { kind: 'doubted', why: 'a test' }
const looked: EntryBody = { kind: 'looked' }
const LIVE = [began, freezing, wentLive]
const forward = { generation: 1, direction: 'forward' } as const
const intends = (...effects: readonly Effect[]): EntryBody => ({ kind: 'intended', effects })
const gives = (name: string): EntryBody => ({ kind: 'returned', service: name, by: 'U-2', reason: 'a test' })
const defers = (name: string): EntryBody => ({ kind: 'deferred', service: name, by: 'U-2', reason: 'a test' })

const NOT_ASKED = 'This is not asked for any more; read the newest message of the thread.'

/** What is asked is asked within its test. */
type Row = readonly [fact: string, ask: () => Refusal | null, sentence: string | null]

function says(rows: readonly Row[]): void {
  test.each(rows)('%s', (_, ask, sentence) => {
    expect(ask()).toEqual(sentence === null ? null : { refusal: sentence })
  })
}

describe('an approval', () => {
  const start: EntryBody = { kind: 'asked', gate: 'start', basis: 'b1', evidence: [], again: null }
  const approved: EntryBody = { kind: 'approved', asked: 'n2', gate: 'start', basis: 'b1', by: 'U-3' }
  const ask = { asked: 'n2', gate: 'start', by: 'U-2' } as const
  const CHANGED = 'What this button showed has changed since; read the newest message of the thread and approve there.'
  const ENDED = [began, freezing, wentLive, done]
  const cleanup: EntryBody = { kind: 'asked', gate: 'cleanup', basis: 'b1', evidence: [], again: null }
  const cleaning = at(...ENDED, { kind: 'cleaning', by: 'U-cleaner' }, cleanup)
  const clean = { asked: 'n7', gate: 'cleanup', typed: 'mig-1', by: 'U-2' } as const

  says([
    ['of what is asked may be given', () => mayApprove(at(start), ask), null],
    [
      'that was given already names who gave it, and when',
      () => mayApprove(at(start, approved), ask),
      `Already approved by ${mention('U-3')} at 1970-01-01 00:00 UTC.`,
    ],
    [
      'that was given twice names the last who gave it',
      () => mayApprove(at(start, approved, { ...approved, by: 'U-4' }), ask),
      `Already approved by ${mention('U-4')} at 1970-01-01 00:00 UTC.`,
    ],
    [
      'of another question does not count as this one',
      () => mayApprove(at(start, { ...approved, asked: 'n1' }), ask),
      null,
    ],
    [
      'of a question that this journal does not know',
      () => mayApprove(at(), ask),
      'This was never asked as far as the journal knows: its last entries were lost, or somebody else runs the same migration. Read the newest message of the thread.',
    ],
    [
      'while it is paused',
      () => mayApprove(at(start, paused), ask),
      'mig-1 is paused and asks nothing; /migrate resume, and it asks anew.',
    ],
    [
      'of a gate that does not ask now says where it is',
      () => mayApprove(at(start, began), ask),
      'mig-1 does not ask for start now; it is seeding.',
    ],
    ['of an older question of the same gate', () => mayApprove(at(start, start), ask), CHANGED],
    [
      'by whoever started the migration',
      () => mayApprove(at(start), { ...ask, by: 'U-asker' }),
      'You asked for this migration, so someone else has to approve start.',
    ],
    [
      'of a cleanup by whoever asked for that cleanup',
      () => mayApprove(cleaning, { ...clean, by: 'U-cleaner' }),
      'You asked for this cleanup, so someone else has to approve cleanup.',
    ],
    ['of a cleanup by whoever started the migration', () => mayApprove(cleaning, { ...clean, by: 'U-asker' }), null],
    [
      'of a cleanup with nothing typed',
      () => mayApprove(cleaning, { ...clean, typed: undefined }),
      'Type mig-1 to approve; you typed "".',
    ],
    [
      'of a cleanup with another id typed',
      () => mayApprove(cleaning, { ...clean, typed: 'mig-11' }),
      'Type mig-1 to approve; you typed "mig-11".',
    ],
    ...[' mig-1\n', 'Mig-1', 'mig\u20131', 'mig-1.', '\u201Cmig-1\u201D', '\uFF4D\uFF49\uFF47-1'].map(
      (typed): Row => [
        `of a cleanup with its id as phones write it: ${JSON.stringify(typed)}`,
        () => mayApprove(cleaning, { ...clean, typed }),
        null,
      ],
    ),
  ])
})

describe('a choice of route', () => {
  const choice = (volume: string) => ({ volume, service: 'logs', route: 'stay', need: 'required' }) as const
  const seed: Effect = { ...forward, subject: ofMove('vol-1'), step: 'seed', volumeId: 'vol-1', tags: {} }
  const tag: Effect = {
    ...{ ...forward, subject: { of: 'mark', mark: 'start', part: 1 }, step: 'tag' },
    ...{ resources: ['vol-1', 'vol-3'], tags: {}, removed: [] },
  }
  const hands: Effect = {
    ...{ ...forward, subject: ofService('logs'), step: 'freeze', service: 'logs', instances: ['i-logs'] },
    work: { method: 'manual', todo: [] },
  }
  const found = (zone: string): EntryBody => ({
    ...{ kind: 'replanned', plan: THREE, choices: [], by: null },
    found: [seen(move({ id: 'vol-9', name: 'late' }), { zone })],
  })
  const STANDS = 'mig-1 is live; its plan stands.'
  const NOT_PLANNED = 'vol-9 is no volume of this plan.'
  /** Began, and a volume appeared after this. */
  const joins = (...said: readonly EntryBody[]): Migration => at(began, ...said, found('us-east-1a'))
  const into = (name: string, route: 'snapshot' | 'stay' = 'snapshot') =>
    ({ volume: 'vol-9', service: name, route, need: 'required' }) as const
  const missed = (name: string, volume = 'vol-9'): string =>
    `${name} froze without ${volume}: choose a service that is not frozen, such as one of its own, or let it stay.`
  const freezesLogs: EntryBody = { kind: 'freezing', freeze: 'mig-1-f1', services: ['logs'] }
  const freezesRest: EntryBody = { kind: 'freezing', freeze: 'mig-1-f2', services: ['dropbox', 'search'] }
  const withLate: EntryBody = {
    ...{ kind: 'replanned', choices: [], found: [], by: null },
    plan: plan([...THREE.moves, move({ id: 'vol-9', name: 'late' }, 'logs')], { services: THREE.services }),
  }

  says([
    ['of a volume to which nothing was done', () => mayChoose(at(began), choice('vol-2')), null],
    ['while it moves', () => mayChoose(at(began, freezing), choice('vol-2')), null],
    ['while it is halted', () => mayChoose(at(began, rival), choice('vol-2')), HALTED],
    ['after the point of no return', () => mayChoose(at(...LIVE), choice('vol-2')), STANDS],
    ['on the way back', () => mayChoose(at(began, aborting), choice('vol-2')), 'mig-1 is aborting; its plan stands.'],
    ['of a volume that nobody knows', () => mayChoose(at(), choice('vol-9')), NOT_PLANNED],
    ['into a service that froze without it', () => mayChoose(joins(freezing), into('logs')), missed('logs')],
    ['into a service that froze with others, too', () => mayChoose(joins(freezing), into('search')), missed('search')],
    ['into a service before its freeze', () => mayChoose(joins(), into('logs')), null],
    ['into a service beside one that is frozen', () => mayChoose(joins(freezesLogs), into('dropbox')), null],
    ['into a service of its own while others are frozen', () => mayChoose(joins(freezing), into('late')), null],
    ['that lets it stay while its service is frozen', () => mayChoose(joins(freezing), into('logs', 'stay')), null],
    [
      'into a service that froze with it',
      () => mayChoose(at(began, freezing), { ...into('logs'), volume: 'vol-1' }),
      null,
    ],
    [
      'into a service that froze by another freeze',
      () => mayChoose(at(began, freezesLogs, freezesRest), { ...into('logs'), volume: 'vol-2' }),
      missed('logs', 'vol-2'),
    ],
    [
      'into another service of the freeze that stopped it',
      () => mayChoose(at(began, freezing), { ...into('logs'), volume: 'vol-2' }),
      null,
    ],
    [
      'into a service that froze anew with it',
      () => mayChoose(joins(freezing, withLate, { ...freezesLogs, freeze: 'mig-1-f2' } as EntryBody), into('logs')),
      null,
    ],
    ['of a volume that appeared in the source zone', () => mayChoose(at(found('us-east-1a')), choice('vol-9')), null],
    [
      'of a volume that appeared in another zone',
      () => mayChoose(at(found('us-east-1c')), choice('vol-9')),
      NOT_PLANNED,
    ],
    [
      'of a volume that is being seeded',
      () => mayChoose(at(began, intends(seed)), choice('vol-1')),
      'vol-1 is being moved already; its route stands.',
    ],
    ['of a volume beside one that is being seeded', () => mayChoose(at(began, intends(seed)), choice('vol-2')), null],
    [
      'of a volume that is one of several with a tag',
      () => mayChoose(at(began, intends(tag)), choice('vol-3')),
      'vol-3 is being moved already; its route stands.',
    ],
    ['of a volume beside those with a tag', () => mayChoose(at(began, intends(tag)), choice('vol-2')), null],
    [
      'while a service is being frozen, which is about no volume',
      () => mayChoose(at(began, intends(hands)), choice('vol-1')),
      null,
    ],
  ])
})

describe('work by hand', () => {
  const work = (step: 'freeze' | 'unfreeze' | 'open', name = 'logs'): Effect => ({
    ...{ generation: 1, direction: step === 'unfreeze' ? 'back' : 'forward', subject: ofService(name), step },
    ...{ service: name, instances: ['i'], work: { method: 'manual', todo: [] } },
  })
  const cut: Effect = { ...forward, subject: ofMove('vol-1'), step: 'snapshot', volumeId: 'vol-1', tags: {} }
  const confirms = (...effects: readonly string[]): EntryBody => ({
    ...{ kind: 'confirmed', intended: 'n3', effects, by: 'U-3' },
  })
  const [logs, search] = ['service/logs.freeze.1', 'service/search.freeze.1']
  const both = intends(work('freeze'), work('freeze', 'search'))
  const again: EntryBody = intends({ ...work('freeze'), generation: 2 })

  says([
    ['that is asked for may be confirmed', () => mayConfirm(at(began, intends(work('freeze'))), 'n3'), null],
    ['of two services at once may be confirmed', () => mayConfirm(at(began, both), 'n3'), null],
    ['that nobody asked for', () => mayConfirm(at(began), 'n3'), NOT_ASKED],
    ['that stands beside a call counts alone', () => mayConfirm(at(began, intends(work('freeze'), cut)), 'n3'), null],
    ['that a call does', () => mayConfirm(at(began, intends(cut)), 'n3'), NOT_ASKED],
    ['that was asked for anew since', () => mayConfirm(at(began, intends(work('freeze')), again), 'n3'), NOT_ASKED],
    [
      'that was asked for anew, by its newest name',
      () => mayConfirm(at(began, intends(work('freeze')), again), 'n4'),
      null,
    ],
    [
      'that was confirmed names who did',
      () => mayConfirm(at(began, intends(work('freeze')), confirms(logs ?? '')), 'n3'),
      `Already confirmed by ${mention('U-3')}.`,
    ],
    [
      'of two services, one of which is confirmed',
      () => mayConfirm(at(began, both, confirms(search ?? '')), 'n3'),
      `Already confirmed by ${mention('U-3')}.`,
    ],
    [
      'of two services, one of which was seen done',
      () => mayConfirm(at(began, both, { kind: 'seen', started: [], achieved: [logs ?? ''] }), 'n3'),
      NOT_ASKED,
    ],
    ['forward, on the way back', () => mayConfirm(at(began, intends(work('freeze')), aborting), 'n3'), NOT_ASKED],
    [
      'forward, of what was given back',
      () => mayConfirm(at(...LIVE, intends(work('open', 'dropbox')), gives('dropbox')), 'n5'),
      NOT_ASKED,
    ],
    [
      'forward, beside what was given back',
      () => mayConfirm(at(...LIVE, intends(work('open', 'search')), gives('dropbox')), 'n5'),
      null,
    ],
    ['back, on the way back', () => mayConfirm(at(began, aborting, intends(work('unfreeze'))), 'n4'), null],
    [
      'back, of one service after the point of no return',
      () => mayConfirm(at(...LIVE, intends(work('unfreeze'))), 'n5'),
      null,
    ],
    ['back, while it goes forward', () => mayConfirm(at(began, intends(work('unfreeze'))), 'n3'), NOT_ASKED],
    ['that nobody did before the end', () => mayConfirm(at(...LIVE, intends(work('open')), done), 'n5'), NOT_ASKED],
  ])

  test('the work of an entry is what it asked of people, and of nobody else', () => {
    const m = at(began, intends(work('freeze'), cut), intends(work('freeze', 'search')))
    expect(manualWorkOf(m, 'n3').map(({ effect }) => effectId(effect))).toEqual(['service/logs.freeze.1'])
    expect(manualWorkOf(m, 'n2')).toEqual([])
  })

  test.each<[string, () => Migration, Effect[], boolean]>([
    ['nothing', () => at(aborting), [], false],
    ['a step back while it goes back', () => at(aborting), [work('unfreeze')], false],
    ['a step forward while it goes back', () => at(aborting), [work('freeze')], true],
    ['one of two steps', () => at(aborting), [work('unfreeze'), work('freeze')], true],
    ['a step back before anything went live', () => at(began), [work('unfreeze')], true],
    ['a call for a volume of what was given back', () => at(...LIVE, gives('logs')), [cut], false],
    ['a step forward, halted on the way back', () => at(began, aborting, rival), [work('freeze')], true],
    ['a step back, halted on the way back', () => at(began, aborting, rival), [work('unfreeze')], false],
    ['a step forward, halted on the way forward', () => at(began, freezing, rival), [work('freeze')], false],
  ])('whether it is moot: %s', (_, m, effects, is) => {
    expect(
      isMoot(
        m(),
        effects.map((effect) => ({ effect })),
      ),
    ).toBe(is)
  })
})

describe('vouching for a fence', () => {
  const FILES = replicaMove()
  const fence: Effect = {
    ...{ subject: ofMove(FILES.id), step: 'fence', generation: 1, direction: 'back', service: 'files' },
    ...{ resource: 'files', instances: ['i-files-next'], document: 'zonehop-replica-fence' },
  }
  const promote: Effect = { ...fence, step: 'promote', direction: 'forward' }
  const drawn = plan([FILES])
  const fails = (effect: string): EntryBody => ({
    ...{ kind: 'failed', effect, issued: null, code: 'X', problem: 'p', remedy: 'r' },
  })
  const id = effectId(fence)
  const ask = { effect: id, reason: 'its rack has no power' }
  const failed = of(drawn, began, aborting, intends(fence), fails(id))
  const retried: EntryBody = { kind: 'retried', effect: id, failed: 'n5', by: 'U-2' }

  says([
    ['that its host does not confirm', () => mayVouch(failed, ask), null],
    ['that nobody asked for', () => mayVouch(of(drawn), ask), 'Only for a fence somebody may vouch.'],
    ['while it is halted', () => mayVouch(of(drawn, began, aborting, intends(fence), fails(id), rival), ask), HALTED],
    [
      'or for another step that failed',
      () =>
        mayVouch(of(drawn, began, intends(promote), fails(effectId(promote))), { ...ask, effect: effectId(promote) }),
      'Only for a fence somebody may vouch.',
    ],
    ['that has not failed', () => mayVouch(of(drawn, began, aborting, intends(fence)), ask), NOT_ASKED],
    ['outside an abort', () => mayVouch(of(drawn, began, intends(fence), fails(id)), ask), NOT_ASKED],
    [
      'that is being tried again',
      () => mayVouch(of(drawn, began, aborting, intends(fence), fails(id), retried), ask),
      NOT_ASKED,
    ],
    ['without a reason', () => mayVouch(failed, { ...ask, reason: ' \t' }), 'Say how you know that it is down.'],
  ])
})

describe('letting the outage be longer than its budget', () => {
  const ask = { reason: 'nobody shops at night' }
  const kept: EntryBody = { kind: 'warned', about: 'forecast over budget 1', service: null, text: 'it is long' }
  const budgeted = (...said: readonly EntryBody[]): Migration => ({
    ...at(...said),
    rules: { ...NO_RULES, budgetMinutes: 15 },
  })
  const exceeded: EntryBody = { kind: 'exceeded', by: 'U-2', reason: 'a test' }

  says([
    ['while the question is kept back', () => mayExceed(budgeted(began, kept), ask), null],
    [
      'before its start',
      () => mayExceed(budgeted(), ask),
      'mig-1 is planned: no question about an outage is kept back.',
    ],
    [
      'in the outage',
      () => mayExceed(budgeted(began, kept, freezing), ask),
      'mig-1 is frozen: no question about an outage is kept back.',
    ],
    [
      'without a budget',
      () => mayExceed(at(began, kept), ask),
      'mig-1 has no budget, so its outage may be as long as it is.',
    ],
    [
      'that no forecast is past',
      () => mayExceed(budgeted(began), ask),
      'No question of mig-1 is kept back by its budget of 15 min.',
    ],
    ['twice', () => mayExceed(budgeted(began, kept, exceeded), ask), 'mig-1 may be longer than its budget already.'],
    ['while it is halted', () => mayExceed(budgeted(began, kept, rival), ask), HALTED],
    [
      'without a reason',
      () => mayExceed(budgeted(began, kept), { reason: ' ' }),
      'Say why: /migrate exceed because <reason>.',
    ],
  ])
})

describe('deferring a service', () => {
  const ask = (name: string, over: object = {}) => ({ service: name, reason: 'it is slow', ...over })
  const drawn = plan([LOGS, DROPBOX, SEARCH], {
    services: [service('dropbox'), service('logs', { after: ['dropbox'] }), service('search')],
  })
  const shared = (method: Service['method'], successor = 'i-target'): Plan =>
    plan([LOGS, { ...DROPBOX, successor }, { ...SEARCH, successor: 'i-alone' }], {
      services: ['dropbox', 'logs', 'search'].map((name) => service(name, { method })),
    })
  /** `logs` has a second volume, which goes elsewhere. */
  const spread: Plan = {
    ...shared('stop-instances'),
    moves: [LOGS, DROPBOX, { ...move({ id: 'vol-4', name: 'more logs' }, 'logs'), successor: 'i-elsewhere' }],
  }
  const BESIDE = 'logs is on the same instances, which start for both; neither can be deferred alone.'

  says([
    ['that is required and last', () => mayDefer(of(drawn), ask('search')), null],
    [
      'that does not exist names those that do',
      () => mayDefer(of(drawn), ask('mail')),
      'There is no service "mail" in mig-1; it has dropbox, logs, search.',
    ],
    ['that may wait by plan', () => mayDefer(at(), ask('dropbox')), 'dropbox is deferred already.'],
    ['while it is halted', () => mayDefer(of(drawn, began, rival), ask('search')), HALTED],
    [
      'that was deferred before',
      () => mayDefer(of(drawn, defers('search')), ask('search')),
      'search is deferred already.',
    ],
    [
      'after the point of no return',
      () => mayDefer(of(drawn, ...LIVE), ask('search')),
      'mig-1 is live: it is too late to defer search.',
    ],
    [
      'after which a required one opens',
      () => mayDefer(of(drawn), ask('dropbox')),
      'logs opens after dropbox and is required; defer logs first.',
    ],
    ['after which a deferred one opens', () => mayDefer(of(drawn, defers('logs')), ask('dropbox')), null],
    [
      'that is the last required one',
      () => mayDefer(of(drawn, defers('logs'), defers('dropbox')), ask('search')),
      'search is the last required service; with it deferred there would be nothing to go live with.',
    ],
    [
      'that shares its successor with a required one',
      () => mayDefer(of(shared('stop-instances')), ask('dropbox')),
      BESIDE,
    ],
    ['that shares it where documents open', () => mayDefer(of(shared('document')), ask('dropbox')), null],
    ['that shares one of the successors of a required one', () => mayDefer(of(spread), ask('dropbox')), BESIDE],
    ['whose successor is its own', () => mayDefer(of(shared('stop-instances', 'i-other')), ask('dropbox')), null],
    [
      'that shares its successor with a deferred one',
      () => mayDefer(of(shared('stop-instances'), defers('logs')), ask('dropbox')),
      null,
    ],
    [
      'without a reason',
      () => mayDefer(of(drawn), ask('search', { reason: ' ' })),
      'Say why: /migrate defer search because <reason>.',
    ],
  ])
})

describe('giving a service back', () => {
  const ask = (name: string, over: object = {}) => ({ service: name, reason: 'it is slow', ...over })
  const mark = (name: string): EntryBody =>
    intends({
      ...{ ...forward, subject: { of: 'mark', mark: `live-${name}`, part: 1 }, step: 'tag' },
      ...{ resources: ['v'], tags: {}, removed: [] },
    })

  says([
    ['that was deferred', () => mayGiveBack(at(...LIVE), ask('search')), null],
    [
      'that does not exist names those that do',
      () => mayGiveBack(at(...LIVE), ask('mail')),
      'There is no service "mail" in mig-1; it has dropbox, logs, search.',
    ],
    [
      'before the point of no return',
      () => mayGiveBack(at(began, freezing), ask('search')),
      'mig-1 is frozen: before it goes live, /migrate abort brings everything back.',
    ],
    ['after the end', () => mayGiveBack(at(...LIVE, done), ask('search')), 'mig-1 is done: it is over.'],
    [
      'that is required',
      () => mayGiveBack(at(...LIVE), ask('logs')),
      'logs is required and went live with the rest; only what was deferred can be given back.',
    ],
    ['twice', () => mayGiveBack(at(...LIVE, gives('search')), ask('search')), 'search is given back already.'],
    [
      'while its live mark may be lost: 5 minutes and 15 seconds from the doubt on',
      () => mayGiveBack(at(...LIVE, doubted), ask('search')),
      'The journal may have lost its last entries, and search may be live: ask again from 00:05 UTC on, once zonehop has looked.',
    ],
    ['once somebody has looked', () => mayGiveBack(at(...LIVE, doubted, looked), ask('search')), null],
    [
      'whose copies are marked live',
      () => mayGiveBack(at(...LIVE, mark('search')), ask('search')),
      'search goes live already: its copies are marked, and they may be taking writes.',
    ],
    ['beside one whose copies are marked live', () => mayGiveBack(at(...LIVE, mark('dropbox')), ask('search')), null],
    [
      'after which another one opens',
      () => mayGiveBack(at(...LIVE), ask('dropbox')),
      'search opens after dropbox; give search back first.',
    ],
    ['after which another one was given back', () => mayGiveBack(at(...LIVE, gives('search')), ask('dropbox')), null],
    [
      'without a reason',
      () => mayGiveBack(at(...LIVE), ask('search', { reason: ' ' })),
      'Say why: /migrate return search because <reason>.',
    ],
  ])
})

describe('passing an entry', () => {
  const PASSED = 'This entry holds nothing up any more; read the newest message of the thread.'
  says([
    ['that does not fit', () => maySkip(at(done), 'n2'), null],
    ['that fits', () => maySkip(at(done), 'n1'), PASSED],
    ['where nothing is held up', () => maySkip(at(began), 'n2'), PASSED],
  ])
})

describe('a retry', () => {
  const cut: Effect = { ...forward, subject: ofMove('vol-2'), step: 'snapshot', volumeId: 'vol-2', tags: {} }
  const home: Effect = {
    ...{ generation: 1, direction: 'back', subject: ofService('dropbox'), step: 'unfreeze', service: 'dropbox' },
    ...{ instances: ['i-dropbox'], work: { method: 'start-instances' } },
  }
  const tag: Effect = {
    ...{ ...forward, subject: { of: 'mark', mark: 'start', part: 1 }, step: 'tag' },
    ...{ resources: ['vol-2'], tags: {}, removed: [] },
  }
  const failing = (effect: Effect): EntryBody[] => [
    intends(effect),
    { kind: 'failed', effect: effectId(effect), issued: null, code: 'X', problem: 'p', remedy: 'r' },
  ]
  const failed = at(began, ...failing(cut))
  const again: EntryBody = { kind: 'retried', effect: 'vol-2.snapshot.1', failed: 'n4', by: 'U-2' }

  says([
    ['by the id of what failed', () => mayRetry(failed, 'vol-2.snapshot.1'), null],
    ['by its volume', () => mayRetry(failed, 'vol-2'), null],
    ["by its volume's name", () => mayRetry(failed, 'dropbox disk'), null],
    ['by its service', () => mayRetry(failed, 'dropbox'), null],
    ["by its own service, of a service's step", () => mayRetry(at(began, aborting, ...failing(home)), 'dropbox'), null],
    ['by the name of its marks', () => mayRetry(at(began, ...failing(tag)), 'start-1'), null],
    [
      'of what has not failed',
      () => mayRetry(at(began, intends(cut)), 'dropbox'),
      'Nothing of "dropbox" has failed, so there is nothing to retry.',
    ],
    [
      'of what has not failed, by its id',
      () => mayRetry(at(began, intends(cut)), 'vol-2.snapshot.1'),
      'Nothing of "vol-2.snapshot.1" has failed, so there is nothing to retry.',
    ],
    [
      'of another service than the one that failed',
      () => mayRetry(failed, 'logs'),
      'Nothing of "logs" has failed, so there is nothing to retry.',
    ],
    [
      'of what is not there',
      () => mayRetry(failed, 'the logs'),
      'There is no service, volume or step "the logs" in mig-1; what has failed is vol-2.snapshot.1.',
    ],
    [
      'of what is not there, where nothing has failed',
      () => mayRetry(at(began, intends(cut)), 'the logs'),
      'There is no service, volume or step "the logs" in mig-1; nothing of it has failed.',
    ],
    [
      'of what is tried again',
      () => mayRetry(at(began, ...failing(cut), again), 'vol-2.snapshot.1'),
      'It is being tried again already.',
    ],
    ['after the end', () => mayRetry(at(...LIVE, done), 'dropbox'), 'mig-1 is done.'],
    [
      'of what a cleanup does',
      () => mayRetry(at(...LIVE, done, { kind: 'cleaning', by: 'U-2' }), 'dropbox'),
      'Nothing of "dropbox" has failed, so there is nothing to retry.',
    ],
    ['while it is halted', () => mayRetry(at(began, ...failing(cut), rival), 'dropbox'), HALTED],
    [
      'of a step forward on the way back',
      () => mayRetry(at(began, ...failing(cut), aborting), 'dropbox'),
      'mig-1 is on its way back: vol-2.snapshot.1 belongs to the way forward.',
    ],
    ['of a step back on the way back', () => mayRetry(at(began, aborting, ...failing(home)), 'dropbox'), null],
    [
      'of a step forward of what was given back',
      () => mayRetry(at(...LIVE, ...failing(cut), gives('dropbox')), 'dropbox'),
      'dropbox was given back: vol-2.snapshot.1 is not needed any more.',
    ],
    [
      'of a step back of what was given back',
      () => mayRetry(at(...LIVE, gives('dropbox'), ...failing(home)), 'dropbox'),
      null,
    ],
    [
      'of a step forward beside what was given back',
      () => mayRetry(at(...LIVE, ...failing(cut), gives('search')), 'dropbox'),
      null,
    ],
    [
      'of marks, which have no service, beside what was given back',
      () => mayRetry(at(...LIVE, ...failing(tag), gives('search')), 'start-1'),
      null,
    ],
  ])

  test('finds what failed by each of its names, and by no other', () => {
    const names = ['vol-2.snapshot.1', 'vol-2', 'dropbox disk', 'dropbox', 'logs', 'vol-2.snapshot']
    const found = names.map((name) => failedEffect(failed, name)?.effect)
    expect(found).toEqual([cut, cut, cut, cut, undefined, undefined])
    expect(failedEffect(at(began, ...failing(cut), again), 'dropbox')).toBeNull()
  })
})

describe('a pause', () => {
  says([
    ['while it runs', () => mayPause(at(began), true), null],
    ['after the point of no return', () => mayPause(at(...LIVE), true), null],
    ['twice', () => mayPause(at(paused), true), 'mig-1 is paused already.'],
    ['on the way back', () => mayPause(at(aborting), true), 'mig-1 is on its way back, which nothing should hold up.'],
    ['after the end', () => mayPause(at(...LIVE, done), true), 'mig-1 is done.'],
    ['of what is halted', () => mayPause(at(rival), true), 'mig-1 is halted: nothing is issued.'],
  ])
})

describe('a resume', () => {
  const why = 'entry 2 (done) does not fit: done has no place in phase planned'
  says([
    ['of what is paused', () => mayPause(at(paused), false), null],
    ['of what is not paused', () => mayPause(at(began), false), 'mig-1 is not paused.'],
    ['of what is not paused, on the way back', () => mayPause(at(aborting), false), 'mig-1 is not paused.'],
    ['after the end', () => mayPause(at(...LIVE, done), false), 'mig-1 is done.'],
    ['of what somebody else drove', () => mayPause(at(rival), false), null],
    [
      'of what an entry holds up',
      () => mayPause(at(done), false),
      `mig-1 is halted: ${why}. Pass that entry by its button in the thread.`,
    ],
  ])
})

describe('an abort', () => {
  const WAY = 'a snapshot of the new volume, of what changed alone, restored in us-east-1a.'
  says([
    ['before anything was touched', () => mayAbort(at(), 'running'), null],
    ['while it moves', () => mayAbort(at(began, freezing), 'running'), null],
    ['twice', () => mayAbort(at(aborting), 'running'), 'mig-1 is on its way back already.'],
    [
      'after an abort',
      () => mayAbort(at(aborting, aborted), 'running'),
      'mig-1 is aborted; there is nothing to abort.',
    ],
    ['after the end', () => mayAbort(at(...LIVE, done), 'running'), 'mig-1 is done; there is nothing to abort.'],
    [
      'after the point of no return tells when that was, and the way back',
      () => mayAbort(at(...LIVE), 'running'),
      `mig-1 went live at 1970-01-01T00:00:04.000Z, so it cannot be aborted. The way back of dropbox, logs, search: ${WAY}`,
    ],
    [
      'after it with a replica tells that its way back is longer',
      () => mayAbort(of(plan([LOGS, replicaMove()]), began, wentLive, freezing), 'running'),
      `mig-1 went live at 1970-01-01T00:00:03.000Z, so it cannot be aborted. The way back of logs: ${WAY} The way back of files: a full copy, until the first snapshot of the promoted replica is complete; it is begun at once after this.`,
    ],
    ['as a decline, before it began', () => mayAbort(at(), 'planned'), null],
    [
      'as a decline, once it began',
      () => mayAbort(at(began), 'planned'),
      'mig-1 has begun; /migrate abort brings it back.',
    ],
  ])
})

describe('a cleanup', () => {
  const DAY_MS = 86_400_000
  const seed: Effect = { ...forward, subject: ofMove('vol-1'), step: 'seed', volumeId: 'vol-1', tags: {} }
  const drawn = plan([LOGS])
  const ended = (...said: readonly EntryBody[]): Migration =>
    of(drawn, began, intends(seed), aborting, aborted, ...said)
  /** The end is the fifth entry, at 5 s. */
  const untilMs = 5_000 + 14 * DAY_MS
  const cleaning: EntryBody = { kind: 'cleaning', by: 'U-2' }

  says([
    [
      'before the end',
      () => mayCleanUp(of(drawn, began, intends(seed), aborting), untilMs),
      'mig-1 is aborting; what it leaves can be cleaned up once it is over.',
    ],
    [
      'a moment before what it left was kept for 14 days',
      () => mayCleanUp(ended(), untilMs - 1),
      'What mig-1 left is kept until 1970-01-15 00:00 UTC (retentionDays: 14 in zonehop.yaml).',
    ],
    ['once that is over', () => mayCleanUp(ended(), untilMs), null],
    ['twice at once', () => mayCleanUp(ended(cleaning), untilMs), 'A cleanup of mig-1 runs already; its thread asks.'],
    ['once more, after another one', () => mayCleanUp(ended(cleaning, { kind: 'cleaned' }), untilMs), null],
    [
      'of what never began',
      () => mayCleanUp(of(drawn, aborting, aborted), untilMs),
      'mig-1 never began, so it left nothing to clean up.',
    ],
  ])

  test('what is kept for no time may go at once', () => {
    const m = ended()
    expect(mayCleanUp({ ...m, rules: { ...NO_RULES, retentionDays: 0 } }, 5_000)).toBeNull()
  })
})

test('a volume of the inventory in another zone is no volume of the plan', () => {
  const other = { ...inventory([LOGS]), volumes: [seen(LOGS), seen(DROPBOX, { zone: 'us-east-1c' })] }
  const m = folded(plan([LOGS]), began)
  const choice = { volume: 'vol-2', service: 'dropbox', route: 'snapshot', need: 'required' } as const
  expect(mayChoose({ ...m, inventory: other }, choice)?.refusal).toBe('vol-2 is no volume of this plan.')
})
