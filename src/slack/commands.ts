// /migrate: acknowledges a command at once, and answers the person alone; what everybody should see is in the thread.
import type { App } from '@slack/bolt'
import type { Migration } from '../core/model/migration.ts'
import { nameOf } from '../core/model/moves.ts'
import { inLines } from '../core/model/text.ts'
import type { Reply, UseCases } from '../core/ports.ts'
import { awayText, isAway } from '../core/telling/away-words.ts'
import { tellAlone } from './alone.ts'
import { type Command, HELP, parseCommand } from './command.ts'
import { answer } from './messages/blocks.ts'
import { planLines } from './messages/plan.ts'
import { headline } from './messages/status.ts'
import { migrationToTell, tellReport, type Uploader } from './report.ts'
import { orTrouble, orUnread } from './trouble.ts'

type Asker = { readonly by: string; readonly channel: string; readonly client: Uploader }

/** `onError` gets what an operation throws; the person gets a sentence instead (trouble.ts). */
export function listenForCommands(app: App, operations: UseCases, onError: (error: Error) => void): void {
  app.command('/migrate', async ({ command, ack, client, respond }) => {
    await ack()
    const { user_id: by, channel_id: channel } = command
    const parsed = parseCommand(command.text)
    const orSaid = READS.has(parsed.verb) ? orUnread : orTrouble
    const text = answer(await orSaid(() => answerCommand(parsed, { by, channel, client }, operations), onError))
    await tellAlone({ respond, client, channel, user: by, onError }, text)
  })
}

/** Verbs that change nothing. */
const READS: ReadonlySet<Command['verb']> = new Set(['status', 'plan', 'help', 'wrong'])

async function answerCommand(command: Command, asker: Asker, operations: UseCases): Promise<string> {
  const { by, channel } = asker
  switch (command.verb) {
    case 'wrong':
      return command.sentence
    case 'help':
      return HELP
    case 'status':
      return statusText(await operations.running(), await operations.aside())
    case 'plan': {
      const drawn = await operations.plan({ ...command, by })
      return 'plan' in drawn ? inLines(planLines(drawn.plan)) : drawn.text
    }
    case 'start':
      return (await operations.start({ ...command, by, channel })).text
    case 'adopt':
      return (await operations.adopt({ ...command, by, channel })).text
    case 'cleanup': {
      const [newest] = (await operations.ended()).filter((m) =>
        command.id ? m.id === command.id : m.channel === asker.channel,
      )
      if (newest) return (await operations.cleanup({ id: newest.id, by })).text
      return command.id ? `There is no ${command.id} that is over.` : 'No migration of this channel is over.'
    }
    case 'report':
      return await tellReport(command.id, asker, operations, asker.client)
    case 'note': {
      const found = await migrationToTell(command.id, asker.channel, operations)
      return typeof found === 'string' ? found : (await operations.note({ id: found.id, by, text: command.text })).text
    }
    default: {
      const found = await migrationOf(command.id, asker, operations)
      return typeof found === 'string'
        ? found
        : (await onOne(asMeant(command, found), { id: found.id, by }, operations)).text
    }
  }
}

type OnOne = Extract<Command, { verb: 'pause' | 'resume' | 'abort' | 'defer' | 'return' | 'retry' }>

function onOne(command: OnOne, on: { id: string; by: string }, operations: UseCases): Promise<Reply> {
  switch (command.verb) {
    case 'pause':
      return operations.pause(on)
    case 'resume':
      return operations.resume(on)
    case 'abort':
      return operations.abort({ ...on, reason: command.reason })
    case 'defer':
      return operations.defer({ ...on, service: command.service, reason: command.reason })
    case 'return':
      return operations.giveBack({ ...on, service: command.service, reason: command.reason })
    case 'retry':
      return operations.retry({ ...on, what: command.name })
  }
}

/** The command with names as the plan writes them: phones write capitals of their own. */
function asMeant(command: OnOne, { plan }: Migration): OnOne {
  const names = [...plan.services.map(({ name }) => name), ...plan.moves.map(nameOf)]
  const meant = (typed: string): string => {
    const same = new Set(names.filter((name) => name.toLowerCase() === typed.toLowerCase()))
    const [only = typed] = same
    return names.includes(typed) || same.size !== 1 ? typed : only
  }
  if (command.verb === 'retry') return { ...command, name: meant(command.name) }
  return command.verb === 'defer' || command.verb === 'return'
    ? { ...command, service: meant(command.service) }
    : command
}

/** The named migration, or the only one that runs in the channel; else a sentence that says why there is none. */
async function migrationOf(
  id: string | null,
  { channel }: Pick<Asker, 'channel'>,
  operations: UseCases,
): Promise<Migration | string> {
  const running = await operations.running()
  const found = running.filter((m) => (id ? m.id === id : m.channel === channel))
  const [only, another] = found
  if (only && !another) return only
  if (another) return `${found.length} migrations run here: add the id of one, ${found.map((m) => m.id).join(' or ')}.`
  const aside = (await operations.aside()).find((sentence) => !id || sentence.includes(` ${id}:`))
  if (aside) return aside
  return id ? `${id} is not running; /migrate status lists those that are.` : 'No migration runs in this channel.'
}

function statusText(migrations: readonly Migration[], asides: readonly string[]): string {
  if (migrations.length === 0 && asides.length === 0) {
    return 'No migration is running. Start one with /migrate start <source zone> <target zone>.'
  }
  const running = migrations.flatMap((m) => [
    `${headline(m)}${m.asking ? `, asks for approval of ${m.asking.gate}` : ''}`,
    ...(isAway(m) ? [awayText(m.away)] : []),
  ])
  return inLines([...running, ...asides])
}
