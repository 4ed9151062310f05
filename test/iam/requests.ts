// What IAM is asked for one call: each resource that the call is about, with the context keys that its action has for it. A call is
// allowed if every one of them is. From the tables of the Service Authorization Reference ("Actions, resources, and condition keys for
// Amazon EC2", "... for AWS Systems Manager", "... for AWS Key Management Service"). A call that is not known here throws: whoever
// makes a new one says what it is about.
import type { Request } from './evaluate.ts'

export const ACCOUNT = '111122223333'
const REGION = 'us-east-1'

/** One command of the SDK: its name without `Command`, and its input. */
export type Call = { readonly action: string; readonly input: Readonly<Record<string, unknown>> }

/** What the world says of a resource by its id; `account` owns it, `key` is the KMS key of a volume or snapshot. */
export type Thing = {
  readonly tags: Readonly<Record<string, string>>
  readonly account?: string
  readonly key?: string | null
}
export type Look = (id: string) => Thing

type Context = Request['context']
type Tag = { readonly Key?: string; readonly Value?: string }

/** Every request that IAM decides for the call. */
export function requestsFor({ action, input }: Call, look: Look): Request[] {
  const ask = ASKED[action]
  if (!ask) throw new Error(`It is not known which resources ${action} is about: say so in test/iam/requests.ts`)
  return ask(action, input as Input, look)
}

type Input = Readonly<Record<string, unknown>> & {
  readonly VolumeId?: string
  readonly SnapshotId?: string
  readonly SecondSnapshotId?: string
  readonly InstanceId?: string
  readonly InstanceIds?: readonly string[]
  readonly Resources?: readonly string[]
  readonly Tags?: readonly Tag[]
  readonly TagSpecifications?: readonly { readonly Tags?: readonly Tag[] }[]
  readonly KmsKeyId?: string
  readonly KeyId?: string
  readonly DocumentName?: string
  readonly Name?: string
  readonly Groups?: readonly string[]
  readonly BlockDeviceMappings?: readonly object[]
}
type Ask = (action: string, input: Input, look: Look) => Request[]

const ASKED: Readonly<Record<string, Ask>> = {
  ...Object.fromEntries(
    [
      'DescribeAvailabilityZones',
      'DescribeInstanceStatus',
      'DescribeInstanceTypeOfferings',
      'DescribeInstanceTypes',
      'DescribeInstances',
      'DescribeSnapshots',
      'DescribeVolumeStatus',
      'DescribeVolumes',
      'DescribeVolumesModifications',
    ].map((action) => [action, () => [everything('ec2', action)]]),
  ),
  ...Object.fromEntries(
    ['DescribeInstanceInformation', 'GetCommandInvocation', 'ListCommandInvocations', 'ListCommands'].map((action) => [
      action,
      () => [everything('ssm', action)],
    ]),
  ),
  ListServiceQuotas: () => [everything('servicequotas', 'ListServiceQuotas')],
  ListChangedBlocks: (_, { SecondSnapshotId = '' }, look) => [
    request('ebs', 'ListChangedBlocks', {
      resource: arnOf(SecondSnapshotId),
      context: contextOf(SecondSnapshotId, look),
    }),
  ],
  DescribeKey: (action, { KeyId = '' }) => [request('kms', action, { resource: KeyId, context: of(accountIn(KeyId)) })],
  GetDocument: (action, { Name = '' }) => [document(action, Name)],
  SendCommand: sendCommand,
  AttachVolume: (action, { VolumeId = '', InstanceId = '' }, look) => [
    existing(action, VolumeId, look),
    existing(action, InstanceId, look),
    ...attachedUnder(look(VolumeId).key ?? null),
  ],
  // InstanceId may be missing, and the reference does not require the instance.
  DetachVolume: (action, { VolumeId = '', InstanceId }, look) =>
    [VolumeId, ...(InstanceId ? [InstanceId] : [])].map((id) => existing(action, id, look)),
  CreateSnapshot: (action, { VolumeId = '', TagSpecifications }, look) => [
    existing(action, VolumeId, look),
    ...made(action, 'snapshot', tagsIn(TagSpecifications)),
  ],
  CreateVolume: createVolume,
  CreateTags: (action, { Resources = [], Tags = [] }, look) =>
    Resources.map((id) => existing(action, id, look, requestTags(Tags))),
  DeleteTags: (action, { Resources = [], Tags = [] }, look) =>
    Resources.map((id) => existing(action, id, look, requestTags(Tags))),
  DeleteVolume: (action, { VolumeId = '' }, look) => [existing(action, VolumeId, look)],
  DeleteSnapshot: (action, { SnapshotId = '' }, look) => [existing(action, SnapshotId, look)],
  StartInstances: (action, { InstanceIds = [] }, look) => InstanceIds.map((id) => existing(action, id, look)),
  StopInstances: (action, { InstanceIds = [] }, look) => InstanceIds.map((id) => existing(action, id, look)),
  ModifyInstanceAttribute: modifyInstanceAttribute,
}

