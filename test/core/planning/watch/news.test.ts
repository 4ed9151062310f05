// What is said for which change between two looks at a watched pair of zones.
import { expect, test } from 'vitest'
import type { Inventory, SeenInstance, SeenVolume } from '../../../../src/core/model/facts.ts'
import type { Unseeded } from '../../../../src/core/model/migration.ts'
import type { Choice } from '../../../../src/core/model/plan.ts'
import { NO_RULES } from '../../../../src/core/model/rules.ts'
import { draft } from '../../../../src/core/planning/draft.ts'
import { type Look, type News, newsSince, watchedOf } from '../../../../src/core/planning/watch/news.ts'
import { inventory, move, seen } from '../../../support/plans.ts'
import { instance } from '../../seeing/stages.ts'

const ZONES = { sourceZone: 'us-east-1a', targetZone: 'us-east-1c' }
const RULES = { ...NO_RULES, services: { logs: { freeze: 'manual' as const, volumes: ['logs'] } } }
const LOGS = seen(move({ id: 'vol-1', name: 'logs' }))
const STRAY = seen(move({ id: 'vol-2', name: 'invoices', device: '/dev/sdg' }))
const HOST: SeenInstance = { ...instance('i-source', 'running'), name: 'logs-server', zone: 'us-east-1a' }
const NEXT: SeenInstance = { ...instance('i-new', 'running'), name: 'logs-server', zone: 'us-east-1c' }
const OTHER = { ...LOGS, id: 'vol-9', tags: { Name: 'scratch', 'zonehop:route': 'stay' }, attachments: [] }

type World = { readonly volumes: readonly SeenVolume[]; readonly instances?: readonly SeenInstance[] }
type Seen = World & { readonly choices?: readonly Choice[] }

const QUIET: Seen = { volumes: [LOGS, OTHER] }

function drawn({ volumes, instances = [HOST, NEXT], choices = [] }: Seen) {
  const found: Inventory = { ...inventory([]), volumes, instances }
  const drafted = draft({ ...ZONES, inventory: found, rules: RULES, choices, found: [] })
  if (!('plan' in drafted)) throw new Error(drafted.problems.join(' '))
  return { plan: drafted.plan, inventory: found, unseeded: [] as readonly Unseeded[] }
}

function said(before: Seen | null, now: Seen): string[] {
  const [was, is] = [before && drawn(before), drawn(now)]
  return newsSince(was && watchedOf(was), is).map(wordOf)
}

function wordOf(one: News): string {
  if (one.kind === 'uncovered') return `uncovered ${one.volume.name}`
  if (one.kind === 'red') return `red ${one.check.name}`
  return one.kind === 'gone' ? `gone ${one.name}: ${one.cause}` : one.kind
}

const STAYS: Choice = { volume: 'vol-2', service: '', route: 'stay', need: 'required' }
const LOGS_ROUTE = 'route of logs (vol-1)'
const RESIZED = { ...LOGS, sizeGib: 200 }
const DETACHED = { ...LOGS, attachments: [] }

test.each<[change: string, before: Seen | null, now: Seen, said: readonly string[]]>([
  ['nothing at a first look that finds nothing', null, QUIET, []],
  ['a first look says what is uncovered', null, { volumes: [LOGS, STRAY] }, ['uncovered invoices']],
  ['a first look says what is red', null, { volumes: [DETACHED] }, [`red ${LOGS_ROUTE}`]],
  ['nothing where nothing changed', QUIET, QUIET, []],
  ['nothing of a volume that is larger by now', QUIET, { volumes: [RESIZED, OTHER] }, []],
  ['a new volume that nothing covers', QUIET, { volumes: [LOGS, OTHER, STRAY] }, ['uncovered invoices']],
  ['nothing of one that was uncovered before', { volumes: [LOGS, STRAY] }, { volumes: [LOGS, STRAY] }, []],
  [
    'nothing of a new volume that its tags cover',
    QUIET,
    { volumes: [LOGS, OTHER, { ...STRAY, tags: { Name: 'invoices', 'zonehop:route': 'stay' } }] },
    [],
  ],
  ['nothing once a route is chosen', { volumes: [LOGS, STRAY] }, { volumes: [LOGS, STRAY], choices: [STAYS] }, []],
  [
    'a volume whose choice has lapsed',
    { volumes: [LOGS, STRAY], choices: [STAYS] },
    { volumes: [LOGS, STRAY] },
    ['uncovered invoices'],
  ],
  ['nothing of an uncovered volume that went', { volumes: [LOGS, STRAY] }, { volumes: [LOGS] }, []],
  [
    'a covered volume that went',
    QUIET,
    { volumes: [LOGS] },
    ['gone scratch (vol-9, 100 GiB): it is gone from us-east-1a'],
  ],
  [
    'an instance that went, with its volume in the same line',
    QUIET,
    { volumes: [OTHER], instances: [{ ...HOST, state: 'terminated' }, NEXT] },
    ['gone logs-server (i-source): it is gone from us-east-1a, and with it logs (vol-1)'],
  ],
  [
    'nothing of an instance that only stopped',
    QUIET,
    { ...QUIET, instances: [{ ...HOST, state: 'stopped' }, NEXT] },
    [],
  ],
  ['a successor that went makes its move red', QUIET, { ...QUIET, instances: [HOST] }, [`red ${LOGS_ROUTE}`]],
  ['a move that became red', QUIET, { volumes: [DETACHED, OTHER] }, [`red ${LOGS_ROUTE}`]],
  ['nothing of what was red before', { volumes: [DETACHED] }, { volumes: [DETACHED] }, []],
  [
    'nothing of a red line whose cause is another now',
    { volumes: [DETACHED] },
    { volumes: [{ ...LOGS, managedBy: 'ebs.amazonaws.com' }] },
    [],
  ],
  ['a red line that went', { volumes: [DETACHED, OTHER] }, QUIET, [`gone ${LOGS_ROUTE}: it is not red any more`]],
])('%s', (_, before, now, then) => {
  expect(said(before, now)).toEqual(then)
})

test('a volume whose seeds went wrong is told once, and again after a day on which they did not', () => {
  const unseeded = [{ volume: 'vol-1', name: 'logs', cause: 'no snapshot of it was taken ahead: X, y. Next: z' }]
  const [well, ill] = [drawn(QUIET), { ...drawn(QUIET), unseeded }]
  expect(newsSince(watchedOf(well), ill)).toEqual([{ kind: 'unseeded', ...unseeded[0] }])
  expect(newsSince(watchedOf(ill), ill)).toEqual([])
  expect(newsSince(watchedOf(ill), well)).toEqual([])
  expect(newsSince(watchedOf(well), ill)).toHaveLength(1)
  // A snapshot of the same volume is another matter, and the next one, too.
  const found = (snapshot: string): Look => ({
    ...drawn(QUIET),
    unseeded: [{ volume: 'vol-1', name: 'logs', snapshot, cause: 'c' }],
  })
  expect(newsSince(watchedOf(ill), found('snap-1'))).toMatchObject([{ snapshot: 'snap-1' }])
  expect(newsSince(watchedOf(found('snap-1')), found('snap-2'))).toMatchObject([{ snapshot: 'snap-2' }])
  expect(newsSince(watchedOf(found('snap-1')), found('snap-1'))).toEqual([])
})
