// The SSM documents as they are shipped: an operator registers them once, and what is registered is held against them.
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

const FOLDER = join(import.meta.dirname, '../ssm')

/** The JSON files of `ssm/`: content by document name, which is the file's name without `.json`. */
export function shippedDocuments(): Record<string, string> {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'))
  return Object.fromEntries(files.map((file) => [basename(file, '.json'), readFileSync(join(FOLDER, file), 'utf8')]))
}
