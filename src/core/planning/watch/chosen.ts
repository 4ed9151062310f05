// Routes that people chose before there was a migration. One counts for the volume that they were shown, and no longer than it is that.

import type { SeenVolume } from '../../model/facts.ts'
import type { Choice } from '../../model/plan.ts'
import { digest } from '../draft.ts'

/** A choice, who made it (a Slack user by id), and the volume that it was made for, as `likenessOf` has it. */
export type ChosenAhead = { readonly choice: Choice; readonly by: string; readonly of: string }

/** A short name for what a choice rests on: the volume's size, type, attachments and tags. It changes when one of them does. */
export function likenessOf({ sizeGib, type, attachments, tags }: SeenVolume): string {
  const places = attachments.map(({ instance, device }) => [instance, device])
  const sorted = Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1))
  return digest([sizeGib, type, places, sorted])
}

/** Those whose volume is as it was when they were made. */
export function standingChoices(chosen: readonly ChosenAhead[], volumes: readonly SeenVolume[]): ChosenAhead[] {
  const likenesses = new Map(volumes.map((volume) => [volume.id, likenessOf(volume)]))
  return chosen.filter(({ choice, of }) => likenesses.get(choice.volume) === of)
}
