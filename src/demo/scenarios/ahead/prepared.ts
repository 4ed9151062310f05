// The morning of the report, prepared: the same servers, but somebody named their zones in zonehop.yaml days before. What nobody had written
// down is told and chosen on the first day, snapshots are taken ahead every day, and the move is rehearsed the day before it.
import type { Migration } from '../../../core/model/migration.ts'
import { isSnapshotMove } from '../../../core/model/moves.ts'
import type { WorldState } from '../../ec2/world/entities.ts'
import { APPROVES, type Moment, type Scenario, slowMotion, wrongsOfMoved } from '../../scenario.ts'
import { SOURCE, TARGET } from '../../servers.ts'
import { outageDay } from '../outage-day.ts'

const WATCHED = `watch:
  - { from: ${SOURCE}, to: ${TARGET}, channel: C0INCIDENT, seed: daily }
`
/**
 * How many times real time the clock runs at most: nobody watches the days, documents on hosts are too late after some minutes, and of the
 * outage seconds count. Faster, milliseconds of a busy machine would count as those.
 */
const SPEED = { ofDays: 10_000, ofWork: 300, ofOutage: 4 } as const
const REHEARSING = { day: 4, hour: 10 }
const LEAVING = { day: 5, hour: 9 }

const isOpenAgain: Moment = ({ outage }) => (outage?.untilMs ?? null) !== null

/** Ends done, with nothing uncovered on the day, and with the newest snapshot of each volume that was taken ahead. */
export const prepared: Scenario = {
  name: 'prepared',
  world: outageDay.world,
  rules: `${outageDay.rules}${WATCHED}`,
  command: '/migrate status',
  deeds: [
    {
      kind: 'press',
      who: 'giles',
      sees: /^watch-route-\S+ Choose for logs/,
      fills: { route: 'snapshot', need: 'required', service: 'logs' },
      times: 1,
    },
    {
      kind: 'press',
      who: 'giles',
      sees: /^watch-route-\S+ Choose for dropbox/,
      fills: { route: 'snapshot', need: 'deferrable', service: 'dropbox' },
      times: 1,
    },
    { kind: 'day', ...REHEARSING, types: { who: 'harry', text: `/migrate rehearse ${SOURCE} ${TARGET}` } },
    { kind: 'day', ...LEAVING, types: { who: 'giles', text: `/migrate start ${SOURCE} ${TARGET}` } },
    {
      kind: 'day',
      day: 1,
      hour: 5,
      what: ({ clock }) => clock.setSpeedTop(Math.min(SPEED.ofDays, clock.state().speedTop)),
    },
    ...slowMotion(
      SPEED.ofWork,
      ({ purpose }) => purpose === 'rehearsal',
      ({ purpose, endedAtMs }) => purpose === 'rehearsal' && endedAtMs !== null,
    ),
    ...slowMotion(SPEED.ofOutage, ({ asking }) => asking?.gate === 'freeze', isOpenAgain),
    ...slowMotion(SPEED.ofWork, isOpenAgain, ({ purpose, phase }) => purpose === 'move' && phase === 'done'),
    ...APPROVES,
  ],
  isOver: ({ purpose, phase }) => purpose === 'move' && phase === 'done',
  wrongs: (before, after, m) => [
    ...wrongsOfMoved(before, after),
    ...(m.choices.length === 2 ? [] : [`${m.choices.length} choices are in the journal`]),
    ...m.plan.uncovered.map(({ name }) => `${name} is uncovered on the day`),
    ...wrongsOfSeeds(after, m),
  ],
}

/** Of what the days before took, one snapshot of each volume is left; the rehearsal and the move itself keep their own. */
function wrongsOfSeeds({ snapshots }: WorldState, m: Migration): string[] {
  const daily = snapshots.filter(
    ({ tags }) => tags['zonehop:step'] === 'seed' && tags['zonehop:migration'] !== m.id && !('zonehop:purpose' in tags),
  )
  return m.plan.moves.filter(isSnapshotMove).flatMap(({ volume: { id, name } }) => {
    const left = daily.filter(({ volume }) => volume === id).length
    return left === 1 ? [] : [`${left} snapshots of ${name} are left of the days before`]
  })
}
