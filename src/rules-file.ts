// Parses zonehop.yaml: services, replicas, what stays, successors, retention, the outage's budget, people, channels, watched zones. Every
// mistake is reported with its line and with what would be right.
import { type Document, isMap, isScalar, isSeq, LineCounter, type ParsedNode, parseDocument, visit } from 'yaml'
import { z } from 'zod'
import {
  ASK_MAX_HOURS,
  ASK_MIN_HOURS,
  BUDGET_MAX_MINUTES,
  hoursIn,
  NO_RULES,
  type People,
  RETENTION_MAX_DAYS,
  type Rules,
  type Watch,
} from './core/model/rules.ts'
import { SAID_MAX, seenOf, theirs } from './core/model/text.ts'

/** The content of zonehop.yaml. */
export type RulesFile = {
  readonly rules: Rules
  readonly people: People
  /** Ids of the Slack channels in which a migration may be started; null: any that is not shared with others. */
  readonly channels: readonly string[] | null
  /** Who people of a terminal are: Slack user ids by the names of users of the host. */
  readonly terminal: Readonly<Record<string, string>>
  /** Pairs of zones that are planned once a day; no pair is in it twice. */
  readonly watch: readonly Watch[]
}

/** The file that says nothing: full members operate, and nobody approves. */
export const NO_FILE: RulesFile = {
  rules: NO_RULES,
  people: { operators: null, approvers: [] },
  channels: null,
  terminal: {},
  watch: [],
}

/** A name, which lookups take as it is. */
const word = z
  .string('must be a name')
  .refine((text) => theirs(text) === text, 'must be one line of at most 256 characters')
  .refine((text) => text.trim() !== '', 'must not be empty')
const names = z.array(word, 'must be a list of names')
/** What people are told, on one line. */
const words = (error: string) =>
  z
    .string(error)
    .transform((text) => theirs(text, SAID_MAX))
    .refine((text) => text.trim() !== '', error)
const someone = z
  .string('must be an id')
  .regex(/^[UWS][A-Z0-9]{2,}$/, 'must be the id of a Slack user or user group, such as U012AB3CD or S012AB3CD')
const someones = z.array(someone, 'must be a list of ids')
const between = <T extends z.ZodNumber>(shape: T, least: number, most: number, unit: string) =>
  shape.refine((given) => given >= least && given <= most, `must be between ${least} and ${most} ${unit}`)
const service = z.strictObject(
  {
    need: z.enum(['required', 'deferrable'], 'must be required or deferrable').optional(),
    after: names.optional(),
    freeze: z.enum(['manual', 'stop-instances', 'document'], 'must be manual, stop-instances or document').optional(),
    afterAttach: z.boolean('must be true or false').optional(),
    check: z.boolean('must be true or false').optional(),
    hook: words('must say in words what the hook does').optional(),
    volumes: names.optional(),
    confirmers: someones.optional(),
  },
  'must be a mapping',
)
/** Names of resources that the documents in ssm/ take as a parameter. */
const RESOURCE = /^[A-Za-z0-9][A-Za-z0-9_-]{0,49}$/
const replica = z
  .strictObject({ volumes: names, replicas: names }, 'must be a mapping')
  .refine(({ volumes, replicas }) => volumes.length > 0 && volumes.length === replicas.length, {
    error: 'must name a replica for each of its volumes, in the same order',
  })
const people = z.strictObject(
  { operators: someones.optional(), approvers: someones.optional() },
  'must be a mapping with operators and approvers',
)
const NO_HOURS = 'must be two times in UTC, such as 22:00-06:00'
const quietHours = z.string(NO_HOURS).transform((text, { addIssue }) => {
  const hours = hoursIn(text)
  if (hours) return hours
  addIssue(NO_HOURS)
  return z.NEVER
})
const NO_ZONE = 'must be the name of an availability zone, such as us-east-1a'
const channelId = z
  .string('must be an id')
  .regex(/^[CG][A-Z0-9]{2,}$/, 'must be the id of a Slack channel, such as C012AB3CD')
/** Names as DescribeAvailabilityZones has them, also of local zones: us-east-1a, us-west-2-lax-1a. An id such as use1-az4 is none. */
const zone = z
  .string(NO_ZONE)
  .regex(/^[a-z]{2,}(-[a-z0-9]+)+$/, NO_ZONE)
  .refine((name) => !/-az\d+$/.test(name), NO_ZONE)
