// What becomes of memories that tags hold and no entry explains. A tag may restrain and never permit: who may tag must not be able to
// approve. So an approver is asked once a kind whether it is so. Until then nothing follows from it, but that what it speaks against
// waits: in doubt everything that EC2 does not show to be harmless, on the way back what starts writes at home.

import { isAffirmed, isDenied } from '../journal/state.ts'
import type { EntryBody } from '../model/entries.ts'
import type { Facts } from '../model/facts.ts'
import type { Migration } from '../model/migration.ts'
import { memories, type Remembered } from './recover.ts'

/** The next thing to say of what tags remember: a suspicion, or the entry for what an approver said is so; null if nothing. */
export function heed(m: Migration, facts: Facts): EntryBody | null {
  for (const one of memories(m, facts)) {
    const said = sayOf(m, one)
    if (said) return said
  }
  return null
}

function sayOf(m: Migration, { about, says, volumes, entry }: Remembered): EntryBody | null {
  const known = m.suspicions.get(about)
  // It is asked already; or it is not so, and then it is not asked again, whatever else tags of this kind say.
  if (known?.isSo === null || isDenied(m, about)) return null
  // A return is said of several services at once, and each of its entries is of one.
  const asked = new Set(known?.volumes)
  const isRest = about === 'returned' && volumes.every((id) => asked.has(id))
  const isThis = known?.says === says || isRest
  return isThis && isAffirmed(m, about) ? entry : { kind: 'suspected', about, says, volumes }
}
