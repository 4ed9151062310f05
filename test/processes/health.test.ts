// What a supervisor reads in the file: when the process was last healthy, and what it goes on without.
import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { keepHealth } from '../../src/health.ts'

test.each([
  ['has nothing to say', null, /^\S+Z\n$/],
  ['goes on without Slack', 'Slack takes nothing.', /^\S+Z\nSlack takes nothing\.\n$/],
])('a healthy process that %s', async (_, trouble, written) => {
  const path = join(await mkdtemp(join(tmpdir(), 'health-')), 'file')
  const stop = new AbortController()
  const kept = keepHealth(path, { isHealthy: async () => true, trouble: () => trouble }, stop.signal)
  await expect.poll(() => readFile(path, 'utf8').catch(() => '')).toMatch(written)
  stop.abort()
  await kept
  await expect(readFile(path)).rejects.toThrow('ENOENT')
})
