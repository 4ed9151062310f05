// Socket Mode: an app holds some connections, each payload goes to one of them in turn, and has three seconds to be
// acknowledged. The three seconds are real: a simulated clock says nothing about how fast an app answers.
import { randomUUID } from 'node:crypto'
import type { Server } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'
import { APP_ID } from './entities.ts'
import type { Payload } from './payloads.ts'

const ACK_WITHIN_MS = 3_000
const PING_EVERY_MS = 10_000

export type Delivery =
  | { readonly ok: true; readonly answer: unknown }
  | { readonly ok: false; readonly error: 'operation_timeout' | 'dispatch_failed' }
export type SocketMode = {
  ticket(): string
  deliver(type: 'slash_commands' | 'interactive', payload: Payload): Promise<Delivery>
  close(): void
}

export function socketMode(server: Server, onTraffic: () => void): SocketMode {
  const tickets = new Set<string>()
  const sockets: WebSocket[] = []
  const waiting = new Map<string, (delivery: Delivery) => void>()
  const upgrades = new WebSocketServer({ noServer: true })
  const pings = setInterval(() => {
    for (const socket of sockets) socket.ping()
  }, PING_EVERY_MS).unref()
  let turn = 0

  server.on('upgrade', (request, stream, head) => {
    const ticket = new URL(request.url ?? '/', 'http://localhost').searchParams.get('ticket') ?? ''
    if (!tickets.delete(ticket)) return void stream.end('HTTP/1.1 404 Not Found\r\n\r\n')
    upgrades.handleUpgrade(request, stream, head, (socket) => welcome(socket))
  })

  function welcome(socket: WebSocket): void {
    sockets.push(socket)
    socket.on('message', (data) => acknowledge(String(data)))
    socket.on('close', () => sockets.splice(sockets.indexOf(socket), 1))
    socket.on('error', () => socket.terminate())
    socket.send(
      JSON.stringify({
        type: 'hello',
        num_connections: sockets.length,
        debug_info: { host: 'local', approximate_connection_time: 3600 },
        connection_info: { app_id: APP_ID },
      }),
    )
  }

  function acknowledge(data: string): void {
    onTraffic()
    const { envelope_id, payload } = JSON.parse(data) as { envelope_id?: string; payload?: unknown }
    waiting.get(envelope_id ?? '')?.({ ok: true, answer: payload })
  }

  return {
    ticket() {
      const ticket = randomUUID()
      tickets.add(ticket)
      return ticket
    },
    async deliver(type, payload) {
      const socket = sockets[turn++ % Math.max(1, sockets.length)]
      if (!socket) return { ok: false, error: 'dispatch_failed' }
      const envelopeId = randomUUID()
      onTraffic()
      return new Promise((resolve) => {
        const timer = setTimeout(() => settle({ ok: false, error: 'operation_timeout' }), ACK_WITHIN_MS)
        const settle = (delivery: Delivery) => {
          clearTimeout(timer)
          waiting.delete(envelopeId)
          resolve(delivery)
        }
        waiting.set(envelopeId, settle)
        socket.send(JSON.stringify({ envelope_id: envelopeId, type, payload, accepts_response_payload: true }))
      })
    },
    close() {
      clearInterval(pings)
      for (const settle of waiting.values()) settle({ ok: false, error: 'dispatch_failed' })
      for (const socket of sockets) socket.terminate()
      upgrades.close()
    },
  }
}