/** Actions that know no resource. */
function everything(service: string, action: string): Request {
  return request(service, action, { resource: '*', context: {} })
}

type On = { readonly resource: string; readonly context: Context }

/** "AWS global condition context keys": the account of the caller is in every request, that of the resource in most. */
function request(service: string, action: string, { resource, context }: On): Request {
  return {
    action: `${service}:${action}`,
    resource,
    context: { 'aws:PrincipalAccount': ACCOUNT, 'aws:RequestedRegion': REGION, ...context },
  }
}

function of(account: string): Context {
  return { 'aws:ResourceAccount': account }
}

function accountIn(arn: string): string {
  return arn.split(':')[4] ?? ''
}

/** A resource that there is, with its tags. */
function existing(action: string, id: string, look: Look, more: Context = {}): Request {
  return request('ec2', action, { resource: arnOf(id), context: { ...contextOf(id, look), ...more } })
}

function contextOf(id: string, look: Look): Context {
  const { tags, account = ACCOUNT } = look(id)
  // An EC2 action has ec2:ResourceTag too; no policy here uses it.
  const tagged = Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value]))
  const owner = id.startsWith('snap-') ? { 'ec2:Owner': account } : {}
  return { ...tagged, ...owner, ...of(account) }
}

/** The ARN of a snapshot names no account ("Resource types defined by Amazon EC2"). */
function arnOf(id: string): string {
  if (id.startsWith('snap-')) return `arn:aws:ec2:${REGION}::snapshot/${id}`
  const types = { vol: 'volume', i: 'instance', sg: 'security-group' } as const
  const type = types[id.slice(0, id.indexOf('-')) as keyof typeof types]
  if (!type) throw new Error(`${id} is no resource that is known`)
  return `arn:aws:ec2:${REGION}:${ACCOUNT}:${type}/${id}`
}

function tagsIn(specifications: Input['TagSpecifications'] = []): readonly Tag[] {
  return specifications.flatMap(({ Tags = [] }) => Tags)
}

/** aws:RequestTag and aws:TagKeys, which are missing where no tag is sent. */
function requestTags(tags: readonly Tag[]): Context {
  if (tags.length === 0) return {}
  const keys = tags.map(({ Key = '' }) => Key)
  return {
    'aws:TagKeys': keys,
    ...Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [`aws:RequestTag/${Key}`, Value])),
  }
}

/**
 * What a call makes, and CreateTags on it: "If tags are specified in the resource-creating action, Amazon performs additional
 * authorization on the ec2:CreateTags action" ("Grant permission to tag Amazon EC2 resources during creation").
 */
function made(action: string, type: 'snapshot' | 'volume', tags: readonly Tag[], more: Context = {}): Request[] {
  const resource = arnOf(type === 'snapshot' ? 'snap-new' : 'vol-new')
  const context = { ...requestTags(tags), ...of(ACCOUNT) }
  const creating = request('ec2', action, { resource, context: { ...context, ...more } })
  if (tags.length === 0) return [creating]
  return [creating, request('ec2', 'CreateTags', { resource, context: { ...context, 'ec2:CreateAction': action } })]
}

