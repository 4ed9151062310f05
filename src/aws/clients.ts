// The SDK's clients, created once a process. The clients for mutating calls make one attempt, since the core decides
// whether a call may be repeated. Describes change nothing, so the SDK may retry them.
import { EC2Client } from '@aws-sdk/client-ec2'
import { KMSClient } from '@aws-sdk/client-kms'
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas'
import { SSMClient } from '@aws-sdk/client-ssm'
import { NodeHttpHandler } from '@smithy/node-http-handler'

/** Chosen below the 5 s lock of a job: a hanging call ends before another worker takes its job over. */
const HTTP_TIMEOUT_MS = 4_000

/** The AWS clients of one process; `close` destroys the HTTP connections that they share. */
export type Clients = ReturnType<typeof openClients>

/**
 * `mutating` and `sending` (EC2, SSM) make one attempt a call; `reading`, `listening`, `quotas` and `keys` (KMS) make up
 * to four.
 */
export function openClients() {
  // Without `throwOnRequestTimeout` the handler logs a warning, and goes on waiting.
  const requestHandler = new NodeHttpHandler({
    connectionTimeout: 2_000,
    requestTimeout: HTTP_TIMEOUT_MS,
    throwOnRequestTimeout: true,
  })
  return {
    mutating: new EC2Client({ maxAttempts: 1, requestHandler }),
    reading: new EC2Client({ maxAttempts: 4, requestHandler }),
    sending: new SSMClient({ maxAttempts: 1, requestHandler }),
    listening: new SSMClient({ maxAttempts: 4, requestHandler }),
    quotas: new ServiceQuotasClient({ maxAttempts: 4, requestHandler }),
    keys: new KMSClient({ maxAttempts: 4, requestHandler }),
    close: () => requestHandler.destroy(),
  }
}
