// 907895: a copy that was seen taken off, and is attached there again: it is taken off once more, when EC2 must show what is.
import { describe, expect, test } from 'vitest'
import { type DetachEffect, type Effect, effectId } from '../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import type { Facts } from '../../../src/core/model/facts.ts'
import { SHOWN_AFTER_MS } from '../../../src/core/model/limits.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import { ofCopy, type Subject } from '../../../src/core/model/subjects.ts'
import { detachAgainIfBack } from '../../../src/core/steps/generations.ts'
import { replicaSteps } from '../../../src/core/steps/replica-ladder.ts'
import { abortSteps } from '../../../src/core/steps/way-back.ts'
import { facts, LATER_MS } from '../../support/facts.ts'
import { entries, plan, planned, replicaMove, seen, service, volume } from '../../support/plans.ts'
import { fitting } from '../journals.ts'

const FILES = replicaMove()
const COPY = volume({ id: 'vol-files-copy', name: 'files-copy', instance: 'i-backup', device: '/dev/sdp' })
const SOURCE = volume({ id: 'vol-files', name: 'files', instance: 'i-files' })
const FILE_SERVER = service('files', { method: 'document' })
const DRAWN = plan([FILES], { services: [FILE_SERVER] })
const PROVEN = { 'zonehop:proven': 'mig-1-f1' }

const at = (...said: readonly EntryBody[]): Migration =>
  fitting(entries(planned('mig-1', { plan: DRAWN }), { kind: 'began' }, ...said))

type Place = readonly [instance: string, device: string]
const AT_BACKUP: Place = ['i-backup', '/dev/sdp']
const AT_SUCCESSOR: Place = ['i-files-next', '/dev/sdf']

function world(place: Place | null, beganAtMs: number): Facts {
  const attachments = place
    ? [{ instance: place[0], device: place[1], state: 'attached', deleteOnTermination: false }]
    : []
  return facts({
    beganAtMs,
    volumes: [
      seen({ volume: SOURCE }, { tags: { 'zonehop:frozen': 'mig-1-f1' } }),
      seen({ volume: COPY }, { zone: 'us-east-1c', attachments, tags: PROVEN }),
    ],
  })
}

function does(effect: Effect): EntryBody[] {
  const id = effectId(effect)
  if (effect.step === 'prove') {
    const answer = { doubts: [], leftKib: null, sync: null, isStalled: false, sourceRole: 'Primary' }
    return [{ kind: 'read', effect: id, ...answer }]
  }
  const resource = effect.step === 'down' ? 'A0' : 'command'
  return [
    { kind: 'issued', effect: id },
    { kind: 'seen', started: [{ effect: id, resource, others: [] }], achieved: [id] },
  ]
}

const open = (m: Migration, effects: readonly Effect[]): string[] =>
  effects.map(effectId).filter((id) => m.effects.get(id)?.status !== 'achieved')

type Steps = (m: Migration, look: Facts) => readonly Effect[]
const forward: Steps = (m, look) => replicaSteps(m, FILES, look, LATER_MS).effects
const back: Steps = (m, look) => abortSteps(m, FILE_SERVER, look, LATER_MS).effects

/** What is asked for is done, until the detachment is. */
function untilOff(said: readonly EntryBody[], steps: Steps, id: string, place: Place): readonly EntryBody[] {
  const all = [...said]
  for (let turn = 0; turn < 20; turn++) {
    const m = at(...all)
    if (m.effects.get(id)?.status === 'achieved') return all
    const fresh = steps(m, world(place, LATER_MS)).filter((effect) => !m.effects.has(effectId(effect)))
    all.push({ kind: 'intended', effects: fresh }, ...fresh.flatMap(does))
  }
  throw new Error(`${id} is never asked for`)
}

const FREEZE: Effect = {
  ...{ subject: { of: 'service', service: 'files', part: 1 }, step: 'freeze', generation: 1, direction: 'forward' },
  ...{ service: 'files', instances: ['i-files'], work: { method: 'document', document: 'zonehop-freeze' } },
}
const frozen: readonly EntryBody[] = [
  { kind: 'freezing', freeze: 'mig-1-f1', services: ['files'] },
  ...[{ kind: 'intended', effects: [FREEZE] } as const, ...does(FREEZE)],
]
const AWAY = 'replica/files/vol-files-copy.detach'
const HOME = 'replica/files/vol-files-copy/home.detach'
const leaving = (): readonly EntryBody[] => untilOff(frozen, forward, `${AWAY}.1`, AT_BACKUP)
const aborting: EntryBody = { kind: 'aborting', by: 'U-2', reason: 'a test' }
const goingHome = (): readonly EntryBody[] => untilOff([...leaving(), aborting], back, `${HOME}.1`, AT_SUCCESSOR)

