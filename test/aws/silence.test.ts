// An EC2 that takes a request and never answers it: the call ends by itself, and nobody can say whether it took effect.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openClients } from '../../src/aws/clients.ts'
import { ec2 } from '../../src/aws/ec2.ts'
import { ofMove } from '../../src/core/model/subjects.ts'

let server: Server
let requests = 0
beforeEach(async () => {
  requests = 0
  server = createServer(() => void requests++)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  vi.stubEnv('AWS_ENDPOINT_URL_EC2', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  vi.stubEnv('AWS_REGION', 'us-east-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
})
afterEach(() => {
  vi.unstubAllEnvs()
  server.closeAllConnections()
  server.close()
})

test('a call that is never answered is unknown, and made once', async () => {
  const clients = openClients()
  const subject = ofMove('vol-1')
  const effect = {
    subject,
    step: 'snapshot',
    generation: 1,
    direction: 'forward',
    volumeId: 'vol-1',
    tags: {},
  } as const
  const answer = await ec2(clients).createSnapshot(effect, { migration: 'mig-1', issued: 'n1', isRepeated: false })
  clients.close()
  expect(answer.outcome).toBe('unknown')
  expect(requests).toBe(1)
})
