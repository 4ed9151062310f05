// The SDK's clients, created once a process. The clients for mutating calls make one attempt, since the core decides
// whether a call may be repeated. Describes change nothing, so the SDK may retry them.
import { EBSClient } from '@aws-sdk/client-ebs'
import { EC2Client } from '@aws-sdk/client-ec2'
import { KMSClient } from '@aws-sdk/client-kms'
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas'
import { SSMClient } from '@aws-sdk/client-ssm'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { REFUSES, refusePages } from './pages.ts'
import { HEARS, heardBy, openReach } from './reach.ts'

/** Chosen below the 5 s lock of a job: a hanging call ends before another worker takes its job over. */
const HTTP_TIMEOUT_MS = 4_000

/** The AWS clients of one process; `close` destroys the HTTP connections that they share. */
export type Clients = ReturnType<typeof openClients>

/**
 * `mutating` and `sending` (EC2, SSM) make one attempt a call; `reading`, `listening`, `quotas`, `keys` (KMS) and `blocks`
 * (EBS direct APIs) make up to four.
 */
export function openClients() {
  // Without `throwOnRequestTimeout` the handler logs a warning, and goes on waiting.
  const requestHandler = new NodeHttpHandler({
    connectionTimeout: 2_000,
    requestTimeout: HTTP_TIMEOUT_MS,
    throwOnRequestTimeout: true,
  })
  const reach = { ec2: openReach(), ssm: openReach() }
  const ec2Client = (maxAttempts: number): EC2Client => {
    const client = new EC2Client({ maxAttempts, requestHandler })
    client.middlewareStack.add(heardBy(reach.ec2), HEARS)
    client.middlewareStack.add(refusePages, REFUSES)
    return client
  }
  const ssmClient = (maxAttempts: number): SSMClient => {
    const client = new SSMClient({ maxAttempts, requestHandler })
    client.middlewareStack.add(heardBy(reach.ssm), HEARS)
    return client
  }
  return {
    mutating: ec2Client(1),
    reading: ec2Client(4),
    sending: ssmClient(1),
    listening: ssmClient(4),
    reach,
    quotas: new ServiceQuotasClient({ maxAttempts: 4, requestHandler }),
    keys: new KMSClient({ maxAttempts: 4, requestHandler }),
    blocks: new EBSClient({ maxAttempts: 4, requestHandler }),
    close: () => requestHandler.destroy(),
  }
}
