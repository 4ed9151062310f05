// IAM's evaluation of identity policies, as the IAM User Guide documents it, as far as iam-policy.json and the policies of the
// README need it. Whatever is not known here throws: a test must not pass because an operator was not understood.

/** One statement, as written. Of each pair (`Action`, `NotAction`; `Resource`, `NotResource`) it has one. */
export type Statement = {
  readonly Sid?: string
  readonly Effect: 'Allow' | 'Deny'
  readonly Action?: string | readonly string[]
  readonly NotAction?: string | readonly string[]
  readonly Resource?: string | readonly string[]
  readonly NotResource?: string | readonly string[]
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>
}

export type Policy = { readonly Version: string; readonly Statement: readonly Statement[] }

/** What IAM is asked: one action on one resource (an ARN, or * where the action knows none), in one context. */
export type Request = {
  readonly action: string
  readonly resource: string
  /** The request context: a text for a single-valued key, a list for a multivalued one; a key that is missing is not there. */
  readonly context: Readonly<Record<string, string | readonly string[]>>
}

/** The verdict, and the Sids of the statements that matched. */
export type Verdict = {
  readonly verdict: 'allowed' | 'implicitDeny' | 'explicitDeny'
  readonly by: readonly string[]
}

/**
 * "Policy evaluation logic": an explicit deny in any statement overrides every allow; what no statement allows is denied. Throws for an
 * element, an operator or a use of a key that is not known here.
 */
export function decide({ Version, Statement }: Policy, request: Request): Verdict {
  // "IAM JSON policy elements: Version": policy variables are plain text in any other version.
  if (Version !== '2012-10-17') throw new Error(`Version ${Version} is not known`)
  for (const statement of Statement) refuseUnknown(statement)
  const matching = Statement.filter((statement) => matches(statement, request))
  const denying = matching.filter(({ Effect }) => Effect === 'Deny')
  if (denying.length > 0) return { verdict: 'explicitDeny', by: sidsOf(denying) }
  return { verdict: matching.length > 0 ? 'allowed' : 'implicitDeny', by: sidsOf(matching) }
}

function sidsOf(statements: readonly Statement[]): string[] {
  return statements.map(({ Sid }) => Sid ?? 'a statement without Sid')
}

const ELEMENTS = ['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition']

function refuseUnknown(statement: Statement): void {
  const unknown = Object.keys(statement).filter((name) => !ELEMENTS.includes(name))
  if (unknown.length > 0) throw new Error(`The element ${unknown.join(', ')} is not known`)
  if (!['Allow', 'Deny'].includes(statement.Effect)) throw new Error(`The effect ${statement.Effect} is not known`)
  // Conditions of statements that do not match are read too, so that none goes by unread.
  for (const [operator, keys] of Object.entries(statement.Condition ?? {})) {
    for (const key of Object.keys(keys)) testOf(operator, key)
  }
}

function matches(statement: Statement, request: Request): boolean {
  const { Action, NotAction, Resource, NotResource, Condition = {} } = statement
  const isAction = list(Action ?? NotAction).some((pattern) => isLike(request.action, pattern, 'anyCase'))
  const isResource = list(Resource ?? NotResource).some((pattern) => isOfArn(request, pattern))
  if (isAction === (NotAction !== undefined) || isResource === (NotResource !== undefined)) return false
  // "Conditions with multiple context keys or values": all operators and all keys have to hold.
  return Object.entries(Condition).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) => testOf(operator, key)(valueIn(request, key), list(values), request)),
  )
}

function list(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) throw new Error('An element is missing')
  return typeof value === 'string' ? [value] : value
}

/**
 * "IAM JSON policy elements: Resource": * and ? stand for any characters and for one, within a segment of the ARN; as the last character
 * of its segment, * "can expand to match beyond the colon boundaries". Here it always does: an intruder then gets rather more than less.
 * Variables stand "only in the resource portion of the ARN", after the fifth colon ("IAM policy elements: Variables and tags").
 */
function isOfArn(request: Request, pattern: string): boolean {
  const segments = pattern.split(':')
  if (/\$\{/.test(segments.slice(0, 5).join(':')))
    throw new Error(`A variable stands before the fifth colon: ${pattern}`)
  const filled = filledIn(pattern, request)
  return filled !== null && isLike(request.resource, filled)
}

/** "IAM JSON policy elements: Action": the names of services and actions have no case; ARNs and values do. */
function isLike(value: string, pattern: string | Filled, which: 'anyCase' | 'exact' = 'exact'): boolean {
  const parts = typeof pattern === 'string' ? [{ text: pattern, isLiteral: false }] : pattern
  const source = parts.map(({ text, isLiteral }) => (isLiteral ? escaped(text) : wild(text))).join('')
  return new RegExp(`^${source}$`, which === 'anyCase' ? 'is' : 's').test(value)
}

function wild(text: string): string {
  return [...text].map((one) => ({ '*': '.*', '?': '.' })[one] ?? escaped(one)).join('')
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
}

type Filled = readonly { readonly text: string; readonly isLiteral: boolean }[]

/**
 * "IAM policy elements: Variables and tags": a variable is replaced by the value of its key, in which * and ? are themselves; ${*}, ${?}
 * and ${$} are those characters. Null where the key is missing: then nothing is equal to it.
 */
function filledIn(pattern: string, request: Request): Filled | null {
  const parts = pattern.split(/(\$\{[^}]*\})/).map((text) => {
    const name = /^\$\{([^}]*)\}$/.exec(text)?.[1]
    if (name === undefined) return { text, isLiteral: false }
    if (['*', '?', '$'].includes(name)) return { text: name, isLiteral: true }
    const value = valueIn(request, name)
    // A default value (${key, 'text'}) would be another meaning.
    if (name.includes(',')) throw new Error(`A default value is not known: ${text}`)
    if (Array.isArray(value)) throw new Error(`${name} is multivalued, and so no variable`)
    return value === undefined ? null : { text: value as string, isLiteral: true }
  })
  return parts.includes(null) ? null : (parts as Filled)
}

