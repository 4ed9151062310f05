// Health, for a supervisor that looks at a file's age: touched as long as all is well, left to grow old when not, gone after a
// clean end. A file and not a port: a worker listens nowhere, and whoever can look can also be on the same machine.
import { rm, writeFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

const LOOKS_EVERY_MS = 5_000

/** Resolves when it has stopped and the file is gone. */
export async function keepHealth(path: string, isHealthy: () => Promise<boolean>, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    if (await isHealthy()) await writeFile(path, `${new Date().toISOString()}\n`)
    await delay(LOOKS_EVERY_MS, undefined, { signal: stop }).catch(() => undefined)
  }
  await rm(path, { force: true })
}
