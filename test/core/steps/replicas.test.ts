// Replicas: the steps forward one by one, each only behind what it rests on; the way home; and what is asked again just before.
import { describe, expect, test } from 'vitest'
import { freezeEvidence } from '../../../src/core/asking/gates.ts'
import { mayVouch } from '../../../src/core/asking/permits.ts'
import { mayIssue } from '../../../src/core/calling/may-call.ts'
import { recheck, volumesToRecheck } from '../../../src/core/calling/recheck.ts'
import { type Effect, type EffectState, effectId } from '../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import type { Facts } from '../../../src/core/model/facts.ts'
import { SHOWN_AFTER_MS } from '../../../src/core/model/limits.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import type { ReplicaMove } from '../../../src/core/model/plan.ts'
import { ofMove, ofService, type Subject } from '../../../src/core/model/subjects.ts'
import { learn } from '../../../src/core/seeing/learn.ts'
import { mayBePromoted, questions, replicaSteps } from '../../../src/core/steps/replica-ladder.ts'
import { abortSteps, isAbortComplete } from '../../../src/core/steps/way-back.ts'
import { facts, LATER_MS } from '../../support/facts.ts'
import { entries, plan, planned, replicaMove, seen, service, volume } from '../../support/plans.ts'
import { fitting } from '../journals.ts'

const SOURCE = volume({ id: 'vol-files', name: 'files', instance: 'i-files' })
const COPY = volume({ id: 'vol-files-copy', name: 'files-copy', instance: 'i-backup', device: '/dev/sdp' })
const FILES = replicaMove({ pairs: [{ source: SOURCE, copy: COPY }] })
const OTHER = replicaMove({
  id: 'replica/other',
  resource: 'other',
  service: 'other',
  pairs: [{ source: volume({ id: 'vol-other' }), copy: volume({ id: 'vol-other-copy', instance: 'i-backup' }) }],
})
const SERVICE = service('files', { method: 'document' })
const FREEZE: EntryBody = { kind: 'freezing', freeze: 'mig-1-f1', services: ['files', 'other'] }
const FROZEN = { 'zonehop:frozen': 'mig-1-f1' }
const PROVEN = { 'zonehop:proven': 'mig-1-f1' }
const FORWARD = { generation: 1, direction: 'forward' } as const
const STOP: Effect = {
  ...{ ...FORWARD, subject: ofService('files'), step: 'freeze', service: 'files', instances: ['i-files'] },
  work: { method: 'document', document: 'zonehop-freeze' },
}
/** Its writes are stopped. */
const STOPPED: readonly EntryBody[] = [FREEZE, { kind: 'intended', effects: [STOP] }, ...achieved(STOP)]
const ABORT: EntryBody = { kind: 'aborting', by: 'U-2', reason: 'a test' }

function of(moves: readonly ReplicaMove[], said: readonly EntryBody[]): Migration {
  const services = moves.map((move) => service(move.service, { method: 'document' }))
  return fitting(entries(planned('mig-1', { plan: plan(moves, { services }) }), { kind: 'began' }, ...said))
}

function side(which: 'source' | 'home'): Subject {
  return { of: 'side', move: 'replica/files', side: which }
}

type Place = readonly [instance: string, device: string] | null
const AT_BACKUP: Place = ['i-backup', '/dev/sdp']
const AT_SUCCESSOR: Place = ['i-files-next', '/dev/sdf']

/** Where the copy is, and the tags of copy and source. */
function world(at: Place, tags: object = {}, sourceTags: object = FROZEN): Facts {
  const attachments = at ? [{ instance: at[0], device: at[1], state: 'attached', deleteOnTermination: false }] : []
  const copy = seen({ volume: COPY }, { zone: 'us-east-1c', attachments, tags: { ...tags } })
  return facts({ volumes: [seen({ volume: SOURCE }, { tags: { ...sourceTags } }), copy] })
}

