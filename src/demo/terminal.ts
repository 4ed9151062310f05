// The channel in a terminal, as it happens: posts as lines, the status message's edits as one line that moves, and only the
// new lines of an edited thread message.
import { stripVTControlCharacters } from 'node:util'
import { seenOf } from '../core/model/text.ts'
import type { Row } from './slack/entities.ts'

/** How many volumes the progress line names: a terminal is 80 characters wide. */
const SHOWN_MAX = 5

/** Writes each row of the channel to standard output; silent with `--json`, whose last line is for programs. */
export function terminal(isSilent: boolean): { show(row: Row): void } {
  const isLive = process.stdout.isTTY === true
  /** The control sequence that takes the moving line away; empty where nothing moves. */
  const wipe = isLive ? '\r\u001b[K' : ''
  const seen = new Set<string>()
  let last = ''
  let day = ''

  function progress(time: string, lines: readonly string[]): void {
    const line = progressLine(lines)
    if (line === last) return
    last = line
    process.stdout.write(`${wipe}${time} ${line}${isLive ? '' : '\n'}`)
  }

  return {
    show({ at, user, text, thread, edited }) {
      if (isSilent) return
      const [date, time] = [at.slice(0, 10), at.slice(11, 19)]
      if (day && day !== date) process.stdout.write(`${wipe}${date}\n`)
      day = date
      const lines = printable(text).split('\n')
      const fresh = edited ? lines.filter((line) => !seen.has(line)) : lines
      for (const line of lines) seen.add(line)
      if (edited && thread === null) return progress(time, lines)
      if (fresh.length === 0) return
      const indent = thread === null ? '' : '    '
      const body = fresh.join(`\n${' '.repeat(9)}${indent}  `)
      process.stdout.write(`${wipe}${time} ${indent}${user}${edited ? ' (edited)' : ''}: ${body}\n`)
    },
  }
}

/**
 * Text for a terminal, line by line: nothing in it moves the cursor, colours, deletes or turns round what stands there.
 */
export function printable(text: string): string {
  return stripVTControlCharacters(text).split('\n').map(seenOf).join('\n')
}

/**
 * The outage so far and the slowest volumes, read from the lines of the status message: what people ask every minute.
 */
export function progressLine(lines: readonly string[]): string {
  const percents = lines.flatMap((line) => {
    const found = /^(\S.*?) (\d+)% /.exec(line)
    return found ? [{ name: found[1] ?? '', percent: Number(found[2]) }] : []
  })
  const moving = percents.filter(({ percent }) => percent < 100).toSorted((a, b) => a.percent - b.percent)
  const shown = moving.slice(0, SHOWN_MAX).map(({ name, percent }) => `${name} ${percent}%`)
  const hidden = moving.length - shown.length
  const done = percents.length - moving.length
  const rest = [
    ...(hidden > 0 ? [`${hidden} faster`] : []),
    ...(done > 0 ? [moving.length > 0 ? `${done} at 100%` : `all ${done} at 100%`] : []),
  ]
  const outage = lines.find((line) => line.startsWith('Outage'))?.replace(/ \(.*/, '') ?? 'No outage'
  return [outage.replace(/\.$/, ''), ...shown, ...rest].join('  ')
}
