// The use cases. Every door (Slack, terminal, tests) comes through here, so who may do what is asked in one place.
// Each appends to the journal and nudges; none calls EC2 to change anything.
import { randomBytes } from 'node:crypto'
import { approvalOf } from './core/fold.ts'
import type { Gate, Migration, Said } from './core/migration.ts'
import { draft } from './core/plan.ts'
import type { Ec2 } from './core/ports.ts'
import { isFreezeTagged } from './core/steps.ts'
import { appendFrom, type Journal } from './store/journal.ts'

/** What became of a request, in a sentence for the person who asked. */
export type Reply = { readonly ok: boolean; readonly text: string }

export type Operations = {
  start(request: {
    sourceZone: string
    targetZone: string
    seeds: boolean
    by: string
    channel: string
  }): Promise<Reply>
  approve(request: { id: string; gate: Gate; basis: string; by: string }): Promise<Reply>
  decline(request: { id: string; by: string }): Promise<Reply>
  confirmFrozen(request: { id: string; freeze: string; by: string }): Promise<Reply>
  retry(request: { id: string; effect: string; by: string }): Promise<Reply>
  status(): Promise<readonly Migration[]>
}

export type OperationPorts = {
  readonly journal: Journal
  readonly ec2: Pick<Ec2, 'inventory'>
  readonly queue: {
    nudge(id: string): Promise<void>
    nudgeNotify(id: string): Promise<void>
    interrupt(id: string): Promise<void>
  }
}

export function operations(ports: OperationPorts): Operations {
  const { journal, ec2, queue } = ports

  async function start({
    sourceZone,
    targetZone,
    seeds,
    by,
    channel,
  }: Parameters<Operations['start']>[0]): Promise<Reply> {
    const drafted = draft(await ec2.inventory({ sourceZone, targetZone }), { sourceZone, targetZone })
    if ('problems' in drafted)
      return refuse(['The plan is red, so nothing was started:', ...drafted.problems].join('\n'))
    const id = `mig-${randomBytes(3).toString('hex')}`
    const take = drafted.plan.moves.map(({ volume }) => volume.id)
    const planned: Said = { kind: 'planned', id, plan: drafted.plan, by, channel, seeds }
    const appended = await journal.append(id, null, planned, { take })
    if (appended.outcome === 'claimed') {
      return refuse(
        `Volume ${appended.volume} is held by migration ${appended.by}, which is not over; see /migrate status.`,
      )
    }
    if (appended.outcome === 'conflict')
      return refuse('The journal did not take the migration; type the command again.')
    await wake(id)
    return {
      ok: true,
      text: `Migration ${id} is planned; its status message is in this channel, and it asks for approval in the thread.`,
    }
  }

  /** Appends what `check` allows on the newest fold, or hands on the sentence with which it refuses. */
  async function say(id: string, check: (m: Migration) => Said | Reply, done: string, release = false): Promise<Reply> {
    let refusal = refuse(`There is no migration ${id}.`)
    const allowed = (m: Migration): Said | null => {
      const said = check(m)
      if ('kind' in said) return said
      refusal = said
      return null
    }
    if (!(await appendFrom(journal, id, allowed, { release }))) return refusal
    await wake(id)
    return { ok: true, text: done }
  }

  async function wake(id: string): Promise<void> {
    await queue.nudge(id)
    await queue.interrupt(id)
    await queue.nudgeNotify(id)
  }

  return {
    start,
    approve: ({ id, gate, basis, by }) =>
      say(
        id,
        (m) => mayApprove(m, { gate, basis, by }) ?? { kind: 'approved', gate, basis, by },
        `You approved ${gate}.`,
      ),
    decline: ({ id, by }) =>
      say(
        id,
        (m) =>
          m.asking?.gate === 'start'
            ? { kind: 'declined', gate: 'start', by }
            : refuse(`${id} has begun; it can no longer be declined.`),
        `You declined ${id}; nothing was touched.`,
        true,
      ),
    confirmFrozen: ({ id, freeze, by }) =>
      say(
        id,
        (m) => mayConfirm(m, freeze) ?? { kind: 'confirmed', step: 'freeze', freeze, by },
        'Recorded: writes have stopped. Final snapshots begin.',
      ),
    retry: ({ id, effect, by }) =>
      say(
        id,
        (m) =>
          m.effects.get(effect)?.status === 'failed'
            ? { kind: 'retried', effect, by }
            : refuse('That step is not failed, so there is nothing to retry.'),
        'It is tried again.',
      ),
    status: async () =>
      (await Promise.all((await journal.running()).map((id) => journal.read(id)))).flatMap((m) => m ?? []),
  }
}

/** Null when this person may approve this gate on this basis now; else the sentence that says why not. */
function mayApprove(m: Migration, { gate, basis, by }: { gate: Gate; basis: string; by: string }): Reply | null {
  const standing = approvalOf(m, gate, basis)
  if (standing) return refuse(`Already approved by <@${standing.by}> at ${new Date(standing.atMs).toISOString()}.`)
  if (m.asking?.gate !== gate) return refuse(`${m.id} does not ask for ${gate} now; it is ${m.phase}.`)
  if (m.asking.basis !== basis)
    return refuse('What this button showed has changed since; read the newest message of the thread and approve there.')
  if (by === m.by) return refuse(`You asked for this migration, so someone else has to approve ${gate}.`)
  return null
}

function mayConfirm(m: Migration, freeze: string): Reply | null {
  if (m.freeze?.id !== freeze)
    return refuse('This freeze is not the one that stands; read the newest message of the thread.')
  if (m.freeze.confirmedBy) return refuse(`Already confirmed by <@${m.freeze.confirmedBy}>.`)
  if (!isFreezeTagged(m))
    return refuse('The sources do not carry the tag of this freeze yet; wait for the message that asks.')
  return m.phase === 'frozen' ? null : refuse(`${m.id} is ${m.phase}; there is no freeze to confirm.`)
}

function refuse(text: string): Reply {
  return { ok: false, text }
}
