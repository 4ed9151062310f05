// Tags: what EC2 takes as one, and the calls that write, remove and list them.

import type { Resource, Tags } from '../world/entities.ts'
import { refuse, required } from '../world/errors.ts'
import { isShown, shownTags } from '../world/states.ts'
import { instanceOf, latenessMs, type Store, snapshotOf, volumeOf } from '../world/store.ts'
import { type Body, list, type Params, records, text } from '../world/wire.ts'
import { describe } from './describe.ts'

const TAGS_MAX = 50
const KEY_MAX = 128
const VALUE_MAX = 256
const RESOURCES_MAX = 1_000

/**
 * The tags given at a creation. Refuses with InvalidParameterValue where they are for another type of resource, or with
 * TagLimitExceeded.
 */
export function tagsAtCreation(params: Params, type: 'volume' | 'snapshot'): Tags {
  const tags = records(params, 'TagSpecification').map((specification) => {
    const of = text(specification, 'ResourceType')
    if (of !== type)
      refuse('InvalidParameterValue', `'${of}' is not a valid taggable resource type for this operation.`)
    return tagsIn(specification)
  })
  return limited(Object.assign({}, ...tags))
}

/**
 * Answers CreateTags, for all resources or none. Refuses with TagLimitExceeded, InvalidID, or InvalidParameterValue for
 * a key or value that EC2 does not take.
 */
export function createTags(store: Store, params: Params): () => Body {
  const resources = resourcesIn(store, params)
  const tags = tagsIn(params)
  if (Object.keys(tags).length === 0) required('Tag')
  return () => {
    const merged = resources.map((resource) => limited({ ...resource.tags, ...tags }))
    for (const [index, resource] of resources.entries()) retag(store, resource, merged[index] ?? resource.tags)
    return { return: true }
  }
}

/**
 * Answers DeleteTags. A tag without a value goes whatever its value; without any tag, all go but those whose keys begin
 * with `aws:`.
 */
export function deleteTags(store: Store, params: Params): () => Body {
  const resources = resourcesIn(store, params)
  const doomed = records(params, 'Tag').map((tag) => ({
    key: checkedKey(text(tag, 'Key') ?? ''),
    value: text(tag, 'Value'),
  }))
  const goes = (key: string, value: string) =>
    doomed.length === 0 ? !isReserved(key) : doomed.some((tag) => tag.key === key && (tag.value ?? value) === value)
  return () => {
    for (const resource of resources) {
      const left = Object.entries(resource.tags).filter(([key, value]) => !goes(key, value))
      retag(store, resource, Object.fromEntries(left))
    }
    return { return: true }
  }
}

/** Answers DescribeTags: a row for each tag of every volume, snapshot and instance that is shown. */
export function describeTags(store: Store, params: Params): Body {
  const nowMs = store.now()
  const rows = everything(store)
    .filter((resource) => isShown(resource, nowMs))
    .flatMap((resource) => Object.entries(shownTags(resource, nowMs)).map(([key, value]) => ({ resource, key, value })))
    .map((row, order) => ({ ...row, order }))
  return describe(params, {
    set: 'tagSet',
    rows,
    order: ({ order }) => order,
    filters: {
      key: ({ key }) => [key],
      value: ({ value }) => [value],
      'resource-id': ({ resource }) => [resource.id],
      'resource-type': ({ resource }) => [typeOf(resource.id) ?? ''],
    },
    tags: ({ key, value }) => ({ [key]: value }),
    view: ({ resource, key, value }) => ({
      resourceId: resource.id,
      resourceType: typeOf(resource.id) ?? '',
      key,
      value,
    }),
  })
}

/** Tags as EC2 writes them: a list of keys and values. */
export function tagSet(tags: Readonly<Record<string, string>>): Body[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }))
}

function everything(store: Store): Resource[] {
  return [...store.volumes.values(), ...store.snapshots.values(), ...store.instances.values()]
}

function resourcesIn(store: Store, params: Params): Resource[] {
  const ids = list(params, 'ResourceId')
  if (ids.length === 0) required('ResourceId')
  if (ids.length > RESOURCES_MAX)
    refuse('InvalidParameterValue', `No more than ${RESOURCES_MAX} resources may be specified.`)
  return ids.map((id) => {
    const type = typeOf(id)
    if (type === 'volume') return volumeOf(store, id)
    if (type === 'snapshot') return snapshotOf(store, id)
    return type === 'instance' ? instanceOf(store, id) : refuse('InvalidID', `The ID '${id}' is not valid`)
  })
}

function typeOf(id: string): 'volume' | 'snapshot' | 'instance' | null {
  if (id.startsWith('vol-')) return 'volume'
  if (id.startsWith('snap-')) return 'snapshot'
  return id.startsWith('i-') ? 'instance' : null
}

function tagsIn(params: Params): Tags {
  const tags: Tags = {}
  for (const tag of records(params, 'Tag')) {
    const key = checkedKey(text(tag, 'Key') ?? '')
    const value = text(tag, 'Value') ?? ''
    if (Object.hasOwn(tags, key)) refuse('InvalidParameterValue', `Duplicate tag key '${key}' specified.`)
    if (value.length > VALUE_MAX) {
      refuse('InvalidParameterValue', `Tag value exceeds the maximum length of ${VALUE_MAX} characters`)
    }
    checkCharacters(value)
    tags[key] = value
  }
  return tags
}

function checkedKey(key: string): string {
  if (key === '') refuse('InvalidParameterValue', 'Tag key cannot be null or empty')
  if (key.length > KEY_MAX)
    refuse('InvalidParameterValue', `Tag key exceeds the maximum length of ${KEY_MAX} characters`)
  if (isReserved(key)) refuse('InvalidParameterValue', "Tag keys starting with 'aws:' are reserved for internal use")
  checkCharacters(key)
  return key
}

/** Refuses characters that XML 1.0 cannot carry. */
function checkCharacters(value: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(value)) {
    refuse('InvalidParameterValue', 'Tag keys and values cannot contain control characters')
  }
}

function limited(tags: Tags): Tags {
  const own = Object.keys(tags).filter((key) => !isReserved(key))
  if (own.length > TAGS_MAX) refuse('TagLimitExceeded', `The maximum number of tags for this resource is ${TAGS_MAX}`)
  return tags
}

function isReserved(key: string): boolean {
  return key.toLowerCase().startsWith('aws:')
}

function retag(store: Store, resource: Resource, tags: Tags): void {
  const nowMs = store.now()
  const late = latenessMs(store, `tags of ${resource.key}`)
  if (late > 0) resource.tagsBefore = { tags: shownTags(resource, nowMs), untilMs: nowMs + late }
  resource.tags = tags
}
