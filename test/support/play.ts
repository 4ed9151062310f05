// Plays a scenario of the demo as fast as it goes, on a real Redis, and hands back the JSON that `--json` prints. What its channel was told is
// held against what every channel is owed, and its outage against its floor.
import { play } from '../../src/demo/run.ts'
import type { Scenario } from '../../src/demo/scenario.ts'
import { expectFloor } from '../scenarios/floor.ts'
import { expectTold } from '../scenarios/told.ts'

/** A scenario's run, as `--json` prints it. */
export type Played = Awaited<ReturnType<typeof playFast>>

export async function playFast(
  scenario: Scenario,
  over: { readonly volumes?: number; readonly loseResponses?: readonly string[]; readonly redis?: 'failover' } = {},
) {
  const { json } = await play({ scenario, seed: 1, speed: 20_000, volumes: 0, json: true, isWatched: false, ...over })
  expectTold(json.transcript, json.outageSeconds)
  expectFloor(json)
  return json
}
