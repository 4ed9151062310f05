// What a channel read, as a reviewer reads it in a diff: every message as it was first posted, with what differs from run to run replaced.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'

type Row = {
  readonly user: string
  readonly text: string
  readonly thread: string | null
  readonly edited: boolean
}

const FOLDER = join(import.meta.dirname, '../scenarios/transcripts')

/** Ids, and times, spans and percents that follow from how fast the machine was. */
const VARYING: readonly (readonly [pattern: RegExp, word: string])[] = [
  [/(?<=Caution, .* as of \d\d:\d\d UTC).*/g, ' <left>'],
  [/\bmig-[0-9a-f]{6}-f\d+\b/g, '<freeze>'],
  [/\bmig-[0-9a-f]{6}\b/g, '<migration>'],
  [/\bvol-0[0-9a-f]{16}\b/g, '<volume>'],
  [/\bvol0[0-9a-f]{16}\b/g, '<serial>'],
  [/\bsnap-0[0-9a-f]{16}\b/g, '<snapshot>'],
  [/\bi-0[0-9a-f]{16}\b/g, '<instance>'],
  [/\b\d{2}:\d{2}(?::\d{2})?\b(?: UTC)?/g, '<time>'],
  [/\b\d{4}-\d{2}-\d{2}\b/g, '<day>'],
  [/\b\d+ (?:h|min|s)\b(?: \d+ (?:min|s)\b)*/g, '<span>'],
  [/\bp\d{16}\b/g, '<message>'],
  [/\b(?:about \d+\.\d GiB have|less than 0\.1 GiB has) changed\b/g, '<size> changed'],
  [/\b\d+[dhms](?: \d+[dhms])?\b/g, '<span>'],
  [/\b127\.0\.0\.1:\d+\b/g, '<address>'],
  [/\b\d+(?:\.\d+)? ?%/g, '<percent>'],
]

/**
 * Holds what was posted against the scenario's committed transcript: the same messages, each as often. Two that do not wait for each other
 * may come in either order, so the order is the reviewer's to read. Where somebody meddles all the time, how often a question is asked anew
 * follows from who was faster, and each message counts once; which of the snapshots that they took are pending then is not compared. What
 * the status message says when it is first posted, and whether somebody answers a question that another door has closed, are matters of
 * speed too, and are not compared; nor is whether an answer was fast enough to link a status message that was just posted. With
 * TRANSCRIPTS=write the file is written anew.
 */
export function expectTranscript(scenario: string, rows: readonly Row[], { isMeddled = false } = {}): void {
  const file = join(FOLDER, `${scenario}.txt`)
  const posted = rows.filter(({ edited, text }) => !edited || isOfOpenings(text)).flatMap(oneByOne)
  const text = unrepeated(posted.map((row) => [row, paragraphOf(row)] as const)).join('\n\n')
  if (process.env.TRANSCRIPTS === 'write') writeFileSync(file, `${text}\n`)
  expect(existsSync(file), `${file} is written by TRANSCRIPTS=write npx vitest run test/scenarios`).toBe(true)
  const committed = readFileSync(file, 'utf8').trimEnd()
  const messages = (all: string): string[] => {
    const unlinked = all.replaceAll(LINK, '')
    const plain = isMeddled ? unlinked.replaceAll(WAITING, '').replaceAll(COUNTED, '$1<count> lines') : unlinked
    const each = plain.split('\n\n').filter((message) => ![STATUS, LATE, READS].some((one) => one.test(message)))
    return (isMeddled ? [...new Set(each)] : each).toSorted()
  }
  expect(messages(text)).toEqual(messages(committed))
}

/** The answer to who presses a button that another one has pressed, and to who asks how it stands just then. */
const LATE = /^ *zonehop: \(only \w+ sees this\) (?:Already approved|<migration> does not ask for|\*<migration>: )/
/** How many volumes still load when EC2 is asked, which one is slowest, and whether the end is seen before the migration is done. */
const READS = /^ *zonehop: \*?(?:Reads are slow\b|(?:All \d+ volumes|The volume) in use )/
/** What somebody else's snapshot, or one of an earlier freeze, is waited for: it may be complete when the question is asked. */
const WAITING = /\n *(?:Caution, .*: the final snapshot waits for .*|Final snapshots would wait for older ones .*)/g
const COUNTED = /(All that an approval covers is below in the thread: )\d+ lines/g
/** The end of an answer about a migration. */
const LINK = /\n *Status message of <migration>$/gm
/** How a status message begins. */
const STATUS = /^zonehop: <migration>: [\w-]+ to [\w-]+, /

const OPENED = /^((?:Open|Serving again) in [\w-]+: )([\w, -]+)\.$/

function isOfOpenings(text: string): boolean {
  return text.split('\n').some((line) => OPENED.test(line))
}

/** How many services one message sees opened is a matter of speed, so each has a message of its own here, and so has each line beside. */
function oneByOne(row: Row): Row[] {
  if (!isOfOpenings(row.text)) return [row]
  return row.text.split('\n').flatMap((line) => {
    const [, head, names = ''] = OPENED.exec(line) ?? []
    return head ? names.split(', ').map((name) => ({ ...row, text: `${head}${name}.` })) : [{ ...row, text: line }]
  })
}

/** An opening is said once, however often its message was edited. */
function unrepeated(said: readonly (readonly [row: Row, paragraph: string])[]): string[] {
  const opened = new Set<string>()
  return said.flatMap(([{ text }, paragraph]) => {
    if (!isOfOpenings(text)) return [paragraph]
    if (opened.has(paragraph)) return []
    opened.add(paragraph)
    return [paragraph]
  })
}

/** Replies in a thread are indented. */
function paragraphOf({ user, text, thread }: Row): string {
  const plain = VARYING.reduce((now, [pattern, word]) => now.replace(pattern, word), `${user}: ${text}`)
  return plain
    .split('\n')
    .map((line) => `${thread === null ? '' : '  '}${line}`)
    .join('\n')
}
