// Where a control stands: the message or view it belongs to, and what using it does.
import { createContext } from 'react'
import type { Chosen } from '../../../slack/entities.ts'

export type SurfaceDeeds = {
  /** Resolves once the app acknowledged. `null`: pressed, nothing chosen. */
  readonly perform: (actionId: string, chosen: Chosen | null) => Promise<void>
}
export const Surface = createContext<SurfaceDeeds>({ perform: async () => undefined })
