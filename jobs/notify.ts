// Notify: makes the thread say what the journal says. It posts gates and milestones at once, edits them ahead of any progress, and
// what has to wait for its turn to be edited holds up nothing that is posted.
// Twice: see speak.ts.
//
// People delete messages, archive channels and remove bots. What was deleted is posted anew: under a new status message the thread
// goes on, and whatever still asks comes with it. Where nothing can be written, who started the migration hears of it directly.
import { isOver } from '../src/core/journal/state.ts'
import type { Migration } from '../src/core/model/migration.ts'
import type { Clock } from '../src/core/ports.ts'
import { hasButtons, type Keyed, type Message, textMessage } from '../src/slack/messages/blocks.ts'
import { channelRemedy } from '../src/slack/messages/refusals.ts'
import { statusMessage } from '../src/slack/messages/status.ts'
import { threadMessages } from '../src/slack/messages/thread.ts'
import { GoneMessage, LimitedEdits, LostChannel, RefusedAccount, UntakenMessage } from '../src/slack/speaker.ts'
import { isUnsure, type Journal } from '../src/store/journal.ts'
import type { Untold } from '../src/store/untold.ts'
import { tsOf, type Views } from '../src/store/views.ts'
import { tellDirectly } from './direct.ts'
import { changeOf, redisOf, type Speaker, speak } from './speak.ts'
import { givingWay, type Turns } from './turns.ts'

/** The ports of jobs/notify.ts and of jobs/status.ts. */
export type NotifyPorts = {
  readonly journal: Journal
  readonly views: Views
  readonly speaker: Speaker
  readonly turns: Turns
  readonly clock: Pick<Clock, 'now'>
  /** Who may pass gates, users and user groups by id: their messages mention them. */
  readonly approvers: readonly string[]
  /** Gets what Slack refuses of a message. */
  readonly onError: (error: Error) => void
}

/** The key under which `views` remembers the newest entry for which the whole thread was rendered. */
const SAID = 'thread'
/** The key of the status message under which the thread hangs. */
const ROOT = 'root'
/** The key of the code with which Slack last took nothing for the channel, and of which the starter was told. */
const LOST = 'lost'
/** The key of the code with which Slack last did not take a message now, and of how often in a row. */
const UNTAKEN = 'untaken'
/**
 * So often in a row Slack does not take a message before that counts as a lost channel: a quarter of a minute for a code that nobody
 * knows, five minutes for one that passes by itself, since jobs are made anew every five seconds (HEARTBEAT_MS in worker.ts).
 */
const UNTAKEN_MAX = { unknown: 3, later: 60 } as const
/** How many of the messages that ask are proven to be there, newest first: each proof is an edit, and costs a turn. */
const PROVEN_MAX = 3

/**
 * Does nothing where the thread was rendered for the newest entry already, or where `read` gives null. True once nothing is left to tell:
 * it is over and that is said, or there is no such migration; false while it runs, and where another process has to tell of it, since
 * this one does not understand it.
 */
export async function notify(id: string, ports: NotifyPorts): Promise<boolean> {
  return await tell(id, ports, null)
}

/**
 * Edits one of the messages that ask people once more, so that one that somebody deleted is posted anew before it is missed. `nth`
 * counts through them, round and round: the status message, and the newest questions. Its turn was taken by the caller.
 */
export async function prove(id: string, ports: NotifyPorts, nth: number): Promise<boolean> {
  return await tell(id, ports, nth)
}

/**
 * Does the work that tells of a migration, whose id is among `untold` until that gives true. What breaks off puts the id back: another
 * process may have told it all meanwhile, and this one may have written something older over it.
 */
export async function orUntold(id: string, untold: Untold, work: () => Promise<boolean>): Promise<void> {
  await untold.add([id])
  const isTold = await work().catch(async (error: unknown) => {
    await untold.add([id])
    throw error
  })
  if (isTold) await untold.remove(id)
}

/** The migrations to tell of at a heartbeat: those that run, and those that ran and whose last word is not said yet. */
export async function dueToTell(running: readonly string[], untold: Untold): Promise<readonly string[]> {
  await untold.add(running)
  return await untold.all()
}

/** The status message as it is now, with the newest sample. */
export async function statusNow(
  m: Migration,
  { views, clock, approvers }: Pick<NotifyPorts, 'views' | 'clock' | 'approvers'>,
): Promise<Message> {
  return statusMessage(m, { progress: await views.progress(m.id), nowMs: clock.now(), approvers })
}

