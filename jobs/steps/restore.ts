// Restore: creates a volume in the target zone from the final snapshot, with the source's attributes.
// Twice: the token comes from migration, move, zone, snapshot and generation, so EC2 answers with the first volume.
import type { RestoreEffect } from '../../src/core/model/effects.ts'
import { isSnapshotMove, moveOf } from '../../src/core/model/moves.ts'
import { copiedTags } from '../../src/core/model/tags.ts'
import type { StepJob } from '../../src/core/ports.ts'
import { nameTag } from '../../src/core/steps/snapshot-ladder.ts'
import { type RetryAfterMs, runStep, type StepPorts } from './step.ts'

/** Makes one CreateVolume call; refused as NotInPlan, without a call, where the plan has no volume for it any more. */
export async function restore(job: StepJob, ports: StepPorts): Promise<RetryAfterMs> {
  return await runStep<RestoreEffect>(job, ports, async (effect, { migration, state, order }) => {
    const move = moveOf(migration, effect.subject)
    if (!move || !isSnapshotMove(move)) {
      const problem = `${job.effect} belongs to no volume of the plan any more`
      return { outcome: 'refused', code: 'NotInPlan', problem, remedy: 'draw the plan again' }
    }
    // A token holds for equal parameters alone, tags among them, so every attempt carries the nonce of the first one.
    const issued = state.attempts[0]?.nonce ?? order.issued
    const like = move.volume
    // Tags of a source mean something to others, and a copy that is soon gone is not what they mean.
    const tags = migration.purpose === 'rehearsal' ? nameTag(move, 'rehearsal') : copiedTags(like.tags)
    return await ports.ec2.createVolume(effect, { ...order, issued, like, tags })
  })
}
