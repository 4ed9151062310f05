// How far EC2 has loaded volumes from their snapshots. It tells that of a volume's status alone, and has no filter for ids
// there: so the volumes of the zone are read in pages, as everywhere (describe.ts).
import { type EC2Client, paginateDescribeVolumeStatus, type VolumeStatusItem } from '@aws-sdk/client-ec2'
import type { SeenInitialization, SurveyAnswer } from '../core/model/facts.ts'
import { VOLUMES_PAGE_MAX } from '../core/model/limits.ts'
import { filter } from './describe.ts'
import { errorWords } from './errors/sort.ts'

/** One for each of the volumes, in their order; where EC2 does not answer, why. Never rejects. */
export async function initializationsIn(
  client: EC2Client,
  zone: string,
  volumes: readonly string[],
): Promise<SurveyAnswer<readonly SeenInitialization[]>> {
  try {
    const told = new Map<string, VolumeStatusItem>()
    const input = { Filters: [filter('availability-zone', zone)], IncludeManagedResources: true }
    for await (const page of paginateDescribeVolumeStatus({ client, pageSize: VOLUMES_PAGE_MAX }, input)) {
      for (const one of page.VolumeStatuses ?? []) told.set(one.VolumeId ?? '', one)
    }
    return { answer: volumes.map((volume) => seenInitialization(volume, told.get(volume))) }
  } catch (error) {
    return { because: errorWords(error) }
  }
}

/** A field is null where EC2 gives none, as for a volume that it does not show. */
function seenInitialization(volume: string, told: VolumeStatusItem | undefined): SeenInitialization {
  const { Progress = null, EstimatedTimeToCompleteInSeconds: seconds = null } = told?.InitializationStatusDetails ?? {}
  return { volume, percent: Progress, leftMs: seconds === null ? null : seconds * 1000 }
}