/** `proven`: which message is proven; null: none. */
async function tell(id: string, ports: NotifyPorts, proven: number | null): Promise<boolean> {
  const migration = await ports.journal.read(id)
  if (!migration) return (await ports.journal.aside(id)) === null
  if (isUnsure(migration, ports.journal)) return false
  if (await isQuiet(migration, ports)) return isOver(migration)
  const say = async (heard: NotifyPorts): Promise<void> => {
    try {
      await givingWay(ports.turns, () => render(migration, heard, proven))
    } catch (error) {
      if (!(error instanceof GoneMessage)) throw error
      // The status message is gone, and so is its thread: both begin anew.
      await ports.views.remember(id, 'status', '')
      await givingWay(ports.turns, () => render(migration, heard, null))
    }
  }
  await orDirectly(migration, ports, () => thenForget(id, ports, say))
  // Who was held up meanwhile has put back what another said since; of what is over nobody would say it again.
  const now = await ports.journal.read(id)
  if (now && isOver(now) && now.rev !== migration.rev) return await tell(id, ports, null)
  return now === null || isOver(now)
}

/** The seeds of a day are no news; a halt of them is, and from then on their thread is told to its end. */
async function isQuiet({ id, purpose, halted }: Migration, { views }: NotifyPorts): Promise<boolean> {
  return purpose === 'seeds' && halted === null && !(await views.posted(id)).status
}

async function render(migration: Migration, ports: NotifyPorts, proven: number | null): Promise<void> {
  const { journal, views, speaker, onError, approvers } = ports
  const { id, channel } = migration
  const posted = await views.posted(id)
  const place = { id, channel, redis: redisOf(migration) }
  // The thread follows from the journal alone, so it is rendered once for each newest entry.
  const all = await journal.entries(id)
  const state = `${all[migration.rev - 1]?.nonce} ${place.redis}`
  const known = tsOf(posted.status)
  if (posted[SAID] === state && posted[ROOT] === known && proven === null) return
  // Entries that came after the fold are left to the next job: a message must not mix two states.
  const entries = all.slice(0, migration.rev)
  const messages = threadMessages(migration, entries, approvers)
  const proof = proven === null ? null : proofOf(messages, proven)
  const said = { views, speaker, onError, posted }
  // The thread hangs below the status message, so that one is posted first; from then on jobs/status.ts edits it.
  const status = { key: 'status', message: await statusNow(migration, ports) }
  const isThere = known !== '' && proof !== 'status'
  const thread = isThere ? known : await speak(status, { ...place, thread: null, isProven: proof === 'status' }, said)
  // Whoever breaks off leaves the thread unsaid, also for one that had said all of it meanwhile: what this one was to edit may be written
  // over by now.
  const unsaid = async (): Promise<void> => await views.remember(id, SAID, '')
  await unsaid()
  await sayThread(messages, { ...place, thread }, { ...said, turns: ports.turns, proof }).catch(
    async (error: unknown) => {
      await unsaid()
      throw error
    },
  )
  await tellDirectly(migration, entries, { ...said, approvers })
  // Whoever posted the status message, it is pinned once; and behind what asks, for which people wait.
  if (thread !== null && posted[ROOT] !== thread) await speaker.pin?.(channel, thread)
  await views.remember(id, ROOT, thread ?? '')
  await views.remember(id, SAID, state)
}

/** The key of the message that is proven as the `nth`. */
function proofOf(messages: readonly Keyed[], nth: number): string {
  const asking = messages.filter(({ message }) => hasButtons(message)).slice(-PROVEN_MAX)
  const keys = ['status', ...asking.map(({ key }) => key)]
  return keys[nth % keys.length] ?? 'status'
}

type Place = Parameters<typeof speak>[1]
/** `proof`: the key of the message that is proven, whose turn was taken. */
type Said = Parameters<typeof speak>[2] & { readonly turns: Turns; readonly proof: string | null }

