// What a look reads: what the tags find, and what the journal knows by its id, whatever somebody wrote on it.
import { CreateSnapshotCommand, CreateTagsCommand, CreateVolumeCommand, DeleteTagsCommand } from '@aws-sdk/client-ec2'
import { expect, test } from 'vitest'
import { openClients } from '../../src/aws/clients.ts'
import { observe } from '../../src/aws/observe.ts'
import { type Effect, effectId } from '../../src/core/model/effects.ts'
import type { EntryBody } from '../../src/core/model/entries.ts'
import { ofMove } from '../../src/core/model/subjects.ts'
import { fitting } from '../core/journals.ts'
import { startDrill } from '../support/drill.ts'
import { entries, move, plan, planned } from '../support/plans.ts'
import { TARGET, worldOf } from '../support/worlds.ts'

/** Long after every entry, so that EC2 has to show what they name. */
const SEEN_MS = 1_000_000

test('a snapshot and a copy are seen by their ids, whatever their tags say, and only such call for a further read', async () => {
  const drill = await startDrill(worldOf({}))
  const clients = openClients()
  try {
    const [source] = drill.simulated.state().volumes.filter(({ name }) => name === 'data-1')
    const id = source?.id ?? ''
    const cut = await clients.mutating.send(new CreateSnapshotCommand({ VolumeId: id }))
    const snapshot = cut.SnapshotId ?? ''
    drill.pass(600_000)
    const made = await clients.mutating.send(
      new CreateVolumeCommand({ SnapshotId: snapshot, AvailabilityZone: TARGET }),
    )
    const copy = made.VolumeId ?? ''
    drill.pass(600_000)
    const m = fitting(
      entries(
        planned('mig-1', { plan: plan([move({ id, name: 'data-1' })]) }),
        { kind: 'freezing', freeze: 'mig-1-f1', services: ['data-1'] },
        ...called({ ...effectOf(id), step: 'snapshot', volumeId: id, tags: {} }, snapshot),
        ...called({ ...effectOf(id), step: 'restore', snapshotId: snapshot, zone: TARGET }, copy),
      ),
    )
    const reads = (): number => {
      const { DescribeSnapshots = 0, DescribeVolumes = 0 } = drill.simulated.counts().calls
      return DescribeSnapshots + DescribeVolumes
    }
    const look = async () => {
      const before = reads()
      const { snapshots, volumes } = await observe(clients, m, SEEN_MS)
      return { snapshots: [...snapshots.keys()], copy: volumes.has(copy), reads: reads() - before }
    }
    const Resources = [snapshot, copy]
    await clients.mutating.send(
      new CreateTagsCommand({ Resources, Tags: [{ Key: 'zonehop:migration', Value: 'mig-1' }] }),
    )
    drill.pass(600_000)
    expect(await look()).toEqual({ snapshots: [snapshot], copy: true, reads: 3 })
    await clients.mutating.send(new DeleteTagsCommand({ Resources, Tags: [{ Key: 'zonehop:migration' }] }))
    drill.pass(600_000)
    expect(await look()).toEqual({ snapshots: [snapshot], copy: true, reads: 5 })
  } finally {
    clients.close()
    await drill.close()
  }
})

test('what others take of the volumes of the plan is read while a final snapshot may stand behind it, and before it is asked for', async () => {
  const drill = await startDrill(worldOf({ snapshotMinutes: 60 }, { snapshotMinutes: 60 }, {}))
  const clients = openClients()
  try {
    const ids = ['data-1', 'data-2', 'data-3'].map(
      (name) => drill.simulated.state().volumes.find((volume) => volume.name === name)?.id ?? '',
    )
    const take = async (VolumeId: string) =>
      (await clients.mutating.send(new CreateSnapshotCommand({ VolumeId }))).SnapshotId ?? ''
    const [own = '', beside = ''] = ids
    const theirs = [await take(own), await take(beside)]
    await take(ids[2] ?? '')
    drill.pass(20_000)
    const cut = await take(own)
    drill.pass(1_000)
    const startMs = Date.parse(drill.simulated.state().snapshots.find(({ id }) => id === cut)?.startedAt ?? '')
    const moves = [move({ id: own, name: 'data-1' }), move({ id: beside, name: 'data-2' })]
    const effect: Effect = { ...effectOf(own), step: 'snapshot', volumeId: own, tags: {} }
    const m = fitting(
      entries(
        planned('mig-1', { plan: plan(moves) }),
        { kind: 'freezing', freeze: 'mig-1-f1', services: ['data-1', 'data-2'] },
        ...called(effect, cut).map((said) => (said.kind === 'seen' ? { ...said, achieved: [] } : said)),
      ),
    )
    const others = async (nowMs: number, of = m) => (await observe(clients, of, nowMs)).others.map(({ id }) => id)
    const asking = fitting(entries(planned('mig-1', { plan: plan(moves) }), { kind: 'began' }))
    expect((await others(startMs, asking)).toSorted()).toEqual([...theirs, cut].toSorted())
    await clients.mutating.send(
      new CreateTagsCommand({ Resources: [cut], Tags: [{ Key: 'zonehop:migration', Value: 'mig-1' }] }),
    )
    drill.pass(60_000)
    expect(await others(startMs + 60_000)).toEqual([])
    drill.pass(300_000)
    expect((await others(startMs + 360_000)).toSorted()).toEqual(theirs.toSorted())
  } finally {
    clients.close()
    await drill.close()
  }
})

