// Asks SSM, before anything depends on it, for the agents of hosts: one that does not answer is found out at the plan, and not by the
// first command inside the outage.
import { paginateDescribeInstanceInformation, type SSMClient } from '@aws-sdk/client-ssm'
import type { SeenInstance } from '../../core/model/facts.ts'
import { COMMANDS_PAGE_MAX } from '../../core/model/limits.ts'

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
