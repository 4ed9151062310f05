// An entry of the journal, as it was written.
import type { Entry } from '../core/entries.ts'

export function parseEntry(text: string): Entry {
  return JSON.parse(text) as Entry
}
