// The result of one preflight check, with a constructor for each of the three results. A green check has nothing to
// remedy, so its remedy is empty.

/** One preflight check. A `red` one makes the plan red; a `yellow` one is shown as a caution before the start. */
export type Check = {
  readonly name: string
  readonly result: 'green' | 'yellow' | 'red'
  readonly cause: string
  readonly remedy: string
}

/** A check that passed. */
export function green(name: string, cause: string): Check {
  return { name, result: 'green', cause, remedy: '' }
}

/** A check that stops nothing; people see its cause and remedy before they approve the start. */
export function yellow(name: string, cause: string, remedy: string): Check {
  return { name, result: 'yellow', cause, remedy }
}

/** A check that makes the plan red: it neither starts nor passes a gate until the cause is put right. */
export function red(name: string, cause: string, remedy: string): Check {
  return { name, result: 'red', cause, remedy }
}
