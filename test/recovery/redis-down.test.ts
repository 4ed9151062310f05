// Redis goes away while people type: they are told what is not known, and it goes on when Redis is back.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Box, openBox } from '../../src/demo/box.ts'
import { PEOPLE } from '../../src/demo/scenario.ts'
import { lateVolume } from '../../src/demo/scenarios/late-volume.ts'

let box: Box
beforeAll(async () => {
  box = await openBox({
    scenario: lateVolume,
    seed: 1,
    speed: 30,
    volumes: 0,
    isHandsOn: false,
    onPost: () => undefined,
  })
  await box.startBot()
})
afterAll(() => box.close())

const [giles] = PEOPLE
const heard = (text: string) => box.slack.transcript().filter((row) => row.text.includes(text)).length

test('a command while Redis is down, and after', { timeout: 180_000 }, async () => {
  await box.redis?.kill()
  await box.slack.command(giles.id, lateVolume.command)
  await expect.poll(() => heard('it is not known whether it was taken'), { timeout: 60_000 }).toBe(1)
  await box.redis?.start()
  await expect
    .poll(
      async () => {
        await box.slack.command(giles.id, '/migrate status')
        return heard('No migration is running') + heard('us-east-1a to us-east-1c, planned')
      },
      { timeout: 60_000, interval: 1_000 },
    )
    .toBeGreaterThan(0)
})
