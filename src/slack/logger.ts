// What Slack's libraries have to say goes the way of every other error: by themselves they print to the console, with whatever an
// error carries.
import { type Logger, LogLevel } from '@slack/bolt'

/** For Bolt, its receiver and WebClients: errors become one Error each, everything else is left out. */
export function loggerOf(onError: (error: Error) => void): Logger {
  const nothing = (): void => undefined
  return {
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: (...said) => onError(errorOf(said)),
    setLevel: nothing,
    getLevel: () => LogLevel.ERROR,
    setName: nothing,
  }
}

function errorOf(said: readonly unknown[]): Error {
  const [first] = said
  return said.length === 1 && first instanceof Error ? first : new Error(`Slack: ${said.map(wordsOf).join(' ')}`)
}

function wordsOf(one: unknown): string {
  if (one instanceof Error) return one.message
  return typeof one === 'string' ? one : typeof one
}
