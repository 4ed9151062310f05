// Turns: in one process, who reads, decides and appends in turn loses to nobody, however long it decides.
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { appendFrom, inTurn } from '../../src/store/journal.ts'
import { memoryJournal } from '../support/memory-journal.ts'
import { planned } from '../support/plans.ts'

test('a slow decision wins at its first try among a hundred quick ones', async () => {
  const journal = memoryJournal(() => 0)
  await journal.append('mig-1', null, planned())
  const quick = Array.from({ length: 100 }, (_, index) =>
    appendFrom(journal, 'mig-1', ({ paused }) =>
      paused ? { kind: 'resumed', by: `U-${index}` } : { kind: 'paused', by: `U-${index}` },
    ),
  )
  const slow = await inTurn(journal, 'mig-1', async () => {
    const m = await journal.read('mig-1')
    await delay(20)
    return await journal.append('mig-1', m, { kind: 'paused', by: 'U-slow' })
  })
  expect(slow.outcome).toBe('appended')
  expect((await Promise.all(quick)).every((appended) => appended?.outcome === 'appended')).toBe(true)
  expect((await journal.read('mig-1'))?.rev).toBe(102)
})

test('a turn that fails is told to who took it, and the next goes on', async () => {
  const journal = memoryJournal(() => 0)
  await journal.append('mig-1', null, planned())
  const failed = inTurn(journal, 'mig-1', async () => {
    throw new Error('Redis is away')
  })
  const next = appendFrom(journal, 'mig-1', () => ({ kind: 'paused', by: 'U-1' }))
  await expect(failed).rejects.toThrow('Redis is away')
  expect((await next)?.outcome).toBe('appended')
})