/** The steps that may be intended by now and are not achieved. */
function open(m: Migration, effects: readonly Effect[]): string[] {
  return effects.map(effectId).filter((id) => m.effects.get(id)?.status !== 'achieved')
}

/** What the ladder asks for until nothing but this id is left open: each thing achieved on the way. */
function upTo(id: string, at: (m: Migration) => Facts, moves: readonly ReplicaMove[] = [FILES]): EntryBody[] {
  const said: EntryBody[] = [...STOPPED]
  for (let turn = 0; turn < 20; turn++) {
    const m = of(moves, said)
    const all = replicaSteps(m, FILES, at(m), LATER_MS).effects
    const fresh = all.filter((effect) => m.effects.get(effectId(effect))?.status !== 'achieved')
    if (fresh.some((effect) => effectId(effect) === id) || fresh.length === 0) return said
    said.push({ kind: 'intended', effects: fresh })
    for (const effect of fresh) said.push(...achieved(effect))
  }
  throw new Error(`the ladder never comes to ${id}`)
}

function achieved(effect: Effect): EntryBody[] {
  const name = effectId(effect)
  const issued: EntryBody = { kind: 'issued', effect: name }
  if (effect.step === 'prove') return [issued, reading(name)]
  const resource = effect.step === 'down' ? 'A0' : 'command'
  return [issued, { kind: 'seen', started: [{ effect: name, resource, others: [] }], achieved: [name] }]
}

function reading(effect: string, over: Partial<Extract<EntryBody, { kind: 'read' }>> = {}): EntryBody {
  const plain = { doubts: [], leftKib: null, sync: null, isStalled: false, sourceRole: 'Secondary' }
  return { kind: 'read', effect, ...plain, ...over }
}

