// The result of one preflight check, with a constructor for each of the three results. A green check has nothing to
// remedy, so its remedy is empty.

/** One preflight check. A `red` one makes the plan red; a `yellow` one is shown as a caution before the start. */
export type Check = {
  readonly name: string
  readonly result: 'green' | 'yellow' | 'red'
  readonly cause: string
  readonly remedy: string
  /** The id of the source volume that it is about: whoever lets that stay, or chooses another route for it, is past this check. */
  readonly volume?: string
  /** AWS did not say, so nobody knows: a yellow check that is told in few words, beside others of its kind. */
  readonly unchecked?: { readonly because: string }
}

/** A check that passed. */
export function green(name: string, cause: string): Check {
  return { name, result: 'green', cause, remedy: '' }
}

/** A check that stops nothing; people see its cause and remedy before they approve the start. */
export function yellow(name: string, cause: string, remedy: string): Check {
  return { name, result: 'yellow', cause, remedy }
}

/** A yellow check of what could not be found out. */
export function unchecked(name: string, because: string, remedy: string): Check {
  return { ...yellow(name, `not checked, because ${because}`, remedy), unchecked: { because } }
}

/** A check that makes the plan red: it neither starts nor passes a gate until the cause is put right. */
export function red(name: string, cause: string, remedy: string): Check {
  return { name, result: 'red', cause, remedy }
}

/** One line for each caution, and a single one for all that could not be checked; empty if there is none. */
export function cautionLines(checks: readonly Check[]): string[] {
  const yellows = checks.filter(({ result }) => result === 'yellow')
  const open = yellows.flatMap(({ name, remedy, unchecked: told }) =>
    told ? [`${name} (${told.because}: ${remedy})`] : [],
  )
  return [
    ...yellows
      .filter((check) => !check.unchecked)
      .map(({ name, cause, remedy }) => `Caution, ${name}: ${cause}; ${remedy}.`),
    ...(open.length > 0 ? [`Not checked: ${open.join('; ')}.`] : []),
  ]
}
