// What somebody with the keys of zonehop's role would try, as what IAM is asked for it: each must be denied.
import type { Request } from './evaluate.ts'
import { ACCOUNT, type Call, type Look, requestsFor, type Thing } from './requests.ts'

const OTHER = '999988887777'
const KEY = `arn:aws:kms:us-east-1:${ACCOUNT}:key/1`
const MADE = { 'zonehop:migration': 'mig-1', 'zonehop:step': 'restore' }
export const FINAL = { 'zonehop:migration': 'mig-1', 'zonehop:step': 'snapshot' }
const REHEARSED = { 'zonehop:step': 'seed', 'zonehop:purpose': 'rehearsal' }

const THINGS: Readonly<Record<string, Thing>> = {
  'i-host': { tags: { 'zonehop:host': 'yes' } },
  'i-foreign': { tags: { Name: 'payroll' } },
  'i-almost': { tags: { 'zonehop:host': 'no' } },
  'vol-foreign': { tags: { Name: 'payroll' } },
  'vol-source': { tags: { 'zonehop:plan': 'migration=mig-1 need=required' } },
  'vol-left': { tags: { 'zonehop:plan': 'migration=mig-1 need=required', 'zonehop:left': 'mig-1' } },
  'vol-copy': { tags: MADE, key: KEY },
  'vol-live': { tags: { ...MADE, 'zonehop:live': 'mig-1', 'zonehop:phase': 'done' } },
  'snap-foreign': { tags: { Name: 'payroll' } },
  'snap-final': { tags: FINAL },
  'snap-seed': { tags: { ...FINAL, 'zonehop:step': 'seed' } },
  'snap-rehearsed-abroad': { tags: { ...FINAL, ...REHEARSED }, account: OTHER },
  'snap-rehearsed-by-name': { tags: REHEARSED },
  'snap-rehearsed-final': { tags: { ...FINAL, ...REHEARSED, 'zonehop:step': 'firstSnapshot' } },
  // A backup of a copy, by a tool that copies the tags of the volume.
  'snap-backup': { tags: { ...MADE, 'aws:backup:source-resource': 'vol-live' } },
  // A step alone is anybody's word.
  'snap-stepped': { tags: { 'zonehop:step': 'snapshot' } },
  'vol-stepped': { tags: { 'zonehop:step': 'restore' } },
  // What somebody made from a snapshot of zonehop's, by a tool that copies its tags.
  'vol-from-snapshot': { tags: FINAL },
  'snap-shared': { tags: FINAL, account: OTHER },
}
export const look: Look = (id) => THINGS[id] ?? { tags: {} }

export const call = (action: string, input: Call['input']): Call => ({ action, input })
export const tag = (resource: string, key: string, value = 'mig-1'): Call =>
  call('CreateTags', { Resources: [resource], Tags: [{ Key: key, Value: value }] })
const untag = (resource: string, ...keys: string[]): Call =>
  call('DeleteTags', { Resources: [resource], Tags: keys.map((Key) => ({ Key })) })
export const tagged = (type: string, tags: Readonly<Record<string, string>>) => ({
  TagSpecifications: [{ ResourceType: type, Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }],
})
export const modify = (instance: string, attribute: object): Call =>
  call('ModifyInstanceAttribute', { InstanceId: instance, ...attribute })
const run = (document: string, instance = 'i-host'): Call =>
  call('SendCommand', { DocumentName: document, InstanceIds: [instance] })
export const restore = (snapshot: string, tags: Readonly<Record<string, string>> = MADE): Call =>
  call('CreateVolume', { SnapshotId: snapshot, ...tagged('volume', tags) })
export const MAPPING = { BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { DeleteOnTermination: true } }] }

