// Checks entries that were read from Redis against the shapes that this version knows. An entry that is not understood
// was written by a newer version, or by no version at all; either way this process does not act on half of it.

import { z } from 'zod'
import { type Entry, JOURNAL_VERSION, type Kind } from '../core/model/entries.ts'
import { GATES } from '../core/model/migration.ts'

/** Why this process leaves a migration alone. `version`: the one to start; null where the entry does not say. */
export type Aside = { readonly version: number | null; readonly why: string }

/** Thrown for an entry that this version does not understand. */
export class NotUnderstood extends Error {
  readonly aside: Aside
  constructor(aside: Aside) {
    super(aside.why)
    this.name = 'NotUnderstood'
    this.aside = aside
  }
}

// Fields that are not named here pass unlooked at, and entries are returned as they were read, so that what a later version added stays.
// `z.object` drops such fields from its own copy, which nobody reads; `z.looseObject` would keep them there, and take three times as long.
const text = z.string()
const texts = z.array(text)
const number = z.number()
const tags = z.record(text, text)
/** Tags of the volumes in an inventory: there are many, so it is only checked that the object is there. */
const foundTags = z.object({})
const gate = z.enum(GATES)
const failure = z.object({ code: text, problem: text, remedy: text })

const subject = z.discriminatedUnion('of', [
  z.object({ of: z.literal('move'), move: text }),
  z.object({ of: z.literal('copy'), move: text, volume: text }),
  z.object({ of: z.literal('copyHome'), move: text, volume: text }),
  z.object({ of: z.literal('side'), move: text, side: z.enum(['copy', 'source', 'home']) }),
  z.object({ of: z.literal('service'), service: text, part: number }),
  z.object({ of: z.literal('strays'), service: text }),
  z.object({ of: z.literal('mark'), mark: text, part: number }),
  z.object({ of: z.literal('resource'), resource: text }),
])

const base = { subject, generation: number, direction: z.enum(['forward', 'back']) }
const place = { volumeId: text, instance: text, device: text }
const work = z.discriminatedUnion('method', [
  z.object({ method: z.literal('manual'), todo: texts }),
  z.object({ method: z.enum(['stop-instances', 'start-instances']) }),
  z.object({ method: z.literal('document'), document: text }),
])
const effect = z.discriminatedUnion('step', [
  z.object({ ...base, step: z.enum(['seed', 'snapshot', 'firstSnapshot']), volumeId: text, tags }),
  z.object({
    ...base,
    step: z.literal('restore'),
    snapshotId: text,
    zone: text,
    initializationMibps: number.optional(),
  }),
  z.object({ ...base, step: z.enum(['attach', 'detach', 'detachSource']), ...place }),
  z.object({ ...base, step: z.literal('delete'), resource: text }),
  z.object({ ...base, step: z.literal('checkCopy'), ...place, deleteOnTermination: z.boolean() }),
  z.object({ ...base, step: z.literal('tag'), resources: texts, tags, removed: texts }),
  z.object({
    ...base,
    step: z.enum(['demote', 'prove', 'down', 'promote', 'checkReplica', 'fence', 'reunite']),
    service: text,
    resource: text,
    instances: texts,
    document: text,
  }),
  z.object({
    ...base,
    step: z.literal('rehearse'),
    service: text,
    instances: texts,
    document: text,
    volumes: texts,
  }),
  z.object({
    ...base,
    step: z.enum(['freeze', 'unfreeze', 'open', 'afterAttach', 'verify', 'hook']),
    service: text,
    instances: texts,
    work,
  }),
])