test('what others are to be expected to take is read while seeds are still to be taken, by what they took a day and a week before', async () => {
  const [day, hour] = [1_440, 60]
  const ago = (volume: string, minutesAgo: number, tags = {}) => ({ volume, minutesAgo, tags })
  const taken = [
    ago('data-1', day - 3 * hour),
    ago('data-2', 7 * day - 5 * hour),
    ago('data-2', day - 13 * hour),
    ago('data-2', 2 * day - hour),
    ago('data-2', day + hour),
    ago('data-1', day - hour, { 'zonehop:migration': 'mig-0', 'zonehop:step': 'seed' }),
    // A tool that copies the tags of a volume, which is a copy of ours.
    ago('data-1', day - 6 * hour, { 'zonehop:migration': 'mig-0', 'zonehop:step': 'restore' }),
    ago('data-3', day - hour),
  ]
  const drill = await startDrill({ ...worldOf({}, {}, {}), snapshots: taken })
  const clients = openClients()
  try {
    const { volumes } = drill.simulated.state()
    const ids = ['data-1', 'data-2'].map((name) => volumes.find((volume) => volume.name === name)?.id ?? '')
    const moves = ids.map((id) => move({ id }))
    const begun = entries(planned('mig-1', { plan: plan(moves), seeds: true }), { kind: 'began' })
    const nowMs = Date.parse(drill.simulated.state().snapshots[0]?.startedAt ?? '') + (day - 3 * hour) * 60_000
    const { due } = await observe(clients, fitting(begun), nowMs)
    expect(
      due?.map(({ volumeId, atMs }) => [ids.indexOf(volumeId) + 1, Math.round((atMs - nowMs) / 3_600_000)]),
    ).toEqual([
      [1, 3],
      [2, 5],
      [1, 6],
    ])
    expect(await observe(clients, fitting(begun.slice(0, 1)), nowMs)).not.toHaveProperty('due')
  } finally {
    clients.close()
    await drill.close()
  }
})

const effectOf = (id: string) => ({ subject: ofMove(id), generation: 1, direction: 'forward' }) as const

function called(effect: Effect, resource: string): EntryBody[] {
  const id = effectId(effect)
  return [
    { kind: 'intended', effects: [effect] },
    { kind: 'seen', started: [{ effect: id, resource, others: [] }], achieved: [id] },
  ]
}

test('how the zones are is read where a gate is to come, and only there', async () => {
  const drill = await startDrill(worldOf({}))
  const clients = openClients()
  try {
    drill.simulated.setZone(TARGET, { state: 'constrained', message: 'Few are left.', isDark: false })
    const begun = [planned('mig-1', { plan: plan([move({ id: 'vol-1' })]) }), { kind: 'began' }] as const
    const zonesIn = async (...more: readonly EntryBody[]) => {
      const { zones } = await observe(clients, fitting(entries(...begun, ...more)), SEEN_MS)
      return zones?.find(({ name }) => name === TARGET)
    }
    const said = { state: 'constrained', messages: ['Few are left.'] }
    expect(await zonesIn()).toMatchObject(said)
    const aborted: readonly EntryBody[] = [{ kind: 'aborting', by: 'U-2', reason: 'a test' }, { kind: 'aborted' }]
    expect(await zonesIn(...aborted)).toBeUndefined()
    expect(await zonesIn(...aborted, { kind: 'cleaning', by: 'U-2' })).toMatchObject(said)
  } finally {
    clients.close()
    await drill.close()
  }
})
