// The SSM edge: it sends the documents of ssm/ to hosts, and finds each command again by the attempt that its comment
// names. SSM has no client token and delivers late and out of order, so the document itself keeps a late command from
// acting (rev, notAfter).
import {
  type Command,
  type CommandInvocation,
  GetCommandInvocationCommand,
  InvocationDoesNotExist,
  paginateListCommandInvocations,
  paginateListCommands,
  SendCommandCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm'
import { documentOf, type Effect, type EffectState, effectId, isReplicaEffect } from '../core/model/effects.ts'
import type { HostAnswer, SeenCommand } from '../core/model/facts.ts'
import { COMMANDS_PAGE_MAX, DELIVERY_TIMEOUT_SECONDS } from '../core/model/limits.ts'
import type { Migration } from '../core/model/migration.ts'
import { commandComment, issuedOfComment } from '../core/model/tags.ts'
import { SAID_MAX, theirs } from '../core/model/text.ts'
import type { Hosts } from '../core/ports.ts'
import type { Clients } from './clients.ts'
import { dataGenerationOf, readingsOf } from './drbd.ts'
import { sortError, unreadable } from './errors/sort.ts'

/** The port for commands on hosts. `run` throws for an effect without a document, which is a bug of the caller. */
export function hosts({ sending }: Clients): Hosts {
  return {
    // Twice: a host refuses a rev lower than it has seen, and runs an equal one again, which the document must bear.
    async run(effect, { migration, issued, rev, notAfterMs }) {
      const document = documentOf(effect)
      if (!document) throw new Error(`${effectId(effect)} is no document`)
      try {
        const sent = await sending.send(
          new SendCommandCommand({
            DocumentName: document,
            InstanceIds: [...effect.instances],
            Comment: commandComment(migration, issued, effectId(effect)),
            TimeoutSeconds: DELIVERY_TIMEOUT_SECONDS,
            // All hosts of a service run the document at once, and each of them gets it, whatever became of another.
            MaxConcurrency: '100%',
            MaxErrors: '100%',
            Parameters: {
              service: [effect.service],
              ...(isReplicaEffect(effect) ? { resource: [effect.resource] } : {}),
              ...(effect.step === 'rehearse' ? { volumes: [effect.volumes.join(',')] } : {}),
              migration: [migration],
              rev: [String(rev)],
              notAfter: [new Date(notAfterMs).toISOString()],
            },
          }),
        )
        return { outcome: 'taken', resource: sent.Command?.CommandId ?? null }
      } catch (error) {
        return sortError(error, { call: 'command' })
      }
    },
  }
}

/**
 * The command of each attempt of an issued or started effect, by the attempt's nonce: the one whose id the call returned; if no
 * answer came, the newest that names the attempt. Anybody may write a comment, so a command of another document or for other hosts
 * is nobody's, and hides none of ours. Throws Unreadable.
 */
export async function commandsOf(client: SSMClient, m: Migration): Promise<Map<string, SeenCommand>> {
  return await commandsIn(client, m).catch((error: unknown) => {
    throw unreadable('SSM', error)
  })
}

async function commandsIn(client: SSMClient, m: Migration): Promise<Map<string, SeenCommand>> {
  const open = new Map(
    m.effects
      .values()
      .filter(({ status }) => status === 'issued' || status === 'started')
      .flatMap((state) => state.attempts.map(({ nonce }): [string, EffectState] => [nonce, state])),
  )
  const found = new Map<string, Command>()
  const since = new Date(m.plannedAtMs).toISOString()
  const input = { Filters: [{ key: 'InvokedAfter' as const, value: since }] }
  for await (const page of paginateListCommands({ client, pageSize: COMMANDS_PAGE_MAX }, input)) {
    for (const command of page.Commands ?? []) {
      const issued = issuedOfComment(m.id, command.Comment ?? '')
      const known = issued === null ? undefined : found.get(issued)
      const isNewer = !known || sentAt(known) < sentAt(command)
      const state = issued === null ? undefined : open.get(issued)
      if (issued !== null && state && isNewer && isOurs(state, command)) found.set(issued, command)
    }
  }
  const seen = [...found].map(async ([issued, command]) => {
    return [issued, await seenCommand(client, command, open.get(issued)?.effect)] as const
  })
  return new Map(await Promise.all(seen))
}

/** Whether a command that names an attempt is what the attempt sent. */
function isOurs({ effect, resource }: EffectState, { CommandId, DocumentName, InstanceIds = [] }: Command): boolean {
  if (resource !== null) return CommandId === resource
  const hosts = new Set(InstanceIds)
  const wanted = 'instances' in effect ? effect.instances : []
  return DocumentName === documentOf(effect) && hosts.size === wanted.length && wanted.every((id) => hosts.has(id))
}

function sentAt({ RequestedDateTime }: Command): number {
  return RequestedDateTime?.getTime() ?? 0
}

async function seenCommand(client: SSMClient, command: Command, effect: Effect | undefined): Promise<SeenCommand> {
  const { CommandId: id = '', Status = 'Pending', StatusDetails = '' } = command
  const { DocumentName: document = '', InstanceIds: instances = [] } = command
  const base = { id, document, instances, sentAtMs: sentAt(command), told: {} }
  if (['Pending', 'InProgress', 'Cancelling'].includes(Status)) return { ...base, state: 'pending', details: Status }
  try {
    if (Status === 'Success') {
      const told = effect?.step === 'prove' || effect?.step === 'down' ? await toldBy(client, id, effect.instances) : {}
      return { ...base, state: 'succeeded', details: Status, told }
    }
    return { ...base, state: 'ended', details: await whatFailed(client, id, StatusDetails || Status) }
  } catch (error) {
    // SSM shows a command before it shows what becomes of it on each host. The others' commands are none the worse for it.
    if (error instanceof InvocationDoesNotExist) return { ...base, state: 'pending', details: Status }
    throw error
  }
}

/** The parsed standard output of each host, by instance id; SSM has the output only once the command has ended. */
async function toldBy(
  client: SSMClient,
  CommandId: string,
  instances: readonly string[],
): Promise<Record<string, HostAnswer>> {
  const told = instances.map(async (InstanceId) => {
    const { StandardOutputContent = '' } = await client.send(new GetCommandInvocationCommand({ CommandId, InstanceId }))
    const answer = { readings: readingsOf(StandardOutputContent), generation: dataGenerationOf(StandardOutputContent) }
    return [InstanceId, answer] as const
  })
  return Object.fromEntries(await Promise.all(told))
}

/** How a host stands on which the command has ended, and not well (the SSM API's CommandInvocation). */
const FAILED: readonly (string | undefined)[] = ['Failed', 'TimedOut', 'Cancelled']

/** The first host on which the command failed, its exit code, and the last line that it wrote to standard error. */
async function whatFailed(client: SSMClient, CommandId: string, status: string): Promise<string> {
  const bad = await firstFailed(client, CommandId)
  if (!bad?.InstanceId) return status
  const { StandardErrorContent = '', ResponseCode } = await client.send(
    new GetCommandInvocationCommand({ CommandId, InstanceId: bad.InstanceId }),
  )
  const wrote = theirs(lastWritten(StandardErrorContent), SAID_MAX)
  const exit = ResponseCode !== undefined && ResponseCode > 0 ? `, exit ${ResponseCode}` : ''
  return `${bad.StatusDetails ?? status} on ${bad.InstanceId}${exit}${wrote ? `: ${wrote}` : ''}`
}

/** One that SSM calls failed; else one that it calls anything but pending, in progress or successful. */
async function firstFailed(client: SSMClient, CommandId: string): Promise<CommandInvocation | undefined> {
  let odd: CommandInvocation | undefined
  for await (const { CommandInvocations = [] } of paginateListCommandInvocations({ client }, { CommandId })) {
    const failed = CommandInvocations.find(({ Status }) => FAILED.includes(Status))
    if (failed) return failed
    odd ??= CommandInvocations.find(
      ({ Status = '' }) => !['Success', 'Pending', 'InProgress', 'Delayed'].includes(Status),
    )
  }
  return odd
}

/**
 * What SSM's agent writes itself behind the output of a document: how the shell ended (its aws:runShellScript), and that the output
 * was longer than it keeps.
 */
const OF_AGENT = /^(failed to run commands: .*|-+ ?(error )?output truncated ?-+)$/i

/** The last line that the document wrote itself; empty where it wrote none. */
function lastWritten(output: string): string {
  const lines = output.split(/\r?\n/).map((line) => line.trim())
  return lines.findLast((line) => line !== '' && !OF_AGENT.test(line)) ?? ''
}