const OWN = { 'aws:PrincipalAccount': ACCOUNT, 'aws:ResourceAccount': ACCOUNT }
const kms = (action: string, more: Request['context'] = {}, resource = KEY): Request => ({
  action: `kms:${action}`,
  resource,
  context: { ...OWN, ...more },
})
const FOR_RESOURCE = { 'kms:GrantIsForAWSResource': 'true' }
const VIA_EC2 = { 'kms:ViaService': 'ec2.us-east-1.amazonaws.com' }

type Attempt = readonly [words: string, requests: readonly Request[]]
const asking = (rows: readonly (readonly [string, Call])[]): Attempt[] =>
  rows.map(([words, one]) => [words, requestsFor(one, look)])

/** Calls that zonehop makes too, on what is not its own. */
export const ON_OTHERS: readonly Attempt[] = asking([
  ['a foreign volume is named as made by it, to be deleted', tag('vol-foreign', 'zonehop:migration')],
  ['the same, in other letters', tag('vol-foreign', 'Zonehop:Migration')],
  ['a foreign snapshot is named as made by it', tag('snap-foreign', 'zonehop:migration')],
  ['a snapshot is marked', tag('snap-foreign', 'zonehop:left')],
  ['a seed is made one of a rehearsal', tag('snap-seed', 'zonehop:purpose', 'rehearsal')],
  ['its step is changed', tag('snap-seed', 'zonehop:step', 'snapshot')],
  ['a host opts in by its hand', tag('i-foreign', 'zonehop:host', 'yes')],
  ['an instance is marked', tag('i-foreign', 'zonehop:plan')],
  ['a tag of people', tag('vol-foreign', 'Name', 'mine')],
  ['a tag of people for zonehop', tag('vol-foreign', 'zonehop:service', 'logs')],
  ['the tag of another policy', tag('vol-foreign', 'team', 'finance')],
  [
    'its own and another tag in one call',
    call('CreateTags', { Resources: ['vol-source'], Tags: [{ Key: 'zonehop:plan' }, { Key: 'Name' }] }),
  ],
  [
    'a foreign resource beside its own',
    call('CreateTags', { Resources: ['vol-source', 'i-foreign'], Tags: [{ Key: 'zonehop:plan' }] }),
  ],
  ['all tags are taken away', call('DeleteTags', { Resources: ['vol-foreign'] })],
  ['an empty list of tags', untag('vol-foreign')],
  ['nothing is written', call('CreateTags', { Resources: ['vol-foreign'] })],
  ['the tag of the plan is taken away', untag('vol-source', 'zonehop:plan')],
  ['a copy stops being live', untag('vol-live', 'zonehop:live')],
  ['a copy stops being its own', untag('vol-copy', 'zonehop:migration')],
  ['a foreign volume is deleted', call('DeleteVolume', { VolumeId: 'vol-foreign' })],
  ['a source that is not left', call('DeleteVolume', { VolumeId: 'vol-source' })],
  ['a live copy', call('DeleteVolume', { VolumeId: 'vol-live' })],
  ['a foreign snapshot', call('DeleteSnapshot', { SnapshotId: 'snap-foreign' })],
  ['a backup of a copy', call('DeleteSnapshot', { SnapshotId: 'snap-backup' })],
  ['a foreign volume is detached', call('DetachVolume', { VolumeId: 'vol-foreign', InstanceId: 'i-host' })],
  [
    'a source is detached from a host that did not opt in',
    call('DetachVolume', { VolumeId: 'vol-source', InstanceId: 'i-foreign' }),
  ],
  ['a live copy is detached', call('DetachVolume', { VolumeId: 'vol-live', InstanceId: 'i-host' })],
  [
    'a volume goes to a host that did not opt in',
    call('AttachVolume', { VolumeId: 'vol-copy', InstanceId: 'i-foreign' }),
  ],
  ['to one that said no', call('AttachVolume', { VolumeId: 'vol-copy', InstanceId: 'i-almost' })],
  ['a restore from a foreign snapshot', restore('snap-foreign')],
  ['from a snapshot that another account shares', restore('snap-shared')],
  ['from a seed', restore('snap-seed')],
  ['from one of a rehearsal in another account', restore('snap-rehearsed-abroad')],
  ['from one that names no migration', restore('snap-rehearsed-by-name')],
  ['from one of a rehearsal that is no seed', restore('snap-rehearsed-final')],
  ['from a backup', restore('snap-backup')],
  ['from a snapshot that has a step alone', restore('snap-stepped')],
  ['a volume that has a step alone', call('DeleteVolume', { VolumeId: 'vol-stepped' })],
  ['a volume that somebody made from its snapshot', call('DeleteVolume', { VolumeId: 'vol-from-snapshot' })],
  ['a snapshot that has a step alone', call('DeleteSnapshot', { SnapshotId: 'snap-stepped' })],
  ['a volume that names no migration', restore('snap-final', { Name: 'mine' })],
  ['a volume without tags', call('CreateVolume', { Size: 1 })],
  [
    'a snapshot that names no migration',
    call('CreateSnapshot', { VolumeId: 'vol-foreign', ...tagged('snapshot', { Name: 'mine' }) }),
  ],
  ['a snapshot without tags', call('CreateSnapshot', { VolumeId: 'vol-foreign' })],
  [
    'a copy under a key of another account',
    call('CreateVolume', {
      SnapshotId: 'snap-final',
      KmsKeyId: `arn:aws:kms:us-east-1:${OTHER}:key/1`,
      ...tagged('volume', MADE),
    }),
  ],
  ['a foreign host is stopped', call('StopInstances', { InstanceIds: ['i-foreign'] })],
  ['a foreign host beside one that opted in', call('StopInstances', { InstanceIds: ['i-host', 'i-foreign'] })],
  ['a foreign host is started', call('StartInstances', { InstanceIds: ['i-foreign'] })],
  ['a key of another account is looked at', call('DescribeKey', { KeyId: `arn:aws:kms:us-east-1:${OTHER}:key/1` })],
])

