// How what people do reaches the app: over Socket Mode, or signed to a request URL when there is one.
import { randomUUID } from 'node:crypto'
import type { Server } from 'node:http'
import type { Change } from '../entities.ts'
import type { Payload } from './payloads.ts'
import { deliverSigned } from './request.ts'
import { type Delivery, type Kind, SocketMode } from './socket.ts'

type Options = {
  readonly server: Server
  readonly requestUrl: string | null
  readonly redeliversLate: boolean
  readonly onTraffic: () => void
  readonly onChange: (change: Change) => void
}

/** Opens the ways to the app. `deliver` resolves once a payload was acknowledged, or was not in time. */
export function openDelivery({ server, requestUrl, redeliversLate, onTraffic, onChange }: Options) {
  const signingSecret = randomUUID()
  let url = requestUrl
  const connections = (): number => (url ? 1 : sockets.connections())
  const onConnections = () => onChange({ kind: 'connections', count: connections() })
  const sockets = new SocketMode({ server, onTraffic, onConnections, redeliversLate })
  return {
    sockets,
    signingSecret,
    connections,
    deliver: (kind: Kind, payload: Payload): Promise<Delivery> =>
      url ? deliverSigned({ url, secret: signingSecret, kind, payload }) : sockets.deliver(kind, payload),
    deliverTo(target: string | null): void {
      url = target
      onConnections()
    },
  }
}
