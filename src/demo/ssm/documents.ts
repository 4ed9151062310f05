// SSM documents: their content, and what parameters they take. Those that zonehop ships exist from the start under their
// names; a content given for one replaces the stand-in below, and parameters are then checked as it says.
import { REPLICA_DOCUMENTS } from './drbd/drbd-acts.ts'
import type { ParameterRule, SsmDocument } from './entities.ts'
import { isRecord, SsmError } from './json.ts'

const TIMEOUT_SECONDS = 60

const OPTIONAL = { type: 'String', default: '' }
/**
 * The content of every document until a world is given the shipped ones. Its parameters say for which service it acts, in
 * which order (`rev`) and until when (`notAfter`).
 */
const STAND_IN = JSON.stringify({
  schemaVersion: '2.2',
  parameters: {
    service: { type: 'String', allowedPattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$' },
    rev: { type: 'String', allowedPattern: '^[0-9]{1,15}$' },
    notAfter: { type: 'String', allowedPattern: '^[0-9TZ:.+-]{1,40}$' },
    migration: OPTIONAL,
    step: OPTIONAL,
    resource: { type: 'String', default: '', allowedPattern: '^[A-Za-z0-9_.-]{0,64}$' },
    volumes: { type: 'String', default: '', allowedPattern: '^[a-z0-9,-]{0,4096}$' },
    how: { type: 'String', default: 'umount', allowedValues: ['umount', 'fsfreeze'] },
  },
  mainSteps: [
    { action: 'aws:runShellScript', name: 'run', inputs: { timeoutSeconds: `${TIMEOUT_SECONDS}`, runCommand: [] } },
  ],
})

const NAMES = [
  ...['freeze', 'unfreeze', 'open', 'check', 'after-attach', 'hook', 'rehearse'].map((name) => `zonehop-${name}`),
  ...REPLICA_DOCUMENTS,
]
/** Content by name of the documents that exist from the start: those that zonehop ships, as stand-ins. */
export const BUILT_IN: Readonly<Record<string, string>> = Object.fromEntries(NAMES.map((name) => [name, STAND_IN]))

/** A document from its JSON content. Throws an SsmError (InvalidDocumentContent) where it is not a JSON object. */
export function documentOf(name: string, content: string, createdAtMs: number): SsmDocument {
  const parsed = parsedContent(content)
  const parameters = isRecord(parsed.parameters) ? parsed.parameters : {}
  return {
    name,
    content,
    createdAtMs,
    parameters: Object.fromEntries(Object.entries(parameters).map(([key, rule]) => [key, ruleOf(rule)])),
    timeoutMs: timeoutOf(parsed) * 1000,
  }
}

function parsedContent(content: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(content)
    if (isRecord(parsed)) return parsed
  } catch {
    // Refused below: whatever is not JSON, YAML too, which real SSM would take.
  }
  throw new SsmError(
    'InvalidDocumentContent',
    'The content is not a JSON document, which is all that the simulated SSM reads.',
  )
}

function ruleOf(rule: unknown): ParameterRule {
  const { default: fallback, allowedPattern, allowedValues } = isRecord(rule) ? rule : {}
  return {
    isRequired: fallback === undefined,
    pattern: typeof allowedPattern === 'string' ? new RegExp(allowedPattern) : null,
    values: Array.isArray(allowedValues) ? allowedValues.map(String) : null,
  }
}

function timeoutOf({ mainSteps }: Record<string, unknown>): number {
  const [step] = Array.isArray(mainSteps) ? mainSteps : []
  const inputs = isRecord(step) && isRecord(step.inputs) ? step.inputs : {}
  const seconds = Number(inputs.timeoutSeconds)
  return Number.isInteger(seconds) && seconds > 0 ? seconds : 3_600
}

/**
 * Refuses, with InvalidParameters, unless all required parameters are there, none is unknown, and each has a value that
 * its rule allows.
 */
export function checkParameters(
  { parameters: rules }: SsmDocument,
  given: Readonly<Record<string, readonly string[]>>,
): void {
  for (const [name, { isRequired }] of Object.entries(rules)) {
    if (isRequired && given[name] === undefined) invalid(`Required parameter ${name} is missing`)
  }
  for (const [name, values] of Object.entries(given)) {
    const rule = rules[name] ?? invalid(`Parameter ${name} is not defined in the document`)
    for (const value of values) {
      if (rule.pattern && !rule.pattern.test(value)) invalid(`Parameter ${name} does not match ${rule.pattern.source}`)
      if (rule.values && !rule.values.includes(value)) invalid(`Parameter ${name} is none of ${rule.values.join(', ')}`)
    }
  }
}

function invalid(message: string): never {
  throw new SsmError('InvalidParameters', message)
}
