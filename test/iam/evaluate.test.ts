// The evaluator against what the IAM User Guide says: each row is a sentence of it, or a row of one of its tables.
import { expect, test } from 'vitest'
import { decide, type Request, type Statement } from './evaluate.ts'

const VOLUME = 'arn:aws:ec2:us-east-1:111122223333:volume/vol-1'
const ALLOW: Statement = { Effect: 'Allow', Action: 'ec2:DeleteTags', Resource: '*' }
const asked = (context: Request['context'] = {}, over: Partial<Request> = {}): Request => ({
  action: 'ec2:DeleteTags',
  resource: VOLUME,
  context,
  ...over,
})
const verdict = (statements: readonly Statement[], request: Request): string =>
  decide({ Version: '2012-10-17', Statement: statements }, request).verdict
const on = (Condition: Statement['Condition']): Statement[] => [{ ...ALLOW, Condition: Condition ?? {} }]

const KEYS = { 'aws:TagKeys': ['environment', 'cost-center'] }
const SAFE = { 'ForAllValues:StringEquals': KEYS, Null: { 'aws:TagKeys': 'false' } }
const tagKeys = (...keys: string[]) => ({ 'aws:TagKeys': keys })

test.each<[string, Statement[], Request, string]>([
  ['nothing allows it', [], asked(), 'implicitDeny'],
  ['a statement allows it', [ALLOW], asked(), 'allowed'],
  ['an explicit deny wins', [ALLOW, { ...ALLOW, Effect: 'Deny' }], asked(), 'explicitDeny'],
  ['another action', [ALLOW], asked({}, { action: 'ec2:CreateTags' }), 'implicitDeny'],
  ['actions have no case', [{ ...ALLOW, Action: 'EC2:deletetags' }], asked(), 'allowed'],
  ['actions with *', [{ ...ALLOW, Action: 'ec2:Delete*' }], asked(), 'allowed'],
  ['actions with ?', [{ ...ALLOW, Action: 'ec2:DeleteTag?' }], asked(), 'allowed'],
  ['? is one character', [{ ...ALLOW, Action: 'ec2:DeleteTags?' }], asked(), 'implicitDeny'],
  ['NotAction', [{ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }], asked(), 'allowed'],
  ['NotAction names it', [{ Effect: 'Allow', NotAction: 'ec2:*', Resource: '*' }], asked(), 'implicitDeny'],
  ['resources with *', [{ ...ALLOW, Resource: 'arn:aws:ec2:*:*:volume/*' }], asked(), 'allowed'],
  ['another resource', [{ ...ALLOW, Resource: 'arn:aws:ec2:*:*:instance/*' }], asked(), 'implicitDeny'],
  ['ARNs have case', [{ ...ALLOW, Resource: VOLUME.toUpperCase() }], asked(), 'implicitDeny'],
  ['NotResource', [{ ...ALLOW, Resource: undefined, NotResource: VOLUME } as never], asked(), 'implicitDeny'],
  ['a dot is a dot', [{ ...ALLOW, Resource: VOLUME.replace('vol-1', 'vo.-1') }], asked(), 'implicitDeny'],
  // The table of "Single-valued vs. multivalued context keys", ForAllValues.
  ['one of the keys', on(SAFE), asked(tagKeys('environment')), 'allowed'],
  ['both keys', on(SAFE), asked(tagKeys('environment', 'cost-center')), 'allowed'],
  ['another key beside it', on(SAFE), asked(tagKeys('environment', 'dept')), 'implicitDeny'],
  ['no key, and Null', on(SAFE), asked(), 'implicitDeny'],
  ['no key, without Null', on({ 'ForAllValues:StringEquals': KEYS }), asked(), 'allowed'],
  // The same page, ForAnyValue.
  ['any of the keys', on({ 'ForAnyValue:StringEquals': KEYS }), asked(tagKeys('environment', 'dept')), 'allowed'],
  ['none of the keys', on({ 'ForAnyValue:StringEquals': KEYS }), asked(tagKeys('dept')), 'implicitDeny'],
  ['no key at all', on({ 'ForAnyValue:StringEquals': KEYS }), asked(), 'implicitDeny'],
  // "Condition operators".
  ['a missing key', on({ StringEquals: { 'aws:RequestTag/a': 'b' } }), asked(), 'implicitDeny'],
  ['a missing key, negated', on({ StringNotEquals: { 'aws:RequestTag/a': 'b' } }), asked(), 'allowed'],
  ['a missing key, IfExists', on({ StringEqualsIfExists: { 'aws:RequestTag/a': 'b' } }), asked(), 'allowed'],
  [
    'another value, IfExists',
    on({ StringEqualsIfExists: { 'aws:RequestTag/a': 'b' } }),
    asked({ 'aws:RequestTag/a': 'c' }),
    'implicitDeny',
  ],
  [
    'keys have no case',
    on({ StringEquals: { 'AWS:requesttag/A': 'b' } }),
    asked({ 'aws:RequestTag/a': 'b' }),
    'allowed',
  ],
  [
    'values have',
    on({ StringEquals: { 'aws:RequestTag/a': 'b' } }),
    asked({ 'aws:RequestTag/a': 'B' }),
    'implicitDeny',
  ],
  ['one of several values', on({ StringEquals: { 'x:y': ['a', 'b'] } }), asked({ 'x:y': 'b' }), 'allowed'],
  ['negated, one of several', on({ StringNotEquals: { 'x:y': ['a', 'b'] } }), asked({ 'x:y': 'b' }), 'implicitDeny'],
  ['all keys have to hold', on({ StringEquals: { 'x:y': 'a', 'x:z': 'b' } }), asked({ 'x:y': 'a' }), 'implicitDeny'],
  ['* in StringEquals is itself', on({ StringEquals: { 'x:y': 'a*' } }), asked({ 'x:y': 'ab' }), 'implicitDeny'],
  ['* in StringLike is not', on({ StringLike: { 'x:y': 'a*' } }), asked({ 'x:y': 'ab' }), 'allowed'],
  ['Bool', on({ Bool: { 'x:y': 'true' } }), asked({ 'x:y': 'TRUE' }), 'allowed'],
  ['Bool, missing', on({ Bool: { 'x:y': 'true' } }), asked(), 'implicitDeny'],
  ['Null true, missing', on({ Null: { 'x:y': 'true' } }), asked(), 'allowed'],
  ['Null true, there', on({ Null: { 'x:y': 'true' } }), asked({ 'x:y': 'a' }), 'implicitDeny'],
  [
    'ArnLike',
    on({ ArnLike: { 'x:y': 'arn:aws:iam::*:role/zone*' } }),
    asked({ 'x:y': 'arn:aws:iam::1:role/zonehop' }),
    'allowed',
  ],
  [
    'ArnLike stays in its segment',
    on({ ArnLike: { 'x:y': 'arn:aws:*' } }),
    asked({ 'x:y': 'arn:aws:iam::1:role/a' }),
    'implicitDeny',
  ],
  [
    'a variable',
    on({ StringEquals: { 'aws:ResourceAccount': `${'$'}{aws:PrincipalAccount}` } }),
    asked({ 'aws:ResourceAccount': '1', 'aws:PrincipalAccount': '1' }),
    'allowed',
  ],
  [
    'a variable of another value',
    on({ StringEquals: { 'aws:ResourceAccount': `${'$'}{aws:PrincipalAccount}` } }),
    asked({ 'aws:ResourceAccount': '1', 'aws:PrincipalAccount': '2' }),
    'implicitDeny',
  ],
  [
    'a variable without a value',
    on({ StringEquals: { 'aws:ResourceAccount': `${'$'}{aws:PrincipalAccount}` } }),
    asked({ 'aws:ResourceAccount': '' }),
    'implicitDeny',
  ],
  [
    'a * in the value of a variable is itself',
    on({ StringLike: { 'x:y': `${'$'}{x:z}` } }),
    asked({ 'x:y': 'ab', 'x:z': 'a*' }),
    'implicitDeny',
  ],
])('%s', (_, statements, request, wanted) => {
  expect(verdict(statements, request)).toBe(wanted)
})

test.each<[string, Statement, RegExp]>([
  ['an operator', { ...ALLOW, Condition: { NumericLessThan: { 'x:y': '1' } } }, /NumericLessThan is not known/],
  ['a misspelt operator', { ...ALLOW, Condition: { StringEqual: { 'x:y': '1' } } }, /StringEqual is not known/],
  [
    'a multivalued key without a set operator',
    { ...ALLOW, Condition: { StringEquals: { 'aws:TagKeys': 'a' } } },
    /not known/,
  ],
  [
    'a single-valued key with one',
    { ...ALLOW, Condition: { 'ForAllValues:StringEquals': { 'x:y': 'a' } } },
    /not known/,
  ],
  [
    'a variable for the account',
    { ...ALLOW, Resource: `arn:aws:ssm:*:${'$'}{aws:PrincipalAccount}:document/a` },
    /fifth colon/,
  ],
  ['an element', { ...ALLOW, Principal: '*' } as never, /Principal is not known/],
])('what is not known throws: %s', (_, statement, message) => {
  // The statement is about another action: it throws all the same, since the next one may be about it.
  const other = { ...statement, Action: 'ec2:DeleteTags' }
  expect(() => verdict([other], asked({ 'x:y': '0' }))).toThrow(message)
})
