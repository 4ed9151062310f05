// Health, for a supervisor that looks at a file's age: the file is touched as long as the process is healthy, grows old
// when it is not, and is gone after a clean end. It is a file and not a port: a worker listens nowhere, and a
// supervisor that can look at all can also be on the same machine.
import { rm, writeFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

const LOOKS_EVERY_MS = 5_000

/** Touches the file at `path` while `isHealthy` gives true; resolves after `stop`, once the file is removed. */
export async function keepHealth(path: string, isHealthy: () => Promise<boolean>, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    if (await isHealthy()) await writeFile(path, `${new Date().toISOString()}\n`)
    await delay(LOOKS_EVERY_MS, undefined, { signal: stop }).catch(() => undefined)
  }
  await rm(path, { force: true })
}
