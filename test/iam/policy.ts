// The policy as it is shipped, and calls held against it.
import { readFileSync } from 'node:fs'
import { decide, type Policy, type Request } from './evaluate.ts'

export const POLICY = JSON.parse(readFileSync('iam-policy.json', 'utf8')) as Policy

/** Of the requests of one call those that are not allowed, in words; empty if the call is allowed. */
export function refusals(policy: Policy, requests: readonly Request[]): string[] {
  return requests.flatMap((request) => {
    const { verdict } = decide(policy, request)
    return verdict === 'allowed' ? [] : [`${request.action} on ${request.resource}: ${verdict}`]
  })
}

/** The policy without these statements, by their Sid. Throws for a Sid that it does not have. */
export function without(policy: Policy, ...sids: readonly string[]): Policy {
  const known = policy.Statement.map(({ Sid }) => Sid ?? '')
  const unknown = sids.filter((sid) => !known.includes(sid))
  if (unknown.length > 0) throw new Error(`There is no statement ${unknown.join(', ')}`)
  return { ...policy, Statement: policy.Statement.filter(({ Sid = '' }) => !sids.includes(Sid)) }
}
