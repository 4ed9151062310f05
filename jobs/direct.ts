// Direct messages: to who may answer, once a question has stood for half of its time, since a channel is muted by who sleeps; and to who
// started it when it is over or halted, since nobody watches a channel for days.
// Twice: what was sent is remembered by its entry and its reader; only a crash between sending and remembering sends it again.
import { idsFor, isUserId } from '../src/core/asking/people.ts'
import type { Entry, EntryOf } from '../src/core/model/entries.ts'
import type { Migration } from '../src/core/model/migration.ts'
import { channelMention, dayTime } from '../src/core/model/text.ts'
import { alertEnd } from '../src/core/telling/alert-ends.ts'
import { remindedOf } from '../src/core/telling/reminders.ts'
import { textMessage } from '../src/slack/messages/blocks.ts'
import type { Views } from '../src/store/views.ts'
import type { Speaker } from './speak.ts'

type Ports = {
  readonly views: Views
  readonly speaker: Pick<Speaker, 'post' | 'membersOf'>
  /** Who may pass gates, users and user groups by id. */
  readonly approvers: readonly string[]
  readonly onError: (error: Error) => void
  /** What `views` remembers of the migration. */
  readonly posted: Readonly<Record<string, string>>
}

/** Sends what is to be said directly by now. Never throws for a reader whom Slack does not reach. */
export async function tellDirectly(m: Migration, entries: readonly Entry[], ports: Ports): Promise<void> {
  await callWhoMayAnswer(m, entries, ports)
  const last = entries.findLast(({ kind }) => ENDS.includes(kind))
  const isSo = last && (last.kind === 'halted') === (m.halted !== null)
  if (isSo)
    await send(m, { of: last, to: m.by, text: `${endWords(m)} ${channelMention(m.channel)} has the thread.` }, ports)
}

/** Kinds of entry behind which who started it hears of it. */
const ENDS: readonly Entry['kind'][] = ['done', 'aborted', 'halted']

function endWords({ id, phase, plan, halted, endedAtMs }: Migration): string {
  if (halted) return `${id} is halted: ${halted.why}.`
  const at = dayTime(endedAtMs ?? 0)
  return phase === 'aborted'
    ? `${id} is aborted since ${at}: what it had stopped serves in ${plan.sourceZone} again.`
    : `${id} is done since ${at}.`
}

/** Does nothing where no question is open of which the journal reminds. */
async function callWhoMayAnswer(m: Migration, entries: readonly Entry[], ports: Ports): Promise<void> {
  const { asking } = m
  const warned = entries.findLast((one): one is EntryOf<'warned'> => one.kind === 'warned' && isFirst(one))
  if (!asking || !warned || alertEnd(m, warned) !== null) return
  // Slack is asked who is in a group once a reminder, not at every heartbeat while it stands.
  const key = `direct-${warned.nonce}`
  if (ports.posted[key] !== undefined) return
  const text = `${warned.text} ${channelMention(m.channel)} has the question, and its buttons.`
  const { users, areAll } = await usersOf(ports.approvers, ports)
  for (const to of idsFor(m, asking.gate, users)) await send(m, { of: warned, to, text }, ports)
  if (areAll) await ports.views.remember(m.id, key, 'sent')
}

type Letter = { readonly of: Entry; readonly to: string; readonly text: string }

/** Sends it once. One that Slack does not take is not tried at every heartbeat: the channel has been told. */
async function send(m: Migration, { of, to, text }: Letter, { views, speaker, posted, onError }: Ports): Promise<void> {
  const key = `direct-${of.nonce}-${to}`
  if (posted[key] !== undefined) return
  await speaker.post(to, null, textMessage(text)).catch((error: unknown) => onError(error as Error))
  await views.remember(m.id, key, 'sent')
}

/** The first reminder calls people; the further ones stand in the channel. */
function isFirst({ about }: EntryOf<'warned'>): boolean {
  return remindedOf(about)?.count === 1
}

/** Users by id, with the members of the groups, each once; `areAll` is false where Slack does not say who is in a group. */
async function usersOf(ids: readonly string[], { speaker }: Ports): Promise<{ users: string[]; areAll: boolean }> {
  const all = await Promise.all(ids.map((id) => (isUserId(id) ? [id] : (speaker.membersOf?.(id) ?? null))))
  return { users: [...new Set(all.flatMap((users) => users ?? []))], areAll: !all.includes(null) }
}
