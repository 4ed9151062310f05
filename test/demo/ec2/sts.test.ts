// STS at the address of EC2, asked as a command line asks it: a signed form.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSimulated, type Target } from '../../contract/ec2-target.ts'
import { WORLD } from './simulated.ts'

let target: Target
beforeAll(async () => {
  target = await openSimulated(WORLD)
})
afterAll(() => target.close())

async function ask(action: string): Promise<{ status: number; xml: string }> {
  const response = await fetch(target.simulated?.ec2.url ?? '', {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      authorization: 'AWS4-HMAC-SHA256 Credential=local/20260303/us-east-1/sts/aws4_request, Signature=0',
    },
    body: `Action=${action}&Version=2011-06-15`,
  })
  return { status: response.status, xml: await response.text() }
}

test('GetCallerIdentity names the account, and the role that refusals name', async () => {
  const { status, xml } = await ask('GetCallerIdentity')
  expect(status).toBe(200)
  expect(xml).toContain('<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">')
  expect(xml).toMatch(/<GetCallerIdentityResult><Arn>arn:aws:sts::111122223333:assumed-role\/zonehop\/local<\/Arn>/)
  expect(xml).toMatch(/<UserId>AROA[A-Z0-9]{17}:local<\/UserId><Account>111122223333<\/Account>/)
  expect(xml).toMatch(/<ResponseMetadata><RequestId>[0-9a-f-]{36}<\/RequestId><\/ResponseMetadata>/)
})

test.each([['AssumeRole'], ['DescribeVolumes']])('STS does not know %s', async (action) => {
  const { status, xml } = await ask(action)
  expect(status).toBe(400)
  expect(xml).toContain('<Error><Type>Sender</Type><Code>InvalidAction</Code>')
})

test('who asks STS is not counted as a caller of EC2', () => {
  expect(target.simulated?.ec2.counts()).toEqual({ calls: {}, dryRuns: {}, refused: {} })
})
