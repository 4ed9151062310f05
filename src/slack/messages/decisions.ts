// The decisions that are open to people while a migration runs, as buttons; each opens a form that asks why.

import { isDeferred, isLiveMark, isReturned } from '../../core/journal/services.ts'
import type { Migration } from '../../core/model/migration.ts'
import type { Service } from '../../core/model/plan.ts'
import { button } from './blocks.ts'

/** Before the point of no return, and while another required service would be left to go live with. */
export function mayDeferNow(m: Migration, service: Service): boolean {
  const required = m.plan.services.filter((each) => !isDeferred(m, each))
  const isEarly = ['planned', 'seeding', 'frozen', 'moving'].includes(m.phase)
  return isEarly && !isDeferred(m, service) && required.length > 1
}

export function mayAbortNow(m: Migration): boolean {
  return ['seeding', 'frozen', 'moving'].includes(m.phase)
}

export function deferButton(m: Migration, { name }: Service) {
  return button(`defer-service-${name}`, `Go on without ${name}`.slice(0, 75), { id: m.id, service: name })
}

/** Behind the point of no return, and before the service's own. */
export function mayGiveBackNow(m: Migration, service: Service): boolean {
  const { name } = service
  return m.phase === 'live' && isDeferred(m, service) && !isReturned(m, name) && !isLiveMark(m, name)
}

export function giveBackButton(m: Migration, { name }: Service) {
  return button(`return-service-${name}`, `Give ${name} back`.slice(0, 75), { id: m.id, service: name })
}

export function abortButton(m: Migration) {
  return button('abort-migration', 'Abort', { id: m.id }, 'danger')
}
