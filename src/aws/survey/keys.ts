// Asks KMS for the keys under which volumes stand: EC2 takes a copy under a key that cannot be used, and lets it fail
// afterwards, inside the outage ("can appear to complete, but eventually fails", EC2 API, CreateVolume).
import { DescribeKeyCommand, NotFoundException } from '@aws-sdk/client-kms'
import type { SeenVolume, SurveyAnswer } from '../../core/model/facts.ts'
import type { Clients } from '../clients.ts'
import { errorWords } from '../errors/sort.ts'

/** Keys that are asked for; a zone has a few. All are asked at once, far below the quota of KMS (2,000 a second). */
const KEYS_MAX = 50

/** The state of each distinct key, by its name in EC2 (an ARN): KMS's word, or null where KMS knows no such key. */
export async function keysOf(
  { keys }: Clients,
  volumes: readonly SeenVolume[],
): Promise<Record<string, SurveyAnswer<string | null>>> {
  const names = [...new Set(volumes.flatMap(({ kmsKeyId }) => kmsKeyId ?? []))]
  const states = names.slice(0, KEYS_MAX).map(async (KeyId) => {
    return [KeyId, await answered(async () => stateIn(keys, KeyId))] as const
  })
  const unasked = names
    .slice(KEYS_MAX)
    .map((name) => [name, { because: `KMS is asked for no more than ${KEYS_MAX} keys` }])
  return Object.fromEntries([...(await Promise.all(states)), ...unasked])
}

async function stateIn(client: Clients['keys'], KeyId: string): Promise<string | null> {
  try {
    const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId }))
    return KeyMetadata?.KeyState ?? 'Unavailable'
  } catch (error) {
    if (error instanceof NotFoundException) return null
    throw error
  }
}

/** The answer to a question, or `because`: the error's name and message. Never throws. */
export async function answered<T>(question: () => Promise<T>): Promise<SurveyAnswer<T>> {
  try {
    return { answer: await question() }
  } catch (error) {
    return { because: errorWords(error) }
  }
}
