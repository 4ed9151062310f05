// A terminal of the host, in which scripted people type `zonehop ...` while Slack is away.
import { runTerminal } from '../cli.ts'
import type { Box } from './box.ts'
import type { PersonName } from './scenario.ts'

/** Types the words behind `zonehop` as somebody; gives the exit code and all that is printed. */
export type Terminal = (
  who: PersonName,
  words: readonly string[],
) => Promise<{ readonly exit: number; readonly said: string }>

/** A terminal of the box's host, with whose Redis and clock it works. */
export function openTerminal({ environment, clock }: Pick<Box, 'environment' | 'clock'>): Terminal {
  return async (user, words) => {
    const said: string[] = []
    const out = { write: (text: string) => said.push(text) }
    const timingOf = async () => ({ clock, isDrill: true, close: () => undefined })
    // An error of a connection shows in how the command ends.
    const onError = () => undefined
    const exit = await runTerminal(words, environment, { timingOf, onError, user, out, err: out })
    return { exit, said: said.join('') }
  }
}

/** The exit code of what was shown and asks for its code. */
const SHOWN = 3

/** Types the words, reads what is shown and repeats them with each of its codes. True once everything was taken. */
export async function typeInTerminal(
  terminal: Terminal,
  { who, words }: { readonly who: PersonName; readonly words: readonly string[] },
): Promise<boolean> {
  const { exit, said } = await terminal(who, words)
  if (exit !== SHOWN) return exit === 0
  const codes = [...said.matchAll(/^ *code: (\S+)$/gm)].flatMap(([, code]) => code ?? [])
  for (const code of codes) {
    const repeated = await terminal(who, [...words, '--code', code])
    if (repeated.exit !== 0) return false
  }
  return codes.length > 0
}
