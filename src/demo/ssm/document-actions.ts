// SSM documents created, shown, described and listed.
import { createHash } from 'node:crypto'
import { OWNER } from '../ec2/world/store.ts'
import { documentOf } from './documents.ts'
import type { Hosts, SsmDocument } from './entities.ts'
import { epoch, given, type Input, listIn, type Output, pageOf, recordsIn, refuse } from './json.ts'

const PAGE = { min: 1, max: 50 }

/**
 * Answers CreateDocument. Refuses with DocumentAlreadyExists, InvalidDocumentContent, or ValidationException for a bad
 * name.
 */
export function createDocument(hosts: Hosts, input: Input): Output {
  const name = given(input, 'Name')
  if (!/^[a-zA-Z0-9_.-]{3,128}$/.test(name)) refuse('ValidationException', `${name} is not a name for a document.`)
  if (hosts.documents.has(name)) refuse('DocumentAlreadyExists', `Document ${name} already exists.`)
  const document = documentOf(name, given(input, 'Content'), hosts.store.now())
  hosts.documents.set(name, document)
  return { DocumentDescription: descriptionOf(document) }
}

/** Answers GetDocument with the content as it was given. Refuses with InvalidDocument. */
export function getDocument(hosts: Hosts, input: Input): Output {
  const { name, content, createdAtMs } = found(hosts, input)
  const common = { DocumentVersion: '1', Status: 'Active', DocumentType: 'Command', DocumentFormat: 'JSON' }
  return { Name: name, CreatedDate: epoch(createdAtMs), Content: content, ...common }
}

/** Answers DescribeDocument. Refuses with InvalidDocument. */
export function describeDocument(hosts: Hosts, input: Input): Output {
  return { Document: descriptionOf(found(hosts, input)) }
}

/** Answers ListDocuments, by name. Refuses an unknown filter with InvalidFilterKey. */
export function listDocuments({ documents }: Hosts, input: Input): Output {
  const filters = [
    ...recordsIn(input, 'Filters').map((filter) => ({ key: given(filter, 'Key'), values: listIn(filter, 'Values') })),
    // The older way to filter, with one value each.
    ...recordsIn(input, 'DocumentFilterList').map((filter) => ({
      key: given(filter, 'key'),
      values: [given(filter, 'value')],
    })),
  ]
  const tests = filters.map(({ key, values }) => fitsBy(key, values))
  const wanted = [...documents.values()]
    .filter((document) => tests.every((test) => test(document)))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const { rows, ...next } = pageOf(input, wanted, PAGE)
  return { DocumentIdentifiers: rows.map(identifierOf), ...next }
}

/** The owners that SSM has words for, of documents that all are the account's own; `Private` ones are not shared with all. */
const OWNERS = ['Self', 'Private', 'All', OWNER]

/** Whether a document fits any of the values of a filter; a name fits by how it begins. */
function fitsBy(key: string, values: readonly string[]): (document: SsmDocument) => boolean {
  const has = (...actual: readonly string[]) => actual.some((one) => values.includes(one))
  // No document has tags or a type of targets here.
  if (key === 'TargetType' || key.startsWith('tag:')) return () => false
  switch (key) {
    case 'Owner':
      return () => has(...OWNERS)
    case 'Name':
      return ({ name }) => values.some((value) => name.startsWith(value))
    case 'SearchKeyword':
      return ({ name }) => values.some((value) => name.toLowerCase().includes(value.toLowerCase()))
    case 'DocumentType':
      return () => has(COMMON.DocumentType)
    case 'PlatformTypes':
      return () => has(...COMMON.PlatformTypes)
    default:
      return refuse('InvalidFilterKey', `The filter ${key} is not valid.`)
  }
}

/** What all documents have in common here. */
const COMMON = {
  Owner: OWNER,
  DocumentVersion: '1',
  DocumentType: 'Command',
  DocumentFormat: 'JSON',
  SchemaVersion: '2.2',
  PlatformTypes: ['Linux'],
} as const

function identifierOf({ name, createdAtMs }: SsmDocument): Output {
  return { Name: name, CreatedDate: epoch(createdAtMs), ...COMMON, Tags: [] }
}

function found({ documents }: Hosts, input: Input): SsmDocument {
  const name = given(input, 'Name')
  return documents.get(name) ?? refuse('InvalidDocument', `Document with name ${name} does not exist.`)
}

function descriptionOf({ name, content, createdAtMs, parameters }: SsmDocument): Output {
  return {
    Name: name,
    ...COMMON,
    Hash: createHash('sha256').update(content).digest('hex'),
    HashType: 'Sha256',
    CreatedDate: epoch(createdAtMs),
    Status: 'Active',
    LatestVersion: '1',
    DefaultVersion: '1',
    Parameters: Object.keys(parameters).map((key) => ({ Name: key, Type: 'String' })),
  }
}
