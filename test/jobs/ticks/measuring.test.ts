// What is asked of EBS beside the ticks, how many questions at once, and what of the answers is written down.
import { expect, test } from 'vitest'
import { measuring } from '../../../jobs/measuring.ts'
import type { Effect } from '../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import { ofMove } from '../../../src/core/model/subjects.ts'
import { Unreadable } from '../../../src/core/ports.ts'
import { memoryJournal } from '../../support/memory-journal.ts'
import { entries, move, plan, planned } from '../../support/plans.ts'

const AWAY = new Unreadable({ service: 'EC2', isAnswering: false }, 'AWS does not answer', null)
const seed = (generation: number): Effect => {
  const base = { subject: ofMove('vol-1'), step: 'seed', generation, direction: 'forward' } as const
  return { ...base, volumeId: 'vol-1', tags: {} }
}

/** A migration of which four seeds are complete. */
async function seeded() {
  const journal = memoryJournal(() => 1_000)
  const rounds = [1, 2, 3, 4].flatMap((generation): EntryBody[] => {
    const effect = `vol-1.seed.${generation}`
    const started = [{ effect, resource: `snap-${generation}`, others: [] }]
    return [
      { kind: 'intended', effects: [seed(generation)] },
      { kind: 'issued', effect },
      { kind: 'seen', started, achieved: [effect] },
    ]
  })
  journal.load(entries(planned('mig-1', { plan: plan([move({ id: 'vol-1' })]) }), { kind: 'began' }, ...rounds))
  const read = async (): Promise<Migration> => (await journal.read('mig-1')) as Migration
  const said = async (): Promise<string[]> =>
    (await journal.entries('mig-1')).flatMap((one) => (one.kind === 'measured' ? `${one.second} ${one.gib}` : []))
  return { journal, read, said }
}

/** Until everything that is under way has come to its end. */
const settled = async (): Promise<void> => await new Promise((resolve) => setImmediate(resolve))

function asking(answer: (second: string) => Promise<number | 'denied' | 'incomparable'>) {
  const asked: string[] = []
  const errors: Error[] = []
  let nowMs = 0
  const ports = {
    ebs: {
      async changedGib({ first, second }: { first: string; second: string }) {
        asked.push(`${first} ${second}`)
        return await answer(second)
      },
    },
    clock: { now: () => nowMs },
    onError: (error: Error) => void errors.push(error),
  }
  const pass = (ms: number): void => {
    nowMs += ms
  }
  return { asked, errors, ports, pass }
}

test('each pair is asked once, two at a time, and what it differs by is written down', async () => {
  const { journal, read, said } = await seeded()
  const { asked, ports } = asking(async (second) => (second === 'snap-3' ? 'denied' : 1.5))
  const measure = measuring({ ...ports, journal })
  measure(await read())
  measure(await read())
  expect(asked).toEqual(['snap-1 snap-2', 'snap-2 snap-3'])
  await settled()
  expect(await said()).toEqual(['snap-2 1.5', 'snap-3 null'])
  measure(await read())
  await settled()
  measure(await read())
  expect(asked).toHaveLength(3)
  expect(await said()).toEqual(['snap-2 1.5', 'snap-3 null', 'snap-4 1.5'])
})

test('what another process wrote meanwhile is not written again', async () => {
  const { journal, read, said } = await seeded()
  const { ports } = asking(async () => {
    for (const second of ['snap-2', 'snap-3']) {
      const m = await read()
      if (!m.deltas.has(second)) await journal.append('mig-1', m, { kind: 'measured', first: 'snap-1', second, gib: 7 })
    }
    return 1
  })
  measuring({ ...ports, journal })(await read())
  await settled()
  expect(await said()).toEqual(['snap-2 7', 'snap-3 7'])
})

test('where AWS does not answer, the same is asked again after a minute, and nobody is told', async () => {
  const { journal, read, said } = await seeded()
  const { asked, errors, ports, pass } = asking(async () => {
    throw AWAY
  })
  const measure = measuring({ ...ports, journal })
  measure(await read())
  await settled()
  measure(await read())
  await settled()
  expect(asked).toEqual(['snap-1 snap-2', 'snap-2 snap-3', 'snap-3 snap-4'])
  pass(60_000)
  measure(await read())
  await settled()
  expect(asked).toHaveLength(5)
  expect([await said(), errors]).toEqual([[], []])
})

test('two that AWS does not compare are asked for three times, and then not known', async () => {
  const { journal, read, said } = await seeded()
  const { asked, ports, pass } = asking(async (second) => (second === 'snap-2' ? 'incomparable' : 1))
  const measure = measuring({ ...ports, journal })
  for (let minute = 0; minute < 5; minute++) {
    measure(await read())
    await settled()
    pass(60_000)
  }
  expect(asked.filter((pair) => pair === 'snap-1 snap-2')).toHaveLength(3)
  expect((await said()).at(-1)).toBe('snap-2 null')
})

test('what is no fault of AWS is told', async () => {
  const { journal, read } = await seeded()
  const { errors, ports } = asking(async () => {
    throw new Error('a bug')
  })
  measuring({ ...ports, journal })(await read())
  await settled()
  expect(errors.map(({ message }) => message)).toEqual(['a bug', 'a bug'])
})
