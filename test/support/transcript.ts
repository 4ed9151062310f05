// What a channel read, as a reviewer reads it in a diff: every message as it was first posted, with what differs from run to run replaced.
type Row = {
  readonly at: string
  readonly user: string
  readonly text: string
  readonly thread: string | null
  readonly edited: boolean
}

/** Ids by the order in which they appear, so that two that differ still do. */
const NAMED: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\bmig-[0-9a-f]{6}\b/g, 'mig'],
  [/\b(?:vol|snap|i)-0[0-9a-f]{16}\b/g, 'id'],
]
/** Times, spans, percents and sizes that follow from how fast the machine was. */
const MEASURED: readonly (readonly [pattern: RegExp, word: string])[] = [
  [/\b\d{2}:\d{2}(?::\d{2})?\b(?: UTC)?/g, '<time>'],
  [/\b\d{4}-\d{2}-\d{2}\b/g, '<day>'],
  [/\b\d+ (?:h|min|s)\b(?: \d+ (?:min|s)\b)*/g, '<span>'],
  [/\b\d+(?:\.\d+)? ?%/g, '<percent>'],
]

/**
 * One paragraph a message; replies in a thread are indented. Edits are left out: how many there are is a matter of speed. What one
 * person alone reads stands at the end, since its place among the others is chance.
 */
export function transcriptOf(rows: readonly Row[]): string {
  const known = new Map<string, string>()
  const counts = new Map<string, number>()
  const nameOf = (kind: string, found: string): string => {
    const name = known.get(found) ?? `<${kind} ${(counts.get(kind) ?? 0) + 1}>`
    if (!known.has(found)) counts.set(kind, (counts.get(kind) ?? 0) + 1)
    known.set(found, name)
    return name
  }
  const plain = (text: string): string => {
    const named = NAMED.reduce((now, [pattern, kind]) => now.replace(pattern, (found) => nameOf(kind, found)), text)
    return MEASURED.reduce((now, [pattern, word]) => now.replace(pattern, word), named)
  }
  const posted = rows.filter(({ edited }) => !edited)
  const isPrivate = ({ text }: Row): boolean => text.startsWith('(only ')
  const all = [...posted.filter((row) => !isPrivate(row)), ...posted.filter(isPrivate)]
  return inOrder(all.flatMap(oneByOne).map((row) => paragraphOf(row, plain))).join('\n')
}

/** How many services one look sees opened is a matter of speed, so each has a message of its own here. */
function oneByOne(row: Row): Row[] {
  const [, head, names] = OPENED.exec(row.text) ?? []
  return names ? names.split(', ').map((name) => ({ ...row, text: `${head}${name}.` })) : [row]
}

const OPENED = /^((?:Open|Serving again) in [\w-]+: )([\w, -]+)\.$/

/** So is their order, within one run of them. */
function inOrder(paragraphs: readonly string[]): string[] {
  const sorted: string[] = []
  let run: string[] = []
  for (const paragraph of paragraphs) {
    if (/: (Open|Serving again) in /.test(paragraph)) {
      run.push(paragraph)
      continue
    }
    sorted.push(...run.sort(), paragraph)
    run = []
  }
  return [...sorted, ...run.sort()]
}

function paragraphOf({ user, text, thread }: Row, plain: (text: string) => string): string {
  const lines = `${user}: ${plain(text)}`.split('\n')
  return lines.map((line) => `${thread === null ? '' : '  '}${line}\n`).join('')
}
