// Where a trial must end, faults over and people answering: where a faultless one would. Done: every service open in the target
// zone on its own copies. Aborted: everything open again where it was, and nothing frozen.

import { isDeepStrictEqual } from 'node:util'
import { isReturned } from '../../../src/core/journal/services.ts'
import { isMove } from '../../../src/core/journal/state.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import { isReplicaMove, rowsOf } from '../../../src/core/model/moves.ts'
import { isEndedIn } from '../../../src/core/model/tags.ts'
import { attachmentsOf } from '../../../src/demo/ec2/world/states.ts'
import { hasButtons } from '../../../src/slack/messages/blocks.ts'
import { statusMessage } from '../../../src/slack/messages/status.ts'
import { threadMessages } from '../../../src/slack/messages/thread.ts'
import { tsOf } from '../../../src/store/views.ts'
import { APPROVER } from '../../support/people.ts'
import { SOURCE, TARGET } from '../../support/worlds.ts'
import type { Sim } from '../world/sim.ts'
import { wrongsOfCleared } from './cleared.ts'
import { wrongsOfRehearsals } from './rehearsals.ts'
import { wrongsOfPromoted, wrongsOfReunited } from './replicas.ts'
import { attachedRight, nothingWrittenLost, oneOfEach, servicesIn } from './world-invariants.ts'

export async function endedRight(sim: Sim): Promise<void> {
  const { watch, store, hosts, taken } = sim
  store.hooks.settle()
  if (!sim.hasRival && !sim.hasUnseenLoss) check(sim, 'one of each', oneOfEach(store, watch.uncounted()))
  check(sim, 'attached right', attachedRight(store, watch.all()))
  check(sim, 'nothing written is lost', nothingWrittenLost(store, hosts, taken))
  const done = watch.all().find((m) => isMove(m) && m.phase === 'done')
  const home = (): string[] => (isOverByTags(sim) ? wrongsOfForgotten(sim) : wrongsOfHome(sim))
  check(sim, 'ends as without faults', done ? wrongsOfDone(sim, done) : home())
  check(sim, 'a rehearsal leaves no copy', wrongsOfRehearsals(sim))
  for (const m of watch.all()) {
    check(sim, 'every prefix folds', wrongsOfShown(sim, m))
    check(sim, 'the thread says what the journal says', await wrongsOfTold(sim, m))
  }
}

/** Whether a migration whose journal is gone for good had gone live and ended, as its sources say: nobody adopts what is over. */
function isOverByTags({ isEmptied, store, forged }: Sim): boolean {
  return (
    isEmptied &&
    [...store.volumes.values()].some(({ id, zone, tags }) => {
      const left = tags['zonehop:left'] ?? ''
      return zone === SOURCE && left !== '' && isEndedIn(tags, left) && !forged.has(`${id} zonehop:ended=${left}`)
    })
  )
}

/** Each service is open in one of the zones. */
function wrongsOfForgotten({ store, hosts }: Sim): string[] {
  const all = [SOURCE, TARGET].flatMap((zone) => servicesIn(store, hosts, zone))
  const names = new Set(all.map(({ name }) => name))
  return [...names].flatMap((name) => {
    const open = all.filter((one) => one.name === name && one.service.state === 'open').length
    return open === 1 ? [] : [`${name} is open in ${open} zones`]
  })
}

/** The same again behind a cleanup, and of what was cleaned up. */
export async function clearedRight(sim: Sim, id: string): Promise<void> {
  await endedRight(sim)
  const m = sim.watch.fold(id)
  if (m) check(sim, 'cleared as agreed', wrongsOfCleared(sim, m))
}

function check({ watch }: Sim, invariant: string, problems: readonly string[]): void {
  watch.check(invariant, problems)
}

function wrongsOfDone(sim: Sim, m: Migration): string[] {
  const { store, hosts } = sim
  const kept = m.plan.services.filter(({ name }) => !isReturned(m, name))
  const moves = m.plan.moves.filter(({ service }) => !isReturned(m, service))
  const [there, here] = [servicesIn(store, hosts, TARGET), servicesIn(store, hosts, SOURCE)]
  return [
    ...wrongsOfReturned(sim, m),
    ...kept.flatMap(({ name, hook }) => {
      const copy = there.find((one) => one.name === name)?.service
      const source = here.find((one) => one.name === name)?.service
      return [
        ...(copy?.state === 'open' ? [] : [`${name} is ${copy?.state} in ${TARGET}`]),
        ...(source?.state === 'open' ? [`${name} is still open in ${SOURCE}`] : []),
        ...(hook && copy?.hooks === 0 ? [`the hook of ${name} never ran`] : []),
      ]
    }),
    ...moves.filter(isReplicaMove).flatMap((move) => wrongsOfPromoted(hosts, move)),
    ...rowsOf(moves).flatMap(({ successor, volume: { id, name, device } }) => {
      const isCopy = ({ instance, device: at }: { instance: string; device: string }): boolean =>
        instance === successor && at === device
      const copies = [...store.volumes.values()].filter((one) => attachmentsOf(one, store.now()).some(isCopy))
      const left = store.volumes.get(id)?.tags['zonehop:left']
      return [
        ...(copies.length === 1 ? [] : [`${name} has ${copies.length} copies at ${device} of ${successor}`]),
        ...(left === m.id ? [] : [`${name} is left by ${left}`]),
      ]
    }),
  ]
}

