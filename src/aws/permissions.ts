// Checks at start-up whether AWS allows the reads that observations make. Mutating calls are tried with DryRun
// when a plan is drawn (survey/survey.ts).
import { ListChangedBlocksCommand } from '@aws-sdk/client-ebs'
import {
  DescribeInstanceStatusCommand,
  DescribeInstancesCommand,
  DescribeSnapshotsCommand,
  DescribeVolumeStatusCommand,
  DescribeVolumesCommand,
} from '@aws-sdk/client-ec2'
import { ListCommandsCommand } from '@aws-sdk/client-ssm'
import type { Clients } from './clients.ts'
import { codeOf, errorWords } from './errors/sort.ts'

/** Codes of EC2 and SSM for a missing permission, and for credentials that are not valid. */
const REFUSALS = new Set([
  'UnauthorizedOperation',
  'AccessDenied',
  'AccessDeniedException',
  'AuthFailure',
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'ExpiredToken',
  'ExpiredTokenException',
])

/** The actions that AWS refuses, each as `Action (Code)`; a call that gets no answer, or fails otherwise, is none. */
export async function refusedReads(clients: Clients): Promise<string[]> {
  const answers = Object.entries(await triedReads(clients))
  return answers.flatMap(([action, code]) => (code !== null && REFUSALS.has(code) ? [`${action} (${code})`] : []))
}

/** By action: null where AWS answers it, else its code, or the SDK's where there was no answer. */
export async function triedReads({ reading, listening }: Clients): Promise<Record<string, string | null>> {
  const calls: Readonly<Record<string, () => Promise<unknown>>> = {
    DescribeInstanceStatus: () => reading.send(new DescribeInstanceStatusCommand({ MaxResults: 5 })),
    DescribeInstances: () => reading.send(new DescribeInstancesCommand({ MaxResults: 5 })),
    DescribeSnapshots: () => reading.send(new DescribeSnapshotsCommand({ MaxResults: 5, OwnerIds: ['self'] })),
    DescribeVolumes: () => reading.send(new DescribeVolumesCommand({ MaxResults: 5 })),
    DescribeVolumeStatus: () => reading.send(new DescribeVolumeStatusCommand({ MaxResults: 5 })),
    ListCommands: () => listening.send(new ListCommandsCommand({ MaxResults: 1 })),
  }
  const answers = Object.entries(calls).map(async ([action, call]) => {
    const code = await call().then(
      () => null,
      (error: Error) => error.name,
    )
    return [action, code] as const
  })
  return Object.fromEntries(await Promise.all(answers))
}

/** An id as EC2 gives them, and one that it will hardly ever give. */
const NO_SNAPSHOT = 'snap-00000000000000000'

/**
 * Whether AWS would say what changed between two snapshots; it is asked of one that does not exist, which it tells only to who may ask.
 * `because`: the code where it is not allowed, and why it is not known where AWS does not answer. Never rejects.
 */
export async function triedChangedBlocks({
  blocks,
}: Clients): Promise<'allowed' | { readonly isRefused: boolean; readonly because: string }> {
  const pair = { FirstSnapshotId: NO_SNAPSHOT, SecondSnapshotId: NO_SNAPSHOT }
  try {
    await blocks.send(new ListChangedBlocksCommand(pair))
    return 'allowed'
  } catch (error) {
    const code = codeOf(error)
    if (OF_NO_SNAPSHOT.has(code)) return 'allowed'
    return REFUSALS.has(code) ? { isRefused: true, because: code } : { isRefused: false, because: errorWords(error) }
  }
}

/** What AWS answers about a snapshot that is not there, or whose id it does not like. */
const OF_NO_SNAPSHOT = new Set(['ResourceNotFoundException', 'ValidationException'])
