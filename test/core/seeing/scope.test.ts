// What a look has to show: everything, until services are finished for good behind the point of no return.
import { describe, expect, test } from 'vitest'
import type { Effect } from '../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import { ofService } from '../../../src/core/model/subjects.ts'
import { movesInSight } from '../../../src/core/seeing/scope.ts'
import { entries, move, plan, planned, service } from '../../support/plans.ts'
import { fitting } from '../journals.ts'

const LOGS = move({ id: 'vol-1', name: 'logs' })
const DROPBOX = move({ id: 'vol-2', name: 'dropbox' })
const HOOK = 'start the sync'
const services = [service('logs'), service('dropbox', { need: 'deferrable', hook: HOOK })]

function migration(...said: readonly EntryBody[]): Migration {
  return fitting(entries(planned('mig-1', { plan: plan([LOGS, DROPBOX], { services }) }), { kind: 'began' }, ...said))
}

const WENT_LIVE: EntryBody = { kind: 'wentLive', percents: {} }

function of(name: string, step: 'open' | 'hook'): Effect {
  const work = { method: 'document', document: `zonehop-${step}` } as const
  const base = { subject: ofService(name), step, generation: 1, direction: 'forward' } as const
  return { ...base, service: name, instances: ['i-target'], work }
}

function achieved(name: string, step: 'open' | 'hook'): EntryBody[] {
  return [
    { kind: 'intended', effects: [of(name, step)] },
    { kind: 'seen', started: [], achieved: [`service/${name}.${step}.1`] },
  ]
}

const tag = (isSeen: boolean): readonly EntryBody[] => [
  {
    kind: 'intended',
    effects: [
      {
        ...{ subject: { of: 'mark', mark: 'done', part: 1 }, step: 'tag', generation: 1, direction: 'forward' },
        ...{ resources: ['vol-1'], tags: {}, removed: [] },
      },
    ],
  },
  ...(isSeen ? [{ kind: 'seen', started: [], achieved: ['done-1.tag.1'] } as const] : []),
]

describe('moves in sight', () => {
  const rows: readonly (readonly [string, Migration, readonly string[] | null])[] = [
    ['before anything moves: everything', migration(), null],
    ['live, nothing open yet: all that is not open', migration(WENT_LIVE), ['vol-1', 'vol-2']],
    ['what is open is settled', migration(WENT_LIVE, ...achieved('logs', 'open')), ['vol-2']],
    [
      'what is open and waits for its hook is not',
      migration(WENT_LIVE, ...achieved('logs', 'open'), ...achieved('dropbox', 'open')),
      ['vol-2'],
    ],
    [
      'all finished: everything again, for the marks to come',
      migration(WENT_LIVE, ...achieved('logs', 'open'), ...achieved('dropbox', 'open'), ...achieved('dropbox', 'hook')),
      null,
    ],
    ['while tags are written: everything', migration(WENT_LIVE, ...achieved('logs', 'open'), ...tag(false)), null],
    ['once they are seen: no longer', migration(WENT_LIVE, ...achieved('logs', 'open'), ...tag(true)), ['vol-2']],
  ]
  test.each(rows)('%s', (_, m, then) => expect(movesInSight(m)?.map(({ id }) => id) ?? null).toEqual(then))

  test('more moves than a filter takes: everything', () => {
    const moves = Array.from({ length: 201 }, (_, index) => move({ id: `vol-${index}`, name: 'logs' }))
    const many = fitting(entries(planned('mig-1', { plan: plan(moves) }), { kind: 'began' }, WENT_LIVE))
    expect(movesInSight(many)).toBeNull()
  })
})
