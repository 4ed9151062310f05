// A proxy that answers a page in the place of AWS, with status 500 or 200: through the real SDK, whose own words help nobody, and which
// reads a page that happens to be XML as an answer in which nothing is.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Clients, openClients } from '../../src/aws/clients.ts'
import { hosts } from '../../src/aws/commands.ts'
import { ec2 } from '../../src/aws/ec2.ts'
import { survey } from '../../src/aws/survey/survey.ts'
import { seenInstance, seenVolume } from '../../src/aws/wire.ts'
import type { ServiceEffect } from '../../src/core/model/effects.ts'
import { ofMove, ofService } from '../../src/core/model/subjects.ts'
import { server as instance, shown, ZONES } from './as-ec2-shows.ts'

const PAGE = '<html><head><title>502</title></head><body><h1>Bad gateway</h1></body></html>'

let status = 500
let proxy: Server
let clients: Clients
beforeAll(async () => {
  proxy = createServer((_, response) => void response.writeHead(status, { 'content-type': 'text/html' }).end(PAGE))
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`)
  vi.stubEnv('AWS_REGION', 'us-east-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
  clients = openClients()
})
afterAll(() => {
  vi.unstubAllEnvs()
  clients.close()
  proxy.closeAllConnections()
  proxy.close()
})

describe.each([500, 200])('a page with status %i', (given) => {
  beforeAll(() => {
    status = given
  })

  test('what is read', async () => {
    const error = await ec2(clients)
      .inventory(ZONES)
      .catch((said: unknown) => said)
    expect((error as Error).message).toBe(
      `AWS answered UnreadableAnswer (something other than AWS answered, with HTTP status ${given}: a proxy, perhaps)`,
    )
  })

  test('what a plan asks beside it, of four services', async () => {
    const found = {
      ...{ ...ZONES, zones: [], volumes: [shown({ Encrypted: true, KmsKeyId: 'key-1' })].map(seenVolume) },
      instances: [instance('i-source', ZONES.sourceZone), instance('i-target', ZONES.targetZone)].map(seenInstance),
    }
    const answers = await survey(clients, found)
    const text = JSON.stringify(answers)
    expect(text.match(/something other than AWS answered/g)?.length).toBeGreaterThan(5)
    expect(text).not.toMatch(/SyntaxError|\$response|<h|Deserialization|Unexpected token/)
  })

  test('calls, which nobody can say were not made', async () => {
    const order = { migration: 'mig-1', issued: 'n1', isRepeated: false }
    const snapshot = {
      ...({ subject: ofMove('vol-1'), step: 'snapshot', generation: 1, direction: 'forward' } as const),
      ...{ volumeId: 'vol-1', tags: {} },
    }
    const freeze: ServiceEffect = {
      ...{ subject: ofService('logs'), step: 'freeze', generation: 1, direction: 'forward', service: 'logs' },
      ...{ instances: ['i-1'], work: { method: 'document', document: 'zonehop-freeze' } },
    }
    const answers = [
      await ec2(clients).createSnapshot(snapshot, order),
      await hosts(clients).run(freeze, { ...order, rev: 1, notAfterMs: 0 }),
    ]
    for (const answer of answers) {
      expect(answer).toMatchObject({ outcome: 'unknown', code: 'UnreadableAnswer' })
      expect(JSON.stringify(answer)).not.toMatch(/SyntaxError|\$response|<h|Deserialization/)
    }
  })
})
