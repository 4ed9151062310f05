// Preflight for the KMS keys that copies need. EC2 takes a copy under a key that cannot be used, and lets it fail
// afterwards; so KMS is asked while nothing is at stake. Yellow and not red: a key may be put right until the copies are
// made, and KMS does not say whether EC2 may use it.

import { type Check, green, unchecked, yellow } from '../../model/checks.ts'
import type { SurveyAnswer } from '../../model/facts.ts'
import { isSnapshotMove, nameOf } from '../../model/moves.ts'
import type { Move, SourceVolume } from '../../model/plan.ts'
import { groups } from '../directory.ts'
import type { PreflightRequest } from '../request.ts'
import { needIt } from './asked.ts'

/** A yellow check for each key that is not enabled, or was not asked for; green if all are enabled, none if there are none. */
export function keyChecks({ moves, inventory }: PreflightRequest): Check[] {
  const { keys } = inventory.survey
  const needed = groups(moves.flatMap(copiesOf), ({ volume }) => (volume.kmsKeyId === null ? [] : [volume.kmsKeyId]))
  if (needed.size === 0) return []
  if (!keys) {
    const remedy = `see that ${[...needed.keys()].join(', ')} can be used`
    return [unchecked('KMS keys', 'KMS was not asked', remedy)]
  }
  const found = [...needed].flatMap(([key, copies]) => {
    const names = [...new Set(copies.map(({ name }) => name))]
    return keyCheck(key, { names, told: keys[key] ?? { because: 'KMS was not asked' } })
  })
  return found.length > 0
    ? found
    : [green('KMS keys', `KMS says that ${needed.size === 1 ? 'it is' : 'all are'} enabled`)]
}

type Copy = { readonly name: string; readonly volume: SourceVolume }

/** The volumes whose keys are used in the target zone: a restored copy has its source's key, a replica's has its own. */
function copiesOf(move: Move): Copy[] {
  const volumes = isSnapshotMove(move) ? [move.volume] : move.pairs.map(({ copy }) => copy)
  return volumes.map((volume) => ({ name: nameOf(move), volume }))
}

type Told = { readonly names: readonly string[]; readonly told: SurveyAnswer<string | null> }

function keyCheck(key: string, { names, told }: Told): Check[] {
  const check = (cause: string, remedy: string): Check[] => [yellow(`KMS key ${key}`, cause, remedy)]
  const who = needIt(names)
  if (!('answer' in told)) {
    const remedy = "let zonehop's role call kms:DescribeKey on it (iam-policy.json), or see by hand that it is enabled"
    return [unchecked(`KMS key ${key}`, told.because, remedy)]
  }
  if (told.answer === 'Enabled') return []
  if (told.answer === null) {
    return check(`KMS knows no such key, and ${who}`, 'no copy can be made under it: let what needs it stay')
  }
  return check(
    `KMS says that it is ${told.answer}, and ${who}`,
    'enable it in KMS, after a deletion that was asked for is cancelled; until then no copy can be made under it',
  )
}
