// Socket Mode: an app holds some connections, each payload goes to one of them in turn, and has three seconds to be
// acknowledged. The three seconds are real: a simulated clock says nothing about how fast an app answers.
//
// What was on a connection that broke goes out again on the next, so an app may hear one thing twice.
import { randomUUID } from 'node:crypto'
import type { Server } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'
import { APP_ID } from './entities.ts'
import type { Payload } from './payloads.ts'

const ACK_WITHIN_MS = 3_000
const PING_EVERY_MS = 10_000

export type Kind = 'slash_commands' | 'interactive'
type DeliveryError = 'operation_timeout' | 'dispatch_failed' | 'http_service_error' | 'http_client_error'
export type Delivery =
  | { readonly ok: true; readonly answer: unknown }
  | { readonly ok: false; readonly error: DeliveryError }

export type SocketMode = {
  /** Opens one connection, once. */
  ticket(): string
  deliver(kind: Kind, payload: Payload): Promise<Delivery>
  connections(): number
  refresh(reason: 'refresh_requested' | 'warning'): void
  drop(): void
  close(): void
}
type Envelope = {
  readonly id: string
  readonly kind: Kind
  readonly payload: Payload
  readonly settle: (delivery: Delivery) => void
  attempt: number
  socket: WebSocket | null
}
type Options = {
  readonly server: Server
  readonly onTraffic: () => void
  readonly onConnections: (count: number) => void
  /** Whether what was not acknowledged in time goes out once more. */
  readonly redeliversLate: boolean
}

export function socketMode({ server, onTraffic, onConnections, redeliversLate }: Options): SocketMode {
  const tickets = new Set<string>()
  const sockets: WebSocket[] = []
  const waiting = new Map<string, Envelope>()
  const upgrades = new WebSocketServer({ noServer: true })
  const pings = setInterval(() => sockets.forEach((socket) => void socket.ping()), PING_EVERY_MS).unref()
  let turn = 0

  server.on('upgrade', (request, stream, head) => {
    const ticket = new URL(request.url ?? '/', 'http://localhost').searchParams.get('ticket') ?? ''
    if (!tickets.delete(ticket)) return void stream.end('HTTP/1.1 404 Not Found\r\n\r\n')
    upgrades.handleUpgrade(request, stream, head, welcome)
  })

  function welcome(socket: WebSocket): void {
    sockets.push(socket)
    socket.on('message', (data) => acknowledge(String(data)))
    socket.on('close', () => retire(socket))
    socket.on('error', () => socket.terminate())
    socket.send(hello(sockets.length))
    onConnections(sockets.length)
    for (const envelope of waiting.values()) if (envelope.socket === null) send(envelope)
  }

  /** No longer in turn; what it still owes goes to another. */
  function retire(socket: WebSocket): void {
    if (sockets.includes(socket)) sockets.splice(sockets.indexOf(socket), 1)
    onConnections(sockets.length)
    for (const envelope of waiting.values()) {
      if (envelope.socket !== socket) continue
      envelope.attempt++
      send(envelope)
    }
  }

  function send(envelope: Envelope): void {
    const { id, kind, payload, attempt } = envelope
    envelope.socket = sockets[turn++ % Math.max(1, sockets.length)] ?? null
    const retry = attempt > 0 ? { retry_attempt: attempt, retry_reason: 'timeout' } : {}
    envelope.socket?.send(
      JSON.stringify({ envelope_id: id, type: kind, payload, accepts_response_payload: true, ...retry }),
    )
  }

  function acknowledge(data: string): void {
    onTraffic()
    const { envelope_id, payload } = JSON.parse(data) as { envelope_id?: string; payload?: unknown }
    waiting.get(envelope_id ?? '')?.settle({ ok: true, answer: payload })
  }

  function acknowledged(kind: Kind, payload: Payload): Promise<Delivery> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        envelope.settle({ ok: false, error: 'operation_timeout' })
        envelope.attempt++
        if (redeliversLate) send(envelope)
      }, ACK_WITHIN_MS)
      const settle = (delivery: Delivery) => {
        clearTimeout(timer)
        waiting.delete(envelope.id)
        resolve(delivery)
      }
      const envelope: Envelope = { id: randomUUID(), kind, payload, settle, attempt: 0, socket: null }
      waiting.set(envelope.id, envelope)
      send(envelope)
    })
  }

  return {
    ticket() {
      const ticket = randomUUID()
      tickets.add(ticket)
      return ticket
    },
    async deliver(kind, payload) {
      onTraffic()
      return sockets.length === 0 ? { ok: false, error: 'dispatch_failed' } : acknowledged(kind, payload)
    },
    connections: () => sockets.length,
    refresh(reason) {
      for (const socket of [...sockets]) {
        socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'local' } }))
        if (reason === 'refresh_requested') retire(socket)
      }
    },
    drop: () => [...sockets].forEach((socket) => void socket.terminate()),
    close() {
      clearInterval(pings)
      for (const { settle } of waiting.values()) settle({ ok: false, error: 'dispatch_failed' })
      for (const socket of upgrades.clients) socket.terminate()
      upgrades.close()
    },
  }
}

function hello(connections: number): string {
  const debug = { host: 'local', approximate_connection_time: 3600 }
  return JSON.stringify({
    type: 'hello',
    num_connections: connections,
    debug_info: debug,
    connection_info: { app_id: APP_ID },
  })
}
