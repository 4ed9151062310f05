// The SSM documents as they are shipped: an operator registers them once, and what is registered is held against them.
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

const FOLDER = join(import.meta.dirname, '../ssm')

let shipped: Readonly<Record<string, string>> | null = null

/** The JSON files of `ssm/`: content by document name, which is the file's name without `.json`. They are read once, by who first asks. */
export function shippedDocuments(): Readonly<Record<string, string>> {
  shipped ??= readAll()
  return shipped
}

function readAll(): Record<string, string> {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'))
  return Object.fromEntries(files.map((file) => [basename(file, '.json'), readFileSync(join(FOLDER, file), 'utf8')]))
}
