// Who may rehearse and when, what a start does to a rehearsal or to seeds of a day that run, and what is meant by who names none.
import { describe, expect, test } from 'vitest'
import { meantOf } from '../src/core/journal/state.ts'
import type { Effect } from '../src/core/model/effects.ts'
import type { Entry, EntryBody } from '../src/core/model/entries.ts'
import type { SeenInstance } from '../src/core/model/facts.ts'
import { ofMove } from '../src/core/model/subjects.ts'
import { memoryJournal } from './support/memory-journal.ts'
import { inventory, move, plan, planned } from './support/plans.ts'
import { NO_VIEWS, showing, useCasesOf } from './support/use-cases.ts'

const ZONES = { sourceZone: 'us-east-1a', targetZone: 'us-east-1c' }
const ASKED = { ...ZONES, by: 'U0GILES', channel: 'C1' }
const TAGS = { Name: 'logs', 'zonehop:service': 'logs', 'zonehop:route': 'snapshot' }
const LOGS = move({ id: 'vol-1', name: 'logs', tags: TAGS })
const SERVERS = [
  ['i-source', 'us-east-1a'],
  ['i-target', 'us-east-1c'],
].map(([id = '', zone = '']): SeenInstance => {
  const base = { state: 'running', type: 'm5.large', rootDevice: '/dev/xvda', tags: { Name: 'logs-server' } }
  return { id, name: 'logs-server', zone, ...base }
})

function open(moves = [LOGS]) {
  const journal = memoryJournal(() => 60_000)
  journal.putBack(journal.keep(), { runId: 'r1', replicationId: 'h1' })
  const use = useCasesOf(journal, NO_VIEWS, showing({ ...inventory(moves), instances: SERVERS }))
  const kindsOf = async (id: string): Promise<Entry['kind'][]> => (await journal.entries(id)).map(({ kind }) => kind)
  return { use, journal, kindsOf }
}

describe('a rehearsal', () => {
  test('is planned without a gate, and holds no volume', async () => {
    const { use, journal } = open()
    const { ok, about = '' } = await use.rehearse(ASKED)
    expect(ok).toBe(true)
    const m = await journal.read(about ?? '')
    expect([m?.purpose, m?.phase, m?.asking]).toEqual(['rehearsal', 'planned', null])
    expect(await use.start({ ...ASKED, seeds: true, isMeant: true })).toMatchObject({ ok: true })
  })

  test('is sent back by a start between the same zones', async () => {
    const { use, kindsOf } = open()
    const { about } = await use.rehearse(ASKED)
    const started = await use.start({ ...ASKED, seeds: true, isMeant: true })
    expect(await kindsOf(about ?? '')).toEqual(['planned', 'aborting'])
    expect(await kindsOf(started.about ?? '')).toEqual(['planned'])
  })

  test('is refused while another one runs', async () => {
    const { use } = open()
    const { about } = await use.rehearse(ASKED)
    const { ok, text } = await use.rehearse(ASKED)
    expect(ok).toBe(false)
    expect(text).toBe(`${about} rehearses these zones already; rehearse once it is over.`)
  })

  test('has nothing to do where nothing would move', async () => {
    const { use } = open([])
    expect(await use.rehearse(ASKED)).toMatchObject({ ok: false })
  })
})

describe('seeds of a day', () => {
  async function beside(id: string, over: Partial<Extract<EntryBody, { kind: 'planned' }>> = {}) {
    const { use, journal, kindsOf } = open()
    const day = { ...planned(id, { plan: plan([LOGS]), channel: 'C1' }), purpose: 'seeds', ...over } as EntryBody
    await journal.append(id, null, day, {})
    await journal.append(id, await journal.read(id), { kind: 'began' }, {})
    return { use, journal, kindsOf }
  }

  test('hinder no rehearsal, and a start ends them', async () => {
    const { use, kindsOf } = await beside('mig-day')
    expect(await use.rehearse(ASKED)).toMatchObject({ ok: true })
    await use.start({ ...ASKED, seeds: true, isMeant: true })
    expect(await kindsOf('mig-day')).toEqual(['planned', 'began', 'aborting'])
  })

  test('are not meant by who names none, as long as there is something else', async () => {
    const { use } = await beside('mig-day')
    const running = async (): Promise<string[]> => meantOf(await use.running()).map(({ id }) => id)
    expect(await running()).toEqual(['mig-day'])
    const { about: rehearsal } = await use.rehearse(ASKED)
    expect(await running()).toEqual([rehearsal])
    const { about: move } = await use.start({ ...ASKED, seeds: true, isMeant: true })
    expect(await running()).toEqual([move])
  })

  test('stand behind all that people began where ended ones are listed', async () => {
    const { use, journal } = await beside('mig-day')
    const { about = '' } = await use.rehearse(ASKED)
    const id = about ?? ''
    const seed: Effect = {
      ...{ subject: ofMove('vol-1'), step: 'seed', generation: 1, direction: 'forward' },
      ...{ volumeId: 'vol-1', tags: {} },
    }
    const say = async (of: string, ...said: readonly EntryBody[]): Promise<void> => {
      for (const body of said) await journal.append(of, await journal.read(of), body, {})
    }
    await say(id, { kind: 'began' }, { kind: 'intended', effects: [seed] }, { kind: 'done' })
    await say('mig-day', { kind: 'intended', effects: [seed] }, { kind: 'done' })
    expect((await use.ended()).map((m) => m.id)).toEqual([id, 'mig-day'])
  })
})
