// Commands and invocations as SSM tells of them: a status in two degrees of detail, output only once all is over.
import type { Command, Hosts, Invocation } from '../entities.ts'
import { epoch, type Output } from '../json.ts'

const STDOUT_MAX = 24_000
const STDERR_MAX = 8_000

/** What SSM calls Status and StatusDetails. */
export type Status = { readonly status: string; readonly details: string }

const ENDS: Readonly<Record<NonNullable<Invocation['end']>, Status>> = {
  success: { status: 'Success', details: 'Success' },
  failed: { status: 'Failed', details: 'Failed' },
  cancelled: { status: 'Cancelled', details: 'Cancelled' },
  deliveryTimedOut: { status: 'TimedOut', details: 'DeliveryTimedOut' },
  executionTimedOut: { status: 'TimedOut', details: 'ExecutionTimedOut' },
  undeliverable: { status: 'TimedOut', details: 'Undeliverable' },
}

/** The status of an invocation; it is `Delayed`, not `Pending`, while it waits for a host that is down. */
export function invocationStatus(
  { hosts }: Hosts,
  { end, cancelAskedAtMs, startedAtMs, instance }: Invocation,
): Status {
  if (end) return ENDS[end]
  if (cancelAskedAtMs !== null) return { status: 'Cancelling', details: 'Cancelling' }
  if (startedAtMs !== null) return { status: 'InProgress', details: 'InProgress' }
  return hosts.get(instance)?.isUp
    ? { status: 'Pending', details: 'Pending' }
    : { status: 'Delayed', details: 'Delayed' }
}

/** The status of a command from all its invocations: running while one is, else that of the worst. */
export function commandStatus(hosts: Hosts, { invocations }: Command): Status {
  const all = invocations.map((invocation) => invocationStatus(hosts, invocation))
  const running = all.filter(({ status }) => ['Pending', 'Delayed', 'InProgress', 'Cancelling'].includes(status))
  const has = (wanted: string) => all.some(({ status }) => status === wanted)
  if (running.some(({ status }) => status === 'Cancelling')) return { status: 'Cancelling', details: 'Cancelling' }
  if (running.length > 0) {
    const isAllPending = all.every(({ status }) => status === 'Pending' || status === 'Delayed')
    return isAllPending ? { status: 'Pending', details: 'Pending' } : { status: 'InProgress', details: 'InProgress' }
  }
  const worst = ['Failed', 'TimedOut', 'Cancelled'].find(has)
  return (worst ? all.find(({ status }) => status === worst) : all[0]) ?? ENDS.success
}

/** A command as SSM writes it. */
export function commandView(command: Command, hosts: Hosts): Output {
  const { status, details } = commandStatus(hosts, command)
  const ended = command.invocations.filter(({ end }) => end !== null)
  return {
    CommandId: command.id,
    DocumentName: command.document.name,
    DocumentVersion: '1',
    Comment: command.comment,
    ExpiresAfter: epoch(command.expiresAtMs),
    Parameters: command.parameters,
    InstanceIds: command.invocations.map(({ instance }) => instance),
    Targets: [],
    RequestedDateTime: epoch(command.sentAtMs),
    Status: status,
    StatusDetails: details,
    MaxConcurrency: '50',
    MaxErrors: '0',
    TargetCount: command.invocations.length,
    CompletedCount: ended.length,
    ErrorCount: ended.filter(({ end }) => end === 'failed' || end === 'executionTimedOut').length,
    DeliveryTimedOutCount: ended.filter(({ end }) => end === 'deliveryTimedOut').length,
    TimeoutSeconds: (command.expiresAtMs - command.sentAtMs) / 1000,
  }
}

/** An invocation as SSM writes it, without its output. */
export function invocationView(hosts: Hosts, command: Command, invocation: Invocation): Output {
  const { status, details } = invocationStatus(hosts, invocation)
  return {
    CommandId: command.id,
    InstanceId: invocation.instance,
    Comment: command.comment,
    DocumentName: command.document.name,
    DocumentVersion: '1',
    Status: status,
    StatusDetails: details,
  }
}

/**
 * What GetCommandInvocation adds: times as texts, empty while they are not known, and -1 as the code of what has not
 * ended.
 */
export function outcomeView({ startedAtMs, endedAtMs, exit, stdout, stderr, end }: Invocation): Output {
  const hasRun = startedAtMs !== null && end !== null && endedAtMs !== null
  return {
    PluginName: 'run',
    ResponseCode: end === null ? -1 : (exit ?? -1),
    ExecutionStartDateTime: startedAtMs === null ? '' : new Date(startedAtMs).toISOString(),
    ExecutionElapsedTime: hasRun ? `PT${(endedAtMs - startedAtMs) / 1000}S` : '',
    ExecutionEndDateTime: hasRun ? new Date(endedAtMs).toISOString() : '',
    StandardOutputContent: end === null ? '' : stdout.slice(0, STDOUT_MAX),
    StandardOutputUrl: '',
    StandardErrorContent: end === null ? '' : withAgentsLine(stderr.slice(0, STDERR_MAX), exit),
    StandardErrorUrl: '',
  }
}

/** What the agent itself writes behind the standard error of a document that failed, on a line of its own. */
function withAgentsLine(stderr: string, exit: number | null): string {
  if (exit === null || exit === 0) return stderr
  return `${stderr}${stderr === '' || stderr.endsWith('\n') ? '' : '\n'}failed to run commands: exit status ${exit}`
}

/** What ListCommandInvocations adds for Details: the one step of the document, its output cut at 2,500 characters. */
export function pluginView(hosts: Hosts, invocation: Invocation): Output {
  const { status, details } = invocationStatus(hosts, invocation)
  const { startedAtMs, endedAtMs, end, exit, stdout, stderr } = invocation
  return {
    Name: 'run',
    Status: status,
    StatusDetails: details,
    ResponseCode: end === null ? -1 : (exit ?? -1),
    ...(startedAtMs === null ? {} : { ResponseStartDateTime: epoch(startedAtMs) }),
    ...(end === null || endedAtMs === null ? {} : { ResponseFinishDateTime: epoch(endedAtMs) }),
    Output: end === null ? '' : `${stdout}${stderr}`.slice(0, 2_500),
  }
}
