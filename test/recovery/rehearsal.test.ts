// A rehearsal that is killed in its middle is swept: whoever comes up again takes away the copies that were made, also those whose call
// nobody wrote down, and what is there afterwards is what was there before.
import { expect, test } from 'vitest'
import { verdictOf } from '../../src/core/rehearsing/verdict.ts'
import { toldIn } from '../../src/demo/report.ts'
import { rehearsal } from '../../src/demo/scenarios/ahead/rehearsal.ts'
import { type Drill, startDrill } from '../support/drill.ts'
import { SOURCE, TARGET, worldOf } from '../support/worlds.ts'

async function rehearse(drill: Drill): Promise<string> {
  const asked = { sourceZone: SOURCE, targetZone: TARGET, by: 'U-asker', channel: 'C-1' }
  const { text, about } = await drill.operations().rehearse(asked)
  if (!about) throw new Error(text)
  return about
}

test('killed after every entry and swept, the same', { timeout: 120_000 }, async () => {
  for (let kept = 1, total = 2; kept < total; kept++) {
    const drill = await startDrill(worldOf({}))
    const before = drill.simulated.state()
    const id = await rehearse(drill)
    await drill.run(id, ({ rev }) => rev >= kept)
    drill.restart((await drill.journal().entries(id)).slice(0, kept))
    const m = await drill.run(id)
    expect(m.phase).toBe('done')
    expect(verdictOf(m).verdict, `cut after ${kept}`).toBe('passed')
    expect(rehearsal.wrongs(before, drill.simulated.state(), m, toldIn([])), `cut after ${kept}`).toEqual([])
    total = (await drill.journal().entries(id)).length
    await drill.close()
  }
})
