// Migrations that this version does not understand are left alone. While no process runs that understands them, one
// message in the channel names the version to start: a process of that version takes over from there.
import { JOURNAL_VERSION } from '../src/core/model/entries.ts'
import type { Queue } from '../src/core/ports.ts'
import { textMessage } from '../src/slack/messages/blocks.ts'
import type { Journal } from '../src/store/journal.ts'
import type { Living } from '../src/store/living.ts'
import type { Views } from '../src/store/views.ts'
import type { Speaker } from './speak.ts'

/** What tellAside works on; `views` remembers that the message was posted. */
export type AsidePorts = {
  readonly journal: Pick<Journal, 'aside' | 'channelOf'>
  readonly views: Views
  readonly speaker: Pick<Speaker, 'post'>
  readonly living: Living
}

/** Posts nothing where this version understands the migration, a newer process runs, or the message was posted. */
export async function tellAside(id: string, { journal, views, speaker, living }: AsidePorts): Promise<void> {
  const aside = await journal.aside(id)
  if (!aside || (await living.isNewer(JOURNAL_VERSION))) return
  const channel = await journal.channelOf(id)
  if (!channel || (await views.posted(id)).aside) return
  const start =
    aside.version === null ? 'a newer zonehop' : `a zonehop that writes version ${aside.version} of the journal`
  const text = `Nobody drives ${id}: ${aside.why}, and only zonehops run that write version ${JOURNAL_VERSION}. Start ${start}; until then nothing of it goes on.`
  await views.remember(id, 'aside', await speaker.post(channel, null, textMessage(text)))
}

/** Real ms for which a process that cannot do a job keeps it, so that two of the same version do not hand it to and fro. */
const HAND_ON_MS = 1_000

/** What handOn works on; `wait` resolves after so many real ms, or at shutdown. */
export type HandOnPorts = {
  readonly journal: Pick<Journal, 'aside'>
  readonly living: Pick<Living, 'isNewer'>
  readonly queue: Pick<Queue, 'nudge'>
  readonly wait: (ms: number) => Promise<void>
}

/**
 * A process took a job of a migration that it does not understand, and dropped it: it nudges the migration a moment later, so that
 * a newer process has its turn long before its own timer. Does nothing where it understands the migration, or no newer one runs.
 */
export async function handOn(id: string, { journal, living, queue, wait }: HandOnPorts): Promise<void> {
  if (!(await journal.aside(id)) || !(await living.isNewer(JOURNAL_VERSION))) return
  await wait(HAND_ON_MS)
  await queue.nudge(id)
}