/** Ways to root on a host. */
export const TO_ROOT: readonly Attempt[] = asking([
  ['user data', modify('i-host', { UserData: { Value: 'IyEvYmluL3No' } })],
  ['user data by the name of the attribute', modify('i-host', { Attribute: 'userData' })],
  ['the kernel', modify('i-host', { Kernel: { Value: 'aki-1' } })],
  ['the type', modify('i-host', { InstanceType: { Value: 'p5.48xlarge' } })],
  ['termination without protection', modify('i-host', { DisableApiTermination: { Value: false } })],
  ['a stop that terminates', modify('i-host', { InstanceInitiatedShutdownBehavior: { Value: 'terminate' } })],
  ['a router', modify('i-host', { SourceDestCheck: { Value: false } })],
  ['other security groups', modify('i-host', { Groups: ['sg-open'] })],
  ['the mapping of a host that did not opt in', modify('i-foreign', MAPPING)],
  ['a shell', run('AWS-RunShellScript')],
  ['a shell by its ARN', run('arn:aws:ssm:us-east-1::document/AWS-RunShellScript')],
  ['a document of another account by the right name', run(`arn:aws:ssm:us-east-1:${OTHER}:document/zonehop-freeze`)],
  ['a document of its account by another name', run('freeze')],
  ['what a runbook of its account says', call('GetDocument', { Name: 'payroll-runbook' })],
  [
    'what a document of another account says',
    call('GetDocument', { Name: `arn:aws:ssm:us-east-1:${OTHER}:document/zonehop-freeze` }),
  ],
  ['its own document on a host that did not opt in', run('zonehop-freeze', 'i-foreign')],
])

