// Every describe: ids, filters with wildcards, pages. One unknown id fails the whole call; filters never do. A table says
// what a describe lists; this file does the rest.
import { Buffer } from 'node:buffer'
import type { Resource } from '../world/entities.ts'
import { refuse, refuseValue } from '../world/errors.ts'
import { isShown, shownTags } from '../world/states.ts'
import { type Kind, type Store, shown } from '../world/store.ts'
import { type Body, list, type Params, records, text, type Value, whole } from '../world/wire.ts'

type Scalar = string | number | boolean
/** What a row has of what a filter compares; nothing where it has none. */
type ActualOf<Row> = (row: Row) => readonly Scalar[]

/** What a describe lists: the rows, and what can be filtered and shown of each. */
export type Table<Row> = {
  /** The name of the list in the answer. */
  readonly set: string
  readonly rows: Iterable<Row>
  /** Rises from row to row: a page begins after the last row of the one before. */
  readonly order: (row: Row) => number
  readonly filters?: Readonly<Record<string, ActualOf<Row>>>
  /** Filters by what the view shows: where it stands there, as names of elements with dots between them. */
  readonly paths?: Readonly<Record<string, string>>
  readonly tags?: (row: Row) => Readonly<Record<string, string>>
  readonly view: (row: Row) => Body
  /** Whether a describe that would show the row fails: its zone is in trouble. */
  readonly isDark?: (row: Row) => boolean
  readonly pageMax?: number
}

/** "The maximum number of filter values specified on a single call is 200." */
const FILTER_VALUES_MAX = 200
const PAGE = { min: 5, max: 1000 }

/**
 * A page of the rows that pass all filters. Refuses with FilterLimitExceeded, with InvalidNextToken, with Unavailable for what stands in
 * a dark zone, or with InvalidParameterValue for an unknown filter or a wrong MaxResults.
 */
export function describe<Row>(params: Params, asIs: Table<Row>): Body {
  const table = { ...asIs, view: remembered(asIs.view) }
  const { set, order, view } = table
  const size = pageSize(params, table.pageMax ?? PAGE.max)
  const after = orderBefore(params, set)
  const isMatch = filterOf(params, table)
  const found: Row[] = []
  for (const row of table.rows) {
    if (order(row) <= after || !isMatch(row)) continue
    if (table.isDark?.(row)) {
      refuse('Unavailable', 'The service is unavailable. Please try again shortly.')
    }
    // One more than the page holds: there is a next page.
    if (found.length === size) return { nextToken: tokenAfter(set, found.at(-1), order), [set]: found.map(view) }
    found.push(row)
  }
  return { [set]: found.map(view) }
}

/** The resources asked for by id, oldest first, or all that are shown. Refuses where one of the ids is not shown. */
export function asked<T extends Resource>(
  store: Store,
  all: ReadonlyMap<string, T>,
  { params, parameter, kind }: { params: Params; parameter: string; kind: Kind },
): Iterable<T> {
  const ids = new Set(list(params, parameter))
  if (ids.size === 0) return standing(all.values(), store.now())
  return [...ids].map((id) => shown(store, all, id, kind)).sort((a, b) => a.order - b.order)
}

function* standing<T extends Resource>(all: Iterable<T>, nowMs: number): Iterable<T> {
  for (const one of all) if (isShown(one, nowMs)) yield one
}

/** How a table reads the tags of its rows: as describes show them now. */
export function tagsShown(store: Store): (row: Resource) => Readonly<Record<string, string>> {
  const nowMs = store.now()
  return (row) => shownTags(row, nowMs)
}

