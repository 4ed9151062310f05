// The commands that only look: where migrations stand, which there are, and where a question is answered.
import type { WebClient } from '@slack/web-api'
import type { Migration } from '../../core/model/migration.ts'
import { inLines } from '../../core/model/text.ts'
import type { LastLook, UseCases } from '../../core/ports.ts'
import { overText, questionText, standingLines } from '../messages/standing.ts'

/** By what links are asked for. */
export type Linking = { readonly client: Pick<WebClient, 'chat'>; readonly onError: (error: Error) => void }

const NONE = 'No migration is running. Start one with /migrate start <source zone> <target zone>.'

/** Where one migration stands, or where it is null each that runs. */
export async function statusText(id: string | null, linking: Linking, operations: UseCases): Promise<string> {
  const [running, asides] = [await operations.running(), await operations.aside()]
  const mine = running.filter((m) => id === null || m.id === id)
  const lines = [...(await linesOf(mine, linking, operations)), ...(id === null ? asides : [])]
  if (lines.length > 0) return inLines(lines)
  if (id === null) return NONE
  const over = (await operations.ended()).find((m) => m.id === id)
  const aside = asides.find((sentence) => sentence.includes(` ${id}:`))
  return over ? overText(over) : (aside ?? `${id} is not running; /migrate status lists those that are.`)
}

/** Every migration that runs, and those that are over and left something behind, the newest first. */
export async function listText(linking: Linking, operations: UseCases): Promise<string> {
  const running = await linesOf(await operations.running(), linking, operations)
  const ended = (await operations.ended()).filter(({ cleanup }) => (cleanup?.endedAtMs ?? null) === null)
  const asides = await operations.aside()
  return inLines([...(running.length > 0 || asides.length > 0 ? running : [NONE]), ...asides, ...ended.map(overText)])
}

/** Where the question of a migration is answered. */
export async function whereAsked(m: Migration, linking: Linking, operations: UseCases): Promise<string> {
  return questionText(m, await linkTo(m, await operations.standing(m.id), linking))
}

async function linesOf(all: readonly Migration[], linking: Linking, operations: UseCases): Promise<string[]> {
  const each = await Promise.all(
    all.map(async (m) => {
      const look = await operations.standing(m.id)
      return standingLines(m, { ...look, link: await linkTo(m, look, linking) })
    }),
  )
  return each.flat()
}

/** The address of the status message; null while none is posted, and where Slack does not say it: the answer is given without. */
async function linkTo(
  { channel }: Migration,
  { statusTs }: LastLook,
  { client, onError }: Linking,
): Promise<string | null> {
  if (statusTs === null) return null
  try {
    return (await client.chat.getPermalink({ channel, message_ts: statusTs })).permalink ?? null
  } catch (error) {
    onError(error as Error)
    return null
  }
}
