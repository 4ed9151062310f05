// Asking after commands: one invocation, or lists with the newest first. What was just sent may not be known yet.
import { shownTags } from '../../ec2/world/states.ts'
import type { Command, Hosts, Invocation } from '../entities.ts'
import { epoch, given, type Input, listIn, type Output, pageOf, recordsIn, refuse, textIn } from '../json.ts'
import {
  commandStatus,
  commandView,
  invocationStatus,
  invocationView,
  outcomeView,
  pluginView,
  type Status,
} from './views.ts'

const PAGE = { min: 1, max: 50 }
const INFORMATION_PAGE = { min: 5, max: 50 }

type Sent = { readonly command: Command; readonly invocation: Invocation }

/** Answers GetCommandInvocation. Refuses with InvocationDoesNotExist, also where the command is not shown yet. */
export function getCommandInvocation(hosts: Hosts, input: Input): Output {
  const id = given(input, 'CommandId')
  const instance = given(input, 'InstanceId')
  const command = shown(hosts).find((one) => one.id === id)
  const invocation = command?.invocations.find((one) => one.instance === instance)
  if (!command || !invocation) return refuse('InvocationDoesNotExist', '')
  return { ...invocationView(hosts, command, invocation), ...outcomeView(invocation) }
}

/** Answers ListCommands. Refuses an unknown filter with InvalidFilterKey. */
export function listCommands(hosts: Hosts, input: Input): Output {
  const instance = textIn(input, 'InstanceId')
  const commands = newest(hosts, input)
    .filter((command) => instance === null || command.invocations.some((one) => one.instance === instance))
    .filter((command) => fits(input, command, commandStatus(hosts, command)))
  const { rows, ...next } = pageOf(input, commands, PAGE)
  return { Commands: rows.map((command) => commandView(command, hosts)), ...next }
}

/**
 * Answers ListCommandInvocations, with output only where Details are asked for. Refuses an unknown filter with
 * InvalidFilterKey.
 */
export function listCommandInvocations(hosts: Hosts, input: Input): Output {
  const instance = textIn(input, 'InstanceId')
  const all: Sent[] = newest(hosts, input).flatMap((command) =>
    command.invocations.map((invocation) => ({ command, invocation })),
  )
  const wanted = all
    .filter(({ invocation }) => instance === null || invocation.instance === instance)
    .filter(({ command, invocation }) => fits(input, command, invocationStatus(hosts, invocation)))
  const { rows, ...next } = pageOf(input, wanted, PAGE)
  return { CommandInvocations: rows.map((sent) => rowOf(hosts, sent, input.Details === true)), ...next }
}

function rowOf(hosts: Hosts, { command, invocation }: Sent, hasDetails: boolean): Output {
  return {
    ...invocationView(hosts, command, invocation),
    InstanceName: '',
    RequestedDateTime: epoch(command.sentAtMs),
    CommandPlugins: hasDetails ? [pluginView(hosts, invocation)] : [],
  }
}

function shown({ store, commands }: Hosts): Command[] {
  return [...commands.values()].filter(({ visibleAtMs }) => store.now() >= visibleAtMs)
}

function newest(hosts: Hosts, input: Input): Command[] {
  const id = textIn(input, 'CommandId')
  return shown(hosts)
    .filter((command) => id === null || command.id === id)
    .sort((a, b) => b.order - a.order)
}

function fits(input: Input, command: Command, { status, details }: Status): boolean {
  return recordsIn(input, 'Filters').every((filter) => {
    const value = given(filter, 'value')
    switch (given(filter, 'key')) {
      case 'InvokedAfter':
        return command.sentAtMs >= Date.parse(value)
      case 'InvokedBefore':
        return command.sentAtMs <= Date.parse(value)
      case 'Status':
        return value === status || value === details
      case 'DocumentName':
        return value === command.document.name
      case 'ExecutionStage':
        return (value === 'Executing') === ['Pending', 'Delayed', 'InProgress', 'Cancelling'].includes(status)
      default:
        return refuse('InvalidFilterKey', `The filter ${textIn(filter, 'key')} is not valid.`)
    }
  })
}

/**
 * Answers DescribeInstanceInformation: every instance that has an agent, `Online` or `ConnectionLost`. Refuses an
 * unknown filter with InvalidFilterKey.
 */
export function describeInstanceInformation(hosts: Hosts, input: Input): Output {
  const filters = recordsIn(input, 'Filters').map((filter) => ({
    key: given(filter, 'Key'),
    values: listIn(filter, 'Values'),
  }))
  const older = recordsIn(input, 'InstanceInformationFilterList').map((filter) => ({
    key: given(filter, 'key'),
    values: listIn(filter, 'valueSet'),
  }))
  const wanted = [...hosts.hosts.values()]
    .filter(({ hasAgent, instance }) => hasAgent && hosts.store.instances.has(instance))
    .map(({ instance, isUp, isAgentUp }) => ({
      InstanceId: instance,
      PingStatus: isUp && isAgentUp ? 'Online' : 'ConnectionLost',
      ResourceType: 'EC2Instance',
      PlatformType: 'Linux',
      PlatformName: 'Amazon Linux',
      AgentVersion: '3.3.0.0',
    }))
    .filter((row) =>
      [...filters, ...older].every(({ key, values }) =>
        informationOf(hosts, row, key).some((value) => values.includes(value)),
      ),
    )
  const { rows, ...next } = pageOf(input, wanted, INFORMATION_PAGE)
  const list = rows.map((row) => ({ ...row, LastPingDateTime: epoch(hosts.store.now()) }))
  return { InstanceInformationList: list, ...next }
}

/** By filter, the field that it compares; no host here was activated by hand, nor has it associations. */
const INFORMATION_KEYS: Readonly<Record<string, string>> = {
  ActivationIds: 'ActivationId',
  AgentVersion: 'AgentVersion',
  AssociationStatus: 'AssociationStatus',
  IamRole: 'IamRole',
  InstanceIds: 'InstanceId',
  PingStatus: 'PingStatus',
  PlatformTypes: 'PlatformType',
  ResourceType: 'ResourceType',
  SourceIds: 'SourceId',
  SourceTypes: 'SourceType',
}

type Information = { readonly InstanceId: string; readonly [field: string]: string }

function informationOf({ store }: Hosts, row: Information, key: string): readonly string[] {
  const instance = store.instances.get(row.InstanceId)
  const tags = instance ? shownTags(instance, store.now()) : {}
  if (key === 'tag-key') return Object.keys(tags)
  if (key.startsWith('tag:')) return [tags[key.slice('tag:'.length)] ?? []].flat()
  const field = Object.hasOwn(INFORMATION_KEYS, key) ? INFORMATION_KEYS[key] : undefined
  if (field === undefined) refuse('InvalidFilterKey', `The filter ${key} is not valid.`)
  return [row[field] ?? []].flat()
}
