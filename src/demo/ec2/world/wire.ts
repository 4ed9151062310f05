// EC2's query protocol: a flat form in, XML out. `Filter.1.Value.2` becomes nested records. A body is plain data: an array
// is a list of items, an absent field is not written. The writer is our own because a page has 1,000 rows: fast-xml-parser's
// builder takes 30 to 60 ms for one, this 2.
import { refuseValue, required } from './errors.ts'

/** The parameters of a call: texts, records, or lists, as which calls in process may give what a form numbers. */
export type Params = { readonly [key: string]: string | Params | readonly (string | Params)[] }
/** The content of an answer by element name, as plain data. */
export type Body = { readonly [key: string]: Value }
/** What an element of an answer holds; undefined where it is left out. */
export type Value = string | number | boolean | undefined | Body | readonly Item[]
type Item = string | number | Body

type Nested = { [key: string]: string | Nested }

/** A call from its form; the action is empty where the form names none. */
export function parseForm(body: string): { action: string; params: Params } {
  const params: Nested = Object.create(null)
  for (const [key, value] of new URLSearchParams(body)) put(params, key.split('.'), value)
  return { action: text(params, 'Action') ?? '', params }
}

function put(into: Nested, [head = '', ...rest]: string[], value: string): void {
  if (rest.length === 0) {
    into[head] = value
    return
  }
  const inner = into[head]
  const nested = typeof inner === 'object' ? inner : (Object.create(null) as Nested)
  into[head] = nested
  put(nested, rest, value)
}

/** A parameter that is a string; null where it is missing, or is a record or a list. */
export function text(params: Params, key: string): string | null {
  const value = params[key]
  return typeof value === 'string' ? value : null
}

/** A string that has to be there and not be empty. Refuses with MissingParameter. */
export function given(params: Params, key: string): string {
  return text(params, key) || required(key)
}

/** Whether a parameter is `true`, in whatever case; a missing one is not. */
export function isTrue(params: Params, key: string): boolean {
  return text(params, key)?.toLowerCase() === 'true'
}

/** A whole number of at most nine digits, null where it is missing. Refuses with InvalidParameterValue. */
export function whole(params: Params, key: string): number | null {
  const value = text(params, key)
  if (value === null) return null
  return /^\d{1,9}$/.test(value) ? Number(value) : refuseValue(key, value, 'It must be a whole number.')
}

/** A record within the parameters, such as InstanceSpecification; empty where it is missing. */
export function nested(params: Params, key: string): Params {
  const value = params[key]
  return typeof value === 'object' && !Array.isArray(value) ? (value as Params) : {}
}

/** A numbered list of strings: VolumeId.1, VolumeId.2 ... */
export function list(params: Params, key: string): string[] {
  return numbered(params, key).flatMap((value) => (typeof value === 'string' ? value : []))
}

/** A numbered list of records: Filter.1.Name, Filter.1.Value.1 ... */
export function records(params: Params, key: string): Params[] {
  return numbered(params, key).flatMap((value) => (isRecord(value) ? [value] : []))
}

function numbered(params: Params, key: string): readonly (string | Params | readonly (string | Params)[])[] {
  const value = params[key]
  return typeof value === 'object' ? Object.values(value) : []
}

function isRecord(value: string | Params | readonly (string | Params)[]): value is Params {
  return typeof value === 'object' && !Array.isArray(value)
}

/** The XML of an answer. */
export function success(action: string, requestId: string, body: Body): string {
  return `${HEADER}<${action}Response xmlns="${NAMESPACE}">${elements({ requestId, ...body })}</${action}Response>`
}

/** The XML of a refusal, with EC2's code and sentence. */
export function failure(requestId: string, code: string, message: string): string {
  const error = elements({ Errors: { Error: { Code: code, Message: message } }, RequestID: requestId })
  return `${HEADER}<Response>${error}</Response>`
}

/** The declaration with which every answer begins. */
export const HEADER = '<?xml version="1.0" encoding="UTF-8"?>\n'
const NAMESPACE = 'http://ec2.amazonaws.com/doc/2016-11-15/'

/** A body as XML elements, without anything around them. */
export function elements(body: Body): string {
  let xml = ''
  for (const name in body) xml += element(name, body[name])
  return xml
}

function element(name: string, value: Value): string {
  if (value === undefined) return ''
  if (typeof value === 'string') return `<${name}>${escaped(value)}</${name}>`
  if (typeof value !== 'object') return `<${name}>${value}</${name}>`
  return `<${name}>${isList(value) ? items(value) : elements(value)}</${name}>`
}

function items(rows: readonly Item[]): string {
  let xml = ''
  for (const row of rows) xml += element('item', row)
  return xml
}

function isList(value: Body | readonly Item[]): value is readonly Item[] {
  return Array.isArray(value)
}

const SPECIAL = /[&<>\r]/

function escaped(value: string): string {
  return SPECIAL.test(value) ? value.replace(/[&<>\r]/g, (character) => ESCAPES[character] ?? character) : value
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#13;' }

/** Times that were written before: a page asks for the same few thousand again and again. */
const WRITTEN_TIMES = new Map<number, string>()
const WRITTEN_TIMES_MAX = 20_000

/** A time in ms as ISO 8601, in UTC. */
export function iso(ms: number): string {
  const known = WRITTEN_TIMES.get(ms)
  if (known !== undefined) return known
  if (WRITTEN_TIMES.size >= WRITTEN_TIMES_MAX) WRITTEN_TIMES.clear()
  const written = new Date(ms).toISOString()
  WRITTEN_TIMES.set(ms, written)
  return written
}
