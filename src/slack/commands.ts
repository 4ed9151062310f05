// What people type: acknowledges a command at once, and answers the person alone; what everybody should see is in the thread.

import type { App } from '@slack/bolt'
import { namesToRetry } from '../core/asking/permits.ts'
import { nameMeant } from '../core/asking/typed.ts'
import { meantOf } from '../core/journal/state.ts'
import type { Migration } from '../core/model/migration.ts'
import { nameOf } from '../core/model/moves.ts'
import { inLines } from '../core/model/text.ts'
import { watchAgeText } from '../core/planning/watch/days.ts'
import type { Reply, UseCases } from '../core/ports.ts'
import { tellAlone } from './alone.ts'
import { type Command, HELP, parseCommand } from './command.ts'
import { answer } from './messages/blocks.ts'
import { planLines } from './messages/plan.ts'
import type { Mrkdwn } from './messages/text.ts'
import { migrationToTell, tellReport, type Uploader } from './report.ts'
import { orTrouble, orUnread } from './trouble.ts'
import { listText, statusText, whereAsked } from './typed/lookups.ts'
import { type Linking, linked, type Said } from './typed/status-link.ts'
import { FORMS } from './typed/words.ts'

/** Who typed, and where. */
export type Asker = {
  readonly by: string
  readonly channel: string
  /** The thread in which it was said, by the ts of the message that it hangs on; null outside of threads. */
  readonly thread: string | null
  /** Whether it was said to zonehop alone, where no migration is at home. */
  readonly isDirect: boolean
  readonly client: Uploader
}

/** What is done, how answers are linked, and who hears of what is thrown. */
export type Desk = Linking & { readonly operations: UseCases }

/** `onError` gets what an operation throws; the person gets a sentence instead (trouble.ts). */
export function listenForCommands(app: App, desk: Desk): void {
  app.command('/migrate', async ({ command, ack, client, respond }) => {
    await ack()
    const { user_id: by, channel_id: channel } = command
    const asker = { by, channel, thread: null, isDirect: false, client }
    const text = await answerTyped(parseCommand(command.text), asker, desk)
    await tellAlone({ respond, client, channel, user: by, onError: desk.onError }, text)
  })
}

/** Verbs that change nothing. */
export const READS: ReadonlySet<Command['verb']> = new Set(['status', 'list', 'approve', 'plan', 'help', 'wrong'])

/** The answer to what somebody typed, by whichever door it came; what it throws becomes a sentence. */
export async function answerTyped(command: Command, asker: Asker, desk: Desk): Promise<Mrkdwn> {
  const orSaid = READS.has(command.verb) ? orUnread : orTrouble
  return answer(await orSaid(async () => await linked(await answerCommand(command, asker, desk), desk), desk.onError))
}

async function answerCommand(command: Command, asker: Asker, desk: Desk): Promise<Said> {
  const { by, channel } = asker
  const { operations } = desk
  switch (command.verb) {
    case 'wrong':
      return ofNone(command.sentence)
    case 'help':
      return ofNone(HELP)
    case 'list':
      return ofNone(await listText(desk))
    case 'status':
      return await statusText(await idOf(command, asker, operations), desk)
    case 'plan': {
      const drawn = await operations.plan({ ...command, by })
      if (!('plan' in drawn)) return ofNone(drawn.text)
      const { plan, caution, watched, forecast } = drawn
      const beside = [
        ...(caution ? [`Caution: ${caution}`] : []),
        ...(forecast ? [forecast] : []),
        ...(watched ? [watchAgeText(watched)] : []),
      ]
      return ofNone(inLines([...planLines(plan), ...beside]))
    }
    case 'start':
      return ofBegun(await operations.start({ ...command, by, channel }))
    case 'rehearse':
      return ofBegun(await operations.rehearse({ ...command, by, channel }))
    case 'adopt':
      return ofBegun(await operations.adopt({ ...command, by, channel }))
    case 'cleanup':
      return await cleanUp(await idOf(command, asker, operations), asker, operations)
    case 'report':
    case 'note': {
      const found = await migrationToTell(await idOf(command, asker, operations), channel, operations)
      if (typeof found === 'string') return ofNone(found)
      const { id } = found
      if (command.verb === 'note') return { ...(await operations.note({ id, by, text: command.text })), about: id }
      return { text: await tellReport({ id, by }, operations, asker.client), about: id }
    }
    default: {
      const found = await migrationOf(await idOf(command, asker, operations), asker, operations)
      if (typeof found === 'string') return ofNone(found)
      if (command.verb === 'approve') return whereAsked(found, operations)
      return { ...(await onOne(asMeant(command, found), { m: found, by }, operations)), about: found.id }
    }
  }
}

