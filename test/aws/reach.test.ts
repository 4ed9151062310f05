// An EC2 that is not there: nothing is called that would not arrive, and once it is back that is found out by a question.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Clients, openClients } from '../../src/aws/clients.ts'
import { ec2 } from '../../src/aws/ec2.ts'
import { Unreadable } from '../../src/core/ports.ts'

let server: Server
let clients: Clients
let port = 0
const asked: string[] = []

const listen = (at: number): Promise<void> => new Promise((resolve) => server.listen(at, '127.0.0.1', resolve))
const close = (): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

beforeEach(async () => {
  asked.length = 0
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      asked.push(/Action=(\w+)/.exec(body)?.[1] ?? '')
      // What it answers is no matter: it has answered.
      response.writeHead(403, { 'content-type': 'text/xml' })
      response.end(
        '<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>No.</Message></Error></Errors></Response>',
      )
    })
  })
  await listen(0)
  port = (server.address() as AddressInfo).port
  vi.stubEnv('AWS_ENDPOINT_URL_EC2', `http://127.0.0.1:${port}`)
  vi.stubEnv('AWS_ENDPOINT_URL_SSM', `http://127.0.0.1:${port}`)
  vi.stubEnv('AWS_REGION', 'us-east-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
  clients = openClients()
})
afterEach(async () => {
  vi.unstubAllEnvs()
  clients.close()
  await close()
})

const attach = { subject: { of: 'move', move: 'vol-1' }, step: 'attach', generation: 1, direction: 'forward' } as const
const call = () => ec2(clients).attachVolume({ ...attach, volumeId: 'vol-2', instance: 'i-1', device: '/dev/sdf' })

test('a call that did not arrive is certainly not done, and none is made until a question arrives', async () => {
  const { isReachable } = ec2(clients)
  expect(await isReachable('attach')).toBe(true)
  expect(asked).toEqual([])
  await close()
  expect(await call()).toMatchObject({ outcome: 'later', code: 'ECONNREFUSED' })
  expect(await isReachable('attach')).toBe(false)
  // The other service has been asked nothing, so nothing is known against it.
  expect(await isReachable('command')).toBe(true)
  await listen(port)
  expect(await isReachable('attach')).toBe(true)
  expect(asked).toEqual(['DescribeAvailabilityZones'])
  expect(await call()).toMatchObject({ outcome: 'refused', code: 'UnauthorizedOperation' })
})

test('what cannot be read says whose fault that is, in a sentence', async () => {
  const zones = { sourceZone: 'us-east-1a', targetZone: 'us-east-1c' }
  const refused = await ec2(clients)
    .inventory(zones)
    .catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(Unreadable)
  expect(refused).toMatchObject({
    service: 'EC2',
    isAnswering: true,
    message: 'AWS answered UnauthorizedOperation (No.)',
  })
  await close()
  const away = await ec2(clients)
    .inventory(zones)
    .catch((error: unknown) => error)
  expect(away).toMatchObject({
    ...{ service: 'EC2', isAnswering: false },
    message: expect.stringMatching(/^AWS does not answer \(connect ECONNREFUSED /),
  })
})
