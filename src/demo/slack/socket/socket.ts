// Socket Mode: an app holds some connections, each payload goes to one of them in turn, and has three seconds to be
// acknowledged. The three seconds are real: a simulated clock says nothing about how fast an app answers.
//
// What was on a connection that broke goes out again on the next, so an app may hear one thing twice.
import { randomUUID } from 'node:crypto'
import type { Server } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'
import { APP_ID } from '../entities.ts'
import type { Payload } from './payloads.ts'

const ACK_WITHIN_MS = 3_000
const PING_EVERY_MS = 10_000

/** The kinds of payloads, as envelopes name them. */
export type Kind = 'slash_commands' | 'interactive' | 'events_api'
type DeliveryError = 'operation_timeout' | 'dispatch_failed' | 'http_service_error' | 'http_client_error'
/**
 * What came of a payload: the content of its acknowledgement, or the error with which Slack says that there was none.
 */
export type Delivery =
  | { readonly ok: true; readonly answer: unknown }
  | { readonly ok: false; readonly error: DeliveryError }

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
  /** Whether a payload that was not acknowledged in time goes out once more. */
  readonly redeliversLate: boolean
}

/** The app's Socket Mode connections to one HTTP server; each is opened with a ticket. */
export class SocketMode {
  readonly #options: Options
  readonly #tickets = new Set<string>()
  readonly #sockets: WebSocket[] = []
  readonly #waiting = new Map<string, Envelope>()
  readonly #upgrades = new WebSocketServer({ noServer: true })
  readonly #pings: NodeJS.Timeout
  #turn = 0

  constructor(options: Options) {
    this.#options = options
    this.#pings = setInterval(() => this.#sockets.forEach((socket) => void socket.ping()), PING_EVERY_MS).unref()
    options.server.on('upgrade', (request, stream, head) => {
      const ticket = new URL(request.url ?? '/', 'http://localhost').searchParams.get('ticket') ?? ''
      if (!this.#tickets.delete(ticket)) return void stream.end('HTTP/1.1 404 Not Found\r\n\r\n')
      this.#upgrades.handleUpgrade(request, stream, head, (socket) => this.#welcome(socket))
    })
  }

  /** A new ticket, which opens one connection, once. */
  ticket(): string {
    const ticket = randomUUID()
    this.#tickets.add(ticket)
    return ticket
  }

  connections(): number {
    return this.#sockets.length
  }

  async deliver(kind: Kind, payload: Payload): Promise<Delivery> {
    this.#options.onTraffic()
    if (this.#sockets.length === 0) return { ok: false, error: 'dispatch_failed' }
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#expire(envelope), ACK_WITHIN_MS)
      const settle = (delivery: Delivery) => {
        clearTimeout(timer)
        this.#waiting.delete(envelope.id)
        resolve(delivery)
      }
      const envelope: Envelope = { id: randomUUID(), kind, payload, settle, attempt: 0, socket: null }
      this.#waiting.set(envelope.id, envelope)
      this.#send(envelope)
    })
  }

  refresh(reason: 'refresh_requested' | 'warning'): void {
    for (const socket of [...this.#sockets]) {
      socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'local' } }))
      if (reason === 'refresh_requested') this.#retire(socket)
    }
  }

  drop(): void {
    for (const socket of [...this.#sockets]) socket.terminate()
  }

  close(): void {
    clearInterval(this.#pings)
    for (const { settle } of this.#waiting.values()) settle({ ok: false, error: 'dispatch_failed' })
    for (const socket of this.#upgrades.clients) socket.terminate()
    this.#upgrades.close()
  }

  #welcome(socket: WebSocket): void {
    this.#sockets.push(socket)
    socket.on('message', (data) => this.#acknowledge(String(data)))
    socket.on('close', () => this.#retire(socket))
    socket.on('error', () => socket.terminate())
    socket.send(hello(this.#sockets.length))
    this.#options.onConnections(this.#sockets.length)
    for (const envelope of this.#waiting.values()) if (envelope.socket === null) this.#send(envelope)
  }

  /** Takes a connection out of the turns; what it has not acknowledged goes to another. */
  #retire(socket: WebSocket): void {
    const index = this.#sockets.indexOf(socket)
    if (index >= 0) this.#sockets.splice(index, 1)
    this.#options.onConnections(this.#sockets.length)
    for (const envelope of this.#waiting.values()) if (envelope.socket === socket) this.#sendAgain(envelope)
  }

  #acknowledge(data: string): void {
    this.#options.onTraffic()
    const { envelope_id, payload } = JSON.parse(data) as { envelope_id?: string; payload?: unknown }
    this.#waiting.get(envelope_id ?? '')?.settle({ ok: true, answer: payload })
  }

  #expire(envelope: Envelope): void {
    envelope.settle({ ok: false, error: 'operation_timeout' })
    if (this.#options.redeliversLate) this.#sendAgain(envelope)
  }

  #sendAgain(envelope: Envelope): void {
    envelope.attempt++
    this.#send(envelope)
  }

  #send(envelope: Envelope): void {
    const { id, kind, payload, attempt } = envelope
    envelope.socket = this.#sockets[this.#turn++ % Math.max(1, this.#sockets.length)] ?? null
    const retry = attempt > 0 ? { retry_attempt: attempt, retry_reason: 'timeout' } : {}
    envelope.socket?.send(
      JSON.stringify({ envelope_id: id, type: kind, payload, accepts_response_payload: true, ...retry }),
    )
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