/** What was given back serves where it was, and nowhere else; nothing says that it was left. */
function wrongsOfReturned({ store, hosts, forged }: Sim, m: Migration): string[] {
  const [there, here] = [servicesIn(store, hosts, TARGET), servicesIn(store, hosts, SOURCE)]
  return m.returns.flatMap(({ service }) => [
    ...here
      .filter(({ name, service: { state } }) => name === service && state !== 'open')
      .map(({ service: { state } }) => `${service} was given back and is ${state} in ${SOURCE}`),
    ...there
      .filter(({ name, service: { state } }) => name === service && state === 'open')
      .map(() => `${service} was given back and is open in ${TARGET}`),
    ...rowsOf(m.plan.moves)
      .filter((row) => row.service === service)
      .filter(({ volume }) => store.volumes.get(volume.id)?.tags['zonehop:left'] !== undefined)
      // What an intruder wrote after the return nobody takes off.
      .filter(({ volume }) => !forged.has(`${volume.id} zonehop:left=${m.id}`))
      .map(({ volume }) => `${volume.name} was given back and is left`),
  ])
}

function wrongsOfHome({ store, hosts, world, forged }: Sim): string[] {
  const volumes = [...store.volumes.values()].filter(({ zone }) => zone === SOURCE)
  return [
    ...wrongsOfReunited(hosts, world.seed.replicas ?? []),
    ...servicesIn(store, hosts, SOURCE)
      .filter(({ service }) => service.state !== 'open')
      .map(({ name, service }) => `${name} is ${service.state} in ${SOURCE} (${service.by})`),
    ...servicesIn(store, hosts, TARGET)
      .filter(({ service }) => service.state === 'open')
      .map(({ name, service }) => `${name} is open in ${TARGET} (${service.by})`),
    ...volumes
      // What an intruder wrote after the abort nobody takes off.
      .filter(({ id, tags }) => tags['zonehop:frozen'] && !forged.has(`${id} zonehop:frozen=${tags['zonehop:frozen']}`))
      .map(({ id, tags }) => `${id} still carries ${tags['zonehop:frozen']}`),
  ]
}

/**
 * Each message of the thread stands in Slack as the journal has it, but for those that somebody deleted and that ask nothing. A Redis
 * put back as a copy remembers older contents than Slack shows, and nothing tells it so.
 */
async function wrongsOfTold({ slack, watch, hasUnseenLoss, hasRival }: Sim, m: Migration): Promise<string[]> {
  if (!slack || hasUnseenLoss || hasRival) return []
  const posted = await slack.posted(m.id)
  // Nobody is told of the seeds of a day, unless they were halted.
  if (m.purpose === 'seeds' && !posted.status) return []
  return threadMessages(m, watch.standing(m.id), [APPROVER]).flatMap(({ key, message }) => {
    const one = slack.shown(tsOf(posted[key]))
    if (!one) return [`${m.id} never said ${key}: ${message.text}`]
    const isAsDue = isDeepStrictEqual(one.message, message) || (one.isDeleted && !hasButtons(message))
    return isAsDue ? [] : [`${m.id} says at ${key} "${one.message.text}", where it is "${message.text}"`]
  })
}

/** The same entries, folded and told anew, as another process would. */
function wrongsOfShown({ journal, watch }: Sim, m: Migration): string[] {
  const entries = watch.standing(m.id)
  const kept = journal.keep().streams.get(m.id) ?? []
  try {
    threadMessages(m, entries, [])
    statusMessage(m, { progress: null, nowMs: m.plannedAtMs, approvers: [] })
    return JSON.stringify(watch.fold(m.id)?.rev) === JSON.stringify(kept.length) ? [] : ['the fold is not the journal']
  } catch (error) {
    return [String(error)]
  }
}
