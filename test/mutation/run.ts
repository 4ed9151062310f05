// `npm run mutate`: changes the core a little, thousands of times, and counts the changes that a quick test notices. The last line on
// standard output is `{ score, files: { NAME: score } }`, in percent. Arguments are files or patterns, all of src/core without any:
// `npm run mutate -- src/core/decide.ts`.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { z } from 'zod'

const CONFIG = 'test/mutation/stryker.config.json'
const REPORT = '.cache/mutation.json'

const report = z.object({
  files: z.record(z.string(), z.object({ mutants: z.array(z.object({ status: z.string() })) })),
})

/** A change that makes tests fail or never end is noticed; one that does not run says nothing of the tests. */
const NOTICED = ['Killed', 'Timeout']
const LIVED = ['Survived', 'NoCoverage']

function scoreOf(statuses: readonly string[]): number | null {
  const noticed = statuses.filter((status) => NOTICED.includes(status)).length
  const lived = statuses.filter((status) => LIVED.includes(status)).length
  return noticed + lived === 0 ? null : Math.round((1000 * noticed) / (noticed + lived)) / 10
}

const patterns = process.argv.slice(2)
const args = ['stryker', 'run', CONFIG, ...(patterns.length > 0 ? ['--mutate', patterns.join(',')] : [])]
const [code] = await once(spawn('npx', args, { stdio: 'inherit' }), 'exit')
if (code !== 0) {
  process.exitCode = typeof code === 'number' ? code : 1
} else {
  const { files } = report.parse(JSON.parse(readFileSync(REPORT, 'utf8')))
  const rows = Object.entries(files).map(([name, { mutants }]) => ({
    name,
    statuses: mutants.map(({ status }) => status),
  }))
  const score = scoreOf(rows.flatMap(({ statuses }) => statuses))
  const byFile = Object.fromEntries(rows.map(({ name, statuses }) => [name, scoreOf(statuses)]))
  console.log(JSON.stringify({ score, files: byFile }))
}
