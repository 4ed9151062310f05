// The report of a migration as Markdown, from its journal alone: the same entries give the same bytes, in every process.
import type { Entry } from '../core/model/entries.ts'
import { day } from '../core/model/text.ts'
import { leftLines, noteLines, RATE_COLUMNS, rateRows, troubleLines } from './sections.ts'
import type { Story } from './story.ts'
import { factsTold, summaryOf, titleOf } from './summary.ts'
import { countWords, VERDICT_COLUMNS, verdictRows, verdictSentence } from './verdict.ts'
import { markdownCell, markdownLine } from './words.ts'

/** The whole report, which shows the picture that stands beside it; `entries` are those of the story. It ends with a line end. */
export function reportMarkdown(story: Story, entries: readonly Entry[]): string {
  const { migration: m } = story
  const wrong = troubleLines(story, entries)
  const notes = noteLines(entries)
  return `${[
    `# ${markdownLine(titleOf(story))}`,
    markdownLine(summaryOf(story)),
    'All times are UTC.',
    `![The run of ${m.id} over time](report.png)`,
    ...verdictBlocks(story),
    '## Facts',
    table(['', ''], factsTold(story)),
    '## Timeline',
    ...timelineBlocks(story),
    '## Rates',
    'From the first call until zonehop saw it done: it looks in intervals, so EC2 was done somewhat earlier. GiB/h is the size of the volume over that time: how much of it was copied the journal does not hold.',
    table(RATE_COLUMNS, rateRows(story)),
    '## What went wrong',
    wrong.length > 0 ? list(wrong) : 'Nothing that the journal holds.',
    '## What is left',
    list(leftLines(story)),
    "## People's notes",
    notes.length > 0 ? list(notes) : 'None.',
  ].join('\n\n')}\n`
}

/** Of a rehearsal what it has shown; of anything else nothing. */
function verdictBlocks(story: Story): string[] {
  if (story.migration.purpose !== 'rehearsal') return []
  return [
    '## Verdict',
    markdownLine(verdictSentence(story)),
    markdownLine(countWords(story)),
    table(VERDICT_COLUMNS, verdictRows(story)),
  ]
}

/** A heading for each day, and its lines below. */
function timelineBlocks({ timeline }: Story): string[] {
  const days = new Map<string, string[]>()
  for (const { atMs, sentence } of timeline) {
    const lines = days.get(day(atMs)) ?? []
    lines.push(`${new Date(atMs).toISOString().slice(11, 19)} ${sentence}`)
    days.set(day(atMs), lines)
  }
  return [...days].flatMap(([date, lines]) => [`### ${date}`, list(lines)])
}

function list(sentences: readonly string[]): string {
  return sentences.map((sentence) => `- ${markdownLine(sentence)}`).join('\n')
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(markdownCell).join(' | ')} |`
  return [line(columns), `|${columns.map(() => '---|').join('')}`, ...rows.map(line)].join('\n')
}
