// A response that is lost after the effect: the call is not repeated, what it made is found by its tags.
import { expect, test } from 'vitest'
import { wrongsOfMoved } from '../../src/demo/scenario.ts'
import { startDrill } from '../support/drill.ts'
import { SOURCE, TARGET, worldOf } from '../support/worlds.ts'

test.each(['CreateSnapshot', 'CreateVolume', 'AttachVolume', 'CreateTags', 'ModifyInstanceAttribute'])(
  'a lost response of %s becomes no second effect',
  async (action) => {
    const drill = await startDrill(worldOf({ deleteOnTermination: true }, {}))
    const before = drill.simulated.state()
    drill.simulated.loseNext(action)
    const id = await drill.start(SOURCE, TARGET)
    const m = await drill.run(id)
    expect(m.phase).toBe('done')
    expect([...m.effects.values()].filter(({ failure }) => failure)).toEqual([])
    const after = drill.simulated.state()
    expect(wrongsOfMoved(before, after)).toEqual([])
    expect(after.volumes).toHaveLength(before.volumes.length + 2)
    await drill.close()
  },
)
