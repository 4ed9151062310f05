// The SDK's clients, made once. Calls that change something are tried once: whether they may be tried again is the core's to
// say. Describes change nothing, so the SDK may try them again.
import { EC2Client } from '@aws-sdk/client-ec2'
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas'
import { SSMClient } from '@aws-sdk/client-ssm'
import { NodeHttpHandler } from '@smithy/node-http-handler'

/** Below the 5 s lock of a job: a call that hangs is over before another worker takes its job on. */
const HTTP_TIMEOUT_MS = 4_000

export type Clients = ReturnType<typeof openClients>

export function openClients() {
  const requestHandler = new NodeHttpHandler({ connectionTimeout: 2_000, requestTimeout: HTTP_TIMEOUT_MS })
  return {
    mutating: new EC2Client({ maxAttempts: 1, requestHandler }),
    reading: new EC2Client({ maxAttempts: 4, requestHandler }),
    sending: new SSMClient({ maxAttempts: 1, requestHandler }),
    listening: new SSMClient({ maxAttempts: 4, requestHandler }),
    quotas: new ServiceQuotasClient({ maxAttempts: 4, requestHandler }),
    close: () => requestHandler.destroy(),
  }
}
