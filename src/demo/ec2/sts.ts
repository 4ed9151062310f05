// STS, as far as a command line asks who it is. It speaks EC2's query protocol, with envelopes of its own.
import { CALLER, OWNER } from './world/store.ts'
import { elements, HEADER } from './world/wire.ts'

/** The version that a form names where it is for STS, and not for EC2. */
export const STS_VERSION = '2011-06-15'

const NAMESPACE = `https://sts.amazonaws.com/doc/${STS_VERSION}/`

/** Answers GetCallerIdentity with the account and the role of the messages; refuses all else with InvalidAction. */
export function performSts(action: string, requestId: string): { status: number; body: string } {
  if (action === 'GetCallerIdentity') {
    const identity = { Arn: CALLER, UserId: 'AROA0EXAMPLE0ZONEHOP0:local', Account: OWNER }
    const content = elements({ [`${action}Result`]: identity, ResponseMetadata: { RequestId: requestId } })
    return { status: 200, body: enveloped(`${action}Response`, content) }
  }
  const why = `Could not find operation ${action} for version ${STS_VERSION}`
  const error = { Type: 'Sender', Code: 'InvalidAction', Message: why }
  return { status: 400, body: enveloped('ErrorResponse', elements({ Error: error, RequestId: requestId })) }
}

function enveloped(root: string, content: string): string {
  return `${HEADER}<${root} xmlns="${NAMESPACE}">${content}</${root}>`
}
