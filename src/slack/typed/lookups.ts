// The commands that only look: where migrations stand, which there are, and where a question is answered.
import type { Migration } from '../../core/model/migration.ts'
import { inLines } from '../../core/model/text.ts'
import type { UseCases } from '../../core/ports.ts'
import { overText, questionText, standingLines } from '../messages/standing.ts'
import { type Linking, type Said, statusLink } from './status-link.ts'

/** What is looked at, and how what is found is linked. */
type Desk = Linking & { readonly operations: UseCases }

const NONE = 'No migration is running. Start one with /migrate start <source zone> <target zone>.'

/** Over ones that a list links to, the newest first: Slack is asked for each address by itself. */
const LINKED_MAX = 10

/** Where one migration stands, or where it is null each that runs. */
export async function statusText(id: string | null, desk: Desk): Promise<Said> {
  const { operations } = desk
  const [running, asides] = [await operations.running(), await operations.aside()]
  const mine = running.filter((m) => id === null || m.id === id)
  const lines = [...(await linesOf(mine, desk)), ...(id === null ? asides : [])]
  if (lines.length > 0) return { text: inLines(lines), about: null }
  if (id === null) return { text: NONE, about: null }
  const over = (await operations.ended()).find((m) => m.id === id)
  const aside = asides.find((sentence) => sentence.includes(` ${id}:`))
  const text = over ? overText(over) : (aside ?? `${id} is not running; /migrate status lists those that are.`)
  return { text, about: id }
}

/** Every migration that runs, and those that are over and left something behind, the newest first; not the seeds of each day. */
export async function listText(desk: Desk): Promise<string> {
  const { operations } = desk
  const running = await linesOf(await operations.running(), desk)
  const ended = (await operations.ended()).filter(
    ({ purpose, cleanup }) => purpose !== 'seeds' && (cleanup?.endedAtMs ?? null) === null,
  )
  const asides = await operations.aside()
  const over = ended.map(async (m, index) => {
    const there = index < LINKED_MAX ? await statusLink(m.id, desk) : null
    return there === null ? overText(m) : `${overText(m)} ${there}`
  })
  return inLines([
    ...(running.length > 0 || asides.length > 0 ? running : [NONE]),
    ...asides,
    ...(await Promise.all(over)),
  ])
}

/** Where the question of a migration is answered. */
export function whereAsked(m: Migration, { untold }: Pick<UseCases, 'untold'>): Said {
  return { text: untold(m) ?? questionText(m), about: m.id }
}

async function linesOf(all: readonly Migration[], desk: Desk): Promise<string[]> {
  const each = await Promise.all(
    all.map(async (m) => {
      const untold = desk.operations.untold(m)
      if (untold !== null) return [untold]
      const look = await desk.operations.standing(m.id)
      return standingLines(m, { ...look, link: await statusLink(m.id, desk) })
    }),
  )
  return each.flat()
}