const watched = z
  .strictObject(
    { from: zone, to: zone, channel: channelId, seed: z.literal('daily', 'must be daily, or left out').optional() },
    'must be a mapping of from and to, two zones, channel, the id of a Slack channel, and seed, which is daily or left out',
  )
  .refine(({ from, to }) => from !== to, { error: 'must go from one zone to another', path: ['to'] })
/** Each pair costs some twenty describes a day, and a region has six zones at most. */
const WATCHED_MAX = 20
const watch = z
  .array(watched, 'must be a list of pairs of zones, each with from, to and channel')
  .max(WATCHED_MAX, `must be at most ${WATCHED_MAX} pairs of zones`)
  .check(({ value, issues }) => {
    for (const [index, { from, to }] of value.entries()) {
      const isAgain = value.slice(0, index).some((one) => one.from === from && one.to === to)
      if (isAgain) issues.push({ code: 'custom', message: 'must not name a pair again', path: [index], input: value })
    }
  })
const schema = z.strictObject(
  {
    services: z.record(word, service, 'must be a mapping of services by name').superRefine(oneServiceEach).optional(),
    replicas: z
      .record(
        z.string().regex(RESOURCE, 'must be a name of letters, digits, - and _'),
        replica,
        'must be a mapping of DRBD resources',
      )
      .optional(),
    stays: z.record(word, words('must say why it stays'), 'must be a mapping of volumes to reasons').optional(),
    successors: z.record(word, word, 'must be a mapping of instances').optional(),
    retentionDays: between(z.int('must be whole days'), 0, RETENTION_MAX_DAYS, 'days').optional(),
    budgetMinutes: between(z.int('must be whole minutes'), 1, BUDGET_MAX_MINUTES, 'minutes').optional(),
    people: people.optional(),
    approvals: z.literal([1, 2], 'must be 1 or 2').optional(),
    askHours: between(z.number('must be hours'), ASK_MIN_HOURS, ASK_MAX_HOURS, 'hours').optional(),
    initialization: z.enum(['fast', 'default'], 'must be fast or default').optional(),
    quietHours: quietHours.optional(),
    channels: z.array(channelId, 'must be a list of ids').min(1, 'must name a channel, or be left out').optional(),
    terminal: z
      .record(
        word,
        z.string('must be an id').regex(/^[UW][A-Z0-9]{2,}$/, 'must be a Slack user id, such as U012AB3CD'),
        'must be a mapping of users of the host to Slack user ids',
      )
      .optional(),
    watch: watch.optional(),
    approvers: someones.optional(),
  },
  'must be a mapping with services, replicas, stays, successors, retentionDays, budgetMinutes, people, approvals, askHours, initialization, quietHours, channels, terminal or watch',
)

/** A plan takes the first service that names a volume, so a second one would have no effect. */
function oneServiceEach(services: Readonly<Record<string, z.infer<typeof service>>>, context: z.RefinementCtx): void {
  const takenBy = new Map<string, string>()
  for (const [name, { volumes = [] }] of Object.entries(services)) {
    for (const [at, volume] of volumes.entries()) {
      const taken = takenBy.get(volume)
      takenBy.set(volume, taken ?? name)
      if (taken === undefined) continue
      const message = `must be a volume that no line before it names: "${volume}" belongs to ${taken}`
      context.addIssue({ code: 'custom', path: [name, 'volumes', at], message })
    }
  }
}

