// Migrations that this version does not understand: left alone, and while nobody runs who understands them, the channel is told which
// version to start. Once: a process of that version takes over from there.
import { JOURNAL_VERSION } from '../src/core/model/entries.ts'
import { textMessage } from '../src/slack/messages/blocks.ts'
import type { Journal } from '../src/store/journal.ts'
import type { Living } from '../src/store/living.ts'
import type { Views } from '../src/store/views.ts'
import type { Speaker } from './speak.ts'

export type AsidePorts = {
  readonly journal: Pick<Journal, 'aside' | 'channelOf'>
  readonly views: Views
  readonly speaker: Pick<Speaker, 'post'>
  readonly living: Living
}

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
