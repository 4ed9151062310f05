// Stands between a client and a server on a unix socket, and on demand lets a request through but loses its reply with the
// connection: what a network does at the worst moment.

import { mkdtemp, rm } from 'node:fs/promises'
import { createConnection, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type LossyProxy = { readonly socket: string; loseNextReply(): void; close(): Promise<void> }

export async function lossyProxy(target: string): Promise<LossyProxy> {
  const folder = await mkdtemp(join(tmpdir(), 'zonehop-proxy-'))
  const socket = join(folder, 'proxy.sock')
  let isLosing = false
  const server = createServer((client) => {
    const upstream = createConnection(target)
    client.pipe(upstream)
    upstream.on('data', (reply) => {
      if (!isLosing) return void client.write(reply)
      isLosing = false
      client.destroy()
    })
    client.on('close', () => upstream.destroy()).on('error', () => upstream.destroy())
    upstream.on('close', () => client.destroy()).on('error', () => client.destroy())
  })
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  return {
    socket,
    loseNextReply: () => {
      isLosing = true
    },
    async close() {
      await new Promise((resolve) => server.close(resolve))
      await rm(folder, { recursive: true, force: true })
    },
  }
}
