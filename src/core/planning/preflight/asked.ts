// What checks of one question have in common: it may not have been answered, and who needs the answer is told in few words.

import { type Check, unchecked } from '../../model/checks.ts'
import type { SurveyAnswer } from '../../model/facts.ts'

/** The checks of an answer; yellow with the reason where there is none. */
export function asked<T>(
  name: string,
  question: SurveyAnswer<T>,
  check: (answer: T) => Check[],
  remedy = 'check it by hand',
): Check[] {
  if ('answer' in question) return check(question.answer)
  return [unchecked(name, question.because, remedy)]
}

/** `a, b, c and 2 more need it`, or `a needs it`. */
export function needIt(names: readonly string[]): string {
  const listed = names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ')
  return `${listed} ${names.length === 1 ? 'needs' : 'need'} it`
}
