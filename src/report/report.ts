// The report of a migration, from its journal alone: what is published, what is looked at, and what is said in short.
import type { Entry } from '../core/model/entries.ts'
import type { Report } from '../core/ports.ts'
import { reportMarkdown } from './markdown.ts'
import { pictureSvg } from './picture.ts'
import { pngOf } from './png.ts'
import { storyOf } from './story.ts'
import { summaryOf } from './summary.ts'

/** The same entries give the same bytes, in every process. Throws where they are no journal. */
export function reportOf(entries: readonly Entry[]): Report {
  const story = storyOf(entries)
  const { id, channel } = story.migration
  const files = { 'report.md': reportMarkdown(story, entries), 'report.png': pngOf(pictureSvg(story)) }
  return { id, channel, summary: summaryOf(story), files }
}
