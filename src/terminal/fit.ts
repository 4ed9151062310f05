// Text for a terminal of 80 columns: sentences go on under themselves, and columns of a table give way where names are long.

/** The columns of a terminal, as they were always. */
const COLUMNS = 80
/** Spaces between two columns of a table. */
const GAP = 2
/** What nothing may break, since people paste it, or a word. */
const WORD = /(?:`[^`]*`|[^\s`]|`)+/g

/** A line as lines of 80 columns at most, each but the first further in; what stands between backticks stays whole, to be pasted. */
export function wrapped(line: string): string[] {
  if (line.length <= COLUMNS) return [line]
  const indent = /^ */.exec(line)?.[0] ?? ''
  const further = `${indent}  `
  const lines: string[] = []
  let now = ''
  for (const word of (line.match(WORD) ?? []).flatMap((each) => parted(each, COLUMNS - further.length))) {
    const before = lines.length === 0 ? indent : further
    if (now !== '' && before.length + now.length + 1 + word.length > COLUMNS) {
      lines.push(before + now)
      now = word
    } else now = now === '' ? word : `${now} ${word}`
  }
  return [...lines, (lines.length === 0 ? indent : further) + now]
}

function parted(word: string, max: number): string[] {
  if (word.length <= max || word.includes('`')) return [word]
  return [word.slice(0, max), ...parted(word.slice(max), max)]
}

/** The rows under each other, `indent` spaces in, in 80 columns: the widest columns give way, and what is too long is cut in its middle. */
export function table(rows: readonly (readonly string[])[], indent = 0): string[] {
  const widths = widthsOf(rows, COLUMNS - indent)
  return rows.map((row) => {
    const cells = row.map((cell, at) => inMiddle(cell, widths[at] ?? 0).padEnd(widths[at] ?? 0))
    return `${' '.repeat(indent)}${cells.join(' '.repeat(GAP))}`.trimEnd()
  })
}

function widthsOf(rows: readonly (readonly string[])[], columns: number): number[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)))
  const room = columns - GAP * (widths.length - 1)
  while (widths.reduce((sum, width) => sum + width, 0) > room) {
    const widest = widths.indexOf(Math.max(...widths))
    widths[widest] = (widths[widest] ?? 1) - 1
  }
  return widths
}

/** Names of one kind differ at their ends. */
function inMiddle(text: string, max: number): string {
  if (text.length <= max) return text
  const tail = Math.floor((max - 1) / 2)
  return `${text.slice(0, max - 1 - tail)}…${text.slice(text.length - tail)}`
}
