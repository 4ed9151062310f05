// People for tests of what people may do: a directory that knows them, and the names of zonehop.yaml.
import type { Person } from '../../src/core/asking/people.ts'
import type { People } from '../../src/core/model/rules.ts'
import type { Directory, SeenChannel } from '../../src/core/ports.ts'

/** A channel in which a migration may be started. */
export const FITTING: SeenChannel = {
  isShared: false,
  isMember: true,
  isArchived: false,
  isClosed: false,
  isDirect: false,
}

/** Who is not among these is a full member; channels are nobody else's. */
export function directoryOf(known: Readonly<Record<string, Partial<Person>>> = {}): Directory {
  return {
    person: async (id) => ({ id, kind: 'member', groups: [], ...known[id] }),
    members: async () => [],
    channel: async () => FITTING,
    present: async () => null,
  }
}

/** Every full member operates, and these approve. */
export function approvedBy(...approvers: readonly string[]): People {
  return { operators: null, approvers }
}

/** The people of the trials: who starts, and who approves. */
export const ASKER = 'U-asker'
export const APPROVER = 'U-approver'

/** Who is in the channel and may do nothing: a guest, and somebody of another organisation. */
export const TRESPASSERS = ['U-guest', 'U-stranger'] as const
