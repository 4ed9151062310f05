// /migrate report and /migrate note: they are about a migration that runs, or one that is over.
import type { Migration } from '../core/model/migration.ts'
import type { UseCases } from '../core/ports.ts'

/**
 * The named migration; without a name the only one that runs in the channel, or, where none does, the last that ended there. Else a
 * sentence that says why there is none.
 */
export async function migrationToTell(
  id: string | null,
  channel: string,
  use: Pick<UseCases, 'running' | 'ended' | 'aside'>,
): Promise<Migration | string> {
  const isMeant = (m: Migration): boolean => (id === null ? m.channel === channel : m.id === id)
  const running = (await use.running()).filter(isMeant)
  if (running.length > 1) {
    return `${running.length} migrations run here: add the id of one, ${running.map((m) => m.id).join(' or ')}.`
  }
  const found = running[0] ?? (await use.ended()).find(isMeant)
  if (found) return found
  const aside = (await use.aside()).find((sentence) => id === null || sentence.includes(` ${id}:`))
  if (aside) return aside
  return id === null ? 'No migration of this channel runs or is over.' : `There is no migration ${id} that ran.`
}