function filterOf<Row>(params: Params, table: Table<Row>): (row: Row) => boolean {
  const filters = records(params, 'Filter').map((filter) => ({
    name: text(filter, 'Name') ?? '',
    values: list(filter, 'Value'),
  }))
  if (filters.reduce((sum, { values }) => sum + values.length, 0) > FILTER_VALUES_MAX) {
    refuse(
      'FilterLimitExceeded',
      `The maximum number of filter values specified on a single call is ${FILTER_VALUES_MAX}`,
    )
  }
  const tests = filters.map(({ name, values }) => {
    const actual = actualOf(name, table) ?? refuse('InvalidParameterValue', `The filter '${name}' is invalid`)
    const isWanted = wanted(values)
    return (row: Row) => actual(row).some((value) => isWanted(String(value)))
  })
  return (row) => tests.every((test) => test(row))
}

/** A row is viewed once, however many filters look at it. */
function remembered<Row>(view: (row: Row) => Body): (row: Row) => Body {
  const views = new Map<Row, Body>()
  return (row) => {
    const known = views.get(row) ?? view(row)
    views.set(row, known)
    return known
  }
}

function actualOf<Row>(name: string, table: Table<Row>): ActualOf<Row> | undefined {
  const { filters = {}, paths = {}, tags, view } = table
  if (Object.hasOwn(filters, name)) return filters[name]
  const path = Object.hasOwn(paths, name) ? paths[name]?.split('.') : undefined
  if (path) return (row) => shownAt(view(row), path)
  if (!tags) return undefined
  if (name === 'tag-key') return (row) => Object.keys(tags(row))
  if (name === 'tag-value') return (row) => Object.values(tags(row))
  if (!name.startsWith('tag:')) return undefined
  const key = name.slice('tag:'.length)
  return (row) => {
    const value = tags(row)[key]
    return value === undefined ? [] : [value]
  }
}

/** All that a view shows at a path, through every list on its way; nothing where it leaves the element out. */
function shownAt(value: Value, path: readonly string[]): readonly Scalar[] {
  if (value === undefined) return []
  if (Array.isArray(value)) return value.flatMap((one) => shownAt(one, path))
  const [name, ...rest] = path
  if (typeof value !== 'object') return name === undefined ? [value] : []
  return name === undefined ? [] : shownAt((value as Body)[name], rest)
}

function wanted(patterns: readonly string[]): (value: string) => boolean {
  const exact = new Set(patterns.filter((pattern) => !/[*?\\]/.test(pattern)))
  const wild = patterns.filter((pattern) => !exact.has(pattern)).map(wildcard)
  return (value) => exact.has(value) || wild.some((pattern) => pattern.test(value))
}

/** A filter's pattern: `*` stands for any characters, `?` for one, and a backslash takes the next one as it is. */
function wildcard(pattern: string): RegExp {
  const source = pattern.replace(/\\(.)|([*?])|([.+^${}()|[\]\\/])/g, (_, plain, wild, special) => {
    if (wild) return wild === '*' ? '[^]*' : '[^]'
    return `\\${plain ?? special}`.replace(/^\\(\w)$/, '$1')
  })
  return new RegExp(`^${source}$`)
}

function pageSize(params: Params, max: number): number | null {
  const size = whole(params, 'MaxResults')
  if (size !== null && !(size >= PAGE.min && size <= max)) {
    refuseValue('maxResults', String(size), `Expecting a value between ${PAGE.min} and ${max}.`)
  }
  return size
}

/** A token names the last row of its page, so that rows made or deleted meanwhile shift nothing. */
function tokenAfter<Row>(set: string, last: Row | undefined, order: (row: Row) => number): string | undefined {
  return last === undefined ? undefined : Buffer.from(`${set} ${order(last)}`).toString('base64url')
}

function orderBefore(params: Params, set: string): number {
  const token = text(params, 'NextToken')
  if (!token) return Number.NEGATIVE_INFINITY
  const [of, order] = Buffer.from(token, 'base64url').toString().split(' ')
  const isOurs = of === set && /^\d+$/.test(order ?? '')
  return isOurs ? Number(order) : refuse('InvalidNextToken', 'The specified NextToken is not valid')
}
