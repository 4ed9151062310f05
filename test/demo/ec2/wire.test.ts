// The query protocol: forms in, XML out.
import { expect, test } from 'vitest'
import { failure, list, parseForm, records, success, text } from '../../../src/demo/ec2/world/wire.ts'

test('a form becomes nested records, its numbers in order', () => {
  const form =
    'Action=DescribeVolumes&VolumeId.2=b&VolumeId.10=c&VolumeId.1=a&Filter.1.Name=tag%3Aa&Filter.1.Value.1=x+y&Filter.1.Value.2=%26'
  const { action, params } = parseForm(form)
  expect(action).toBe('DescribeVolumes')
  expect(list(params, 'VolumeId')).toEqual(['a', 'b', 'c'])
  const [filter] = records(params, 'Filter')
  expect(filter && [text(filter, 'Name'), list(filter, 'Value')]).toEqual(['tag:a', ['x y', '&']])
})

test.each(['__proto__.polluted=1', 'constructor.prototype.polluted=1'])(
  'a form cannot reach outside itself: %s',
  (form) => {
    parseForm(form)
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  },
)

test.each([
  ['text that is markup', { a: '<&>\r' }, '<a>&lt;&amp;&gt;&#13;</a>'],
  ['numbers and flags', { a: 1, b: false }, '<a>1</a><b>false</b>'],
  ['nothing for what is absent', { a: undefined, b: '' }, '<b></b>'],
  ['a list', { set: [{ a: '1' }, { a: '2' }] }, '<set><item><a>1</a></item><item><a>2</a></item></set>'],
  ['an empty list', { set: [] }, '<set></set>'],
  ['a record in a list', { set: [{ in: { a: 1 } }] }, '<set><item><in><a>1</a></in></item></set>'],
])('XML has %s', (_, body, then) => {
  expect(success('Do', 'r-1', body)).toContain(`<requestId>r-1</requestId>${then}</DoResponse>`)
})

test('an error is in its envelope', () => {
  const xml =
    '<Response><Errors><Error><Code>C</Code><Message>a &lt; b</Message></Error></Errors><RequestID>r-1</RequestID></Response>'
  expect(failure('r-1', 'C', 'a < b')).toContain(xml)
})