describe('forward', () => {
  const nowhere = () => world(AT_BACKUP)

  test.each<[string, string[], (m: Migration) => Facts]>([
    ['frozen: the source is demoted', ['replica/files.demote.1'], nowhere],
    ['demoted: both hosts are asked', ['replica/files.prove.1'], nowhere],
    ['proven: the copy is told so first', ['proven-files-1.tag.1'], nowhere],
    ['then the source is taken down, alone', ['replica/files.down.1'], nowhere],
    ['then the copy', ['replica/files/copy.down.1'], nowhere],
    ['then it leaves its backup server', ['replica/files/vol-files-copy.detach.1'], nowhere],
    ['goes to its successor', ['replica/files/vol-files-copy.attach.1'], () => world(null, PROVEN)],
    ['and is promoted there', ['replica/files.promote.1'], () => world(AT_SUCCESSOR, PROVEN)],
    [
      'and looked at',
      ['replica/files.checkReplica.1', 'replica/files/vol-files-copy.checkCopy.1'],
      () => world(AT_SUCCESSOR, PROVEN),
    ],
  ])('%s', (_, then, at) => {
    const m = of([FILES], upTo(then[0] ?? '', at))
    expect(open(m, replicaSteps(m, FILES, at(m), LATER_MS).effects)).toEqual(then)
  })

  test('without a freeze nothing', () => {
    expect(replicaSteps(of([FILES], []), FILES, nowhere(), LATER_MS).effects).toEqual([])
  })

  test('one that left doubts is asked again in a moment, and nothing else', () => {
    const doubts = ['12 KiB out of sync although UpToDate']
    const said = [...upTo('replica/files.prove.1', nowhere), asked(1), reading('replica/files.prove.1', { doubts })]
    const m = of([FILES], said)
    const readAtMs = m.effects.get('replica/files.prove.1')?.achievedAtMs ?? 0
    expect(open(m, replicaSteps(m, FILES, nowhere(), readAtMs + 4_999).effects)).toEqual([])
    expect(open(m, replicaSteps(m, FILES, nowhere(), readAtMs + 5_000).effects)).toEqual(['replica/files.prove.2'])
  })

  test('an answer from before the demotion proves nothing', () => {
    const early: EntryBody[] = [asked(1), reading('replica/files.prove.1'), FREEZE]
    const demote = replicaSteps(of([FILES], early), FILES, nowhere(), LATER_MS).effects
    const [effect] = demote
    if (!effect) throw new Error('it is demoted first')
    const m = of([FILES], [...early, { kind: 'intended', effects: [effect] }, ...achieved(effect)])
    expect(open(m, replicaSteps(m, FILES, nowhere(), LATER_MS).effects)).toEqual(['replica/files.prove.2'])
  })

  test('none is taken down before every one that is needed is proven', () => {
    const said = upTo('proven-files-1.tag.1', nowhere)
    expect(
      open(of([FILES, OTHER], said), replicaSteps(of([FILES, OTHER], said), FILES, nowhere(), LATER_MS).effects),
    ).toEqual([])
    const deferred: EntryBody = { kind: 'deferred', service: 'other', by: 'U-2', reason: 'a test' }
    const m = of([FILES, OTHER], [...said, deferred])
    expect(open(m, replicaSteps(m, FILES, nowhere(), LATER_MS).effects)).toEqual(['proven-files-1.tag.1'])
  })

  test('a copy that is away and says that it was proven: only its source is taken down', () => {
    const said: EntryBody[] = [...upTo('replica/files.prove.1', nowhere), { kind: 'doubted', why: 'a test' }]
    const m = of([FILES], said)
    const ids = open(m, replicaSteps(m, FILES, world(AT_SUCCESSOR, PROVEN), LATER_MS).effects)
    expect(ids).toEqual(['proven-files-1.tag.1'])
    const marked = [...said, ...tagged()]
    const later = of([FILES], marked)
    const [down, ...more] = replicaSteps(later, FILES, world(AT_SUCCESSOR, PROVEN), LATER_MS).effects.slice(1)
    if (!down) throw new Error('the source is taken down')
    expect([effectId(down), more]).toEqual(['replica/files.down.1', []])
    const isDown = of([FILES], [...marked, { kind: 'intended', effects: [down] }, ...achieved(down)])
    expect(open(isDown, replicaSteps(isDown, FILES, world(AT_SUCCESSOR, PROVEN), LATER_MS).effects)).toEqual([
      'replica/files/vol-files-copy.detach.1',
    ])
  })

  test('what was proven under another freeze is not proven', () => {
    const m = of([FILES], upTo('replica/files.prove.1', nowhere))
    const other = world(AT_BACKUP, { 'zonehop:proven': 'mig-0-f1' })
    expect(open(m, replicaSteps(m, FILES, other, LATER_MS).effects)).toEqual(['replica/files.prove.1'])
  })
})

function asked(generation: number): EntryBody {
  const base = { ...FORWARD, subject: ofMove('replica/files'), step: 'prove' } as const
  const of = { service: 'files', resource: 'files' }
  const hosts = { instances: ['i-files', 'i-backup'], document: 'zonehop-replica-status' }
  return { kind: 'intended', effects: [{ ...base, ...of, ...hosts, generation }] }
}

function tagged(): EntryBody[] {
  const subject = { of: 'mark', mark: 'proven-files', part: 1 } as const
  const effect: Effect = { ...FORWARD, subject, step: 'tag', resources: ['vol-files-copy'], tags: PROVEN, removed: [] }
  return [{ kind: 'intended', effects: [effect] }, ...achieved(effect)]
}

