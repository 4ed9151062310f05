// Sending and cancelling commands. SendCommand has no token: sent again it is another command.
import { instanceState } from '../../ec2/world/states.ts'
import { latenessMs, OWNER } from '../../ec2/world/store.ts'
import { checkParameters } from '../documents.ts'
import type { Command, Hosts, Invocation } from '../entities.ts'
import { given, type Input, isRecord, listIn, numberIn, type Output, recordsIn, refuse, textIn } from '../json.ts'
import { cancel, dispatch } from './deliver.ts'
import { commandView } from './views.ts'

const INSTANCES_MAX = 50
const COMMENT_MAX = 100
/** "TimeoutSeconds": from 30 s to 30 days; an hour where it is not said. */
const TIMEOUT = { min: 30, max: 2_592_000, usual: 3_600 }

/**
 * Answers SendCommand. Refuses with InvalidDocument, InvalidParameters, InvalidTarget, DuplicateInstanceId,
 * ValidationException, or InvalidInstanceId for an instance that is terminated or has no agent.
 */
export function sendCommand(hosts: Hosts, input: Input): Output {
  const { store } = hosts
  const name = given(input, 'DocumentName')
  const document = hosts.documents.get(name) ?? refuse('InvalidDocument', `Document with name ${name} does not exist.`)
  const parameters = parametersIn(input)
  checkParameters(document, parameters)
  const comment = textIn(input, 'Comment') ?? ''
  if (comment.length > COMMENT_MAX) refuse('ValidationException', `Comment is longer than ${COMMENT_MAX} characters.`)
  const timeoutSeconds = numberIn(input, 'TimeoutSeconds', TIMEOUT) ?? TIMEOUT.usual
  const instances = instancesIn(hosts, input)
  const order = hosts.commands.size
  const id = uuid(store.chance.digits(`command ${order}`), store.chance.digits(`command ${order} again`))
  const command: Command = {
    id,
    order,
    document,
    comment,
    parameters,
    sentAtMs: store.now(),
    expiresAtMs: store.now() + timeoutSeconds * 1000,
    visibleAtMs: store.now() + latenessMs(store, id),
    invocations: instances.map(fresh),
  }
  hosts.commands.set(id, command)
  for (const invocation of command.invocations) dispatch(hosts, command, invocation)
  return { Command: commandView(command, hosts) }
}

/** Answers CancelCommand, on the instances named or on all. Refuses with InvalidCommandId or InvalidInstanceId. */
export function cancelCommand(hosts: Hosts, input: Input): Output {
  const command =
    hosts.commands.get(given(input, 'CommandId')) ?? refuse('InvalidCommandId', 'The command ID is not valid.')
  const ids = listIn(input, 'InstanceIds')
  const unknown = ids.find((id) => !command.invocations.some(({ instance }) => instance === id))
  if (unknown) refuse('InvalidInstanceId', `Instance ${unknown} is not a target of the command.`)
  for (const invocation of command.invocations) {
    if (ids.length === 0 || ids.includes(invocation.instance)) cancel(hosts, command, invocation)
  }
  return {}
}

function parametersIn(input: Input): Record<string, string[]> {
  const parameters = input.Parameters ?? {}
  if (!isRecord(parameters)) refuse('SerializationException', 'Parameters is not a record.')
  return Object.fromEntries(Object.keys(parameters).map((name) => [name, listIn(parameters, name)]))
}

/** The ids of the instances a command is for, given plainly or as a target `InstanceIds`, the only kind known here. */
function instancesIn(hosts: Hosts, input: Input): string[] {
  const targets = recordsIn(input, 'Targets')
  const other = targets.find((target) => textIn(target, 'Key') !== 'InstanceIds')
  if (other) refuse('InvalidTarget', `The simulated SSM finds no targets by ${textIn(other, 'Key')}.`)
  const ids = [...listIn(input, 'InstanceIds'), ...targets.flatMap((target) => listIn(target, 'Values'))]
  if (ids.length === 0) refuse('InvalidParameters', 'Specify InstanceIds or Targets.')
  if (ids.length > INSTANCES_MAX) refuse('ValidationException', `No more than ${INSTANCES_MAX} instances.`)
  if (new Set(ids).size < ids.length) refuse('DuplicateInstanceId', 'An instance is named twice.')
  const bad = ids.filter((id) => !isManaged(hosts, id))
  if (bad.length > 0)
    refuse('InvalidInstanceId', `Instances [[${bad.join(', ')}]] not in a valid state for account ${OWNER}`)
  return ids
}

/** Whether SSM knows the instance. It knows stopped ones too: their command waits until its delivery is given up. */
function isManaged({ store, hosts }: Hosts, id: string): boolean {
  const instance = store.instances.get(id)
  return (
    hosts.get(id)?.hasAgent === true && instance !== undefined && instanceState(instance, store.now()) !== 'terminated'
  )
}

function fresh(instance: string): Invocation {
  return {
    instance,
    startedAtMs: null,
    endedAtMs: null,
    exit: null,
    stdout: '',
    stderr: '',
    cancelAskedAtMs: null,
    end: null,
  }
}

function uuid(first: string, second: string): string {
  const all = first + second
  return [all.slice(0, 8), all.slice(8, 12), `4${all.slice(13, 16)}`, `8${all.slice(17, 20)}`, all.slice(20, 32)].join(
    '-',
  )
}
