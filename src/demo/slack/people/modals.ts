// The views that stand open before people, and the triggers that let an app open one.
//
// A trigger belongs to one thing a person did, is good for three seconds and for one view. The seconds are real time.
import { randomUUID } from 'node:crypto'
import type { View } from '../blocks.ts'
import { APP_ID, BOT, type Change, type Modal, TEAM } from '../entities.ts'
import type { Refusal } from '../web/limits.ts'

const TRIGGER_LIFETIME_MS = 3_000

/** The triggers that were issued, which let an app open a view before the person they belong to. */
export type Triggers = {
  issue(user: string): string
  /**
   * Spends a trigger and tells whose it was. Refuses with invalid_trigger_id, exchanged_trigger_id or
   * expired_trigger_id.
   */
  take(trigger: string): { readonly ok: true; readonly user: string } | Refusal
}

/** Begins without triggers; `steadyMs` is real time in ms. */
export function openTriggers(steadyMs: () => number): Triggers {
  const issued = new Map<string, { readonly user: string; readonly atMs: number; isSpent: boolean }>()
  return {
    issue(user) {
      const trigger = `${issued.size + 1}.${Date.now()}.${randomUUID().replaceAll('-', '')}`
      issued.set(trigger, { user, atMs: steadyMs(), isSpent: false })
      return trigger
    },
    take(trigger) {
      const found = issued.get(trigger)
      if (!found) return { ok: false, error: 'invalid_trigger_id' }
      if (found.isSpent) return { ok: false, error: 'exchanged_trigger_id' }
      if (steadyMs() - found.atMs > TRIGGER_LIFETIME_MS) return { ok: false, error: 'expired_trigger_id' }
      found.isSpent = true
      return { ok: true, user: found.user }
    },
  }
}

/** The views that stand open, at most one before each person. */
export type Modals = {
  open(user: string, view: View): Modal
  /** Shows a new version; what was entered and complained of in the old one is gone. */
  replace(modal: Modal, view: View): Modal
  complain(modal: Modal, complaint: Partial<Pick<Modal, 'errors' | 'trouble'>>): void
  close(modal: Modal): void
  /** The open view with this id, or with this `external_id` of the app's own; null where there is none. */
  find(id: string): Modal | null
  standing(): readonly Modal[]
}

/** Begins without open views; `onChange` hears of each that opens, changes or closes. */
export function openModals(onChange: (change: Change) => void): Modals {
  /** Views by person: nobody looks at two at once. */
  const open = new Map<string, Modal>()
  let versions = 0

  function show(modal: Modal): Modal {
    open.set(modal.user, modal)
    onChange({ kind: 'modal', user: modal.user, modal })
    return modal
  }
  const version = (view: View) => ({ view, hash: `${Date.now()}.${++versions}`, errors: {}, trouble: null })

  return {
    open: (user, view) => show({ id: `V${randomUUID().slice(0, 8).toUpperCase()}`, user, ...version(view) }),
    replace: (modal, view) => show({ ...modal, ...version(view) }),
    complain: (modal, { errors = {}, trouble = null }) => void show({ ...modal, errors, trouble }),
    close({ id, user }) {
      if (open.get(user)?.id === id && open.delete(user)) onChange({ kind: 'modal', user, modal: null })
    },
    find: (id) =>
      [...open.values()].find((modal) => modal.id === id || (id !== '' && modal.view.external_id === id)) ?? null,
    standing: () => [...open.values()],
  }
}

/** A view as Slack sends it: whole, with what was not given spelled out. */
export function wireView(
  { id, hash, view }: Modal,
  values: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return {
    id,
    team_id: TEAM.id,
    app_id: APP_ID,
    bot_id: BOT.botId,
    app_installed_team_id: TEAM.id,
    root_view_id: id,
    previous_view_id: null,
    hash,
    callback_id: '',
    external_id: '',
    private_metadata: '',
    clear_on_close: false,
    notify_on_close: false,
    submit: null,
    close: null,
    ...view,
    state: { values },
  }
}
