// Where a control stands: the message or view it belongs to, and what using it does.
import { createContext } from 'react'
import type { Chosen } from '../../../slack/entities.ts'

/** What using a control does at its message or view. */
export type SurfaceDeeds = {
  /** Resolves once the app acknowledged. `chosen` is null where a button was pressed, which chooses nothing. */
  readonly perform: (actionId: string, chosen: Chosen | null) => Promise<void>
}
/** Tells the controls within a message or view what using them does; outside of one it does nothing. */
export const Surface = createContext<SurfaceDeeds>({ perform: async () => undefined })
