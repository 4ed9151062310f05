// The channel in a terminal, as it happens: posts as lines, the status message's edits as one line that moves.
import { stripVTControlCharacters } from 'node:util'

type Row = {
  readonly at: string
  readonly user: string
  readonly text: string
  readonly thread: string | null
  readonly edited: boolean
}

/** With `--json` the terminal stays silent: the last line is for programs. */
export function terminal(isSilent: boolean): { show(row: Row): void } {
  const isLive = process.stdout.isTTY === true
  let last = ''
  return {
    show({ at, user, text, thread, edited }) {
      if (isSilent) return
      const lines = stripVTControlCharacters(text).split('\n')
      const time = at.slice(11, 19)
      if (edited && thread === null) {
        const line = `${time} ${lines
          .filter((each) => /\d+%/.test(each))
          .slice(0, 6)
          .map((each) => each.split(' ').slice(0, 2).join(' '))
          .join('  ')}`
        if (line.slice(9) === last) return
        last = line.slice(9)
        process.stdout.write(isLive ? `\r\u001b[K${line}` : `${line}\n`)
        return
      }
      const indent = thread === null ? '' : '    '
      process.stdout.write(
        `${isLive ? '\r\u001b[K' : ''}${time} ${indent}${user}${edited ? ' (edited)' : ''}: ${lines.join(`\n${' '.repeat(11)}${indent}`)}\n`,
      )
    },
  }
}