const KEY_REQUESTS: readonly (readonly [string, Request])[] = [
  ['decrypting by itself', kms('Decrypt')],
  ['decrypting through another service', kms('Decrypt', { 'kms:ViaService': 's3.us-east-1.amazonaws.com' })],
  [
    'a service whose name only begins so',
    kms('Decrypt', { 'kms:ViaService': 'ec2.us-east-1.amazonaws.com.evil.example' }),
  ],
  ['encrypting again under another key, by itself', kms('ReEncryptTo')],
  ['a grant by itself', kms('CreateGrant')],
  [
    'a grant through EC2 that is for no resource',
    kms('CreateGrant', { ...VIA_EC2, 'kms:GrantIsForAWSResource': 'false' }),
  ],
  ['a grant through EC2 that does not say', kms('CreateGrant', VIA_EC2)],
  [
    'a grant through another service',
    kms('CreateGrant', { ...FOR_RESOURCE, 'kms:ViaService': 'rds.us-east-1.amazonaws.com' }),
  ],
  [
    'a grant on the key of another account',
    kms('CreateGrant', { ...VIA_EC2, ...FOR_RESOURCE, 'aws:ResourceAccount': OTHER }, KEY.replace(ACCOUNT, OTHER)),
  ],
  ['the data key in plain text', kms('GenerateDataKey', VIA_EC2)],
  [
    'the key of another account',
    kms('Decrypt', { ...VIA_EC2, 'aws:ResourceAccount': OTHER }, KEY.replace(ACCOUNT, OTHER)),
  ],
  ['the end of a key', kms('ScheduleKeyDeletion')],
  ['a key is disabled', kms('DisableKey')],
  ['the policy of a key', kms('PutKeyPolicy')],
]
/** The use of keys. */
export const ON_KEYS: readonly Attempt[] = KEY_REQUESTS.map(([words, one]) => [words, [one]])

const FOREIGN_ACTIONS = [
  'ec2:RunInstances',
  'ec2:TerminateInstances',
  'ec2:RebootInstances',
  'ec2:CreateSnapshots',
  'ec2:CopySnapshot',
  'ec2:CopyVolumes',
  'ec2:CreateImage',
  'ec2:CreateReplaceRootVolumeTask',
  'ec2:ModifySnapshotAttribute',
  'ec2:ModifySnapshotTier',
  'ec2:ModifyVolume',
  'ec2:ModifyInstanceMetadataOptions',
  'ec2:AssociateIamInstanceProfile',
  'ec2:GetPasswordData',
  'ec2:DescribeInstanceAttribute',
  'ebs:GetSnapshotBlock',
  'ebs:ListSnapshotBlocks',
  'ebs:PutSnapshotBlock',
  'rbin:DeleteRule',
  'rbin:UpdateRule',
  'ssm:CreateDocument',
  'ssm:UpdateDocument',
  'ssm:UpdateDocumentDefaultVersion',
  'ssm:ModifyDocumentPermission',
  'ssm:CreateAssociation',
  'ssm:StartAutomationExecution',
  'ssm:StartSession',
  'ssm:GetParameter',
  'ssm:CancelCommand',
  'iam:PassRole',
  'iam:PutRolePolicy',
  'iam:CreateAccessKey',
  'sts:AssumeRole',
  'secretsmanager:GetSecretValue',
  's3:GetObject',
]
/** As generous as a context can be: whatever a condition could ask for is there. */
const GENEROUS = {
  ...OWN,
  ...VIA_EC2,
  'aws:ResourceTag/zonehop:host': 'yes',
  'aws:ResourceTag/zonehop:migration': 'mig-1',
  'aws:RequestTag/zonehop:migration': 'mig-1',
  'aws:TagKeys': ['zonehop:plan'],
}
const ANYTHING = ['*', `arn:aws:ec2:us-east-1:${ACCOUNT}:instance/i-host`, 'arn:aws:ec2:us-east-1::snapshot/snap-1']
/** Actions that zonehop never calls. */
export const NEVER_CALLED: readonly Attempt[] = FOREIGN_ACTIONS.flatMap((action) =>
  ANYTHING.map((resource): Attempt => [`${action} on ${resource}`, [{ action, resource, context: GENEROUS }]]),
)
