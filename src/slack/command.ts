// Reads what a person typed after /migrate. Pure; what cannot be read gets one sentence with the nearest right form.
import { closest } from 'fastest-levenshtein'

export type Command =
  | { readonly verb: 'start'; readonly sourceZone: string; readonly targetZone: string; readonly seeds: boolean }
  | { readonly verb: 'status' }
  | { readonly verb: 'help' }
  | { readonly verb: 'wrong'; readonly sentence: string }

const VERBS = ['start', 'status', 'help']
const START = '/migrate start <source zone> <target zone> [--no-seed]'

export function parseCommand(text: string): Command {
  const [verb = 'help', ...words] = text.trim().split(/\s+/).filter(Boolean)
  if (verb === 'status' || verb === 'help') {
    return words.length === 0
      ? { verb }
      : { verb: 'wrong', sentence: `"${verb}" takes nothing after it: /migrate ${verb}` }
  }
  if (verb === 'start') return parseStart(words)
  return {
    verb: 'wrong',
    sentence: `There is no "${verb}"; the nearest is: ${closest(verb, VERBS) === 'start' ? START : `/migrate ${closest(verb, VERBS)}`}`,
  }
}

function parseStart(words: readonly string[]): Command {
  const flags = words.filter((word) => /^[-–—]/.test(word))
  const [sourceZone, targetZone, ...more] = words.filter((word) => !flags.includes(word))
  // Phones turn two hyphens into a dash.
  const unknown = flags.find((flag) => !/^(--|–|—)no-seed$/.test(flag))
  if (unknown)
    return { verb: 'wrong', sentence: `"${unknown}" is not an option of start; the only one is --no-seed: ${START}` }
  if (!sourceZone || !targetZone || more.length > 0)
    return { verb: 'wrong', sentence: `start needs exactly two zones: ${START}` }
  const wrong = [sourceZone, targetZone].find((zone) => !/^[a-z]{2,}(-[a-z]+)+-\d+[a-z]$/.test(zone))
  if (wrong)
    return { verb: 'wrong', sentence: `"${wrong}" is not an availability zone; one looks like us-east-1a: ${START}` }
  return { verb: 'start', sourceZone, targetZone, seeds: flags.length === 0 }
}

export const HELP = [
  '`/migrate start <source zone> <target zone>` moves the volumes attached in one zone to another; `--no-seed` skips the snapshots taken ahead.',
  '`/migrate status` lists the migrations that are not over.',
  'Someone other than you approves each gate: start, freeze (the outage begins), goLive (no way back).',
].join('\n')
