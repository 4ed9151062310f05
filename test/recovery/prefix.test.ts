// The journal is cut at every prefix and resumed on a world that is further than the journal knows: nothing is made twice,
// and the end is the same.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Entry } from '../../src/core/model/entries.ts'
import { wrongsOfMoved } from '../../src/demo/scenario.ts'
import { type Drill, startDrill } from '../support/drill.ts'
import { SOURCE, TARGET, worldOf } from '../support/worlds.ts'

let drill: Drill
beforeAll(async () => {
  drill = await startDrill(worldOf({}, { type: 'st1', sizeGib: 125 }))
})
afterAll(() => drill.close())

test('cut at every prefix, resumed, the same end', async () => {
  const before = drill.simulated.state()
  const id = await drill.start(SOURCE, TARGET)
  expect(await drill.run(id)).toMatchObject({ phase: 'done' })
  const whole = await drill.journal().entries(id)
  const end = drill.simulated.state()
  expect(wrongsOfMoved(before, end)).toEqual([])

  for (let kept = 1; kept < whole.length; kept++) {
    drill.restart(whole.slice(0, kept))
    const resumed = await drill.run(id)
    expect(resumed.phase, `cut after ${kept}: ${whole[kept - 1]?.kind}`).toBe('done')
    const now = drill.simulated.state()
    expect(now.snapshots.length, `cut after ${kept}: ${whole[kept - 1]?.kind}`).toBe(end.snapshots.length)
    expect(now.volumes.map((volume) => volume.id)).toEqual(end.volumes.map((volume) => volume.id))
  }
})

/** Where the world is only as far as the journal: every prefix is a process killed right after that entry. */
test('killed after every entry, resumed, exactly one of each', async () => {
  const count = (entries: readonly Entry[]) => entries.length
  for (let kept = 1, total = 2; kept < total; kept++) {
    const other = await startDrill(worldOf({}))
    const before = other.simulated.state()
    const id = await other.start(SOURCE, TARGET)
    await other.run(id, ({ rev }) => rev >= kept)
    const cut = (await other.journal().entries(id)).slice(0, kept)
    other.restart(cut)
    expect(await other.run(id)).toMatchObject({ phase: 'done' })
    const entries = await other.journal().entries(id)
    // A final cut whose entry is lost, and that may be from before the freeze, is a seed from then on, and is cut again.
    const again = entries.some(isCutTakenForSeed) ? ['data-1: 2 final snapshots instead of one'] : []
    expect(wrongsOfMoved(before, other.simulated.state())).toEqual(again)
    total = count(entries)
    await other.close()
  }
})

function isCutTakenForSeed(entry: Entry): boolean {
  const things = entry.kind === 'adopted' ? entry.things : []
  return things.some(({ effect }) => effect.step === 'seed' && 'zonehop:frozen' in effect.tags)
}
