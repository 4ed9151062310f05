// One call to the simulated SSM, Service Quotas or KMS, synchronously, for HTTP and for simulations in process.
import { happens } from '../ec2/world/faults.ts'
import { CALLER } from '../ec2/world/store.ts'
import { cancelCommand, sendCommand } from './commands/commands.ts'
import { settle } from './commands/due.ts'
import {
  describeInstanceInformation,
  getCommandInvocation,
  listCommandInvocations,
  listCommands,
} from './commands/invocations.ts'
import { createDocument, describeDocument, getDocument, listDocuments } from './document-actions.ts'
import type { Hosts } from './entities.ts'
import { type Input, type Output, parseJson, refuse, SsmError } from './json.ts'
import { describeKey } from './keys.ts'
import { getServiceQuota, listServiceQuotas } from './quotas.ts'

/** How one call ended; `lost` means that the connection broke after the effect. */
export type SsmAnswer =
  | { readonly kind: 'answered'; readonly body: Output }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string; readonly status: number }
  | { readonly kind: 'lost' }

const ACTS: Readonly<Record<string, (hosts: Hosts, input: Input) => Output>> = {
  CancelCommand: cancelCommand,
  CreateDocument: createDocument,
  DescribeDocument: describeDocument,
  DescribeInstanceInformation: describeInstanceInformation,
  DescribeKey: ({ store }, input) => describeKey(store, input),
  GetCommandInvocation: getCommandInvocation,
  GetDocument: getDocument,
  GetServiceQuota: ({ store }, input) => getServiceQuota(store, input),
  ListCommandInvocations: listCommandInvocations,
  ListCommands: listCommands,
  ListDocuments: listDocuments,
  ListServiceQuotas: ({ store }, input) => listServiceQuotas(store, input),
  SendCommand: sendCommand,
}

/** Every action of SSM, Service Quotas and KMS that is answered, sorted; others get UnknownOperationException. */
export const SSM_ACTIONS: readonly string[] = Object.keys(ACTS).sort()

/**
 * Answers one call and counts it; the input is JSON text, as it came over the wire, or data. A refusal is a value; only
 * a bug of the simulator throws.
 */
export function performSsm(hosts: Hosts, action: string, input: string | Input): SsmAnswer {
  settle(hosts)
  try {
    const act = ACTS[action] ?? refuse('UnknownOperationException', `${action} is not known.`)
    failBefore(hosts, action)
    const body = act(hosts, typeof input === 'string' ? parseJson(input) : input)
    count(hosts.counts.calls, action)
    return isLost(hosts, action) ? { kind: 'lost' } : { kind: 'answered', body }
  } catch (error) {
    if (!(error instanceof SsmError)) throw error
    count(hosts.counts.refused, error.code)
    return { kind: 'refused', code: error.code, message: error.message, status: error.status }
  }
}

/** One-shots and policies are shared with EC2, whose actions have other names. */
function failBefore({ store, faults }: Hosts, action: string): void {
  const planned = store.once.failing.findIndex((one) => one.action === action)
  if (planned >= 0) {
    const [{ code } = { code: 'InternalServerError' }] = store.once.failing.splice(planned, 1)
    refuse(code, `The next ${action} was to fail with ${code}.`)
  }
  if (store.denied.has(action)) {
    refuse(
      'AccessDeniedException',
      `User: ${CALLER} is not authorized to perform: ${action === 'DescribeKey' ? 'kms' : 'ssm'}:${action}`,
    )
  }
  if (happens(store, faults.throttle, `throttle ${action}`)) refuse('ThrottlingException', 'Rate exceeded')
  if (happens(store, faults.serverError, `error ${action}`))
    refuse('InternalServerError', 'An internal error has occurred.')
}

function isLost({ store, faults }: Hosts, action: string): boolean {
  const planned = store.once.lost.indexOf(action)
  if (planned >= 0) store.once.lost.splice(planned, 1)
  return planned >= 0 || happens(store, faults.lostResponse, `response of ${action}`)
}

function count(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1
}
