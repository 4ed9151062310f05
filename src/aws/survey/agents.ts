// Asks SSM, before anything depends on it, for the documents that zonehop sends and for the agents of hosts: what is missing is
// found out at the plan, and not by the first command inside the outage.
import {
  DescribeDocumentCommand,
  InvalidDocument,
  paginateDescribeInstanceInformation,
  type SSMClient,
} from '@aws-sdk/client-ssm'
import { REPLICA_DOCUMENTS, SERVICE_DOCUMENTS } from '../../core/model/effects.ts'
import type { SeenInstance } from '../../core/model/facts.ts'
import { COMMANDS_PAGE_MAX } from '../../core/model/limits.ts'

/** The status of each document of ssm/ by its name; null if there is none. Throws what the SDK throws. */
export async function documentsIn(client: SSMClient): Promise<Record<string, string | null>> {
  const names = [...Object.values(SERVICE_DOCUMENTS), ...Object.values(REPLICA_DOCUMENTS)]
  const found = names.map(async (name) => [name, await statusOf(client, name)] as const)
  return Object.fromEntries(await Promise.all(found))
}

async function statusOf(client: SSMClient, Name: string): Promise<string | null> {
  try {
    const { Document } = await client.send(new DescribeDocumentCommand({ Name }))
    return Document?.Status ?? 'Active'
  } catch (error) {
    if (error instanceof InvalidDocument) return null
    throw error
  }
}

/** `PingStatus` of the agents on these instances, by id; one without an agent is not in it. Throws what the SDK throws. */
export async function agentsOn(client: SSMClient, instances: readonly SeenInstance[]): Promise<Record<string, string>> {
  const known = new Set(instances.map(({ id }) => id))
  const agents: Record<string, string> = {}
  for await (const page of paginateDescribeInstanceInformation({ client, pageSize: COMMANDS_PAGE_MAX }, {})) {
    for (const { InstanceId = '', PingStatus = '' } of page.InstanceInformationList ?? []) {
      if (known.has(InstanceId)) agents[InstanceId] = PingStatus
    }
  }
  return agents
}