const sourceVolume = z.object({
  id: text,
  name: text,
  sizeGib: number,
  type: text,
  iops: number.nullable(),
  throughputMibps: number.nullable(),
  encrypted: z.boolean(),
  kmsKeyId: text.nullable(),
  tags: foundTags,
  instance: text,
  device: text,
  deleteOnTermination: z.boolean().nullable(),
})
const move = z.discriminatedUnion('route', [
  z.object({ route: z.literal('snapshot'), id: text, service: text, volume: sourceVolume, successor: text }),
  z.object({
    route: z.literal('replica'),
    id: text,
    service: text,
    resource: text,
    pairs: z.array(z.object({ source: sourceVolume, copy: sourceVolume })),
    successor: text,
  }),
])
const service = z.object({
  name: text,
  need: z.enum(['required', 'deferrable']),
  after: texts,
  method: z.enum(['manual', 'stop-instances', 'document']),
  afterAttach: z.boolean(),
  check: z.boolean(),
  hook: text.nullable(),
})
const plan = z.object({
  sourceZone: text,
  targetZone: text,
  services: z.array(service),
  moves: z.array(move),
  stays: z.array(z.object({ volume: text, name: text, sizeGib: number, reason: text })),
  uncovered: z.array(z.object({ volume: text, name: text, sizeGib: number })),
  leftovers: z
    .array(
      z.object({
        what: z.enum(['copy', 'source']),
        volume: text,
        move: text,
        name: text,
        sizeGib: number,
        migration: text,
        instance: text,
        device: text,
      }),
    )
    .optional(),
  checks: z.array(z.object({ name: text, result: z.enum(['green', 'yellow', 'red']), cause: text, remedy: text })),
  digest: text,
})
const seenVolume = z.object({
  id: text,
  zone: text,
  sizeGib: number,
  type: text,
  tags: foundTags,
  attachments: z.array(z.object({})),
})
const inventory = z.object({
  zones: z.array(z.object({ name: text, id: text })),
  instances: z.array(z.object({ id: text, name: text, zone: text, type: text, tags })),
  volumes: z.array(seenVolume),
  survey: z.object({}),
})
const rules = z.object({
  services: z.record(text, z.object({})),
  replicas: z.record(text, z.object({ volumes: texts, replicas: texts })),
  stays: tags,
  successors: tags,
  retentionDays: number,
  budgetMinutes: number.nullable(),
  approvals: z.literal([1, 2]),
  askHours: number,
  initialization: z.enum(['fast', 'default']).optional(),
  quietHours: z.object({ fromMinute: number, untilMinute: number }).optional(),
})
const choices = z.array(
  z.object({
    volume: text,
    service: text,
    route: z.enum(['snapshot', 'stay']),
    need: z.enum(['required', 'deferrable']),
  }),
)

const stamp = { rev: number, atMs: number, nonce: text, runId: text, replicationId: text }
function says<S extends z.ZodRawShape>(shape: S) {
  return z.object({ ...stamp, ...shape })
}

