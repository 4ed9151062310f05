// The decisions that people can take while a migration runs, as buttons; each opens a form that asks for the reason.

import { hasLiveMark, isDeferred, isReturned } from '../../core/journal/services.ts'
import { BEFORE_LIVE, type Migration } from '../../core/model/migration.ts'
import type { Service } from '../../core/model/plan.ts'
import { actionOf, button } from './blocks.ts'

/** Whether to show the button: before the point of no return, with another required service left to go live with. */
export function mayDeferNow(m: Migration, service: Service): boolean {
  const required = m.plan.services.filter((each) => !isDeferred(m, each))
  const isEarly = BEFORE_LIVE.includes(m.phase)
  return isEarly && !isDeferred(m, service) && required.length > 1
}

/** Whether to show the button: once the migration has begun, and before the point of no return. */
export function mayAbortNow(m: Migration): boolean {
  return ['seeding', 'frozen', 'moving'].includes(m.phase)
}

/** The button to go live without the service. */
export function deferButton(m: Migration, { name }: Service) {
  return button(actionOf('defer-service', name), `Go on without ${name}`, { id: m.id, service: name })
}

/** Whether to show the button: after the point of no return, and before the service's own (its live mark). */
export function mayGiveBackNow(m: Migration, service: Service): boolean {
  const { name } = service
  return m.phase === 'live' && isDeferred(m, service) && !isReturned(m, name) && !hasLiveMark(m, name)
}

/** The button to return a deferred service to the source zone. */
export function giveBackButton(m: Migration, { name }: Service) {
  return button(actionOf('return-service', name), `Give ${name} back`, { id: m.id, service: name })
}

/** The button to let the outage be longer than its budget. */
export function exceedButton(m: Migration) {
  return button('exceed-budget', 'Let it be longer', { id: m.id })
}

/** The button to bring every service back to the source zone. */
export function abortButton(m: Migration) {
  return button('abort-migration', 'Abort', { id: m.id }, { style: 'danger' })
}
