// Curves of snapshots, as a file has them: what somebody saw of each snapshot, and when it was complete.
import { readFileSync } from 'node:fs'
import { z } from 'zod'

const seconds = z.number().min(0)
const CURVE = z.object({
  name: z.string(),
  kind: z.string(),
  sizeGib: z.number().min(0),
  seeds: z.array(z.tuple([z.number().min(0), seconds])).default([]),
  samples: z.array(z.tuple([seconds, z.number().min(0).max(100)])),
  doneSeconds: z.number().positive(),
})
const FILE = z.array(CURVE).nonempty()

/**
 * One snapshot. `sizeGib`: what is to be copied, as far as that is known before. `seeds`: earlier snapshots of that volume, as GiB and
 * seconds. `samples`: seconds since it began and the whole percent that EC2 showed. `doneSeconds`: when it was complete.
 */
export type Curve = {
  readonly name: string
  readonly kind: string
  readonly sizeGib: number
  readonly seeds: readonly (readonly [gib: number, seconds: number])[]
  readonly samples: readonly (readonly [seconds: number, percent: number])[]
  readonly doneSeconds: number
}

/** With so many seeds a curve counts as seeded. */
const SEEDED_FROM = 3

/** Whether the volume was measured before. */
export function isSeeded({ seeds }: Curve): boolean {
  return seeds.length >= SEEDED_FROM
}

/** The curves of a file of JSON. Throws one sentence that says what is wrong with it. */
export function curvesIn(path: string): Curve[] {
  return parseCurves(textOf(path), path)
}

/** The curves of a text that comes from `path`. Throws one sentence that says what is wrong with it. */
export function parseCurves(text: string, path: string): Curve[] {
  const parsed = FILE.safeParse(jsonOf(text, path))
  if (parsed.success) return parsed.data.map(inOrder)
  const [issue] = parsed.error.issues
  const [index, ...field] = issue?.path ?? []
  const place =
    index === undefined ? '' : `curve ${Number(index) + 1}${field.length > 0 ? `, ${field.join('.')}` : ''}: `
  throw new Error(`${path} is no list of curves (${SHAPE}): ${place}${issue?.message}.`)
}

const SHAPE = '[{ name, kind, sizeGib, seeds: [[GiB, seconds]], samples: [[seconds, percent]], doneSeconds }]'

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new Error(`${path} cannot be read: ${error instanceof Error ? error.message : error}.`)
  }
}

function jsonOf(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error(`${path} is not JSON: ${error instanceof Error ? error.message : error}.`)
  }
}

function inOrder(curve: Curve): Curve {
  return { ...curve, samples: curve.samples.toSorted(([a], [b]) => a - b) }
}
