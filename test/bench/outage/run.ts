// How long an outage is for how short it could be: a scenario is played three times, with other seeds, and its outage without its waits for
// people is held against its floor (src/demo/floor/floor.ts). From the question that begins the outage to its end the clock runs no
// faster than twice real time: faster, the milliseconds of this machine would count as seconds of the outage. The last line on standard
// output is JSON; the exit code is 1 where a play did not end as its scenario should.
import { play } from '../../../src/demo/run.ts'
import type { Deed } from '../../../src/demo/scenario.ts'
import { prepared } from '../../../src/demo/scenarios/ahead/prepared.ts'

/** The scenario that is played: snapshots are taken ahead every day, so its outage copies what changed since. */
const SCENARIO = prepared
const SEEDS = [1, 2, 3]
/** The top speed of the clock, in times of real time, within the outage and without. */
const SPEED = { within: 2, without: 3_000 } as const

const ratios: number[] = []
for (const seed of SEEDS) ratios.push(await ratioOf(seed))
console.log(JSON.stringify({ ratios, median: ratios.toSorted((a, b) => a - b)[Math.floor(ratios.length / 2)] }))

/** Plays it once, prints what came of it, and gives the ratio in thousandths. Throws where it did not end as it should. */
async function ratioOf(seed: number): Promise<number> {
  const slow: Deed = {
    kind: 'happen',
    when: ({ asking }) => asking?.gate === 'freeze',
    what: (_ec2, _m, { clock }) => clock.setSpeedTop(SPEED.within),
  }
  // Behind the scenario's own, which sets another speed once the outage is over.
  const deeds = [...SCENARIO.deeds, slow]
  const options = { seed, speed: SPEED.without, volumes: 0, json: true, isWatched: false }
  const { json } = await play({ scenario: { ...SCENARIO, deeds }, ...options })
  const { wrong, outageSeconds, gateWaitSeconds, outageFloorSeconds, outageFloor } = json
  if (wrong.length > 0 || outageSeconds === null || gateWaitSeconds === null || outageFloorSeconds === null) {
    throw new Error(`${SCENARIO.name} with seed ${seed} did not end as it should: ${wrong.join('; ')}`)
  }
  const ratio = Math.round(((outageSeconds - gateWaitSeconds) / outageFloorSeconds) * 1_000) / 1_000
  console.log(JSON.stringify({ seed, ratio, outageSeconds, gateWaitSeconds, outageFloorSeconds, outageFloor }))
  return ratio
}