/** The rules, or every problem as one sentence with its line; `name` is the file's name in those sentences. */
export function parseRulesFile(text: string, name: string): RulesFile | { readonly problems: readonly string[] } {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const at = (offset: number): string => `${name} line ${lines.linePos(offset).line}`
  const read = contentOf(document)
  if ('wrong' in read) return { problems: read.wrong.map(({ offset, why }) => seenOf(`${at(offset)}: ${why}.`)) }
  const parsed = schema.safeParse(read.content)
  if (!parsed.success) {
    return {
      problems: parsed.error.issues.map((issue) => {
        const path = issue.path.map(String)
        const where = path.map((word) => word || '""').join('.') || 'the file'
        return seenOf(`${at(offsetOf(document.contents, path))}: ${where} ${sentenceOf(issue)}.`)
      }),
    }
  }
  const {
    services = {},
    replicas = {},
    stays = {},
    successors = {},
    retentionDays = NO_RULES.retentionDays,
    budgetMinutes = null,
    approvals = NO_RULES.approvals,
    askHours = NO_RULES.askHours,
    initialization = 'fast',
    quietHours: quiet,
    people: { operators = null, approvers: named = [] } = {},
    approvers = [],
    channels = null,
    terminal = {},
    watch: pairs = [],
  } = parsed.data
  return {
    rules: {
      ...{ services, replicas, stays, successors, retentionDays, budgetMinutes, approvals, askHours, initialization },
      ...(quiet ? { quietHours: quiet } : {}),
    },
    people: { operators, approvers: [...new Set([...named, ...approvers])] },
    channels,
    terminal,
    watch: pairs.map(({ from, to, channel, seed }) => {
      return { sourceZone: from, targetZone: to, channel, ...(seed ? { seed } : {}) }
    }),
  }
}

type NotYaml = { readonly offset: number; readonly why: string }

/** What the document says, or what keeps it from being read, each with where that begins in the text. */
function contentOf(document: Document.Parsed): { readonly content: unknown } | { readonly wrong: readonly NotYaml[] } {
  if (document.errors.length > 0) {
    const wrong = document.errors.map(({ code, message, pos }) => ({
      offset: pos[0],
      why: code === 'MULTIPLE_DOCS' ? 'a second document begins here, and the file is one: take the line out' : message,
    }))
    return { wrong }
  }
  const aliases: { readonly of: string; readonly offset: number; readonly isAnchored: boolean }[] = []
  visit(document, {
    Alias: (_, alias) => {
      const { source: of, range } = alias
      aliases.push({ of, offset: range?.[0] ?? 0, isAnchored: alias.resolve(document) !== undefined })
    },
  })
  const loose = aliases.filter(({ isAnchored }) => !isAnchored)
  if (loose.length > 0) {
    const wrong = loose.map(({ of, offset }) => ({
      offset,
      why: `*${of} stands for what &${of} names before it, and nothing does: put a text that begins with * in quotes`,
    }))
    return { wrong }
  }
  try {
    return { content: document.toJS() ?? {} }
  } catch {
    // The one thing left that it throws for: aliases of aliases, which stand for more than anybody has memory for.
    const [first = { of: '', offset: 0 }] = aliases
    const why = `*${first.of} and the aliases after it stand for too much: write out what they stand for`
    return { wrong: [{ offset: first.offset, why }] }
  }
}

function sentenceOf(issue: z.core.$ZodIssue): string {
  // For an invalid key, zod reports what is wrong with it one level deeper.
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message
  if (issue.code !== 'unrecognized_keys') return issue.message
  const known = Object.keys(shapeAt(issue.path))
  return `does not take ${issue.keys.map((key) => `"${key}"`).join(', ')}; it takes ${known.join(', ')}`
}

/** The shape of the mapping that a path leads to. */
function shapeAt([first]: readonly PropertyKey[]): object {
  if (first === undefined) return schema.shape
  if (first === 'people') return people.shape
  if (first === 'watch') return watched.shape
  return first === 'replicas' ? replica.shape : service.shape
}

/** The offset in the text at which the node at the path begins, or the last one that the path leads to. */
function offsetOf(node: ParsedNode | null, path: readonly string[]): number {
  const [key, ...rest] = path
  const offset = node?.range?.[0] ?? 0
  if (key === undefined) return offset
  if (isSeq(node)) return offsetOf((node.items[Number(key)] as ParsedNode | undefined) ?? node, rest)
  if (!isMap(node)) return offset
  const pair = node.items.find((item) => keyOf(item.key) === key)
  if (!pair) return offset
  const at = pair.key as ParsedNode
  return rest.length > 0 && pair.value ? offsetOf(pair.value as ParsedNode, rest) : (at.range?.[0] ?? offset)
}

/** A key as the content has it: one that is left out is empty. */
function keyOf(key: unknown): string {
  return isScalar(key) ? String(key.value ?? '') : String(key)
}
