// `zonehop status --watch`: the standing once more whenever it has changed, until the migration is over or somebody stops it.
import { type Desk, perform, type Told } from './terminal.ts'

/** Two looks are so many real ms apart, and after so many of silence it is printed although nothing has changed. */
const LOOKS_EVERY_MS = 1_000
const SAYS_WITHIN_MS = 15_000

type Watching = {
  readonly show: (told: Told) => void
  /** Waits so many real ms, or until it is stopped. */
  readonly pause: (ms: number) => Promise<void>
  readonly isStopped: () => boolean
}

/** Shows each standing that is new, and gives back the last one. Of several migrations it ends with the last. */
export async function watchStatus(id: string | null, desk: Desk, { show, pause, isStopped }: Watching): Promise<Told> {
  let only = id
  let last = ''
  let silentMs = 0
  for (;;) {
    const told = await perform({ verb: 'status', id: only, isWatched: true }, desk)
    const [first, ...more] = told.migrations ?? []
    if (isStopped() || !first) return told
    if (more.length === 0) only = first.id
    if (told.text !== last || silentMs >= SAYS_WITHIN_MS) {
      show(told)
      last = told.text
      silentMs = 0
    }
    await pause(LOOKS_EVERY_MS)
    silentMs += LOOKS_EVERY_MS
  }
}