describe('before the outage', () => {
  test('both hosts of every replica are asked, and in sync it is asked again after five minutes', () => {
    expect(questions(of([FILES, OTHER], []), facts(), 0).map(effectId)).toEqual([
      'replica/files.prove.1',
      'replica/other.prove.1',
    ])
    const m = of([FILES], [asked(1), reading('replica/files.prove.1')])
    const readAtMs = m.effects.get('replica/files.prove.1')?.achievedAtMs ?? 0
    expect(questions(m, facts(), readAtMs + 299_999).map(effectId)).toEqual(['replica/files.prove.1'])
    expect(questions(m, facts(), readAtMs + 300_000).map(effectId)).toEqual(['replica/files.prove.2'])
  })

  test('while it syncs, every minute', () => {
    const sync = { doubts: ['the disk of the replica is Inconsistent'], leftKib: 10, sync: '10 KiB left' }
    const m = of([FILES], [asked(1), reading('replica/files.prove.1', sync)])
    const readAtMs = m.effects.get('replica/files.prove.1')?.achievedAtMs ?? 0
    expect(questions(m, facts(), readAtMs + 60_000).map(effectId)).toEqual(['replica/files.prove.2'])
  })

  test("once frozen that is the ladder's", () => {
    expect(questions(of([FILES], [FREEZE]), facts(), 0)).toEqual([])
  })

  test('freeze asks only while a replica that is needed is in sync', () => {
    const doubtful = [asked(1), reading('replica/files.prove.1', { doubts: ['no quorum'] })]
    expect(freezeEvidence(of([FILES], []), ['files'])).toBeNull()
    expect(freezeEvidence(of([FILES], doubtful), ['files'])).toBeNull()
    expect(freezeEvidence(of([FILES], [asked(1), reading('replica/files.prove.1')]), ['files'])).toContain(
      'The replica files is in sync: both hosts say so, twice.',
    )
    // One that was demoted under an earlier freeze needs no answer for the next: the ladder asks, or asks no more.
    const under = upTo('replica/files.prove.1', () => world(AT_BACKUP))
    expect(freezeEvidence(of([FILES], [FREEZE]), ['files'])).toBeNull()
    expect(freezeEvidence(of([FILES], under), ['files'])).not.toBeNull()
    // A newer question is under way: what was answered last counts.
    const again = of([FILES], [asked(1), reading('replica/files.prove.1'), asked(2)])
    expect(freezeEvidence(again, ['files'])).not.toBeNull()
  })
})

