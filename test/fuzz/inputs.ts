// Draws what people may type: valid commands and what phones, copied text, haste and malice make of them, and plain noise.
import type { Random } from '../simulation/world/random.ts'

const ZONES = [
  'us-east-1a',
  'us-east-1c',
  'us-gov-west-1b',
  'use1-az4',
  'use1-az6',
  'US-EAST-1A',
  'us-east-1',
  'east',
  '1a',
]
const IDS = ['mig-aa', 'mig-bb', 'mig-ee', 'mig-e1', 'mig-0a1b2c', 'MIG-BB', 'mig-', 'mig-xyz']
const SERVICES = [
  'logs',
  'dropbox',
  'the big logs',
  '"Dropbox"',
  '“the big logs”',
  'mig-bb',
  'because',
  '<!channel>',
  'a`b',
]
const REASONS = [
  'it is late',
  'we need mig-bb first',
  'stop',
  'start us-east-1a us-east-1c',
  '<@U0BOSS> said so &amp; more',
  'x'.repeat(500),
  '',
  'because because',
]
const JOINS = [
  ' ',
  ' to ',
  ', ',
  ',',
  ' -> ',
  '->',
  ' → ',
  '→',
  ' =&gt; ',
  ' — ',
  ' - ',
  ' from ',
  ' <- ',
  ' &lt;-&gt; ',
  ' and ',
]
const VERBS =
  'plan start rehearse status list approve decline defer exceed return retry note report pause resume abort cleanup adopt help'.split(
    ' ',
  )
const OTHERS =
  'stop cancel rollback undo back eta progress when who go golive ok yes no delete begin move continue unpause wait hold skip show dry-run check history export comment approvers confirm choose settle vouch deploy'.split(
    ' ',
  )
const FLAGS = [
  '--no-seed',
  '—no-seed',
  '-no-seed',
  '--yes-leave us-east-1a',
  '--yes-leave',
  '--at 05:00',
  'at 5:30 UTC',
  '--at=noon',
  '--at',
  '--fast',
  '--yes',
  '-f',
]
const ODD = [
  '\u200B',
  '\u202E',
  '\u2066',
  '\uFEFF',
  '\u00AD',
  '\u0000',
  '\uE000',
  '\uE007',
  '\uE005',
  '😀',
  'é',
  '\u0301',
  '\uD800',
  '\n',
  '\r\n',
  '\t',
  '\u00A0',
  '&lt;',
  '&gt;',
  '&amp;',
  '&amp;lt;',
  '`',
  '"',
  '“',
  '’',
  '*',
  '_',
  '~',
  '<@U0ZONEHOP>',
  '<!channel>',
  '|',
  '—',
  '–',
  '‑',
  '.',
  '!',
  '?',
  ':',
  ',',
  '/',
  '$(x)',
  '#',
]
const NOISE = [...'abcdefghijklmnopqrstuvwxyz0123456789-_ ./<>&;:"\'`*~@#!?,\n\t', ...ODD]

/** One of some, which are never none. */
function pick<T>(random: Random, all: readonly T[]): T {
  return all[random.whole(0, all.length - 1)] as T
}

/** One input, and now and then a very long or an empty one. */
export function drawInput(random: Random): string {
  const kind = random.whole(0, 99)
  if (kind < 2) return pick(random, ['', ' ', '\n', '\u200B', '""', '?', '/migrate', '/migrate /migrate'])
  if (kind < 15) return noise(random)
  if (kind < 16) return `${pick(random, VERBS)}${pick(random, ['', ' '])}${pick(random, ODD).repeat(3_000)}`
  if (kind < 17) return `${pick(random, [...VERBS, ...OTHERS])} ${'y '.repeat(4_000)}`
  const command = drawCommand(random)
  return kind < 50 ? command : mutated(command, random)
}

function drawCommand(random: Random): string {
  const verb = random.chance(0.7) ? pick(random, VERBS) : pick(random, OTHERS)
  const shape = random.chance(0.75) ? (SHAPES[verb] ?? pick(random, ALL_SHAPES)) : pick(random, ALL_SHAPES)
  return `${cased(verb, random)}${shape(random)}`
}

type Shape = (random: Random) => string
const id: Shape = (random) => (random.chance(0.4) ? ` ${pick(random, IDS)}` : '')
const zones: Shape = (random) => {
  const flags = random.chance(0.3) ? ` ${pick(random, FLAGS)}` : ''
  const lead = random.chance(0.15) ? pick(random, [' from', ' to', ' from zone']) : ''
  return `${lead} ${pick(random, ZONES)}${pick(random, JOINS)}${pick(random, ZONES)}${id(random)}${flags}`
}
const reason: Shape = (random) => ` ${pick(random, ['because', 'Because,', 'since', ''])} ${pick(random, REASONS)}`
const service: Shape = (random) => `${id(random)} ${pick(random, SERVICES)}`
const SHAPES: Readonly<Record<string, Shape>> = {
  ...{ plan: zones, start: zones, adopt: zones, rehearse: zones, begin: zones, move: zones, show: zones, check: zones },
  ...{ abort: (random) => `${id(random)}${reason(random)}`, stop: (random) => `${id(random)}${reason(random)}` },
  defer: (random) => `${service(random)}${reason(random)}`,
  exceed: (random) => `${id(random)}${reason(random)}`,
  return: (random) => `${service(random)}${reason(random)}`,
  retry: service,
  ...{ pause: id, resume: id, status: id, cleanup: id, approve: id, decline: id },
}
const ALL_SHAPES: readonly Shape[] = [
  zones,
  id,
  reason,
  service,
  (random) => `${service(random)}${reason(random)}`,
  () => '',
]

function cased(word: string, random: Random): string {
  const how = random.whole(0, 5)
  if (how === 0) return word.toUpperCase()
  return how === 1 ? `${word[0]?.toUpperCase()}${word.slice(1)}` : word
}

/** One to four changes; half of them near the beginning, where the verb is. */
function mutated(command: string, random: Random): string {
  let text = command
  for (let left = random.whole(1, 4); left > 0; left--) {
    const most = random.chance(0.5) ? Math.min(8, text.length) : text.length
    text = changed(text, random.whole(0, most), random)
  }
  return text
}

function changed(text: string, at: number, random: Random): string {
  const [before, after] = [text.slice(0, at), text.slice(at)]
  switch (random.whole(0, 8)) {
    case 0:
      return before + after.slice(1)
    case 1:
      return before + pick(random, NOISE) + after
    case 2:
      return before + pick(random, NOISE) + after.slice(1)
    case 3:
      return `${before}${after[1] ?? ''}${after[0] ?? ''}${after.slice(2)}`
    case 4:
      return before + pick(random, ODD) + after
    case 5:
      return text.slice(0, random.whole(0, text.length))
    case 6:
      return `${pick(random, ['`', '"', '“', '*', '> ', '/migrate ', '@zonehop ', '&lt;'])}${text}`
    case 7:
      return text.replaceAll('-', pick(random, ['—', '–', '‑', '--', ' ']))
    default:
      return `${text} ${pick(random, [...VERBS, ...OTHERS, ...IDS, ...ZONES, ...FLAGS])}`
  }
}

function noise(random: Random): string {
  return Array.from({ length: random.whole(1, 30) }, () => pick(random, NOISE)).join('')
}
