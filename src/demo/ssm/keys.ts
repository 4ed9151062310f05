// KMS, as far as a zone move asks: the state of the keys under which volumes and snapshots of the world stand.
import { OWNER, type Store } from '../ec2/world/store.ts'
import { epoch, given, type Input, type Output, refuse } from './json.ts'

/**
 * Answers DescribeKey, by the key's ARN or id. A key that volumes cannot be made with is disabled. Refuses with
 * NotFoundException for a key that nothing in the world stands under.
 */
export function describeKey(store: Store, input: Input): Output {
  const asked = given(input, 'KeyId')
  const name = keysIn(store).find((key) => key === asked || key.endsWith(`key/${asked}`)) ?? unknown(asked)
  const isEnabled = !store.unusableKeys.has(name)
  return {
    KeyMetadata: {
      AWSAccountId: OWNER,
      Arn: name,
      CreationDate: epoch(0),
      Enabled: isEnabled,
      KeyId: name.slice(name.lastIndexOf('/') + 1),
      KeyManager: 'CUSTOMER',
      KeySpec: 'SYMMETRIC_DEFAULT',
      KeyState: isEnabled ? 'Enabled' : 'Disabled',
      KeyUsage: 'ENCRYPT_DECRYPT',
      MultiRegion: false,
      Origin: 'AWS_KMS',
    },
  }
}

function keysIn({ volumes, snapshots, unusableKeys }: Store): string[] {
  const used = [...volumes.values(), ...snapshots.values()].flatMap(({ kmsKeyId }) => kmsKeyId ?? [])
  return [...new Set([...used, ...unusableKeys])]
}

function unknown(key: string): never {
  refuse('NotFoundException', `Key '${key}' does not exist`)
}