function ofNone(text: string): Said {
  return { text, about: null }
}

function ofBegun({ ok, text, about }: Reply): Said {
  return { text, about: about ?? null, isNew: ok }
}

/** The migration that is named, else that of the thread; null where neither says one. */
async function idOf(
  { id }: { readonly id: string | null },
  { channel, thread }: Asker,
  operations: UseCases,
): Promise<string | null> {
  return id ?? (thread === null ? null : await operations.inThread({ channel, thread }))
}

async function cleanUp(id: string | null, { by, channel }: Asker, operations: UseCases): Promise<Said> {
  const [newest] = (await operations.ended()).filter((m) => (id ? m.id === id : m.channel === channel))
  if (newest) return { ...(await operations.cleanup({ id: newest.id, by })), about: newest.id }
  return { text: id ? `There is no ${id} that is over.` : 'No migration of this channel is over.', about: id }
}

type OnOne = Extract<
  Command,
  { verb: 'decline' | 'pause' | 'resume' | 'abort' | 'exceed' | 'defer' | 'return' | 'retry' }
>

async function onOne(
  command: OnOne,
  { m, by }: { readonly m: Migration; readonly by: string },
  operations: UseCases,
): Promise<Reply> {
  const on = { id: m.id, by }
  switch (command.verb) {
    case 'decline':
      return m.phase === 'planned'
        ? operations.decline({ ...on, asked: m.asking?.nonce ?? null })
        : { ok: false, text: `${m.id} has started, so there is no plan to decline: ${FORMS.abort} brings it back.` }
    case 'pause':
      return operations.pause(on)
    case 'resume':
      return operations.resume(on)
    case 'abort':
      return operations.abort({ ...on, reason: command.reason })
    case 'exceed':
      return operations.exceed({ ...on, reason: command.reason })
    case 'defer':
      return operations.defer({ ...on, service: command.service, reason: command.reason })
    case 'return':
      return operations.giveBack({ ...on, service: command.service, reason: command.reason })
    case 'retry':
      return operations.retry({ ...on, what: command.name })
  }
}

/** The command with names as the plan writes them, whatever phones and people made of them. */
function asMeant(command: OnOne, m: Migration): OnOne {
  if (command.verb === 'retry') {
    const names = [...servicesOf(m), ...m.plan.moves.flatMap((move) => [nameOf(move), move.id]), ...namesToRetry(m)]
    return { ...command, name: nameMeant(command.name, names) ?? command.name }
  }
  return command.verb === 'defer' || command.verb === 'return'
    ? { ...command, service: nameMeant(command.service, servicesOf(m)) ?? command.service }
    : command
}

function servicesOf({ plan }: Migration): string[] {
  return plan.services.map(({ name }) => name)
}

/** The named migration, or the only one that runs in the channel; else a sentence that says why there is none. */
async function migrationOf(
  id: string | null,
  { channel, isDirect }: Asker,
  operations: UseCases,
): Promise<Migration | string> {
  const running = await operations.running()
  const here = running.filter((m) => (id ? m.id === id : m.channel === channel))
  const found = meantOf(here)
  const [only, another] = found
  if (only && !another) return only
  if (another) return `${found.length} migrations run here: add the id of one, ${found.map((m) => m.id).join(' or ')}.`
  const aside = (await operations.aside()).find((sentence) => !id || sentence.includes(` ${id}:`))
  if (aside) return aside
  if (id) return `${id} is not running; /migrate status lists those that are.`
  return isDirect && running.length > 0
    ? `Add the id of the migration that you mean: ${running.map((m) => m.id).join(' or ')}.`
    : 'No migration runs in this channel.'
}
