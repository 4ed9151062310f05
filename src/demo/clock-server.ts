// The simulated clock over HTTP, for bots in other processes: `GET /clock` -> { nowMs, speed }; with `?until=<ms>` it answers
// when that time has come, and forgets whoever hangs up before.
//
// A connection that asks without `until` follows the clock from then on: the clock wakes no sleeper before it has told every
// follower the time.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Follower, SimulatedClock } from './clock.ts'

/** The running server; `url` is the address of the clock itself, `http://127.0.0.1:<port>/clock`. */
export type ClockServer = { readonly url: string; close(): Promise<void> }

/** Serves the clock on a free port of 127.0.0.1. Other paths get 404, an `until` that is no number gets 400. */
export async function serveClock(clock: SimulatedClock): Promise<ClockServer> {
  const followers = new Map<Socket, Follower>()

  function follower(socket: Socket): Follower {
    const known = followers.get(socket)
    if (known) return known
    const fresh = clock.follow()
    followers.set(socket, fresh)
    socket.once('close', () => {
      followers.delete(socket)
      fresh.leave()
    })
    return fresh
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    const until = searchParams.get('until')
    const untilMs = Number(until ?? 0)
    if (pathname !== '/clock' || request.method !== 'GET')
      return send(response, 404, { problem: 'There is only GET /clock.' })
    if (!Number.isFinite(untilMs)) return send(response, 400, { problem: '"until" is a time in ms since 1970.' })
    if (until === null) return send(response, 200, { nowMs: follower(request.socket).tell(), speed: clock.speed() })
    const hungUp = new AbortController()
    response.once('close', () => hungUp.abort())
    await clock.sleep(untilMs - clock.now(), hungUp.signal)
    send(response, 200, { nowMs: clock.now(), speed: clock.speed() })
  }

  const server = createServer((request, response) => void serve(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/clock`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  if (!response.destroyed) response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