describe('the way home', () => {
  const promoted = (): EntryBody[] => {
    const places = (m: Migration): Facts => {
      const isDetached = m.effects.get('replica/files/vol-files-copy.detach.1')?.status === 'achieved'
      const isAttached = m.effects.get('replica/files/vol-files-copy.attach.1')?.status === 'achieved'
      if (isAttached) return world(AT_SUCCESSOR, PROVEN)
      return world(isDetached ? null : AT_BACKUP, PROVEN)
    }
    return [...upTo('replica/files.checkReplica.1', places), ABORT]
  }
  const steps = (said: readonly EntryBody[], at: Place): string[] => {
    const m = of([FILES], said)
    return open(m, abortSteps(m, SERVICE, world(at), LATER_MS).effects)
  }
  const did = (said: readonly EntryBody[], at: Place): EntryBody[] => {
    const m = of([FILES], said)
    const fresh = abortSteps(m, SERVICE, world(at), LATER_MS).effects.filter(
      (effect) => m.effects.get(effectId(effect))?.status !== 'achieved',
    )
    const primary = (effect: Effect): EntryBody[] =>
      effect.step === 'prove' ? [reading(effectId(effect), { sourceRole: 'Primary' })] : achieved(effect)
    return [...said, { kind: 'intended', effects: fresh }, ...fresh.flatMap(primary)]
  }

  /** The sources tell of the abort, and the freeze is off them. */
  const told = (said: readonly EntryBody[], at: Place): EntryBody[] => did(did(said, at), at)

  test('first the sources tell of it, then the freeze goes', () => {
    expect(steps(promoted(), AT_SUCCESSOR)).toEqual(['aborted-files-1.tag.1'])
    expect(steps(did(promoted(), AT_SUCCESSOR), AT_SUCCESSOR)).toEqual(['aborted-freeze-files-1.tag.1'])
  })

  test('from the successor: fenced, the source primary, open, the copy home, discarding, in sync', () => {
    const fenced = told(promoted(), AT_SUCCESSOR)
    expect(steps(fenced, AT_SUCCESSOR)).toEqual(['replica/files.fence.1'])
    const primary = did(fenced, AT_SUCCESSOR)
    expect(steps(primary, AT_SUCCESSOR)).toEqual(['replica/files/source.promote.1'])
    const serving = did(primary, AT_SUCCESSOR)
    expect(steps(serving, AT_SUCCESSOR)).toEqual(['service/files.unfreeze.1'])
    const leaving = did(serving, AT_SUCCESSOR)
    expect(steps(leaving, AT_SUCCESSOR)).toEqual(['replica/files/vol-files-copy/home.detach.1'])
    expect(steps(leaving, null)).toEqual(['replica/files/vol-files-copy/home.attach.1'])
    expect(steps(leaving, AT_BACKUP)).toEqual(['replica/files/home.prove.1'])
    const seenPrimary = did(leaving, AT_BACKUP)
    expect(steps(seenPrimary, AT_BACKUP)).toEqual(['replica/files/home.reunite.1'])
    const reunited = did(seenPrimary, AT_BACKUP)
    expect(steps(reunited, AT_BACKUP)).toEqual(['replica/files/home.prove.2'])
    expect(isAbortComplete(of([FILES], reunited), SERVICE, world(AT_BACKUP))).toBe(false)
    const home = did(reunited, AT_BACKUP)
    expect(steps(home, AT_BACKUP)).toEqual([])
    expect(isAbortComplete(of([FILES], home), SERVICE, world(AT_BACKUP))).toBe(true)
  })

  test('a copy that somebody takes from its backup server again is told, until it is in sync there', () => {
    const serving = [0, 1, 2].reduce((said) => did(said, AT_SUCCESSOR), told(promoted(), AT_SUCCESSOR))
    const attached = did(serving, null)
    const home = [0, 1, 2].reduce((said) => did(said, AT_BACKUP), attached)
    const learnt = (said: readonly EntryBody[], at: Place, laterMs = SHOWN_AFTER_MS) => {
      const m = of([FILES], said)
      const attachedAtMs = m.effects.get('replica/files/vol-files-copy/home.attach.1')?.achievedAtMs ?? 0
      return learn(m, { ...world(at), beganAtMs: attachedAtMs + laterMs })
    }
    expect(learnt(attached, null)).toMatchObject({
      kind: 'failed',
      effect: 'replica/files/vol-files-copy/home.attach.1',
      code: 'Gone',
    })
    expect(learnt(attached, null, SHOWN_AFTER_MS - 1)).toBeNull()
    expect(learnt(attached, AT_BACKUP)).toBeNull()
    expect(learnt(home, null)).toBeNull()
  })

  test('a source that is not seen primary: the copy is not told to discard anything', () => {
    const leaving = [0, 1, 2].reduce((said) => did(said, AT_SUCCESSOR), told(promoted(), AT_SUCCESSOR))
    const m = of([FILES], leaving)
    const [question] = abortSteps(m, SERVICE, world(AT_BACKUP), LATER_MS).effects.filter(({ step }) => step === 'prove')
    if (!question) throw new Error('both hosts are asked')
    const answer = reading(effectId(question), { sourceRole: 'Secondary', doubts: ['the replica is down'] })
    const secondary = [...leaving, { kind: 'intended', effects: [question] } as const, answer]
    expect(steps(secondary, AT_BACKUP)).toEqual(['replica/files/home.prove.2'])
  })

  test('a copy that EC2 does not show at the successor yet is fenced all the same', () => {
    const m = of([FILES], told(promoted(), AT_SUCCESSOR))
    const attachedAtMs = m.effects.get('replica/files/vol-files-copy.attach.1')?.attempts.at(-1)?.atMs ?? 0
    const at = (beganAtMs: number): string[] =>
      open(m, abortSteps(m, SERVICE, { ...world(null), beganAtMs }, LATER_MS).effects)
    expect(at(attachedAtMs + SHOWN_AFTER_MS - 1)).toEqual(['replica/files.fence.1'])
    expect(at(attachedAtMs + SHOWN_AFTER_MS)).toEqual(['replica/files/source.promote.1'])
  })

  test('a silent host: an approver vouches for the fence, and says how they know', () => {
    const fence = did(told(promoted(), AT_SUCCESSOR), AT_SUCCESSOR)
    const { length } = fence
    const open = fence.slice(0, length - 1)
    // The last two of them: intended, and issued.
    const [intended, issued] = [`n${open.length + 1}`, `n${open.length + 2}`]
    const failed: EntryBody = {
      ...{ kind: 'failed', effect: 'replica/files.fence.1', issued, code: 'DocumentFailed' },
      ...{ problem: 'DeliveryTimedOut', remedy: 'look at the host' },
    }
    const ask = { effect: 'replica/files.fence.1', reason: 'its instance is gone' }
    expect(mayVouch(of([FILES], open), ask)?.refusal).toMatch(/not asked for any more/)
    const silent = of([FILES], [...open, failed])
    expect(mayVouch(silent, { ...ask, reason: ' ' })?.refusal).toBe('Say how you know that it is down.')
    expect(mayVouch(silent, { ...ask, effect: 'replica/files.promote.1' })?.refusal).toBe(
      'Only for a fence somebody may vouch.',
    )
    expect(mayVouch(silent, ask)).toBeNull()
    const vouched: EntryBody = { kind: 'confirmed', intended, effects: [ask.effect], by: 'U-2', reason: ask.reason }
    expect(steps([...open, failed], AT_SUCCESSOR)).toEqual(['replica/files.fence.1'])
    expect(steps([...open, failed, vouched], AT_SUCCESSOR)).toEqual(['replica/files/source.promote.1'])
  })

  test('a copy of several volumes that is not whole at the successor was never promoted: no fence holds it up', () => {
    const second = { source: volume({ id: 'vol-2' }), copy: volume({ id: 'vol-2-copy', instance: 'i-backup' }) }
    const two = { ...FILES, pairs: [...FILES.pairs, second] }
    const half = (m: Migration, seenAt: Facts): boolean => mayBePromoted(m, two, seenAt)
    const alone = of([two], [FREEZE, ABORT])
    expect(half(alone, world(AT_SUCCESSOR))).toBe(false)
    expect(half(of([two], promoted()), world(AT_SUCCESSOR))).toBe(true)
    expect(half(of([two], promoted()), world(null))).toBe(false)
  })

  test('a copy that left the successor some other way needs no fence', () => {
    expect(steps(told(promoted(), null), null)).toEqual(['replica/files/source.promote.1'])
  })

  test('what was only demoted is promoted again, and was never apart', () => {
    const said = told([...upTo('replica/files.prove.1', () => world(AT_BACKUP)), ABORT], AT_BACKUP)
    const done = did(did(said, AT_BACKUP), AT_BACKUP)
    expect(steps(done, AT_BACKUP)).toEqual([])
    expect(isAbortComplete(of([FILES], done), SERVICE, world(AT_BACKUP))).toBe(true)
  })

  test('never stopped by hand: it is told, and that is all', () => {
    const manual = service('files', { method: 'manual' })
    const m = of([FILES], told([FREEZE, ABORT], AT_BACKUP))
    expect(open(m, abortSteps(m, manual, world(AT_BACKUP), LATER_MS).effects)).toEqual([])
    expect(isAbortComplete(m, manual, world(AT_BACKUP))).toBe(true)
  })

  test('under a freeze that no call of this journal carried out: a copy of the stack may have, so it is started', () => {
    const home = told([FREEZE, ABORT], AT_BACKUP)
    expect(steps(home, AT_BACKUP)).toEqual(['service/files.unfreeze.1'])
    expect(isAbortComplete(of([FILES], home), SERVICE, world(AT_BACKUP))).toBe(false)
  })

  test('before any freeze: it is told, and that is all', () => {
    expect(steps(did([ABORT], AT_BACKUP), AT_BACKUP)).toEqual([])
  })

  test('nothing done to it: its writes begin again', () => {
    expect(steps(told([...STOPPED, ABORT], AT_BACKUP), AT_BACKUP)).toEqual(['service/files.unfreeze.1'])
  })
})

