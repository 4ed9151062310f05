// What the policy allows, and what a scenario was seen to call: the two must be the same in the end.
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'

type Statement = { readonly Effect: string; readonly Action: string | readonly string[] }
type Counted = { readonly calls: object; readonly dryRuns: object }

/** Without those on keys: EC2 makes them in the role's name, and test/iam holds them. */
export function allowedActions(): Set<string> {
  const { Statement } = JSON.parse(readFileSync('iam-policy.json', 'utf8')) as { Statement: readonly Statement[] }
  const allowed = Statement.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Action }) => Action)
  return new Set(allowed.filter((action) => !action.startsWith('kms:')).map((action) => action.split(':')[1] ?? ''))
}

export function calledActions(json: { readonly ec2: Counted; readonly otherAws: Counted }): string[] {
  const { ec2, otherAws } = json
  return [...new Set([ec2, otherAws].flatMap(({ calls, dryRuns }) => [...Object.keys(calls), ...Object.keys(dryRuns)]))]
}

/** Nothing a scenario calls is refused by the policy as it stands. */
export function expectAllowed(json: Parameters<typeof calledActions>[0]): void {
  const allowed = allowedActions().add('DescribeKey')
  expect(calledActions(json).filter((action) => !allowed.has(action))).toEqual([])
}
