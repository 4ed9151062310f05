// Asks SSM for the documents that zonehop sends, and holds each against the file that is shipped: a document runs as root, so one
// that somebody changed, or that is of another zonehop, is found out at the plan. The content is compared and not the hash that
// SSM tells: AWS does not say over which bytes that is made.
import { isDeepStrictEqual } from 'node:util'
import { GetDocumentCommand, InvalidDocument, type SSMClient } from '@aws-sdk/client-ssm'
import { REHEARSAL_DOCUMENT, REPLICA_DOCUMENTS, SERVICE_DOCUMENTS } from '../../core/model/effects.ts'
import type { SeenDocument } from '../../core/model/facts.ts'
import { shippedDocuments } from '../../documents.ts'

/** Each document of ssm/ by its name; null if SSM has none. Throws what the SDK throws. */
export async function documentsIn(client: SSMClient): Promise<Record<string, SeenDocument | null>> {
  const shipped = shippedDocuments()
  const names = [...Object.values(SERVICE_DOCUMENTS), ...Object.values(REPLICA_DOCUMENTS), REHEARSAL_DOCUMENT]
  const found = names.map(async (name) => [name, await seen(client, name, shipped[name])] as const)
  return Object.fromEntries(await Promise.all(found))
}

async function seen(client: SSMClient, Name: string, shipped: string | undefined): Promise<SeenDocument | null> {
  try {
    const { Status = 'Active', Content = '' } = await client.send(new GetDocumentCommand({ Name }))
    return { status: Status, isShipped: shipped !== undefined && isSame(Content, shipped) }
  } catch (error) {
    if (error instanceof InvalidDocument) return null
    throw error
  }
}

/** Whether both are the same JSON: how it is indented says nothing, and what is no JSON is not ours. */
function isSame(content: string, shipped: string): boolean {
  try {
    return isDeepStrictEqual(JSON.parse(content), JSON.parse(shipped))
  } catch {
    return false
  }
}