const earlierSeeds = z.object({
  rounds: z.array(z.object({ gib: number, seconds: number, apartMs: number })),
  last: z.object({ snapshot: text, atMs: number }),
})
const forecast = z.object({
  ...{ leastMs: number, mostMs: number.nullable(), gib: number },
  ...{ behind: texts.optional(), isRehearsed: z.literal(true).optional() },
})
const byReason = { service: text, by: text, reason: text }
const SCHEMAS = {
  planned: says({
    version: number,
    id: text,
    plan,
    inventory,
    explained: texts,
    unjournalled: texts.optional(),
    rules,
    by: text,
    channel: text,
    seeds: z.boolean(),
    windowMs: number.optional(),
    purpose: z.enum(['rehearsal', 'seeds']).optional(),
    older: z.record(text, z.array(z.object({ snapshot: text, migration: text }))).optional(),
    earlier: z.record(text, earlierSeeds).optional(),
    rehearsed: z.record(text, number).optional(),
    rebuilt: z.object({ choices }).optional(),
  }),
  replanned: says({
    plan,
    choices,
    found: z.array(seenVolume),
    by: text.nullable(),
    inventory: inventory.optional(),
    explained: texts.optional(),
    unjournalled: texts.optional(),
  }),
  gone: says({ volumes: texts }),
  asked: says({
    ...{ gate, basis: text, evidence: texts, again: text.nullable() },
    ...{ forecast: forecast.optional(), behind: texts.optional() },
  }),
  missing: says({ asked: text, what: text }),
  shown: says({ asked: text }),
  withdrew: says({ gate, why: text }),
  approved: says({ asked: text, gate, basis: text, by: text }),
  declined: says({ asked: text.nullable(), gate: z.literal('start'), by: text.nullable() }),
  began: says({}),
  freezing: says({ freeze: text, services: texts }),
  deferred: says(byReason),
  exceeded: says({ by: text, reason: text }),
  returned: says({ ...byReason, by: text.nullable() }),
  noted: says({ by: text, text }),
  measured: says({ first: text, second: text, gib: number.nullable() }),
  warned: says({ about: text, service: text.nullable(), text }),
  suspected: says({
    about: z.enum(['frozen', 'left', 'aborted', 'returned', 'leftAgain', 'live']),
    says: text,
    volumes: texts,
  }),
  settled: says({ suspected: text, isSo: z.boolean(), by: text }),
  paused: says({ by: text.nullable() }),
  resumed: says({ by: text }),
  unreachable: says({ service: z.enum(['EC2', 'SSM']), isAnswering: z.boolean(), why: text, sinceMs: number }),
  reachable: says({ service: z.enum(['EC2', 'SSM']) }),
  doubted: says({ why: text }),
  adopted: says({
    things: z.array(z.object({ effect, issued: text, resource: text.nullable(), others: z.array(text).optional() })),
  }),
  looked: says({}),
  halted: says({ why: text }),
  skipped: says({ entry: text, by: text }),
  wentLive: says({ percents: z.record(text, number) }),
  aborting: says({ by: text.nullable(), reason: text }),
  intended: says({ effects: z.array(effect) }),
  issued: says({ effect: text }),
  notCalled: says({ effect: text, issued: text, why: text, retryMs: number, answer: failure.optional() }),
  unanswered: says({ effect: text, issued: text, answer: failure }),
  started: says({ effect: text, issued: text, resource: text.nullable() }),
  seen: says({
    started: z.array(z.object({ effect: text, resource: text, others: texts })),
    achieved: texts,
    took: z.record(text, number).optional(),
  }),
  read: says({
    effect: text,
    doubts: texts,
    leftKib: number.nullable(),
    sync: text.nullable(),
    isStalled: z.boolean(),
    sourceRole: text,
  }),
  confirmed: says({ intended: text, effects: texts, by: text, reason: text.optional() }),
  failed: says({ effect: text, issued: text.nullable(), ...failure.shape }),
  retried: says({ effect: text, failed: text, by: text }),
  aborted: says({}),
  done: says({}),
  cleaning: says({ by: text }),
  clearing: says({ resources: texts }),
  kept: says({ resources: z.array(z.object({ id: text, name: text, why: text })) }),
  cleaned: says({}),
} satisfies Record<Kind, z.ZodType>

const head = z.object({ kind: text, version: number.optional() })

/** An entry from its JSON in the stream; throws NotUnderstood for a kind, version or shape that is not known here. */
export function parseEntry(written: string): Entry {
  return checkEntry(parsedJson(written))
}

const speaking = z.object({ channel: text })

/**
 * The channel that a migration's first entry names, which it does in every version; `written` is its JSON or the parsed
 * value. Null where it names none.
 */
export function channelIn(written: unknown): string | null {
  const value = typeof written === 'string' ? parsedJson(written) : written
  return speaking.safeParse(value).data?.channel ?? null
}

function parsedJson(written: string): unknown {
  try {
    return JSON.parse(written)
  } catch {
    return null
  }
}

/** Like parseEntry, for a value that is parsed already, which it returns unchanged. */
export function checkEntry(value: unknown): Entry {
  const { data: { kind, version } = {} } = head.safeParse(value)
  if (kind === undefined) throw new NotUnderstood({ version: null, why: 'its journal holds what is no entry' })
  if (version !== undefined && version > JOURNAL_VERSION) {
    throw new NotUnderstood({ version, why: `it is written in version ${version} of the journal` })
  }
  const schema = Object.hasOwn(SCHEMAS, kind) ? SCHEMAS[kind as Kind] : null
  if (!schema) throw new NotUnderstood({ version: null, why: `its journal holds "${kind}", which is not known here` })
  const checked = schema.safeParse(value)
  // The value is returned as it was read: fields that a later version added stay where they are.
  if (checked.success) return value as Entry
  const [issue] = checked.error.issues
  throw new NotUnderstood({
    version: null,
    why: `its journal holds "${kind}" in a shape that is not known here (${issue?.path.join('.')})`,
  })
}
