// The command line of the fuzz: `npm run fuzz -- --inputs N [--seed S]`. Prints its seed first and what went wrong, and as its last line
// `{ inputs, threw, unintended }`; fails where either is not 0.
import { parseArgs } from 'node:util'
import { fuzz } from './run.ts'

/** Wrong inputs that are printed. */
const TOLD_MAX = 20

const { values } = parseArgs({
  options: { inputs: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' } },
})
let told = 0
process.stdout.write(`seed ${values.seed}\n`)
const sums = await fuzz(Number(values.inputs), Number(values.seed), (wrong) => {
  if (told++ < TOLD_MAX) process.stdout.write(`${wrong}\n`)
})
process.stdout.write(`${JSON.stringify(sums)}\n`)
process.exitCode = sums.threw + sums.unintended === 0 ? 0 : 1