/** CreateVolume has the tags of the request on the volume alone, and on the snapshot the snapshot's own. */
function createVolume(action: string, input: Input, look: Look): Request[] {
  const { SnapshotId, KmsKeyId, TagSpecifications } = input
  const key = KmsKeyId ?? (SnapshotId ? (look(SnapshotId).key ?? null) : null)
  return [
    ...made(action, 'volume', tagsIn(TagSpecifications), KmsKeyId ? { 'ec2:KmsKeyId': KmsKeyId } : {}),
    ...(SnapshotId ? [existing(action, SnapshotId, look)] : []),
    ...copiedUnder(key),
  ]
}

/** Parameters of ModifyInstanceAttribute that are no attribute. */
const NO_ATTRIBUTES = ['InstanceId', 'DryRun', 'Groups', 'BlockDeviceMappings']

/**
 * ec2:Attribute names the parameter, for "properties that are of a primitive data type ..., or complex AttributeValue objects that contain
 * only a Value property" ("Identity-based policies for Amazon EC2", ec2:Attribute). So neither the block device mapping nor the groups
 * have it; the groups are resources of their own, and so may be the volume of a mapping.
 */
function modifyInstanceAttribute(action: string, input: Input, look: Look): Request[] {
  const { InstanceId = '', Groups = [], BlockDeviceMappings = [] } = input
  const attributes = Object.keys(input).filter((name) => !NO_ATTRIBUTES.includes(name))
  const [name] = attributes
  if (attributes.length > 1 || (name === undefined && Groups.length + BlockDeviceMappings.length === 0)) {
    throw new Error('ModifyInstanceAttribute takes one attribute at a time')
  }
  const value = name === undefined ? undefined : (input[name] as { readonly Value?: unknown })
  const attribute =
    name === undefined ? {} : { 'ec2:Attribute': name, [`ec2:Attribute/${name}`]: `${value?.Value ?? value}` }
  const volumes = BlockDeviceMappings.map(() =>
    request('ec2', action, { resource: arnOf('vol-mapped'), context: of(ACCOUNT) }),
  )
  return [
    existing(action, InstanceId, look, attribute),
    ...Groups.map((id) => existing(action, id, () => ({ tags: {} }))),
    ...volumes,
  ]
}

/** A document by its name is the account's own, and one that another account shares is called by its ARN. */
function sendCommand(action: string, { DocumentName = '', InstanceIds = [] }: Input, look: Look): Request[] {
  const hosts = InstanceIds.map((id) => request('ssm', action, { resource: arnOf(id), context: contextOf(id, look) }))
  return [document(action, DocumentName), ...hosts]
}

function document(action: string, name: string): Request {
  const arn = name.startsWith('arn:') ? name : `arn:aws:ssm:${REGION}:${ACCOUNT}:document/${name}`
  // Documents of AWS have no account in their ARN.
  return request('ssm', action, { resource: arn, context: of(accountIn(arn) || 'aws') })
}

/**
 * What EC2 asks of KMS in the caller's name ("Requirements for Amazon EBS encryption"; "How Amazon EBS uses AWS KMS"): kms:ViaService is
 * its endpoint, and a grant is for an AWS resource.
 */
function copiedUnder(key: string | null): Request[] {
  const using = ['GenerateDataKeyWithoutPlaintext', 'ReEncryptFrom', 'ReEncryptTo', 'Decrypt']
  return key === null ? [] : [...using.map((action) => viaEc2(action, key)), grant(key)]
}

function attachedUnder(key: string | null): Request[] {
  return key === null ? [] : [viaEc2('Decrypt', key), grant(key)]
}

function viaEc2(action: string, key: string, more: Context = {}): Request {
  const context = { 'kms:ViaService': `ec2.${REGION}.amazonaws.com`, ...of(accountIn(key)), ...more }
  return request('kms', action, { resource: key, context })
}

function grant(key: string): Request {
  return viaEc2('CreateGrant', key, { 'kms:GrantIsForAWSResource': 'true' })
}
