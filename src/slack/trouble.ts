// The answer to a person whose request failed midway: the journal may have it or not, and the answer does not guess.
import { SAID_MAX, theirs } from '../core/model/text.ts'

/** What `work` answers; if it throws, what is not known and where it will show. `onError` gets the error, for the log. */
export async function orTrouble(work: () => Promise<string>, onError: (error: Error) => void): Promise<string> {
  const sentence = (cause: string): string =>
    `This broke off (${cause}), and it is not known whether it was taken. /migrate status and the thread show it once it was; if they do not, ask again.`
  return await orSentence(work, sentence, onError)
}

/** The same of what only looks: nothing was asked or begun by it. */
export async function orUnread(work: () => Promise<string>, onError: (error: Error) => void): Promise<string> {
  const sentence = (cause: string): string =>
    `This could not be looked up (${cause}); nothing was asked or begun by it. Try again in a minute.`
  return await orSentence(work, sentence, onError)
}

/** The same of a form that was to open: nothing was asked yet, so it is safe to press again. */
export async function orUnopened(work: () => Promise<string>, onError: (error: Error) => void): Promise<string> {
  const sentence = (cause: string): string =>
    `The form did not open (${cause}), and nothing was asked. Press the button again, or type the command: /migrate help lists them.`
  return await orSentence(work, sentence, onError)
}

async function orSentence(
  work: () => Promise<string>,
  sentence: (cause: string) => string,
  onError: (error: Error) => void,
): Promise<string> {
  try {
    return await work()
  } catch (error) {
    onError(error instanceof Error ? error : new Error(String(error)))
    const { name, message } = error as Partial<Error>
    return sentence(theirs([name, message].filter(Boolean).join(': '), SAID_MAX))
  }
}