/** Posts what is not there yet, and edits what changed; an edit that has to wait for its turn comes behind all that is posted. */
async function sayThread(messages: readonly Keyed[], place: Place, said: Said): Promise<void> {
  const { posted, turns, proof } = said
  const isMoved = posted[ROOT] !== undefined && posted[ROOT] !== '' && posted[ROOT] !== place.thread
  const late: Keyed[] = []
  for (const keyed of messages) {
    const isProven = keyed.key === proof
    const isEdit = !isProven && changeOf(keyed, place.redis, posted) === 'edit'
    if (isMoved && hasButtons(keyed.message)) await moveHere(keyed, place, said)
    else if (isEdit && !(await turns.take(nameOf(place), 'gate'))) late.push(keyed)
    else await speak(keyed, { ...place, isProven }, said)
  }
  for (const keyed of late) {
    await turns.wait(nameOf(place), 'gate')
    await speak(keyed, place, said)
  }
}

/** Whose turn it is where a thread is edited. */
function nameOf({ id }: Place): string {
  return `thread ${id}`
}

/**
 * Closes a question in the old thread, if it can be found there, and posts it in the new one: in this order, since what breaks off in
 * between is done again.
 */
async function moveHere(keyed: Keyed, place: Place, said: Said): Promise<void> {
  const old = tsOf(said.posted[keyed.key])
  if (old !== '') {
    await said.turns.wait(nameOf(place), 'gate')
    // Where nothing is posted behind it, since this process dies or Slack refuses, whoever comes next says it there again; and where this
    // edit came late, over what another process has said there since, too.
    const unsaid = async (): Promise<void> => {
      const isOld = tsOf((await said.views.posted(place.id))[keyed.key]) === old
      if (isOld) await said.views.remember(place.id, keyed.key, `${old} `)
    }
    await unsaid()
    const there = textMessage('This is asked anew, under the new status message.')
    await said.speaker.update(place.channel, old, there).catch((error: unknown) => {
      if (error instanceof LimitedEdits) throw error
    })
    await unsaid()
  }
  await speak(keyed, place, { ...said, posted: {} })
}

/**
 * Does the work; where Slack takes nothing for the channel, tells who started the migration, once for each reason until the whole thread
 * was taken again; where it takes nothing from the bot at all, the log alone. What Slack does not take now fails the job, which is made
 * anew, and counts as a lost channel after UNTAKEN_MAX times.
 */
export async function orDirectly(
  m: Migration,
  { views, speaker, onError }: Pick<NotifyPorts, 'views' | 'speaker' | 'onError'>,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work()
  } catch (error) {
    const lost = error instanceof UntakenMessage ? await lostAfter(m.id, error, views) : error
    if (!(lost instanceof LostChannel || lost instanceof RefusedAccount)) throw lost
    if ((await views.posted(m.id))[LOST] === lost.code) return
    await views.remember(m.id, LOST, lost.code)
    onError(lost)
    if (lost instanceof RefusedAccount) return
    await speaker.post(m.by, null, textMessage(lostText(m, lost))).catch((again: unknown) => onError(again as Error))
  }
}

/** Once Slack took something of the thread, and refused nothing of it, what it took nothing for before counts no more. */
async function thenForget(id: string, ports: NotifyPorts, work: (ports: NotifyPorts) => Promise<void>): Promise<void> {
  const { views, speaker } = ports
  let isTaken = false
  const heard: Speaker = {
    ...speaker,
    async post(...said) {
      const ts = await speaker.post(...said)
      isTaken = true
      return ts
    },
    async update(...said) {
      await speaker.update(...said)
      isTaken = true
    },
  }
  await work({ ...ports, speaker: heard })
  if (!isTaken) return
  const posted = await views.posted(id)
  for (const key of [LOST, UNTAKEN]) if (posted[key]) await views.remember(id, key, '')
}

/** The same error while it may be taken the next time; a lost channel once that was often enough. */
async function lostAfter(id: string, error: UntakenMessage, views: Views): Promise<Error> {
  const [code, times] = ((await views.posted(id))[UNTAKEN] ?? '').split(' ')
  const count = code === error.code ? Number(times) + 1 : 1
  await views.remember(id, UNTAKEN, `${error.code} ${count}`)
  return count < UNTAKEN_MAX[error.isUnknown ? 'unknown' : 'later'] ? error : new LostChannel(error.code, error)
}

function lostText({ id, channel, phase }: Migration, { code }: LostChannel): string {
  return `Nothing can be posted in the channel of ${id} (${channel}; Slack says ${code}), which is ${phase}: it goes on, but nobody there reads what it asks. ${channelRemedy(code)}; until then the terminal answers for it: zonehop status ${id}.`
}
