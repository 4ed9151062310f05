// Checks as preflight hands them out, by their result.

export type Check = {
  readonly name: string
  readonly result: 'green' | 'yellow' | 'red'
  readonly cause: string
  readonly remedy: string
}

export function green(name: string, cause: string): Check {
  return { name, result: 'green', cause, remedy: '' }
}

export function yellow(name: string, cause: string, remedy: string): Check {
  return { name, result: 'yellow', cause, remedy }
}

export function red(name: string, cause: string, remedy: string): Check {
  return { name, result: 'red', cause, remedy }
}