describe.each<
  [string, () => readonly EntryBody[], Steps, { detach: string; there: Place; attach: string; elsewhere: Place }]
>([
  [
    'away from its backup server',
    leaving,
    forward,
    { detach: AWAY, there: AT_BACKUP, attach: 'replica/files/vol-files-copy.attach.1', elsewhere: AT_SUCCESSOR },
  ],
  [
    'home from its successor',
    goingHome,
    back,
    {
      detach: HOME,
      there: AT_SUCCESSOR,
      attach: 'replica/files/vol-files-copy/home.attach.1',
      elsewhere: ['i-9', '/dev/sdf'],
    },
  ],
])('%s', (_, journal, steps, { detach, there, attach, elsewhere }) => {
  const m = at(...journal())
  const offAtMs = m.effects.get(`${detach}.1`)?.achievedAtMs ?? Number.NaN

  test.each<[string, Place | null, number, string]>([
    ['off: it goes on', null, offAtMs + SHOWN_AFTER_MS, attach],
    ['still shown there, within the window: it goes on', there, offAtMs + SHOWN_AFTER_MS - 1, attach],
    ['still shown there behind it: once more', there, offAtMs + SHOWN_AFTER_MS, `${detach}.2`],
    ['shown elsewhere behind it: it is off', elsewhere, offAtMs + SHOWN_AFTER_MS, attach],
  ])('%s', (_, place, beganAtMs, then) => {
    const next = open(m, steps(m, world(place, beganAtMs)))
    // At the successor already there is nothing to attach; it is promoted, and so on.
    if (place === elsewhere) expect(next.filter((id) => id.startsWith(detach))).toEqual([])
    else expect(next).toEqual([then])
  })

  test('done once more it goes on, and counts from then', () => {
    const again = steps(m, world(there, offAtMs + SHOWN_AFTER_MS)).filter(
      (effect) => effectId(effect) === `${detach}.2`,
    )
    const later = at(...journal(), { kind: 'intended', effects: again }, ...again.flatMap(does))
    const secondMs = later.effects.get(`${detach}.2`)?.achievedAtMs ?? Number.NaN
    expect(open(later, steps(later, world(there, secondMs + SHOWN_AFTER_MS - 1)))).toEqual([attach])
    expect(open(later, steps(later, world(there, secondMs + SHOWN_AFTER_MS)))).toEqual([`${detach}.3`])
  })
})

describe('one detachment', () => {
  const subject: Subject = ofCopy(FILES.id, COPY.id)
  const effect: DetachEffect = {
    ...{ subject, step: 'detach', generation: 1, direction: 'forward', volumeId: COPY.id },
    ...{ instance: 'i-backup', device: '/dev/sdp' },
  }
  const behind = world(AT_BACKUP, LATER_MS)

  test.each<[string, readonly EntryBody[], number]>([
    ['that was never intended is the first', [], 1],
    ['that is not achieved stays what it is', [{ kind: 'intended', effects: [effect] }], 1],
    [
      'that failed is retried by people',
      [
        { kind: 'intended', effects: [effect] },
        { kind: 'issued', effect: `${AWAY}.1` },
      ],
      1,
    ],
    ['that was achieved long ago is done once more', [{ kind: 'intended', effects: [effect] }, ...does(effect)], 2],
  ])('%s', (_, said, generation) => {
    expect(detachAgainIfBack(at(...frozen, ...said), effect, behind).generation).toBe(generation)
  })

  test('is not done once more where the attachment is shown as past', () => {
    const m = at(...frozen, { kind: 'intended', effects: [effect] }, ...does(effect))
    const past = { instance: 'i-backup', device: '/dev/sdp', state: 'detached', deleteOnTermination: false }
    const look = facts({ volumes: [seen({ volume: COPY }, { zone: 'us-east-1c', attachments: [past] })] })
    expect(detachAgainIfBack(m, effect, look).generation).toBe(1)
    // On its way off it is not told twice.
    const leavingYet = { ...past, state: 'detaching' }
    expect(
      detachAgainIfBack(m, effect, facts({ volumes: [seen({ volume: COPY }, { attachments: [leavingYet] })] }))
        .generation,
    ).toBe(1)
  })
})