/** "Condition operators": the names of keys have no case, tag keys in them included. */
function valueIn({ context }: Request, key: string): string | readonly string[] | undefined {
  return Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1]
}

type Value = string | readonly string[] | undefined
type Test = (value: Value, wanted: readonly string[], request: Request) => boolean
/** Whether one value of the context fits one of the policy's. */
type Fits = (value: string, wanted: string, request: Request) => boolean

/** Multivalued keys ("AWS global condition context keys"); every other key here is single-valued. */
const MULTIVALUED = ['aws:tagkeys', 'aws:calledvia']

const like: Fits = (value, wanted, request) => {
  const filled = filledIn(wanted, request)
  return filled !== null && isLike(value, filled)
}
/** Without wildcards: a * of the policy is itself. */
const equal: Fits = (value, wanted, request) =>
  filledIn(wanted, request)
    ?.map(({ text }) => text)
    .join('') === value
const equalInAnyCase: Fits = (value, wanted, request) =>
  filledIn(wanted, request)
    ?.map(({ text }) => text)
    .join('')
    .toLowerCase() === value.toLowerCase()
/** "ARN condition operators": like StringLike, segment by segment; ArnEquals and ArnLike are the same. */
const likeArn: Fits = (value, wanted, request) => {
  const [has, wants] = [arnSegments(value), arnSegments(wanted)]
  return has.length === wants.length && has.every((segment, at) => like(segment, wants[at] ?? '', request))
}

function arnSegments(arn: string): string[] {
  // Colons in a variable's name are none of the ARN's, and colons after the fifth belong to the resource.
  const parts = arn.match(/(?:\$\{[^}]*\}|[^:])+|(?<=:)(?=:)/g) ?? []
  return [...parts.slice(0, 5), parts.slice(5).join(':')]
}

const OPERATORS: Readonly<Record<string, { readonly fits: Fits; readonly isNegated: boolean }>> = {
  StringEquals: { fits: equal, isNegated: false },
  StringNotEquals: { fits: equal, isNegated: true },
  StringEqualsIgnoreCase: { fits: equalInAnyCase, isNegated: false },
  StringLike: { fits: like, isNegated: false },
  StringNotLike: { fits: like, isNegated: true },
  ArnEquals: { fits: likeArn, isNegated: false },
  ArnLike: { fits: likeArn, isNegated: false },
  ArnNotLike: { fits: likeArn, isNegated: true },
  Bool: { fits: (value, wanted) => value.toLowerCase() === wanted.toLowerCase(), isNegated: false },
}

/** The test of an operator, with its set operator and its IfExists. Throws for one that is not known, or used on the wrong kind of key. */
function testOf(operator: string, key: string): Test {
  // "Condition operator to check existence of condition keys": true where the key has to be missing.
  if (operator === 'Null') return (value, wanted) => wanted.some((one) => (one === 'true') === (value === undefined))
  const [, set, name = '', ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(.*?)(IfExists)?$/.exec(operator) ?? []
  const known = OPERATORS[name]
  if (!known) throw new Error(`The operator ${operator} is not known`)
  // "Single-valued vs. multivalued context keys": a multivalued key needs a set operator, and a single-valued one must have none.
  if ((set !== undefined) !== MULTIVALUED.includes(key.toLowerCase()))
    throw new Error(`${operator} on ${key} is not known`)
  const { fits, isNegated } = known
  const holds = (value: string, wanted: readonly string[], request: Request): boolean =>
    // "Conditions with multiple context keys or values": one of the values is enough, and for a negated operator none may fit.
    wanted.some((one) => fits(value, one, request)) !== isNegated
  return (value, wanted, request) => {
    // "IfExists": true where the key is missing.
    if (value === undefined && ifExists) return true
    // "Single-valued vs. multivalued context keys": with no value, ForAllValues is true and ForAnyValue false.
    if (set) {
      const values = value === undefined ? [] : list(value)
      const test = (one: string): boolean => holds(one, wanted, request)
      return set === 'ForAllValues' ? values.every(test) : values.some(test)
    }
    if (typeof value === 'object') throw new Error(`${key} has several values, and ${operator} no set operator`)
    // "Condition operators": where the key is missing the values do not match, so a negated operator is true.
    return value === undefined ? isNegated : holds(value, wanted, request)
  }
}
