// Health, for a supervisor that looks at a file's age: the file is touched as long as the process is healthy, grows old
// when it is not, and is gone after a clean end. It is a file and not a port: a worker listens nowhere, and a
// supervisor that can look at all can also be on the same machine.
import { rm, writeFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

const LOOKS_EVERY_MS = 5_000

/** What is asked of a process: `trouble` is what it cannot do and goes on without, in a sentence, or null. */
type Looked = { isHealthy(): Promise<boolean>; trouble(): string | null }

/**
 * Touches the file at `path` while `isHealthy` gives true, and writes the time and any trouble into it; resolves after `stop`, once the
 * file is removed.
 */
export async function keepHealth(path: string, looked: Looked, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    const lines = [new Date().toISOString(), looked.trouble()].filter((line) => line !== null)
    if (await looked.isHealthy()) await writeFile(path, `${lines.join('\n')}\n`)
    await delay(LOOKS_EVERY_MS, undefined, { signal: stop }).catch(() => undefined)
  }
  await rm(path, { force: true })
}
