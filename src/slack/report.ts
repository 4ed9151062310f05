// /migrate report and /migrate note: they are about a migration that runs, or one that is over. The files of a report go to the
// migration's thread, where everybody who watched finds them.

import { WebAPIPlatformError, type WebClient } from '@slack/web-api'
import { meantOf } from '../core/journal/state.ts'
import type { Migration } from '../core/model/migration.ts'
import { code, inLines, theirs } from '../core/model/text.ts'
import type { Report, UseCases } from '../core/ports.ts'
import { mrkdwn } from './messages/text.ts'

/** What of Slack's client puts files into a thread. */
export type Uploader = Pick<WebClient, 'filesUploadV2'>

/** The answer to who asks for a report, as a sentence with our marks. Throws what Slack or a use case throws. */
export async function tellReport(
  asked: { readonly id: string; readonly by: string },
  use: Pick<UseCases, 'report'>,
  client: Uploader,
): Promise<string> {
  const report = await use.report(asked)
  if ('ok' in report) return report.text
  const { thread } = report
  const inTerminal = code(`zonehop report ${report.id} --to <directory>`)
  if (thread === null) {
    return inLines([
      report.summary,
      `No thread of ${report.id} stands, so its files are not posted; in a terminal, ${inTerminal} writes them.`,
    ])
  }
  const refusal = await upload(report, thread, client)
  if (refusal === null) return `The report of ${report.id} is in its thread.`
  return inLines([report.summary, `${refusal} In a terminal, ${inTerminal} writes the whole report.`])
}

/** Null where the files are in the thread; else why Slack did not take them, in a sentence. */
async function upload(
  { id, channel, summary, files }: Report,
  thread: string,
  client: Uploader,
): Promise<string | null> {
  try {
    await client.filesUploadV2({
      channel_id: channel,
      thread_ts: thread,
      initial_comment: mrkdwn(summary, COMMENT_MAX),
      file_uploads: [
        { file: Buffer.from(files['report.md']), filename: `report-${id}.md`, title: `Report of ${id}` },
        { file: Buffer.from(files['report.png']), filename: `report-${id}.png`, title: `The run of ${id} over time` },
      ],
    })
    return null
  } catch (error) {
    if (!(error instanceof WebAPIPlatformError)) throw error
    const { error: said } = error.data
    return said === 'missing_scope'
      ? 'Slack does not let me post files: the bot token lacks the scope files:write. Add it in the settings of the Slack app (OAuth & Permissions), and install the app again.'
      : `Slack did not take the files (${theirs(said)}).`
  }
}

/** Characters of the words above the files: as many as a message takes in one piece. */
const COMMENT_MAX = 3_800

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
  const running = meantOf((await use.running()).filter(isMeant))
  if (running.length > 1) {
    return `${running.length} migrations run here: add the id of one, ${running.map((m) => m.id).join(' or ')}.`
  }
  const found = running[0] ?? (await use.ended()).find(isMeant)
  if (found) return found
  const aside = (await use.aside()).find((sentence) => id === null || sentence.includes(` ${id}:`))
  if (aside) return aside
  return id === null ? 'No migration of this channel runs or is over.' : `There is no migration ${id} that ran.`
}
