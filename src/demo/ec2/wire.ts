// EC2's query protocol: a flat form in, XML out. `Filter.1.Value.2` becomes nested records; one builder writes every answer.
import { XMLBuilder } from 'fast-xml-parser'

export type Params = { readonly [key: string]: string | Params }

const builder = new XMLBuilder({ ignoreAttributes: false, suppressEmptyNode: true })

export function parseForm(body: string): { action: string; params: Params } {
  const params: Record<string, string | Params> = {}
  for (const [key, value] of new URLSearchParams(body)) put(params, key.split('.'), value)
  return { action: text(params, 'Action') ?? '', params }
}

function put(into: Record<string, string | Params>, [head = '', ...rest]: string[], value: string): void {
  if (rest.length === 0) {
    into[head] = value
    return
  }
  const inner = into[head]
  const nested = typeof inner === 'object' ? (inner as Record<string, string | Params>) : {}
  into[head] = nested
  put(nested, rest, value)
}

export function text(params: Params, key: string): string | null {
  const value = params[key]
  return typeof value === 'string' ? value : null
}

export function nested(params: Params, key: string): Params {
  const value = params[key]
  return typeof value === 'object' ? value : {}
}

/** A numbered list of strings: VolumeId.1, VolumeId.2 ... */
export function list(params: Params, key: string): string[] {
  return Object.values(nested(params, key)).flatMap((value) => (typeof value === 'string' ? value : []))
}

/** A numbered list of records: Filter.1.Name, Filter.1.Value.1 ... */
export function records(params: Params, key: string): Params[] {
  return Object.values(nested(params, key)).flatMap((value) => (typeof value === 'object' ? value : []))
}

export function success(action: string, body: object): string {
  return builder.build({ [`${action}Response`]: { '@_xmlns': 'http://ec2.amazonaws.com/doc/2016-11-15/', requestId: 'local', ...body } })
}

export function failure(code: string, message: string): string {
  return builder.build({ Response: { Errors: { Error: { Code: code, Message: message } }, RequestID: 'local' } })
}

/** Lists are `<set><item>..</item></set>`, and an empty list is an empty set. */
export function items(rows: readonly object[]): object | string {
  return rows.length > 0 ? { item: rows } : ''
}