describe('asked again just before', () => {
  const at = (id: string, m: Migration, effects: readonly Effect[]): Effect => {
    const effect = effects.find((each) => effectId(each) === id)
    if (!effect) throw new Error(`${id} is not asked for: ${effects.map(effectId).join(', ')} of ${m.id}`)
    return effect
  }
  const down = (): [Migration, Effect] => {
    const m = of([FILES], [...upTo('replica/files.down.1', () => world(AT_BACKUP))])
    return [m, at('replica/files.down.1', m, replicaSteps(m, FILES, world(AT_BACKUP), LATER_MS).effects)]
  }

  test("on the facts of its own volumes, the copy's too", () => {
    const [m, effect] = down()
    expect(volumesToRecheck(m, effect)).toEqual(['vol-files', 'vol-files-copy'])
  })

  test('down: the freeze stands, and it was proven', () => {
    const [m, effect] = down()
    expect(recheck(m, effect, world(AT_BACKUP))).toBeNull()
    expect(recheck(m, effect, world(AT_BACKUP, {}, {}))).toBe('the freeze of files does not stand')
    const unproven = of(
      [FILES],
      upTo('replica/files.prove.1', () => world(AT_BACKUP)),
    )
    expect(recheck(unproven, effect, world(AT_BACKUP))).toBe('files is not proven')
  })

  test('the source is promoted again only behind the fence, and only where nothing was left', () => {
    const m = of([FILES], [...upTo('replica/files.promote.1', () => world(AT_SUCCESSOR, PROVEN)), ABORT])
    const effect: Effect = {
      ...{ subject: side('source'), step: 'promote', generation: 1, direction: 'back' },
      ...{ service: 'files', resource: 'files' },
      ...{ instances: ['i-files'], document: 'zonehop-replica-promote' },
    }
    expect(recheck(m, effect, world(AT_SUCCESSOR))).toBe('files is not fenced')
    expect(recheck(m, effect, world(null))).toBeNull()
    expect(recheck(m, effect, world(null, {}, { 'zonehop:left': 'mig-1' }))).toMatch(/may be taking writes/)
    expect(recheck(of([FILES], [FREEZE]), effect, world(null))).toBe('no abort or return stands in the journal')
  })

  test('on the way back only what leads there is issued', () => {
    type Row = readonly [Subject, 'promote' | 'demote' | 'fence' | 'reunite' | 'down', Effect['direction']]
    const issues = ([subject, step, direction]: Row): boolean => {
      const hosts = { service: 'files', resource: 'files', instances: ['i'], document: 'd' }
      const effect = { subject, step, generation: 1, direction, ...hosts }
      const m = of([FILES], [FREEZE, ABORT, { kind: 'intended', effects: [effect] }])
      return mayIssue(m, m.effects.get(effectId(effect)) as EffectState)
    }
    const pair = ofMove('replica/files')
    expect(issues([pair, 'promote', 'forward'])).toBe(false)
    expect(issues([side('source'), 'promote', 'back'])).toBe(true)
    expect(issues([pair, 'demote', 'forward'])).toBe(false)
    expect(issues([pair, 'down', 'forward'])).toBe(false)
    expect(issues([pair, 'fence', 'back'])).toBe(true)
    expect(issues([side('home'), 'reunite', 'back'])).toBe(true)
  })
})
