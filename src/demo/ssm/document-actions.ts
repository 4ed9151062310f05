// SSM documents created, shown and described.
import { createHash } from 'node:crypto'
import { OWNER } from '../ec2/world/store.ts'
import { documentOf } from './documents.ts'
import type { Hosts, SsmDocument } from './entities.ts'
import { epoch, given, type Input, type Output, refuse } from './json.ts'

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

function found({ documents }: Hosts, input: Input): SsmDocument {
  const name = given(input, 'Name')
  return documents.get(name) ?? refuse('InvalidDocument', `Document with name ${name} does not exist.`)
}

function descriptionOf({ name, content, createdAtMs, parameters }: SsmDocument): Output {
  return {
    Name: name,
    Hash: createHash('sha256').update(content).digest('hex'),
    HashType: 'Sha256',
    Owner: OWNER,
    CreatedDate: epoch(createdAtMs),
    Status: 'Active',
    DocumentVersion: '1',
    LatestVersion: '1',
    DefaultVersion: '1',
    DocumentType: 'Command',
    DocumentFormat: 'JSON',
    SchemaVersion: '2.2',
    PlatformTypes: ['Linux'],
    Parameters: Object.keys(parameters).map((key) => ({ Name: key, Type: 'String' })),
  }
}
