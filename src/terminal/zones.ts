// Two zones as they are typed in a terminal, the one that is left first: by name or by id, in any case.
import { isZoneWord } from '../core/asking/typed.ts'
import type { Zones } from '../core/ports.ts'

/** The zones, and whether `left` repeats which one is left; else the sentence that says what is wrong. */
export function zonesFrom(
  words: readonly string[],
  left: string | undefined,
  form: string,
): { readonly zones: Zones; readonly isMeant: boolean } | string {
  const zones = words.map((word) => word.toLowerCase())
  const odd = zones.find((word) => !isZoneWord(word))
  if (odd !== undefined) return `"${odd}" is not an availability zone; one looks like us-east-1a: ${form}`
  const [sourceZone, targetZone, ...more] = zones
  if (!sourceZone || !targetZone || more.length > 0) return `It takes exactly two zones: ${form}`
  if (sourceZone === targetZone) return `Source and target are both ${sourceZone}; name two different zones: ${form}`
  if (left !== undefined && left.toLowerCase() !== sourceZone) {
    return `--yes-leave takes the zone that is left: --yes-leave ${sourceZone}`
  }
  return { zones: { sourceZone, targetZone }, isMeant: left !== undefined }
}
